"""Makes a version again from raw files, in a temporary folder, and compares what comes out byte by byte.

The folder starts as the dataset stood before the version: with the manifests of the earlier ones, from which a release
takes which document lies in which shard; and without any shard that the version itself has, so that all are written.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cleaner.corpus.database import open_database
from cleaner.engine.folder import State
from cleaner.errors import CleanerError, InputError, RecipeError, StorageError
from cleaner.recipe import Recipe
from cleaner.release.diff.compare import compare_manifests
from cleaner.release.fates import listed_fates
from cleaner.release.index import load_index
from cleaner.release.inventory import CARD, LOCAL, TOP
from cleaner.release.manifest import CONFIGS, Manifest, manifest_path, read_manifests, version_key

_MADE_BY = ("cleaner", "code", "model", "tools")


def rebuild_problems(processed: Path, every: Sequence[Manifest], manifest: Manifest, raw: Path) -> Iterator[str]:
    """In what the version differs that `raw` gives now; nothing when all its bytes are the same.

    Of an amended version the rows are compared, not the bytes: what a withdrawal leaves is laid out otherwise. Beside
    the shards, the manifest is compared, and for the newest version everything else that is published. A version that
    was made by a withdrawal holds what its parent holds, and no run says how many documents went: that is not compared.

    Raises:
        InputError: There is nothing to read in `raw`.
        StorageError: The temporary folder cannot hold it.
    """
    from cleaner.pipeline import run  # which imports the releasing part

    with tempfile.TemporaryDirectory(prefix="cleaner-rebuild-") as work:
        folder = Path(work) / "processed"
        earlier = [other for other in every if version_key(other.version) < version_key(manifest.version)]
        _prepare(processed, folder, earlier, manifest)
        try:
            run(raw, folder, recipe=_recipe_of(manifest), version=manifest.version)
        except (InputError, StorageError):
            raise
        except CleanerError as e:
            yield f"Version {manifest.version} cannot be made again from {raw}: {e}"
            return
        again = read_manifests(folder)[-1]
        by_withdrawal = bool(manifest.changes.get("withdrawn"))
        if again.version != manifest.version:
            if by_withdrawal and again.files == manifest.files:
                return
            yield f"Version {manifest.version} cannot be made again: {raw} gives what {again.version} holds already."
            return
        problems = list(_compare(processed, folder, manifest, again))
        yield from problems
        if manifest.version == every[-1].version and not manifest.amended["times"] and not (problems or by_withdrawal):
            for name in (CARD, *TOP):
                one, other = (_bytes(where / name) for where in (processed, folder))
                if one != other:
                    yield f"{name} is not what {raw} gives."


def _prepare(processed: Path, folder: Path, earlier: Sequence[Manifest], manifest: Manifest) -> None:
    """Make the folder as it stood before the version."""
    state = State(folder / ".cleaner")
    state.work.mkdir(parents=True)
    (state.root / "lock").touch()  # by which a run knows the folder as one of ours
    (folder / "versions").mkdir()
    for name in (*LOCAL, CARD, "LICENSE"):
        if (processed / name).is_file():
            shutil.copyfile(processed / name, folder / name)
    for other in earlier:
        shutil.copyfile(manifest_path(processed, other.version), manifest_path(folder, other.version))
    if not earlier:
        return
    parent = earlier[-1]
    for path in parent.files_named():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).symlink_to((processed / path).resolve())
    with open_database(state.work) as db:
        load_index(db, folder, parent)
    for path in set(parent.files_named()) & set(manifest.files_named()):
        (folder / path).unlink()


def _recipe_of(manifest: Manifest) -> Recipe:
    """The recipe that the manifest holds. RecipeError when it is one of another version of cleaner."""
    recipe = Recipe.from_dict(manifest.recipe, f"the recipe of version {manifest.version}")
    if recipe.hash != manifest.recipe_hash:
        raise RecipeError(
            f"the recipe of version {manifest.version} is that of cleaner {manifest.cleaner}, which knows other keys. "
            "Check it with that one."
        )
    return recipe


def _compare(processed: Path, folder: Path, manifest: Manifest, again: Manifest) -> Iterator[str]:
    """Shards and manifests of the two."""
    tools = ", ".join(
        f"{name} {manifest.tools.get(name)}, here {again.tools.get(name)}"
        for name in sorted({*manifest.tools, *again.tools}) if manifest.tools.get(name) != again.tools.get(name)
    )  # fmt: skip
    made = f" It was made with {tools}." if tools else ""
    amended = manifest.amended["times"] > 0
    mine, others = ({file.path: file for c in CONFIGS for file in m.files[c]} for m in (manifest, again))
    if mine.keys() != others.keys():
        with compare_manifests(processed, manifest, again, listed_fates(folder), new_folder=folder) as comparison:
            documents = comparison.summary["documents"]
            words = (("added", "added"), ("changed", "changed"), ("removed", "missing"))
            told = [f"{documents[kind]:,} {word}" for kind, word in words if documents[kind]]
            some = ", ".join(document["id"] for document in comparison.documents(limit=5))
        if told:
            yield f"Version {manifest.version}: made again, documents differ ({', '.join(told)}), such as {some}.{made}"
        elif not amended:
            yield f"Version {manifest.version}: made again, it has the same rows in other shards.{made}"
    for path in sorted(mine.keys() & others.keys()):
        if mine[path].sha256 != others[path].sha256 and not amended:
            yield f"{path} holds the same rows, made again, in other bytes.{made}"
    if not amended and mine.keys() == others.keys():
        one, other = (_told(m) for m in (manifest, again))
        if manifest.changes.get("withdrawn"):
            other["changes"] = one["changes"]
        if differing := [key for key in one if one[key] != other[key]]:
            where = manifest_path(Path(), manifest.version).as_posix()
            yield f"{where}: made again, it says otherwise of {', '.join(differing)}.{made}"


def _told(manifest: Manifest) -> dict[str, Any]:
    """What a manifest says, save what it was made by."""
    values = json.loads(json.dumps(asdict(replace(manifest, files={}))))
    return {key: value for key, value in values.items() if key not in _MADE_BY}


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
