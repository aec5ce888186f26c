"""Commands about the judge: `evaluate` measures it on labelled pages, `train` makes it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cleaner.commands.guard import command, data_stream, extra, warn
from cleaner.commands.options import PageFormat, RecipeFile, load_recipe, progress


class Variant(StrEnum):
    """In what form `evaluate` cleans labelled pages: as they are, or as a flattener leaves them."""

    html = "html"
    nodes = "nodes"
    layout = "layout"
    blocks = "blocks"
    first_pass = "first_pass"
    text = "text"


Labelled = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of labelled pages (see docs/judging.md).")]


@command
def evaluate(
    folder: Labelled,
    variant: Annotated[
        list[Variant] | None,
        typer.Option(
            metavar="FORM",
            help=f"Form to clean the pages in: {', '.join(Variant)}. May be given more than once (default: all).",
        ),
    ] = None,
    worst: Annotated[
        int, typer.Option(min=0, metavar="N", show_default=False, help="Show the N worst pages, too.")
    ] = 0,
    pages: Annotated[bool, typer.Option("--pages", help="Show every page, too, the worst first.")] = False,
    format: Annotated[PageFormat, typer.Option(help="Tables, or everything as JSON.")] = PageFormat.text,
    model: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Model to judge by (default: the installed one).")
    ] = None,
    recipe: RecipeFile = None,
) -> None:
    """Measure the judge on labelled pages.

    Each page is cleaned as HTML and as four flatteners leave it (a page that is text: as it is), and the text that
    would be published is held against the gold text: word F1, precision and recall, per set, form and type of page.
    """
    chosen = load_recipe(recipe)
    with extra("train"), progress(format is PageFormat.json) as on_progress:
        from cleaner.judge.training.evaluate import evaluate as measure

        found = measure(folder, variant or None, on_progress, model=model, recipe=chosen)
    data_stream()
    if format is PageFormat.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        return
    from cleaner.judge.training.scores import worst_first
    from cleaner.report.console import make_console
    from cleaner.report.scores import figures_tables, pages_table, seen_text

    console = make_console()
    for part in figures_tables(found.scores):
        console.print(part)
    if pages or worst:
        console.print(pages_table(worst_first(found.scores)[: None if pages else worst]))
        console.print()
    console.print(seen_text(found.seen, found.pages), soft_wrap=True)


@command
def train(
    folder: Labelled,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the model is written (default: into the package).")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a model that lies there.")] = False,
) -> None:
    """Train the judge on labelled pages.

    It takes about a second a page on two cores: 25 minutes for 1,300 pages. The table at the end is of pages that the
    model had not seen (cross-validation by domain). The same pages and library versions give the same model.
    """
    with extra("train"):
        from cleaner.judge.model import FOLDER, check_place
        from cleaner.judge.training.benchmark import read_benchmark
        from cleaner.judge.training.train import train as train_model

        place = out or FOLDER
        check_place(place, replace)
        number = len(read_benchmark(folder))
        minutes = max(round(number / 50), 1)
        warn(f"{number:,} labelled pages: this takes about {minutes} min on two cores.")
        scores = train_model(folder, place, warn)
    from cleaner.report.console import make_console, path_text
    from cleaner.report.scores import figures_tables

    console, where = make_console(), path_text(str(place))
    for part in figures_tables(scores):
        console.print(part)
    use = f"`cleaner evaluate DIR --model {where}` judges by it" if out else "cleaner judges by it from now on"
    console.print(f"The model is in {where}: {use}.", soft_wrap=True)
