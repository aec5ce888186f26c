"""The works that a page reprints or retells: source lines inside it, lead-ins such as "the story from Reuters:"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from cleaner.describe.authors import is_name
from cleaner.describe.bylines import byline_names, dateline
from cleaner.describe.dates import find_dates
from cleaner.describe.header import Header, phrase_set, phrases
from cleaner.describe.quoted import quoted_inside
from cleaner.describe.title import squash
from cleaner.describe.view import PageView, QuotedSource

_MOST = 20
_PARAGRAPHS, _PARAGRAPH = 40, 2_000
"""So many paragraphs, and so much of each, are searched for the works that they quote."""
_SOURCE_LINE = re.compile(
    r"([^\W\d_][^\d,;:|()]{2,45}),\s((?:[^\W\d_]{3,10}\.?\s\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,10}\.?)(?:,?\s\d{4})?)\.?"
)
_REPORTS = re.compile(r"((?:[A-Z][\w.’'-]{1,20}\s){1,3}[A-Z][\w’'-]{1,25})\s(?:reports|writes|argues|explains|notes)\b")
_ARTICLES = frozenset(
    {"the", "die", "der", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "o", "a", "os", "as", "het", "de"}
)
_SMALL = frozenset(
    {"of", "the", "and", "de", "la", "el", "der", "die", "das", "du", "des", "del", "della", "van", "le", "di"}
)


@lru_cache(maxsize=2)
def _lead_in(name: str) -> re.Pattern[str]:
    """A list of phrases (`retold` or `reprinted`), then the name of an outlet to the line's end."""
    said = "|".join(re.escape(phrase) for phrase in phrases(name))
    start, end = (r"(?:.{0,40}?(?<!\w))?", "[:：]") if name == "retold" else (r"[(（*\s]{0,3}", r"[.。)）\s]{0,3}")
    return re.compile(rf"{start}(?i:{said})\s?[:：]?\s?(?P<outlet>[^:：,;()（）]{{2,45}}?)\s?{end}")


def quoted_sources(
    page: PageView, header: Header, claimed: set[int], language: str | None, own: Sequence[str]
) -> list[QuotedSource]:
    """The works that a page reprints or retells, with their authors and days where the page tells them.

    Args:
        page: A page of text.
        header: Where its prose is: only lines from the one right above the body on count.
        claimed: Lines that are the page's own metadata.
        language: Primary language subtag of the page, where known.
        own: Names of the page's own publisher, agency and authors: these are no sources of it.
    """
    found: dict[tuple[str | None, str | None], QuotedSource] = {}
    starts = _reprinted_starts()
    for i in range(max(header.body - 1, 0), min(len(page.lines), len(header.prose))):
        line = page.lines[i]
        if not 6 <= len(line) <= 160:
            continue
        dated = (line[-1].isdigit() or line[-2].isdigit()) and ", " in line
        if not (dated or line[-1] in ":：" or line.lstrip(" (（*")[:2].casefold() in starts):
            continue
        if i in claimed or page.verdict(i) == "drop":
            continue
        told = _source_line(page, i, language) or _retold(page, header, i) or _reprinted(line)
        if told:
            found.setdefault((told["author"], told["outlet"]), told)
    known = {squash(name) for name in own}
    known |= {squash(name) for one in found.values() for name in (one["author"], one["outlet"]) if name}
    prose = (line[:_PARAGRAPH] for line, good in zip(page.lines, header.prose, strict=False) if good)
    for one in quoted_inside("\n".join(islice(prose, _PARAGRAPHS))):
        if known.isdisjoint(squash(name) for name in (one["author"], one["outlet"]) if name):
            found.setdefault((one["author"], one["outlet"]), one)
    return list(found.values())[:_MOST]


def _source_line(page: PageView, i: int, language: str | None) -> QuotedSource | None:
    """A line that is an outlet and a day ("Harbour Times, May 3, 2020"), with the byline above it."""
    line = page.lines[i]
    match = _SOURCE_LINE.fullmatch(line) if ", " in line and any(c.isdigit() for c in line[-4:]) else None
    if not match or not is_outlet_name(match[1]) or not (dateline(match[2]) or not find_dates(match[2])):
        return None
    dates = find_dates(match[2], language)
    above = page.lines[i - 1] if i else ""
    names = byline_names(above)[0] or ([above] if is_name(above) else [])
    return {"author": ", ".join(names) or None, "outlet": match[1].strip(), "date": dates[0].text if dates else None}


def _retold(page: PageView, header: Header, i: int) -> QuotedSource | None:
    """A lead-in that ends in a colon: of an outlet's story, or of what somebody reports in the prose below."""
    line = page.lines[i]
    if line[-1] not in ":：":
        return None
    match = _lead_in("retold").fullmatch(line)
    if match and is_outlet_name(match["outlet"]):
        name = match["outlet"].strip()
        words = name.casefold().split()
        outlet = name in phrases("agency") or not phrase_set("outlet").isdisjoint(words) or words[0] in _ARTICLES
        person = is_name(name) and not outlet
        return {"author": name if person else None, "outlet": None if person else name, "date": None}
    if i + 1 < len(header.prose) and header.prose[i + 1] and (match := _REPORTS.match(line)) and is_name(match[1]):
        return {"author": match[1], "outlet": None, "date": None}
    return None


@lru_cache(maxsize=1)
def _reprinted_starts() -> frozenset[str]:
    return frozenset(phrase[:2] for phrase in phrases("reprinted"))


def _reprinted(line: str) -> QuotedSource | None:
    """A line that says where the text appeared first ("Originally published in Harbour Times.")."""
    if len(line) > 100 or line.lstrip(" (（*")[:2].casefold() not in _reprinted_starts():
        return None
    match = _lead_in("reprinted").fullmatch(line)
    if not match or not is_outlet_name(match["outlet"]):
        return None
    return {"author": None, "outlet": match["outlet"].strip(), "date": None}


def is_outlet_name(text: str) -> bool:
    """Whether a text is capitalised throughout, as the name of an outlet is, but for its article."""
    words = text.split()
    words = words[1:] if len(words) > 1 and words[0] in _ARTICLES else words
    return (
        1 <= len(words) <= 6
        and all(not w[0].islower() or w.casefold() in _SMALL for w in words)
        and words[0][0].isalnum()
    )
