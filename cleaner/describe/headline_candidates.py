"""Which lines of a flattened page may be its headline, and what of them is weighed at first sight."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from cleaner.describe.header import MAX_LINES, Header, phrase_set, tokens
from cleaner.describe.header_lines import is_worded
from cleaner.describe.ranking import chances
from cleaner.describe.signs import count_words
from cleaner.describe.view import PageView

MAX_CHARACTERS = 220
CLOSE_LOOK = 5
"""So many candidates at most are weighed."""
REACH = 25
"""So far above prose, in lines, a headline can stand."""
_BELOW = 10
"""So many lines of the richest prose can stand above it: notices, a standfirst."""
OPENING = 8
"""Of so many first lines each can be the page's title: it may bear the site's name."""
_BARE_PAGE = 60
"""Where there is no prose at all, the headline is among so many lines."""
_NO_END = ":;,：，、"
LIKELY_ROLES = frozenset({"", "promo", "navigation", "heading", "body", "title", "list", "standfirst"})
"""The roles that the judge gives lines that can be headlines. Other roles tell by their wording what a line is."""
_ODD = re.compile(
    r"https?://|www\.|[{}<>=]|\.\.\.$|…$|\|.*\||\(\d{3}\)\s?\d{3}|☎|\.(?:jpe?g|png|gif|webp|pdf)$", re.IGNORECASE
)
_ODD_MARKS = frozenset(":.…{}<>=|(☎")
"""One of these is in whatever `_ODD` finds."""
_ODD_START = re.compile(r"[\W\d_]+$|\s?[+•·*»›>–—○▪#-]|\d{1,3}[.)]\s")
HEADING = re.compile(r"#\s{1,3}(?=[^#\s])")
"""How the first heading of a text is written in Markdown."""
_SEPARATOR = re.compile(r"\s[|\-–—·•»«›~/⋆★:]{1,3}\s|\s?[|｜]\s?|\s?[»›]\s|\s::\s")


class Candidate(NamedTuple):
    """A line that may be the headline: `text` is the line or, with `cuts` parts cut off its end, its beginning."""

    line: int
    text: str
    cuts: int = 0


@dataclass(slots=True)
class Body:
    """What features compare a line with: how often each stem stands in the first 14 paragraphs, the stems of the first
    two, the prose above each line as a share of the page's, how often each line occurs, and what the first lines begin
    with before a separator, as the page's title does before the site's name."""

    stems: Counter[str]
    lead: frozenset[str]
    above: list[float]
    counts: Counter[str]
    heads: frozenset[str]


def read_body(page: PageView, header: Header) -> Body:
    """What `features` needs to know of the page as a whole."""
    told = [i for i in range(header.body, len(header.prose)) if header.prose[i]][:14]
    paragraphs = [[word[:5] for word in tokens(page.lines[i][:300])] for i in told]
    sizes = [min(len(line), 600) if good else 0 for line, good in zip(page.lines, header.prose, strict=False)]
    total = sum(sizes) or 1
    above = [so_far / total for so_far in accumulate(sizes[:-1], initial=0)]
    return Body(
        Counter(stem for stems in paragraphs for stem in stems),
        frozenset(stem for stems in paragraphs[:2] for stem in stems),
        above,
        Counter(page.lines[:MAX_LINES]),
        frozenset(
            line[: cut.start()].strip().casefold()
            for line in page.lines[:12]
            if len(line) <= 400 and not is_worded(line)
            for cut in _SEPARATOR.finditer(line)
        ),
    )


def find_candidates(page: PageView, header: Header) -> list[Candidate]:
    """The lines that could be the headline: short, not ending like a lead-in, within reach of prose or at the end of
    the list of pages that lead to it."""
    lines = page.lines
    bare = header.richest >= len(header.prose)
    end = min(_BARE_PAGE if bare else header.richest + _BELOW, len(header.prose))
    found: list[Candidate] = []
    until = header.next_prose(-1)
    for i in range(end):
        if i >= until:
            until = header.next_prose(i)
        line = lines[i]
        size = len(line)
        if not 2 <= size <= MAX_CHARACTERS or (size < 4 and line.isascii()) or line[-1] in _NO_END:
            continue
        if header.prose[i] and size > 160:
            continue
        if until - i > REACH and i >= OPENING and not bare and not _ends_alike(lines, i):
            continue
        heading = HEADING.match(line)
        text = line[heading.end() :] if heading else line
        if _ODD_START.match(text) or (not _ODD_MARKS.isdisjoint(text) and _ODD.search(text)):
            continue
        found.append(Candidate(i, text))
        if i < OPENING:
            cuts = list(_SEPARATOR.finditer(text)) if not is_worded(text) else []
            for number, cut in enumerate([*cuts[-1:], *cuts[:1]][: len(cuts)], 1):
                head = text[: cut.start()].strip()
                if head.count(" ") >= 2 and len(text) - cut.end() <= 40 * number:
                    found.append(Candidate(i, head, number))
    return found


def _ends_alike(lines: list[str], i: int) -> bool:
    """Whether a line ends as one of the two right above it does, the list of pages that lead to it as a rule."""
    line = lines[i]
    end = line[-1]
    if not (lines[i - 1].endswith(end) or lines[i - 2].endswith(end)) or not line[0].isalnum():
        return False
    return lines[i - 1].endswith(line[line.rfind(" ") + 1 :]) or lines[i - 2].endswith(line)


def is_item(line: str) -> bool:
    """Whether a line begins with a mark, as the items of a list do."""
    return line != "" and not line[0].isalnum()


def is_crumb(lines: list[str], i: int, text: str) -> bool:
    """Whether one of the four lines above ends with a text, as the list of pages that lead to it does."""
    size, folded, last = len(text), text.casefold(), text[-1].casefold()
    for line in lines[max(0, i - 4) : i]:
        if size < len(line) <= 400 and line[-1].casefold() == last and line[-size:].casefold() == folded:
            return True
    return False


def sketch(page: PageView, header: Header, body: Body, candidate: Candidate) -> dict[str, float]:
    """What is weighed of a candidate at first sight: its words, its shape and its place.

    Empty for a line that begins neither the page nor its title and shares no word with the prose.
    """
    i, text, cuts = candidate
    folded = text.casefold()
    stems = {word[:5] for word in tokens(text)} - phrase_set("common_word")
    shared = stems & body.stems.keys()
    if not (shared or i == 0 or folded in body.heads or not body.stems):
        return {}
    words = count_words(text)
    distance = header.next_prose(i) - i
    found = {
        "bias": 1,
        "cut": cuts > 0,
        "crumb": not cuts and is_crumb(page.lines, i, text),
        "after_list": not cuts and is_item(page.lines[i - 1] if i else ""),
        "first": i == 0,
        "shared": min(len(shared), 6) / 3,
        "share": len(shared) / (len(stems) or 1),
        "in_lead": len(stems & body.lead) / (len(stems) or 1),
        "repeated": body.counts[text] > (not cuts),
        "page_title": folded in body.heads and not cuts,
        "words_1": words < 2,
        "words_2": 2 <= words < 3,
        "words_5_to_16": 5 <= words < 17,
        "words_over_25": words >= 26,
        "distance": math.log1p(min(distance, 60)),
        "ahead": header.ahead[i] if i < len(header.ahead) else 0,
        "below_prose": body.above[i],
        "below_any_prose": body.above[i] > 0,
        "stop": text[-1] in ".。",
        "lower_start": text[0].islower(),
        "prose": header.prose[i],
        "dropped": page.verdict(i) == "drop",
        "unlikely_role": page.role(i) not in LIKELY_ROLES,
    }
    return {name: value for name, value in found.items() if value}


def look_closely(page: PageView, header: Header, body: Body) -> list[Candidate]:
    """The candidates that are worth a close look, in order."""
    candidates = find_candidates(page, header)
    if len(candidates) <= CLOSE_LOOK:
        return candidates
    sketched = [(row, c) for c in candidates if (row := sketch(page, header, body, c))]
    sure = chances("title_sketch", [row for row, _ in sketched])
    best = sorted(range(len(sketched)), key=lambda k: (-sure[k], k))[:CLOSE_LOOK]
    return [sketched[k][1] for k in sorted(best)]
