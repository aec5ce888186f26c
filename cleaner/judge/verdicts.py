"""From lines to verdicts in two steps: what each line is by itself, then what becomes of it on its page."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.copies import drop_copies
from cleaner.judge.cues import CODES, match_cues
from cleaner.judge.decode import keep_lines
from cleaner.judge.error_pages import empty_error_pages, find_error_pages, flag_shells
from cleaner.judge.features import Features, make_features
from cleaner.judge.gate import keep_clean_text
from cleaner.judge.model import Model, load_model
from cleaner.judge.naming import Verdicts, name_lines
from cleaner.judge.revise import (
    Judged,
    drop_author_boxes,
    guard_prose,
    save_headings,
    settle_comments,
    take_lists_along,
)
from cleaner.judge.sections import find_sections
from cleaner.pages.batch import Batch
from cleaner.recipe import Judge

Floats = npt.NDArray[np.float64]

__all__ = ["Verdicts", "decide", "gather", "judge_lines"]


def judge_lines(batch: Batch, model: Model | None = None) -> Judged:
    """What each line is: cues, features, and the probability that it is content. No decision yet."""
    cues = match_cues(batch.lines["text"])
    lines = batch.lines.with_columns(cues["cue"], cues["sure"].cast(pl.Float64))
    chosen = model or load_model()
    features = make_features(lines, batch.elements, batch.heads, chosen.weights, chosen.page_types)
    return gather(batch, cues, features, chosen.predict(features, batch.kind), chosen)


def gather(batch: Batch, cues: pl.DataFrame, features: Features, probability: Floats, model: Model) -> Judged:
    """All that is known of a batch's lines before the decision. `cues`: what `match_cues` says of them."""
    return Judged(
        batch,
        features,
        probability,
        [CODES[int(code) - 1] if code else None for code in cues["cue"]],
        cues["sure"].to_numpy().copy(),
        cues["phrase"].to_list(),
        model,
        errors=find_error_pages(batch, features, cues["sure"].to_numpy()),
    )


def decide(
    judged: Judged, options: Judge, emptied: npt.NDArray[np.bool_], selected: npt.NDArray[np.int8] | None = None
) -> Verdicts:
    """What becomes of each line, in the light of its whole page.

    `emptied`: lines of which the fixes left nothing. `selected`: what the recipe's selectors say (1 keep, -1 drop,
    0 nothing); their word is final. Sure cues decide; then the page's cut on the model's
    probabilities; then comments, author boxes, lists after lead-ins, copies, and the guard that no page with prose is
    emptied.
    """
    lines = judged.batch.lines
    page = lines["page"].to_numpy().astype(np.int64)
    pages = len(judged.batch.heads)
    words = judged.features.words
    sure = judged.sure & ~_reads_as_prose(judged)
    structured = np.zeros(len(page), dtype=bool) if judged.batch.structured is None else judged.batch.structured
    probability = np.where(sure | emptied, 0.0, np.where(structured, 1.0, judged.probability))
    keep = keep_lines(probability, words, page, pages, options.mode)
    why = np.where(structured, "structured_data", "model")
    reason = np.where(emptied, "shortcode", np.where(sure, "cue", why)).astype(object)
    flags: list[list[str]] = [[] for _ in range(pages)]
    if judged.batch.kind == "text":
        save_headings(keep, reason, judged, page)
    sections = find_sections(judged.batch, judged.features, keep, sure)
    settle_comments(keep, reason, judged, page, sections, options.comments)
    drop_author_boxes(keep, reason, judged, page, sections)
    take_lists_along(keep, reason, judged, page)
    drop_copies(keep, reason, judged, page)
    empty_error_pages(keep, reason, judged, page, flags)
    if judged.batch.kind == "text":
        keep_clean_text(keep, reason, judged, page, flags)
    guard_prose(keep, reason, judged, sure, page, flags)
    if selected is not None and selected.any():
        keep[selected != 0] = selected[selected != 0] > 0
        reason[selected != 0] = "selector"
    if judged.batch.kind == "html":
        flag_shells(keep, judged, page, flags)
    return name_lines(keep, reason, judged, flags, sections, "metadata" if options.comments == "field" else "drop")


def _reads_as_prose(judged: Judged) -> npt.NDArray[np.bool_]:
    """Lines of running text in which a phrase may stand by chance; a caption with its credit is none."""
    credit = np.array([code == "photo_credit" for code in judged.cue], dtype=bool)
    features = judged.features
    return features.prose & (judged.probability > 0.5) & ~(credit & (features.words <= 60))
