"""From lines to verdicts in two steps: what each line is by itself, then what becomes of it on its page."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.cues import CODES, ROLES, match_cues
from cleaner.judge.decode import keep_lines
from cleaner.judge.error_pages import empty_error_pages, find_error_pages, flag_shells
from cleaner.judge.features import make_features
from cleaner.judge.gate import keep_clean_text
from cleaner.judge.model import Model, load_model
from cleaner.judge.regions import name_regions
from cleaner.judge.revise import (
    Judged,
    drop_copies,
    guard_prose,
    save_headings,
    settle_comments,
    take_lists_along,
)
from cleaner.pages.batch import Batch
from cleaner.recipe import Judge

Floats = npt.NDArray[np.float64]

_KEEPING = frozenset({"guard_prose", "selector", "heads_prose", "comments", "structured_data", "clean_text"})
"""Reasons of kept lines other than the model's score."""


@dataclass(slots=True)
class Verdicts:
    """For each line of a batch its verdict, role, reason and evidence; for each page flags."""

    verdict: list[str]
    role: list[str]
    reason: list[str]
    evidence: list[str | None]
    probability: Floats
    flags: list[list[str]] = field(default_factory=list)

    def move(self, line: int, role: str) -> None:
        """Make a line metadata of this role ("title", "byline", "dateline", "publisher")."""
        self.verdict[line], self.role[line], self.evidence[line] = "metadata", role, None
        self.reason[line] = "title_match" if role == "title" else f"cue_{role}"


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
        errors=find_error_pages(batch, features, cues["sure"].to_numpy()),
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
    structured = np.zeros(len(page), dtype=bool) if judged.batch.structured is None else judged.batch.structured
    probability = np.where(sure | emptied, 0.0, np.where(structured, 1.0, judged.probability))
    keep = keep_lines(probability, words, page, pages, options.mode)
    why = np.where(structured, "structured_data", "model")
    reason = np.where(emptied, "shortcode", np.where(sure, "cue", why)).astype(object)
    flags: list[list[str]] = [[] for _ in range(pages)]
    if judged.batch.kind == "text":
        save_headings(keep, reason, judged, page)
    settle_comments(keep, reason, judged, page, options.comments)
    take_lists_along(keep, reason, judged, page)
    drop_copies(keep, reason, lines, words)
    empty_error_pages(keep, reason, judged, page, flags)
    if judged.batch.kind == "text":
        keep_clean_text(keep, reason, judged, page, flags)
    guard_prose(keep, reason, judged, sure, page, flags)
    if selected is not None and selected.any():
        keep[selected != 0] = selected[selected != 0] > 0
        reason[selected != 0] = "selector"
    if judged.batch.kind == "html":
        flag_shells(keep, judged, page, flags)
    return _name(keep, reason, judged, flags)


def _reads_as_prose(judged: Judged) -> npt.NDArray[np.bool_]:
    """Lines of running text in which a phrase may stand by chance; a caption with its credit is none."""
    credit = np.array([code == "photo_credit" for code in judged.cue], dtype=bool)
    features = judged.features
    return features.prose & (judged.probability > 0.5) & ~(credit & (features.words <= 60))


def _name(
    keep: npt.NDArray[np.bool_], reason: npt.NDArray[np.object_], judged: Judged, flags: list[list[str]]
) -> Verdicts:
    """Give every line its role, its reason code and what speaks for it."""
    unnamed = ~keep & np.array([code is None for code in judged.cue], dtype=bool)
    regions, names = name_regions(judged.batch.lines, judged.batch.elements, unnamed)
    kept_roles = _kept_roles(judged)
    named = np.flatnonzero(keep)
    page = judged.batch.lines["page"].to_numpy()
    hidden, linked = judged.features.column("hidden") > 0, judged.features.column("link_share") > 0.5  # never in text
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
            i, code, region, names[i], str(reason[i]), judged, bool(hidden[i]), bool(linked[i]),
            first.get(int(page[i])), last.get(int(page[i])),
        )  # fmt: skip
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
    hidden: bool,
    linked: bool,
    first: int | None,
    last: int | None,
) -> tuple[str, str, str | None]:
    if reason == "lead_in":
        return "related", reason, None
    if reason == "repeat":
        return "repeat", reason, None
    if reason == "comments":
        return "comment", reason, None
    if reason == "shortcode":
        return "interface", reason, None
    if reason == "error_page":
        return "interface", reason, judged.errors[int(judged.batch.lines["page"][i])]
    if code is not None:
        return ROLES[code], "selector" if reason == "selector" else f"cue_{code}", judged.phrase[i]
    if reason == "selector":
        return region or "promo", reason, None
    if hidden:
        return region or "interface", "hidden", name
    if region is not None:
        return region, "in_region", name
    if linked:
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
