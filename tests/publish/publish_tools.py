"""A dataset at three moments of its life, and places to publish it to, looked into from behind."""

from __future__ import annotations

import copy
import io
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest
import yaml
from hub_repos import Repo
from hub_stand_in import Hub

from cleaner.publish.publish import PublishReport, publish
from cleaner.recipe import Recipe
from cleaner.release.open import load
from cleaner.release.withdraw.withdraw import withdraw

sys.path.append(str(Path(__file__).parents[1] / "release"))
from release_corpus import Page, run

RECIPE = Recipe.parse("[card]\nlicense = 'CC-BY-4.0'\ncontact = 'desk@harbour.example'\n")
SECRET = "The name of the witness is Quillfeather."
PAGES = [
    Page(f"{site}/page-{n}", f"Page {n} of {site}." if (site, n) != ("b.example", 1) else SECRET, site=site)
    for site in ("a.example", "b.example", "c.example")
    for n in range(2)
]
NEW = Page("d.example/new", "A new page.", site="d.example")
WITHDRAWN = next(page for page in PAGES if page.text == SECRET)


def _run(*pages: Page) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        run(folder, pages, RECIPE)

    return make


DATASETS: dict[str, Callable[[Path], None]] = {
    "1.0.0": _run(*PAGES),
    "1.1.0": _run(*PAGES, NEW),
    "2.0.0": lambda folder: void(withdraw(folder, [WITHDRAWN.id])),
}
"""Newest version -> what makes it of the one before. The last one is a withdrawal, which amends all the others."""

TEXTS = {
    "1.0.0": {page.text for page in PAGES},
    "1.1.0": {page.text for page in (*PAGES, NEW)},
    "2.0.0": {page.text for page in (*PAGES, NEW)} - {SECRET},
}


def read_texts(files: dict[str, bytes]) -> dict[str, set[str]]:
    """The texts of every version that the card in `files` lists, read as `datasets` would, only quicker."""
    if "README.md" not in files:
        return {}
    front = yaml.load(files["README.md"].decode().split("---\n")[1], yaml.CSafeLoader)
    return {
        config["version"]: {
            text for path in config["data_files"][0]["path"]
            for text in pq.read_table(io.BytesIO(files[path]), columns=["text"])["text"].to_pylist()
        }
        for config in front["configs"] if not config["config_name"].endswith("-lines")
    }  # fmt: skip


def void(value: object) -> None:
    """Take a result that is not wanted."""


def texts_until(newest: str) -> dict[str, set[str]]:
    """The texts of every version of a dataset whose newest is this one."""
    versions = list(TEXTS)[: list(TEXTS).index(newest) + 1]
    return {v: TEXTS[v] - ({SECRET} if newest == "2.0.0" else set()) for v in versions}


class Killed(BaseException):
    """What a kill looks like from inside: nothing that any code would catch."""


@dataclass
class Place:
    """Somewhere to publish to. `save` keeps its state, `restore` brings it back."""

    kind: str
    target: str
    files: Callable[[], dict[str, bytes]]
    save: Callable[[], Any]
    restore: Callable[[Any], None]
    writes: list[tuple[Any, str]]
    """Every function (its owner, its name) by which publishing here changes what others see."""

    def publish(self, processed: Path, **options: Any) -> PublishReport:
        return publish(processed, self.target, **options)

    def read(self) -> dict[str, set[str]]:
        """The texts of every version that the card lists."""
        return read_texts(self.files())

    def texts(self, version: str | None = None) -> set[str]:
        return set(load(self.target, version)["text"])

    @contextmanager
    def dying(self, monkeypatch: pytest.MonkeyPatch, after: int | None) -> Iterator[list[str]]:
        """Die after so many writes; gives the list of those that were done."""
        done: list[str] = []

        def watched(real: Callable[..., object], name: str) -> Callable[..., object]:
            def write(*args: object, **options: object) -> object:
                result = real(*args, **options)
                done.append(name)
                if len(done) == after:
                    raise Killed
                return result

            return write

        with monkeypatch.context() as patch:
            for owner, name in self.writes:
                patch.setattr(owner, name, watched(getattr(owner, name), name))
            yield done


def make_places(root: Path, hub: Hub) -> dict[str, Place]:
    """All kinds of places, empty; what lies on a disk lies under `root`."""
    import os

    from huggingface_hub import HfApi

    hub_writes = ["create_repo", "preupload_lfs_files", "create_commit", "create_tag", "delete_tag", "create_branch",
                  "delete_branch", "super_squash_history", "permanently_delete_lfs_files"]  # fmt: skip
    places = [
        _disk("folder", root / "copy", root, [(os, "replace"), (Path, "unlink")]),
        _disk("zip", root / "corpus.zip", root, [(os, "replace")]),
        _fs("memory", "memory://shelf/corpus"),
        Place("hub", "hf://harbour/corpus", lambda: hub_files(hub), lambda: copy.deepcopy(hub.repos),
              lambda state: (hub.repos.clear(), hub.repos.update(copy.deepcopy(state)))[0],  # type: ignore[func-returns-value]
              [(HfApi, name) for name in hub_writes]),
    ]  # fmt: skip
    if "s3" in fsspec.available_protocols() and "AWS_ENDPOINT_URL" in os.environ:
        places.append(_fs("s3", "s3://shelf/corpus"))
    fsspec.filesystem("memory").store.clear()
    return {place.kind: place for place in places}


def _disk(kind: str, where: Path, root: Path, writes: list[tuple[Any, str]]) -> Place:
    def files() -> dict[str, bytes]:
        if where.is_file():
            with zipfile.ZipFile(where) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        return {path.relative_to(where).as_posix(): path.read_bytes() for path in where.rglob("*") if path.is_file()}

    def save() -> dict[str, bytes]:
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def restore(state: dict[str, bytes]) -> None:
        shutil.rmtree(root, ignore_errors=True)
        for path, data in state.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)

    return Place(kind, str(where), files, save, restore, writes)


def _fs(kind: str, url: str) -> Place:
    fs, root = fsspec.core.url_to_fs(url)

    def files() -> dict[str, bytes]:
        fs.invalidate_cache()
        return {path.removeprefix(root).lstrip("/"): fs.cat_file(path) for path in fs.find(root)}

    def restore(state: dict[str, bytes]) -> None:
        fs.invalidate_cache()
        for path in fs.find(root):
            fs.rm_file(path)
        for path, data in state.items():
            fs.pipe_file(f"{root}/{path}", data)

    return Place(kind, url, files, files, restore, [(fs, "put_file"), (fs, "rm_file")])


def hub_files(hub: Hub, revision: str = "main", name: str = "harbour/corpus") -> dict[str, bytes]:
    """What a revision of a repository holds."""
    repo: Repo | None = hub.repos.get(name)
    if repo is None:
        return {}
    tree = repo.commits[repo.find(revision)].tree
    return {path: blob.data if blob.data is not None else repo.large[blob.sha256 or ""] for path, blob in tree.items()
            if not path.startswith(".")}  # fmt: skip


def published(processed: Path) -> dict[str, bytes]:
    """What of a dataset's folder is to be published."""
    paths = [path.relative_to(processed) for path in processed.rglob("*") if path.is_file()]
    local = ("withdrawn.jsonl", "card.toml")
    kept = (path for path in paths if not path.parts[0].startswith(".") and path.name not in local)
    return {path.as_posix(): (processed / path).read_bytes() for path in kept}
