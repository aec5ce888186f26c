"""Manifests after a withdrawal: those of versions that held a document, and of the version that announces it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from cleaner.release.changes import unchanged
from cleaner.release.counts import count_rows
from cleaner.release.listings import Fate
from cleaner.release.manifest import NEVER_AMENDED, File, Manifest, version_key


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
    documents = [processed / file.path for file in files["documents"]]
    if not documents:
        documents = [work / "no_documents.parquet"]
        pq.write_table(manifest.schema("documents").empty_table(), documents[0])
    counted = count_rows(db, documents, [processed / file.path for file in files["lines"]])
    return replace(
        manifest,
        files=files,
        counts=_moved({**manifest.counts, **counted}, {("documents", None): gone}),
        amended={"times": manifest.amended["times"] + 1, "documents": manifest.amended["documents"] + gone},
    )


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
