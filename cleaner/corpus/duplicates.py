"""Decides what becomes of every source, with what only the whole corpus knows.

A source that became a page is withdrawn, a duplicate, filtered out, or a document of the release; a source that did
not is a reject. The rules are asked in this order, and the first that speaks decides:

    withdrawn     its id was taken out for good
    same_url      another source has the same id, and the recipe prefers that one
    empty, min_words, languages    the recipe's filter
    same_text     a document that comes before it, in the order of paths, has the very same text

All of it is one pass of DuckDB over a few narrow columns of the part files, in bounded memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from cleaner.corpus.database import copy_to, open_database, parquet
from cleaner.engine.parts import Parts
from cleaner.errors import CleanerError, InputError
from cleaner.recipe import Recipe

WITHDRAWN = "withdrawn.jsonl"
"""File in PROCESSED: one JSON object a line, `id` names a document that must not be published any more."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What became of every living source.

    Attributes:
        path: Parquet file, one row a source, sorted by file and record: `part`, `file`, `record`, `source_path`,
            `outcome` (document, duplicate, filtered, withdrawn, reject), `rule` (which rule left it out), `of` (the id
            of the document it duplicates, or of the withdrawn one), `cause` and `message` (rejects), `duplicate_of`
            (documents marked as duplicates), and the columns that the release counts and sorts by.
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


def read_withdrawn(processed: Path) -> frozenset[str]:
    """Ids of the documents that were taken out for good; CleanerError when the list cannot be understood."""
    path = processed / WITHDRAWN
    try:
        lines = path.read_text("utf-8").splitlines()
        return frozenset(_withdrawn_id(json.loads(line)) for line in lines if line.strip())
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise CleanerError(
            f"{path} cannot be understood ({e}). It lists the withdrawn documents, so nothing is released before it is "
            'mended: one JSON object a line, such as {"id": "0123456789abcdef0123456789abcdef"}.'
        ) from e


def _withdrawn_id(row: dict[str, Any]) -> str:
    if not isinstance(row["id"], str):
        raise TypeError("an id is not a text")
    return row["id"]


def decide(parts: Parts, recipe: Recipe, work: Path, withdrawn: frozenset[str]) -> Decisions:
    """Give every living source its outcome; the result is a file in the folder `work`.

    InputError when there is no source at all.
    """
    path = work / "decisions.parquet"
    with open_database(work) as db:
        _load(db, parts)
        db.execute("CREATE TABLE withdrawn AS SELECT unnest($ids::VARCHAR[]) AS id", {"ids": sorted(withdrawn)})
        latest = "retrieved DESC NULLS LAST, " if recipe.duplicates.same_url == "latest" else ""
        languages = [language.lower() for language in recipe.filter.languages]
        db.execute(
            _RULED.format(latest=latest),
            {"any_language": not languages, "languages": languages, "empty": recipe.filter.empty,
             "min_words": recipe.filter.min_words},
        )
        copy_to(db, _DECIDED, path, {"same_text": recipe.duplicates.same_text})
        decided = parquet([path])
        outcomes = dict.fromkeys(("document", "duplicate", "filtered", "withdrawn", "reject"), 0)
        outcomes.update(_counts(db, decided, "outcome"))
        return Decisions(path, outcomes, _counts(db, decided, "rule"), _counts(db, decided, "cause"))


def _load(db: duckdb.DuckDBPyConnection, parts: Parts) -> None:
    """The narrow columns of all living sources, as the table `sources`."""
    live = parquet([parts.live])
    rows = db.execute("SELECT DISTINCT part FROM read_parquet($live) ORDER BY part", {"live": live}).fetchall()
    names = [str(row[0]) for row in rows]
    if not names:
        raise InputError("There is nothing to release: no source was read.")
    db.execute(_SOURCES, {"files": parquet(map(parts.documents, names)), "live": live})


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
       d.text_key, d.document_hash, coalesce(d.lines_hash, '') AS lines_hash,
       epoch_us(try_cast(d.retrieved_at AS TIMESTAMPTZ)) AS retrieved
FROM read_parquet($files, filename = true) AS d
JOIN read_parquet($live) AS live
  ON d.file = live.file AND split_part(parse_filename(d.filename), '.', 1) = live.part
"""

_RULED = """
CREATE TABLE ruled AS
WITH pages AS (
    SELECT *, id IN (SELECT id FROM withdrawn) AS gone,
           row_number() OVER (PARTITION BY id ORDER BY {latest}file, record) AS copy
    FROM sources WHERE page
)
SELECT *, CASE
    WHEN gone THEN 'withdrawn'
    WHEN copy > 1 THEN 'same_url'
    WHEN text_key IS NULL AND NOT $empty THEN 'empty'
    WHEN words < $min_words THEN 'min_words'
    WHEN NOT $any_language AND NOT list_contains($languages, lower(language))
         AND NOT list_contains($languages, split_part(lower(language), '-', 1)) THEN 'languages'
    END AS first_rule
FROM pages
"""

_DECIDED = """
WITH compared AS (
    SELECT *, CASE WHEN first_rule IS NULL AND text_key IS NOT NULL THEN
        first_value(id) OVER (PARTITION BY first_rule, text_key ORDER BY file, record) END AS representative
    FROM ruled
), named AS (
    SELECT *, nullif(representative, id) AS twin,
           CASE WHEN first_rule IS NULL AND representative <> id AND $same_text = 'drop' THEN 'same_text'
                ELSE first_rule END AS rule
    FROM compared
), decided AS (
    SELECT *, CASE WHEN rule IS NULL THEN 'document' WHEN rule = 'withdrawn' THEN 'withdrawn'
                   WHEN rule IN ('same_url', 'same_text') THEN 'duplicate' ELSE 'filtered' END AS outcome,
           CASE WHEN rule IN ('withdrawn', 'same_url') THEN id WHEN rule = 'same_text' THEN twin END AS of,
           CASE WHEN rule IS NULL AND $same_text = 'mark' THEN twin END AS duplicate_of
    FROM named
    UNION ALL BY NAME
    SELECT *, 'reject' AS outcome FROM sources WHERE NOT page
)
SELECT part, file, record, source_path, outcome, rule, of, cause, message, duplicate_of, id, site, language, published,
       media_type, words, characters, lines,
       CASE WHEN duplicate_of IS NULL THEN document_hash ELSE sha256(document_hash || duplicate_of) END AS row_hash,
       lines_hash
FROM decided ORDER BY file, record
"""
