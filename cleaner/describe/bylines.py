"""Bylines and datelines as lines of text: who signs, and the dates of a line that is a date and little more."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.describe.authors import MAX_BYLINE, SUFFIX, byline_label, clean_name, is_name, is_staff, split_names
from cleaner.describe.dates import HAS_YEAR, find_dates
from cleaner.describe.header import phrase_pattern, phrase_set, tokens

_STOP = re.compile(
    r"\s*(?:[|•·⋅►>\n\t]|\s[–—-]{1,2}\s|\(|\[|//|@|\d|"
    r"\b(?:published|posted|updated|on|in|for|from|via|last|at|am|le|el|il|em|aktualisiert|mis à jour)\b)",
    re.IGNORECASE,
)
_SURE_LABELS = frozenset({"by", "written by", "posted by", "author", "autor", "text", "words by", "story by"})


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
    label = byline_label().match(line)
    bare = line.strip(" :：/|•·—–-").casefold()
    if not label or not line[label.end() :].strip():
        below = following.strip()
        if bare in _bare_labels() and 0 < len(below) <= 60 and (is_name(below) or is_staff(below)):
            return [below], True
        suffix = SUFFIX.search(line)
        if suffix and suffix.start() <= 12 and is_name(line[: suffix.start()].strip(" (（")):
            return [line[: suffix.start()].strip(" (（")], False
        return [], False
    rest = line[label.end() :].strip()
    stop = _STOP.search(rest)
    if stop:
        rest = rest[: stop.start()]
    rest = rest.strip(" ,;|•·–—-")
    if not rest or len(rest) > 120:
        return [], False
    if is_staff(rest):
        return [rest], False
    label_said = line[: label.end()].strip(" (（[–—*•:：").casefold()
    least = 1 if label_said in _SURE_LABELS and len(rest.split()) == 1 else 2
    told = [SUFFIX.sub("", name).strip() for name in split_names(rest)]
    if not told or not is_name(told[0], least):
        return [], False
    cleaned = [clean_name(name) for name in told if is_name(name, least)]
    good = [name for name in cleaned if name]
    return good, False


READ_TIME = re.compile(
    r"\d{1,3}[\s-]?(?:min(?:ute)?s?\b\.?(?:\s(?:read|lecture|lesezeit|de lectura|di lettura))?|分钟|分で読めます)",
    re.IGNORECASE,
)


CLOCK = re.compile(
    r"\d{1,2}\s?[:h.時时시]\s?\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?\b|uhr\b|h\b|分)?|\d{1,2}\s?[ap]\.?m\.?\b|[+-]\d{2}:?\d{2}",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def dateline(line: str, language: str | None = None) -> tuple[list[tuple[str, str]], bool] | None:
    """The dates of a short line that is a dateline: ([(label, date)], whole).

    `label` is "published", "modified" or "" for each date; `whole` says that the line holds nothing else. None for
    lines without a date or with too much beside it.
    """
    if len(line) > 160 or not HAS_YEAR.search(line):
        return None
    dates = find_dates(line, language)
    if not dates:
        return None
    found: list[tuple[str, str]] = []
    rest: list[str] = []
    position = 0
    for date in dates:
        before = line[position : date.start]
        label = ""
        if phrase_pattern("modified_label").search(before):
            label = "modified"
        elif phrase_pattern("date_label").search(before):
            label = "published"
        found.append((label, date.text))
        rest.append(before)
        position = date.end
    rest.append(line[position:])
    left = CLOCK.sub(" ", " ".join(rest))
    left = phrase_pattern("modified_label").sub(" ", phrase_pattern("date_label").sub(" ", left))
    words = [w for w in tokens(left) if w not in phrase_set("date_filler") and not w.isdigit()]
    if not words:
        return found, True
    return (found, False) if len(" ".join(words)) <= 45 else None
