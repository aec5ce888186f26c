"""Pages that say only that there is no page: errors, blocks, captchas, parked domains, scripts wanted.

Their phrases stand in `error_pages.toml`, by language. A phrase alone proves nothing, since articles about error pages
hold it, too: a page counts only if it has next to no running text beside it, and by so much less text the weaker the
evidence is.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cleaner.judge.cues import FOLDED, LOOKED_AT, UNSPACED

if TYPE_CHECKING:
    from cleaner.judge.features import Features
    from cleaner.judge.revise import Judged
    from cleaner.pages.batch import Batch

MOST_PROSE = {"title": 60.0, "heading": 60.0, "line": 20.0}
"""Words of running text, cookie notices and the line with the phrase aside, that an error page can have, by where its
phrase stands."""
MOST_WORDS = {"title": 1_000.0, "heading": 250.0, "line": 100.0}
"""Words that it can have in all."""
STRONG = 12
"""Characters from which a phrase is beyond doubt in a title (those of scripts without spaces count twice); "404",
"forbidden" or "loading" are the titles of songs, too, and need a page as small as a lone line does."""

_PARTS = re.compile(r"\s{1,5}[|·•»:–—-]{1,2}\s{1,5}|ㅣ|\||: ")
_EDGES = re.compile(r"^[^\w¡¿(]+|[\s.!…:|·•–—-]+$")
_FOLD = str.maketrans(FOLDED)


@functools.cache
def load_phrases() -> tuple[frozenset[str], tuple[str, ...]]:
    """Phrases of all languages: those that are a whole title, and those that a line begins with."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    titles = frozenset(_fold(phrase) for entry in table.values() for phrase in entry["title"])
    starts = tuple(sorted({_fold(phrase) for entry in table.values() for phrase in entry["start"]}))
    return titles, starts


def find_error_pages(batch: Batch, features: Features, sure: npt.NDArray[np.bool_]) -> dict[int, str]:
    """Which pages of a batch are error pages, and the phrase that says so. `sure`: lines that a sure cue names."""
    page = batch.lines["page"].to_numpy().astype(np.int64)
    pages = len(batch.heads)
    words = np.bincount(page, weights=features.words, minlength=pages)
    prose = np.bincount(page, weights=np.where(features.prose & ~sure, features.words, 0.0), minlength=pages)
    bounds = np.searchsorted(page, np.arange(pages + 1))
    texts, tags = batch.lines["text"], batch.lines["tag"]
    found: dict[int, str] = {}
    for number in np.flatnonzero(words <= MOST_WORDS["title"]).tolist():
        span = slice(int(bounds[number]), int(bounds[number + 1]))
        small = words[number] <= MOST_WORDS["heading"]
        phrase, place, line = _error_phrase(
            batch.heads[number].title or "",
            texts[span].to_list() if small else [],
            tags[span].to_list() if small else [],
            float(words[number]),
        )
        said = features.words[span.start + line] if line >= 0 and features.prose[span.start + line] else 0.0
        if phrase and prose[number] - said <= MOST_PROSE[place]:
            found[number] = phrase
    return found


def empty_error_pages(
    keep: npt.NDArray[np.bool_],
    reason: npt.NDArray[np.object_],
    judged: Judged,
    page: npt.NDArray[np.int64],
    flags: list[list[str]],
) -> None:
    """Drop all lines of error pages, and flag the pages."""
    for number in judged.errors:
        keep[page == number] = False
        reason[page == number] = "error_page"
        flags[number].append("error_page")


def flag_shells(
    keep: npt.NDArray[np.bool_], judged: Judged, page: npt.NDArray[np.int64], flags: list[list[str]]
) -> None:
    """Flag the HTML pages that show next to nothing, and of that nothing to keep, as shells."""
    words = np.bincount(page, weights=judged.features.words, minlength=len(flags))
    kept = np.bincount(page[keep], minlength=len(flags))
    for number in np.flatnonzero((kept == 0) & (words <= MOST_WORDS["line"])).tolist():
        if number not in judged.errors:
            flags[number].append("shell")


def _error_phrase(title: str, texts: Sequence[str], tags: Sequence[str], words: float) -> tuple[str, str, int]:
    """The phrase that makes a page of so many words an error page, where it stands, and its line (-1 for the title);
    ("", "", -1) for none."""
    titles, starts = load_phrases()
    small = words <= MOST_WORDS["line"]
    for part in _title_parts(title):
        if part in titles and (small or _weight(part) >= STRONG):
            return part, "title", -1
    for i, (text, tag) in enumerate(zip(texts, tags, strict=True)):
        low = _fold(text[:LOOKED_AT])
        heads = tag == "h1" or (not tag and i == 0)
        strong = _weight(low) >= STRONG
        if low in titles and (strong or small) and (heads or (strong and small)):
            return low, "heading" if heads else "line", i
        if small:
            phrase = next((start for start in starts if low.startswith(start)), None)
            if phrase is not None:
                return phrase, "line", i
    return "", "", -1


def _title_parts(title: str) -> list[str]:
    """A title as a whole, and its parts without the site's name, folded."""
    return [_fold(part) for part in (title[:LOOKED_AT], *_PARTS.split(title[:LOOKED_AT]))]


def _weight(phrase: str) -> int:
    return len(phrase) + len(UNSPACED.findall(phrase))


def _fold(text: str) -> str:
    """Lower case, without the marks at both ends and those that sites write now and then."""
    return _EDGES.sub("", " ".join(text.lower().translate(_FOLD).split()))
