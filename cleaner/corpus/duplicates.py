"""Decides what becomes of every source, with what only the whole corpus knows.

A source that became a page is withdrawn, a duplicate, filtered out, or a document of the release; a source that did
not is a reject. The rules are asked in this order, and the first that speaks decides:

    withdrawn     its id, its bytes or its text was taken out for good (see `tombstones`)
    same_url      another source has the same id, and the recipe prefers that one
    (a filter)    the first of the recipe's filters that it does not pass, by its name
    same_text     another document has the very same text, and represents it
    near          another document that represents it has nearly the same text (see `near`)

All of it is done in DuckDB, over a few narrow columns of the part files, in bounded memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from cleaner.corpus.database import copy_to, list_living, open_database, parquet
from cleaner.corpus.filters import first_failed
from cleaner.corpus.near import find_near
from cleaner.corpus.tombstones import Withdrawn
from cleaner.engine.parts import Parts
from cleaner.errors import InputError, RecipeError
from cleaner.recipe import Recipe
from cleaner.release.rows import WITH_MARKS


@dataclass(frozen=True, slots=True)
class Decisions:
    """What became of every living source.

    Attributes:
        path: Parquet file, one row a source, in no order: `part`, `file`, `record`, `source_path`,
            `outcome` (document, duplicate, filtered, withdrawn, reject), `rule` (which rule left it out), `of` (the id
            of the document it duplicates), `cause` and `message` (rejects), `duplicate_of`, `duplicate_cluster` and
            `duplicate_jaccard` (documents), and the columns that the release counts and sorts by.
        outcomes: outcome -> sources, all five present.
        rules: rule -> sources left out by it.
        causes: cause -> rejects.
    """

    path: Path
    outcomes: dict[str, int]
    rules: dict[str, int]
    causes: dict[str, int]

    @property
    def sources(self) -> int:
        """All living sources."""
        return sum(self.outcomes.values())


def decide(parts: Parts, recipe: Recipe, work: Path, withdrawn: Withdrawn) -> Decisions:
    """Give every living source its outcome; the result is a file in the folder `work`.

    InputError when there is no source at all.
    """
    path = work / "decisions.parquet"
    with open_database(work, recipe.memory) as db:
        _load(db, parts, recipe)
        for name, values in (("ids", withdrawn.ids), ("sources", withdrawn.sources), ("texts", withdrawn.texts)):
            db.execute(f"CREATE TABLE withdrawn_{name} AS SELECT unnest($values::VARCHAR[]) AS key", {"values": values})
        latest = "retrieved DESC NULLS LAST, " if recipe.duplicates.same_url == "latest" else ""
        db.execute(_RULED.format(latest=latest))
        db.execute(_COMPARED.format(prefer=_PREFERRED[recipe.duplicates.prefer]))
        db.execute(_TEXTS)
        find_near(db, parts, recipe, work)
        options = recipe.duplicates
        chosen = {"same_text": options.same_text, "near": options.near, "threshold": options.threshold}
        db.execute(_DECIDED, chosen)
        copy_to(db, _WRITTEN.format(row_hash=WITH_MARKS), path)
        decided = parquet([path])
        outcomes = dict.fromkeys(("document", "duplicate", "filtered", "withdrawn", "reject"), 0)
        outcomes.update(_counts(db, decided, "outcome"))
        return Decisions(path, outcomes, _counts(db, decided, "rule"), _counts(db, decided, "cause"))


def _load(db: duckdb.DuckDBPyConnection, parts: Parts, recipe: Recipe) -> None:
    """The narrow columns of all living sources, and the filter that each does not pass, as the table `sources`."""
    names = list_living(db, parts.live)
    if not names:
        raise InputError("There is nothing to release: no source was read.")
    query = _SOURCES.format(failed=first_failed(recipe.filter))
    try:
        db.execute(query, {"files": parquet(map(parts.documents, names)), "live": parquet([parts.live])})
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as e:
        raise RecipeError(
            f"A filter of the recipe cannot be evaluated for some document ({' '.join(str(e).split())[:300]}). Where a "
            "value may not be a number or a date, write TRY_CAST(... AS ...) in its condition. Nothing was released."
        ) from e


def _counts(db: duckdb.DuckDBPyConnection, path: list[str], column: str) -> dict[str, int]:
    query = f"SELECT {column}, count(*) FROM read_parquet($path) WHERE {column} IS NOT NULL GROUP BY 1"
    query += " ORDER BY 2 DESC, 1"
    return dict(db.execute(query, {"path": path}).fetchall())


_SOURCES = """
CREATE TABLE sources AS
SELECT live.part, d.file, d.record, d.outcome = 'document' AS page, d.cause, d.message, d.id, d.source_path,
       d.media_type, coalesce(d.site, '') AS site, coalesce(d.language, 'und') AS language, d.published,
       coalesce(d.words, 0) AS words, coalesce(d.characters, 0) AS characters,
       coalesce(d.lines_kept, 0) + coalesce(d.lines_dropped, 0) + coalesce(d.lines_metadata, 0) AS lines,
       d.text_key, d.source_sha256, d.document_hash, coalesce(d.lines_hash, '') AS lines_hash,
       epoch_us(try_cast(d.retrieved_at AS TIMESTAMPTZ)) AS retrieved, {failed} AS failed
FROM read_parquet($files, filename = true) AS d
JOIN read_parquet($live) AS live
  ON d.file = live.file AND split_part(parse_filename(d.filename), '.', 1) = live.part
"""

_RULED = """
CREATE TABLE ruled AS
WITH pages AS (
    SELECT rowid AS source, id, file, record, retrieved, failed,
           id IN (FROM withdrawn_ids) OR coalesce(source_sha256 IN (FROM withdrawn_sources), false)
           OR coalesce(text_key IN (FROM withdrawn_texts), false) AS gone
    FROM sources WHERE page
), copies AS (
    SELECT source, row_number() OVER of_id AS copy, first_value(gone) OVER of_id AS gone
    FROM pages SEMI JOIN (SELECT id FROM pages GROUP BY id HAVING count(*) > 1) USING (id)
    WINDOW of_id AS (PARTITION BY id ORDER BY {latest}file, record)
)
SELECT source, id, CASE
    WHEN pages.gone OR copies.gone THEN 'withdrawn'
    WHEN copy > 1 THEN 'same_url'
    ELSE failed END AS first_rule
FROM pages LEFT JOIN copies USING (source)
"""
"""`source` is the number of a row of `sources`. What all rows go through stays narrow: windows are for the few."""

_PREFERRED = {"longest": "file, record", "earliest": "published NULLS LAST, file, record", "first": "file, record"}
"""Which of several documents with the very same text represents the others; equal texts are equally long."""

_COMPARED = """
CREATE TABLE compared AS
WITH texts AS (
    SELECT source, sources.id, text_key, published, file, record FROM sources JOIN ruled ON sources.rowid = source
    WHERE first_rule IS NULL AND text_key IS NOT NULL
), shared AS (
    SELECT source, first_value(id) OVER (PARTITION BY text_key ORDER BY {prefer}) AS head
    FROM texts SEMI JOIN (SELECT text_key FROM texts GROUP BY text_key HAVING count(*) > 1) USING (text_key)
)
SELECT source, coalesce(head, id) AS head FROM texts LEFT JOIN shared USING (source)
"""

_TEXTS = """
CREATE TABLE texts AS
WITH heads AS (
    SELECT source, row_number() OVER (ORDER BY file, record) - 1 AS number
    FROM compared JOIN sources ON sources.rowid = source WHERE head = id
)
SELECT number, part, file, record, id, text_key, characters, published
FROM heads JOIN sources ON sources.rowid = source
"""

_DECIDED = """
CREATE TABLE decided AS
WITH named AS (
    SELECT source, ruled.id, near.representative AS near_of, near.jaccard,
           near.jaccard >= $threshold AND $near = 'drop' AS near_goes, nullif(head, ruled.id) AS same_as,
           CASE WHEN head <> ruled.id AND $same_text = 'drop' THEN 'same_text'
                WHEN near_goes THEN 'near' ELSE first_rule END AS rule
    FROM ruled LEFT JOIN compared USING (source) LEFT JOIN near ON compared.head = near.id
)
SELECT source, id, rule,
       CASE WHEN rule = 'same_url' THEN id WHEN rule = 'near' OR near_goes THEN near_of
            WHEN rule = 'same_text' THEN same_as END AS of,
       CASE WHEN rule IS NULL THEN coalesce(near_of, CASE WHEN $same_text = 'mark' THEN same_as END)
            END AS duplicate_of,
       CASE WHEN duplicate_of = near_of THEN round(jaccard, 4) WHEN duplicate_of IS NOT NULL THEN 1 END::FLOAT
           AS duplicate_jaccard
FROM named
"""
"""The pages and what becomes of them; a page that no rule speaks of is a document."""

_WRITTEN = """
WITH clusters AS (
    SELECT duplicate_of AS head, least(duplicate_of, min(id)) AS duplicate_cluster
    FROM decided WHERE duplicate_of IS NOT NULL GROUP BY duplicate_of
)
SELECT part, file, record, source_path,
       CASE WHEN NOT page THEN 'reject' WHEN rule IS NULL THEN 'document' WHEN rule = 'withdrawn' THEN 'withdrawn'
            WHEN rule IN ('same_url', 'same_text', 'near') THEN 'duplicate' ELSE 'filtered' END AS outcome,
       rule, of, cause, message, duplicate_of, duplicate_cluster, duplicate_jaccard, s.id, site, language, published,
       media_type, words, characters, lines, {row_hash} AS row_hash, lines_hash
FROM sources AS s LEFT JOIN decided ON s.rowid = source
LEFT JOIN clusters ON page AND rule IS NULL AND head = coalesce(duplicate_of, s.id)
"""
