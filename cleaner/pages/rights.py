"""Links of a page to the terms of a licence, noted while its parse is at hand."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LINKS = 'a[rel~="license"],a[href*="licen"],a[href*="publicdomain/"],a[href*="/dl-de/"]'
"""Addresses of licences hold one of these; what else does is sorted out by whoever knows the addresses."""
_BLOCKS = frozenset({"p", "div", "li", "td", "section", "article", "footer", "aside", "main", "dd", "body"})
_PICTURES = frozenset({"figure", "figcaption", "caption", "blockquote"})
_NAMED = (
    "caption", "photo-credit", "image-credit", "comment-content", "comment-body", "commentlist", "related", "gallery",
)  # fmt: skip
MAX_LINKS = 20
MAX_AROUND = 400
MAX_TEXT = 200_000
"""So many characters of the blocks around are looked at."""


def read_licenses(tree: LexborHTMLParser) -> list[tuple[str, str, str]]:
    """(rel, address, text of the block around) of each link to a licence, those of pictures, quotes and comments aside.

    The text is "" for a badge that stands alone.
    """
    found: list[tuple[str, str, str]] = []
    seen = 0
    for node in tree.css(_LINKS)[:MAX_LINKS]:
        address = (node.attributes.get("href") or "").strip()
        block = _block_around(node)
        if address and block is not None and seen < MAX_TEXT:
            around = block.text(deep=True)
            seen += len(around)
            text = " ".join(around[: 10 * MAX_AROUND].split())
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
