"""Canonical hashes of rows: what says, across machines and library versions, that two rows are the same.

A Parquet file's bytes change with the library that wrote it; the values in it do not. So a shard is named by its
rows, and two versions are compared by them. The serialisation that is hashed is defined here and nowhere else:

    a range of rows    the number of rows, then each column in schema order
    a column           one byte a row, 1 for a value and 0 for null, and then, by type,
      text             the length of each value in bytes; the values' UTF-8, one after the other
      int64, float32   each value in 8 or 4 bytes; null is 0, -0.0 is 0.0, every NaN is the same
      list             the number of items of each value; the items as one column
      struct           each field as one column; all fields of a null are null

Numbers are little-endian, counts and lengths int64. Null is distinct from empty, and no two different ranges of rows
have the same serialisation. A digest starts with the names and types of the columns, so another schema means
other hashes. It is all done on whole columns: a document costs a few slices of bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cleaner import schema
from cleaner.release.types import type_name

Pieces = list[Any]
"""Byte strings and memory views that a hash is fed with, in order."""

_Encoder = Callable[[int, int, Pieces], None]
"""Appends the serialisation of rows start..end of one column."""


def hash_documents(table: pa.Table, columns: pa.Schema = schema.DOCUMENTS) -> list[str]:
    """64 hex digits for each row of a table that has these columns.

    What says of which documents it is a duplicate is decided over the whole corpus, long after the page: where there
    is such a mark, the page's digest is hashed again with it (see `with_marks`).
    """
    encode = _encoder(table, pa.schema([field for field in columns if field.name not in schema.OF_THE_CORPUS]))
    seed = _seed("documents", columns)
    hashes = [_digest(seed, encode, row, row + 1) for row in range(table.num_rows)]
    nothing = [None] * len(hashes)
    marks = [table[name].to_pylist() if name in columns.names else nothing for name in schema.OF_THE_CORPUS]
    return [with_marks(*row) for row in zip(hashes, *marks, strict=True)]


def with_marks(
    document_hash: str, duplicate_of: str | None, duplicate_cluster: str | None, duplicate_jaccard: float | None
) -> str:
    """The hash of a row, from its hash without the marks; that very hash where there is none. In SQL: WITH_MARKS."""
    if duplicate_of is None and duplicate_cluster is None and duplicate_jaccard is None:
        return document_hash
    parts = round(duplicate_jaccard * 10_000) if duplicate_jaccard is not None else ""
    marks = f"{duplicate_of or ''} {duplicate_cluster or ''} {parts}"
    return hashlib.sha256((document_hash + marks).encode()).hexdigest()


WITH_MARKS = """
CASE WHEN duplicate_of IS NULL AND duplicate_cluster IS NULL AND duplicate_jaccard IS NULL THEN document_hash
     ELSE sha256(concat(document_hash, duplicate_of, ' ', duplicate_cluster, ' ',
                        round(duplicate_jaccard::DOUBLE * 10000)::INTEGER)) END
"""
"""`with_marks` in SQL; `concat` takes NULL for nothing."""


def hash_lines(table: pa.Table, by: str = "document_id", columns: pa.Schema = schema.LINES) -> dict[Any, str]:
    """64 hex digits for the lines of each document: value of the column `by` -> hash.

    The table has these columns, a document's lines stand together and in order. Where two sources
    share a document id, `by` is the column that tells them apart. ValueError when a document's lines are scattered.
    """
    if table.num_rows == 0:
        return {}
    encode = _encoder(table, columns)
    seed = _seed("lines", columns)
    runs = pc.run_end_encode(_whole(table[by]))
    hashes: dict[Any, str] = {}
    start = 0
    for key, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        if key in hashes:
            raise ValueError(f"The lines of {by} {key} do not stand together.")
        hashes[key] = _digest(seed, encode, start, end)
        start = end
    return hashes


def _seed(kind: str, columns: pa.Schema) -> bytes:
    """What every digest starts with: the kind of row, and the columns by name and type."""
    names = ",".join(f"{field.name}:{type_name(field.type)}" for field in columns)
    return f"cleaner {kind} 1 ({names})\n".encode()


def _digest(seed: bytes, encode: _Encoder, start: int, end: int) -> str:
    pieces: Pieces = [seed, (end - start).to_bytes(8, "little")]
    encode(start, end, pieces)
    return hashlib.sha256(b"".join(pieces)).hexdigest()


def _encoder(table: pa.Table, columns: pa.Schema) -> _Encoder:
    """The encoder of the columns of `columns`, in their order; KeyError when one is missing."""
    encoders = [_column(_whole(table[field.name].cast(field.type))) for field in columns]

    def encode(start: int, end: int, pieces: Pieces) -> None:
        for column in encoders:
            column(start, end, pieces)

    return encode


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # pyarrow differs on what combining gives
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    return whole


def _column(array: pa.Array) -> _Encoder:
    valid = _fixed(pc.is_valid(array).cast(pa.uint8()))
    values = _values(array)

    def encode(start: int, end: int, pieces: Pieces) -> None:
        valid(start, end, pieces)
        values(start, end, pieces)

    return encode


def _values(array: pa.Array) -> _Encoder:
    """The encoder of what follows the byte of validity, by type."""
    kind = array.type
    if pa.types.is_string(kind):
        return _text(array)
    if pa.types.is_list(kind):
        return _list(array)
    if pa.types.is_struct(kind):
        fields = [_column(field) for field in array.flatten()]  # flatten() hands a null down to the fields

        def encode(start: int, end: int, pieces: Pieces) -> None:
            for field in fields:
                field(start, end, pieces)

        return encode
    if pa.types.is_float32(kind):
        numbers = pc.fill_null(array, pa.scalar(0.0, kind)).to_numpy(zero_copy_only=False).astype("<f4")
        numbers[np.isnan(numbers)] = np.nan
        return _bytes_of(numbers + np.float32(0.0))  # -0.0 + 0.0 is 0.0
    if pa.types.is_int64(kind):
        return _fixed(pc.fill_null(array, pa.scalar(0, kind)))
    raise TypeError(f"No canonical serialisation is defined for {kind}.")


def _fixed(array: pa.Array) -> _Encoder:
    numbers = array.to_numpy(zero_copy_only=False)
    return _bytes_of(numbers.astype(numbers.dtype.newbyteorder("<"), copy=False))


def _bytes_of(numbers: np.ndarray[Any, Any]) -> _Encoder:
    width = numbers.dtype.itemsize
    raw = np.ascontiguousarray(numbers).view(np.uint8).data

    def encode(start: int, end: int, pieces: Pieces) -> None:
        pieces.append(raw[start * width : end * width])

    return encode


def _text(array: pa.Array) -> _Encoder:
    filled = pc.fill_null(array, "")
    _, offsets, data = filled.buffers()
    if len(filled) == 0 or offsets is None:
        return _bytes_of(np.zeros(0, "<i8"))
    places = np.frombuffer(offsets, np.int32, len(filled) + 1, filled.offset * 4)
    lengths = _bytes_of(np.diff(places).astype("<i8"))
    raw = memoryview(data) if data is not None else memoryview(b"")

    def encode(start: int, end: int, pieces: Pieces) -> None:
        lengths(start, end, pieces)
        pieces.append(raw[places[start] : places[end]])

    return encode


def _list(array: pa.Array) -> _Encoder:
    counts = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False).astype("<i8")
    places = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    lengths = _bytes_of(counts)
    items = _column(array.flatten())  # leaves out what lies under a null

    def encode(start: int, end: int, pieces: Pieces) -> None:
        lengths(start, end, pieces)
        items(int(places[start]), int(places[end]), pieces)

    return encode
