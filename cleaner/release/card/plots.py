"""Draws bar charts as SVG: a few kilobytes each, the same bytes for the same numbers, nothing to install or to fetch.

A chart brings its own panel along, whose colours follow what the reader's system prefers, so that it is legible on
light pages and on dark ones. Text is set in the fonts of the reader; its width is estimated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH = 760
_MARGIN = 24
_TOP = 74
_ROW = 25
_LABELS = 200
_COLUMNS_HEIGHT = 220
_LETTER = 6.9
"""Width of a letter of a label in pixels, on average."""

_STYLE = """
.panel{fill:#ffffff;stroke:#d5dae1}.title{font-size:17px;font-weight:600}.note,.value,.tick{fill:#55606e}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif;font-size:13px;
fill:#1c2430}.tick{font-size:12px}.bar{fill:#2f6fb5}.bar.quiet{fill:#8fa3b8}.bar.out{fill:#c4652a}.line{stroke:#dfe4ea}
@media (prefers-color-scheme:dark){.panel{fill:#161b22;stroke:#323a45}text{fill:#e6eaf0}.note,.value,.tick{fill:#a3aebb}
.bar{fill:#5b9be0}.bar.quiet{fill:#66788c}.bar.out{fill:#e08a4f}.line{stroke:#2b333d}}
"""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, the words behind it, and its kind ("", "quiet" or "out"), which is its colour."""

    label: str
    count: int
    value: str = ""
    kind: str = ""


def bars(title: str, note: str, rows: Sequence[Bar]) -> str:
    """A chart of horizontal bars, one below the other: for names."""
    height = _TOP + _ROW * len(rows) + _MARGIN - 8
    most = max((row.count for row in rows), default=0) or 1
    longest = max((_width(row.value) for row in rows), default=0) * _LETTER
    room = WIDTH - 2 * _MARGIN - _LABELS - 20 - longest
    drawn = []
    for number, row in enumerate(rows):
        top = _TOP + number * _ROW
        length = max(row.count / most * room, 1 if row.count else 0)
        start = _MARGIN + _LABELS + 10
        drawn += [
            _text(_MARGIN + _LABELS, top + 13, _cut(row.label, _LABELS), "label", "end"),
            _box(start, top, length, 17, row.kind),
            _text(start + length + 8, top + 13, row.value, "value"),
        ]
    return _svg(height, title, note, drawn, _told(title, rows))


def columns(title: str, note: str, rows: Sequence[Bar]) -> str:
    """A chart of upright bars, side by side: for what has an order. Labels that would not fit are left out."""
    height = _TOP + _COLUMNS_HEIGHT + 44
    ticks = _ticks(max((row.count for row in rows), default=0))
    left = _MARGIN + 8 + _LETTER * max(len(f"{tick:,}") for tick in ticks)
    base = _TOP + _COLUMNS_HEIGHT
    step = (WIDTH - _MARGIN - left) / max(len(rows), 1)
    drawn = []
    for tick in ticks:
        y = base - tick / ticks[-1] * _COLUMNS_HEIGHT
        drawn.append(f'<line class="line" x1="{_n(left)}" y1="{_n(y)}" x2="{WIDTH - _MARGIN}" y2="{_n(y)}"/>')
        drawn.append(_text(left - 8, y + 4, f"{tick:,}", "tick", "end"))
    every = _label_step(rows, step)
    for number, row in enumerate(rows):
        length = max(row.count / ticks[-1] * _COLUMNS_HEIGHT, 1 if row.count else 0)
        width = min(max(step * 0.8, 1), 60)
        middle = left + (number + 0.5) * step
        drawn.append(_box(middle - width / 2, base - length, width, length, row.kind))
        if number % every == 0:
            drawn.append(_text(middle, base + 20, row.label, "tick", "middle"))
    return _svg(height, title, note, drawn, _told(title, rows))


def _label_step(rows: Sequence[Bar], step: float) -> int:
    """Every how many-th label fits: 1, 2, 5, 10, 20..."""
    widest = (max((_width(row.label) for row in rows), default=1) + 2) * _LETTER
    steps = (scale * unit for unit in (1, 10, 100, 1000) for scale in (1, 2, 5))
    return next((every for every in steps if every * step >= widest), len(rows) or 1)


def _ticks(most: int) -> list[int]:
    """Round numbers from 0 to at least `most`, three to six of them."""
    units = (scale * 10**power for power in range(19) for scale in (1, 2, 5))
    unit = next(unit for unit in units if unit * 5 >= most)
    return [unit * number for number in range(max(-(-most // unit), 1) + 1)]


def _svg(height: float, title: str, note: str, drawn: Iterable[str], told: str) -> str:
    """The file: its title and words for those who do not see it, the panel, and what is drawn on it."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{_n(height)}" '
        f'viewBox="0 0 {WIDTH} {_n(height)}">',
        f"<title>{_safe(title)}</title>",
        f"<desc>{_safe(told)}</desc>",
        f"<style>{_STYLE.strip()}</style>",
        f'<rect class="panel" x="0.5" y="0.5" width="{WIDTH - 1}" height="{_n(height - 1)}" rx="8"/>',
        _text(_MARGIN, 34, title, "title"),
        _text(_MARGIN, 55, note, "note"),
        *drawn,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _told(title: str, rows: Sequence[Bar]) -> str:
    """The chart in words."""
    return f"{title}. " + "; ".join(f"{row.label}: {row.value or format(row.count, ',')}" for row in rows[:60])


def _box(x: float, y: float, width: float, height: float, kind: str) -> str:
    name = f"bar {kind}".strip()
    return f'<rect class="{name}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"/>'


def _text(x: float, y: float, text: str, name: str, anchor: str = "") -> str:
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{name}" x="{_n(x)}" y="{_n(y)}"{where}>{_safe(text)}</text>'


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _n(number: float) -> str:
    """A coordinate with one decimal at most, so that no platform's last digit shows."""
    return f"{number:.1f}".removesuffix(".0")


def _width(text: str) -> int:
    """How many letters wide a text is; those of East Asian scripts count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str, pixels: int) -> str:
    """The text, shortened where it is wider than that."""
    text = " ".join(text.split())
    if _width(text) * _LETTER <= pixels:
        return text
    while text and (_width(text) + 1) * _LETTER > pixels:
        text = text[:-1]
    return text.rstrip() + "…"
