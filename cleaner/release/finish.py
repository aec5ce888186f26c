"""Completes a dataset's folder after a manifest was written or amended: all that follows from the manifests.

Nothing here decides or counts, so it can be done again at any time, and a run that was killed is completed by the
next. The order matters: the card lists the versions and so comes after all that it names, the checksums are last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cleaner.release.card.files import write_card
from cleaner.release.changelog import render_changelog
from cleaner.release.files import TEMPORARY, write_text
from cleaner.release.index import FOLDER as INDEX
from cleaner.release.index import index_path
from cleaner.release.inventory import write_checksums
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.manifest import Manifest, shards_of
from cleaner.release.shards import FOLDERS


def finish(processed: Path, manifests: Sequence[Manifest]) -> list[str]:
    """Write the change log, the card and the checksums for these versions (all that there are, oldest first).

    Returns what a person should know: sentences on where the card contradicts what was measured or stated.
    """
    write_text(processed / "CHANGELOG.md", render_changelog(manifests))
    warnings = write_card(processed, manifests).warnings
    write_checksums(processed, manifests)
    return warnings


def sweep(processed: Path, manifests: Sequence[Manifest]) -> None:
    """Delete what no version names any more: shards, temporary files of killed runs, indexes of older versions."""
    known = shards_of(manifests)
    current = index_path(processed, manifests[-1].files_named())
    for folder in (*FOLDERS.values(), INDEX):
        for path in (processed / folder).glob("*.parquet"):
            if f"{folder}/{path.name}" not in known and path != current:
                path.unlink()
    for folder in (".", VERSIONS, *FOLDERS.values(), INDEX):
        for path in (processed / folder).glob(f"*{TEMPORARY}"):
            path.unlink()
