"""Text that is clean already is left alone: an article in a file of its own, a chapter, a speech, a message.

The judge learned on scraped pages, where something is always boilerplate, and takes a heading or a reference away here
and there. What a scraped page always has and clean text never is a line that is surely boilerplate. A page without any
keeps what only the model spoke against.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.judge.revise import Judged

BOILERPLATE = 0.2
"""Probability of being content under which a line speaks for boilerplate."""
MOST_BOILERPLATE = 0.02
"""Share of a clean text's lines that may be so improbable; one may in any text."""
LEAST_KEPT = 0.7
"""Share of a clean text's words that the judge would keep by itself."""
_UNSURE = ["model", "lead_in", "repeat"]
"""Reasons of dropped lines that clean text overrules."""
SHORT_LINES, SHORT_WORDS = 5, 100.0
"""Lines and words up to which a text is too short to be judged by its parts: it is kept if no cue is in it..."""
SENTENCE = 8.0
"""...and one of its lines has so many words."""


def keep_clean_text(
    keep: npt.NDArray[np.bool_],
    reason: npt.NDArray[np.object_],
    judged: Judged,
    page: npt.NDArray[np.int64],
    flags: list[list[str]],
) -> None:
    """Keep what the model and the steps after it drop of clean text; what a cue names goes. The page is flagged."""
    pages = len(flags)
    words = judged.features.words
    worded = words >= 1
    named = np.array([code is not None for code in judged.cue], dtype=bool)

    def lines(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """How many of the chosen lines each page has."""
        return np.bincount(page[chosen], minlength=pages)

    held = np.bincount(page, weights=words, minlength=pages)
    kept = np.bincount(page, weights=np.where(keep, words, 0.0), minlength=pages)
    unlikely = lines(worded & (judged.probability < BOILERPLATE))
    clean = (unlikely <= np.maximum(1.0, MOST_BOILERPLATE * lines(worded))) & (kept >= LEAST_KEPT * held)
    clean &= lines(judged.sure) == 0
    short = (lines(worded) <= SHORT_LINES) & (held <= SHORT_WORDS)
    short &= (lines(named) == 0) & (lines(words >= SENTENCE) > 0)
    chosen = (clean | short)[page]
    saved = chosen & ~keep & ~named & np.isin(reason.astype(str), _UNSURE)
    keep[saved] = True
    reason[saved] = "clean_text"
    for number in np.unique(page[saved]).tolist():
        flags[number].append("clean_text")
