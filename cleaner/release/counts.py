"""What is counted for the manifest and for the report of the run: whole numbers, from the part files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from cleaner.corpus.database import parquet
from cleaner.corpus.duplicates import Decisions
from cleaner.engine.parts import Parts
from cleaner.release.facts import count_facts, find_examples

Lines = dict[str, dict[str, dict[str, int]]]
"""verdict -> role -> reason -> lines."""

_KINDS = {"text/html": "html", "application/xhtml+xml": "html"}

_PRESENT = ("title", "subtitle", "published", "modified", "publisher", "url", "section", "license", "language_declared")
_LISTS = ("authors", "tags")


def count_lines(db: duckdb.DuckDBPyConnection, parts: Parts, decisions: Decisions) -> tuple[Lines, Lines]:
    """Lines of all sources that became a page, and lines of the documents among them."""
    pages: Lines = {}
    documents: Lines = {}
    names = _parts(db, decisions)
    values = {"files": parquet(map(parts.lines, names)), "decisions": parquet([decisions.path])}
    for verdict, role, reason, all_lines, published in db.execute(_LINES, values).fetchall() if names else []:
        pages.setdefault(verdict, {}).setdefault(role, {})[reason] = all_lines
        if published:
            documents.setdefault(verdict, {}).setdefault(role, {})[reason] = published
    return pages, documents


def by_role(lines: Lines) -> dict[str, dict[str, int]]:
    """verdict -> role -> lines, the most frequent role first."""
    return {verdict: _sorted({role: sum(r.values()) for role, r in roles.items()}) for verdict, roles in lines.items()}


def count_kinds(db: duckdb.DuckDBPyConnection, decisions: Decisions) -> dict[str, int]:
    """Sources by kind: "html", "text", or "unknown" for rejects of which nobody could tell."""
    query = "SELECT media_type, count(*) FROM read_parquet($decisions) GROUP BY 1"
    kinds: dict[str, int] = {}
    for media_type, count in db.execute(query, {"decisions": parquet([decisions.path])}).fetchall():
        plain = "text" if (media_type or "").startswith("text/") else "unknown"
        kind = _KINDS.get(media_type, plain)
        kinds[kind] = kinds.get(kind, 0) + count
    return _sorted(kinds)


def count_documents(db: duckdb.DuckDBPyConnection, parts: Parts, decisions: Decisions, lines: Lines) -> dict[str, Any]:
    """The counts of a manifest, before its shards are written. `lines` are those of the documents.

    What became of the sources: `sources`, `documents`, `duplicates`, `filtered`, `withdrawn`, `rejects`,
    `rejects_by_cause`, `left_out_by_rule`. The rest is what `count_rows` counts in the shards, key by key.
    """
    names = _parts(db, decisions)
    decided = {"decisions": parquet([decisions.path])}
    values = {"files": parquet(map(parts.documents, names)), **decided}
    judged = {"files": parquet(map(parts.lines, names)), **decided}
    outcomes = decisions.outcomes
    return {
        "sources": decisions.sources,
        "documents": outcomes["document"],
        "duplicates": outcomes["duplicate"],
        "filtered": outcomes["filtered"],
        "withdrawn": outcomes["withdrawn"],
        "rejects": outcomes["reject"],
        "rejects_by_cause": decisions.causes,
        "left_out_by_rule": decisions.rules,
        "lines": lines,
        "examples": find_examples(db, _PUBLISHED_LINES, judged, outcomes["document"]),
        **_count_columns(db, _PUBLISHED, values),
    }


def count_rows(db: duckdb.DuckDBPyConnection, documents: Sequence[Path], lines: Sequence[Path]) -> dict[str, Any]:
    """Whatever the counts of a manifest say that its shards tell by themselves, counted in these shards.

    Keys: `documents`, `languages`, `sites`, `fixes` (name -> places mended), `flags` (flag -> documents), `filled`
    (column -> documents that have it), `characters`, `words`, `lines` (verdict -> role -> reason -> lines),
    `published` (`documents`, `first`, `last`), `marked` (documents marked in `duplicate_of`), and what `release.facts`
    counts: `examples`, `months`, `lengths`, `licenses`, `private`.
    """
    shards = {"documents": parquet(documents)}
    [(count,)] = db.execute(f"SELECT count(*) {_SHARDS}", shards).fetchall()
    counts: dict[str, Any] = {"documents": count, "lines": {}, "examples": {}, **_count_columns(db, _SHARDS, shards)}
    if not lines:
        return counts
    judged, rows = {"lines": parquet(lines)}, "FROM read_parquet($lines)"
    counts["examples"] = find_examples(db, rows, judged, count)
    query = f"SELECT verdict, role, reason, count(*) {rows} GROUP BY ALL ORDER BY ALL"
    for verdict, role, reason, number in db.execute(query, judged).fetchall():
        counts["lines"].setdefault(verdict, {}).setdefault(role, {})[reason] = number
    return counts


def _count_columns(db: duckdb.DuckDBPyConnection, rows: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is counted over the columns of documents; `rows` is the FROM of a query over them.

    They are read once, into a table of what is counted in them.
    """
    present = [f"{name} IS NOT NULL" for name in _PRESENT] + [f"coalesce(len({name}) > 0, false)" for name in _LISTS]
    filled = ", ".join(f"{there} AS has_{name}" for there, name in zip(present, (*_PRESENT, *_LISTS), strict=True))
    db.execute(f"CREATE TEMP TABLE counted AS {_COUNTED.format(site=SITE, filled=filled)} {rows}", values)
    try:
        return _count_table(db)
    finally:
        db.execute("DROP TABLE counted")


def _count_table(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What is counted in the table `counted`."""
    names, rows = (*_PRESENT, *_LISTS), "FROM counted"
    totals = "SELECT sum(characters)::BIGINT, sum(words)::BIGINT, count(duplicate_of), count(published)"
    dates = "min(left(published, 10)), max(left(published, 10))"
    filled = ", ".join(f"count_if(has_{name})" for name in names)
    [row] = db.execute(f"{totals}, {dates}, {filled} {rows}").fetchall()
    characters, words, marked, dated, first, last, *present = row
    fixes = f"SELECT unnest(quality.fixes) AS fix {rows}"
    flags = f"SELECT unnest(list_distinct(quality.flags)) AS flag {rows}"
    return {
        "languages": _pairs(db, f"SELECT coalesce(language, 'und'), count(*) {rows} GROUP BY 1"),
        "sites": _pairs(db, f"SELECT site, count(*) {rows} GROUP BY 1"),
        "characters": characters or 0,
        "words": words or 0,
        "marked": marked,
        "published": {"documents": dated, "first": first, "last": last},
        "filled": dict(zip(names, present, strict=True)),
        "fixes": _pairs(db, f"SELECT fix.name, sum(fix.count)::BIGINT FROM ({fixes}) GROUP BY 1"),
        "flags": _pairs(db, f"SELECT flag, count(*) FROM ({flags}) GROUP BY 1"),
        **count_facts(db, rows),
    }


def _parts(db: duckdb.DuckDBPyConnection, decisions: Decisions) -> list[str]:
    """Parts that hold a page."""
    query = "SELECT DISTINCT part FROM read_parquet($decisions) WHERE outcome <> 'reject' ORDER BY part"
    return [str(part) for (part,) in db.execute(query, {"decisions": parquet([decisions.path])}).fetchall()]


def _pairs(db: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return _sorted(dict(db.execute(query).fetchall()))


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    """The most frequent first, equals by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


_COUNTED = """
SELECT {site} AS site, language, characters, words, duplicate_of, published, license,
       {{'fixes': quality.fixes, 'flags': quality.flags, 'private': quality.private}} AS quality, {filled}
"""

_ON = "ON d.file = s.file AND d.record = s.record AND split_part(parse_filename(d.filename), '.', 1) = s.part"

_PUBLISHED = f"""
FROM (
    SELECT d.* REPLACE (s.duplicate_of AS duplicate_of, s.duplicate_cluster AS duplicate_cluster,
                        s.duplicate_jaccard AS duplicate_jaccard)
    FROM read_parquet($files, filename = true) AS d JOIN read_parquet($decisions) AS s {_ON}
    WHERE s.outcome = 'document'
)
"""

_PUBLISHED_LINES = f"""
FROM (
    SELECT d.role, d.verdict, d.text, d.document_id
    FROM read_parquet($files, filename = true) AS d JOIN read_parquet($decisions) AS s {_ON}
    WHERE s.outcome = 'document'
)
"""

_SHARDS = "FROM read_parquet($documents)"

SITE = "coalesce(nullif(domain, ''), regexp_replace(split_part(coalesce(source_path, ''), '!', 1), '/?[^/]*$', ''))"
"""The site of a published row, in SQL: its domain, else the folder that its file lies in (see `pages.sites`)."""

_LINES = f"""
SELECT d.verdict, d.role, d.reason, count(*), count_if(s.outcome = 'document')
FROM read_parquet($files, filename = true) AS d JOIN read_parquet($decisions) AS s {_ON}
WHERE s.outcome <> 'reject'
GROUP BY ALL ORDER BY ALL
"""
