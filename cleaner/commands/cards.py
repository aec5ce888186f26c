"""Commands about the dataset's card, and about archives that keep a version: `card`, `archive`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cleaner.commands.guard import command
from cleaner.commands.options import Processed


@command
def card(
    processed: Processed,
    edit: Annotated[bool, typer.Option("--edit", help="Ask for what only a person knows; keep the answers.")] = False,
) -> None:
    """Make the dataset's card anew, and say what it lacks.

    Written are README.md, its pictures, croissant.json, CITATION.cff and LICENSE. What you wrote into README.md outside
    of the marks stays. What nobody has stated is named, and what contradicts the data. With --edit you are asked for
    what is open; the answers go to PROCESSED/card.toml.
    """
    from cleaner.release.card.refresh import refresh_card
    from cleaner.report.card import card_report

    if edit:
        print("An empty line leaves a question open; Ctrl-D ends the asking. What you answer is kept either way.")
    for line in card_report(refresh_card(processed, _ask if edit else None), str(processed)):
        print(line)


def _ask(key: str, meaning: str) -> str | None:
    """One question in the terminal; an empty line leaves it open, the end of the input ends the asking."""
    print(f"\n{key}: {meaning}", flush=True)
    try:
        return input("> ")
    except EOFError:
        print()
        return None
    except KeyboardInterrupt:  # what was answered so far is kept
        print("\n(stopped; what you answered is kept)", file=sys.stderr)
        return None


@command
def archive(
    processed: Processed,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="File that ends in .zip, or folder; not there yet.")],
    version: Annotated[str | None, typer.Option(metavar="V", help="Version to write (default: the newest).")] = None,
) -> None:
    """Write one version for an archive such as Zenodo.

    A TARGET that ends in .zip becomes a BagIt bag, any other a folder that is an RO-Crate; the bag holds the RO-Crate.
    Licence and date of publication must have been stated (see `cleaner card`).
    """
    from cleaner.release.card.bagit import write_bagit_zip
    from cleaner.release.card.rocrate import write_ro_crate

    if target.suffix.lower() == ".zip":
        print(f"Written: {write_bagit_zip(processed, target, version)}, a BagIt bag with an RO-Crate.")
    else:
        print(f"Written: {write_ro_crate(processed, target, version)}, an RO-Crate.")
