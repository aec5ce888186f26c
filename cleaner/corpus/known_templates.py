"""What was found of each site's templates, kept for the next run: only sites that have changed are looked at again.

It is a cache beside the part files, of one set of rules; where it is missing, all sites have changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import copy_to, parquet

FOLDER = "templates"

_GONE_COLUMNS = pa.schema([
    ("site", pa.string()), ("part", pa.string()), ("page", pa.uint64()), ("line", pa.int64()),
    ("evidence", pa.string()),
])  # fmt: skip
_PARTS_COLUMNS = pa.schema([("part", pa.string()), ("digest", pa.string())])
_SITES_COLUMNS = pa.schema([
    ("site", pa.string()), ("pages", pa.int64()), ("state", pa.uint64()), ("again", pa.uint64()),
])  # fmt: skip


class KnownTemplates:
    """What an earlier run found; wants the table `living` (see `templates.find_templates`).

    `gone.parquet` has `site`, `part`, `page`, `line`, `evidence` of each line that goes, sorted by part, page and line;
    `parts.parquet` has `part` and `digest`, of that part's lines; `sites.parquet` says of which pages each site was
    made, and is written last: without it, nothing is known.
    """

    def __init__(self, db: duckdb.DuckDBPyConnection, state: Path, rules: str) -> None:
        """`state` is the folder in which that of the part files lies; `rules` is all that the result depends on,
        beside the part files."""
        self._db = db
        self._folder = state / FOLDER / hashlib.sha256(rules.encode()).hexdigest()[:16]
        self._sites = self._folder / "sites.parquet"
        self._parts = self._folder / "parts.parquet"
        self.gone = self._folder / "gone.parquet"

    def find_changed(self) -> bool:
        """Make the table `stale`: sites that have other pages than when they were looked at, or none any more. Returns
        whether there are any."""
        if not self._sites.exists():
            self._start()
        self._db.execute(_NOW)
        self._db.execute(_STALE, {"sites": parquet([self._sites])})
        [(changed,)] = self._db.execute("SELECT count(*) FROM stale").fetchall()
        return bool(changed)

    def _start(self) -> None:
        """Know of no site; what other rules have found is deleted."""
        shutil.rmtree(self._folder.parent, ignore_errors=True)
        self._folder.mkdir(parents=True)
        for path, columns in ((self.gone, _GONE_COLUMNS), (self._parts, _PARTS_COLUMNS), (self._sites, _SITES_COLUMNS)):
            pq.write_table(columns.empty_table(), path)

    def digests(self) -> dict[str, str]:
        """Each part of which lines go, and a number, as text, that changes when anything in its rows of `gone` does."""
        return dict(self._db.execute("FROM read_parquet($parts)", {"parts": parquet([self._parts])}).fetchall())

    def replace(self, found: str) -> None:
        """Put what a query finds of the stale sites, with the columns of `gone.parquet`, in the place of what was
        known of them."""
        db, old = self._db, {"old": parquet([self.gone])}
        gone, parts = self._folder / "gone.new", self._folder / "parts.new"
        db.execute(f"CREATE TABLE found AS {found}")
        db.execute(_TOUCHED, old)
        copy_to(db, _GONE, gone, old)
        copy_to(db, _DIGESTS, parts, {"gone": parquet([gone]), "old": parquet([self._parts])})
        self._sites.unlink()
        os.replace(gone, self.gone)
        os.replace(parts, self._parts)
        copy_to(db, "FROM now ORDER BY site", self._sites.with_suffix(".new"))
        os.replace(self._sites.with_suffix(".new"), self._sites)


_NOW = """
CREATE TABLE now AS
SELECT site, count(*) AS pages, bit_xor(state) AS state, bit_xor(hash(state, 1)) AS again FROM living GROUP BY site
"""

_STALE = """
CREATE TABLE stale AS
SELECT site FROM now ANTI JOIN read_parquet($sites) AS known USING (site, pages, state, again)
UNION SELECT site FROM read_parquet($sites) ANTI JOIN now USING (site)
"""

_TOUCHED = """
CREATE TABLE touched AS
SELECT part FROM found UNION SELECT part FROM read_parquet($old) SEMI JOIN stale USING (site)
"""
"""Parts of which other lines may go than before."""

_GONE = """
FROM (FROM read_parquet($old) ANTI JOIN stale USING (site) UNION ALL BY NAME FROM found) ORDER BY part, page, line
"""

_DIGESTS = """
SELECT part, bit_xor(md5_number(concat_ws(' ', page, line, evidence)))::VARCHAR AS digest
FROM read_parquet($gone) SEMI JOIN touched USING (part) GROUP BY part
UNION ALL FROM read_parquet($old) ANTI JOIN touched USING (part)
"""
