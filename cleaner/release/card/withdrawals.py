"""The card's part on withdrawn documents: how many, from which versions, and what users of the dataset must do."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.release.card.wording import code, number, several, table
from cleaner.release.manifest import Manifest

_TO_DO = """What to do if you use this dataset:

1. Delete what you have downloaded of the versions above, caches included, and load them again:
   `load_dataset(..., download_mode="force_redownload")`. Their names are the same, their files are others.
2. A document was withdrawn if its `id` is in your copy of a version, but no longer in that version as it is published
   now. Take it out of whatever you derived from the dataset: subsets, translations, indexes, embeddings.
3. If you passed the dataset on, tell those who have it from you."""


def withdrawals_part(manifests: Sequence[Manifest]) -> str:
    """The part as Markdown, from the manifests of all versions, oldest first; "" where nothing was ever withdrawn.

    It tells how many documents were withdrawn from each version, and never which.
    """
    amended = [manifest for manifest in manifests if manifest.amended["documents"]]
    told = {m.version: m.changes["withdrawn"] for m in manifests if m.changes.get("withdrawn")}
    if not amended and not told:
        return ""
    least = max((manifest.amended["documents"] for manifest in amended), default=0)
    count = several(sum(told.values()), "document") if told else f"At least {several(least, 'document')}"
    were = "was" if (sum(told.values()) or least) == 1 else "were"
    by = ", ".join(f"with version {version}: {number(documents)}" for version, documents in told.items())
    rows = [
        (code(manifest.version), number(manifest.amended["documents"]), number(manifest.counts["documents"]))
        for manifest in amended
    ]
    table_of = table(("version", "withdrawn from it", "documents left"), rows, right=(1, 2))
    return f"""## Withdrawn documents

{count} {were} withdrawn from this dataset{f" ({by})" if by else ""}: taken out of every version that held them, whose
files were made anew.

{table_of}

{_TO_DO}"""
