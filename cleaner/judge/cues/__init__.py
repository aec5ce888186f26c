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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    r"|комментари\p{L}{1,2}|просмотр\p{L}{0,2}|коментар\p{L}{0,3}|yorum|σχολια|تعليقات|תגובות)\b.{0,40}$"
    r"|^\d[\d.,]*\s?(?:条评论|則留言|则评论|件のコメント|개의 댓글|次浏览|次阅读).{0,20}$",
    "footer": r"^(?:copyright\s*)?(?:©|\(c\))\s*(?:copyright)?",
    "dateline": (
        r"^(?:\w{3,9},?\s+)?(?:\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?\p{L}{3,10}\.?,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d"
        r"|\p{L}{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
        r"|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|(?:19|20)\d\d[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일]"
        r"|(?:19|20)\d\d[./]\s?\d{1,2}[./]\s?\d{1,2}\.?)"
        r"(?:[\s,|•·–-]{0,3}(?:at |um |à |a las )?\d{1,2}[:.h]\d\d.{0,12})?(?:\s*\|\s*\p{L}{2,20})?$"
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
"""Characters by which candidates for a phrase at the start of a line are found before any expression runs."""

_NEEDS = {
    "image_name": pl.col("low").str.contains(r"\d|\.(?:jp|pn|gi|we|bm|ti|sv)"),
    "photo_credit": pl.col("low").str.contains_any(["(", "courtesy", "credit"]),
    "breadcrumb": pl.col("low").str.contains_any([">", "»", "›"]),
    "post_metadata": pl.col("low").str.contains(r"^\d"),
    "footer": pl.col("low").str.contains_any(["©", "(c)"]),
    "dateline": pl.col("low").str.contains(r"(?:19|20)\d\d") & (pl.col("low").str.len_chars() < 60),
}
"""A quick test that a line must pass before the pattern of this code is tried."""


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of all languages, by where they stand: whole lines as a table to join, the rest as expressions."""

    whole: pl.DataFrame
    starts: list[tuple[str, bool, str]]
    prefixes: list[str]
    anywhere: list[tuple[str, bool, list[str]]]


def _at_start(phrase: str) -> str:
    """The expression of a phrase that a line begins with: it ends where a word ends, in scripts that show it."""
    return _literal(phrase) + (r"\b" if phrase[-1].isalnum() and not UNSPACED.search(phrase) else "")


def _literal(phrase: str) -> str:
    return re.escape(phrase).replace("…", ".{0,40}?").replace("\\ ", " ").replace("\\'", "'").replace("\\#", "#")


@functools.cache
def load_cues() -> Table:
    """The phrase tables of all languages as one."""
    lists: dict[tuple[str, str], list[str]] = {}
    folded = str.maketrans(FOLDED)
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            for place, phrases in entry.items():
                lists.setdefault((code, place), []).extend(p.translate(folded) for p in phrases)
    wanted = [(code, sure, "sure_" if sure else "") for sure in (True, False) for code in CODES]
    whole: dict[str, tuple[int, bool]] = {}
    for code, sure, prefix in wanted:
        for phrase in lists.get((code, prefix + "whole"), []):
            whole.setdefault(re.sub(r"^\W+|\W+$", "", phrase), (CODES.index(code) + 1, sure))
    starts: list[tuple[str, bool, str]] = []
    prefixes: set[str] = set()
    for code, sure, prefix in wanted:
        phrases = sorted(set(lists.get((code, prefix + "start"), [])), key=len, reverse=True)
        if phrases:
            starts.append((code, sure, rf"^(?:{'|'.join(map(_at_start, phrases))})"))
            prefixes |= {p[:PREFIX] for p in phrases}
    anywhere = [
        (code, sure, lists[code, prefix + "anywhere"])
        for code, sure, prefix in wanted
        if (code, prefix + "anywhere") in lists
    ]
    table = pl.DataFrame(
        {"key": list(whole), "cue": [c for c, _ in whole.values()], "sure": [s for _, s in whole.values()]},
        schema={"key": pl.String, "cue": pl.Int64, "sure": pl.Boolean},
    )
    return Table(table, starts, sorted(prefixes), anywhere)


def match_cues(texts: pl.Series) -> pl.DataFrame:
    """For each line `cue` (1 + position in CODES, 0 for none), `sure` (bool) and `phrase` (what matched, or null)."""
    table = load_cues()
    lines = pl.DataFrame(
        {"row": pl.int_range(len(texts), eager=True), "low": texts.str.slice(0, LOOKED_AT).str.to_lowercase()}
    )
    lines = (
        lines.with_columns(pl.col("low").str.replace_many(FOLDED))
        .with_columns(lead=pl.col("low").str.replace(r"^[^\w©(]+", ""))
        .with_columns(key=pl.col("lead").str.replace(r"^\W+", "").str.replace(r"\W+$", ""))
    )
    found = [
        lines.filter(pl.col("key").str.len_chars() <= 60)
        .join(table.whole, on="key", how="inner", maintain_order="left")
        .select("row", "cue", "sure", phrase="key")
    ]
    # phrases shorter than the prefix ("by ") are looked for whole
    sizes = range(1, PREFIX + 1)
    heads = [pl.col("lead").str.slice(0, n).is_in([p for p in table.prefixes if len(p) == n]) for n in sizes]
    candidates = lines.filter(pl.any_horizontal(heads))
    found.append(_hits(candidates, [(c, s, pl.col("lead").str.extract(f"({e})", 1)) for c, s, e in table.starts]))
    held = lines.filter(pl.col("low").str.contains_any([p for _, _, phrases in table.anywhere for p in phrases]))
    anywhere = [(c, s, "|".join(map(_literal, phrases))) for c, s, phrases in table.anywhere]
    found.append(_hits(held, [(c, s, pl.col("low").str.extract(f"({e})", 1)) for c, s, e in anywhere]))
    shaped = lines.filter(pl.any_horizontal(*_NEEDS.values()))
    shapes = [
        (c, c in SURE_PATTERNS, pl.when(_NEEDS[c]).then(pl.col("low").str.extract(f"({e})", 1)))
        for c, e in PATTERNS.items()
    ]
    found.append(_hits(shaped, shapes))
    best = (
        pl.concat(found)
        .sort(["row", "sure", "cue"], descending=[False, True, False], maintain_order=True)
        .unique("row", keep="first", maintain_order=True)
    )
    return (
        lines.select("row")
        .join(best, on="row", how="left", maintain_order="left")
        .select(
            pl.col("cue").fill_null(0).cast(pl.Float64),
            pl.col("sure").fill_null(False),
            pl.col("phrase").str.slice(0, 60),
        )
    )


def _hits(lines: pl.DataFrame, cues: Sequence[tuple[str, bool, pl.Expr]]) -> pl.DataFrame:
    """The lines in which a cue (code, whether sure, expression of the phrase or null) is found, as `match_cues` has
    them; of several cues the sure ones come first, then those of the first code."""
    ordered = sorted(cues, key=lambda cue: (not cue[1], CODES.index(cue[0])))
    names = [f"phrase{number}" for number in range(len(ordered))]
    there = [pl.when(pl.col(name).is_not_null()) for name in names]
    return (
        lines.lazy()
        .with_columns(**{name: phrase for name, (_, _, phrase) in zip(names, ordered, strict=True)})
        .select(
            "row",
            cue=pl.coalesce(
                *(t.then(pl.lit(CODES.index(c) + 1, pl.Int64)) for t, (c, _, _) in zip(there, ordered, strict=True))
            ),
            sure=pl.coalesce(*(t.then(pl.lit(s)) for t, (_, s, _) in zip(there, ordered, strict=True))),
            phrase=pl.coalesce(*names),
        )
        .filter(pl.col("cue").is_not_null())
        .collect()
    )
