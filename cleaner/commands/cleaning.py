"""Commands that clean: `run`, `clean`, `explain`, and the tables they go by, `roles` and `recipe`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleaner.commands.guard import close_stdout, command, data_stream, warn
from cleaner.commands.options import PageFormat, RecipeFile, load_recipe, progress
from cleaner.errors import DocumentError
from cleaner.remote.places import place_of

if TYPE_CHECKING:
    from cleaner.records import Document


class Engine(StrEnum):
    """How the work is spread."""

    local = "local"
    dask = "dask"
    ray = "ray"


class PageKind(StrEnum):
    """What a page is made of."""

    html = "html"
    text = "text"


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


@command
def run(
    raw: Annotated[str, typer.Argument(metavar="RAW", help="Folder, file or URL with the pages. It is only read.")],
    processed: Annotated[
        str, typer.Argument(metavar="PROCESSED", help="Folder of the dataset, or its URL; made if need be.")
    ],
    recipe: RecipeFile = None,
    workers: Annotated[int | None, typer.Option(min=1, metavar="N", help="Worker processes; else one a core.")] = None,
    engine: Annotated[
        Engine, typer.Option(help="How the work is spread: over this machine's processes, or a cluster's.")
    ] = Engine.local,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Cluster to use (tcp://..., ray://..., auto), else one here."),
    ] = None,
    work: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Folder or URL for the run's state (default: .cleaner in PROCESSED)."),
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="X.Y.Z", help="Number for the new version, where a higher one is wanted.")
    ] = None,
    compact: Annotated[bool, typer.Option("--compact", help="Join small shards that have piled up.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, and nothing else.")] = False,
) -> None:
    """Clean all pages of RAW, and release what has changed.

    A run that was interrupted goes on where it was; pages that have not changed are not cleaned again. Exit code 3
    says that the release is made, but some sources were rejected: see PROCESSED/rejects.jsonl.
    """
    chosen = load_recipe(recipe)
    with progress(quiet or as_json) as on_progress:
        from cleaner.pipeline import run as run_pipeline  # takes a moment, during which something should be seen

        try:
            report = run_pipeline(
                place_of(raw), place_of(processed), recipe=chosen, workers=workers, engine=engine.value,
                scheduler=scheduler, work=work, version=version, compact=compact, on_progress=on_progress,
            )  # fmt: skip
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
    for found in clean_pages(file, url, kind.value if kind else None, load_recipe(recipe)):
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


@command
def explain(
    page: Annotated[str, typer.Argument(metavar="FILE|DOC_ID", help="File with a page, or a document's id.")],
    processed: Annotated[Path, typer.Option("--in", metavar="PROCESSED", help="Dataset that holds DOC_ID.")] = Path(
        "processed"
    ),
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
    for found in clean_pages(page, recipe=load_recipe(recipe)):
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
    chosen = load_recipe(file)
    if chosen is None:
        print(recipe_toml())
        return
    changes = recipe_changes(chosen)
    print(f"{file} is a good recipe. " + ("It differs from the default in:" if changes else "It is the default."))
    for key, value, default in changes:
        print(f"  {key} = {value}  (default: {default})")
