"""What users of a dataset should keep in mind: known of any dataset that is made this way, and of this one as measured.

For the card, and for `croissant.json`, which wants the same in plain sentences.
"""

from __future__ import annotations

from cleaner.release.card.wording import number
from cleaner.release.manifest import Manifest

JUDGED = (
    "Which lines are kept is judged by a program. It errs: some boilerplate is left in the text, and some sentences "
    "were taken out. Nothing is lost, though: every line, its verdict, the reason and a score stand in the `-lines` "
    "config."
)
DESCRIBED = (
    "Titles, authors, dates and publishers are what the pages say or show; `provenance` says how each was found. "
    "Nobody has checked them one by one."
)
_KINDS = {
    "email": "e-mail addresses", "phone": "phone numbers", "ip": "IP addresses", "iban": "account numbers",
    "card": "card numbers",
}  # fmt: skip
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
    asked = manifest.recipe.get("privacy") or {}
    if not asked.get("find"):
        return f"The documents were not scanned for personal data. {people}"
    found = manifest.counts.get("private") or {}
    finds = {kind: number(found.get(kind, 0)) for kind in sorted(asked["find"])}
    kinds = ", ".join(f"{_KINDS.get(kind, kind)} ({count} found)" for kind, count in finds.items())
    done = "each find was replaced by the name of its kind" if asked.get("mask") else "what was found was left in place"
    return (
        f"The texts were scanned for what has the form of private data, and {done}: {kinds}. `quality.private` says it "
        f"for each document. A scan knows forms only, so it misses much, and takes some things for what they are not. "
        f"{people}"
    )


def limits_part(manifest: Manifest) -> str:
    """The limits as a part of the card."""
    return "## What to keep in mind\n\n" + "\n".join(f"- {limit}" for limit in limits(manifest))
