"""A small corpus as part files, written by hand: what the tests of decisions and releases stand on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner import schema
from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn, read_tombstones
from cleaner.engine.parts import PART_DOCUMENTS, PART_LINES, Parts
from cleaner.recipe import Recipe
from cleaner.release.make import release
from cleaner.release.rows import hash_documents, hash_lines
from cleaner.report.summary import RunReport


@dataclass(frozen=True)
class Page:
    """A source that became a page; with `cause`, a reject."""

    file: str
    text: str = "Some words."
    record: int = 0
    url: str | None = None
    site: str | None = None
    language: str = "en"
    dropped: tuple[str, ...] = ("Share this",)
    retrieved_at: str | None = None
    published: str | None = None
    cause: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return hashlib.sha256((self.url or f"{self.file}#{self.record}").encode()).hexdigest()[:32]

    @property
    def sha256(self) -> str:
        """Of the source's bytes, which no other page has, and which stay when it is judged otherwise."""
        return hashlib.sha256(f"bytes of {self.file}#{self.record}".encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        site = self.site if self.site is not None else self.file.rpartition("/")[0]
        place = {"file": self.file, "record": self.record, "source_key": "0" * 32, "site": site}
        if self.cause:
            return {**place, "outcome": "reject", "cause": self.cause, "message": f"It is {self.cause}.",
                    "source_path": self.file}
        kept = self.text.split("\n\n") if self.text else []
        return {
            **place, "outcome": "document", "id": self.id, "text": self.text, "url": self.url,
            "language": self.language, "domain": self.site, "source_path": self.file,
            "source_sha256": self.sha256, "media_type": "text/html",
            "characters": len(self.text), "words": len(self.text.split()), "lines_kept": len(kept),
            "lines_dropped": len(self.dropped), "lines_metadata": 0, "retrieved_at": self.retrieved_at, "authors": [],
            "published": self.published, "tags": [], "quoted_sources": [], "provenance": [],
            "quality": {"flags": [], "fixes": [{"name": "nfc", "count": 2}], "encoding": "utf-8", "confidence": 0.5},
            "text_key": hashlib.sha256(self.text.encode()).hexdigest()[:32] if self.text else None, **self.fields,
        }

    def lines(self) -> list[dict[str, Any]]:
        if self.cause:
            return []
        kept = self.text.split("\n\n") if self.text else []
        lines = [(text, "body", "keep") for text in kept] + [(text, "share", "drop") for text in self.dropped]
        return [
            {"file": self.file, "record": self.record, "document_id": self.id, "line": number, "text": text,
             "role": role, "verdict": verdict, "reason": "model" if verdict == "keep" else "cue_share", "score": 0.9,
             "start": 0, "end": len(text), "evidence": None}
            for number, (text, role, verdict) in enumerate(lines)
        ]


ByParts = Callable[[Sequence[Page]], list[list[Page]]]


def one_part(pages: Sequence[Page]) -> list[list[Page]]:
    return [list(pages)]


def each_alone(pages: Sequence[Page]) -> list[list[Page]]:
    return [[page] for page in reversed(pages)]


def dealt_out(pages: Sequence[Page]) -> list[list[Page]]:
    return [part for part in (list(pages[start::3]) for start in range(3)) if part]


def write_parts(state: Path, pages: Sequence[Page], by_parts: ByParts = one_part) -> Parts:
    """Part files of these pages, and beside them dead rows that nobody may read."""
    folder = state / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    live = set()
    for number, some in enumerate(by_parts(sorted(pages, key=lambda p: (p.file.encode(), p.record)))):
        name = hashlib.sha256(repr((number, some)).encode()).hexdigest()[:32]
        dead = [Page("dead/page.html", f"Nobody may see this {number}."), Page("dead/reject.html", cause="dead")]
        everything = sorted([*some, *dead], key=lambda p: (p.file.encode(), p.record))
        _write(folder, name, everything)
        live.update((page.file, name) for page in some)
    rows = [{"file": file, "part": part} for file, part in sorted(live, key=lambda row: (row[0].encode(), row[1]))]
    columns = pa.schema([("file", pa.string()), ("part", pa.string())])
    pq.write_table(pa.Table.from_pylist(rows, columns), state / "live.parquet")
    return Parts(folder, state / "live.parquet")


def _write(folder: Path, name: str, pages: list[Page]) -> None:
    documents = pa.Table.from_pylist([page.document() for page in pages], PART_DOCUMENTS)
    lines = pa.Table.from_pylist([line for page in pages for line in page.lines()], PART_LINES)
    is_page = [page.cause is None for page in pages]
    hashes = iter(hash_documents(documents.filter(pa.array(is_page)).select(schema.DOCUMENTS.names)))
    keys = [f"{page.file}#{page.record}" for page in pages for _ in page.lines()]
    of_source = hash_lines(lines.append_column("source", pa.array(keys, pa.string())), by="source")
    columns = {
        "document_hash": [next(hashes) if page else None for page in is_page],
        "lines_hash": [of_source.get(f"{page.file}#{page.record}") for page in pages],
    }
    for column, values in columns.items():
        place = PART_DOCUMENTS.get_field_index(column)
        documents = documents.set_column(place, PART_DOCUMENTS.field(place), pa.array(values, pa.string()))
    pq.write_table(lines, folder / f"{name}.lines.parquet")
    pq.write_table(documents, folder / f"{name}.documents.parquet")


def run(
    processed: Path, pages: Sequence[Page], recipe: Recipe | None = None, by_parts: ByParts = one_part
) -> RunReport:
    """Decide and release these pages, as `cleaner run` does after cleaning."""
    recipe = recipe or Recipe()
    state = processed / ".cleaner"
    parts = write_parts(state, pages, by_parts)
    report = RunReport("raw", str(processed), sources=len(pages), lines_read=sum(len(page.lines()) for page in pages))
    decisions = decide(parts, recipe, state / "work", Withdrawn.by(read_tombstones(processed)))
    release(parts, decisions, processed, recipe, report)
    return report


def published(processed: Path) -> dict[str, bytes]:
    """Every file of the dataset, the intermediate ones left out: path -> bytes."""
    return {
        path.relative_to(processed).as_posix(): path.read_bytes()
        for path in sorted(processed.rglob("*"))
        if path.is_file() and ".cleaner" not in path.relative_to(processed).parts
    }
