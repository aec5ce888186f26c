"""`README.md` of the dataset: the card that people read, and the front matter by which `datasets` loads it.

Made from the manifests alone. What was measured stands between two marks (`measured_part`); what only a person
can know comes from the recipe's [card], and where it says nothing the card says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.release import columns
from cleaner.release.front_matter import front_matter
from cleaner.release.manifest import DEFAULT_NAME, Manifest
from cleaner.release.wording import code, counted, number, several, share, table
from cleaner.roles import REASONS, ROLES

BEGIN = "<!-- measured by cleaner: begin -->"
END = "<!-- measured by cleaner: end -->"

UNSTATED = "Not stated by the publisher."

_RULES = {
    "same_url": "another source has the same address, and is the one that the recipe prefers",
    "same_text": "another document has the very same text",
    "withdrawn": "taken out for good",
}

_STATED = (
    ("Purpose", "purpose"),
    ("Intended uses", "uses"),
    ("Uses it is not meant for", "out_of_scope"),
    ("Consent of those who wrote the pages", "consent"),
    ("Known biases", "biases"),
    ("Social impact", "social_impact"),
    ("Funding", "funding"),
    ("Citation", "citation"),
)

LIMITS = """## What to keep in mind

- Which lines are kept is judged by a program. It errs: some boilerplate is left in the text, and some sentences were
  taken out. Nothing is lost, though: every line, its verdict, the reason and a score stand in the `-lines` config.
- Titles, authors, dates and publishers are what the pages say or show; `provenance` says how each was found. Nobody
  has checked them one by one.
- The documents were not scanned for personal data. What a page says of people, their names included, stands here too.
- The pages belong to those who wrote them. That they could be read on the web does not mean that they may be shared."""


def render_card(manifests: Sequence[Manifest]) -> str:
    """The whole card, from the manifests of all versions, oldest first; at least one."""
    newest = manifests[-1]
    stated: Mapping[str, str | None] = newest.recipe["card"]
    title = " ".join((stated["title"] or DEFAULT_NAME).split())
    parts = [
        front_matter(manifests),
        f"# {title}",
        stated["summary"] or _summary(newest),
        _loading(manifests),
        measured_part(newest),
        _columns(),
        LIMITS,
        _stated(stated),
        _removal(stated["contact"]),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def measured_part(manifest: Manifest) -> str:
    """What was measured of a version, as Markdown between the marks BEGIN and END."""
    counts = manifest.counts
    parts = [
        BEGIN,
        _overview(manifest),
        _sources(counts, manifest.recipe["filter"]),
        _lines(counts["lines"]),
        _languages(manifest),
        "### Sites\n\n" + counted(("site", "documents"), counts["sites"], counts["documents"], "(no site)"),
        _filled(counts),
        _mended(counts),
        _making(manifest),
        END,
    ]
    return "\n\n".join(part.strip() for part in parts if part)


def _summary(manifest: Manifest) -> str:
    documents, sites = manifest.counts["documents"], len(manifest.counts["sites"])
    pages = "The clean text and metadata of " + several(documents, "web page")
    return f"{pages} from {several(sites, 'site')}, and beside it every line that was taken out, with the reason why."


def _loading(manifests: Sequence[Manifest]) -> str:
    newest = f"v{manifests[-1].version}"
    text = f"""## Loading it

In place of `"processed"` write the path of the folder that holds this file.

```python
from datasets import load_dataset

documents = load_dataset("processed", split="train")                   # one row a document, newest version
documents = load_dataset("processed", "{newest}", split="train")         # that very version, for ever
lines = load_dataset("processed", "{newest}-lines", split="train")       # every line of every page, with its verdict
documents = load_dataset("processed", split="train", streaming=True)   # without reading it all first
```

A version never changes. `CHANGELOG.md` says what each one added, changed and removed; `versions/` holds the manifest
of each, with the SHA-256 of every file; `cleaner verify` checks them. `rejects.jsonl` and `left_out.jsonl` name the
sources that the newest version does not hold, and why."""
    listed = manifests[-1].recipe["release"]["listed_versions"]
    if len(manifests) > listed:
        text += f"\n\nThe {listed} newest of {len(manifests)} versions are listed here; "
        text += '`cleaner.load("processed", "1.0.0")` opens any of them.'
    return text


def _overview(manifest: Manifest) -> str:
    counts = manifest.counts
    size = sum(file.bytes for files in manifest.files.values() for file in files)
    rows = [
        ("documents", number(counts["documents"])),
        ("words", number(counts["words"])),
        ("characters", number(counts["characters"])),
        ("sites", number(len(counts["sites"]))),
        ("languages", number(len([language for language in counts["languages"] if language != "und"]))),
        ("lines judged", number(_total(counts["lines"]))),
        ("published", _dates(counts)),
        ("size of the files", f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB"),
    ]
    return f"## What version {manifest.version} holds\n\n" + table(("", ""), rows, right=(1,))


def _dates(counts: Mapping[str, Any]) -> str:
    published = counts["published"]
    if not published["documents"]:
        return "no dates found"
    dated = share(published["documents"], counts["documents"])
    return f"{published['first']} to {published['last']} ({dated} have a date)"


def _sources(counts: Mapping[str, Any], filters: Sequence[Mapping[str, str | None]]) -> str:
    whole = counts["sources"]
    named = (
        ("documents", "documents in this version"),
        ("duplicates", "duplicates left out"),
        ("filtered", "filtered out by the recipe"),
        ("withdrawn", "withdrawn"),
        ("rejects", "rejected: no page could be read"),
    )
    rows = [(words, number(counts[key]), share(counts[key], whole)) for key, words in named]
    rows.append(("**sources read**", number(whole), "100%"))
    text = "### From sources to documents\n\nEvery source that was read is one of these:\n\n"
    text += table(("", "sources", "share"), rows, right=(1, 2))
    rules = sorted(counts["left_out_by_rule"].items(), key=lambda item: (-item[1], item[0]))
    if rules:
        means = _RULES | {row["name"] or " ".join((row["where"] or "").split()): _meaning(row) for row in filters}
        told = [f"- {code(rule)}: {several(count, 'source')} ({means.get(rule, 'a filter')})" for rule, count in rules]
        text += "\n\nLeft out, by rule:\n\n" + "\n".join(told)
    if causes := counts["rejects_by_cause"]:
        text += "\n\nRejected, by cause:\n\n" + counted(("cause", "sources"), causes, counts["rejects"])
    if counts["marked"]:
        marked = several(counts["marked"], "document")
        text += f"\n\n{marked} kept although another has the same text: see `duplicate_of`."
    return text


def _meaning(filter: Mapping[str, str | None]) -> str:
    """What a filter's rule means: why it stands in the recipe, and what it asks for where its name does not say so."""
    words = " ".join((filter["reason"] or "not what the recipe's filter asks for").split())
    return f"{words}: not {code(filter['where'] or '')}" if filter["name"] else words


def _total(lines: Mapping[str, Mapping[str, Mapping[str, int]]]) -> int:
    return sum(count for roles in lines.values() for reasons in roles.values() for count in reasons.values())


def _lines(lines: Mapping[str, Mapping[str, Mapping[str, int]]]) -> str:
    whole = _total(lines)
    if not whole:
        return ""
    sums = {verdict: _total({verdict: lines.get(verdict, {})}) for verdict in ("keep", "metadata", "drop")}
    text = "### What was kept, and what was taken out\n\n"
    text += f"Of {several(whole, 'line')}, {number(sums['keep'])} ({share(sums['keep'], whole)}) stand in the text, "
    text += f"{number(sums['metadata'])} ({share(sums['metadata'], whole)}) became metadata, and "
    text += f"{number(sums['drop'])} ({share(sums['drop'], whole)}) were taken out. By role:\n\n"
    rows = []
    for verdict in ("keep", "metadata", "drop"):
        roles = {role: sum(reasons.values()) for role, reasons in lines.get(verdict, {}).items()}
        for role, count in sorted(roles.items(), key=lambda item: (-item[1], item[0])):
            meaning = ROLES[role].definition.rstrip(".") if role in ROLES else ""
            rows.append((code(role), verdict, number(count), meaning))
    text += table(("role", "verdict", "lines", "meaning"), rows, right=(2,))
    reasons: dict[str, int] = {}
    for by_reason in lines.get("drop", {}).values():
        for reason, count in by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + count
    if reasons:
        text += "\n\nWhy lines were taken out:\n\n"
        ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        text += table(
            ("reason", "lines", "share", "meaning"),
            [
                (code(r), number(n), share(n, sums["drop"]), REASONS[r].definition.rstrip(".") if r in REASONS else "")
                for r, n in ranked
            ],
            right=(1, 2),
        )
    return text


def _languages(manifest: Manifest) -> str:
    detector = next((name for name in ("langdetect-rs", "langdetect") if name in manifest.tools), None)
    by = f" by {detector} {manifest.tools[detector]}" if detector else ""
    counts = manifest.counts
    text = f"### Languages\n\nDetected{by} from the text alone; `und` is where it was not sure.\n\n"
    return text + counted(("language", "documents"), counts["languages"], counts["documents"])


def _filled(counts: Mapping[str, Any]) -> str:
    found = {name: count for name, count in counts["filled"].items() if count}
    if not found:
        return ""
    text = "### Metadata\n\nDocuments that have a value, by column. Where nothing was found the column is null: "
    return text + "nothing is guessed.\n\n" + counted(("column", "documents"), found, counts["documents"])


def _mended(counts: Mapping[str, Any]) -> str:
    if not counts["fixes"] and not counts["flags"]:
        return ""
    text = "### What was mended in the text\n\n"
    if counts["fixes"]:
        ranked = sorted(counts["fixes"].items(), key=lambda item: (-item[1], item[0]))
        rows = [(code(name), number(count)) for name, count in ranked]
        text += "Places mended, by fix; `quality.fixes` says it for each document.\n\n"
        text += table(("fix", "places"), rows, right=(1,))
    else:
        text += "Nothing had to be mended."
    if counts["flags"]:
        text += "\n\nWhat is noteworthy of a page stands in `quality.flags`:\n\n"
        text += counted(("flag", "documents"), counts["flags"], counts["documents"])
    return text


def _making(manifest: Manifest) -> str:
    stands_on = ", ".join(f"{name} {version}" for name, version in sorted(manifest.tools.items()))
    return f"""### How it was made

By `cleaner` {manifest.cleaner}. Its recipe stands in full in `versions/{manifest.version}.json`; its hash is
`{manifest.recipe_hash}`.

Made with {stands_on}.

The same sources, recipe and versions of these give the same bytes again."""


def _columns() -> str:
    documents = table(("column", "meaning"), [(f"`{name}`", text) for name, text in columns.DOCUMENTS.items()])
    lines = table(("column", "meaning"), [(f"`{name}`", text) for name, text in columns.LINES.items()])
    return f"## Columns\n\nOne row a document:\n\n{documents}\n\nOne row a line (`-lines`):\n\n{lines}"


def _stated(stated: Mapping[str, str | None]) -> str:
    text = "## What the publisher says\n\n"
    text += "\n\n".join(
        f"**{heading}.** {stated[key] or UNSTATED}" for heading, key in (("Licence", "license"), *_STATED)
    )
    return text


def _removal(contact: str | None) -> str:
    unstated = "The publisher has stated no contact; ask whoever gave you this dataset"
    whom = f"Write to {contact}" if contact else unstated
    return f"""## To have a page removed

{whom}, and name the document's `id` or its address.

A withdrawn document is in no later version. Older versions, and copies that others have made, hold it until their files
are deleted: if you use this dataset, follow its newest version."""
