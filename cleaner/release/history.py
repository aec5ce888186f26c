"""The versions of a dataset as a person wants to see them: when, how much, what changed, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cleaner.release.changelog import what_changed, why_changed
from cleaner.release.manifest import Manifest, written_at
from cleaner.release.open import versions


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version.

    Attributes:
        version: "1.1.0".
        made: When it was made in this folder, or copied to it (see `manifest.written_at`).
        documents: Documents in it now.
        bytes: Size of all its shards.
        new_bytes: Size of those that no earlier version has.
        changed: What changed against the version before, in a few words.
        why: Phrases that say why there is this version.
        amended: Documents that were withdrawn from it after it was released.
    """

    version: str
    made: datetime
    documents: int
    bytes: int
    new_bytes: int
    changed: str
    why: tuple[str, ...]
    amended: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--json`; `made` as ISO 8601 in UTC."""
        return {**asdict(self), "why": list(self.why), "made": self.made.isoformat(timespec="seconds")}


def history(processed: str | Path) -> list[VersionRow]:
    """The versions of a dataset, newest first. InputError when the folder holds no release."""
    processed = Path(processed)
    rows: list[VersionRow] = []
    known: set[str] = set()
    parent: Manifest | None = None
    for manifest in versions(processed):
        files = [file for config in manifest.files.values() for file in config]
        rows.append(VersionRow(
            version=manifest.version,
            made=written_at(processed, manifest.version),
            documents=manifest.rows("documents"),
            bytes=sum(file.bytes for file in files),
            new_bytes=sum(file.bytes for file in files if file.path not in known),
            changed="the first version" if parent is None else what_changed(manifest) or "the same documents",
            why=() if parent is None else tuple(why_changed(manifest, parent)),
            amended=manifest.amended["documents"],
        ))  # fmt: skip
        known.update(file.path for file in files)
        parent = manifest
    return rows[::-1]
