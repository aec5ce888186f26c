"""What was measured of a version, as Markdown: the part of every card that no person writes.

Made from a manifest alone, so that the card of a dataset and the card of the sample in this repository share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cleaner.release.card.pictures import draw_pictures
from cleaner.release.card.wording import code, counted, number, several, share, size, table
from cleaner.release.inventory import PICTURES
from cleaner.release.manifest import Manifest
from cleaner.roles import REASONS, ROLES

_RULES = {
    "same_url": "another source has the same address, and is the one that the recipe prefers",
    "same_text": "another document has the very same text",
    "near": "another document has nearly the same text",
    "withdrawn": "taken out for good",
}

_OUTCOMES = (
    ("documents", "documents in this version"),
    ("duplicates", "duplicates left out"),
    ("filtered", "filtered out by the recipe"),
    ("withdrawn", "withdrawn"),
    ("rejects", "rejected: no page could be read"),
)


def measured_part(manifest: Manifest, pictures: str = PICTURES) -> str:
    """What was measured of a version. `pictures` is the folder of its pictures, as a link from the card says it."""
    counts = manifest.counts
    shown = {name: picture.shown(pictures) for name, picture in draw_pictures(counts).items()}
    parts = [
        _overview(manifest),
        _sources(manifest),
        _lines(counts, shown.get("removed", "")),
        _languages(manifest, shown.get("languages", "")),
        _dates_and_lengths(shown),
        _sites(counts),
        _filled(counts),
        _licences(counts),
        _mended(counts),
        _making(manifest),
    ]
    return "\n\n".join(part.strip() for part in parts if part)


def _overview(manifest: Manifest) -> str:
    counts = manifest.counts
    rows = [
        ("documents", number(counts["documents"])),
        ("words", number(counts["words"])),
        ("characters", number(counts["characters"])),
        ("sites", number(len(counts["sites"]))),
        ("languages", number(len([language for language in counts["languages"] if language != "und"]))),
        ("lines judged", number(_total(counts["lines"]))),
        ("published", _dates(counts)),
        ("size of the files", size(sum(file.bytes for files in manifest.files.values() for file in files))),
    ]
    return f"## What version {manifest.version} holds\n\n" + table(("", ""), rows, right=(1,))


def _dates(counts: Mapping[str, Any]) -> str:
    published = counts["published"]
    if not published["documents"]:
        return "no dates found"
    dated = share(published["documents"], counts["documents"])
    return f"{published['first']} to {published['last']} ({dated} have a date)"


def _sources(manifest: Manifest) -> str:
    counts = manifest.counts
    whole = counts["sources"]
    rows = [(words, number(counts[key]), share(counts[key], whole)) for key, words in _OUTCOMES]
    rows.append(("**sources read**", number(whole), "100%"))
    text = "### From sources to documents\n\nEvery source that was read is one of these:\n\n"
    text += table(("", "sources", "share"), rows, right=(1, 2))
    rules = sorted(counts["left_out_by_rule"].items(), key=lambda item: (-item[1], item[0]))
    if rules:
        meanings = _meanings(manifest)
        told = [f"- {code(rule)}: {several(count, 'source')}{meanings.get(rule, '')}" for rule, count in rules]
        text += "\n\nLeft out, by rule:\n\n" + "\n".join(told)
    if causes := counts["rejects_by_cause"]:
        text += "\n\nRejected, by cause:\n\n" + counted(("cause", "sources"), causes, counts["rejects"])
    if counts["marked"]:
        marked = several(counts["marked"], "document")
        text += f"\n\n{marked} kept although another has the same text, or nearly the same: see `duplicate_of`."
    return text


def _meanings(manifest: Manifest) -> dict[str, str]:
    """What the rules mean, in brackets: ours, and the recipe's filters with the reason that it gives."""
    meanings = {rule: f" ({words})" for rule, words in _RULES.items()}
    filters = manifest.recipe.get("filter")
    for row in filters if isinstance(filters, list) else []:
        said = (f"{row['reason']}; " if row.get("reason") else "") + f"kept is what fulfils {code(row['where'])}"
        meanings[row.get("name") or " ".join(row["where"].split())] = f" ({' '.join(said.split())})"
    return meanings


def _total(lines: Mapping[str, Mapping[str, Mapping[str, int]]]) -> int:
    return sum(count for roles in lines.values() for reasons in roles.values() for count in reasons.values())


def _lines(counts: Mapping[str, Any], picture: str) -> str:
    lines: Mapping[str, Mapping[str, Mapping[str, int]]] = counts["lines"]
    whole = _total(lines)
    if not whole:
        return ""
    sums = {verdict: _total({verdict: lines.get(verdict, {})}) for verdict in ("keep", "metadata", "drop")}
    text = "### What was kept, and what was taken out\n\n"
    text += f"Of {several(whole, 'line')}, {number(sums['keep'])} ({share(sums['keep'], whole)}) stand in the text, "
    text += f"{number(sums['metadata'])} ({share(sums['metadata'], whole)}) became metadata, and "
    text += f"{number(sums['drop'])} ({share(sums['drop'], whole)}) were taken out.\n\n{picture}\n\n"
    text += "By role, with the line of its kind that most pages share:\n\n" + _roles(lines, counts.get("examples", {}))
    reasons: dict[str, int] = {}
    for by_reason in lines.get("drop", {}).values():
        for reason, count in by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + count
    if reasons:
        text += "\n\nWhy lines were taken out:\n\n" + _reasons(reasons, sums["drop"])
    return text


def _roles(lines: Mapping[str, Mapping[str, Mapping[str, int]]], examples: Mapping[str, str]) -> str:
    rows = []
    for verdict in ("keep", "metadata", "drop"):
        roles = {role: sum(reasons.values()) for role, reasons in lines.get(verdict, {}).items()}
        for role, count in sorted(roles.items(), key=lambda item: (-item[1], item[0])):
            meaning = ROLES[role].definition.rstrip(".") if role in ROLES else ""
            example = code(examples[role]) if verdict == "drop" and role in examples else ""
            rows.append((code(role), verdict, number(count), meaning, example))
    return table(("role", "verdict", "lines", "meaning", "for example"), rows, right=(2,))


def _reasons(reasons: Mapping[str, int], whole: int) -> str:
    rows = []
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        meaning = REASONS[reason].definition.rstrip(".") if reason in REASONS else ""
        rows.append((code(reason), number(count), share(count, whole), meaning))
    return table(("reason", "lines", "share", "meaning"), rows, right=(1, 2))


def _languages(manifest: Manifest, picture: str) -> str:
    counts = manifest.counts
    text = f"### Languages\n\nDetected{detector(manifest)} from the text alone; `und` is where it was not sure.\n\n"
    return text + f"{picture}\n\n" + counted(("language", "documents"), counts["languages"], counts["documents"])


def detector(manifest: Manifest) -> str:
    """By what the languages were told: " by NAME VERSION", "" where that is not known."""
    chosen = manifest.recipe.get("metadata", {}).get("language_detector", "langdetect")
    names = ("langdetect-rs", "langdetect") if chosen == "langdetect" else (chosen,)
    name = next((name for name in names if name in manifest.tools), None)
    return f" by {name} {manifest.tools[name]}" if name else ""


def _dates_and_lengths(shown: Mapping[str, str]) -> str:
    pictures = [shown[name] for name in ("published", "lengths") if name in shown]
    return "### Dates and lengths\n\n" + "\n\n".join(pictures) if pictures else ""


def _sites(counts: Mapping[str, Any]) -> str:
    return "### Sites\n\n" + counted(("site", "documents"), counts["sites"], counts["documents"], "(no site)")


def _filled(counts: Mapping[str, Any]) -> str:
    found = {name: count for name, count in counts["filled"].items() if count}
    if not found:
        return ""
    text = "### Metadata\n\nDocuments that have a value, by column. Where nothing was found the column is null: "
    return text + "nothing is guessed.\n\n" + counted(("column", "documents"), found, counts["documents"])


def _licences(counts: Mapping[str, Any]) -> str:
    text = "### Licences that the pages state\n\n"
    stated: Mapping[str, int] = counts.get("licenses", {})
    if not stated:
        return text + "No page states a licence in a form that was recognised."
    silent = counts["documents"] - sum(stated.values())
    text += f"As found on the pages, and not checked by anybody. {several(silent, 'document')} came without any.\n\n"
    return text + counted(("licence", "documents"), stated, counts["documents"])


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
