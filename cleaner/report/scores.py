"""How labelled pages came out, for reading: tables of means, the worst pages, and whether the model knew the pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from cleaner.judge.training.scores import PageScore, tabulate
from cleaner.report.console import BAD, DIM, GOOD, counted, printable

MEASURES = ("F1", "precision", "recall")


def figures_tables(scores: Iterable[PageScore]) -> Iterator[Table | Text]:
    """A table a set: means over its pages in each form, then over those of each type."""
    for name, figures in groupby(tabulate(scores), key=lambda row: row.set):
        yield Text(printable(name), "bold")
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=DIM)
        table.add_column()
        _add_numbers(table, "pages", *MEASURES)
        for row in figures:
            first = f"as {row.variant}" if row.page_type is None else f"  {printable(row.page_type)}"
            measures = _measures(row.f1, row.precision, row.recall)
            table.add_row(Text(first), f"{row.pages:,}", *measures, style="" if row.page_type is None else DIM)
        yield table
        yield Text()


def pages_table(scores: Sequence[PageScore]) -> Table:
    """One row a page and form, in the order given; pages of several sets with the set's name."""
    several = len({s.set for s in scores}) > 1
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=DIM)
    for name in ("page", "type", "as"):
        table.add_column(name, overflow="fold")
    _add_numbers(table, *MEASURES)
    for s in scores:
        named = [f"{s.set}/{s.name}" if several else s.name, s.page_type, s.variant]
        table.add_row(*(Text(printable(value)) for value in named), *_measures(s.f1, s.precision, s.recall))
    return table


def _add_numbers(table: Table, *names: str) -> None:
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)


def _measures(*values: float) -> list[str]:
    return [f"{value:.3f}" for value in values]


def seen_text(seen: int | None, pages: int) -> Text:
    """Whether the model was trained on the pages that it is measured on; `seen` is None where that is not known."""
    if seen is None:
        said = "The model does not say which pages it was trained on: if on these, the figures are too good."
        return Text(said, BAD)
    if seen:
        said = f"The model was trained on {seen:,} of these {counted(pages, 'page')}: on other pages it does worse."
        return Text(said, BAD)
    return Text("The model was trained on none of these pages.", GOOD)
