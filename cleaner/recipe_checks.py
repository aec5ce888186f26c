"""What a recipe may say that no single key's type tells: amounts, encodings, selectors, conditions."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING

from cleaner.errors import RecipeError

if TYPE_CHECKING:
    from cleaner.recipe import Duplicates, Metadata, Read, Recipe

LEAST_MEMORY = 100
"""Megabytes: with less, some steps over the corpus cannot be done, however much they spill to disk."""

_MEMORY = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([KMGT])(i?)B", re.IGNORECASE)


def check_recipe(recipe: Recipe, name: str) -> None:
    """Raise RecipeError for what would fail on every page, or halfway; `name` is what messages call the recipe."""
    _check_memory(recipe.memory, name)
    _check_reading(recipe.read, name)
    _check_metadata(recipe.metadata, name)
    _check_duplicates(recipe.duplicates, name)
    _check_rules(recipe, name)


def _check_memory(memory: str, name: str) -> None:
    """Raise RecipeError for what is no amount of memory, or too little of it."""
    found = _MEMORY.fullmatch(memory.strip())
    if found is None:
        raise RecipeError(f"{name}: `memory` is {memory!r}, but should be an amount such as \"2GB\" or \"500MB\".")
    number, unit, binary = found.groups()
    size = float(number) * (1024 if binary else 1000) ** ("KMGT".index(unit.upper()) + 1)
    if size < LEAST_MEMORY * 10**6:
        raise RecipeError(f"{name}: `memory` is {memory!r}, but should be at least \"{LEAST_MEMORY}MB\".")


def _check_reading(read: Read, name: str) -> None:
    """Raise RecipeError for an encoding or a regular expression that would fail on every file."""
    try:
        "".encode(read.encoding or "utf-8")
    except LookupError as e:
        raise RecipeError(f"{name}: `read.encoding` is {read.encoding!r}, which is no encoding of text.") from e
    try:
        re.compile(read.page_separator or "")
    except re.error as e:
        raise RecipeError(f"{name}: `read.page_separator` is no valid regular expression: {e}.") from e


def _check_metadata(metadata: Metadata, name: str) -> None:
    """Raise RecipeError for a detector of languages that is not installed."""
    detector = metadata.language_detector
    if detector != "langdetect" and importlib.util.find_spec(detector) is None:
        raise RecipeError(
            f"{name}: `metadata.language_detector` is {detector!r}, which is not installed: "
            "run `pip install 'cleaner-corpus[languages]'`."
        )


def _check_duplicates(duplicates: Duplicates, name: str) -> None:
    """Raise RecipeError for numbers that no search for near-duplicates works with."""
    if not 0.4 <= duplicates.threshold <= 1:
        raise RecipeError(f"{name}: `duplicates.threshold` is {duplicates.threshold:g}, but should be 0.4 to 1.")
    if not 1 <= duplicates.ngram <= 20:
        raise RecipeError(f"{name}: `duplicates.ngram` is {duplicates.ngram}, but should be 1 to 20.")


def _check_rules(recipe: Recipe, name: str) -> None:
    """Raise RecipeError for names of fixes and kinds, for selectors and filters that would fail on every page.

    What knows them takes a while to import, so it is asked only where there is something to ask.
    """
    if recipe.normalize.skip:
        from cleaner.normalize import enabled

        enabled(recipe.normalize)
    if recipe.privacy.find or recipe.privacy.mask or recipe.privacy.regions:
        from cleaner.corpus.privacy import check_privacy

        check_privacy(recipe.privacy, name)
    if recipe.filter:
        from cleaner.corpus.filters import check_filters

        check_filters(recipe.filter, name)
    for site, rules in recipe.site.items():
        for selector in (*rules.drop, *rules.keep):
            import soupsieve

            try:
                soupsieve.compile(selector)
            except soupsieve.SelectorSyntaxError as e:
                why = str(e).splitlines()[0]
                raise RecipeError(f'{name}: {selector!r} in [site."{site}"] is not valid CSS: {why}.') from e
