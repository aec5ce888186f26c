"""A judged and described page as one row of the dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from cleaner.describe import Description, PageView, Provenance
from cleaner.judge.page_type import likeliest_type
from cleaner.judge.revise import Judged
from cleaner.judge.verdicts import Verdicts
from cleaner.pages.sites import site_of
from cleaner.records import Source

_LISTED = frozenset({"list", "table", "code"})
"""Roles of which neighbours stand on lines next to each other, without a blank line between."""


def document_id(source: Source, url: str | None) -> str:
    """32 hex digits of the SHA-256 of the canonical address, or, where none is known, of path and record number."""
    key = url or source.name
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def join_lines(texts: Sequence[str], roles: Sequence[str], verdicts: Sequence[str]) -> str:
    """The published text: kept lines in order, a blank line between paragraphs, none inside lists, tables and code."""
    parts: list[str] = []
    before = ""
    for text, role, verdict in zip(texts, roles, verdicts, strict=True):
        if verdict != "keep":
            continue
        if parts:
            parts.append("\n" if role == before and role in _LISTED else "\n\n")
        parts.append(text)
        before = role
    return "".join(parts)


def make_row(
    source: Source,
    number: int,
    said: Description,
    view: PageView,
    span: range,
    judged: Judged,
    verdicts: Verdicts,
    page: int,
) -> dict[str, Any]:
    """One row of the dataset, with `source` and `site`."""
    verdict = verdicts.verdict[span.start : span.stop]
    text = join_lines(view.lines, verdicts.role[span.start : span.stop], verdict)
    words = judged.features.words[span.start : span.stop]
    kept = np.array([v == "keep" for v in verdict], dtype=bool)
    dropped = np.array([v == "drop" for v in verdict], dtype=bool)
    flags = sorted({*view.head.flags, *verdicts.flags[page], *([] if text else ["empty"])})
    return {
        "source": number, "site": site_of(source, said.url), "id": document_id(source, said.url), "text": text,
        "title": said.title, "subtitle": said.subtitle, "authors": said.authors, "published": said.published,
        "published_precision": said.published_precision, "published_offset": said.published_offset,
        "modified": said.modified, "publisher": said.publisher, "agency": said.agency, "place": said.place,
        "quoted_sources": said.quoted_sources, "url": said.url, "domain": said.domain, "language": said.language,
        "language_score": said.language_score, "language_declared": said.language_declared, "section": said.section,
        "tags": said.tags, "comments": verdicts.comments[page] or None, "license": said.license,
        "retrieved_at": source.retrieved_at, "source_path": source.name, "source_sha256": source.sha256,
        "media_type": source.media_type or ("text/html" if view.head.kind == "html" else "text/plain"),
        "characters": len(text), "words": round(float(words[kept].sum())), "lines_kept": int(kept.sum()),
        "lines_dropped": verdict.count("drop"), "lines_metadata": verdict.count("metadata"),
        "quality": {"page_type": likeliest_type(judged.features.types[page])}
        | _quality(flags, view, verdicts.probability[span.start : span.stop], kept, dropped, judged, span),
        "provenance": [p._asdict() for p in (*said.provenance, *_downloaded(source))],
    }  # fmt: skip


def _downloaded(source: Source) -> list[Provenance]:
    """Where the time of the download came from: a record, a sidecar or the header in an archive."""
    return [Provenance("retrieved_at", "record", 1.0)] if source.retrieved_at else []


def _quality(
    flags: list[str],
    view: PageView,
    probability: np.ndarray[Any, Any],
    kept: np.ndarray[Any, Any],
    dropped: np.ndarray[Any, Any],
    judged: Judged,
    span: range,
) -> dict[str, Any]:
    """What is measured of a page as it is judged; `corpus.quality` measures the text that comes out.

    `kept_share` and `boilerplate_share` are shares of the page's characters, the others of those that were kept.
    """
    features = judged.features

    def column(name: str) -> np.ndarray[Any, Any]:
        values: np.ndarray[Any, Any] = features.column(name)[span.start : span.stop].astype(np.float64)
        return values

    quality: dict[str, Any] = {"flags": flags, "encoding": view.head.encoding}
    size = column("characters")
    if len(kept):
        whole = max(float(size.sum()), 1.0)
        quality["kept_share"] = round(float(size[kept].sum() / whole), 4)
        quality["boilerplate_share"] = round(float(size[dropped].sum() / whole), 4)
    if not kept.any():
        return quality
    words = features.words[span.start : span.stop]
    total = max(float(size[kept].sum()), 1.0)
    return quality | {
        "confidence": round(float((probability * size)[kept].sum() / total), 4),
        "stop_word_share": round(float((column("stop_share") * words)[kept].sum() / max(words[kept].sum(), 1.0)), 4),
        "symbol_share": round(float(1 - (column("letters") + column("digits"))[kept].sum() / total), 4),
    }
