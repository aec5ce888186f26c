"""A dataset repository on the Hub, as far as publishing goes: its files, and commits on top of what is known of it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import CommitOperation, CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.hf_api import GitRefs, LFSFileInfo, RepoFile

from cleaner import __version__
from cleaner.publish.hub_errors import quiet, told
from cleaner.release.inventory import Published

MAIN = "main"
_KIND = "dataset"


class Repo:
    """One repository. `head` is the newest commit of main that we know of, None while there is no repository.

    All methods raise TargetError in a sentence that says what to do.
    """

    def __init__(self, name: str, repo: str) -> None:
        self.name = name
        self.head: str | None = None
        self.warnings: list[str] = []
        self._repo = repo
        self._api = HfApi(library_name="cleaner", library_version=__version__)

    def refresh(self) -> None:
        """Ask for the newest commit of main."""
        with told(self.name):
            try:
                self.head = self._api.dataset_info(self._repo).sha
            except RepositoryNotFoundError:
                self.head = None

    def make(self) -> None:
        """Make the repository, open to all unless its organisation has it otherwise."""
        with told(self.name):
            self._api.create_repo(self._repo, repo_type=_KIND, exist_ok=True)
            self.head = self._api.dataset_info(self._repo).sha

    def files(self, revision: str) -> dict[str, RepoFile]:
        """All files of a commit by path."""
        with told(self.name):
            tree = self._api.list_repo_tree(self._repo, recursive=True, revision=revision, repo_type=_KIND)
            return {entry.path: entry for entry in tree if isinstance(entry, RepoFile)}

    def file(self, path: str, revision: str) -> RepoFile | None:
        """One file of a commit, if it is there."""
        with told(self.name):
            found = self._api.get_paths_info(self._repo, [path], revision=revision, repo_type=_KIND)
            return next((entry for entry in found if isinstance(entry, RepoFile)), None)

    def read(self, path: str) -> bytes:
        """Bytes of a file of main."""
        with told(self.name), quiet(), tempfile.TemporaryDirectory() as folder:
            where = self._api.hf_hub_download(
                self._repo, path, repo_type=_KIND, revision=self.head, cache_dir=folder
            )  # fmt: skip
            return Path(where).read_bytes()

    def commit(
        self, folder: Path, files: Sequence[Published], gone: Sequence[str], title: str, branch: str = MAIN
    ) -> str:
        """Commit files of a folder, and deletions, on top of the head that we know; returns the new commit."""
        operations: list[CommitOperation] = [
            *(CommitOperationAdd(file.path, str(folder / file.path)) for file in files),
            *(CommitOperationDelete(path, is_folder=False) for path in gone),
        ]
        with told(self.name), quiet() as said:
            done = self._api.create_commit(
                self._repo, operations, commit_message=title, repo_type=_KIND, revision=branch, parent_commit=self.head
            )
        self.warnings += said
        if branch == MAIN:
            self.head = done.oid
        return str(done.oid)

    def refs(self) -> GitRefs:
        """Branches, tags, pull requests and the Hub's own conversions."""
        with told(self.name):
            return self._api.list_repo_refs(self._repo, repo_type=_KIND, include_pull_requests=True)

    def first_commit(self, revision: str) -> str:
        """The oldest commit that a revision goes back to."""
        with told(self.name):
            return str(self._api.list_repo_commits(self._repo, revision=revision, repo_type=_KIND)[-1].commit_id)

    def add_tag(self, tag: str, commit: str) -> None:
        """Set a tag that is not there yet."""
        with told(self.name):
            self._api.create_tag(self._repo, tag=tag, revision=commit, repo_type=_KIND)

    def delete_tag(self, tag: str) -> None:
        """Delete a tag that is there."""
        with told(self.name):
            self._api.delete_tag(self._repo, tag=tag, repo_type=_KIND)

    def add_branch(self, branch: str) -> None:
        """Begin a branch at the head that we know."""
        with told(self.name):
            self._api.create_branch(self._repo, branch=branch, revision=self.head, repo_type=_KIND)

    def delete_branch(self, branch: str) -> None:
        """Delete a branch that is there."""
        with told(self.name):
            self._api.delete_branch(self._repo, branch=branch, repo_type=_KIND)

    def squash(self, title: str) -> None:
        """Make the history of main one commit."""
        with told(self.name):
            self._api.super_squash_history(self._repo, branch=MAIN, commit_message=title, repo_type=_KIND)
        self.refresh()

    def large_files(self) -> list[LFSFileInfo]:
        """All that the Hub stores apart from git, whether a commit still names it or not."""
        with told(self.name):
            return list(self._api.list_lfs_files(self._repo, repo_type=_KIND))

    def delete_large_files(self, files: Sequence[LFSFileInfo]) -> None:
        """Delete such files for good."""
        with told(self.name):
            self._api.permanently_delete_lfs_files(self._repo, files, repo_type=_KIND)


def same(there: RepoFile, file: Published, local: Path) -> bool:
    """Whether two files have the same bytes, by the SHA-256 of large files and git's own hash of small ones."""
    if there.lfs is not None:
        return bool(there.lfs.sha256 == file.sha256)
    data = local.read_bytes()
    return bool(there.blob_id == hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest())
