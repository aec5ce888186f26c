"""Sections of a page: spans of lines that belong together, each with a kind and with what opened it.

In HTML the names of elements tell where one begins and ends. In flattened text, and where names are silent, a line
that opens it does ("12 comments", "About the author"), and for comments the rhythm of names, dates and buttons.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.features import Features
from cleaner.judge.words import UNSPACED
from cleaner.pages.batch import Batch

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

OPENS, OPENS_TITLED = 9, 20
"""Words that a line which opens a section has at most, without and with a title that it names."""
ENTRY_REACH = 6
"""Lines below its opening line within which comments show their first name, date or button."""
SPARSE = 40
"""Lines between two entries of the same comments at most."""
MOST_HEADED = 6
"""Lines that open comments on one page at most: where each of many posts has a count of its own, none opens any."""
MIN_ABOVE = 120.0
"""Words of kept prose above a section that a line opens: what stands at the head of a page is no comment."""
AUTHOR_SHARE = 0.6
"""Share of a page's kept prose above an author box."""
AUTHOR_REACH = 6
"""Lines of an author box, the one that opens it counted."""
_COMMENTS = re.compile(
    r'(?i)\s(?:class|id)="(?:[^"]*[\s_-])?'
    r'((?:comments?|commentlist|comment-?list|disqus_thread|kommentare?|commentaires)[\s"_-])'
)
"""What elements are called that hold readers' comments."""
ENTRY_WORDS = 12
"""Words of a line that names who wrote a comment, and when, at most."""


MARKS = " \t\n\u00a00123456789.,:;!?…|/\\()[]{}<>«»›\"“”„'’*+#&•·-–—_=~^☰▼▾↓→：（）。、"
"""Characters around a line's words that say nothing of what it opens."""


TAIL = " \t\n\r\f\v\u00a0\u2028\u2029\u3000:：.…"
"""What may follow the verb of a line that names a speaker."""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of a batch's lines from `start` to before `end`. `evidence`: the element or the line that opened it;
    `entries`: those of the rows that open comments or stand between them (names, dates, buttons)."""

    start: int
    end: int
    kind: str
    evidence: str
    entries: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Whole lines and beginnings with the kind that they open; buttons for answers; what names of readers end in."""

    whole: dict[str, str]
    starts: dict[str, str]
    reply: frozenset[str]
    says: list[str]


@functools.cache
def load_table() -> Table:
    """The phrases of `sections.toml`."""
    said = tomllib.loads((Path(__file__).parent / "sections.toml").read_text("utf-8"))
    entry = said.pop("entry")
    whole = {phrase: kind for kind, table in said.items() for phrase in table["whole"]}
    starts = {phrase: kind for kind, table in said.items() for phrase in table.get("start", [])}
    says = sorted(set(entry["says"]), key=lambda verb: (-len(verb), verb))
    return Table(whole, starts, frozenset(entry["reply"]), says)


@dataclass(slots=True)
class Marks:
    """For each line the kind of section that it opens (or None), and whether it stands between readers' comments, as
    "X says:" (`says`), a date or a button do (`entry`: all of them)."""

    opens: list[str | None]
    says: Flags
    entry: Flags


def find_marks(batch: Batch, features: Features) -> Marks:
    """What opens sections, and what stands between comments."""
    table = load_table()
    count = features.words
    opens: list[str | None] = [None] * len(count)
    few = count <= ENTRY_WORDS
    says, entry = (
        np.zeros(len(count), dtype=bool),
        (features.column("date") > 0) | (features.column("relative_time") > 0),
    )
    spoken = _said(table)[1]
    for row, words, low, key, is_said, is_titled in _hopeful(batch.lines["text"], count, table).iter_rows():
        if is_titled and re.search(r"^\d|[\"“„«»”]", low):  # "5 thoughts on ..." and "Comments on "...""
            opens[row] = next(kind for start, kind in table.starts.items() if f"{key} ".startswith(start))
        if words <= OPENS:
            opens[row] = table.whole.get(key, opens[row])
            if key in table.reply:
                entry[row] = True
        if is_said:
            says[row] = spoken.search(low) is not None
    says &= few
    return Marks(opens, says, says | (entry & few & ~features.prose))


def _hopeful(texts: pl.Series, count: npt.NDArray[np.float64], table: Table) -> pl.DataFrame:
    """The few lines that could open a section or name a speaker: row, words, the line in lower case, what it says
    between its marks, and whether it ends as a speaker is named, and begins as a section is headed."""
    low = pl.col("text").str.slice(0, 100).str.to_lowercase()
    key = pl.col("low").str.replace_all("’", "'", literal=True).str.strip_chars(MARKS)
    said = pl.col("low").str.strip_chars_end(TAIL).str.contains(f"(?:{_any_of(_said(table)[0])})$")
    titled = (pl.col("key") + " ").str.contains(f"^(?:{_any_of(table.starts)})")
    short = pl.col("words").is_between(0, OPENS_TITLED, closed="right")
    lines = pl.DataFrame({"text": texts, "words": count}).with_row_index("row").filter(short)
    looked_at = lines.select("row", "words", low=low).with_columns(key=key, said=said).with_columns(titled=titled)
    whole = pl.col("key").is_in([*table.whole, *table.reply])
    return looked_at.filter(whole | pl.col("said") | pl.col("titled"))


def _any_of(phrases: Iterable[str]) -> str:
    """The regular expression of any of these."""
    return "|".join(map(re.escape, phrases))


@functools.cache
def _said(table: Table) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """What a line that names a speaker ends in, marks aside, and the expression of the whole line."""
    verbs = "|".join(map(re.escape, table.says))
    # without spaces the colon alone tells a name's ending from a sentence's
    joined = "|".join(re.escape(verb) for verb in table.says if re.match(UNSPACED, verb))
    spoken = re.compile(rf"^\W*[^.!?]{{2,60}}(?:[\s」](?:{verbs})\s*[:：.…]?|(?:{joined})\s?[:：])$")
    return tuple({verb.rstrip(TAIL) for verb in table.says}), spoken


def find_sections(batch: Batch, features: Features, kept: Flags, sure: Flags) -> list[Section]:
    """Readers' comments and author boxes below what the page is about.

    `kept`: lines that stay as yet; `sure`: lines that a sure cue drops, which no section goes past.
    """
    marks = find_marks(batch, features)
    page = batch.lines["page"].to_numpy().astype(np.int64)
    bounds = np.searchsorted(page, np.arange(len(batch.heads) + 1))
    prose = np.concatenate(([0.0], np.cumsum(np.where(kept & features.prose, features.words, 0.0))))
    closing = np.array([kind is not None for kind in marks.opens], dtype=bool)
    between = np.flatnonzero(marks.entry | closing)

    def section(start: int, end: int, kind: str, evidence: str) -> Section:
        held = between[np.searchsorted(between, start) : np.searchsorted(between, end)]
        return Section(start, end, kind, evidence, frozenset(held.tolist()) if kind == "comments" else frozenset())

    found = [section(start, end, "comments", name) for start, end, name in comment_elements(batch.elements)]
    texts = batch.lines["text"]
    headed = np.bincount(page, weights=[kind == "comments" for kind in marks.opens], minlength=len(batch.heads))
    done = -1
    for row in np.flatnonzero(closing | marks.says).tolist():
        first, end = int(bounds[page[row]]), int(bounds[page[row] + 1])
        above, below = prose[row] - prose[first], prose[end] - prose[row]
        if row < done or above < MIN_ABOVE or (marks.opens[row] == "comments" and headed[page[row]] > MOST_HEADED):
            continue
        kind = marks.opens[row] or "comments"
        if kind == "author" and above >= AUTHOR_SHARE * (above + below):
            stop = _author_end(row, end, features.prose, closing | sure)
        elif kind == "comments" and _shows_entries(row, end, marks):
            stop = _comments_end(row, end, marks, sure)
        else:
            continue
        found.append(section(row, stop, kind, f'"{texts[row][:60]}"'))
        done = stop
    return found


def _shows_entries(row: int, end: int, marks: Marks) -> bool:
    """Whether comments follow: soon a name, a date or a button; below a mere "X says:", another such line."""
    if marks.opens[row]:
        return bool(marks.entry[row + 1 : min(row + 1 + ENTRY_REACH, end)].any())
    return int(marks.says[row : min(row + SPARSE, end)].sum()) >= 2


def _comments_end(row: int, end: int, marks: Marks, sure: Flags) -> int:
    """Where comments end: below their last name, date or button, at the next line of another kind."""
    last = row
    for entry in np.flatnonzero(marks.entry[row:end]).tolist():
        if row + entry - last > SPARSE:
            break
        last = row + entry
    for row in range(last + 1, end):
        if sure[row] or marks.opens[row] not in (None, "comments"):
            return row
    return end


def _author_end(row: int, end: int, prose: Flags, closing: Flags) -> int:
    """Where the box ends: below its first paragraph, or at the next line that opens or is something else."""
    for at in range(row + 1, min(row + AUTHOR_REACH, end)):
        if closing[at]:
            return at
        if prose[at]:
            return at + 1
    return min(row + AUTHOR_REACH, end)


def comment_elements(elements: pl.DataFrame | None) -> list[tuple[int, int, str]]:
    """The elements that by their names hold readers' comments: first line, the line after the last, and the name."""
    if elements is None:
        return []
    hinted = elements["token"].str.contains("(?i)omment|isqus").arg_true()  # quicker than a search for both as literals
    found = []
    for start, end, tag, token in elements.select("start", "end", "tag", "token")[hinted].iter_rows():
        match = _COMMENTS.search(token) if end > start and tag not in ("html", "body", "main", "a", "span") else None
        if match:
            found.append((start, end, f"<{tag}> {match[1][:-1]}"))
    return found
