"""`CHANGELOG.md` of the dataset: what each version added, changed and removed, from the manifests alone."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.release.manifest import Manifest
from cleaner.release.wording import MOST, code, number, several

_INTRO = """# Changes

Version numbers say what a new version means for work that stands on an older one: the first number rises when
documents were edited or removed, the second when documents were only added, the third when the documents are the very
same. Every version stays loadable by its name.
"""


def render_changelog(manifests: Sequence[Manifest]) -> str:
    """The change log of these versions (oldest first), newest first."""
    parents = [None, *manifests]
    sections = [_section(manifest, parent) for manifest, parent in zip(manifests, parents, strict=False)]
    return "\n".join([_INTRO, *reversed(sections)])


def _section(manifest: Manifest, parent: Manifest | None) -> str:
    lines = [f"## {manifest.version}", ""]
    changes = manifest.changes
    total = several(manifest.counts["documents"], "document")
    if parent is None:
        lines.append(f"The first version: {total} from {several(len(manifest.counts['sites']), 'site')}.")
    else:
        told = [f"{number(changes[kind])} {kind}" for kind in ("added", "changed", "removed") if changes[kind]]
        same = f"The documents and lines are those of {parent.version}"
        lines.append(f"{total}: {', '.join(told)}." if told else f"{same}: {_why(manifest, parent)}.")
        if told:
            lines += ["", *_by_site(manifest)]
        if told and manifest.recipe_hash != parent.recipe_hash:
            lines += ["", "The recipe changed."]
        if told and manifest.cleaner != parent.cleaner:
            lines += ["", f"Made with cleaner {manifest.cleaner} (before: {parent.cleaner})."]
    return "\n".join([*lines, ""])


def _by_site(manifest: Manifest) -> list[str]:
    """The sites where most has changed."""
    sites = sorted(manifest.changes["sites"].items(), key=lambda item: (-sum(item[1].values()), item[0]))
    lines = []
    for site, changes in sites[:MOST]:
        told = [f"{number(changes[kind])} {kind}" for kind in ("added", "changed", "removed") if kind in changes]
        lines.append(f"- {code(site or '(no site)')}: {', '.join(told)}")
    if len(sites) > MOST:
        lines.append(f"- and {several(len(sites) - MOST, 'more site', 'more sites')}")
    return lines


def _why(manifest: Manifest, parent: Manifest) -> str:
    """Why there is a version although no row differs."""
    reasons = []
    if manifest.recipe_hash != parent.recipe_hash:
        reasons.append("the recipe changed")
    if manifest.cleaner != parent.cleaner:
        reasons.append(f"cleaner {manifest.cleaner} made them again (before: {parent.cleaner})")
    if manifest.counts != parent.counts:
        reasons.append("what was read or left out changed")
    if manifest.files != parent.files:
        reasons.append("files were written again")
    return ", and ".join(reasons)
