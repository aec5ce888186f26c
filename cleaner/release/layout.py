"""Which document lies in which shard.

A document keeps its shard from one version to the next, so an edit rewrites one shard and leaves all others alone.
New documents get new shards, site after site: small neighbouring sites share one, a big site has several. So what
changes on one site costs about what its shards hold, and what is added costs what it holds itself. Small shards that
have piled up are dissolved only when asked for, or by a version that changes rows anyhow (a MAJOR one).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from cleaner import recipe
from cleaner.corpus.database import copy_to, parquet, stream
from cleaner.engine.parts import Parts

FEWEST_SHARDS = 32
"""A corpus is cut into so many shards at least, so that a change on one site costs some three hundredths of it..."""

FEWEST_ROWS = 128
"""...but not into shards of fewer documents than this."""

MANY_SMALL = 16
"""So many shards under a quarter of the usual size are dissolved by the next MAJOR version."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a new shard holds."""

    rows: int
    bytes: int


def lay_out(
    db: duckdb.DuckDBPyConnection, decisions: Path, parts: Parts, options: recipe.Release, compact: bool = False
) -> dict[str, Any]:
    """Give every published document its shard and place; returns the changes against the previous version.

    With `compact`, small shards are dissolved however few they are. Wants the table `previous` (see
    `index.load_index`). Makes the table `layout`: `part`, `file`, `record`, `id`, `site`, `place` (order over the whole
    corpus), `shard` (number of the shard, in the order of reading), `row_hash`, `lines_hash`, `lines`, `characters`,
    the columns `schema.OF_THE_CORPUS`, and of a document that was in the previous version and keeps its shard, that
    shard's path and the row's hash there: `old_shard`, `old_hash`.
    """
    db.execute(_PUBLISHED, {"decisions": parquet([decisions])})
    changes = compare(db)
    (total,) = _one(db, "SELECT count(*) FROM published")
    limits = Limits(
        rows=max(1, min(options.shard_rows, max(FEWEST_ROWS, -(-total // FEWEST_SHARDS)))),
        bytes=max(1, options.shard_mb) << 20,
    )
    if compact or changes["changed"] or changes["removed"]:
        _dissolve_small(db, limits, 2 if compact else MANY_SMALL)
    _pack_new(db, parts, limits)
    db.execute(_LAYOUT)
    return changes


def compare(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Documents `added`, `changed` and `removed`, in all and by site, from the tables `previous` and `published`.

    A document of which nothing differs but what is said of its lines (a count of pages, a role) has not changed.
    """
    changes: dict[str, Any] = {"added": 0, "changed": 0, "removed": 0, "sites": {}}
    for site, change, count in db.execute(_CHANGES).fetchall():
        changes[change] += count
        changes["sites"].setdefault(site, {})[change] = count
    return changes


def write_changed(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write a Parquet file with the `id` of every document that was added, changed or removed, or has other lines."""
    copy_to(db, f"SELECT coalesce(new.id, old.id) AS id {_DIFFERENT} ORDER BY id", path)


def _one(db: duckdb.DuckDBPyConnection, query: str) -> Any:
    return db.execute(query).fetchone()


def _dissolve_small(db: duckdb.DuckDBPyConnection, limits: Limits, many: int) -> None:
    """Let the documents of small shards be packed anew, where there are at least so many of those."""
    small = [
        shard for (shard,) in db.execute(
            """SELECT old_shard FROM published WHERE old_shard IS NOT NULL GROUP BY 1
               HAVING count(*) < $rows AND sum(characters) < $bytes ORDER BY 1""",
            {"rows": limits.rows / 4, "bytes": limits.bytes / 4},
        ).fetchall()
    ]  # fmt: skip
    if len(small) >= many:
        db.execute("UPDATE published SET old_shard = NULL WHERE list_contains($small, old_shard)", {"small": small})


def _pack_new(db: duckdb.DuckDBPyConnection, parts: Parts, limits: Limits) -> None:
    """Make the table `starts`: at which place each new shard starts."""
    names = [row[0] for row in db.execute(
        "SELECT DISTINCT part FROM published WHERE old_shard IS NULL ORDER BY part").fetchall()]  # fmt: skip
    starts: list[int] = []
    if names:
        batches = stream(db, _NEW, {"files": parquet(map(parts.documents, names))})
        starts = pack((row for batch in batches for row in zip(*batch.to_pydict().values(), strict=True)), limits)
    db.execute("CREATE TABLE starts AS SELECT unnest($starts::BIGINT[]) AS place", {"starts": starts})


def pack(rows: Iterable[tuple[int, str, int, int, int]], limits: Limits) -> list[int]:
    """The places at which shards start.

    `rows` holds, in order, for each document its place, its site, its size in bytes, and the rows and bytes of its
    whole site. A site that fits into what is left of a shard goes there; one that does not starts its own.
    """
    starts: list[int] = []
    held_rows = held_bytes = 0
    current: str | None = None
    for place, site, size, site_rows, site_bytes in rows:
        full = held_rows + 1 > limits.rows or held_bytes + size > limits.bytes
        if site != current:
            full = full or held_rows + site_rows > limits.rows or held_bytes + site_bytes > limits.bytes
            current = site
        if full or not starts:
            starts.append(place)
            held_rows = held_bytes = 0
        held_rows += 1
        held_bytes += size
    return starts


_PUBLISHED = """
CREATE TABLE published AS
SELECT d.part, d.file, d.record, d.id, d.site, d.row_hash, d.lines_hash, d.lines, d.characters, d.duplicate_of,
       d.duplicate_cluster, d.duplicate_jaccard, place, previous.shard AS old_shard, previous.row_hash AS old_hash
FROM read_parquet($decisions, file_row_number = true) AS d JOIN (
    SELECT file_row_number, row_number() OVER (ORDER BY site, file, record) AS place
    FROM read_parquet($decisions, file_row_number = true) WHERE outcome = 'document'
) USING (file_row_number) LEFT JOIN previous USING (id)
"""
"""Rows are numbered apart from what else is told of them: to sort wide rows takes three times as long."""

_DIFFERENT = """
FROM published AS new FULL JOIN previous AS old ON new.id = old.id
WHERE (old.id IS NULL OR new.id IS NULL OR new.row_hash <> old.row_hash OR new.lines_hash <> old.lines_hash)
"""

_CHANGES = f"""
SELECT coalesce(new.site, old.site) AS site,
       CASE WHEN old.id IS NULL THEN 'added' WHEN new.id IS NULL THEN 'removed' ELSE 'changed' END AS change, count(*)
{_DIFFERENT} AND new.row_hash IS DISTINCT FROM old.row_hash
GROUP BY ALL ORDER BY ALL
"""

_NEW = """
SELECT place, site, size, count(*) OVER site_of AS site_rows, sum(size) OVER site_of AS site_bytes
FROM (
    SELECT p.place, p.site, strlen(d.text) AS size
    FROM read_parquet($files, filename = true) AS d JOIN published AS p
      ON d.file = p.file AND d.record = p.record AND split_part(parse_filename(d.filename), '.', 1) = p.part
    WHERE p.old_shard IS NULL
)
WINDOW site_of AS (PARTITION BY site)
ORDER BY place
"""

_LAYOUT = """
CREATE TABLE layout AS
WITH grouped AS (
    SELECT *, old_shard AS shard_key FROM published WHERE old_shard IS NOT NULL
    UNION ALL
    SELECT new.*, starts.place::VARCHAR FROM (FROM published WHERE old_shard IS NULL) AS new
    ASOF JOIN starts ON new.place >= starts.place
), ordered AS (
    SELECT shard_key, row_number() OVER (ORDER BY min(place)) AS shard FROM grouped GROUP BY shard_key
)
SELECT part, file, record, id, site, place, shard, row_hash, lines_hash, lines, characters, duplicate_of,
       duplicate_cluster, duplicate_jaccard, old_shard, old_hash
FROM grouped JOIN ordered USING (shard_key)
"""
