"""Ways in which people flatten HTML: the judge is trained on the text that each of them leaves.

Needs the extra `train`.
"""

from __future__ import annotations

from collections.abc import Callable


def by_nodes(html: str) -> str:
    """BeautifulSoup's `get_text`: every text node on a line of its own."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "lxml").get_text("\n")


def by_layout(html: str) -> str:
    """inscriptis: as a text browser lays it out."""
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    return str(get_text(html, ParserConfig(css=CSS_PROFILES["strict"])))


def by_blocks(html: str) -> str:
    """resiliparse, the whole page."""
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=False, alt_texts=True))


def by_first_pass(html: str) -> str:
    """resiliparse with its own guess of the main content: what many published corpora hold."""
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=True, alt_texts=True, comments=True))


FLATTENERS: dict[str, Callable[[str], str]] = {
    "nodes": by_nodes,
    "layout": by_layout,
    "blocks": by_blocks,
    "first_pass": by_first_pass,
}
