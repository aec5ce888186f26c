"""Sections of a page: spans of lines that belong together, each with a kind and with what opened it.

In HTML the names of elements tell where one begins and ends. In flattened text, and where names are silent, a line
that opens it does ("12 comments", "About the author"), and for comments the rhythm of names, dates and buttons.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.features import Features
from cleaner.pages.batch import Batch

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

OPENS = 9
"""Words that a line which opens a section has at most, a title that it names aside."""
ENTRY_REACH = 6
"""Lines below its opening line within which comments show their first name, date or button."""
SPARSE = 40
"""Lines between two entries of the same comments at most."""
MIN_ABOVE = 120.0
"""Words of kept prose above a section that a line opens: what stands at the head of a page is no comment."""
AUTHOR_SHARE = 0.6
"""Share of a page's kept prose above an author box."""
AUTHOR_REACH = 6
"""Lines of an author box, the one that opens it counted."""
COMMENTS = (
    r'(?i)\s(?:class|id)="(?:[^"]*[\s_-])?'
    r'((?:comments?|commentlist|comment-?list|disqus_thread|kommentare?|commentaires)[\s"_-])'
)
"""What elements are called that hold readers' comments."""
ENTRY_WORDS = 12
"""Words of a line that names who wrote a comment, and when, at most."""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of a batch's lines from `start` to before `end`. `evidence`: the element or the line that opened it."""

    start: int
    end: int
    kind: str
    evidence: str


@functools.cache
def _tables() -> tuple[dict[str, str], dict[str, str], frozenset[str], str]:
    """Whole lines and beginnings with the kind that they open; buttons for answers; what names end in."""
    said = tomllib.loads((Path(__file__).parent / "sections.toml").read_text("utf-8"))
    entry = said.pop("entry")
    whole = {phrase: kind for kind, table in said.items() for phrase in table["whole"]}
    starts = {phrase: kind for kind, table in said.items() for phrase in table.get("start", [])}
    says = "|".join(re.escape(verb) for verb in sorted(set(entry["says"]), key=lambda v: (-len(v), v)))
    return whole, starts, frozenset(entry["reply"]), says


@dataclass(slots=True)
class Marks:
    """For each line the kind of section that it opens (or None), and whether it stands between readers' comments."""

    opens: list[str | None]
    says: Flags
    entry: Flags


def find_marks(batch: Batch, features: Features) -> Marks:
    """What opens sections, and what stands between comments."""
    whole, starts, reply, says = _tables()
    short = features.words <= ENTRY_WORDS + 8
    rows = np.flatnonzero(short)
    text = batch.lines["text"].gather(rows)
    low = text.str.slice(0, 100).str.to_lowercase()
    key = low.str.replace_all(r"[\d\W_]+", " ").str.strip_chars()
    beginning = "^(?:" + "|".join(map(re.escape, starts)) + ")"
    opened = key.replace_strict(whole, default=None, return_dtype=pl.String)
    begun = (key + " ").str.extract(f"({beginning})").replace_strict(starts, default=None, return_dtype=pl.String)
    title = low.str.contains(r"^\d|[\"“„«»”]")
    begun = pl.DataFrame({"k": begun, "t": title}).select(pl.when("t").then("k")).to_series()
    few = features.words[rows] <= ENTRY_WORDS
    spoke = low.str.contains(
        rf"^\W*[^.!?]{{2,60}}[\s」](?:{says})(?:\s*[:：.…]|(?:\s+(?:on|am|le|el|il|op)\b.{{0,40}})?:?$|$)"
    )
    button = key.is_in(list(reply))
    opens: list[str | None] = [None] * len(features.words)
    for row, kind, kind2, n in zip(rows.tolist(), opened, begun, features.words[rows].tolist(), strict=True):
        if kind is not None and n <= OPENS:
            opens[row] = kind
        elif kind2 is not None:
            opens[row] = kind2
    out = Marks(opens, np.zeros(len(short), dtype=bool), np.zeros(len(short), dtype=bool))
    out.says[rows] = spoke.to_numpy() & few
    dated = (features.column("date") > 0) | (features.column("relative_time") > 0)
    out.entry = out.says | (dated & (features.words <= ENTRY_WORDS) & ~features.prose)
    out.entry[rows] |= button.to_numpy() & few
    return out


def find_sections(batch: Batch, features: Features, kept: Flags, sure: Flags) -> list[Section]:
    """Readers' comments and author boxes below what the page is about.

    `kept`: lines that stay as yet; `sure`: lines that a sure cue drops, which no section goes past.
    """
    marks = find_marks(batch, features)
    page = batch.lines["page"].to_numpy().astype(np.int64)
    bounds = np.searchsorted(page, np.arange(len(batch.heads) + 1))
    prose = np.concatenate(([0.0], np.cumsum(np.where(kept & features.prose, features.words, 0.0))))
    closing = np.array([kind is not None for kind in marks.opens], dtype=bool)
    found = [Section(start, end, "comments", name) for start, end, name in comment_elements(batch.elements)]
    texts = batch.lines["text"]
    done = -1
    for row in np.flatnonzero(closing | marks.says).tolist():
        first, end = int(bounds[page[row]]), int(bounds[page[row] + 1])
        above, below = prose[row] - prose[first], prose[end] - prose[row]
        if row < done or above < MIN_ABOVE:
            continue
        kind = marks.opens[row] or "comments"
        if kind == "author" and above >= AUTHOR_SHARE * (above + below):
            stop = _author_end(row, end, features.prose, closing | sure)
        elif kind == "comments" and _shows_entries(row, end, marks):
            stop = _comments_end(row, end, marks, sure)
        else:
            continue
        found.append(Section(row, stop, kind, f'"{texts[row][:60]}"'))
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
    held = elements.filter(
        pl.col("token").str.contains(COMMENTS) & pl.col("tag").is_in(["html", "body", "main", "a", "span"]).not_()
    ).with_columns(name=pl.col("token").str.extract(COMMENTS))
    return [
        (start, end, f"<{tag}> {name[:-1]}")
        for start, end, tag, name in held.select("start", "end", "tag", "name").iter_rows()
        if end > start
    ]
