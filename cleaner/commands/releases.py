"""Commands about releases: `versions`, `verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from cleaner.commands.guard import command, warn
from cleaner.commands.options import Processed
from cleaner.errors import VerificationError


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
