"""The day of publication by the page itself: its datelines and its `<time>` elements."""

from __future__ import annotations

from cleaner.describe.bylines import dateline
from cleaner.describe.dates import Date, parse_declared
from cleaner.describe.header import MAX_LINES, phrase_pattern, phrases
from cleaner.describe.view import Description, PageView


def dated_lines(said: Description, page: PageView, zone: range, language: str | None) -> tuple[list[Date], str | None]:
    """Dates of publication in the header, the likeliest first, and the date of change; claims the datelines."""
    labelled: list[Date] = []
    bare: list[Date] = []
    changed: str | None = None
    for i in zone:
        line = page.lines[i]
        if page.role(i) in ("comment", "related", "caption", "photo_credit", "footer"):
            continue
        found = dateline(line, language)
        if not found or any(p in line.casefold() for p in phrases("caption")):
            continue
        whole = found[1]
        signed = said.claims.get(i) == "byline"
        for label, text in found[0]:
            date = parse_declared(text)
            if date is None or not is_plausible(page, text) or date.precision == "month":
                continue
            if label == "modified":
                changed = changed or text
            elif label == "published":
                labelled.append(date)
            elif whole or signed or "|" in line or "·" in line or "•" in line:
                bare.append(date)
        if whole:
            said.claims.setdefault(i, "dateline")
    return [*labelled, *bare], changed


def date_of_times(page: PageView, told: list[Date], changed: str | None, language: str | None) -> Date | None:
    """The page's `<time>` that a header line repeats, or the only day that its `<time>` elements name.

    Of a thread, whose times ascend, it is the first.
    """
    dates = [d for d in (parse_declared(stamp or text, language) for stamp, text in page.head.times[:60]) if d]
    dates = [d for d in dates if d.precision in ("day", "second") and is_plausible(page, d.text)]
    for date in told:
        for other in dates:
            if other.day == date.day:
                return other
    days = [d.day for d in dates]
    if not days or (changed and changed[:10] == days[0]) or _says_changed(page):
        return None
    return dates[0] if len(set(days)) == 1 or (len(days) > 2 and days == sorted(days)) else None


def _says_changed(page: PageView) -> bool:
    """Whether the line that holds the first `<time>` says that it is a date of change."""
    shown = next((text for _, text in page.head.times if text), "")
    for i, line in enumerate(page.lines[:MAX_LINES]) if shown else ():
        if len(line) <= 200 and shown in line:
            before = f"{page.lines[i - 1] if i else ''} {line[: line.index(shown)]}"
            return len(before) < 200 and bool(phrase_pattern("modified_label").search(before))
    return False


def is_plausible(page: PageView, date: str) -> bool:
    """Whether a date is not later than the page's retrieval (a day's slack for time zones)."""
    seen = parse_declared(page.head.source.retrieved_at or "")
    if seen is None or len(date) < 10 or len(seen.text) < 10 or date[:10] <= seen.day:
        return True
    return date[:8] == seen.day[:8] and int(date[8:10]) - int(seen.day[8:10]) <= 1
