"""`rejects.jsonl` and `left_out.jsonl`: every source that is no document of the release, and why."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from cleaner.corpus.database import parquet, stream
from cleaner.corpus.duplicates import Decisions
from cleaner.errors import VerificationError
from cleaner.release.files import placed

REJECTS = "rejects.jsonl"
LEFT_OUT = "left_out.jsonl"

Fate = tuple[str, str | None]
"""What became of a source, as `counts` of a manifest call it ("duplicates", "filtered"...), and by which rule."""

_COUNTED = {"duplicate": "duplicates", "filtered": "filtered", "withdrawn": "withdrawn"}
_WITHDRAWN = {"source": None, "outcome": "withdrawn", "of": None, "rule": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Withheld:
    """What `left_out.jsonl` must not name: ids of withdrawn documents, and paths of their sources."""

    ids: frozenset[str]
    paths: frozenset[str]

    def concerns(self, row: Mapping[str, Any]) -> bool:
        """Whether a source was left out that is withdrawn now."""
        return row["outcome"] != "withdrawn" and (row["of"] in self.ids or row["source"] in self.paths)


def write_listings(db: duckdb.DuckDBPyConnection, processed: Path, decisions: Decisions) -> None:
    """Write both lists, sorted by file and record; an empty list is an empty file.

    A reject has `source`, `cause`, `message`; a source left out has `source`, `outcome` (duplicate, filtered or
    withdrawn), `of` (the id of the document it duplicates) and `rule`. Of a withdrawn one nothing else is told.
    """
    _write(processed / REJECTS, _rows(db, _REJECTS, decisions))
    _write(processed / LEFT_OUT, _rows(db, _LEFT_OUT, decisions))


def near_left_out(processed: Path, ids: Collection[str]) -> set[str]:
    """Paths of sources that were left out as near-duplicates of these documents."""
    return {row["source"] for row in _listed(processed) if row["rule"] == "near" and row["of"] in ids}


def count_withheld(processed: Path, hidden: Withheld, counts: Mapping[str, Any]) -> dict[Fate, int]:
    """How many sources that were left out are withdrawn now, by what they counted as.

    None when the list is not that of the version with these counts: then nobody can tell.
    """
    totals, found = dict.fromkeys(_COUNTED.values(), 0), dict[Fate, int]()
    for row in _listed(processed):
        outcome = _COUNTED[row["outcome"]]
        totals[outcome] += 1
        if hidden.concerns(row):
            found[outcome, row["rule"]] = found.get((outcome, row["rule"]), 0) + 1
    # the withdrawn ones are not compared: documents that are withdrawn just now are counted, but not listed yet
    return found if all(totals[key] == counts[key] for key in ("duplicates", "filtered")) else {}


def withhold(processed: Path, hidden: Withheld, withdrawn: int) -> None:
    """Write `left_out.jsonl` anew without what it must not name, and with so many withdrawn sources in all."""
    named = (row for row in _listed(processed) if row["outcome"] != "withdrawn" and not hidden.concerns(row))
    _write(processed / LEFT_OUT, itertools.chain(named, itertools.repeat(_WITHDRAWN, withdrawn)))


def _listed(processed: Path) -> Iterator[dict[str, Any]]:
    """The rows of `left_out.jsonl`, none where it is missing. VerificationError when it is damaged."""
    try:
        with open(processed / LEFT_OUT, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield {"source": row["source"], "outcome": row["outcome"], "of": row["of"], "rule": row["rule"]}
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError) as e:
        raise VerificationError(
            f"{processed / LEFT_OUT} is damaged ({e}). Delete it: the next run writes it again."
        ) from e


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
