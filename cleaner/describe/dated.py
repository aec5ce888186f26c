"""The dates that an HTML page shows: beside its headline, and under its text where a label says what they are."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from cleaner.describe.bylines import Label, byline_names, dateline, label_of, of_thread
from cleaner.describe.dates import Date, Order, has_numbers, order_of, parse_declared
from cleaner.describe.header import MAX_LINES, phrase_pattern, phrases
from cleaner.describe.view import PageView

_OTHER_DAY = re.compile(
    r"\b(?:joined|registered|member since|release date|born|expires?|deadline|due)\b", re.IGNORECASE
)
_LABEL = 40
"""So long, in characters, is a line that says what is in the next one at most."""
_SIGNED = frozenset({"dateline", "byline"})
_SMALL_PRINT = _SIGNED | {"footer", "post_metadata", "interface", "legal"}
_ELSEWHERE = frozenset({"comment", "comment_form", "related", "trending", "caption", "photo_credit", "footer"})


class Shown(NamedTuple):
    """A date in a line, with what is said of it there; `whole` says that the line holds nothing else."""

    date: Date
    line: int
    label: Label
    whole: bool


class Dated(NamedTuple):
    """A date with where it comes from, and the line that shows it, where one does."""

    date: Date
    method: str
    confidence: float
    line: int | None = None


def shown_dates(page: PageView, zone: range, language: str | None) -> list[Shown]:
    """The dates that the lines beside a headline show."""
    shown: list[Shown] = []
    told: list[Order | None] = []
    for i in zone:
        line = page.lines[i]
        if page.role(i) in _ELSEWHERE or page.tag(i) == "h1":
            continue
        found = dateline(line, language)
        if found is None or all(len(text) < 10 for _, text in found[0]):
            found = _timed(page, line) or found
        if found and len(found[0][0][1]) == 4 and has_numbers(line):
            told = told or [order_of(text for text in page.lines[:MAX_LINES] if len(text) <= 200)]
            found = dateline(line, language, told[0]) if told[0] else found
        if not found or _OTHER_DAY.search(line) or _is_caption(line):
            continue
        above = _above(page, i)
        if _OTHER_DAY.search(above):
            continue
        for label, text in found[0]:
            if date := plausible_day(page, text):
                shown.append(Shown(date, i, of_thread(label, above) or _label(above), found[1]))
    return shown


def _is_caption(line: str) -> bool:
    """Whether a line is of a picture; photographers are named in bylines, too."""
    return any(phrase in line.casefold() for phrase in phrases("caption")) and not byline_names(line)[0]


def _above(page: PageView, i: int) -> str:
    """The short line above line i, which may say what is in it; marks between the two do not count."""
    for k in range(i - 1, max(-1, i - 3), -1):
        line = page.lines[k]
        if any(c.isalnum() for c in line):
            return line if len(line) <= _LABEL else ""
    return ""


def _timed(page: PageView, line: str) -> tuple[list[tuple[Label, str]], bool] | None:
    """What `dateline` says of a line, for one whose date is to be read off its `<time>` alone ("1 year ago")."""
    if len(line) > 160:
        return None
    for stamp, text in page.head.times:
        if stamp and len(text) >= 5 and text in line:
            return [(label_of(line[: line.index(text)]), stamp)], text == line
    return None


def date_beside(page: PageView, byline: int, language: str | None) -> Shown | None:
    """The day in the line that names the author ("by Ada Example » Tue May 3, 2021"), or alone in one beside it."""
    for i in (byline, byline + 1, byline - 1):
        found = dateline(page.lines[i], language) if 0 <= i < len(page.lines) else None
        for label, text in found[0] if found and (found[1] or i == byline) else []:
            date = plausible_day(page, text)
            if date and label in ("", "published") and not _OTHER_DAY.search(page.lines[i]):
                return Shown(date, i, label, i != byline)
    return None


def date_below(page: PageView, start: int, language: str | None) -> Shown | None:
    """The day by a line under the text ("Posted on May 3, 2021"), if it is the only one of the page."""
    return _only_day(page, range(start), "published", _SIGNED, language)


def change_elsewhere(page: PageView, zone: range, language: str | None) -> Shown | None:
    """The day of change by a line far from the headline ("Last updated: May 3, 2021"), if it is the only one."""
    return _only_day(page, zone, "modified", _SMALL_PRINT, language)


def _only_day(page: PageView, but: range, label: Label, roles: Collection[str], language: str | None) -> Shown | None:
    """The one day that lines of certain roles give under a label, some lines aside; None where there are several."""
    found: Shown | None = None
    for i, (role, line) in enumerate(zip(page.roles, page.lines, strict=False)):
        if role not in roles or i in but or (line.isascii() and "20" not in line and "19" not in line):
            continue
        for said, text in (dateline(line, language) or ([], False))[0]:
            date = plausible_day(page, text) if (said or _label(_above(page, i))) == label else None
            if date:
                if found and found.date.day != date.day:
                    return None
                found = found or Shown(date, i, label, False)
    return found


def _label(line: str) -> Label:
    """What a short line says of the date under it ("Published", "Last updated:")."""
    bare = line.strip(" :：|·•").casefold()
    if phrase_pattern("modified_label").fullmatch(bare):
        return "modified"
    return "published" if phrase_pattern("date_label").fullmatch(bare) else ""


def plausible_day(page: PageView, text: str) -> Date | None:
    """The day, or the moment of a day, that a text tells, unless it is later than the page's retrieval."""
    date = parse_declared(text)
    return date if date and date.precision in ("day", "second") and is_plausible(page, date.text) else None


def is_plausible(page: PageView, date: str) -> bool:
    """Whether a date is not later than the page's retrieval (a day's slack for time zones)."""
    seen = parse_declared(page.head.source.retrieved_at or "")
    if seen is None or len(date) < 10 or len(seen.text) < 10 or date[:10] <= seen.day:
        return True
    return date[:8] == seen.day[:8] and int(date[8:10]) - int(seen.day[8:10]) <= 1
