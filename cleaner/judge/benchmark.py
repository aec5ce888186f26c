"""Labelled pages as the judge is trained and measured on: read from a folder, cut into lines, labelled.

A folder is one of
    html/NNNN.html.gz + ground-truth/NNNN.json       (WCXB)
    html/NAME.html.gz + gold.json                    (news: url, body paragraphs)
or holds such folders.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.errors import InputError
from cleaner.judge.cues import match_cues
from cleaner.judge.flatten import FLATTENERS
from cleaner.judge.labels import label_lines
from cleaner.pages.batch import Batch
from cleaner.pages.cut import cut_pages
from cleaner.pages.mend import mend_lines
from cleaner.read import decode
from cleaner.recipe import Recipe
from cleaner.records import Source

FOLDS = 5
CHUNK = 64
"""Pages cut at once."""


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One page with its gold text. `set` is the folder's name, `fold` follows from the domain."""

    name: str
    path: Path
    gold: str
    domain: str
    page_type: str
    set: str

    @property
    def fold(self) -> int:
        """0-4: all pages of a domain are in one fold."""
        return zlib.crc32(self.domain.encode()) % FOLDS

    @property
    def html(self) -> bytes:
        """The page as it was stored."""
        data = self.path.read_bytes()
        return gzip.decompress(data) if self.path.suffix == ".gz" else data


@dataclass(slots=True)
class Chunk:
    """Some pages of one fold, as lines with labels. `variant`: "html" or the name of a flattener."""

    variant: str
    fold: int
    pages: Sequence[LabelledPage]
    batch: Batch
    labels: npt.NDArray[np.float64]

    @property
    def kind(self) -> str:
        """Which of the two sets of trees judges it."""
        return "html" if self.variant == "html" else "text"


def read_benchmark(folder: Path) -> list[LabelledPage]:
    """All labelled pages in a folder, pages without gold left out, in a fixed order."""
    pages: list[LabelledPage] = []
    for found in sorted([folder, *(p for p in folder.iterdir() if p.is_dir())]):
        if (found / "ground-truth").is_dir():
            for path in sorted((found / "ground-truth").glob("*.json")):
                entry = json.loads(path.read_text("utf-8"))
                gold = entry["ground_truth"].get("main_content") or ""
                kind = entry.get("_internal", {}).get("page_type", {}).get("primary") or "unknown"
                pages.append(_page(found, path.stem, gold, entry.get("url"), kind))
        elif (found / "gold.json").is_file():
            for name, entry in sorted(json.loads((found / "gold.json").read_text("utf-8")).items()):
                pages.append(_page(found, name, "\n".join(entry["body"]), entry.get("url"), "news"))
    pages = [page for page in pages if page.gold.strip()]
    if not pages:
        raise InputError(f"{folder} holds no labelled pages (html/ beside ground-truth/ or gold.json).")
    return pages


def _page(folder: Path, name: str, gold: str, url: Any, page_type: str) -> LabelledPage:
    domain = urlsplit(url or "").netloc.removeprefix("www.")
    return LabelledPage(name, folder / "html" / f"{name}.html.gz", gold, domain or name, page_type, folder.name)


def cut_chunks(pages: Sequence[LabelledPage], variants: Sequence[str]) -> Iterator[Chunk]:
    """Pages as labelled lines: as HTML, and as each flattener leaves them."""
    for fold in range(FOLDS):
        members = [page for page in pages if page.fold == fold]
        for start in range(0, len(members), CHUNK):
            part = members[start : start + CHUNK]
            for variant in variants:
                batch = prepare([_source(page, variant) for page in part])
                yield Chunk(variant, fold, part, batch, _label(batch, part))


def _source(page: LabelledPage, variant: str) -> Source:
    if variant == "html":
        return Source(page.html, kind="html")
    text = FLATTENERS[variant](page.html.decode("utf-8", "replace"))
    return Source(text if text.strip() else ".", kind="text")


def prepare(sources: Sequence[Source]) -> Batch:
    """Sources of one kind as the judge sees them: decoded, cut, normalised, with their cues as columns."""
    recipe = Recipe()
    batch = cut_pages([(source, decode(source, recipe)) for source in sources], recipe)
    mend_lines(batch, recipe.normalize)
    cues = match_cues(batch.lines["text"])
    batch.lines = batch.lines.with_columns(cues["cue"], cues["sure"].cast(pl.Float64))
    return batch


def _label(batch: Batch, pages: Sequence[LabelledPage]) -> npt.NDArray[np.float64]:
    texts = batch.lines["text"].to_list()
    bounds = np.searchsorted(batch.lines["page"].to_numpy(), np.arange(len(pages) + 1))
    labels = [label_lines(texts[a:b], page.gold) for page, a, b in zip(pages, bounds, bounds[1:], strict=False)]
    return np.array([label for part in labels for label in part])
