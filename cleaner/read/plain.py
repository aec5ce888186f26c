"""Text and HTML files, and text files that hold several pages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from cleaner.errors import DocumentError
from cleaner.read.streams import Blob, Item, Job, Stream, too_large
from cleaner.records import Reject, Source

ADDRESS_LINE = re.compile(
    rb"^[ \t]{0,9}(?:[#=*~_+>|-]{1,100}[ \t]{1,9})?"
    rb"(?:(?:url|uri|link|source|address|page|doc|from)[ \t]{0,3}[:=][ \t]{0,9})?"
    rb"<?(?P<url>https?://[^\s<>\"]{4,4000})>?(?:[ \t]{1,9}[#=*~_+|-]{1,100})?[ \t\r]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is nothing but an address, with a label and a rule around it at most."""

_RULE = re.compile(rb"(?:={3,200}|-{3,200}|\*{3,200}|_{3,200}|#{3,200}|~{3,200})\Z")
_LONGEST = 5000  # bytes of a line that can part two pages

Part = tuple[str | None, bytes | None]
"""A page's address, if known, and its bytes; None for the bytes of one that is too large."""


def read_page(blob: Blob, job: Job) -> Iterator[Item]:
    """The file as one source, or a text file as several where lines part pages.

    Such lines are those that the recipe's `page_separator` matches. Without it they are lines of an address alone, if
    the file begins with one and holds another after a blank line or a rule. A form feed parts nothing.
    """
    is_markup = blob.head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    wished = job.recipe.read.page_separator
    if wished is not None and not is_markup:
        parts = _cut(blob.as_utf8(), re.compile(wished), job.max_bytes)
        first = list(itertools.islice(parts, 2))
        if len(first) > 1 or (first and first[0][0]):
            yield from _number(itertools.chain(first, parts), blob, job)
            return
        if not first or first[0][1] is None:
            raise too_large(job.max_bytes) if first else DocumentError("empty", "There is nothing in it.")
        yield Source(first[0][1], path=blob.path)
        return
    data = blob.read_all(job.max_bytes)
    parts_at_addresses = [] if is_markup else _cut_at_addresses(data.removeprefix(b"\xef\xbb\xbf"))
    if parts_at_addresses:
        yield from _number(parts_at_addresses, blob, job)
    else:
        yield Source(data, path=blob.path)


def _number(parts: Iterable[Part], blob: Blob, job: Job) -> Iterator[Item]:
    for number, (url, data) in enumerate(parts):
        if data is None:
            yield Reject(blob.path, "too_large", too_large(job.max_bytes).message, number)
        elif not data.strip():
            yield Reject(blob.path, "empty", f"There is nothing below the line that names {url}.", number)
        else:
            yield Source(data, url=url, path=blob.path, record=number)


def _cut(stream: Stream, separator: re.Pattern[str], limit: int) -> Iterator[Part]:
    """The parts between lines that match; blank parts only where an address was given for them."""
    url: str | None = None
    pieces: list[bytes] = []
    size, line_begins = 0, True
    while line := stream.readline(1 << 16):
        begun, line_begins = line_begins, line.endswith(b"\n")
        match = None
        if begun and len(line) <= _LONGEST:
            match = separator.match(line.decode("utf-8", "replace").rstrip("\r\n"))
        if match:
            yield from _close(url, pieces, size, limit)
            url, pieces, size = match.groupdict().get("url"), [], 0
            continue
        size += len(line)
        if size <= limit:
            pieces.append(line)
    yield from _close(url, pieces, size, limit)


def _close(url: str | None, pieces: list[bytes], size: int, limit: int) -> Iterator[Part]:
    if size > limit:
        yield url, None
    elif url or any(not piece.isspace() for piece in pieces):
        yield url, b"".join(pieces)


def _cut_at_addresses(data: bytes) -> list[Part]:
    """The parts of a text that has a line of an address before each page; empty if it has no two of them."""
    start = len(data) - len(data.lstrip())
    if not ADDRESS_LINE.match(data[start : start + _LONGEST].partition(b"\n")[0]):
        return []
    lines = [match for match in ADDRESS_LINE.finditer(data) if _is_parted(data, match.start())]
    ends = [*(match.start() for match in lines[1:]), len(data)]
    parts: list[Part] = []
    for match, end in zip(lines, ends, strict=True):
        text = data[match.end() : end].strip()
        text = text[: text.rfind(b"\n") + 1] if _RULE.match(text[text.rfind(b"\n") + 1 :].strip()) else text
        parts.append((match["url"].decode("utf-8", "replace"), text))
    if len(parts) < 2 or not all(text for _, text in parts[:2]):
        return []
    return parts


def _is_parted(data: bytes, start: int) -> bool:
    """Whether the line above the one at `start` is blank, a rule, or not there."""
    above = data[max(0, start - 300) : max(0, start - 1)].rpartition(b"\n")[2].strip()
    return not above or bool(_RULE.match(above))
