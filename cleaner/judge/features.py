"""What the judge sees of a line: one column a feature, computed for a whole batch at once.

Every feature looks at its own page alone, and sums that cross lines are sums of whole numbers or stay within one
page: a line's features do not depend on what else is in the batch. Features of structure are NaN for flattened text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.names import Kinds, find_kinds
from cleaner.judge.page_type import TYPES, PageTypes, page_type_features
from cleaner.judge.rhythm import (
    cue_features,
    heading_features,
    kind_features,
    last_true,
    next_true,
    page_shares,
    run_features,
    said_of,
    title_features,
)
from cleaner.judge.shapes import SHAPES, look_at
from cleaner.judge.structure import structure_features
from cleaner.judge.weights import Weights
from cleaner.judge.words import UNSPACED_WORD, Words, cut_words, distinct, ngrams, sums
from cleaner.pages.batch import Head

Floats = npt.NDArray[np.float64]
Narrow = npt.NDArray[np.float32]

_MOST = 256
"""There are fewer features than this."""

LONG = 15.0
"""A line of this many words or more that ends a sentence or holds function words counts as prose."""


@dataclass(slots=True)
class Features:
    """`names` and `matrix` (one row a line, float32) for the learner; `words`: weight of each line in words; `prose`:
    whether it is running text; `types`: probability of each of `page_type.TYPES`, one row a page of the batch;
    `kinds`: those of the elements of HTML."""

    names: list[str]
    matrix: Narrow
    words: Floats
    prose: npt.NDArray[np.bool_]
    types: Floats
    kinds: Kinds | None

    def column(self, name: str) -> Narrow:
        """One feature of all lines."""
        out: Narrow = self.matrix[:, self.names.index(name)]
        return out


GIVEN = ("cue", "sure", "blank_before")
"""Columns of the table that are features as they are."""


def make_features(
    lines: pl.DataFrame,
    elements: pl.DataFrame | None,
    heads: Sequence[Head],
    weights: Weights,
    page_types: PageTypes,
) -> Features:
    """Features of each line. `lines` has the columns of a batch (those of structure only where `elements` is given),
    and `cue`, `sure` (which cue matched, as numbers; see `judge.cues`), sorted by page and line; `heads` is what is
    known of each page beside its lines."""
    looks = look_at(lines)
    columns = _Columns(len(lines))
    columns.add({name: looks.shape[name] for name in SHAPES}, wide=True)
    columns.add({name: lines[name].cast(pl.Float64).to_numpy() for name in GIVEN}, wide=True)
    page = lines["page"].to_numpy().astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], page[1:] != page[:-1]))) if len(page) else np.zeros(0, np.int64)
    said = pl.Series("text", [said_of(heads[number]) for number in page[starts].tolist()], dtype=pl.String)
    all_words = cut_words(pl.concat([lines["text"], said]))
    words, told = all_words.part(0, len(lines)), all_words.part(len(lines), len(lines) + len(said))
    del all_words
    kinds = find_kinds(elements) if elements is not None else None
    types = page_type_features(lines, elements, heads, page_types, words, kinds, looks)
    bounds = np.append(starts, len(page))
    local = np.repeat(np.arange(len(starts)), np.diff(bounds))

    count = words.count + UNSPACED_WORD * columns["unspaced"]
    characters = np.maximum(columns["characters"], 1.0)
    many = np.maximum(count, 1.0)
    shape = {
        "words": count,
        "word_length": columns["letters"] / many,
        "stop_share": sums(words.stop, words.line, len(lines)) / np.maximum(words.count, 1),
        **{f"{name}_share": columns[name] / characters for name in ("digits", "capitals", "letters", "commas")},
        "title_case": columns["capitalised_words"] / many,
    }
    columns.add(shape, wide=True)
    prose = _is_prose(count, columns)

    lexicon = np.concatenate([weights.text.score(*ngrams(part), len(part.count)) for _, part in words.slices()])
    columns.add({"lexicon": lexicon})
    columns.add(_page_features(count, columns, prose, local, bounds))
    columns.add(_shared_vocabulary(words, prose, local, len(lines)))
    columns.add({"copies": looks.copies, "copy": looks.copy})
    columns.add(structure_features(lines, elements, kinds, count, prose, lexicon, weights, local, bounds))
    columns.add(run_features(columns, count, prose, local))
    columns.add(kind_features(columns, count, prose, local, words, columns["blank_before"]))
    columns.add(heading_features(columns, count, local, bounds, _headings(columns, count, local)))
    columns.add(cue_features(columns, local, bounds))
    columns.add(page_shares(columns, count, prose, local, len(starts)))
    columns.add(title_features(told, words, local, len(lines)))
    columns.add({f"type_{name}": types[page, at] for at, name in enumerate(TYPES)})
    for of_neighbours in _neighbours(columns, count, prose, local):
        columns.add(of_neighbours)
    return Features(list(columns), columns.matrix, count, prose, types, kinds)


class _Columns(dict[str, Floats]):
    """Features in the making, in the learner's order, each written into the matrix at once."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._table = np.empty((_MOST, lines), np.float32)  # what is never written takes no memory

    @property
    def matrix(self) -> Narrow:
        """The features as the learner sees them: one row a line, column after column in memory."""
        return self._table[: len(self)].T

    def add(self, made: Mapping[str, Floats], wide: bool = False) -> None:
        """Add features. They are kept as they are, too, if others are made of them: `wide`, or what neighbours see."""
        for name, values in made.items():
            narrow = self._table[len(self)]
            narrow[:] = values
            self[name] = values if wide or name in _SEEN_BY_OTHERS else cast(Floats, narrow)


def _headings(columns: dict[str, Floats], count: Floats, local: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Lines that head others: by their tag in HTML; in text, short lines above a longer one that end in no mark."""
    if not len(count) or not np.isnan(columns["heading_level"][0]):
        tagged: npt.NDArray[np.bool_] = columns["heading_level"] > 0
        return tagged
    below = _shift(count, 1, local)
    out: npt.NDArray[np.bool_] = (
        (count <= 12) & (columns["starts_lower"] == 0) & (columns["ends_sentence"] == 0) & (below >= 2 * count)
    )
    return out


def _is_prose(count: Floats, columns: dict[str, Floats]) -> npt.NDArray[np.bool_]:
    """Long lines that read as sentences."""
    sentence = (columns["ends_sentence"] > 0) | (columns["sentence_ends"] > 0) | (columns["ends_colon"] > 0)
    prose: npt.NDArray[np.bool_] = (count >= LONG) & (sentence | (columns["stop_share"] >= 0.25))
    return prose


def _page_features(
    count: Floats,
    columns: dict[str, Floats],
    prose: npt.NDArray[np.bool_],
    local: npt.NDArray[np.int64],
    bounds: npt.NDArray[np.int64],
) -> dict[str, Floats]:
    """Where on its page a line stands, and what kind of page that is."""
    size = np.diff(bounds).astype(np.float64)
    pages = len(size)
    place = np.arange(len(count)) - bounds[:-1][local]
    total = sums(count, local, pages)
    prose_words = sums(np.where(prose, count, 0.0), local, pages)
    before = _sum_above(count, local, bounds)
    prose_before = _sum_above(np.where(prose, count, 0.0), local, bounds)
    weight = np.sqrt(count)
    rows = np.arange(len(count))
    last = last_true(prose, local, bounds)
    following = next_true(prose, local, bounds)
    longest = np.zeros(len(size))
    np.maximum.at(longest, local, count)
    return {
        "line": place.astype(np.float64),
        "line_from_end": size[local] - 1 - place,
        "line_share": place / np.maximum(size[local], 1),
        "words_before_share": before / np.maximum(total[local], 1),
        "prose_before": prose_before,
        "prose_before_share": prose_before / np.maximum(prose_words[local], 1),
        "since_prose": np.where(last >= 0, rows - last, 999.0),
        "until_prose": np.where(following >= 0, following - rows, 999.0),
        "page_lines": size[local],
        "page_words": total[local],
        "page_prose_words": prose_words[local],
        "page_prose_share": (prose_words / np.maximum(total, 1))[local],
        "page_mean_words": (total / np.maximum(size, 1))[local],
        "page_lexicon": (sums(columns["lexicon"] * weight, local, pages) / np.maximum(sums(weight, local, pages), 1))[
            local
        ],
        "page_longest": longest[local],
        "of_longest": count / np.maximum(longest[local], 1),
    }


def _sum_above(count: Floats, local: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64]) -> Floats:
    """Sum over the lines above on the same page; in whole tenths, so that it is exact in any batch."""
    tenths = np.rint(count * 10).astype(np.int64)
    above = np.cumsum(tenths) - tenths
    out: Floats = (above - above[np.minimum(bounds[:-1], max(len(above) - 1, 0))][local]) / 10.0
    return out


def _shared_vocabulary(
    words: Words, prose: npt.NDArray[np.bool_], local: npt.NDArray[np.int64], lines: int
) -> dict[str, Floats]:
    """Share of a line's content words that also stand in the page's prose (in other lines than itself)."""
    told = np.flatnonzero(prose[words.line] & ~words.stop)
    # each word of a line once, as line and code in one number, then as page and code
    once = distinct(words.line[told].astype(np.uint64) << np.uint64(32) | words.code[told].astype(np.uint64))
    page = local[(once >> np.uint64(32)).astype(np.int64)].astype(np.uint64)
    of_page = np.sort(page << np.uint64(32) | once & np.uint64(0xFFFFFFFF))
    first = np.flatnonzero(np.append(True, of_page[1:] != of_page[:-1])) if len(of_page) else np.zeros(0, np.int64)
    known, counts = of_page[first], np.diff(np.append(first, len(of_page)))
    share = np.zeros(lines)
    for these, part in words.slices() if len(known) else ():
        content = ~part.stop
        line, code = part.line[content], part.code[content].astype(np.uint64)
        key = local[these][line].astype(np.uint64) << np.uint64(32) | code
        at = np.minimum(np.searchsorted(known, key), len(known) - 1)
        held = np.where(known[at] == key, counts[at], 0)
        found = sums(held - prose[these][line] > 0, line, len(part.count))
        share[these] = found / np.maximum(np.bincount(line, minlength=len(part.count)), 1)
    return {"shared_vocabulary": share}


NEIGHBOURLY = ("words", "lexicon", "title_case", "path", "shared_vocabulary")
"""Features that are also taken of the two lines above and below."""
NEAREST = ("ends_sentence", "link_share", "cue")
"""Features that are also taken of the lines right above and below."""
WINDOWED = ("lexicon", "ends_sentence", "link_share", "path", "stop_share")
"""Features of which means over WINDOW lines on either side are taken."""
WINDOW = 5
_SEEN_BY_OTHERS = frozenset((*NEIGHBOURLY, *NEAREST, *WINDOWED, "heading_level"))


def _neighbours(
    columns: Mapping[str, Floats], count: Floats, prose: npt.NDArray[np.bool_], local: npt.NDArray[np.int64]
) -> Iterator[dict[str, Floats]]:
    """Features of neighbours, and means over one-sided windows; NaN beyond the page's ends."""
    for step in (-2, -1, 1, 2):
        for name in NEIGHBOURLY + (NEAREST if abs(step) == 1 else ()):
            yield {f"{name}{step:+d}": _shift(columns[name], step, local)}
    seen = {"log_words": np.log1p(count), **{name: columns[name] for name in WINDOWED}}
    seen["prose"] = prose.astype(np.float64)
    for sign in (-1, 1):
        for name, values in seen.items():
            shifted = [_shift(values, sign * step, local) for step in range(1, WINDOW + 1)]
            yield {f"{name}{sign * WINDOW:+d}": _mean(shifted)}


def _shift(values: Floats, step: int, local: npt.NDArray[np.int64]) -> Floats:
    """The value `step` lines below (above if negative) on the same page, else NaN."""
    out = np.full(len(values), np.nan)
    if abs(step) >= len(values):
        return out
    if step > 0:
        same = local[step:] == local[:-step]
        out[:-step] = np.where(same, values[step:], np.nan)
    else:
        same = local[:step] == local[-step:]
        out[-step:] = np.where(same, values[:step], np.nan)
    return out


def _mean(parts: list[Floats]) -> Floats:
    """Mean over the parts that are there; NaN where none is."""
    stacked = np.stack(parts)
    there = ~np.isnan(stacked)
    counted = there.sum(axis=0)
    total = np.where(there, stacked, 0.0).sum(axis=0)
    out: Floats = np.where(counted > 0, total / np.maximum(counted, 1), np.nan)
    return out
