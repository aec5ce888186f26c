"""CSV and TSV, row by row; Parquet, batch by batch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.errors import DocumentError
from cleaner.read.decoding import decode_bytes, tell_encoding
from cleaner.read.records import explain_fields, fields_worth_reading, read_record
from cleaner.read.streams import Blob, Item, Job, seekable, truncated
from cleaner.records import Reject

_BATCH = 64  # rows; pages can be large
_NOTE = ("replacement_characters",)


def read_csv(blob: Blob, job: Job) -> Iterator[Item]:
    """A record a row. The first row names the columns; the delimiter is the one of , ; tab | that it holds most of."""
    csv.field_size_limit(job.max_bytes)
    stream = io.TextIOWrapper(blob.as_utf8(), tell_encoding(blob.head), "replace", newline="")
    header_line = stream.readline(1 << 16).removeprefix("\ufeff")
    delimiter = "\t" if blob.name.endswith(".tsv") else max(",;\t|", key=header_line.count)
    header = [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter), [])]
    if not fields_worth_reading(header, job.recipe.read.fields):
        yield Reject(blob.path, "no_text_field", explain_fields(header))
        return
    rows = csv.reader(stream, delimiter=delimiter)
    number = -1
    while True:
        try:
            row = next(rows, None)
        except csv.Error as e:
            raise DocumentError(
                "broken_container",
                f"Row {number + 2} cannot be read ({e}); a quotation mark may be missing. The rows before were read.",
            ) from e
        if row is None:
            break
        if not row:
            continue
        number += 1
        if len(row) > len(header):
            message = f"Line {rows.line_num + 1} ends a row of {len(row)} fields, but the header names {len(header)}."
            yield Reject(blob.path, "broken_record", message, number)
            continue
        record = dict(zip(header, row, strict=False))
        notes = _NOTE if any("\ufffd" in value for value in row) else ()
        yield read_record(record, blob.path, number, job.recipe, notes)
    if number < 0:
        yield Reject(blob.path, "empty", "It has a header and no row.")


def read_parquet(blob: Blob, job: Job) -> Iterator[Item]:
    """A record a row; only the columns that may hold what is wanted are read."""
    number = 0
    try:
        stream = seekable(blob)
        if not _ends_well(stream):
            raise truncated()
        file = pq.ParquetFile(stream, buffer_size=1 << 20, pre_buffer=False)
        names = file.schema_arrow.names
        wanted = fields_worth_reading(names, job.recipe.read.fields)
        if not wanted:
            yield Reject(blob.path, "no_text_field", explain_fields(names))
            return
        for batch in file.iter_batches(_BATCH, columns=wanted, use_threads=False):
            for row in _rows(batch):
                yield read_record(row, blob.path, number, job.recipe)
                number += 1
    except (pa.ArrowException, OSError, ValueError) as e:
        if isinstance(e, OSError) and e.errno is not None:
            raise
        raise DocumentError("broken_container", f"The Parquet file is damaged: {str(e)[:300]}") from e
    if not number:
        yield Reject(blob.path, "empty", "It has no row.")


def _ends_well(stream: Any) -> bool:
    """Whether the mark that ends a Parquet file is there."""
    size = stream.seek(0, io.SEEK_END)
    if size < 12:
        return False
    stream.seek(size - 4)
    mark = stream.read(4)
    stream.seek(0)
    return bool(mark == b"PAR1")


def _rows(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """Rows as dicts; times as text, because not all of Arrow's fit into Python's."""
    columns = [
        column.cast(pa.string()) if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type) else column
        for column in batch.columns
    ]
    try:
        return _as_dicts(columns, batch.schema.names)
    except UnicodeDecodeError:  # not every writer checks that text is UTF-8
        columns = [column.cast(pa.large_binary()) if pa.types.is_string(column.type) else column for column in columns]
        rows = _as_dicts(columns, batch.schema.names)
        return [
            {name: decode_bytes(value)[0] if isinstance(value, bytes) else value for name, value in row.items()}
            for row in rows
        ]


def _as_dicts(columns: list[pa.Array], names: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pa.RecordBatch.from_arrays(columns, names=names).to_pylist()
    return rows
