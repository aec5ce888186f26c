"""What two versions were made with, compared: recipe, code, model, libraries, columns. From the manifests alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cleaner.release.manifest import Manifest

_NO_PAGE = ("card", "release", "filter")
"""Sections of the recipe that change no document."""


def made_with(old: Manifest, new: Manifest) -> dict[str, Any]:
    """What differs: plain data.

    `recipe` (lists of key, old value, new value; None where a recipe has no such key), `cleaner` (old, new), `tools`
    (name -> old, new), `code_changed`, `model_changed`, `new_columns`, `gone_columns` (names).
    """
    names = [{name for name, _ in manifest.columns["documents"]} for manifest in (old, new)]
    tools = sorted({*old.tools, *new.tools})
    return {
        "recipe": recipe_changes(old, new),
        "cleaner": [old.cleaner, new.cleaner],
        "tools": {t: [old.tools.get(t), new.tools.get(t)] for t in tools if old.tools.get(t) != new.tools.get(t)},
        "code_changed": old.code != new.code,
        "model_changed": old.model != new.model,
        "new_columns": sorted(names[1] - names[0]),
        "gone_columns": sorted(names[0] - names[1]),
    }


def recipe_changes(old: Manifest, new: Manifest) -> list[list[Any]]:
    """Dotted keys of the recipe whose value differs, with both values."""
    one, other = (dict(_flat("", manifest.recipe)) for manifest in (old, new))
    return [[key, one.get(key), other.get(key)] for key in sorted({*one, *other}) if one.get(key) != other.get(key)]


def recipe_reach(old: Manifest, new: Manifest) -> tuple[bool, list[str]]:
    """Whether the recipe changed for the pages of every site; and, if for some only, the names of those sites."""
    keys = [key for key, _, _ in recipe_changes(old, new) if key.partition(".")[0] not in _NO_PAGE]
    sites = {_site_name(key) for key in keys if key.startswith("site.")}
    return any(not key.startswith("site.") for key in keys), sorted(sites)


def _site_name(key: str) -> str:
    """The site of a dotted key such as `site."example.org".drop`."""
    quoted = key.removeprefix("site.").rpartition(".")[0]
    name: str = json.loads(quoted)
    return name


def _flat(where: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        name = json.dumps(key, ensure_ascii=False) if where == "site." else key
        if isinstance(value, dict):
            yield from _flat(f"{where}{name}.", value)
        else:
            yield f"{where}{name}", value
