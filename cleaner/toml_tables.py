"""Dataclasses from TOML tables, and back to plain data: what a recipe is read by.

Each type says by its annotations what its table may hold. What is wrong is told by its dotted name, with what was
meant.
"""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Mapping
from typing import Any, Literal

from cleaner.errors import RecipeError

Fields = tuple[str, ...]
"""A list of texts; a single text in TOML stands for a list of one."""


def stated(value: Any) -> Any:
    """Plain data without the keys of which the value is None."""
    if isinstance(value, Mapping):
        return {key: stated(inner) for key, inner in value.items() if inner is not None}
    return [stated(item) for item in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """Dataclasses, mappings and tuples as dicts and lists, for hashing and printing."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in sorted(value.items())}
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    return value


def build(cls: type, table: Any, where: str, name: str) -> Any:
    """An instance of `cls` from a TOML table; `where` is the table's dotted name, for messages."""
    if not isinstance(table, dict):
        raise RecipeError(f"{name}: [{where}] should be a table of keys and values.")
    kinds = typing.get_type_hints(cls)
    known = {f.name: kinds[f.name] for f in dataclasses.fields(cls)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        dotted = f"{where}.{key}" if where else key
        if key not in known:
            close = difflib.get_close_matches(key, list(known), n=1, cutoff=0.5)
            hint = f" Did you mean `{close[0]}`?" if close else f" Known here: {', '.join(sorted(known))}."
            if where and key == "memory":
                hint = " `memory` stands above the first [table]."
            raise RecipeError(f"{name}: there is no key `{dotted}`.{hint}")
        values[key] = _value(known[key], value, dotted, name)
    return cls(**values)


def _not_rows(where: str, value: Any) -> str:
    """What to write in place of a single table [filter]."""
    conditions, language_alone = [], "split_part(language, '-', 1)"
    if isinstance(value, dict):
        if isinstance(words := value.get("min_words"), int):
            conditions.append(f"words >= {words}")
        if isinstance(languages := value.get("languages"), list) and languages:
            named = ", ".join("'" + str(language).replace("'", "''") + "'" for language in languages)
            regional = any("-" in str(language) for language in languages)
            conditions.append(f"{'language' if regional else language_alone} IN ({named})")
        if value.get("empty") is False:
            conditions.append("characters > 0")
    example = " ".join(f'[[{where}]] where = "{condition}"' for condition in conditions or ["words >= 50"])
    return f"filters are rows, each a table headed [[{where}]] that holds a condition. Write: {example}"


def _is_a(python: type, value: Any) -> bool:
    """Whether a TOML value is of this type; a whole number is good for a float, true and false are no numbers."""
    if python is bool or isinstance(value, bool):
        return python is bool and isinstance(value, bool)
    return isinstance(value, int) or (python is float and isinstance(value, float))


def _value(kind: Any, value: Any, where: str, name: str) -> Any:
    """`value` as the annotation `kind` wants it, or a RecipeError that says what is wanted."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return build(typing.cast(type, kind), value, where, name)
    if origin is Mapping or getattr(origin, "__name__", "") == "Mapping":
        if not isinstance(value, dict):
            raise RecipeError(f"{name}: [{where}] should be a table, one entry a site.")
        return {str(k): build(args[1], v, f'{where}."{k}"', name) for k, v in value.items()}
    if origin is tuple and dataclasses.is_dataclass(args[0]):
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise RecipeError(f"{name}: {_not_rows(where, value)}")
        return tuple(build(typing.cast(type, args[0]), row, where, name) for row in value)
    if origin is Literal:
        if value not in args:
            close = difflib.get_close_matches(str(value), [str(a) for a in args], n=1, cutoff=0.5)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            known = ", ".join(map(repr, args))
            raise RecipeError(f"{name}: `{where}` is {value!r}, but should be one of {known}.{hint}")
        return value
    if kind == Fields:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise RecipeError(f"{name}: `{where}` should be a text or a list of texts.")
        return tuple(values)
    wanted = {bool: "true or false", int: "a whole number", float: "a number"}
    for python, words in wanted.items():
        if kind is python:
            if not _is_a(python, value):
                raise RecipeError(f"{name}: `{where}` is {value!r}, but should be {words}.")
            if python is not bool and value < 0:
                raise RecipeError(f"{name}: `{where}` is {value!r}, but should not be negative.")
            return python(value)
    if not isinstance(value, str):
        raise RecipeError(f"{name}: `{where}` is {value!r}, but should be a text.")
    return value
