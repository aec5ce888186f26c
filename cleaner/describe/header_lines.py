"""One short line of a page's header taken apart: its dates with their labels, the names in it, and what is left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from cleaner.describe.authors import (
    MAX_BYLINE,
    SUFFIX,
    byline_label,
    clean_name,
    is_name,
    is_staff,
    may_go_on,
    split_names,
)
from cleaner.describe.bylines import CLOCK, READ_TIME, Label, label_of
from cleaner.describe.dates import Date, Order, find_dates, has_numbers, order_of
from cleaner.describe.header import MAX_LINES, phrase_pattern, phrase_set, phrases

_BULLET = re.compile(r"[\s*+•·○▪–—|>›»#-]{1,4}(?=\w)")
_PIECE = re.compile(r"\s*[|•·⋅●►»\n\t]\s*|\s[–—/-]{1,2}\s|\s{2,}")
_END = re.compile(
    r"\s*(?:[|•·⋅►>\[(@]|//|\d|\s[–—-]{1,2}\s|"
    r"\b(?:published|posted|updated|on|in|for|from|via|last|at|am|um|le|el|il|em|den|alle|às|kl|klo)\b|"
    r"\b(?:aktualisiert|mis à jour)\b)",
    re.IGNORECASE,
)
_DATE_LABELS = ("date_label", "modified_label", "thread_date")
REMEMBERED = 10_000
"""So many lines at most are remembered: those of a site's menus recur on page after page."""
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


class LabelledDate(NamedTuple):
    """A date, with where it stands in its line, and what the words before it say of it."""

    label: Label
    date: Date


@dataclass(slots=True)
class HeaderLine:
    """What a line holds.

    Attributes:
        dates: Its dates, in order.
        names: Names in it that can be authors', in order.
        label: Whether a byline's label stands before the names.
        timed: Whether it tells a time of day; `reading` whether it tells how long reading takes.
        left: Letters in it that are neither date, nor name, nor words that go with these.
        size: Characters in all.
    """

    dates: list[LabelledDate] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    label: bool = False
    timed: bool = False
    reading: bool = False
    left: int = 0
    size: int = 0


@lru_cache(maxsize=1)
def _inner_label() -> re.Pattern[str]:
    labels = "|".join(re.escape(p) for p in phrases("byline_inside"))
    return re.compile(rf"(?:^|(?<=\W))(?:{labels})\s", re.IGNORECASE)


@lru_cache(maxsize=1)
def _first_words() -> tuple[frozenset[str], frozenset[str]]:
    """With which words labels begin, and with which characters those of scripts without blanks do."""
    labels = [*phrases("byline"), *phrases("byline_inside")]
    words = frozenset(label.split()[0].rstrip(":：/／") for label in labels)
    return words, frozenset(label[0] for label in labels if "\u3040" <= label[0] <= "\ud7af")


def _may_be_labelled(piece: str) -> bool:
    """Whether a piece can hold a byline's label, seen quickly."""
    words, letters = _first_words()
    if not words.isdisjoint(piece.casefold().replace(":", " ").replace("(", " ").split()):
        return True
    return not piece.isascii() and not letters.isdisjoint(piece)


@lru_cache(maxsize=1)
def bare_labels() -> frozenset[str]:
    """Labels of bylines as they stand on lines of their own, in lower case."""
    return frozenset(p.rstrip(" :：/") for p in phrase_set("byline"))


def is_label(line: str, name: str) -> bool:
    """Whether a line is nothing but a label: one of bylines ("byline"), or of dates ("date_label", ...)."""
    bare = line.strip(" :：/|•·*—–+-").casefold()
    return bare in (bare_labels() if name == "byline" else phrase_set(name))


def is_caption(line: str) -> bool:
    """Whether a line has a phrase of picture captions and credits."""
    folded = line.casefold()
    return any(phrase in folded for phrase in phrases("caption"))


@lru_cache(maxsize=REMEMBERED)
def read_line(line: str, above: str = "", language: str | None = None, order: Order | None = None) -> HeaderLine:
    """Take a line apart; what comes out is shared, and not to be changed.

    Args:
        line: One line of a page; of more than 200 characters nothing is told.
        above: The line above, which may be its label ("Written by", "Published").
        language: Primary language subtag of the page.
        order: What comes first in the page's dates of numbers.
    """
    told = HeaderLine(size=len(line))
    if len(line) > MAX_BYLINE or not line:
        told.left = len(line)
        return told
    bullet = _BULLET.match(line) if not line[0].isalnum() else None
    begin = bullet.end() if bullet else 0
    text = line[begin:]
    if is_worded(text):
        pieces = [text]
    else:
        text = _take_dates(told, text, begin, above, language, order)
        if _DIGIT.search(text):
            text, times = READ_TIME.subn(" | ", text)
            told.reading = times > 0
        if told.dates or told.reading:
            text, clocks = CLOCK.subn(" | ", text)
            told.timed = clocks > 0
            text = phrase_pattern("modified_label").sub(" | ", text)
        pieces = _PIECE.split(text)
    labelled = is_label(above, "byline")
    for piece in pieces:
        piece = piece.strip(" ,;:.()[]–—-|*+/")
        if _LETTER.search(piece) and piece.casefold() not in phrase_set("date_filler"):
            told.left += len(piece) - _take_names(told, piece, labelled)
    return told


def is_worded(text: str) -> bool:
    """Whether a text is letters with a blank here and there, and nothing else: it has no date in it and no marks."""
    return text.replace(" ", "").isalpha() and "  " not in text


def _take_dates(
    told: HeaderLine, text: str, begin: int, above: str, language: str | None, order: Order | None
) -> str:
    """The text with its dates and their labels cut out; it begins at this character of its line."""
    dates = find_dates(text, language, order) if _DIGIT.search(text) else []
    if not dates:
        return text
    pieces: list[str] = []
    position = 0
    for date in dates:
        before = text[position : date.start]
        label = label_of(before)
        if not label and not position and not _LETTER.search(before) and len(above) <= 40:
            label = label_of(above) if any(is_label(above, name) for name in _DATE_LABELS) else ""
        told.dates.append(LabelledDate(label, date._replace(start=begin + date.start, end=begin + date.end)))
        pieces += [before, " | "]
        position = date.end
    text = "".join([*pieces, text[position:]])
    for name in ("modified_label", "date_label"):
        text = phrase_pattern(name).sub(
            lambda m: " | " if len(m.group()) > 2 or not m.group().isascii() else m.group(), text
        )
    return text


def _take_names(told: HeaderLine, piece: str, labelled: bool) -> int:
    """Note the names of a piece; how many of its characters are theirs and their label's."""
    if told.names:
        return 0
    label = (byline_label().match(piece) or _inner_label().search(piece)) if _may_be_labelled(piece) else None
    glued = None if label else _GLUED.match(piece)
    start = label.end() if label else glued.end() if glued else 0
    rest = piece[start:].strip()
    sure = start > 0 or labelled
    if sure:
        end = _END.search(rest)
        rest = rest[: end.start()] if end else rest
    rest = rest.strip(" ,;:|•·–—-")
    if not rest or len(rest) > 120 or not (sure or _may_be_name(rest)):
        return 0
    names = names_of(rest, 1 if sure else 2)
    if not names:
        return 0
    told.names = names
    told.label = sure or SUFFIX.search(rest) is not None
    return start + len(rest)


_GLUED = re.compile(r"(?:By|by|Von|Par|Por)(?=[A-Z][^\W\d_A-Z])")


def _may_be_name(text: str) -> bool:
    """Whether a text without a label can be a name or a list of names, seen quickly."""
    if "\u3040" <= text[0] <= "\ud7af":
        return len(text) <= 5 or (len(text) <= 12 and any(mark in text for mark in " \u3000・"))
    if not text.isascii():
        return not text[0].islower()
    if not text[0].isupper() or not (len(text) <= 45 or "," in text or " and " in text):
        return False
    words = text.split(None, 2)
    return len(words) > 1 and (not words[1][0].islower() or may_go_on(words[0], words[1]))


def names_of(text: str, least: int = 2) -> list[str]:
    """The names that a text lists, with no office, degree or place after them; empty where it holds anything else.

    `least`: how many words a name has at least.
    """
    text = text.strip()
    if is_staff(text):
        return [text]
    suffix = SUFFIX.search(text) if not text.isascii() else None
    if suffix and 0 < suffix.start() <= 12:
        text = text[: suffix.start()].strip(" (（")
    parts: Sequence[str] = split_names(text)
    if not parts or not (is_name(parts[0], least) or (least == 1 and _is_handle(parts[0]))):
        return []
    names = [clean_name(part) for part in parts[:12]]
    weekdays = phrase_set("date_filler")
    return [
        name
        for name in names
        if name
        and (is_name(name, least) or (least == 1 and _is_handle(name)))
        and not any(len(word) > 4 and word.casefold() in weekdays for word in name.split())
    ]


def _is_handle(text: str) -> bool:
    """Whether a text can be one name by which somebody signs: one word, not one of menus."""
    if not 2 <= len(text) <= 25 or not text.replace("_", "").replace("-", "").replace(".", "").isalnum():
        return False
    lowered = text.casefold()
    return not any(
        lowered in phrase_set(name) for name in ("no_name", "no_name_word", "common_word", "job", "date_filler")
    )


class HeaderLines:
    """The lines of one page taken apart, each when it is asked for."""

    def __init__(self, lines: Sequence[str], language: str | None) -> None:
        self._lines = lines
        self._language = language
        self._known: dict[int, HeaderLine] = {}

    def __getitem__(self, i: int) -> HeaderLine:
        told = self._known.get(i)
        if told is None:
            line = self._lines[i]
            order = self._order if _DIGIT.search(line) and has_numbers(line) else None
            told = self._known[i] = read_line(line, self._lines[i - 1] if i else "", self._language, order)
        return told

    @cached_property
    def _order(self) -> Order | None:
        """What comes first in the page's dates of numbers."""
        return order_of(line for line in self._lines[:MAX_LINES] if len(line) <= 200)
