"""The day a flattened page was published: the dates near its headline, weighed as that day or as another."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from cleaner.describe.bylines import Label, of_thread
from cleaner.describe.dated import is_plausible
from cleaner.describe.dates import Date
from cleaner.describe.header import MAX_LINES, phrase_pattern, phrase_set
from cleaner.describe.header_lines import HeaderLine, is_caption
from cleaner.describe.ranking import chances
from cleaner.describe.reading import Reading
from cleaner.describe.view import PageView

MIN_CONFIDENCE = 0.45
SURE = 0.9
"""Chance of a day that is labelled as the one on which a thread began."""
_ABOVE, _BELOW = 12, 60
_LONGEST = 160
_MOST = 40
"""Of so many dates at most the likeliest is looked for."""
_STARTER = 8
"""So far above the day of a thread, in lines, stands who started it."""
_LABEL = 40
"""So long, in characters, is a line at most, or its beginning, that says what day another one tells."""
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_HEADERS = frozenset({"dateline", "byline", "post_metadata"})
"""The roles of lines that can tell the day of publication wherever they stand."""
_ELSEWHERE = frozenset({"comment", "related", "trending", "caption", "photo_credit", "footer"})


class DatedLine(NamedTuple):
    """A line with a date: its index, the date, what label it has, its place among the line's dates, the line, whether
    it stands near the headline, and whether it says that a thread began on that day."""

    line: int
    date: Date
    label: Label
    place: int
    told: HeaderLine
    near: bool = True
    thread: bool = False


def find_dated_lines(page: PageView, reading: Reading) -> list[DatedLine]:
    """The dates that could be the day of publication: those near the headline, and a lone one elsewhere."""
    zone = reading.zone(_ABOVE, _BELOW)
    near = [one for i in zone for one in _dates_of(page, reading, i, True)]
    headers = [i for i, role in enumerate(page.roles[:MAX_LINES]) if role in _HEADERS and i not in zone]
    far = [one for i in headers for one in _dates_of(page, reading, i, False) if not _says_other_day(page.lines, one)]
    said = [one for one in far if one.told.label or _says_published(page.lines, one)]
    above = [one for one in far if one.line < reading.header.body]
    for some in (above, [one for one in said if one.line < reading.header.body], said):
        if len({one.date.day for one in some}) == 1:
            return [*near[:_MOST], *some[:_MOST]]
    return near[:_MOST]


def _dates_of(page: PageView, reading: Reading, i: int, near: bool) -> list[DatedLine]:
    """The days that a line tells."""
    line = page.lines[i]
    if len(line) > _LONGEST or not _DIGIT.search(line) or reading.is_title(i):
        return []
    told = reading.line(i)
    if not told.dates or told.left > 90 or is_caption(line):
        return []
    found = []
    for place, (label, date) in enumerate(told.dates):
        known = of_thread(label, _above(page, i)) if label == "other" else label
        if known != "other" and date.precision in ("day", "second") and is_plausible(page, date.text):
            found.append(DatedLine(i, date, known, place, told, near, known != label))
    return found


def _above(page: PageView, i: int) -> str:
    """How the lines above line i begin, among them the one that tells who started a thread."""
    return "\n".join(line[:_LABEL] for line in page.lines[max(0, i - _STARTER) : i])


def date_features(page: PageView, reading: Reading, all_dated: list[DatedLine], own: DatedLine) -> dict[str, float]:
    """What is weighed of a dated line, by name."""
    i, date, label, place, told, near, _ = own
    lines, header = page.lines, reading.header
    away = i - reading.anchor
    between = sum(
        header.prose[k] for k in range(min(i, reading.anchor) + 1, max(i, reading.anchor)) if k < len(header.prose)
    )
    above = reading.line(i - 1) if i else HeaderLine()
    below = reading.line(i + 1) if i + 1 < len(lines) else HeaderLine()
    others = [d for d in all_dated if d.date.day != date.day and (d.near or not near)]
    elsewhere = [d.date.day for d in all_dated if d.date.day != date.day and d.label != "modified"]
    changed = [d.date.day for d in all_dated if d.label == "modified"]
    found = {
        "bias": 1,
        "published": label == "published",
        "modified": label == "modified",
        "whole": told.left == 0 and not told.names,
        "names_inside": bool(told.names),
        "label_inside": told.label,
        "left": math.log1p(told.left),
        "place": min(place, 2),
        "reading_inside": told.reading,
        "timed": told.timed,
        "line_above_title": away < 0,
        "just_above": away == -1,
        "far_above": away < -3,
        "next": away == 1,
        "second": away == 2,
        "below_3_5": 3 <= away <= 5,
        "below_6_12": 6 <= away <= 12,
        "below_12": away > 12,
        "prose_between": min(between, 3),
        "names_beside": bool(above.names or below.names),
        "label_beside": above.label or below.label,
        "reading_beside": above.reading or below.reading,
        "dates_beside": bool(above.dates or below.dates),
        "prose_below": i + 1 < len(header.prose) and header.prose[i + 1],
        "headlike_above": _is_headlike(reading, lines, i - 1),
        "headlike_below": _is_headlike(reading, lines, i + 1),
        "before_change": any(date.day < day for day in changed),
        "after_change": any(date.day > day for day in changed),
        "is_change": date.day in changed and label != "modified",
        "first": not any(d.line < i and (d.near or not near) for d in all_dated),
        "earliest": bool(elsewhere) and date.day < min(elsewhere),
        "latest": bool(elsewhere) and date.day > max(elsewhere),
        "only": not others,
        "others": min(len({d.date.day for d in others}), 5),
        "closer": any(abs(d.line - reading.anchor) < abs(away) for d in others),
        "said_again": any(d.line != i and d.date.day == date.day for d in all_dated),
        "published_elsewhere": label != "published" and any(d.label == "published" for d in others),
        "no_title": reading.title_chance < 0.3,
        "title_chance": reading.title_chance,
        "unlikely_role": page.role(i) in _ELSEWHERE,
        "dropped": page.verdict(i) == "drop",
        "bullet": not lines[i][0].isalnum(),
        "prose": i < len(header.prose) and header.prose[i],
        # away from the headline
        "far": not near,
        "far_over_body": not near and i < header.body,
        "far_labelled": not near and label == "published" and _says_published(lines, own),
        "far_only": not near and not others,
        "weekday_above": away < -2 and not label and _has_weekday(lines[i]),
        "other_day": _says_other_day(lines, own),
        # two days side by side
        "earlier_beside": any(d.date.day > date.day and abs(d.line - i) <= 1 for d in others),
        "later_beside": any(d.date.day < date.day and abs(d.line - i) <= 1 for d in others),
        "bars": any(mark in lines[i] for mark in "|·•"),
    }
    return {key: float(value) for key, value in found.items() if value}


def _is_headlike(reading: Reading, lines: list[str], i: int) -> bool:
    """Whether line i is as long as headlines are and is not the page's own."""
    return (
        0 <= i < len(lines)
        and 20 <= len(lines[i]) <= 160
        and lines[i].count(" ") >= 3
        and not reading.is_title(i)
        and not (i < len(reading.header.prose) and reading.header.prose[i])
        and not reading.line(i).dates
        and not reading.line(i).names
    )


class Told(NamedTuple):
    """What a page's header says of its dates: the day of publication with how sure that is, the day of change, and
    the other dates near the headline."""

    published: DatedLine | None
    confidence: float
    modified: DatedLine | None
    others: list[DatedLine]


def find_published(page: PageView, reading: Reading) -> Told:
    """The dates of publication and change that the lines near the headline tell."""
    found = find_dated_lines(page, reading)
    sure = chances("published", [date_features(page, reading, found, one) for one in found])
    sure = [SURE if one.thread else p for p, one in zip(sure, found, strict=True)]
    best = max(range(len(found)), key=lambda k: (sure[k], -k), default=None)
    published: DatedLine | None = None
    confidence = 0.0
    if best is not None:
        same_day = (p for p, one in zip(sure, found, strict=True) if one.date.day == found[best].date.day)
        confidence = min(math.fsum(same_day), 1.0)
        published = found[best] if confidence >= MIN_CONFIDENCE and found[best].label != "modified" else None
    changed = sorted((one for one in found if one.label == "modified"), key=lambda one: abs(one.line - reading.anchor))
    modified = next((one for one in changed if not published or one.date.day >= published.date.day), None)
    if published is None:
        published, confidence = _vague_date(page, reading), 0.5
    return Told(published, confidence, modified, found)


def _says_published(lines: list[str], own: DatedLine) -> bool:
    """Whether the words before a date, in its line or the one above, say that it is the day of publication."""
    before = lines[own.line][: own.date.start]
    above = lines[own.line - 1][:_LABEL] if own.line else ""
    return _date_said().search(before if _LETTER.search(before) else above) is not None


def _says_other_day(lines: list[str], own: DatedLine) -> bool:
    """Whether the words before a date say that something else falls on that day ("Release date:", "as of")."""
    before = lines[own.line][: own.date.start]
    above = lines[own.line - 1][-_LABEL:] if own.line else ""
    return phrase_pattern("other_day").search(before if _LETTER.search(before) else above) is not None


def _has_weekday(line: str) -> bool:
    words = line.casefold().replace(",", " ").split()
    return any(len(word) > 4 and word in phrase_set("date_filler") for word in words)


@lru_cache(maxsize=1)
def _date_said() -> re.Pattern[str]:
    """A label that says of any day that it is the one of publication, at the end of the words before that day."""
    labels = sorted(phrase_set("date_label") - phrase_set("date_label_loose"), key=lambda p: (-len(p), p))
    said = "|".join(re.escape(label) for label in labels)
    return re.compile(rf"(?<!\w)(?:{said})[\W_]{{0,4}}(?:the\s|den\s)?$", re.IGNORECASE)


def _vague_date(page: PageView, reading: Reading) -> DatedLine | None:
    """A month or a year beside the headline, on a line of its own or with a label."""
    for i in sorted(reading.zone(3, 6), key=lambda i: (abs(i - reading.anchor), i)):
        line = page.lines[i]
        prose = i < len(reading.header.prose) and reading.header.prose[i]
        if len(line) > 60 or prose or reading.is_title(i) or not _DIGIT.search(line):
            continue
        told = reading.line(i)
        for place, (label, date) in enumerate(told.dates):
            if told.left > 4 or label in ("modified", "other") or date.precision not in ("year", "month"):
                continue
            bare_year = label != "published" and date.precision == "year" and len(line) <= 6
            if not bare_year and is_plausible(page, date.text) and not is_caption(line):
                return DatedLine(i, date, label, place, told)
    return None
