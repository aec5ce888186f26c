"""The manifest of a version: `versions/X.Y.Z.json`, written once; only a withdrawal ever changes it.

It says which files make up the version, from what and with what they were made, and what was counted. The card and
the change log are made from manifests alone, so a run that was killed between the two can be finished by the next.
Nothing in it depends on the machine, the folder or the time: when a version was made is told by the date of its
manifest's file (`written_at`), and by nothing that is published.

Amended versions: a document that is withdrawn leaves the shards of every version. What is left of a shard gets a new
name, and the manifest is signed again by `amend_manifest`: `files` names the new shards, `counts` is what
`counts.count_rows` finds in them (the withdrawn documents move from `documents` to `withdrawn`, so that sources still
add up), and `amended` says how often that was done and how many documents it took. Everything else stays, `changes`
included. `cleaner verify` checks an amended version as any other; only that a rebuild gives its bytes is no longer
asked, but its rows.

Which files belong to a dataset, and their checksums: see `release.inventory`. What is written after a manifest
has been written or amended: see `release.finish`.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from cleaner.errors import RecipeError, RefusedError, VerificationError
from cleaner.release.files import placed
from cleaner.release.types import schema_of

FOLDER = "versions"
CONFIGS = ("documents", "lines")
"""The two tables of a version. `documents` is the config `vX.Y.Z`, `lines` is `vX.Y.Z-lines`."""

FIRST = "1.0.0"
DEFAULT_NAME = "Cleaned web pages"

NEVER_AMENDED = {"times": 0, "documents": 0}

_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")
_TOOLS = (
    "beautifulsoup4", "duckdb", "ftfy", "langdetect", "langdetect-rs", "license-expression", "lightgbm", "lxml",
    "polars", "py3langid", "pyarrow", "selectolax", "tldextract",
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
        columns: "documents" and "lines" -> the columns of their shards, each as [name, type] (see `release.types`).
        recipe: The whole recipe, and `recipe_hash` its hash.
        cleaner: Version of cleaner, and `tools` the versions of what it stands on.
        code: Hash of the code that decides about a page, and `model` the hash of the judge's model.
        counts: What was counted; see `release.counts`.
        changes: Against the parent, as it was then; see `release.changes`. Counts only: no document can be told by it.
        amended: How often documents were withdrawn from it after it was released (`times`), and how many (`documents`).
    """

    name: str
    version: str
    parent: str | None
    files: dict[str, list[File]]
    columns: dict[str, list[list[str]]]
    recipe: dict[str, Any]
    recipe_hash: str
    cleaner: str
    code: str
    model: str
    tools: dict[str, str]
    counts: dict[str, Any]
    changes: dict[str, Any]
    amended: dict[str, int] = field(default_factory=lambda: dict(NEVER_AMENDED))

    def rows(self, config: str) -> int:
        """Rows of one of the two tables."""
        return sum(file.rows for file in self.files[config])

    def files_named(self) -> list[str]:
        """Paths of all its shards, documents first."""
        return [file.path for config in CONFIGS for file in self.files[config]]

    def schema(self, config: str) -> pa.Schema:
        """The columns of one of the two tables."""
        return schema_of(self.columns[config])

    def made_like(self, other: Manifest) -> bool:
        """Whether columns, counts, recipe and version of cleaner are the same: with the same files, nothing is new."""
        mine, others = asdict(self), asdict(other)
        return all(mine[key] == others[key] for key in ("columns", "counts", "recipe_hash", "cleaner"))


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
    """What the next version is called: MAJOR after any edit or removal, MINOR after additions only, else PATCH.

    After a PATCH the documents are the same; what is said of their lines may differ.
    """
    if parent is None:
        return FIRST
    major, minor, patch = version_key(parent)
    if changes["changed"] or changes["removed"]:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if changes["added"] else f"{major}.{minor}.{patch + 1}"


def asked_version(version: str | None, newest: str | None) -> str | None:
    """A version that a person asks for ("2.0.0" or "v2.0.0"), without the v.

    RecipeError when it is not of that form, RefusedError when there is a newer one already: a number only ever rises.
    """
    if version is None:
        return None
    asked = version.removeprefix("v")
    try:
        key = version_key(asked)
    except ValueError as e:
        raise RecipeError(f"{version!r} is no version: that is three numbers, such as 1.2.0.") from e
    if newest is not None and key < version_key(newest):
        raise RefusedError(f"The newest version is {newest}, so no version {asked} can follow. Ask for a higher one.")
    return asked


def choose_version(parent: str | None, changes: Mapping[str, Any], asked: str | None) -> str:
    """What the next version is called: as the change calls for, or as asked where that is higher.

    RefusedError when it is lower: it would say of the change that it is smaller than it is.
    """
    least = next_version(parent, changes)
    if asked is None or version_key(asked) >= version_key(least):
        return asked or least
    told = [f"{changes[kind]:,} {kind}" for kind in ("added", "changed", "removed") if changes[kind]]
    since = f"against {parent}: {', '.join(told) or 'the same documents'}" if parent else "it is the first"
    raise RefusedError(
        f"{asked} is too low a number for this version ({since}): it has to be {least} or higher. Nothing was "
        "released; what was cleaned is kept."
    )


def read_manifests(processed: Path) -> list[Manifest]:
    """All versions, oldest first; empty when there is none. VerificationError when a manifest is damaged."""
    paths = {path.stem: path for path in (processed / FOLDER).glob("*.json") if _VERSION.fullmatch(path.stem)}
    return [_read(paths[version]) for version in sorted(paths, key=version_key)]


def _read(path: Path) -> Manifest:
    try:
        return parse_manifest(path.read_bytes(), path.stem)
    except (OSError, ValueError) as e:
        raise VerificationError(
            f"The manifest {path} is damaged ({e}). Put a good copy in its place: without it the version cannot be "
            "checked, and no next one can be made."
        ) from e


def parse_manifest(data: bytes, version: str) -> Manifest:
    """The manifest of a version from the bytes of its file; ValueError when they are none, or of another version."""
    try:
        values = json.loads(data)
        values["files"] = {config: [File(**file) for file in values["files"][config]] for config in CONFIGS}
        manifest = Manifest(**values)
        for config in CONFIGS:
            manifest.schema(config)
    except (KeyError, TypeError, AttributeError) as e:
        raise ValueError(f"it is no manifest: {e}") from e
    if manifest.version != version:
        raise ValueError(f"it says that it is version {manifest.version}")
    return manifest


def write_manifest(processed: Path, manifest: Manifest) -> None:
    """Write a version's manifest, which makes the version exist. FileExistsError when it exists already."""
    path = manifest_path(processed, manifest.version)
    if path.exists():
        raise FileExistsError(path)
    with placed(path) as temporary:
        temporary.unlink(missing_ok=True)
        with open(temporary, "xb") as file:
            file.write(_serialised(manifest))


def amend_manifest(processed: Path, manifest: Manifest) -> None:
    """Sign a version again from which documents were withdrawn. Its file keeps its date.

    RefusedError when it does not say that it was amended once more: a version changes for nothing else.
    """
    path = manifest_path(processed, manifest.version)
    if manifest.amended["times"] <= _read(path).amended["times"]:
        raise RefusedError(f"Version {manifest.version} is released: nothing but a withdrawal changes it.")
    status = path.stat()
    with placed(path) as temporary:
        temporary.write_bytes(_serialised(manifest))
        os.utime(temporary, ns=(status.st_atime_ns, status.st_mtime_ns))


def _serialised(manifest: Manifest) -> bytes:
    return (json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def manifest_path(processed: Path, version: str) -> Path:
    """Where the manifest of a version lies."""
    return processed / FOLDER / f"{version}.json"


def written_at(processed: Path, version: str) -> datetime:
    """When a version was made in this folder, or was copied to it: the date of its manifest's file, in UTC."""
    return datetime.fromtimestamp(manifest_path(processed, version).stat().st_mtime, UTC)


def shards_of(manifests: Sequence[Manifest]) -> dict[str, File]:
    """Every shard that some version names: path -> what the newest of them says of it."""
    return {file.path: file for manifest in manifests for config in CONFIGS for file in manifest.files[config]}
