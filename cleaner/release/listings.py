"""`rejects.jsonl` and `left_out.jsonl`: every source that is no document of the release, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from cleaner.corpus.database import parquet, stream
from cleaner.corpus.duplicates import Decisions
from cleaner.release.files import placed

REJECTS = "rejects.jsonl"
LEFT_OUT = "left_out.jsonl"


def write_listings(db: duckdb.DuckDBPyConnection, processed: Path, decisions: Decisions) -> None:
    """Write both lists, sorted by file and record; an empty list is an empty file.

    A reject has `source`, `cause`, `message`; a source left out has `source`, `outcome` (duplicate, filtered or
    withdrawn), `of` (the id of the document it duplicates) and `rule`. Of a withdrawn one nothing else is told.
    """
    _write(processed / REJECTS, _rows(db, _REJECTS, decisions))
    _write(processed / LEFT_OUT, _rows(db, _LEFT_OUT, decisions))


def _rows(db: duckdb.DuckDBPyConnection, query: str, decisions: Decisions) -> Iterator[dict[str, Any]]:
    for batch in stream(db, query, {"decisions": parquet([decisions.path])}):
        yield from batch.to_pylist()


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with placed(path) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


_REJECTS = """
SELECT source_path AS source, cause, message FROM read_parquet($decisions)
WHERE outcome = 'reject' ORDER BY file, record
"""

_LEFT_OUT = """
SELECT CASE WHEN outcome <> 'withdrawn' THEN source_path END AS source, outcome, of, rule
FROM read_parquet($decisions)
WHERE outcome IN ('duplicate', 'filtered', 'withdrawn')
ORDER BY outcome = 'withdrawn', file, record
"""
