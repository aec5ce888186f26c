"""Cues: phrases that give a line away, as tables per language (`*.toml` beside this file), and how lines are matched.

A sure cue decides that a line is boilerplate; any other cue only names what the model drops. Matching is on the
line in lower case with straight quotes, letters that sites write now with a mark and now without being the
same (Greek accents, Arabic hamza and vowel signs, Russian ё, Turkish dots); long lines are looked at in their first
160 characters.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

LOOKED_AT = 160
"""Characters of a line that are searched."""

ROLES = {
    "skip_link": "skip_link", "back_to_top": "skip_link", "comment_form": "comment_form", "share": "share",
    "advert": "advert", "image_name": "image_name", "photo_credit": "photo_credit", "trending": "trending",
    "cookie_notice": "cookie_notice", "login": "login", "newsletter": "newsletter", "paywall": "paywall",
    "footer": "footer", "legal": "legal", "related": "related", "interface": "interface", "breadcrumb": "breadcrumb",
    "byline": "byline", "dateline": "dateline", "post_metadata": "post_metadata", "bio": "bio",
}  # fmt: skip
"""Which role a cue gives. In this order the cues are tried: the first that matches names the line."""

CODES = list(ROLES)

PATTERNS = {
    "image_name": (
        r"^[\w ()%.,&'-]{1,80}\.(?:jpe?g|png|gif|webp|bmp|tiff?|svg)$"
        r"|^(?:img|dsc|dscn|dscf|pxl|screenshot|screen shot)[ _-]?\d[\w .-]{2,60}$"
        r"|^(?:[0-9a-f]{4,12}[ -]){2,5}[0-9a-f]{6,16}$"
    ),
    "photo_credit": (
        r"\((?:photo|image|picture|foto|bild|imagen|crédit photo|photo credit|photo by|foto von|screenshot)\b"
        r"[^()]{0,100}\)?\s*(?:\*\*\*.{0,60})?$"
        r"|(?:image|photo|picture) (?:courtesy|credit)[^.]{0,80}\.?$"
    ),
    "breadcrumb": r"^[^>»›|]{2,30}(?:\s+[>»›]\s+[^>»›|]{2,60}){1,6}$",
    "post_metadata": r"^\d[\d.,]*\s+(?:comments?|replies|views|shares|likes|kommentare|commentaires"
    r"|comentarios|posts|commenti|comentários|reacties|kommentarer|kommentarar|kommenttia|komentarzy|komentářů"
    r"|комментари[^\W\d_]{1,2}|просмотр[^\W\d_]{0,2}|коментар[^\W\d_]{0,3}|yorum|σχολια|تعليقات|תגובות)\b.{0,40}$"
    r"|^\d[\d.,]*\s?(?:条评论|則留言|则评论|件のコメント|개의 댓글|次浏览|次阅读).{0,20}$",
    "footer": r"^(?:copyright\s*)?(?:©|\(c\))\s*(?:copyright)?",
    "dateline": (
        r"^(?:\w{3,9},?\s+)?(?:\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?[^\W\d_]{3,10}\.?,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d"
        r"|[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
        r"|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|(?:19|20)\d\d[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일]"
        r"|(?:19|20)\d\d[./]\s?\d{1,2}[./]\s?\d{1,2}\.?)"
        r"(?:[\s,|•·–-]{0,3}(?:at |um |à |a las )?\d{1,2}[:.h]\d\d.{0,12})?(?:\s*\|\s*[^\W\d_]{2,20})?$"
    ),
}  # fmt: skip
"""Cues that are shapes and not phrases; they count as sure for the codes in SURE_PATTERNS."""

SURE_PATTERNS = frozenset({"image_name", "photo_credit"})

FOLDED = {
    **dict.fromkeys("’‘`", "'"),
    **dict(zip("άέήίόύώёأإآ", "αεηιουωеااا", strict=True)),
    "ı": "i",
    "\u0307": "",  # what lower case leaves of a Turkish capital İ
    **dict.fromkeys(map(chr, range(0x64B, 0x653)), ""),
}
"""Characters taken as the same, in lines and phrases: capitals lose such marks, and habits differ."""

UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of phrases that the next word may follow at once: no spaces between words, or (Korean) particles."""

PREFIX = 4
"""Characters by which phrases at the start of a line are looked up."""

_NEEDS = {
    "image_name": pl.col("low").str.contains(r"\d|\.(?:jp|pn|gi|we|bm|ti|sv)"),
    "photo_credit": pl.col("low").str.contains_any(["(", "courtesy", "credit"]),
    "breadcrumb": pl.col("low").str.contains_any([">", "»", "›"]),
    "post_metadata": pl.col("low").str.contains(r"^\d"),
    "footer": pl.col("low").str.contains_any(["©", "(c)"]),
    "dateline": pl.col("low").str.contains(r"(?:19|20)\d\d") & (pl.col("low").str.len_chars() < 60),
}
"""A quick test that a line must pass before the pattern of this code is tried."""


class Cue(NamedTuple):
    """What matched. Of several cues of a line the smallest counts: sure ones first, then in the order of CODES."""

    unsure: bool
    number: int  # 1 + position in CODES
    phrase: str


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of all languages, by where they stand."""

    whole: dict[str, Cue]
    starts: dict[str, list[tuple[re.Pattern[str], Cue]]]
    anywhere: list[Cue]
    shapes: dict[str, tuple[re.Pattern[str], Cue]]


def _at_start(phrase: str) -> re.Pattern[str]:
    """The expression of a phrase that a line begins with: it ends where a word ends, in scripts that show it."""
    ends = r"\b" if phrase[-1].isalnum() and not UNSPACED.search(phrase) else ""
    return re.compile(re.escape(phrase).replace("…", ".{0,40}?") + ends)


@functools.cache
def load_cues() -> Table:
    """The phrase tables of all languages as one."""
    table = Table({}, {}, [], {})
    folded = str.maketrans(FOLDED)
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            for place, phrases in entry.items():
                for phrase in phrases:
                    found = Cue(not place.startswith("sure_"), CODES.index(code) + 1, phrase.translate(folded))
                    _enter(table, place.removeprefix("sure_"), found)
    for code, pattern in PATTERNS.items():
        table.shapes[code] = re.compile(pattern), Cue(code not in SURE_PATTERNS, CODES.index(code) + 1, "")
    return table


def _enter(table: Table, place: str, cue: Cue) -> None:
    if place == "whole":
        key = re.sub(r"^\W+|\W+$", "", cue.phrase)
        table.whole[key] = min(cue, table.whole.get(key, cue))
    elif place == "start":
        table.starts.setdefault(cue.phrase[:PREFIX], []).append((_at_start(cue.phrase), cue))
    else:
        table.anywhere.append(cue)


def match_cues(texts: pl.Series) -> pl.DataFrame:
    """For each line `cue` (1 + position in CODES, 0 for none), `sure` (bool) and `phrase` (what matched, or null).

    Pages of one site share many lines, so each distinct line is looked at once.
    """
    low = pl.DataFrame({"low": texts.str.slice(0, LOOKED_AT).str.to_lowercase()})
    distinct = low.unique(maintain_order=True)
    matched = pl.concat([distinct, _match(distinct["low"])], how="horizontal")
    return low.join(matched, on="low", how="left", maintain_order="left").drop("low")


def _match(low: pl.Series) -> pl.DataFrame:
    table = load_cues()
    lines = (
        pl.DataFrame({"low": low})
        .with_columns(pl.col("low").str.replace_many(FOLDED))
        .with_columns(lead=pl.col("low").str.replace(r"^[^\w©(]+", ""))
        .with_columns(key=pl.col("lead").str.replace(r"^\W+", "").str.replace(r"\W+$", ""))
        .with_columns(
            held=pl.col("low").str.contains_any([cue.phrase for cue in table.anywhere]),
            **{f"like_{code}": needs for code, needs in _NEEDS.items()},
        )
    )
    best: list[Cue | None] = []
    for lead, key in zip(lines["lead"], lines["key"], strict=True):
        found = [table.whole[key]] if key in table.whole else []
        for size in range(1, PREFIX + 1):
            begun = table.starts.get(lead[:size])
            if begun and len(lead) >= size:
                found.extend(cue for pattern, cue in begun if pattern.match(lead))
        best.append(min(found, default=None))
    possible = pl.any_horizontal("held", *(f"like_{code}" for code in _NEEDS))
    for row in lines.with_row_index("row").filter(possible).iter_rows(named=True):
        found = [cue for cue in table.anywhere if cue.phrase in row["low"]] if row["held"] else []
        for code, (pattern, cue) in table.shapes.items():
            match = pattern.search(row["low"]) if row[f"like_{code}"] else None
            if match:
                found.append(cue._replace(phrase=match[0]))
        known = best[row["row"]]
        best[row["row"]] = min([*found, *([known] if known else [])], default=None)
    return pl.DataFrame(
        {
            "cue": pl.Series([float(cue.number) if cue else 0.0 for cue in best], dtype=pl.Float64),
            "sure": pl.Series([bool(cue and not cue.unsure) for cue in best], dtype=pl.Boolean),
            "phrase": pl.Series([cue.phrase[:60] if cue else None for cue in best], dtype=pl.String),
        }
    )
