"""Verifies what is no shard: the list of checksums, the card, the change log, Croissant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from cleaner import __version__
from cleaner.release.card.fences import fenced, find_parts, split_head
from cleaner.release.card.front_matter import config_name
from cleaner.release.card.measured import measured_part
from cleaner.release.changelog import render_changelog
from cleaner.release.files import sha256_of
from cleaner.release.inventory import CARD, CHECKSUMS, checksums_text, read_checksums
from cleaner.release.manifest import CONFIGS, Manifest, manifest_path, shards_of

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MENDED = "`cleaner card` writes it again"


def check_sums(processed: Path, every: Sequence[Manifest], only: Sequence[Manifest] | None) -> Iterator[str]:
    """Whether each file has the checksum that `SHA256SUMS` gives, and each has one.

    `every` are all versions; with `only`, nothing but the manifests of these is looked at.
    """
    try:
        listed = read_checksums(processed)
    except OSError as e:
        if only is not None:
            return
        yield f"{CHECKSUMS} is missing or cannot be read ({e.strerror or e}): {_MENDED}."
        return
    except ValueError as e:
        yield f"{CHECKSUMS} is damaged ({e}): {_MENDED}."
        return
    if only is not None:
        for manifest in only:
            where = manifest_path(processed, manifest.version)
            name = where.relative_to(processed).as_posix()
            if listed.get(name, digest := sha256_of(where)) != digest:
                yield _changed(name)
        return
    wanted = checksums_text(processed, every)
    sums = {line[66:]: line[:64] for line in wanted.splitlines()}
    shards = shards_of(every)
    for path in sorted({*listed, *sums}):
        if path not in sums:
            yield f"{path} is missing, or its name in {CHECKSUMS} is damaged."
        elif path not in listed:
            yield f"{path} has no checksum in {CHECKSUMS}: {_MENDED}."
        elif listed[path] != sums[path] and path in shards:
            yield f"{CHECKSUMS} and the manifests do not agree on {path}."
        elif listed[path] != sums[path]:
            yield _changed(path)
    if listed == sums and (processed / CHECKSUMS).read_bytes() != wanted.encode():
        yield f"{CHECKSUMS} is not written as it should be: {_MENDED}."


def _changed(path: str) -> str:
    edited = " If you edited it, `cleaner card` signs it." if path in (CARD, "LICENSE") else ""
    return f"{path} has been changed: its SHA-256 is not the one in {CHECKSUMS}.{edited}"


def check_card(processed: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """Whether card, change log and Croissant say what the manifests say.

    What another version of cleaner wrote may be worded otherwise, so then only what machines read is held against it.
    """
    newest = manifests[-1]
    measured = changes = None
    if newest.cleaner == __version__:
        try:
            measured, changes = fenced("measured", measured_part(newest)), render_changelog(manifests)
        except (KeyError, TypeError, AttributeError, ValueError) as e:
            yield f"The card cannot be held against the manifests, whose counts are damaged ({e!r})."
    try:
        card = (processed / CARD).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        yield f"{CARD} is missing or cannot be read ({e}): {_MENDED}."
    else:
        head, body = split_head(card)
        yield from _check_head(head, manifests)
        if measured is not None:
            yield from _check_measured(body, measured, newest.version)
    if changes is not None and (told := _read(processed, "CHANGELOG.md")) != changes:
        said = "is missing" if told is None else "does not say what the manifests say"
        yield f"CHANGELOG.md {said}: {_MENDED}."
    yield from _check_croissant(processed, newest)


def _read(processed: Path, name: str) -> str | None:
    try:
        return (processed / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _check_head(head: str, manifests: Sequence[Manifest]) -> Iterator[str]:
    """Whether the configs that `datasets` loads name the files of their versions, and the newest by default."""
    try:
        values = yaml.load(head, _LOADER)
        configs = {entry["config_name"]: entry for entry in values["configs"]}
        rows = {i["config_name"]: sum(s["num_examples"] for s in i["splits"]) for i in values["dataset_info"]}
        named = {name: [path for split in entry["data_files"] for path in split["path"]]
                 for name, entry in configs.items()}  # fmt: skip
        default = [name for name, entry in configs.items() if entry.get("default") is True]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as e:
        yield f"The head of {CARD} cannot be understood ({' '.join(str(e).split())[:200]}): {_MENDED}."
        return
    newest = manifests[-1].version
    if config_name(newest, "documents") not in configs:
        yield f"{CARD} does not list version {newest}: run again to have it completed."
    elif default != [config_name(newest, "documents")]:
        yield f"{CARD} does not give version {newest} by default: {_MENDED}."
    for manifest in manifests:
        for config in CONFIGS:
            name, paths = config_name(manifest.version, config), [file.path for file in manifest.files[config]]
            if name in configs and (named[name], rows.get(name)) != (paths, manifest.rows(config)):
                yield f"{CARD} names other files or numbers of rows for {name} than the manifest: {_MENDED}."
    known = {config_name(manifest.version, config) for manifest in manifests for config in CONFIGS}
    for name in sorted(map(str, configs.keys() - known)):
        yield f"{CARD} lists {name}, which is no version of this dataset: {_MENDED}."


def _check_measured(body: str, measured: str, version: str) -> Iterator[str]:
    """Whether the numbers in the card are those of the newest version."""
    try:
        parts = {name: body[start:end] for name, start, end in find_parts(body)}
    except ValueError as e:
        yield f"The parts of {CARD} cannot be told apart ({e}): mend the mark, and then {_MENDED}."
        return
    if "measured" in parts and parts["measured"].split() != measured.split():
        yield f"{CARD} gives other numbers than the manifest of version {version}: {_MENDED}."


def _check_croissant(processed: Path, newest: Manifest) -> Iterator[str]:
    """Whether `croissant.json` names the files of the newest version with their hashes, and its columns."""
    text = _read(processed, "croissant.json")
    if text is None:
        yield f"croissant.json is missing or cannot be read: {_MENDED}."
        return
    try:
        values: dict[str, Any] = json.loads(text)
        objects = [item for item in values["distribution"] if item["@type"] == "cr:FileObject"]
        hashes = {item["contentUrl"]: item["sha256"] for item in objects if "sha256" in item}
        columns = {field["name"] for records in values["recordSet"] for field in records["field"]}
        version = values["version"]
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        yield f"croissant.json cannot be understood ({type(e).__name__}: {e}): {_MENDED}."
        return
    if version != newest.version:
        yield f"croissant.json is of version {version}, not {newest.version}: {_MENDED}."
    for file in (file for config in CONFIGS for file in newest.files[config]):
        if hashes.get(file.path) != file.sha256:
            yield f"croissant.json does not give {file.path} with its SHA-256: {_MENDED}."
    for path in sorted(hashes.keys() - set(newest.files_named())):
        yield f"croissant.json names {path}, which is not of version {newest.version}: {_MENDED}."
    wanted = {name for config in CONFIGS if newest.files[config] for name, _ in newest.columns[config]}
    for name in sorted(wanted - columns):
        yield f"croissant.json does not describe the column {name}: {_MENDED}."
