"""The outlet of a flattened page: named beside the headline, in the page's title, or above it and in its footer."""

from __future__ import annotations

import re

from cleaner.describe.header import MAX_LINES, phrase_pattern, phrases
from cleaner.describe.publisher import is_outlet
from cleaner.describe.reading import Reading
from cleaner.describe.title import Title, squash
from cleaner.describe.view import Found, PageView

_FROM = re.compile(
    r"(?:update|news|statement|report|bulletin|newsletter|(?:press|media|news) (?:release|statement))"
    r"\s(?:from|by)\s(?:the\s)?"
    r"([A-Z][\w&.'’-]{1,30}(?:\s[A-Z&][\w&.'’-]{0,30}){0,5})",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,9}")
_TOP = 15
"""So many first lines can bear the outlet's name."""
_BOTTOM = 60
"""So many last lines can bear the owner's mark."""
_OWNED = re.compile(r"(?:©|\(c\)\s|copyright|&copy;)", re.IGNORECASE)
_YEARS = re.compile(r"(?:19|20)\d{2}(?:\s?[-–—]\s?(?:19|20)?\d{2})?")
_NAME_END = re.compile(r"\s[-–—|·•]\s|[.,;:|]\s|\s?\(|[.,]$")


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
        found = _beside(page, reading, title.line, zone, sites) or _in_title(page, title, sites)
        if found:
            return found
    return _owner(page, reading)


def _beside(
    page: PageView, reading: Reading, headline: int, zone: range, sites: list[str]
) -> tuple[Found, int | None] | None:
    """An outlet's name, "Update from NAME" or "Source: NAME" on a line of its own beside the headline."""
    body = reading.header.next_prose(headline)
    for i in range(max(zone.start, headline - 1), min(body, zone.stop)):
        line = page.lines[i]
        if i == headline or len(line) > 80 or reading.line(i).label:
            continue
        label = next((label for label in phrases("outlet_label") if line.casefold().startswith(label)), None)
        if label and 2 <= len(line) - len(label) <= 40:
            return Found(line[len(label) :].strip(), "text", 0.7), i
        match = _FROM.fullmatch(line)
        if match and (_ACRONYM.fullmatch(match[1]) or is_outlet(match[1]) or squash(match[1]) in sites):
            return Found(match[1], "text", 0.75), i
        near = i in (headline - 1, headline + 1, headline + 2) and (i > 0 or squash(line) in sites)
        if near and is_outlet(line):
            return Found(line, "text", 0.75), i
    return None


def _in_title(page: PageView, title: Title, sites: list[str]) -> tuple[Found, int | None] | None:
    """What follows the headline in a copy of the page's `<title>`, when the page names it once more."""
    for i, line in enumerate(page.lines[:12]):
        if not len(title.text) < len(line) <= len(title.text) + 60:
            continue
        rest = line[len(title.text) :].strip(" |-–—·•:»")
        name = squash(rest) if line.casefold().startswith(title.text.casefold()) and len(rest) <= 50 else ""
        if name and (name in sites or _says_again(page, i, name)):
            return Found(rest, "text", 0.7), None
    return None


def _says_again(page: PageView, i: int, name: str) -> bool:
    """Whether a line other than i is the name, or an owner's mark with the name."""
    for k, other in enumerate(page.lines[:MAX_LINES]):
        if k != i and len(other) < 160 and (len(other) <= 2 * len(name) + 10 or "©" in other):
            squashed = squash(other)
            if squashed == name or ("©" in other and name in squashed):
                return True
    return False


def _owner(page: PageView, reading: Reading) -> tuple[Found, int | None] | None:
    """A line above the headline that the owner's mark in the footer repeats ("© 2021 The Harbour Gazette")."""
    lines = page.lines
    top = {
        squash(line): i for i, line in reversed(list(enumerate(lines[: min(_TOP, reading.anchor)]))) if len(line) <= 50
    }
    top.pop("", None)
    if not top:
        return None
    for line in reversed(lines[max(len(lines) - _BOTTOM, reading.header.body) :]):
        mark = _OWNED.search(line) if len(line) <= 200 else None
        if not mark:
            continue
        for text in (line[mark.end() :], line[: mark.start()]):
            said = _YEARS.sub(" ", _OWNED.sub(" ", text)).strip(" -–—|·•,.")
            said = phrase_pattern("byline").sub("", _NAME_END.split(said)[0]).strip()
            i = top.get(squash(said)) if said and len(said) <= 60 else None
            if i is not None and len(squash(said)) >= 3:
                return Found(lines[i], "text", 0.75), i
    return None
