"""Makes a part anew, without the lines that recur on their site, from what the first pass left.

A revised part is a part of its own, with another name, in a folder of its own; the part that it was made from stays as
it is. Its name comes from that part and from what is taken out, so what has not changed is not made again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

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
    of_page = {key[0]: own for key, own in table.filter(concerned).partition_by("page", as_dict=True).items()}
    rows, changed = documents.to_pylist(), []
    for row in rows:
        changed.append(_take_out(row, of_page[row["page"]]))
    signals = measure_texts([row["text"] for row in rows], [row["words"] for row in rows])
    for row, measured in zip(rows, signals, strict=True):
        row["quality"] |= dict.fromkeys(schema.SIGNALS) | measured | {"text_to_markup": share_of_markup(row)}
    table = pl.concat([table.filter(~concerned), *changed]).sort("row")
    revised = table.select(PART_LINES.names).to_arrow().cast(PART_LINES)
    hashes = hash_lines(revised.filter(pc.is_in(revised["page"], documents["page"].combine_chunks())), by="page")
    for row in rows:
        row["lines_hash"] = hashes[row["page"]]
    return name_documents(pa.Table.from_pylist(rows, PART_DOCUMENTS)), revised


def _take_out(row: dict[str, Any], lines: pl.DataFrame) -> pl.DataFrame:
    """Take the lines of which `seen_on` says where they recur out of a document's row, and mark them among its lines;
    none of them, where next to nothing would be left."""
    goes = pl.col("seen_on").is_not_null() & (pl.col("verdict") == "keep")
    marked = lines.with_columns(
        verdict=pl.when(goes).then(pl.lit("drop")).otherwise("verdict"),
        role=pl.when(goes).then(pl.lit("template")).otherwise("role"),
        reason=pl.when(goes).then(pl.lit("template")).otherwise("reason"),
        evidence=pl.when(goes).then("seen_on").otherwise("evidence"),
    )
    verdict = marked["verdict"].to_list()
    weighed = weigh_lines(marked.select(schema.MEASURES.names), marked["score"].cast(pl.Float64).to_numpy(), verdict)
    if weighed["words"] < LEFT * row["words"]:
        row["quality"]["flags"] = sorted({*row["quality"]["flags"], GUARD})
        return lines
    size = marked["characters"].to_numpy()
    taken = float(size[(marked["reason"] == "template").to_numpy()].sum())
    weighed["quality"]["template_share"] = round(taken / max(float(size.sum()), 1.0), 4)
    if row["quality"]["private"] is not None:
        weighed["quality"]["private"] = _count_private(row["quality"]["private"], marked)
    row["quality"] |= weighed.pop("quality")
    row |= weighed
    row["text"] = join_lines(marked["text"].to_list(), marked["role"].to_list(), verdict)
    row["characters"] = len(row["text"])
    return marked


def _count_private(before: list[dict[str, Any]], lines: pl.DataFrame) -> list[dict[str, Any]]:
    """How often each kind that was looked for is found in the kept lines."""
    kept = lines.filter(pl.col("verdict") == "keep")["private"].drop_nulls().to_list()
    counts = Counter(span["kind"] for spans in kept for span in spans)
    return [{"name": kind["name"], "count": counts[kind["name"]]} for kind in before]
