"""What `cleaner card` says of a card: what was written, what is open, what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.release.card.refresh import CardReport
from cleaner.report.console import counted, path_text, printable


def card_report(report: CardReport, processed: str) -> Iterator[str]:
    """The report as lines of text."""
    counts = report.manifest.counts
    holds = f"{counted(counts['documents'], 'document')} from {counted(len(counts['sites']), 'site')}"
    yield f"Card of {path_text(processed)}, version {report.manifest.version}: {holds}."
    if report.answers:
        yield f"Your answers are in {printable(str(report.answers))}; change them there."
    if report.written:
        yield "Written: " + ", ".join(report.written) + "."
    else:
        yield f"Nothing had to be written: {counted(len(report.files), 'file')} are as they should be."
    for warning in report.warnings:
        yield f"! {printable(warning)}"
    if report.open:
        yield f"Not stated by the publisher: {', '.join(report.open)}."
        yield f"`cleaner card {path_text(processed)} --edit` asks for it; or state it in the recipe, under [card]."
