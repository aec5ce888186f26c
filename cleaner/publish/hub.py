"""Publishing to the Hugging Face Hub.

Shards are committed first, a bundle at a time, which changes nothing for those who load; card and manifests follow in
one commit. Every commit fails where somebody else has committed meanwhile. Then come the tags: see `hub_history`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from huggingface_hub.hf_api import RepoFile

from cleaner.publish.hub_history import other_refs, steps
from cleaner.publish.hub_repo import Repo, same
from cleaner.publish.target import Dataset, Sent, Step
from cleaner.release.inventory import Published

BUNDLE_FILES = 50
BUNDLE_BYTES = 5 << 30
"""A commit holds no more shards, and but for the first of them no more bytes, than this."""


class Hub:
    """A dataset repository on the Hub; it is made where it does not exist."""

    keeps_history = True

    def __init__(self, name: str, repo: str) -> None:
        self.name = name
        self._repo = Repo(name, repo)
        self._files: dict[str, RepoFile] = {}
        self._withdrawn = False

    def listing(self) -> Mapping[str, int]:
        """Files of `main`."""
        self._repo.refresh()
        self._files = self._repo.files(self._repo.head) if self._repo.head else {}
        return {path: file.size for path, file in self._files.items() if not path.startswith(".")}

    def holds(self, file: Published, local: Path) -> bool:
        """By what the Hub states of each file: nothing is fetched."""
        return same(self._files[file.path], file, local)

    def read(self, path: str) -> bytes:
        """Bytes of a file of `main`."""
        return self._repo.read(path)

    def put(self, dataset: Dataset, shards: Sequence[Published], sent: Sent) -> None:
        """Commit shards, a bundle at a time."""
        parts = bundles(shards)
        for number, part in enumerate(parts, 1):
            self._commit(dataset, part, (), f"Shards of v{dataset.manifests[-1].version} ({number} of {len(parts)})")
            for file in part:
                sent(file)

    def commit(self, dataset: Dataset, files: Sequence[Published], gone: Sequence[str], sent: Sent) -> None:
        """Everything else in one commit."""
        if files or gone:
            self._commit(dataset, files, gone, f"v{dataset.manifests[-1].version}")
        for file in files:
            sent(file)

    def steps(self, dataset: Dataset) -> list[Step]:
        """Tags, and after a withdrawal all that makes it final."""
        found = steps(self._repo, dataset)
        self._withdrawn = found.withdrawn
        return found.steps

    def notes(self) -> list[str]:
        """What the Hub warned of; after a withdrawal, what else may still lead to the old files."""
        return [*self._repo.warnings, *(other_refs(self._repo) if self._withdrawn else [])]

    def _commit(self, dataset: Dataset, files: Sequence[Published], gone: Sequence[str], title: str) -> None:
        if self._repo.head is None:
            self._repo.make()
        self._repo.commit(dataset.folder, files, gone, title)


def bundles(shards: Sequence[Published]) -> list[list[Published]]:
    """Shards in runs of at most BUNDLE_FILES and BUNDLE_BYTES, and at least one."""
    found: list[list[Published]] = []
    held = 0
    for file in shards:
        if not found or len(found[-1]) == BUNDLE_FILES or held + file.bytes > BUNDLE_BYTES:
            found.append([])
            held = 0
        found[-1].append(file)
        held += file.bytes
    return found
