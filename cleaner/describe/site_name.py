"""The name of a page's site, where nothing declares it: what several parts of the page agree on.

The title's end, the line above the menu, the owner's mark in the footer, and the address each name the site, or
something else (a section, a slogan, a company, a web agency). A name that two of them give is the site's.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from cleaner.describe.header import tokens
from cleaner.describe.publisher import is_outlet
from cleaner.describe.title import Title, squash
from cleaner.describe.view import PageView

_TOP = 40
"""So many first lines, above the headline, can bear the site's name."""
_HIGH = 15
"""So many of them, where the page's title does not name it."""
_BOTTOM = 50
"""So many last lines can bear the owner's mark."""
_MAX_NAME = 60
_MAX_MARK = 250
_SEPARATOR = re.compile(
    r"\s[|\-–—―:·•»«›~/⋆★]{1,3}\s|\s?[|｜ㅣ]\s?|\s?[»›]\s|--|__?|\s?::\s?|[:：]\s?(?=[^\W\d])|【(?=[^【】]{2,30}】$)"
)
_OWNED = re.compile(r"©|\(c\)\s|copyright|&copy;", re.IGNORECASE)
_SIGNS = ("©", "(c) ", "copyright")
_MAX_MARKS = 8
_YEARS = re.compile(r"(?:19|20)\d{2}(?:\s?[-–—]\s?(?:(?:19|20)?\d{2}|present))?")
_NAME_END = re.compile(r"\s[-–—|·•]\s|[.,;:|]\s|\s?\(")
_ITEM_END = re.compile(r"\s?[|•·*/]\s?")
_DOCUMENTATION = re.compile(r"\s(?:v?\d+(?:\.\d+){0,3}\s)?documentation$", re.IGNORECASE)
_FIRST = 8
"""So many first lines can begin with the site's name and go on with its menu."""
_LOGO = "[logo]"
_EDGES = " \t|-–—·•:»«›~/【】[]()_,."
_ITEMS = frozenset({"li", "option", "button", "label", "select", "td", "th", "dd", "dt", "input"})
_ASIDE = frozenset({"skip_link", "breadcrumb", "login", "cookie_notice", "dateline", "byline", "comment", "related"})
_WEIGHT = {"owner": 0.3, "address": 0.3, "declared": 0.3, "logo": 0.2, "said": 0.2}
"""What each further source adds to a name's confidence; two tenths are needed."""


class SiteName(NamedTuple):
    """A site's name, how sure it is, and the line at the page's head that is the name, where one is."""

    name: str
    confidence: float
    line: int | None = None


class _Words(NamedTuple):
    home: frozenset[str]
    platform: frozenset[str]
    built: tuple[str, ...]
    section: frozenset[str]
    reserved: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = files("cleaner.describe") / "data"
    table = tomllib.loads((data / "publishers.toml").read_text("utf-8"))
    terms = tomllib.loads((data / "licenses.toml").read_text("utf-8"))
    return _Words(
        frozenset(word for listed in table["home"].values() for word in listed),
        frozenset(squash(word) for word in table["platform"]),
        tuple(table["built"]),
        frozenset(squash(word) for word in table["section"]),
        tuple(word.casefold() for word in terms["reserved"]),
    )


def fold(text: str) -> str:
    """Letters and digits only, in lower case and without accents: as a name stands in an address."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return squash(text)


def site_name(page: PageView, title: Title | None, sites: list[str], url: str | None) -> SiteName | None:
    """The name by which a page's site goes, by the agreement of at least two parts of the page.

    Args:
        page: A page of either kind.
        title: Its headline, where known.
        sites: Squashed names of the site that the page declares, and its domain.
        url: The page's address, where known.
    """
    evidence = _Evidence(page, title.text if title else "", title.line if title else None, sites, url)
    return evidence.best_in_title() or evidence.best_at_top() or evidence.owner_alone()


class _Evidence:
    """What the parts of one page say about its site's name."""

    def __init__(self, page: PageView, headline: str, line: int | None, sites: list[str], url: str | None) -> None:
        self._page = page
        self._headline = headline
        self._stop = min(_TOP if line is not None else _HIGH, len(page.lines))
        if line is not None:
            self._stop = min(self._stop, line)
        self._sites = frozenset(sites)
        self._hosts = _host_labels(url)
        self._line = line

    @cached_property
    def _logos(self) -> dict[str, int]:
        """Squashed short lines above the headline that are no items of lists -> their first index."""
        page, found = self._page, dict[str, int]()
        for i in range(self._stop):
            text = page.lines[i]
            if 1 < len(text) <= _MAX_NAME and page.tags[i] not in _ITEMS and page.roles[i] not in _ASIDE:
                found.setdefault(squash(text.removeprefix(_LOGO)), i)
        found.pop("", None)
        return found

    @cached_property
    def _marks(self) -> list[_Mark]:
        """Lines of the footer that say who owns the rights, the last first; those with a sign before others."""
        foot = self._page.lines[max(self._stop, len(self._page.lines) - _BOTTOM) :]
        parts = [part for text in reversed(foot) if len(text) <= 4 * _MAX_MARK for part in text.split("\n")]
        parts = [part for part in parts if 1 < len(part) <= _MAX_MARK]
        joined = "\n".join(parts).casefold()
        if not any(sign in joined for sign in _SIGNS):
            reserved = [words for words in _words().reserved if words in joined]
            marked = (p for p in parts if any(words in p.casefold() for words in reserved)) if reserved else iter(())
        elif joined.count("©") >= _MAX_MARKS or ("(c) " not in joined and "copyright" not in joined):
            marked = (p for p in parts if "©" in p)
        else:
            marked = (p for p in parts if "©" in p or "(c) " in (low := p.casefold()) or "copyright" in low)
        return [_Mark(text) for text in islice(marked, _MAX_MARKS)]

    def best_in_title(self) -> SiteName | None:
        """The part of the page's title beside the headline that other parts of the page confirm."""
        best: SiteName | None = None
        for name, outer in self._names_in_title():
            key = squash(name)
            found = [kind for kind in self._sources(name, key) if outer or kind not in ("logo", "said")]
            sure = sum(_WEIGHT[kind] for kind in found)
            if sure >= 0.2 and (best is None or 0.5 + sure > best.confidence + 0.05):
                best = SiteName(name, round(min(0.9, 0.5 + sure), 2), self._logos.get(key))
        return best

    def _names_in_title(self) -> Iterator[tuple[str, bool]]:
        """(name, whether it stands at an end) of the parts of the title that are not the headline, the last first."""
        for text in self._titles():
            for name, outer in _parts(text):
                if self._line is None and 2 * len(name) > len(text):  # rather the headline itself
                    continue
                if len(name) <= _MAX_NAME and not self._is_headline(name) and _could_be(name):
                    yield name, outer

    def _titles(self) -> Iterator[str]:
        head = self._page.head
        texts = [head.title] if head.title else []
        texts += [text for name, text in head.meta[:200] if name in ("og:title", "twitter:title")]
        if head.kind == "text" and self._headline:
            folded = self._headline.casefold()
            texts += [t for t in self._page.lines[:12] if len(t) < 400 and t.casefold().startswith(folded)]
        yield from dict.fromkeys(text[-400:] for text in texts if text != self._headline or self._line is None)

    @cached_property
    def _headline_key(self) -> str:
        return squash(self._headline)

    def _in_headline(self, name: str) -> bool:
        """Whether a name is the headline, or a part of it."""
        key, headline = squash(name), self._headline_key
        if not headline or (self._line is None and key != headline):  # no line shows where the headline ends
            return False
        return key in headline or headline in key

    def _is_headline(self, name: str) -> bool:
        """Whether a part of the title says what the headline says, rather than a name beside it."""
        if self._in_headline(name):
            return True
        if self._line is None:
            return False
        words, wanted = set(tokens(name)), set(tokens(self._headline))
        return len(words & wanted) * 2 > len(words)

    def _sources(self, name: str, key: str) -> Iterator[str]:
        """Which parts of the page, beside the title, give a name."""
        known = False
        if any(mark.holds(name) for mark in self._marks):
            known = True
            yield "owner"
        if key in self._sites:
            known = True
            yield "declared"
        elif self._in_address(name):
            known = True
            yield "address"
        if key in self._logos or any(_starts(self._page.lines[i], name) for i in range(min(_FIRST, self._stop))):
            yield "logo"
        elif not known and self._says(name):
            yield "said"

    def _says(self, name: str) -> bool:
        """Whether the page says a name of several words once more: "About NAME", "NAME, 1 Quay Street", at its foot."""
        if (" " not in name and name.isascii()) or self._line is None:
            return False
        for i, text in self._edges:
            if name not in text or i == self._line or self._is_headline(text):
                continue
            before, _, after = text.partition(name)
            if not before and not after:
                if i >= self._stop and self._page.tags[i] not in _ITEMS and " " in name:
                    return True
            elif (not before and not after[0].isalnum()) or (not after and not before[-1].isalnum()):
                return True
        return False

    @cached_property
    def _edges(self) -> list[tuple[int, str]]:
        """The short lines of the page's top and bottom, with their indices."""
        lines = self._page.lines
        at = (*range(self._stop), *range(max(self._stop, len(lines) - _BOTTOM), len(lines)))
        return [(i, lines[i]) for i in at if len(lines[i]) <= _MAX_MARK]

    def _in_address(self, name: str) -> bool:
        folded = fold(name)
        bare = folded.removeprefix("the")
        initials = "".join(word[0] for word in tokens(name))
        return any(
            label in (folded, bare) or label.removeprefix("the") == bare or (len(label) >= 3 and label == initials)
            for label in self._hosts
        )

    def best_at_top(self) -> SiteName | None:
        """A line above the headline that the owner's mark begins with, or that is the address."""
        for i in self._logos.values():
            if i >= _HIGH:
                break
            name = self._page.lines[i].removeprefix(_LOGO).strip()
            if not _could_be(name) or self._in_headline(name):
                continue
            owned, addressed = any(mark.names(name) for mark in self._marks), self._in_address(name)
            if owned or addressed:
                return SiteName(name, 0.85 if owned and addressed else 0.75, i)
        for mark in self._marks:
            for name in mark.owners:
                if _could_be(name) and self._in_address(name):
                    return SiteName(name, 0.75)
        return self._above_menu()

    def _above_menu(self) -> SiteName | None:
        """The first line of flattened text: an outlet's name, repeated below, or above a menu with the first page."""
        lines = self._page.lines
        first = next(iter(self._logos.values()), _HIGH) if self._page.head.kind == "text" else _HIGH
        name = lines[first].removeprefix(_LOGO).strip() if first <= 2 and self._line is not None else ""
        if not name or len(name.split()) > 5 or not _could_be(name) or self._in_headline(name):
            return None
        for text in lines[first + 1 : min(first + 3, self._stop)]:
            if _ITEM_END.split(text[:60].strip("*+- "), maxsplit=1)[0].casefold() in _words().home:
                return SiteName(name, 0.6, first)
        return SiteName(name, 0.55, first) if is_outlet(name) or self._again(name, first) else None

    def _again(self, name: str, line: int) -> bool:
        """Whether a short line near the page's ends, other than `line`, has the name in it as whole words."""
        wanted = f" {' '.join(tokens(name))} "
        return any(name in text and i != line and wanted in f" {' '.join(tokens(text))} " for i, text in self._edges)

    def owner_alone(self) -> SiteName | None:
        """The owner in the footer, where the name reads as an outlet's and there is no other."""
        names = [owner for mark in self._marks for owner in mark.owners[:1]]
        if len({squash(name) for name in names}) == 1 and is_outlet(names[0]) and _could_be(names[0]):
            return SiteName(names[0], 0.5)
        return None


class _Mark:
    """A line that says who owns the rights."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = f" {' '.join(tokens(text))} "

    @cached_property
    def owners(self) -> list[str]:
        """The names beside the mark: what follows it, what stands before it."""
        mark = _OWNED.search(self.text)
        sides = (self.text[mark.end() :], self.text[: mark.start()]) if mark else (self.text,)
        names = []
        for side in sides:
            said = _NAME_END.split(_YEARS.sub(" ", _OWNED.sub(" ", side)).strip(_EDGES))[0]
            folded = said.casefold()
            at = [folded.find(words) for words in _words().reserved]
            name = said[: min((i for i in at if i >= 0), default=len(said))].strip(_EDGES).removeprefix("by ")
            if 1 < len(name) <= _MAX_NAME:
                names.append(name)
        return names

    def holds(self, name: str) -> bool:
        """Whether the line has the name in it, as whole words (in scripts with prefixes: a long one anywhere)."""
        wanted = " ".join(tokens(name))
        if not wanted:
            return False
        return f" {wanted} " in self._tokens or (not name.isascii() and len(wanted) >= 5 and wanted in self._tokens)

    def names(self, name: str) -> bool:
        """Whether an owner's name is, or begins with, a name ("The Bench" in "The Bench Ltd")."""
        wanted = tokens(name)
        return any(tokens(owner)[: len(wanted)] == wanted for owner in self.owners)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """(part, whether it stands at an end) of a title, the last first; what a page runs on is no part."""
    cuts = list(_SEPARATOR.finditer(text))
    while cuts and _is_built(text[cuts[-1].end() :]):
        text = text[: cuts[-1].start()]
        cuts.pop()
    if not cuts:
        return
    last = text[cuts[-1].end() :]
    ends = [last, _DOCUMENTATION.sub("", last), text[: cuts[0].start()]]
    ends += [text[cut.end() :] for cut in reversed(cuts[-3:-1])]
    inner = [last.partition(",")[0]]
    inner += [text[a.end() : b.start()] for a, b in zip(cuts[-4:], cuts[-3:], strict=False)]
    for some, outer in ((ends, True), (inner, False)):
        for part in dict.fromkeys(_trim(part) for part in some):
            yield part, outer


def _trim(name: str) -> str:
    """A name without separators and brackets around it; the stop of an abbreviation stays."""
    bare = name.strip(_EDGES)
    return bare + "." if name.strip()[len(bare) :].startswith(".") and name.strip().startswith(bare) else bare


def _is_built(text: str) -> bool:
    return text.strip().casefold().startswith(_words().built) or squash(text) in _words().platform


def _could_be(text: str) -> bool:
    """Whether a text can be a site's name at all: no section, platform, builder's line, date, item or address."""
    key = squash(text)
    words = _words()
    return (
        len(key) > 1
        and key not in words.section
        and key not in words.platform
        and not text.casefold().startswith(words.built)
        and text.casefold() not in words.home
        and text[0] not in "*+>"
        and text[-1] not in "?!…:"
        and "@" not in text
        and "#" not in text
        and text.count(" ") <= 8
        and not key.isdecimal()
    )


def _starts(line: str, name: str) -> bool:
    """Whether a merged line of a page's top begins with a name ("Olešské listy ZprávySpolky")."""
    return len(name) >= 3 and len(line) > len(name) and line.startswith(name) and not line[len(name)].islower()


def _host_labels(url: str | None) -> list[str]:
    """The labels of an address's host without "www" and the last, without hyphens."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return []
    labels = (host or "").split(".")[:-1]
    return [label for label in (label.replace("-", "") for label in labels) if len(label) > 2 and label != "www"]
