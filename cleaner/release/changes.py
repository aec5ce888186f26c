"""`changes` of a manifest: what a version changed against its parent, in numbers, for the change log and for people.

Keys: `added`, `changed`, `removed` (documents); from the comparison of the two versions (see `diff.Comparison`)
`sites`, `causes`, `columns`, `lines`; and `withdrawn`, the documents that left with a version made by a withdrawal. No
key tells of a single document.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cleaner.release.diff.compare import compare_manifests
from cleaner.release.fates import Fates
from cleaner.release.manifest import Manifest

_DETAILS = ("causes", "columns", "lines")


def unchanged() -> dict[str, Any]:
    """The changes of a version that has the rows of its parent."""
    return {"added": 0, "changed": 0, "removed": 0, "sites": {}, **{key: {} for key in _DETAILS}}


def find_changes(
    processed: Path,
    parent: Manifest | None,
    found: Manifest,
    counted: dict[str, Any],
    fates: Fates,
    changed: Path,
    remarked: Mapping[str, str],
) -> dict[str, Any]:
    """The changes of a version whose shards are written and whose manifest is not.

    Args:
        processed: The dataset's folder.
        parent: The version before it, None for the first.
        found: The version as it shall be.
        counted: `added`, `changed`, `removed` and `sites`, as `layout.compare` counts them.
        fates: What became of sources that are no document (see `release.fates`).
        changed: The documents that differ, as `layout.write_changed` writes them.
        remarked: Its shards in which only marks of duplicates differ -> those of the parent that they follow.

    Raises:
        VerificationError: A shard of the parent that is needed is missing or damaged.
    """
    if parent is None or parent.files == found.files:
        return {**unchanged(), **counted}
    with compare_manifests(processed, parent, found, fates, only=changed, remarked=remarked) as comparison:
        return {**counted, **{key: comparison.summary[key] for key in _DETAILS}}
