"""Facts: what is declared about a page, field by field, and how a declared value becomes plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from cleaner.describe.view import Found

MAX_VALUE = 1_000  # characters

Facts = dict[str, list[Found]]
"""Field -> candidates, the most trusted first. Authors are (name, type) pairs, type "Person", "Organization" or ""."""

_MARKUP = re.compile(r"<[^<>]{0,500}>")
_SPACE = re.compile(r"\s+")


def plain(value: object) -> str | None:
    """A declared value as one line of text without entities and tags; None when nothing is left or it is no text."""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name")
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str | Mapping)), None)
        return plain(value) if not isinstance(value, list) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value[: MAX_VALUE * 4]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    return _SPACE.sub(" ", text).strip()[:MAX_VALUE] or None


def add(facts: Facts, field: str, value: Any, method: str, confidence: float) -> None:
    """Note a candidate for a field, unless its value is empty."""
    if value:
        facts.setdefault(field, []).append(Found(value, method, confidence))


def listed(value: Any) -> list[str]:
    """Key words as a list, given as one or as a text with commas."""
    parts: list[Any] = []
    for one in value if isinstance(value, list) else [value]:
        parts.extend(re.split(r"[,;،、，]", one[:5_000]) if isinstance(one, str) else [one])
    names = [plain(p) for p in parts[:60]]
    return list(dict.fromkeys(n for n in names if n and len(n) <= 100))[:30]
