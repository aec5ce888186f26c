"""The live display: rate and time left over a sliding window, what fits on a line, and plain lines in a log."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from rich.console import Console

from cleaner.report.console import DRAWN, PLAIN
from cleaner.report.progress import WINDOW, Pace, progress_line, shown
from cleaner.report.summary import Progress


def paced(*events: tuple[float, Progress]) -> Pace:
    pace = Pace()
    for now, progress in events:
        pace.add(now, progress)
    return pace


def at(files: int, documents: int = 0, stage: str = "cleaning") -> Progress:
    return Progress(stage, files=files, files_total=100, documents=documents)


def test_time_left_by_files() -> None:
    assert paced((0.0, at(0)), (10.0, at(20))).left(10.0) == pytest.approx(40.0)


def test_time_left_by_bytes_where_known() -> None:
    first, last = Progress("cleaning", 0, 100, 0, 1000), Progress("cleaning", 90, 100, 500, 1000)
    assert paced((0.0, first), (5.0, last)).left(5.0) == pytest.approx(5.0)


def test_time_left_is_unknown_at_first_and_without_totals() -> None:
    assert paced((0.0, at(0))).left(0.1) is None
    assert paced((0.0, Progress("reading", 1)), (9.0, Progress("reading", 9))).left(9.0) is None


def test_the_rate_forgets_what_is_long_past() -> None:
    slow = [(float(t), at(0, t)) for t in range(100)]
    fast = [(100.0 + t, at(0, 100 + 50 * t)) for t in range(int(WINDOW) + 5)]
    rate = paced(*slow, *fast).per_second(lambda p: p.documents, fast[-1][0])
    assert rate == pytest.approx(50.0)


def test_a_stall_lowers_the_rate() -> None:
    pace = paced((0.0, at(0, 0)), (10.0, at(10, 100)))
    rates = [pace.per_second(lambda p: p.documents, now) or 0.0 for now in (10.0, 15.0, 30.0)]
    assert all(a > b > 0 for a, b in pairwise(rates))


def test_a_new_stage_starts_afresh() -> None:
    pace = paced((0.0, at(0)), (10.0, at(90)), (11.0, at(5, stage="releasing")))
    assert pace.left(11.0) is None


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("glyphs", [DRAWN, PLAIN])
def test_the_line_fits(width: int, glyphs: object) -> None:
    progress = Progress("cleaning", 1_204_000, 1_900_000, 10**9, 2 * 10**9, 8_030_000, 12_003)
    pace = paced((0.0, Progress("cleaning", 0, 1_900_000, 0, 2 * 10**9)), (4_000.0, progress))
    line = progress_line(progress, pace, 4_000.0, width, glyphs)  # type: ignore[arg-type]
    rows = line.plain.splitlines()
    assert max(map(len, rows)) < width
    assert len(rows) <= (1 if width >= 140 else 2 if width >= 80 else 3)
    assert rows[0].startswith("cleaning")
    for fact in ("50%", "1,204,000/1,900,000 files", "8,030,000 documents", "1 h 06 min left", "12,003 rejects",
                 "2,008 documents/s"):  # fmt: skip
        assert fact in line.plain


def test_without_a_terminal_plain_lines_now_and_then() -> None:
    out, now = io.StringIO(), 0.0
    with shown(Console(file=out, width=80), clock=lambda: now) as on_progress:
        on_progress(Progress("reading"))
        for number in range(100):
            now = 1.0 + number
            on_progress(at(number, 2 * number))
        on_progress(Progress("releasing", 100, 100, documents=200))
        on_progress(Progress("done"))
    rows = out.getvalue().splitlines()
    assert rows[0] == "reading"
    assert rows[1].startswith("cleaning: 0/100 files")
    assert rows[-1] == "releasing: 200 documents"
    assert len(rows) == 6
    assert "30/100 files, 60 documents" in rows[2]


def test_on_a_terminal_one_line_that_is_gone_at_the_end() -> None:
    out = io.StringIO()
    with shown(Console(file=out, width=80, force_terminal=True, _environ={"TERM": "xterm"})) as on_progress:
        on_progress(at(50, 100))
    text = out.getvalue()
    assert "\x1b[?25l" in text  # cursor hidden ...
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # ... and shown again
    assert "50%" in text
