"""At which width a run of physical lines is wrapped, if it is.

A greedy wrapper puts a word on the next line only when it does not fit on this one. So each line end that is a wrap
bounds the width from both sides: the line fits, and the line with the next word does not. Widths are voted on: such a
line end speaks for the widths that it allows, the more so if the sentence goes on across it; a line that could have
taken the next word speaks against the widths that would have allowed it, and so does a line that is too long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import accumulate
from typing import NamedTuple

MAX_WIDTH = 200
"""No text is taken for wrapped at more characters than this."""

MIN_WIDTH = 40
"""Nor for wrapped at fewer, where words are parted by blanks."""

MIN_DENSE_WIDTH = 16
"""The same for Chinese and Japanese, of which fewer characters make a line."""

ENOUGH = 3.0
"""Votes that a width must have: a sentence that goes on across two full lines is not quite enough."""

_LONG = 0.6  # a line of at least this part of the width says something if it is not full
_OVERLONG = -2.0


class LineEnd(NamedTuple):
    """What the end of a physical line says about wrapping.

    Attributes:
        width: Characters of the line.
        need: Characters that the first word of the next line, with the blank before it, would have added; 0 if there
            is no next line that could go on with this one.
        full: Votes for the widths at which that word did not fit.
        fits: Votes, of 0 or less, for the widths at which it did.
        breakable: Where the line could have been broken first, 0 if nowhere.
        dense: Whether it is written without blanks.
    """

    width: int
    need: int
    full: float
    fits: float
    breakable: int
    dense: bool


def infer_width(ends: Collection[LineEnd]) -> int:
    """The width with the most votes; 0 if none has `ENOUGH`."""
    if sum(end.full for end in ends) < ENOUGH:
        return 0
    steps = [0.0] * (MAX_WIDTH + 2)  # differences of the votes from width to width
    for end in ends:
        width = end.width
        if end.need and MIN_DENSE_WIDTH <= width <= MAX_WIDTH and (end.dense or width + end.need > MIN_WIDTH):
            fits = min(width + end.need, MAX_WIDTH + 1)
            short = min(int(width / _LONG) + 1, MAX_WIDTH + 1)
            steps[width] += end.full
            steps[fits] -= end.full
            if short > fits:
                steps[fits] += end.fits
                steps[short] -= end.fits
        if end.breakable and width > MIN_DENSE_WIDTH:
            steps[min(end.breakable, MAX_WIDTH + 1)] += _OVERLONG
            steps[min(width, MAX_WIDTH + 1)] -= _OVERLONG
    votes = list(accumulate(steps[: MAX_WIDTH + 1]))
    best = max(range(MIN_DENSE_WIDTH, MAX_WIDTH + 1), key=votes.__getitem__)
    return best if votes[best] >= ENOUGH else 0


def count_votes(ends: Iterable[LineEnd], width: int) -> float:
    """The votes of `ends` for one width (0 for the width 0)."""
    votes = 0.0
    for end in ends:
        if end.need and end.width <= width < end.width + end.need:
            votes += end.full
        elif end.need and end.width + end.need <= width <= int(end.width / _LONG):
            votes += end.fits
        if end.breakable and end.breakable <= width < end.width:
            votes += _OVERLONG
    return votes
