"""Raw files at a URL: the same files, in the same order and under the same paths as in a copy of the folder here.

They are listed folder by folder, and fetched one by one into temporary files, which are read as any local file is. Of
a folder at a URL there is no more in memory than the listing of the folders on the way down to the current one.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cleaner.errors import CleanerError, InputError
from cleaner.read.find import SIDECAR_OF, InputFile, show_name
from cleaner.records import Reject, Skipped
from cleaner.remote.places import open_place, protocol_of, stamp_of, told, tried

GRAIN = 2.0
"""Seconds: the coarsest clock by which a store tells when an object was written."""

_AT_ONCE = 16
_HEARTBEAT = 1.0  # seconds
_WHOLE = 8 * 2**20  # bytes: larger files are fetched in blocks of this size


@dataclass(frozen=True, slots=True)
class RemoteFile(InputFile):
    """A file to be fetched: `location` is its place in the file system of the URL `root`.

    Attributes:
        root: The URL of RAW, as its user wrote it.
        stamp: Changes whenever the file or its sidecar is written, as far as the store tells.
        settled: Whether another write would surely show in the stamp.
        sidecar: Location of its sidecar, where there is one.
    """

    root: str = ""
    stamp: str = ""
    settled: bool = False
    sidecar: bytes | None = None


def find_remote(url: str) -> Iterator[RemoteFile | Skipped]:
    """The files of the folder at `url`, or that file itself, as `find` gives those of a copy of it.

    Names that are hidden, and sidecars, come as `Skipped`. InputError when there is nothing; TargetError when the place
    cannot be reached, turns us away, or a library for it is missing.
    """
    fs, root = open_place(url)
    started = time.time()
    with told(url):
        try:
            detail = tried(lambda: fs.info(root))
        except FileNotFoundError as e:
            raise InputError(f"There is nothing at {url}: name a folder of raw files, or a single file.") from e
        if detail["type"] != "directory" and not (_is_web(url) and url.endswith("/")):
            yield _single(fs, url, detail, started)
            return
        yield from _walk(fs, url, root, started)


@dataclass(slots=True)
class _Folder:
    """A folder on the way: what is left of it to visit, last first; names of folders, and its own, end in "/"."""

    shown: str
    files: dict[str, dict[str, Any]]
    left: list[str] = field(default_factory=list)


def _walk(fs: Any, url: str, root: str, started: float) -> Iterator[RemoteFile | Skipped]:
    stack = [_open_folder(fs, url, root, "")]
    while stack:
        folder = stack[-1]
        if not folder.left:
            stack.pop()
            continue
        name = folder.left.pop()
        shown, detail = folder.shown + name, folder.files[name]
        if name.startswith("."):
            yield Skipped(shown, "hidden")
        elif name == "/":
            yield Skipped(shown, "unnamed")
        elif detail.get("islink"):
            yield Skipped(shown, "symlink")
        elif name.endswith("/"):
            stack.append(_open_folder(fs, url, detail["name"], shown))
        elif SIDECAR_OF.search(name) and name.removesuffix(".json") in folder.files:
            yield Skipped(shown, "sidecar")
        else:
            sidecar = folder.files.get(name + ".json") if SIDECAR_OF.search(name + ".json") else None
            yield _file(url, shown, detail, sidecar, started)


def _open_folder(fs: Any, url: str, location: str, shown: str) -> _Folder:
    """List a folder. An object whose name ends in "/" only stands for the folder of that name."""
    web = _is_web(url)
    entries = tried(lambda: fs.ls(location + "/" * web, detail=True))
    fs.invalidate_cache(location)  # or the listing of the whole corpus would stay in memory
    files: dict[str, dict[str, Any]] = {}
    for entry in entries:
        is_folder = entry["type"] == "directory"
        place = str(entry["name"])
        if (place.endswith("/") and not is_folder) or (web and not _is_inside(place, location)):
            continue
        name = "" if is_folder and place.rstrip("/") == location.rstrip("/") else place.rstrip("/").rpartition("/")[2]
        name = show_name((unquote(name) if web else name).encode("utf-8", "surrogateescape"))
        files[name + "/" * is_folder] = {**entry, "name": place.rstrip("/")}
    bare = [n for n in files if not n.startswith(".") and not n.endswith("/") and files[n].get("size") is None]
    with ThreadPoolExecutor(_AT_ONCE) as threads:  # a web server's listing has names alone
        files.update(zip(bare, threads.map(lambda n: _asked(fs, files[n]), bare), strict=True))
    return _Folder(shown, files, sorted(files, reverse=True))


def _is_web(url: str) -> bool:
    return protocol_of(url) in ("http", "https")


def _is_inside(link: str, folder: str) -> bool:
    """Whether a link on the page that lists a folder leads to something in it."""
    name = link.removeprefix(folder.rstrip("/") + "/")
    return name not in (link, "") and "/" not in name.rstrip("/") and not set(name) & set("?#")


def _asked(fs: Any, detail: dict[str, Any]) -> dict[str, Any]:
    """What is known of a file when it is asked for alone; what a listing says, where that fails."""
    with suppress(OSError):
        return {**tried(lambda: fs.info(detail["name"])), "name": detail["name"]}
    return detail


def _single(fs: Any, url: str, detail: dict[str, Any], started: float) -> RemoteFile:
    name = str(detail["name"]).rstrip("/").rpartition("/")[2]
    sidecar = None
    if SIDECAR_OF.search(name + ".json"):
        with suppress(FileNotFoundError):
            sidecar = tried(lambda: fs.info(f"{detail['name']}.json"))
    shown = show_name((unquote(name) if _is_web(url) else name).encode("utf-8", "surrogateescape"))
    return _file(url, shown, detail, sidecar, started)


def _file(
    url: str, shown: str, detail: dict[str, Any], sidecar: dict[str, Any] | None, started: float
) -> RemoteFile:
    stamps = [stamp_of(one) for one in (detail, sidecar) if one]
    return RemoteFile(
        path=shown,
        location=str(detail["name"]).encode("utf-8", "surrogateescape"),
        size=detail.get("size") or 0,
        mtime_ns=0,
        root=url,
        stamp=":".join(stamp for stamp, _ in stamps),
        settled=all(changed is None or changed < started - GRAIN for _, changed in stamps),
        sidecar=str(sidecar["name"]).encode("utf-8", "surrogateescape") if sidecar else None,
    )


Fetch = Callable[[InputFile, Callable[[], None]], InputFile | Reject]


@contextmanager
def fetching(files: Sequence[InputFile], scratch: Path) -> Iterator[Fetch]:
    """Fetch remote files, several at a time, into temporary copies under the folder `scratch`.

    Hands out a function that gives each of these files as one of this machine, and a local file as it is; what it is
    called with besides is called about every second while it waits. It gives a Reject where the file has vanished, or
    its store does not give it. TargetError when the store cannot be reached any more; OSError when the disk is full.
    """
    remote = [file for file in files if isinstance(file, RemoteFile)]
    if not remote:
        yield lambda file, waiting: file
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="fetched-") as folder:
        threads = ThreadPoolExecutor(_AT_ONCE)
        coming = {
            file.path: threads.submit(_fetch, file, Path(folder) / str(number)) for number, file in enumerate(remote)
        }

        def fetch(file: InputFile, waiting: Callable[[], None]) -> InputFile | Reject:
            while not (future := coming[file.path]).done():
                wait([future], _HEARTBEAT)
                waiting()
            return future.result()

        try:
            yield fetch
        finally:
            threads.shutdown(cancel_futures=True)


def _fetch(file: RemoteFile, copy: Path) -> InputFile | Reject:
    """A file with its sidecar as a local one."""
    fs, _ = open_place(file.root)
    for location, target in ((file.location, copy), (file.sidecar, copy.with_name(f"{copy.name}.json"))):
        if location is None:
            continue
        reject = _copy(fs, file, os.fsdecode(location), target)
        if reject is not None and target == copy:
            return reject
    return InputFile(file.path, os.fsencode(copy), copy.stat().st_size, 0)


def _copy(fs: Any, file: RemoteFile, place: str, target: Path) -> Reject | None:
    """Copy an object into a local file. What comes is not what was listed where it was written anew meanwhile; where
    its length is not even what the store states now, it broke off."""

    def copy() -> None:
        with open(target, "wb") as local:
            if file.size <= _WHOLE:
                local.write(fs.cat_file(place))
            else:
                with fs.open(place, "rb") as stream:
                    shutil.copyfileobj(stream, local, _WHOLE)
        came = target.stat().st_size
        if file.size != came and came != (size := fs.info(place).get("size") or came):
            raise ConnectionError(f"it broke off: {came} of {size} bytes came")

    try:
        tried(copy)
        return None
    except FileNotFoundError:
        return Reject(file.path, "vanished", "It was there when the folder was listed, and is gone now.")
    except PermissionError:
        return Reject(file.path, "unreadable", "It cannot be read: Permission denied.")
    except CleanerError:
        raise
    except Exception as e:
        if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        with told(file.root):  # is it this file, or is nothing to be had there any more?
            tried(lambda: fs.info(place))
        why = str(e) if isinstance(e, ConnectionError) and "broke off" in str(e) else type(e).__name__
        return Reject(file.path, "unreadable", f"It cannot be read: {why}.")
