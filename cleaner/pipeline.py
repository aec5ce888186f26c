"""The whole path, from raw files to a release: look and clean, revise, decide, release."""

from __future__ import annotations

import os
import time
from pathlib import Path

from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn, read_tombstones
from cleaner.engine.cluster import AnyPool, check_engine, open_cluster
from cleaner.engine.folder import check_folders, claim_folder
from cleaner.engine.ledger import Ledger
from cleaner.engine.local import Pool, count_processors
from cleaner.engine.messages import Setup
from cleaner.engine.plan import cleaning_key
from cleaner.engine.scrub import scrub_parts
from cleaner.engine.second_pass import revise_parts
from cleaner.engine.stage import Reporter, clean_files, living_parts
from cleaner.engine.storage import storage_errors
from cleaner.errors import RecipeError
from cleaner.recipe import Recipe
from cleaner.release.card.answers import check_answers
from cleaner.release.make import release
from cleaner.release.manifest import asked_version, read_manifests
from cleaner.release.withdraw.withdraw import complete
from cleaner.remote.places import place_of
from cleaner.report.summary import OnProgress, RunReport


def run(
    raw: str | Path,
    processed: str | Path,
    *,
    recipe: Recipe | str | Path | None = None,
    workers: int | None = None,
    engine: str = "local",
    scheduler: str | None = None,
    version: str | None = None,
    compact: bool = False,
    on_progress: OnProgress | None = None,
) -> RunReport:
    """Clean a folder of raw files (or a single file), and release what changed as a version of the dataset.

    Interrupted or killed at any moment, the next call goes on where it stopped, and ends with the same bytes.

    Args:
        raw: Folder or file to read, here or at a URL that fsspec can read; never written to.
        processed: Folder of the dataset: new, or holding an earlier release.
        recipe: A Recipe, or the path of a TOML file; None for the default.
        workers: Number of processes; by default one for each processor. With a scheduler, at most so many orders are
            under way at a time.
        engine: "local", or a cluster: "dask" or "ray", which need `pip install 'cleaner-corpus[dask]'` or `[ray]`. The
            bytes are the same.
        scheduler: Address of the cluster, such as "tcp://10.0.0.1:8786" (Dask), "ray://10.0.0.1:10001" or "auto" (Ray);
            without one, a cluster is started on this machine.
        version: The number that a new version shall have, such as "2.0.0", where it is higher than the one that the
            change calls for; a lower one is refused.
        compact: Join small shards that have piled up, although that rewrites them.
        on_progress: Called at most about ten times a second.

    Returns:
        What was done; `released` says whether there is a new version.

    Raises:
        InputError: There is nothing to read in `raw`.
        RecipeError: The recipe is wrong, `version` is no version, or there is no such engine.
        RefusedError: `processed` holds something else, or `version` is too low; BusyError, another run is at work.
        EngineError: The cluster cannot be reached, or its workers cannot do the work.
        StorageError: The disk is full, or `processed` cannot be written.
        TargetError: A URL cannot be reached, or turns us away.
    """
    started = time.monotonic()
    raw, processed = place_of(raw), Path(processed)
    if not isinstance(recipe, Recipe):
        recipe = Recipe.load(recipe) if recipe is not None else Recipe()
    check_engine(engine, scheduler)
    if workers is not None and workers < 1:
        raise RecipeError(f"A run needs at least one worker, not {workers}.")

    check_folders(raw, processed)
    check_answers(processed)
    known = read_manifests(processed) if version is not None else []
    asked = asked_version(version, known[-1].version if known else None)
    reporter = Reporter(on_progress)
    with storage_errors(processed), claim_folder(processed) as state, Ledger(state.ledger, state.parts) as ledger:
        complete(processed, state)
        withdrawn = Withdrawn.by(read_tombstones(processed))
        setup = Setup(recipe, cleaning_key(recipe), state.parts, os.getpid())
        opened: AnyPool
        if engine == "local":
            opened = Pool(workers or count_processors(), setup, recipe.limits, state.work)
        else:
            reporter.stage("connecting")
            opened = open_cluster(engine, scheduler, workers, setup, recipe.limits, str(raw))
        with opened as pool:
            report = clean_files(raw, ledger, setup.key, pool, reporter)
            parts = revise_parts(living_parts(state, ledger), recipe, state.work, pool, reporter)
        report.processed = str(processed)
        reporter.stage("comparing")
        decisions = decide(parts, recipe, state.work, withdrawn)
        reporter.stage("releasing")
        release(parts, decisions, processed, recipe, report, version=asked, compact=compact)
        scrub_parts(state.parts, withdrawn)
        ledger.remove_dead(state.parts)
    reporter.stage("done")
    report.seconds = time.monotonic() - started
    return report
