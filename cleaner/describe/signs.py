"""What the short lines of a flattened page look like: date, byline, bare name, teaser. Each line is looked at once."""

from __future__ import annotations

from typing import NamedTuple

from cleaner.describe.header import Header, tokens
from cleaner.describe.header_lines import HeaderLines
from cleaner.describe.view import PageView


class Sign(NamedTuple):
    """One line: its size in characters, its words (of a script without blanks: half its characters), and whether it
    holds a date, is signed, is a bare name, tells a reading time, is prose, or is as long as headlines are."""

    size: int
    words: float
    dated: bool
    signed: bool
    named: bool
    timed: bool
    prose: bool
    headlike: bool


_TIMED = 60
"""Characters that a line with a reading time has less than."""
NOTHING = Sign(0, 0, False, False, False, False, False, False)


def count_words(line: str) -> float:
    """Words of a line; of a script without blanks, half its characters."""
    words = line.count(" ") + 1
    if line.isascii():
        return words
    cut = len(tokens(line[:400]))
    return cut / 2 if cut > 1.5 * words + 3 else words


class Signs:
    """The signs of a page's lines, looked at when they are asked for."""

    def __init__(self, page: PageView, header: Header, told: HeaderLines) -> None:
        self._lines = page.lines
        self._prose = header.prose
        self._told = told
        self._known: dict[int, Sign] = {}

    def __getitem__(self, i: int) -> Sign:
        if not 0 <= i < len(self._lines):
            return NOTHING
        sign = self._known.get(i)
        if sign is None:
            sign = self._known[i] = self._look(i)
        return sign

    def timed(self, i: int) -> bool:
        """Whether line i tells a reading time: it is not looked at where it is too long for that."""
        return 0 <= i < len(self._lines) and len(self._lines[i]) < _TIMED and self[i].timed

    def _look(self, i: int) -> Sign:
        line = self._lines[i]
        size = len(line)
        prose = i < len(self._prose) and self._prose[i]
        words = count_words(line) if size <= 400 else size / 5
        if size > 160:
            return Sign(size, words, False, False, False, False, prose, False)
        told = self._told[i]
        return Sign(
            size,
            words,
            bool(told.dates) and told.left <= 45,
            told.label,
            bool(told.names) and not (told.label or told.left or told.dates),
            told.reading and size < _TIMED,
            prose,
            not prose and 4 <= words <= 22 and line[-1:] not in ".:。：",
        )
