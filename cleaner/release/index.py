"""What the newest version holds, without its texts: for each document its shard, its site and its hashes.

A run compares against this instead of reading the shards again. It is a cache: it is found by the paths of the
version's shards, and made again from the shards themselves where it is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.corpus.database import copy_to, parquet
from cleaner.errors import VerificationError
from cleaner.release.files import placed
from cleaner.release.manifest import Manifest
from cleaner.release.rows import hash_documents, hash_lines

FOLDER = ".cleaner/release"

_ROWS = 4096

_COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("id", "site", "shard", "row_hash", "lines_hash")]
)  # `shard` is the path of the documents' shard; `lines_hash` is "" where a document has no lines


def load_index(db: duckdb.DuckDBPyConnection, processed: Path, parent: Manifest | None) -> None:
    """Make the table `previous` in the database: the index of `parent`, empty where there is no version yet.

    VerificationError when it has to be made again and a shard of the version is missing or damaged.
    """
    if parent is None:
        db.register("no_rows", _COLUMNS.empty_table())
        db.execute("CREATE TABLE previous AS SELECT * FROM no_rows")
        return
    path = index_path(processed, parent.files_named())
    if not _whole(path, parent):
        _make_again(db, processed, parent, path)
    db.execute("CREATE TABLE previous AS SELECT * FROM read_parquet($path)", {"path": parquet([path])})


def index_path(processed: Path, shards: list[str]) -> Path:
    """Where the index of a version with these shards lies."""
    return processed / FOLDER / (hashlib.sha256("\n".join(shards).encode()).hexdigest()[:16] + ".parquet")


def _whole(path: Path, manifest: Manifest) -> bool:
    try:
        file = pq.ParquetFile(path)
        return bool(file.metadata.num_rows == manifest.rows("documents") and file.schema_arrow.names == _COLUMNS.names)
    except (OSError, pa.ArrowException):
        return False


def _make_again(db: duckdb.DuckDBPyConnection, processed: Path, manifest: Manifest, path: Path) -> None:
    db.execute("CREATE TEMP TABLE documents_again (id VARCHAR, site VARCHAR, shard VARCHAR, row_hash VARCHAR)")
    db.execute("CREATE TEMP TABLE lines_again (id VARCHAR, lines_hash VARCHAR)")
    columns = manifest.schema("documents")
    try:
        for file in manifest.files["documents"]:
            for table in read_documents(processed / file.path, columns):
                shards = [file.path] * table.num_rows
                values = [table["id"], _sites(table), shards, hash_documents(table, columns)]
                db.register("rows", pa.table(values, _COLUMNS.names[:4]))
                db.execute("INSERT INTO documents_again SELECT * FROM rows")
        for file in manifest.files["lines"]:
            for hashes in read_line_hashes(processed / file.path, manifest.schema("lines")):
                db.register("rows", pa.table({"id": list(hashes), "lines_hash": list(hashes.values())}))
                db.execute("INSERT INTO lines_again SELECT * FROM rows")
    except (OSError, pa.ArrowException, KeyError, ValueError) as e:
        raise VerificationError(
            f"A shard of version {manifest.version} cannot be read ({e}), so no next version can be made from it. "
            f"`cleaner verify {processed}` says which files are damaged; put good copies in their place."
        ) from e
    query = """SELECT id, site, shard, row_hash, coalesce(lines_hash, '') AS lines_hash
               FROM documents_again LEFT JOIN lines_again USING (id) ORDER BY id"""
    with placed(path) as temporary:
        copy_to(db, query, temporary)
    db.execute("DROP TABLE documents_again; DROP TABLE lines_again")


def _sites(table: pa.Table) -> list[str]:
    """The site of published rows: the domain, else the folder that the source lay in."""
    domains, paths = table["domain"].to_pylist(), table["source_path"].to_pylist()
    return [
        domain or (path or "").partition("!")[0].rpartition("/")[0]
        for domain, path in zip(domains, paths, strict=True)
    ]


def read_documents(path: Path, columns: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a documents' shard with these columns, a few thousand at a time."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS):
            yield pa.Table.from_batches([batch]).select(columns.names)


def read_line_hashes(path: Path, columns: pa.Schema) -> Iterator[dict[Any, str]]:
    """The hashes of the lines of each document of a lines' shard with these columns, in order: document id -> hash."""
    with pq.ParquetFile(path) as file:
        rest = columns.empty_table()
        for batch in file.iter_batches(_ROWS * 8):
            table = pa.Table.from_batches([batch]).select(columns.names).cast(columns)
            table = pa.concat_tables([rest, table])
            last = table["document_id"][-1]
            start = pc.index(table["document_id"], last).as_py()  # the last document may go on in the next batch
            yield hash_lines(table.slice(0, start), columns=columns)
            rest = table.slice(start)
        yield hash_lines(rest, columns=columns)
