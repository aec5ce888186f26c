"""The outlet of a flattened page: named beside the headline, or wherever the name of a page's site stands."""

from __future__ import annotations

import re

from cleaner.describe.header import phrases
from cleaner.describe.publisher import is_outlet
from cleaner.describe.reading import Reading
from cleaner.describe.site_name import site_name
from cleaner.describe.title import Title, squash
from cleaner.describe.view import Found, PageView

_FROM = re.compile(
    r"(?:update|news|statement|report|bulletin|newsletter|(?:press|media|news) (?:release|statement))"
    r"\s(?:from|by)\s(?:the\s)?"
    r"([A-Z][\w&.'’-]{1,30}(?:\s[A-Z&][\w&.'’-]{0,30}){0,5})",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,9}")


def text_publisher(
    page: PageView, reading: Reading, title: Title | None, zone: range, sites: list[str]
) -> tuple[Found, int | None] | None:
    """The publisher that a flattened page names, with the line that is its name, where one is.

    Args:
        page: A page of kind "text".
        reading: The page as its header is read.
        title: Its headline, where known.
        zone: The lines beside the headline.
        sites: Squashed names of the page's site.
    """
    if title is not None and title.line is not None:
        found = _beside(page, reading, title.line, zone, sites)
        if found:
            return found
    named = site_name(page, title, sites, page.head.source.url)
    return (Found(named.name, "text", named.confidence), named.line) if named else None


def _beside(
    page: PageView, reading: Reading, headline: int, zone: range, sites: list[str]
) -> tuple[Found, int | None] | None:
    """An outlet's name, "Update from NAME" or "Source: NAME" on a line of its own beside the headline."""
    body = reading.header.next_prose(headline)
    for i in range(max(zone.start, headline - 1), min(body, zone.stop)):
        line = page.lines[i]
        if i == headline or len(line) > 80 or reading.line(i).label:
            continue
        folded = line.casefold()
        label = next((label for label in phrases("outlet_label") if folded.startswith(label)), None)
        if label and 2 <= len(line) - len(label) <= 40:
            return Found(line[len(label) :].strip(), "text", 0.7), i
        match = _FROM.fullmatch(line)
        if match and (_ACRONYM.fullmatch(match[1]) or is_outlet(match[1]) or squash(match[1]) in sites):
            return Found(match[1], "text", 0.75), i
        near = i in (headline - 1, headline + 1, headline + 2) and (i > 0 or squash(line) in sites)
        if near and is_outlet(line):
            return Found(line, "text", 0.75), i
    return None
