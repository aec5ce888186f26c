"""Takes the text of withdrawn documents out of the part files.

A part keeps the row of such a document, so that its source is known and counted, but nothing of what the page says:
what stays are hashes, numbers, and where the source lies.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.corpus.tombstones import Withdrawn
from cleaner.engine.parts import Parts, base_of, list_parts, replace_part

_KEPT = frozenset({
    "file", "record", "page", "source_key", "outcome", "site", "id", "source_sha256", "text_key", "media_type",
    "page_type", "retrieved_at", "language", "characters", "words", "lines_kept", "lines_dropped", "lines_metadata",
})  # fmt: skip
"""Columns of a document that stay. `document_hash` goes, and so says that a row is scrubbed."""
_SAYS = ("text", "evidence")
"""Columns of a line that go."""


def scrub_parts(folder: Path, withdrawn: Withdrawn) -> int:
    """Scrub the rows of withdrawn documents in all parts of a folder; returns how many were not scrubbed before.

    Revised parts are scrubbed, too, and what is known by the text that it has there, is in the part below as well. Each
    file is replaced in one step, with as many rows as before; a kill leaves the rest to the next call.
    """
    if not (withdrawn.ids or withdrawn.sources or withdrawn.texts):
        return 0
    parts = Parts(folder, folder)
    keys = {"id": withdrawn.ids, "source_sha256": withdrawn.sources, "text_key": withdrawn.texts}
    wanted = {column: pa.array(values, pa.string()) for column, values in keys.items()}
    revised = sorted(list_parts(parts.revised)) if parts.revised.exists() else []
    below: dict[str, list[pa.Table]] = {}
    for part in revised:
        below.setdefault(base_of(parts, part), []).append(_find(parts, part, wanted))
    scrubbed = 0
    for part in (*sorted(list_parts(folder)), *revised):
        pages = [rows["page"].combine_chunks() for rows in (_find(parts, part, wanted), *below.get(part, ()))]
        scrubbed += _scrub(parts, part, pa.concat_arrays(pages)) * (part not in revised)
    return scrubbed


def _find(parts: Parts, part: str, wanted: dict[str, pa.Array]) -> pa.Table:
    """Rows of a part that have a wanted value in some column: their `page`."""
    found = pq.read_table(parts.documents(part), columns=["page", *wanted])
    gone = functools.reduce(pc.or_, (pc.is_in(found[column], values) for column, values in wanted.items()))
    return found.filter(gone).select(["page"])


def _scrub(parts: Parts, part: str, pages: pa.Array) -> int:
    """Scrub these documents of a part and their lines; returns how many were not scrubbed before."""
    if not len(pages):
        return 0
    documents, lines = pq.read_table(parts.documents(part)), pq.read_table(parts.lines(part))
    gone = pc.and_(pc.is_in(documents["page"], pages), pc.is_valid(documents["document_hash"]))
    count: int = pc.sum(gone).as_py()
    if not count:
        return 0
    for column in documents.column_names:
        if column not in _KEPT:
            documents = _emptied(documents, column, gone)
    gone_lines = pc.is_in(lines["page"], pages)
    for column in _SAYS:
        lines = _emptied(lines, column, gone_lines)
    replace_part(parts.documents(part).parent, part, documents, lines)
    return count


def _emptied(table: pa.Table, column: str, where: pa.ChunkedArray) -> pa.Table:
    """The table with nulls in a column, where the mask says so."""
    place = table.schema.get_field_index(column)
    field = table.schema.field(place)
    emptied = pc.if_else(where, pa.scalar(None, field.type), table[column])
    return table.set_column(place, field, emptied)
