"""What only a person knows of a dataset, wherever it was stated: in the recipe's [card], or in `card.toml` beside the
card, which `cleaner card --edit` fills. The questions are the keys of `recipe.Card`; none is ever answered by guessing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError, RecipeError
from cleaner.recipe import Card, parse_card
from cleaner.release.files import write_text
from cleaner.release.manifest import Manifest

ANSWERS = "card.toml"
"""File in PROCESSED with a person's answers. It is never published; what it says stands in the card."""

UNSTATED = "Not stated by the publisher."

_INTRO = """# What only a person knows of this dataset; its card is made from it (see `cleaner card`).
# The keys are those of [card] in a recipe. What stands here is never overwritten.
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was stated: `card` holds it, `conflicts` says in sentences where the two places differ."""

    card: Card
    conflicts: tuple[str, ...] = ()

    @property
    def open(self) -> list[str]:
        """The questions that nobody has answered yet, as keys."""
        return [key.name for key in dataclasses.fields(Card) if not getattr(self.card, key.name)]


def read_answers(processed: Path, manifest: Manifest) -> Answers:
    """What is stated of a dataset: `card.toml`, and for what it leaves open the recipe of this version.

    RecipeError when `card.toml` holds a key or a value that is none.
    """
    ours = _of_recipe(manifest.recipe.get("card", {}))
    theirs = _of_file(processed / ANSWERS)
    values: dict[str, Any] = {}
    conflicts = []
    for key in dataclasses.fields(Card):
        stated, earlier = getattr(theirs, key.name), getattr(ours, key.name)
        values[key.name] = stated or earlier
        if stated and earlier and stated != earlier:
            conflicts.append(
                f"`{key.name}` is {_shown(stated)} in {ANSWERS}, but {_shown(earlier)} in the recipe: the card goes by "
                f"{ANSWERS}."
            )
    return Answers(Card(**values), tuple(conflicts))


def check_answers(processed: Path) -> None:
    """RecipeError when `card.toml` is there and wrong: better said before a run than at its end."""
    _of_file(processed / ANSWERS)


def _of_recipe(values: Mapping[str, Any]) -> Card:
    """[card] as a manifest holds it; one by an earlier version of cleaner may lack keys."""
    known = {key.name: values.get(key.name) for key in dataclasses.fields(Card)}
    stated: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in known.items() if v}
    return Card(**stated)


def _of_file(path: Path) -> Card:
    try:
        return parse_card(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        return Card()
    except (OSError, UnicodeDecodeError) as e:
        raise RecipeError(f"{path} cannot be read as UTF-8 text ({e}). It holds the answers for the card.") from e


def _shown(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return json.dumps(text if len(text) <= 60 else text[:57] + "...", ensure_ascii=False)


def ask(answers: Answers, question: Callable[[str, str], str | None]) -> dict[str, str]:
    """Ask what is open: `question(key, what it means)` gives the answer, "" to leave it open, None to stop."""
    given: dict[str, str] = {}
    meanings = {key.name: key.metadata["doc"] for key in dataclasses.fields(Card)}
    for key in answers.open:
        several = " Several are parted by `;`." if _is_list(key) else ""
        answer = question(key, meanings[key] + several)
        if answer is None:
            break
        if answer.strip():
            given[key] = answer.strip().encode("utf-8", "replace").decode()
    return given


def add_answers(processed: Path, given: Mapping[str, str]) -> Path:
    """Add answers to `card.toml`, after what stands there already; returns its path.

    A list (`authors`) is given with `;` between its items. CleanerError when the file answers one of them already.
    """
    path = processed / ANSWERS
    before = _of_file(path)
    if known := [key for key in given if getattr(before, key)]:
        raise CleanerError(f"{path} says already what `{known[0]}` is. Change it there.")
    text = path.read_bytes().decode() if path.exists() else _INTRO
    lines = [f"{key} = {_toml(key, answer)}\n" for key, answer in given.items()]
    text = "".join([text, "" if text.endswith("\n") or not text else "\n", *lines])
    parse_card(text, str(path))
    write_text(path, text)
    return path


def _toml(key: str, answer: str) -> str:
    """A TOML value; what JSON writes is TOML, too, save for the character DEL."""
    value = [item.strip() for item in answer.split(";") if item.strip()] if _is_list(key) else answer
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_list(key: str) -> bool:
    return isinstance(getattr(Card(), key), tuple)
