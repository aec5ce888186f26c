"""Filters of the recipe: one SQL condition each, over the columns of a document.

A recipe may come from anybody, and DuckDB can read files, change settings and run queries inside queries. So a
condition is parsed first, by DuckDB itself, and every node of what comes out must be on the lists here: columns of a
document, constants, comparisons, and functions that look at nothing but their arguments. What passes depends on the
document alone: no clock, no chance, no other document.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from cleaner import schema
from cleaner.errors import RecipeError
from cleaner.recipe import Filter

RULES = ("withdrawn", "same_url", "same_text", "near")
"""Reasons for leaving a source out that are not filters; no filter may be named so."""

_NODES = frozenset({
    "BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "OPERATOR", "TYPE",
})  # fmt: skip
"""Classes of DuckDB's syntax tree. Not among them: subqueries, windows, lambdas, parameters, stars, collations."""

_WORDS = (
    "abs", "ceil", "concat", "contains", "day", "ends_with", "floor", "format", "greatest", "ilike_escape", "instr",
    "least", "left", "len", "length", "like_escape", "list_contains", "list_distinct", "list_has_all", "list_has_any",
    "list_max", "list_min", "list_position", "list_sum", "list_unique", "list_value", "ln", "log", "lower", "ltrim",
    "month", "not_ilike_escape", "not_like_escape", "nullif", "pow", "power", "prefix",
    "regexp_extract", "regexp_full_match", "regexp_matches", "replace", "reverse", "right", "round", "rtrim", "sign",
    "split_part", "sqrt", "starts_with", "strip_accents", "strlen", "strpos", "struct_extract", "substr", "substring",
    "suffix", "trim", "upper", "year",
)  # fmt: skip
_SIGNS = ("+", "-", "*", "/", "//", "%", "~~", "!~~", "~~*", "!~~*", "^@", "@>", "<@", "&&", "||")
_FUNCTIONS = frozenset({*_WORDS, *_SIGNS})
_PATTERNS = frozenset({"regexp_extract", "regexp_full_match", "regexp_matches"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FRAME = "SELECT (\n{}\n) FROM documents"


def rule_name(filter: Filter) -> str:
    """What a filter is called where sources that it left out are listed and counted: its name, else its condition."""
    return filter.name or " ".join(filter.where.split())


def check_filters(filters: Sequence[Filter], recipe: str) -> None:
    """Raise RecipeError for the first filter that is no condition on a document; `recipe` is what messages call it."""
    with duckdb.connect() as db:
        for name, value in {"TimeZone": "UTC", "enable_external_access": False}.items():
            db.execute(f"SET {name} = '{value}'")
        unknown = {field.name: pa.nulls(1, field.type) for field in schema.DOCUMENTS}
        db.register("documents", pa.table(unknown, schema.DOCUMENTS))
        for number, filter in enumerate(filters, 1):
            try:
                _check_name(filter, [rule_name(other) for other in filters[: number - 1]])
                _check_condition(db, filter.where)
            except ValueError as e:
                shown = f" (where = {json.dumps(filter.where, ensure_ascii=False)})" if filter.where else ""
                raise RecipeError(f"{recipe}: [[filter]] number {number}{shown} {e}") from e


def first_failed(filters: Sequence[Filter]) -> str:
    """An SQL expression over a document's columns: the rule name of the first filter that the document does not pass,
    else NULL. A condition that is NULL, because a value is unknown, is not fulfilled. The filters have been checked.
    """
    whens = (f"WHEN NOT coalesce((\n{f.where}\n), false) THEN {_quoted(rule_name(f))}" for f in filters)
    return f"CASE {' '.join(whens)} END" if filters else "NULL::VARCHAR"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _check_name(filter: Filter, earlier: Sequence[str]) -> None:
    if not filter.where.strip():
        raise ValueError('has no condition: it needs one, such as `where = "words >= 50"`.')
    if filter.name is not None and not _NAME.fullmatch(filter.name):
        raise ValueError(f"is named {filter.name!r}; a name is made of a-z, 0-9 and _, and starts with a letter.")
    if filter.name in RULES:
        raise ValueError(f"is named {filter.name!r}, which is what another reason for leaving a source out is called.")
    if rule_name(filter) in earlier:
        raise ValueError("is there twice." if filter.name is None else f"is the second one named {filter.name!r}.")


def _check_condition(db: duckdb.DuckDBPyConnection, where: str) -> None:
    """Raise ValueError, with the end of a sentence, where `where` is not one harmless condition."""
    frame = _parsed(db, "NULL")
    tree = _parsed(db, where)
    expressions = tree.pop("select_list", [])
    frame.pop("select_list")
    if len(expressions) != 1 or _without_places(tree) != _without_places(frame):
        raise ValueError("is more than one condition; write one expression, without SELECT, commas or semicolons.")
    for node in _nodes(expressions[0]):
        _check_node(node)
    try:
        db.execute(_FRAME.format(where))
        kind = str(db.description[0][1]).upper() if db.description else ""
    except duckdb.Error as e:
        raise ValueError(f"cannot be evaluated: {_first_line(e)}") from e
    if kind not in ("BOOLEAN", "BOOL"):
        raise ValueError(f"gives a value of type {kind}, not true or false: compare it with something.")


def _parsed(db: duckdb.DuckDBPyConnection, where: str) -> dict[str, Any]:
    """The syntax tree of a query that selects the condition; ValueError when it is no SQL, or no single query."""
    (text,) = db.execute("SELECT json_serialize_sql($query::VARCHAR)", {"query": _FRAME.format(where)}).fetchone() or ()
    tree = json.loads(text)
    if tree["error"]:
        raise ValueError(f"is not valid SQL: {' '.join(str(tree['error_message']).split())[:200]}.")
    if len(tree["statements"]) != 1:
        raise ValueError("is more than one condition; write one expression, without semicolons.")
    node: dict[str, Any] = tree["statements"][0]["node"]
    return node


def _without_places(value: Any) -> Any:
    """A syntax tree without the positions in the text."""
    if isinstance(value, dict):
        return {k: _without_places(v) for k, v in value.items() if not k.startswith("query_location")}
    return [_without_places(v) for v in value] if isinstance(value, list) else value


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All nodes of a syntax tree that are expressions or queries."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class" in value or "node" in value or "from_table" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _check_node(node: dict[str, Any]) -> None:
    """Raise ValueError where a node of the syntax tree is on none of the lists."""
    kind = node.get("class", "SUBQUERY")
    if kind not in _NODES:
        words = {"SUBQUERY": "a query inside it", "WINDOW": "a window function", "STAR": "`*`"}.get(kind, kind.lower())
        raise ValueError(f"uses {words}; a condition looks at the columns of one document only.")
    if kind == "COLUMN_REF":
        _check_column([str(name).lower() for name in node["column_names"]])
    elif kind == "FUNCTION":
        name = str(node["function_name"]).lower()
        if name not in _FUNCTIONS or node.get("catalog"):
            close = difflib.get_close_matches(name, _WORDS, 1, 0.6)
            hint = f"Did you mean `{close[0]}`?" if close else f"Known are {', '.join(_WORDS)}."
            raise ValueError(f"uses the function `{name}`, which filters do not have. {hint}")
        given = node.get("arguments") or node.get("children") or []
        patterns = [argument.get("expression", argument) for argument in given[1:2]]
        if name in _PATTERNS and any(pattern["class"] != "CONSTANT" for pattern in patterns):
            raise ValueError(f"uses `{name}` with a pattern that is no constant; write the pattern in quotes.")


def _check_column(names: list[str]) -> None:
    """Raise ValueError for a column that documents do not have, or not yet."""
    asked = ".".join(names)
    signals = [f"quality.{field.name}" for field in schema.QUALITY]
    known = [name for name in schema.DOCUMENTS.names if name not in schema.OF_THE_CORPUS]
    if asked in schema.OF_THE_CORPUS:  # duplicates are looked for among what the filters let through
        raise ValueError(f"asks for `{asked}`, which is decided after the filters, by [duplicates].")
    if asked not in known and asked not in signals:
        close = [name for name in signals if name.partition(".")[2] == names[-1]]
        close = close or difflib.get_close_matches(asked, [*known, *signals], 1, 0.6)
        columns = f"Known are {', '.join(known)}; {', '.join(signals)}."
        hint = f"Did you mean `{close[0]}`?" if close else columns
        raise ValueError(f"asks for a column `{asked}`, which documents do not have. {hint}")


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200].rstrip(".") + "."
