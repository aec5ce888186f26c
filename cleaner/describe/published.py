"""When an HTML page was published and changed: what it declares, held against the dates that a reader sees.

Declared dates are trusted unless the page itself shows an earlier one beside its headline: systems declare the day on
which they took a page over. A date that a system only keeps of every page, articles or not, counts where the page is
signed or shows the same day.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cleaner.describe.bylines import dateline
from cleaner.describe.dates import Date, parse_declared
from cleaner.describe.facts import Facts
from cleaner.describe.header import phrase_pattern, phrases
from cleaner.describe.view import PageView

NEAR = 12
"""So far from the headline, in lines, an unlabelled date counts."""
LISTED = 3
"""So many different days beside a headline are those of a list."""
_OF_ANY_PAGE = 0.65
"""Up to this confidence a declared date is one that a system keeps of every page."""
_OTHER_DAY = re.compile(
    r"\b(?:joined|registered|member since|release date|born|expires?|deadline|due)\b", re.IGNORECASE
)
_BAR = re.compile(r"[|·•]")
_HEADERS = ("byline", "dateline", "post_metadata")
_ELSEWHERE = frozenset({"comment", "comment_form", "related", "trending", "caption", "photo_credit", "footer"})


class Shown(NamedTuple):
    """A date in a line; `label` is "published", "modified" or "", `whole` says that the line holds nothing else."""

    date: Date
    line: int
    label: str
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
    for i in zone:
        line = page.lines[i]
        if page.role(i) in _ELSEWHERE or page.tag(i) == "h1":
            continue
        found = dateline(line, language)
        if found is None or all(len(text) < 10 for _, text in found[0]):
            found = _timed(page, line) or found
        if not found or _OTHER_DAY.search(line) or any(phrase in line.casefold() for phrase in phrases("caption")):
            continue
        above = page.lines[i - 1] if i and len(page.lines[i - 1]) <= 40 else ""
        for label, text in found[0]:
            date = parse_declared(text)
            if date and date.precision in ("day", "second") and is_plausible(page, date.text):
                shown.append(Shown(date, i, label or _label(above), found[1]))
    return shown


def _timed(page: PageView, line: str) -> tuple[list[tuple[str, str]], bool] | None:
    """What `dateline` says of a line, for one whose date is to be read off its `<time>` alone ("1 year ago")."""
    if len(line) > 160:
        return None
    for stamp, text in page.head.times:
        if stamp and len(text) >= 5 and text in line:
            before = line[: line.index(text)]
            label = "modified" if phrase_pattern("modified_label").search(before) else ""
            return [(label, stamp)], text == line
    return None


def date_below(page: PageView, start: int, language: str | None) -> Shown | None:
    """The day by a line under the text ("Posted on May 3, 2021"), if it is the only one of the page."""
    found: Shown | None = None
    for i in range(start, len(page.lines)):
        if page.role(i) not in ("dateline", "byline"):
            continue
        for label, text in (dateline(page.lines[i], language) or ([], False))[0]:
            date = parse_declared(text) if label == "published" else None
            if date and date.precision in ("day", "second") and is_plausible(page, date.text):
                if found and found.date.day != date.day:
                    return None
                found = found or Shown(date, i, label, False)
    return found


def _label(line: str) -> str:
    """What a short line says of the date under it ("Published", "Last updated:")."""
    bare = line.strip(" :：|·•").casefold()
    if phrase_pattern("modified_label").fullmatch(bare):
        return "modified"
    return "published" if phrase_pattern("date_label").fullmatch(bare) else ""


def date_published(
    page: PageView, shown: list[Shown], headline: int | None, facts: Facts, address: Date | None, signed: bool
) -> Dated | None:
    """When a page was published.

    Args:
        page: An HTML page.
        shown: The dates that stand beside its headline.
        headline: The line of its headline, where it has one.
        facts: What it declares.
        address: The date in its address.
        signed: Whether it names an author.
    """
    stated = _stated(page, facts, "published")
    times = _times(page)
    visible = [s for s in shown if s.label == "published"] or [
        s
        for s in shown
        if not s.label and (s.whole or _BAR.search(page.lines[s.line]) or page.role(s.line) in _HEADERS)
    ]
    if headline is not None:
        visible = [s for s in visible if s.label or abs(s.line - headline) <= NEAR]
    elif len({s.date.day for s in visible}) > 1:
        visible = [s for s in visible if s.label]
    if stated:
        return _settle(stated, visible, times, address, _stated(page, facts, "modified"), signed)
    changed = {s.date.day for s in shown if s.label == "modified"}
    for one in visible:
        if one.label or len({s.date.day for s in visible}) < LISTED:
            exact = next((time for time in times if time.day == one.date.day), one.date)
            return Dated(exact, "html", 0.85 if address and address.day == exact.day else 0.75, one.line)
    days = [time.day for time in times]
    if address and is_plausible(page, address.text):
        return Dated(next((t for t in times if t.day == address.day), address), "url", 0.8)
    of_thread = len(days) > 2 and days == sorted(days)
    if days and days[0] not in changed and (of_thread or (signed and len(set(days)) == 1)):
        return Dated(times[0], "html", 0.6)
    return None


def _settle(
    stated: list[Dated],
    visible: list[Shown],
    times: list[Date],
    address: Date | None,
    changed: list[Dated],
    signed: bool,
) -> Dated | None:
    """The declared date that most sources agree on, or the one shown, where that is earlier."""
    seen = {s.date.day: s.line for s in reversed(visible)}
    votes = Counter(dated.date.day for dated in {(d.method, d.date.day): d for d in stated}.values())
    votes.update(seen.keys() & votes.keys())
    votes.update({time.day for time in times} & votes.keys())
    votes.update({address.day} & votes.keys() if address else ())
    best = max(stated, key=lambda d: votes[d.date.day])  # the first of those with most votes
    if abs(_days_between(best.date, stated[0].date)) == 1:
        best = stated[0]
    line = seen.get(best.date.day)
    if line is not None:
        return best._replace(confidence=min(0.99, best.confidence + 0.05), line=line)
    modified = {dated.date.day for dated in changed}
    for one in visible:
        gap = _days_between(best.date, one.date)
        if best.date.precision in ("year", "month") and one.date.text.startswith(best.date.text):
            return Dated(one.date, "html", 0.85, one.line)
        if gap == 0 or one.date.day in modified:
            continue
        if abs(gap) == 1 and _is_utc(best.date):
            local = next((t for t in _local(stated, times) if t.day == one.date.day), one.date)
            return Dated(local, "html", 0.8, one.line)
        if gap < -1 or one.label:
            return Dated(one.date, "html", 0.75, one.line)
    if best.confidence <= _OF_ANY_PAGE and not signed and best.date.day not in {time.day for time in times}:
        return None
    return best


def date_modified(page: PageView, shown: list[Shown], facts: Facts) -> Dated | None:
    """When a page was last changed: as declared, else as a line says it."""
    stated = _stated(page, facts, "modified")
    lines = {s.date.day: s.line for s in shown if s.label == "modified"}
    if stated:
        return stated[0]._replace(line=lines.get(stated[0].date.day))
    return next((Dated(s.date, "html", 0.75, s.line) for s in shown if s.label == "modified"), None)


def _stated(page: PageView, facts: Facts, field: str) -> list[Dated]:
    found = ((parse_declared(f.value), f) for f in facts.get(field, []))
    return [Dated(date, f.method, f.confidence) for date, f in found if date and is_plausible(page, date.text)]


def _times(page: PageView) -> list[Date]:
    found = (parse_declared(stamp or text) for stamp, text in page.head.times)
    return [date for date in found if date and date.precision in ("day", "second") and is_plausible(page, date.text)]


def _local(stated: Iterable[Dated], times: Iterable[Date]) -> list[Date]:
    """Dates with a time zone's offset, by which a page tells its own day."""
    return [d for d in (*(s.date for s in stated), *times) if d.offset not in (None, "+00:00")]


def _is_utc(date: Date) -> bool:
    """Whether a date's day may be another one where the page was written."""
    return date.precision == "second" and date.offset in (None, "+00:00")


def _days_between(a: Date, b: Date) -> int:
    """Days from a to b; 0 where one is less precise than a day."""
    try:
        gap = datetime.date.fromisoformat(b.day) - datetime.date.fromisoformat(a.day)
    except ValueError:
        return 0
    return gap.days


def is_plausible(page: PageView, date: str) -> bool:
    """Whether a date is not later than the page's retrieval (a day's slack for time zones)."""
    seen = parse_declared(page.head.source.retrieved_at or "")
    if seen is None or len(date) < 10 or len(seen.text) < 10 or date[:10] <= seen.day:
        return True
    return date[:8] == seen.day[:8] and int(date[8:10]) - int(seen.day[8:10]) <= 1
