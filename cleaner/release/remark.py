"""Shards of which nothing has changed but marks of duplicates are made from the shards that they follow.

A new document marks its near-duplicates all over the corpus. To fetch the rows of all their shards from the part files
again, and to sort them, takes longer than to copy them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner import schema
from cleaner.release.files import sha256_of
from cleaner.release.manifest import File
from cleaner.release.rows import hash_documents


class OtherRowsError(Exception):
    """A shard has other rows than those of the shard that it was thought to follow."""


def find_followed(
    db: duckdb.DuckDBPyConnection, processed: Path, numbers: list[int], known: Mapping[str, File]
) -> dict[int, Path]:
    """For shards of documents (by number in the table `layout`) the shard that each follows, with as many rows.

    Only shards that are among the `known` ones, and whole, are followed.
    """
    found: dict[int, Path] = {}
    for number, rows, path in db.execute(_FOLLOWED, {"numbers": numbers}).fetchall():
        file, place = known.get(path), processed / path
        if file and file.rows == rows and place.is_file() and sha256_of(place) == file.sha256:
            found[number] = place
    return found


def remarked(db: duckdb.DuckDBPyConnection, number: int, followed: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a shard by its number, with a column `shard`, made from those of the shard that it follows.

    OtherRowsError, at the end at the latest, where one turns out to differ in more than the columns
    `schema.OF_THE_CORPUS`.
    """
    wanted = db.sql(_WANTED, params={"number": number}).to_arrow_table()
    changed, hashes = [schema.DOCUMENTS.empty_table()], []
    start = 0
    with pq.ParquetFile(followed) as file:
        for group in range(file.num_row_groups):
            table = _as_now(file.read_row_group(group, use_threads=False))
            new = wanted.slice(start, table.num_rows)
            start += table.num_rows
            if not table["id"].equals(new["id"].cast(table["id"].type)):
                raise OtherRowsError
            for name in schema.OF_THE_CORPUS:
                place = schema.DOCUMENTS.get_field_index(name)
                table = table.set_column(place, schema.DOCUMENTS.field(place), new[name].cast(table[name].type))
            changed.append(table.filter(new["changed"]))
            hashes += new["row_hash"].filter(new["changed"]).to_pylist()
            shard = pa.array([number] * table.num_rows, pa.int64())
            yield from table.append_column("shard", shard).combine_chunks().to_batches()
    if hash_documents(pa.concat_tables(changed).combine_chunks()) != hashes:  # all at once: most of it is per call
        raise OtherRowsError


def _as_now(table: pa.Table) -> pa.Table:
    """Rows of documents in the columns of today; OtherRowsError where an earlier version of `cleaner` had others."""
    if table.column_names != schema.DOCUMENTS.names:
        raise OtherRowsError
    try:
        return table.cast(schema.DOCUMENTS)
    except pa.ArrowException as e:
        raise OtherRowsError from e


_FOLLOWED = """
SELECT shard, count(*) AS documents, any_value(old_shard) AS path
FROM layout WHERE list_contains($numbers, shard)
GROUP BY shard HAVING count(old_shard) = documents AND count(DISTINCT old_shard) = 1 ORDER BY shard
"""

_WANTED = f"""
SELECT id, row_hash, row_hash <> old_hash AS changed, {", ".join(schema.OF_THE_CORPUS)}
FROM layout WHERE shard = $number ORDER BY place
"""
