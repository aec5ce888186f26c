"""What a person is shown as evidence of a cue: the phrase, and the languages whose tables hold it."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from cleaner.judge.cues import FOLDED

SHOWN = 60
"""Characters of a phrase that are given."""
NAMED = 3
"""Languages that are named at most."""


def show_cue(phrase: str) -> str:
    """A phrase that matched, such as `"comments" (en, fr)`; what matched a shape has no language."""
    known = _languages().get(phrase, ())
    named = f" ({', '.join(known[:NAMED])}{', ...' if len(known) > NAMED else ''})" if known else ""
    return f'"{phrase}"{named}'


@functools.cache
def _languages() -> dict[str, tuple[str, ...]]:
    """Languages of each phrase, folded and cut as `match_cues` gives it."""
    found: dict[str, set[str]] = {}
    folded = str.maketrans(FOLDED)
    for path in (Path(__file__).parent / "cues").glob("*.toml"):
        for entry in tomllib.loads(path.read_text("utf-8")).values():
            for phrase in (phrase for phrases in entry.values() for phrase in phrases):
                found.setdefault(phrase.translate(folded)[:SHOWN], set()).add(path.stem)
    return {phrase: tuple(sorted(languages)) for phrase, languages in found.items()}
