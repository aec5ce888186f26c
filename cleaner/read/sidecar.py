"""Sidecars: `page.html.json` beside `page.html` says where the page came from, and when."""

from __future__ import annotations

import dataclasses

import orjson

from cleaner.read.records import declared_of, find_fields
from cleaner.recipe import Recipe
from cleaner.records import Source


def add_sidecar(source: Source, data: bytes, recipe: Recipe) -> Source:
    """The source with what its sidecar says; a sidecar that is no JSON object only leaves the note "sidecar_broken"."""
    try:
        row = orjson.loads(data)
    except orjson.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        return dataclasses.replace(source, notes=(*source.notes, "sidecar_broken"))
    found = find_fields(row, recipe.read.fields)
    return dataclasses.replace(
        source,
        url=source.url or found.get("url"),
        charset=source.charset or found.get("charset"),
        media_type=source.media_type or found.get("media_type"),
        retrieved_at=source.retrieved_at or found.get("retrieved_at"),
        declared={**source.declared, **declared_of(found)},
        notes=(*source.notes, "sidecar"),
    )
