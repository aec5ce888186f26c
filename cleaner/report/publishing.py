"""What `cleaner publish` shows: how far it is, and what was sent or would be."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from cleaner.remote.places import protocol_of
from cleaner.report.console import BAD, DIM, GOOD, counted, load_line, printable

if TYPE_CHECKING:
    from cleaner.publish.publish import OnSending, PublishReport, Sending


@contextlib.contextmanager
def sending_shown(console: Console) -> Iterator[OnSending]:
    """Show on `console` how far publishing is while the block runs; gives the function that takes the events.

    On a terminal a bar that is gone at the end, in a log a line when a stage begins.
    """
    if not console.is_terminal or console.is_dumb_terminal:
        yield _logged(console)
        return
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(24), DownloadColumn(),
        TextColumn("{task.fields[files]}", markup=False),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None, files="")

        def on_sending(sending: Sending) -> None:
            files = f"{sending.files:,}/{sending.files_total:,} files" if sending.files_total else ""
            progress.update(task, description=printable(sending.stage), files=files,
                            total=sending.bytes_total or None, completed=sending.bytes)  # fmt: skip

        yield on_sending


def _logged(console: Console) -> OnSending:
    stage = ""

    def on_sending(sending: Sending) -> None:
        nonlocal stage
        if sending.stage == stage:
            return
        stage = sending.stage
        of = f": {counted(sending.files_total, 'file')}, {size_text(sending.bytes_total)}"
        with contextlib.suppress(OSError):  # a log that nobody reads any more is no reason to stop
            console.print(stage + (of if sending.files_total and not sending.files else ""), soft_wrap=True)

    return on_sending


def published_text(report: PublishReport) -> Iterator[Text]:
    """The rows that end a publication; of a dry run also each file that would go."""
    if report.dry_run:
        yield from _listed(report)
    where, version = printable(report.target), report.version
    verbs = ("is", "are") if report.dry_run else ("was", "were")
    there = f"; {report.there:,} {verbs[report.there != 1]} there already" if report.there else ""
    if report.nothing:
        yield Text(f"Nothing to do: {where} holds version {version} and all before it, byte for byte.")
    else:
        done = "Would publish" if report.dry_run else "Published"
        sent = f"{counted(len(report.sent), 'file')}, {size_text(report.bytes)}"
        gone = f", {len(report.deleted):,} deleted" if report.deleted else ""
        yield Text(f"{done} version {version} to {where}: {sent}{gone}{there}.", "" if report.dry_run else GOOD)
    if report.amended:
        yield Text(f"In line with withdrawals from {', '.join('v' + v for v in report.amended)}.")
    if not report.dry_run and not report.nothing:
        for step in report.steps:
            yield Text(f"  done: {step}", DIM)
    for note in report.notes:
        yield Text(f"Note: {printable(note)}", "yellow")
    if not report.dry_run:
        yield Text(f"Load it:  {load_words(report.target, version)}")


def _listed(report: PublishReport) -> Iterator[Text]:
    width = max((len(size_text(file.bytes)) for file in report.sent), default=0)
    for file in report.sent:
        yield Text.assemble(("+ ", GOOD), (size_text(file.bytes).rjust(width), DIM), f"  {printable(file.path)}")
    for path in report.deleted:
        yield Text.assemble(("- ", BAD), " " * width, f"  {printable(path)}")
    for step in report.steps:
        yield Text.assemble(("* ", "bold"), " " * width, f"  {step}")


def load_words(target: str, version: str) -> str:
    """The line of Python that loads a version from where it was published."""
    protocol = protocol_of(target)
    if protocol == "hf":
        name = target.rstrip("/").removeprefix("hf://").removeprefix("datasets/")
        return f'datasets.load_dataset({json.dumps(name)}, "v{version}", revision="v{version}")'
    if protocol in (None, "file") and not target.lower().endswith(".zip"):
        return load_line(target.removeprefix("file://"), version)
    return f'cleaner.load({printable(json.dumps(target, ensure_ascii=False))}, "{version}")'


def size_text(size: int) -> str:
    """A number of bytes as a person says it: "812 bytes", "15.4 kB", "2.1 GB"."""
    if size < 1000:
        return counted(size, "byte")
    power = next((power for power in (1, 2, 3) if size / 1000**power < 999.95), 4)
    return f"{size / 1000**power:,.1f} {('kB', 'MB', 'GB', 'TB')[power - 1]}"
