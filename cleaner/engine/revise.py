"""Makes a part anew, without the lines that recur on their site, from what the first pass left.

A revised part is a part of its own, with another name, in a folder of its own; the part that it was made from stays as
it is. Its name comes from that part and from what is taken out, so what has not changed is not made again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner import schema
from cleaner.corpus.quality import measure_texts
from cleaner.corpus.signatures import banding_of, write_signatures
from cleaner.engine.assemble import name_documents
from cleaner.engine.messages import Revision
from cleaner.engine.parts import PART_DOCUMENTS, PART_LINES, REVISED, Parts, write_revised
from cleaner.recipe import Recipe
from cleaner.release.rows import hash_lines
from cleaner.rows import join_lines, share_of_markup, weigh_lines

LEFT = 0.2
"""Share of a page's kept words that must stay, or none of its lines goes, and the page is flagged."""
GUARD = "guard_template"

def revised_name(part: str, digest: str) -> str:
    """The name of the part that is made from `part`; `digest` says what is taken out."""
    return f"{REVISED}-{hashlib.sha256(f'{part} {digest}'.encode()).hexdigest()[:32]}"


def revise_part(order: Revision, recipe: Recipe, folder: Path) -> None:
    """Make the revised part and sign it; a part from which nothing goes is only signed.

    `folder` is the folder of parts. OSError when the disk does not take it.
    """
    parts = Parts(folder, folder)
    documents = pq.read_table(parts.documents(order.part)).replace_schema_metadata(None)
    if order.name != order.part:
        there = pc.is_valid(documents["document_hash"])  # what was withdrawn has nothing left to revise
        concerned = pc.and_(there, pc.is_in(documents["page"], order.gone["page"].combine_chunks()))
        revised, lines = _revise(documents.filter(concerned), pq.read_table(parts.lines(order.part)), order.gone)
        documents = pa.concat_tables([documents.filter(pc.invert(concerned)), revised])
        documents = documents.sort_by([("file", "ascending"), ("record", "ascending")])
    if banding := banding_of(recipe):
        is_document = pc.equal(documents["outcome"], "document")
        write_signatures(folder, order.name, documents.filter(is_document), banding)
    if order.name != order.part:
        parts.revised.mkdir(exist_ok=True)
        write_revised(parts, order.name, order.part, documents, lines)


def _revise(documents: pa.Table, lines: pa.Table, gone: pa.Table) -> tuple[pa.Table, pa.Table]:
    """These documents without the lines that go, and all lines of the part."""
    goes = pl.DataFrame(pl.from_arrow(gone)).select("page", "line", seen_on="evidence")
    table = pl.DataFrame(pl.from_arrow(lines)).with_row_index("row")
    table = table.join(goes, on=["page", "line"], how="left", maintain_order="left")
    concerned = pl.col("page").is_in(documents["page"].to_pylist())
    own = table.filter(concerned)
    marks = (own["seen_on"].is_not_null() & (own["verdict"] == "keep")).to_numpy().copy()
    runs = own["page"].rle().struct.unnest()
    ends = runs["len"].cum_sum().to_list()
    span_of = {page: slice(end - size, end) for page, size, end in zip(runs["value"], runs["len"], ends, strict=True)}
    rows = documents.to_pylist()
    for row in rows:
        span = span_of[row["page"]]
        marks[span] &= _take_out(row, own[span], marks[span])
    signals = measure_texts([row["text"] for row in rows], [row["words"] for row in rows])
    for row, measured in zip(rows, signals, strict=True):
        row["quality"] |= dict.fromkeys(schema.SIGNALS) | measured | {"text_to_markup": share_of_markup(row)}

    marked = pl.lit(pl.Series(marks))
    own = own.with_columns(
        verdict=pl.when(marked).then(pl.lit("drop")).otherwise("verdict"),
        role=pl.when(marked).then(pl.lit("template")).otherwise("role"),
        reason=pl.when(marked).then(pl.lit("template")).otherwise("reason"),
        evidence=pl.when(marked).then("seen_on").otherwise("evidence"),
    )
    table = pl.concat([table.filter(~concerned), own]).sort("row")
    revised = table.select(PART_LINES.names).to_arrow().cast(PART_LINES)
    hashes = hash_lines(revised.filter(pc.is_in(revised["page"], documents["page"].combine_chunks())), by="page")
    for row in rows:
        row["lines_hash"] = hashes[row["page"]]
    return name_documents(pa.Table.from_pylist(rows, PART_DOCUMENTS)), revised


def _take_out(row: dict[str, Any], lines: pl.DataFrame, marks: npt.NDArray[np.bool_]) -> bool:
    """Take the marked lines out of a document's row; False, with a flag, where next to nothing would be left."""
    verdict = ["drop" if marked else old for old, marked in zip(lines["verdict"].to_list(), marks, strict=True)]
    weighed = weigh_lines(lines, lines["score"].cast(pl.Float64).to_numpy(), verdict)
    if weighed["words"] < LEFT * row["words"]:
        row["quality"]["flags"] = sorted({*row["quality"]["flags"], GUARD})
        return False
    size = lines["characters"].to_numpy()
    weighed["quality"]["template_share"] = round(float(size[marks].sum()) / max(float(size.sum()), 1.0), 4)
    if row["quality"]["private"] is not None:
        kept = lines.filter(pl.Series(verdict) == "keep")
        weighed["quality"]["private"] = _count_private(row["quality"]["private"], kept)
    row["quality"] |= weighed.pop("quality")
    row |= weighed
    row["text"] = join_lines(lines["text"].to_list(), lines["role"].to_list(), verdict)
    row["characters"] = len(row["text"])
    return True


def _count_private(before: list[dict[str, Any]], kept: pl.DataFrame) -> list[dict[str, Any]]:
    """How often each kind that was looked for is found in the kept lines."""
    counts = Counter(span["kind"] for spans in kept["private"].drop_nulls().to_list() for span in spans)
    return [{"name": kind["name"], "count": counts[kind["name"]]} for kind in before]
