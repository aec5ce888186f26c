"""Who published a page."""

from __future__ import annotations

import re

from cleaner.describe.bylines import byline_names
from cleaner.describe.header import Header, phrase_set, phrases
from cleaner.describe.title import Title, squash
from cleaner.describe.view import Found, PageView

_CUT = re.compile(r"\s[|–—·-]\s|\s?\|\s?|:\s")
_FROM = re.compile(
    r"(?:update|news|statement|report|bulletin|newsletter|(?:press|media|news) (?:release|statement))"
    r"\s(?:from|by)\s(?:the\s)?"
    r"([A-Z][\w&.'’-]{1,30}(?:\s[A-Z&][\w&.'’-]{0,30}){0,5})",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"[A-Z][A-Z&.]{1,9}")


def clean_publisher(name: str) -> str | None:
    """A declared publisher without a slogan or what else hangs on it; None for addresses and the like."""
    text = name.strip()
    if len(text) > 40:
        text = _CUT.split(text)[0].strip()
    if (
        text.startswith(("http:", "https:", "@", "//"))
        or not 2 <= len(text) <= 80
        or not any(c.isalpha() for c in text)
    ):
        return None
    return text


def is_outlet(line: str) -> bool:
    """Whether a short line reads as an outlet's name: capitalised, with a word of which such names are made."""
    words = line.split()
    if not 1 < len(line) <= 50 or not 1 <= len(words) <= 5 or line[-1] in ".:;,!?":
        return False
    lowered = [w.strip("’'.,").casefold() for w in words]
    if any(c.isdigit() for c in line) or not all(
        w[0].isupper() or w.casefold() in ("of", "the", "and", "&", "de", "la", "der", "die", "di", "-")
        for w in words
        if w[0].isascii()
    ):
        return False
    if not line.isascii() and len(words) == 1:
        return len(line) <= 12 and any(line.endswith(o) for o in phrases("outlet") if not o.isascii())
    return len(words) >= 2 and any(w in phrase_set("outlet") for w in lowered)


def text_publisher(
    page: PageView, header: Header, title: Title | None, zone: range, sites: list[str]
) -> tuple[Found, int | None] | None:
    """The publisher named by a line beside the headline of a flattened page, with that line's index.

    Such a line is the name of an outlet, or "Update from NAME", between the headline and the text; or what follows
    the headline in a copy of the page's `<title>`, when the page names it once more.
    """
    if title is None or title.line is None:
        return None
    body = header.next_prose(title.line)
    for i in range(max(zone.start, title.line - 1), min(body, zone.stop)):
        line = page.lines[i]
        if i == title.line or byline_names(line)[0]:
            continue
        match = _FROM.fullmatch(line)
        if match and (_ACRONYM.fullmatch(match[1]) or is_outlet(match[1]) or squash(match[1]) in sites):
            return Found(match[1], "text", 0.75), i
        if (
            is_outlet(line)
            and i in (title.line - 1, title.line + 1, title.line + 2)
            and (i > 0 or squash(line) in sites)
        ):
            return Found(line, "text", 0.75), i
    for i, line in enumerate(page.lines[:12]):
        if len(title.text) < len(line) <= len(title.text) + 60 and line.casefold().startswith(title.text.casefold()):
            rest = line[len(title.text) :].strip(" |-–—·•:»")
            name = squash(rest)
            known = name in sites or any(
                k != i and name and (squash(other) == name or ("©" in other and name in squash(other)))
                for k, other in enumerate(page.lines[:3000])
                if len(other) < 160
            )
            if rest and known and len(rest) <= 50:
                return Found(rest, "text", 0.7), None
    return None
