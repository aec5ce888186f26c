"""What differs between two versions, in words: for the change log, the terminal and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.release.diff.causes import CAUSES

_MOST = 120
"""Characters of a text of the recipe that are shown."""
_NEWLY = {"drop": "newly dropped", "keep": "newly kept", "metadata": "moved to metadata"}
_STILL = {"drop": "dropped as before, now", "keep": "kept as before, now", "metadata": "metadata as before, now"}


_MEASURED = frozenset({"characters", "words", "lines_kept", "lines_dropped", "lines_metadata", "language_score",
                       "provenance", "source_sha256"})  # fmt: skip


def is_measured(column: str) -> bool:
    """Whether a column only follows from others, such as a count of words: it differs where they do."""
    return column in _MEASURED or column.startswith("quality.")


@dataclass(slots=True)
class Rejudged:
    """Lines that were judged otherwise, and alike: how many, what befell them, and for which reasons.

    `words` end before the role: "newly dropped" (as) `role`.
    """

    words: str
    was: str
    verdict: str
    role: str
    lines: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def rejudged_lines(lines: Mapping[str, Any]) -> list[Rejudged]:
    """Groups of `summary["lines"]`, the largest first, those with another verdict before those with another role."""
    groups: dict[tuple[bool, str, str, str], Rejudged] = {}
    for was, verdict, role, reason, count in lines.get("rejudged", ()):
        words = (_STILL if was == verdict else _NEWLY)[verdict]
        key = was == verdict, verdict, role, was if was == verdict else ""
        group = groups.setdefault(key, Rejudged(words, was, verdict, role))
        group.lines += count
        group.reasons[reason] = group.reasons.get(reason, 0) + count
    for group in groups.values():
        group.reasons = dict(sorted(group.reasons.items(), key=lambda item: (-item[1], item[0])))
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], -groups[key].lines, key))]


def caused(change: str, causes: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int, str]]:
    """Causes of one kind of change, the most frequent first: code, documents, words."""
    ranked = sorted(causes.get(change, {}).items(), key=lambda item: (-item[1], item[0]))
    return [(code, count, CAUSES[change][code].words if code in CAUSES[change] else code) for code, count in ranked]


def value_text(value: Any) -> str:
    """A value of the recipe as a person writes it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {value_text(inner)}" for key, inner in value.items() if inner is not None)
    if isinstance(value, str):
        text = " ".join(value.split())
        return f'"{text}"' if len(text) <= _MOST else f'"{text[:_MOST].rstrip()}..."'
    return str(value)


def made_otherwise(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the newer version was made with that the older was not: (what, how it changed)."""
    told = [(key, f"{value_text(old)} → {value_text(new)}") for key, old, new in summary["recipe"]]
    old, new = summary["cleaner"]
    if old != new:
        told.append(("cleaner", f"{old} → {new}"))
    if summary["code_changed"]:
        told.append(("code", "what decides about a page is another code, or stands on other libraries"))
    if summary["model_changed"]:
        told.append(("model", "the judge has another model"))
    told += [(name, f"{old or 'not there'} → {new or 'not there'}") for name, (old, new) in summary["tools"].items()]
    told += [(f"column {name}", "new") for name in summary["new_columns"]]
    told += [(f"column {name}", "no longer there") for name in summary["gone_columns"]]
    return told
