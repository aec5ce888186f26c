"""Features of where a line branches off from the core of its HTML page.

The core is the innermost element that holds at least half of the page's running text. What leaves the way to the core
early (a sidebar, a footer) or hangs on it as a whole (a box of related stories below an article) is judged as a whole:
the branch is the outermost element around a line that holds less than half of the running text.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.pages.html import levels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NAMES = (
    "core_gap", "core_share", "core_link_share", "branch_height", "branch_lines", "branch_words", "branch_prose_share",
    "branch_link_share", "branch_lexicon", "branch_weight", "branch_index", "page_articles",
    "page_headings", "page_links", "path_gap",
)  # fmt: skip


def core_features(
    lines: pl.DataFrame, elements: pl.DataFrame, count: Floats, prose: npt.NDArray[np.bool_], lexicon: Floats,
    block_own: Ints, path: Floats, sizes: Ints, local: Ints, bounds: Ints,
) -> dict[str, Floats]:  # fmt: skip
    """`block_own`: each element's own weight; `path`: each line's path score; `sizes`: its characters; `bounds`: first
    line of each page."""
    pages = len(bounds) - 1
    parent = elements["parent"].to_numpy().astype(np.int64)
    start, end = elements["start"].to_numpy().astype(np.int64), elements["end"].to_numpy().astype(np.int64)
    depth = elements["depth"].to_numpy().astype(np.int64)
    leaf = np.maximum(lines["leaf"].to_numpy().astype(np.int64), 0)
    tenths = np.rint(count * 10).astype(np.int64)
    linked = lines["link_characters"].to_numpy().astype(np.int64)
    lex = np.rint(lexicon * np.sqrt(count) * 1000).astype(np.int64)
    roots = np.rint(np.sqrt(count) * 1000).astype(np.int64)

    def between(values: Ints) -> Ints:
        total = np.concatenate(([0], np.cumsum(values)))
        out: Ints = total[end] - total[start]
        return out

    prose_tenths = np.where(prose, tenths, 0)
    per_page, all_words = (np.add.reduceat(values, bounds[:-1]) for values in (prose_tenths, tenths))
    measure = np.where((per_page > 0)[local], prose_tenths, tenths)
    whole = np.where(per_page > 0, per_page, all_words)
    page_of = local[np.minimum(start, max(len(local) - 1, 0))]
    held = between(measure)
    big = (2 * held >= whole[page_of]) & (end > start)
    # the branch: walk down from the root while elements are big; what is not big hands its own top down
    top = np.arange(len(parent))
    for here in levels(depth)[1:]:
        outer = parent[here]
        inherits = here[(outer >= 0) & ~big[np.maximum(outer, 0)]]
        top[inherits] = top[parent[inherits]]
    core_depth = np.zeros(pages, dtype=np.int64)
    np.maximum.at(core_depth, page_of[big], depth[big])
    is_core = big & (depth == core_depth[page_of])
    # where no element holds half of the text (lines that a page's data gave stand in none), the outermost stands in
    numbers = lines["page"].to_numpy().astype(np.int64)[bounds[:-1]]
    core = np.minimum(np.searchsorted(elements["page"].to_numpy().astype(np.int64), numbers), len(parent) - 1)
    core[page_of[is_core]] = np.flatnonzero(is_core)
    branch = top[leaf]
    joint = np.where(big[branch], branch, np.maximum(parent[branch], 0))
    words_of, prose_of = between(tenths), between(prose_tenths)
    links_of, sizes_of = between(linked), np.maximum(between(sizes), 1)
    lexicon_of = between(lex) / np.maximum(between(roots), 1)
    weight = np.sqrt(count) * np.where(prose, 4.0, 1.0)
    best = np.bincount(local, weights=path * weight, minlength=pages) / np.maximum(
        np.bincount(local, weights=weight, minlength=pages), 1e-9
    )
    articles = (elements["tag"] == "article").to_numpy() & (end > start)
    headings = elements["tag"].is_in(["h1", "h2", "h3", "h4"]).to_numpy() & (end > start)
    page_chars = np.maximum(np.bincount(local, weights=sizes, minlength=pages), 1)
    return {
        "core_gap": (core_depth[local] - depth[joint]).astype(np.float64),
        "core_share": (words_of[core] / np.maximum(all_words, 1))[local],
        "core_link_share": (links_of[core] / sizes_of[core])[local],
        "branch_height": (depth[leaf] - depth[branch]).astype(np.float64),
        "branch_lines": (end - start)[branch].astype(np.float64),
        "branch_words": words_of[branch] / 10.0,
        "branch_prose_share": prose_of[branch] / np.maximum(words_of[branch], 1),
        "branch_link_share": links_of[branch] / sizes_of[branch],
        "branch_lexicon": lexicon_of[branch],
        "branch_weight": block_own[branch].astype(np.float64),
        "branch_index": (start[branch] - start[core][local]) / np.maximum(np.diff(bounds)[local], 1),
        "page_articles": np.bincount(page_of[articles], minlength=pages)[local].astype(np.float64),
        "page_headings": np.bincount(page_of[headings], minlength=pages)[local].astype(np.float64),
        "page_links": (np.bincount(local, weights=linked, minlength=pages) / page_chars)[local],
        "path_gap": path - best[local],
    }
