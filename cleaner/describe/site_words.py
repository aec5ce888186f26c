"""What can be a site's name: how titles are taken apart, and the words that make a part of them something else."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from cleaner.describe.title import squash

MAX_NAME = 60  # characters
_SEPARATOR = re.compile(
    r"\s[|\-–—―:·•»«›~/⋆★]{1,3}\s|\s?[|｜ㅣ]\s?|\s?[»›]\s|--|__?|\s?::\s?|[:：]\s?(?=[^\W\d])|【(?=[^【】]{2,30}】$)"
)
_DOCUMENTATION = re.compile(r"\s(?:v?\d+(?:\.\d+){0,3}\s)?documentation$", re.IGNORECASE)
EDGES = " \t|-–—·•:»«›~/【】[]()_,."


class Words(NamedTuple):
    """The lists of data/publishers.toml, squashed where they are compared with squashed names, and the statements of
    data/licenses.toml that all rights are reserved."""

    home: frozenset[str]
    platform: frozenset[str]
    built: tuple[str, ...]
    section: frozenset[str]
    reserved: tuple[str, ...]


@lru_cache(maxsize=1)
def words() -> Words:
    """The words, read once."""
    data = files("cleaner.describe") / "data"
    table = tomllib.loads((data / "publishers.toml").read_text("utf-8"))
    terms = tomllib.loads((data / "licenses.toml").read_text("utf-8"))
    return Words(
        frozenset(word for listed in table["home"].values() for word in listed),
        frozenset(squash(word) for word in table["platform"]),
        tuple(table["built"]),
        frozenset(squash(word) for word in table["section"]),
        tuple(word.casefold() for word in terms["reserved"]),
    )


def fold(text: str) -> str:
    """Letters and digits only, in lower case and without accents: as a name stands in an address."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return squash(text)


def could_be(text: str) -> bool:
    """Whether a text can be a site's name at all: no section, platform, builder's line, date, item or address."""
    key = squash(text)
    known = words()
    return (
        len(key) > 1
        and key not in known.section
        and key not in known.platform
        and not text.casefold().startswith(known.built)
        and text.casefold() not in known.home
        and text[0] not in "*+>"
        and text[-1] not in "?!…:"
        and "@" not in text
        and "#" not in text
        and text.count(" ") <= 8
        and not key.isdecimal()
    )


def is_built(text: str) -> bool:
    """Whether a text says what a page runs on, or who built it."""
    return text.strip().casefold().startswith(words().built) or squash(text) in words().platform


def _trim(name: str) -> str:
    """A name without separators and brackets around it; the stop of an abbreviation stays."""
    bare = name.strip(EDGES)
    return bare + "." if name.strip()[len(bare) :].startswith(".") and name.strip().startswith(bare) else bare


def title_parts(text: str) -> Iterator[tuple[str, bool]]:
    """(part, whether it stands at an end) of a title, the last first; what a page runs on is no part."""
    cuts = list(_SEPARATOR.finditer(text))
    while cuts and is_built(text[cuts[-1].end() :]):
        text = text[: cuts[-1].start()]
        cuts.pop()
    if not cuts:
        return
    last = text[cuts[-1].end() :]
    ends = [last, _DOCUMENTATION.sub("", last), text[: cuts[0].start()]]
    ends += [text[cut.end() :] for cut in reversed(cuts[-3:-1])]
    inner = [last.partition(",")[0]]
    inner += [text[a.end() : b.start()] for a, b in zip(cuts[-4:], cuts[-3:], strict=False)]
    for some, outer in ((ends, True), (inner, False)):
        for part in dict.fromkeys(_trim(part) for part in some):
            yield part, outer
