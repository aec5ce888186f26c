"""Copies on one page: a sentence said twice, and a whole section that the page holds again for another screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.page_type import TYPES
from cleaner.judge.revise import Flags, Floats, Judged, Reasons

LONG = 8.0
"""Words from which on a line is dropped for being a copy, whatever stands around it."""
RUN = 3
"""Lines, all different, that follow each other in a block that is dropped as a copy, at least."""
BLOCK_WORDS = 12.0
"""Words of such a block, at least."""
LITERAL = ("td", "th", "pre")
"""Tags of lines in which short lines recur in the same order as a matter of course."""


def drop_copies(keep: Flags, reason: Reasons, judged: Judged, page: npt.NDArray[np.int64]) -> None:
    """Of what a page keeps twice, keep the first: long lines, and blocks of short ones in the same order.

    Documentation repeats its examples on purpose, and listings have the same lines in each of their entries.
    """
    lines, words = judged.batch.lines, judged.features.words
    likely = judged.features.types.argmax(axis=1)[page]
    literal = lines["tag"].is_in(LITERAL).to_numpy() | (likely == TYPES.index("documentation"))
    later = later_blocks(lines, keep, words, literal | (likely == TYPES.index("listing")))
    keep[later] = False
    reason[later] = "repeat"
    long = keep & (words >= LONG) & (likely != TYPES.index("documentation"))
    table = lines.select("page", "text").with_row_index("row").filter(pl.Series(long))
    again = table.filter(pl.struct("page", "text").is_first_distinct().not_())["row"].to_numpy()
    keep[again] = False
    reason[again] = "repeat"


def later_blocks(lines: pl.DataFrame, keep: Flags, words: Floats, spared: Flags) -> npt.NDArray[np.int64]:
    """Rows of kept lines in blocks of RUN lines and more that stand further up on the same page, too."""
    rows = np.flatnonzero(keep)
    starts = len(rows) - RUN + 1
    if starts < 2:
        return rows[:0]
    table = lines.select("page", "text")[rows]
    page = table["page"].to_numpy()
    number = table.select(pl.struct("page", "text").rank("dense")).to_series().to_numpy().astype(np.int64)
    parts = [number[k : starts + k] for k in range(RUN)]
    fits = page[:starts] == page[RUN - 1 :]
    for k in range(RUN):
        for other in range(k):
            fits &= parts[k] != parts[other]
    runs = pl.DataFrame({str(k): part for k, part in enumerate(parts)})
    again = fits & ~runs.select(pl.struct(pl.all()).is_first_distinct()).to_series().to_numpy()
    copied = np.zeros(len(rows), dtype=bool)
    for k in range(RUN):
        copied[k : starts + k] |= again
    block = np.cumsum(np.concatenate(([True], (copied[1:] != copied[:-1]) | (page[1:] != page[:-1])))) - 1
    copied &= np.bincount(block, weights=words[rows])[block] >= BLOCK_WORDS
    return rows[copied & ~spared[rows]]
