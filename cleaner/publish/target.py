"""What a place to publish to must be able to do, and which place a name means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cleaner.errors import InputError
from cleaner.release.inventory import Published
from cleaner.release.manifest import Manifest
from cleaner.release.shards import FOLDERS
from cleaner.remote.places import protocol_of

Sent = Callable[[Published], None]
"""Called after each file that has arrived."""

_NEARLY_URL = re.compile(r"(hf|s3|s3a|gs|gcs|abfs|az|adl|memory|file):", re.IGNORECASE)
_HUB = re.compile(r"hf://(?:datasets/)?([^/@]+/[^/@]+)/?")
_SHARD = re.compile(rf"(?:{'|'.join(FOLDERS.values())})/[0-9a-f]{{16}}\.parquet")


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is published: the folder, its versions (oldest first), its files (in the order in which they may arrive)."""

    folder: Path
    manifests: Sequence[Manifest]
    files: Sequence[Published]

    def local(self, file: Published) -> Path:
        """Where a file lies here."""
        return self.folder / file.path


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do after all files have arrived: in words, and the doing. It may be done twice without harm."""

    words: str
    run: Callable[[], None]


class Target(Protocol):
    """A place to publish to. All methods raise TargetError, in words that say what to do."""

    name: str
    """The target as its user wrote it."""
    keeps_history: bool
    """Whether what is overwritten can be had back, so that a lone README.md may be replaced."""

    def listing(self) -> Mapping[str, int]:
        """Paths and sizes in bytes of all files that are there now; empty when there is nothing yet."""

    def holds(self, file: Published, local: Path) -> bool:
        """Whether the file that is listed there has the very same bytes, by checksum; their sizes do agree."""

    def read(self, path: str) -> bytes:
        """A small file whole."""

    def put(self, dataset: Dataset, shards: Sequence[Published], sent: Sent) -> None:
        """Send shards, which nobody sees before the commit."""

    def commit(self, dataset: Dataset, files: Sequence[Published], gone: Sequence[str], sent: Sent) -> None:
        """Send the other files, the card last or all at once, and then delete what is gone."""

    def steps(self, dataset: Dataset) -> Iterable[Step]:
        """What has to be done besides, judged by what is there now; asked before `put`, run after `commit`."""

    def notes(self) -> list[str]:
        """What a person should know or see to, in sentences; asked at the end."""


def is_shard(path: str) -> bool:
    """Whether a path is one that only our shards have."""
    return _SHARD.fullmatch(path) is not None


def hub_name(target: str) -> str:
    """"org/name" of "hf://org/name" or "hf://datasets/org/name"; InputError when it names no dataset."""
    found = _HUB.fullmatch(target)
    if found is None:
        raise InputError(f"{target} names no dataset on the Hub: write hf://ORG/NAME, or hf://datasets/ORG/NAME.")
    return found[1]


def open_target(target: str) -> Target:
    """The place that a name means; nothing is written, and no connection made, before it is asked for something.

    A path is a folder, or an archive when it ends in ".zip"; hf:// is the Hub; any other URL is left to fsspec.
    InputError when it cannot be one of these, TargetError when a library for it is missing.
    """
    protocol = protocol_of(target)
    if protocol is None and (meant := _NEARLY_URL.match(target)):
        raise InputError(f"{target} is neither a URL nor a likely path: write {meant[0]}//... for a URL.")
    if protocol == "hf":
        from cleaner.publish.hub import Hub

        return Hub(target, hub_name(target))
    if protocol in (None, "file"):
        path = target if protocol is None else target.split("://", 1)[1]
        if path.lower().endswith(".zip"):
            from cleaner.publish.archive import Archive

            return Archive(target, Path(path))
        from cleaner.publish.folder import Folder

        return Folder(target, Path(path))
    from cleaner.publish.store import Store

    return Store(target)
