"""The whole path, from raw files to a release: look and clean, revise, decide, release."""

from __future__ import annotations

import os
import time
from pathlib import Path

from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn, read_tombstones
from cleaner.engine.cluster import AnyPool, check_engine, open_cluster
from cleaner.engine.folder import State, check_apart, check_folder, claim_folder
from cleaner.engine.ledger import Ledger
from cleaner.engine.local import Pool, count_processors
from cleaner.engine.messages import Setup
from cleaner.engine.plan import cleaning_key
from cleaner.engine.scrub import scrub_parts
from cleaner.engine.second_pass import revise_parts
from cleaner.engine.stage import Reporter, clean_files, living_parts
from cleaner.engine.storage import storage_errors
from cleaner.engine.work import claim_work
from cleaner.errors import RecipeError
from cleaner.publish.remote import folder_for
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
    work: str | Path | None = None,
    version: str | None = None,
    compact: bool = False,
    on_progress: OnProgress | None = None,
) -> RunReport:
    """Clean a folder of raw files (or a single file), and release what changed as a version of the dataset.

    Interrupted or killed at any moment, the next call goes on where it stopped, and ends with the same bytes.

    Args:
        raw: Folder or file to read, here or at a URL that fsspec can read; never written to.
        processed: Folder of the dataset, here or at a URL: new, or holding an earlier release.
        recipe: A Recipe, or the path of a TOML file; None for the default.
        workers: Number of processes; by default one for each processor. With a scheduler, at most so many orders are
            under way at a time.
        engine: "local", or a cluster: "dask" or "ray", which need `pip install 'cleaner-corpus[dask]'` or `[ray]`. The
            bytes are the same.
        scheduler: Address of the cluster, such as "tcp://10.0.0.1:8786" (Dask), "ray://10.0.0.1:10001" or "auto" (Ray);
            without one, a cluster is started on this machine.
        work: Folder for the state of the run, here or at a URL; by default `.cleaner` in `processed`, and where that is
            a URL, a folder of this machine's cache.
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
    raw, processed = place_of(raw), place_of(processed)
    work = place_of(work) if work is not None else None
    if not isinstance(recipe, Recipe):
        recipe = Recipe.load(recipe) if recipe is not None else Recipe()
    check_engine(engine, scheduler)
    if workers is not None and workers < 1:
        raise RecipeError(f"A run needs at least one worker, not {workers}.")

    check_apart(raw, processed, work)
    reporter = Reporter(on_progress)
    if isinstance(processed, Path):
        check_folder(processed)
    with folder_for(processed) as folder:
        check_answers(folder)
        known = read_manifests(folder) if version is not None else []
        asked = asked_version(version, known[-1].version if known else None)
        with storage_errors(folder), claim_folder(folder) as home, claim_work(home, work) as state:
            setup = Setup(recipe, cleaning_key(recipe), state.parts, os.getpid(), state.url)
            opened: AnyPool
            if engine == "local":
                opened = Pool(workers or count_processors(), setup, recipe.limits, state.work)
            else:
                reporter.stage("connecting")
                opened = open_cluster(engine, scheduler, workers, setup, recipe.limits, str(raw))
            report = _make(raw, folder, state, setup, opened, reporter, asked, compact)
    report.processed = str(processed)
    reporter.stage("done")
    report.seconds = time.monotonic() - started
    return report


def _make(
    raw: Path | str, processed: Path, state: State, setup: Setup, opened: AnyPool, reporter: Reporter,
    version: str | None, compact: bool,
) -> RunReport:  # fmt: skip
    """The stages of a run, one after the other, in a folder that is claimed."""
    recipe = setup.recipe
    with Ledger(state.ledger, state.parts) as ledger:
        complete(processed, state)
        withdrawn = Withdrawn.by(read_tombstones(processed))
        with opened as pool:
            report = clean_files(raw, ledger, setup.key, pool, reporter)
            state.sync()
            parts = revise_parts(living_parts(state, ledger), recipe, state.work, pool, reporter)
            state.sync()
        reporter.stage("comparing")
        decisions = decide(parts, recipe, state.work, withdrawn)
        reporter.stage("releasing")
        release(parts, decisions, processed, recipe, report, version=version, compact=compact)
        scrub_parts(state.parts, withdrawn)
        ledger.remove_dead(state.parts)
    return report
