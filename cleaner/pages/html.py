"""HTML in, lines and elements out, for a whole batch at once.

lexbor parses each page and writes it out again well formed; one regular expression then cuts the pages into tags
and texts. Depth, parents and links follow from running sums over those tokens, so no Python runs per node.
A line is the text between two boundaries of blocks; `br` breaks a line's text but not the line, unless doubled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from selectolax.lexbor import LexborHTMLParser

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "br",
    ]
)
VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
UNSEEN = ["script", "style", "template", "svg", "math", "canvas", "iframe", "object", "audio", "video", "head"]
"""Elements whose content is no text of the page."""

MAX_DEPTH = 512
"""Elements nested deeper are taken out before parsing: a parser's time grows with the square of the depth."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>")
SWALLOWING = ("iframe", "noembed", "noframes", "xmp", "textarea", "title")
"""Elements of which everything up to their closing tag is plain text to a parser."""
_NESTING = INLINE | frozenset(
    [
        "div",
        "section",
        "article",
        "main",
        "aside",
        "header",
        "footer",
        "nav",
        "form",
        "table",
        "ul",
        "ol",
        "dl",
        "center",
    ]
)
_BR = "\u2028"


@dataclass(slots=True)
class Parsed:
    """What parsing one page gave: well-formed HTML of its body, and what its head declares."""

    body: str
    language: str | None
    title: str | None
    meta: list[tuple[str, str]]
    links: list[tuple[str, str]]
    json_ld: list[str]
    times: list[tuple[str, str]]
    microdata: list[tuple[str, str]]


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


def mend_markup(html: str) -> str:
    """Take out what makes a parser lose the rest of a page, or its time: an unclosed comment, and endless nesting."""
    comment = html.rfind("<!--")
    if comment >= 0 and html.find("-->", comment) < 0 and html.find("--!>", comment) < 0:
        html = html[:comment] + html[comment + 4 :]
    if html.count("<") - 2 * html.count("</") > MAX_DEPTH:
        html = _limit_nesting(html)
    return html


def _close_swallowing(html: str) -> str:
    """Close the elements whose content is no markup and that are never closed, right where they open."""
    lowered = html.lower()
    if len(lowered) != len(html):  # a few letters change their length with their case
        lowered = html
    for name in SWALLOWING:
        opened = lowered.rfind("<" + name)
        if opened >= 0 and lowered.find("</" + name, opened) < 0:
            end = html.find(">", opened)
            if end >= 0:
                html = f"{html[: end + 1]}</{name}>{html[end + 1 :]}"
                lowered = f"{lowered[: end + 1]}</{name}>{lowered[end + 1 :]}"
    return html


def _parse(html: str) -> LexborHTMLParser:
    """The page as a tree, in which no unclosed frame or text field has swallowed the rest."""
    mended = mend_markup(html) or " "
    tree = LexborHTMLParser(mended)
    if any("</" in node.text(deep=True) for node in tree.css(",".join(SWALLOWING))):
        tree = LexborHTMLParser(_close_swallowing(mended))
    return tree


def _limit_nesting(html: str) -> str:
    """`html` without the tags that would stand deeper than MAX_DEPTH (tags whose end may be left out not counted)."""
    depth = 0
    unclosed = VOID | {"p", "li", "dt", "dd", "td", "th", "tr", "option", "body", "html", "head", "tbody", "thead"}

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        name = match[2].lower()
        if name in unclosed or (match[0].endswith("/>") and name not in _NESTING):  # "/>" closes in SVG alone
            return match[0] if depth <= MAX_DEPTH else " "
        if match[1]:
            depth = max(0, depth - 1)
            return match[0] if depth < MAX_DEPTH else " "
        depth += 1
        return match[0] if depth <= MAX_DEPTH else " "

    return _TAG.sub(keep, html)


def parse_html(html: str) -> Parsed:
    """Parse one page (text, not bytes). Never fails: any text is some HTML."""
    tree = _parse(html)
    root = tree.root
    meta, links, times, microdata, json_ld = [], [], [], [], []
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name and attributes.get("content"):
            meta.append((name.strip().lower(), (attributes["content"] or "").strip()))
    for node in tree.css("link[rel][href]"):
        links.append(((node.attributes["rel"] or "").lower(), (node.attributes["href"] or "").strip()))
    for node in tree.css('script[type*="ld+json"]'):
        json_ld.append(node.text(deep=True))
    for node in tree.css("time")[:50]:
        times.append((node.attributes.get("datetime") or "", _collapse(node.text(deep=True))))
    for node in tree.css(
        '[itemprop="author"],[itemprop="datePublished"],[itemprop="dateModified"],[itemprop="headline"],'
        '[itemprop="publisher"],[rel="author"],[itemprop="articleSection"]'
    )[:50]:
        attributes = node.attributes
        value = attributes.get("content") or attributes.get("datetime") or _collapse(node.text(deep=True))
        if node.tag != "meta" and value:
            microdata.append((attributes.get("itemprop") or "author", value[:300]))
    title = tree.css_first("head > title") or tree.css_first("title")
    title_text = _collapse(title.text(deep=True)) if title is not None else None
    language = root.attributes.get("lang") or root.attributes.get("xml:lang") if root is not None else None
    tree.strip_tags(UNSEEN)
    _strip_noscript(tree)
    return Parsed(
        body=tree.html or "",
        language=language or None,
        title=title_text or None,
        meta=meta,
        links=links,
        json_ld=json_ld,
        times=times,
        microdata=microdata,
    )


def _strip_noscript(tree: LexborHTMLParser) -> None:
    """Take out what is shown without scripts only, unless it is where the page's text is (as in some forums)."""
    size = sum(len(node.text(deep=True)) for node in tree.css("noscript"))
    if size < 600 or size < 0.5 * len(tree.body.text(deep=True) if tree.body is not None else ""):
        tree.strip_tags(["noscript"])


def _collapse(text: str) -> str:
    return " ".join(text.split())


def cut_html(bodies: list[str]) -> Cut:
    """Cut well-formed pages into lines; `page` numbers them in the order given."""
    tokens = (
        pl.DataFrame({"token": pl.Series(bodies, dtype=pl.String)})
        .with_row_index("page")
        .with_columns(pl.col("token").str.extract_all(r"<!--(?s:.*?)-->|<[^>]*>|[^<]+"))
        .explode("token")
        .filter(pl.col("token").is_not_null() & ~pl.col("token").str.starts_with("<!"))
    )
    first = tokens["token"].str.slice(0, 2)
    is_tag = first.str.starts_with("<").to_numpy()
    is_close = (first == "</").to_numpy()
    tag = tokens["token"].str.extract(r"^</?([^\s/>]+)").fill_null("")

    def tag_in(wanted: frozenset[str]) -> Bools:
        found: Bools = tag.is_in(list(wanted)).to_numpy() & is_tag
        return found

    page = tokens["page"].to_numpy().astype(np.int64)
    void, inline, br = tag_in(VOID), tag_in(INLINE), tag_in(frozenset({"br"}))
    pre, link = tag_in(frozenset({"pre", "textarea"})), tag_in(frozenset({"a"}))
    step = np.where(is_tag & ~void, np.where(is_close, -1, 1), 0)
    depth = np.cumsum(step)  # of what a token opens, or of what encloses it; 0 outside of all
    opens = is_tag & ~is_close

    # elements: every opening tag; parents found level by level
    where = np.flatnonzero(opens)
    level = np.where(void[where], depth[where] + 1, depth[where])
    parent = _last_before(where, level - 1, where, level)

    text = ~is_tag
    blank = tokens["token"].str.contains(r"\S").not_().to_numpy() & text
    boundary = (is_tag & ~inline) | np.concatenate(([False], page[1:] != page[:-1]))
    boundary |= _doubled(br, blank)
    group = np.cumsum(boundary)

    in_link = np.cumsum(np.where(link, np.where(is_close, -1, 1), 0)) > 0
    in_pre = np.cumsum(np.where(pre & ~void, np.where(is_close, -1, 1), 0)) > 0
    parts = np.flatnonzero(text | br)
    rows = pl.DataFrame(
        {
            "group": group[parts],
            "page": page[parts].astype(np.uint32),
            "token_at": parts,
            "text": tokens["token"].gather(parts).set(pl.Series(br[parts]), _BR),
            "shown": text[parts] & ~blank[parts],
            "in_link": in_link[parts],
            "pre": in_pre[parts],
            "link_start": (link & opens).cumsum()[parts],
        }
    ).with_columns(size=pl.col("text").str.strip_chars().str.len_chars())
    lines = (
        rows.lazy()
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("page").first(),
            pl.col("text").str.join(""),
            pl.col("token_at").filter(pl.col("shown")).first().alias("first_text"),
            (pl.col("size") * (pl.col("in_link") & pl.col("shown"))).sum().alias("link_characters").cast(pl.Int64),
            pl.col("link_start").filter(pl.col("in_link") & pl.col("shown")).n_unique().alias("links").cast(pl.Int64),
            pl.col("pre").any(),
        )
        .filter(pl.col("first_text").is_not_null())
        .with_columns(text=_unescape(pl.when("pre").then(_tidy_pre(pl.col("text"))).otherwise(_tidy(pl.col("text")))))
        .filter(pl.col("text") != "")
        .with_columns(line=pl.int_range(pl.len(), dtype=pl.UInt32).over("page"))
        .with_columns(start=pl.lit(0, pl.Int64), end=pl.lit(0, pl.Int64), blank_before=pl.lit(0, pl.UInt16))
        .collect()
    )
    at = lines["first_text"].to_numpy().astype(np.int64)
    leaf = _last_before(where, depth[at], at, level)
    block_of = _nearest_block(parent, level, ~inline[where])
    element = np.where(leaf >= 0, block_of[leaf] if len(block_of) else -1, -1)
    close_at = _closing(where, level, is_close, depth, void[where])
    elements = pl.DataFrame(
        {
            "page": page[where],
            "parent": parent,
            "depth": level,
            "tag": tag.gather(where),
            "token": tokens["token"].gather(where),
            "start": np.searchsorted(at, where),
            "end": np.searchsorted(at, close_at),
        }
    )
    lines = lines.select(
        "page",
        "line",
        "text",
        "start",
        "end",
        "blank_before",
        pl.Series(
            "tag", elements["tag"].gather(np.maximum(element, 0)) if len(elements) else [""] * len(lines), pl.String
        ),
        pl.Series("element", element),
        pl.Series("leaf", leaf),
        "link_characters",
        "links",
        "pre",
    )
    return Cut(lines, elements)


def _tidy(text: pl.Expr) -> pl.Expr:
    """White space collapsed to one space each; breaks inside the line become newlines."""
    return text.str.replace_all(r"[ \t\n\r\f]+", " ").str.replace_all(rf" *{_BR}[ {_BR}]*", "\n").str.strip_chars(" \n")


def _tidy_pre(text: pl.Expr) -> pl.Expr:
    """The layout of a preformatted block as it is, without blank lines around it."""
    return text.str.replace_all(_BR, "\n").str.replace_all(r"^\s*\n|\s+$", "")


def _unescape(text: pl.Expr) -> pl.Expr:
    """The four entities that a serialiser writes."""
    for entity, character in (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.str.replace_all(entity, character, literal=True)
    return text


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


def _doubled(br: Bools, blank: Bools) -> Bools:
    """Each `br` that follows another with nothing but white space between."""
    out = np.zeros(len(br), dtype=bool)
    solid = np.flatnonzero(~blank)
    if len(solid) > 1:
        out[solid[1:]] = br[solid[1:]] & br[solid[:-1]]
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
