"""Who signed a flattened page: the lines with names near its headline, weighed as signs of an author or of none."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from cleaner.describe.header import phrase_set, tokens
from cleaner.describe.header_lines import HeaderLine, is_caption, is_label
from cleaner.describe.ranking import chances
from cleaner.describe.reading import Reading
from cleaner.describe.title import squash
from cleaner.describe.view import PageView

MIN_CONFIDENCE = 0.5
_ABOVE, _BELOW = 8, 40
"""So many lines above the headline, and below it, can hold a byline."""
_LAST_LINES = 40
"""Under the text, so many lines can say who wrote it."""
_EMAIL = re.compile(r"\w@\w")


class Signature(NamedTuple):
    """A line that may be the byline, and what it holds."""

    line: int
    told: HeaderLine


def find_signatures(page: PageView, reading: Reading) -> list[Signature]:
    """The lines that hold names: near the headline, and right under the text."""
    found: list[Signature] = []
    for i in reading.zone(_ABOVE, _BELOW):
        if len(page.lines[i]) > 160 or reading.is_title(i):
            continue
        told = reading.line(i)
        caption = told.names and is_caption(page.lines[i])
        if told.names and not caption and (told.label or told.left <= 60):
            found.append(Signature(i, told))
    return found


def signature_features(page: PageView, reading: Reading, signature: Signature) -> dict[str, float]:
    """What is weighed of a signature, by name."""
    i, told = signature
    lines, header = page.lines, reading.header
    name = told.names[0]
    words = name.split()
    folded = name.casefold()
    away = i - reading.anchor
    between = sum(
        header.prose[k] for k in range(min(i, reading.anchor) + 1, max(i, reading.anchor)) if k < len(header.prose)
    )
    around = [reading.line(k) for k in (i - 2, i - 1, i + 1, i + 2) if 0 <= k < len(lines)]
    below = lines[i + 1] if i + 1 < len(lines) else ""
    above = lines[i - 1] if i else ""
    later = reading.count(folded)
    title = set(tokens(reading.title))
    found = {
        "bias": 1,
        "label": told.label,
        "label_above": told.label and is_label(above, "byline"),
        "date_inside": bool(told.dates),
        "reading_inside": told.reading,
        "left": math.log1p(told.left),
        "line_above_title": away < 0,
        "far_above_title": away < -3,
        "next": away == 1,
        "second": away == 2,
        "third": away == 3,
        "below_5": away > 5,
        "below_12": away > 12,
        "prose_between": min(between, 3),
        "date_beside": bool(around and any(a.dates for a in around[1:3])),
        "date_near": any(a.dates for a in around),
        "reading_near": any(a.reading for a in around),
        "label_near": any(a.label for a in around),
        "names_near": sum(bool(a.names) and a.names[0] != name for a in around),
        "job_below": _is_office(below),
        "job_above": _is_office(above),
        "email_below": bool(_EMAIL.search(below[:200])),
        "same_beside": any(a.names[:1] == [name] for a in around),
        "prose_below": i + 1 < len(header.prose) and header.prose[i + 1],
        "later_once": later == 2,
        "later_often": later > 2,
        "words_1": len(words) == 1 and not "\u3040" <= name[0] <= "\ud7af",
        "words_2": len(words) == 2,
        "words_4": len(words) >= 4,
        "several": len(told.names) > 1,
        "staff": words[-1].casefold() in phrase_set("staff"),
        "capitals": name.isupper() and name.isascii(),
        "small_words": sum(reading.is_small(w.casefold()) for w in words) / len(words),
        "in_title": sum(w in title for w in tokens(name)) / len(words),
        "site": squash(name) in reading.sites,
        "no_title": reading.title_chance < 0.3,
        "title_chance": reading.title_chance,
        "unlikely_role": page.role(i) in _ELSEWHERE,
        "dropped": page.verdict(i) == "drop",
        "bullet": not lines[i][0].isalnum(),
        "long_line": len(lines[i]) > 80,
    }
    return {key: float(value) for key, value in found.items() if value}


_ELSEWHERE = frozenset(
    {"comment", "comment_form", "related", "trending", "caption", "photo_credit", "footer", "breadcrumb"}
)
"""Roles of lines in which names are no author's."""


def _is_office(text: str) -> bool:
    """Whether a short line names what somebody does ("Senior Editor")."""
    words = [word.strip(".,&()").casefold() for word in text[:120].split()]
    return 1 <= len(words) <= 8 and not phrase_set("job").isdisjoint(words)


class Signed(NamedTuple):
    """Who signed: the names in order, the lines that say so, and how sure that is."""

    names: list[str]
    lines: list[int]
    confidence: float


def find_authors(page: PageView, reading: Reading) -> Signed | None:
    """The authors that the lines near the headline name; None unless one line is likely enough to be the byline."""
    found = find_signatures(page, reading)
    sure = chances("authors", [signature_features(page, reading, one) for one in found])
    if not found:
        return None
    best = max(range(len(found)), key=lambda k: (sure[k], -k))
    names = found[best].told.names
    same = [k for k, one in enumerate(found) if one.told.names == names]
    confidence = math.fsum(sure[k] for k in same)
    if confidence < MIN_CONFIDENCE:
        return None
    return Signed(
        list(dict.fromkeys(names)), [found[best].line, *(found[k].line for k in same if k != best)], confidence
    )
