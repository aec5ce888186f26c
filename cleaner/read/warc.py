"""Web archives: the pages in the response, resource and conversion records of WARC files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from fastwarc.stream_io import BrotliReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from cleaner.errors import DocumentError
from cleaner.read.records import read_time
from cleaner.read.sniff import PAGE, tell_format
from cleaner.read.streams import Blob, Item, Job, Readable, Stream, read_fully, too_large, truncated
from cleaner.read.unpacking import Unpacked
from cleaner.records import Reject, Skipped, Source

_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
_UNKNOWN = frozenset({"", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown", "unknown"})
"""Media types that leave it open: the content tells."""

_WITH_CONTENT = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion


def read_warc(blob: Blob, job: Job) -> Iterator[Item]:
    """A record that holds HTML or text is a source; others are Skipped: "warc-revisit", "warc-media", "warc-404"...

    Records are numbered over all of the file, the skipped ones included.
    """
    tail = _Tail(blob.stream)
    number, read_to_its_end = 0, True
    try:
        for number, record in enumerate(ArchiveIterator(cast(BinaryIO, tail), parse_http=False, stream_detect=False)):
            try:
                item = _read(record, number, blob, job)
                read_to_its_end = isinstance(item, Source)
                yield item
            except DocumentError as e:
                if e.cause == "broken_container" and tail.ends_in_header():
                    raise truncated() from e
                if e.cause in ("truncated", "broken_container"):
                    raise
                yield Reject(blob.path, e.cause, e.message, number)
    except OSError as e:
        if e.errno is not None:
            raise
        if tail.ends_in_header():
            raise truncated() from e
        raise DocumentError(
            "broken_container", f"The WARC file is damaged after record {number} ({e}). What came before was read."
        ) from e
    except BaseException as e:
        if type(e).__name__ != "PanicException":  # what fastwarc's Rust gives up on, derived from BaseException
            raise
        raise DocumentError("broken_container", f"The WARC file cannot be read after record {number}.") from e
    if tail.ends_in_header() or not (read_to_its_end or tail.ends_a_record()):
        raise truncated()


class _Tail:
    """A stream that remembers its end: fastwarc takes a file that ends inside of a header for a whole one.

    fastwarc asks it where it is, and reads from front to back.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._last = b""
        self._count = 0

    def tell(self) -> int:
        return self._count

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read1(size)
        self._count += len(data)
        if data:
            self._last = (self._last + data)[-32768:] if len(data) < 32768 else data[-32768:]
        return data

    def ends_a_record(self) -> bool:
        """Whether the stream's last bytes are those that end a record."""
        return self._last.endswith(b"\r\n\r\n")

    def ends_in_header(self) -> bool:
        """Whether a record begins, of which not even the header is whole."""
        rest = self._last.rpartition(b"\r\n\r\n")[2]
        return bool(rest) and (rest.startswith(b"WARC/") or b"WARC/".startswith(rest))


def _read(record: WarcRecord, number: int, blob: Blob, job: Job) -> Source | Skipped:
    kind = record.record_type
    if record.headers.get("Content-Length") is None:
        raise DocumentError("broken_container", f"The header of record {number} is damaged. What came before was read.")
    if not kind & _WITH_CONTENT:
        return Skipped(blob.path, f"warc-{kind}")
    media_type, charset = _content_type(record.headers.get("Content-Type"))
    is_http = media_type == "application/http" or (kind == WarcRecordType.response and record.is_http)
    if is_http:
        record.parse_http(auto_decode="none")
        status = record.http_headers.status_code if record.http_headers is not None else None
        if status is not None and not 200 <= status < 300:
            return Skipped(blob.path, f"warc-{status}" if 100 <= status < 600 else "warc-status")
        media_type, charset = _content_type(record.http_headers.get("Content-Type"))
    if media_type not in _PAGES and media_type not in _UNKNOWN:
        return Skipped(blob.path, "warc-media")
    data = _payload(record, is_http, job)
    if media_type in _UNKNOWN and (tell_format(data[:65536], "", False) != PAGE or data.lstrip()[:1] != b"<"):
        return Skipped(blob.path, "warc-media")
    return Source(
        data,
        url=(record.headers.get("WARC-Target-URI") or "").strip(" <>") or None,
        path=blob.path,
        record=number,
        charset=charset,
        media_type=media_type or None,
        retrieved_at=read_time(record.headers.get("WARC-Date")),
        notes=("warc_truncated",) if record.headers.get("WARC-Truncated") else (),
    )


def _content_type(header: str | None) -> tuple[str, str | None]:
    """Media type, lower case, and charset of a Content-Type header."""
    media_type, *parameters = (header or "").split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media_type.strip().lower(), value.strip(" \"'") or None
    return media_type.strip().lower(), None


def _payload(record: WarcRecord, is_http: bool, job: Job) -> bytes:
    """The record's content without the encodings of HTTP. Raises DocumentError "truncated", "too_large"..."""
    size = record.content_length
    if size > job.max_bytes:
        raise too_large(job.max_bytes)
    data = read_fully(record.reader, size)
    if len(data) < size:
        raise truncated()
    if not is_http:
        return data
    headers = record.http_headers
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        data = _unchunk(data)
    codings = [c.strip().lower() for c in (headers.get("Content-Encoding") or "").split(",")]
    for coding in reversed(codings[:4]):
        data = _decode_content(data, coding, job)
    return data


def _unchunk(data: bytes) -> bytes:
    """A body out of its chunks; crawlers often store it without them in spite of the header: then as it is."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = data.find(b"\r\n", at, at + 200)
        digits = data[at:end].partition(b";")[0].strip() if end >= 0 else b""
        if not 0 < len(digits) <= 8 or digits.strip(b"0123456789abcdefABCDEF"):
            return b"".join(pieces) if pieces else data
        size = int(digits, 16)
        if not size:
            return b"".join(pieces)
        pieces.append(data[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _decode_content(data: bytes, coding: str, job: Job) -> bytes:
    """A body without its compression; data that is not compressed in spite of the header stays as it is."""
    stream: Readable
    if coding in ("gzip", "x-gzip") and data.startswith(b"\x1f\x8b"):
        stream = Unpacked(io.BytesIO(data), "gzip", job)
    elif coding == "deflate":
        stream = Unpacked(io.BytesIO(data), "zlib" if data[:1] == b"\x78" else "deflate", job)
    elif coding == "zstd" and data.startswith(b"\x28\xb5\x2f\xfd"):
        stream = Unpacked(io.BytesIO(data), "zstd", job)
    elif coding == "br":
        stream = BrotliReader(io.BytesIO(data))
    else:
        return data
    try:
        unpacked = read_fully(stream, job.max_bytes + 1)
    except (DocumentError, OSError) as e:
        if isinstance(e, DocumentError) and e.cause == "archive_bomb":
            raise
        if data.lstrip()[:1] == b"<":
            return data
        raise DocumentError("broken_record", f"Its body is not what `Content-Encoding: {coding}` says ({e}).") from e
    if len(unpacked) > job.max_bytes:
        raise too_large(job.max_bytes)
    return unpacked
