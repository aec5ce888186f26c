"""Publishing to a folder of this machine, or one that is mounted here."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cleaner.errors import TargetError
from cleaner.publish.target import Dataset, Sent, Step
from cleaner.release.files import placed, sha256_of
from cleaner.release.inventory import Published


class Folder:
    """A folder. Every file is there whole or not at all: written beside its place, and renamed into it."""

    keeps_history = False

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    def listing(self) -> Mapping[str, int]:
        """Files of the folder; hidden ones are not looked at."""
        if self._path.exists() and not self._path.is_dir():
            raise TargetError(f"{self.name} is a file. Name a folder; it is made when it is not there.")
        with self._told("read"):
            found = {}
            for folder, folders, names in os.walk(self._path, onerror=_raise):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in names:
                    path = Path(folder, name)
                    relative = path.relative_to(self._path).as_posix()
                    if not relative.startswith("."):
                        found[relative] = path.stat().st_size
            return found

    def holds(self, file: Published, local: Path) -> bool:
        """By the SHA-256 of the copy."""
        with self._told("read"):
            return sha256_of(self._path / file.path) == file.sha256

    def read(self, path: str) -> bytes:
        """Bytes of the file."""
        with self._told("read"):
            return (self._path / path).read_bytes()

    def put(self, dataset: Dataset, shards: Sequence[Published], sent: Sent) -> None:
        """Copy them one after the other."""
        for file in shards:
            with self._told("written"):
                local = dataset.local(file)
                with placed(self._path / file.path) as temporary:
                    shutil.copyfile(local, temporary)
            sent(file)

    def commit(self, dataset: Dataset, files: Sequence[Published], gone: Sequence[str], sent: Sent) -> None:
        """Copy in the order given, which ends with the card, then delete."""
        self.put(dataset, files, sent)
        with self._told("written"):
            for path in gone:
                (self._path / path).unlink(missing_ok=True)

    def steps(self, dataset: Dataset) -> list[Step]:
        """Nothing is left to do."""
        return []

    def notes(self) -> list[str]:
        """Nothing to say."""
        return []

    @contextlib.contextmanager
    def _told(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as e:
            raise TargetError(
                f"{e.filename or self.name} cannot be {done}: {e.strerror or e}. Mend that and run the same command "
                "again: it goes on where it was."
            ) from e


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
