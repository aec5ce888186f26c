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
from cleaner.engine.parts import Parts, list_parts, replace_part

_KEPT = frozenset({
    "file", "record", "source_key", "outcome", "site", "id", "source_sha256", "text_key", "media_type", "retrieved_at",
    "language", "characters", "words", "lines_kept", "lines_dropped", "lines_metadata",
})  # fmt: skip
"""Columns of a document that stay. `document_hash` goes, and so says that a row is scrubbed."""
_SAYS = ("text", "evidence")
"""Columns of a line that go."""


def scrub_parts(folder: Path, withdrawn: Withdrawn) -> int:
    """Scrub the rows of withdrawn documents in all parts of a folder; returns how many were not scrubbed before.

    Each file is replaced in one step, with as many rows as before; a kill leaves the rest to the next call.
    """
    if not (withdrawn.ids or withdrawn.sources or withdrawn.texts):
        return 0
    parts = Parts(folder, folder)
    keys = {"id": withdrawn.ids, "source_sha256": withdrawn.sources, "text_key": withdrawn.texts}
    wanted = {column: pa.array(values, pa.string()) for column, values in keys.items()}
    scrubbed = 0
    for part in sorted(list_parts(folder)):
        found = pq.read_table(parts.documents(part), columns=["file", "record", "document_hash", *keys])
        gone = functools.reduce(pc.or_, (pc.is_in(found[column], values) for column, values in wanted.items()))
        gone = pc.and_(gone, pc.is_valid(found["document_hash"]))
        if pc.any(gone).as_py():
            _scrub(parts, part, gone, found.filter(gone))
            scrubbed += pc.sum(gone).as_py()
    return scrubbed


def _scrub(parts: Parts, part: str, gone: pa.ChunkedArray, rows: pa.Table) -> None:
    """Scrub some rows of a part: those of which the mask `gone` says so, which are `rows`, and their lines."""
    documents, lines = pq.read_table(parts.documents(part)), pq.read_table(parts.lines(part))
    for column in documents.column_names:
        if column not in _KEPT:
            documents = _emptied(documents, column, gone)
    gone_lines = pc.is_in(_place(lines), _place(rows).combine_chunks())
    for column in _SAYS:
        lines = _emptied(lines, column, gone_lines)
    replace_part(parts.folder, part, documents, lines)


def _emptied(table: pa.Table, column: str, where: pa.ChunkedArray) -> pa.Table:
    """The table with nulls in a column, where the mask says so."""
    place = table.schema.get_field_index(column)
    field = table.schema.field(place)
    emptied = pc.if_else(where, pa.scalar(None, field.type), table[column])
    return table.set_column(place, field, emptied)


def _place(table: pa.Table) -> pa.ChunkedArray:
    """File and record of each row, as one text."""
    return pc.binary_join_element_wise(table["file"], table["record"].cast(pa.string()), "\n")
