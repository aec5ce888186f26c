"""The few types that travel through the house: Source, Reject, Line, Document.

A batch of pages travels as a table (see `pages.batch`); these records are its edges: what comes in from the
readers, and what a caller of the Python interface gets back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["html", "text"]
VerdictName = Literal["keep", "drop", "metadata"]


@dataclass(frozen=True, slots=True)
class Source:
    """One raw record, with where it came from.

    Attributes:
        data: The page's bytes, or its text where the container held text already (JSONL, CSV, Parquet).
        url: Address of the page, where known.
        kind: "html" or "text"; None when the content itself shall tell.
        path: Where it lies, relative to RAW, "/"-separated; a member of an archive is "a.zip!/b/c.html".
            Bytes of a name that are not UTF-8 stand as `\\xNN`.
        record: Position in its container from 0, None for a file that is one page.
        charset: Character encoding declared outside of the page (HTTP header, record field).
        media_type: Media type declared outside of the page, e.g. "text/html".
        retrieved_at: ISO 8601 time of the download, where known.
        declared: What the record says of itself: title, authors (list of str), published, modified, publisher,
            language, section, tags (list of str), license, subtitle. Only keys that are present.
        notes: Short codes of what the reader met and mended, e.g. "sidecar".
    """

    data: bytes | str
    url: str | None = None
    kind: Kind | None = None
    path: str = ""
    record: int | None = None
    charset: str | None = None
    media_type: str | None = None
    retrieved_at: str | None = None
    declared: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def raw(self) -> bytes:
        """The page's bytes; text stands as UTF-8 (lone surrogates kept)."""
        return self.data if isinstance(self.data, bytes) else self.data.encode("utf-8", "surrogatepass")

    @property
    def sha256(self) -> str:
        """64 hex digits of the SHA-256 of `raw`."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def name(self) -> str:
        """How a person finds it: the path, and "#n" for record n of a container."""
        return self.path if self.record is None else f"{self.path}#{self.record}"


@dataclass(frozen=True, slots=True)
class Reject:
    """One source that could not become a document: `cause` is a stable code, `message` is for a person."""

    path: str
    cause: str
    message: str
    record: int | None = None

    @property
    def name(self) -> str:
        """The path, and "#n" for record n of a container."""
        return self.path if self.record is None else f"{self.path}#{self.record}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something met on the way that is no source by its nature: an asset, a WARC record that holds no page.

    `what` is a short code by which the summary counts it ("warc-revisit", "asset .png", "hidden").
    """

    path: str
    what: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page with its verdict.

    `start` and `end` are character offsets into the decoded text of the source; for HTML, into the page's lines
    joined by one newline each.
    """

    text: str
    role: str
    verdict: VerdictName
    reason: str
    score: float
    start: int
    end: int
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A page after judgement. `text` holds the kept lines, paragraphs parted by a blank line.

    `fields` holds every column of the dataset's row by name (see docs/dataset.md); the attributes below are the
    ones most asked for.
    """

    text: str
    title: str | None
    authors: list[str]
    published: str | None
    publisher: str | None
    language: str
    lines: list[Line]
    fields: dict[str, Any]
    cause: str | None = None
    """Why the source could not be cleaned (a code of `rejects.jsonl`); None for a page. Its text is then empty."""

    @property
    def id(self) -> str:
        """32 hex digits that name the document; see `cleaning.document_id`."""
        return str(self.fields["id"])
