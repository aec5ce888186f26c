"""Shards without the documents that were withdrawn: what is left of one is a new file, named by the rows in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.release.index import read_documents, read_line_hashes
from cleaner.release.manifest import CONFIGS, File, Manifest
from cleaner.release.rows import hash_documents
from cleaner.release.shards import row_groups, shard_path, write_file

_KEY = {"documents": "id", "lines": "document_id"}
_MARKS = {"duplicate_jaccard": "duplicate_of", "duplicate_of": "duplicate_of", "duplicate_cluster": "duplicate_cluster"}
"""Columns that tell of other documents: column -> the column that names the other one."""


class Cutter:
    """Cuts documents out of the shards of versions; a shard that several versions share is cut once."""

    def __init__(self, processed: Path, known: Mapping[str, File]) -> None:
        """`known` are all shards that the versions name: path -> file."""
        self._processed = processed
        self._known = dict(known)
        self._cut: dict[tuple[str, frozenset[str]], File | None] = {}

    def cut(self, manifest: Manifest, ids: Collection[str]) -> dict[str, list[File]]:
        """The shards of a version without these documents, by config; those that hold none of them stay as they are.

        Writes what is not there yet, and deletes nothing. Where another document was marked as a duplicate of one that
        goes, the mark goes, too.
        """
        return {
            config: [
                left for file in manifest.files[config]
                if (left := self._without(config, file, manifest.schema(config), frozenset(ids)))
            ]
            for config in CONFIGS
        }  # fmt: skip

    def _without(self, config: str, file: File, columns: pa.Schema, ids: frozenset[str]) -> File | None:
        concerned = self._concerned(config, file, columns, ids)
        if not concerned:
            return file
        key = (file.path, concerned)
        if key not in self._cut:
            self._cut[key] = self._write(config, file, columns, concerned)
        return self._cut[key]

    def _concerned(self, config: str, file: File, columns: pa.Schema, ids: frozenset[str]) -> frozenset[str]:
        """Those of the ids that are in a shard, as the id of a row or in its marks."""
        names = [_KEY[config], *sorted(set(_MARKS.values()) & set(columns.names))]
        wanted = pa.array(sorted(ids), pa.string())
        found: set[str] = set()
        with pq.ParquetFile(self._processed / file.path) as shard:
            for batch in shard.iter_batches(columns=names):
                for name in names:
                    found.update(batch[name].filter(pc.is_in(batch[name], wanted)).to_pylist())
        return frozenset(found)

    def _write(self, config: str, file: File, columns: pa.Schema, ids: frozenset[str]) -> File | None:
        """What is left of a shard, as a file; None when nothing is."""
        path = self._processed / file.path
        if config == "documents":
            tables = _rows_without(path, config, columns, ids)
            hashes = [row_hash for table in tables for row_hash in hash_documents(table, columns)]
        else:
            every = read_line_hashes(path, columns)
            hashes = [row_hash for some in every for document, row_hash in some.items() if document not in ids]
        if not hashes:
            return None
        new = shard_path(config, hashes)
        if new not in self._known:
            left = (batch for table in _rows_without(path, config, columns, ids) for batch in table.to_batches())
            batches = (batch.append_column("shard", pa.array([0] * batch.num_rows, pa.int64())) for batch in left)
            groups = (group for _, group in row_groups(batches, config, columns))
            self._known[new] = write_file(self._processed, new, groups, columns)
        return self._known[new]


def _rows_without(path: Path, config: str, columns: pa.Schema, ids: frozenset[str]) -> Iterator[pa.Table]:
    """The rows of a shard without those of these documents, and without marks that name one."""
    gone = pa.array(sorted(ids), pa.string())
    for table in read_documents(path, columns):
        left = table.filter(pc.invert(pc.is_in(table[_KEY[config]], gone)))
        if config == "documents":
            for name, tells_of in _MARKS.items():
                if name in left.column_names:
                    kept = pc.invert(pc.is_in(left[tells_of], gone))
                    place = left.schema.get_field_index(name)
                    nothing = pa.scalar(None, left.schema.field(place).type)
                    left = left.set_column(place, left.schema.field(place), pc.if_else(kept, left[name], nothing))
        if left.num_rows:
            yield left
