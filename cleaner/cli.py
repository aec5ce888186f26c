"""The command line: one thin function a command.

Everything heavy is imported inside the functions, so that `cleaner --help` answers at once.

Exit codes: 0 ok, 1 failure, 2 usage or recipe, 3 done with rejects, 4 verification failed, 5 refused, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleaner import __version__
from cleaner.command import close_stdout, command, data_stream, extra, warn
from cleaner.errors import DocumentError, VerificationError

if TYPE_CHECKING:
    from cleaner.recipe import Recipe
    from cleaner.records import Document
    from cleaner.report.summary import OnProgress

app = typer.Typer(
    name="cleaner",
    help="Turn scraped web pages, HTML or flattened text, into a versioned dataset.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Engine(StrEnum):
    """How the work is spread."""

    local = "local"


class PageKind(StrEnum):
    """What a page is made of."""

    html = "html"
    text = "text"


class PageFormat(StrEnum):
    """What `clean` and `evaluate` write."""

    text = "text"
    json = "json"


class RolesFormat(StrEnum):
    """What `roles` writes."""

    table = "table"
    json = "json"
    markdown = "markdown"


class VerdictChoice(StrEnum):
    """Which lines `explain` shows."""

    keep = "keep"
    drop = "drop"
    metadata = "metadata"


class Variant(StrEnum):
    """In what form `evaluate` cleans labelled pages: as they are, or as a flattener leaves them."""

    html = "html"
    nodes = "nodes"
    layout = "layout"
    blocks = "blocks"
    first_pass = "first_pass"
    text = "text"


Processed = Annotated[Path, typer.Argument(metavar="PROCESSED", help="Folder of the dataset.")]
RecipeFile = Annotated[
    Path | None, typer.Option("--recipe", metavar="FILE", help="Recipe to go by (TOML; see `cleaner recipe`).")
]

Labelled = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of labelled pages (see docs/judging.md).")]


def main() -> None:
    """Entry point of the command `cleaner`."""
    app(prog_name="cleaner")


def _recipe(path: Path | None) -> Recipe | None:
    from cleaner.recipe import Recipe

    return None if path is None else Recipe.load(path)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"cleaner {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Turn scraped web pages, HTML or flattened text, into a versioned dataset."""


# --- the commands ----------------------------------------------------------------------------------------------------


@app.command()
@command
def run(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="Folder or file with the pages. It is only read.")],
    processed: Annotated[Path, typer.Argument(metavar="PROCESSED", help="Folder of the dataset; made if need be.")],
    recipe: RecipeFile = None,
    workers: Annotated[int | None, typer.Option(min=1, metavar="N", help="Worker processes; else one a core.")] = None,
    engine: Annotated[Engine, typer.Option(help="How the work is spread.")] = Engine.local,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, and nothing else.")] = False,
) -> None:
    """Clean all pages of RAW, and release what has changed.

    A run that was interrupted goes on where it was; pages that have not changed are not cleaned again. Exit code 3
    says that the release is made, but some sources were rejected: see PROCESSED/rejects.jsonl.
    """
    chosen = _recipe(recipe)
    with _progress(quiet or as_json) as on_progress:
        from cleaner.pipeline import run as run_pipeline  # takes a moment, during which something should be seen

        try:
            report = run_pipeline(
                raw, processed, recipe=chosen, workers=workers, engine=engine.value, on_progress=on_progress
            )
        except BrokenPipeError as error:  # not stdout, on which nothing was written yet
            raise RuntimeError("a pipe between processes broke") from error
    try:
        if as_json:
            print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2), flush=True)
        elif not quiet:
            from cleaner.read.causes import CAUSES
            from cleaner.report.console import glyphs_for, make_console, summary

            console = make_console()
            console.print(summary(report, CAUSES, console.width, glyphs_for(console)), soft_wrap=True)
            sys.stdout.flush()
    except BrokenPipeError:  # the run is done all the same, and its exit code says how
        close_stdout()
    raise typer.Exit(report.exit_code)


@contextlib.contextmanager
def _progress(silent: bool) -> Iterator[OnProgress | None]:
    if silent:
        yield None
        return
    from cleaner.report.console import make_console
    from cleaner.report.progress import shown

    with shown(make_console(stderr=True)) as on_progress:
        yield on_progress


@app.command()
@command
def clean(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="File with one page or many; - is standard input.")],
    url: Annotated[str | None, typer.Option(metavar="U", help="Address of the page.")] = None,
    kind: Annotated[PageKind | None, typer.Option(help="What the page is (default: told from its content).")] = None,
    format: Annotated[PageFormat, typer.Option(help="The text alone, or all that is known.")] = PageFormat.text,
    recipe: RecipeFile = None,
) -> None:
    """Write the text of one page to standard output.

    Of a file that holds several pages (JSONL, WARC, an archive...) all are written: as text with a line
    "# === name ===" before each page, as JSON with one line a page.
    """
    from cleaner.lookup import clean_pages

    data_stream()
    failed, parted = 0, False
    for found in clean_pages(file, url, kind.value if kind else None, _recipe(recipe)):
        if isinstance(found.result, DocumentError):
            if found.name is None:
                raise found.result
            failed += 1
            warn(f"{found.name}: {found.result.message}")
        elif format is PageFormat.json:
            print(json.dumps(_as_dict(found.result), ensure_ascii=False, indent=2 if found.name is None else None))
        else:
            if found.name is not None:
                print(f"{chr(10) if parted else ''}# === {found.name} ===\n")
            print(found.result.text)
            if not found.result.text:
                warn(f"{found.name or file}: no line was kept. `cleaner explain` shows why.")
            parted = True
    if failed:
        raise DocumentError("failed", f"{failed:,} of the pages in {file} could not be cleaned.")


def _as_dict(document: Document) -> dict[str, Any]:
    """A document's columns, then its lines, as plain data."""
    import dataclasses

    return {**document.fields, "lines": [dataclasses.asdict(line) for line in document.lines]}


@app.command()
@command
def explain(
    page: Annotated[str, typer.Argument(metavar="FILE|DOC_ID", help="File with a page, or a document's id.")],
    processed: Annotated[
        Path, typer.Option("--in", metavar="PROCESSED", help="Dataset that holds DOC_ID.")
    ] = Path("processed"),
    version: Annotated[str | None, typer.Option(metavar="V", help="Version to look in (default: the newest).")] = None,
    only: Annotated[VerdictChoice | None, typer.Option(help="Show only lines with this verdict.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Show dropped lines whole, too.")] = False,
    recipe: RecipeFile = None,
) -> None:
    """Show a page line by line: what was kept, and why.

    Each line stands with its verdict, role, reason and score. A page is a file, a record in a file ("pages.jsonl#3",
    "pages.zip!/a.html"), or a document of the dataset by its id, of which the first six digits will do.
    """
    from cleaner.lookup import clean_pages, is_document_id
    from cleaner.report.console import make_console, printable
    from cleaner.report.explain import explain as rows

    console, verdict = make_console(), only.value if only else None
    if is_document_id(page):
        from cleaner.release.open import document_lines

        fields, lines = document_lines(processed, page.lower(), version)
        for row in rows(fields, lines, console, verdict, full):
            console.print(row, soft_wrap=True)
        return
    failed = 0
    for found in clean_pages(page, recipe=_recipe(recipe)):
        if isinstance(found.result, DocumentError):
            if found.name is None:
                raise found.result
            failed += 1
            warn(f"{found.name}: {found.result.message}")
            continue
        if found.name is not None:
            console.print(f"# === {printable(found.name)} ===", soft_wrap=True)
        for row in rows(found.result.fields, found.result.lines, console, verdict, full):
            console.print(row, soft_wrap=True)
        if found.name is not None:
            console.print()
    if failed:
        raise DocumentError("failed", f"{failed:,} of the pages in {page} could not be cleaned.")


@app.command()
@command
def roles(
    format: Annotated[RolesFormat, typer.Option(help="What to write.")] = RolesFormat.table,
) -> None:
    """Print the table of roles and reasons."""
    from cleaner.report import tables

    data_stream()
    if format is RolesFormat.json:
        print(tables.roles_json())
    elif format is RolesFormat.markdown:
        print(tables.roles_markdown())
    else:
        from cleaner.report.console import make_console

        console = make_console()
        for part in tables.roles_tables():
            console.print(part)


@app.command()
@command
def recipe(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Recipe to check.")] = None,
) -> None:
    """Print the default recipe, or check one.

    Without FILE, the default recipe as TOML, every key explained: `cleaner recipe > recipe.toml` begins your own.
    With FILE, that recipe is checked, and where it differs from the default is shown.
    """
    from cleaner.report.tables import recipe_changes, recipe_toml

    data_stream()
    chosen = _recipe(file)
    if chosen is None:
        print(recipe_toml())
        return
    changes = recipe_changes(chosen)
    print(f"{file} is a good recipe. " + ("It differs from the default in:" if changes else "It is the default."))
    for key, value, default in changes:
        print(f"  {key} = {value}  (default: {default})")


@app.command()
@command
def versions(processed: Processed) -> None:
    """List the versions of a dataset."""
    from cleaner.release import open as releases
    from cleaner.report.console import load_line, make_console
    from cleaner.report.tables import versions_table

    manifests, console = releases.versions(processed), make_console()
    console.print(versions_table(manifests))
    console.print()
    console.print(f"Load the newest:  {load_line(str(processed))}", soft_wrap=True)
    console.print(f"Load a version:   {load_line(str(processed), manifests[0].version)}", soft_wrap=True)


@app.command()
@command
def verify(
    processed: Processed,
    version: Annotated[str | None, typer.Argument(metavar="VERSION", help="One version (default: all).")] = None,
) -> None:
    """Check that a dataset is what its manifests say.

    Every file is read: its bytes, its rows, and whether the counts add up. Exit code 4 says that something is wrong.
    """
    from cleaner.release.verify import verify as check
    from cleaner.report.console import counted

    report = check(processed, version)
    for problem in report.problems:
        warn(f"- {problem}")
    if not report.ok:
        found = counted(len(report.problems), "problem")
        raise VerificationError(f"{processed} is not what its manifests say: {found}.")
    checked = f"version {report.versions[0]}" if len(report.versions) == 1 else f"{len(report.versions):,} versions"
    read = f"{counted(report.files, 'file')} with {counted(report.rows, 'row')}"
    print(f"All is well with {processed}, {checked}: {read} read and found as published.")


@app.command()
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
    chosen = _recipe(recipe)
    with extra("train"), _progress(format is PageFormat.json) as on_progress:
        from cleaner.judge.evaluate import evaluate as measure

        found = measure(folder, variant or None, on_progress, model=model, recipe=chosen)
    data_stream()
    if format is PageFormat.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
        return
    from cleaner.judge.scores import worst_first
    from cleaner.report.console import make_console
    from cleaner.report.scores import figures_tables, pages_table, seen_text

    console = make_console()
    for part in figures_tables(found.scores):
        console.print(part)
    if pages or worst:
        console.print(pages_table(worst_first(found.scores)[: None if pages else worst]))
        console.print()
    console.print(seen_text(found.seen, found.pages), soft_wrap=True)


@app.command()
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
        from cleaner.judge.benchmark import read_benchmark
        from cleaner.judge.model import FOLDER, check_place
        from cleaner.judge.train import train as train_model

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
