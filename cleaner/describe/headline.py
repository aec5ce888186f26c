"""The headline of a flattened page: each line above the body gets a score, and the best one wins or none.

The weights are the rounded coefficients of a logistic regression over lines of flattened pages; what they weigh
is named in FEATURES.
"""

from __future__ import annotations

import math
import re

from cleaner.describe.bylines import byline_names, dateline
from cleaner.describe.header import REACH, Header, phrases, stems, tokens
from cleaner.describe.title import Title
from cleaner.describe.view import PageView

MIN_CONFIDENCE = 0.25
CLOSE_LOOK = 12
_NO_END = ":;,：，、"
_COMMON = frozenset({
    "the", "a", "an", "of", "to", "in", "and", "for", "on", "with", "at", "by", "from", "is", "are", "as", "it",
    "how", "your", "you", "what", "why", "der", "die", "das", "und", "von", "le", "la", "les", "de",
    "des", "du", "et", "en", "el", "los", "y",
})  # fmt: skip
_REPORTS = re.compile(r"\b(?:reports?|writes?|argues|says|notes) (?:that|on|about)\b")
_ODD = re.compile(
    r"https?://|www\.|[{}<>=]|\.\.\.$|…$|^[\W\d_]+$|^\s?[•·*»›>-]|\|.*\||\.(?:jpe?g|png|gif|webp|pdf)$", re.IGNORECASE
)

FEATURES: dict[str, float] = {
    "bias": -5.84,
    "overlap": 1.97,  # share of its less common words that the page's prose holds
    "shared": 0.7,  # how many such words, up to 6
    "signed": 2.08,  # a byline or a date follows within three lines
    "follows_date": 1.21,  # a date stands right above
    "repeated": 1.12,  # the same line stands elsewhere on the page
    "page_title": 3.39,  # one of the first lines is this line and a site's name
    "distance": -0.81,  # lines between it and the next prose, up to 18, over 10
    "ahead": 0.9,  # how much prose follows
    "above": -1.95,  # prose stands above it, by the share of the page's most
    "next_is_body": 0.46,
    "first": 0.92,  # the page begins with it
    "opens": 1.5,  # the page begins with it, and it has a headline's length and words of the prose
    "short": -1.6,  # fewer than three words
    "good_length": 1.36,  # 5 to 16 words
    "long": -0.83,  # more than 20 words
    "stop": -2.22,  # ends in a full stop
    "question": 0.25,
    "lower_start": -1.77,
    "after_lead_in": -0.5,
    "caption": -1.06,
    "dropped": -1.0,  # the judge dropped it
    "titled": 2.5,  # the judge took it for the title
    "numbers": -0.95,  # digits make up a quarter of it
    "above_short": 0.68,  # both neighbours are as short as menus are
    "shallow": 0.13,  # fewer than eight lines stand above the body
}


def is_candidate(line: str) -> bool:
    """Whether a line can be a headline at all."""
    if not 4 <= len(line) <= 220 or line[-1] in _NO_END or _ODD.search(line) or _REPORTS.search(line):
        return False
    found = dateline(line)
    return not (found and found[1]) and not byline_names(line)[0]


def features(page: PageView, header: Header, i: int) -> list[float]:
    """The values of FEATURES for line i, in their order."""
    lines = page.lines
    line = lines[i]
    words = tokens(line)
    rare = [w for w in words if w not in _COMMON and (len(w) > 2 or not w.isascii())]
    shared = sum(w[:5] in header.vocabulary for w in rare)
    count = len(words) / 2 if not line.isascii() and len(words) > 1.5 * len(line.split()) + 3 else len(words)
    above = lines[i - 1] if i else ""
    below = lines[i + 1] if i + 1 < len(lines) else ""
    folded = line.casefold()
    size = len(folded)
    page_title = any(
        other.startswith(folded) and size < len(other) <= size + 80 and not other[size].isalnum()
        for other in header.opening[:i]
    )
    lead_in = any(other.endswith((":", "：")) and len(other) < 80 for other in lines[max(0, i - 3) : i])
    distance = header.next_prose(i) - i
    return [
        1.0,
        shared / len(rare) if rare else 0.0,
        min(shared, 6) / 3,
        float(_is_signed(lines, i)),
        float(bool(above) and bool(dateline(above))),
        float(header.counts[line] > 1),
        float(page_title),
        min(distance, REACH) / 10,
        header.ahead[i] if i < len(header.ahead) else 0.0,
        float(any(header.prose[:i])),
        float(distance == 1),
        float(i == 0),
        float(
            i == 0 and 4 <= count <= 20 and line[-1] not in ".。" and 5 * shared >= 2 * len(rare) and header.body <= 10
        ),
        float(count < 3),
        float(5 <= count <= 16),
        float(count > 20),
        float(line[-1] in ".。"),
        float(line[-1] in "?!？！"),
        float(line[0].islower()),
        float(lead_in or folded.startswith(phrases("lead_in"))),
        float(any(p in folded for p in phrases("caption"))),
        float(page.verdict(i) == "drop"),
        float(page.role(i) == "title" or page.verdict(i) == "metadata"),
        float(sum(c.isdigit() for c in line) * 4 > len(line)),
        float(len(above) < 25 and len(below) < 25),
        float(header.body < 8),
    ]


def _is_signed(lines: list[str], i: int) -> bool:
    """Whether a byline or a date follows line i within three lines."""
    for k in range(i + 1, min(i + 4, len(lines))):
        if dateline(lines[k]) or byline_names(lines[k], lines[k + 1] if k + 1 < len(lines) else "")[0]:
            return True
    return False


def candidates(page: PageView, header: Header) -> list[int]:
    """The lines that could be the headline: within reach of prose, no later than the page's richest run of it.

    Of many, those are looked at closely that share the most words with the prose.
    """
    end = min(len(header.ahead), len(page.lines))
    cheap: list[tuple[float, int]] = []
    until = header.next_prose(-1)
    for i in range(end):
        if i >= until:
            until = header.next_prose(i)
        if header.prose[i] or until - i > REACH or header.ahead[i] < 0.1:
            continue
        line = page.lines[i]
        if 4 <= len(line) <= 220 and line[-1] not in _NO_END and (len(line) > 12 or not line.isascii()):
            words = set(stems(line)) - _COMMON
            shared = len(words & header.vocabulary)
            cheap.append(
                (
                    shared
                    + 3 * shared / (len(words) + 1)
                    + 2 * header.ahead[i]
                    + (i == 0)
                    + 2 * (page.role(i) == "title"),
                    i,
                )
            )
    cheap.sort(key=lambda c: (-c[0], c[1]))
    return [i for _, i in sorted(cheap[:CLOSE_LOOK], key=lambda c: c[1]) if is_candidate(page.lines[i])]


def text_title(page: PageView, header: Header) -> Title | None:
    """The title of a flattened page, or None when no line above its body is likely enough."""
    best: tuple[float, int] | None = None
    for i in candidates(page, header):
        score = sum(w * v for w, v in zip(FEATURES.values(), features(page, header, i), strict=True))
        if best is None or score > best[0]:
            best = (score, i)
    if best is None:
        return None
    confidence = 1 / (1 + math.exp(-best[0]))
    if confidence < MIN_CONFIDENCE:
        return None
    return Title(page.lines[best[1]], "text", round(confidence, 2), best[1])
