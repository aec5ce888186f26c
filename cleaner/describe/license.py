"""Under what terms a page may be used: what it declares, what its licence links name, what its foot says.

A notice such as "© 2020 The Gazette" names an owner, not terms, and counts as nothing; so do the terms of a photo, of
the site's software, or of a work that is merely mentioned. How terms are called: see `license_names`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from cleaner.describe.facts import Facts
from cleaner.describe.header import fold_lines
from cleaner.describe.license_names import (
    MAX_LINE,
    PUBLIC,
    PUBLIC_DOMAIN,
    RESERVED,
    address_id,
    license_id,
    named_license,
    terms_of_use,
)
from cleaner.describe.view import Found, PageView

MAX_PROSE = 200
"""A kept line longer than this is running text: it tells of the page's terms only where it names the page itself."""

_TRIGGERS = (
    "creative commons", "creativecommons", "cc by", "cc-by", "cc0", "cc zero", "public domain", "open government licen",
    "free documentation licen", "gfdl", "licence ouverte", "datenlizenz deutschland", "dl-de/", "no rights reserved",
    "gemeinfrei", "domaine public", "dominio públic", "domínio públic", "pubblico dominio", "publiek domein",
    "domena publiczn", "domenie publiczn", "достояни", "パブリックドメイン", "公有领域", "公有領域",
    "퍼블릭 도메인", "공공누리",
)  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\s*[|•]\s*|\n")
_ELSEWHERE = frozenset({"comment", "caption", "photo_credit", "image_name"})
_SIGNS = ("©", "copyright", "(c)")
LAST_LINES = 60
"""So many lines at a page's end can be its foot."""
MAX_NAME = 40
"""A line that holds hardly more than a licence's name is not longer."""


def page_license(page: PageView, facts: Facts) -> tuple[Found, int | None] | None:
    """The terms under which a page says that it may be used, and the line that says so, where one does.

    Terms that are declared come first, then a link to a licence, then a line that names one; "all rights reserved"
    counts where nothing else is said.
    """
    found: list[tuple[Found, int | None]] = []
    for stated in facts.get("license", []):
        name = license_id(str(stated.value))
        if name:
            found.append((Found(name, stated.method, stated.confidence), None))
    found += _linked(page)
    found += _told(page)
    return next((one for one in found if one[0].value != RESERVED), next(iter(found), None))


def _linked(page: PageView) -> list[tuple[Found, int | None]]:
    """Licences that links of the page lead to, the ones of photos and other works aside."""
    found: list[tuple[Found, int | None]] = []
    last = _last_prose(page)
    for rel, address, around in page.head.licenses:
        name = address_id(address)
        if not name:
            continue
        line = next((i for i, text in enumerate(page.lines) if around and text.startswith(around[:80])), None)
        sure = "license" in rel.split()
        far = line is None or page.verdict(line) != "keep" or line > last
        if not around or (not _is_elsewhere(page, line) and _is_open(around.casefold(), far, sure)):
            found.append((Found(name, "html", 0.9 if sure else 0.8), line))
    return found


def _told(page: PageView) -> list[tuple[Found, int | None]]:
    """Terms that lines of the page state."""
    lines = [
        line if len(line) <= (2 * MAX_PROSE if verdict == "keep" else MAX_LINE) else ""
        for line, verdict in zip(page.lines, page.verdicts, strict=True)
    ]
    whole = fold_lines(lines)
    triggers = _held(_TRIGGERS, whole)
    reserved = _held(terms_of_use().reserved, whole)
    if not reserved and not triggers:
        return []
    notices = _notices(page, lines, whole) if reserved else []
    reserved = _held(reserved, fold_lines(lines[i] for i in notices))
    last = _last_prose(page)
    found: list[tuple[Found, int | None]] = []
    for i in range(len(lines)) if triggers else notices:
        line = lines[i].casefold()
        if any(words in line for words in triggers):
            if _is_elsewhere(page, i):
                continue
            above = lines[i - 1].casefold() if i and len(line) < 60 else ""
            above = above if len(above) < MAX_PROSE else ""
            if above and above[-1] not in ".!?:。":
                line = f"{above} {line}"
            for sentence in _SENTENCE_END.split(line):
                name = named_license(sentence)
                if name and _is_open(sentence, page.verdict(i) != "keep" or i > last):
                    found.append((Found(name, "text", 0.75), i))
                elif not name and PUBLIC.search(sentence) and _names_itself(sentence):
                    found.append((Found(PUBLIC_DOMAIN, "text", 0.6), i))
        elif any(words in line for words in reserved) and i in notices and not _is_elsewhere(page, i):
            end = max(line.find(words) + len(words) for words in reserved)
            other = terms_of_use().foreign.search(line, 0, end)
            if not other or any(words in line for words in terms_of_use().content):
                found.append((Found(RESERVED, "text", 0.7), i))
    return found


def _held(phrases: Sequence[str], folded: tuple[str, str]) -> list[str]:
    """The phrases that lines hold, given as `fold_lines` gives them."""
    plain, others = folded
    return [words for words in phrases if (words.isascii() and words in plain) or words in others]


def _count(folded: tuple[str, str], words: str) -> int:
    return sum(text.count(words) for text in folded)


def _notices(page: PageView, lines: list[str], whole: tuple[str, str]) -> list[int]:
    """Lines in which rights can be reserved: the page's last ones, and those around a notice of copyright.

    `whole`: the lines as `fold_lines` gives them.
    """
    count = len(lines)
    foot = fold_lines(lines[-LAST_LINES:])
    signs = [sign for sign in _SIGNS if _count(whole, sign) > _count(foot, sign)]
    found: set[int] = set()
    if signs:
        folded = (line.casefold() for line in lines[:-LAST_LINES])
        near = (i for i, line in enumerate(folded) if any(sign in line for sign in signs))
        found.update(k for i in islice(near, 20) for k in range(max(0, i - 2), min(count, i + 3)))
    found.update(range(max(0, count - LAST_LINES), count))
    return [i for i in sorted(found) if page.verdict(i) != "keep" or len(page.lines[i]) <= MAX_PROSE]


def _last_prose(page: PageView) -> int:
    """The last kept line of running text; -1 where there is none."""
    kept = (i for i in range(len(page.lines) - 1, -1, -1) if page.verdict(i) == "keep")
    return next((i for i in kept if len(page.lines[i]) > MAX_PROSE), -1)


def _names_itself(sentence: str) -> bool:
    return any(words in sentence for words in terms_of_use().own)


def _is_elsewhere(page: PageView, line: int | None) -> bool:
    """Whether a line belongs to a picture or to a reader's comment."""
    return line is not None and (page.role(line) in _ELSEWHERE or page.tag(line) in ("figcaption", "caption"))


def _is_open(sentence: str, far: bool, sure: bool = False) -> bool:
    """Whether a sentence that names a licence speaks of the page's own text.

    Args:
        sentence: In folded case.
        far: It stands outside of the running text, as in a page's foot.
        sure: Its link says that it leads to the page's licence.
    """
    if _names_itself(sentence):
        return True
    terms = terms_of_use()
    other = terms.foreign.search(sentence)
    if not far or (other and not any(words in sentence[: other.start()] for words in terms.content)):
        return False
    return sure or len(sentence) <= MAX_NAME or any(words in sentence for words in (*terms.terms, *terms.content))
