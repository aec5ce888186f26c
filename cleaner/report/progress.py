"""The live display of a run: on a terminal a line that is drawn anew, in a log a plain line now and then."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.live import Live
from rich.text import Text

from cleaner.report.console import BAD, DIM, GOOD, Glyphs, bar, counted, glyphs_for, rate_text, seconds_text
from cleaner.report.summary import OnProgress, Progress

WINDOW = 20.0
"""Seconds over which the rate is measured: long enough to be calm, short enough to be true."""
MEASURED = ("reading", "cleaning")
"""Stages in which files and bytes are counted; in the later ones they all lie behind."""
LOG_EVERY = 30.0
"""Seconds between two lines where there is no terminal."""


class Pace:
    """How fast a stage goes, measured over a sliding window of its progress events."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, Progress]] = deque()

    def add(self, now: float, progress: Progress) -> None:
        """Note `progress` at `now` (seconds of any steady clock); another stage starts afresh."""
        if self._seen and self._seen[-1][1].stage != progress.stage:
            self._seen.clear()
        self._seen.append((now, progress))
        while len(self._seen) > 2 and now - self._seen[1][0] >= WINDOW:
            self._seen.popleft()

    def per_second(self, count: Callable[[Progress], int], now: float) -> float | None:
        """How much `count` grew in a second; None until it can be told."""
        if not self._seen or self._seen[0][1].stage not in MEASURED or now - self._seen[0][0] < 0.5:
            return None
        (start, first), (_, last) = self._seen[0], self._seen[-1]
        return (count(last) - count(first)) / (now - start)

    def left(self, now: float) -> float | None:
        """Seconds to go in this stage, by bytes where their total is known, else by files; None if unknown."""
        if not self._seen:
            return None
        last = self._seen[-1][1]
        for total, count in ((last.bytes_total, _bytes), (last.files_total, _files)):
            if total:
                speed = self.per_second(count, now)
                return max(total - count(last), 0) / speed if speed and speed > 0 else None
        return None


def _bytes(progress: Progress) -> int:
    return progress.bytes


def _files(progress: Progress) -> int:
    return progress.files


def share_done(progress: Progress) -> float | None:
    """How much of the stage is done, 0 to 1; None where that is not known."""
    if progress.stage not in MEASURED:
        return None
    for total, done in ((progress.bytes_total, progress.bytes), (progress.files_total, progress.files)):
        if total:
            return min(done / total, 1.0)
    return None


def facts(progress: Progress, pace: Pace, now: float) -> list[str]:
    """What there is to say of this moment, the most important first."""
    said = []
    if progress.stage in MEASURED and (progress.files or progress.files_total):
        of = f"/{progress.files_total:,}" if progress.files_total else ""
        said.append(f"{progress.files:,}{of} files")
    if progress.documents:
        said.append(counted(progress.documents, "document"))
    left = pace.left(now)
    if left is not None and left >= 1:
        said.append(f"{seconds_text(left)} left")
    if progress.rejects:
        said.append(counted(progress.rejects, "reject"))
    speed = pace.per_second(lambda p: p.documents, now)
    if speed:
        said.append(f"{rate_text(speed)} documents/s")
    return said


def progress_line(progress: Progress, pace: Pace, now: float, width: int, glyphs: Glyphs) -> Text:
    """What the display shows: the stage, a bar, and the facts, on more than one row where `width` asks for it."""
    line = Text.assemble((f"{progress.stage:<10}", "bold"))
    share = share_done(progress)
    if share is not None:
        cells = 24 if width >= 140 else 12
        drawn = bar(share, cells, glyphs)
        line.append(drawn, GOOD).append(glyphs.track * (cells - len(drawn)), DIM).append(f" {share:4.0%}  ")
    parted, column = "", line.cell_len
    for fact in facts(progress, pace, now):
        if parted and column + len(parted) + len(fact) >= width:
            parted, column = "\n" + " " * 10, 9
        line.append(parted, DIM).append(fact, BAD if "reject" in fact else "")
        column += len(parted) + len(fact)
        parted = f" {glyphs.dot} "
    return line


@contextlib.contextmanager
def shown(console: Console, clock: Callable[[], float] = time.monotonic) -> Iterator[OnProgress]:
    """Show a run's progress on `console` while the block runs; gives the function that takes the events."""
    if console.is_terminal and not console.is_dumb_terminal:
        with _live(console, clock) as on_progress:
            yield on_progress
    else:
        yield _logged(console, clock)


@contextlib.contextmanager
def _live(console: Console, clock: Callable[[], float]) -> Iterator[OnProgress]:
    """Drawn anew several times a second, and gone at the end."""
    pace, glyphs = Pace(), glyphs_for(console)
    last = Progress("reading")

    def on_progress(progress: Progress) -> None:
        nonlocal last
        pace.add(clock(), progress)
        last = progress

    def draw() -> Text:
        return progress_line(last, pace, clock(), console.width, glyphs)

    # Worker processes may inherit stdout and stderr, so they are left as they are.
    with Live(console=console, get_renderable=draw, refresh_per_second=5, transient=True,
              redirect_stdout=False, redirect_stderr=False):  # fmt: skip
        yield on_progress


def _logged(console: Console, clock: Callable[[], float]) -> OnProgress:
    """A plain line when a stage begins, and one every LOG_EVERY seconds."""
    pace = Pace()
    stage, said_at = "", 0.0

    def on_progress(progress: Progress) -> None:
        nonlocal stage, said_at
        now = clock()
        pace.add(now, progress)
        if progress.stage != "done" and (progress.stage != stage or now - said_at >= LOG_EVERY):
            stage, said_at = progress.stage, now
            said = ", ".join(facts(progress, pace, now))
            with contextlib.suppress(OSError):  # a log that nobody reads any more is no reason to stop a run
                console.print(f"{stage}: {said}" if said else stage, soft_wrap=True)

    return on_progress
