"""What users of a dataset should keep in mind: known of any dataset that is made this way, and of this one as measured.

For the card, and for `croissant.json`, which wants the same in plain sentences.
"""

from __future__ import annotations

from cleaner.release.manifest import Manifest
from cleaner.release.wording import number

JUDGED = (
    "Which lines are kept is judged by a program. It errs: some boilerplate is left in the text, and some sentences "
    "were taken out. Nothing is lost, though: every line, its verdict, the reason and a score stand in the `-lines` "
    "config."
)
DESCRIBED = (
    "Titles, authors, dates and publishers are what the pages say or show; `provenance` says how each was found. "
    "Nobody has checked them one by one."
)
OWNED = (
    "The pages belong to those who wrote them. That they could be read on the web does not mean that they may be "
    "shared."
)


def limits(manifest: Manifest) -> list[str]:
    """What a user should know of a version before using it, a sentence or two each."""
    return [JUDGED, DESCRIBED, personal_data(manifest), OWNED]


def personal_data(manifest: Manifest) -> str:
    """What was scanned for in a version and what was found; never that there is none."""
    people = "What a page says of people, their names included, stands here too."
    found = manifest.counts.get("private") or {}
    if not found:
        return f"The documents were not scanned for personal data. {people}"
    told = ", ".join(f"{number(count)} of `{kind}`" for kind, count in sorted(found.items()))
    return (
        f"The text was scanned for patterns of private data, and these were found: {told}; `quality.private` says it "
        f"for each document. A scan knows patterns only, so there is more than it finds. {people}"
    )


def limits_part(manifest: Manifest) -> str:
    """The limits as a part of the card."""
    return "## What to keep in mind\n\n" + "\n".join(f"- {limit}" for limit in limits(manifest))
