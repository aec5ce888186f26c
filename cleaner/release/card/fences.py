"""Fenced parts of a card: what stands between two marks is written by cleaner, everything else by a person.

    <!-- cleaner: measured -->
    ...
    <!-- cleaner: end -->

A run rewrites the parts that it finds, where it finds them. What stands outside of them is kept as it is, to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

END = "<!-- cleaner: end -->"

_MARK = re.compile(r"^<!-- cleaner: (\w{1,40}) -->[ \t]{0,9}\r?$", re.MULTILINE)
_HEAD = re.compile(r"\ufeff?---[ \t]{0,9}\r?\n(.*?)^---[ \t]{0,9}(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def begin(name: str) -> str:
    """The mark that a part starts with."""
    return f"<!-- cleaner: {name} -->"


def fenced(name: str, text: str) -> str:
    """A part between its marks. Marks inside of the text, where a person's answer may hold some, are disarmed."""
    return f"{begin(name)}\n\n{text.strip().replace('<!-- cleaner:', '&lt;!-- cleaner:')}\n\n{END}"


def split_head(card: str) -> tuple[str, str]:
    """A card as the YAML at its top, without the two `---`, and the rest; the YAML is "" where there is none."""
    match = _HEAD.match(card)
    return (match[1], card[match.end() :]) if match else ("", card.removeprefix("\ufeff"))


def find_parts(text: str) -> list[tuple[str, int, int]]:
    """The parts of a card in order: name, where it starts and where it ends, marks included.

    ValueError when a mark lacks its other half, or a part is there twice.
    """
    parts: list[tuple[str, int, int]] = []
    opened: tuple[str, int] | None = None
    for mark in _MARK.finditer(text):
        name = mark[1]
        if name == "end":
            if opened is None:
                raise ValueError(f"one `{END}` too many")
            end = mark.end() - mark[0].endswith("\r")
            parts.append((*opened, end))
            opened = None
        elif opened is not None:
            raise ValueError(f"the part `{opened[0]}` has no `{END}`")
        elif any(name == part for part, _, _ in parts):
            raise ValueError(f"the part `{name}` is there twice")
        else:
            opened = name, mark.start()
    if opened is not None:
        raise ValueError(f"the part `{opened[0]}` has no `{END}`")
    return parts


def replace_parts(text: str, fresh: Mapping[str, str]) -> str:
    """The text with its parts rewritten: `fresh` holds them by name, marks included. Unknown parts stay as they are.

    ValueError as in `find_parts`.
    """
    pieces, place = [], 0
    for name, start, end in find_parts(text):
        pieces += [text[place:start], fresh.get(name, text[start:end])]
        place = end
    return "".join([*pieces, text[place:]])


def prose(text: str) -> str:
    """What a person wrote: the text without its parts, or all of it where the marks are damaged."""
    try:
        parts = find_parts(text)
    except ValueError:
        return text
    pieces, place = [], 0
    for _, start, end in parts:
        pieces.append(text[place:start])
        place = end
    return "\n".join([*pieces, text[place:]])
