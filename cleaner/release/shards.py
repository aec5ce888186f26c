"""Shards: the Parquet files of a release, named by the rows in them and written once.

A shard whose name a version already has is not written again, nor read. The others get their rows from the part
files through sorted queries, some shards at a time, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
import inspect
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner import schema
from cleaner.corpus.database import ahead, in_threads, one_thread, parquet, stream
from cleaner.engine.parts import Parts
from cleaner.errors import AccountingError
from cleaner.release.files import placed, sha256_of
from cleaner.release.manifest import CONFIGS, File
from cleaner.release.remark import OtherRowsError, find_followed, remarked

FOLDERS = {"documents": "data", "lines": "lines"}
SCHEMAS = {"documents": schema.DOCUMENTS, "lines": schema.LINES}

ROW_GROUP_ROWS = {"documents": 2_000, "lines": 100_000}
ROW_GROUP_BYTES = 32 << 20
"""A row group ends before its texts exceed this; one row may."""

BATCH_CHARACTERS = 500_000_000
"""Characters of text in the shards that one sorted query fetches."""

_WRITER: dict[str, Any] = {"compression": "zstd", "compression_level": 3, "version": "2.6", "data_page_version": "1.0"}
if "use_content_defined_chunking" in inspect.signature(pq.ParquetWriter.__init__).parameters:
    _WRITER["use_content_defined_chunking"] = True  # an insertion then moves few bytes on a Hub that knows chunks


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard as it shall be: its number in the order of reading, its path, its rows, its size in characters."""

    number: int
    path: str
    rows: int
    characters: int


def shard_path(config: str, hashes: Iterable[str]) -> str:
    """Path of the shard that holds rows with these hashes, in this order."""
    digest = _begin(config)
    digest.update("".join(hashes).encode())
    return _path(config, digest)


def _begin(config: str) -> Any:
    return hashlib.sha256(f"cleaner {config} shard 1\n".encode())


def _path(config: str, digest: Any) -> str:
    return f"{FOLDERS[config]}/{digest.hexdigest()[:16]}.parquet"


def plan_shards(db: duckdb.DuckDBPyConnection) -> dict[str, list[Shard]]:
    """All shards of the release that the table `layout` describes, by config. A shard without rows is none."""
    plan: dict[str, list[Shard]] = {config: [] for config in CONFIGS}
    query = "SELECT shard, row_hash, lines_hash, lines, characters FROM layout ORDER BY shard, place"
    for number, runs in groupby(_runs(stream(db, query)), key=lambda run: run[0]):
        digests = {config: _begin(config) for config in CONFIGS}
        rows = lines = size = 0
        for _, run in runs:
            for config, column in zip(CONFIGS, ("row_hash", "lines_hash"), strict=True):
                digests[config].update("".join(run[column].to_pylist()).encode())
            rows += run.num_rows
            lines += pc.sum(run["lines"]).as_py()
            size += pc.sum(run["characters"]).as_py()
        plan["documents"].append(Shard(number, _path("documents", digests["documents"]), rows, size))
        if lines:
            plan["lines"].append(Shard(number, _path("lines", digests["lines"]), lines, size))
    return plan


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches cut where the column `shard` changes, as (shard, rows)."""
    for batch in batches:
        shards = batch["shard"].to_numpy()
        ends = [*np.flatnonzero(shards[1:] != shards[:-1]) + 1, len(shards)]
        for start, end in pairwise([0, *ends]):
            yield int(shards[start]), batch.slice(start, end - start)


def write_shards(
    db: duckdb.DuckDBPyConnection,
    parts: Parts,
    processed: Path,
    plan: Mapping[str, list[Shard]],
    known: Mapping[str, File],
) -> tuple[dict[str, list[File]], dict[str, str]]:
    """Write the shards that are not there yet; returns all shards of the release, by config, in reading order, and of
    those in which only marks of duplicates differ from a shard of the previous version, that shard: path -> path.

    `known` are the shards of earlier versions. AccountingError when a shard gets other rows than planned.
    """
    files: dict[str, list[File]] = {}
    followed: dict[str, str] = {}
    for config, shards in plan.items():
        there = {s.path: known[s.path] for s in shards if s.path in known and _is_there(processed, known[s.path])}
        missing = [shard for shard in shards if shard.path not in there]
        if config == "documents":
            copied = _write_remarked(db, processed, missing, known)
            there |= {file.path: file for file, _ in copied}
            followed = {file.path: old.relative_to(processed).as_posix() for file, old in copied}
            missing = [shard for shard in missing if shard.path not in there]
        with one_thread(db):
            for batch in _batches(missing):
                there.update({file.path: file for file in _write_batch(db, parts, processed, config, batch)})
        files[config] = [there[shard.path] for shard in shards]
    return files, followed


def _write_remarked(
    db: duckdb.DuckDBPyConnection, processed: Path, shards: list[Shard], known: Mapping[str, File]
) -> list[tuple[File, Path]]:
    """Write those shards of documents that differ in marks alone from a shard that is there, several at a time; returns
    each with the one that it follows."""
    followed = find_followed(db, processed, [shard.number for shard in shards], known)

    def write(shard: Shard) -> tuple[File, Path] | None:
        with db.cursor() as cursor, suppress(OtherRowsError):
            rows = remarked(cursor, shard.number, followed[shard.number])
            tables = row_groups(rows, "documents", schema.DOCUMENTS)
            return _write(processed, "documents", shard, (table for _, table in tables)), followed[shard.number]
        return None

    return [pair for pair in in_threads(write, (s for s in shards if s.number in followed)) if pair]


def _is_there(processed: Path, file: File) -> bool:
    try:
        return (processed / file.path).stat().st_size == file.bytes
    except FileNotFoundError:
        return False


def _batches(shards: list[Shard]) -> Iterator[list[Shard]]:
    """Shards in runs of at most BATCH_CHARACTERS."""
    batch: list[Shard] = []
    held = 0
    for shard in shards:
        if batch and held + shard.characters > BATCH_CHARACTERS:
            yield batch
            batch, held = [], 0
        batch.append(shard)
        held += shard.characters
    if batch:
        yield batch


def _write_batch(
    db: duckdb.DuckDBPyConnection, parts: Parts, processed: Path, config: str, shards: list[Shard]
) -> Iterator[File]:
    numbers = [shard.number for shard in shards]
    rows = db.execute(
        "SELECT DISTINCT part FROM layout WHERE list_contains($numbers, shard) ORDER BY part", {"numbers": numbers}
    ).fetchall()
    where = parts.documents if config == "documents" else parts.lines
    values = {"files": parquet(where(str(part)) for (part,) in rows), "numbers": numbers}
    query = _ROWS.format(columns=_columns(config), order="y.place" if config == "documents" else "y.place, d.line")
    tables = ahead(row_groups(stream(db, query, values), config, SCHEMAS[config]), db.interrupt)
    for shard, (number, groups) in zip(shards, groupby(tables, key=lambda item: item[0]), strict=True):
        if number != shard.number:
            raise AccountingError(_wrong(shard, 0))
        yield _write(processed, config, shard, (table for _, table in groups))


def _columns(config: str) -> str:
    """The columns of a config for a query over part files `d` and the layout `y`."""
    return ", ".join(f'{"y" if name in schema.OF_THE_CORPUS else "d"}."{name}"' for name in SCHEMAS[config].names)


def row_groups(
    batches: Iterable[pa.RecordBatch], config: str, columns: pa.Schema
) -> Iterator[tuple[int, pa.Table]]:
    """Rows with these columns, sorted by a further one, `shard`, as (shard, row group).

    Where a group ends depends on the rows alone, not on batches.
    """
    held: list[pa.Table] = []
    held_rows = held_bytes = 0
    current: int | None = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        shards = table["shard"].to_numpy()
        table = table.drop_columns(["shard"]).cast(columns)
        sizes = pc.fill_null(pc.binary_length(table["text"]), 0).to_numpy()
        total = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        changes = [*(np.flatnonzero(shards[1:] != shards[:-1]) + 1).tolist(), len(shards)]
        start = 0
        while start < len(shards):
            full = held_rows == ROW_GROUP_ROWS[config] or held_bytes + sizes[start] > ROW_GROUP_BYTES
            if held_rows and (full or shards[start] != current):
                assert current is not None
                yield current, _joined(held)
                held, held_rows, held_bytes = [], 0, 0
            current = int(shards[start])
            fitting = int(np.searchsorted(total, total[start] + ROW_GROUP_BYTES - held_bytes, "right")) - 1
            of_shard = changes[bisect_right(changes, start)]
            end = min(of_shard, start + ROW_GROUP_ROWS[config] - held_rows, max(fitting, start + 1))
            held.append(table.slice(start, end - start))
            held_rows += end - start
            held_bytes += int(total[end] - total[start])
            start = end
    if held_rows and current is not None:
        yield current, _joined(held)


def _joined(tables: list[pa.Table]) -> pa.Table:
    """One table in one piece: how it is chunked would show in the file's bytes."""
    table = pa.concat_tables(tables).combine_chunks()
    table.validate(full=True)  # text that is not UTF-8 must not reach a release
    return table


def _write(processed: Path, config: str, shard: Shard, tables: Iterable[pa.Table]) -> File:
    file = write_file(processed, shard.path, tables, SCHEMAS[config])
    if file.rows != shard.rows:
        (processed / shard.path).unlink()
        raise AccountingError(_wrong(shard, file.rows))
    return file


def write_file(processed: Path, path: str, tables: Iterable[pa.Table], columns: pa.Schema) -> File:
    """Write a shard with these columns, each table one row group; `path` is what its rows are named by."""
    rows = 0
    with placed(processed / path) as temporary:
        with pq.ParquetWriter(temporary, columns, **_WRITER) as writer:
            for table in tables:
                writer.write_table(table, row_group_size=max(1, table.num_rows))
                rows += table.num_rows
        digest, size = sha256_of(temporary), temporary.stat().st_size
    return File(path, digest, size, rows)


def _wrong(shard: Shard, rows: int) -> str:
    return (
        f"{shard.path} should hold {shard.rows} rows, but the part files hold {rows} for it. Nothing was released. "
        "Delete the folder .cleaner in the output folder and run again; please report this if it comes back."
    )


_ROWS = """
SELECT y.shard, {columns}
FROM read_parquet($files, filename = true) AS d JOIN layout AS y
  ON d.file = y.file AND d.record = y.record AND split_part(parse_filename(d.filename), '.', 1) = y.part
WHERE list_contains($numbers, y.shard)
ORDER BY y.shard, {order}
"""
