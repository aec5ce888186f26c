"""A quick stand-in for `clean_batch`, with pages that misbehave on demand: their first line says how."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from cleaner.cleaning import DOCUMENTS, LINES, Cleaned
from cleaner.recipe import Recipe
from cleaner.records import Reject, Source


def misbehave(how: str) -> None:
    """Do to this process what a hostile page could do to it."""
    if how == "!hang":
        while True:
            time.sleep(60)
    if how == "!linger" and (traces := os.environ.get("TEST_TRACES")):
        Path(traces, "lingering").write_text(str(os.getppid()))
        while not Path(traces, "go").exists():
            time.sleep(0.01)
    if how == "!crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "!exit":
        os._exit(3)
    if how == "!raise":
        raise ValueError(f"a page like no other, {object()}")
    if how == "!eat":
        held = []
        while True:
            held.append(b"x" * 2**25)


def clean_batch(sources: Sequence[Source], recipe: Recipe) -> Cleaned:
    """One kept line for each line of the source; an empty source is a reject. Of these lines, those that start with
    "Template" may be taken out of the text when they recur on a site, since the others are quotes."""
    if traces := os.environ.get("TEST_TRACES"):
        Path(traces, f"worker-{os.getppid()}").touch()
    documents, lines, rejects = [], [], {}
    for number, source in enumerate(sources):
        kept = [line for line in source.raw.decode("utf-8", "replace").splitlines() if line.strip()]
        if not kept:
            rejects[number] = Reject(source.path, "empty", "It holds no text.", source.record)
            continue
        misbehave(kept[0])
        identity = hashlib.sha256((source.url or source.name).encode()).hexdigest()[:32]
        documents.append(
            {
                "source": number,
                "site": source.path.rpartition("/")[0],
                "id": identity,
                "text": "\n\n".join(kept),
                "title": source.declared.get("title"),
                "url": source.url,
                "language": "und",
                "source_path": source.name,
                "source_sha256": source.sha256,
                "media_type": "text/plain",
                "characters": len("\n\n".join(kept)),
                "words": sum(len(line.split()) for line in kept),
                "lines_kept": len(kept),
                "lines_dropped": 0,
                "lines_metadata": 0,
                "authors": [],
                "tags": [],
                "quality": {"flags": [], "fixes": [], "encoding": "utf-8", "confidence": 0.5},
            }
        )
        lines.extend(
            {
                "source": number, "document_id": identity, "line": n, "text": text, "verdict": "keep",
                "role": "body" if text.startswith("Template") else "quote", "reason": "model", "score": 1.0,
                "start": 0, "end": len(text), "characters": len(text), "words": len(text.split()), "stop_words": 0,
                "letters": sum(map(str.isalnum, text)), "sentence": True, "head": n < 3,
            }
            for n, text in enumerate(kept)
        )  # fmt: skip
    return Cleaned(pa.Table.from_pylist(documents, DOCUMENTS), pa.Table.from_pylist(lines, LINES), rejects)
