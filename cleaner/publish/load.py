"""Loading a published dataset from where it was published: the Hub, an object store, a zip archive.

Thin wrappers over `datasets`. On the Hub a version is a tag and a config of the same name, and both are asked for:
the tag alone is ignored where only the cache may be used. From a store or an archive, `datasets` reads no card; there
it is told the shards one by one, which the version's manifest names.
"""

from __future__ import annotations

import copy
import glob
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.errors import InputError, TargetError, VersionError
from cleaner.publish.target import hub_name
from cleaner.release.card.front_matter import config_name
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.manifest import Manifest, parse_manifest, version_key
from cleaner.remote.places import protocol_of, told

if TYPE_CHECKING:
    import datasets

_REPO = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}")
_TAG = re.compile(r"v(\d+\.\d+\.\d+)")


def hub_repo(name: str) -> str | None:
    """"org/name" of what means a dataset on the Hub; None for anything else.

    A name without "hf://" means one when it looks like one and no such folder or file is here.
    """
    if protocol_of(name) == "hf":
        return hub_name(name)
    return name if _REPO.fullmatch(name) and not os.path.lexists(name) else None


def is_store(name: str) -> bool:
    """Whether it is a URL that fsspec reads, or a zip archive."""
    return protocol_of(name) not in (None, "file", "hf") or name.lower().endswith(".zip")


def load_from_hub(
    name: str, repo: str, version: str | None, config: str, streaming: bool
) -> datasets.Dataset | datasets.IterableDataset:
    """Open a version that was published to the Hub; see `release.open.load`."""
    import datasets

    from cleaner.publish.hub_errors import told

    if datasets.config.HF_HUB_OFFLINE and version is None:
        # Left to itself, `datasets` would now give the version that was loaded last, whichever that was.
        raise TargetError(f"HF_HUB_OFFLINE is set, so nobody can tell which version of {name} is the newest. Name one.")
    with told(name):
        try:
            if version is None:
                newest = datasets.get_dataset_config_names(repo)[0]  # the card lists the newest first
                wanted, revision = newest if config == "documents" else f"{newest}-{config}", None
            else:
                wanted, revision = config_name(version, config), f"v{version}"
            return datasets.load_dataset(repo, wanted, revision=revision, split="train", streaming=streaming)
        except (datasets.exceptions.DatasetNotFoundError, ValueError) as e:
            if datasets.config.HF_HUB_OFFLINE:
                raise TargetError(
                    f"HF_HUB_OFFLINE is set, and {config_name(version or '', config)} of {name} was not loaded before. "
                    "Unset it, or load a version that was."
                ) from e
            raise _not_there(name, repo, version, config, e) from e


def _not_there(name: str, repo: str, version: str | None, config: str, error: Exception) -> Exception:
    """The error to raise when the Hub has no such thing: it lists what there is."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        refs = HfApi().list_repo_refs(repo, repo_type="dataset")
    except RepositoryNotFoundError:
        here = "" if protocol_of(name) else f"There is no folder {name} here, and "
        told = f"{here}the Hub has no dataset {repo}, or it is private: then set HF_TOKEN to a token that may read it."
        return InputError(told[0].upper() + told[1:])
    known = sorted((found[1] for tag in refs.tags if (found := _TAG.fullmatch(tag.name))), key=version_key)
    if not known:
        return InputError(f"{name} was not published by cleaner: no tag such as v1.0.0. Use datasets.load_dataset.")
    if version is not None and version not in known:
        return VersionError(f"{name} has no version {version}. It has: {', '.join(known)}.")
    return TargetError(f"{config_name(version or known[-1], config)} of {name} cannot be loaded: {error}.")


def find_in_store(
    name: str, version: str | None, storage_options: Mapping[str, Any]
) -> tuple[Manifest, Callable[[str], str]]:
    """The manifest of a version, or of the newest, and what gives `datasets` the pattern for a shard's path.

    InputError when no dataset is there, VersionError when it has no such version; the message lists those it has.
    """
    import fsspec


    archive = name.lower().endswith(".zip")
    where = _whole(name) if archive else name
    with told(name):
        if archive:
            fs, root = fsspec.filesystem("zip", fo=where, target_options=dict(storage_options)), ""
        else:
            fs, root = fsspec.core.url_to_fs(where, **copy.deepcopy(dict(storage_options)))
            fs.invalidate_cache()
        root = root.rstrip("/") + "/" if root else ""
        try:
            names = [path.rpartition("/")[2] for path in fs.ls(f"{root}{VERSIONS}", detail=False)]
        except FileNotFoundError:
            names = []
        known = sorted((path[:-5] for path in names if _TAG.fullmatch("v" + path[:-5])), key=version_key)
        if not known:
            raise InputError(f"{name} holds no release: there is no {VERSIONS}/*.json in it.")
        if version is not None and version not in known:
            raise VersionError(f"{name} has no version {version}. It has: {', '.join(known)}.")
        wanted = version or known[-1]
        data = fs.cat_file(f"{root}{VERSIONS}/{wanted}.json")
    try:
        manifest = parse_manifest(data, wanted)
    except ValueError as e:
        raise TargetError(f"The manifest of version {wanted} on {name} is damaged ({e}). Publish it anew.") from e
    if archive:
        return manifest, lambda path: f"zip://{path}::{where}"
    start = glob.escape(where.rstrip("/"))
    return manifest, lambda path: f"{start}/{path}"


def _whole(name: str) -> str:
    """A path that leads to the same place from everywhere; a URL as it is."""
    if protocol_of(name) not in (None, "file"):
        return name
    path = Path(name.removeprefix("file://")).resolve()
    if not path.is_file():
        raise InputError(f"There is no archive {name}.")
    return str(path)
