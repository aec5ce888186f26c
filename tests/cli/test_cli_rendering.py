"""What the commands show, held against files in `cases/`, on consoles of several widths.

After a wanted change, write them anew and look at the difference:

    RENEW_CASES=1 pytest tests/cli/test_cli_rendering.py; git diff tests/cli/cases
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import cli_samples as samples
import pytest
from rich.cells import cell_len
from rich.console import Console

from cleaner.records import Line
from cleaner.report.console import DRAWN, PLAIN, bar, flow, seconds_text, shorten, summary
from cleaner.report.explain import explain
from cleaner.report.tables import roles_tables

CASES = Path(__file__).parent / "cases"


class AsciiIO(io.StringIO):
    """Where only ASCII can be written."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "ascii"


def shown_at(width: int, draw: Callable[[Console], None], file: io.StringIO | None = None, **options: object) -> str:
    out = file or io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, **options)  # type: ignore[arg-type]
    draw(console)
    return out.getvalue()


def draw_full_summary(console: Console) -> None:
    glyphs = PLAIN if console.encoding == "ascii" else DRAWN
    console.print(summary(samples.full_report(), samples.CAUSES, console.width, glyphs), soft_wrap=True)


def draw_small_summary(console: Console) -> None:
    console.print(summary(samples.small_report(), samples.CAUSES, console.width), soft_wrap=True)


def draw_page(console: Console) -> None:
    for row in explain(samples.page_fields(), samples.page_lines(), console):
        console.print(row, soft_wrap=True)


def draw_roles(console: Console) -> None:
    for part in roles_tables():
        console.print(part)


def hold_against(case: str, text: str) -> None:
    path = CASES / case
    text = "".join(row.rstrip() + "\n" for row in text.splitlines())
    if os.environ.get("RENEW_CASES"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize(("name", "draw"), [("summary", draw_full_summary), ("explain", draw_page)])
def test_looks_as_recorded(name: str, draw: Callable[[Console], None], width: int) -> None:
    text = shown_at(width, draw)
    assert max(cell_len(row) for row in text.splitlines()) <= width
    assert "\x1b" not in text
    hold_against(f"{name}-{width}.txt", text)


def test_an_unchanged_run_says_so() -> None:
    hold_against("summary-unchanged-80.txt", shown_at(80, draw_small_summary))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_roles_fit_the_screen(width: int) -> None:
    text = shown_at(width, draw_roles)
    assert max(cell_len(row) for row in text.splitlines()) <= width
    for word in ("navigation", "cookie_notice", "cue_back_to_top", "guard_prose"):
        assert word in text


@pytest.mark.parametrize("draw", [draw_full_summary, draw_small_summary, draw_page, draw_roles])
@pytest.mark.parametrize("width", [20, 40, 59])
def test_a_narrow_screen_is_no_failure(draw: Callable[[Console], None], width: int) -> None:
    assert shown_at(width, draw)


def test_only_plain_signs_where_the_encoding_is_not_utf8() -> None:
    text = shown_at(80, draw_full_summary, AsciiIO())
    assert text.isascii()
    hold_against("summary-ascii-80.txt", text)
    page = shown_at(80, draw_page, AsciiIO())
    own = "".join(line.text for line in samples.page_lines())
    assert not {sign for sign in page if not sign.isascii()} - set(own)


def test_colour_tells_verdicts_apart() -> None:
    text = shown_at(80, draw_page, force_terminal=True, color_system="standard")
    rows = [row for row in text.splitlines() if "skip_link cue_skip_link" in row or "City Desk  " in row]
    assert "\x1b[31m - " in rows[0]
    assert "\x1b[36m m " in rows[1]


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for draw in (draw_full_summary, draw_page):
        text = shown_at(80, draw, force_terminal=True, color_system="standard")
        assert not any(f"\x1b[{code}" in text for code in ("31m", "32m", "36m", "2;3"))


def test_a_page_cannot_steer_the_terminal() -> None:
    fields = {**samples.page_fields(), "title": "A\x1b]0;title\x07\r\nB", "source_path": "a\x9b2Jb"}
    lines = [Line("x\x1b[2Jy\u2028z", "body", "keep", "model", 0.5, 0, 4, "\x1b[1m")]
    out = io.StringIO()
    console = Console(file=out, width=80, highlight=False, markup=False)
    for row in explain(fields, lines, console):
        console.print(row, soft_wrap=True)
    assert not {sign for sign in out.getvalue() if ord(sign) < 32 or 127 <= ord(sign) < 160} - {"\n"}


def test_only_one_verdict_and_whole_lines() -> None:
    def draw(console: Console) -> None:
        for row in explain(samples.page_fields(), samples.page_lines(), console, only="drop", full=True):
            console.print(row, soft_wrap=True)

    text = shown_at(80, draw)
    body = text.split("\n\n")[1]
    assert {row.split()[1] for row in body.splitlines() if row[:2].strip()} == {"-"}
    assert "Contact" in body
    assert "…" not in body
    assert "+ kept     3" in text  # the totals are of all lines


def test_a_very_long_kept_line_is_cut_and_says_so() -> None:
    line = samples.line("word " * 1_000_000, "keep", "body", "model", 1.0)

    def draw(console: Console) -> None:
        for row in explain({}, [line], console):
            console.print(row, soft_wrap=True)

    text = shown_at(80, draw)
    assert len(text) < 40_000
    assert "[4,980,000 more characters]" in text


@pytest.mark.parametrize(
    ("share", "cells", "glyphs", "drawn"),
    [(0, 10, DRAWN, ""), (1, 4, DRAWN, "████"), (0.5, 4, DRAWN, "██"), (0.0001, 10, DRAWN, "▏"),
     (1.0, 4, PLAIN, "####"), (0.0001, 4, PLAIN, "#"), (7.0, 3, DRAWN, "███")],
)  # fmt: skip
def test_bar(share: float, cells: int, glyphs: object, drawn: str) -> None:
    assert bar(share, cells, glyphs) == drawn  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [("short", 10, "short"), ("a long line of text", 10, "a long li…"), ("港に架かる橋", 7, "港に架…"),
     ("two\nlines\tin one", 20, "two lines in one"), ("exactly ten", 11, "exactly ten")],
)  # fmt: skip
def test_shorten(text: str, cells: int, shown: str) -> None:
    assert shorten(text, cells, DRAWN) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"),
     (59.6, "1 min 00 s"), (200, "3 min 20 s"), (7_500, "2 h 05 min")],
)  # fmt: skip
def test_seconds_text(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_flow_never_breaks_an_item() -> None:
    items = ["alpha one", "beta two", "gamma three"]
    text = flow(items, 4, 20, DRAWN)
    assert [part.strip(" ·") for row in text.splitlines() for part in row.split("·") if part.strip()] == items
    assert all(row.startswith("    ") for row in text.splitlines()[1:])
