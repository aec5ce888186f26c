"""The name of a page's site, where nothing declares it: what several parts of the page agree on.

The title's end, the line above the menu, the owner's mark in the footer, and the address each name the site, or
something else (a section, a slogan, a company, a web agency). A name that two of them give is the site's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from cleaner.describe.authors import kind_of
from cleaner.describe.header import tokens
from cleaner.describe.owner_marks import BOTTOM, MAX_MARK, OwnerMark, read_marks
from cleaner.describe.publisher import is_outlet
from cleaner.describe.site_words import EDGES, MAX_NAME, could_be, fold, title_parts, words
from cleaner.describe.title import Title, squash
from cleaner.describe.view import PageView

_TOP = 40
"""So many first lines, above the headline, can bear the site's name."""
_HIGH = 15
"""So many of them, where the page's title does not name it."""
_ITEM_END = re.compile(r"\s?[|•·*/]\s?")
_FIRST = 8
"""So many first lines can begin with the site's name and go on with its menu."""
_FORM = re.compile(
    r",?\s(?:inc|llc|ltd|limited|gmbh|corp|corporation|co|company|plc|kg|ag|oy|ab|s\.?l|s\.?a|b\.?v)\.?$", re.IGNORECASE
)
"""What ends a company's name."""
_SPOKEN = 600
_MAX_PROSE = 2_000
_LOGO = "[logo]"
_LOGO_WORD = re.compile(r"\blogo(?:typ)?\b", re.IGNORECASE)
_ITEMS = frozenset({"li", "option", "button", "label", "select", "td", "th", "dd", "dt", "input"})
_ASIDE = frozenset({"skip_link", "breadcrumb", "login", "cookie_notice", "dateline", "byline", "comment", "related"})
_WEIGHT = {"owner": 0.3, "address": 0.3, "declared": 0.3, "picture": 0.3, "logo": 0.2, "said": 0.2}
"""What each further source adds to a name's confidence; two tenths are needed."""


class SiteName(NamedTuple):
    """A site's name, how sure it is, and the line at the page's head that is the name, where one is."""

    name: str
    confidence: float
    line: int | None = None


def site_name(page: PageView, title: Title | None, sites: list[str], url: str | None) -> SiteName | None:
    """The name by which a page's site goes, by the agreement of at least two parts of the page.

    Args:
        page: A page of either kind.
        title: Its headline, where known.
        sites: Squashed names of the site that the page declares, and its domain.
        url: The page's address, where known.
    """
    evidence = _Evidence(page, title.text if title else "", title.line if title else None, sites, url)
    found = evidence.best_in_title() or evidence.best_at_top() or evidence.owner_alone()
    return found and found._replace(name=" ".join(found.name.split()))


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
            if 1 < len(text) <= MAX_NAME and page.tags[i] not in _ITEMS and page.roles[i] not in _ASIDE:
                found.setdefault(squash(text.removeprefix(_LOGO)), i)
        found.pop("", None)
        return found

    @cached_property
    def _pictured(self) -> list[str]:
        """Squashed texts of logos and titles of feeds, without the word "logo"."""
        return [squash(_LOGO_WORD.sub(" ", text)) for text in self._page.head.logos]

    @cached_property
    def _marks(self) -> list[OwnerMark]:
        return read_marks(self._page.lines, self._stop)

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
            for name, outer in title_parts(text):
                if self._line is None and 2 * len(name) > len(text):  # rather the headline itself
                    continue
                if len(name) <= MAX_NAME and not self._is_headline(name) and could_be(name):
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
        if any(text == key or (len(key) >= 4 and text.startswith(key)) for text in self._pictured):
            known = True
            yield "picture"
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
        at = (*range(self._stop), *range(max(self._stop, len(lines) - BOTTOM), len(lines)))
        return [(i, lines[i]) for i in at if len(lines[i]) <= MAX_MARK]

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
            if not could_be(name) or self._in_headline(name):
                continue
            owned, addressed = self._owned(name), self._in_address(name)
            if owned or addressed:
                return SiteName(name, 0.85 if owned and addressed else 0.75, i)
        for text in self._page.head.logos[:3]:
            name = _LOGO_WORD.sub(" ", text).strip(EDGES)
            if 1 < len(name) <= MAX_NAME and could_be(name) and (self._owned(name) or self._in_address(name)):
                return SiteName(name, 0.8)
        for mark in self._marks:
            for name in mark.owners:
                if could_be(name) and self._in_address(name):
                    return SiteName(name, 0.75)
        return self._above_menu()

    def _owned(self, name: str) -> bool:
        """Whether an owner's mark begins with a name."""
        return any(mark.names(name) for mark in self._marks)

    def _above_menu(self) -> SiteName | None:
        """The first line of flattened text: an outlet's name, or one above a menu that begins with the first page."""
        lines = self._page.lines
        first = next(iter(self._logos.values()), _HIGH) if self._page.head.kind == "text" else _HIGH
        name = lines[first].removeprefix(_LOGO).strip() if first <= 2 and self._line is not None else ""
        if not name or len(name.split()) > 5 or not could_be(name) or self._in_headline(name):
            return None
        for text in lines[first + 1 : min(first + 3, self._stop)]:
            if _ITEM_END.split(text[:60].strip("*+- "), maxsplit=1)[0].casefold() in words().home:
                return SiteName(name, 0.6, first)
        return SiteName(name, 0.55, first) if is_outlet(name) else None

    def owner_alone(self) -> SiteName | None:
        """The owner in the footer, where there is one: an outlet's name, or one of which the page goes on to speak."""
        names = {squash(owner): owner for mark in self._marks for owner in mark.owners[:1]}
        if len(names) != 1:
            return None
        whole = next(iter(names.values()))
        name = _FORM.sub("", whole).strip(EDGES)
        if not name[:1].isupper() or not could_be(name) or self._in_headline(name):
            return None
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w|\s[A-Z])" if name.isascii() else re.escape(name))
        lines = [text for text in self._page.lines[:_SPOKEN] if len(text) <= _MAX_PROSE]
        said, marked = (len(pattern.findall("\n".join(some))) for some in (lines, [m.text for m in self._marks]))
        spoken_of = len(name) >= 4 and said - marked >= 2
        if spoken_of and (len(whole) > len(name) or kind_of(name, "", []) != "person"):
            return SiteName(name, 0.55)
        return SiteName(name, 0.5) if is_outlet(name) else None


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
