"""The card's pictures: documents over time, their languages and lengths, and what was taken out of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.release.card.plots import Bar, bars, columns
from cleaner.release.card.wording import number, several, share
from cleaner.release.inventory import PICTURES

_MOST = 12
"""Names that a chart shows; the rest is summed up."""

_MONTHS = 48
"""So many months at most are shown one by one; a longer time by the year."""

_SPAN = 120
"""So many columns at most over time; earlier ones are summed up in the first."""


NAMES = ("published.svg", "languages.svg", "lengths.svg", "removed.svg")
"""All pictures that there may be."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the card: the name of its file in the folder of pictures, words for those who do not see it, SVG."""

    name: str
    words: str
    svg: str

    def shown(self, folder: str = PICTURES) -> str:
        """The Markdown that shows it."""
        return f"![{self.words}]({folder}/{self.name})"


def draw_pictures(counts: Mapping[str, Any]) -> dict[str, Picture]:
    """The pictures of a version that its counts have something for, by name: published, languages, lengths, removed."""
    drawn = {
        "published": _published(counts),
        "languages": _languages(counts),
        "lengths": _lengths(counts),
        "removed": _removed(counts),
    }
    return {name: Picture(f"{name}.svg", *picture) for name, picture in drawn.items() if picture}


def _published(counts: Mapping[str, Any]) -> tuple[str, str] | None:
    months: Mapping[str, int] = counts.get("months") or {}
    if not months:
        return None
    by_month = all(len(month) == 7 for month in months) and _between(min(months), max(months)) < _MONTHS
    unit = "month" if by_month else "year"
    dated = sum(months.values())
    note = f"{several(dated, 'document')} with a date ({share(dated, counts['documents'])}), by {unit}"
    svg = columns("When the documents were published", note, _over_time(months, by_month))
    return f"Documents by {unit} of publication, {min(months)} to {max(months)}", svg


def _between(first: str, last: str) -> int:
    """Months from one "2021-05" to another."""
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7])


def _over_time(months: Mapping[str, int], by_month: bool) -> list[Bar]:
    """One bar a month or year, from the first to the last, empty ones included."""
    if by_month:
        start = 12 * int(min(months)[:4]) + int(min(months)[5:7]) - 1
        names = [f"{m // 12:04}-{m % 12 + 1:02}" for m in range(start, start + _between(min(months), max(months)) + 1)]
        return [Bar(name, months.get(name, 0)) for name in names]
    years: dict[int, int] = {}
    for month, count in months.items():
        years[int(month[:4])] = years.get(int(month[:4]), 0) + count
    first, last = max(min(years), max(years) - _SPAN + 1), max(years)
    rows = [Bar(f"{year:04}", years.get(year, 0)) for year in range(first, last + 1)]
    if earlier := sum(count for year, count in years.items() if year < first):
        rows.insert(0, Bar("earlier", earlier, kind="quiet"))
    return rows


def _languages(counts: Mapping[str, Any]) -> tuple[str, str] | None:
    languages: Mapping[str, int] = counts["languages"]
    if not languages:
        return None
    named = {("not sure (und)" if name == "und" else name): count for name, count in languages.items()}
    rows = _ranked(named, counts["documents"])
    note = f"{several(counts['documents'], 'document')}, by detected language"
    words = ", ".join(f"{row.label} {share(row.count, counts['documents'])}" for row in rows[:5])
    return f"Documents by language: {words}", bars("Languages", note, rows)


def _lengths(counts: Mapping[str, Any]) -> tuple[str, str] | None:
    lengths = {int(least): count for least, count in (counts.get("lengths") or {}).items()}
    if not lengths:
        return None
    powers = [0, *(2**power for power in range(63))]
    shown = [least for least in powers if min(lengths) <= least <= max(lengths)]
    rows = [Bar(_range(least), lengths.get(least, 0)) for least in shown]
    note = f"{several(counts['documents'], 'document')} with {several(counts['words'], 'word')}, by words in a document"
    svg = columns("Length of the documents", note, rows)
    return f"Documents by length, {rows[0].label} to {rows[-1].label} words", svg


def _range(least: int) -> str:
    """Numbers of words from a power of two up to the next: "0", "1", "2–3", "512–1023", "32k–64k"."""
    if least < 2:
        return str(least)
    if least < 1024:
        return f"{least}–{2 * least - 1}"
    unit, letter = (1 << 20, "M") if least >= 1 << 20 else (1 << 10, "k")
    return f"{least // unit}{letter}–{2 * least // unit}{letter}"


def _removed(counts: Mapping[str, Any]) -> tuple[str, str] | None:
    sums = {
        verdict: {role: sum(reasons.values()) for role, reasons in roles.items()}
        for verdict, roles in counts["lines"].items()
    }
    whole = sum(sum(roles.values()) for roles in sums.values())
    if not whole:
        return None
    dropped = sums.get("drop", {})
    rows = [
        _bar(words, sum(sums.get(verdict, {}).values()), whole, kind)
        for verdict, words, kind in (("keep", "kept as text", ""), ("metadata", "became metadata", "quiet"))
    ]
    rows += _ranked(dropped, whole, "out")
    taken = sum(dropped.values())
    note = f"{number(taken)} of {several(whole, 'line')} ({share(taken, whole)}) were taken out, by what they are"
    words = ", ".join(f"{row.label} {share(row.count, whole)}" for row in rows[:6])
    return f"Lines by what became of them: {words}", bars("What was kept, and what was taken out", note, rows)


def _ranked(counts: Mapping[str, int], whole: int, kind: str = "") -> list[Bar]:
    """The most frequent names, and one bar for all others."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    most = _MOST if len(ranked) > _MOST + 1 else len(ranked)
    rows = [_bar(name, count, whole, kind) for name, count in ranked[:most]]
    if rest := ranked[most:]:
        rows.append(_bar(f"{len(rest):,} more", sum(count for _, count in rest), whole, "quiet"))
    return rows


def _bar(label: str, count: int, whole: int, kind: str = "") -> Bar:
    return Bar(label, count, f"{number(count)} ({share(count, whole)})", kind)
