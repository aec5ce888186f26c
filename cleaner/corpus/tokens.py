"""The words of whole texts as flat arrays of numbers: what shingles and measures of repetition are computed from.

A token is a run of letters, marks, digits and underscores; a character of a script that puts no space between words
(Chinese, Japanese, Thai, Lao, Burmese, Khmer) is a token by itself. A token's number is a polynomial over its
characters modulo 2^64, mixed: the same on every machine and in every version, and a whole batch of texts is numbered
by a few operations on arrays.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

LONGEST = 1_000_000
"""Of a longer text only so many characters are looked at, which bounds the memory that a page can take."""

SLICE = 100_000
"""Characters of texts that are best worked on at once: what is known of them then stays in the processor's cache."""

LETTER, WORD, UNSPACED = 1, 2, 4
_UNSEEN = 255
_SCRIPTS = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
"""Thai and Lao, Burmese, Khmer, kana, Chinese characters."""

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_STEP = np.uint64(0x9E3779B97F4A7C15)
_BASE = np.uint64(0xD6E8FEB86659FD93)
_CHAIN = np.uint64(0xA24BAED4963EE407)

# What is known of characters, filled as they are met: their class, and their numbers as written and in lower case.
_classes = np.full(0x110000, _UNSEEN, np.uint8)
_written = np.zeros(0x110000, np.uint64)
_lower = np.zeros(0x110000, np.uint64)


@dataclass(slots=True)
class Tokens:
    """The tokens of several texts, one text after the other.

    Attributes:
        first: For each text, the position of its first token; one more entry at the end.
        number: For each token, its number.
        length: For each token, its characters.
        letters: For each token, how many of these are letters.
    """

    first: Ints
    number: Hashes
    length: Ints
    letters: Ints


def mix(numbers: Hashes) -> Hashes:
    """Each number so changed that every bit depends on all of its bits (the finaliser of SplitMix64, Steele 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX[0]
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _MIX[1]
    mixed: Hashes = numbers ^ (numbers >> np.uint64(31))
    return mixed


_POWERS = np.multiply.accumulate(np.full(1024, _BASE, np.uint64))


def cut_tokens(texts: Sequence[str], lower: bool = False) -> Tokens:
    """The tokens of each text, of its first LONGEST characters; with `lower`, upper and lower case are the same."""
    cut = [text if len(text) <= LONGEST else text[:LONGEST] for text in texts]
    codes = np.frombuffer("\n".join(cut).encode("utf-32-le", "surrogatepass"), np.int32)
    kinds = _classes.take(codes)
    if len(unseen := codes[kinds == _UNSEEN]):
        _learn(np.unique(unseen))
        kinds = _classes.take(codes)
    word = kinds >= WORD
    alone = kinds >= UNSPACED
    starts = word.copy()
    starts[1:] &= ~word[:-1] | alone[1:] | alone[:-1]
    begin = np.flatnonzero(starts)
    ends = np.cumsum([len(text) + 1 for text in cut], dtype=np.int64)
    first = np.concatenate(([0], np.searchsorted(begin, ends))).astype(np.int64)
    if not len(begin):
        none = np.zeros(0, np.int64)
        return Tokens(first, none.astype(np.uint64), none, none)
    inside = np.flatnonzero(word)
    at = np.flatnonzero(starts.take(inside))  # where each token starts among the characters of words
    length = np.diff(at, append=len(inside))
    values = (_lower if lower else _written).take(codes.take(inside))
    values *= _POWERS.take((np.arange(len(inside)) - np.repeat(at, length)) & 1023)
    letters = np.concatenate(([0], np.cumsum(kinds.take(inside) & LETTER, dtype=np.int64)))
    held = letters[at + length] - letters[at]
    return Tokens(first, mix(np.add.reduceat(values, at)), length, held)


def in_slices(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts in runs of SLICE characters, or one longer text."""
    start = held = 0
    for place, text in enumerate(texts):
        if held and held + len(text) > SLICE:
            yield texts[start:place]
            start, held = place, 0
        held += len(text)
    if start < len(texts):
        yield texts[start:]


def chain(grams: Hashes, words: Hashes, size: int) -> Hashes:
    """Numbers of all runs of `size` words, from `grams`, those of all runs of one word less: run i starts at word i."""
    longer: Hashes = grams[: max(len(words) - size + 1, 0)] * _CHAIN + words[size - 1 :]
    return longer


def _learn(codes: npt.NDArray[np.int32]) -> None:
    """Fill the tables for characters that are met for the first time."""
    lower = []
    for code in codes.tolist():
        character = chr(code)
        category = unicodedata.category(character)
        kind = LETTER if category[0] == "L" else 0
        if category[0] in "LMN" or character == "_":
            kind |= WORD
            if any(first <= code <= last for first, last in _SCRIPTS):
                kind |= UNSPACED
        _classes[code] = kind
        small = character.lower()
        lower.append(ord(small) if len(small) == 1 else code)
    _written[codes] = mix((codes.astype(np.uint64) + np.uint64(1)) * _STEP)
    _lower[codes] = mix((np.array(lower, np.uint64) + np.uint64(1)) * _STEP)
