"""Whether a text is HTML: told from the text, then from its media type, then from its name."""

from __future__ import annotations

import re

from cleaner.records import Kind

SAMPLE = 1 << 18
"""Characters that are looked at: a page that has no markup up to there is text."""

_DOCUMENT = re.compile(
    r"(?:\s|\ufeff|<\?[^>]{0,500}>|<!--(?:[^-]|-(?!->)){0,5000}-->){0,50}<(?:!doctype\s{1,9}html|html|head|body|meta\b)[\s>/]?",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<(/?)(p|div|br|a|span|h[1-6]|ul|ol|li|table|tr|td|section|article|header|footer|nav|main|aside|figure|img|script|"
    r"style|form|blockquote|b|i|em|strong|pre|code)(?=[\s>/])[^<>]{0,5000}>",
    re.IGNORECASE,
)
_BLOCK = frozenset(
    [
        "p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "tr", "section", "article",
        "header", "footer", "nav", "main", "aside", "figure", "form", "blockquote", "script", "style"
    ]
)
_MARKDOWN = re.compile(
    r"^(?:#{1,6}\s|```|~~~|[-*+]\s|\d{1,3}[.)]\s|>\s|\|.{1,200}\|\s*$|={3,}\s*$|-{3,}\s*$)|\[[^\[\]\n]{1,200}\]\([^()\s]{1,500}\)",
    re.MULTILINE,
)
_HTML_NAME = re.compile(r"\.(?:html?|xhtml|xht|shtml|mht|mhtml|php|aspx?|jsp)(?:\.(?:gz|bz2|zst))?\Z", re.IGNORECASE)
_MARKDOWN_NAME = re.compile(r"\.(?:md|markdown|rst)(?:\.(?:gz|bz2|zst))?\Z", re.IGNORECASE)


def tell_kind(text: str, media_type: str | None = None, name: str = "") -> Kind:
    """ "html" or "text".

    A text that begins as an HTML document is one, and a text without a tag is none, whatever its name says. Between
    the two, the media type and the name lend weight: a fragment needs one tag with them and, without them, tags on
    a good share of its lines. Markdown with a few tags stays text.
    """
    sample = text[:SAMPLE]
    if "<" not in sample:
        return "text"
    if _DOCUMENT.match(sample):
        return "html"
    tags = [tag[2].lower() for tag in _TAG.finditer(sample)]
    if not tags:
        return "text"
    blocks = sum(tag in _BLOCK for tag in tags)
    if (media_type and "html" in media_type) or _HTML_NAME.search(name):
        return "html"
    lines = 1 + sum(1 for line in sample.split("\n") if line and not line.isspace())
    markdown = len(_MARKDOWN.findall(sample))
    if markdown > blocks or (_MARKDOWN_NAME.search(name) and 2 * blocks < lines):
        return "text"
    if media_type == "text/plain" or name.endswith((".txt", ".text")):
        return "html" if 2 * blocks >= lines and blocks >= 2 else "text"
    return "html" if blocks >= 2 and 4 * blocks >= lines else "text"
