"""Marks of duplicates after a withdrawal: who represents whom among those that a withdrawn document was a duplicate of.

Near-duplicates hang together through each other, so a cluster that loses a document may get another representative, or
fall apart. What is left of it is decided again, just as a run decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import parquet, stream
from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn
from cleaner.engine.parts import PART_DOCUMENTS, Parts
from cleaner.recipe import Duplicates, Recipe
from cleaner.release.manifest import Manifest

COLUMNS = ("duplicate_of", "duplicate_cluster", "duplicate_jaccard")
"""Columns of a document that tell of others."""

Marks = dict[str, dict[str, Any]]
"""Id of a document -> the values of its `COLUMNS`."""

_PART = "left"


def mark_again(
    db: duckdb.DuckDBPyConnection, processed: Path, manifest: Manifest, ids: Collection[str], work: Path
) -> Marks:
    """The marks of all documents of a version that were in a cluster with one of `ids`, when those are gone.

    `work` is a folder for scratch files. The recipe of the version says what a duplicate is.
    """
    names = manifest.schema("documents").names
    if "duplicate_of" not in names:
        return {}
    query = _CONCERNED.format(clusters=_CLUSTERS if "duplicate_cluster" in names else "")
    shards = parquet(processed / file.path for file in manifest.files["documents"])
    concerned = [found for (found,) in db.execute(query, {"files": shards, "ids": sorted(ids)}).fetchall()]
    if not concerned:
        return {}
    whole = stream(db, _WHOLE, {"files": shards, "ids": concerned})
    left = [row for batch in whole for row in batch.to_pylist()]
    folder = work / "marks" / manifest.version
    known = {field.name for field in fields(Duplicates)}
    options = {key: value for key, value in manifest.recipe["duplicates"].items() if key in known}
    recipe = Recipe(duplicates=Duplicates(**options))
    decided = pq.read_table(decide(_as_parts(left, folder), recipe, folder, Withdrawn.by([])).path)
    rows = decided.select(["id", *COLUMNS]).to_pylist()
    return {row["id"]: {name: row[name] for name in COLUMNS} for row in rows}


def _as_parts(rows: Iterable[dict[str, Any]], folder: Path) -> Parts:
    """Published rows as a part file, such as `decide` reads."""
    documents = []
    for row in rows:
        path, _, number = row["source_path"].rpartition("#")
        file, record = (path, int(number)) if path and number.isdecimal() else (row["source_path"], 0)
        text_key = hashlib.sha256(row["text"].encode()).hexdigest()[:32] if row["text"] else None
        made = {"file": file, "record": record, "outcome": "document", "text_key": text_key, "document_hash": ""}
        documents.append({**row, **made})
    documents.sort(key=lambda row: (row["file"].encode(), row["record"]))
    parts = Parts(folder / "parts", folder / "live.parquet")
    parts.folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(documents, PART_DOCUMENTS), parts.documents(_PART))
    files = list(dict.fromkeys(row["file"] for row in documents))
    live = {"file": pa.array(files, pa.string()), "part": pa.array([_PART] * len(files), pa.string())}
    pq.write_table(pa.table(live), parts.live)
    return parts


_CLUSTERS = """OR duplicate_cluster IN (
    SELECT duplicate_cluster FROM read_parquet($files) WHERE id IN (SELECT unnest($ids::VARCHAR[])))
"""

_CONCERNED = """
SELECT id FROM read_parquet($files)
WHERE id NOT IN (SELECT unnest($ids::VARCHAR[])) AND (duplicate_of IN (SELECT unnest($ids::VARCHAR[])) {clusters})
"""

_WHOLE = "SELECT * FROM read_parquet($files) WHERE id IN (SELECT unnest($ids::VARCHAR[]))"
