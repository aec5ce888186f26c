"""A decoded text file is cut into the lines that are judged: paragraphs, headings, list items.

Files part their paragraphs with blank lines, with single line ends, or wrap them at some width, and many do all of it
on one page. A line end is a wrap if the next word would not have fitted into the width at which the page is wrapped;
that width is inferred from the page itself, and again from each block of lines that does not agree with it. Where a
page gives no evidence of wrapping, every physical line is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, zip_longest
from typing import NamedTuple

from cleaner.pages.wrapping import MAX_WIDTH, MIN_DENSE_WIDTH, MIN_WIDTH, LineEnd, count_votes, infer_width

MAX_WIDTHS = 4
"""Widths at which parts of one page can be wrapped, beside blocks that are long enough to tell by themselves."""

Span = tuple[int, int]


class TextLine(NamedTuple):
    """One line to be judged.

    Attributes:
        text: Its text on one line: outer blanks stripped, wraps undone (see `cut_text`).
        start: Where it begins in the text that was cut (characters).
        end: Where it ends.
        blank_before: Blank physical lines above it.
    """

    text: str
    start: int
    end: int
    blank_before: int


class _Physical(NamedTuple):
    """A physical line that is not blank. `width` and `indent` are measured behind the quote marks."""

    text: str
    start: int
    end: int
    blank_before: int
    quote: str
    indent: int
    width: int


_WIDE = "\u2e80-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60" \
    "\U00020000-\U0003ffff"
_CLOSERS = "、。，．・：；！？」』）】〕〉》〟’”…‥ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)\\]}"

_FILLED = re.compile("[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_FILLED_OR_NEL = re.compile("[^\n\r\x0b\x0c\u2028\u2029]+")
_OTHER_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_QUOTE = re.compile(r"(?:>[ \t]?){1,50}")
_CJK = re.compile(f"[{_WIDE}]")  # Chinese and Japanese; Korean parts its words with blanks
_UNIT = re.compile(f"[{_WIDE}][{_CLOSERS}]{{0,3}}|[^ \t{_WIDE}]+[{_CLOSERS}]{{0,3}}")
_TERMINAL = re.compile(r"[.!?…。！？:：;؟।॥」』）][\"'”’»)\]」』）]{0,3}$")
_HYPHEN = re.compile(r"\w[-‐—]$|\w--$")
_SUSPENDED = re.compile(r"(?:und|oder|bzw|and|or|to|en|of|och|eller|og|ja|tai|y|o|e|et|ou)\b")  # "on- or offline"
_BULLET = re.compile(
    r"[•·▪◦‣○●■□▶►➤✓✔✗★☆※・|]|(?:[-–—*+]|#{1,6})(?=[ \t])|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)](?:[ \t]|$)"
)
_DASH = re.compile(r"[-–—][ \t]+[a-zà-öø-ÿа-яё(\"“]")  # a dash in a sentence, not a list's
_COLUMNS = re.compile(r"\S {3,}\S")
_LAYOUT = re.compile(r"[\W_]+$|```|//|<!?[a-z/]|#include|\$ |import [\w.]+$")  # rules, code


def cut_text(text: str) -> list[TextLine]:
    """Cut a text file's text into lines to be judged, in order.

    Takes the decoded text, with line ends of any kind (form feeds, vertical tabs, NEL, U+2028 and U+2029 count).
    Returns a line for each paragraph, with its wraps undone: a wrap becomes a blank; nothing, between Chinese or
    Japanese characters and after a hyphen or dash that ends a word; and marks of quotation (">") go with it. All
    else of `text[start:end]` stands as it was. Blank lines are never joined over.

    >>> [line.text for line in cut_text("One\\n\\n  Two \\r\\nThree")]
    ['One', 'Two', 'Three']
    """
    lines = list(_physical(text))
    return [
        _join(lines[first:last]) if last - first > 1 else TextLine(*lines[first][:4])
        for first, last in _paragraphs(lines)
    ]


def _physical(text: str) -> Iterator[_Physical]:
    """The physical lines that are not blank."""
    begun = False
    breaks = 0
    for start, raw, more in _filled(text):
        breaks += more
        stripped = raw.strip()
        if not stripped:
            continue
        indent = 0
        if len(stripped) != len(raw):
            indent = len(raw) - len(raw.lstrip())
            start += indent
        width, quote = indent + len(stripped), ""
        if stripped[0] == ">" and (match := _QUOTE.match(stripped)):
            quote = match.group()
            body = stripped[len(quote) :]
            indent, width = len(body) - len(body.lstrip()), len(body)
        yield _Physical(stripped, start, start + len(stripped), breaks - begun, quote, indent, width)
        breaks, begun = 0, True


def _filled(text: str) -> Iterator[tuple[int, str, int]]:
    """(start, text, line ends since the line before) of each physical line that is not empty."""
    end = breaks = 0
    if not any(rare in text for rare in "\r\x0b\x0c\x85\u2028\u2029"):
        for raw in text.split("\n"):
            if raw:
                yield end, raw, breaks
                breaks = 0
            breaks += 1
            end += len(raw) + 1
        return
    # NEL is a line end, unless other C1 controls show that it is a Windows-1252 ellipsis.
    filled = _FILLED_OR_NEL if "\x85" not in text or _OTHER_C1.search(text) else _FILLED
    for found in filled.finditer(text):
        gap = text[end : found.start()]
        end = found.end()
        yield found.start(), found.group(), 1 if gap == "\n" else len(gap) - gap.count("\r\n")


def _paragraphs(lines: Sequence[_Physical]) -> Iterator[tuple[int, int]]:
    """Spans of physical lines that belong together, in order."""
    starts = [i for i, line in enumerate(lines) if i == 0 or line.blank_before]
    blocks = list(pairwise([*starts, len(lines)]))
    ends, widths = _measure(lines, blocks, wide=False)
    if any(end.dense for end in ends):  # East Asian text is wrapped at characters or at columns
        other_ends, other_widths = _measure(lines, blocks, wide=True)
        if _agreement(other_ends, blocks, other_widths) > _agreement(ends, blocks, widths):
            ends, widths = other_ends, other_widths
    for (first, last), width in zip(blocks, widths, strict=True):
        begin = first
        for i in range(first, last):
            if not width or i + 1 == last or not _wraps(lines, ends, i, begin, width):
                yield begin, i + 1
                begin = i + 1


def _measure(lines: Sequence[_Physical], blocks: Sequence[Span], wide: bool) -> tuple[list[LineEnd], list[int]]:
    """The line ends of a page, and for each block the width at which it is wrapped, 0 if at none."""
    least = MIN_DENSE_WIDTH // (1 + wide)  # shorter lines say nothing in any script
    ends = [
        _line_end(a, b, wide) if a.width >= least else _SILENT
        for a, b in zip_longest(lines, islice(lines, 1, None))
    ]
    widths = [0] * len(blocks)
    rest = list(range(len(blocks)))  # those that no width agrees with yet
    for _ in range(MAX_WIDTHS):
        # What is repeated on a page (labels, buttons) speaks once.
        told = (i for b in rest for i in range(*blocks[b]) if ends[i] is not _SILENT)
        width = infer_width({(lines[i].text, ends[i].need): ends[i] for i in told}.values())
        if not width:
            break
        for b in rest:
            if count_votes(ends[slice(*blocks[b])], width) >= 0:
                widths[b] = width
        # From here on the page is a mixed one: its unwrapped parts say nothing of how the others are wrapped.
        rest = [b for b in rest if not widths[b] and all(ends[i].width <= MAX_WIDTH for i in range(*blocks[b]))]
    rest = [b for b, (first, last) in enumerate(blocks) if last - first > 1 and not widths[b]]
    for b in rest:
        widths[b] = infer_width(ends[slice(*blocks[b])])
    known = sorted(set(widths) - {0})[:MAX_WIDTHS]
    for b in rest if known else ():
        if not widths[b]:  # too short to tell by itself
            votes, width = max((count_votes(ends[slice(*blocks[b])], width), width) for width in known)
            widths[b] = width if votes >= 1.0 else 0
    return ends, widths


def _agreement(ends: Sequence[LineEnd], blocks: Sequence[Span], widths: Sequence[int]) -> float:
    """The votes for the widths of all blocks."""
    return sum(count_votes(ends[slice(*span)], width) for span, width in zip(blocks, widths, strict=True))


def _columns(text: str, wide: bool) -> int:
    """Characters of `text`, or columns, of which Chinese and Japanese characters fill two."""
    return len(text) + (len(_CJK.findall(text)) if wide else 0)


def _line_end(a: _Physical, b: _Physical | None, wide: bool) -> LineEnd:
    """What the end of line `a`, followed by `b`, says about wrapping."""
    dense = _is_cjk(a.text[-1])
    if a.width < (MIN_DENSE_WIDTH // (1 + wide) if dense else MIN_WIDTH - 15):
        return _SILENT
    text = a.text[len(a.quote) :].lstrip()
    blank = text.find(" ")
    breakable = a.indent + (blank if blank > 0 else 1 if _is_cjk(text) else -a.indent)
    if a.width > MAX_WIDTH:
        return LineEnd(a.width, 0, 0.0, 0.0, breakable, dense)
    width = a.width + (_columns(text, True) - len(text) if wide else 0)
    nothing = LineEnd(width, 0, 0.0, 0.0, breakable, dense)
    if b is None or b.blank_before or (b.quote != a.quote and b.quote.count(">") != a.quote.count(">")):
        return nothing
    following = b.text[len(b.quote) : len(b.quote) + MAX_WIDTH].lstrip()
    if not following or text == following or _are_apart(text, following):
        return nothing
    unit = match.group() if (match := _UNIT.match(following)) else following[0]
    goes_on = not _ends_sentence(text)
    if dense and _is_cjk(following):
        full, fits = (1.0, -1.0) if goes_on else (0.2, -0.1)
        return LineEnd(width, _columns(unit, wide), full, fits, breakable, dense)
    if not dense and text.count(" ") < 3:
        return nothing  # an address, a file name, a label
    if following[0].islower():
        full, fits = (2.0, -2.0) if goes_on else (0.5, -0.5)
    elif following[0].isupper() or not following[0].isalpha():
        full, fits = (0.4, -0.4) if goes_on else (0.2, -0.1)
    else:  # a script without capitals
        full, fits = (1.0, -0.8) if goes_on else (0.3, -0.1)
    return LineEnd(width, _columns(unit, wide) + 1, full, fits, breakable, dense)


_SILENT = LineEnd(0, 0, 0.0, 0.0, 0, False)
_DOUBTFUL = 0.3
"""A full line with no more votes than this has ended a sentence: whether a paragraph, too, its neighbours tell."""


def _are_apart(text: str, following: str) -> bool:
    """Whether two lines cannot be of one paragraph, at whatever width."""
    if _BULLET.match(following) and not (_DASH.match(following) and not _ends_sentence(text)):
        return True
    return _is_layout(text) or _is_layout(following)


def _is_layout(text: str) -> bool:
    """Whether a line is of a table or of code, or a rule."""
    return (
        "\t" in text
        or text[-1] in "{}"
        or text.endswith(");")
        or ("   " in text and _COLUMNS.search(text) is not None)
        or text.count("|") > 1
        or _LAYOUT.match(text) is not None
    )


def _ends_sentence(text: str) -> bool:
    """Whether a line ends in a mark that ends sentences, with up to three closing marks after it."""
    return _TERMINAL.search(text[-4:]) is not None


def _is_cjk(text: str) -> bool:
    """Whether a text begins with a Chinese or Japanese character."""
    return text[:1] >= "\u2e80" and _CJK.match(text) is not None


def _is_full(end: LineEnd, width: int) -> bool:
    """Whether the next word would not have fitted."""
    return end.need > 0 and end.width <= width < end.width + end.need


def _wraps(lines: Sequence[_Physical], ends: Sequence[LineEnd], i: int, begin: int, width: int) -> bool:
    """Whether line `i`, of the paragraph that begins with line `begin`, goes on in the next one."""
    if not _is_full(ends[i], width):
        return False
    if ends[i].full <= _DOUBTFUL and i == begin and not (i + 1 < len(ends) and _is_full(ends[i + 1], width)):
        return False
    here, there = lines[i].indent, lines[i + 1].indent
    if here == there:
        return True
    if i > begin:
        return False  # the next paragraph has its first line indented
    if there < here:
        return here - there <= 12  # this one has
    hangs = i + 2 >= len(lines) or lines[i + 2].indent != here or _BULLET.match(lines[i].text) is not None
    return there - here <= 8 and hangs


def _join(lines: Sequence[_Physical]) -> TextLine:
    """One line made of physical lines."""
    parts = [lines[0].text]
    for line in lines[1:]:
        before, here = parts[-1], line.text[len(line.quote) :].lstrip()
        closed = _is_cjk(before[-1]) and _is_cjk(here)
        hyphen = before.endswith("\xad") or (_HYPHEN.search(before[-3:]) and not _SUSPENDED.match(here))
        if not closed and not hyphen:
            parts.append(" ")
        parts.append(here)
    return TextLine("".join(parts), lines[0].start, lines[-1].end, lines[0].blank_before)
