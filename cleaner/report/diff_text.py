"""The comparison of two versions as it stands on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from cleaner.release.diff.compare import Comparison
from cleaner.release.diff.words import caused, is_measured, made_otherwise, rejudged_lines
from cleaner.report.console import BAD, DIM, GOOD, NOTE, Glyphs, counted, flow, printable, shorten

COLOURS = {"added": GOOD, "changed": NOTE, "removed": BAD}
_VERDICT_COLOURS = {"keep": GOOD, "drop": BAD, "metadata": NOTE}
_MOST_GROUPS = 24
_MOST_COLUMNS = 30
_NAME = 12


def diff_text(comparison: Comparison, width: int, glyphs: Glyphs, listed: int) -> Text:
    """The whole comparison, `width` columns wide, with so many documents listed by name for each kind of change."""
    summary = comparison.summary
    page = _Page(width, glyphs)
    page.heading("Versions", f"{summary['old']} → {summary['new']}")
    page.made(summary)
    page.documents(summary)
    page.lines(summary["lines"], comparison.examples(1))
    page.columns(summary)
    page.sites(summary["sites"])
    for change in COLOURS:
        if listed and summary["documents"][change]:
            page.listing(change, comparison.documents(change, listed), summary["documents"][change])
    return Text("\n").join(page.rows)


class _Page:
    """Rows while they are written: a name, a number, and what is said of it."""

    def __init__(self, width: int, glyphs: Glyphs) -> None:
        self.rows: list[Text] = []
        self.width, self.glyphs = width, glyphs

    def heading(self, name: str, rest: str) -> None:
        if self.rows:
            self.rows.append(Text())
        row = Text.assemble((name.ljust(_NAME), "bold"), rest)
        row.rstrip()
        self.rows.append(row)

    def row(self, name: str, count: int, rest: str = "", style: str = "", indent: int = _NAME + 9) -> None:
        row = Text.assemble((f"  {name}".ljust(_NAME), style), (f"{count:>7,}", style))
        if rest:
            row.append("  " + rest if indent == _NAME + 9 else rest)
        self.rows.append(row)

    def flowing(self, items: list[str]) -> str:
        return flow(items, _NAME + 9, self.width, self.glyphs)

    def made(self, summary: Mapping[str, Any]) -> None:
        """What the two were made with."""
        changes = made_otherwise(summary)
        self.heading("Made with", "" if changes else "the same recipe, code, model and libraries")
        wide = max((len(name) for name, _ in changes), default=0) + 2
        for name, how in changes:
            self.rows.append(Text(shorten(f"  {name.ljust(wide)}{how}", self.width, self.glyphs)))

    def documents(self, summary: Mapping[str, Any]) -> None:
        """How many documents were added, changed and removed, and by which cause."""
        documents = summary["documents"]
        self.heading("Documents", f"{documents['old']:,} → {documents['new']:,}")
        for change, colour in COLOURS.items():
            causes = [f"{count:,} {words}" for _, count, words in caused(change, summary["causes"])]
            self.row(change, documents[change], self.flowing(causes), colour if documents[change] else DIM)
        self.row("the same", documents["same"])
        for version, count in zip((summary["old"], summary["new"]), summary["amended"], strict=True):
            if count:
                told = f"{counted(count, 'document')} withdrawn from {version} since it was released"
                self.rows.append(Text(f"  {told}", DIM))

    def lines(self, lines: Mapping[str, Any], examples: Mapping[tuple[str, str, str, str], list[str]]) -> None:
        """Lines that were judged otherwise, that came or went."""
        if not lines["documents"]:
            return
        self.heading("Lines", f"that differ, in {counted(lines['documents'], 'document')} of both versions")
        groups = rejudged_lines(lines)
        for group in groups[:_MOST_GROUPS]:
            reasons = [f"{reason} {count:,}" for reason, count in group.reasons.items()]
            style = _VERDICT_COLOURS[group.verdict] if group.was != group.verdict else DIM
            row = Text.assemble((f"{group.lines:>9,}", style), "  ", (f"{group.words} as {group.role}", style))
            row.append(f"  ({', '.join(reasons[:3])}{', ...' if len(reasons) > 3 else ''})", DIM)
            row.truncate(self.width)
            self.rows.append(row)
            keys = [key for key in examples if (key[0], key[1], key[2]) == (group.was, group.verdict, group.role)]
            if keys and group.was != group.verdict:
                opening, closing = self.glyphs.quotes
                text = shorten(examples[keys[0]][0], self.width - 13, self.glyphs)
                self.rows.append(Text(f"{'':11}{opening}{text}{closing}", DIM))
        if rest := groups[_MOST_GROUPS:]:
            self.rows.append(Text(f"{sum(group.lines for group in rest):>9,}  in {len(rest)} more groups", DIM))
        for change, told in (("added", "new"), ("removed", "gone")):
            if by_verdict := lines[change]:
                parts = [f"{count:,} {_WORDS[verdict]}" for verdict, count in by_verdict.items()]
                self.rows.append(Text(f"{sum(by_verdict.values()):>9,}  {told}  ({', '.join(parts)})"))
        if lines["rescored"]:
            self.rows.append(Text(f"{lines['rescored']:>9,}  judged as before, for another reason or score", DIM))

    def columns(self, summary: Mapping[str, Any]) -> None:
        """Columns that differ, by the number of documents; measurements by their names alone."""
        every: Mapping[str, Mapping[str, int]] = summary["columns"]
        if not every:
            return
        self.heading("Columns", "that differ, by number of documents")
        columns = {name: how for name, how in every.items() if not is_measured(name)}
        wide = max((len(name) for name in columns), default=0) + 4
        for name, how in list(columns.items())[:_MOST_COLUMNS]:
            told = [f"{how[kind]:,} {kind}" for kind in ("filled", "changed", "emptied") if kind in how]
            self.rows.append(Text(f"  {name}".ljust(wide) + ", ".join(told)))
        if len(columns) > _MOST_COLUMNS:
            self.rows.append(Text(f"  and {len(columns) - _MOST_COLUMNS} more", DIM))
        if measured := [name for name in every if is_measured(name)]:
            self.rows.append(Text("  " + flow(["measurements:", *measured], 4, self.width, self.glyphs), DIM))

    def sites(self, sites: Mapping[str, Mapping[str, int]]) -> None:
        """Where most has changed."""
        if not sites:
            return
        self.heading("Sites", "")
        for name, changes in list(sites.items())[:10]:
            told = ", ".join(f"{changes[kind]:,} {kind}" for kind in COLOURS if kind in changes)
            self.rows.append(Text(f"  {shorten(name or '(no site)', 50, self.glyphs)}  ").append(told, DIM))
        if len(sites) > 10:
            self.rows.append(Text(f"  and {counted(len(sites) - 10, 'more site')}", DIM))

    def listing(self, change: str, documents: Iterator[dict[str, Any]], count: int) -> None:
        """Some documents by name."""
        shown = list(documents)
        head = f"the first {len(shown):,} of {count:,}" if count > len(shown) else ""
        self.heading(change.capitalize(), head)
        for document in shown:
            name = document["title"] or document["source_path"] or document["id"]
            self.rows.append(Text(f"  {shorten(name, self.width - 2, self.glyphs)}", COLOURS[change]))
            where = document["url"] or document["source_path"] or ""
            parts = [f"{document['id'][:12]}", document["cause"], printable(where)]
            self.rows.append(Text(shorten("    " + f" {self.glyphs.dot} ".join(parts), self.width, self.glyphs), DIM))
            if what := what_differs(document):
                self.rows.append(Text(shorten(f"    {what}", self.width, self.glyphs), DIM))


_WORDS = {"keep": "kept", "drop": "dropped", "metadata": "metadata"}


def what_differs(document: Mapping[str, Any]) -> str:
    """What of a changed document differs, in a line: columns a reader cares for, then lines."""
    telling = [name for name in document["columns"] if not is_measured(name)]
    told = [", ".join(telling[:6]) + (f" and {len(telling) - 6} more" if len(telling) > 6 else "")] if telling else []
    lines = document["lines"]
    words = (("rejudged", "judged otherwise"), ("added", "new"), ("removed", "gone"))
    told += [f"{counted(lines[kind], 'line')} {word}" for kind, word in words if lines[kind]]
    return "; ".join(told)

