"""What became of sources that are no document of a version: what tells why a document is no longer there."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from cleaner.corpus.database import parquet
from cleaner.corpus.duplicates import Decisions
from cleaner.corpus.tombstones import Withdrawn, read_tombstones
from cleaner.errors import VerificationError
from cleaner.release.listings import LEFT_OUT, REJECTS

Fates = Callable[[duckdb.DuckDBPyConnection], None]
"""Fills the table `fates`: `id` or `source_path` of a document, or `sha256` of its source, and the `cause`."""

_COLUMNS = pa.schema([(name, pa.string()) for name in ("id", "source_path", "sha256", "cause")])
_ROWS = 10_000


def make_table(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `fates`, empty."""
    db.register("no_fates", _COLUMNS.empty_table())
    db.execute("CREATE TABLE fates AS SELECT * FROM no_fates")


def withdrawn_fates(processed: Path) -> Fates:
    """Who was withdrawn, by the tombstones. CleanerError when they cannot be understood."""

    def fill(db: duckdb.DuckDBPyConnection) -> None:
        gone = Withdrawn.by(read_tombstones(processed))
        _insert(db, [{"id": one, "cause": "withdrawn"} for one in gone.ids])
        _insert(db, [{"sha256": one, "cause": "withdrawn"} for one in gone.sources])

    return fill


def listed_fates(processed: Path) -> Fates:
    """What became of sources by the tombstones and by the lists beside the newest version.

    VerificationError when a list is missing or damaged.
    """

    def fill(db: duckdb.DuckDBPyConnection) -> None:
        withdrawn_fates(processed)(db)
        for name in (REJECTS, LEFT_OUT):
            try:
                with open(processed / name, encoding="utf-8") as file:
                    while some := list(itertools.islice(file, _ROWS)):
                        _insert(db, [_listed(json.loads(line)) for line in some])
            except (OSError, ValueError, KeyError, AttributeError, pa.ArrowException) as e:
                raise VerificationError(
                    f"{processed / name} is missing or damaged ({e}). `cleaner verify {processed}` says what else is; "
                    "the next run writes it again."
                ) from e

    return fill


def decided_fates(processed: Path, decisions: Decisions) -> Fates:
    """What became of sources by the tombstones and by what a run has just decided."""

    def fill(db: duckdb.DuckDBPyConnection) -> None:
        withdrawn_fates(processed)(db)
        db.execute(_DECIDED, {"decisions": parquet([decisions.path])})

    return fill


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return {"source_path": row["source"], "cause": row.get("outcome", "rejected")}


def _insert(db: duckdb.DuckDBPyConnection, rows: Iterable[dict[str, Any]]) -> None:
    db.register("some_fates", pa.Table.from_pylist(list(rows), _COLUMNS))
    db.execute("INSERT INTO fates SELECT * FROM some_fates")


_DECIDED = """
INSERT INTO fates SELECT CASE WHEN outcome = 'withdrawn' THEN id END, source_path, NULL,
       CASE outcome WHEN 'reject' THEN 'rejected' ELSE outcome END
FROM read_parquet($decisions) WHERE outcome <> 'document'
"""
