"""`CHANGELOG.md` of the dataset: what each version changed and why, from the manifests alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cleaner.release.card.wording import MOST, code, number, several
from cleaner.release.diff.made_with import made_with
from cleaner.release.diff.words import caused, is_measured, made_otherwise, rejudged_lines
from cleaner.release.manifest import Manifest

_INTRO = """# Changes

Version numbers say what a new version means for work that stands on an older one: the first number rises when
documents were edited or removed, the second when documents were only added, the third when the documents are the very
same. Every version stays loadable by its name. `cleaner diff` compares any two of them, document by document.
"""
_KINDS = ("added", "changed", "removed")
_VERDICTS = {"keep": "kept", "drop": "dropped", "metadata": "metadata"}
_MOST_GROUPS = 12
_TOLD = ("withdrawn", "duplicate", "filtered", "rejected", "override")
"""Causes that say by themselves why there is a version; others are told by what it was made with."""


def render_changelog(manifests: Sequence[Manifest]) -> str:
    """The change log of these versions (oldest first), newest first."""
    parents = [None, *manifests]
    sections = [_section(manifest, parent) for manifest, parent in zip(manifests, parents, strict=False)]
    return "\n".join([_INTRO, *reversed(sections)])


def what_changed(manifest: Manifest) -> str:
    """The change against the parent in a few words: "10 added, 1 changed"; empty when no document differs."""
    told = [f"{number(count)} {kind}" for kind in (*_KINDS, "withdrawn") if (count := manifest.changes.get(kind))]
    return ", ".join(told)


def why_changed(manifest: Manifest, parent: Manifest) -> list[str]:
    """Why there is this version: causes of changed and removed documents, and what it was made with, in phrases."""
    causes: Mapping[str, Mapping[str, int]] = manifest.changes.get("causes") or {}
    of_sources = (("added", "new", "new"), ("changed", "source", "changed"), ("removed", "gone", "lost"))
    counts = [(causes.get(kind, {}).get(cause, 0), word) for kind, cause, word in of_sources]
    told = [several(count, f"{word} source") for count, word in counts if count]
    for kind in ("removed", "changed"):
        told += [f"{number(count)} {words}" for cause, count, words in caused(kind, causes) if cause in _TOLD]
    if manifest.changes.get("withdrawn"):
        told.append(f"{several(manifest.changes['withdrawn'], 'document')} withdrawn")
    keys = [key for key, _, _ in made_with(parent, manifest)["recipe"]]
    if keys:
        told.append("recipe: " + ", ".join(keys[:3]) + (f" and {len(keys) - 3} more keys" if len(keys) > 3 else ""))
    if manifest.cleaner != parent.cleaner:
        told.append(f"cleaner {parent.cleaner} → {manifest.cleaner}")
    elif manifest.model != parent.model:
        told.append("another model")
    elif manifest.code != parent.code and any(cause.endswith("judge") for cause in causes.get("changed", {})):
        told.append("another code")
    if not told and manifest.columns != parent.columns:
        told.append("other columns")
    if not told and manifest.counts != parent.counts:
        told.append("what was read or left out changed")
    if not told and manifest.files != parent.files:
        told.append("files were laid out anew")
    return told


def _section(manifest: Manifest, parent: Manifest | None) -> str:
    lines = [f"## {manifest.version}", ""]
    total = several(manifest.counts["documents"], "document")
    if parent is None:
        lines.append(f"The first version: {total} from {several(len(manifest.counts['sites']), 'site')}.")
    elif told := what_changed(manifest):
        lines.append(f"{total}: {told}.")
        lines += ["", *_causes(manifest.changes), *_lines(manifest.changes), *_columns(manifest.changes)]
        lines += [*_by_site(manifest.changes["sites"]), *_making(manifest, parent)]
    else:
        lines.append(f"{total}, the very same as in {parent.version}.")
        lines += ["", "Why: " + ("; ".join(why_changed(manifest, parent)) or "no reason is recorded") + "."]
        lines += ["", *_making(manifest, parent)]
    if manifest.amended["documents"]:
        gone = several(manifest.amended["documents"], "document was", "documents were")
        lines += ["", f"Since it was released, {gone} withdrawn from it."]
    while lines[-1] == "":
        lines.pop()
    return "\n".join([*lines, ""])


def _causes(changes: Mapping[str, Any]) -> Iterator[str]:
    """Each kind of change with its causes."""
    for kind in _KINDS:
        told = [f"{words} ({number(count)})" for _, count, words in caused(kind, changes.get("causes") or {})]
        if told:
            yield f"- {kind.capitalize()}: {', '.join(told)}"
    yield ""


def _lines(changes: Mapping[str, Any]) -> Iterator[str]:
    """Lines of documents that are in both versions, by what befell them."""
    lines = changes.get("lines") or {}
    if not lines.get("documents"):
        return
    yield f"Lines that differ, in {several(lines['documents'], 'document')} of both versions:"
    yield ""
    groups = rejudged_lines(lines)
    for group in groups[:_MOST_GROUPS]:
        reasons = ", ".join(f"{code(reason)} {number(count)}" for reason, count in list(group.reasons.items())[:3])
        yield f"- {several(group.lines, 'line')} {group.words} as {code(group.role)} ({reasons})"
    if rest := groups[_MOST_GROUPS:]:
        yield f"- {several(sum(group.lines for group in rest), 'line')} judged otherwise in {len(rest)} more ways"
    for kind, what in (("added", "new"), ("removed", "gone")):
        if by_verdict := lines[kind]:
            told = ", ".join(f"{number(by_verdict[v])} {words}" for v, words in _VERDICTS.items() if v in by_verdict)
            yield f"- {several(sum(by_verdict.values()), 'line')} {what} ({told})"
    if lines["rescored"]:
        yield f"- {several(lines['rescored'], 'line')} judged as before, for another reason or with another score"
    yield ""


def _columns(changes: Mapping[str, Any]) -> Iterator[str]:
    """Columns of documents that differ, measurements left out."""
    columns = {name: how for name, how in (changes.get("columns") or {}).items() if not is_measured(name)}
    if not columns:
        return
    told = []
    for name, how in sorted(columns.items(), key=lambda item: (-sum(item[1].values()), item[0]))[:MOST]:
        kinds = ", ".join(f"{number(how[kind])} {kind}" for kind in ("filled", "changed", "emptied") if kind in how)
        told.append(f"{code(name)} ({kinds})")
    more = f", and {several(len(columns) - MOST, 'more column')}" if len(columns) > MOST else ""
    yield f"Columns that differ, by number of documents: {', '.join(told)}{more}."
    yield ""


def _by_site(sites: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """The sites where most has changed."""
    ranked = sorted(sites.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    if not ranked:
        return
    yield "By site:"
    yield ""
    for site, changes in ranked[:MOST]:
        told = [f"{number(changes[kind])} {kind}" for kind in _KINDS if kind in changes]
        yield f"- {code(site or '(no site)')}: {', '.join(told)}"
    if len(ranked) > MOST:
        yield f"- and {several(len(ranked) - MOST, 'more site', 'more sites')}"
    yield ""


def _making(manifest: Manifest, parent: Manifest) -> Iterator[str]:
    """What it was made with that its parent was not."""
    told = [f"- {code(what)}: {' '.join(how.split())}" for what, how in made_otherwise(made_with(parent, manifest))]
    if told:
        yield f"Made otherwise than {parent.version}:"
        yield ""
        yield from told
