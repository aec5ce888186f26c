"""The tables of one part, put together from what was cleaned, what was rejected, and rows of earlier parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.cleaning import Cleaned
from cleaner.engine.parts import PART_DOCUMENTS, PART_LINES, Parts, Piece
from cleaner.records import Reject, Source
from cleaner.release.rows import hash_documents, hash_lines

_MADE_HERE = (
    "file", "record", "page", "source_key", "source_path", "text_key", "document_hash", "lines_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """What a reader found at one position of a file: a source to clean, or a reject."""

    file: str
    record: int
    key: str
    found: Source | Reject

    @property
    def name(self) -> tuple[str, int]:
        """File and position: what the engine calls it by."""
        return self.file, self.record

    @property
    def size(self) -> int:
        """Bytes (or characters) to clean."""
        return len(self.found.data) if isinstance(self.found, Source) else 0


def make_item(file: str, record: int, found: Source | Reject) -> Item:
    """An item with its key: 32 hex over everything that can change its result, its position excepted."""
    digest = hashlib.sha256()
    if isinstance(found, Source):
        told = [type(found.data).__name__, found.path, found.url, found.kind, found.charset, found.media_type,
                found.retrieved_at, dict(found.declared), found.notes]  # fmt: skip
        digest.update(json.dumps(told, sort_keys=True, default=str).encode() + b"\n")
        digest.update(found.raw)
    else:
        digest.update(json.dumps([found.path, found.cause, found.message]).encode())
    return Item(file, record, digest.hexdigest()[:32], found)


def fingerprint(items: Sequence[Item]) -> str:
    """32 hex over the first position and the keys of consecutive sources of one file."""
    return hashlib.sha256(json.dumps([items[0].record, *(i.key for i in items)]).encode()).hexdigest()[:32]


@dataclass(slots=True)
class Rows:
    """Rows on their way into a part. Each table has a column `item`: the position in the part's list of items."""

    documents: list[pa.Table] = field(default_factory=list)
    lines: list[pa.Table] = field(default_factory=list)
    rejects: dict[int, Reject] = field(default_factory=dict)

    def add_cleaned(self, numbers: Sequence[int], cleaned: Cleaned) -> None:
        """What `clean_batch` made of the items with these numbers."""
        of_batch = pa.array(numbers, pa.int64())
        for table, into in ((cleaned.documents, self.documents), (cleaned.lines, self.lines)):
            items = of_batch.take(table["source"].combine_chunks())
            into.append(table.drop_columns(["source"]).append_column("item", items))
        self.rejects.update({numbers[n]: reject for n, reject in cleaned.rejects.items()})


def assemble(items: Sequence[Item], rows: Rows) -> tuple[pa.Table, pa.Table, list[tuple[int, int]]]:
    """The part's documents and lines (PART_DOCUMENTS, PART_LINES), and for each item (1 if a reject else 0, lines)."""
    outcome = [("item", pa.int64()), ("outcome", pa.string()), ("cause", pa.string()), ("message", pa.string())]
    rejected = [_reject_row(number, items[number].found, reject) for number, reject in rows.rejects.items()]
    documents = [pa.Table.from_pylist(rejected, pa.schema([*outcome, *_plain_columns()]))]
    documents += [
        t if "outcome" in t.column_names else t.append_column("outcome", pa.repeat("document", t.num_rows))
        for t in rows.documents
    ]
    table = pa.concat_tables(documents, promote_options="default").sort_by("item")
    lines = pa.concat_tables([_no_lines(), *rows.lines], promote_options="default")
    lines = lines.sort_by([("item", "ascending"), ("line", "ascending")])

    of = [items[n] for n in table["item"].to_pylist()]
    lines_hash = hash_lines(lines, by="item")
    columns: dict[str, Any] = {name: table[name] for name in table.column_names}
    columns["file"] = [i.file for i in of]
    columns["record"] = [i.record for i in of]
    columns["source_key"] = [i.key for i in of]
    page_of = _digests(f"{i.file}\n{i.record}\n{i.key}" for i in items)
    columns["page"] = page_of.take(table["item"].combine_chunks())
    columns["source_path"] = [_clean(i.found.name) for i in of]
    columns["lines_hash"] = [lines_hash.get(n) for n in table["item"].to_pylist()]
    # rows of earlier parts may have lost their text since, and keep what was made of it
    columns["page_type"] = pc.coalesce(table["page_type"], pc.struct_field(table["quality"], "page_type"))
    columns["text_key"] = columns["document_hash"] = pa.nulls(len(of), pa.string())
    table = name_documents(pa.table([columns[name] for name in PART_DOCUMENTS.names], PART_DOCUMENTS))
    is_document = pc.equal(table["outcome"], "document")

    numbers = lines["item"].combine_chunks()
    sites = dict(zip(columns["item"].to_pylist(), columns["site"].to_pylist(), strict=True))
    made: dict[str, Any] = {
        "file": pa.array([i.file for i in items], pa.string()).take(numbers),
        "record": pa.array([i.record for i in items], pa.int64()).take(numbers),
        "page": page_of.take(numbers),
        "line_key": pc.coalesce(lines["line_key"], _line_keys(lines, sites)),
    }
    lines = pa.table([made[name] if name in made else lines[name] for name in PART_LINES.names], PART_LINES)
    of_item = dict(zip(columns["item"].to_pylist(), is_document.to_pylist(), strict=True))
    lines_of = {entry["values"]: entry["counts"] for entry in pc.value_counts(numbers).to_pylist()}
    return table, lines, [(int(not of_item.get(n, True)), lines_of.get(n, 0)) for n in range(len(items))]


def name_documents(table: pa.Table) -> pa.Table:
    """Rows of PART_DOCUMENTS with `text_key` and `document_hash`, made from what else stands in them."""
    is_document = pc.equal(table["outcome"], "document")
    hashes = iter(hash_documents(table.filter(is_document)))
    made = {
        "text_key": _text_keys(table["text"]),
        "document_hash": [next(hashes) if document else None for document in is_document.to_pylist()],
    }
    for column, values in made.items():
        place = table.schema.get_field_index(column)
        table = table.set_column(place, PART_DOCUMENTS.field(place), pa.array(values, pa.string()))
    return table


class EarlierRows:
    """Rows that earlier parts hold of one file, found by source key. Takes 20 bytes of memory for each of them."""

    def __init__(self, folder: Path, file: str, pieces: Sequence[Piece]) -> None:
        self._file = file
        self._parts = Parts(folder, folder)
        self._names = [piece.part for piece in pieces]
        hashes, parts, records = [], [], []
        for number, name in enumerate(self._names):
            columns = ["file", "record", "source_key", "outcome", "url"]
            table = pq.read_table(self._parts.documents(name), columns=columns, filters=pc.field("file") == file)
            hashes += [_place(r["source_key"], r["record"] if _is_bound(r) else None) for r in table.to_pylist()]
            parts.append(np.full(table.num_rows, number, np.int32))
            records.append(table["record"].to_numpy())
        found = np.array(hashes, np.uint64)
        order = np.argsort(found, kind="stable")
        self._hashes = found[order]
        self._part_of = np.concatenate(parts)[order]
        self._record_of = np.concatenate(records)[order]

    def take(self, items: Sequence[Item], rows: Rows) -> set[int]:
        """Put rows that are there into `rows`; returns the numbers of their items."""
        wanted: dict[int, dict[int, list[int]]] = {}
        for number, item in enumerate(items):
            if item.file != self._file:
                continue
            for record in (None, item.record):
                place = _place(item.key, record)
                at = int(np.searchsorted(self._hashes, np.uint64(place)))
                if at < len(self._hashes) and int(self._hashes[at]) == place:
                    of_part = wanted.setdefault(int(self._part_of[at]), {})
                    of_part.setdefault(int(self._record_of[at]), []).append(number)
                    break
        taken: set[int] = set()
        for part, numbers in wanted.items():
            taken |= self._take_from(self._names[part], numbers, items, rows)
        return taken

    def _take_from(self, part: str, numbers: dict[int, list[int]], items: Sequence[Item], rows: Rows) -> set[int]:
        """Put rows of one part into `rows`; `numbers` has the items that want them, by record."""
        ours = pc.field("file") == self._file
        documents = pq.read_table(self._parts.documents(part), filters=ours).replace_schema_metadata(None)
        keys = dict(zip(documents["record"].to_pylist(), documents["source_key"].to_pylist(), strict=True))
        good = {r: [n for n in of_record if items[n].key == keys[r]] for r, of_record in numbers.items()}
        lines = pq.read_table(self._parts.lines(part), filters=ours)
        for table, into in ((documents, rows.documents), (lines, rows.lines)):
            pairs = [(row, n) for row, r in enumerate(table["record"].to_pylist()) for n in good.get(r, ())]
            some = table.drop_columns([c for c in _MADE_HERE if c in table.column_names])
            some = some.take(pa.array([row for row, _ in pairs], pa.int64()))
            into.append(some.append_column("item", pa.array([n for _, n in pairs], pa.int64())))
        return {n for of_record in good.values() for n in of_record}


def _is_bound(row: dict[str, Any]) -> bool:
    """Whether a row can be used at its own position only: without an address its id was made from the position."""
    return row["outcome"] == "document" and row["url"] is None


def _place(key: str, record: int | None) -> int:
    """64 bits by which a row is found: of its source's key and, where it is bound to it, its position."""
    return int(key[:16], 16) ^ (0 if record is None else (record + 1) * 0x9E3779B97F4A7C15 % 2**64)


def _reject_row(number: int, found: Source | Reject, reject: Reject) -> dict[str, Any]:
    row: dict[str, Any] = {
        "item": number, "outcome": "reject", "cause": reject.cause, "message": _clean(reject.message),
    }  # fmt: skip
    if isinstance(found, Source):
        row |= {"url": found.url and _clean(found.url), "source_sha256": found.sha256, "media_type": found.media_type}
    return row


def _plain_columns() -> list[pa.Field]:
    known = {"item", "outcome", "cause", "message", *_MADE_HERE}
    return [f for f in PART_DOCUMENTS if f.name not in known]


def _no_lines() -> pa.Table:
    fields = [f for f in PART_LINES if f.name not in ("file", "record")]
    return pa.schema([("item", pa.int64()), *fields]).empty_table()


def _line_keys(lines: pa.Table, sites: dict[int, str]) -> pa.Array:
    """A number for the site and the text of each line, letter case aside; null for a line without text.

    `sites` has the site of each item.
    """
    rows = zip(lines["item"].to_pylist(), lines["text"].to_pylist(), strict=True)
    told = [f"{sites[item]}\n{text.casefold()}" if text else "" for item, text in rows]
    return pc.if_else(pa.array(map(bool, told), pa.bool_()), _digests(told), pa.scalar(None, pa.uint64()))


def _digests(told: Iterable[str]) -> pa.Array:
    """64 bits of a hash of each text."""
    digests = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in told]
    return pa.array(np.frombuffer(b"".join(digests), "<u8"))


def _text_keys(texts: pa.ChunkedArray) -> list[str | None]:
    return [hashlib.sha256(t.encode()).hexdigest()[:32] if t else None for t in texts.to_pylist()]


def _clean(text: str) -> str:
    """Text that UTF-8 can hold: half a surrogate pair stands escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
