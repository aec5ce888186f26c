"""One batch of sources in, documents and judged lines out. Nothing is remembered between two calls."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from cleaner import schema
from cleaner.recipe import Recipe
from cleaner.records import Reject, Source

DOCUMENTS = pa.schema([("source", pa.uint32()), ("site", pa.string()), *schema.DOCUMENTS])
LINES = pa.schema([("source", pa.uint32()), *schema.LINES])


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a batch: each source is one row of `documents` or one of `rejects`.

    `documents` has the columns DOCUMENTS (`source` is the position in the batch; `duplicate_of` is null as yet),
    `lines` the columns LINES, both sorted by source and line.
    """

    documents: pa.Table
    lines: pa.Table
    rejects: dict[int, Reject]


def clean_batch(sources: Sequence[Source], recipe: Recipe) -> Cleaned:
    """Clean a batch. A page's result does not depend on what else is in its batch."""
    documents, lines, rejects = [], [], {}
    for number, source in enumerate(sources):  # first stand-in, to be replaced by the whole path
        text = source.raw.decode("utf-8", "replace")
        if not text.strip():
            rejects[number] = Reject(source.path, "empty", "The source holds no text.", source.record)
            continue
        key = source.url or source.name
        document_id = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        kept = [line.strip() for line in text.splitlines() if line.strip()]
        documents.append(
            {"source": number, "site": source.path.rpartition("/")[0], "id": document_id, "text": "\n\n".join(kept),
             "url": source.url, "language": "und", "source_path": source.name, "source_sha256": source.sha256,
             "media_type": "text/plain", "characters": sum(map(len, kept)), "words": sum(len(k.split()) for k in kept),
             "lines_kept": len(kept), "lines_dropped": 0, "lines_metadata": 0, "authors": [], "tags": [],
             "quoted_sources": [], "provenance": [],
             "quality": {"flags": [], "fixes": [], "encoding": "utf-8"}}
        )
        lines.extend(
            {"source": number, "document_id": document_id, "line": i, "text": k, "role": "body", "verdict": "keep",
             "reason": "model", "score": 1.0, "start": 0, "end": 0}
            for i, k in enumerate(kept)
        )
    return Cleaned(pa.Table.from_pylist(documents, DOCUMENTS), pa.Table.from_pylist(lines, LINES), rejects)
