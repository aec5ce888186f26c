"""What a Hub keeps: repositories of commits that point to trees of files, branches and tags that point to commits, and
large files apart by their SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

Reply = tuple[int, Any, dict[str, str]]
"""Status, body (bytes, or what becomes JSON) and headers of an answer."""


@dataclass(frozen=True)
class Blob:
    """A file of a tree: its bytes, or where they lie apart, their SHA-256."""

    oid: str
    size: int
    data: bytes | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Commit:
    parent: str | None
    title: str
    tree: dict[str, Blob]

    @property
    def oid(self) -> str:
        tree = sorted((path, blob.oid) for path, blob in self.tree.items())
        return hashlib.sha1(repr((self.parent, self.title, tree)).encode()).hexdigest()


@dataclass
class Repo:
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    large: dict[str, bytes] = field(default_factory=dict)
    private: bool = False

    def add(self, commit: Commit) -> str:
        self.commits[commit.oid] = commit
        return commit.oid

    def find(self, revision: str) -> str:
        found = self.branches.get(revision) or self.tags.get(revision)
        oid = found or (revision if revision in self.commits else None)
        if oid is None:
            raise RefusalError(404, "Invalid rev id: " + revision, "RevisionNotFound")
        return oid

    def history(self, revision: str) -> list[tuple[str, Commit]]:
        """Newest first."""
        found, oid = [], self.find(revision)
        while oid:
            found.append((oid, self.commits[oid]))
            oid = self.commits[oid].parent or ""
        return found

    def reachable(self) -> set[str]:
        refs = [*self.branches, *self.tags]
        return {blob.sha256 for ref in refs for _, commit in self.history(ref) for blob in commit.tree.values()
                if blob.sha256}  # fmt: skip

    def purge(self, shas: set[str]) -> None:
        """Delete large files, and the pointers to them in every commit."""
        for sha in shas:
            self.large.pop(sha, None)
        moved: dict[str, str] = {}
        for ref in [*self.branches, *self.tags]:
            for oid, old in reversed(self.history(ref)):
                tree = {path: blob for path, blob in old.tree.items() if blob.sha256 not in shas}
                moved[oid] = self.add(Commit(moved.get(old.parent or ""), old.title, tree))
        for refs in (self.branches, self.tags):
            refs.update({name: moved[oid] for name, oid in refs.items()})
        self.commits = {oid: commit for oid, commit in self.commits.items() if oid in moved.values()}


class RefusalError(Exception):
    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        headers = {"X-Error-Code": code, "X-Error-Message": message.split("\n")[0]}
        self.reply: Reply = (status, {"error": message}, headers)


def small(data: bytes) -> Blob:
    return Blob(hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(), len(data), data=data)


def pointer(sha256: str, size: int) -> Blob:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    return Blob(small(text.encode()).oid, size, sha256=sha256)
