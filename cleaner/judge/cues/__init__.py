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
import unicodedata
from collections.abc import Callable
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

IN_A_ROW = frozenset({"skip_link"})
"""Codes of links that stand in a row, which flattened text has on one line: that such a line begins with the first of
them (three words and more) names it."""

ANYWHERE = frozenset({"photo_credit"})
"""Shapes that can stand anywhere in a line; all others stand at its beginning, in each of their alternatives."""

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

_LOW = pl.col("low")
_MARKED = _LOW.str.contains(
    r"\.(?:jpe?g|png|gif|webp|bmp|tiff?|svg)\n?$|^(?:img|dsc|pxl|screen ?shot)|^[0-9a-f]{4,12}[ -]"
    r"|^\p{Nd}|(?:19|20)\d\d"
) | _LOW.str.contains_any(["(", "courtesy", "credit", ">", "»", "›", "©"])
"""A quick test that a line must pass before any of PATTERNS is tried: one regular expression for all of them, since
Polars keeps only some tens of these compiled."""
LONGEST_DATE = 60
"""Characters that a line has fewer of which is nothing but a date."""


class Cue(NamedTuple):
    """What matched. Of several cues of a line the smallest counts: sure ones first, then in the order of CODES."""

    unsure: bool
    number: int  # 1 + position in CODES
    phrase: str


class Start(NamedTuple):
    """A phrase that lines begin with. `pattern`: what it means where it has a gap; `whole`: it ends where a word ends,
    in scripts that show it."""

    cue: Cue
    phrase: str
    whole: bool
    pattern: re.Pattern[str] | None

    def begins(self, line: str) -> bool:
        """Whether a line begins with it."""
        if self.pattern is not None:
            return self.pattern.match(line) is not None
        if not line.startswith(self.phrase):
            return False
        after = line[len(self.phrase) : len(self.phrase) + 1]
        return not (self.whole and (after.isalnum() or after == "_"))


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of all languages, by where they stand; those that start lines by their first characters, best first.
    `literal`: of each of these, what they say up to a gap. `sizes`: of the keys of `starts`, by their first
    character."""

    whole: dict[str, Cue]
    starts: dict[str, list[Start]]
    literal: dict[str, tuple[str, ...]]
    anywhere: list[Cue]
    shapes: dict[str, tuple[Callable[[str], re.Match[str] | None], Cue]]
    sizes: dict[str, set[int]]


def _start(cue: Cue) -> Start:
    phrase = cue.phrase
    whole = phrase[-1].isalnum() and not UNSPACED.search(phrase)
    gapped = re.escape(phrase).replace("…", ".{0,40}?") + (r"\b" if whole else "")
    return Start(cue, phrase, whole, re.compile(gapped) if "…" in phrase else None)


@functools.cache
def load_cues() -> Table:
    """The phrase tables of all languages as one."""
    table = Table({}, {}, {}, [], {}, {})
    folded = str.maketrans(FOLDED)
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            for place, phrases in entry.items():
                for phrase in phrases:
                    found = Cue(not place.startswith("sure_"), CODES.index(code) + 1, phrase.translate(folded))
                    _enter(table, place.removeprefix("sure_"), found)
    for code, pattern in PATTERNS.items():
        compiled = re.compile(pattern)
        # a search for what can only stand at the beginning would go on to the line's end
        search = compiled.search if code in ANYWHERE else compiled.match
        table.shapes[code] = search, Cue(code not in SURE_PATTERNS, CODES.index(code) + 1, "")
    for key, starts in table.starts.items():
        starts.sort(key=lambda start: start.cue)
        table.literal[key] = tuple(start.phrase.partition("…")[0] for start in starts)
    return table


def _enter(table: Table, place: str, cue: Cue) -> None:
    if place == "whole":
        key = _lead_and_key(cue.phrase)[1]
        table.whole[key] = min(cue, table.whole.get(key, cue))
    in_a_row = place == "whole" and CODES[cue.number - 1] in IN_A_ROW and cue.phrase.count(" ") >= 2
    if place == "start" or in_a_row:
        key = cue.phrase[:PREFIX]
        table.starts.setdefault(key, []).append(_start(cue._replace(unsure=cue.unsure or in_a_row)))
        table.sizes.setdefault(key[0], set()).add(len(key))
    if place == "anywhere":
        table.anywhere.append(cue)


def match_cues(texts: pl.Series) -> pl.DataFrame:
    """For each line `cue` (1 + position in CODES, 0 for none), `sure` (bool) and `phrase` (what matched, or null).

    Pages of one site share many lines, so each distinct line is looked at once.
    """
    low = pl.col("low").str.slice(0, LOOKED_AT).str.to_lowercase().str.replace_many(FOLDED)
    lines = texts.to_frame("low").select(low)
    distinct = lines.unique(maintain_order=True)
    best = _match(distinct["low"])
    told = distinct.with_columns(
        cue=pl.Series([float(cue.number) if cue else 0.0 for cue in best], dtype=pl.Float64),
        sure=pl.Series([bool(cue and not cue.unsure) for cue in best], dtype=pl.Boolean),
        phrase=pl.Series([cue.phrase[:60] if cue else None for cue in best], dtype=pl.String),
    )
    return lines.join(told, on="low", how="left", maintain_order="left").drop("low")


def _match(distinct: pl.Series) -> list[Cue | None]:
    """The best cue of each line. Few lines hold anything that could be one: these alone are looked at closely."""
    table = load_cues()
    asked = distinct.to_frame("low").select(
        held=_LOW.str.contains_any([cue.phrase for cue in table.anywhere]), marked=_MARKED
    )  # fmt: skip
    best: list[Cue | None] = [None] * len(distinct)
    looked_at = zip(distinct.to_list(), asked["held"].to_list(), asked["marked"].to_list(), strict=True)
    for at, (line, is_held, is_marked) in enumerate(looked_at):
        start, key = _lead_and_key(line)
        found = [cue for cue in table.anywhere if cue.phrase in line] if is_held else []
        if key in table.whole:
            found.append(table.whole[key])
        for size in table.sizes.get(start[:1], ()):
            literal = table.literal.get(start[:size])
            if literal and start.startswith(literal):
                found += [known.cue for known in table.starts[start[:size]] if known.begins(start)][:1]
        if is_marked:
            for code, (search, cue) in table.shapes.items():
                if (code != "dateline" or len(line) < LONGEST_DATE) and (match := search(line)):
                    found.append(cue._replace(phrase=match[0]))
        if found:
            best[at] = min(found)
    return best


_NO_WORD = "".join(c for c in map(chr, range(128)) if not (c.isalnum() or c == "_"))
_NO_LEAD = _NO_WORD.replace("(", "")


def _lead_and_key(line: str) -> tuple[str, str]:
    """What follows the marks that a line begins with, and what is left without those at its end, too."""
    if not line or (line[0].isalpha() and line[-1].isalpha()):
        return line, line
    if line.isascii():
        lead = line.lstrip(_NO_LEAD)
        return lead, lead.strip(_NO_WORD)
    first = next((at for at, mark in enumerate(line) if mark in "©(" or _in_word(mark)), len(line))
    lead = line[first:]
    start = next((at for at, mark in enumerate(lead) if _in_word(mark)), len(lead))
    end = next((at for at in range(len(lead), start, -1) if _in_word(lead[at - 1])), start)
    return lead, lead[start:end]


@functools.lru_cache(maxsize=1024)
def _in_word(character: str) -> bool:
    """Whether a character is part of words: a letter or what marks one, a digit, what joins (the \\w of Unicode)."""
    category = unicodedata.category(character)
    return (
        category[0] in "LM"
        or category in ("Nd", "Nl", "Pc")
        or character in "\u200c\u200d"
        or any(first <= character <= last for first, last in ("Ⓐⓩ", "🄰🅉", "🅐🅩", "🅰🆉"))  # letters in circles and squares
    )
