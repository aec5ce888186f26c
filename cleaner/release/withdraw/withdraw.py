"""Takes documents out of every version, for good.

The order of writing is what makes a kill harmless. First come the tombstones, which say what shall go; then shards
without it, beside the old ones; then the new version, which says how many documents went; then the manifests of the
older versions, which name the new shards; then the lists, the card and all else that follows from the manifests. Only
now, when nothing names them any more, the files that held the documents are deleted. Killed anywhere before that, the
dataset can be loaded as before, and `complete`, which every run and every withdrawal begins with, does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from cleaner.corpus.database import open_database
from cleaner.corpus.tombstones import Tombstone, Withdrawn, read_tombstones, write_tombstones
from cleaner.engine.folder import State, claim_folder
from cleaner.engine.scrub import scrub_parts
from cleaner.engine.storage import storage_errors
from cleaner.engine.work import claim_work, noted_work
from cleaner.errors import InputError, RefusedError
from cleaner.release.finish import finish, sweep
from cleaner.release.listings import Withheld, count_withheld, near_left_out, withhold
from cleaner.release.manifest import (
    Manifest,
    amend_manifest,
    read_manifests,
    shards_of,
    version_key,
    write_manifest,
)
from cleaner.release.open import versions
from cleaner.release.withdraw.manifests import amended, announcing, next_major
from cleaner.release.withdraw.rows import (
    Row,
    completed,
    find_named,
    find_rows,
    is_withdrawn_already,
    load_rows,
    widened,
)
from cleaner.release.withdraw.shards import Cutter
from cleaner.release.withdraw_marks import mark_again


@dataclass(frozen=True, slots=True)
class Leaving:
    """A document that leaves: `named` is False when it goes since it has the bytes or the text of one that was named.

    `versions` are those that hold it, oldest first; none when it was left out of all of them, say as a duplicate.
    """

    id: str
    title: str | None
    url: str | None
    versions: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal concerns: the documents, the version that announces it, and what is left of the newest one.

    `already` are names of documents that were withdrawn before. When there are no others, `documents` is empty, and
    `version` the newest.
    """

    documents: tuple[Leaving, ...]
    version: str
    left: int
    already: tuple[str, ...] = ()

    @property
    def amended(self) -> tuple[str, ...]:
        """The versions that are changed, oldest first."""
        return tuple(sorted({version for document in self.documents for version in document.versions}, key=version_key))


Agreed = Callable[[Withdrawal], bool]
"""Is shown what a withdrawal would do, and says whether it shall."""


def plan(processed: str | Path, names: Sequence[str]) -> Withdrawal:
    """What withdrawing these documents would do. Writes nothing to the dataset; errors as for `withdraw`."""
    return _planned(Path(processed), names, None, None)


def withdraw(
    processed: str | Path, names: Sequence[str], reason: str | None = None, *, agreed: Agreed = lambda _: True
) -> Withdrawal:
    """Take documents out of every version, for good, and release a version that says how many.

    Args:
        processed: The dataset's folder. Raw files are not needed.
        names: Each the id of a document, or its first six digits or more, its address, the SHA-256 of its source or of
            its text. None at all: what an earlier withdrawal left undone is done, and what the list of tombstones
            names but a version holds (after a backup was put back, say) goes.
        reason: Noted in the list of tombstones, which is not published.
        agreed: Asked before the first file is written; when it says no, nothing is withdrawn.

    Raises:
        InputError: There is no such document, or no dataset. Nothing was withdrawn, the others named included.
        RefusedError: It was not agreed, or the newest version would be left without a document; BusyError, a run is at
            work.
        VerificationError: A shard is damaged, or a manifest.
        StorageError: The disk is full, or `processed` cannot be written.
    """
    return _planned(Path(processed), names, reason, agreed)


def complete(processed: Path, state: State, again: bool = False) -> None:
    """Do what the tombstones ask for and is not done yet; with `again`, look whether any version holds any of it.

    For whoever has claimed the folder. Errors as for `withdraw`.
    """
    begun = [stone for stone in read_tombstones(processed) if stone.version and not stone.done]
    if begun:  # a kill came in between; what was asked for since gets a version of its own
        _carry_out_listed(processed, state, [stone for stone in read_tombstones(processed) if stone.version])
    stones = read_tombstones(processed)
    if again or not all(stone.done for stone in stones):
        _carry_out_listed(processed, state, stones)


def _carry_out_listed(processed: Path, state: State, stones: Sequence[Tombstone]) -> None:
    manifests = read_manifests(processed)
    if manifests and stones:
        with open_database(state.work) as db:
            load_rows(db, processed, manifests, state.parts)
            _carry_out(db, processed, state, stones, manifests)


def _planned(processed: Path, names: Sequence[str], reason: str | None, agreed: Agreed | None) -> Withdrawal:
    """Find what is named and, if `agreed` is there and says so, withdraw it."""
    versions(processed)  # InputError before anything is made in a folder that holds no release
    with storage_errors(processed), claim_folder(processed) as home, claim_work(home, noted_work(home)) as state:
        if agreed:
            complete(processed, state, again=not names)
        manifests, stones = read_manifests(processed), read_tombstones(processed)
        with open_database(state.work) as db:
            load_rows(db, processed, manifests, state.parts)
            already = tuple(name for name in names if is_withdrawn_already(db, name, stones))
            found = {name: find_named(db, name) for name in names if name not in already}
            if missing := [name for name, ids in found.items() if not ids]:
                raise InputError(_missing(processed, missing, len(names)))
            ids = set().union(*found.values())
            new = [Tombstone(id=document_id, reason=reason) for document_id in sorted(ids)]
            wider, rows = _all_of(db, processed, new, manifests)
            withdrawal = _withdrawal(rows, ids, manifests, already)
            if new and not withdrawal.left:
                raise RefusedError(_nothing_left(processed, manifests[-1]))
            if new and agreed:
                if not agreed(withdrawal):
                    raise RefusedError("Nothing was withdrawn.")
                _carry_out(db, processed, state, [*stones, *wider], manifests)
        return withdrawal


def _withdrawal(
    rows: Iterable[Row], named: set[str], manifests: Sequence[Manifest], already: tuple[str, ...]
) -> Withdrawal:
    """What these rows amount to, for people to read."""
    of_shard: dict[str, list[str]] = {}
    for manifest in manifests:
        for file in manifest.files["documents"]:
            of_shard.setdefault(file.path, []).append(manifest.version)
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.id in named or row.shard is not None:
            found.setdefault(row.id, []).append(row)
    documents = []
    for document_id, ours in found.items():
        best = max(ours, key=lambda row: (row.title is not None, row.url is not None, row.shard or ""))
        where = {version for row in ours if row.shard for version in of_shard[row.shard]}
        holding = tuple(sorted(where, key=version_key))
        documents.append(Leaving(document_id, best.title, best.url, holding, document_id in named))
    documents.sort(key=lambda document: (not document.named, document.id))
    newest = manifests[-1]
    gone = sum(newest.version in document.versions for document in documents)
    version = next_major(newest.version) if documents else newest.version
    return Withdrawal(tuple(documents), version, newest.rows("documents") - gone, already)


def _carry_out(
    db: duckdb.DuckDBPyConnection, processed: Path, state: State, stones: Sequence[Tombstone], manifests: list[Manifest]
) -> None:
    """Do all that the docstring of this module says, in that order; what is done already is not done again."""
    stones, rows = _all_of(db, processed, stones, manifests)
    held = {manifest.version: _ids_in(manifest, rows) for manifest in manifests}
    version = next((stone.version for stone in stones if stone.version and not stone.done), None)
    if version is None and any(held.values()):
        version = next_major(manifests[-1].version)
    before = [manifest for manifest in manifests if manifest.version != version]
    if version not in held and len(held[before[-1].version]) == before[-1].rows("documents"):
        raise RefusedError(_nothing_left(processed, before[-1]))
    stones = _begun(stones, rows, version)
    write_tombstones(processed, stones)

    cutter = Cutter(processed, shards_of(manifests))
    signed: dict[str, Manifest] = {}
    for manifest in manifests:
        if ids := held[manifest.version]:
            files = cutter.cut(manifest, ids, mark_again(db, processed, manifest, ids, state.work))
            signed[manifest.version] = amended(db, processed, state.work, manifest, files, len(ids))
    left = [signed.get(manifest.version, manifest) for manifest in manifests]
    if version is not None:
        hidden = _hidden(rows, held[before[-1].version], stones)
        if version not in held:
            documents = len(set().union(*held.values()))
            left.append(announcing(left[-1], version, documents, count_withheld(processed, hidden, left[-1].counts)))
            write_manifest(processed, left[-1])
        withhold(processed, hidden, left[-1].counts["withdrawn"])
    for manifest in signed.values():
        amend_manifest(processed, manifest)
    finish(processed, left)
    sweep(processed, left)
    scrub_parts(state.parts, Withdrawn.by(stones))
    write_tombstones(processed, [replace(stone, done=True) for stone in stones])


def _all_of(
    db: duckdb.DuckDBPyConnection, processed: Path, stones: Sequence[Tombstone], manifests: Sequence[Manifest]
) -> tuple[Sequence[Tombstone], list[Row]]:
    """The rows that are withdrawn, and the tombstones that say so.

    What the newest version left out as a near-duplicate is not to take the place of what goes: it is withdrawn, too.
    """
    rows = find_rows(db, Withdrawn.by(stones))
    near = near_left_out(processed, _ids_in(manifests[-1], rows))
    if not near:
        return stones, rows
    wider = widened(db, stones, near)
    return wider, find_rows(db, Withdrawn.by(wider))


def _ids_in(manifest: Manifest, rows: Iterable[Row]) -> set[str]:
    """Ids of the rows that a version holds."""
    shards = {file.path for file in manifest.files["documents"]}
    return {row.id for row in rows if row.shard in shards}


def _begun(stones: Iterable[Tombstone], rows: Sequence[Row], version: str | None) -> list[Tombstone]:
    """The tombstones with all that their documents are known by, and those that a version holds as not done yet."""
    published = [row for row in rows if row.shard]
    ids, sources, texts = ({getattr(row, key) for row in published} for key in ("id", "source", "text"))

    def is_held(stone: Tombstone) -> bool:
        return stone.id in ids or not sources.isdisjoint(stone.sources) or not texts.isdisjoint(stone.texts)

    return [
        stone if stone.done and not is_held(stone)
        else replace(completed(stone, rows), version=version or stone.version, done=False)
        for stone in stones
    ]  # fmt: skip


def _hidden(rows: Iterable[Row], held: set[str], stones: Iterable[Tombstone]) -> Withheld:
    """What the list of sources left out must not name any more."""
    named = {stone.id for stone in stones if stone.id}
    paths = (row.source_path for row in rows if row.source_path and (row.shard is None or row.id in named))
    return Withheld(frozenset(held | named), frozenset(paths))


def _missing(processed: Path, names: Sequence[str], asked: int) -> str:
    some = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    said = f"No version of {processed} holds {some}, and nothing that was left out of the newest is called so."
    return said + (" Nothing was withdrawn, the other documents included." if asked > len(names) else "")


def _nothing_left(processed: Path, newest: Manifest) -> str:
    return (
        f"Version {newest.version} would be left without a single document, and there is no dataset without one. "
        f"Nothing was withdrawn. Release other documents first, or delete the folder {processed} and all copies of it."
    )
