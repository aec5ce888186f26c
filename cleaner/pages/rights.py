"""Links of a page to the terms of a licence, noted while its parse is at hand."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LINKS = (
    'a[rel~="license"],a[href*="creativecommons.org/"],a[href*="open-government-licen"],a[href*="licence-ouverte"],'
    'a[href*="opendatacommons.org/"],a[href*="/dl-de/"],a[href*="/fdl"]'
)
_HINTS = (
    "license", "creativecommons.org/", "open-government-licen", "licence-ouverte", "opendatacommons.org/", "/dl-de/",
    "/fdl",
)  # fmt: skip
"""A page without any of these has no such link."""
_BLOCKS = frozenset({"p", "div", "li", "td", "section", "article", "footer", "aside", "main", "dd", "body"})
_PICTURES = frozenset({"figure", "figcaption", "caption", "blockquote"})
_NAMED = (
    "caption", "photo-credit", "image-credit", "comment-content", "comment-body", "commentlist", "related", "gallery",
)  # fmt: skip
MAX_LINKS = 20
MAX_AROUND = 400


def read_licenses(tree: LexborHTMLParser, html: str) -> list[tuple[str, str, str]]:
    """(rel, address, text of the block around) of each link to a licence, those of pictures, quotes and comments aside.

    The text is "" for a badge that stands alone.
    """
    if not any(hint in html for hint in _HINTS):
        return []
    found: list[tuple[str, str, str]] = []
    for node in tree.css(_LINKS)[:MAX_LINKS]:
        address = (node.attributes.get("href") or "").strip()
        block = _block_around(node)
        if address and block is not None:
            text = " ".join(block.text(deep=True)[: 10 * MAX_AROUND].split())
            found.append(((node.attributes.get("rel") or "").lower(), address, text[:MAX_AROUND]))
    return found


def _block_around(node: LexborNode) -> LexborNode | None:
    """The nearest block around a link; None where it stands in a picture's caption, a quote or a comment."""
    block: LexborNode | None = None
    above: LexborNode | None = node
    for _ in range(12):
        if above is None:
            break
        if above.tag in _PICTURES:
            return None
        names = f"{above.attributes.get('class') or ''} {above.attributes.get('id') or ''}".lower()
        if above.tag not in ("body", "html", "main", "article") and any(name in names for name in _NAMED):
            return None
        if block is None and above.tag in _BLOCKS:
            block = above
        above = above.parent
    return block
