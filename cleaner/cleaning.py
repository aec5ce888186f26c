"""One batch of sources in, documents and judged lines out. Nothing is remembered between two calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from cleaner import schema
from cleaner.batches import cut_batches, size_of
from cleaner.corpus.privacy import guard_lines
from cleaner.corpus.quality import measure_texts
from cleaner.describe import Description, PageView, describe_page
from cleaner.errors import DocumentError, InputError
from cleaner.fixes import fix_surrogates
from cleaner.judge.model import Model
from cleaner.judge.verdicts import Verdicts, decide, judge_lines
from cleaner.pages.batch import Batch
from cleaner.pages.cut import cut_pages
from cleaner.pages.mend import mend_lines
from cleaner.pages.shells import fill_shells
from cleaner.pages.sites import rules_for, selected_lines
from cleaner.read import Decoded, decode, find, read_file
from cleaner.recipe import Recipe
from cleaner.records import Document, Kind, Line, Reject, Skipped, Source
from cleaner.rows import heads_of, make_row, measure_lines, share_of_markup

DOCUMENTS = pa.schema([("source", pa.uint32()), ("site", pa.string()), ("markup", pa.int64()), *schema.DOCUMENTS])
_ROWS = pl.DataFrame(DOCUMENTS.empty_table()).schema
LINES = pa.schema([("source", pa.uint32()), *schema.LINES, *schema.MEASURES])


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a batch: each source is one row of `documents` or one of `rejects`.

    `documents` has the columns DOCUMENTS (`source` is the position in the batch, `markup` the characters of an HTML
    page; `duplicate_of` is null as yet), `lines` the columns LINES, both sorted by source and line.
    """

    documents: pa.Table
    lines: pa.Table
    rejects: dict[int, Reject]


def clean_batch(sources: Sequence[Source], recipe: Recipe, model: Model | None = None) -> Cleaned:
    """Clean a batch, by the installed model or another. A page's result does not depend on what else is in it."""
    rejects: dict[int, Reject] = {}
    decoded: dict[Kind, list[tuple[int, Source, Decoded]]] = {"html": [], "text": []}
    for number, source in enumerate(map(_encodable, sources)):
        try:
            text = decode(source, recipe)
        except DocumentError as e:
            rejects[number] = Reject(source.path, e.cause, e.message, source.record)
            continue
        decoded[text.kind].append((number, source, text))
    rows: list[dict[str, Any]] = []
    tables: list[pl.DataFrame] = []
    for pages in decoded.values():
        if pages:
            numbers = [number for number, _, _ in pages]
            batch = cut_pages([(s, d) for _, s, d in pages], recipe)
            if batch.kind == "html":
                fill_shells(batch, [d.text for _, _, d in pages])
            made, lines = _clean_pages(batch, numbers, recipe, model)
            rows.extend(made)
            tables.append(guard_lines(lines, made, recipe.privacy))
    rows.sort(key=lambda row: row["source"])
    _measure(rows, {number: len(text.text) for number, _, text in decoded["html"]})
    # Arrow would look for pandas first, which takes half a second and 40 MB where it is installed
    documents = pl.DataFrame(rows, _ROWS).to_arrow().cast(DOCUMENTS)
    if not tables:
        return Cleaned(documents, LINES.empty_table(), rejects)
    joined = pl.concat(tables).sort("source", "line", maintain_order=True)
    return Cleaned(documents, joined.select(LINES.names).to_arrow().cast(LINES), rejects)


def _measure(rows: list[dict[str, Any]], markup: dict[int, int]) -> None:
    """Put the signals of each text into its row; `markup` has the characters of HTML pages, by number of the source."""
    signals = measure_texts([row["text"] for row in rows], [row["words"] for row in rows])
    for row, measured in zip(rows, signals, strict=True):
        row["quality"] |= measured
        row["markup"] = markup.get(row["source"])
        row["quality"] |= {"text_to_markup": share_of_markup(row)}


def _encodable(source: Source) -> Source:
    """The source with whole characters in all that is said of it: half a surrogate pair fits into no table."""

    def mend(value: Any) -> Any:
        if isinstance(value, str):
            return value if value.isascii() else fix_surrogates(value)
        return [mend(v) for v in value] if isinstance(value, list) else value

    said = {name: mend(value) for name, value in source.declared.items()}
    return replace(
        source, url=mend(source.url), path=mend(source.path), media_type=mend(source.media_type),
        retrieved_at=mend(source.retrieved_at), declared=said,
    )  # fmt: skip


def _clean_pages(
    batch: Batch, numbers: list[int], recipe: Recipe, model: Model | None
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Rows of documents and the table of judged lines, for pages of one kind."""
    emptied, counts = mend_lines(batch, recipe.normalize)
    texts = batch.lines["text"]
    if batch.kind == "html":  # the text that offsets count in is what a person can see: the lines, one below the other
        size = pl.col("text").str.len_chars().cast(pl.Int64)
        end = ((size + 1).cum_sum() - 1).over("page")
        batch.lines = batch.lines.with_columns(end=end).with_columns(start=pl.col("end") - size)
    fixes = counts.with_columns(page=batch.lines["page"].gather(counts["row"]))
    judged = judge_lines(batch, model)
    selected = selected_lines(batch.lines, batch.elements) if recipe.site else None
    verdicts = decide(judged, recipe.judge, emptied, selected)
    rows, ids = [], []
    measures = measure_lines(judged.features)
    bounds = np.searchsorted(batch.lines["page"].to_numpy(), np.arange(len(batch.heads) + 1))
    mended = _count_fixes(fixes)
    for page, head in enumerate(batch.heads):
        span = range(int(bounds[page]), int(bounds[page + 1]))
        view = PageView(
            head, texts[span.start : span.stop].to_list(), batch.lines["tag"][span.start : span.stop].to_list(),
            verdicts.role[span.start : span.stop], _as_seen_by_describe(batch.kind, span, verdicts),
            verdicts.probability[span.start : span.stop].tolist(), _publisher(head.source, recipe),
            recipe.metadata.language_detector, [v == "keep" for v in verdicts.verdict[span.start : span.stop]],
        )  # fmt: skip
        said = describe_page(view)
        if page not in judged.errors:
            _apply_claims(said, span, view.lines, verdicts, recipe)
        of_page = measures[span.start : span.stop]
        row = make_row(head.source, numbers[page], said, view, span, judged, verdicts, page, of_page)
        row["quality"]["fixes"] = mended.get(page, [])
        rows.append(row)
        ids.extend([row["id"]] * len(span))
    lines = batch.lines.select(
        pl.Series("source", np.array(numbers, dtype=np.uint32)[batch.lines["page"].to_numpy()], dtype=pl.UInt32),
        pl.Series("document_id", ids, dtype=pl.String),
        pl.col("line").cast(pl.Int64),
        "text",
        pl.Series("role", verdicts.role, dtype=pl.String),
        pl.Series("verdict", verdicts.verdict, dtype=pl.String),
        pl.Series("reason", verdicts.reason, dtype=pl.String),
        pl.Series("score", verdicts.probability, dtype=pl.Float64).cast(pl.Float32),
        "start",
        "end",
        pl.Series("evidence", verdicts.evidence, dtype=pl.String),
        *measures.get_columns(),
        heads_of(verdicts.verdict, bounds),
    )
    return rows, lines


def _as_seen_by_describe(kind: Kind, span: range, verdicts: Verdicts) -> list[str]:
    """First verdicts, the model's own drops above a text's first kept line aside: headline and byline are among them,
    and the judge was taught to drop them as no running text."""
    first = next((i for i in span if verdicts.verdict[i] == "keep"), span.stop)
    if kind == "html":
        return verdicts.verdict[span.start : span.stop]
    return ["keep" if i < first and verdicts.reason[i] == "model" else verdicts.verdict[i] for i in span]


def _count_fixes(fixes: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    """For each page, how many of its lines each fix changed."""
    counted: dict[int, list[dict[str, Any]]] = {}
    table = fixes.group_by("page", "fix", maintain_order=True).agg(pl.col("count").sum())
    for page, fix, count in table.iter_rows():
        counted.setdefault(page, []).append({"name": fix, "count": count})
    return counted


def _publisher(source: Source, recipe: Recipe) -> str | None:
    rules = rules_for(source, recipe)
    return rules.publisher if rules else None


def _apply_claims(said: Description, span: range, lines: list[str], verdicts: Verdicts, recipe: Recipe) -> None:
    """Move lines that turned out to be metadata out of the text."""
    for line, role in said.claims.items():
        i = span[line]
        if role == "standfirst":
            if verdicts.verdict[i] == "keep":
                verdicts.role[i] = role
            continue
        verdicts.move(i, role)
    for i, text in zip(span, lines, strict=True):
        # a line that goes anyway, and whose text is a field's value, has gone there
        if verdicts.verdict[i] == "drop" and verdicts.reason[i] in ("model", "in_region") and text:
            for role, value in (("title", said.title), ("publisher", said.publisher)):
                if value is not None and text.casefold() == value.casefold():
                    verdicts.move(i, role)
    headline = next((i for i in span if verdicts.role[i] == "title"), None)
    if headline is not None and recipe.judge.title == "keep":
        verdicts.verdict[headline] = "keep"


def clean(
    source: bytes | str | Path | Source,
    *,
    url: str | None = None,
    kind: Kind | None = None,
    recipe: Recipe | str | Path | None = None,
) -> Document:
    """Clean one page.

    Args:
        source: The page as bytes, as text, as the path of a file that holds one page, or as a Source.
        url: Its address, where known.
        kind: "html" or "text"; by default the content tells.
        recipe: A Recipe, or the path of one.

    Raises:
        DocumentError: The source is no page (`.cause` says why).
        InputError: There is no such file, or it holds several pages (use `clean_many` or `run`).
        RecipeError: The recipe cannot be read.
    """
    chosen = load_recipe(recipe)
    known = _as_source(source, chosen)
    known = replace(known, url=url or known.url, kind=kind or known.kind)
    cleaned = clean_batch([known], chosen)
    if cleaned.rejects:
        reject = cleaned.rejects[0]
        raise DocumentError(reject.cause, reject.message)
    return next(_documents(cleaned))[1]


def clean_many(
    sources: Iterable[bytes | str | Path | Source], recipe: Recipe | str | Path | None = None
) -> Iterator[Document]:
    """Clean pages in batches; one document for each, in the order given.

    A source that cannot be cleaned ends nothing: its document has no text, and `cause` says why.
    """
    chosen = load_recipe(recipe)
    for batch in cut_batches((_read(source, chosen) for source in sources), size_of):
        results = {number: read for number, read in enumerate(batch) if isinstance(read, Document)}
        places = [number for number in range(len(batch)) if number not in results]
        cleaned = clean_batch([source for source in batch if isinstance(source, Source)], chosen)
        for at, reject in cleaned.rejects.items():
            results[places[at]] = _rejected(reject.cause, reject.message)
        for at, document in _documents(cleaned):
            results[places[at]] = document
        for number in range(len(batch)):
            yield results[number]


def load_recipe(recipe: Recipe | str | Path | None) -> Recipe:
    """The recipe itself, the one that a path names, or the default."""
    if recipe is None:
        return Recipe()
    return recipe if isinstance(recipe, Recipe) else Recipe.load(recipe)


def _as_source(source: bytes | str | Path | Source, recipe: Recipe) -> Source:
    if isinstance(source, Source):
        return source
    if not isinstance(source, Path):
        return Source(source)
    if not source.is_file():
        raise InputError(f"There is no file {source}.")
    found = [
        item for file in find(source) if not isinstance(file, Skipped) for item in islice(read_file(file, recipe), 2)
    ]
    pages = [item for item in found if not isinstance(item, Skipped)]
    if len(pages) > 1:
        raise InputError(f"{source} holds several pages: use `cleaner run`, or `clean_many` on its records.")
    if not pages:
        raise DocumentError("not_text", f"{source} holds no page.")
    if isinstance(pages[0], Reject):
        raise DocumentError(pages[0].cause, pages[0].message)
    return pages[0]


def _read(source: bytes | str | Path | Source, recipe: Recipe) -> Source | Document:
    """The source, or what tells why it is none."""
    try:
        return _as_source(source, recipe)
    except DocumentError as e:
        return _rejected(e.cause, e.message)


def _rejected(cause: str, message: str) -> Document:
    return Document("", None, [], None, None, "und", [], {"cause": cause, "message": message}, cause)


def _documents(cleaned: Cleaned) -> Iterator[tuple[int, Document]]:
    """(position in the batch, document) for each page."""
    lines: dict[int, list[Line]] = {}
    told = pl.DataFrame(cleaned.lines.select(["source", *Line.__slots__]))
    places, *columns = (column.to_list() for column in told.get_columns())
    for place, line in zip(places, map(Line, *columns), strict=True):
        lines.setdefault(place, []).append(line)
    for row in cleaned.documents.to_pylist():
        place = row.pop("source")
        row.pop("site")
        names = [author["name"] for author in row["authors"]]
        said = (row["text"], row["title"], names, row["published"], row["publisher"], row["language"])
        yield place, Document(*said, lines=lines.get(place, []), fields=row)
