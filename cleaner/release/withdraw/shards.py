"""Shards without the documents that were withdrawn: what is left of one is a new file, named by the rows in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.release.index import read_documents, read_line_hashes
from cleaner.release.manifest import CONFIGS, File, Manifest
from cleaner.release.rows import hash_documents
from cleaner.release.shards import row_groups, shard_path, write_file
from cleaner.release.withdraw_marks import COLUMNS as MARKS
from cleaner.release.withdraw_marks import Marks

_KEY = {"documents": "id", "lines": "document_id"}


@dataclass(frozen=True, slots=True)
class _Cut:
    """What befalls a shard: documents that go, and new marks of others, sorted by id."""

    ids: frozenset[str]
    marks: tuple[tuple[str, tuple[Any, ...]], ...]


class Cutter:
    """Cuts documents out of the shards of versions; a shard that several versions share is cut once."""

    def __init__(self, processed: Path, known: Mapping[str, File]) -> None:
        """`known` are all shards that the versions name: path -> file."""
        self._processed = processed
        self._known = dict(known)
        self._done: dict[tuple[str, _Cut], File | None] = {}

    def cut(self, manifest: Manifest, ids: Collection[str], marks: Marks) -> dict[str, list[File]]:
        """The shards of a version without these documents, by config; those that hold none of them stay as they are.

        `marks` are new marks of documents that stay (see `withdraw_marks`). Writes what is not there yet, and deletes
        nothing.
        """
        return {
            config: [
                left for file in manifest.files[config]
                if (left := self._without(config, file, manifest.schema(config), frozenset(ids), marks))
            ]
            for config in CONFIGS
        }  # fmt: skip

    def _without(
        self, config: str, file: File, columns: pa.Schema, ids: frozenset[str], marks: Marks
    ) -> File | None:
        cut = self._find_cut(config, file, ids, marks)
        if not cut.ids and not cut.marks:
            return file
        if (file.path, cut) not in self._done:
            self._done[file.path, cut] = self._write(config, file, columns, cut)
        return self._done[file.path, cut]

    def _find_cut(self, config: str, file: File, ids: frozenset[str], marks: Marks) -> _Cut:
        """What of all this concerns a shard."""
        key = _KEY[config]
        wanted = pa.array(sorted({*ids, *marks}), pa.string())
        found: set[str] = set()
        with pq.ParquetFile(self._processed / file.path) as shard:
            for batch in shard.iter_batches(columns=[key]):
                found.update(batch[key].filter(pc.is_in(batch[key], wanted)).to_pylist())
        new = sorted(found & marks.keys()) if config == "documents" else []
        return _Cut(ids & found, tuple((i, tuple(marks[i][name] for name in MARKS)) for i in new))

    def _write(self, config: str, file: File, columns: pa.Schema, cut: _Cut) -> File | None:
        """What is left of a shard, as a file; None when nothing is."""
        path = self._processed / file.path
        if config == "documents":
            tables = _rows_left(path, config, columns, cut)
            hashes = [row_hash for table in tables for row_hash in hash_documents(table, columns)]
        else:
            every = read_line_hashes(path, columns)
            hashes = [row_hash for some in every for document, row_hash in some.items() if document not in cut.ids]
        if not hashes:
            return None
        new = shard_path(config, hashes)
        if new not in self._known:
            left = (batch for table in _rows_left(path, config, columns, cut) for batch in table.to_batches())
            batches = (batch.append_column("shard", pa.array([0] * batch.num_rows, pa.int64())) for batch in left)
            groups = (group for _, group in row_groups(batches, config, columns))
            self._known[new] = write_file(self._processed, new, groups, columns)
        return self._known[new]


def _rows_left(path: Path, config: str, columns: pa.Schema, cut: _Cut) -> Iterator[pa.Table]:
    """The rows of a shard without those of documents that go, and with the new marks."""
    gone = pa.array(sorted(cut.ids), pa.string())
    marks = dict(cut.marks)
    for table in read_documents(path, columns):
        left = table.filter(pc.invert(pc.is_in(table[_KEY[config]], gone)))
        if marks and not marks.keys().isdisjoint(left["id"].to_pylist()):
            left = _marked(left, marks)
        if left.num_rows:
            yield left


def _marked(table: pa.Table, marks: Mapping[str, tuple[Any, ...]]) -> pa.Table:
    ids = table["id"].to_pylist()
    for number, name in enumerate(MARKS):
        if name in table.column_names:
            place = table.schema.get_field_index(name)
            field = table.schema.field(place)
            old = table[name].to_pylist()
            new = [marks[i][number] if i in marks else value for i, value in zip(ids, old, strict=True)]
            table = table.set_column(place, field, pa.array(new, field.type))
    return table
