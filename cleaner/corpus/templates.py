"""Finds the lines that a site repeats on page after page: what no page can tell by itself.

A line is known by its site and its text, letter case aside (`line_key` in the part files). A line that the judge keeps
goes when all of this is so (rule and numbers are from labelled pages; benchmarks/templates.py shows what it takes out):

- It stands on PAGES distinct pages of its site. Pages with one address or the same text are one page; so are pages that
  share most of their long lines: a story that a site holds three times makes no template of its paragraphs.
- Its site is one of articles or threads. Products and manuals repeat what belongs to each of their pages.
- It reads as a sentence, and is no heading, list item, table, code, quotation or caption: short lines recur by chance.
- It stands on half of the site's pages, or in the same company: next to the same line, or at the head, of PAGES pages.
  What recurs alone in the middle of unlike pages is a quotation, a law, the background of a running story.
- It is not at the head of its own page, unless it heads other pages, too: there, its teaser recurs.

Counts are told of fewer than COUNTED pages only: a large site that grows by a page does not have what is said of all
its other pages changed. What was found of a site is kept, and found again only when one of its pages has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from cleaner.corpus.database import parquet
from cleaner.corpus.known_templates import KnownTemplates
from cleaner.engine.parts import Parts

PAGES = 3
"""Distinct pages on which a template stands, at least."""
SHARE = 0.5
"""Share of its site's pages from which on a line needs no company."""
SURE, MANY = 0.9, 20
"""A line in company stays if the judge is so sure of it, unless it stands on so many pages."""
KINDS = ("article", "forum")
"""Types of pages of which a site must hold at least half to have templates."""
ROLES = ("body", "standfirst", "bio")
COUNTED = 50
"""Pages up to which their number is told."""
ENDS = (2, 3, 5, 8, 12, 20)
"""Distances from an end of the page, in lines, in which a place is told."""
LONG = 12
"""Words from which on a line says whose page it is; pages that share most of theirs are copies."""
OFTEN = 0.1
"""Share of a site's pages from which on a long line is no sign that two of them are copies..."""
FEW = 8
"""...if it stands on more than this many pages; nor is it where it stands on most pages of a site, PAGES or more."""
COPY = 0.5
"""Share of a page's words in long lines that it shares with an earlier page, from which on it is a copy of that."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The lines that go.

    Attributes:
        path: Parquet file, sorted by all: `part`, `page`, `line`, `evidence`; None where there is nothing to look at.
        parts: part -> a number, as text, that changes when anything in its rows does. Parts without rows are not there.
    """

    path: Path | None
    parts: dict[str, str]


def find_templates(db: duckdb.DuckDBPyConnection, parts: Parts, names: Sequence[str]) -> Templates:
    """Find the kept lines of all living documents that are templates of their site.

    `names` are the parts of which anything is alive. What is found is kept in a folder beside that of the parts.
    """
    if not names:
        return Templates(None, {})
    db.execute(_LIVING, {"files": parquet(map(parts.documents, names)), "live": parquet([parts.live])})
    known = KnownTemplates(db, parts.folder.parent, Path(__file__).read_text("utf-8"))
    if known.find_changed():
        db.execute(_PAGES)
        concerned = [str(part) for (part,) in db.execute("SELECT DISTINCT part FROM pages ORDER BY part").fetchall()]
        # where all that has changed is that sites are gone, any file will do
        known.replace(_find(db, [parts.lines(part) for part in concerned or names[:1]]))
    return Templates(known.gone, known.digests())


def _find(db: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> str:
    """The query that tells the lines that go from the pages in the table `pages`, of which the lines are in `files`."""
    lines = {"files": parquet(files)}
    db.execute(_KEYS, lines)
    db.execute(_MET, lines)
    db.execute(_COPIES, {"long": LONG, "often": OFTEN, "few": FEW, "copy": COPY, "pages": PAGES})
    db.execute(_DISTINCT)
    db.execute(_COUNTS, {"pages": PAGES, "kinds": KINDS})
    db.execute(_CANDIDATES, {"roles": ROLES, "kinds": KINDS})
    db.execute(_LONELY, {"share": SHARE})
    db.execute(_NEIGHBOURS, lines)
    db.execute(_COMPANY, {"pages": PAGES})
    return _GONE.format(counted=COUNTED, place=_place(), share=SHARE, sure=SURE, many=MANY)


def _place() -> str:
    """SQL that tells where a line stands on all its pages, where that is near one of their ends."""
    near = [f"WHEN {side} <= {n} THEN ', in the {end} {n} lines'" for side, end in _SIDES for n in ENDS]
    return f"CASE {' '.join(near)} ELSE '' END"


_SIDES = (("back", "last"), ("front", "first"))

_LIVING = """
CREATE TABLE living AS
SELECT live.part, d.file, d.record, d.page, d.id, d.text_key, coalesce(d.site, '') AS site, d.words, d.page_type,
       d.lines_kept + d.lines_dropped + d.lines_metadata AS lines,
       hash(live.part, d.page, d.id, d.text_key, d.words, d.page_type) AS state
FROM read_parquet($files, filename = true) AS d
JOIN read_parquet($live) AS live
  ON d.file = live.file AND split_part(parse_filename(d.filename), '.', 1) = live.part
WHERE d.outcome = 'document'
"""
"""All living documents; `state` changes when anything does that matters here."""

_PAGES = """
CREATE TABLE pages AS
WITH numbers AS (
    SELECT rowid AS row, site, id, text_key, row_number() OVER (ORDER BY file, record)::INTEGER AS number
    FROM living SEMI JOIN stale USING (site)
), one_address AS (
    SELECT site, id, min(number) AS first FROM numbers GROUP BY site, id HAVING count(*) > 1
), one_text AS (
    SELECT site, text_key, min(number) AS first FROM numbers WHERE text_key IS NOT NULL GROUP BY site, text_key
    HAVING count(*) > 1
)
SELECT number, part, page, site, words, page_type, lines,
       least(number, one_address.first, one_text.first) AS one
FROM numbers LEFT JOIN one_address USING (site, id) LEFT JOIN one_text USING (site, text_key)
JOIN (SELECT rowid AS row, part, page, words, page_type, lines FROM living) USING (row)
"""
"""Those of the sites to look at; `one` is the number of the first of those that are one page."""

_KEYS = """
CREATE TABLE keys AS
SELECT line_key FROM read_parquet($files)
WHERE line_key IS NOT NULL
GROUP BY line_key HAVING min(page) <> max(page) AND bool_or(verdict = 'keep')
"""
"""Lines that recur and that are kept somewhere, be it on pages that are not looked at."""

_MET = """
CREATE TABLE met AS
SELECT p.number, p.page, p.one, l.line_key, l.line, l.line + 1 AS front, p.lines - l.line AS back,
       l.verdict = 'keep' AS kept, l.role, l.score, l.words, l.sentence, l.head
FROM read_parquet($files, filename = true) AS l SEMI JOIN keys USING (line_key)
JOIN pages AS p ON l.page = p.page AND split_part(parse_filename(l.filename), '.', 1) = p.part
"""

_COPIES = """
CREATE TABLE copies AS
WITH long AS (
    SELECT DISTINCT number, one, line_key, words FROM met WHERE kept AND words >= $long
), sites AS (
    SELECT site, count(DISTINCT one) AS total FROM pages GROUP BY site
), heads AS (
    SELECT line_key, min(long.one) AS head, count(DISTINCT long.one) AS pages
    FROM long JOIN pages USING (number) JOIN sites USING (site)
    GROUP BY line_key, total
    HAVING pages <= greatest($few, $often * total) AND (pages < $pages OR pages <= 0.5 * total)
), shared AS (
    SELECT number, head, sum(words) AS words FROM long JOIN heads USING (line_key) WHERE head < one
    GROUP BY number, head
)
SELECT number, min(head) AS head
FROM shared JOIN pages USING (number) WHERE shared.words >= $copy * pages.words GROUP BY number
"""
"""Pages that are copies of an earlier one of their site."""

_DISTINCT = """
CREATE TABLE distinct_pages AS
SELECT pages.number, site, coalesce(copies.head, pages.one) AS one
FROM pages LEFT JOIN copies ON copies.number = pages.one
"""

_COUNTS = """
CREATE TABLE counts AS
WITH sites AS (
    SELECT site, count(DISTINCT d.one) AS total FROM distinct_pages AS d JOIN pages USING (number, site)
    GROUP BY site
    HAVING count(page_type) = 0 OR 2 * count(*) FILTER (page_type IN $kinds) >= count(*)
)
SELECT line_key, any_value(total) AS total, count(DISTINCT d.one) AS pages, max(front) AS front, max(back) AS back,
       count(DISTINCT d.one) FILTER (head) >= $pages AS heads
FROM met JOIN distinct_pages AS d USING (number) JOIN sites USING (site)
GROUP BY line_key HAVING pages >= $pages
"""

_CANDIDATES = """
CREATE TABLE candidates AS
SELECT d.site, part, p.page, p.number, d.one, line, line_key, score, head, counts.pages, total, counts.front,
       counts.back
FROM met JOIN counts USING (line_key) JOIN pages AS p USING (number) JOIN distinct_pages AS d USING (number)
WHERE kept AND sentence AND role IN $roles AND (page_type IS NULL OR page_type IN $kinds) AND (heads OR NOT head)
"""

_LONELY = "CREATE TABLE lonely AS SELECT * FROM candidates WHERE pages < $share * total"
"""Candidates that need company."""

_NEIGHBOURS = """
CREATE TABLE neighbours AS
WITH beside AS (
    SELECT page, number, one, line_key, line + side AS line, side
    FROM lonely CROSS JOIN (VALUES (-1), (1)) AS sides (side)
)
SELECT DISTINCT beside.number, beside.one, beside.line_key, side, coalesce(l.line_key, 0) AS neighbour
FROM beside LEFT JOIN (
    SELECT page, line, line_key FROM read_parquet($files) SEMI JOIN lonely USING (page)
) AS l USING (page, line)
"""
"""The lines above and below each of them; 0 where the page begins or ends."""

_COMPANY = """
CREATE TABLE company AS
SELECT DISTINCT number, line_key
FROM neighbours JOIN (
    SELECT line_key, side, neighbour FROM neighbours GROUP BY ALL HAVING count(DISTINCT one) >= $pages
) USING (line_key, side, neighbour)
"""
"""Lonely candidates that stand beside a line beside which they stand on other pages, too."""

_GONE = """
SELECT site, part, page, line, concat(
    'on ', CASE WHEN pages < {counted} THEN pages || ' of ' END, CASE WHEN total < {counted} THEN total::VARCHAR END,
    CASE WHEN total >= {counted} THEN '{counted} or more' END, ' pages of this site', {place}) AS evidence
FROM candidates LEFT JOIN company USING (number, line_key)
WHERE pages >= {share} * total OR ((company.number IS NOT NULL OR head) AND (score < {sure} OR pages >= {many}))
"""
