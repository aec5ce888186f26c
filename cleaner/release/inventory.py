"""Every file that belongs to a published dataset, and `SHA256SUMS`, the list of their checksums.

`datasets` and the Hub check little; `sha256sum --check SHA256SUMS` checks every byte without any of our code, and
`cleaner verify` does that and more. The list is written last of all (see `release.finish`), by whatever changes a file:
a run, a withdrawal, an edit of the card. What lies in the folder besides is `LOCAL`, hidden, or does not belong there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.release.files import sha256_of, write_text
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.manifest import Manifest, read_manifests, shards_of

CHECKSUMS = "SHA256SUMS"
CARD = "README.md"

TOP = ("rejects.jsonl", "left_out.jsonl", "LICENSE", "CITATION.cff", "croissant.json", "CHANGELOG.md")
"""Files beside the card, published as far as they are there."""
PICTURES = "pictures"
"""Folder of the card's pictures."""
LOCAL = ("withdrawn.jsonl", "card.toml")
"""Names in the folder that are never published: they stay with whoever makes the dataset."""

_LISTED = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True, slots=True)
class Published:
    """One file of a dataset: its path in the folder, the SHA-256 of its bytes in hex, its size in bytes."""

    path: str
    sha256: str
    bytes: int


def files_of(processed: str | Path, manifests: Sequence[Manifest] | None = None) -> list[Published]:
    """All files of a dataset, in the order in which a copy stays loadable at every moment while they arrive.

    That is: shards, what lies beside the card, manifests, the checksums, and last the card, which lists the versions.
    Shards are given as their manifests have them, without reading them; FileNotFoundError when another is missing.

    Args:
        processed: The dataset's folder.
        manifests: Versions whose shards and manifests are wanted; all of them by default.

    Raises:
        VerificationError: A manifest is damaged.
    """
    processed = Path(processed)
    if manifests is None:
        manifests = read_manifests(processed)
    shards = [Published(file.path, file.sha256, file.bytes) for file in shards_of(manifests).values()]
    return shards + [_read(processed, path) for path in (*_beside(processed, manifests), CHECKSUMS, CARD)]


def write_checksums(processed: Path, manifests: Sequence[Manifest]) -> None:
    """Write `SHA256SUMS` for all that is there now: the shards of these manifests, and every other file as it is."""
    write_text(processed / CHECKSUMS, checksums_text(processed, manifests))


def checksums_text(processed: Path, manifests: Sequence[Manifest]) -> str:
    """What `SHA256SUMS` should hold, sorted by path: shards as their manifests have them, other files as they are."""
    sums = {file.path: file.sha256 for file in shards_of(manifests).values()}
    for path in (*_beside(processed, manifests), CARD):
        if (processed / path).is_file():
            sums[path] = sha256_of(processed / path)
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))


def read_checksums(processed: Path) -> dict[str, str]:
    """`SHA256SUMS` as path -> hex digits; OSError when it is not there, ValueError when it is damaged."""
    sums: dict[str, str] = {}
    for line in (processed / CHECKSUMS).read_bytes().decode().splitlines():
        match = _LISTED.fullmatch(line)
        if match is None:
            raise ValueError(f"{line[:100]!r} is no line of a list of checksums")
        sums[match[2]] = match[1]
    return sums


def strangers(processed: Path, manifests: Sequence[Manifest]) -> list[str]:
    """Paths of files in the folder that belong neither to the dataset nor to its maker; hidden ones are let be."""
    known = {*shards_of(manifests), *_beside(processed, manifests), CARD, CHECKSUMS, *LOCAL}
    found = (path.relative_to(processed) for path in processed.rglob("*") if not path.is_dir())
    return sorted(p.as_posix() for p in found if p.as_posix() not in known and not p.parts[0].startswith("."))


def _beside(processed: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """Paths of what is there besides shards, checksums and the card."""
    yield from (name for name in TOP if (processed / name).is_file())
    yield from sorted(f"{PICTURES}/{path.name}" for path in (processed / PICTURES).glob("*") if path.is_file())
    yield from (f"{VERSIONS}/{manifest.version}.json" for manifest in manifests)


def _read(processed: Path, path: str) -> Published:
    data = (processed / path).read_bytes()
    return Published(path, hashlib.sha256(data).hexdigest(), len(data))
