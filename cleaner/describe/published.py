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

from cleaner.describe.bylines import byline_names
from cleaner.describe.dated import Dated, Shown, is_plausible, plausible_day
from cleaner.describe.dates import Date, parse_declared
from cleaner.describe.facts import Facts
from cleaner.describe.view import PageView

NEAR = 12
"""So far from the headline, in lines, an unlabelled date counts."""
LISTED = 3
"""So many different days beside a headline are those of a list."""
_OF_ANY_PAGE = 0.65
"""Up to this confidence a declared date is one that a system keeps of every page."""
_SENTENCE_END = re.compile(r"[^\W\d_]{3}[.!?…。][\"'”’»)]?$")
_HEADERS = ("byline", "dateline", "post_metadata")


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
        if not s.label and (s.whole or _is_header(page, s.line))
    ]
    if headline is not None:
        visible = [s for s in visible if s.label or abs(s.line - headline) <= NEAR]
        if len({s.date.day for s in visible}) > 1:  # those above are of teasers or of a list of versions
            visible = [s for s in visible if s.line >= headline] or visible
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
    of_thread = len(days) > 2 and days[0] == min(days)
    if days and days[0] not in changed and (of_thread or (signed and len(set(days)) == 1)):
        return Dated(times[0], "html", 0.6)
    return None


def _is_header(page: PageView, i: int) -> bool:
    """Whether line i tells facts of the page, by its role or because it is no sentence."""
    line = page.lines[i]
    if page.role(i) == "list" and page.verdict(i) == "keep":
        return False
    if page.role(i) in _HEADERS or byline_names(line)[0]:
        return True
    return page.role(i) not in ("table", "heading", "quote") and _SENTENCE_END.search(line) is None


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
        printed = gap == 1 and best.date.precision == "second"  # newspapers bear the day after
        if gap < (0 if best.date.day in modified else -1) or (one.label and not printed):
            return Dated(one.date, "html", 0.75, one.line)
    of_any_page = best.confidence <= _OF_ANY_PAGE and (best.method == "json-ld" or not signed)
    if of_any_page and best.date.day not in {time.day for time in times}:
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
    return [date for stamp, text in page.head.times if (date := plausible_day(page, stamp or text))]


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
