"""Tags on the Hub, and what makes a withdrawal final there.

A version's tag leads to the files of the dataset as they were when that version was the newest, so that
`load_dataset(name, revision="v1.0.0")` gives v1.0.0. The newest is the head of main; an older one that has to be set
later gets a commit of its own, made on a branch that is deleted again.

After a withdrawal, main no longer has the shards that no version names. Its history becomes one commit, every tag is
set anew on commits that stand on that one, and the large files are deleted from the Hub's storage. They are deleted
last: as long as one is there, the work is known to be unfinished.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub.hf_api import LFSFileInfo

from cleaner.errors import RefusedError
from cleaner.publish.hub_repo import MAIN, Repo, same
from cleaner.publish.target import Dataset, Step, is_shard
from cleaner.release.card.answers import ANSWERS
from cleaner.release.finish import finish
from cleaner.release.inventory import CARD, files_of
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.manifest import Manifest
from cleaner.release.shards import FOLDERS

_WORK = "cleaner-tagging-"
"""How the branches are called on which older versions get their commits."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be done, and whether a withdrawal is part of it."""

    steps: list[Step]
    withdrawn: bool


def steps(repo: Repo, dataset: Dataset) -> Found:
    """What is left to do once the files have arrived, judged by what is there before.

    RefusedError when a tag of ours leads to something else than the version that it names.
    """
    tags: dict[str, str] = {}
    branches: list[str] = []
    large: list[LFSFileInfo] = []
    if repo.head is not None:
        refs = repo.refs()
        tags = {tag.name: tag.target_commit for tag in refs.tags}
        branches = [branch.name for branch in refs.branches if branch.name.startswith(_WORK)]
        large = _withdrawn(repo, dataset)
    found = [Step(f"delete the branch {name}", functools.partial(repo.delete_branch, name)) for name in branches]
    if large:
        found.append(Step("make the history of main one commit", functools.partial(_squash, repo, dataset)))
    for count in range(len(dataset.manifests), 0, -1):
        tag = f"v{dataset.manifests[count - 1].version}"
        if large or not _is_right(repo, dataset, count, tags.get(tag)):
            words = f"{'move' if tag in tags else 'set'} the tag {tag}"
            found.append(Step(words, functools.partial(_tag, repo, dataset, count, bool(large))))
    if large:
        words = f"delete {len(large):,} withdrawn {'file' if len(large) == 1 else 'files'} from the Hub's storage"
        found.append(Step(words, functools.partial(repo.delete_large_files, large)))
    return Found(found, bool(large))


def other_refs(repo: Repo) -> list[str]:
    """Sentences about what may still lead to files that were withdrawn, which only people can decide about."""
    refs = repo.refs()
    names = [branch.name for branch in refs.branches if branch.name != MAIN]
    names += [tag.name for tag in refs.tags if not tag.name.startswith("v")]
    names += [ref.ref for ref in (*refs.converts, *(refs.pull_requests or []))]
    if not names:
        return []
    return [
        f"{repo.name} has other refs that may still hold what was withdrawn: {', '.join(names)}. Delete them there, or "
        "see that they are made anew."
    ]


def _withdrawn(repo: Repo, dataset: Dataset) -> list[LFSFileInfo]:
    """Shards in the Hub's storage that no version names any more, if anything was ever withdrawn.

    Once no commit names it either, the Hub may not know what a file was called.
    """
    if not any(manifest.amended["times"] for manifest in dataset.manifests):
        return []
    named = {file.sha256 for file in dataset.files}
    nameless = (file for file in repo.large_files() if file.file_oid not in named)
    return [file for file in nameless if not file.filename or is_shard(file.filename)]


def _is_right(repo: Repo, dataset: Dataset, count: int, commit: str | None) -> bool:
    """Whether a tag is there and leads to the version as it is here."""
    if commit is None:
        return False
    manifest = dataset.manifests[count - 1]
    file = next(file for file in dataset.files if file.path == f"{VERSIONS}/{manifest.version}.json")
    there = repo.file(file.path, commit)
    if there is not None and there.size == file.bytes and same(there, file, dataset.local(file)):
        return True
    if there is None or not manifest.amended["times"]:
        raise RefusedError(
            f"The tag v{manifest.version} on {repo.name} leads to something else than version {manifest.version} of "
            f"{dataset.folder}. Delete or rename that tag there, or choose another target."
        )
    return False


def _squash(repo: Repo, dataset: Dataset) -> None:
    assert repo.head is not None
    if repo.first_commit(repo.head) != repo.head:
        repo.squash(f"v{dataset.manifests[-1].version}")


def _tag(repo: Repo, dataset: Dataset, count: int, anew: bool) -> None:
    """Let the tag of a version lead to the right commit; with `anew` to one that stands on the first commit of main."""
    assert repo.head is not None
    tag = f"v{dataset.manifests[count - 1].version}"
    there = {ref.name: ref.target_commit for ref in repo.refs().tags}
    right = tag in there and _is_right(repo, dataset, count, there[tag])
    if right and not (anew and repo.first_commit(there[tag]) != repo.first_commit(repo.head)):
        return
    branch = None
    commit = repo.head
    if count < len(dataset.manifests):
        branch = _WORK + tag
        commit = _commit_older(repo, dataset, dataset.manifests[:count], branch)
    if tag in there:
        repo.delete_tag(tag)
    repo.add_tag(tag, commit)
    if branch is not None:
        repo.delete_branch(branch)


def _commit_older(repo: Repo, dataset: Dataset, manifests: Sequence[Manifest], branch: str) -> str:
    """Commit, on a branch, the dataset as it was when the last of `manifests` was the newest; returns the commit."""
    assert repo.head is not None
    there = repo.files(repo.head)
    with _as_of(dataset, manifests) as folder:
        wanted = files_of(folder, manifests)
        differing = [
            file for file in wanted
            if file.path not in there or there[file.path].size != file.bytes
            or not same(there[file.path], file, folder / file.path)
        ]  # fmt: skip
        gone = sorted(path for path in set(there) - {file.path for file in wanted} if not path.startswith("."))
        repo.add_branch(branch)
        return repo.commit(folder, differing, gone, f"v{manifests[-1].version}", branch)


@contextmanager
def _as_of(dataset: Dataset, manifests: Sequence[Manifest]) -> Iterator[Path]:
    """The dataset as a folder in which the last of `manifests` is the newest. What a run left out is not in it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in FOLDERS.values():
            if (dataset.folder / name).is_dir():
                (folder / name).symlink_to((dataset.folder / name).resolve(), target_is_directory=True)
        paths = [CARD, ANSWERS, "LICENSE", *(f"{VERSIONS}/{manifest.version}.json" for manifest in manifests)]
        for path in paths:
            if (dataset.folder / path).is_file():
                (folder / path).parent.mkdir(exist_ok=True)
                shutil.copy2(dataset.folder / path, folder / path)
        finish(folder, manifests)
        yield folder
