"""`README.md` of the dataset: the card that people read, and the front matter by which `datasets` loads it.

It consists of parts between marks (see `release.fences`), made from the manifests and from what a person has stated,
and of whatever a person writes outside of the marks, which is kept. The first card holds the parts alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cleaner.recipe import Card
from cleaner.release.card import columns
from cleaner.release.card.answers import UNSTATED, Answers
from cleaner.release.card.citation import cited
from cleaner.release.card.claims import find_conflicts
from cleaner.release.card.fences import END, begin, fenced, find_parts, prose, replace_parts, split_head
from cleaner.release.card.front_matter import config_name, front_matter, read_front_matter, title_of
from cleaner.release.card.limits import limits_part
from cleaner.release.card.measured import measured_part
from cleaner.release.card.withdrawals import withdrawals_part
from cleaner.release.card.wording import number, several, table
from cleaner.release.inventory import CARD
from cleaner.release.manifest import Manifest

_HINT = """<!-- What stands between two marks, such as "cleaner: title" and "cleaner: end", is written by cleaner, and
rewritten with every version. Write outside of them whatever you like: it stays as it is. -->"""

_NEEDED = ("measured", "removal")
"""Parts whose absence from a card is pointed out."""

_HUB = re.compile(r"https://huggingface\.co/datasets/([\w.-]{1,96}/[\w.-]{1,96})/?")

_STATED = (
    ("Made by", "authors"),
    ("Licence", "license"),
    ("Purpose", "purpose"),
    ("Intended uses", "uses"),
    ("Uses it is not meant for", "out_of_scope"),
    ("How the pages were collected", "collection"),
    ("Consent of those who wrote the pages", "consent"),
    ("Personal or sensitive data", "personal_data"),
    ("Known biases", "biases"),
    ("Social impact", "social_impact"),
    ("Text written by machines", "synthetic"),
    ("Maintenance", "maintenance"),
    ("Funding", "funding"),
)


@dataclass(frozen=True, slots=True)
class RenderedCard:
    """A card's text, and in `warnings` what in it contradicts what was measured or stated, in sentences."""

    text: str
    warnings: list[str] = field(default_factory=list)


def render_card(manifests: Sequence[Manifest], answers: Answers | None = None, old: str | None = None) -> RenderedCard:
    """The whole card.

    Args:
        manifests: Those of all versions, oldest first; at least one.
        answers: What a person stated; by default nothing.
        old: The card that there is, whose prose is kept; None to begin one.
    """
    answers = answers or Answers(Card())
    warnings = list(answers.conflicts)
    parts = {name: fenced(name, text) for name, text in _parts(manifests, answers.card).items() if text}
    head, body = split_head(old) if old is not None else ("", "")
    try:
        known = read_front_matter(head)
    except ValueError as e:
        known = {}
        warnings.append(f"The head of {CARD} could not be understood ({e}), and was written anew.")
    body = _filled(body, parts, warnings)
    warnings += _conflicts(prose(body), manifests, answers.card, known.get("license"))
    return RenderedCard(f"{front_matter(manifests, answers.card, known)}\n\n{body.strip()}\n", warnings)


def _filled(body: str, parts: dict[str, str], warnings: list[str]) -> str:
    """The body of the card with fresh parts; a body without any part gets all of them, after what stands there."""
    try:
        there = [name for name, _, _ in find_parts(body)]
        body = replace_parts(body, {name: parts.get(name, f"{begin(name)}\n\n{END}") for name in _ORDER})
    except ValueError as e:
        mend = "Mend the mark, or delete the file to begin anew."
        warnings.append(f"{CARD} was left as it is below its head: {e}. {mend}")
        return body
    if not there:
        return "\n\n".join([body.strip() or _HINT, *parts.values()])
    if "withdrawn" in parts and "withdrawn" not in there:  # a card begun before there was anything to tell
        told, removal = parts["withdrawn"], begin("removal")
        body = body.replace(removal, f"{told}\n\n{removal}", 1) if "removal" in there else f"{body}\n\n{told}"
    for name in _NEEDED:
        if name not in there:
            warnings.append(
                f"{CARD} has no part `{name}`. Put the two lines `{begin(name)}` and `{END}` where it should stand."
            )
    return body


_CHANGES = ("added", "changed", "removed", "withdrawn")

_ORDER = ("title", "loading", "measured", "columns", "limits", "stated", "citation", "withdrawn", "removal")


def _parts(manifests: Sequence[Manifest], card: Card) -> dict[str, str]:
    """The parts in the order of a fresh card; an empty one is left out there."""
    newest = manifests[-1]
    return {
        "title": f"# {title_of(card)}\n\n{card.summary or _summary(newest)}",
        "loading": _loading(manifests, card),
        "measured": measured_part(newest),
        "columns": _columns(),
        "limits": limits_part(newest),
        "stated": _stated(card),
        "citation": "## How to cite it\n\n" + cited(newest, card),
        "withdrawn": withdrawals_part(manifests),
        "removal": _removal(card.contact),
    }


def _conflicts(text: str, manifests: Sequence[Manifest], card: Card, licence: str | None) -> list[str]:
    found = find_conflicts(text, CARD, manifests, card.license)
    for key in ("summary", "purpose", "uses", "collection", "personal_data", "biases"):
        if stated := getattr(card, key):
            found += find_conflicts(stated, f"`{key}`", manifests, card.license)
    if licence and not card.license:
        asked = "`cleaner card --edit` asks for it"
        found.append(f"The head of {CARD} says `license: {licence}`, but none is stated: {asked}.")
    return found


def _summary(manifest: Manifest) -> str:
    documents, sites = manifest.counts["documents"], len(manifest.counts["sites"])
    pages = "The clean text and metadata of " + several(documents, "web page")
    return f"{pages} from {several(sites, 'site')}, and beside it every line that was taken out, with the reason why."


def _loading(manifests: Sequence[Manifest], card: Card) -> str:
    newest = f"v{manifests[-1].version}"
    hub = _HUB.fullmatch(card.url or "")
    name = hub[1] if hub else "processed"
    where = "" if hub else 'In place of `"processed"` write the path of the folder that holds this file.\n\n'
    text = f"""## Loading it

{where}```python
from datasets import load_dataset

# one row a document; the newest version, or the one that is named
documents = load_dataset("{name}", split="train")
documents = load_dataset("{name}", "{newest}", split="train")

# one row a line: every line of every page, with its verdict
lines = load_dataset("{name}", "{newest}-lines", split="train")

# without reading it all first
documents = load_dataset("{name}", split="train", streaming=True)
```

### Versions

{_versions(manifests)}

A version changes only when documents are withdrawn from it. `CHANGELOG.md` says what each one added, changed and
removed; `versions/` holds the manifest of each, with the SHA-256 of every file; `cleaner verify` checks them.
`rejects.jsonl` and `left_out.jsonl` name the sources that the newest version does not hold, and why. `croissant.json`
describes the newest version for machines."""
    listed = manifests[-1].recipe["release"]["listed_versions"]
    if len(manifests) > listed:
        text += f"\n\nThe {listed} newest of {len(manifests)} versions are listed here; "
        text += '`cleaner.load("processed", "1.0.0")` opens any of them.'
    return text


def _versions(manifests: Sequence[Manifest]) -> str:
    """The versions that can be loaded by their names, newest first."""
    listed = manifests[-1].recipe["release"]["listed_versions"]
    rows = []
    for manifest in list(reversed(manifests))[: max(1, listed)]:
        names = [f"`{config_name(manifest.version, config)}`" for config in ("documents", "lines")]
        counts = {kind: manifest.changes.get(kind, 0) for kind in _CHANGES}
        changes = ", ".join(f"{number(count)} {kind}" for kind, count in counts.items() if count) or "none"
        sizes = [number(manifest.rows(config)) for config in ("documents", "lines")]
        rows.append((*names, *sizes, changes if manifest.parent else "the first version"))
    return table(("documents as", "lines as", "documents", "lines", "documents that changed"), rows, right=(2, 3))


def _columns() -> str:
    documents = table(("column", "meaning"), [(f"`{name}`", text) for name, text in columns.DOCUMENTS.items()])
    lines = table(("column", "meaning"), [(f"`{name}`", text) for name, text in columns.LINES.items()])
    return f"## Columns\n\nOne row a document:\n\n{documents}\n\nOne row a line (`-lines`):\n\n{lines}"


def _stated(card: Card) -> str:
    rows = []
    for heading, key in _STATED:
        value = getattr(card, key)
        rows.append(f"**{heading}.** {('; '.join(value) if isinstance(value, tuple) else value) or UNSTATED}")
    return "## What the publisher says\n\n" + "\n\n".join(rows)


def _removal(contact: str | None) -> str:
    unstated = "The publisher has stated no contact; ask whoever gave you this dataset"
    whom = f"Write to {contact}" if contact else unstated
    return f"""## To have a page removed

{whom}, and name the document's `id` or its address.

A document that is withdrawn is taken out of every version, and stays out. Copies that others have made hold it until
they follow: if you use this dataset, look from time to time whether its card says that documents were withdrawn."""
