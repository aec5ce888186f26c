"""Tombstones: what is left of a withdrawn document, so that it never comes back.

`withdrawn.jsonl` in the dataset's folder holds one JSON object a line for each document that was named in a withdrawal.
It knows a document by three things, of which any one is enough: its id (a hash of its address), the bytes of its
sources, and its text. So it is recognised at its old address, and, unchanged, at any other.

All of them are hashes: the file holds no address, title or text. It still says which document was withdrawn to whoever
has an older copy of the dataset, and no salt that lies beside the hashes would change that. So it belongs to the
publisher alone and is never published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError
from cleaner.release.files import write_text

FILE = "withdrawn.jsonl"
"""Name of the list, in PROCESSED."""

_ID, _SOURCE, _TEXT = (re.compile(f"[0-9a-f]{{{digits}}}") for digits in (32, 64, 32))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One withdrawn document.

    Attributes:
        id: The document's id; None where only its bytes or its text shall be known by it.
        sources: SHA-256 of the source, 64 hex digits each: of every version's, and of copies with the same text.
        texts: The first 32 hex digits of the SHA-256 of the text, as it stood in each version.
        reason: Why, in the words of whoever withdrew it.
        version: The version that is the first without it.
        done: Whether every version is without it. If not, the next `cleaner run` or `cleaner withdraw` sees to it.
    """

    id: str | None = None
    sources: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    reason: str | None = None
    version: str | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """All that a list of tombstones forbids: ids, sources and texts, each sorted."""

    ids: list[str]
    sources: list[str]
    texts: list[str]

    @classmethod
    def by(cls, tombstones: Iterable[Tombstone]) -> Withdrawn:
        """What these tombstones forbid together."""
        every = list(tombstones)
        return cls(
            sorted({stone.id for stone in every if stone.id}),
            sorted({source for stone in every for source in stone.sources}),
            sorted({text for stone in every for text in stone.texts}),
        )


def read_tombstones(processed: Path) -> list[Tombstone]:
    """The list of a dataset, empty where there is none; CleanerError when it cannot be understood."""
    path = processed / FILE
    try:
        return [_parsed(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as e:
        raise CleanerError(
            f"{path} cannot be understood ({e}). It lists the withdrawn documents, so nothing is released before it is "
            'mended: one JSON object a line, such as {"id": "0123456789abcdef0123456789abcdef"}.'
        ) from e


def write_tombstones(processed: Path, tombstones: Sequence[Tombstone]) -> None:
    """Write the list of a dataset, in this order."""
    write_text(processed / FILE, "".join(_written(stone) + "\n" for stone in tombstones))


def _parsed(line: str) -> Tombstone:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise TypeError("a line is no JSON object")
    if unknown := row.keys() - set(Tombstone.__slots__):
        raise ValueError(f"there is no key {min(unknown)!r}")
    stone = Tombstone(
        id=_one(row, "id", _ID), sources=_hashes(row, "sources", _SOURCE), texts=_hashes(row, "texts", _TEXT),
        reason=_one(row, "reason"), version=_one(row, "version"), done=row.get("done") is True,
    )  # fmt: skip
    if not (stone.id or stone.sources or stone.texts):
        raise ValueError("a line names neither an id nor sources nor texts")
    return stone


def _one(row: dict[str, Any], key: str, form: re.Pattern[str] | None = None) -> str | None:
    value = row.get(key)
    if value is not None and not (isinstance(value, str) and (form is None or form.fullmatch(value))):
        raise ValueError(f"{value!r} is no {key}")
    return value


def _hashes(row: dict[str, Any], key: str, form: re.Pattern[str]) -> tuple[str, ...]:
    values = row.get(key) or []
    if not isinstance(values, list) or not all(isinstance(v, str) and form.fullmatch(v) for v in values):
        raise ValueError(f"{values!r} is no list of {key}")
    return tuple(values)


def _written(stone: Tombstone) -> str:
    values = {name: getattr(stone, name) for name in Tombstone.__slots__}
    return json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False)
