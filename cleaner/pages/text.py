"""A decoded text file is cut into the lines that are judged: paragraphs, headings, list items.

Files part their paragraphs with blank lines, with single line ends, or wrap them at some width, and many do all of it
on one page. A line end is a wrap if the next word would not have fitted into the width at which the page is wrapped;
that width is inferred from the page itself, and again from each block of lines that does not agree with it. Where a
page gives no evidence of wrapping, every physical line is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaner.pages.wrapping import MIN_DENSE_WIDTH, LineEnd, count_votes, infer_width


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


_CJK = "\u2e80-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
_CLOSERS = "、。，．・：；！？」』）】〕〉》〟’”…‥ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)\\]}"

_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029]")
_BREAK_NEL = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_OTHER_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_QUOTE = re.compile(r"(?:>[ \t]?){1,50}")
_UNIT = re.compile(f"[{_CJK}][{_CLOSERS}]{{0,3}}|[^\\s{_CJK}]+[{_CLOSERS}]{{0,3}}")
_CJK_FIRST = re.compile(f"[{_CJK}]")
_CJK_LAST = re.compile(f"[{_CJK}]$")
_BULLET = re.compile(
    r"[•·▪◦‣○●■□▶►➤✓✔✗★☆※・*+|#]|[-–—](?=[ \t])|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)](?:[ \t]|$)"
)
_DASH = re.compile(r"[-–—][ \t]+[a-zà-öø-ÿа-яё(\"“]")
_LAYOUT = re.compile(r"\t|\S {3,}\S|\|.*\||^[\W_]+$|^```|[{};]$|^(?://|<!?[a-z/]|import |#include|\$ )")
_TERMINAL = re.compile(r"[.!?…。！？:：;؟।॥][\"'”’»)\]」』）]{0,3}$")
_CLOSED = re.compile("[。！？」』】）：…]$")
_HYPHEN = re.compile(r"\w[-‐\xad—]$|\w--$")
_SUSPENDED = re.compile(r"(?:und|oder|bzw|and|or|to|en|of|och|eller|og|ja|tai|y|o|e|et|ou)\b")


def cut_text(text: str) -> list[TextLine]:
    """Cut a text file's text into lines to be judged, in order.

    Takes the decoded text, with line ends of any kind (form feeds, vertical tabs, NEL, U+2028 and U+2029 count).
    Returns a line for each paragraph, with its wraps undone: a wrap becomes a blank; nothing, between Chinese or
    Japanese characters and after a hyphen or dash that ends a word; and marks of quotation (">") go with it. All
    else of `text[start:end]` stands as it was. Blank lines are never joined over.
    """
    lines = list(_physical(text))
    return [_join(text, lines[first:last]) for first, last in _paragraphs(lines)]


def _physical(text: str) -> Iterator[_Physical]:
    """The physical lines that are not blank."""
    # NEL is a line end, unless other C1 controls show that it is a Windows-1252 ellipsis.
    breaks = _BREAK_NEL if "\x85" in text and not _OTHER_C1.search(text) else _BREAK
    position = blank = 0
    for found in [*breaks.finditer(text), None]:
        raw = text[position : found.start() if found else len(text)]
        stripped = raw.strip()
        if not stripped:
            blank += 1
        else:
            start = position + len(raw) - len(raw.lstrip())
            quote = match.group() if stripped[0] == ">" and (match := _QUOTE.match(stripped)) else ""
            width = start - position + len(stripped)
            indent = start - position
            if quote:
                body = stripped[len(quote) :]
                indent = len(body) - len(body.lstrip())
                width = len(body)
            yield _Physical(stripped, start, start + len(stripped), blank, quote, indent, width)
            blank = 0
        position = found.end() if found else position


def _paragraphs(lines: Sequence[_Physical]) -> Iterator[tuple[int, int]]:
    """Spans of physical lines that belong together."""
    ends = [_line_end(a, b) for a, b in zip(lines, lines[1:], strict=False)]
    ends += [_line_end(line, None) for line in lines[-1:]]
    page_width, _ = infer_width(ends)
    first = 0
    for last in range(1, len(lines) + 1):
        if last < len(lines) and not lines[last].blank_before:
            continue
        width = page_width
        if last - first > 1:
            block = ends[first:last]
            if page_width == 0 or count_votes(block, page_width) < 0:
                width, _ = infer_width(block)
        begin = first
        for i in range(first, last):
            if i + 1 == last or not (width and _wraps(lines, ends, i, begin, width)):
                yield begin, i + 1
                begin = i + 1
        first = last


def _unit(text: str) -> int:
    """Characters of the first word, or of the first Chinese or Japanese character and what clings to it."""
    match = _UNIT.match(text)
    return len(match.group()) if match else 1


def _line_end(a: _Physical, b: _Physical | None) -> LineEnd:
    """What the end of line `a`, followed by `b`, says about wrapping."""
    text = a.text[len(a.quote) :].lstrip() if a.quote else a.text
    if a.width < MIN_DENSE_WIDTH:
        return _NOTHING
    dense = bool(_CJK_LAST.search(text))
    breakable = 0
    if a.width > MIN_DENSE_WIDTH:
        blank = text.find(" ")
        breakable = a.indent + blank if blank > 0 else a.indent + 1 if _CJK_FIRST.match(text) else 0
    if b is None or b.blank_before or b.quote.count(">") != a.quote.count(">"):
        return LineEnd(a.width, 0, 0.0, 0.0, breakable, dense)
    following = b.text[len(b.quote) :].lstrip() if b.quote else b.text
    if not following or _apart(text, following):
        return LineEnd(a.width, 0, 0.0, 0.0, breakable, dense)
    if dense and _CJK_FIRST.match(following):
        full, fits = (0.2, -0.1) if _CLOSED.search(text) else (1.0, -1.0)
        return LineEnd(a.width, _unit(following), full, fits, breakable, dense)
    need = _unit(following) + 1
    goes_on = not _TERMINAL.search(text)
    if following[0].islower():
        full, fits = (2.0, -2.0) if goes_on else (0.5, -0.5)
    else:
        full, fits = (0.6, -0.4) if goes_on else (0.3, -0.1)
    return LineEnd(a.width, need, full, fits, breakable, dense)


_NOTHING = LineEnd(0, 0, 0.0, 0.0, 0, False)


def _apart(text: str, following: str) -> bool:
    """Whether two lines are none that could be one paragraph, at whatever width."""
    if _BULLET.match(following) and not (_DASH.match(following) and not _TERMINAL.search(text)):
        return True
    return bool(_LAYOUT.search(text) or _LAYOUT.search(following))


def _wraps(lines: Sequence[_Physical], ends: Sequence[LineEnd], i: int, begin: int, width: int) -> bool:
    """Whether line `i`, of the paragraph that begins with line `begin`, goes on in the next one."""
    end = ends[i]
    if not end.need or end.width > width or end.width + end.need <= width:
        return False
    return _indented_alike(lines, i, begin)


def _indented_alike(lines: Sequence[_Physical], i: int, begin: int) -> bool:
    """Whether the indents of line `i` and the next one are those of one paragraph."""
    here, there = lines[i].indent, lines[i + 1].indent
    if here == there:
        return True
    if i > begin:
        return False
    if there < here:
        return here - there <= 12  # the first line is indented
    return there - here <= 8 and (i + 2 >= len(lines) or lines[i + 2].indent != here or bool(_BULLET.match(lines[i].text)))


def _join(text: str, lines: Sequence[_Physical]) -> TextLine:
    """One line made of physical lines."""
    first = lines[0]
    if len(lines) == 1:
        return TextLine(first.text, first.start, first.end, first.blank_before)
    parts = [first.text]
    for line in lines[1:]:
        before, here = parts[-1], line.text[len(line.quote) :].lstrip()
        if not ((_CJK_LAST.search(before) and _CJK_FIRST.match(here)) or (_HYPHEN.search(before) and not _SUSPENDED.match(here))):
            parts.append(" ")
        parts.append(here)
    return TextLine("".join(parts), first.start, lines[-1].end, first.blank_before)
