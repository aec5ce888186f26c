from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.read import InputFile, find, read_file
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

Items = list[Source | Reject | Skipped]
Read = Callable[..., Items]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write `data` under `name`, alone in a folder, and read it."""

    def read_one(name: str, data: bytes | str, recipe: Recipe | str = "") -> Items:
        folder = tmp_path / "one"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        recipe = Recipe.parse(recipe) if isinstance(recipe, str) else recipe
        (file,) = [met for met in find(path) if isinstance(met, InputFile)]
        return list(read_file(file, recipe))

    return read_one


@pytest.fixture
def read_folder(tmp_path: Path) -> Read:
    """Everything that a folder holds: what finding skipped, and what reading gave."""

    def read_all(folder: Path, recipe: Recipe | str = "") -> Items:
        recipe = Recipe.parse(recipe) if isinstance(recipe, str) else recipe
        items: Items = []
        for met in find(folder):
            items += [met] if isinstance(met, Skipped) else list(read_file(met, recipe))
        return items

    return read_all
