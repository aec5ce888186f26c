"""Who signed an HTML page: what it declares, held against the byline that a reader sees beside the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cleaner.describe.authors import (
    clean_name,
    declared_authors,
    is_name,
    is_staff,
    kind_of,
    split_names,
)
from cleaner.describe.bylines import byline_names, dateline, until_next_fact
from cleaner.describe.dates import find_dates
from cleaner.describe.facts import Facts
from cleaner.describe.header import phrase_pattern, phrase_set
from cleaner.describe.title import squash
from cleaner.describe.view import Author, PageView

_ELSEWHERE = frozenset({
    "comment", "comment_form", "related", "trending", "caption", "photo_credit", "footer", "promo", "breadcrumb",
    "share", "login", "newsletter", "cookie_notice",
})  # fmt: skip
"""Roles of lines in which names are no author's."""
_BELOW = frozenset({"byline", "dateline", "footer"})
"""Roles of lines under a text in which it may be signed."""
_LAST = re.compile(r"\b(?:last|latest|letzter|dernier|último|ultimo|laatste|senaste|siste)\b", re.IGNORECASE)
"""Who posted last did not begin."""
_NEAR = 8
"""So far from a zone's first line, which is three above the headline, a name without a label counts."""
_SHORT = 60
"""So long, in characters, is a byline without a label at most."""
_PIECE = re.compile(r"\s*[|•·⋅●►»\n]\s*|\s[–—-]{1,2}\s")
_ENDS = re.compile(r"\s(?:in|on|for|at|from|dans|en|auf|w)\s.*|\s\d.*|,\s.*", re.DOTALL)


class Signed(NamedTuple):
    """The authors of a page, where they come from, and the line of the byline, where there is one."""

    authors: list[Author]
    method: str
    confidence: float
    line: int | None = None


class Byline(NamedTuple):
    """Names by a line of the page; `sure` where a label, or the name of an element, says that they are authors."""

    names: list[str]
    line: int
    sure: bool


def signed_by(
    page: PageView, zone: range, facts: Facts, sites: list[str], language: str | None = None
) -> Signed | None:
    """The authors of a page: declared ones, and those of its byline where that knows better.

    Args:
        page: An HTML page.
        zone: The lines beside the headline in which a byline counts.
        facts: What the page declares.
        sites: Squashed names of the page's site.
        language: Primary language subtag of the page, where known.
    """
    houses = {squash(f.value) for f in facts.get("publishing_house", [])}
    told = [(declared_authors(f.value, sites), f) for f in facts.get("authors", [])]
    stated = [([a for a in authors if squash(a["name"]) not in houses], found) for authors, found in told]
    stated = [
        (authors, found)
        for authors, found in stated
        if authors and not (found.method == "html" and _is_reader(page, authors[0]["name"]))
    ]
    persons = [(authors, found) for authors, found in stated if any(a["kind"] == "person" for a in authors)]
    byline = find_byline(page, zone, sites, language)
    if byline is None and not persons:
        byline = byline_below(page, zone)
    shown: list[Author] = []
    if byline:
        shown = [{"name": name, "kind": kind_of(name, "", sites)} for name in dict.fromkeys(byline.names)]
    if not stated:
        return Signed(shown, "html", 0.85 if byline.sure else 0.7, byline.line) if byline else None
    authors, found = (persons or stated)[0]
    if byline is None:
        return Signed(authors, found.method, found.confidence)
    named = {squash(a["name"]) for a in authors}
    seen = {squash(a["name"]) for a in shown}
    if named & seen:
        more = seen > named and all(a["kind"] == "person" for a in shown)
        best = shown if more else authors
        return Signed(best, found.method, min(0.99, found.confidence + 0.05), byline.line)
    named_by_site = all(a["kind"] != "person" or squash(a["name"]) in sites for a in authors)
    if named_by_site and any(a["kind"] == "person" for a in shown):
        return Signed(shown, "html", 0.8, byline.line)  # an account's name is declared, a person's shown
    return Signed(authors, found.method, found.confidence - 0.15)


def _is_reader(page: PageView, name: str) -> bool:
    """Whether the first line with a name is in comments or links to other pages."""
    line = next((i for i, text in enumerate(page.lines) if name in text), None)
    return line is not None and page.role(line) in _ELSEWHERE


def find_byline(page: PageView, zone: range, sites: list[str], language: str | None = None) -> Byline | None:
    """The first byline among the lines of a zone, those with a label or a marked element before bare names."""
    marked = marked_names(page)
    bare: Byline | None = None
    for i in zone:
        if page.tag(i) == "h1" or page.role(i) in _ELSEWHERE:
            names = _labelled(page, i) if page.role(i) in ("promo", "login") else []
            if not names:
                continue
        if page.role(i) == "list" and page.verdict(i) == "keep":
            continue  # one of many works
        names = _signed_names(page, i, marked)
        if names:
            return Byline(names, i, True)
        if bare is None and i - zone.start <= _NEAR and (names := _bare_names(page, i, sites, language)):
            bare = Byline(names, i, False)
    return bare


def byline_below(page: PageView, zone: range) -> Byline | None:
    """The byline under the text ("Posted by Ada Example on May 3"), if it is the only one of the page."""
    found: Byline | None = None
    for i, (role, line) in enumerate(zip(page.roles, page.lines, strict=False)):
        if role in _BELOW and i >= zone.stop and len(line) <= 2 * _SHORT:
            names = _labelled(page, i)
            if names and found and found.names != names:
                return None
            if names and found is None:
                found = Byline(names, i, False)
    return found


def marked_names(page: PageView) -> list[tuple[str, str]]:
    """(text as the page shows it, name) of the elements that say that they hold an author."""
    found: dict[str, str] = {}
    for prop, text in page.head.microdata:
        if prop not in ("author", "creator", "byline"):
            continue
        pieces = text.split("\n")
        least = 1 if prop == "author" or len(pieces) <= 2 else 2
        for piece in pieces[:4]:
            names = _names(piece, least) if len(piece) <= 2 * _SHORT else []
            if names:
                found.update((name, name) if len(names) > 1 else (piece, name) for name in names)
                break
    return list(found.items())


def _names(text: str, least: int) -> list[str]:
    cleaned = clean_name(text)
    if not cleaned:
        return []
    if least == 1 and 3 <= len(cleaned) <= 30 and " " not in cleaned:
        return [cleaned] if cleaned.casefold() not in phrase_set("no_name_word") | phrase_set("job") else []
    parts = [name for part in split_names(cleaned) if (name := clean_name(part))]
    return [name for name in parts if is_name(name) or is_staff(name)]


def _labelled(page: PageView, i: int) -> list[str]:
    """The names behind a label in line i, or, where it holds but a label, in the next."""
    return byline_names(page.lines[i], page.lines[i + 1] if i + 1 < len(page.lines) else "")[0]


def _signed_names(page: PageView, i: int, marked: Iterable[tuple[str, str]]) -> list[str]:
    """The names in line i that a label or the element says to be authors."""
    line = page.lines[i]
    labelled = _labelled(page, i)
    if len(line) > 3 * _SHORT:
        return labelled
    named = [(line.index(piece), name) for piece, name in marked if piece in line]
    names = list(dict.fromkeys(name for _, name in sorted(named)))
    if names and not {squash(n) for n in names} < {squash(n) for n in labelled}:
        return names
    return labelled or _names_inside(page, i)


def _names_inside(page: PageView, i: int) -> list[str]:
    """The name in a line of several facts ("Dec 26, 2025 • Ada Example in Boats", "May 3, 2017 By Ada Example")."""
    line = page.lines[i]
    if len(line) > 2 * _SHORT:
        return []
    dates = find_dates(line)
    if not dates and page.role(i) != "byline":
        return []
    for date in reversed(dates):
        line = f"{line[: date.start]} | {line[date.end :]}"
    for piece in _PIECE.split(line):
        label = phrase_pattern("byline_inside").search(piece)
        if label and _LAST.search(piece[: label.start()]):
            continue
        told = until_next_fact(piece[label.end() :].lstrip(" :：")) if label else piece
        name = clean_name(_ENDS.sub("", f" {told}"))
        if name and is_name(name) and (label or len(name) >= 0.5 * len(piece.partition(",")[0])):
            return [name]
    return []


def _bare_names(page: PageView, i: int, sites: list[str], language: str | None) -> list[str]:
    """The names in a line that holds nothing else, by what it is or what stands beside it."""
    line = page.lines[i]
    if len(line) > _SHORT or "\n" in line or line[:1].islower() or page.tag(i) in ("h2", "h3", "li", "button"):
        return []
    first, _, office = line.partition(",")
    held = bool(office) and (_is_office(office) or squash(office) in sites)
    line = first if held else line
    names = [name for part in split_names(line) if (name := clean_name(part)) and is_name(name)]
    if not names or squash(names[0]) in sites or len(" ".join(names)) < 0.7 * len(line):
        return []
    if page.role(i) == "byline" or held:
        return names
    beside = [page.lines[k] for k in (i - 1, i + 1) if 0 <= k < len(page.lines)]
    return names if any(_is_dateline(text, language) or _is_office(text) for text in beside) else []


def _is_dateline(line: str, language: str | None) -> bool:
    found = dateline(line, language)
    return found is not None and found[1]


def _is_office(text: str) -> bool:
    """Whether a short line names what somebody does ("Senior Editor")."""
    words = [w.strip(".,&()").casefold() for w in text.split()]
    return 1 <= len(words) <= 7 and any(w in phrase_set("job") for w in words)
