"""From lines to verdicts in two steps: what each line is by itself, then what becomes of it on its page."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.cues import CODES, ROLES, match_cues
from cleaner.judge.decode import keep_lines
from cleaner.judge.features import Features, make_features
from cleaner.judge.model import Model, load_model
from cleaner.judge.regions import name_regions
from cleaner.pages.batch import Batch
from cleaner.recipe import Judge

Floats = npt.NDArray[np.float64]

LEAD_IN_REACH = 14
"""Lines that a lead-in ("You may also like:") can take along."""
HEADING_REACH = 4
"""A heading's prose begins within so many lines, itself counted: a byline and a source line may stand between."""
HEADING_LEAST = 0.2
"""Probability of being content from which a line is doubtful enough to be a heading."""
PROSE_GUARD = 60.0
"""Words of prose that a page must have for the guard against emptying it to look at it."""


_KEEPING = frozenset({"guard_prose", "selector", "heads_prose"})
"""Reasons of kept lines other than the model's score."""


@dataclass(slots=True)
class Judged:
    """A batch after the first step: for each line the cue that matched, the model's probability, and its features."""

    batch: Batch
    features: Features
    probability: Floats
    cue: list[str | None]
    sure: npt.NDArray[np.bool_]
    phrase: list[str | None]


@dataclass(slots=True)
class Verdicts:
    """For each line of a batch its verdict, role, reason and evidence; for each page flags."""

    verdict: list[str]
    role: list[str]
    reason: list[str]
    evidence: list[str | None]
    probability: Floats
    flags: list[list[str]] = field(default_factory=list)


def judge_lines(batch: Batch, model: Model | None = None) -> Judged:
    """What each line is: cues, features, and the probability that it is content. No decision yet."""
    cues = match_cues(batch.lines["text"])
    lines = batch.lines.with_columns(cues["cue"], cues["sure"].cast(pl.Float64))
    chosen = model or load_model()
    features = make_features(lines, batch.elements, chosen.weights)
    codes = [CODES[int(c) - 1] if c else None for c in cues["cue"]]
    return Judged(
        batch,
        features,
        chosen.predict(features, batch.kind),
        codes,
        cues["sure"].to_numpy().copy(),
        cues["phrase"].to_list(),
    )


def decide(
    judged: Judged, options: Judge, emptied: npt.NDArray[np.bool_], selected: npt.NDArray[np.int8] | None = None
) -> Verdicts:
    """What becomes of each line, in the light of its whole page.

    `emptied`: lines of which the fixes left nothing. `selected`: what the recipe's selectors say (1 keep, -1 drop,
    0 nothing); their word is final. Sure cues decide; then the page's cut on the model's
    probabilities; then lists after lead-ins, copies, and the guard that no page with prose is emptied.
    """
    lines = judged.batch.lines
    page = lines["page"].to_numpy().astype(np.int64)
    pages = len(judged.batch.heads)
    words = judged.features.words
    sure = judged.sure & ~_reads_as_prose(judged)
    probability = np.where(sure | emptied, 0.0, judged.probability)
    keep = keep_lines(probability, words, page, pages, options.mode)
    reason = np.where(emptied, "shortcode", np.where(sure, "cue", "model")).astype(object)
    flags: list[list[str]] = [[] for _ in range(pages)]
    if judged.batch.kind == "text":
        _save_headings(keep, reason, judged, page)
    _take_lists_along(keep, reason, judged, page)
    _drop_copies(keep, reason, lines, words)
    _guard_prose(keep, reason, judged, sure, page, flags)
    if selected is not None and selected.any():
        keep[selected != 0] = selected[selected != 0] > 0
        reason[selected != 0] = "selector"
    return _name(keep, reason, judged, flags)


def _reads_as_prose(judged: Judged) -> npt.NDArray[np.bool_]:
    """Lines of running text in which a phrase may stand by chance; a caption with its credit is none."""
    credit = np.array([code == "photo_credit" for code in judged.cue], dtype=bool)
    features = judged.features
    return features.prose & (judged.probability > 0.5) & ~(credit & (features.words <= 60))


def _save_headings(
    keep: npt.NDArray[np.bool_], reason: npt.NDArray[np.object_], judged: Judged, page: npt.NDArray[np.int64]
) -> None:
    """Keep a doubtful short line that heads kept prose, with kept prose above it on the page, too, or that leads it in
    with a colon.

    Flattened text has lost what made it a heading; a list of links is told from it by the lines that follow at once.
    """
    shape = {name: judged.features.column(name) > 0 for name in ("ends_sentence", "starts_lower", "bullet", "date")}
    prose = keep & judged.features.prose
    plain = ~(shape["ends_sentence"] | shape["starts_lower"] | shape["bullet"] | shape["date"])
    named = np.array([code is not None for code in judged.cue], dtype=bool)
    doubtful = ~keep & plain & ~named & (reason == "model") & (judged.probability >= HEADING_LEAST)
    above = np.cumsum(prose)
    start = np.searchsorted(page, page)
    has_above = above - np.where(prose, 1, 0) > np.where(start > 0, above[start - 1], 0)
    introduces = (judged.features.column("ends_colon") > 0) & (judged.features.words >= 3)
    for i in np.flatnonzero(doubtful & (has_above | introduces) & (judged.features.words <= 14)).tolist():
        if introduces[i]:
            if i + 1 < len(page) and page[i + 1] == page[i] and prose[i + 1]:
                keep[i], reason[i] = True, "heads_prose"
            continue
        if i > 0 and page[i - 1] == page[i] and not keep[i - 1] and reason[i - 1] == "model":
            continue
        for j in range(i + 1, min(i + HEADING_REACH, len(page))):
            if page[j] != page[i] or reason[j] == "cue":
                break
            if prose[j]:
                keep[i], reason[i] = True, "heads_prose"
                break


def _take_lists_along(
    keep: npt.NDArray[np.bool_], reason: npt.NDArray[np.object_], judged: Judged, page: npt.NDArray[np.int64]
) -> None:
    """Drop the run of short lines without a full stop that follows a lead-in of related stories."""
    sentence = judged.features.column("ends_sentence") > 0
    for i, (code, phrase) in enumerate(zip(judged.cue, judged.phrase, strict=True)):
        if not (judged.sure[i] and code in ("related", "trending") and reason[i] == "cue") or _leads_nowhere(phrase):
            continue
        for j in range(i + 1, min(i + 1 + LEAD_IN_REACH, len(page))):
            if page[j] != page[i] or sentence[j] or judged.features.prose[j] or judged.features.words[j] > 30:
                break
            if judged.probability[j] > 0.9 and judged.batch.kind == "html":
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
            "next",
            "previous",
            "leer más",
            "lire la suite",
            "weiterlesen",
            "ver más",
        )
    )


def _drop_copies(
    keep: npt.NDArray[np.bool_], reason: npt.NDArray[np.object_], lines: pl.DataFrame, words: Floats
) -> None:
    """Of kept lines of eight words or more with the same text, keep the first."""
    table = pl.DataFrame(
        {"page": lines["page"], "text": lines["text"], "keep": keep, "long": words >= 8}
    ).with_row_index("row")
    later = (
        table.filter(pl.col("keep") & pl.col("long"))
        .filter(pl.int_range(pl.len()).over("page", "text") > 0)["row"]
        .to_numpy()
    )
    keep[later] = False
    reason[later] = "repeat"


def _guard_prose(
    keep: npt.NDArray[np.bool_],
    reason: npt.NDArray[np.object_],
    judged: Judged,
    sure: npt.NDArray[np.bool_],
    page: npt.NDArray[np.int64],
    flags: list[list[str]],
) -> None:
    """Keep a page's prose if next to nothing of the page would be left, and flag the page."""
    prose = judged.features.prose & ~sure
    words = judged.features.words
    pages = len(flags)
    held = np.bincount(page, weights=np.where(prose, words, 0.0), minlength=pages)
    kept = np.bincount(page, weights=np.where(keep, words, 0.0), minlength=pages)
    for number in np.flatnonzero((held >= PROSE_GUARD) & (kept < 0.1 * held)):
        saved = (page == number) & prose & ~keep & (judged.probability > 0.02) & (reason == "model")
        if saved.any():
            keep[saved] = True
            reason[saved] = "guard_prose"
            flags[int(number)].append("guard_prose")


def _name(
    keep: npt.NDArray[np.bool_], reason: npt.NDArray[np.object_], judged: Judged, flags: list[list[str]]
) -> Verdicts:
    """Give every line its role, its reason code and what speaks for it."""
    unnamed = ~keep & np.array([code is None for code in judged.cue], dtype=bool)
    regions, names = name_regions(judged.batch.lines, judged.batch.elements, unnamed)
    kept_roles = _kept_roles(judged)
    named = np.flatnonzero(keep)
    page = judged.batch.lines["page"].to_numpy()
    out = Verdicts([], [], [], [], judged.probability, flags)
    first = {int(page[i]): int(i) for i in named[::-1]}
    last = {int(page[i]): int(i) for i in named}
    for i in range(len(keep)):
        code, region = judged.cue[i], regions[i]
        if keep[i]:
            out.verdict.append("keep")
            out.role.append(kept_roles[i])
            out.reason.append(str(reason[i]) if reason[i] in _KEEPING else "model")
            out.evidence.append(None)
            continue
        role, why, evidence = _dropped_role(
            i, code, region, names[i], str(reason[i]), judged, first.get(int(page[i])), last.get(int(page[i]))
        )
        out.verdict.append("drop")
        out.role.append(role)
        out.reason.append(why)
        out.evidence.append(evidence)
    return out


def _dropped_role(
    i: int,
    code: str | None,
    region: str | None,
    name: str | None,
    reason: str,
    judged: Judged,
    first: int | None,
    last: int | None,
) -> tuple[str, str, str | None]:
    if reason == "lead_in":
        return "related", reason, None
    if reason == "repeat":
        return "repeat", reason, None
    if reason == "shortcode":
        return "interface", reason, None
    if code is not None:
        return ROLES[code], "selector" if reason == "selector" else f"cue_{code}", judged.phrase[i]
    if reason == "selector":
        return region or "promo", reason, None
    if judged.features.column("hidden")[i] > 0:
        return region or "interface", "hidden", name
    if region is not None:
        return region, "in_region", name
    lines = judged.batch.lines
    if judged.batch.elements is not None and lines["link_characters"][i] * 2 > len(lines["text"][i]):
        return ("navigation" if last is None or i < last else "related"), "model", None
    words = judged.features.words[i]
    if first is None or i < first:
        return ("navigation" if words < 8 else "promo"), "model", None
    if last is not None and i > last:
        return ("related" if words >= 4 else "footer"), "model", None
    return ("interface" if words < 4 else "promo"), "model", None


def _kept_roles(judged: Judged) -> list[str]:
    """Roles of lines that are kept: by their tag in HTML, by their shape in text."""
    lines = judged.batch.lines
    shape = {
        name: judged.features.column(name)
        for name in ("ends_letter", "bullet", "in_blockquote", "in_table", "in_ul", "in_ol")
    }
    words = judged.features.words
    roles = []
    for i, (tag, text) in enumerate(zip(lines["tag"], lines["text"], strict=True)):
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            roles.append("heading")
        elif tag == "pre":
            roles.append("code")
        elif tag in ("td", "th") or shape["in_table"][i] > 0:
            roles.append("table")
        elif tag in ("li", "dt", "dd") or shape["in_ul"][i] > 0 or shape["in_ol"][i] > 0 or shape["bullet"][i] > 0:
            roles.append("list")
        elif shape["in_blockquote"][i] > 0:
            roles.append("quote")
        elif not tag and words[i] <= 14 and shape["ends_letter"][i] > 0 and text[:1].isupper():
            roles.append("heading")
        else:
            roles.append("body")
    return roles
