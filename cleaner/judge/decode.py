"""From probabilities to a decision per page: keep the lines that maximise the page's expected F1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MODES = {"precision": 0.15, "balanced": 0.0, "recall": -0.15}
"""How far a mode moves the cut that the expected F1 gives."""
LEAST = 0.05
"""No line below this probability is kept: a page of nothing but boilerplate gives no text."""
HIGHEST = 0.9
"""No cut is above this probability: a line that is as good as sure is kept in every mode."""


def keep_lines(
    probability: Floats, words: Floats, local: npt.NDArray[np.int64], pages: int, mode: str
) -> npt.NDArray[np.bool_]:
    """Which lines to keep. `local` is each line's page (sorted), `words` its length.

    Sorted by probability, the lines kept are the prefix that maximises 2*sum(p*n) / (sum_kept(n) + sum_all(p*n));
    the cut that follows is at half the F1 that the page can expect, so it is lower on pages that are hard to judge.
    """
    keep = np.zeros(len(probability), dtype=bool)
    bounds = np.searchsorted(local, np.arange(pages + 1))
    for page in range(pages):
        span = slice(bounds[page], bounds[page + 1])
        p, n = probability[span], np.maximum(words[span], 0.3)
        if not len(p):
            continue
        order = np.argsort(-p, kind="stable")
        gain = np.cumsum(p[order] * n[order])
        expected = 2 * gain / (np.cumsum(n[order]) + gain[-1])
        best = int(np.argmax(expected))
        threshold = p[order[best]] + MODES[mode]
        keep[span] = p >= min(max(threshold, LEAST), HIGHEST)
    return keep
