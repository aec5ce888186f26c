"""Sources in, a table of lines out: HTML cut into blocks, text told into paragraphs and unwrapped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from cleaner.pages.batch import LINE_COLUMNS, Batch, Head
from cleaner.pages.html import cut_html
from cleaner.pages.parse import parse_html
from cleaner.pages.sites import apply_selectors
from cleaner.pages.text import TextLine, cut_text
from cleaner.read import Decoded
from cleaner.recipe import Recipe
from cleaner.records import Source

__all__ = ["Batch", "Head", "cut_pages"]


def cut_pages(pages: Sequence[tuple[Source, Decoded]], recipe: Recipe) -> Batch:
    """Cut decoded pages of one kind ("html" or "text") into lines, one table for all of them."""
    if pages and pages[0][1].kind == "html":
        return _cut_html(pages, recipe)
    heads: list[Head] = []
    found: list[TextLine] = []
    counts: list[int] = []
    for source, decoded in pages:
        heads.append(Head(source, "text", decoded.encoding, list(decoded.notes)))
        lines = cut_text(decoded.text)
        found += lines
        counts.append(len(lines))
    columns: dict[str, Any] = {
        "page": np.repeat(np.arange(len(counts)), counts),
        "line": np.concatenate([np.arange(count) for count in [*counts, 0]]),
        "text": [line.text for line in found],
        "start": [line.start for line in found],
        "end": [line.end for line in found],
        "blank_before": [min(line.blank_before, 60_000) for line in found],
        "tag": [""] * len(found),
    }
    table = pl.DataFrame([pl.Series(name, columns[name], kind) for name, kind in LINE_COLUMNS.items()])
    return Batch("text", heads, table, None)


def _cut_html(pages: Sequence[tuple[Source, Decoded]], recipe: Recipe) -> Batch:
    heads, bodies = [], []
    for source, decoded in pages:
        parsed = parse_html(apply_selectors(decoded.text, source, recipe))
        bodies.append(parsed.body)
        heads.append(
            Head(
                source, "html", decoded.encoding, list(decoded.notes),
                language=parsed.language, title=parsed.title, meta=parsed.meta, links=parsed.links,
                json_ld=parsed.json_ld, times=parsed.times, microdata=parsed.microdata, licenses=parsed.licenses,
                logos=parsed.logos,
            )
        )  # fmt: skip
    cut = cut_html(bodies)
    return Batch("html", heads, cut.lines, cut.elements)
