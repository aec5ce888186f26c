"""Characters of many texts as arrays: of what classes each is, and where those of a class stand.

Classes are told by a table of all characters, filled as Polars' regular expressions know them. A look around a
character never leaves the arrays.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.words import UNSPACED

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

# Classes of characters, each a bit; the first ones as Polars' regular expressions know them, the others as listed.
_CLASSES = (r"\p{L}", r"\p{N}", r"\p{Lu}", r"\p{Ll}", r"\p{Lt}", r"\d", r"\s", r"\w", UNSPACED)
_LISTED = (
    ".!?…。！？؟।", ".!?。！？؟।", "。！？", "\"'”’»)]」』", "\"'”’»)", ",、،，", "|·•›»→/>", "•·▪◦‣*–—-",
    "\"'“”‘„«»「『(", "$€£¥₹", "€£¥₽₹", "{};", ".,kK", "@:.(=<©UEzKkYyGgVvLlHh年/-", "\n",
)  # fmt: skip
(
    LETTER, NUMBER, UPPER, LOWER, TITLE, DIGIT, SPACE, WORD, UNSPACED_LETTER, ENDS, STOPS, WIDE_STOPS, CLOSES_END,
    CLOSES, COMMA, BAR, BULLET, OPENS, MONEY_BEFORE, MONEY_AFTER, CODE_END, NUMERIC, ANCHOR, NEWLINE, MADE,
) = (np.uint32(1 << bit) for bit in range(25))  # fmt: skip
_SPARSE = (
    NUMBER | UPPER | UNSPACED_LETTER | STOPS | CLOSES_END | COMMA | BAR | MONEY_BEFORE | MONEY_AFTER | ANCHOR | NEWLINE
)
BETWEEN = 0x110000
"""Stands before, between and after texts: no character, and of no class."""
_MARGIN = 6
"""So many of it stand at both ends, so that a look around a character never leaves the array."""


@functools.cache
def _table() -> Codes:
    """The classes of each character by its number; filled plane by plane (MADE tells which characters are)."""
    table = np.zeros(BETWEEN + 1, dtype=np.uint32)
    table[BETWEEN] = MADE
    return table


def _fill(plane: int) -> None:
    """Enter the classes of a plane of 65,536 characters into the table."""
    table = _table()
    first = plane << 16
    codes = [code for code in range(first, first + 0x10000) if not 0xD800 <= code < 0xE000]
    everything = pl.Series(["".join(map(chr, codes))])
    for bit, pattern in enumerate(_CLASSES):
        runs = everything.str.extract_all(f"{pattern}+")[0]
        for run in runs.to_list():
            begin = ord(run[0])
            table[begin : begin + len(run)] |= np.uint32(1 << bit)
    for bit, listed in enumerate(_LISTED, len(_CLASSES)):
        table[[code for code in map(ord, listed) if code >> 16 == plane]] |= np.uint32(1 << bit)
    table[first : first + 0x10000] |= MADE


class Characters:
    """The characters of some texts one after the other, and the classes of each."""

    def __init__(self, texts: pl.Series, sizes: Ints) -> None:
        margin = "\0" * _MARGIN
        joined = "\0".join([margin[1:], *texts.to_list(), margin[1:]])
        self.codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32).copy()
        self.size = sizes
        self.start = _MARGIN + np.cumsum(sizes + 1) - sizes - 1
        self.end = self.start + sizes
        self.edges = np.append(self.start, self.end[-1] + 1)
        self.codes[:_MARGIN] = self.codes[-_MARGIN:] = BETWEEN
        self.codes[self.end] = BETWEEN
        table = _table()
        self.classes = table[self.codes]
        if not self.classes.all():
            for plane in np.unique(self.codes[self.classes == 0] >> 16).tolist():
                _fill(plane)
            self.classes = table[self.codes]
        self.sparse = np.flatnonzero((self.classes & _SPARSE) != 0)
        self.sparse_classes = self.classes[self.sparse]
        self.sparse_codes = self.codes[self.sparse]

    def of(self, wanted: np.uint32) -> Ints:
        """Positions of the characters of these classes, all of which are in _SPARSE."""
        out: Ints = self.sparse[(self.sparse_classes & wanted) != 0]
        return out

    def where(self, characters: str) -> Ints:
        """Positions of these characters, all of which are anchors."""
        chosen = self.sparse_codes == ord(characters[0])
        for character in characters[1:]:
            chosen |= self.sparse_codes == ord(character)
        out: Ints = self.sparse[chosen]
        return out

    def is_(self, at: Ints, wanted: np.uint32) -> Flags:
        """Whether the characters at these positions are of one of these classes."""
        out: Flags = (self.classes[at] & wanted) != 0
        return out

    def count(self, at: Ints) -> Ints:
        """How many of the (ascending) positions lie in each text."""
        return np.diff(np.searchsorted(at, self.edges))

    def has(self, at: Ints) -> Flags:
        """Whether any of the positions lies in each text."""
        out = np.zeros(len(self.start), dtype=bool)
        out[np.searchsorted(self.start, at, side="right") - 1] = True
        return out

    def literal(self, text: str, anchor: int) -> Ints:
        """Where this text (in lower case, of ASCII) stands in either case: positions of its character `anchor`."""
        character = text[anchor]
        at = self.where(character if not character.isalpha() else character + character.upper())
        for place, character in enumerate(text):
            if place != anchor and len(at):
                codes = self.codes[at + (place - anchor)]
                same = codes == ord(character)
                at = at[same | (codes == ord(character.upper()))] if character.isalpha() else at[same]
        return at


def skip(run: Ints, at: Ints, step: int) -> Ints:
    """`at`, or, where that is one of the positions of `run`, the first beyond these neighbours of each other."""
    if not len(run):
        return at
    found = np.minimum(np.searchsorted(run, at), len(run) - 1)
    cut = np.flatnonzero(np.diff(run) != 1)
    last = np.append(run[cut], run[-1]) if step > 0 else np.append(run[0], run[cut + 1])
    return np.where(run[found] == at, last[np.searchsorted(cut, found)] + step, at)
