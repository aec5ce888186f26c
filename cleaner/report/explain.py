"""A page with each line's verdict: what stays in the text, what was taken out, and why.

Kept lines are there to be read, at full width; the others take one row each. On the right of a line stand its role,
its reason and its score. A sign tells the verdict where there is no colour.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cleaner.records import Line
from cleaner.report.console import (
    BAD,
    DIM,
    GOOD,
    NOTE,
    VERDICTS,
    Glyphs,
    counted,
    flow,
    glyphs_for,
    printable,
    ranked,
    shorten,
)

SIGNS = {"keep": "+", "drop": "-", "metadata": "m"}
STYLES = {"keep": "", "drop": DIM, "metadata": NOTE}
SIGN_STYLES = {"keep": GOOD, "drop": BAD, "metadata": NOTE}

MOST_CHARACTERS = 20_000
"""Characters shown of one kept line; the text itself is what `cleaner clean` prints."""
MOST_ADDRESS = 500
ENOUGH = 36
"""Columns that a cut line keeps at least, before its evidence goes to a row of its own."""
ALIGNED_FROM = 100
"""Columns of screen from which role and reason stand in columns of their own."""


def explain(
    fields: Mapping[str, Any], lines: Sequence[Line], console: Console, only: str | None = None, full: bool = False
) -> Iterator[Text]:
    """The rows that explain one document on `console`: its head, its lines, and what the signs mean.

    `fields` are the document's columns by name (see docs/dataset.md). `only` names the one verdict whose lines are
    shown; `full` wraps lines that are not kept, instead of cutting them to one row.
    """
    glyphs = glyphs_for(console)
    yield from head(fields, lines, console.width, glyphs)
    yield Text()
    digits = len(str(len(lines)))
    for number, line in enumerate(lines, 1):
        if only is None or line.verdict == only:
            yield from _line(number, digits, line, console, glyphs, full or line.verdict == "keep")
    yield Text()
    yield from legend(lines, console.width, glyphs)


def head(fields: Mapping[str, Any], lines: Sequence[Line], width: int, glyphs: Glyphs) -> Iterator[Text]:
    """What is known of the page: title, authors, dates, language, where it comes from, and counts."""
    title = fields.get("title")
    if title:
        yield Text(shorten(str(title), width, glyphs), "bold")
    else:
        yield Text("(no title found)", DIM)
    quality = fields.get("quality") or {}
    language = str(fields.get("language") or "und")
    if fields.get("language_score") is not None:
        language += f" ({fields['language_score']:.2f})"
    dates = [str(fields["published"])] if fields.get("published") else []
    if fields.get("modified"):
        dates.append(f"{fields['modified']} (modified)")
    source = [str(fields[name]) for name in ("source_path", "media_type") if fields.get(name)]
    if quality.get("encoding"):
        source.append(str(quality["encoding"]))
    verdicts = Counter[str](line.verdict for line in lines)
    counts = [counted(fields.get("words") or 0, "word"), counted(fields.get("characters") or 0, "character")]
    by_verdict = ", ".join(f"{verdicts[v]:,} {word}" for v, (word, _) in VERDICTS.items())
    counts.append(f"{counted(len(lines), 'line')}: {by_verdict}")
    notes = [str(flag) for flag in quality.get("flags") or ()]
    fixes = [f"{fix['name']} {fix['count']}" for fix in quality.get("fixes") or ()]
    for name, items in (
        ("subtitle", [fields.get("subtitle")]),
        ("by", [author["name"] for author in fields.get("authors") or ()]),
        ("date", dates),
        ("publisher", [fields.get("publisher")]),
        ("language", [language]),
        ("url", [fields.get("url")]),
        ("source", source),
        ("id", [fields.get("id")]),
        ("text", counts),
        ("flags", notes),
        ("fixes", fixes),
    ):
        room = MOST_ADDRESS if name == "url" else max(width - 13, 20)  # an address is there to be copied
        said = [shorten(str(item), room, glyphs) for item in items if item]
        if said:
            yield Text.assemble((f"  {name:<9}  ", DIM), flow(said, 13, width, glyphs))


def legend(lines: Sequence[Line], width: int, glyphs: Glyphs) -> Iterator[Text]:
    """Totals by verdict and role, and what the signs mean."""
    totals = {v: Counter(line.role for line in lines if line.verdict == v) for v in VERDICTS}
    digits = max(len(f"{sum(roles.values()):,}") for roles in totals.values())
    for verdict, roles in totals.items():
        count = sum(roles.values())
        row = Text(f"{SIGNS[verdict]} ", SIGN_STYLES[verdict])
        row.append(f"{VERDICTS[verdict][0]:<8} {count:>{digits},}", "none")
        if roles:
            indent = row.cell_len + 2
            items = [f"{role} {n:,}" for role, n in ranked(roles)]
            row.append("  ").append(flow(items, indent, width, glyphs), DIM)
        yield row
    said = ["at the right: role, reason, and score (1: keep, 0: drop)", "`cleaner roles` says what they mean"]
    yield Text(flow(said, 0, width, glyphs), DIM)


def _line(number: int, digits: int, line: Line, console: Console, glyphs: Glyphs, whole: bool) -> Iterator[Text]:
    """The rows of one line: its text, and its label at the right of the last row if there is room, else below."""
    gutter = digits + 3
    room = max(console.width - gutter, 20)
    label, evidence = _label(line, console.width), _evidence(line, room, glyphs)
    if whole:
        rows = _wrapped(line, room, console)
    else:
        beside = room - label.cell_len - 2
        if evidence and beside - evidence.cell_len - 2 >= ENOUGH:
            beside -= evidence.cell_len + 2
        rows = [_marked(Text(shorten(line.text, beside, glyphs), STYLES[line.verdict]), line)]
    if evidence and rows[-1].cell_len + evidence.cell_len + label.cell_len + 4 <= room:
        label = evidence.append("  ").append_text(label)
        evidence = None
    if rows[-1].cell_len + 2 + label.cell_len <= room:
        rows[-1].append(" " * (room - rows[-1].cell_len - label.cell_len)).append_text(label)
    else:
        rows.append(Text(" " * max(room - label.cell_len, 0)).append_text(label))
    if evidence:
        rows.append(Text(" " * max(room - evidence.cell_len, 0)).append_text(evidence))
    for index, row in enumerate(rows):
        if index == 0:
            sign = (f" {SIGNS[line.verdict]} ", SIGN_STYLES[line.verdict])
            yield Text.assemble((f"{number:>{digits}}", DIM), sign, row)
        else:
            yield Text(" " * gutter).append_text(row)


def _label(line: Line, width: int) -> Text:
    """Role, reason and score; in columns where the screen is wide."""
    style = NOTE if line.verdict == "metadata" else DIM
    if width >= ALIGNED_FROM:
        return Text(f"{line.role:<13}  {line.reason:<17}  {line.score:.2f}", style)
    return Text(f"{line.role} {line.reason} {line.score:.2f}", style)


def _wrapped(line: Line, width: int, console: Console) -> list[Text]:
    shown = Text(printable(line.text[:MOST_CHARACTERS]), STYLES[line.verdict])
    rows = list(_marked(shown, line).wrap(console, width))
    for row in rows:
        row.rstrip()
    if len(line.text) > MOST_CHARACTERS:
        rows.append(Text(f"[{len(line.text) - MOST_CHARACTERS:,} more characters]", DIM))
    return rows or [Text()]


def _marked(shown: Text, line: Line) -> Text:
    """The text with its evidence underlined, where it stands in it."""
    if line.evidence:
        found = re.search(re.escape(line.evidence), shown.plain, re.IGNORECASE)
        if found and found.end() - found.start() < len(shown.plain):
            shown.stylize("underline", *found.span())
    return shown


def _evidence(line: Line, width: int, glyphs: Glyphs) -> Text | None:
    """The evidence in quotation marks, unless it says no more than the line itself."""
    if not line.evidence or line.evidence.strip().casefold() == line.text.strip().casefold():
        return None
    opening, closing = glyphs.quotes
    return Text(f"{opening}{shorten(line.evidence, width - 2, glyphs)}{closing}", DIM)
