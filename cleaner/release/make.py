"""Makes a release of what is decided: a new version, or nothing where nothing has changed.

The order of writing is what makes a kill harmless. Shards come first and belong to nobody; then the lists of what was
left out; then the manifest, which makes the version exist; then what follows from the manifests (`release.finish`):
the card, through which `datasets` finds the version, and the checksums. The next run makes the same shards again, or
finds the version and completes the rest.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from cleaner import __version__
from cleaner.code import code_hash, model_hash
from cleaner.corpus.database import copy_to, open_database
from cleaner.corpus.duplicates import Decisions
from cleaner.engine.parts import Parts
from cleaner.errors import InputError
from cleaner.recipe import Recipe
from cleaner.release import counts, index
from cleaner.release.changes import find_changes
from cleaner.release.fates import decided_fates
from cleaner.release.files import placed
from cleaner.release.finish import finish, sweep
from cleaner.release.inventory import write_checksums
from cleaner.release.layout import lay_out, write_changed
from cleaner.release.listings import LEFT_OUT, REJECTS, write_listings
from cleaner.release.manifest import (
    CONFIGS,
    DEFAULT_NAME,
    Manifest,
    choose_version,
    read_manifests,
    shards_of,
    tools,
    write_manifest,
)
from cleaner.release.shards import SCHEMAS, Shard, plan_shards, write_shards
from cleaner.release.types import columns_of
from cleaner.report.summary import RunReport


def release(
    parts: Parts,
    decisions: Decisions,
    processed: Path,
    recipe: Recipe,
    report: RunReport,
    *,
    version: str | None = None,
    compact: bool = False,
) -> None:
    """Write what has changed as a new version, and fill the report.

    Nothing is written before the report's identities hold (AccountingError) and `version`, the number asked for, is
    found not to be too low (see `manifest.choose_version`). With `compact`, small shards are joined. InputError when no
    document is left to publish: the lists of what was rejected and left out are written all the same.
    """
    manifests = read_manifests(processed)
    parent = manifests[-1] if manifests else None
    with open_database(decisions.path.parent, recipe.memory) as db:
        pages, documents = counts.count_lines(db, parts, decisions)
        counted = counts.count_documents(db, parts, decisions, documents) if decisions.outcomes["document"] else {}
        _fill(report, decisions, counted, counts.by_role(pages), counts.count_kinds(db, decisions))
        report.check()
        if not counted:
            write_listings(db, processed, decisions)
            if manifests:
                write_checksums(processed, manifests)
            raise InputError(_nothing_left(processed, decisions, parent))
        index.load_index(db, processed, parent)
        changes = lay_out(db, decisions.path, parts, recipe.release, compact)
        plan = plan_shards(db)
        found = Manifest(
            name=recipe.card.title or DEFAULT_NAME,
            version="",
            parent=parent.version if parent else None,
            files={},
            columns={config: columns_of(SCHEMAS[config]) for config in CONFIGS},
            recipe=json.loads(json.dumps(recipe.released())),
            recipe_hash=recipe.hash,
            cleaner=__version__,
            code=code_hash(),
            model=model_hash(),
            tools=tools(),
            counts=counted,
            changes={},
        )
        if version is not None and not (parent and _same_shards(plan, parent) and found.made_like(parent)):
            choose_version(found.parent, changes, version)  # refuses before anything is written
        files, remarked = write_shards(db, parts, processed, plan, shards_of(manifests))
        found = replace(found, files=files)
        write_listings(db, processed, decisions)
        report.released = not (parent and found.files == parent.files and found.made_like(parent))
        if report.released:
            found = replace(found, version=choose_version(found.parent, changes, version))
            fates = decided_fates(processed, decisions)
            changed = decisions.path.with_name("changed.parquet")
            write_changed(db, changed)
            found = replace(found, changes=find_changes(processed, parent, found, changes, fates, changed, remarked))
            _save_index(db, processed, found)
            write_manifest(processed, found)
            manifests = read_manifests(processed)
    sweep(processed, manifests)
    report.warnings = finish(processed, manifests)
    report.version, report.previous = manifests[-1].version, manifests[-1].parent


def _same_shards(plan: dict[str, list[Shard]], parent: Manifest) -> bool:
    return all([shard.path for shard in plan[c]] == [file.path for file in parent.files[c]] for c in CONFIGS)


def _fill(
    report: RunReport,
    decisions: Decisions,
    counted: dict[str, Any],
    lines: dict[str, dict[str, int]],
    kinds: dict[str, int],
) -> None:
    outcomes = decisions.outcomes
    report.documents, report.duplicates = outcomes["document"], outcomes["duplicate"]
    report.filtered, report.withdrawn = outcomes["filtered"], outcomes["withdrawn"]
    report.rejects, report.rejects_by_cause = outcomes["reject"], dict(decisions.causes)
    report.sources_by_kind, report.lines = kinds, lines
    report.fixes, report.languages, report.sites = (
        dict(counted.get(name, {})) for name in ("fixes", "languages", "sites")
    )


def _nothing_left(processed: Path, decisions: Decisions, parent: Manifest | None) -> str:
    told = {"reject": "rejected", "duplicate": "duplicates", "filtered": "filtered out by the recipe",
            "withdrawn": "withdrawn"}  # fmt: skip
    outcomes = decisions.outcomes
    why = ", ".join(f"{outcomes[outcome]} {words}" for outcome, words in told.items() if outcomes[outcome])
    where = " and ".join(
        str(processed / name)
        for name, there in ((REJECTS, outcomes["reject"]), (LEFT_OUT, len(decisions.rules)))
        if there
    )
    kept = f" Version {parent.version} stays as it is." if parent else ""
    noun = "source" if decisions.sources == 1 else "sources"
    return f"No document is left to publish: {decisions.sources} {noun}, {why}. See {where} for the reasons.{kept}"


def _save_index(db: duckdb.DuckDBPyConnection, processed: Path, manifest: Manifest) -> None:
    """Keep what the next run compares against."""
    paths = [file.path for file in manifest.files["documents"]]
    query = """SELECT id, site, $paths[shard] AS shard, row_hash, lines_hash FROM layout ORDER BY id"""
    with placed(index.index_path(processed, manifest.files_named())) as temporary:
        copy_to(db, query, temporary, {"paths": paths})
