"""JSON: one object, a list, an object that holds a list, values one after the other, or a value a line."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from cleaner.errors import DocumentError
from cleaner.read.decoding import decode_bytes, tell_encoding
from cleaner.read.records import holds_page, read_record
from cleaner.read.streams import MEGABYTE, Blob, Item, Job, Stream, truncated
from cleaner.recipe import Recipe
from cleaner.records import Reject

_LISTS = ("records", "data", "items", "documents", "docs", "articles", "results", "pages", "posts", "rows", "hits")
_SPACE = re.compile(r"[ \t\r\n\ufeff]*")


def read_jsonl(blob: Blob, job: Job) -> Iterator[Item]:
    """A record a line; a line that cannot be parsed is a Reject, blank ones do not count."""
    number = -1
    for line_number, line in enumerate(_lines(blob.as_utf8(), job.max_bytes), 1):
        if line is None:
            number += 1
            yield Reject(blob.path, "too_large", f"Line {line_number} is longer than `read.max_source_mb`.", number)
            continue
        if not line or line.isspace():
            continue
        number += 1
        notes: tuple[str, ...] = ()
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            try:
                row, notes = _parse_leniently(line)
            except DocumentError as e:
                yield Reject(blob.path, e.cause, f"Line {line_number} is not valid JSON: {e.message}", number)
                continue
        yield read_record(row, blob.path, number, job.recipe, notes)
    if number < 0:
        yield Reject(blob.path, "empty", "It holds no record.")


def read_json(blob: Blob, job: Job) -> Iterator[Item]:
    """The records of a JSON file.

    A list is read record by record, whatever its size. A single object, the one that holds a list of records
    included, must fit into the recipe's `max_source_mb`.
    """
    number = 0
    for value, alone in _values(blob, job):
        rows = _find_list(value, job.recipe) if alone and not holds_page(value, job.recipe) else None
        if alone and rows is None:
            yield read_record(value, blob.path, None, job.recipe)
            return
        for row in [value] if rows is None else rows:
            yield read_record(row, blob.path, number, job.recipe)
            number += 1
    if not number:
        yield Reject(blob.path, "empty", "It holds no record.")


def _lines(stream: Stream, limit: int) -> Iterator[bytes | None]:
    """Lines without their ends; None for one that is longer than `limit`, of which no more is held in memory."""
    pieces: list[bytes] = []
    held = 0
    while block := stream.read1(MEGABYTE):
        lines = block.split(b"\n")
        if len(lines) > 1:
            yield None if held + len(lines[0]) > limit else b"".join([*pieces, lines[0]])
            yield from lines[1:-1]
            pieces, held = [], 0
        held += len(lines[-1])
        pieces = [] if held > limit else [*pieces, lines[-1]]
    if held:
        yield None if held > limit else b"".join(pieces)


def _parse_leniently(data: bytes) -> tuple[Any, tuple[str, ...]]:
    """What the strict parser refuses and most writers mean: other encodings, NaN, lone surrogates, control characters.

    Returns the value, and notes on the encoding. Raises DocumentError "broken_record".
    """
    text, _, notes = decode_bytes(data)
    try:
        return json.loads(text, strict=False), tuple(notes)
    except json.JSONDecodeError as e:
        raise DocumentError("broken_record", f"{e.msg} at character {e.pos}.") from e
    except RecursionError as e:
        raise DocumentError("broken_record", "it is nested too deeply.") from e
    except ValueError as e:
        raise DocumentError("broken_record", f"{e}.") from e


def _values(blob: Blob, job: Job) -> Iterator[tuple[Any, bool]]:
    """The elements of a list, or the values that stand one after the other; and whether a value is all there is."""
    stream = blob.as_utf8()
    if blob.whole:
        data = stream.read()
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            stream = io.BytesIO(data)
        else:
            if isinstance(value, list):
                yield from ((element, False) for element in value)
            else:
                yield value, True
            return
    window = _Window(stream, tell_encoding(blob.head), job.max_bytes)
    if window.peek() != "[":
        value = window.value()
        yield value, not window.peek()
        while window.peek():
            yield window.value(), False
        return
    window.step()
    while window.peek() not in ("]", ""):
        yield window.value(), False
        if window.peek() == ",":
            window.step()
        elif window.peek() != "]":
            raise truncated() if not window.peek() else _broken("a comma is missing")
    if not window.peek():
        raise truncated()


class _Window:
    """The part of a JSON text that is being parsed; it grows to hold one value, up to `limit` characters."""

    def __init__(self, stream: Stream, encoding: str, limit: int) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._scan = json.JSONDecoder(strict=False).raw_decode
        self._limit = limit
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._grow()

    def step(self) -> None:
        """Go past the character that `peek` gave."""
        self._at += 1

    def value(self) -> Any:
        """The next value; raises DocumentError."""
        while True:
            self.peek()
            try:
                value, end = self._scan(self._text, self._at)
            except json.JSONDecodeError as e:
                partial = e.msg.startswith("Unterminated string") or e.pos > len(self._text) - 16
                if not partial:
                    raise _broken(e.msg) from e
                if self._ended:
                    raise truncated() from e
            except RecursionError as e:
                raise _broken("it is nested too deeply") from e
            except ValueError as e:  # a number of thousands of digits
                raise _broken(str(e)) from e
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > self._limit:
                raise DocumentError(
                    "too_large", "A single value is larger than `read.max_source_mb`. Store the records as JSON lines."
                )
            self._grow()

    def _grow(self) -> None:
        """Drop what was parsed and read on: as much as is held already, so that parsing again stays cheap."""
        kept = self._text[self._at :]
        pieces, wanted = [kept], max(MEGABYTE, len(kept))
        while wanted > 0 and not self._ended:
            data = self._stream.read1(MEGABYTE)
            self._ended = not data
            pieces.append(self._decoder.decode(data, self._ended))
            wanted -= len(data)
        self._text, self._at = "".join(pieces), 0


def _broken(what: str) -> DocumentError:
    return DocumentError(
        "broken_container", f"It is not valid JSON from here on: {what}. What came before was read."
    )


def _find_list(value: Any, recipe: Recipe, depth: int = 3) -> list[Any] | None:
    """The list of records that an object holds, up to three levels down; lists with a usual name come first."""
    if not isinstance(value, dict) or not depth:
        return None
    names = sorted(value, key=lambda name: _LISTS.index(name.lower()) if name.lower() in _LISTS else len(_LISTS))
    for name in names:
        inner = value[name]
        if isinstance(inner, list) and any(holds_page(row, recipe) for row in inner[:100]):
            return inner
    for name in names:
        if (found := _find_list(value[name], recipe, depth - 1)) is not None:
            return found
    return None
