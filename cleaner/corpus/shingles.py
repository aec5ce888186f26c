"""Shingles and signatures: what near-duplicate texts are found by, and what confirms them.

A text's shingles are the numbers of all its runs of n tokens, in lower case (Broder, "On the resemblance and
containment of documents", 1997). Two texts are as similar as the Jaccard index of their sets of shingles. A MinHash
signature estimates that: the share of equal minima under random permutations. Cut into bands of rows, of which one
equal band makes a pair a candidate, it finds pairs without comparing all (Leskovec et al., "Mining of Massive
Datasets", ch. 3). Every constant stands here, and `algorithm` names them all: stored signatures are compared only
with signatures of the same name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.corpus.tokens import Hashes, chain, cut_tokens, in_slices, mix

VERSION = "1"
"""Of all that a signature is made by: tokens, their numbers, permutations, keys of bands."""

PERMUTATIONS = 128
"""So many minima at most are taken of a text, where the threshold can be served by them."""
FEWEST_ROWS = 3
"""Rows of a band: with fewer, texts that have next to nothing in common become candidates."""
RECALL = 0.997
"""Of pairs that are exactly as similar as the threshold, so many shall become candidates."""

_CHUNK = 1024  # shingles that are permuted at once
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Banding:
    """How signatures are made: tokens in a shingle, bands, rows in a band."""

    ngram: int
    bands: int
    rows: int

    @property
    def algorithm(self) -> str:
        """Names all that a signature depends on but the text; fit for a file's name."""
        return f"minhash{VERSION}-{self.ngram}-{self.bands}x{self.rows}"


def choose_banding(ngram: int, threshold: float) -> Banding:
    """As many rows as PERMUTATIONS allow (fewer chance candidates), with as many bands as RECALL at the threshold asks
    for: 20 bands of 6 rows at 0.8. A low threshold takes more permutations."""
    for rows in range(PERMUTATIONS, FEWEST_ROWS - 1, -1):
        found = threshold**rows  # so likely is one band of a pair at the threshold equal
        bands = math.ceil(math.log(1 - RECALL) / math.log1p(-found)) if found < 1 else 1
        if bands * rows <= PERMUTATIONS or rows == FEWEST_ROWS:
            return Banding(ngram, bands, rows)
    raise AssertionError("the last number of rows always serves")


def make_shingles(texts: Sequence[str], ngram: int) -> Iterator[Hashes]:
    """The shingles of each text, sorted, each once. Fewer than `ngram` tokens are one shingle; no token is none."""
    for some in in_slices(texts):
        tokens = cut_tokens(some, lower=True)
        runs = _runs(tokens.number, ngram)
        for begin, end in zip(tokens.first[:-1].tolist(), tokens.first[1:].tolist(), strict=True):
            if end - begin >= ngram:
                of_text = runs[begin : end - ngram + 1]
            else:
                of_text = _runs(tokens.number[begin:end], max(end - begin, 1))
            found = np.sort(mix(of_text))
            yield found[np.concatenate((found[:1] == found[:1], found[1:] != found[:-1]))]


def _runs(words: Hashes, size: int) -> Hashes:
    """The numbers of all runs of `size` words."""
    grams = words
    for longer in range(2, size + 1):
        grams = chain(grams, words, longer)
    return grams


class Signer:
    """Makes signatures by one banding; holds its permutations."""

    def __init__(self, banding: Banding) -> None:
        self._banding = banding
        count = banding.bands * banding.rows
        seeds = mix(np.arange(1, 2 * count + 1, dtype=np.uint64) * _STEP)
        self._factors = ((seeds[:count] >> np.uint64(32)).astype(np.uint32) | np.uint32(1))[:, None]
        self._offsets = (seeds[count:] >> np.uint64(32)).astype(np.uint32)[:, None]
        self._band = mix(np.arange(1, banding.bands + 1, dtype=np.uint64) * _STEP)

    def sign(self, shingles: Hashes) -> Hashes:
        """The key of each band of a text that has these shingles, at least one."""
        small = (shingles >> np.uint64(32)).astype(np.uint32)
        least = np.full(len(self._offsets), 0xFFFFFFFF, np.uint32)
        for start in range(0, len(small), _CHUNK):
            permuted = small[start : start + _CHUNK] * self._factors
            permuted += self._offsets
            np.minimum(least, permuted.min(axis=1), out=least)
        keys = self._band
        for row in least.reshape(self._banding.bands, self._banding.rows).T:
            keys = mix((keys ^ row.astype(np.uint64)) * _STEP)
        return keys


def jaccard(one: Hashes, other: Hashes) -> float:
    """Of two texts' shingles (sorted, each once), those that they share among all that they have; 0 where none is."""
    if not len(one) or not len(other):
        return 0.0
    both: npt.NDArray[np.uint64] = np.concatenate((one, other))
    both.sort(kind="stable")  # two sorted runs: merged in one pass
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)
