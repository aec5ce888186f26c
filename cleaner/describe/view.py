"""What the describing step reads (PageView) and what it says (Description)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypedDict

from cleaner.describe.detectors import DetectorName
from cleaner.pages.batch import Head

AuthorKind = Literal["person", "org", "handle", "unknown"]
Precision = Literal["year", "month", "day", "second"]
Claim = Literal["title", "standfirst", "byline", "dateline", "publisher"]


class Author(TypedDict):
    """A name as the page gives it, freed of labels, and what kind of name it is."""

    name: str
    kind: AuthorKind


class QuotedSource(TypedDict):
    """A work that the page reprints or retells; `date` is ISO 8601, as precise as known."""

    author: str | None
    outlet: str | None
    date: str | None


class Provenance(NamedTuple):
    """Where a field's value came from.

    Attributes:
        field: Name of the column.
        method: "json-ld", "opengraph" or "meta" (what the page's head declares), "html" (its visible elements and their
            markup), "url" (its address), "text" (rules about lines), "record" (what was said beside the page), "model"
            (a trained one, as for languages), "recipe" (a person's rule for the site).
        confidence: 0-1.
        line: Number of the page's line that bears the value, where one does.
    """

    field: str
    method: str
    confidence: float
    line: int | None = None


class Found(NamedTuple):
    """One candidate for a field's value, with its origin."""

    value: Any
    method: str
    confidence: float


@dataclass(slots=True)
class PageView:
    """One judged page.

    Attributes:
        head: What is known beside the lines: source, `<title>`, meta elements, JSON-LD, times, microdata.
        lines: The page's lines in reading order, normalised.
        tags: For each line the block's tag in HTML ("h1", "p"...), "" in text; may be empty for text pages.
        roles: For each line the judge's first role; may be empty.
        verdicts: For each line the judge's first verdict: "keep", "drop" or "metadata"; empty: all are kept.
        scores: For each line the probability that it is content; may be empty.
        kept: For each line whether it is in the text, where that is not what `verdicts` say; may be empty.
        publisher: The publisher's name, when the recipe knows it for this site.
        detector: What tells languages apart, by the recipe.
    """

    head: Head
    lines: list[str]
    tags: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    publisher: str | None = None
    detector: DetectorName = "langdetect"
    kept: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.lines)
        self.tags = self.tags or [""] * count
        self.roles = self.roles or [""] * count
        self.verdicts = self.verdicts or ["keep"] * count
        if not any(self.kept):  # of a page without text, its lines tell the language
            self.kept = [verdict == "keep" for verdict in self.verdicts]

    def tag(self, i: int) -> str:
        """Tag of line i, "" in text."""
        return self.tags[i]

    def verdict(self, i: int) -> str:
        """The judge's first verdict on line i."""
        return self.verdicts[i]

    def role(self, i: int) -> str:
        """The judge's first role for line i, "" where it gave none."""
        return self.roles[i]


@dataclass(slots=True)
class Description:
    """A page's metadata: None or empty where unknown, never a guess.

    Attributes:
        published: ISO 8601, as precise as known, with the offset where one was stated; so is `modified`.
        published_precision: How much of `published` is known. A time given to the minute counts as "second".
        published_offset: "+02:00" and the like, None when no offset was stated.
        language: BCP 47, "und" if unsure.
        language_score: The detector's probability for `language`, None when nothing was detected.
        language_declared: The language that the page or its record names, as BCP 47.
        provenance: One entry a filled field.
        claims: Line index -> role, for the lines at the page's head that are metadata (or its standfirst).
    """

    title: str | None = None
    subtitle: str | None = None
    authors: list[Author] = field(default_factory=list)
    published: str | None = None
    published_precision: Precision | None = None
    published_offset: str | None = None
    modified: str | None = None
    publisher: str | None = None
    agency: str | None = None
    place: str | None = None
    quoted_sources: list[QuotedSource] = field(default_factory=list)
    url: str | None = None
    domain: str | None = None
    language: str = "und"
    language_score: float | None = None
    language_declared: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    license: str | None = None
    provenance: list[Provenance] = field(default_factory=list)
    claims: dict[int, Claim] = field(default_factory=dict)

    def note(self, field: str, method: str, confidence: float, line: int | None = None) -> None:
        """Say where a field's value came from."""
        self.provenance.append(Provenance(field, method, round(confidence, 2), line))
