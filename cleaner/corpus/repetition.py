"""How much of a text is made of runs of words that it repeats: the n-gram measures of Gopher, for many texts at once.

Source: Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training Gopher" (2021,
arXiv:2112.11446), table A1, in the reading of datatrove's GopherRepetitionFilter: the most frequent n-gram counts once
for each time it occurs; a text is read for repeated n-grams from its start, and after one that was there before the
reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.corpus.tokens import Ints, Tokens, chain

TOP = (2, 3, 4)
REPEATED = (5, 6, 7, 8, 9, 10)


@dataclass(slots=True)
class _Recurring:
    """N-grams that occur more than once in their text, in the order of the texts: where each starts, and a number that
    those with the same words in the same text share."""

    start: Ints
    group: Ints


def measure_repetition(tokens: Tokens, characters: Sequence[int]) -> dict[str, list[float | None]]:
    """`gopher_top_N_gram` (N of TOP) and `gopher_dup_N_grams` (N of REPEATED): shares of the characters of each text.

    `characters` are the lengths of the texts, at least 1. None where a text has fewer than N tokens.
    """
    text = np.repeat(np.arange(len(characters)), np.diff(tokens.first))
    end = tokens.first[1:][text]
    before = np.concatenate(([0], np.cumsum(tokens.length)))
    of = np.array(characters, np.float64)
    count = np.diff(tokens.first)
    measures: dict[str, list[float | None]] = {}
    grams, start = tokens.number, np.arange(len(text))
    for size in range(2, REPEATED[-1] + 1):
        grams = chain(grams, tokens.number, size)
        start = start[start + size <= end[start]]
        found = _recurring(grams[start], start, text)
        if size in TOP:
            named, held = f"gopher_top_{size}_gram", _top(found, size, tokens, text, before)
        else:
            held = np.zeros(len(characters), np.int64)
        if size in REPEATED:
            named, held = f"gopher_dup_{size}_grams", _repeated(found, size, text, before, len(characters))
        values = np.round(held / of, 4).tolist()
        measures[named] = [value if n >= size else None for value, n in zip(values, count.tolist(), strict=True)]
        start = found.start
    return measures


def _recurring(grams: npt.NDArray[np.uint64], start: Ints, text: Ints) -> _Recurring:
    """Those n-grams (by number, start and text) that occur more than once in their text."""
    order = np.argsort(grams, kind="stable")  # equal ones stay in the order of the texts
    same = grams[order[1:]] == grams[order[:-1]]
    same &= text[start[order[1:]]] == text[start[order[:-1]]]
    first = np.concatenate((np.ones(min(len(order), 1), bool), ~same))
    group = np.cumsum(first) - 1
    recurs = np.bincount(group)[group] > 1 if len(group) else first
    back = np.argsort(order[recurs])
    return _Recurring(start[order[recurs]][back], group[recurs][back])


def _top(found: _Recurring, size: int, tokens: Tokens, text: Ints, before: Ints) -> Ints:
    """Characters in the most frequent n-gram of each text, spaces between its words included; of equally frequent ones
    the first counts, and where none recurs the very first."""
    starts = np.minimum(tokens.first[:-1], max(len(text) - 1, 0))
    ends = np.minimum(starts + size, len(text))
    held: Ints = before[ends] - before[starts] + size - 1
    if len(found.start):
        _, first, count = np.unique(found.group, return_index=True, return_counts=True)
        at = found.start[first]
        best = np.lexsort((at, -count, text[at]))
        best = best[np.concatenate(([True], text[at[best[1:]]] != text[at[best[:-1]]]))]
        at, count = at[best], count[best]
        held[text[at]] = (before[at + size] - before[at] + size - 1) * count
    return held


def _repeated(found: _Recurring, size: int, text: Ints, before: Ints, texts: int) -> Ints:
    """Characters in n-grams of each text that were there before, spaces between words not counted."""
    held = np.zeros(texts, np.int64)
    seen: set[int] = set()
    behind = 0
    repeated = []
    for start, group in zip(found.start.tolist(), found.group.tolist(), strict=True):
        if start < behind:
            continue
        if group in seen:
            repeated.append(start)
            behind = start + size
        else:
            seen.add(group)
    if repeated:
        at = np.array(repeated)
        np.add.at(held, text[at], before[at + size] - before[at])
    return held
