"""One page parsed by lexbor: well-formed HTML of its body, and what its head and its elements declare."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaner.pages.markup import SWALLOWING, close_swallowing, mend_markup
from cleaner.pages.rights import read_licenses

UNSEEN = ["script", "style", "template", "svg", "math", "canvas", "iframe", "object", "audio", "video", "head"]
"""Elements whose content is no text of the page."""


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


def _parse(html: str) -> tuple[LexborHTMLParser, dict[str, list[LexborNode]]]:
    """The page as a tree, in which no unclosed frame or text field has swallowed the rest; and its nodes of _TOLD."""
    mended = mend_markup(html) or b" "
    tree = LexborHTMLParser(mended)
    nodes = _find(tree)
    if any("</" in node.text(deep=True) for name in SWALLOWING for node in nodes[name]):
        tree = LexborHTMLParser(close_swallowing(mended.decode("utf-8")))
        nodes = _find(tree)
    return tree, nodes


def _find(tree: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """The elements of each name of _TOLD, in order."""
    nodes: dict[str, list[LexborNode]] = {name: [] for name in _TOLD}
    for node in tree.css(_SOUGHT):
        nodes[node.tag or ""].append(node)
    return nodes


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
