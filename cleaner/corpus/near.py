"""Near-duplicates: documents whose texts share most of their shingles.

Candidates are pairs with an equal band of their signatures (`corpus.shingles`): a relation, joined in DuckDB some bands
at a time, so that memory does not grow with the corpus. Every candidate is confirmed by the exact Jaccard index of its
texts' shingles. Confirmed pairs make up clusters (connected components); of each, one document represents the others,
by the recipe's preference. Nothing here depends on the order of rows, on parts, or on the number of workers.

Of a bucket (documents with an equal band) larger than NEIGHBOURS, a document is compared with its NEIGHBOURS next ones
by number of shingles, and with the first: so a bucket's cost is linear, and what is alike in it still hangs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import copy_to, parquet, stream
from cleaner.corpus.shingles import Banding, jaccard, make_shingles
from cleaner.corpus.signatures import banding_of, make_missing
from cleaner.corpus.tokens import Hashes
from cleaner.engine.parts import Parts
from cleaner.recipe import Recipe

NEIGHBOURS = 32
KEYS = 2_000_000
"""Keys of bands that are joined at once."""

_ORDER = {"longest": "characters DESC, number", "earliest": "published NULLS LAST, number", "first": "number"}
_COMPARED = pa.schema([("a", pa.int32()), ("b", pa.int32()), ("jaccard", pa.float64())])


def find_near(db: duckdb.DuckDBPyConnection, parts: Parts, recipe: Recipe, work: Path) -> None:
    """Make the table `near`: `id`, `representative`, `jaccard`, one row a document that another one represents.

    Wants the table `texts`: `number` (from 0, in the order of paths), `part`, `file`, `record`, `id`, `characters`,
    `published`, one row a distinct text that takes part. The table is empty when the recipe does not ask.
    """
    db.execute("CREATE TABLE near (id VARCHAR, representative VARCHAR, jaccard DOUBLE)")
    banding = banding_of(recipe)
    names = [str(row[0]) for row in db.execute("SELECT DISTINCT part FROM texts ORDER BY part").fetchall()]
    if banding is None or not names:
        return
    folder = work / "near"
    folder.mkdir(exist_ok=True)
    signed = folder / "signed.parquet"
    copy_to(db, _SIGNED, signed, {"files": parquet(make_missing(parts, names, banding))})
    _find_candidates(db, signed, banding, recipe.duplicates.threshold)
    with _Shingles(folder / "shingles", banding.ngram) as shingles:
        shingles.add(_texts(db, parts))
        _compare(db, "SELECT a, b FROM candidates ORDER BY a, b", shingles, folder / "compared.parquet")
        db.execute(_EDGES, {"files": parquet([folder / "compared.parquet"]), "least": recipe.duplicates.threshold})
        _find_components(db)
        db.execute(_CHOSEN.format(order=_ORDER[recipe.duplicates.prefer]))
        _compare(db, _UNCOMPARED, shingles, folder / "rest.parquet")
    db.execute(_NEAR, {"files": parquet([folder / "rest.parquet"])})


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


def _texts(db: duckdb.DuckDBPyConnection, parts: Parts) -> Iterator[tuple[list[int], list[str]]]:
    """(numbers, texts) of all documents in candidates, a part at a time."""
    rows = (row for batch in stream(db, _INVOLVED) for row in zip(*batch.to_pydict().values(), strict=True))
    for part, group in groupby(rows, key=lambda row: row[0]):
        _, numbers, files, records = zip(*group, strict=True)
        table = pq.read_table(parts.documents(part), columns=["file", "record", "text"])
        there = zip(table["file"].to_pylist(), table["record"].to_pylist(), strict=True)
        place = {key: row for row, key in enumerate(there)}
        wanted = [place[key] for key in zip(files, records, strict=True)]
        yield list(numbers), table["text"].take(pa.array(wanted)).to_pylist()


class _Shingles:
    """Shingles of documents in a scratch file: in memory is only where each one's begin."""

    def __init__(self, path: Path, ngram: int) -> None:
        self._file = open(path, "w+b")  # noqa: SIM115, closed on leaving
        self._ngram = ngram
        self._numbers = np.zeros(0, np.int64)
        self._places = np.zeros((0, 2), np.int64)

    def __enter__(self) -> _Shingles:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, texts: Iterable[tuple[list[int], list[str]]]) -> None:
        """Put in all texts, by number."""
        numbers, places, end = [self._numbers], [self._places], 0
        for some, of_some in texts:
            sizes = []
            for shingles in make_shingles(of_some, self._ngram):
                self._file.write(shingles.tobytes())
                sizes.append(len(shingles))
            ends = end + np.cumsum(sizes)
            numbers.append(np.array(some, np.int64))
            places.append(np.stack((ends - sizes, ends), axis=1))
            end = int(ends[-1])
        self._file.flush()
        order = np.argsort(np.concatenate(numbers))
        self._numbers = np.concatenate(numbers)[order]
        self._places = np.concatenate(places)[order]

    def of(self, number: int) -> Hashes:
        """The shingles of a document."""
        begin, end = self._places[np.searchsorted(self._numbers, number)].tolist()
        self._file.seek(begin * 8)
        return np.frombuffer(self._file.read((end - begin) * 8), np.uint64)


def _compare(db: duckdb.DuckDBPyConnection, pairs: str, shingles: _Shingles, path: Path) -> None:
    """Write the pairs of a query (`a`, `b`, sorted) with their Jaccard index to a Parquet file."""
    with pq.ParquetWriter(path, _COMPARED) as writer:
        number, of_number = -1, np.zeros(0, np.uint64)
        for batch in stream(db, pairs):
            values = []
            for a, b in zip(batch["a"].to_pylist(), batch["b"].to_pylist(), strict=True):
                if a != number:
                    number, of_number = a, shingles.of(a)
                values.append(jaccard(of_number, shingles.of(b)))
            columns = [batch["a"], batch["b"], pa.array(values, pa.float64())]
            writer.write_batch(pa.record_batch(columns, schema=_COMPARED))


def _find_components(db: duckdb.DuckDBPyConnection) -> None:
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

_INVOLVED = """
SELECT part, number, file, record FROM texts
WHERE number IN (SELECT a FROM candidates UNION SELECT b FROM candidates) ORDER BY part, number
"""

_EDGES = "CREATE TABLE edges AS SELECT a, b, jaccard FROM read_parquet($files) WHERE jaccard >= $least"

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

_UNCOMPARED = """
SELECT least(number, head)::INTEGER AS a, greatest(number, head)::INTEGER AS b FROM chosen
ANTI JOIN edges ON edges.a = least(number, head) AND edges.b = greatest(number, head)
WHERE number <> head ORDER BY a, b
"""

_NEAR = """
INSERT INTO near
SELECT id, representative, coalesce(e.jaccard, r.jaccard)
FROM chosen LEFT JOIN edges AS e ON e.a = least(number, head) AND e.b = greatest(number, head)
LEFT JOIN read_parquet($files) AS r ON r.a = least(number, head) AND r.b = greatest(number, head)
WHERE number <> head
"""
