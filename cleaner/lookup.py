"""Find the pages that a person names: standard input, a file, a record in a file, a document of a dataset.

`clean` and `explain` look at single pages outside of a run; this is the one place that knows how they are named.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.batches import cut_batches, size_of
from cleaner.cleaning import clean_many
from cleaner.errors import DocumentError, InputError
from cleaner.read import find, read_file
from cleaner.recipe import Recipe
from cleaner.records import Document, Kind, Reject, Skipped, Source

_DOCUMENT_ID = re.compile(r"[0-9a-fA-F]{6,32}")
_RECORD = re.compile(r"(.+?)(#[0-9]+|!/.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """One page that was found: its name if it is one of several, and what became of it."""

    name: str | None
    result: Document | DocumentError


def is_document_id(name: str) -> bool:
    """Whether `name` can be (the begin of) a document's id: at least six hex digits, and no file of that name."""
    return _DOCUMENT_ID.fullmatch(name) is not None and not Path(name).exists()


def clean_pages(
    name: str, url: str | None = None, kind: Kind | None = None, recipe: Recipe | None = None
) -> Iterator[Found]:
    """Clean every page that `name` names, in order, in batches.

    Args:
        name: "-" for standard input, a file, or a record in one as reports name it ("pages.jsonl#3",
            "pages.zip!/a.html").
        url: Address of the page.
        kind: What the pages are made of; None when the content itself shall tell.
        recipe: The recipe to go by; None for the default.

    Raises:
        InputError: There is no such file or record, it is a folder, or it holds no page.
    """
    chosen = recipe or Recipe()
    sources, met = _sources(name, chosen), False
    for group in cut_batches(sources, size_of):
        met = True
        results = clean_many(
            [replace(s, url=url or s.url, kind=kind or s.kind) for s in group if isinstance(s, Source)], chosen
        )
        for source in group:
            result: Document | DocumentError
            if isinstance(source, Reject):
                result = DocumentError(source.cause, source.message)
            else:
                result = next(results)
                if result.cause is not None:
                    result = DocumentError(result.cause, str(result.fields["message"]))
            yield Found(_name(source), result)
    if not met:
        raise InputError(f"{name} holds no page.")


def _name(source: Source | Reject) -> str | None:
    """How to tell one of several pages of a file; None for a file that is a page."""
    return source.name if source.record is not None or "!/" in source.path else None


def _sources(name: str, recipe: Recipe) -> Iterator[Source | Reject]:
    if name == "-":
        yield Source(sys.stdin.buffer.read())
        return
    path, part = Path(name), ""
    if not path.exists() and (match := _RECORD.fullmatch(name)) is not None and Path(match[1]).exists():
        path, part = Path(match[1]), match[2]
    if path.is_dir():
        raise InputError(f"{name} is a folder: `cleaner run {name} processed` cleans all of its pages.")
    if not path.exists():
        raise InputError(f"There is no file {name}.")
    met = False
    for file in find(path):
        if isinstance(file, Skipped):
            continue
        for source in read_file(file, recipe):
            if isinstance(source, Skipped) or (part and not source.name.endswith(part)):
                continue
            met = True
            yield source
            if part.startswith("#"):
                return
    if part and not met:
        raise InputError(f"{path} holds no page {part}.")
