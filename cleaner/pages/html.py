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
from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaner.pages.rights import read_licenses

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
_UNCLOSED = VOID | {"p", "li", "dt", "dd", "td", "th", "tr", "option", "body", "html", "head", "tbody", "thead"}
"""Elements whose end is left out, or may be: they do not count as nesting."""
_FLAT = re.compile(
    rf"</?(?:{'|'.join(sorted(_UNCLOSED))})(?=[\s/>])|<(?:path|circle|rect|line|polygon|use|stop)\s[^<>]*/>".encode(),
    re.IGNORECASE,
)
_NUMBERS = np.array([int.from_bytes(name.encode(), "big") for name in sorted(_UNCLOSED)], dtype=np.int64)
_LONGEST = max(map(len, _UNCLOSED))
_ENDS_NAME = np.zeros(256, dtype=bool)
_ENDS_NAME[list(b" \t\n\r\f\v/>")] = True
_BR = "\u2028"
_BLANKS = " \t\n\r\f"


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
    licenses: list[tuple[str, str, str]]
    logos: list[str]


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
    return _limit_nesting(html) if _may_nest_deep(html) else html


def _may_nest_deep(html: str) -> bool:
    """Whether elements could stand deeper than MAX_DEPTH: a quick look at the first letters of all tags."""
    data = html.encode("utf-8", "replace") + b"\0"
    codes = np.frombuffer(data, np.uint8)
    at = np.flatnonzero(codes == ord("<"))
    if len(at) <= MAX_DEPTH:
        return False
    following = codes[at + 1]
    letter = following | 32
    step = ((letter >= ord("a")) & (letter <= ord("z"))).astype(np.int64) - (following == ord("/"))
    if _highest(step) <= MAX_DEPTH:
        return False
    # the names alone are looked up faster than the regular expression finds them; few pages need more
    step[_are_unclosed(codes, at + 1 + (following == ord("/")))] = 0
    if _highest(step) <= MAX_DEPTH:
        return False
    step[np.searchsorted(at, [match.start() for match in _FLAT.finditer(data)])] = 0
    return _highest(step) > MAX_DEPTH


def _are_unclosed(codes: npt.NDArray[np.uint8], at: Ints) -> Bools:
    """Whether the name that begins at each of these positions is one in _UNCLOSED."""
    number = np.zeros(len(at), dtype=np.int64)
    going = np.ones(len(at), dtype=bool)
    ended = np.zeros(len(at), dtype=bool)
    for place in range(_LONGEST + 1):
        code = codes[np.minimum(at + place, len(codes) - 1)]
        letter = code | 32
        more = going & (letter >= ord("a")) & (letter <= ord("z"))
        ended |= going & ~more & _ENDS_NAME[code]
        going = more
        number = np.where(more, number << 8 | letter, number)
    return ended & np.isin(number, _NUMBERS)


def _highest(step: Ints) -> int:
    """The most that a running sum rises above the lowest value before."""
    height = np.cumsum(step)
    return int((height - np.minimum.accumulate(np.minimum(height, 0))).max(initial=0))


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


def _parse(html: str) -> tuple[LexborHTMLParser, dict[str, list[LexborNode]]]:
    """The page as a tree, in which no unclosed frame or text field has swallowed the rest; and its nodes of _TOLD."""
    mended = mend_markup(html) or " "
    tree = LexborHTMLParser(mended)
    nodes = _find(tree)
    if any("</" in node.text(deep=True) for name in SWALLOWING for node in nodes[name]):
        tree = LexborHTMLParser(_close_swallowing(mended))
        nodes = _find(tree)
    return tree, nodes


def _find(tree: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """The elements of each name of _TOLD, in order."""
    nodes: dict[str, list[LexborNode]] = {name: [] for name in _TOLD}
    for node in tree.css(_SOUGHT):
        nodes[node.tag or ""].append(node)
    return nodes


def _limit_nesting(html: str) -> str:
    """`html` without the tags that would stand deeper than MAX_DEPTH (tags whose end may be left out not counted)."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        name = match[2].lower()
        if name in _UNCLOSED or (match[0].endswith("/>") and name not in _NESTING):  # "/>" closes in SVG alone
            return match[0] if depth <= MAX_DEPTH else " "
        if match[1]:
            depth = max(0, depth - 1)
            return match[0] if depth < MAX_DEPTH else " "
        depth += 1
        return match[0] if depth <= MAX_DEPTH else " "

    return _TAG.sub(keep, html)


_TOLD = ("meta", "link", "script", "time", "title", "noscript", "img", *SWALLOWING)
"""Elements of a page that are looked at before it is cut."""
_SOUGHT = ",".join(_TOLD).replace("img", 'img[src*="logo" i],img[alt*="logo" i],img[class*="logo" i]')
"""The same as a selector: of pictures, those that are called a logo."""
_NOTED = '[itemprop],[property],[rel~="author"],[class*="author" i],[class*="byline" i]'
"""Elements of the body that may name author, date and headline: microdata, RDFa, and what is classed as a byline."""
_PROPERTIES = frozenset({
    "author", "creator", "datepublished", "datecreated", "datemodified", "headline", "publisher", "articlesection",
})  # fmt: skip
_BYLINE = re.compile(r"author(?!i)|byline", re.IGNORECASE)  # nothing authorised
MAX_NOTED = 50
"""So many `<time>` elements of a page, and so many of microdata and bylines, are noted."""
MAX_NOTED_TEXT = 200_000
"""So many characters of their texts are looked at."""
MAX_VALUE = 300
MAX_LOGOS = 4
"""So many pictures that are called a logo are noted."""


def parse_html(html: str) -> Parsed:
    """Parse one page (text, not bytes). Never fails: any text is some HTML."""
    tree, nodes = _parse(html)
    root = tree.root
    meta, links = [], []
    for node in nodes["meta"]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name and attributes.get("content"):
            meta.append((name.strip().lower(), (attributes["content"] or "").strip()))
    for node in nodes["link"]:
        attributes = node.attributes
        if "rel" in attributes and "href" in attributes:
            links.append(((attributes["rel"] or "").lower(), (attributes["href"] or "").strip()))
    scripts = ((node, node.attributes.get("type") or "") for node in nodes["script"])
    json_ld = [node.text(deep=True) for node, kind in scripts if "ld+json" in kind.lower()]
    times = [
        (node.attributes.get("datetime") or "", _collapse(node.text(deep=True))) for node in nodes["time"][:MAX_NOTED]
    ]
    title = tree.css_first("head > title") or next(iter(nodes["title"]), None)
    title_text = _collapse(title.text(deep=True)) if title is not None else None
    logos = _read_logos(nodes)
    language = root.attributes.get("lang") or root.attributes.get("xml:lang") if root is not None else None
    tree.strip_tags(UNSEEN)
    if nodes["noscript"]:
        _strip_noscript(tree)
    return Parsed(
        body=tree.html or "",
        language=language or None,
        title=title_text or None,
        meta=meta,
        links=links,
        json_ld=json_ld,
        times=times,
        microdata=_read_noted(tree),
        licenses=read_licenses(tree),
        logos=logos,
    )


def _read_logos(nodes: dict[str, list[LexborNode]]) -> list[str]:
    """The texts of the first pictures that are called a logo, and the titles of feeds."""
    found = []
    for node in nodes["img"][:MAX_LOGOS]:
        if text := node.attributes.get("alt"):
            found.append(_collapse(text[:MAX_VALUE]))
    for node in nodes["link"][:MAX_NOTED]:
        told = node.attributes
        if told.get("title") and (told.get("type") or "").endswith(("rss+xml", "atom+xml")):
            found.append(_collapse((told["title"] or "")[:MAX_VALUE]))
    return found


def _read_noted(tree: LexborHTMLParser) -> list[tuple[str, str]]:
    """(property, value) of elements of microdata and RDFa, ("byline", text) of those that are classed as one, in order.

    Pieces of text that stand in elements of their own are parted by newlines.
    """
    noted: list[tuple[str, str]] = []
    seen = 0
    for node in tree.css(_NOTED):
        named = _property(node)
        if named is None or len(noted) == MAX_NOTED or seen > MAX_NOTED_TEXT:
            continue
        if named == "author" and (name := node.css_first('[itemprop="name"],[property="name"]')) is not None:
            node = name
        attributes = node.attributes
        value = attributes.get("content") or attributes.get("datetime")
        if not value:
            text = node.text(deep=True, separator="\n")
            seen += len(text)
            value = "\n".join(part for part in map(_collapse, text[: 10 * MAX_VALUE].split("\n")) if part)
        if value:
            noted.append((named, value[:MAX_VALUE]))
    return noted


def _property(node: LexborNode) -> str | None:
    """Which property of an article an element of the body holds; None for most."""
    attributes = node.attributes
    for name in f"{attributes.get('itemprop') or ''} {attributes.get('property') or ''}".lower().split():
        if (bare := name.rpartition(":")[2]) in _PROPERTIES and node.tag != "meta":
            return bare
    if "author" in (attributes.get("rel") or ""):
        return "author"
    return "byline" if _BYLINE.search(attributes.get("class") or "") else None


def _strip_noscript(tree: LexborHTMLParser) -> None:
    """Take out what is shown without scripts only, unless it is where the page's text is (as in some forums)."""
    size = sum(len(node.text(deep=True)) for node in tree.css("noscript"))
    if size < 600 or size < 0.5 * len(tree.body.text(deep=True) if tree.body is not None else ""):
        tree.strip_tags(["noscript"])


def _collapse(text: str) -> str:
    return " ".join(text.split())


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
        torn = pl.col("part").str.contains(">", literal=True).not_()
        tag = (torn.not_().cast(pl.Int64).cum_sum() - torn.not_()).alias("tag")
        parts = parts.group_by("page", tag, maintain_order=True).agg(pl.col("part").str.join("<"))
        halves = parts.select("page", halved).unnest("halves").with_columns(pl.col("text").fill_null(""))
    return halves.with_columns(
        is_tag=pl.col("said").str.starts_with("!").not_(),
        is_close=pl.col("said").str.starts_with("/"),
        tag=pl.col("said").str.extract(r"^/?([^\s/]+)").fill_null(""),
        empty=pl.col("text").str.strip_chars(_BLANKS) == "",
        shown=pl.col("text").str.contains(r"\S"),
    )


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
    return texts.str.replace_all(_BR, "\n").str.replace_all(r"^\s*\n|\s+$", "")


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
