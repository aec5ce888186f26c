"""Training pages retold in invented languages: same shape and markup, words that nobody knows.

Nearly all labelled pages are English, and a judge that learns from them alone goes by words that it will not find in
other languages. A retold page keeps length, punctuation, digits and place of every line; its words become letters of
another script, its function words those of a real language. What is learnt from it holds where words do not help.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.stopwords import STOP_WORDS, STOP_WORDS_OF
from cleaner.pages.batch import Batch, Head

LETTERS = {
    "latin": ("aeiouáéöüå", "bcdfghjklmnprstvzšñçł"),
    "cyrillic": ("аеиоуыэюя", "бвгджзклмнпрстфхцчшщ"),
    "greek": ("αεηιουωάέόή", "βγδζθκλμνξπρστφχψ"),
    "arabic": ("اويىةأ", "بتثجحخدرزسشصطعغفقكلمنه"),
    "hebrew": ("אויהע", "בגדזחטכלמנספצקרשת"),
    "devanagari": ("अइउएओकागी", "कखगचजटडतदनपबमयरलवसह"),
    "hangul": ("가나다라마바사아자차고노도로모보소오조초", "구누두루무부수우주추기니디리미비시이지치"),
    "han": ("的一是在不了有和人这中大为上个国我以要他", "时来用们生到作地于出就分对成会可主发年动同工也能下过子"),
    "kana": ("あいうえおかきくけこのはにをが", "タチツテトナニ東京大学会社新聞日本人間手話市長国家経済地方道路"),
}  # fmt: skip
LANGUAGES = {
    "de": "latin", "fr": "latin", "es": "latin", "pl": "latin", "fi": "latin", "tr": "latin", "pt": "latin",
    "nl": "latin", "sv": "latin", "cs": "latin", "ru": "cyrillic", "uk": "cyrillic", "el": "greek", "ar": "arabic",
    "he": "hebrew", "hi": "devanagari", "ko": "hangul", "zh": "han", "ja": "kana",
}  # fmt: skip
CASED = frozenset({"latin", "cyrillic", "greek"})
UNSPACED = frozenset({"han", "kana"})
SHARE = {"html": 60, "text": 25}
"""Of a hundred pages, so many are retold; flattened ones are there in several forms."""
CHOSEN = (*LANGUAGES, "zh", "zh", "ja", "ja", "ko", "ar")
"""Languages in turn: those without spaces or capitals are furthest from English and come more often."""
_WORD = re.compile(r"[^\W\d_]+")
_MARKS = str.maketrans({".": "。", ",": "、", "?": "？", "!": "！", ":": "：", ";": "；", "(": "（", ")": "）"})
_VOWELS = frozenset("aeiouy")


def retell_pages(names: Sequence[str], kind: str, batch: Batch) -> tuple[Batch, npt.NDArray[np.bool_]]:
    """The batch with some of its pages retold, and which of its lines are theirs.

    `names`: what each page is chosen by, and its language. Half of the cues are taken away with the words: in other
    languages fewer are known.
    """
    codes = [zlib.crc32(name.encode()) for name in names]
    chosen = [CHOSEN[code // 100 % len(CHOSEN)] if code % 100 < SHARE[kind] else None for code in codes]
    page = batch.lines["page"].to_list()
    texts, known = [], []
    for number, text in zip(page, batch.lines["text"], strict=True):
        language = chosen[number]
        texts.append(retell(text, language) if language else text)
        known.append(not language or zlib.crc32(text.encode("utf-8", "replace")) % 2 == 0)
    kept = pl.Series("kept", known)
    lines = batch.lines.with_columns(
        pl.Series("text", texts, dtype=pl.String),
        *(pl.when(kept).then(pl.col(name)).otherwise(0).alias(name) for name in ("cue", "sure")),
    )
    heads = [_retell_head(head, chosen[number]) for number, head in enumerate(batch.heads)]
    told = np.array([chosen[number] is not None for number in page], dtype=bool)
    return Batch(batch.kind, heads, lines, batch.elements), told


def _retell_head(head: Head, language: str | None) -> Head:
    if language is None:
        return head
    meta = [(n, retell(c, language) if "title" in n or "description" in n else c) for n, c in head.meta]
    return replace(head, title=retell(head.title, language) if head.title else None, meta=meta)


def retell(text: str, language: str) -> str:
    """The line in the invented relative of `language` (a key of LANGUAGES): the same word always becomes the same."""
    told = _WORD.sub(lambda match: _retold(match[0], language), text)
    if LANGUAGES[language] not in UNSPACED:
        return told
    # a blank stays between digits or Latin letters alone, as such scripts write them
    return re.sub(r"(?<![0-9]) | (?![0-9])", "", re.sub(r"[.,?!:;](?=\s|$)|[()]", _wide, told)) or told


def _wide(match: re.Match[str]) -> str:
    return match[0].translate(_MARKS)


@functools.lru_cache(maxsize=400_000)
def _retold(word: str, language: str) -> str:
    script = LANGUAGES[language]
    vowels, consonants = LETTERS[script]
    lower = word.lower()
    seed = zlib.crc32(f"{language} {lower}".encode("utf-8", "replace"))
    if script in UNSPACED:
        size = 1 if lower in STOP_WORDS else min(1 + len(word) // (5 if script == "han" else 3), 4)
        pool = vowels + consonants
        return "".join(pool[(seed >> 5 * i) % len(pool)] for i in range(size))
    if lower in STOP_WORDS and (known := STOP_WORDS_OF.get(language)):
        out = known[seed % len(known)]
    elif script == "hangul":
        pool = vowels + consonants
        out = "".join(pool[(seed >> 5 * i) % len(pool)] for i in range(max(1, min(len(word) // 2, 5))))
    else:
        letters = []
        for i, letter in enumerate(lower[:24]):
            pool = vowels if letter in _VOWELS else consonants
            letters.append(pool[(ord(letter) * 7 + (seed >> i % 24) % 3) % len(pool)])
        out = "".join(letters)
    if script not in CASED:
        return out
    return out.upper() if len(word) > 1 and word.isupper() else out.capitalize() if word[0].isupper() else out
