"""Compressed streams, unpacked on the way, with an eye on what they unpack to."""

from __future__ import annotations

import bz2
import zlib
from typing import Any

import pyarrow as pa

from cleaner.errors import DocumentError
from cleaner.read.streams import BLOCK, FREE, Job, Pulled, Readable, truncated


class Unpacked(Pulled):
    """What a compressed stream unpacks to; `method` is "gzip", "bzip2", "zstd", "zlib" or "deflate".

    Concatenated streams are read one after the other. Raises DocumentError: "truncated" at an early end,
    "broken_container" at damage, "archive_bomb" beyond the job's budget or when this stream alone unpacks to more than
    `max_expansion` times its size.
    """

    def __init__(self, packed: Readable, method: str, job: Job) -> None:
        self._packed = _Counted(packed)
        self._method = method
        self._job = job
        self._made = 0
        self._input = b""
        self._engine: Any = _open_engine(method, self._packed)
        self._failure: DocumentError | None = None

    def pull(self, size: int) -> bytes:
        if self._failure is not None:
            raise self._failure
        try:
            return self._unpack(size)
        except DocumentError as e:
            self._failure = e
        except (OSError, zlib.error) as e:
            if isinstance(e, OSError) and e.errno is not None:
                raise
            cut_off = "Truncated" in str(e)
            self._failure = truncated() if cut_off else DocumentError(
                "broken_container", f"The compressed data is damaged ({e})."
            )
        raise self._failure

    def _unpack(self, size: int) -> bytes:
        data = self._engine.read(size) if self._method == "zstd" else self._inflate(size)
        self._made += len(data)
        self._job.budget.spend(len(data))
        ratio = self._job.recipe.read.max_expansion
        if self._made > FREE and self._made > ratio * self._packed.count:
            raise DocumentError(
                "archive_bomb",
                f"It unpacks to more than {ratio} times its size. Raise `read.max_expansion` in the recipe if that is "
                "what it should do.",
            )
        return bytes(data)

    def _inflate(self, size: int) -> bytes:
        while True:
            if self._engine.eof and not self._begin_next():
                return b""
            data: bytes = self._engine.decompress(self._input, size)
            ended = self._engine.eof
            self._input = self._engine.unused_data if ended else getattr(self._engine, "unconsumed_tail", b"")
            if data:
                return data
            if not self._engine.eof and not self._input:
                self._input = self._packed.read(BLOCK)
                if not self._input:
                    raise truncated()

    def _begin_next(self) -> bool:
        """Start on the stream that follows, if there is one; zeros after the end are padding."""
        if self._method in ("deflate", "zlib"):
            return False
        while not (rest := self._input.lstrip(b"\0")):
            self._input = self._packed.read(BLOCK)
            if not self._input:
                return False
        self._input, self._engine = rest, _open_engine(self._method, self._packed)
        return True


class _Counted:
    """A stream that knows how many bytes were read of it."""

    closed = False

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size) or b""
        self.count += len(data)
        return data


def _open_engine(method: str, packed: _Counted) -> Any:
    if method == "zstd":
        return pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")
    if method == "bzip2":
        return bz2.BZ2Decompressor()
    return zlib.decompressobj({"gzip": 31, "zlib": 15, "deflate": -15}[method])
