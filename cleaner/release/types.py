"""Types of columns as words of our own, since Arrow's own wording has changed between versions.

A manifest says the columns of its version with them, so that a version stays readable when later ones have other
columns. The same words are part of every row's hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

_SIMPLE = {"text": pa.string(), "int64": pa.int64(), "float32": pa.float32()}
_TOKEN = re.compile(r"\[|\]|\{|\}|,|:|[^\[\]{},:]{1,200}")


def type_name(kind: pa.DataType) -> str:
    """A type in words: "text", "int64", "float32", "[text]" for a list, "{name:text,count:int64}" for a struct."""
    if pa.types.is_struct(kind):
        fields = (kind.field(i) for i in range(kind.num_fields))
        return "{" + ",".join(f"{field.name}:{type_name(field.type)}" for field in fields) + "}"
    if pa.types.is_list(kind):
        return f"[{type_name(kind.value_type)}]"
    if pa.types.is_string(kind):
        return "text"
    return "int64" if pa.types.is_int64(kind) else "float32"


def columns_of(table: pa.Schema) -> list[list[str]]:
    """The columns of a table in order, each as its name and its type in words."""
    return [[field.name, type_name(field.type)] for field in table]


def schema_of(columns: Iterable[Sequence[str]]) -> pa.Schema:
    """The table that has these columns; ValueError when a type is none of ours. The inverse of `columns_of`."""
    return pa.schema([(name, _parsed(words)) for name, words in columns])


def _parsed(words: str) -> pa.DataType:
    tokens = _TOKEN.findall(words)[::-1]
    kind = _next_type(tokens, words)
    if tokens:
        raise ValueError(f"{words!r} is no type")
    return kind


def _next_type(tokens: list[str], words: str) -> Any:
    """Take one type off the end of the reversed tokens."""
    try:
        token = tokens.pop()
        if token in _SIMPLE:
            return _SIMPLE[token]
        if token == "[":
            kind = pa.list_(_next_type(tokens, words))
            closed = tokens.pop() == "]"
        else:
            fields, closed, parted = [], token == "{", ","
            while closed and parted == ",":
                name, colon = tokens.pop(), tokens.pop()
                fields.append((name, _next_type(tokens, words)))
                parted = tokens.pop()
                closed = colon == ":" and parted in (",", "}")
            kind = pa.struct(fields)
    except IndexError:
        closed = False
    if not closed:
        raise ValueError(f"{words!r} is no type")
    return kind
