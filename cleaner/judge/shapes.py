"""What a line looks like: counts of its characters by class, how it begins and ends, and what stands in it.

All of it is told from arrays of characters, without regular expressions: Polars keeps only some tens of these compiled,
so that with more of them in use each is compiled anew for every batch. Four patterns that are too long for that are
still regular expressions; they see only the lines in which what each of them needs is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.characters import (
    BAR,
    BETWEEN,
    BULLET,
    CLOSES,
    CLOSES_END,
    CODE_END,
    COMMA,
    DIGIT,
    ENDS,
    LETTER,
    LOWER,
    MONEY_AFTER,
    MONEY_BEFORE,
    NEWLINE,
    NUMBER,
    NUMERIC,
    OPENS,
    SPACE,
    STOPS,
    TITLE,
    UNSPACED_LETTER,
    UPPER,
    WIDE_STOPS,
    WORD,
    Characters,
    skip,
)  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

SHAPES = (
    "characters", "ends_sentence", "ends_colon", "ends_ellipsis", "ends_letter", "starts_lower", "starts_upper",
    "starts_digit", "starts_mark", "bullet", "commas", "sentence_ends", "digits", "capitals", "letters",
    "capitalised_words", "unspaced", "bars", "newlines", "address", "copyright", "price", "date", "clock",
    "relative_time", "question",
)  # fmt: skip
"""Shapes that are features of a line, each a count or a yes/no by itself."""
PAGE_SHAPES = ("price", "sentence", "question", "ago", "number", "code", "handle")
"""Shapes of which a page's share is taken to tell its type; those in `shapes_of` are called "page_price" and so on."""

# A match of each of these is found by regular expression alone, in lines in which it is possible.
_PRICE = r"\d\s?(?:USD|EUR|zł|Kč|kr)\b"
_DATE = (
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d\b|\b(?:19|20)\d\d[-/.年]\s?\d{1,2}[-/.月]"
    r"|(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+\d{1,2}\b"
    r"|(?i)\b\d{1,2}\.?\s+(?:de\s+)?"
    r"(?:jan|feb|mär|mar|apr|avr|may|mai|maj|jun|juin|jul|juil|aug|août|ago|sep|okt|oct|nov|dec|dez|déc|dic)"
)
_RELATIVE = (
    r"(?i)\b\d+\+?\s*(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?)\s+ago\b"
    r"|(?i)\bvor \d+ \w+|\bil y a \d+|\bhace \d+"
)
_AGO = r"(?i)\b(?:ago|vor \d+|il y a|hace \d+)\b"
_COPYRIGHT = r"\(c\)\s*\d{4}"
_MARKUP = r"</?\w+>"

CHUNK = 1 << 17
"""Characters that are looked at in one go, unless one text has more."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the lines of a batch look like: `shape` as `shapes_of` gives it; `copies`: how often the same text stands
    on the page; `copy`: how many of these stand above."""

    shape: dict[str, Floats]
    copies: Floats
    copy: Floats


def look_at(lines: pl.DataFrame) -> Looks:
    """How each line looks. `lines` has the columns page and text, and is sorted by page."""
    # pages of one site share many lines: each distinct text is looked at once
    distinct = lines.select("text").unique(maintain_order=True).with_row_index("at")
    at = lines.select("text").join(distinct, on="text", how="left", maintain_order="left")["at"].to_numpy()
    shape = {name: values[at] for name, values in shapes_of(distinct["text"]).items()}
    if not len(at):
        return Looks(shape, np.zeros(0), np.zeros(0))
    key = lines["page"].to_numpy().astype(np.int64) << 32 | at.astype(np.int64)
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    size = np.diff(np.append(first, len(key)))
    copies, copy = np.empty(len(key)), np.empty(len(key))
    copies[order] = np.repeat(size, size)
    copy[order] = np.arange(len(key)) - np.repeat(first, size)
    return Looks(shape, copies, copy)


def shapes_of(texts: pl.Series) -> dict[str, Floats]:
    """SHAPES of each of the texts, and PAGE_SHAPES as "page_price" and so on; "sentence" and "question" alike."""
    names = (*SHAPES, *(f"page_{name}" for name in PAGE_SHAPES))
    sizes = texts.str.len_chars().to_numpy().astype(np.int64)
    parts = [_shapes(texts[first:end], sizes[first:end]) for first, end in _chunks(sizes)]
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) if parts else np.zeros(0) for name in names}


def _chunks(sizes: Ints) -> Iterator[tuple[int, int]]:
    """First and last (exclusive) of the texts that are looked at together."""
    total = np.cumsum(sizes + 1)
    first = 0
    while first < len(sizes):
        before = int(total[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(total, before + CHUNK)))
        yield first, end
        first = end


def _shapes(texts: pl.Series, sizes: Ints) -> dict[str, Floats]:
    c = Characters(texts, sizes)
    codes, filled = c.codes, sizes > 0
    first, last = c.start, c.end - 1  # of an empty text, these stand on what is between texts

    def starts(wanted: np.uint32) -> Flags:
        return c.is_(first, wanted)

    def ends(wanted: np.uint32) -> Flags:
        return c.is_(last, wanted) & filled

    numbers, capitals, stops = c.of(NUMBER), c.of(UPPER), c.of(STOPS)
    digits = numbers[c.is_(numbers, DIGIT)]
    has_number = c.has(numbers)
    closers, end_closers = c.of(CLOSES), c.of(CLOSES_END)

    def ends_with(closing: Ints) -> Flags:
        """Whether a text ends a sentence, if it may close something behind it."""
        end = skip(closing, last, -1)
        return filled & (end >= first) & c.is_(end, ENDS)

    after = skip(closers, stops + 1, 1)
    ended = c.is_(stops, WIDE_STOPS) | (codes[stops + 1] == BETWEEN) | c.is_(after, SPACE)
    before = c.is_(capitals - 1, SPACE) | (codes[capitals - 1] == BETWEEN)
    wider = c.is_(capitals - 2, SPACE) | (codes[capitals - 2] == BETWEEN)
    capitalised = before | (wider & ~c.is_(capitals - 1, LETTER | SPACE))
    dots = c.where(".")
    at_signs = c.where("@")
    at_signs = at_signs[c.is_(at_signs + 1, WORD)]
    web = c.where(":")
    web = web[(codes[web + 1] == ord("/")) & (codes[web + 2] == ord("/"))]
    plain = _before(codes, web, "http") | _before(codes, web, "https")
    www = dots[_before(codes, dots, "www")]
    dollars, euros = c.of(MONEY_BEFORE), c.of(MONEY_AFTER)
    paid = dollars[c.is_(dollars + 1, DIGIT) | (c.is_(dollars + 1, SPACE) & c.is_(dollars + 2, DIGIT))]
    owed = euros[c.is_(euros - 1, DIGIT) | (c.is_(euros - 1, SPACE) & c.is_(euros - 2, DIGIT))]
    page_price = c.has(paid) | c.has(owed)
    coins = c.where("UEzKk")
    coins = coins[c.is_(coins - 1, DIGIT) | (c.is_(coins - 1, SPACE) & c.is_(coins - 2, DIGIT))]
    price = (page_price & has_number) | _match(texts, c.has(coins) & has_number, _PRICE)
    ago = c.has(c.literal("ago", 1)) | c.has(c.literal("vor ", 0)) | c.has(c.literal("il y a", 1))
    ago |= c.has(c.literal("hace ", 0))
    told_c = c.has(c.literal("(c)", 0))
    copyright = c.has(c.where("©")) | c.has(c.literal("copyright", 3)) | _match(texts, told_c, _COPYRIGHT)
    one_word = c.count(np.flatnonzero((c.classes & WORD) != 0)) == sizes
    out: dict[str, npt.NDArray[np.generic]] = {
        "characters": sizes,
        "ends_sentence": ends_with(end_closers),
        "ends_colon": filled & ((codes[last] == ord(":")) | (codes[last] == ord("："))),
        "ends_ellipsis": _ends_in_ellipsis(codes, last, sizes),
        "ends_letter": ends(LETTER | NUMBER),
        "starts_lower": starts(LOWER),
        "starts_upper": starts(UPPER | TITLE),
        "starts_digit": starts(NUMBER),
        "starts_mark": filled & ~starts(LETTER | NUMBER | SPACE | OPENS),
        "bullet": _bullets(c),
        "commas": c.count(c.of(COMMA)),
        "sentence_ends": c.count(stops[ended]),
        "digits": c.count(numbers),
        "capitals": c.count(capitals),
        "letters": c.count(np.flatnonzero((c.classes & LETTER) != 0)),
        "capitalised_words": c.count(capitals[capitalised]),
        "unspaced": c.count(c.of(UNSPACED_LETTER)),
        "bars": c.count(c.of(BAR)),
        "newlines": c.count(c.of(NEWLINE)),
        "address": c.has(at_signs) | c.has(web[plain]) | c.has(www),
        "copyright": copyright,
        "price": price,
        "date": _match(texts, c.has(_date_like(c, digits)), _DATE),
        "clock": _clocks(c),
        "relative_time": _match(texts, ago & has_number, _RELATIVE),
        "question": filled & ((codes[last] == ord("?")) | (codes[last] == ord("？"))),
    }
    out |= {
        "page_price": page_price,
        "page_sentence": ends_with(closers),
        "page_question": out["question"],
        "page_ago": _match(texts, ago, _AGO),
        "page_number": _are_numbers(c, digits),
        "page_code": _code(c, texts),
        "page_handle": c.has(at_signs) | (ends(DIGIT) & (sizes > 1) & one_word),
    }
    return {name: values.astype(np.float64) for name, values in out.items()}


def _match(texts: pl.Series, possible: Flags, pattern: str) -> Flags:
    """Whether the pattern matches each of the texts, of which it can only match those that are `possible`."""
    out = possible.copy()
    if possible.any():
        out[possible] = texts.filter(pl.Series(possible)).str.contains(pattern).to_numpy()
    return out


def _before(codes: Codes, at: Ints, text: str) -> Flags:
    """Whether this text stands right before each position."""
    out = np.ones(len(at), dtype=bool)
    for back, character in enumerate(reversed(text), 1):
        out &= codes[at - back] == ord(character)
    return out


def _ends_in_ellipsis(codes: Codes, last: Ints, sizes: Ints) -> Flags:
    end, before, first = codes[last], codes[last - 1], codes[last - 2]
    dots = (end == ord(".")) & (before == ord(".")) & (first == ord("."))
    bracketed = (end == ord("]")) & (before == ord("…")) & (first == ord("["))
    out: Flags = (sizes > 0) & ((end == ord("…")) | dots | bracketed)
    return out


def _bullets(c: Characters) -> Flags:
    """Texts that begin as an item of a list does: with a mark or a number of up to three digits, and a blank."""
    at = c.start.copy()
    digits = np.zeros(len(at), dtype=np.int64)
    for _ in range(3):
        more = c.is_(at, DIGIT) & (digits == at - c.start)
        at = np.where(more, at + 1, at)
        digits += more
    numbered = (digits > 0) & ((c.codes[at] == ord(".")) | (c.codes[at] == ord(")")))
    marked = c.is_(c.start, BULLET)
    out: Flags = (numbered & c.is_(at + 1, SPACE)) | (marked & c.is_(c.start + 1, SPACE))
    return out


def _clocks(c: Characters) -> Flags:
    """Texts with a time of the day, as 9:30 or 14h05, that stands alone."""
    at = c.where(":.Hh")
    at = at[c.codes[at] != ord("H")]
    at = at[c.is_(at - 1, DIGIT) & c.is_(at + 1, DIGIT) & c.is_(at + 2, DIGIT) & ~c.is_(at + 3, WORD)]
    alone = ~c.is_(at - 2, WORD) | (c.is_(at - 2, DIGIT) & ~c.is_(at - 3, WORD))
    return c.has(at[alone])


def _date_like(c: Characters, digits: Ints) -> Ints:
    """Positions without one of which in it no text has a date."""
    marks = c.where("./-年")
    parted = c.is_(marks - 1, DIGIT) & (c.is_(marks + 1, DIGIT) | (c.is_(marks + 1, SPACE) & c.is_(marks + 2, DIGIT)))
    blank = c.is_(digits - 1, SPACE)
    days = digits[blank]
    dotted = c.codes[days - 2] == ord(".")
    months = days[c.is_(days - 2, LETTER | SPACE) | dotted]
    after = digits + 1 + (c.codes[digits + 1] == ord("."))
    day, after = digits[c.is_(after, SPACE)], after[c.is_(after, SPACE)]
    named = _MONTH_LETTERS[np.minimum(c.codes[after + 1], 0x180)] | c.is_(after + 1, SPACE)
    return np.concatenate((marks[parted], months, day[named]))


_MONTH_LETTERS = np.zeros(0x181, dtype=bool)
_MONTH_LETTERS[[ord(letter) for letter in "jfmasondJFMASONDſ"]] = True
"""Letters with which the name of a month, or the word before it, can begin."""


def _are_numbers(c: Characters, digits: Ints) -> Flags:
    """Texts that are nothing but one number, and marks around it."""
    out = np.zeros(len(c.start), dtype=bool)
    some = np.flatnonzero(c.has(digits))
    if not len(some):
        return out
    words = np.flatnonzero((c.classes & WORD) != 0)
    first = words[np.searchsorted(words, c.start[some])]
    last = words[np.searchsorted(words, c.end[some]) - 1]
    strange = np.flatnonzero((c.classes & (NUMERIC | DIGIT)) == 0)
    whole = np.searchsorted(strange, first) == np.searchsorted(strange, last, side="right")
    out[some] = c.is_(first, DIGIT) & whole
    return out


def _code(c: Characters, texts: pl.Series) -> Flags:
    """Texts that look like a line of a program, or markup."""
    codes = c.codes
    last = c.end - 1
    begins = (codes[c.start] == ord("$")) | (codes[c.start] == ord(">")) | (codes[c.start] == ord("#"))
    begins &= (codes[c.start + 1] == ord(" ")) & c.is_(c.start + 2, WORD)
    calls = c.where("(")
    calls = calls[(codes[calls + 1] == ord(")")) & c.is_(calls - 1, WORD)]
    equals = c.where("=")
    equals = equals[codes[equals + 1] == ord('"')]
    tags = c.where("<")
    tags = tags[c.is_(tags + 1, WORD) | (codes[tags + 1] == ord("/"))]
    out: Flags = (c.is_(last, CODE_END) & (c.size > 0)) | begins | c.has(calls) | c.has(equals)
    return out | _match(texts, c.has(tags), _MARKUP)
