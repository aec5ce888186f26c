"""Opens a release: as a `datasets.Dataset`, as its manifests, or one document with all its lines."""

from __future__ import annotations

import copy
import dataclasses
import glob
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.errors import InputError, TargetError, VerificationError, VersionError
from cleaner.publish import load as elsewhere
from cleaner.records import Line
from cleaner.release.manifest import FOLDER, Manifest, read_manifests

if TYPE_CHECKING:
    import datasets

_URL = re.compile(r"([a-z][a-z0-9+.-]{1,30}):/+([^/].*)", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{6,32}")


def load(
    path_or_repo: str | Path,
    version: str | None = None,
    lines: bool = False,
    streaming: bool = False,
    *,
    storage_options: Mapping[str, Any] | None = None,
) -> datasets.Dataset | datasets.IterableDataset:
    """Open a version of a dataset, the newest by default: `datasets.load_dataset`, told what to load.

    Args:
        path_or_repo: The dataset's folder or zip archive; "org/name" or "hf://org/name" on the Hugging Face Hub; or a
            URL such as "s3://bucket/name".
        version: "1.0.0" or "v1.0.0".
        lines: Every line with its verdict, instead of the documents.
        streaming: Read while iterating, instead of making a table first.
        storage_options: For a URL, what fsspec shall know besides what the environment says.

    Raises:
        InputError: No dataset is there.
        VersionError: There is no such version; the message names those that there are.
        VerificationError: A file of the version is missing or damaged.
        TargetError: The Hub or the store cannot be reached, or turns us away.
    """
    name, config = os.fspath(path_or_repo), "lines" if lines else "documents"
    wanted = version.removeprefix("v") if version is not None else None
    repo = elsewhere.hub_repo(name) if isinstance(path_or_repo, str) else None
    if repo is not None:
        return elsewhere.load_from_hub(name, repo, wanted, config, streaming)
    if elsewhere.is_store(name):
        manifest, pattern = elsewhere.find_in_store(name, wanted, storage_options or {})
        patterns = [pattern(file.path) for file in manifest.files[config]]
        return _opened(name, manifest, config, patterns, streaming, storage_options)
    manifest = find_version(path_or_repo, version)
    paths = [str(_existing(path_or_repo, file.path, manifest)) for file in manifest.files[config]]
    return _opened(name, manifest, config, [glob.escape(path) for path in paths], streaming)


def _opened(
    name: str,
    manifest: Manifest,
    config: str,
    patterns: list[str],
    streaming: bool,
    storage_options: Mapping[str, Any] | None = None,
) -> datasets.Dataset | datasets.IterableDataset:
    """Shards as `datasets` opens them; it takes each path for a pattern."""
    import datasets  # costs seconds, which nobody else here should pay

    columns = manifest.schema(config)
    features = datasets.Features.from_arrow_schema(columns)
    if not patterns:
        empty = datasets.Dataset.from_dict({column: [] for column in columns.names}, features=features)
        return empty.to_iterable_dataset() if streaming else empty
    try:
        return datasets.load_dataset(
            "parquet", data_files={"train": patterns}, features=features, split="train", streaming=streaming,
            storage_options=copy.deepcopy(dict(storage_options)) if storage_options else None,
        )  # fmt: skip
    except ConnectionError as e:
        offline = "HF_HUB_OFFLINE=1 keeps `datasets` from it, too: unset that"
        raise TargetError(f"{name} cannot be reached: {offline if datasets.config.HF_HUB_OFFLINE else e}.") from e
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as e:
        raise VerificationError(
            f"Version {manifest.version} of {name} cannot be loaded ({e}). `cleaner verify` says whether a folder is "
            "damaged; `cleaner publish` completes a copy."
        ) from e


def versions(processed: str | Path) -> list[Manifest]:
    """The manifests of all versions, oldest first. InputError when the folder holds no release."""
    processed = Path(processed)
    if not processed.is_dir():
        raise InputError(_no_folder(processed))
    manifests = read_manifests(processed)
    if not manifests:
        raise InputError(
            f"{processed} holds no release: there is no {FOLDER}/*.json in it. `cleaner run RAW {processed}` makes one."
        )
    return manifests


def _no_folder(processed: Path) -> str:
    """What to say of a folder that is not there; a URL that was taken for a path has lost one of its slashes."""
    if (found := _URL.fullmatch(str(processed))) is None:
        return f"There is no folder {processed}."
    return (
        f"{found[1]}://{found[2]} is a URL, and this works on a folder. Copy the dataset here first (docs/remote.md "
        "says how), or make it in a folder and bring it there with `cleaner publish`."
    )


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
    hint = " The lines of a version are opened with lines=True." if wanted.endswith("-lines") else ""
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
            lines.append(Line(**{field.name: row[field.name] for field in dataclasses.fields(Line)}))
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
