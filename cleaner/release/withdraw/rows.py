"""Finds what a withdrawal concerns: rows of every version, and of the part files, that are the documents named.

Rows are one document when they have the same bytes or the same text, in whatever version and under whatever address.
So what is withdrawn is found from the documents named in turns: their rows, the bytes and texts of these, all other
rows with one of those, and so on, until nothing more is found. Other rows at the address of such a copy are left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from cleaner.corpus.database import parquet
from cleaner.corpus.tombstones import Tombstone, Withdrawn
from cleaner.describe.sites import clean_url
from cleaner.engine.parts import Parts
from cleaner.errors import InputError
from cleaner.release.manifest import Manifest

FEWEST_DIGITS = 6
"""Hex digits of an id that name it, as long as no other starts like that."""

_HEX = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was found. `shard` is None for a row of the part files, which no version need hold."""

    shard: str | None
    id: str
    title: str | None
    url: str | None
    source_path: str
    source: str | None
    text: str | None

    def is_one_of(self, ids: set[str], sources: set[str], texts: set[str]) -> bool:
        """Whether its id, its bytes or its text is among these."""
        return self.id in ids or self.source in sources or self.text in texts


def load_rows(db: duckdb.DuckDBPyConnection, processed: Path, manifests: Sequence[Manifest], parts: Path) -> None:
    """Make the table `rows`: what documents are known by, of all versions and of the part files in a folder, as they
    are and as they were revised."""
    shards = sorted({file.path for manifest in manifests for file in manifest.files["documents"]})
    db.execute(_TABLE)
    if shards:
        folder = shards[0].rpartition("/")[0]
        values = {"files": parquet(processed / shard for shard in shards), "folder": folder}
        db.execute(f"INSERT INTO rows {_OF_SHARDS}", values)
    folders = (parts, Parts(parts, parts).revised)
    if kept := sorted(path for folder in folders for path in folder.glob("*.documents.parquet")):
        db.execute(f"INSERT INTO rows {_OF_PARTS}", {"files": parquet(kept)})


def find_named(db: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """Ids of the documents that a person calls so; empty when there is none.

    A name is an address, an id or its first digits (six or more), the SHA-256 of a source, or that of a text.
    InputError when it is none of these, or only the start of several ids.
    """
    if (address := clean_url(name)) is not None:
        known = hashlib.sha256(address.encode()).hexdigest()[:32]
        return _ids(db, "id = $known OR url = $name", known=known, name=name)
    digits = name.lower()
    if not _HEX.fullmatch(digits):
        raise InputError(
            f"{name!r} names no document: give its id (or its first {FEWEST_DIGITS} digits or more), its address, the "
            "SHA-256 of its source, or the SHA-256 of its text."
        )
    if len(digits) == 64:
        return _ids(db, "source = $source OR text = $text", source=digits, text=digits[:32])
    if len(digits) == 32:
        return _ids(db, "id = $digits OR text = $digits", digits=digits)
    found = _ids(db, "starts_with(id, $digits)", digits=digits)
    if len(found) > 1:
        some = ", ".join(sorted(found)[:5])
        raise InputError(f"{len(found)} documents have an id that starts with {digits}: {some}. Give more digits.")
    return found


def is_withdrawn_already(db: duckdb.DuckDBPyConnection, name: str, tombstones: Sequence[Tombstone]) -> bool:
    """Whether a person calls one so that has a tombstone; InputError when others have ids that start like that, too."""
    address = clean_url(name)
    digits = name.lower() if address is None else hashlib.sha256(address.encode()).hexdigest()[:32]
    if any(digits in stone.sources or digits[:32] in stone.texts for stone in tombstones):
        return True
    ids = {stone.id for stone in tombstones if stone.id and stone.id.startswith(digits)}
    return len(digits) >= FEWEST_DIGITS and bool(ids) and find_named(db, digits) <= ids


def find_rows(db: duckdb.DuckDBPyConnection, withdrawn: Withdrawn) -> list[Row]:
    """All rows that are withdrawn, with those that are the same document by their bytes or text, in a fixed order."""
    sources, texts = set(withdrawn.sources), set(withdrawn.texts)
    while True:
        values = {"ids": withdrawn.ids, "sources": sorted(sources), "texts": sorted(texts)}
        rows = [Row(*row) for row in db.execute(_MATCHED, values).fetchall()]
        known = len(sources) + len(texts)
        sources |= {row.source for row in rows if row.source}
        texts |= {row.text for row in rows if row.text}
        if len(sources) + len(texts) == known:
            return rows


def widened(db: duckdb.DuckDBPyConnection, stones: Iterable[Tombstone], paths: Collection[str]) -> list[Tombstone]:
    """The tombstones that are not done yet, with the bytes and texts of sources at these paths in the part files."""
    found = db.execute(_AT_PATHS, {"paths": sorted(paths)}).fetchall()
    sources, texts = ({row[place] for row in found if row[place]} for place in (0, 1))

    def wider(stone: Tombstone) -> Tombstone:
        both = tuple(sorted(sources.union(stone.sources))), tuple(sorted(texts.union(stone.texts)))
        return replace(stone, sources=both[0], texts=both[1])

    return [stone if stone.done else wider(stone) for stone in stones]


def completed(stone: Tombstone, rows: Iterable[Row]) -> Tombstone:
    """The tombstone with the bytes and texts of all rows that are its document; `rows` are those of `find_rows`."""
    ids, sources, texts = {stone.id or ""}, set(stone.sources), set(stone.texts)
    left = list(rows)
    while True:
        ours = [row for row in left if row.is_one_of(ids, sources, texts)]
        if not ours:
            return replace(stone, sources=tuple(sorted(sources)), texts=tuple(sorted(texts)))
        left = [row for row in left if not row.is_one_of(ids, sources, texts)]
        sources |= {row.source for row in ours if row.source}
        texts |= {row.text for row in ours if row.text}


def _ids(db: duckdb.DuckDBPyConnection, condition: str, **values: str) -> set[str]:
    return {found for (found,) in db.execute(f"SELECT DISTINCT id FROM rows WHERE {condition}", values).fetchall()}


_TABLE = """
CREATE TABLE rows (shard VARCHAR, id VARCHAR, title VARCHAR, url VARCHAR, source_path VARCHAR, source VARCHAR,
                   text VARCHAR)
"""

_OF_SHARDS = """
SELECT $folder || '/' || parse_filename(filename), id, title, url, source_path, source_sha256,
       CASE WHEN text <> '' THEN left(sha256(text), 32) END
FROM read_parquet($files, filename = true, union_by_name = true)
"""

_OF_PARTS = """
SELECT NULL, id, title, url, source_path, source_sha256, text_key
FROM read_parquet($files, union_by_name = true) WHERE outcome = 'document'
"""

_MATCHED = """
SELECT * FROM rows
WHERE id IN (SELECT unnest($ids::VARCHAR[])) OR source IN (SELECT unnest($sources::VARCHAR[]))
      OR text IN (SELECT unnest($texts::VARCHAR[]))
ORDER BY id, shard NULLS LAST, source, text
"""

_AT_PATHS = """
SELECT DISTINCT source, text FROM rows WHERE shard IS NULL AND source_path IN (SELECT unnest($paths::VARCHAR[]))
"""
