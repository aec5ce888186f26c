"""A dataset whose folder is at a URL: made in a folder of this machine, and sent there when it is whole.

The URL is the truth. Before a run, what it needs of earlier versions is fetched: their manifests, what lies beside
them, and the shards of the newest (of all, while a withdrawal is to be carried out). After it, what has changed
is sent in the order that keeps the place loadable at every moment: shards, what lies beside them, manifests, the card;
only then is deleted what no version names. Killed anywhere, the next run makes the same version again, or sends the
rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from cleaner.corpus.tombstones import read_tombstones
from cleaner.engine.folder import State, locked
from cleaner.errors import RefusedError, VerificationError
from cleaner.publish.plan import compare_versions
from cleaner.publish.store import Store
from cleaner.publish.target import Dataset, is_shard
from cleaner.release.files import sha256_of
from cleaner.release.inventory import CARD, CHECKSUMS, LOCAL, PICTURES, TOP, Published, files_of
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.release.manifest import read_manifests, shards_of
from cleaner.remote.cache import cache_of
from cleaner.remote.places import protocol_of

_AT_ONCE = 8
_BESIDE = {*TOP, *LOCAL, CARD, CHECKSUMS}


@contextmanager
def folder_for(processed: Path | str) -> Iterator[Path]:
    """The folder of this machine in which a dataset is made that shall lie at `processed`, a folder or a URL.

    What is at a URL is fetched before, and what the body has changed is sent after it, unless it raised. RefusedError
    when something else is there, or others have released to it meanwhile; TargetError when it cannot be reached.
    """
    if isinstance(processed, Path):
        yield processed
        return
    if protocol_of(processed) in ("hf", "http", "https"):
        raise RefusedError(
            f"A dataset is not made at {processed}. Make it in a folder or a bucket; `cleaner publish` brings it to "
            "the Hub when it is ready."
        )
    cache = cache_of(processed)
    with locked(State(cache), processed):
        folder = cache / "dataset"
        folder.mkdir(exist_ok=True)
        store = Store(processed)
        _fetch(store, folder)
        yield folder
        _send(store, folder)


def _fetch(store: Store, folder: Path) -> None:
    listing = store.listing()
    _check_ours(store.name, listing)
    beside = {path for path in listing if _is_beside(path)}
    for path in sorted(_files(folder) - beside):
        (folder / path).unlink()
    _get(store, folder, [path for path in sorted(beside) if not _is_same(store, folder, path, listing[path])])
    manifests = read_manifests(folder)
    pending = not all(stone.done for stone in read_tombstones(folder))
    shards = shards_of(manifests if pending else manifests[-1:])
    missing = [path for path, file in shards.items() if not _has(folder, path, file.bytes)]
    if gone := [path for path in missing if listing.get(path) != shards[path].bytes]:
        more = f" and {len(gone) - 1:,} more" if len(gone) > 1 else ""
        raise VerificationError(
            f"{store.name} lacks shards that a version there needs: {gone[0]}{more}. Put good copies in their place: "
            "without them no next version can be made."
        )
    _get(store, folder, missing)


def _send(store: Store, folder: Path) -> None:
    manifests = read_manifests(folder)
    local = [Published(name, sha256_of(folder / name), (folder / name).stat().st_size) for name in LOCAL
             if (folder / name).is_file()]  # fmt: skip
    dataset = Dataset(folder, manifests, [*local, *files_of(folder)])
    listing = store.listing()
    compare_versions(dataset, store, listing)
    changed = [file for file in dataset.files if not _is_there(store, folder, file, listing)]
    wanted = {file.path for file in dataset.files}
    gone = [path for path in sorted(listing) if path not in wanted and (is_shard(path) or _is_beside(path))]
    store.put(dataset, [file for file in changed if is_shard(file.path)], _nobody)
    store.commit(dataset, [file for file in changed if not is_shard(file.path)], gone, _nobody)


def _nobody(file: Published) -> None:
    """Tell nobody that a file has arrived."""


def _check_ours(name: str, listing: Mapping[str, int]) -> None:
    """RefusedError when something is there that is no dataset of ours."""
    if any(path.startswith(f"{VERSIONS}/") for path in listing):
        return
    if foreign := [path for path in sorted(listing) if not (is_shard(path) or _is_beside(path))]:
        shown = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3:,} more" if len(foreign) > 3 else "")
        raise RefusedError(
            f"{name} already holds something that is no release of ours: {shown}. Nothing was written. Choose an empty "
            "place, or one that does not exist yet."
        )


def _is_beside(path: str) -> bool:
    """Whether a path is one that our datasets have beside their shards."""
    return path in _BESIDE or path.startswith((f"{PICTURES}/", f"{VERSIONS}/"))


def _files(folder: Path) -> set[str]:
    """What lies beside the shards in a folder."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path for path in found if _is_beside(path)}


def _has(folder: Path, path: str, size: int) -> bool:
    with suppress(OSError):
        return os.stat(folder / path).st_size == size
    return False


def _is_same(store: Store, folder: Path, path: str, size: int) -> bool:
    """Whether a file is here as it is there."""
    return _has(folder, path, size) and store.holds(Published(path, sha256_of(folder / path), size), folder / path)


def _is_there(store: Store, folder: Path, file: Published, listing: Mapping[str, int]) -> bool:
    """Whether a file is there as it is here. A shard is named by its rows, and never written twice."""
    if listing.get(file.path) != file.bytes:
        return False
    return is_shard(file.path) or store.holds(file, folder / file.path)


def _get(store: Store, folder: Path, paths: list[str]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in threads.map(lambda path: store.get(path, folder / path), paths):
            pass
