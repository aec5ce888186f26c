"""From probabilities to a decision per page: keep the lines that maximise the page's expected F1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MODES = {"precision": 0.6, "balanced": 0.5, "recall": 0.35}
"""A line below this probability is never kept; above, the expected F1 decides."""


def keep_lines(
    probability: Floats, words: Floats, local: npt.NDArray[np.int64], pages: int, mode: str
) -> npt.NDArray[np.bool_]:
    """Which lines to keep. `local` is each line's page (sorted), `words` its length.

    Sorted by probability, the lines kept are the prefix that maximises 2*sum(p*n) / (sum_kept(n) + sum_all(p*n));
    the cut that follows is at half the F1 that the page can expect, so it is lower on pages that are hard to judge.
    """
    keep = np.zeros(len(probability), dtype=bool)
    bounds = np.searchsorted(local, np.arange(pages + 1))
    shift = {"precision": 0.15, "balanced": 0.0, "recall": -0.15}[mode]
    for page in range(pages):
        span = slice(bounds[page], bounds[page + 1])
        p, n = probability[span], np.maximum(words[span], 0.3)
        if not len(p):
            continue
        order = np.argsort(-p, kind="stable")
        gain = np.cumsum(p[order] * n[order])
        expected = 2 * gain / (np.cumsum(n[order]) + gain[-1])
        best = int(np.argmax(expected))
        threshold = p[order[best]] + shift
        keep[span] = p >= min(threshold, 0.9)
    return keep
