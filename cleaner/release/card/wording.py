"""Small words for the card and the change log: numbers, plurals, tables, names that may hold anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

MOST = 20
"""Longest list that a reader is shown; the rest is summed up."""

_LINE_ENDS = re.compile(r"\s+")


def number(count: int) -> str:
    """1234567 as "1,234,567"."""
    return f"{count:,}"


def several(count: int, one: str, more: str | None = None) -> str:
    """ "1 document", "2 documents"."""
    return f"{number(count)} {one if count == 1 else more or one + 's'}"


def share(part: int, whole: int) -> str:
    """A part as a percentage that never claims all or nothing falsely: "0.4%", "under 0.1%", "100%"."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "under 0.1%"
    if percent > 99.9 and part < whole:
        return "over 99.9%"
    return f"{percent:.1f}".removesuffix(".0") + "%"


def size(count: int) -> str:
    """A number of bytes: "71.3 kB", "1,234.5 MB"."""
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{count / 1e3:,.1f} kB"


def code(name: str) -> str:
    """A name from the data as Markdown code that breaks neither out of its quotes nor out of its table."""
    name = _LINE_ENDS.sub(" ", name).replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", name)), default=0))
    pad = " " if "`" in name else ""
    return f"{ticks}{pad}{name}{pad}{ticks}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A Markdown table; `right` are the positions of the columns of numbers."""
    rule = ["---:" if place in right else "---" for place in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def counted(head: Sequence[str], counts: Mapping[str, int], whole: int, empty: str = "(none)") -> str:
    """A table of name, count and share, the most frequent first, cut after MOST names."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [(code(name or empty), number(count), share(count, whole)) for name, count in ranked[:MOST]]
    if rest := ranked[MOST:]:
        left = sum(count for _, count in rest)
        rows.append((f"{len(rest):,} more", number(left), share(left, whole)))
    return table([*head, "share"], rows, right=(1, 2))
