"""A batch of pages as one table of lines: the form in which all work between reading and release travels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.records import Kind, Source

LINE_COLUMNS: dict[str, type[pl.DataType]] = {
    "page": pl.UInt32,  # position of the page in the batch
    "line": pl.UInt32,  # position of the line in the page, from 0
    "text": pl.String,  # the line's text, white space collapsed (not inside preformatted blocks)
    "start": pl.Int64,  # character offsets into the source's text; for HTML set once the lines are normalised
    "end": pl.Int64,
    "blank_before": pl.UInt16,  # blank lines above it (text pages; 0 in HTML)
    "tag": pl.String,  # the block's tag in HTML ("p", "li", "h2"...), "" in text
}
"""Columns of `Batch.lines` that every page has. HTML pages add columns of structure (see `pages.html`)."""


@dataclass(slots=True)
class Head:
    """What is known of one page beside its lines.

    Attributes:
        source: Where it came from.
        kind: "html" or "text".
        encoding: The encoding it was decoded from, e.g. "utf-8".
        flags: Short codes of what is noteworthy ("replacement_characters", "shell", ...).
        language: `<html lang>`, as written.
        title: `<title>`, white space collapsed.
        meta: (name or property, lower case; content) of every `<meta>`, in order.
        links: (rel, lower case; href) of every `<link>` in the head, in order.
        json_ld: Contents of every `application/ld+json` script, as written.
        times: (datetime attribute, text) of every `<time>`, in order.
        microdata: (property, value) of elements with an article's microdata or RDFa, ("byline", text) of those whose
            class says author or byline; pieces of text that stand in elements of their own are parted by newlines.
        licenses: (rel, href, text of the block around) of every link to the terms of a licence, in order.
        logos: What stands for the pictures of the first logos ("The Harbour Gazette"), and the titles of feeds.
    """

    source: Source
    kind: Kind
    encoding: str = "utf-8"
    flags: list[str] = field(default_factory=list)
    language: str | None = None
    title: str | None = None
    meta: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)
    microdata: list[tuple[str, str]] = field(default_factory=list)
    licenses: list[tuple[str, str, str]] = field(default_factory=list)
    logos: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Batch:
    """Pages of one kind: a head each, one table with a row a line, sorted by page and line, and, for HTML, the table
    of elements that the lines stand in (see `pages.html.Cut`). `structured`: which lines are no part of what the page
    shows, but come from its data (see `pages.shells`); None for no line."""

    kind: Kind
    heads: list[Head]
    lines: pl.DataFrame
    elements: pl.DataFrame | None = None
    structured: npt.NDArray[np.bool_] | None = None
