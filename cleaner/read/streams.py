"""What readers read from: a stream of bytes whose beginning is known, and the limits on what it may unpack to."""

from __future__ import annotations

import codecs
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cleaner.errors import DocumentError
from cleaner.read.sniff import tell_bom
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

HEAD = 1 << 16
"""Bytes of a file's beginning by which its format is told."""

MEGABYTE = 1 << 20
BLOCK = 1 << 16
"""Bytes that are read at a time from compressed files."""

FREE = 64 * MEGABYTE
"""What anything may unpack to, however small it was."""

Item = Source | Reject | Skipped
Stream = io.BufferedReader | io.BytesIO


class Readable(Protocol):
    """The one thing asked of a stream."""

    def read(self, size: int, /) -> bytes: ...


class OverBudgetError(DocumentError):
    """The whole input file is given up, not only the member that is being read."""


@dataclass(slots=True)
class Budget:
    """How much one input file may unpack to, all its layers together: its size times `max_expansion`."""

    limit: int
    spent: int = 0

    def spend(self, count: int) -> None:
        """Note `count` unpacked bytes; raises OverBudgetError when there were too many."""
        self.spent += count
        if self.spent > self.limit:
            raise OverBudgetError(
                "archive_bomb",
                f"It unpacks to more than {self.limit // MEGABYTE} MB, more than `read.max_expansion` times its size. "
                "Raise that in the recipe if the file is what it should be.",
            )


@dataclass(frozen=True, slots=True)
class Job:
    """What all readers of one input file share.

    Attributes:
        recipe: The recipe.
        budget: What the file may still unpack to.
        read: Reads a blob, whatever it is: how readers of containers read their members.
        depth: How many archives lie around the blob that is being read.
        layers: How many layers of compression lie around it, archives' own ones not counted.
    """

    recipe: Recipe
    budget: Budget
    read: Callable[[Blob, Job], Iterator[Item]]
    depth: int = 0
    layers: int = 0

    @property
    def max_bytes(self) -> int:
        """Size of the largest source, bytes."""
        return self.recipe.read.max_source_mb * MEGABYTE


@dataclass(slots=True)
class Blob:
    """A file or a member of an archive, open at its first byte.

    Attributes:
        path: What `Source.path` will be.
        name: The name that tells of the format, without suffixes of compression, lower case.
        head: Its first bytes, HEAD of them unless it is shorter.
        stream: All of it, the head included.
        whole: Whether the head is all there is.
        seekable: Whether the stream can seek at no great cost.
    """

    path: str
    name: str
    head: bytes
    stream: Stream
    whole: bool
    seekable: bool = False

    def read_all(self, limit: int) -> bytes:
        """All bytes; raises DocumentError("too_large") when there are more than `limit`."""
        data = self.head if self.whole else read_fully(self.stream, limit + 1)
        if len(data) > limit:
            raise too_large(limit)
        return data

    def as_utf8(self) -> Stream:
        """The stream; recoded when a byte order mark, or UTF-16 without one, tells of another encoding."""
        encoding = tell_bom(self.head)
        return self.stream if encoding is None else buffered(Recoded(self.stream, encoding))


def open_blob(path: str, stream: Readable, name: str | None = None) -> Blob:
    """A blob from a stream that need not seek; `name` is by default the last part of `path`.

    An error in the stream comes up when the place is reached where it lies, not before.
    """
    pieces, count, failure = [], 0, None
    try:
        while count < HEAD and (data := stream.read(HEAD - count)):
            pieces.append(data)
            count += len(data)
    except DocumentError as e:
        failure = e
    head = b"".join(pieces)
    whole = count < HEAD and failure is None
    rest: Stream = io.BytesIO(head) if whole else buffered(_Chained(head, stream, failure))
    return Blob(path, (name or path.rpartition("/")[2]).lower(), head, rest, whole, seekable=whole)


def too_large(limit: int) -> DocumentError:
    """The error for a source of more than `limit` bytes."""
    return DocumentError(
        "too_large", f"It is larger than {limit / MEGABYTE:g} MB. Raise `read.max_source_mb`, or split it."
    )


def read_fully(stream: Readable, size: int) -> bytes:
    """`size` bytes, or fewer if the stream ends before: a single `read` may give less than there is."""
    pieces: list[bytes] = []
    while size > 0 and (data := stream.read(min(size, MEGABYTE))):
        pieces.append(data)
        size -= len(data)
    return b"".join(pieces)


def buffered(raw: io.RawIOBase) -> Stream:
    """`raw` with a buffer of a quarter of a megabyte."""
    return io.BufferedReader(raw, 1 << 18)


class Pulled(io.RawIOBase):
    """A stream of bytes that `pull` hands out: at most so many, none at the end."""

    def readable(self) -> bool:
        return True

    def pull(self, size: int) -> bytes:
        raise NotImplementedError

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self.pull(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Chained(Pulled):
    """Bytes that were read already, then the rest of their stream, or the error that its reading gave."""

    def __init__(self, head: bytes, rest: Readable, failure: DocumentError | None) -> None:
        self._head = head
        self._rest = rest
        self._failure = failure

    def pull(self, size: int) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        if self._failure is not None:
            raise self._failure
        return self._rest.read(size) or b""


class Recoded(Pulled):
    """Text in any encoding as UTF-8, without a byte order mark; what cannot be decoded is replaced."""

    def __init__(self, stream: Readable, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self._ended = False

    def pull(self, size: int) -> bytes:
        while not self._ready and not self._ended:
            data = self._stream.read(BLOCK) or b""
            self._ended = not data
            self._ready = self._decoder.decode(data, self._ended).encode("utf-8", "replace")
        data, self._ready = self._ready[:size], self._ready[size:]
        return data


class Limited(Pulled):
    """The next `size` bytes of a stream; raises DocumentError("truncated") if it ends before."""

    def __init__(self, stream: Readable, size: int) -> None:
        self._stream = stream
        self._left = size

    def pull(self, size: int) -> bytes:
        if not self._left:
            return b""
        data = self._stream.read(min(size, self._left)) or b""
        if not data:
            raise truncated()
        self._left -= len(data)
        return data


def truncated() -> DocumentError:
    """The error for a container that ends too early."""
    return DocumentError("truncated", "It ends before its end: the file was cut off. What came before was read.")


def seekable(blob: Blob) -> Stream:
    """The blob's bytes as a stream that can seek: copied to an unnamed temporary file where need be."""
    if blob.seekable:
        return blob.stream
    copy = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the last reference to it
    while data := blob.stream.read(MEGABYTE):
        copy.write(data)
    copy.seek(0)
    return buffered(copy)
