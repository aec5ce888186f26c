"""MHT: a page saved by a browser with all that belongs to it, as one MIME message."""

from __future__ import annotations

import email
import email.header
import email.policy
from collections.abc import Iterator
from email.message import Message

from cleaner.read.records import read_time
from cleaner.read.streams import Blob, Item, Job
from cleaner.records import Reject, Source


def read_mht(blob: Blob, job: Job) -> Iterator[Item]:
    """The main page: the part that the message calls its root, else the first of HTML, else the first of text."""
    try:
        message = email.message_from_bytes(blob.read_all(job.max_bytes), policy=email.policy.compat32)
        parts = [part for part in message.walk() if not part.is_multipart()]
    except RecursionError:
        yield Reject(blob.path, "no_page", "Its parts are nested too deeply.")
        return
    part = _main_part(message, parts)
    if part is None:
        yield Reject(blob.path, "no_page", "None of its parts is HTML or text.")
        return
    payload = part.get_payload(decode=True)
    subject = _words(message.get("Subject"))
    yield Source(
        payload if isinstance(payload, bytes) else b"",
        url=_address(part.get("Content-Location")) or _address(message.get("Snapshot-Content-Location"))
        or _address(message.get("Content-Location")),
        path=blob.path,
        charset=part.get_content_charset(),
        media_type=part.get_content_type(),
        retrieved_at=read_time(_words(message.get("Date"))),
        declared={"title": subject} if subject else {},
    )  # fmt: skip


def _main_part(message: Message, parts: list[Message]) -> Message | None:
    start = message.get_param("start")
    for media_types in (("text/html", "application/xhtml+xml"), ("text/plain",)):
        fitting = [part for part in parts if part.get_content_type() in media_types]
        root = [part for part in fitting if start and str(part.get("Content-ID", "")).strip() == start]
        if fitting:
            return (root or fitting)[0]
    return None


def _words(header: object) -> str | None:
    """A header's text, decoded, in one line."""
    if header is None:
        return None
    try:
        decoded = str(email.header.make_header(email.header.decode_header(str(header)[:10_000])))
    except (LookupError, ValueError):
        decoded = str(header)
    return " ".join(decoded.split()) or None


def _address(header: object) -> str | None:
    value = _words(header)
    return value if value and value.lower().startswith(("http://", "https://")) else None
