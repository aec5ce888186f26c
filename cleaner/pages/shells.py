"""Pages without text of their own get the lines that their data holds (see `structured`), right after cutting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.fixes import fix_surrogates
from cleaner.pages.batch import Batch, Head
from cleaner.pages.html import cut_html
from cleaner.pages.parse import parse_html
from cleaner.pages.structured import article_in_json_ld, article_in_state, description_in_meta, thing_in_json_ld

Ints = npt.NDArray[np.int64]

SHELL = 600
"""Characters of visible lines under which a page may be a shell."""
LONG_LINE = 80
"""Characters outside of links from which a line may be running text; half as many in scripts without spaces."""
SHELL_PROSE = 150
"""Characters in such lines up to which a page may be a shell."""
LEAST_ARTICLE = 600
"""Characters of an article in JSON-LD that count as the text of a page with a large interface and no running text."""


def fill_shells(batch: Batch, markups: Sequence[str]) -> None:
    """Give the shells among a batch of HTML pages the lines that their data holds, after the lines that they show.

    `markups`: the pages as decoded, in the order of `batch.heads`. The batch is changed in place: `lines` (and where
    the lines of `elements` start and end), `structured`, and the flag "shell" of the pages that were filled.
    """
    visible, prose = _measure(batch)
    texts: dict[int, str] = {}
    for number in np.flatnonzero(prose <= 2 * SHELL_PROSE).tolist():
        text = _text_for(batch.heads[number], markups[number], int(visible[number]), int(prose[number]))
        if text:
            texts[number] = fix_surrogates(text)  # JSON can name half a pair of surrogates
    if not texts:
        return
    filled = list(texts)
    cut = cut_html([parse_html(text).body for text in texts.values()]).lines
    if len(cut) and batch.elements is not None:
        pages = pl.Series("page", filled, pl.UInt32).gather(cut["page"])
        for number in pages.unique().to_list():
            batch.heads[number].flags.append("shell")
        _insert(batch, batch.elements, cut.with_columns(pages))


def _measure(batch: Batch) -> tuple[Ints, Ints]:
    """For each page, the characters of its lines, and of those that may be running text."""
    size = pl.col("text").str.len_chars().cast(pl.Int64)
    weight = size + pl.col("text").str.count_matches(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
    unlinked = size - pl.col("link_characters")
    measured = batch.lines.group_by("page").agg(
        visible=size.sum(), prose=unlinked.filter(weight - pl.col("link_characters") >= LONG_LINE).sum()
    )
    visible, prose = (np.zeros(len(batch.heads), dtype=np.int64) for _ in range(2))
    visible[measured["page"].to_numpy()] = measured["visible"].to_numpy()
    prose[measured["page"].to_numpy()] = measured["prose"].to_numpy()
    return visible, prose


def _text_for(head: Head, markup: str, visible: int, prose: int) -> str:
    """HTML of the text for a page that shows so many characters; "" for a page that is no shell, or holds no data."""
    article = article_in_json_ld(head)
    if article and len(article) >= max(LEAST_ARTICLE, visible):
        return article
    if visible >= SHELL or prose > SHELL_PROSE:
        return ""
    return article or article_in_state(markup, head) or max(thing_in_json_ld(head), description_in_meta(head), key=len)


def _insert(batch: Batch, elements: pl.DataFrame, cut: pl.DataFrame) -> None:
    """Put lines after those of their page. They stand in no element of it but the body."""
    pages = len(batch.heads)
    shown = np.bincount(batch.lines["page"].to_numpy(), minlength=pages)
    body = np.searchsorted(elements["page"].to_numpy(), np.arange(pages))
    for row, number in elements.with_row_index("row").filter(pl.col("tag") == "body").select("row", "page").iter_rows():
        body[number] = row
    page = cut["page"].to_numpy()
    place = pl.Series("line", shown[page]) + pl.int_range(pl.len()).over("page")
    added = cut.with_columns(line=place, element=pl.Series(body[page]), leaf=pl.Series(body[page]))
    added = added.select(pl.col(name).cast(kind) for name, kind in batch.lines.schema.items())
    marked = pl.concat(
        [batch.lines.with_columns(structured=pl.lit(False)), added.with_columns(structured=pl.lit(True))]
    ).sort("page", "line", maintain_order=True)
    batch.lines = marked.drop("structured")
    batch.structured = marked["structured"].to_numpy().copy()
    before = np.concatenate(([0], np.cumsum(np.bincount(page, minlength=pages))[:-1]))[elements["page"].to_numpy()]
    batch.elements = elements.with_columns(pl.col("start") + pl.Series(before), pl.col("end") + pl.Series(before))
