"""The recipe: one frozen configuration, read from a TOML file in which every key is optional.

Each field is documented once, in its own metadata; `docs/recipe.md` is made from that. Two hashes come out of a
recipe: `cleaning_hash` covers what changes a single page's result and is part of every cache key; `hash` covers
everything that can change a release and stands in its manifest.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cleaner.errors import RecipeError
from cleaner.recipe_checks import check_recipe
from cleaner.toml_tables import Fields, build, plain, stated


def _option(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class FieldNames:
    """[read.fields]: names of the fields of JSON, CSV and Parquet records, tried before the usual names."""

    text: Fields = _option((), "Field(s) that hold plain text.")
    html: Fields = _option((), "Field(s) that hold HTML.")
    url: Fields = _option((), "Field(s) that hold the page's address.")
    title: Fields = _option((), "Field(s) that hold the title.")
    authors: Fields = _option((), "Field(s) that hold the author or authors.")
    published: Fields = _option((), "Field(s) that hold the date of publication.")
    publisher: Fields = _option((), "Field(s) that hold the publisher's name.")
    language: Fields = _option((), "Field(s) that hold the language.")
    retrieved_at: Fields = _option((), "Field(s) that hold the time of the download.")


@dataclass(frozen=True, slots=True)
class Read:
    """[read]: how raw files become sources."""

    fields: FieldNames = field(default_factory=FieldNames, metadata={"doc": "Names of records' fields."})
    max_source_mb: int = _option(64, "A source larger than this many megabytes is rejected (`too_large`).")
    max_expansion: int = _option(
        200, "An archive member that unpacks to more than this many times its size, and to over 64 MB, is rejected."
    )
    max_members: int = _option(10_000_000, "An archive with more members than this is rejected from there on.")
    encoding: str | None = _option(None, "Encoding to try first; by default UTF-8, and then what the page declares.")
    page_separator: str | None = _option(
        None,
        "Regular expression: a line of a text file that matches it parts two pages. A named group `url` gives the "
        "address of the page below.",
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """[judge]: how lines are judged."""

    mode: Literal["precision", "balanced", "recall"] = _option(
        "balanced", "What a doubtful line gets: `precision` drops more, `recall` keeps more."
    )
    comments: Literal["drop", "keep", "field"] = _option(
        "drop", "What befalls readers' comments under an article: `field` moves them into the column `comments`."
    )
    title: Literal["metadata", "keep"] = _option("metadata", "Whether the headline stands in the text, too.")


@dataclass(frozen=True, slots=True)
class Metadata:
    """[metadata]: how pages are described."""

    language_detector: Literal["langdetect", "py3langid"] = _option(
        "langdetect",
        "What tells languages apart: `langdetect` knows 55 of them, `py3langid` 140, at a millisecond more a page; it "
        "takes `pip install 'cleaner-corpus[languages]'`.",
    )


@dataclass(frozen=True, slots=True)
class Normalize:
    """[normalize]: how text is mended."""

    skip: Fields = _option((), "Names of fixes that are not made (see docs/recipe.md for the list).")
    quotes: bool = _option(False, "Make curly quotation marks straight.")
    dashes: bool = _option(False, "Make dashes of all kinds a hyphen-minus.")


@dataclass(frozen=True, slots=True)
class Site:
    """[site."example.org"]: what is known of one site."""

    drop: Fields = _option((), "CSS selectors of elements whose lines are dropped.")
    keep: Fields = _option((), "CSS selectors: where one matches, the page's content is what it matches, nothing else.")
    publisher: str | None = _option(None, "The publisher's name.")


@dataclass(frozen=True, slots=True)
class Limits:
    """[limits]: what one document may cost before it is quarantined as a reject."""

    seconds: float = _option(60.0, "Seconds that one document may take; 0: no limit.")
    memory_mb: int = _option(2048, "Megabytes of memory that a worker may hold; 0: no limit.")


@dataclass(frozen=True, slots=True)
class Templates:
    """[templates]: lines that recur on the pages of a site."""

    drop: bool = _option(True, "Whether lines that are found to belong to a site's template are dropped.")


@dataclass(frozen=True, slots=True)
class Duplicates:
    """[duplicates]: what befalls a document that is there twice."""

    same_url: Literal["latest", "first"] = _option(
        "latest", "Of several sources with one address: keep the one retrieved last, or the first in path order."
    )
    same_text: Literal["drop", "mark", "keep"] = _option(
        "drop",
        "Documents with the very same text: leave all but one out, mark them in `duplicate_of`, or do nothing.",
    )
    near: Literal["mark", "drop", "keep"] = _option(
        "mark", "Documents that share most of their text: the same choice. `keep`: they are not even looked for."
    )
    threshold: float = _option(
        0.8, "Documents are near-duplicates from this Jaccard index of their shingles on; 0.4 to 1."
    )
    ngram: int = _option(5, "Words in a shingle (characters, where a script puts no space between words); 1 to 20.")
    prefer: Literal["longest", "earliest", "first"] = _option(
        "longest", "Which one represents the others: the longest text, the one published first, or first in path order."
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """[[filter]]: a condition that published documents fulfil, a row each; the others stand in `left_out.jsonl`."""

    where: str = _option("", "SQL condition over the document's columns, such as `words >= 50`. Needed.")
    name: str | None = _option(None, "What it is called where it is counted and listed; by default, its condition.")
    reason: str | None = _option(None, "Why: a phrase for the dataset card.")


@dataclass(frozen=True, slots=True)
class Privacy:
    """[privacy]: private data that is looked for, by its form. Needs `pip install 'cleaner-corpus[privacy]'`."""

    find: Fields = _option((), "What to look for: any of `email`, `phone`, `ip`, `iban`, `card`. None named: nothing.")
    mask: bool = _option(False, "Put `[email]` and the like in its place, in texts, lines and metadata.")
    regions: Fields = _option(
        (), "Countries (such as `GB`) whose phone numbers are found without a country code, too, at the cost of errors."
    )


@dataclass(frozen=True, slots=True)
class Release:
    """[release]: how the dataset is laid out."""

    shard_rows: int = _option(20_000, "Documents in a shard, at most.")
    shard_mb: int = _option(256, "Megabytes of text in a shard, at most.")
    listed_versions: int = _option(20, "How many versions the card lists as configs; all of them stay in `versions/`.")


@dataclass(frozen=True, slots=True)
class Card:
    """[card]: what only a person knows, for the dataset card. Unanswered: "Not stated by the publisher"."""

    title: str | None = _option(None, "The dataset's title.")
    summary: str | None = _option(None, "What it is, in a sentence or two.")
    authors: Fields = _option((), "Who made the dataset: persons as `Family name, Given name`, or organisations.")
    license: str | None = _option(None, "SPDX identifier or address of the licence under which it is shared.")
    contact: str | None = _option(None, "Whom to write to, takedown requests included.")
    url: str | None = _option(None, "Address at which it is published.")
    doi: str | None = _option(None, "Its DOI, such as `10.5281/zenodo.1234567`.")
    released: str | None = _option(None, "Date at which it was published, such as `2024-05-31`.")
    purpose: str | None = _option(None, "What it was made for.")
    uses: str | None = _option(None, "What it may well be used for.")
    out_of_scope: str | None = _option(None, "What it should not be used for.")
    collection: str | None = _option(None, "How and when the pages were collected, and by which rules of choice.")
    consent: str | None = _option(None, "What the people who wrote the pages agreed to.")
    personal_data: str | None = _option(None, "What is known of personal or sensitive data in it.")
    biases: str | None = _option(None, "Known biases.")
    social_impact: str | None = _option(None, "Who may be helped or harmed by it.")
    synthetic: str | None = _option(None, "Whether pages written by machines are in it: `yes`, `no`, or what is known.")
    maintenance: str | None = _option(None, "Who keeps it up to date, and how often.")
    funding: str | None = _option(None, "Who paid for it.")
    citation: str | None = _option(None, "How to cite it (BibTeX or text).")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The whole configuration. `Recipe()` is the default; `Recipe.load(path)` reads a file."""

    memory: str = _option(
        "1GB",
        "Memory for the stages that look at the whole corpus, at least 100MB; what they need beyond it goes to disk.",
    )
    read: Read = field(default_factory=Read)
    judge: Judge = field(default_factory=Judge)
    metadata: Metadata = field(default_factory=Metadata)
    normalize: Normalize = field(default_factory=Normalize)
    limits: Limits = field(default_factory=Limits)
    templates: Templates = field(default_factory=Templates)
    duplicates: Duplicates = field(default_factory=Duplicates)
    privacy: Privacy = field(default_factory=Privacy)
    filter: tuple[Filter, ...] = ()
    release: Release = field(default_factory=Release)
    card: Card = field(default_factory=Card)
    site: Mapping[str, Site] = field(default_factory=dict)

    @staticmethod
    def load(path: str | Path) -> Recipe:
        """Read a recipe from a TOML file; RecipeError says which key is wrong and which was meant."""
        try:
            text = Path(path).read_text("utf-8")
        except OSError as e:
            raise RecipeError(f"The recipe {path} cannot be read: {e.strerror or e}.") from e
        except UnicodeDecodeError as e:
            raise RecipeError(f"The recipe {path} is not UTF-8 text.") from e
        return Recipe.parse(text, str(path))

    @staticmethod
    def parse(text: str, name: str = "recipe") -> Recipe:
        """Read a recipe from TOML text; `name` is what messages call it."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as e:
            raise RecipeError(f"{name} is not valid TOML: {e}.") from e
        recipe = build(Recipe, table, "", name)
        assert isinstance(recipe, Recipe)
        check_recipe(recipe, name)
        return recipe

    @staticmethod
    def from_dict(table: Mapping[str, Any], name: str = "recipe") -> Recipe:
        """The recipe whose `released` is this table: what a manifest holds. RecipeError as `parse` raises it."""
        recipe = build(Recipe, stated(table), "", name)
        assert isinstance(recipe, Recipe)
        return recipe

    def _digest(self, sections: Fields) -> str:
        table = {s: plain(getattr(self, s)) for s in sections}
        return hashlib.sha256(json.dumps(table, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def cleaning_hash(self) -> str:
        """64 hex digits over the sections that change what becomes of a single page."""
        return self._digest(("read", "judge", "metadata", "normalize", "limits", "privacy", "site"))

    @property
    def hash(self) -> str:
        """64 hex digits over the recipe without what changes nothing in a release."""
        return self._digest(tuple(self.released()))

    def released(self) -> dict[str, Any]:
        """The recipe as the manifest of a release holds it: `as_dict` without `memory`, which changes nothing in it."""
        return {section: value for section, value in self.as_dict().items() if section != "memory"}

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain data, every key present."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}


def parse_card(text: str, name: str) -> Card:
    """The keys of [card] from a TOML text that holds nothing else; RecipeError as `Recipe.parse` raises it."""
    try:
        card = build(Card, tomllib.loads(text), "", name)
    except tomllib.TOMLDecodeError as e:
        raise RecipeError(f"{name} is not valid TOML: {e}.") from e
    assert isinstance(card, Card)
    return card
