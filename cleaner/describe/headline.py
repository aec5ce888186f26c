"""The headline of a flattened page: each line near the start of prose is weighed (see ranking.py), and the likeliest
wins. The probabilities of copies of one line are added up."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from cleaner.describe.header import Header, phrase_set, phrases, tokens
from cleaner.describe.headline_candidates import (
    HEADING,
    LIKELY_ROLES,
    OPENING,
    REACH,
    Body,
    Candidate,
    is_crumb,
    is_item,
    look_closely,
    read_body,
)
from cleaner.describe.ranking import chances
from cleaner.describe.signs import Signs, count_words
from cleaner.describe.title import Title
from cleaner.describe.view import PageView

MIN_CONFIDENCE = 0.3
_REPORTS = re.compile(r"\b(?:reports?|writes?|argues|says|notes) (?:that|on|about)\b")


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
        "crumb": not cuts and is_crumb(page.lines, i, text),
        # its neighbours
        "after_list": not cuts and is_item(page.lines[i - 1] if i else ""),
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
        "unlikely_role": role not in LIKELY_ROLES,
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
    marked = [c for c in candidates if not c.cuts and HEADING.match(page.lines[c.line])]
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
    if line >= OPENING or header.body - line <= REACH or signed:
        return Headline(title, line, chance)
    below = [k for k, c in enumerate(candidates) if c.line >= OPENING]
    if not below:
        return Headline(title, header.body, 0.0)
    near = max(below, key=lambda k: (k in said, sure[k], -k))
    others = math.fsum(sure[k] for k in below) + max(0.0, 1 - math.fsum(sure))
    return Headline(title, candidates[near].line, chance if near in said else sure[near] / others)
