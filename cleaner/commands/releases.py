"""Commands about releases: `versions`, `diff`, `verify`, `publish`, `withdraw`."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cleaner.commands.guard import command, data_stream, warn
from cleaner.commands.options import Processed
from cleaner.errors import RefusedError, VerificationError


@command
def versions(
    processed: Processed,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: a list, the newest version first.")] = False,
) -> None:
    """List the versions of a dataset.

    Each with when it was made, how many documents it holds, what changed, and why.
    """
    from cleaner.release.history import history
    from cleaner.report.console import load_line, make_console, path_text
    from cleaner.report.tables import versions_table

    rows, console = history(processed), make_console()
    if as_json:
        print(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    console.print(versions_table(rows))
    console.print()
    console.print(f"Load the newest:  {load_line(str(processed))}", soft_wrap=True)
    console.print(f"Load a version:   {load_line(str(processed), rows[-1].version)}", soft_wrap=True)
    if len(rows) > 1:
        console.print(f"Compare two:      cleaner diff {path_text(str(processed))} {rows[1].version} {rows[0].version}")


@command
def diff(
    processed: Processed,
    old: Annotated[str, typer.Argument(metavar="OLD", help="Version to start from.")],
    new: Annotated[str | None, typer.Argument(metavar="NEW", help="Version to end at (default: the newest).")] = None,
    listed: Annotated[
        int, typer.Option("--list", min=0, metavar="N", help="How many documents to name for each kind of change.")
    ] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every document that differs.")] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one page of HTML instead.")] = None,
) -> None:
    """Tell what differs between two versions, and why.

    Documents, metadata and lines are compared. A changed document is told by its cause: its source changed, the
    recipe, the judge, a person's override, or other documents. Lines are told by what befell them, such as "newly
    dropped as related", with the reasons. See docs/releases.md.
    """
    from cleaner.release.diff.compare import compare
    from cleaner.report.console import glyphs_for, make_console, path_text

    with compare(processed, old, new) as comparison:
        if html is not None:
            from cleaner.report.diff_page import diff_page

            html.write_text(diff_page(comparison), "utf-8")
            print(f"The comparison is in {path_text(str(html))}.")
        elif as_json:
            data_stream()
            for piece in comparison.as_json():
                sys.stdout.write(piece)
        else:
            from cleaner.report.diff_text import diff_text

            console = make_console()
            console.print(diff_text(comparison, console.width, glyphs_for(console), listed), soft_wrap=True)


@command
def verify(
    processed: Processed,
    version: Annotated[str | None, typer.Argument(metavar="VERSION", help="One version (default: all).")] = None,
    rebuild: Annotated[
        Path | None, typer.Option(metavar="RAW", help="Make the version again from RAW, and compare its bytes.")
    ] = None,
) -> None:
    """Check that a dataset is what its manifests say.

    Every file is read: its bytes, its rows, whether the counts add up and are those of the rows, and whether card and
    Croissant say the same. Exit code 4 says that something is wrong; each file concerned is named.
    """
    from cleaner.release.verify import verify as check
    from cleaner.report.console import counted

    report = check(processed, version, rebuild=rebuild)
    for problem in report.problems:
        warn(f"- {problem}")
    if not report.ok:
        found = counted(len(report.problems), "problem")
        raise VerificationError(f"{processed} is not what its manifests say: {found}.")
    checked = f"version {report.versions[0]}" if len(report.versions) == 1 else f"{len(report.versions):,} versions"
    read = f"{counted(report.files, 'file')} with {counted(report.rows, 'row')}"
    again = f" Version {report.rebuilt} was made again from {rebuild}, with the same bytes." if report.rebuilt else ""
    print(f"All is well with {processed}, {checked}: {read} read and found as published.{again}")


@command
def publish(
    processed: Processed,
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="Folder, file.zip, hf://ORG/NAME, or a URL such as s3://BUCKET/NAME.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; list what would be sent.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Publish although the card states no licence or no contact.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not show progress.")] = False,
) -> None:
    """Bring a dataset to where others load it from.

    Every version goes there, what is there already is not sent again, and a version is never overwritten: only what a
    withdrawal has left of one replaces it. Interrupted, the same command goes on; until it is done, the target gives
    what it gave before.
    """
    from cleaner.publish.publish import publish as send
    from cleaner.report.console import make_console
    from cleaner.report.publishing import published_text, sending_shown

    with contextlib.nullcontext() if quiet else sending_shown(make_console(stderr=True)) as on_progress:
        report = send(processed, target, dry_run=dry_run, force=force, on_progress=on_progress)
    console = make_console()
    for row in published_text(report):
        console.print(row, soft_wrap=True)
    if report.refused:
        raise RefusedError(" ".join(report.refused))


@command
def withdraw(
    processed: Processed,
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="DOC", help="Id (or its first digits), address, SHA-256 of the source or of the text."),
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; noted in a list that stays here.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take documents out of every version, for good.

    A new major version says how many went, not which; older versions are amended. Whatever has the bytes or the text of
    a withdrawn document is left out of later runs, too. Without DOC, an interrupted withdrawal is completed. See
    docs/takedowns.md.
    """
    from cleaner.release.withdraw.withdraw import Withdrawal, plan
    from cleaner.release.withdraw.withdraw import withdraw as take_out
    from cleaner.report.console import make_console
    from cleaner.report.withdrawing import done_rows, leaving_rows

    console = make_console()

    def show(found: Withdrawal) -> None:
        for row in leaving_rows(found, console):
            console.print(row, soft_wrap=True)

    def agree(found: Withdrawal) -> bool:
        show(found)
        if yes:
            return True
        if not sys.stdin.isatty():
            raise RefusedError("Nothing was withdrawn: say --yes where nobody can be asked.")
        return typer.confirm("Withdraw for good?", err=True)

    names = documents or []
    if dry_run:
        show(plan(processed, names))
        return
    found = take_out(processed, names, reason, agreed=agree)
    if not found.documents:
        show(found)
    for row in done_rows(found, str(processed)):
        console.print(row, soft_wrap=True)
