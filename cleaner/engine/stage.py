"""The cleaning stage of a run: the driver's loop between ledger, pool and progress."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from cleaner.engine.cluster import AnyPool
from cleaner.engine.folder import State
from cleaner.engine.ledger import Ledger
from cleaner.engine.local import Tick, Told
from cleaner.engine.messages import Committed, FileDone, Order
from cleaner.engine.parts import Parts
from cleaner.engine.plan import look, make_orders
from cleaner.errors import InputError
from cleaner.read import InputFile
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


def clean_files(raw: Path | str, ledger: Ledger, key: str, pool: AnyPool, reporter: Reporter) -> RunReport:
    """Bring the part files in line with the input: read what is new or changed, clean what is new in that.

    Returns the report of the run so far: sources, lines_read, skipped, cleaned, reused. InputError when the input holds
    no source at all. What is done when it is interrupted stays done.
    """
    reporter.stage("reading")
    skipped: Counter[str] = Counter()
    ledger.set_inputs(look(raw, skipped))
    files, size = ledger.list_pending(key)

    reporter.stage("cleaning")
    driver = _Driver(ledger, key, reporter, Progress("cleaning", files_total=files, bytes_total=size))
    driver.follow(pool.run(make_orders(ledger, key, files, pool.size)))
    driver.follow(pool.run(Order([(file, ledger.pieces_of(file.path, key))]) for file in driver.disputed()))

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
        cleaned=driver.cleaned, reused=sources - driver.cleaned,
    )  # fmt: skip


class _Driver:
    """Follows the messages of a pool: notes in the ledger what is done, and tells how far it is."""

    def __init__(self, ledger: Ledger, key: str, reporter: Reporter, progress: Progress) -> None:
        self._ledger = ledger
        self._key = key
        self._reporter = reporter
        self._progress = progress
        self._documents = self._rejects = 0
        self._shares: dict[str, list[FileDone]] = {}
        self.cleaned = 0
        """Sources cleaned, rows reused not counted."""

    def follow(self, told: Generator[Told]) -> None:
        """Follow the messages to their end."""
        saved = time.monotonic()
        try:
            with closing(told):
                for message in told:
                    self._take(message)
                    self._reporter.update(self._progress)
                    if time.monotonic() - saved >= _SAVE_EVERY:
                        self._ledger.save()
                        saved = time.monotonic()
        finally:
            self._ledger.save()
        self._progress = replace(self._progress, documents=self._documents, rejects=self._rejects)
        self._reporter.update(self._progress)

    def disputed(self) -> list[InputFile]:
        """Files that were not read alike by all that had a share in them: they are to be read once more, by one."""
        paths = list(self._shares)
        self._shares.clear()
        return [self._ledger.input(path) for path in paths]

    def _take(self, message: Told) -> None:
        now = self._progress
        if isinstance(message, Tick):
            documents, rejects = self._documents + message.documents, self._rejects + message.rejects
            self._progress = replace(now, documents=documents, rejects=rejects)
        elif isinstance(message, Committed):
            self._ledger.add_pieces(message.pieces)
            rejects = sum(piece.rejects for piece in message.pieces)
            self._rejects += rejects
            self._documents += sum(piece.sources for piece in message.pieces) - rejects
            self.cleaned += message.cleaned
        elif isinstance(message, FileDone):
            whole = self._join(message)
            if whole:
                self._ledger.add_file(whole, self._key)
            size = message.size // message.shares
            self._progress = replace(now, files=now.files + bool(whole), bytes=now.bytes + size)

    def _join(self, share: FileDone) -> FileDone | None:
        """The whole file, once all its shares are done and agree on what it holds."""
        if share.shares == 1:
            return share
        shares = self._shares.setdefault(share.path, [])
        shares.append(share)
        if len(shares) < share.shares or any((s.sources, s.skipped) != (share.sources, share.skipped) for s in shares):
            return None
        del self._shares[share.path]
        parts = [part for s in shares for part in s.parts]
        return replace(share, parts=parts, passing=any(s.passing for s in shares), shares=1)


def living_parts(state: State, ledger: Ledger) -> Parts:
    """All rows that are alive, for the stages that follow."""
    parts = Parts(state.parts, state.work / "live.parquet")
    ledger.write_live(parts)
    return parts
