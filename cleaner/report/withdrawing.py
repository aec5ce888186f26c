"""What `cleaner withdraw` shows: the documents that go, and what becomes of the versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from cleaner.report.console import BAD, DIM, GOOD, counted, glyphs_for, printable, shorten

if TYPE_CHECKING:
    from cleaner.release.withdraw.withdraw import Leaving, Withdrawal

MOST = 50
"""Documents shown one by one."""


def leaving_rows(found: Withdrawal, console: Console) -> Iterator[Text]:
    """The documents that a withdrawal takes out, those that were named first, and the versions that it changes."""
    for name in found.already:
        yield Text(f"{printable(name)} is withdrawn already.")
    if not found.documents:
        return
    verb = "leaves" if len(found.documents) == 1 else "leave"
    yield Text.assemble((counted(len(found.documents), "document"), BAD), f" {verb} every version:")
    for document in found.documents[:MOST]:
        yield _row(document, console)
    if len(found.documents) > MOST:
        yield Text(f"  and {counted(len(found.documents) - MOST, 'more document')}", DIM)
    left = f"{counted(found.left, 'document')} left"
    yield Text(f"Version {found.version}, with {left}, will say how many were withdrawn, and not which.")
    if found.amended:
        yield Text(f"To be amended: {', '.join(found.amended)}.")


def done_rows(found: Withdrawal, processed: str) -> Iterator[Text]:
    """What was done, and what is left to do for whoever did it."""
    if not found.documents:
        yield Text(f"Nothing is left to withdraw from {printable(processed)}.")
        return
    yield Text.assemble(
        (f"{counted(len(found.documents), 'document')} withdrawn for good", GOOD),
        f". Version {found.version} is the first without; {_changed(found)}.",
    )
    yield Text("Publish again to bring in line what you have published. The raw files are as they were: later runs")
    yield Text(f"leave these documents out, by {printable(processed)}/withdrawn.jsonl. Keep that list, to yourself.")


def _changed(found: Withdrawal) -> str:
    if not found.amended:
        return "no older version held any of it"
    return f"{', '.join(found.amended)} {'is' if len(found.amended) == 1 else 'are'} amended"


def _row(document: Leaving, console: Console) -> Text:
    glyphs = glyphs_for(console)
    where = f"in {', '.join(document.versions)}" if document.versions else "left out of the newest version"
    why = "" if document.named else "the same page: "
    title = shorten(document.title or "(no title)", 60, glyphs)
    opening, closing = glyphs.quotes
    return Text.assemble(
        f"  {document.id[:12]}  {opening}{title}{closing}",
        (f"  {printable(document.url)}" if document.url else "", DIM), f"  {why}{where}",
    )  # fmt: skip
