"""Part files: the immutable results of cleaning, and the only truth about what has been done.

A part P is two Parquet files in `PROCESSED/.cleaner/parts/`: `P.lines.parquet` and, written last as the commit
mark, `P.documents.parquet`. A part holds *pieces*: a piece is a run of consecutive sources of one input file, and no
part holds two pieces of one file. So a pair (file, part) names a piece, and a list of such pairs says which rows are
alive (`Parts.live`). Which pieces a part holds stands in its documents file's metadata; the ledger only mirrors it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner import schema

PART_DOCUMENTS = pa.schema(
    [
        ("file", pa.string()),  # InputFile.path
        ("record", pa.int64()),  # position of the source among all that its file holds, from 0; never null
        ("source_key", pa.string()),  # 32 hex over all that the source is, its position excepted
        ("outcome", pa.string()),  # "document" | "reject"
        ("cause", pa.string()),  # of rejects
        ("message", pa.string()),
        ("page", pa.uint64()),  # a number for file, record and source_key, by which its lines are found
        ("site", pa.string()),
        ("markup", pa.int64()),  # characters of an HTML page
        ("page_type", pa.string()),  # that of `quality`
        *schema.DOCUMENTS,  # null for rejects, but for source_path and (where known) url, source_sha256, media_type
        ("text_key", pa.string()),  # 32 hex of the sha256 over the text; null when the text is empty
        ("document_hash", pa.string()),  # see release/rows.py; null for rejects
        ("lines_hash", pa.string()),
    ]
)
"""One row a source, document or reject, sorted by file and record."""

PART_LINES = pa.schema(
    [
        ("file", pa.string()),
        ("record", pa.int64()),
        ("page", pa.uint64()),
        ("line_key", pa.uint64()),  # a number for site and text: equal where a line recurs on its site
        *schema.LINES,
        *schema.MEASURES,
    ]
)
"""One row a line, sorted by file, record and line."""

REVISED = "revised"
"""The folder of revised parts, and what their names start with."""

_BASE = b"cleaner.base"
_DOCUMENTS, _LINES, _TEMPORARY = ".documents.parquet", ".lines.parquet", ".temporary"


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive sources of one file in one part.

    Attributes:
        part: The part's name.
        path: The file's path, as in `InputFile.path`.
        key: The cleaning key under which its rows were made (see `plan.cleaning_key`).
        first: Position of its first source in the file.
        sources: How many sources it holds, rejects included.
        rejects: How many of them are rejects.
        lines: How many lines its documents have.
        fingerprint: 32 hex over `first` and the keys of its sources in order: equal means nothing changed.
    """

    part: str
    path: str
    key: str
    first: int
    sources: int
    rejects: int
    lines: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Parts:
    """All that is alive: the folder of part files, and a Parquet file with one row for each living piece.

    `live` has the columns `file` and `part`, sorted by both; a row of part P is alive when its file stands there
    with P.
    """

    folder: Path
    live: Path

    def documents(self, part: str) -> Path:
        """The part's file of documents and rejects (columns PART_DOCUMENTS)."""
        return self._folder_of(part) / (part + _DOCUMENTS)

    def lines(self, part: str) -> Path:
        """The part's file of lines (columns PART_LINES)."""
        return self._folder_of(part) / (part + _LINES)

    @property
    def revised(self) -> Path:
        """The folder of parts that were made from others, by what the whole corpus knows (see `engine.revise`)."""
        return self.folder.parent / REVISED

    def _folder_of(self, part: str) -> Path:
        return self.revised if part.startswith(REVISED) else self.folder


def part_name(key: str, pieces: Iterable[tuple[str, str]]) -> str:
    """The name of the part that holds these pieces (path, fingerprint): 32 hex, the same for the same content."""
    return hashlib.sha256(json.dumps([key, *pieces]).encode()).hexdigest()[:32]


def write_part(folder: Path, pieces: list[Piece], documents: pa.Table, lines: pa.Table) -> None:
    """Write a part so that it is there in whole or not at all; OSError when the disk does not take it."""
    notes = {b"cleaner.pieces": json.dumps([asdict(p) for p in pieces]).encode()}
    part = pieces[0].part
    _write(folder / (part + _LINES), lines)
    _write(folder / (part + _DOCUMENTS), documents.replace_schema_metadata(notes))


def write_revised(parts: Parts, name: str, base: str, documents: pa.Table, lines: pa.Table) -> None:
    """Write a revised part, made from the part `base`, so that it is there in whole or not at all."""
    replace_part(parts.revised, name, documents.replace_schema_metadata({_BASE: base.encode()}), lines)


def base_of(parts: Parts, revised: str) -> str:
    """The part that a revised part was made from."""
    notes: dict[bytes, bytes] = pq.read_schema(parts.documents(revised)).metadata or {}
    return notes[_BASE].decode()


def replace_part(folder: Path, part: str, documents: pa.Table, lines: pa.Table) -> None:
    """Write the files of a part anew, each in one step; `documents` has the notes of the part in its metadata."""
    _write(folder / (part + _LINES), lines)
    _write(folder / (part + _DOCUMENTS), documents)


def is_commit_mark(path: str) -> bool:
    """Whether a file is the one of a part that is written last."""
    return path.endswith(_DOCUMENTS)


def read_pieces(folder: Path, part: str) -> list[Piece]:
    """The pieces that a part holds, from its metadata; empty when the part is not whole or not ours."""
    try:
        pq.read_schema(folder / (part + _LINES))
        notes = pq.read_schema(folder / (part + _DOCUMENTS)).metadata or {}
        return [Piece(**piece) for piece in json.loads(notes[b"cleaner.pieces"])]
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError):
        return []


def list_parts(folder: Path) -> set[str]:
    """Names of the parts of which both files are there. What else an interrupted run left is deleted."""
    names = {entry.name for entry in os.scandir(folder)}
    parts = {n.removesuffix(_DOCUMENTS) for n in names if n.endswith(_DOCUMENTS)}
    parts &= {n.removesuffix(_LINES) for n in names if n.endswith(_LINES)}
    for name in names - {part + suffix for part in parts for suffix in (_DOCUMENTS, _LINES)}:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(folder / name)
    return parts


def remove_part(folder: Path, part: str) -> None:
    """Delete a part, its commit mark first."""
    for suffix in (_DOCUMENTS, _LINES):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(folder / (part + suffix))


def _write(path: Path, table: pa.Table) -> None:
    """One Parquet file: a temporary file, synced, renamed, and the folder synced."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=1)
    # a name of its own: on a cluster, a worker that was given up may still be writing the same part
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_TEMPORARY}")
    with open(temporary, "wb") as file:
        file.write(sink.getvalue())
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and deletions in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
