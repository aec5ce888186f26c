"""The cleaning stage of a run: the driver's loop between ledger, pool and progress."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from cleaner.engine.folder import State
from cleaner.engine.ledger import Ledger
from cleaner.engine.local import Pool, Tick
from cleaner.engine.messages import Committed, Setup
from cleaner.engine.parts import Parts
from cleaner.engine.plan import cleaning_key, look, make_tasks
from cleaner.errors import InputError
from cleaner.recipe import Recipe
from cleaner.report.summary import OnProgress, Progress, RunReport

_SHOW_EVERY = 0.1  # seconds
_SAVE_EVERY = 1.0  # seconds of work that the ledger may have to learn again from the parts after a kill


@dataclass(slots=True)
class Reporter:
    """Hands progress on, not more often than anybody can read. Counts are of this run, not of earlier ones."""

    on_progress: OnProgress | None
    now: Progress = field(default_factory=lambda: Progress("reading"))
    shown: float = 0.0

    def stage(self, name: str) -> None:
        """Enter a stage."""
        self.now = replace(self.now, stage=name)
        self._show()

    def update(self, progress: Progress) -> None:
        """Tell how far the stage is."""
        self.now = progress
        if time.monotonic() - self.shown >= _SHOW_EVERY:
            self._show()

    def _show(self) -> None:
        self.shown = time.monotonic()
        if self.on_progress:
            self.on_progress(self.now)


def clean_files(raw: Path, state: State, ledger: Ledger, recipe: Recipe, workers: int, reporter: Reporter) -> RunReport:
    """Bring the part files in line with the input: read what is new or changed, clean what is new in that.

    Returns the report of the run so far: sources, lines_read, skipped, cleaned, reused. InputError when the input holds
    no source at all. What is done when it is interrupted stays done.
    """
    reporter.stage("reading")
    skipped: Counter[str] = Counter()
    ledger.set_inputs(look(raw, skipped))
    key = cleaning_key(recipe)
    files, size = ledger.list_pending(key)

    reporter.stage("cleaning")
    now = Progress("cleaning", files_total=files, bytes_total=size)
    cleaned = documents = rejects = 0
    saved = time.monotonic()
    setup = Setup(recipe, key, state.parts, os.getpid())
    tasks = make_tasks(ledger, key, files)
    with Pool(workers, setup, recipe.limits, state.work) as pool, closing(pool.run(tasks)) as told:
        try:
            for message in told:
                if isinstance(message, Tick):
                    counts = documents + message.documents, rejects + message.rejects
                    now = replace(now, documents=counts[0], rejects=counts[1])
                elif isinstance(message, Committed):
                    ledger.add_pieces(message.pieces)
                    bad = sum(piece.rejects for piece in message.pieces)
                    rejects += bad
                    documents += sum(piece.sources for piece in message.pieces) - bad
                    cleaned += message.cleaned
                else:
                    ledger.add_file(message, key)
                    now = replace(now, files=now.files + 1, bytes=now.bytes + message.size)
                reporter.update(now)
                if time.monotonic() - saved >= _SAVE_EVERY:
                    ledger.save()
                    saved = time.monotonic()
        finally:
            ledger.save()
    reporter.update(replace(now, documents=documents, rejects=rejects))

    sources, lines, skipped_inside = ledger.totals()
    skipped.update(skipped_inside)
    if not sources:
        met = ", ".join(f"{count} {what}" for what, count in sorted(skipped.items()))
        raise InputError(
            f"There is nothing to clean in {raw}" + (f" (met: {met})" if met else "") + ". Nothing was written. "
            "It should hold pages as text, HTML, JSON Lines, CSV, Parquet, WARC, or archives of these."
        )
    return RunReport(
        str(raw), "", sources=sources, lines_read=lines, skipped=dict(sorted(skipped.items())),
        cleaned=cleaned, reused=sources - cleaned,
    )  # fmt: skip


def living_parts(state: State, ledger: Ledger) -> Parts:
    """All rows that are alive, for the stages that follow."""
    parts = Parts(state.parts, state.work / "live.parquet")
    ledger.write_live(parts)
    return parts
