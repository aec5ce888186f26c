"""The headline: from what the page declares and its `<h1>`, or, in flattened text, from the lines above the body."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleaner.describe.facts import Facts
from cleaner.describe.header import tokens
from cleaner.describe.view import Found, PageView

MAX_TITLE = 300
_SEPARATOR = re.compile(r"\s[|\-–—―:·•»«›~/⋆★]{1,3}\s|\s?[|｜]\s?|\s?[»›]\s|--|__?(?=[^\W\d_]{2,20}$)|\s?::\s?")
_SQUASH = re.compile(r"[\W_]+")


def squash(text: str) -> str:
    """Letters and digits only, in lower case: "The Harbour-Gazette" and "theharbourgazette" agree."""
    return _SQUASH.sub("", text.casefold())


def _is_site(segment: str, sites: list[str]) -> bool:
    """Whether a segment of a title is the name of the site (or its address)."""
    name = squash(segment)
    if not name:
        return True
    bare = name.removeprefix("the").removeprefix("www")
    for site in sites:
        if name == site or bare == site.removeprefix("the"):
            return True
        if len(site) >= 4 and len(name) <= 3 * len(site) + 12 and (name.startswith(site) or name.endswith(site)):
            return True
        if len(name) >= 5 and site.startswith(name):
            return True
    return False


def strip_site(title: str, sites: list[str]) -> str:
    """A title without the site's name at its end or beginning. `sites`: squashed names of the site."""
    for _ in range(2):
        cuts = list(_SEPARATOR.finditer(title[: MAX_TITLE * 2]))
        if not cuts:
            break
        last, first = cuts[-1], cuts[0]
        if _is_site(title[last.end() :], sites) and title[: last.start()].strip():
            title = title[: last.start()].strip()
        elif _is_site(title[: first.start()], sites) and title[first.end() :].strip():
            title = title[first.end() :].strip()
        else:
            break
    return title


def site_names(facts: Facts, domain: str | None) -> list[str]:
    """Squashed names by which a page's site goes: declared ones (no slogans) and the label of its domain."""
    names = [f.value for key in ("site", "publisher") for f in facts.get(key, []) if len(f.value) <= 60]
    label = (domain or "").partition(".")[0]
    squashed = [squash(n) for n in [*names, domain or "", label]]
    return list(dict.fromkeys(s for s in squashed if len(s) >= 2))


class Title(NamedTuple):
    """A headline with where it came from; `line` is the line of the page that bears it, where one does."""

    text: str
    method: str
    confidence: float
    line: int | None = None


def declared_title(page: PageView, facts: Facts, sites: list[str]) -> Title | None:
    """The title of an HTML page: the heading that agrees with what the page declares, else the heading, else that."""
    stated: list[Found] = []
    for found in [*facts.get("title", []), *facts.get("title_element", [])]:
        text = strip_site(found.value, sites)
        if text and squash(text) not in sites:
            stated.append(Found(text, found.method, found.confidence))
    if not stated and facts.get("title"):
        stated = [facts["title"][0]]  # the front page of a site goes by the site's name
    record = next((f for f in stated if f.method == "record"), None)
    if record:
        return Title(record.value, record.method, record.confidence, _line_of(page, record.value))
    headings = [
        (i, strip_site(page.lines[i], sites))
        for i, tag in enumerate(page.tags)
        if tag == "h1" and len(page.lines[i]) <= MAX_TITLE and squash(page.lines[i]) not in sites
    ][:8]
    best: tuple[float, int, str] | None = None
    for i, line in headings:
        words = set(tokens(line))
        if not words:
            continue
        agreement = 0.0
        for found in stated:
            other = set(tokens(found.value))
            shared = len(words & other)
            agreement = max(agreement, shared / len(words | other) + 0.3 * (shared == len(words)) * (len(words) > 1))
        if page.verdict(i) == "drop":
            agreement -= 0.2
        if best is None or agreement > best[0] + 0.05:
            best = (agreement, i, line)
    if best and (best[0] >= 0.3 or (len(headings) == 1 and len(tokens(best[2])) > 1) or not stated):
        return Title(best[2], "html", round(min(0.95, 0.6 + 0.35 * min(best[0], 1.0)), 2), best[1])
    if stated:
        first = stated[0]
        return Title(
            first.value[:MAX_TITLE], first.method, round(first.confidence - 0.15, 2), _line_of(page, first.value)
        )
    return None


def _line_of(page: PageView, title: str) -> int | None:
    """The first line that is the title, headings before others."""
    wanted = tokens(title)
    found = [i for i, line in enumerate(page.lines[:600]) if len(line) < 2 * len(title) + 20 and tokens(line) == wanted]
    return next((i for i in found if page.tag(i) == "h1"), found[0] if found else None)
