"""The head of a page: where its body of prose starts, and what the short lines above it look like.

A page that was flattened to text begins with menus, notices and teasers. The body is the earliest run of prose
about as rich as the richest; the headline and what goes with it stand in the lines just above.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate

from cleaner.describe.view import PageView

REACH = 18
"""So far above prose, in lines, the headline can stand."""
MAX_LINES = 3_000
RICH = 1_500
"""So many characters of prose in one run are a body, whatever comes after."""
_GAP = 6
"""So many short lines in a row end a run of prose."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_PROSE = re.compile(r"[。、，]")
_SENTENCE = re.compile(r"[.!?…।؟۔][\"'”’»)\]]{0,3}(?:\s|$)|[。！？]")
_TOKEN = re.compile(r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKS = "’‘“”–—…•\xa0"
"""Marks beyond ASCII that texts are full of."""
_ASCII_LETTERS = "".join(c.lower() if c.isalnum() else " " for c in map(chr, range(128)))
"""What becomes of each ASCII character where words are cut."""


@lru_cache(maxsize=1)
def _phrase_table() -> dict[str, list[str]]:
    """The lists of data/phrases.toml, and those of data/labels.toml for all languages together."""
    data = files("cleaner.describe") / "data"
    table: dict[str, list[str]] = tomllib.loads((data / "phrases.toml").read_text("utf-8"))
    for name, languages in tomllib.loads((data / "labels.toml").read_text("utf-8")).items():
        table[name] = [phrase for listed in languages.values() for phrase in listed]
    return table


@lru_cache(maxsize=32)
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of one list of data/phrases.toml or data/labels.toml, the longest first."""
    return tuple(sorted(set(_phrase_table()[name]), key=lambda p: (-len(p), p)))


@lru_cache(maxsize=32)
def phrase_set(name: str) -> frozenset[str]:
    """The same as a set, in lower case."""
    return frozenset(p.lower() for p in _phrase_table()[name])


@lru_cache(maxsize=32)
def phrase_pattern(name: str) -> re.Pattern[str]:
    """A pattern that finds any phrase of a list at word borders, whatever its case."""
    found = "|".join(re.escape(p) for p in phrases(name))
    return re.compile(
        rf"(?:(?<!\w)|(?<=[\u3040-\u9fff]))(?:{found})(?:(?!\w)|(?<=[\u3040-\u9fff\uff1a:/]))", re.IGNORECASE
    )


def tokens(text: str) -> list[str]:
    """Words in lower case; each Chinese, Japanese or Korean character is one of its own."""
    if not text.isascii():
        for mark in _MARKS:  # in most texts nothing else is beyond ASCII
            text = text.replace(mark, " ")
    return text.translate(_ASCII_LETTERS).split() if text.isascii() else _TOKEN.findall(text.casefold())


def fold_lines(lines: Iterable[str]) -> tuple[str, str]:
    """Lines in lower case, one below the other: those of ASCII alone, which are several times as fast to search, and
    the others."""
    plain: list[str] = []
    others: list[str] = []
    for line in lines:
        (plain if line.isascii() else others).append(line)
    return "\n".join(plain).lower(), "\n".join(others).casefold()


def same(a: str, b: str) -> bool:
    """Whether two lines hold the same words, whatever their case and punctuation."""
    return tokens(a) == tokens(b)


def is_prose(line: str) -> bool:
    """Whether a line reads as running text: long, with sentence punctuation, not a list of links."""
    size = len(line)
    if size < 35:
        return False
    if size < 70 or line.count(" ") < 9:
        if size < 40 or line.isascii():
            return False
        return bool(_CJK_PROSE.search(line[:400])) and bool(_CJK.search(line[:400]))
    return size >= 160 or bool(_SENTENCE.search(line))


@dataclass(slots=True)
class Header:
    """Where the prose of a page is.

    Attributes:
        body: Index of the first line of the earliest rich run of prose; the number of lines where there is none.
        prose: Whether each line reads as running text that the judge did not drop.
        richest: Index of the first line of the richest run.
        ahead: For each line up to the richest run: how much prose follows within 25 lines, in 0-1 of the page's most.
    """

    body: int
    prose: list[bool]
    richest: int
    ahead: list[float] = field(default_factory=list)

    def next_prose(self, i: int) -> int:
        """Index of the first line of prose after line i; the number of lines where there is none."""
        try:
            return self.prose.index(True, i + 1)
        except ValueError:
            return len(self.prose)


def find_header(page: PageView, closely: bool = True) -> Header:
    """Where the header and the body of a page are (its first 3,000 lines). `closely` fills in `ahead`."""
    lines = page.lines[:MAX_LINES]
    prose = [
        len(line) >= 35 and verdict != "drop" and is_prose(line)
        for line, verdict in zip(lines, page.verdicts, strict=False)
    ]
    runs: list[list[int]] = []  # [first line, richness, last line]
    for i, good in enumerate(prose):
        if not good:
            continue
        if runs and i - runs[-1][2] <= _GAP:
            runs[-1][1] += min(len(lines[i]), 1500)
            runs[-1][2] = i
        else:
            runs.append([i, min(len(lines[i]), 1500), i])
    if not runs:
        return Header(len(lines), prose, len(lines), [0.0] * len(lines))
    most = max(run[1] for run in runs)
    body = next(run[0] for run in runs if run[1] * 5 >= most * 2 or run[1] >= RICH)
    richest = next(run[0] for run in runs if run[1] == most)
    return Header(body, prose, richest, _ahead(lines, prose, richest) if closely else [])


def _ahead(lines: list[str], prose: list[bool], richest: int) -> list[float]:
    sizes = [min(len(line), 600) if good else 0 for line, good in zip(lines, prose, strict=True)]
    total = [0, *accumulate(sizes), *([sum(sizes)] * 26)]
    window = [after - here for here, after in zip(total[1:], total[26:], strict=False)][: len(lines)]
    most = max(window) or 1
    return [w / most for w in window[: richest + 1]]
