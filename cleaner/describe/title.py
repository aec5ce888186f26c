"""The headline: from what the page declares and its `<h1>`, or, in flattened text, from the lines above the body."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleaner.describe.facts import Facts
from cleaner.describe.header import tokens
from cleaner.describe.view import Found, PageView

MAX_TITLE = 300
_SEPARATOR = re.compile(r"\s[|\-–—―:·•»«›~/⋆★]{1,3}\s|\s?[|｜ㅣ]\s?|\s?[»›]\s|--|__?(?=[^\W\d_]{2,20}$)|\s?::\s?")
MAX_SITE_WORDS = 4
_SITE_WORDS = frozenset({
    "blog", "forum", "forums", "wiki", "magazine", "news", "times", "post", "journal", "herald", "gazette", "online",
    "community", "zeitung", "nachrichten", "diario", "giornale", "foro", "foros",
})  # fmt: skip
SURE = 0.5
_UNLIKE = 0.3
"""A heading inside the text is not the page's, where fewer of its words are those of a declared title."""
_ADDRESS = re.compile(r"[\w.-]{2,60}\.[a-z]{2,10}")
MAX_LABEL = 40
_MAX_CUTS = 6
_ANCHOR = re.compile(r"\s?[¶#§🔗]$")
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
    big = [i for i, tag in enumerate(page.tags) if tag == "h1" and len(page.lines[i]) <= MAX_TITLE][:8]
    of_site = [i for i in big if _names_site(page.lines[i], facts, sites)]
    sites = [*sites, *(squash(page.lines[i]) for i in of_site)]
    stated = _stated_titles(facts, sites)
    record = next((f for f in stated if f.method == "record"), None)
    if record:
        return Title(record.value, record.method, record.confidence, _line_of(page, record.value))
    headings = [(i, clean_heading(strip_site(page.lines[i], sites))) for i in big if i not in of_site]
    best: tuple[float, int, str] | None = None
    for i, text in headings:
        words = frozenset(tokens(text))
        if not words:
            continue
        agreement = max((_agreement(words, frozenset(tokens(found.value))) for found in stated), default=0.0)
        if page.verdict(i) == "drop" and len(headings) > 1:
            agreement -= 0.2
        if stated and agreement < SURE and _stands_in_text(page, i):
            continue
        if facts.get("title") and page.verdict(i) == "keep" and _is_unlike(words, stated):
            continue  # a slogan of the page's text
        if best is None or agreement > best[0] + 0.05:
            best = (agreement, i, text)
    news = _news_headline(facts, stated)
    if news and (best is None or squash(best[2]) != squash(news.text)):
        return news._replace(line=best[1] if best else _line_of(page, news.text))
    if best and (best[0] > 0 or not (facts.get("title") or (stated and _line_of(page, stated[0].value) is not None))):
        text = _without_label(best[2], _without_sites(facts.get("title", []), sites))
        return Title(text, "html", round(min(0.98, 0.6 + 0.38 * min(best[0], 1.0)), 2), best[1])
    if stated:
        first = stated[0]
        text = _shown_part(page, first.value) or first.value
        if text == first.value and first.method != "json-ld":
            text = _without_tail(text)
        return Title(text[:MAX_TITLE], first.method, round(first.confidence - 0.15, 2), _line_of(page, text))
    return None


def _news_headline(facts: Facts, stated: list[Found]) -> Title | None:
    """The headline of a piece of news, where OpenGraph says the same: the one under which it was published, though the
    page may show another in the meantime."""
    for found in facts.get("news_headline", [])[:1]:
        name = squash(found.value)
        if any(other.method == "opengraph" and squash(other.value) == name for other in stated):
            return Title(found.value[:MAX_TITLE], "json-ld", found.confidence)
    return None


def _stated_titles(facts: Facts, sites: list[str]) -> list[Found]:
    """What a page declares to be its title, without the site's name."""
    stated = _without_sites([*facts.get("title", []), *facts.get("title_element", [])], sites)
    if not stated and facts.get("title"):
        stated = [facts["title"][0]]  # the front page of a site goes by the site's name
    return stated


def _without_sites(titles: list[Found], sites: list[str]) -> list[Found]:
    told = [found._replace(value=clean_heading(strip_site(found.value, sites))) for found in titles]
    return [found for found in told if found.value and squash(found.value) not in sites]


def clean_heading(text: str) -> str:
    """A heading on one line, without the marks that link to it, and without what is left of a label before it."""
    return _ANCHOR.sub("", " ".join(text.split())).lstrip(":|·•–—- ")


def _agreement(words: frozenset[str], other: frozenset[str]) -> float:
    """How far a heading's words are those of a declared title, from 0 to 1.3."""
    shared = len(words & other)
    return shared / max(1, len(words | other)) + 0.3 * (shared == len(words) and shared > 1)


def _is_unlike(words: frozenset[str], stated: list[Found]) -> bool:
    """Whether a heading's words are other ones than those of every declared title."""
    others = [frozenset(tokens(found.value)) for found in stated]
    return not any(words <= other or len(words & other) >= _UNLIKE * len(words | other) for other in others)


def _stands_in_text(page: PageView, i: int) -> bool:
    """Whether a heading is one of several inside the text: a paragraph stands above it."""
    return any(
        len(line) > 150 and verdict == "keep" for line, verdict in zip(page.lines[:i], page.verdicts, strict=False)
    )


def _names_site(heading: str, facts: Facts, sites: list[str]) -> bool:
    """Whether a heading is the site's name: a declared one, an address, or what `<title>` has beside the title."""
    name = squash(heading)
    if name in sites or _ADDRESS.fullmatch(heading):
        return True
    stated = {squash(found.value) for found in facts.get("title", [])} - {name}
    if any(squash(found.value) in {name + other for other in stated} for found in facts.get("title_element", [])):
        return True
    for found in facts.get("title_element", []):
        cuts = list(_SEPARATOR.finditer(found.value[: MAX_TITLE * 2]))
        if cuts and squash(found.value[cuts[-1].end() :]).startswith(name):
            rest = found.value[: cuts[-1].start()]
            return len(heading.split()) <= MAX_SITE_WORDS and len(rest) > len(heading)
    return False


def _without_label(heading: str, stated: list[Found]) -> str:
    """A heading without the word before it that no declared title has: a date, "Thread:", the section's name."""
    folded = heading.casefold()
    if any(squash(found.value) == squash(heading) for found in stated if found.method != "html"):
        return heading
    for found in stated:
        label = heading[: len(heading) - len(found.value)].strip()
        if label and folded.endswith(found.value.casefold()) and len(tokens(found.value)) >= 3:
            bare = label.strip(" :–—-|")
            if len(bare) <= MAX_LABEL and not bare.isdigit() and bare.casefold() not in ("the", "a", "an"):
                return str(found.value)
    return heading


def _shown_part(page: PageView, title: str) -> str | None:
    """The longest part of a title, from its beginning to a separator, that a line of the page repeats."""
    for cut in reversed(list(_SEPARATOR.finditer(title))[-_MAX_CUTS:]):
        part = title[: cut.start()].strip()
        if len(tokens(part)) > 1 and _line_of(page, part) is not None:
            return part
    return None


def _without_tail(title: str) -> str:
    """A title without the short last part that reads as a site's name, where nothing else tells that name."""
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts or len(title[: cuts[-1].start()].split()) < 3:
        return title
    words = title[cuts[-1].end() :].casefold().split()
    barred = any(bar in cuts[-1].group() for bar in "|｜ㅣ")
    if len(words) <= MAX_SITE_WORDS and (barred or _SITE_WORDS & set(words)):
        return title[: cuts[-1].start()].strip()
    return title


def _line_of(page: PageView, title: str) -> int | None:
    """The first line that is the title, headings before others."""
    wanted = tokens(title)
    found = [i for i, line in enumerate(page.lines[:600]) if len(line) < 2 * len(title) + 20 and tokens(line) == wanted]
    return next((i for i in found if page.tag(i) == "h1"), found[0] if found else None)
