"""Linear models over hashed tokens: one small table of 8-bit weights each, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hashed:
    """Weights of tokens by the low bits of their number. `table` has a power of two of entries; a token's weight is
    its entry times `scale`."""

    table: npt.NDArray[np.int8]
    scale: float

    def of(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """The whole-number weight of each token."""
        spread = codes ^ (codes >> np.uint32(15))
        out: npt.NDArray[np.int64] = self.table[spread & np.uint32(len(self.table) - 1)].astype(np.int64)
        return out

    def score(self, row: npt.NDArray[np.int64], codes: npt.NDArray[np.uint32], rows: int) -> Floats:
        """For each row, the sum of its tokens' weights over the square root of how many there are."""
        total = np.bincount(row, weights=self.of(codes), minlength=rows)
        counted = np.bincount(row, minlength=rows)
        out: Floats = total * self.scale / np.sqrt(np.maximum(counted, 1))
        return out


@dataclass(frozen=True, slots=True)
class Weights:
    """The three linear models that features are made with: over a line's n-grams, over the tags, classes and ids of
    the elements around it (`path`), and over those of its own block (`own`)."""

    text: Hashed
    path: Hashed
    own: Hashed
