"""A flattened page as its header is read: prose and headline found, lines taken apart when they are asked for."""

from __future__ import annotations

from functools import cached_property

from cleaner.describe.dates import Order, has_numbers, order_of
from cleaner.describe.header import MAX_LINES, Header
from cleaner.describe.header_lines import HeaderLine, read_line
from cleaner.describe.title import Title
from cleaner.describe.view import PageView

MIN_ANCHOR = 0.1
"""A headline less likely than this tells nothing of where the header is."""


class Reading:
    """What the steps that read a flattened page's header share.

    Attributes:
        header: Where the prose is.
        title: The headline's text, "" where unknown.
        title_chance: How likely it is the headline.
        anchor: The headline's line; without one the first line of the body.
        sites: Squashed names of the page's site.
        language: Primary language subtag of the page, where known.
    """

    def __init__(
        self, page: PageView, header: Header, title: Title | None, sites: list[str], language: str | None
    ) -> None:
        self._page = page
        self.header = header
        known = title is not None and title.line is not None and title.confidence >= MIN_ANCHOR
        self.title = title.text if title and known else ""
        self.title_chance = title.confidence if title and known else 0.0
        self.anchor = title.line if title and known and title.line is not None else header.body
        self.sites = frozenset(sites)
        self.language = language
        self._told: dict[int, HeaderLine] = {}

    def line(self, i: int) -> HeaderLine:
        """Line i taken apart."""
        told = self._told.get(i)
        if told is None:
            lines = self._page.lines
            order = self.order if has_numbers(lines[i]) else None
            told = self._told[i] = read_line(lines[i], lines[i - 1] if i else "", self.language, order)
        return told

    def is_title(self, i: int) -> bool:
        """Whether line i is the headline or a copy of it."""
        line = self._page.lines[i]
        return (i == self.anchor and bool(self.title)) or (
            len(line) <= 300 and line.casefold() == self.title.casefold()
        )

    def zone(self, above: int, below: int) -> range:
        """The lines from `above` lines over the headline to the third paragraph after it, `below` lines at most."""
        paragraph = self.anchor
        for _ in range(3):
            paragraph = self.header.next_prose(paragraph)
        return range(max(0, self.anchor - above), min(paragraph, self.anchor + below, len(self._page.lines)))

    def count(self, folded: str) -> int:
        """How many lines hold a text of lower case."""
        return self.text.count(folded)

    @cached_property
    def order(self) -> Order | None:
        """What comes first in the page's dates of numbers."""
        return order_of(line for line in self._page.lines[:MAX_LINES] if len(line) <= 200)

    @cached_property
    def text(self) -> str:
        """The page's short lines in lower case, one below the other."""
        return "\n".join(line for line in self._page.lines[:MAX_LINES] if len(line) <= 300).casefold()

    @cached_property
    def prose_text(self) -> str:
        """The page's prose in lower case."""
        lines = zip(self._page.lines, self.header.prose, strict=False)
        return "\n".join(line[:2000] for line, good in lines if good).casefold()

    @cached_property
    def small_words(self) -> frozenset[str]:
        """Words that the page's prose writes in lower case: names are not among them."""
        lines = zip(self._page.lines, self.header.prose, strict=False)
        words = " ".join([line[:1000] for line, good in lines if good][:30]).split()
        return frozenset(word.strip(".,;:!?()") for word in words if word.islower())
