"""A flattened page as its header is read: prose and headline found, lines taken apart when they are asked for."""

from __future__ import annotations

from functools import cached_property
from itertools import islice

from cleaner.describe.header import MAX_LINES, Header, fold_lines
from cleaner.describe.header_lines import HeaderLine, HeaderLines
from cleaner.describe.headline import Headline
from cleaner.describe.view import PageView

MIN_ANCHOR = 0.1
"""A headline less likely than this tells nothing of where the header is."""


class Reading:
    """What the steps that read a flattened page's header share.

    Attributes:
        header: Where the prose is.
        title: The headline's text, "" where unknown.
        title_chance: How likely it is the headline.
        anchor: The headline's line, of copies the one by the text; without one the first line of the body.
        sites: Squashed names of the page's site.
    """

    def __init__(
        self, page: PageView, header: Header, told: HeaderLines, headline: Headline | None, sites: list[str]
    ) -> None:
        self._page = page
        self.header = header
        known = headline is not None and headline.title.confidence >= MIN_ANCHOR
        self.title = headline.title.text if headline and known else ""
        self._folded_title = self.title.casefold()
        near = known and headline is not None and headline.chance >= MIN_ANCHOR
        self.title_chance = headline.chance if headline and near else 0.0
        self.anchor = headline.anchor if headline and near else header.body
        self.sites = frozenset(sites)
        self._told = told

    def line(self, i: int) -> HeaderLine:
        """Line i taken apart."""
        return self._told[i]

    def is_title(self, i: int) -> bool:
        """Whether line i is the headline or a copy of it."""
        line = self._page.lines[i]
        return (i == self.anchor and bool(self.title)) or (len(line) <= 300 and line.casefold() == self._folded_title)

    def zone(self, above: int, below: int) -> range:
        """The lines from `above` lines over the headline to the third paragraph after it, `below` lines at most."""
        paragraph = self.anchor
        for _ in range(3):
            paragraph = self.header.next_prose(paragraph)
        return range(max(0, self.anchor - above), min(paragraph, self.anchor + below, len(self._page.lines)))

    def count(self, folded: str) -> int:
        """How often the page's lines hold a text of lower case."""
        return sum(text.count(folded) for text in self._folded)

    def is_small(self, word: str) -> bool:
        """Whether the page's prose has a word, given in lower case, in lower case: names are not among such words."""
        return word in self._prose and word in self._small_words

    @cached_property
    def _folded(self) -> tuple[str, str]:
        return fold_lines(line[:300] for line in self._page.lines[:MAX_LINES])

    @cached_property
    def _prose(self) -> str:
        lines = zip(self._page.lines, self.header.prose, strict=False)
        return " ".join(islice((line[:600] for line, good in lines if good), 15))

    @cached_property
    def _small_words(self) -> frozenset[str]:
        return frozenset(word.strip(".,;:!?()") for word in self._prose.split() if word.islower())
