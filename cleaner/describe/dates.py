"""Dates as pages write them: ISO and mail dates, and written-out ones by a table of month names.

A date is only as precise as it is written, and nothing is filled in from today's date. `03/04/2020` is the third
of April here and the fourth of March there: only the year is kept of such a date, unless the language or another
date of the page tells the order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from cleaner.describe.view import Precision

YEARS = range(1800, 2100)
MAX_DATE_TEXT = 200
Order = Literal["day", "month"]
_DAY_FIRST_LANGUAGES = frozenset({
    "de", "fr", "it", "es", "pt", "nl", "da", "no", "fi", "pl", "cs", "sk", "sl", "hr", "ro", "bg", "ru", "uk", "tr",
    "el", "he", "ar", "id", "vi", "ca", "et", "lv", "is", "sr",
    "mk", "hi", "bn", "fa", "ur", "th", "ms", "sw", "gl",
})  # fmt: skip
"""Languages in which dates of numbers are written day first, wherever they are spoken."""
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Date(NamedTuple):
    """A date as precise as it was written. `offset` is "+HH:MM" or None; `start` and `end` span the text read."""

    text: str
    precision: Precision
    offset: str | None = None
    start: int = 0
    end: int = 0

    @property
    def day(self) -> str:
        """The date without the time of day."""
        return self.text[:10]


@lru_cache(maxsize=1)
def _months() -> dict[str, dict[str, int]]:
    """Spelling -> language -> month."""
    table = tomllib.loads((files("cleaner.describe") / "data" / "months.toml").read_text("utf-8"))
    months: dict[str, dict[str, int]] = {}
    for language, names in table.items():
        for number, spellings in enumerate(names, 1):
            for spelling in spellings.split():
                months.setdefault(spelling, {})[language.partition("-")[0]] = number
    return months


def month_number(word: str, language: str | None = None) -> int | None:
    """1-12 for a month's name in lower case; None if unknown, or if languages disagree and `language` cannot tell."""
    known = _months().get(word.rstrip("."))
    if not known:
        return None
    if language and language in known:
        return known[language]
    numbers = set(known.values())
    return numbers.pop() if len(numbers) == 1 else None


def _date(year: int, month: int | None, day: int | None) -> tuple[str, Precision] | None:
    if year > 2400 and year - 543 in YEARS:
        year -= 543  # Thai pages count from the Buddha
    if year not in YEARS:
        return None
    if month is None:
        return f"{year:04}", "year"
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04}-{month:02}", "month"
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _MONTH_DAYS[month - 1] or (month == 2 and day == 29 and not leap):
        return None
    return f"{year:04}-{month:02}-{day:02}", "day"


_FOUR_DIGITS = re.compile(r"\d{4}")
HAS_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|(?<!\d)(?:19|20)\d{3,4}:\d\d|(?<!\d)(?:19|20)\d{3,4}\smin")
_ISO = re.compile(
    r"(?<![\d/.-])(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:(?:[T_]|\s{1,2})(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?:\s?([ap])\.?m\b)?"
    r"(?:\s?(Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}\b|[+-]\d{2}\b))?)?)?(?![\d-])",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?")
_YEAR_FIRST = re.compile(r"(?<![\d/.-])(\d{4})\s?[/.•·]\s?(\d{1,2})\s?[/.•·]\s?(\d{1,2})(?![\d/-])")
_EAST = re.compile(r"(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일号])?")
_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})([/-]|\.\s?)(\d{1,2})(?:\2|\s[–—-]\s)(\d{4})(?![\d/-])")
_SHORT_YEAR = re.compile(r"(?<![\d/.:-])(\d{2})\.(\d{2})\.(\d{2})(?![\d.:/-])")
_WORD = r"([^\W\d_][^\W\d_.]{0,3}(?:\.[^\W\d_]{1,2})?[^\W\d_]{0,9})"
_DAY_FIRST = re.compile(
    r"(?:(?<![\d.,:/-])|(?<=[\u05d0-\u05ea]-))(\d{1,2})(?:st|nd|rd|th|er|º|°|ème)?(?:\.?[\s-]{1,2}|[./])"
    + r"(?:de\s|of\s|ta'\s)?"
    + _WORD
    + r"(?:\s?/\s?[^\W\d_]{2,8}(?:ـ[^\W\d_]{2,8})?)?"  # Arabic pages name a month twice
    + r"(?:[.,،]{0,2}[\s-]{1,2}|[./])(?:de\s|del\s)?(\d{4})(?!\d)"
    + r"(?:[\s,T]{1,3}(\d{1,2}:\d{2}(?::\d{2})?)\s?(GMT|UTC|[+-]\d{4})\b)?",
    re.IGNORECASE,
)
# flattened text glues: "by Ada ExampleMay 3, 2020", "May 3, 20209:05 AM"
_MONTH_FIRST = re.compile(
    r"(?:(?<![\w-])|(?-i:(?<=[a-z\d)])(?=[A-Z])))"
    + _WORD
    + r"\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th)?(?:\s?,\s{0,2}|\s{1,2})(?:at\s)?(\d{4})"
    + r"(?:(?![\d:])|(?=\d{1,2}(?::\d{2}|\s?min)))",
    re.IGNORECASE,
)
# Scripts whose vowel signs are no letters to a pattern
_INDIC = re.compile(r"(?<!\d)(\d{1,2})\s([\u0900-\u0dff\u200c\u200d]{2,16}),?\s(\d{4})(?!\d)")
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\stháng\s(\d{1,2}),?\s(?:năm\s)?(\d{4})(?!\d)", re.IGNORECASE)
_TWO_WORDS = re.compile("(?<=كانون|تشرين) (?=ال)")
_GLUED = re.compile(r".{1,12}[^\W\d_A-Z](?=[A-Z])")
_UNIX = re.compile(r"\b([A-Z][a-z]{2})\s{1,2}(\d{1,2})\s\d{2}:\d{2}:\d{2}\s(?:[A-Z]{2,5}\s)?(\d{4})\b")
_YEAR_WORD = re.compile(r"(?<![\d/.-])(\d{4})\.?\s(?:m\.\s)?" + _WORD + r"\.?\s(\d{1,2})\b", re.IGNORECASE)
_MONTH_YEAR = re.compile(
    r"(?<![\w-])(?<!\d\s)(?<!\d\.\s)" + _WORD + r"[.,]{0,2}\s(?:de\s|del\s)?(\d{4})(?!\d)", re.IGNORECASE
)


def _offset(text: str | None) -> str | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return "+00:00"
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:4]}" if int(digits[:2]) <= 14 and int(digits[2:4]) < 60 else None


def _with_time(
    date: str, clock: tuple[str | None, str | None, str | None], zone: str | None
) -> tuple[str, Precision, str | None]:
    """A day with its time of day; midnight to the second and without an offset is how systems write "no time"."""
    hour, minute, second = (int(c) if c else 0 for c in clock)
    offset = _offset(zone)
    if (
        clock[0] is None
        or hour > 23
        or minute > 59
        or second > 59
        or (offset is None and hour == minute == second == 0)
    ):
        return date, "day", None
    return f"{date}T{hour:02}:{minute:02}:{second:02}{offset or ''}", "second", offset


def parse_declared(value: object, language: str | None = None) -> Date | None:
    """A date that markup states: ISO 8601, mail dates, seconds since 1970 or written out; None if unclear."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()[:MAX_DATE_TEXT]
    if not text:
        return None
    if match := _COMPACT.fullmatch(text):
        day = _date(*(int(g) for g in match.groups()[:3]))
        if day:
            stamp, precision, offset = _with_time(day[0], (match[4], match[5], match[6]), match[7])
            return Date(stamp, precision, offset, 0, len(text))
    if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return Date(moment.isoformat(), "second", "+00:00", 0, len(text))
    if re.fullmatch(r"\d{4}", text):
        year = _date(int(text), None, None)
        return Date(*year) if year else None
    return find_date(text, language)


def _candidates(text: str, language: str | None, order: Order | None) -> list[Date]:
    """Every date in `text` that a pattern reads, in no certain order."""
    found: list[Date] = []

    def add(match: re.Match[str], year: str, month: int | None, day: str | None) -> None:
        date = _date(int(year), month, int(day) if day else None)
        if date:
            found.append(Date(date[0], date[1], None, match.start(), match.end()))

    for m in _ISO.finditer(text):
        iso = _date(int(m[1]), int(m[2]), int(m[3]) if m[3] else None)
        if iso and iso[1] == "day":
            hour = str(int(m[4]) % 12 + 12 * (m[7] in "pP")) if m[7] else m[4]
            stamp, precision, offset = _with_time(iso[0], (hour, m[5], m[6]), m[8])
            found.append(Date(stamp, precision, offset, m.start(), m.end()))
        elif iso and m.group() == text.strip():
            found.append(Date(*iso, None, m.start(), m.end()))
    for m in _YEAR_FIRST.finditer(text):
        add(m, m[1], int(m[2]), m[3])
    for m in _EAST.finditer(text):
        add(m, m[1], int(m[2]), m[3])
    for m in _NUMBERS.finditer(text):
        first, second = int(m[1]), int(m[3])
        dotted = m[2][0] == "." and language != "en" and order is None
        if first > 12 or first == second or ((dotted or order == "day") and second <= 12):
            add(m, m[4], second, m[1])
        elif second > 12 or order == "month":
            add(m, m[4], first, m[3])
        else:
            add(m, m[4], None, None)
    if order == "day":
        for m in _SHORT_YEAR.finditer(text):
            add(m, f"20{m[3]}", int(m[2]), m[1])
    for m in _DAY_FIRST.finditer(text):
        month = month_number(m[2].lower(), language)
        if month:
            add(m, m[3], month, m[1])
            if found and m[4] and found[-1].start == m.start() and found[-1].precision == "day":
                clock = [*m[4].split(":"), None][:3]
                stamp, precision, offset = _with_time(found[-1].text, (clock[0], clock[1], clock[2]), m[5])
                found[-1] = Date(stamp, precision, offset, m.start(), m.end())
    for m in _MONTH_FIRST.finditer(text):
        glued = _GLUED.match(m[1])
        month = month_number(m[1][glued.end() if glued else 0 :].lower(), language)
        date = _date(int(m[3]), month, int(m[2])) if month else None
        if date:
            found.append(Date(date[0], date[1], None, m.start() + (glued.end() if glued else 0), m.end()))
    for m in _UNIX.finditer(text) if ":" in text else ():
        month = month_number(m[1].lower(), "en")
        if month:
            add(m, m[3], month, m[2])
    for m in _YEAR_WORD.finditer(text):
        month = month_number(m[2].lower(), language)
        if month:
            add(m, m[1], month, m[3])
    if not text.isascii():
        for m in _INDIC.finditer(text):
            if month := month_number(m[2]):
                add(m, m[3], month, m[1])
        for m in _VIETNAMESE.finditer(text):
            add(m, m[3], int(m[2]), m[1])
    return found


def may_hold_date(text: str, order: Order | None) -> bool:
    """Whether a text holds a year, seen quickly; two digits are one where the day comes first ("03.05.21")."""
    return (_FOUR_DIGITS.search(text) is not None and HAS_YEAR.search(text) is not None) or (
        order == "day" and _SHORT_YEAR.search(text) is not None
    )


def order_in(language: str | None) -> Order | None:
    """What comes first in dates of numbers, by the language alone; None where its writers do not agree."""
    return "day" if language in _DAY_FIRST_LANGUAGES else None


def find_dates(text: str, language: str | None = None, order: Order | None = None) -> list[Date]:
    """The dates written in `text` (its first 200 characters), in order, overlaps resolved for the longer one.

    Args:
        text: A line, or a value of markup.
        language: Primary language subtag. It tells month names apart that mean different months, and, where all who
            write it do so, that the day comes before the month.
        order: What comes first in 03/04/2020, where the page tells it; None: the language may.
    """
    text = text[:MAX_DATE_TEXT]
    if "ن ال" in text:
        text = _TWO_WORDS.sub("ـ", text)
    order = order or order_in(language)
    if not may_hold_date(text, order):
        return []
    kept: list[Date] = []
    for date in sorted(_candidates(text, language, order), key=lambda d: (d.start, -d.end)):
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    if not kept:
        for m in _MONTH_YEAR.finditer(text):
            month = month_number(m[1].lower(), language)
            date_ = _date(int(m[2]), month, None) if month else None
            if date_:
                kept.append(Date(*date_, None, m.start(), m.end()))
    return kept


def find_date(text: str, language: str | None = None, order: Order | None = None) -> Date | None:
    """The first date written in `text`, or None."""
    dates = find_dates(text, language, order)
    return dates[0] if dates else None


def has_numbers(line: str) -> bool:
    """Whether a line holds a date of numbers alone (03/04/2020), whose order may have to be told."""
    return _FOUR_DIGITS.search(line) is not None and _NUMBERS.search(line[:MAX_DATE_TEXT]) is not None


_ZONE = re.compile(
    r"\d\s?(?:[ap]\.?m\.?\s)?\(?(?:(?P<month>[ECMP][DS]?T|AK[DS]T)|(?P<day>BST|CES?T|GMT\s?\+\d{1,2}|SAST|A[EW][DS]T|NZ[DS]T))\b"
)
"""Time zones of America, where the month comes first in English, and those where the day does."""


def order_of(lines: Iterable[str]) -> Order | None:
    """What comes first in the page's dates of numbers, by those that can be read in one way only (13/04/2020), or by
    the time zone in such a date's line."""
    told: set[Order] = set()
    for line in lines:
        for m in _NUMBERS.finditer(line[:MAX_DATE_TEXT]) if "/20" in line or ".20" in line or "-20" in line else ():
            first, second = int(m[1]), int(m[3])
            if 12 < first <= 31 and 1 <= second <= 12:
                told.add("day")
            elif 12 < second <= 31 and 1 <= first <= 12:
                told.add("month")
            elif zone := _ZONE.search(line[:MAX_DATE_TEXT]):
                told.add("month" if zone["month"] else "day")
    return told.pop() if len(told) == 1 else None


_URL_DAY = re.compile(
    r"/(?:[a-z]{1,12}[/-]?)?((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)", re.IGNORECASE
)


_URL_MONTH = re.compile(r"/((?:19|20)\d{2})/([a-z]{3,9})/(0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)", re.IGNORECASE)


def url_date(path: str) -> Date | None:
    """The day in the path of an address such as /2016/02/11/slug, /2016/feb/11/slug or /slug-20160211, or None."""
    match = _URL_DAY.search(path[:1000])
    date = _date(int(match[1]), int(match[2]), int(match[3])) if match else None
    if date is None and (worded := _URL_MONTH.search(path[:1000])):
        date = _date(int(worded[1]), month_number(worded[2].lower()), int(worded[3]))
    return Date(*date, None, 0, 0) if date and date[1] == "day" else None
