"""Decides what a target lacks, what must leave it, and whether anything stands against publishing there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cleaner.errors import RefusedError
from cleaner.publish.target import Dataset, Step, Target, is_shard
from cleaner.release.files import TEMPORARY
from cleaner.release.inventory import CARD, PICTURES, TOP, Published
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.manifest import Manifest

_MANIFEST = re.compile(rf"{VERSIONS}/(\d+\.\d+\.\d+)\.json")


@dataclass(slots=True)
class Plan:
    """What publishing would do, in this order: send `shards`, then `files`, delete `gone`, take `steps`.

    Attributes:
        new: Versions that the target does not have yet, oldest first.
        amended: Versions that it has, and from which documents were withdrawn since.
        there: How many files are there already, with the very same bytes.
    """

    new: list[str]
    amended: list[str]
    shards: list[Published] = field(default_factory=list)
    files: list[Published] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    there: int = 0

    @property
    def bytes(self) -> int:
        """Bytes to send."""
        return sum(file.bytes for file in (*self.shards, *self.files))

    @property
    def nothing(self) -> bool:
        """Whether the target is as it should be."""
        return not (self.shards or self.files or self.gone or self.steps)


def make_plan(dataset: Dataset, target: Target) -> Plan:
    """Compare a dataset with what the target holds.

    RefusedError when the target holds something else, a version that this dataset does not have, or another dataset's
    version of the same number: a version is never overwritten, but by what a withdrawal has left of it.
    """
    listing = target.listing()
    plan = compare_versions(dataset, target, listing)
    for file in dataset.files:
        if listing.get(file.path) == file.bytes and target.holds(file, dataset.local(file)):
            plan.there += 1
        else:
            (plan.shards if is_shard(file.path) else plan.files).append(file)
    wanted = {file.path for file in dataset.files}
    plan.gone = sorted(path for path in listing if path not in wanted and _is_ours(path))
    plan.steps = list(target.steps(dataset))
    return plan


def compare_versions(dataset: Dataset, target: Target, listing: Mapping[str, int]) -> Plan:
    """A plan that knows which versions are new at the target, or amended. RefusedError as `make_plan` raises it."""
    ours = {manifest.version: manifest for manifest in dataset.manifests}
    theirs = [found[1] for path in sorted(listing) if (found := _MANIFEST.fullmatch(path))]
    if not theirs:
        _check_foreign(dataset, target, listing)
    if unknown := [version for version in theirs if version not in ours]:
        raise RefusedError(
            f"{target.name} holds version {unknown[-1]}, which {dataset.folder} does not have. Publish from the folder "
            "in which that version was made, or choose another target."
        )
    plan = Plan([version for version in ours if version not in theirs], [])
    files = {file.path: file for file in dataset.files}
    for version in theirs:
        file = files[f"{VERSIONS}/{version}.json"]
        if listing[file.path] != file.bytes or not target.holds(file, dataset.local(file)):
            _check_amended(ours[version], target, file.path)
            plan.amended.append(version)
    return plan


def _check_amended(ours: Manifest, target: Target, path: str) -> None:
    """Refuse, unless what the target has of a version is what ours was before a withdrawal."""
    try:
        theirs = json.loads(target.read(path))
        times, name, parent = theirs["amended"]["times"], theirs["recipe_hash"], theirs["parent"]
    except (ValueError, KeyError, TypeError) as e:
        raise RefusedError(
            f"{path} on {target.name} is damaged, so it cannot be told whether that is the same version. If it is, "
            "delete that file there and publish again."
        ) from e
    if times > ours.amended["times"]:
        raise RefusedError(
            f"Documents were withdrawn from version {ours.version} on {target.name} which this folder still has: "
            "publishing it would bring them back. Withdraw them here too, or publish from where that was done."
        )
    if times == ours.amended["times"] or (name, parent) != (ours.recipe_hash, ours.parent):
        raise RefusedError(
            f"{target.name} has another version {ours.version} already, and a published version is never overwritten. "
            "Choose another target, or release a version with a higher number."
        )


def _check_foreign(dataset: Dataset, target: Target, listing: Mapping[str, int]) -> None:
    """Refuse to write among other people's files, where no version was published yet."""
    files = {file.path: file for file in dataset.files}
    foreign = [path for path in sorted(listing) if not path.startswith(".") and not is_shard(_without_suffix(path))]
    if target.keeps_history:
        foreign = [path for path in foreign if path != CARD]
    for path in list(foreign):
        whole = _without_suffix(path)
        ours = files.get(whole)
        if ours and (path != whole or (listing[path] == ours.bytes and target.holds(ours, dataset.local(ours)))):
            foreign.remove(path)  # of an earlier attempt that was interrupted
    if foreign:
        shown = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3:,} more" if len(foreign) > 3 else "")
        raise RefusedError(
            f"{target.name} already holds something that is no dataset of ours: {shown}. Nothing was written. Choose "
            "an empty place, or one that does not exist yet."
        )


def _is_ours(path: str) -> bool:
    whole = _without_suffix(path)
    return (
        is_shard(whole) or whole in TOP or whole.startswith(f"{PICTURES}/")
        or (path != whole and (whole == CARD or _MANIFEST.fullmatch(whole) is not None))
    )  # fmt: skip


def _without_suffix(path: str) -> str:
    """The path that a file which is still being written will have."""
    return path.removesuffix(TEMPORARY)
