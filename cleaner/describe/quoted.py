"""The works that a sentence of the text quotes: "she wrote in The Harbour Times", "Ada Example talked to pilots for her
report". A name counts only in such a frame, and an outlet only if its name reads as one's: text names many people and
bodies that are no sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaner.describe.authors import is_name
from cleaner.describe.header import phrase_set, phrases
from cleaner.describe.view import QuotedSource

_BEFORE = 250
"""So many characters before a frame can belong to it."""
_SMALL = frozenset({"of", "de", "du", "des", "del", "la", "le", "der", "die", "das", "and", "&"})
_WORD = r"(?:[A-Z\u00c0-\u00de\u0400-\u042f][\w’'&-]{0,24}(?:\.[A-Z]\.?){0,3}|of|de|du|des|del|la|le|der|die|das|and|&)"
_NAME = re.compile(rf" (?:the )?(?P<outlet>(?:The )?{_WORD}(?: {_WORD}){{0,4}})")
_PERSON = r"(?:[A-Z][\w.’-]{0,20} ){1,3}[A-Z][\w’-]{1,24}"
_WORK = r"(?:report|article|story|piece|essay|column|analysis|discussion|account|profile|post|op-ed|review|dispatch)\b"
_WRITER = re.compile(rf"(?:^|[\s“\"(])(?P<author>{_PERSON})(?:,[^,.!?]{{1,60}},)?\s$")
_TALKED = re.compile(
    rf"(?:^|[.!?…”\"]\s)(?P<author>{_PERSON})\s(?:talked|spoke|met|travelled|traveled|interviewed)\b[^!?]{{0,160}}$"
)
_OWN_WORK = re.compile(rf"(?:[a-z]{{2,12}}\s){{0,2}}{_WORK}")
_WORTH = re.compile(
    rf"\s(?P<author>{_PERSON}(?:(?:,\s|,?\sand\s){_PERSON}){{0,3}})[’']s?\s(?:[a-z]{{2,14}}\s){{0,2}}{_WORK}"
)
_BLOG = re.compile(rf" (?:[a-z-]{{3,12}} ){{0,4}}(?P<outlet>(?:The )?{_WORD}(?: {_WORD}){{1,4}})")
_BRACKETS = re.compile(r"《(?P<outlet>[^》《]{2,20})》(?:报道|報道|報導|刊文|撰文|发表)")
_PLACES = frozenset(
    {"The Hague", "The Gambia", "The Bahamas", "The Bronx", "The Netherlands", "The Vatican", "The Kremlin"}
)


def quoted_inside(text: str) -> list[QuotedSource]:
    """The works that the paragraphs of a text quote, in their order. The frames are English, and Chinese 《》."""
    return [one for _, one in sorted(_quoted(text), key=lambda found: found[0])]


def _quoted(text: str) -> Iterator[tuple[int, QuotedSource]]:
    for phrase in phrases("told_in"):
        for i in _find(text, phrase):
            name = _NAME.match(text, i + len(phrase))
            outlet = _outlet(name["outlet"]) if name else None
            if outlet:
                writer = _WRITER.search(text[max(0, i - _BEFORE) : i])
                author = writer["author"] if writer and is_name(writer["author"]) else None
                yield i, {"author": author, "outlet": outlet, "date": None}
    for phrase in ("blog of", "website of", "newsletter of"):
        for i in _find(text, phrase):
            name = _BLOG.match(text, i + len(phrase))
            if name and _wrote(text[max(0, i - 20) : i]) and " " in _trim(name["outlet"]):
                yield i, {"author": None, "outlet": _trim(name["outlet"]), "date": None}
    for phrase in ("for his ", "for her ", "for their "):
        for i in _find(text, phrase):
            talked = _TALKED.search(text[max(0, i - _BEFORE) : i]) if _OWN_WORK.match(text, i + len(phrase)) else None
            if talked and is_name(talked["author"]):
                yield i, {"author": talked["author"], "outlet": None, "date": None}
    for phrase in ("worth reading", "worth looking at", "worth quoting", "recommend", "uoting from"):
        for i in _find(text, phrase):
            worth = _WORTH.match(text, i + len(phrase))
            names = [name.strip() for name in re.split(r",?\sand\s|,\s", worth["author"])] if worth else []
            if names and all(is_name(name) for name in names):
                yield i, {"author": ", ".join(names), "outlet": None, "date": None}
    if "》" in text:
        for found in _BRACKETS.finditer(text):
            yield found.start(), {"author": None, "outlet": found["outlet"], "date": None}


def _find(text: str, phrase: str) -> Iterator[int]:
    """Where a phrase begins."""
    i = text.find(phrase)
    while i >= 0:
        yield i
        i = text.find(phrase, i + len(phrase))


def _wrote(before: str) -> bool:
    return any(word in before for word in ("wrote", "writes", "writing", "written"))


def _trim(name: str) -> str:
    """A name without a small word or a mark at its end."""
    words = re.sub(r"[’']s$", "", name.rstrip(" .,’'-")).split()
    while words and words[-1] in _SMALL:
        words.pop()
    return " ".join(words[1:] if len(words) > 1 and words[0].islower() else words)


def _outlet(found: str) -> str | None:
    """The outlet at the start of some words, if they read as one: by its last word, as an agency, or as "The Cable"."""
    words = found.split()
    for size in range(len(words), 0, -1):
        name = _trim(" ".join(words[:size]))
        parts = name.split()
        if parts and (name in _agencies() or (len(parts) > 1 and parts[-1].casefold() in phrase_set("outlet"))):
            return name
    whole = _trim(found)
    parts = whole.split()
    if parts[:1] != ["The"] or not 2 <= len(parts) <= 3 or whole in _PLACES or any(part.islower() for part in parts):
        return None
    return whole if phrase_set("organisation").isdisjoint(part.casefold() for part in parts) else None


@lru_cache(maxsize=1)
def _agencies() -> frozenset[str]:
    """Agencies' names of more than two letters."""
    return frozenset(name for name in phrases("agency") if len(name) > 2)
