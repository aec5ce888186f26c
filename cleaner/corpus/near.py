"""Near-duplicates: documents whose texts share most of their shingles.

Candidates are pairs with an equal band of their signatures (`corpus.shingles`): a relation, joined in DuckDB some bands
at a time, so that memory does not grow with the corpus. Every candidate is confirmed by the exact Jaccard index of its
texts' shingles. Confirmed pairs make up clusters (connected components); of each, one document represents the others,
by the recipe's preference. Nothing here depends on the order of rows, on parts, or on the number of workers.

Of a bucket (documents with an equal band) larger than NEIGHBOURS, a document is compared with its NEIGHBOURS next ones
by number of shingles, and with the first: so a bucket's cost is linear, and what is alike in it still hangs together.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from cleaner.corpus.comparison import Comparison
from cleaner.corpus.database import copy_to, parquet
from cleaner.corpus.shingles import Banding
from cleaner.corpus.signatures import banding_of, make_missing
from cleaner.engine.parts import Parts
from cleaner.engine.storage import storage_errors
from cleaner.recipe import Recipe

NEIGHBOURS = 32
KEYS = 2_000_000
"""Keys of bands that are joined at once."""

_ORDER = {"longest": "characters DESC, number", "earliest": "published NULLS LAST, number", "first": "number"}


def find_near(db: duckdb.DuckDBPyConnection, parts: Parts, recipe: Recipe, work: Path) -> None:
    """Make the table `near`: `id`, `representative`, `jaccard`, one row a document that another one represents.

    Wants the table `texts`: `number` (from 0, in the order of paths), `part`, `file`, `record`, `id`, `text_key`,
    `characters`, `published`, one row a distinct text that takes part. The table is empty when the recipe does not ask.
    """
    db.execute("CREATE TABLE near (id VARCHAR, representative VARCHAR, jaccard DOUBLE)")
    banding = banding_of(recipe)
    names = [str(row[0]) for row in db.execute("SELECT DISTINCT part FROM texts ORDER BY part").fetchall()]
    if banding is None or not names:
        return
    folder = work / "near"
    with storage_errors(work):
        folder.mkdir(exist_ok=True)
        signatures = make_missing(parts, names, banding)
    signed = folder / "signed.parquet"
    copy_to(db, _SIGNED, signed, {"files": parquet(signatures)})
    _find_candidates(db, signed, banding, recipe.duplicates.threshold)
    with Comparison(db, parts, banding, folder) as comparison:
        comparison.compare("SELECT a, b FROM candidates", "likeness")
        db.execute(_EDGES, {"least": recipe.duplicates.threshold})
        find_components(db)
        db.execute(_CHOSEN.format(order=_ORDER[recipe.duplicates.prefer]))
        comparison.compare(_TO_HEAD, "likeness_to_head")
    db.execute(_NEAR)


def _find_candidates(db: duckdb.DuckDBPyConnection, signed: Path, banding: Banding, threshold: float) -> None:
    """Make the table `candidates`: pairs a < b that have an equal band, and sizes that allow them to be alike."""
    db.execute("CREATE TABLE found (a INTEGER, b INTEGER)")
    files = {"files": parquet([signed])}
    (documents,) = db.execute("SELECT count(*) FROM read_parquet($files)", files).fetchone() or (0,)
    at_once = max(1, KEYS // max(documents, 1))
    for first in range(0, banding.bands, at_once):
        bands = ", ".join(f"band{band}" for band in range(first, min(first + at_once, banding.bands)))
        db.execute("CREATE OR REPLACE TABLE members AS " + _MEMBERS.format(bands=bands), files)
        db.execute(_PAIRS, {"neighbours": NEIGHBOURS, "least": threshold})
    db.execute("CREATE TABLE candidates AS SELECT DISTINCT a, b FROM found")
    db.execute("DROP TABLE found")


def find_components(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `labels`: `number` and `root`, the least number that it hangs together with by edges.

    Every node points to its least neighbour (or itself), chains of pointers are cut short, and edges between what has
    become one are left out, until none is left: each round at least halves the nodes that still have edges.
    """
    db.execute("CREATE TABLE labels AS SELECT a AS number, a AS root FROM edges UNION SELECT b, b FROM edges")
    db.execute("CREATE TABLE links AS SELECT a AS one, b AS other FROM edges UNION SELECT b, a FROM edges")
    while (db.execute("SELECT count(*) FROM links").fetchone() or (0,))[0]:
        db.execute(_PARENTS)
        while (db.execute(_LONG_WAYS).fetchone() or (0,))[0]:
            db.execute(_CUT_SHORT)
        db.execute(_RELABEL)
        db.execute(_CONTRACT)


_SIGNED = """
SELECT t.number::INTEGER AS number, s.* EXCLUDE (file, record, filename)
FROM read_parquet($files, filename = true) AS s JOIN texts AS t
  ON s.file = t.file AND s.record = t.record AND split_part(parse_filename(s.filename), '.', 1) = t.part
"""

_MEMBERS = """
SELECT number, shingles, key, count(*) OVER of_key AS size,
       row_number() OVER (of_key ORDER BY shingles, number) AS place
FROM (
    WITH keys AS (SELECT number, shingles, unnest([{bands}]) AS key FROM read_parquet($files))
    SELECT * FROM keys SEMI JOIN (SELECT key FROM keys GROUP BY key HAVING count(*) > 1) USING (key)
)
WINDOW of_key AS (PARTITION BY key)
"""

_PAIRS = """
INSERT INTO found
WITH wanted AS (
    SELECT *, place + unnest(range(1, least($neighbours, size - place) + 1)) AS next FROM members
    UNION ALL
    SELECT *, 1 AS next FROM members WHERE place > $neighbours + 1
)
SELECT least(one.number, other.number), greatest(one.number, other.number)
FROM wanted AS one JOIN members AS other ON one.key = other.key AND one.next = other.place
WHERE least(one.shingles, other.shingles) >= $least * greatest(one.shingles, other.shingles)
"""

_EDGES = "CREATE TABLE edges AS SELECT a, b FROM likeness WHERE jaccard >= $least"

_PARENTS = """
CREATE OR REPLACE TABLE parents AS SELECT one AS node, least(one, min(other)) AS parent FROM links GROUP BY one
"""

_LONG_WAYS = """
SELECT count(*) FROM parents AS p JOIN parents AS q ON p.parent = q.node WHERE p.parent <> q.parent
"""

_CUT_SHORT = """
CREATE OR REPLACE TABLE parents AS
SELECT p.node, q.parent FROM parents AS p JOIN parents AS q ON p.parent = q.node
"""

_RELABEL = """
CREATE OR REPLACE TABLE labels AS
SELECT l.number, coalesce(p.parent, l.root) AS root FROM labels AS l LEFT JOIN parents AS p ON l.root = p.node
"""

_CONTRACT = """
CREATE OR REPLACE TABLE links AS
SELECT DISTINCT p.parent AS one, q.parent AS other
FROM links AS l JOIN parents AS p ON l.one = p.node JOIN parents AS q ON l.other = q.node
WHERE p.parent <> q.parent
"""

_CHOSEN = """
CREATE TABLE chosen AS
SELECT number, id, first_value(number) OVER of_root AS head, first_value(id) OVER of_root AS representative
FROM labels JOIN texts USING (number)
WINDOW of_root AS (PARTITION BY root ORDER BY {order})
"""

_TO_HEAD = """
SELECT least(number, head)::INTEGER AS a, greatest(number, head)::INTEGER AS b FROM chosen WHERE number <> head
"""

_NEAR = """
INSERT INTO near
SELECT id, representative, jaccard
FROM chosen JOIN likeness_to_head ON a = least(number, head) AND b = greatest(number, head)
WHERE number <> head
"""
