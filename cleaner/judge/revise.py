"""The second look at a page's lines: each step changes what the cut decided, for a reason that it gives.

A step takes `keep` and `reason` (one entry a line of the batch) and changes them in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cleaner.judge.features import Features
from cleaner.judge.model import Model
from cleaner.judge.page_type import TYPES
from cleaner.judge.sections import Section
from cleaner.pages.batch import Batch

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Reasons = npt.NDArray[np.object_]

LEAD_IN_REACH = 14
"""Lines that a lead-in ("You may also like:") can take along."""
SURE_CONTENT = {"html": 0.9, "text": 0.7}
"""Probability above which no lead-in takes a line along: a byline above the first piece of a collection, say."""
LIKELY_CONTENT = 0.6
"""The same for a lead-in that no sure cue names."""
HEADING_REACH = 4
"""A heading's prose begins within so many lines, itself counted: a byline and a source line may stand between."""
HEADING_LEAST = 0.25
"""Probability of being content from which a line is doubtful enough to be a heading."""
ATTRIBUTED_LEAST = 0.1
"""The same where a date stands between it and its prose, as in a collection of pieces from elsewhere."""
MIN_ARTICLE = 120.0
"""Words of prose outside of its comments that make a page an article with comments."""
FORUM = 0.3
"""Probability of being a forum from which on a page's comments are its content."""
CLEARLY_ARTICLE = 0.7
"""Probability of being an article above which comments may be longer than it."""
PROSE_GUARD = 60.0
"""Words of prose that a page must have for the guard against emptying it to look at it."""


@dataclass(slots=True)
class Judged:
    """A batch after the first step: for each line the cue that matched, the model's probability, and its features; and
    the pages that are error pages, with the phrase that says so; and the model, which can be asked for its reasons."""

    batch: Batch
    features: Features
    probability: Floats
    cue: list[str | None]
    sure: npt.NDArray[np.bool_]
    phrase: list[str | None]
    model: Model
    errors: dict[int, str] = field(default_factory=dict)


def save_headings(keep: Flags, reason: Reasons, judged: Judged, page: npt.NDArray[np.int64]) -> None:
    """Keep a doubtful short line that heads kept prose, with kept prose above it on the page, too, or that leads it in
    with a colon.

    Flattened text has lost what made it a heading; a list of links is told from it by the lines that follow at once.
    """
    shape = {name: judged.features.column(name) > 0 for name in ("ends_sentence", "starts_lower", "bullet", "date")}
    prose = keep & judged.features.prose
    plain = ~(shape["ends_sentence"] | shape["starts_lower"] | shape["bullet"] | shape["date"])
    named = np.array([code is not None for code in judged.cue], dtype=bool)
    doubtful = ~keep & plain & ~named & (reason == "model") & (judged.probability >= ATTRIBUTED_LEAST)
    above = np.cumsum(prose)
    start = np.searchsorted(page, page)
    has_above = above - np.where(prose, 1, 0) > np.where(start > 0, above[start - 1], 0)
    introduces = (judged.features.column("ends_colon") > 0) & (judged.features.words >= 3)
    for i in np.flatnonzero(doubtful & (has_above | introduces) & (judged.features.words <= 14)).tolist():
        sure_enough = judged.probability[i] >= HEADING_LEAST
        if introduces[i]:
            if sure_enough and i + 1 < len(page) and page[i + 1] == page[i] and prose[i + 1]:
                keep[i], reason[i] = True, "heads_prose"
            continue
        if i > 0 and page[i - 1] == page[i] and not keep[i - 1] and reason[i - 1] == "model":
            continue
        for j in range(i + 1, min(i + HEADING_REACH, len(page))):
            if page[j] != page[i] or reason[j] == "cue":
                break
            if prose[j]:
                if sure_enough:
                    keep[i], reason[i] = True, "heads_prose"
                break
            sure_enough |= bool(shape["date"][j])


def settle_comments(
    keep: Flags,
    reason: Reasons,
    judged: Judged,
    page: npt.NDArray[np.int64],
    sections: Sequence[Section],
    policy: str,
) -> None:
    """Readers' comments under an article, which read as well as the article: dropped or kept as the recipe says, or
    (policy "field") dropped whole, with those that the model drops, for a field of their own.

    An article has kept prose outside of its comments, and more of it than in them unless its type is clear. On other
    pages (a forum, a question with answers) what is called a comment is content, and stays as it was judged.
    """
    inside = inside_of(sections, "comments", len(page))
    if not inside.any():
        return
    pages = len(judged.batch.heads)
    words = np.where(keep & judged.features.prose, judged.features.words, 0.0)
    outside_words = np.bincount(page, weights=np.where(inside, 0.0, words), minlength=pages)
    inside_words = np.bincount(page, weights=np.where(inside, words, 0.0), minlength=pages)
    is_forum = judged.features.types[:, TYPES.index("forum")] >= FORUM
    clear = judged.features.types[:, TYPES.index("article")] > CLEARLY_ARTICLE
    article = ~is_forum & (outside_words >= MIN_ARTICLE) & ((outside_words >= inside_words) | clear)
    chosen = inside & article[page] & (reason == "model")
    if policy == "keep":
        chosen &= ~keep & judged.features.prose
        keep[chosen] = True
    elif policy == "field":
        sentence = judged.features.prose | (judged.features.column("ends_sentence") > 0)
        named = np.array([code is not None for code in judged.cue], dtype=bool)
        chosen &= keep | (sentence & ~named & (judged.features.column("hidden") != 1))
        keep[chosen] = False
    else:
        chosen &= keep
        keep[chosen] = False
    reason[chosen] = "comments"


def inside_of(sections: Sequence[Section], kind: str, lines: int) -> Flags:
    """Which lines stand in a section of this kind."""
    inside = np.zeros(lines, dtype=bool)
    for section in sections:
        if section.kind == kind:
            inside[section.start : section.end] = True
    return inside


def drop_author_boxes(
    keep: Flags, reason: Reasons, judged: Judged, page: npt.NDArray[np.int64], sections: Sequence[Section]
) -> None:
    """Drop the box about the author below an article."""
    article = judged.features.types[:, TYPES.index("article")] >= 0.5
    chosen = inside_of(sections, "author", len(page)) & article[page] & keep & (reason == "model")
    keep[chosen] = False
    reason[chosen] = "author_box"


def take_lists_along(keep: Flags, reason: Reasons, judged: Judged, page: npt.NDArray[np.int64]) -> None:
    """Drop the run of short lines without a full stop that follows a lead-in of related stories.

    Under a lead-in that only the model drops, on an article, what is likely to be content ends the run sooner.
    """
    ends = (judged.features.column("ends_sentence") > 0) | judged.features.prose | (judged.features.words > 30)
    article = judged.features.types[:, TYPES.index("article")] > CLEARLY_ARTICLE
    opening = np.array([code in ("related", "trending") for code in judged.cue], dtype=bool)
    opening &= (judged.sure & (reason == "cue")) | (~judged.sure & ~keep & (reason == "model") & article[page])
    for i in np.flatnonzero(opening).tolist():
        if _leads_nowhere(judged.phrase[i]):
            continue
        most = SURE_CONTENT[judged.batch.kind] if judged.sure[i] else LIKELY_CONTENT
        for j in range(i + 1, min(i + 1 + LEAD_IN_REACH, len(page))):
            if page[j] != page[i] or ends[j] or judged.probability[j] > most:
                break
            if keep[j]:
                keep[j], reason[j] = False, "lead_in"


def _leads_nowhere(phrase: str | None) -> bool:
    """Buttons such as "read more" stand at the end of a teaser and lead in nothing."""
    return bool(phrase) and str(phrase).startswith(
        (
            "read more",
            "learn more",
            "continue reading",
            "view",
            "see all",
            "load",
            "show",
            "next article",
            "next post",
            "next story",
            "next up",
            "previous article",
            "previous post",
            "previous story",
            "leer más",
            "lire la suite",
            "weiterlesen",
            "ver más",
        )
    )


def guard_prose(
    keep: Flags,
    reason: Reasons,
    judged: Judged,
    sure: Flags,
    page: npt.NDArray[np.int64],
    flags: list[list[str]],
) -> None:
    """Keep a page's prose if next to nothing of the page would be left, and flag the page."""
    prose = judged.features.prose & ~sure
    words = judged.features.words
    pages = len(flags)
    held = np.bincount(page, weights=np.where(prose, words, 0.0), minlength=pages)
    kept = np.bincount(page, weights=np.where(keep, words, 0.0), minlength=pages)
    for number in np.flatnonzero((held >= PROSE_GUARD) & (kept < 0.02 * held)):
        saved = (page == number) & prose & ~keep & (judged.probability > 0.02) & (reason == "model")
        if saved.any():
            keep[saved] = True
            reason[saved] = "guard_prose"
            flags[int(number)].append("guard_prose")
