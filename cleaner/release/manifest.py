"""The manifest of a version: `versions/X.Y.Z.json`, written once and never changed.

It says which files make up the version, from what and with what they were made, and what was counted. The card and
the change log are made from manifests alone, so a run that was killed between the two can be finished by the next.
Nothing in it depends on the machine, the folder or the time.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import VerificationError
from cleaner.release.files import placed

FOLDER = "versions"
CONFIGS = ("documents", "lines")
"""The two tables of a version. `documents` is the config `vX.Y.Z`, `lines` is `vX.Y.Z-lines`."""

FIRST = "1.0.0"
DEFAULT_NAME = "Cleaned web pages"

_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")
_TOOLS = (
    "beautifulsoup4", "duckdb", "ftfy", "langdetect", "langdetect-rs", "lightgbm", "lxml", "polars",
    "pyarrow", "selectolax", "tldextract",
)  # fmt: skip
"""Distributions whose version can change what a page becomes, or the bytes of a shard."""


@dataclass(frozen=True, slots=True)
class File:
    """One shard: its path in the dataset's folder, the SHA-256 of its bytes, its size, its rows."""

    path: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of the dataset.

    Attributes:
        name: The dataset's title.
        version: "X.Y.Z".
        parent: The version before it; None for the first.
        files: "documents" and "lines" -> shards, in the order in which they are read.
        recipe: The whole recipe, and `recipe_hash` its hash.
        cleaner: Version of cleaner, and `tools` the versions of what it stands on.
        counts: What was counted; see `release.counts`.
        changes: Against the parent: `added`, `changed` and `removed` documents, and the same for each site.
    """

    name: str
    version: str
    parent: str | None
    files: dict[str, list[File]]
    recipe: dict[str, Any]
    recipe_hash: str
    cleaner: str
    tools: dict[str, str]
    counts: dict[str, Any]
    changes: dict[str, Any]

    def rows(self, config: str) -> int:
        """Rows of one of the two tables."""
        return sum(file.rows for file in self.files[config])

    def files_named(self) -> list[str]:
        """Paths of all its shards, documents first."""
        return [file.path for config in CONFIGS for file in self.files[config]]

    def says_the_same(self, other: Manifest) -> bool:
        """Whether nothing that makes a version differs: files, counts, recipe, version of cleaner."""
        mine, others = asdict(self), asdict(other)
        return all(mine[key] == others[key] for key in ("files", "counts", "recipe_hash", "cleaner"))


def tools() -> dict[str, str]:
    """Versions of what cleaner stands on, as far as installed: name -> version."""
    found = {"python": platform.python_version()}
    for name in _TOOLS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def version_key(version: str) -> tuple[int, int, int]:
    """The three numbers of "X.Y.Z", to sort by; ValueError when it is not of that form."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is not of the form X.Y.Z")
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def next_version(parent: str | None, changes: Mapping[str, Any]) -> str:
    """What the next version is called: MAJOR after any edit or removal, MINOR after additions only, else PATCH."""
    if parent is None:
        return FIRST
    major, minor, patch = version_key(parent)
    if changes["changed"] or changes["removed"]:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if changes["added"] else f"{major}.{minor}.{patch + 1}"


def read_manifests(processed: Path) -> list[Manifest]:
    """All versions, oldest first; empty when there is none. VerificationError when a manifest is damaged."""
    paths = {path.stem: path for path in (processed / FOLDER).glob("*.json") if _VERSION.fullmatch(path.stem)}
    return [_read(paths[version]) for version in sorted(paths, key=version_key)]


def _read(path: Path) -> Manifest:
    try:
        values = json.loads(path.read_bytes())
        values["files"] = {config: [File(**file) for file in values["files"][config]] for config in CONFIGS}
        manifest = Manifest(**values)
        if manifest.version != path.stem:
            raise ValueError(f"it says that it is version {manifest.version}")
        return manifest
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise VerificationError(
            f"The manifest {path} is damaged ({e}). Put a good copy in its place: without it the version cannot be "
            "checked, and no next one can be made."
        ) from e


def write_manifest(processed: Path, manifest: Manifest) -> None:
    """Write a version's manifest, which makes the version exist. FileExistsError when it exists already."""
    path = processed / FOLDER / f"{manifest.version}.json"
    if path.exists():
        raise FileExistsError(path)
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False)
    with placed(path) as temporary:
        temporary.unlink(missing_ok=True)
        with open(temporary, "x", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")


def shards_of(manifests: Sequence[Manifest]) -> dict[str, File]:
    """Every shard that some version names: path -> what the newest of them says of it."""
    return {file.path: file for manifest in manifests for config in CONFIGS for file in manifest.files[config]}
