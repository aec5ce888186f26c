"""Opens a release: as a `datasets.Dataset`, as its manifests, or one document with all its lines."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.errors import InputError, VerificationError, VersionError
from cleaner.records import Line
from cleaner.release.manifest import CONFIGS, FOLDER, Manifest, read_manifests
from cleaner.release.shards import SCHEMAS

if TYPE_CHECKING:
    import datasets

_ID = re.compile(r"[0-9a-f]{6,32}")


def load(processed: str | Path, version: str | None = None, *, config: str = "documents") -> datasets.Dataset:
    """Open a version of the dataset, the newest by default.

    Args:
        processed: The dataset's folder.
        version: "1.0.0" or "v1.0.0".
        config: "documents", or "lines" for every line with its verdict.

    Raises:
        InputError: The folder holds no release.
        VersionError: There is no such version; the message names those that there are.
        VerificationError: A file of the version is missing.
    """
    import datasets  # costs seconds, which nobody else here should pay

    manifest = find_version(processed, version)
    if config not in CONFIGS:
        raise VersionError(f"There is no config {config!r}. Known: {', '.join(CONFIGS)}.")
    columns = SCHEMAS[config]
    paths = [str(_existing(processed, file.path, manifest)) for file in manifest.files[config]]
    features = datasets.Features.from_arrow_schema(columns)
    if not paths:
        return datasets.Dataset.from_dict({name: [] for name in columns.names}, features=features)
    patterns = [glob.escape(path) for path in paths]  # `datasets` takes a path for a pattern
    try:
        return datasets.load_dataset("parquet", data_files={"train": patterns}, features=features, split="train")
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as e:
        raise VerificationError(
            f"Version {manifest.version} of {processed} cannot be loaded ({e}). `cleaner verify {processed}` says "
            "whether its files are damaged."
        ) from e


def versions(processed: str | Path) -> list[Manifest]:
    """The manifests of all versions, oldest first. InputError when the folder holds no release."""
    processed = Path(processed)
    if not processed.is_dir():
        raise InputError(f"There is no folder {processed}.")
    manifests = read_manifests(processed)
    if not manifests:
        raise InputError(
            f"{processed} holds no release: there is no {FOLDER}/*.json in it. `cleaner run RAW {processed}` makes one."
        )
    return manifests


def find_version(processed: str | Path, version: str | None = None) -> Manifest:
    """The manifest of a version ("1.0.0" or "v1.0.0"), or of the newest; InputError and VersionError as in `load`."""
    manifests = versions(processed)
    if version is None:
        return manifests[-1]
    wanted = version.removeprefix("v")
    for manifest in manifests:
        if manifest.version == wanted:
            return manifest
    known = ", ".join(manifest.version for manifest in manifests)
    hint = " The lines of a version are opened with config=\"lines\"." if wanted.endswith("-lines") else ""
    raise VersionError(f"{processed} has no version {wanted}. It has: {known}.{hint}")


def document_lines(
    processed: str | Path, document_id: str, version: str | None = None
) -> tuple[dict[str, Any], list[Line]]:
    """A published document's columns by name, and all its lines in order.

    `document_id` may be cut short to 6 digits or more, as long as only one document starts like that. Raises as `load`
    does, and InputError when no document, or more than one, has that id.
    """
    manifest = find_version(processed, version)
    if not _ID.fullmatch(document_id):
        raise InputError(f"{document_id!r} is no document id: that is 6 to 32 of the digits 0-9 and a-f.")
    found = [
        (file.path, found_id)
        for file in manifest.files["documents"]
        for found_id in _ids(processed, file.path, manifest, document_id)
    ]
    if not found:
        raise InputError(f"Version {manifest.version} of {processed} has no document with an id like {document_id}.")
    if len(found) > 1:
        some = ", ".join(found_id for _, found_id in found[:5])
        raise InputError(f"{len(found)} documents have an id that starts with {document_id}: {some}. Give more digits.")
    path, full_id = found[0]
    fields = _rows(processed, path, manifest, "id", full_id)[0]
    lines: list[Line] = []
    for file in manifest.files["lines"]:
        for row in _rows(processed, file.path, manifest, "document_id", full_id):
            del row["document_id"], row["line"]
            lines.append(Line(**row))
        if lines:
            break
    return fields, lines


def _ids(processed: str | Path, path: str, manifest: Manifest, start: str) -> Iterator[str]:
    """Ids in a documents' shard that start so."""
    with _readable(processed, path, manifest) as where:
        ids = pq.read_table(where, columns=["id"])["id"]
        yield from ids.filter(pc.starts_with(ids, start)).to_pylist()


def _rows(processed: str | Path, path: str, manifest: Manifest, column: str, value: str) -> list[dict[str, Any]]:
    with _readable(processed, path, manifest) as where:
        rows: list[dict[str, Any]] = pq.read_table(where, filters=pc.field(column) == value).to_pylist()
        return rows


@contextmanager
def _readable(processed: str | Path, path: str, manifest: Manifest) -> Iterator[Path]:
    try:
        yield _existing(processed, path, manifest)
    except (OSError, pa.ArrowException) as e:
        raise VerificationError(
            f"{Path(processed) / path} cannot be read ({e}). `cleaner verify {processed}` says what else is damaged."
        ) from e


def _existing(processed: str | Path, path: str, manifest: Manifest) -> Path:
    where = Path(processed) / path
    if not where.is_file():
        raise VerificationError(
            f"{where} is missing, which version {manifest.version} needs. `cleaner verify {processed}` says what else "
            "is wrong."
        )
    return where
