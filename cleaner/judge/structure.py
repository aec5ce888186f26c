"""Features of HTML structure: what the elements around a line are called, and what else stands in them.

The score of a path is additive: an element's is its parent's plus its own. All of it is worked out level by level over
the elements of a whole batch.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.core import NAMES as CORE
from cleaner.judge.core import core_features
from cleaner.judge.names import Kinds
from cleaner.judge.rhythm import group_of
from cleaner.judge.weights import Weights
from cleaner.pages.html import levels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

INSIDE = (
    "nav", "header", "footer", "aside", "article", "main", "form", "table", "ul", "ol", "blockquote", "figure",
    "figcaption", "button", "dl", "section", "label", "address", "details",
)  # fmt: skip
OWN = (
    "p", "li", "div", "td", "th", "a", "span", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "pre", "blockquote",
    "figcaption", "button", "option", "legend", "body", "section", "article", "summary", "title", "time",
)  # fmt: skip
NAMED = (
    "link_share", "links", "path", "own_weight", "parent_weight", "path_lowest", "path_highest", "depth", "hidden",
    "h1_distance", "tag", "heading_level",
)  # fmt: skip

TAGS = tuple(dict.fromkeys((*INSIDE, *OWN, "code", "img", "input", "select")))
"""Tags that are told apart."""
_NUMBER = {name: number for number, name in enumerate(TAGS)}
# Of each number of a tag (the last one stands for all others):
_INSIDE = np.array([[name == tag for name in INSIDE] for tag in (*TAGS, "")])
_OWN = np.array([float(OWN.index(tag)) if tag in OWN else float(len(OWN)) for tag in (*TAGS, "")])
_LEVEL = np.array([float(tag[1]) if re.fullmatch("h[1-6]", tag) else 0.0 for tag in (*TAGS, "")])



def tag_numbers(tags: pl.Series) -> Ints:
    """Each tag as its place in TAGS; the number of these for any other."""
    return np.array([_NUMBER.get(tag, len(TAGS)) for tag in tags.to_list()], dtype=np.int64)


def structure_features(
    lines: pl.DataFrame,
    elements: pl.DataFrame | None,
    kinds: Kinds | None,
    count: Floats,
    prose: npt.NDArray[np.bool_],
    lexicon: Floats,
    weights: Weights,
    local: Ints,
    bounds: Ints,
) -> dict[str, Floats]:
    """Features of the elements around each line; NaN throughout where there are none."""
    if elements is None or kinds is None or not len(elements) or not len(lines):
        return dict.fromkeys(_names(), np.full(len(lines), np.nan))
    kind, size = kinds.kind, len(kinds)
    path_own = np.bincount(kinds.row, weights=weights.path.of(kinds.code), minlength=size).astype(np.int64)[kind]
    block_own = np.bincount(kinds.row, weights=weights.own.of(kinds.code), minlength=size).astype(np.int64)[kind]
    parent = elements["parent"].to_numpy().astype(np.int64)
    tag = tag_numbers(kinds.tag)[kind]
    hidden = kinds.hidden.copy()
    inside = _INSIDE[tag]
    path, lowest, highest = path_own.copy(), path_own.copy(), path_own.copy()
    for here in levels(elements["depth"].to_numpy().astype(np.int64))[1:]:
        outer = parent[here]
        here, outer = here[outer >= 0], outer[outer >= 0]
        path[here] += path[outer]
        lowest[here] = np.minimum(lowest[here], lowest[outer])
        highest[here] = np.maximum(highest[here], highest[outer])
        inside[here] |= inside[outer]
        hidden[here] |= hidden[outer]
    block = lines["element"].to_numpy().astype(np.int64)
    leaf = lines["leaf"].to_numpy().astype(np.int64)
    block, leaf = np.maximum(block, 0), np.maximum(leaf, 0)
    up = np.where(parent >= 0, parent, np.arange(len(parent)))  # the outermost element stands for its own parent
    above, higher, top = up[block], up[up[block]], up[up[up[block]]]
    scale = weights.path.scale
    sizes = lines["text"].str.len_chars().to_numpy().astype(np.int64)
    linked = lines["link_characters"].to_numpy().astype(np.int64)
    out: dict[str, Floats] = {
        "link_share": linked / np.maximum(sizes, 1),
        "links": lines["links"].to_numpy().astype(np.float64),
        "path": path[leaf] * scale,
        "own_weight": block_own[block] * weights.own.scale,
        "parent_weight": block_own[above] * weights.own.scale,
        "path_lowest": lowest[leaf] * scale,
        "path_highest": highest[leaf] * scale,
        "depth": elements["depth"].to_numpy()[block].astype(np.float64),
        "hidden": hidden[leaf].astype(np.float64),
    }
    own_tag = tag[block]
    out["tag"], out["heading_level"] = _OWN[own_tag], _LEVEL[own_tag]
    out |= {f"in_{name}": inside[leaf, i].astype(np.float64) for i, name in enumerate(INSIDE)}
    out["h1_distance"] = _h1_distance(local, bounds, out["heading_level"])
    start, end = elements["start"].to_numpy().astype(np.int64), elements["end"].to_numpy().astype(np.int64)
    for name, element in (("block", block), ("parent", above), ("grand", higher), ("great", top)):
        out |= _container(name, start[element], end[element], count, prose, linked, sizes, local)
    alike = group_of(local, kind[block], kind[above])[0]
    out |= _siblings(alike, count, prose, out["link_share"], lexicon)
    out |= core_features(lines, elements, count, prose, lexicon, block_own, out["path"], sizes, local, bounds)
    return out


def _names() -> list[str]:
    containers = [f"{c}_{n}" for c in ("block", "parent", "grand", "great") for n in _CONTAINER]
    return [*NAMED, *(f"in_{name}" for name in INSIDE), *containers, *(f"like_{n}" for n in _LIKE), *CORE]


_CONTAINER = ("lines", "words", "prose_share", "link_share", "place", "page_share")
_LIKE = ("lines", "words", "prose_share", "link_share", "lexicon")


def _container(
    name: str,
    start: Ints,
    end: Ints,
    count: Floats,
    prose: npt.NDArray[np.bool_],
    linked: Ints,
    sizes: Ints,
    local: Ints,
) -> dict[str, Floats]:
    """What else stands in the element that holds the lines from `start` to before `end`."""
    tenths = np.rint(count * 10).astype(np.int64)

    def between(values: Ints) -> Floats:
        total = np.concatenate(([0], np.cumsum(values)))
        out: Floats = (total[end] - total[start]).astype(np.float64)
        return out

    held = between(tenths) / 10
    page_words = (np.bincount(local, weights=tenths) / 10)[local]
    return {
        f"{name}_lines": (end - start).astype(np.float64),
        f"{name}_words": held,
        f"{name}_prose_share": between(np.where(prose, tenths, 0)) / 10 / np.maximum(held, 1),
        f"{name}_link_share": between(linked) / np.maximum(between(sizes), 1),
        f"{name}_place": (np.arange(len(count)) - start) / np.maximum(end - start, 1),
        f"{name}_page_share": held / np.maximum(page_words, 1),
    }


def _siblings(
    group: Ints, count: Floats, prose: npt.NDArray[np.bool_], link_share: Floats, lexicon: Floats
) -> dict[str, Floats]:
    """Means over all lines of the page whose block and its parent are of the same kind as this line's."""
    groups = int(group.max(initial=-1)) + 1
    size = np.bincount(group, minlength=groups)

    def mean(values: Floats) -> Floats:
        out: Floats = (np.bincount(group, weights=values, minlength=groups) / size)[group]
        return out

    return {
        "like_lines": size[group].astype(np.float64),
        "like_words": mean(count),
        "like_prose_share": mean(prose.astype(np.float64)),
        "like_link_share": mean(link_share),
        "like_lexicon": mean(lexicon),
    }


def _h1_distance(local: Ints, bounds: Ints, heading_level: Floats) -> Floats:
    """Lines below the page's first `h1` (negative above it), NaN where the page has none."""
    first = np.full(len(bounds) - 1, np.nan)
    at = np.flatnonzero(heading_level == 1.0)[::-1]
    first[local[at]] = at  # of several, the one that is entered last stays
    out: Floats = np.arange(len(local)) - first[local]
    return out
