"""HTML in, lines and elements out, for a whole batch at once.

lexbor parses each page and writes it out again well formed; one regular expression then cuts the pages into tags
and texts. Depth, parents and links follow from running sums over those tokens, so no Python runs per node.
A line is the text between two boundaries of blocks; `br` breaks a line's text but not the line, unless doubled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.pages.markup import INLINE, VOID

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_BR = "\u2028"
_BLANKS = " \t\n\r\f"


@dataclass(slots=True)
class Cut:
    """Lines of a batch of HTML pages, and the elements they stand in.

    `lines` has the columns of `batch.LINE_COLUMNS` and
        element: the line's own block, as a row of `elements`;   leaf: the innermost element of its first text;
        link_characters: how many of its characters stand in links;   links: in how many links;
        pre: whether it is preformatted.
    `elements` has page, parent (row of `elements`, -1 for none), depth, tag, token (the whole opening tag, as
    written out), and start, end: the lines from `start` to before `end` (rows of `lines`) stand inside it.
    """

    lines: pl.DataFrame
    elements: pl.DataFrame


def cut_html(bodies: list[str]) -> Cut:
    """Cut well-formed pages into lines; `page` numbers them in the order given."""
    parts = _split_tags(bodies)
    page = parts["page"].to_numpy().astype(np.int64)
    said, text, tag = parts["said"], parts["text"], parts["tag"]
    is_tag, is_close, empty, shown = (parts[name].to_numpy() for name in ("is_tag", "is_close", "empty", "shown"))
    names = {"void": VOID, "inline": INLINE, "br": {"br"}, "pre": {"pre", "textarea"}, "link": {"a"}}
    found = parts.select(pl.col("tag").is_in(list(tags)).alias(name) for name, tags in names.items())
    void, inline, br, pre, link = (found[name].to_numpy() & is_tag for name in names)
    step = np.where(is_tag & ~void, np.where(is_close, -1, 1), 0)
    depth = np.cumsum(step)  # of what a tag opens, or of what encloses its text; 0 outside of all
    opens = is_tag & ~is_close

    # elements: every opening tag; parents found level by level
    where = np.flatnonzero(opens)
    level = np.where(void[where], depth[where] + 1, depth[where])
    parent = _last_before(where, level - 1, where, level)

    boundary = (is_tag & ~inline) | np.concatenate(([False], page[1:] != page[:-1]))
    boundary |= _doubled(br, is_tag, shown)
    group = np.cumsum(boundary)
    in_link = np.cumsum(np.where(link, np.where(is_close, -1, 1), 0)) > 0
    in_pre = np.cumsum(np.where(pre & ~void, np.where(is_close, -1, 1), 0)) > 0

    seen = np.flatnonzero(shown)
    first = np.flatnonzero(np.diff(group[seen], prepend=-1))
    at, groups = seen[first], group[seen[first]]  # of each line the part with its first text
    of_line = np.repeat(np.arange(len(at)), np.diff(np.append(first, len(seen))))  # the line of each shown text
    linked = in_link[seen]
    size = text.gather(seen[linked]).str.strip_chars().str.len_chars().to_numpy()
    number = (link & opens).cumsum()[seen[linked]]
    in_lines = of_line[linked]
    new = (np.diff(in_lines, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0)
    is_pre = np.isin(groups, group[in_pre & (br | (text != "").to_numpy())])
    lines = pl.DataFrame(
        {
            "page": page[at].astype(np.uint32),
            "text": _line_texts(text, group, at, seen[np.append(first, len(seen))[1:] - 1], is_pre, br, empty),
            "first_text": at,
            "link_characters": np.bincount(in_lines, weights=size, minlength=len(at)).astype(np.int64),
            "links": np.bincount(in_lines, weights=new, minlength=len(at)).astype(np.int64),
            "pre": is_pre,
        }
    ).filter(pl.col("text") != "")
    at = lines["first_text"].to_numpy().astype(np.int64)
    leaf = _last_before(where, depth[at], at + 1, level)
    block_of = _nearest_block(parent, level, ~inline[where])
    element = np.where(leaf >= 0, block_of[leaf] if len(block_of) else -1, -1)
    close_at = _closing(where, level, is_close, depth, void[where])
    elements = pl.DataFrame(
        {
            "page": page[where],
            "parent": parent,
            "depth": level,
            "tag": tag.gather(where),
            "token": "<" + said.gather(where) + ">",
            "start": np.searchsorted(at, where),
            "end": np.searchsorted(at, close_at),
        }
    )
    place = lines["page"].to_numpy().astype(np.int64)
    count = len(lines)
    lines = lines.select(
        "page",
        pl.Series("line", np.arange(count) - np.searchsorted(place, place), pl.UInt32),
        "text",
        pl.Series("start", np.zeros(count), pl.Int64),
        pl.Series("end", np.zeros(count), pl.Int64),
        pl.Series("blank_before", np.zeros(count), pl.UInt16),
        pl.Series("tag", elements["tag"].gather(np.maximum(element, 0)) if len(elements) else [""] * count, pl.String),
        pl.Series("element", element),
        pl.Series("leaf", leaf),
        "link_characters",
        "links",
        "pre",
    )
    return Cut(lines, elements)


def _split_tags(bodies: list[str]) -> pl.DataFrame:
    """The pages cut before each tag: `page`, `said` (what stands between "<" and ">"), the tag's name, the text after
    it, whether that is `empty` (nothing but blanks) or can be `shown`, and whether it is a tag, and a closing one.

    What is no tag begins with "!": a page's beginning, a document type, a comment that was taken out.
    """
    parts = (
        pl.DataFrame({"part": pl.Series([f"!>{_without_comments(body)}" for body in bodies], dtype=pl.String)})
        .with_row_index("page")
        .with_columns(pl.col("part").str.split("<"))
        .explode("part")
    )
    halved = pl.col("part").str.splitn(">", 2).struct.rename_fields(["said", "text"]).alias("halves")
    halves = parts.select("page", halved).unnest("halves")
    if halves["text"].null_count():  # the name of an attribute can hold a "<"
        halves = _mend_torn(parts, halves["text"].is_null().to_numpy()).select("page", halved).unnest("halves")
        halves = halves.with_columns(pl.col("text").fill_null(""))
    return halves.with_columns(
        is_tag=pl.col("said").str.starts_with("!").not_(),
        is_close=pl.col("said").str.starts_with("/"),
        tag=pl.col("said").str.extract(r"^/?([^\s/]+)").fill_null(""),
        empty=pl.col("text").str.strip_chars(_BLANKS) == "",
        shown=pl.col("text").str.strip_chars() != "",
    )


def _mend_torn(parts: pl.DataFrame, torn: Bools) -> pl.DataFrame:
    """The parts, each that is `torn` (its tag goes on behind a "<") put together with those that follow on its page."""
    page = parts["page"].to_numpy()
    ends = ~torn | np.append(page[1:] != page[:-1], True)  # of each run of parts that belong together the last one
    starts = np.append(True, ends[:-1])
    first, last = np.flatnonzero(starts), np.flatnonzero(ends)
    several = np.flatnonzero(last > first)
    joined = ["<".join(parts["part"][int(first[i]) : int(last[i]) + 1].to_list()) for i in several.tolist()]
    whole = parts["part"].gather(first).scatter(several, joined)
    return pl.DataFrame({"page": parts["page"].gather(first), "part": whole})


def _without_comments(body: str) -> str:
    """The page with an empty mark in place of each comment."""
    parts: list[str] = []
    last = 0
    start = body.find("<!--")
    while start >= 0:
        end = body.find("-->", start + 4)
        if end < 0:
            break
        parts += (body[last:start], "<!>")
        last = end + 3
        start = body.find("<!--", last)
    parts.append(body[last:])
    return "".join(parts)


def _line_texts(
    text: pl.Series, group: Ints, first: Ints, last: Ints, is_pre: Bools, br: Bools, empty: Bools
) -> pl.Series:
    """The text of each line, whose texts that are shown stand in the parts from `first` to `last`."""
    lines = text.gather(first)
    groups = group[first]
    line = np.minimum(np.searchsorted(groups, group), max(len(groups) - 1, 0))
    inside = groups[line] == group if len(groups) else np.zeros(len(group), dtype=bool)
    part = np.arange(len(group))
    blank = empty & ~br  # blanks at a line's ends make no difference, unless it is preformatted
    inside &= ~(blank & ~is_pre[line] & ((part < first[line]) | (part > last[line]))) if len(groups) else True
    pieces = np.flatnonzero(inside)
    several = (np.bincount(line[pieces], minlength=len(groups)) > 1) | br[first]
    pieces = pieces[several[line[pieces]]]
    if len(pieces):
        joined = (
            pl.DataFrame({"line": line[pieces], "br": br[pieces], "text": text.gather(pieces)})
            .with_columns(text=pl.when("br").then(_BR + pl.col("text")).otherwise("text"))
            .group_by("line", maintain_order=True)
            .agg(pl.col("text").str.join(""))
        )
        lines = _replace(lines, several, joined["text"])
    tidied = _tidy(lines)
    if is_pre.any():
        tidied = _replace(tidied, is_pre, _tidy_pre(lines.filter(pl.Series(is_pre))))
    return _unescape(tidied)


def _replace(texts: pl.Series, chosen: Bools, new: pl.Series) -> pl.Series:
    """`texts` with those that are chosen replaced by the new ones, in their order."""
    return texts.clone().scatter(np.flatnonzero(chosen), new)


def _tidy(texts: pl.Series) -> pl.Series:
    """White space collapsed to one space each; breaks inside the line become newlines."""
    text = pl.col("text").str.replace_all(rf"[{_BLANKS}]{{2,}}|[\t\n\r\f]", " ")
    broken = pl.col("text").str.contains(_BR, literal=True)
    table = texts.to_frame("text").select(text.str.strip_chars(" "), broken.alias("broken"))
    tidied, chosen = table["text"], table["broken"]
    if not chosen.any():
        return tidied
    lines = tidied.filter(chosen).to_frame("text")
    lines = lines.select(pl.col("text").str.replace_all(rf" *{_BR}[ {_BR}]*", "\n").str.strip_chars(" \n"))
    return _replace(tidied, chosen.to_numpy(), lines["text"])


def _tidy_pre(texts: pl.Series) -> pl.Series:
    """The layout of a preformatted block as it is, without blank lines around it."""
    return texts.str.replace_all(_BR, "\n", literal=True).str.replace_all(r"^\s*\n|\s+$", "")


def _unescape(texts: pl.Series) -> pl.Series:
    """The four entities that a serialiser writes."""
    escaped = texts.str.contains("&", literal=True)
    if not escaped.any():
        return texts
    text = pl.col("text")
    for entity, character in (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.str.replace_all(entity, character, literal=True)
    return _replace(texts, escaped.to_numpy(), texts.filter(escaped).to_frame("text").select(text)["text"])


def _last_before(where: Ints, wanted: Ints, positions: Ints, level: Ints) -> Ints:
    """For each position, the last element before it that stands at the wanted level; -1 where there is none."""
    found: Ints = np.full(len(positions), -1, dtype=np.int64)
    order = np.argsort(level, kind="stable")
    bounds = np.searchsorted(level[order], np.arange(level.max(initial=0) + 2))
    by_wanted = np.argsort(wanted, kind="stable")
    wanted_bounds = np.searchsorted(wanted[by_wanted], np.arange(level.max(initial=0) + 2))
    for depth in range(1, len(bounds) - 1):
        here = order[bounds[depth] : bounds[depth + 1]]
        asking = by_wanted[wanted_bounds[depth] : wanted_bounds[depth + 1]]
        if len(here) and len(asking):
            at = np.searchsorted(where[here], positions[asking], side="left") - 1
            found[asking] = np.where(at >= 0, here[np.maximum(at, 0)], -1)
    return found


def _nearest_block(parent: Ints, level: Ints, is_block: Bools) -> Ints:
    """For each element, itself if it is a block, else the nearest block around it."""
    block: Ints = np.arange(len(parent), dtype=np.int64)
    for here in levels(level):
        up = parent[here]
        block[here] = np.where(is_block[here] | (up < 0), here, block[np.maximum(up, 0)])
    return block


def levels(level: Ints) -> list[Ints]:
    """Elements grouped by depth, outermost first: parents are always done before their children."""
    order = np.argsort(level, kind="stable")
    cuts = np.searchsorted(level[order], np.arange(1, level.max(initial=0) + 1))
    return np.split(order, cuts)


def _doubled(br: Bools, is_tag: Bools, shown: Bools) -> Bools:
    """Each `br` that follows another with nothing but white space between."""
    out = np.zeros(len(br), dtype=bool)
    solid = np.flatnonzero(is_tag | shown)
    before, here = solid[:-1], solid[1:]
    out[here] = br[here] & is_tag[here] & br[before] & ~shown[before]
    return out


def _closing(where: Ints, level: Ints, is_close: Bools, depth: Ints, void: Bools) -> Ints:
    """Position of the tag that closes each element; its own for an element without content."""
    closing: Ints = where.copy()
    at = np.flatnonzero(is_close)
    closed = depth[at] + 1
    order = np.argsort(closed, kind="stable")
    bounds = np.searchsorted(closed[order], np.arange(level.max(initial=0) + 3))
    for number, here in enumerate(levels(level)):
        ends = at[order[bounds[number] : bounds[number + 1]]] if number + 1 < len(bounds) else at[:0]
        inner = here[~void[here]]
        if len(ends) and len(inner):
            found = np.searchsorted(ends, where[inner])
            closing[inner] = np.where(found < len(ends), ends[np.minimum(found, len(ends) - 1)], where[inner])
    return closing
