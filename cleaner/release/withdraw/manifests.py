"""Manifests after a withdrawal: those of versions that held a document, and of the version that announces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.database import copy_to, parquet
from cleaner.release.changes import unchanged
from cleaner.release.counts import count_rows
from cleaner.release.listings import Fate
from cleaner.release.manifest import CONFIGS, NEVER_AMENDED, File, Manifest, version_key
from cleaner.release.shards import SCHEMAS


def next_major(version: str) -> str:
    """The first version after this one that says that rows have gone."""
    return f"{version_key(version)[0] + 1}.0.0"


def amended(
    db: duckdb.DuckDBPyConnection, processed: Path, work: Path, manifest: Manifest,
    files: dict[str, list[File]], gone: int,
) -> Manifest:
    """A version's manifest, signed again: with these shards, from which so many documents have gone.

    `work` is a folder for scratch files.
    """
    paths = {
        config: _of_today(db, manifest.schema(config), config, [processed / file.path for file in files[config]], work)
        for config in CONFIGS
    }
    counted = count_rows(db, paths["documents"], paths["lines"])
    counts = {**manifest.counts, **{key: value for key, value in counted.items() if key in manifest.counts}}
    return replace(
        manifest,
        files=files,
        counts=_moved(counts, {("documents", None): gone}),
        amended={"times": manifest.amended["times"] + 1, "documents": manifest.amended["documents"] + gone},
    )


def _of_today(
    db: duckdb.DuckDBPyConnection, columns: pa.Schema, config: str, shards: list[Path], work: Path
) -> list[Path]:
    """Shards as they can be counted: with today's columns, in a scratch file where they have others, or are none."""
    if shards and columns.equals(SCHEMAS[config]):
        return shards
    if not shards and config == "lines":
        return []
    today, joined = work / f"today_{config}.parquet", work / f"joined_{config}.parquet"
    pq.write_table(SCHEMAS[config].empty_table(), today)
    names = ", ".join(f'"{name}"' for name in SCHEMAS[config].names)
    query = f"SELECT {names} FROM read_parquet($files, union_by_name = true)"
    copy_to(db, query, joined, {"files": parquet([today, *shards])})
    return [joined]


def announcing(parent: Manifest, version: str, documents: int, withheld: Mapping[Fate, int]) -> Manifest:
    """The version that says how many documents were withdrawn, and otherwise holds what its parent holds by now.

    `withheld` are the sources that were left out of the parent, and now count as withdrawn, too.
    """
    return replace(
        parent,
        version=version,
        parent=parent.version,
        counts=_moved(parent.counts, withheld),
        changes={**unchanged(), "withdrawn": documents},
        amended=dict(NEVER_AMENDED),
    )


def _moved(counts: Mapping[str, Any], gone: Mapping[Fate, int]) -> dict[str, Any]:
    """The counts when sources of these fates are withdrawn ones; of documents they are without them already."""
    moved = {**counts, "left_out_by_rule": dict(counts["left_out_by_rule"])}
    rules = moved["left_out_by_rule"]
    for (outcome, rule), sources in gone.items():
        if rule is not None:
            moved[outcome] -= sources
            rules[rule] -= sources
        moved["withdrawn"] += sources
        rules["withdrawn"] = rules.get("withdrawn", 0) + sources
    moved["left_out_by_rule"] = {rule: sources for rule, sources in rules.items() if sources}
    return moved
