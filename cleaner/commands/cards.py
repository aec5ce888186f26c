"""Commands about the dataset's card and what is made of it: `card`, `archive`."""

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
    edit: Annotated[bool, typer.Option("--edit", help="Ask for what only a person knows, and keep the answers.")] = False,
) -> None:
    """Make the dataset's card anew, and say what it lacks.

    Written are README.md, its pictures, croissant.json, CITATION.cff and LICENSE. What you wrote into README.md outside
    of the marks stays. What nobody has stated is named, and what contradicts the data. With --edit you are asked for
    what is open; the answers go to PROCESSED/card.toml.
    """
    from cleaner.release.refresh import refresh_card
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
