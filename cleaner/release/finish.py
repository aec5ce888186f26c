"""Completes a dataset's folder after a manifest was written or amended: all that follows from the manifests.

Nothing here decides or counts, so it can be done again at any time, and a run that was killed is completed by the
next. The order matters: the card lists the versions and so comes after all that it names, the checksums are last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cleaner.release.card import render_card
from cleaner.release.changelog import render_changelog
from cleaner.release.files import write_text
from cleaner.release.inventory import CARD, write_checksums
from cleaner.release.manifest import Manifest


def finish(processed: Path, manifests: Sequence[Manifest]) -> None:
    """Write the change log, the card and the checksums for these versions (all that there are, oldest first)."""
    write_text(processed / "CHANGELOG.md", render_changelog(manifests))
    write_text(processed / CARD, render_card(manifests))
    write_checksums(processed, manifests)
