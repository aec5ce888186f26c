"""Records of JSON, CSV and Parquet as sources: which field is the page, and what the record says of itself."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import email.utils
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from cleaner.read.field_names import NESTED, ROLES, USUAL, squeeze
from cleaner.recipe import FieldNames, Recipe
from cleaner.records import Reject, Source

Row = Mapping[str, Any]

_INNER = ("rendered", "text", "html", "value", "content", "name", "#text", "@value")
"""Where the value is when a field holds an object: WordPress's {"rendered": "..."}, schema.org's {"name": "..."}."""

_DECLARED = (
    "title", "subtitle", "authors", "published", "modified", "publisher", "language", "section", "tags", "license",
)  # fmt: skip
_WEB = re.compile(r"https?://[^\s<>\"]{1,8000}\Z", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.{0,30})?\Z")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\Z")


_NESTED_RANK = 1000
"""What a nested field stands behind one of the record itself."""


def read_record(
    row: Any, path: str, record: int | None, recipe: Recipe, notes: tuple[str, ...] = ()
) -> Source | Reject:
    """A record as a source; as a Reject "not_a_record", "no_text_field" or "empty" when it holds no page.

    HTML is taken before text where a record has both: it tells more of a page.
    """
    if not isinstance(row, Mapping):
        kind = {list: "a list", str: "a text", type(None): "null", bool: "true or false"}.get(type(row), "a number")
        return Reject(path, "not_a_record", f"It is {kind}, not an object with named fields.", record)
    found = find_fields(row, recipe.read.fields)
    data: str | bytes | None = found.get("html")
    declared_type: str | None = "text/html"
    if data is None:
        data, declared_type = found.get("text"), found.get("media_type")
    if data is None:
        return _without_text(row, path, record, recipe)
    return Source(
        data,
        url=found.get("url"),
        path=path,
        record=record,
        charset=found.get("charset"),
        media_type=declared_type,
        retrieved_at=found.get("retrieved_at"),
        declared=declared_of(found),
        notes=notes,
    )


def declared_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """What `find_fields` found of that which a record says of itself."""
    return {role: found[role] for role in _DECLARED if role in found}


def holds_page(row: Any, recipe: Recipe) -> bool:
    """Whether a value is an object with a field of HTML or text."""
    if not isinstance(row, Mapping):
        return False
    found = find_fields(row, recipe.read.fields)
    return "html" in found or "text" in found


def find_fields(row: Row, names: FieldNames) -> dict[str, Any]:
    """What a record holds, by role (the keys of USUAL): the best field that has a fitting value.

    The recipe's names come first, then the usual names of the record's own fields, then those of nested ones.
    """
    ranked: dict[str, list[tuple[int, Any]]] = {}
    _rank(row, 0, ranked)
    found: dict[str, Any] = {}
    for role, candidates in ranked.items():
        if len(candidates) > 1:
            candidates.sort(key=lambda c: c[0])
        for _, value in candidates:
            if (fitting := _FITTING[role](value)) is not None:
                found[role] = fitting
                break
    for field in dataclasses.fields(names):
        for name in getattr(names, field.name):
            if (fitting := _FITTING[field.name](_look_up(row, name))) is not None:
                found[field.name] = fitting
                break
    return found


def fields_worth_reading(columns: list[str], names: FieldNames) -> list[str]:
    """The columns of a table that have a usual name, nest others, or are named in the recipe.

    None of them if no page can be in them.
    """
    named = {f.name: [n.lower() for n in getattr(names, f.name)] for f in dataclasses.fields(names)}
    worth, holds = [], False
    for column in columns:
        lower = column.lower()
        outer, _, inner = lower.rpartition(".")
        roles = {role for role, _ in ROLES.get(squeeze(inner if outer in NESTED else lower), ())}
        roles |= {role for role, wanted in named.items() for n in wanted if lower in (n, n.partition(".")[0])}
        if roles or lower in NESTED:
            worth.append(column)
            holds = holds or lower in NESTED or bool(roles & {"html", "text"})
    return worth if holds else []


def _rank(row: Row, depth: int, ranked: dict[str, list[tuple[int, Any]]]) -> None:
    """Add the fields of `row` that have a usual name to `ranked`: role -> (rank, value)."""
    for name, value in row.items():
        if value is None or not isinstance(name, str):
            continue
        outer, dot, inner = name.rpartition(".")
        flat = bool(dot) and outer.lower() in NESTED
        for role, rank in ROLES.get(squeeze(inner if flat else name), ()):
            ranked.setdefault(role, []).append((rank + (_NESTED_RANK if flat or depth else 0), value))
        if depth == 0 and name.lower() in NESTED and (nested := _as_row(value)) is not None:
            _rank(nested, 1, ranked)


def _as_row(value: Any) -> Row | None:
    """A nested object, also one that stands as JSON in a text."""
    if isinstance(value, str) and value.startswith("{") and len(value) < 1_000_000:
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, Mapping) else None


def _look_up(row: Row, name: str) -> Any:
    """The value of a field that the recipe names: as written, in any case, or as a path ("meta.url")."""
    if name in row:
        return row[name]
    for key, value in row.items():
        if isinstance(key, str) and key.lower() == name.lower():
            return value
    outer, dot, inner = name.partition(".")
    nested = _as_row(row.get(outer)) if dot else None
    return None if nested is None else _look_up(nested, inner)


def _without_text(row: Row, path: str, record: int | None, recipe: Recipe) -> Reject:
    pages = [*USUAL["html"], *USUAL["text"], *recipe.read.fields.html, *recipe.read.fields.text]
    there = [name for name, value in row.items() if isinstance(name, str) and squeeze(name) in map(squeeze, pages)]
    if there and all(row[name] is None or (isinstance(row[name], str) and not row[name].strip()) for name in there):
        return Reject(path, "empty", f"There is nothing in its field `{there[0]}`.", record)
    return Reject(path, "no_text_field", explain_fields(list(row)), record)


def explain_fields(names: list[Any]) -> str:
    """The message for a record or table without a field of text: which fields it has, and what to do."""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    shown = ", ".join(f"`{str(name)[:40]}`" for name in names[:12]) + more
    has = f"It has {shown}." if names else "It has no field at all."
    return f"No field holds text or HTML. {has} Name the right one in the recipe: [read.fields] text = \"...\"."


def _unwrap(value: Any) -> Any:
    """The value inside of an object that stands for one."""
    if isinstance(value, Mapping):
        return next((value[key] for key in _INNER if value.get(key)), None)
    return value


def _page(value: Any) -> str | bytes | None:
    value = _unwrap(value)
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        value = "\n\n".join(value)
    return value if isinstance(value, (str, bytes)) and value.strip() else None


def _words(value: Any) -> str | None:
    value = _unwrap(value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        value = value[0]
    if not isinstance(value, str):
        return None
    return " ".join(value[:10_000].split()) or None


def _many(value: Any) -> list[str] | None:
    if isinstance(value, str) and value.startswith("["):
        with contextlib.suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)
    values = value if isinstance(value, list) else [value]
    return [words for v in values[:1000] if (words := _words(v))] or None


def _address(value: Any) -> str | None:
    value = value.strip() if isinstance(value, str) else _unwrap(value)
    return value if isinstance(value, str) and _WEB.match(value) else None


def _publisher(value: Any) -> str | None:
    words = _words(value)
    return None if words is None or _WEB.match(words) else words


def _date(value: Any) -> str | None:
    """A date as it was written; seconds or milliseconds since 1970 and dates of Parquet as ISO 8601."""
    value = _unwrap(value)
    if isinstance(value, str) and value.isdecimal() and len(value) in (10, 13):
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value / 1000 if value > 1e11 else value
        if not 1e8 < seconds < 5e9:
            return None
        return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return _words(value)


def read_time(value: Any) -> str | None:
    """A time of download as ISO 8601: out of ISO, RFC 2822, the 14 digits of web archives, or seconds since 1970."""
    words = _date(value)
    if words is None or _ISO.match(words):
        return f"{words[:10]}T{words[11:]}" if words and words[10:11] == " " else words
    if match := _STAMP.match(words):
        words = "{}-{}-{}T{}:{}:{}Z".format(*match.groups())
        return words if _is_time(words) else None
    try:
        parsed = email.utils.parsedate_to_datetime(words[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if parsed.tzinfo is None:  # "-0000": universal time, the place unknown
        parsed = parsed.replace(tzinfo=datetime.UTC)
    return parsed.isoformat().replace("+00:00", "Z")


def _is_time(words: str) -> bool:
    try:
        datetime.datetime.fromisoformat(words)
    except ValueError:
        return False
    return True


def _label(value: Any) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None


_FITTING: dict[str, Callable[[Any], Any]] = {
    "html": _page,
    "text": _page,
    "url": _address,
    "publisher": _publisher,
    "authors": _many,
    "tags": _many,
    "published": _date,
    "modified": _date,
    "retrieved_at": read_time,
    "charset": _label,
    "media_type": _label,
    **dict.fromkeys(("title", "subtitle", "language", "section", "license"), _words),
}
"""Role -> the function that gives a value in the role's form, or None if it does not fit."""
