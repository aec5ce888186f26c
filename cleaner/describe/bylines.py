"""Bylines and datelines as lines of text: who signs, and the dates of a line that is a date and little more."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from cleaner.describe.authors import MAX_BYLINE, SUFFIX, byline_label, clean_name, is_name, is_staff, split_names
from cleaner.describe.dates import HAS_YEAR, Order, find_dates, may_hold_date, order_in
from cleaner.describe.header import phrase_pattern, phrase_set, phrases, tokens

Label = Literal["", "published", "modified", "other"]
"""What a line says of a day in it: nothing, or that it is the one of publication, of a change, or of something else."""

_STOP = re.compile(
    r"\s*(?:[|｜•·⋅►>\n\t／]|\s[–—-]{1,2}\s|\(|\[|（|//|@|\d|"
    r"\b(?:published|posted|updated|on|in|for|from|via|last|at|am|le|el|il|em|aktualisiert|mis à jour"
    r"|with|mit|avec|con|com|met|um|klo|kl|às|alle|saat|στις|в|о|في)\b)",
    re.IGNORECASE,
)
_REPORTER = re.compile(r"(?:本報|本报)?(?:記者|记者)\s?([\u4e00-\u9fff]{2,4})(?=[／/｜|\s（(，,、]|$|報導|报道)")
"""A name right behind the word for reporter."""
_EDITING = frozenset({"编辑", "責任編輯", "责任编辑", "編輯", "編集", "edición", "editing", "संपादन", "redigering"})
"""What stands before the names of those who edited a text."""
_COLONS = frozenset(":：｜=")
_SURE_LABELS = frozenset({
    "by", "written by", "posted by", "article by", "post by", "author", "autor", "autorin", "text", "words by",
    "story by", "geschrieben von", "écrit par", "escrito por", "scritto da", "geschreven door", "skrevet av",
    "skrevet af", "skriven av",
})  # fmt: skip


@lru_cache(maxsize=1)
def _bare_labels() -> frozenset[str]:
    return frozenset(p.rstrip(" :：/") for p in phrase_set("byline"))


@lru_cache(maxsize=2048)
def byline_names(line: str, following: str = "") -> tuple[list[str], bool]:
    """The names in a byline, and whether `following`, the next line, held them. ([], False) if it is no byline.

    Args:
        line: One line of a page.
        following: The next line, for bylines whose label stands on a line of its own.
    """
    if len(line) > MAX_BYLINE:
        return [], False
    if "者" in line and (reporter := _REPORTER.match(line)):
        return [reporter[1]], False
    label = byline_label().match(line)
    bare = line.strip(" :：/|•·—–-").casefold()
    if not label or not line[label.end() :].strip():
        if bare in _bare_labels() and (name := _name_below(following, bare)):
            return [name], True
        suffix = SUFFIX.search(line)
        if suffix and suffix.start() <= 12 and is_name(line[: suffix.start()].strip(" (（")):
            return [line[: suffix.start()].strip(" (（")], False
        return [], False
    rest = until_next_fact(line[label.end() :].strip())
    if not rest or len(rest) > 120:
        return [], False
    if is_staff(rest):
        return [rest], False
    while not is_name(rest, 1) and (words := rest.rpartition(" "))[0] and words[2].islower() and words[2].isalpha():
        rest = words[0].rstrip(" ,;")  # "Ada Example the 3rd of May", less its date
    label_said = line[: label.end()].strip(" (（[–—*•:：").casefold()
    least = 1 if label_said in _SURE_LABELS and len(rest.split()) == 1 else 2
    told = [SUFFIX.sub("", name).strip() for name in split_names(rest)]
    if not told or not is_name(told[0], least):
        return [], False
    cleaned = [clean_name(name) for name in told if is_name(name, least)]
    good = [name for name in cleaned if name]
    return good, False


def _name_below(line: str, label: str) -> str | None:
    """The name in a line under a label that stands alone; labels of two words leave no doubt about a single name."""
    name = line.strip() if len(line) <= 90 else ""
    name = until_next_fact(name) if name.isascii() else name
    least = 1 if " " in label and label in _SURE_LABELS and len(name) > 2 else 2
    return name if is_name(name, least) or is_staff(name) else None


@lru_cache(maxsize=1)
def _other_label() -> re.Pattern[str]:
    """A pattern of the labels that say with a colon what follows them."""
    names = ("byline", "date_label", "modified_label", "outlet_label", "caption")
    found = {phrase.rstrip(" :：") for name in names for phrase in phrases(name)} | _EDITING
    listed = "|".join(sorted(map(re.escape, found - {""}), key=lambda p: (-len(p), p)))
    return re.compile(rf"(?:(?<!\w)|(?<=[\u3040-\u9fff]))(?:{listed})\s?[:：｜=]", re.IGNORECASE)


def until_next_fact(text: str) -> str:
    """What stands in a byline before its date, another label, or a mark."""
    ends = [len(text)]
    if stop := _STOP.search(text):
        ends.append(stop.start())
    if HAS_YEAR.search(text) and (dates := find_dates(text)):
        ends.append(dates[0].start)
    if not _COLONS.isdisjoint(text) and (label := _other_label().search(text)):
        ends.append(label.start())
    return text[: min(ends)].strip(" ,;|•·–—-")


READ_TIME = re.compile(
    r"\d{1,3}[\s-]?(?:min(?:ute)?s?\b\.?(?:\s(?:read|lecture|lesezeit|de lectura|di lettura))?|分钟|分で読めます)",
    re.IGNORECASE,
)


CLOCK = re.compile(
    r"\d{1,2}\s?[:h.時时시]\s?\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?\b|uhr\b|h\b|分)?|\d{1,2}\s?[ap]\.?m\.?\b|[+-]\d{2}:?\d{2}",
    re.IGNORECASE,
)


_FACT = re.compile(r"[|•·»\n]|\s[–—-]\s")


@lru_cache(maxsize=2048)
def dateline(
    line: str, language: str | None = None, order: Order | None = None
) -> tuple[list[tuple[Label, str]], bool] | None:
    """The dates of a short line that is a dateline: ([(label, date)], whole).

    `label` is one of `Label` for each date; `whole` says that the line holds nothing else. None for lines without a
    date or with too much beside it.
    """
    if len(line) > 160 or not may_hold_date(line, order or order_in(language)):
        return None
    dates = find_dates(line, language, order)
    if not dates:
        return None
    found: list[tuple[Label, str]] = []
    rest: list[str] = []
    position = 0
    for date in dates:
        before = line[position : date.start]
        found.append((label_of(before), date.text))
        rest.append(before)
        position = date.end
    rest.append(line[position:])
    if not found[-1][0] and phrase_pattern("modified_label").fullmatch(CLOCK.sub("", rest[-1]).strip(" ()（）,|")):
        found[-1] = ("modified", found[-1][1])  # "2021/05/03 14:30 更新"
    left = CLOCK.sub(" ", " ".join(rest))
    left = phrase_pattern("modified_label").sub(" ", phrase_pattern("date_label").sub(" ", left))
    words = [w for w in tokens(left) if w not in phrase_set("date_filler") and not w.isdigit()]
    if not words:
        return found, True
    said = any(label and _opens_fact(before) for (label, _), before in zip(found, rest, strict=False))
    return (found, False) if said or len(" ".join(words)) <= 45 else None


def label_of(before: str) -> Label:
    """What the words before a date say of it."""
    if phrase_pattern("thread_date").search(before):  # the day of a thread; or of a course, which begins then
        return "other"
    if phrase_pattern("modified_label").search(before):
        return "modified"
    return "published" if phrase_pattern("date_label").search(before) else ""


def of_thread(label: Label, above: str) -> Label:
    """The label of a day, which is one of publication after all if a thread and who started it stand above."""
    return "published" if label == "other" and phrase_pattern("thread_starter").search(above) else label


def _opens_fact(before: str) -> bool:
    """Whether nothing but a label stands between a date and the beginning of its line, or the mark before it.

    Small words such as "on" begin sentences, too.
    """
    fact = _FACT.split(before)[-1].strip(" :")
    return len(fact) > 4 and phrase_pattern("date_label").fullmatch(fact) is not None
