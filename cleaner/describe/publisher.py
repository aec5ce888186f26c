"""Who published a page."""

from __future__ import annotations

import re

from cleaner.describe.facts import Facts
from cleaner.describe.header import phrase_set, phrases
from cleaner.describe.site_words import words as site_words
from cleaner.describe.view import Description, PageView

_CUT = re.compile(r"\s[|–—·-]\s|\s?\|\s?|:\s")


def set_stated_publisher(said: Description, page: PageView, facts: Facts) -> None:
    """Set the publisher that a person's rule for the site names, or else the first that the page declares."""
    if page.publisher:
        said.publisher = page.publisher
        said.note("publisher", "recipe", 1.0)
        return
    for found in facts.get("publisher", []):
        said.publisher = _clean(found.value)
        if said.publisher:
            said.note("publisher", found.method, found.confidence - 0.05)
            return


def _clean(name: str) -> str | None:
    """A declared publisher without a slogan or what else hangs on it; None for addresses and the like."""
    text = name.strip()
    if len(text) > 40:
        text = _CUT.split(text)[0].strip()
    if (
        text.startswith(("http:", "https:", "@", "//"))
        or not 2 <= len(text) <= 80
        or not any(c.isalpha() for c in text)
    ):
        return None
    return text


def is_outlet(line: str) -> bool:
    """Whether a short line reads as an outlet's name: capitalised, with a word of which such names are made."""
    words = line.split()
    if not 1 < len(line) <= 50 or not 1 <= len(words) <= 5 or line[-1] in ".:;,!?":
        return False
    lowered = [w.strip("’'.,").casefold() for w in words]
    if any(c.isdigit() for c in line) or not all(
        w[0].isupper() or w.casefold() in ("of", "the", "and", "&", "de", "la", "der", "die", "di", "-")
        for w in words
        if w[0].isascii()
    ):
        return False
    if not line.isascii() and len(words) == 1:
        return len(line) <= 12 and any(line.endswith(o) for o in phrases("outlet") if not o.isascii())
    return (
        len(words) >= 2
        and any(w in phrase_set("outlet") for w in lowered)
        and not all(w in site_words().section for w in lowered)
    )
