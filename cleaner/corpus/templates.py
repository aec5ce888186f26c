"""Finds the lines that a site repeats on page after page: what no page can tell by itself.

A line is known by its site and its text, letter case aside (`line_key` in the part files). It is a template where it
stands on enough distinct pages of its site, in a place and a role that content does not recur in; `_GONE` has the
rule. Two pages are not distinct if they have one address, the same text, or most of their long lines in common: a story
that a site holds three times makes no template of its paragraphs.

Counts are told exactly up to 50 and in steps from there on, so that a site which grows by a page does not have all of
its pages decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from cleaner.corpus.database import copy_to, parquet
from cleaner.engine.parts import Parts

STEPS = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)
"""Counts of pages from the first on are told as the highest of these that they reach."""
ENDS = (2, 3, 5, 8, 12, 20)
"""Distances from an end of the page, in lines, in which a place is told."""
LONG = 12
"""Words from which on a line says whose page it is; pages that share most of theirs are copies."""
OFTEN = 0.1
"""Share of a site's pages from which on a long line is no sign that two of them are copies..."""
FEW = 8
"""...if it stands on more than this many pages."""
COPY = 0.5
"""Share of a page's words in long lines that it shares with an earlier page, from which on it is a copy of that."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The lines that go.

    Attributes:
        path: Parquet file, sorted by all: `part`, `page`, `line`, `evidence`.
        parts: part -> 32 hex digits that change when anything in its rows does. Parts without rows are not there.
    """

    path: Path
    parts: dict[str, str]


def find_templates(db: duckdb.DuckDBPyConnection, parts: Parts, work: Path) -> Templates:
    """Find the kept lines of all living documents that are templates of their site; the result is a file in `work`."""
    path = work / "templates.parquet"
    live = parquet([parts.live])
    names = [str(row[0]) for row in db.execute(_PARTS, {"live": live}).fetchall()]
    if not names:
        return Templates(path, {})
    lines = {"files": parquet(map(parts.lines, names))}
    db.execute(_PAGES, {"files": parquet(map(parts.documents, names)), "live": live})
    db.execute(_KEYS, lines)
    db.execute(_MET, lines)
    db.execute(_COPIES.format(long=LONG, often=OFTEN, few=FEW, share=COPY))
    db.execute(_COUNTS)
    copy_to(db, _GONE.format(pages=_told("pages"), total=_told("total"), place=_place()), path)
    digests = db.execute(_DIGESTS, {"path": parquet([path])}).fetchall()
    return Templates(path, dict(digests))


def _told(count: str) -> str:
    """SQL that tells a count of pages: itself, or the step that it has reached."""
    steps = " ".join(f"WHEN {count} >= {step} THEN '{step}+'" for step in reversed(STEPS))
    return f"CASE {steps} ELSE {count}::VARCHAR END"


def _place() -> str:
    """SQL that tells where a line stands on all its pages, where that is near one of their ends."""
    near = [f"WHEN {side} <= {n} THEN ', in the {end} {n} lines'" for side, end in _SIDES for n in ENDS]
    return f"CASE {' '.join(near)} ELSE '' END"


_SIDES = (("counts.back", "last"), ("counts.front", "first"))

_PARTS = "SELECT DISTINCT part FROM read_parquet($live) ORDER BY part"

_PAGES = """
CREATE TABLE pages AS
WITH living AS (
    SELECT row_number() OVER (ORDER BY d.file, d.record)::INTEGER AS number, d.page, d.id, d.text_key,
           live.part, coalesce(d.site, '') AS site, d.words, d.quality.page_type AS page_type,
           d.lines_kept + d.lines_dropped + d.lines_metadata AS lines
    FROM read_parquet($files, filename = true) AS d
    JOIN read_parquet($live) AS live
      ON d.file = live.file AND split_part(parse_filename(d.filename), '.', 1) = live.part
    WHERE d.outcome = 'document'
)
SELECT * EXCLUDE (id, text_key),
       least(min(number) OVER (PARTITION BY site, id),
             CASE WHEN text_key IS NOT NULL THEN min(number) OVER (PARTITION BY site, text_key) END) AS one
FROM living
"""
"""All living documents; `one` is the number of the first of those that are one page."""

_KEYS = """
CREATE TABLE keys AS
SELECT line_key FROM read_parquet($files) SEMI JOIN pages USING (page)
WHERE line_key IS NOT NULL
GROUP BY line_key HAVING min(page) <> max(page) AND bool_or(verdict = 'keep')
"""
"""Lines that recur and that are kept somewhere."""

_MET = """
CREATE TABLE met AS
SELECT p.number, p.one, l.line_key, l.line, l.line + 1 AS front, p.lines - l.line AS back,
       l.verdict = 'keep' AS kept, l.role, l.score, l.words
FROM read_parquet($files, filename = true) AS l SEMI JOIN keys USING (line_key)
JOIN pages AS p ON l.page = p.page AND split_part(parse_filename(l.filename), '.', 1) = p.part
"""

_COPIES = """
CREATE TABLE copies AS
WITH long AS (
    SELECT DISTINCT number, one, line_key, words FROM met WHERE kept AND words >= {long}
), sites AS (
    SELECT site, count(DISTINCT one) AS total FROM pages GROUP BY site
), heads AS (
    SELECT line_key, min(long.one) AS head
    FROM long JOIN pages USING (number) JOIN sites USING (site)
    GROUP BY line_key, total HAVING count(DISTINCT long.one) <= greatest({few}, {often} * total)
), shared AS (
    SELECT number, head, sum(words) AS words FROM long JOIN heads USING (line_key) WHERE head < one
    GROUP BY number, head
)
SELECT number, min(head) AS head
FROM shared JOIN pages USING (number) WHERE shared.words >= {share} * pages.words GROUP BY number
"""
"""Pages that are copies of an earlier one of their site."""

_COUNTS = """
CREATE TABLE counts AS
WITH distinct_pages AS (
    SELECT pages.number, site, coalesce(copies.head, pages.one) AS one
    FROM pages LEFT JOIN copies ON copies.number = pages.one
), sites AS (
    SELECT site, count(DISTINCT one) AS total FROM distinct_pages GROUP BY site
)
SELECT line_key, any_value(total) AS total, count(DISTINCT d.one) AS pages, max(front) AS front, max(back) AS back
FROM met JOIN distinct_pages AS d USING (number) JOIN sites USING (site)
GROUP BY line_key HAVING pages >= 2
"""

_GONE = """
SELECT part, page, line, 'on ' || {pages} || ' of ' || {total} || ' pages of this site' || {place} AS evidence
FROM met JOIN counts USING (line_key) JOIN pages AS p USING (number)
WHERE kept AND counts.pages >= 3 AND role IN ('body', 'list', 'caption', 'bio')
ORDER BY part, page, line
"""

_DIGESTS = """
SELECT part, md5(string_agg(concat_ws(' ', page, line, evidence), chr(10) ORDER BY page, line))
FROM read_parquet($path) GROUP BY part ORDER BY part
"""
