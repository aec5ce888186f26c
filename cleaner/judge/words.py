"""The words of a batch of lines as flat arrays: what all features of words and n-grams are computed from.

A word's number is the CRC-32 of its lower-case form with digits masked, so that it is the same on every machine and
in every version; each distinct word of a batch is looked at once.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.stopwords import STOP_WORDS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_Number = TypeVar("_Number", np.int64, np.uint64)

UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]"
"""Characters of scripts that put no space between words."""
UNSPACED_WORD = 0.5
"""Words that such a character counts for: two make a word in Chinese, somewhat more in Japanese."""

_WORD = r"[\p{L}\p{M}\p{N}_]+"
HEAD, TAIL = 14, 6
"""Of a long line, this many first and last words go into its n-grams."""
_SLICE = 16_384
"""So many lines are looked at at once where something is made of each of their words."""


@dataclass(slots=True)
class Words:
    """Words of a batch, line after line.

    Attributes:
        line: For each word, the line (row of the table) that it stands in.
        code: For each word, its number (CRC-32 of the masked lower-case form).
        stop: For each word, whether it is a function word of some language.
        first: For each line, the position of its first word; one more entry at the end.
    """

    line: Ints
    code: npt.NDArray[np.uint32]
    stop: npt.NDArray[np.bool_]
    first: Ints

    @property
    def count(self) -> Ints:
        """Words of each line."""
        return np.diff(self.first)

    def part(self, begin: int, end: int) -> Words:
        """The words of the lines from `begin` to before `end`, which are then counted from 0."""
        span = slice(int(self.first[begin]), int(self.first[end]))
        first = self.first[begin : end + 1] - self.first[begin]
        return Words(self.line[span] - begin, self.code[span], self.stop[span], first)

    def slices(self) -> Iterator[tuple[slice, Words]]:
        """(lines, their words), _SLICE lines at a time: what is made of every word of a large page at once takes as
        much memory as all of its features. There is one slice at least, if of no lines."""
        lines = len(self.first) - 1
        for begin in range(0, max(lines, 1), _SLICE):
            end = min(begin + _SLICE, lines)
            yield slice(begin, end), self.part(begin, end)


@functools.cache
def _stop_words() -> pl.Series:
    return pl.Series(sorted(STOP_WORDS), dtype=pl.String).implode()


def cut_words(texts: pl.Series) -> Words:
    """The words of each text."""
    lists = texts.str.to_lowercase().str.extract_all(_WORD)
    count = lists.list.len().to_numpy().astype(np.int64)
    first = np.concatenate(([0], np.cumsum(count)))
    words = lists.explode(empty_as_null=False) if len(lists) else lists.explode()
    distinct = words.unique(maintain_order=True)
    masked = distinct.str.replace_all(r"\p{N}", "0")
    table = pl.DataFrame(
        {
            "word": distinct,
            "code": pl.Series([zlib.crc32(word.encode("utf-8", "replace")) for word in masked], dtype=pl.UInt32),
            "stop": distinct.is_in(_stop_words()),
        }
    )
    joined = pl.DataFrame({"word": words}).join(table, on="word", how="left", maintain_order="left")
    return Words(
        line=np.repeat(np.arange(len(texts)), count),
        code=joined["code"].to_numpy().astype(np.uint32),
        stop=joined["stop"].to_numpy().astype(bool),
        first=first,
    )


def ngrams(words: Words) -> tuple[Ints, npt.NDArray[np.uint32]]:
    """(line, number) of each uni- and bigram of the first HEAD and last TAIL words, with marks at both ends.

    A line of up to six words also gives one number for the whole of it.
    """
    count = words.count[words.line]
    place = np.arange(len(words.line)) - words.first[words.line]
    chosen = (place < HEAD) | (place >= count - TAIL)
    line, code, place, count = words.line[chosen], words.code[chosen], place[chosen], count[chosen]
    mixed = code * np.uint32(2654435761)
    start, end = np.uint32(0x9E3779B9), np.uint32(0x7F4A7C15 * 40503 & 0xFFFFFFFF)
    before = np.where(place == 0, start, np.concatenate((code[:0], [0], code[:-1])).astype(np.uint32))
    pair = (before * np.uint32(31) + np.uint32(7)) ^ (code * np.uint32(40503))
    last = place == count - 1
    final = (code[last] * np.uint32(31) + np.uint32(7)) ^ end
    short = words.count <= 6
    whole = np.zeros(len(words.count), dtype=np.uint32)
    few = short[words.line]
    power = (np.arange(len(words.line)) - words.first[words.line])[few].astype(np.uint32)
    np.add.at(whole, words.line[few], words.code[few] * (np.uint32(2) * power + np.uint32(3)) ** np.uint32(3))
    has = np.flatnonzero(short & (words.count > 1))
    lines = np.concatenate((line, line, line[last], has))
    codes = np.concatenate((mixed, pair, final, whole[has] ^ np.uint32(0x5BD1E995))).astype(np.uint32)
    return lines, codes


def sums(values: npt.NDArray[np.generic], group: Ints, groups: int) -> Floats:
    """Sum of the values of each group, added in their order: the same whatever else is in the batch."""
    return np.asarray(np.bincount(group, weights=values.astype(np.float64), minlength=groups), dtype=np.float64)


def distinct(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """The values, each once, in order. (`np.unique` hashes them first, which takes many times as long.)"""
    ordered = np.sort(values)
    out: npt.NDArray[_Number] = ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
    return out


def places(sizes: Ints) -> Ints:
    """0, 1, 2... for as many entries as each of these sizes says, one after the other."""
    out: Ints = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return out
