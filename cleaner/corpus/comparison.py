"""The exact Jaccard index of pairs of documents, in bounded memory, and never twice for the same two texts.

Shingles go to a scratch file, a part at a time; in memory is only where each document's begin. What was computed is
remembered by the keys of the two texts, for the next run: an index depends on nothing else but the n-gram size.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import copy_to, in_threads, parquet, stream
from cleaner.corpus.shingles import Banding, jaccard, make_shingles
from cleaner.corpus.signatures import compared_path
from cleaner.corpus.tokens import Hashes
from cleaner.engine.parts import Parts

_COMPARED = pa.schema([("a", pa.int32()), ("b", pa.int32()), ("jaccard", pa.float64())])


class Comparison:
    """Compares pairs of documents of the table `texts` (see `near.find_near`); leaving it remembers the results."""

    def __init__(self, db: duckdb.DuckDBPyConnection, parts: Parts, banding: Banding, work: Path) -> None:
        """`work` is a folder for scratch files."""
        self._db = db
        self._parts = parts
        self._ngram = banding.ngram
        self._work = work
        self._memory = compared_path(parts, banding)
        self._tables: list[str] = []
        self._file = open(work / "shingles", "w+b")  # noqa: SIM115, closed on leaving
        self._end = 0
        self._numbers = np.zeros(0, np.int64)
        self._places = np.zeros((0, 2), np.int64)

    def __enter__(self) -> Comparison:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        self._file.close()
        if error is None:
            self._remember()

    def compare(self, pairs: str, table: str) -> None:
        """Make a table with `a`, `b`, `jaccard` of the pairs a < b of documents that a query selects, each once."""
        db = self._db
        db.execute(f"CREATE OR REPLACE TABLE asked AS {pairs}")
        if self._memory.exists():
            db.execute(f"CREATE TABLE {table} AS {_KNOWN}", {"files": parquet([self._memory])})
            db.execute(f"CREATE OR REPLACE TABLE asked AS SELECT * FROM asked ANTI JOIN {table} USING (a, b)")
        else:
            db.execute(f"CREATE TABLE {table} (a INTEGER, b INTEGER, jaccard DOUBLE)")
        self._tables.append(table)
        self._load()
        path = self._work / f"{table}.parquet"
        self._write(path)
        db.execute(f"INSERT INTO {table} SELECT * FROM read_parquet($files)", {"files": parquet([path])})

    def _load(self) -> None:
        """Put the shingles of all documents that are to be compared into the scratch file."""
        numbers, places = [self._numbers], [self._places]
        self._db.register("loaded", pa.table({"number": self._numbers}))
        self._file.seek(self._end * 8)
        for some, texts in self._texts():
            sizes = []
            for shingles in make_shingles(texts, self._ngram):
                self._file.write(shingles.tobytes())
                sizes.append(len(shingles))
            ends = self._end + np.cumsum(sizes)
            numbers.append(np.array(some, np.int64))
            places.append(np.stack((ends - sizes, ends), axis=1))
            self._end = int(ends[-1])
        self._file.flush()
        order = np.argsort(np.concatenate(numbers))
        self._numbers = np.concatenate(numbers)[order]
        self._places = np.concatenate(places)[order]

    def _texts(self) -> Iterator[tuple[list[int], list[str]]]:
        """(numbers, texts) of documents that are to be compared and not loaded yet, a part at a time."""
        rows = (row for batch in stream(self._db, _INVOLVED) for row in zip(*batch.to_pydict().values(), strict=True))
        parts = ((part, [row[1:] for row in group]) for part, group in groupby(rows, key=lambda row: row[0]))
        return in_threads(self._read, parts)

    def _read(self, of_part: tuple[str, list[tuple[int, str, int]]]) -> tuple[list[int], list[str]]:
        """(numbers, texts) of documents of one part, given as part, [(number, file, record)]."""
        part, rows = of_part
        table = pq.read_table(self._parts.documents(part), columns=["file", "record", "text"], use_threads=False)
        there = zip(table["file"].to_pylist(), table["record"].to_pylist(), strict=True)
        place = {key: row for row, key in enumerate(there)}
        wanted = [place[file, record] for _, file, record in rows]
        return [number for number, _, _ in rows], table["text"].take(pa.array(wanted)).to_pylist()

    def _write(self, path: Path) -> None:
        """Compare the pairs of the table `asked`, and write the results as a Parquet file."""
        with pq.ParquetWriter(path, _COMPARED) as writer:
            number, of_number = -1, np.zeros(0, np.uint64)
            for batch in stream(self._db, "SELECT a, b FROM asked ORDER BY a, b"):
                values = []
                for a, b in zip(batch["a"].to_pylist(), batch["b"].to_pylist(), strict=True):
                    if a != number:
                        number, of_number = a, self._shingles(a)
                    values.append(jaccard(of_number, self._shingles(b)))
                columns = [batch["a"], batch["b"], pa.array(values, pa.float64())]
                writer.write_batch(pa.record_batch(columns, schema=_COMPARED))

    def _shingles(self, number: int) -> Hashes:
        begin, end = self._places[np.searchsorted(self._numbers, number)].tolist()
        self._file.seek(begin * 8)
        return np.frombuffer(self._file.read((end - begin) * 8), np.uint64)

    def _remember(self) -> None:
        """Keep what was asked for in this run, and nothing older."""
        temporary = self._memory.with_name(self._memory.name + ".temporary")
        union = " UNION ".join(f"SELECT a, b, jaccard FROM {table}" for table in self._tables)
        copy_to(self._db, _REMEMBERED.format(pairs=union), temporary)
        os.replace(temporary, self._memory)


_KNOWN = """
SELECT a, b, known.jaccard FROM asked
JOIN texts AS one ON one.number = a JOIN texts AS other ON other.number = b
JOIN read_parquet($files) AS known
  ON known.one = least(one.text_key, other.text_key) AND known.other = greatest(one.text_key, other.text_key)
"""

_INVOLVED = """
SELECT part, number, file, record FROM texts
WHERE number IN (SELECT a FROM asked UNION SELECT b FROM asked) AND number NOT IN (SELECT number FROM loaded)
ORDER BY part, number
"""

_REMEMBERED = """
SELECT least(one.text_key, other.text_key) AS one, greatest(one.text_key, other.text_key) AS other, jaccard
FROM ({pairs}) JOIN texts AS one ON one.number = a JOIN texts AS other ON other.number = b ORDER BY ALL
"""
