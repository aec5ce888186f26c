"""The ledger: which files are done, and in which parts their rows lie. A SQLite file that only the driver writes.

It holds nothing that cannot be found again: `pieces` mirrors the part files' own notes, and a file that `files` does
not know is read again, whereupon its sources are recognised in the pieces and not cleaned again.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.engine import parts as part_files
from cleaner.engine.parts import Parts, Piece

if TYPE_CHECKING:
    from cleaner.engine.messages import FileDone
    from cleaner.read import InputFile

_FORMAT = 1
_TABLES = """
CREATE TABLE inputs (path TEXT PRIMARY KEY, size INTEGER, stamp TEXT, settled INTEGER, file BLOB) WITHOUT ROWID;
CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT, settled INTEGER, key TEXT, sources INTEGER, skipped TEXT)
  WITHOUT ROWID;
CREATE TABLE live (path TEXT, part TEXT, PRIMARY KEY (path, part)) WITHOUT ROWID;
CREATE TABLE pieces (part TEXT, path TEXT, key TEXT, first INTEGER, sources INTEGER, rejects INTEGER, lines INTEGER,
  fingerprint TEXT, PRIMARY KEY (path, part)) WITHOUT ROWID;
CREATE INDEX pieces_by_part ON pieces (part);
"""

@dataclass(frozen=True, slots=True)
class Seen:
    """An input file as the plan found it. `stamp` changes whenever it or its sidecar is written; a file that is not
    `settled` was written so shortly before that another write may not show in its stamp."""

    file: InputFile
    stamp: str
    settled: bool


class Ledger:
    """An open ledger; `with` closes it. Changes are kept together until `save`."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Open or make the ledger at `path` and bring it in line with the part files in `folder`."""
        try:
            self._open(path)
        except sqlite3.DatabaseError as e:
            if "full" in str(e) or "readonly" in str(e) or "unable to open" in str(e):
                raise
            self._db.close()  # damaged: it is made again from the part files
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._open(path)
        self._mirror(folder)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _open(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level="IMMEDIATE", check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        if self._one("PRAGMA user_version") != _FORMAT:
            if self._one("SELECT count(*) FROM sqlite_master"):
                raise sqlite3.DatabaseError("made by another version")
            self._db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_FORMAT}; COMMIT;")
        self._one("SELECT count(*) FROM (SELECT 1 FROM files LIMIT 1)")

    def _one(self, sql: str, *values: object) -> int:
        return int(self._db.execute(sql, values).fetchone()[0] or 0)

    def _mirror(self, folder: Path) -> None:
        """Forget parts that are gone, and learn of those that were committed but not noted."""
        there = part_files.list_parts(folder)
        known = {part for (part,) in self._db.execute("SELECT DISTINCT part FROM pieces")}
        for part in sorted(known - there):
            self._db.execute("DELETE FROM files WHERE path IN (SELECT path FROM live WHERE part = ?)", (part,))
            self._db.execute("DELETE FROM live WHERE part = ?", (part,))
            self._db.execute("DELETE FROM pieces WHERE part = ?", (part,))
        for part in sorted(there - known):
            pieces = part_files.read_pieces(folder, part)
            self.add_pieces(pieces)
            if not pieces:
                part_files.remove_part(folder, part)
        self.save()

    def save(self) -> None:
        """Make all changes since the last call durable."""
        self._db.commit()

    # what there is to do

    def set_inputs(self, inputs: Iterable[Seen]) -> None:
        """Note the input as it is now; files that vanished are no longer alive."""
        self._db.execute("DELETE FROM inputs")
        rows = ((s.file.path, s.file.size, s.stamp, s.settled, pickle.dumps(s.file)) for s in inputs)
        self._db.executemany("INSERT INTO inputs VALUES (?, ?, ?, ?, ?)", rows)
        for table in ("live", "files"):
            self._db.execute(f"DELETE FROM {table} WHERE path NOT IN (SELECT path FROM inputs)")
        self.save()

    def count_inputs(self) -> int:
        """How many files the input has."""
        return self._one("SELECT count(*) FROM inputs")

    def list_pending(self, key: str) -> tuple[int, int]:
        """Note which files must be read under this cleaning key; returns how many, and their bytes."""
        self._db.execute("DROP TABLE IF EXISTS temp.pending")
        self._db.execute(
            "CREATE TEMP TABLE pending AS SELECT size, file FROM inputs LEFT JOIN files USING (path) WHERE files.path "
            "IS NULL OR files.stamp != inputs.stamp OR NOT files.settled OR files.key != ? ORDER BY path",
            (key,),
        )
        return self._one("SELECT count(*) FROM pending"), self._one("SELECT sum(size) FROM pending")

    def pending(self, at_least: int, below: int) -> Iterator[InputFile]:
        """The files that `list_pending` found, of these sizes in bytes, by path."""
        sql = "SELECT rowid, file FROM pending WHERE rowid > ? AND size >= ? AND size < ? ORDER BY rowid LIMIT 1000"
        last = 0
        while rows := self._db.execute(sql, (last, at_least, below)).fetchall():
            last = rows[-1][0]
            yield from (pickle.loads(file) for _, file in rows)

    def input(self, path: str) -> InputFile:
        """An input file by its path."""
        (file,) = self._db.execute("SELECT file FROM inputs WHERE path = ?", (path,)).fetchone()
        found: InputFile = pickle.loads(file)
        return found

    def pieces_of(self, path: str, key: str) -> list[Piece]:
        """What earlier runs made of a file under this cleaning key, in the order of its sources."""
        sql = "SELECT part, path, key, first, sources, rejects, lines, fingerprint FROM pieces "
        where = "WHERE path = ? AND key = ? ORDER BY first, part"
        return [Piece(*row) for row in self._db.execute(sql + where, (path, key))]

    # what has been done

    def add_pieces(self, pieces: Iterable[Piece]) -> None:
        """Note a committed part."""
        self._db.executemany("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, pieces))

    def add_file(self, done: FileDone, key: str) -> None:
        """Note that a file is done: all its sources lie in its parts."""
        self._db.execute("DELETE FROM live WHERE path = ?", (done.path,))
        self._db.executemany("INSERT INTO live VALUES (?, ?)", ((done.path, part) for part in done.parts))
        self._db.execute(
            "INSERT OR REPLACE INTO files SELECT path, stamp, settled AND NOT ?, ?, ?, ? FROM inputs WHERE path = ?",
            (done.passing, key, done.sources, json.dumps(done.skipped, sort_keys=True), done.path),
        )

    # what is alive

    def totals(self) -> tuple[int, int, dict[str, int]]:
        """Sources of all files, their lines, and what was skipped inside of files, by kind."""
        skipped: dict[str, int] = {}
        for (counts,) in self._db.execute("SELECT skipped FROM files WHERE skipped != '{}'"):
            for what, count in json.loads(counts).items():
                skipped[what] = skipped.get(what, 0) + count
        lines = self._one("SELECT sum(lines) FROM live JOIN pieces USING (path, part)")
        return self._one("SELECT sum(sources) FROM files"), lines, skipped

    def write_live(self, parts: Parts) -> None:
        """Write the Parquet file that says which pieces are alive."""
        columns = pa.schema([("file", pa.string()), ("part", pa.string())])
        rows = self._db.execute("SELECT path, part FROM live ORDER BY path, part")
        with pq.ParquetWriter(parts.live, columns) as writer:
            while chunk := rows.fetchmany(100_000):
                files, names = zip(*chunk, strict=True)
                writer.write_table(pa.table([files, names], columns))

    def remove_dead(self, folder: Path) -> None:
        """Delete the parts of which nothing is alive."""
        dead = "SELECT DISTINCT part FROM pieces WHERE part NOT IN (SELECT part FROM live)"
        names = [part for (part,) in self._db.execute(dead)]
        self._db.executemany("DELETE FROM pieces WHERE part = ?", ((name,) for name in names))
        self.save()
        for name in names:
            part_files.remove_part(folder, name)
