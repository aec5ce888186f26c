"""What stands on the screen: the console, its glyphs, and the summary that ends a run.

Everything here takes data and gives `rich` texts; nothing reads files or decides. A console of any width will do,
60 to 200 columns look best. Where the terminal's encoding is not UTF-8, plain ASCII signs stand in for the drawn
ones.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from cleaner.remote.places import protocol_of
from cleaner.report.summary import RunReport

MAX_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The drawn signs that the output uses."""

    bar: str  # parts of a full cell, smallest first
    track: str  # where a bar has yet to go
    dot: str
    ellipsis: str
    quotes: tuple[str, str]


DRAWN = Glyphs("▏▎▍▌▋▊▉█", "─", "·", "…", ("“", "”"))
PLAIN = Glyphs("#", ".", "|", "...", ('"', '"'))

DIM, GOOD, BAD, NOTE = "dim", "green", "red", "cyan"
VERDICTS = {"keep": ("kept", GOOD), "drop": ("dropped", BAD), "metadata": ("metadata", NOTE)}
"""verdict -> (the word for lines that got it, its colour), in the order in which they are shown."""

_MOST_WARNINGS = 5

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Console(Console):
    """A console that leaves it to its caller what a pipe means that closes early."""

    def on_broken_pipe(self) -> None:
        raise


def make_console(stderr: bool = False) -> Console:
    """A console for stdout or stderr: colour only on a terminal (and not with NO_COLOR), no markup, no guesses."""
    console = _Console(file=sys.stderr if stderr else sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, MAX_WIDTH)
    return console


def glyphs_for(console: Console) -> Glyphs:
    """The signs that the console's encoding can show."""
    return DRAWN if console.encoding.startswith("utf") else PLAIN


def printable(text: str) -> str:
    """`text` without anything that could steer a terminal: white space as blanks, control characters as `\\xNN`."""
    return _CONTROL.sub(lambda m: " " if m[0].isspace() else ascii(m[0])[1:-1], text)


def shorten(text: str, cells: int, glyphs: Glyphs) -> str:
    """`text` on one line of at most `cells` columns, an ellipsis at the cut."""
    head = printable(text[: 4 * cells + 8])  # wide enough: a column may hold several combining characters
    if len(text) <= len(head) and cell_len(head) <= cells:
        return head
    room = max(cells - cell_len(glyphs.ellipsis), 0)
    cut = Text(head)
    cut.truncate(room)
    return cut.plain.rstrip() + glyphs.ellipsis


def bar(share: float, cells: int, glyphs: Glyphs) -> str:
    """A bar of `share` (0 to 1) of `cells` columns; anything above zero shows at least its smallest part."""
    parts = len(glyphs.bar)
    steps = round(min(max(share, 0.0), 1.0) * cells * parts)
    if share > 0:
        steps = max(steps, 1)
    whole, rest = divmod(steps, parts)
    return glyphs.bar[-1] * whole + (glyphs.bar[rest - 1] if rest else "")


def flow(items: Iterable[str], indent: int, width: int, glyphs: Glyphs) -> str:
    """Items parted by dots, broken between items only; every line but the first is indented."""
    lines, line = [], ""
    for item in items:
        longer = f"{line} {glyphs.dot} {item}" if line else item
        if line and indent + cell_len(longer) > width:
            lines.append(f"{line} {glyphs.dot}")
            longer = item
        line = longer
    return ("\n" + " " * indent).join([*lines, line])


def wrap(text: str, indent: int, width: int) -> str:
    """Words wrapped to `width` columns; every line but the first is indented."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and indent + cell_len(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    return ("\n" + " " * indent).join([*lines, line])


def seconds_text(seconds: float) -> str:
    """A span of time as a person says it: "0.4 s", "52 s", "3 min 20 s", "2 h 05 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def counted(number: int, noun: str) -> str:
    """A number and its noun, in the plural where there is not just one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def rate_text(per_second: float) -> str:
    """Documents per second, with digits that mean something."""
    return f"{per_second:,.0f}" if per_second >= 9.95 else f"{per_second:.1f}"


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Entries by count, largest first; equal ones by name."""
    return sorted(((k, n) for k, n in counts.items() if n), key=lambda entry: (-entry[1], entry[0]))


def top(counts: Mapping[str, int], most: int, glyphs: Glyphs) -> list[str]:
    """The `most` largest entries as "name count", and how many more there are."""
    entries = ranked(counts)
    shown = [f"{shorten(name, 40, glyphs)} {n:,}" for name, n in entries[:most]]
    return [*shown, f"{len(entries) - most:,} more"] if len(entries) > most else shown


def summary(report: RunReport, causes: Mapping[str, str], width: int, glyphs: Glyphs = DRAWN) -> Text:
    """The summary that ends a run, `width` columns wide.

    `causes` maps the code of a reject's cause to the sentence that says what it means.
    """
    page = _Summary(width, glyphs, _name_width(report), max(len(f"{n:,}") for n in (report.sources, report.lines_read)))
    page.sources(report)
    if report.rejects:
        page.rejects(report, causes)
    page.lines(report)
    page.corpus(report)
    page.end(report)
    return Text("\n").join(page.rows)


def _name_width(report: RunReport) -> int:
    roles = (role for by_role in report.lines.values() for role in by_role)
    return max(14, *(len(role) + 4 for role in roles), *(len(cause) + 2 for cause in report.rejects_by_cause), 0)


class _Summary:
    """The rows of a summary while they are written: a column of names, one of numbers, and what is said of them."""

    def __init__(self, width: int, glyphs: Glyphs, names: int, digits: int) -> None:
        self.rows: list[Text] = []
        self.width, self.glyphs, self.names, self.digits = width, glyphs, names, digits
        self.indent = names + digits + 2  # where the third column begins

    def row(self, name: str, count: int | None, rest: str = "", style: str = "", rest_style: str = "") -> None:
        number = "" if count is None else f"{count:,}"
        row = Text.assemble((name.ljust(self.names), style), (number.rjust(self.digits), style))
        if rest:
            row.append("  ").append(rest, rest_style)
        row.rstrip()
        self.rows.append(row)

    def share(self, name: str, count: int, of: int, largest: int, style: str, drawn: str) -> Text:
        """A row with its share of the whole and a bar."""
        row = Text.assemble((name.ljust(self.names), style), (f"{count:,}".rjust(self.digits), style))
        row.append(f"  {count / max(of, 1):6.1%}  ", style)
        room = max(min(self.width - row.cell_len, 32), 4)
        row.append(bar(count / max(largest, 1), room, self.glyphs), drawn)
        row.rstrip()
        return row

    def heading(self, name: str, count: int | None, rest: str = "", style: str = "bold") -> None:
        if self.rows:
            self.rows.append(Text())
        self.row(name, count, rest, style)

    def top(self, counts: Mapping[str, int], most: int = 12) -> str:
        """The largest entries, flowing in the third column."""
        return flow(top(counts, most, self.glyphs), self.indent, self.width, self.glyphs)

    def sources(self, report: RunReport) -> None:
        """Where every source went."""
        self.heading("Sources", report.sources, self.top(report.sources_by_kind))
        for name, count, colour in (
            ("documents", report.documents, GOOD),
            ("duplicates", report.duplicates, NOTE),
            ("filtered", report.filtered, NOTE),
            ("withdrawn", report.withdrawn, NOTE),
            ("rejects", report.rejects, BAD),
        ):
            if count or name in ("documents", "duplicates", "rejects"):
                style = "" if count else DIM
                self.rows.append(self.share(f"  {name}", count, report.sources, report.sources, style, colour))
        if report.skipped:
            self.row("  skipped", None, self.top(report.skipped), DIM, DIM)

    def rejects(self, report: RunReport, causes: Mapping[str, str]) -> None:
        """What each cause means, and where the list lies."""
        where = wrap(f"listed with their messages in {path_text(report.processed, 'rejects.jsonl')}",
                     self.indent, self.width)  # fmt: skip
        self.heading("Rejects", report.rejects, where, "bold red")
        for cause, count in ranked(report.rejects_by_cause):
            self.row(f"  {cause}", count, wrap(causes.get(cause, ""), self.indent, self.width), "", DIM)

    def lines(self, report: RunReport) -> None:
        """Lines by verdict and role."""
        self.heading("Lines", report.lines_read)
        totals = {verdict: sum(report.lines.get(verdict, {}).values()) for verdict in VERDICTS}
        largest = max(*totals.values(), 1)
        for verdict, (word, colour) in VERDICTS.items():
            style = "" if totals[verdict] else DIM
            self.rows.append(self.share(f"  {word}", totals[verdict], report.lines_read, largest, style, colour))
            for role, count in ranked(report.lines.get(verdict, {})):
                self.rows.append(self.share(f"    {role}", count, report.lines_read, largest, DIM, f"{DIM} {colour}"))

    def corpus(self, report: RunReport) -> None:
        """Languages, sites and fixes."""
        self.rows.append(Text())
        sites = {site or "(no site)": count for site, count in report.sites.items()}
        shown = ("Languages", report.languages, 12), ("Sites", sites, 8), ("Fixes", report.fixes, 20)
        for name, counts, most in shown:
            if any(counts.values()):
                number = sum(counts.values()) if name == "Fixes" else len(ranked(counts))
                self.row(name, number, self.top(counts, most), "bold")

    def end(self, report: RunReport) -> None:
        """How long it took, where the release lies, and how to load it."""
        took = [seconds_text(report.seconds), f"{report.cleaned:,} cleaned"]
        if report.cleaned and report.seconds:
            took[1] += f", {rate_text(report.cleaned / report.seconds)} a second"
        if report.reused:
            took.append(f"{report.reused:,} done before")
        rows = [("Time", flow(took, 9, self.width, self.glyphs), "")]
        where = path_text(report.processed)
        if report.version is None:
            rows.append(("Release", wrap("none: there is no document to publish", 9, self.width), "yellow"))
        elif not report.released:
            said = f"{where}, version {report.version}: nothing has changed, so no new version was made"
            rows.append(("Release", wrap(said, 9, self.width), ""))
        else:
            after = f"after {report.previous}" if report.previous else "the first"
            rows.append(("Release", wrap(f"{where}, version {report.version} (new, {after})", 9, self.width), "green"))
        for number, warning in enumerate(report.warnings[:_MOST_WARNINGS]):
            rows.append(("" if number else "Card", wrap(printable(warning), 9, self.width), "yellow"))
        if len(report.warnings) > _MOST_WARNINGS:
            rows.append(("", f"`cleaner card {where}` tells {len(report.warnings) - _MOST_WARNINGS:,} more", "yellow"))
        if report.version is not None:
            rows.append(("Load it", load_line(report.processed), ""))
        self.rows.append(Text())
        self.rows.extend(Text.assemble((name.ljust(9), "bold"), (rest, style)) for name, rest, style in rows)


def load_line(processed: str, version: str | None = None) -> str:
    """The line of Python that loads a dataset, or one version of it; `datasets` reads no card from a URL."""
    values = [processed] if version is None else [processed, f"v{version}"]
    function = "cleaner.load" if protocol_of(processed) else "datasets.load_dataset"
    return f"{function}({printable(', '.join(json.dumps(v, ensure_ascii=False) for v in values))})"


def path_text(*parts: str) -> str:
    """A path as the user wrote it, fit for the screen."""
    return printable("/".join([parts[0].rstrip("/") or "/", *parts[1:]]))
