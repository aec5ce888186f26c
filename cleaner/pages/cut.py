"""Sources in, a table of lines out: HTML cut into blocks, text told into paragraphs and unwrapped."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaner.pages.batch import LINE_COLUMNS, Batch, Head
from cleaner.pages.html import cut_html, parse_html
from cleaner.pages.sites import apply_selectors
from cleaner.pages.text import cut_text
from cleaner.read import Decoded
from cleaner.recipe import Recipe
from cleaner.records import Source

__all__ = ["Batch", "Head", "cut_pages"]


def cut_pages(pages: Sequence[tuple[Source, Decoded]], recipe: Recipe) -> Batch:
    """Cut decoded pages of one kind ("html" or "text") into lines, one table for all of them."""
    if pages and pages[0][1].kind == "html":
        return _cut_html(pages, recipe)
    heads: list[Head] = []
    rows: list[tuple[int, int, str, int, int, int, str]] = []
    for number, (source, decoded) in enumerate(pages):
        heads.append(Head(source, "text", decoded.encoding, list(decoded.notes)))
        rows.extend(
            (number, line, found.text, found.start, found.end, min(found.blank_before, 60_000), "")
            for line, found in enumerate(cut_text(decoded.text))
        )
    return Batch("text", heads, pl.DataFrame(rows, LINE_COLUMNS, orient="row"), None)


def _cut_html(pages: Sequence[tuple[Source, Decoded]], recipe: Recipe) -> Batch:
    heads, bodies = [], []
    for source, decoded in pages:
        parsed = parse_html(apply_selectors(decoded.text, source, recipe))
        bodies.append(parsed.body)
        heads.append(
            Head(
                source, "html", decoded.encoding, list(decoded.notes),
                language=parsed.language, title=parsed.title, meta=parsed.meta, links=parsed.links,
                json_ld=parsed.json_ld, times=parsed.times, microdata=parsed.microdata,
            )
        )  # fmt: skip
    cut = cut_html(bodies)
    return Batch("html", heads, cut.lines, cut.elements)
