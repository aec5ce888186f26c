"""Markup as pages hold it, before it is parsed: what would make a parser lose the rest of a page, or its time."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

INLINE = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "input", "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "br",
])  # fmt: skip
"""Elements that stand in a line, and end none."""
VOID = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
])  # fmt: skip
"""Elements without content."""
MAX_DEPTH = 512
"""Elements nested deeper are taken out before parsing: a parser's time grows with the square of the depth."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>")
SWALLOWING = ("iframe", "noembed", "noframes", "xmp", "textarea", "title")
"""Elements of which everything up to their closing tag is plain text to a parser."""
_NESTING = INLINE | frozenset([
    "div", "section", "article", "main", "aside", "header", "footer", "nav", "form", "table", "ul", "ol", "dl",
    "center",
])  # fmt: skip
_UNCLOSED = VOID | {"p", "li", "dt", "dd", "td", "th", "tr", "option", "body", "html", "head", "tbody", "thead"}
"""Elements whose end is left out, or may be: they do not count as nesting."""
_FLAT = re.compile(
    rf"</?(?:{'|'.join(sorted(_UNCLOSED))})(?=[\s/>])|<(?:path|circle|rect|line|polygon|use|stop)\s[^<>]*/>".encode(),
    re.IGNORECASE,
)
_NUMBERS = np.array([int.from_bytes(name.encode(), "big") for name in sorted(_UNCLOSED)], dtype=np.int64)
_LONGEST = max(map(len, _UNCLOSED))
_ENDS_NAME = np.zeros(256, dtype=bool)
_ENDS_NAME[list(b" \t\n\r\f\v/>")] = True


def mend_markup(html: str) -> bytes:
    """The page as UTF-8, without what makes a parser lose the rest of it, or its time: an unclosed comment, and endless
    nesting."""
    comment = html.rfind("<!--")
    if comment >= 0 and html.find("-->", comment) < 0 and html.find("--!>", comment) < 0:
        html = html[:comment] + html[comment + 4 :]
    data = html.encode("utf-8", "ignore")
    return _limit_nesting(html).encode("utf-8", "ignore") if _may_nest_deep(data) else data


def _may_nest_deep(data: bytes) -> bool:
    """Whether elements could stand deeper than MAX_DEPTH: a quick look at the first letters of all tags."""
    codes = np.frombuffer(data, np.uint8)
    at = np.flatnonzero(codes[:-1] == ord("<"))
    if len(at) <= MAX_DEPTH:
        return False
    following = codes[at + 1]
    letter = following | 32
    step = ((letter >= ord("a")) & (letter <= ord("z"))).astype(np.int64) - (following == ord("/"))
    if _highest(step) <= MAX_DEPTH:
        return False
    # the names alone are looked up faster than the regular expression finds them; few pages need more
    step[_are_unclosed(codes, at + 1 + (following == ord("/")))] = 0
    if _highest(step) <= MAX_DEPTH:
        return False
    step[np.searchsorted(at, [match.start() for match in _FLAT.finditer(data)])] = 0
    return _highest(step) > MAX_DEPTH


def _are_unclosed(codes: npt.NDArray[np.uint8], at: Ints) -> Bools:
    """Whether the name that begins at each of these positions is one in _UNCLOSED."""
    number = np.zeros(len(at), dtype=np.int64)
    going = np.ones(len(at), dtype=bool)
    ended = np.zeros(len(at), dtype=bool)
    for place in range(_LONGEST + 1):
        code = codes[np.minimum(at + place, len(codes) - 1)]
        letter = code | 32
        more = going & (letter >= ord("a")) & (letter <= ord("z"))
        ended |= going & ~more & _ENDS_NAME[code]
        going = more
        number = np.where(more, number << 8 | letter, number)
    return ended & np.isin(number, _NUMBERS)


def _highest(step: Ints) -> int:
    """The most that a running sum rises above the lowest value before."""
    height = np.cumsum(step)
    return int((height - np.minimum.accumulate(np.minimum(height, 0))).max(initial=0))


def close_swallowing(html: str) -> str:
    """Close the elements whose content is no markup and that are never closed, right where they open."""
    lowered = html.lower()
    if len(lowered) != len(html):  # a few letters change their length with their case
        lowered = html
    for name in SWALLOWING:
        opened = lowered.rfind("<" + name)
        if opened >= 0 and lowered.find("</" + name, opened) < 0:
            end = html.find(">", opened)
            if end >= 0:
                html = f"{html[: end + 1]}</{name}>{html[end + 1 :]}"
                lowered = f"{lowered[: end + 1]}</{name}>{lowered[end + 1 :]}"
    return html


def _limit_nesting(html: str) -> str:
    """`html` without the tags that would stand deeper than MAX_DEPTH (tags whose end may be left out not counted)."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        name = match[2].lower()
        if name in _UNCLOSED or (match[0].endswith("/>") and name not in _NESTING):  # "/>" closes in SVG alone
            return match[0] if depth <= MAX_DEPTH else " "
        if match[1]:
            depth = max(0, depth - 1)
            return match[0] if depth < MAX_DEPTH else " "
        depth += 1
        return match[0] if depth <= MAX_DEPTH else " "

    return _TAG.sub(keep, html)
