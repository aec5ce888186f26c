"""Owners' marks: the lines of a page's foot that say who owns the rights in it ("© 2021 The Harbour Gazette")."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice

from cleaner.describe.header import tokens
from cleaner.describe.site_words import EDGES, MAX_NAME, words

BOTTOM = 50
"""So many last lines can bear the owner's mark."""
MAX_MARK = 250  # characters
_OWNED = re.compile(r"©|\(c\)\s|copyright|&copy;", re.IGNORECASE)
_SIGNS = ("©", "(c) ", "copyright")
_MAX_MARKS = 8
_YEARS = re.compile(r"(?:19|20)\d{2}(?:\s?[-–—]\s?(?:(?:19|20)?\d{2}|present))?")
_NAME_END = re.compile(r"\s[-–—|·•]\s|[.,;:|]\s|\s?\(")
_PREFIXING = re.compile(r"[\u0644\u05dc\u05e9]\w")
"""How a word begins that has "of" or "for" stuck to it, in Arabic and Hebrew."""


class OwnerMark:
    """A line that says who owns the rights."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = f" {' '.join(tokens(text))} "

    @cached_property
    def owners(self) -> list[str]:
        """The names beside the mark: what follows it, what stands before it."""
        mark = _OWNED.search(self.text)
        sides = (self.text[mark.end() :], self.text[: mark.start()]) if mark else (self.text,)
        names = []
        for side in sides:
            name = _NAME_END.split(_without_statement(_YEARS.sub(" ", _OWNED.sub(" ", side))).strip(EDGES))[0]
            name = name.strip(EDGES).removeprefix("by ")
            if 1 < len(name) <= MAX_NAME:
                names.append(name)
        return names

    def holds(self, name: str) -> bool:
        """Whether the line has the name in it, as whole words (in scripts with prefixes: a long one anywhere)."""
        wanted = " ".join(tokens(name))
        if not wanted:
            return False
        return f" {wanted} " in self._tokens or (not name.isascii() and len(wanted) >= 5 and wanted in self._tokens)

    def names(self, name: str) -> bool:
        """Whether an owner's name is, or begins with, a name ("The Bench" in "The Bench Ltd")."""
        wanted = tokens(name)
        for words_of in map(tokens, self.owners):
            first = words_of[0] if words_of else ""
            if _PREFIXING.match(first) and first[1:] == wanted[0]:
                words_of = [first[1:], *words_of[1:]]
            if words_of[: len(wanted)] == wanted:
                return True
        return False


def _without_statement(text: str) -> str:
    """What stands before the statement that all rights are reserved, or, where nothing does, after it."""
    folded = text.casefold()
    for told in words().reserved:
        at = folded.find(told)
        if at >= 0:
            before = text[:at].strip(EDGES)
            return before or text[at + len(told) :]
    return text


def read_marks(lines: list[str], start: int) -> list[OwnerMark]:
    """Lines of the footer that say who owns the rights, the last first; those with a sign before others."""
    foot = lines[max(start, len(lines) - BOTTOM) :]
    parts = [part for text in reversed(foot) if len(text) <= 4 * MAX_MARK for part in text.split("\n")]
    parts = [part for part in parts if 1 < len(part) <= MAX_MARK]
    joined = "\n".join(parts).casefold()
    if not any(sign in joined for sign in _SIGNS):
        reserved = [told for told in words().reserved if told in joined]
        marked = (p for p in parts if any(told in p.casefold() for told in reserved)) if reserved else iter(())
    elif joined.count("©") >= _MAX_MARKS or ("(c) " not in joined and "copyright" not in joined):
        marked = (p for p in parts if "©" in p)
    else:
        marked = (p for p in parts if "©" in p or "(c) " in (low := p.casefold()) or "copyright" in low)
    return [OwnerMark(text) for text in islice(marked, _MAX_MARKS)]
