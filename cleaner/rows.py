"""A judged and described page as one row of the dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.describe import Description, PageView, Provenance
from cleaner.judge.features import Features
from cleaner.judge.page_type import likeliest_type
from cleaner.judge.revise import Judged
from cleaner.judge.verdicts import Verdicts
from cleaner.pages.sites import site_of
from cleaner.records import Source

Floats = npt.NDArray[np.float64]

SENTENCE, LONG_SENTENCE = 40, 100
"""Characters from which on a line reads as a sentence, with and without a mark at its end; one of a script without
spaces counts twice."""
HEAD = 3
"""Kept lines at the head of a page."""

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


def measure_lines(features: Features) -> pl.DataFrame:
    """What is counted of each line of a batch, whatever becomes of it (columns `schema.MEASURES`, `head` excepted)."""
    words = features.words.astype(np.float64)
    width = features.column("characters") + features.column("unspaced")
    ends = features.column("ends_sentence") > 0
    return pl.DataFrame(
        {
            "characters": features.column("characters").astype(np.float64),
            "words": words,
            "sentence": (width >= LONG_SENTENCE) | (ends & (width >= SENTENCE)),
            "stop_words": features.column("stop_share").astype(np.float64) * words,
            "letters": (features.column("letters") + features.column("digits")).astype(np.float64),
        }
    )


def heads_of(verdict: Sequence[str], bounds: npt.NDArray[np.int64]) -> pl.Series:
    """Whether each line of a batch has fewer than HEAD kept lines above it on its page; `bounds` are where pages start
    and end."""
    before = np.concatenate(([0], np.cumsum([v == "keep" for v in verdict])))
    above = before[:-1] - np.repeat(before[bounds[:-1]], np.diff(bounds))
    return pl.Series("head", above < HEAD)


def weigh_lines(measures: pl.DataFrame, score: Floats, verdict: Sequence[str]) -> dict[str, Any]:
    """What a page's kept and dropped lines come to: columns of its document, `quality` among them.

    `measures` are those of its lines (`measure_lines`), `score` their probabilities of being content. `kept_share` and
    `boilerplate_share` are shares of the page's characters, the other shares are of those that were kept.
    """
    kept = np.array([v == "keep" for v in verdict], dtype=bool)
    dropped = np.array([v == "drop" for v in verdict], dtype=bool)
    size, words = measures["characters"].to_numpy(), measures["words"].to_numpy()
    quality: dict[str, Any] = {}
    if len(kept):
        whole = max(float(size.sum()), 1.0)
        quality["kept_share"] = round(float(size[kept].sum() / whole), 4)
        quality["boilerplate_share"] = round(float(size[dropped].sum() / whole), 4)
    if kept.any():
        total = max(float(size[kept].sum()), 1.0)
        stop_words, letters = measures["stop_words"].to_numpy(), measures["letters"].to_numpy()
        quality["confidence"] = round(float((score * size)[kept].sum() / total), 4)
        quality["stop_word_share"] = round(float(stop_words[kept].sum() / max(words[kept].sum(), 1.0)), 4)
        quality["symbol_share"] = round(float(1 - letters[kept].sum() / total), 4)
    return {
        "words": round(float(words[kept].sum())), "lines_kept": int(kept.sum()), "lines_dropped": int(dropped.sum()),
        "lines_metadata": len(kept) - int(kept.sum()) - int(dropped.sum()), "quality": quality,
    }  # fmt: skip


def make_row(
    source: Source,
    number: int,
    said: Description,
    view: PageView,
    span: range,
    judged: Judged,
    verdicts: Verdicts,
    page: int,
    measures: pl.DataFrame,
) -> dict[str, Any]:
    """One row of the dataset, with `source` and `site`. `measures` are those of the page's lines."""
    verdict = verdicts.verdict[span.start : span.stop]
    text = join_lines(view.lines, verdicts.role[span.start : span.stop], verdict)
    weighed = weigh_lines(measures, verdicts.probability[span.start : span.stop], verdict)
    flags = sorted({*view.head.flags, *verdicts.flags[page], *([] if text else ["empty"])})
    quality = {"page_type": likeliest_type(judged.features.types[page]), "flags": flags, "encoding": view.head.encoding}
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
        "characters": len(text), **weighed, "quality": quality | weighed["quality"],
        "provenance": [p._asdict() for p in (*said.provenance, *_downloaded(source))],
    }  # fmt: skip


def _downloaded(source: Source) -> list[Provenance]:
    """Where the time of the download came from: a record, a sidecar or the header in an archive."""
    return [Provenance("retrieved_at", "record", 1.0)] if source.retrieved_at else []


def share_of_markup(row: Mapping[str, Any]) -> float | None:
    """How much text there is for its HTML: `characters` by `markup`; null for a page that was no HTML."""
    return None if row["markup"] is None else round(row["characters"] / max(row["markup"], 1), 4)
