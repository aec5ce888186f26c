"""Arguments and options that commands share: the recipe that is named, progress that is shown."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cleaner.recipe import Recipe
    from cleaner.report.summary import OnProgress


class PageFormat(StrEnum):
    """What `clean` and `evaluate` write."""

    text = "text"
    json = "json"


Processed = Annotated[Path, typer.Argument(metavar="PROCESSED", help="Folder of the dataset.")]
RecipeFile = Annotated[
    Path | None, typer.Option("--recipe", metavar="FILE", help="Recipe to go by (TOML; see `cleaner recipe`).")
]


def load_recipe(path: Path | None) -> Recipe | None:
    """The recipe in the file that was named, if one was."""
    from cleaner.recipe import Recipe

    return None if path is None else Recipe.load(path)


@contextlib.contextmanager
def progress(silent: bool) -> Iterator[OnProgress | None]:
    """Shows on stderr how far the work is, unless it is to be silent."""
    if silent:
        yield None
        return
    from cleaner.report.console import make_console
    from cleaner.report.progress import shown

    with shown(make_console(stderr=True)) as on_progress:
        yield on_progress
