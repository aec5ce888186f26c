"""Causes: why a document is in one version and not in the other, or is not the same in both. One table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its stable code, the words for it after a number of documents, and what it means."""

    code: str
    words: str
    definition: str


CAUSES: dict[str, dict[str, Cause]] = {"added": {}, "changed": {}, "removed": {}}
"""What befell the document -> code -> cause."""


def _cause(change: str, code: str, words: str, definition: str) -> None:
    CAUSES[change][code] = Cause(code, words, definition)


_cause("added", "new", "new", "No document of the older version has this id, or was made from these bytes.")
_cause("added", "renamed", "known by another id before", "The older version has the same bytes under another id.")

_cause("removed", "withdrawn", "withdrawn", "It was withdrawn for good.")
_cause("removed", "duplicate", "now duplicates", "Its source is there, and is now left out as a duplicate.")
_cause("removed", "filtered", "now filtered out", "Its source is there, and is now left out by a filter of the recipe.")
_cause("removed", "rejected", "now rejected", "Its source is there, and can no longer be read as a page.")
_cause("removed", "renamed", "known by another id now", "The newer version has the same bytes under another id.")
_cause("removed", "gone", "whose source is gone", "Its source is no longer there.")
_cause(
    "removed", "unknown", "for a cause not recorded",
    "It is not in the newer version. What that one left out, and why, is listed for the newest version only.",
)  # fmt: skip

_cause("changed", "source", "source changed", "The source has other bytes, or lies or was retrieved elsewhere.")
_cause("changed", "override", "corrected by a person", "The same source; a person's override was made or taken back.")
_cause(
    "changed", "corpus", "other documents changed",
    "The same source; what is known of it from the other documents, such as its duplicates, has changed.",
)  # fmt: skip
_cause("changed", "recipe", "recipe changed", "The same source; the recipe changed.")
_cause(
    "changed", "judge", "judge changed",
    "The same source and recipe; cleaner's code, its model, or a library that it stands on changed.",
)  # fmt: skip
_cause(
    "changed", "recipe_or_judge", "recipe or judge changed",
    "The same source; both the recipe and the judge changed, and which of them did it cannot be told.",
)  # fmt: skip
_cause("changed", "columns", "columns changed", "Nothing but the columns of the dataset changed.")
