"""The command line: which commands there are. What each does is in `cleaner/commands/`, one thin function a command.

Everything heavy is imported inside those functions, so that `cleaner --help` answers at once.

Exit codes: 0 ok, 1 failure, 2 usage or recipe, 3 done with rejects, 4 verification failed, 5 refused, 130 interrupted.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cleaner import __version__
from cleaner.commands import cards, cleaning, judging, releases

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

for function in (
    cleaning.run,
    cleaning.clean,
    cleaning.explain,
    cleaning.roles,
    cleaning.recipe,
    releases.versions,
    releases.diff,
    releases.verify,
    releases.publish,
    releases.withdraw,
    cards.card,
    cards.archive,
    judging.evaluate,
    judging.train,
):
    app.command()(function)


def main() -> None:
    """Entry point of the command `cleaner`."""
    app(prog_name="cleaner")


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
