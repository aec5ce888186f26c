"""A role, a reason and what speaks for it, for every line that has been decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.cues import ROLES
from cleaner.judge.evidence import show_cue
from cleaner.judge.page_type import TYPES
from cleaner.judge.regions import Names, name_regions
from cleaner.judge.revise import Flags, Floats, Judged, Reasons
from cleaner.judge.sections import Section
from cleaner.records import VerdictName

KEEPING = frozenset({"guard_prose", "selector", "heads_prose", "comments", "structured_data", "clean_text"})
"""Reasons of kept lines other than the model's score."""
CONTEXT = {
    "lead_in": "related", "repeat": "repeat", "comments": "comment", "author_box": "bio", "shortcode": "interface",
    "error_page": "interface",
}  # fmt: skip
"""Roles of lines that a step after the cut drops, by its reason."""
IN_SECTION = {"comments": "comment", "author": "bio"}
"""Roles of lines in sections that the model drops."""

_LABELLED = re.compile(r"^[^:\d]{2,24}:\s{0,3}\S{1,20}$|^\W{0,3}[\d.,]{1,12}\s?[kKmM]?\s{0,3}\S{0,12}$")
_IMAGE = r"(?i)^(?:image|picture|photo|logo|avatar|icon|bild|imagen|immagine|afbeelding|фото|画像|图片)\b.{0,80}$"
_TONGUES = frozenset(
    [
        "english", "deutsch", "français", "español", "italiano", "português", "nederlands", "svenska", "dansk", "norsk",
        "suomi", "polski", "čeština", "русский", "українська", "türkçe", "ελληνικά", "العربية", "עברית", "日本語",
        "中文", "한국어", "magyar", "română", "български", "hrvatski", "slovenčina", "tiếng việt", "ไทย",
        "bahasa indonesia", "简体中文", "繁體中文", "हिन्दी", "فارسی",
    ]
)  # fmt: skip
"""What languages call themselves, as in the list by which a site's reader chooses one."""


@dataclass(slots=True)
class Verdicts:
    """For each line of a batch its verdict, role, reason and evidence; for each page flags, and the comments that are
    a field of their own."""

    verdict: list[str]
    role: list[str]
    reason: list[str]
    evidence: list[str | None]
    probability: Floats
    flags: list[list[str]] = field(default_factory=list)
    comments: list[list[str]] = field(default_factory=list)

    def move(self, line: int, role: str) -> None:
        """Make a line metadata of this role ("title", "byline", "dateline", "publisher")."""
        self.verdict[line], self.role[line], self.evidence[line] = "metadata", role, None
        self.reason[line] = "title_match" if role == "title" else f"cue_{role}"


@dataclass(slots=True)
class _Around:
    """What stands around the lines of a batch: element names that tell, sections, what is hidden; and for a short line
    beside what somebody wrote, what it needs to be told as such."""

    region: Names
    name: Names
    section: dict[int, Section]
    hidden: Flags
    dated: list[bool]
    texts: list[str]
    words: list[float]
    ends_sentence: list[bool]


def name_lines(
    keep: Flags,
    reason: Reasons,
    judged: Judged,
    flags: list[list[str]],
    sections: Sequence[Section],
    comments: VerdictName,
) -> Verdicts:
    """Give every line its role, its reason code and what speaks for it. `comments`: verdict of comments taken out."""
    page = judged.batch.lines["page"].to_numpy().astype(np.int64)
    coded = np.array([code is not None for code in judged.cue], dtype=bool)
    around = _look_around(keep, coded, judged, sections)
    given = reason.tolist()
    verdict = np.where(keep, "keep", "drop").tolist()
    # most lines: the model decides, and an element's name or the line's place gives its role
    in_region = np.array([region is not None for region in around.region], dtype=bool)
    role = np.where(keep, _kept_roles(judged), np.where(in_region, around.region, ""))
    why = np.where(in_region, "in_region", "model").astype(object)
    evidence = around.name.copy()
    special = np.array([why in KEEPING or why in CONTEXT for why in given], dtype=bool)
    special |= ~keep & (coded | around.hidden)
    special[list(around.section)] = True
    for i in np.flatnonzero(special).tolist():
        section = around.section.get(i) if given[i] == "comments" else None
        if keep[i]:
            if given[i] in KEEPING:
                why[i], evidence[i] = given[i], section.evidence if section else None
            continue
        if section and i not in section.entries:
            verdict[i] = comments
        role[i], why[i], evidence[i] = _dropped_role(i, int(page[i]), given[i], judged, around)
    by_place = np.flatnonzero(~keep & (role == ""))
    role[by_place] = _roles_by_place(by_place, keep, judged, around, page)
    decided = np.flatnonzero(why == "model")
    said = judged.model.explain(judged.features, judged.batch.kind, decided.tolist())
    evidence[decided] = np.array([told or None for told in said], dtype=object)
    out = Verdicts(verdict, role.tolist(), why.tolist(), evidence.tolist(), judged.probability, flags)
    out.comments = [[] for _ in flags]
    if comments == "metadata":
        _collect_comments(out, judged, page)
    return out


def _collect_comments(out: Verdicts, judged: Judged, page: npt.NDArray[np.int64]) -> None:
    """Comments of each page: lines right below each other are one comment, parted by newlines."""
    before = -2
    texts = judged.batch.lines["text"].to_list()
    for i, (verdict, why) in enumerate(zip(out.verdict, out.reason, strict=True)):
        if verdict != "metadata" or why != "comments":
            continue
        held = out.comments[page[i]]
        if before == i - 1 and held:
            held[-1] += f"\n{texts[i]}"
        else:
            held.append(texts[i])
        before = i


def _look_around(keep: Flags, coded: Flags, judged: Judged, sections: Sequence[Section]) -> _Around:
    region, name = name_regions(judged.batch.lines, judged.batch.elements, judged.features.kinds, ~keep & ~coded)
    within = {row: section for section in sections for row in range(section.start, section.end)}
    column = judged.features.column
    dated = (column("date") > 0) | (column("relative_time") > 0) | (column("clock") > 0)
    return _Around(
        region=region,
        name=name,
        section=within,
        hidden=column("hidden") > 0,  # NaN in text, so never true
        dated=dated.tolist(),
        texts=judged.batch.lines["text"].to_list(),
        words=judged.features.words.tolist(),
        ends_sentence=(column("ends_sentence") > 0).tolist(),
    )


def _dropped_role(i: int, page: int, why: str, judged: Judged, around: _Around) -> tuple[str, str, str | None]:
    """Role, reason and evidence of a line that goes; no role ("") where its place is to tell."""
    section, region, code = around.section.get(i), around.region[i], judged.cue[i]
    if why in CONTEXT:
        if why == "error_page":
            return CONTEXT[why], why, judged.errors[page]
        return CONTEXT[why], why, section.evidence if section and why in ("comments", "author_box") else None
    if code is not None:
        phrase = judged.phrase[i]
        return ROLES[code], "selector" if why == "selector" else f"cue_{code}", show_cue(phrase) if phrase else None
    if why == "selector":
        return region or "promo", why, None
    if around.hidden[i]:
        return region or "interface", "hidden", around.name[i]
    if section is not None and region in (None, "comment"):
        role = "post_metadata" if _around_post(i, around) else IN_SECTION[section.kind]
        return role, "in_region", section.evidence
    if region is not None:
        return region, "in_region", around.name[i]
    return "", "model", None


def _around_post(i: int, around: _Around) -> bool:
    """Whether a short line is a name, a date or a count beside what somebody wrote."""
    if around.words[i] > 8 or around.ends_sentence[i]:
        return False
    if around.dated[i] or _LABELLED.match(around.texts[i]):
        return True
    beside = [j for j in (i - 1, i + 1) if 0 <= j < len(around.dated)]
    return around.words[i] <= 3 and any(around.dated[j] and around.words[j] <= 12 for j in beside)


def _roles_by_place(
    rows: npt.NDArray[np.int64], keep: Flags, judged: Judged, around: _Around, page: npt.NDArray[np.int64]
) -> npt.NDArray[np.object_]:
    """What these lines are most likely, which neither say so nor stand in an element that does."""
    pages, lines = len(judged.batch.heads), len(page)
    kept = np.flatnonzero(keep)
    first, last = np.full(pages, lines), np.full(pages, lines)
    first[page[kept[::-1]]] = kept[::-1]  # of several, the one that is entered last stays
    last[page[kept]] = kept
    first, last = first[page[rows]], last[page[rows]]  # beyond all lines where a page keeps none
    column = judged.features.column
    words = judged.features.words[rows]
    linked = column("link_share")[rows] > 0.5
    dated = ((column("date") > 0) | (column("relative_time") > 0) | (column("clock") > 0))[rows]
    text = pl.col("text")
    look = judged.batch.lines["text"].gather(rows).to_frame().select(
        tongue=text.str.to_lowercase().str.strip_chars(" ()[]").is_in(_TONGUES), image=text.str.contains(_IMAGE)
    )  # fmt: skip
    is_forum = judged.features.types.argmax(axis=1) == TYPES.index("forum")
    post = np.zeros(len(rows), dtype=bool)
    for at in np.flatnonzero(is_forum[page[rows]]).tolist():
        post[at] = _around_post(int(rows[at]), around)
    told = [
        (look["tongue"].to_numpy(), "interface"),
        (look["image"].to_numpy() & (words <= 12), "image_name"),
        (post, "post_metadata"),
        (linked & (rows < last), "navigation"),
        (linked, "related"),
        ((rows < first) & (words < 8), "navigation"),
        (rows < first, "promo"),
        ((rows > last) & (words >= 4), "related"),
        (rows > last, "footer"),
        (dated & (words <= 8), "post_metadata"),
        (words < 4, "interface"),
    ]
    out: npt.NDArray[np.object_] = np.full(len(rows), "promo", dtype=object)
    for where, role in reversed(told):
        out[where] = role
    return out


def _kept_roles(judged: Judged) -> npt.NDArray[np.object_]:
    """Roles of lines that are kept: by their tag in HTML, by their shape in text."""
    shape = {
        name: pl.Series(name, judged.features.column(name) > 0)
        for name in ("ends_letter", "bullet", "in_blockquote", "in_table", "in_ul", "in_ol")
    }
    tag, words = pl.col("tag"), pl.Series(judged.features.words)
    listed = tag.is_in(["li", "dt", "dd"]) | shape["in_ul"] | shape["in_ol"] | shape["bullet"]
    headed = (tag == "") & (words <= 14) & shape["ends_letter"] & pl.col("text").str.contains(r"^[\p{Lu}\p{Lt}]")
    role = (
        pl.when(tag.is_in(["h1", "h2", "h3", "h4", "h5", "h6"])).then(pl.lit("heading"))
        .when(tag == "pre").then(pl.lit("code"))
        .when(tag.is_in(["td", "th"]) | shape["in_table"]).then(pl.lit("table"))
        .when(listed).then(pl.lit("list"))
        .when(pl.lit(shape["in_blockquote"])).then(pl.lit("quote"))
        .when(headed).then(pl.lit("heading"))
        .otherwise(pl.lit("body"))
    )  # fmt: skip
    return np.array(judged.batch.lines.select(role.alias("role"))["role"].to_list(), dtype=object)
