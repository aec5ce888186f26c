"""The work folder at a URL, where the workers of a cluster reach it, and its mirror on this machine.

Part files are what workers and driver exchange. A worker writes them into a folder of its own and sends them; the
driver mirrors them all, since SQLite and DuckDB want a disk. Either side is brought in line with the other by what has
changed since they last agreed: what is new or changed on one side is copied, what is gone from one side is deleted from
the other. So a run that was killed at any moment goes on from both.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from cleaner.corpus.signatures import FOLDER as SIGNATURES
from cleaner.engine.parts import REVISED, is_commit_mark
from cleaner.errors import RefusedError
from cleaner.release.files import write_text
from cleaner.remote.places import OBJECT_STORES, open_place, protocol_of, stamp_of, told, tried

FOLDERS = ("parts", REVISED, SIGNATURES)
LEDGER = "ledger.sqlite"

_AT_ONCE = 8
Agreed = dict[str, tuple[int, int, str]]
"""Path -> size and time of the local file, and stamp of the remote one, when they were last the same."""


class Mirror:
    """A work folder: the place at `url`, and the folder `root` of this machine. All methods raise TargetError."""

    def __init__(self, url: str, root: Path) -> None:
        self.url = url
        self._root = root
        self._fs, self._there = open_place(url)
        self._note = root / "mirror.json"

    def check_ours(self) -> None:
        """RefusedError when the place holds anything but a work folder."""
        with told(self.url):
            try:
                found = tried(lambda: self._fs.ls(self._there, detail=False))
            except FileNotFoundError:
                return
        names = {str(path).rstrip("/").rpartition("/")[2] for path in found} - {self._there.rpartition("/")[2]}
        if foreign := sorted(names - {*FOLDERS, LEDGER}):
            raise RefusedError(
                f"The work folder {self.url} holds something else: {', '.join(foreign[:3])}. Nothing was written. "
                "Choose an empty place, or one that does not exist yet."
            )

    def fetch(self, files: Iterable[Path]) -> None:
        """Get files that are not here yet; those that are not there, either, stay missing."""
        self._each(self._get, [path.relative_to(self._root).as_posix() for path in files if not path.exists()])

    def send(self, files: Iterable[Path]) -> None:
        """Put files there, in this order."""
        for path in files:
            with told(self.url):
                self._put(path.relative_to(self._root).as_posix())

    def sync(self) -> None:
        """Bring both sides in line."""
        agreed, here, there = self._agreed(), self._list_here(), self._list_there()
        get: list[str] = []
        put: list[str] = []
        gone_here: list[str] = []
        gone_there: list[str] = []
        for path in sorted({*here, *there}):
            before = agreed.get(path)
            if path not in there:
                (gone_here if before and before[:2] == here[path] else put).append(path)
            elif path not in here:
                (gone_there if before and before[2] == there[path] else get).append(path)
            elif before is None:
                if str(here[path][0]) != there[path].partition(".")[0]:
                    get.append(path)
            elif before[2] != there[path]:
                get.append(path)
            elif before[:2] != here[path]:
                put.append(path)
        for path in gone_here:
            (self._root / path).unlink(missing_ok=True)
        self._each(self._get, get)
        for last in (False, True):  # a part is there once the mark that it is whole is there
            self._each(self._put, [path for path in put if is_commit_mark(path) == last])
            self._each(self._delete, [path for path in gone_there if is_commit_mark(path) != last])
        if put or gone_there:
            there = self._list_there()
        here = self._list_here()
        self._note_agreed({path: (*here[path], there[path]) for path in here if path in there})

    def get_ledger(self) -> None:
        """Get the ledger where none is here, so that files which earlier runs have read need not be read again."""
        self.fetch([self._root / LEDGER])

    def put_ledger(self) -> None:
        """Put the ledger there; it must be closed."""
        self.send([self._root / LEDGER])

    def _each(self, action: Callable[[str], None], paths: Sequence[str]) -> None:
        """Do something with each path, several at a time."""
        if not paths:
            return
        with told(self.url), ThreadPoolExecutor(_AT_ONCE) as threads:
            for _ in threads.map(action, paths):
                pass

    def _get(self, path: str) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.temporary")
        try:
            with suppress(FileNotFoundError):
                tried(lambda: self._fs.get_file(f"{self._there}/{path}", str(temporary)))
                os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)

    def _put(self, path: str) -> None:
        source, target = str(self._root / path), f"{self._there}/{path}"
        if protocol_of(self.url) in OBJECT_STORES:
            tried(lambda: self._fs.put_file(source, target))
            return
        temporary = f"{target}.{secrets.token_hex(4)}.temporary"
        tried(lambda: self._fs.makedirs(target.rpartition("/")[0], exist_ok=True))
        tried(lambda: self._fs.put_file(source, temporary))
        tried(lambda: self._fs.mv(temporary, target))

    def _delete(self, path: str) -> None:
        with suppress(FileNotFoundError):
            tried(lambda: self._fs.rm_file(f"{self._there}/{path}"))

    def _list_here(self) -> dict[str, tuple[int, int]]:
        found = {}
        for folder in FOLDERS:
            for path in sorted((self._root / folder).rglob("*")):
                if path.is_file() and not path.name.endswith(".temporary"):
                    status = path.stat()
                    found[path.relative_to(self._root).as_posix()] = (status.st_size, status.st_mtime_ns)
        return found

    def _list_there(self) -> dict[str, str]:
        """Path -> stamp, which begins with the size."""
        found: dict[str, str] = {}
        start = len(self._there.lstrip("/")) + 1
        with told(self.url):
            self._fs.invalidate_cache()
            for folder in FOLDERS:
                try:
                    listed: dict[str, Any] = tried(lambda folder=folder: self._fs.find(  # type: ignore[misc]
                        f"{self._there}/{folder}", detail=True
                    ))  # fmt: skip
                except FileNotFoundError:
                    continue
                for path, detail in listed.items():
                    if not path.endswith(("/", ".temporary")):
                        found[path.lstrip("/")[start:]] = stamp_of(detail)[0]
        return found

    def _agreed(self) -> Agreed:
        try:
            noted = json.loads(self._note.read_text())
            return {path: (size, time, stamp) for path, (size, time, stamp) in noted.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _note_agreed(self, agreed: Agreed) -> None:
        write_text(self._note, json.dumps(agreed))
