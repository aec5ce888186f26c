"""Who published a page, the news agency it came from, and the works it reprints."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.describe.authors import is_name
from cleaner.describe.bylines import byline_names, dateline
from cleaner.describe.dates import find_dates
from cleaner.describe.header import Header, phrase_set, phrases
from cleaner.describe.title import Title, squash
from cleaner.describe.view import Found, PageView, QuotedSource

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


@lru_cache(maxsize=1)
def _dateline_lead() -> re.Pattern[str]:
    names = "|".join(re.escape(a) for a in phrases("agency"))
    return re.compile(
        rf"(?P<place>[^\W\d_][^\d()\[\]:;!?]{{1,40}}?)?(?:,\s?[^()\d]{{0,12}}\d{{1,2}}[^()]{{0,16}})?\s?"
        rf"[(（\[](?P<agency>(?:{names})(?:/[\w ]{{2,20}})?)[)）\]]\s?[-–—―:]"
    )


_PLACE_LEAD = re.compile(r"([A-ZÀ-ÖØ-ÞА-Я][A-ZÀ-ÖØ-ÞА-Я.'’ -]{2,30})(?:,\s[A-Z][a-z.]{1,15})?\s?(?:--|—|–|\s-)\s")


def agency_and_place(page: PageView, header: Header) -> tuple[str | None, str | None, int | None]:
    """Agency and place by the dateline that opens the text ("WASHINGTON (AFP) - ..."), with the line's index."""
    seen = 0
    i = header.next_prose(-1) if header.body >= len(header.prose) else header.body
    while i < len(header.prose) and seen < 3:
        line = page.lines[i][:120]
        match = _dateline_lead().match(line)
        if match:
            place = (match["place"] or "").strip(" ,.-–—")
            place = place if place and len(place.split()) <= 4 and place[0].isupper() | (not place.isascii()) else ""
            return match["agency"].partition("/")[0], _title_case(place) or None, i
        lead = _PLACE_LEAD.match(line)
        if lead and len(lead[1].split()) <= 3 and seen < 2:
            return None, _title_case(lead[1].strip()), i
        seen += 1
        i = header.next_prose(i)
    return None, None, None


def _title_case(place: str) -> str:
    return (
        " ".join(w.capitalize() if len(w) > 2 or "." not in w else w for w in place.split())
        if place.isupper()
        else place
    )


_SOURCE_LINE = re.compile(
    r"([^\W\d_][^\d,;:|()]{2,45}),\s((?:[^\W\d_]{3,10}\.?\s\d{1,2}|\d{1,2}\.?\s[^\W\d_]{3,10}\.?)(?:,?\s\d{4})?)\.?"
)
_RETOLD = re.compile(
    r"(?:(?:[Hh]ere(?:’|')?s|[Hh]ere is|[Rr]ead|[Ss]ee)\s)?(?:(?:[Tt]he|[Tt]his|[Aa])\s)?"
    r"(?:story|report|article|piece|account|dispatch|news)\s(?:from|in|by)\s((?:the\s)?[A-Z][\w.&’' -]{1,40}):"
)
_REPORTS = re.compile(r"((?:[A-Z][\w.’'-]{1,20}\s){1,3}[A-Z][\w’'-]{1,25})\s(?:reports|writes|argues|explains|notes)\b")


def quoted_sources(page: PageView, header: Header, claimed: set[int], language: str | None) -> list[QuotedSource]:
    """The works that a page reprints or retells, by source lines inside the text ("Harbour Times, May 3, 2020")."""
    found: dict[tuple[str | None, str | None], QuotedSource] = {}
    for i in range(header.body, min(len(page.lines), len(header.prose))):
        line = page.lines[i]
        if len(line) > 160 or not (line.endswith(":") or (", " in line and any(c.isdigit() for c in line[-4:]))):
            continue
        if i in claimed or page.verdict(i) == "drop":
            continue
        author = outlet = date = None
        match = _SOURCE_LINE.fullmatch(line)
        if match and is_source_name(match[1]) and (dateline(match[2]) or not find_dates(match[2])):
            outlet = match[1].strip()
            dates = find_dates(match[2], language)
            date = dates[0].text if dates else None
            above = page.lines[i - 1] if i else ""
            names = byline_names(above)[0] or ([above] if is_name(above) else [])
            author = ", ".join(names) or None
        elif line.endswith(":") and (match := _RETOLD.match(line)):
            outlet = match[1].strip()
        elif (
            line.endswith(":")
            and i + 1 < len(header.prose)
            and header.prose[i + 1]
            and (match := _REPORTS.match(line))
            and is_name(match[1])
        ):
            author = match[1]
        else:
            continue
        found.setdefault((author, outlet), {"author": author, "outlet": outlet, "date": date})
    return list(found.values())[:20]


def is_source_name(text: str) -> bool:
    """Whether a text is capitalised throughout, as the name of an outlet is."""
    words = text.split()
    return 1 <= len(words) <= 6 and all(
        w[0].isupper() or w in ("of", "the", "and", "de", "la", "el", "der") for w in words
    )
