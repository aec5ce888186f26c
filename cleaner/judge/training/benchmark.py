"""Labelled pages as the judge is trained and measured on: read from a folder, cut into lines, labelled.

A folder is one of
    html/NNNN.html.gz + ground-truth/NNNN.json       (WCXB)
    html/NAME.html.gz + gold.json                    (news: url, body paragraphs)
    NAME.html or NAME.txt + NAME.gold                (flat: one block of the main content a line)
or holds such folders. NAME in a flat folder is LANGUAGE-TYPE-SLUG, as in `de-forum-bicycle-brakes`.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.errors import InputError
from cleaner.judge.cues import match_cues
from cleaner.judge.training.flatten import FLATTENERS
from cleaner.judge.training.labels import label_lines
from cleaner.pages.batch import Batch
from cleaner.pages.cut import cut_pages
from cleaner.pages.mend import mend_lines
from cleaner.read import decode
from cleaner.recipe import Recipe
from cleaner.records import Kind, Source

FOLDS = 5
CHUNK = 64
"""Pages cut at once."""
VARIANTS = ("html", *FLATTENERS, "text")
"""Forms in which labelled pages come: as HTML, as each flattener leaves that, and as text that was flattened before."""
_FLAT_NAME = re.compile(r"[a-z]{2,3}-(?P<type>[a-z]+)-.+")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One page with its gold text. `set` is the folder's name; `domain` is None where no address is known."""

    name: str
    path: Path
    gold: str
    domain: str | None
    page_type: str
    set: str

    @property
    def fold(self) -> int:
        """0-4: all pages of a domain are in one fold."""
        return zlib.crc32((self.domain or self.name).encode()) % FOLDS

    @property
    def gold_crc(self) -> str:
        """CRC-32 of the gold text, 8 hex digits: by it a model remembers the pages that it was trained on."""
        return f"{zlib.crc32(self.gold.encode()):08x}"

    @property
    def kind(self) -> Kind:
        """What the file holds."""
        return "text" if self.path.suffix == ".txt" else "html"

    @property
    def variants(self) -> tuple[str, ...]:
        """Forms in which the page can be had: HTML also as each flattener leaves it."""
        return ("text",) if self.kind == "text" else ("html", *FLATTENERS)

    @property
    def data(self) -> bytes:
        """The page as it was scraped; InputError where the file is missing or cannot be unpacked."""
        try:
            data = self.path.read_bytes()
            return gzip.decompress(data) if self.path.suffix == ".gz" else data
        except (OSError, EOFError, zlib.error) as e:
            raise InputError(f"The labelled page {self.path} cannot be read: {e}.") from e

    def as_source(self, variant: str) -> Source:
        """The page in one of its forms."""
        if variant == self.kind:
            return Source(self.data, kind=self.kind)
        text = FLATTENERS[variant](self.data.decode("utf-8", "replace"))
        return Source(text if text.strip() else ".", kind="text")


@dataclass(slots=True)
class Chunk:
    """Some pages of one fold, as lines with labels. `variant`: one of VARIANTS."""

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
    """All labelled pages in a folder, pages without gold left out, in a fixed order.

    Raises:
        InputError: There is no such folder, it holds no labelled pages, or a gold text cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    pages: list[LabelledPage] = []
    for found in sorted([folder, *(p for p in folder.iterdir() if p.is_dir())]):
        if (found / "ground-truth").is_dir():
            read = _read_wcxb
        elif (found / "gold.json").is_file():
            read = _read_news
        else:
            read = _read_flat
        pages.extend(page for page in read(found) if page.gold.strip())
    if not pages:
        raise InputError(
            f"{folder} holds no labelled pages: neither html/ beside ground-truth/ or gold.json, nor NAME.html or "
            "NAME.txt beside NAME.gold."
        )
    return pages


def _read_wcxb(folder: Path) -> Iterator[LabelledPage]:
    for path in sorted((folder / "ground-truth").glob("*.json")):
        with _understood(path):
            entry = json.loads(path.read_text("utf-8"))
            gold = entry["ground_truth"].get("main_content") or ""
            page_type = entry.get("_internal", {}).get("page_type", {}).get("primary") or "unknown"
            domain = _domain(entry.get("url"))
        yield LabelledPage(path.stem, _stored(folder, path.stem), gold, domain, page_type, _set(folder))


def _read_news(folder: Path) -> Iterator[LabelledPage]:
    path = folder / "gold.json"
    with _understood(path):
        entries = json.loads(path.read_text("utf-8"))
        golds = {name: ("\n".join(entry["body"]), _domain(entry.get("url"))) for name, entry in entries.items()}
    for name, (gold, domain) in sorted(golds.items()):
        yield LabelledPage(name, _stored(folder, name), gold, domain, "news", _set(folder))


def _read_flat(folder: Path) -> Iterator[LabelledPage]:
    for path in sorted(folder.glob("*.gold")):
        with _understood(path):
            gold = path.read_text("utf-8")
        pages = [page for page in (path.with_suffix(".html"), path.with_suffix(".txt")) if page.is_file()]
        if len(pages) != 1:
            raise InputError(f"Beside {path} there should be one page, {path.stem}.html or {path.stem}.txt.")
        named = _FLAT_NAME.fullmatch(path.stem)
        page_type = named["type"] if named else "unknown"
        yield LabelledPage(path.stem, pages[0], gold, None, page_type, _set(folder))


def _stored(folder: Path, name: str) -> Path:
    return folder / "html" / f"{name}.html.gz"


def _set(folder: Path) -> str:
    return folder.resolve().name  # `.` has a name, too


def _domain(url: str | None) -> str | None:
    return urlsplit(url or "").netloc.removeprefix("www.") or None


@contextlib.contextmanager
def _understood(path: Path) -> Iterator[None]:
    """What the block finds wrong with the file's content is told with the file's name."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as e:
        raise InputError(f"{path} is not gold text as docs/judging.md describes it: {type(e).__name__}: {e}.") from e


def cut_chunks(pages: Sequence[LabelledPage], variants: Sequence[str]) -> Iterator[Chunk]:
    """Pages as labelled lines, in those of the forms that a page can be had in."""
    for fold in range(FOLDS):
        members = [page for page in pages if page.fold == fold]
        for start in range(0, len(members), CHUNK):
            for variant in variants:
                part = [page for page in members[start : start + CHUNK] if variant in page.variants]
                if part:
                    batch = prepare([page.as_source(variant) for page in part])
                    yield Chunk(variant, fold, part, batch, _label(batch, part))


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
