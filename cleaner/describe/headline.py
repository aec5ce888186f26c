"""The headline of a flattened page: each line near the start of prose is weighed (see ranking.py), and the likeliest
wins. The probabilities of copies of one line are added up."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from cleaner.describe.header import MAX_LINES, Header, phrase_set, phrases, tokens
from cleaner.describe.header_lines import is_worded
from cleaner.describe.ranking import chances
from cleaner.describe.signs import Signs, count_words
from cleaner.describe.title import Title
from cleaner.describe.view import PageView

MIN_CONFIDENCE = 0.3
MAX_CHARACTERS = 220
CLOSE_LOOK = 5
"""So many candidates at most are weighed."""
_REACH = 25
"""So far above prose, in lines, a headline can stand."""
_BELOW = 10
"""So many lines of the richest prose can stand above it: notices, a standfirst."""
_OPENING = 8
"""Of so many first lines each can be the page's title: it may bear the site's name."""
_BARE_PAGE = 60
"""Where there is no prose at all, the headline is among so many lines."""
_NO_END = ":;,：，、"
_LIKELY_ROLES = frozenset({"", "promo", "navigation", "heading", "body", "title", "list", "standfirst"})
"""The roles that the judge gives lines that can be headlines. Other roles tell by their wording what a line is."""
_REPORTS = re.compile(r"\b(?:reports?|writes?|argues|says|notes) (?:that|on|about)\b")
_ODD = re.compile(
    r"https?://|www\.|[{}<>=]|\.\.\.$|…$|\|.*\||\(\d{3}\)\s?\d{3}|☎|\.(?:jpe?g|png|gif|webp|pdf)$", re.IGNORECASE
)
_ODD_MARKS = frozenset(":.…{}<>=|(☎")
"""One of these is in whatever `_ODD` finds."""
_ODD_START = re.compile(r"[\W\d_]+$|\s?[+•·*»›>–—○▪#-]|\d{1,3}[.)]\s")
_HEADING = re.compile(r"#\s{1,3}(?=[^#\s])")
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
        if until - i > _REACH and i >= _OPENING and not bare and not _ends_alike(lines, i):
            continue
        heading = _HEADING.match(line)
        text = line[heading.end() :] if heading else line
        if _ODD_START.match(text) or (not _ODD_MARKS.isdisjoint(text) and _ODD.search(text)):
            continue
        found.append(Candidate(i, text))
        if i < _OPENING:
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


def _is_item(line: str) -> bool:
    """Whether a line begins with a mark, as the items of a list do."""
    return line != "" and not line[0].isalnum()


def _is_crumb(lines: list[str], i: int, text: str) -> bool:
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
        "crumb": not cuts and _is_crumb(page.lines, i, text),
        "after_list": not cuts and _is_item(page.lines[i - 1] if i else ""),
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
        "unlikely_role": page.role(i) not in _LIKELY_ROLES,
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


def features(page: PageView, header: Header, body: Body, signs: Signs, candidate: Candidate) -> dict[str, float]:
    """What is weighed of a candidate, by name: the names of data/ranking.toml. Absent ones are 0."""
    i, text, cuts = candidate
    own = signs[i]
    above, above2, below, below2, below3 = signs[i - 1], signs[i - 2], signs[i + 1], signs[i + 2], signs[i + 3]
    folded = text.casefold()
    size = len(folded)
    words = count_words(text) if cuts else own.words
    common = phrase_set("common_word")
    stems = [word[:5] for word in tokens(text) if word not in common and (len(word) > 2 or not word.isascii())]
    shared = [stem for stem in stems if stem in body.stems]
    rare = len(stems) or 1
    distance = header.next_prose(i) - i
    longest = max([line.count(" ") + 1 for line in page.lines[max(0, i - 8) : i] if len(line) <= 200], default=0)
    verdict, role = page.verdict(i), page.role(i)
    found = {
        "bias": 1,
        "cut_once": cuts == 1,  # without the last part, the site's name as a rule
        "cut_short": cuts == 2,  # without all but the first part
        # where it stands
        "distance": math.log1p(min(distance, 60)),  # to the next prose
        "distance_3_to_6": 3 <= distance <= 6,
        "distance_over_12": distance > 12,
        "heads_body": distance + i == header.body,
        "first": i == 0,
        "second": 1 <= i <= 2,
        "ahead": header.ahead[i] if i < len(header.ahead) else 0,  # how much prose follows
        "below_prose": body.above[i],  # how much of the page's prose stands above
        "below_any_prose": body.above[i] > 0,
        "no_prose": header.richest >= len(header.prose),
        # its shape
        "words_1": words < 2,
        "words_2": 2 <= words < 3,
        "words_3_to_4": 3 <= words < 5,
        "words_5_to_8": 5 <= words < 9,
        "words_9_to_16": 9 <= words < 17,
        "words_over_25": words >= 26,
        "stop": text[-1] in ".。",
        "question": text[-1] in "?!？！",
        "colon": ":" in text or "：" in text,
        "lower_start": text[0].islower(),
        "capitals": text.isupper(),
        "reports": _REPORTS.search(text) is not None,
        "prose": own.prose,
        "dated": own.dated,
        "signed": own.signed,
        "named": own.named,
        "lead_in": folded.startswith(phrases("lead_in")),
        # its words: those of the page's prose, or not
        "shared": min(len(shared), 6) / 3,
        "weight_shared": sum(math.log1p(body.stems[stem]) for stem in shared) / rare,
        "in_lead": sum(stem in body.lead for stem in stems) / rare,
        "first_and_strange": i == 0 and 2 * len(shared) < len(stems),
        # the same words elsewhere
        "repeated": body.counts[text] > (not cuts),
        "page_title": folded in body.heads and not cuts,
        "inside_above": size > 12
        and any(  # as at the end of a breadcrumb
            size < len(line) <= 400 and folded in line.casefold() for line in page.lines[max(0, i - 4) : i]
        ),
        "crumb": not cuts and _is_crumb(page.lines, i, text),
        # its neighbours
        "after_list": not cuts and _is_item(page.lines[i - 1] if i else ""),
        "date_below": below.dated,
        "date_below_2": below2.dated,
        "byline_below": below.signed,
        "byline_below_2": below2.signed,
        "byline_below_3": below3.signed,
        "name_below": below.named,
        "name_below_2": below2.named,
        "signed_below": below.dated or below.signed or below2.dated or below2.signed or below3.dated or below3.signed,
        "reading_time_below": below.timed or below2.timed or below3.timed or signs.timed(i + 4),
        "date_above": above.dated,
        "date_above_2": above2.dated,
        "byline_above": above.signed,
        "headlike_below": below.headlike,
        "headlike_below_2": below2.headlike,
        "headlike_above": above.headlike,
        "headlike_above_2": above2.headlike,
        "longer_below": below.size > max(60, 1.6 * len(text)),
        "prose_below": below.prose,
        "prose_above": above.prose,
        "longest_above": words >= longest,
        "twice_as_long": words >= 2 * longest,
        # what the judge said by the line's wording
        "dropped": verdict == "drop",
        "unlikely_role": role not in _LIKELY_ROLES,
    }
    return {name: float(value) for name, value in found.items() if value}


class Headline(NamedTuple):
    """The headline of a flattened page, and the line by which bylines and dates are looked for, with how sure that is:
    the same line, unless the title was read off the page's first lines, far above the text."""

    title: Title
    anchor: int
    chance: float


def text_title(page: PageView, header: Header, signs: Signs) -> Headline | None:
    """The likeliest headline of a flattened page, however unlikely; None where no line can be one."""
    body = read_body(page, header)
    candidates = look_closely(page, header, body)
    if not candidates:
        return None
    marked = [c for c in candidates if not c.cuts and _HEADING.match(page.lines[c.line])]
    if len(marked) == 1 and not body.above[marked[0].line]:
        return Headline(Title(marked[0].text, "text", 0.9, marked[0].line), marked[0].line, 0.9)
    sure = chances("title", [features(page, header, body, signs, candidate) for candidate in candidates])
    best = max(range(len(candidates)), key=lambda k: (sure[k], -k))
    line, text, _ = candidates[best]
    folded = text.casefold()
    label = next((label for label in phrases("title_label") if folded.startswith(label)), "")
    said = [k for k, c in enumerate(candidates) if c.text.casefold() == folded]
    chance = math.fsum(sure[k] for k in said)
    title = Title(text[len(label) :].strip() or text, "text", round(chance, 2), line)
    signed = any(signs[line + k].dated or signs[line + k].signed for k in (1, 2, 3))
    if line >= _OPENING or header.body - line <= _REACH or signed:
        return Headline(title, line, chance)
    below = [k for k, c in enumerate(candidates) if c.line >= _OPENING]
    if not below:
        return Headline(title, header.body, 0.0)
    near = max(below, key=lambda k: (k in said, sure[k], -k))
    others = math.fsum(sure[k] for k in below) + max(0.0, 1 - math.fsum(sure))
    return Headline(title, candidates[near].line, chance if near in said else sure[near] / others)
