"""Publishing to one zip file, for whoever wants the dataset as a single file.

An archive cannot be changed in place without being broken for a while. So it is written anew beside its place and put
there in one go: until then the old one stands. The same dataset gives the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cleaner.errors import TargetError
from cleaner.publish.target import Dataset, Sent, Step
from cleaner.release.files import placed
from cleaner.release.inventory import Published

_BLOCK = 1 << 20
_LARGE = 1 << 30
"""A member of more bytes is announced as one that may exceed 4 GB."""


class Archive:
    """A zip file with the dataset's files at its top, stored as they are: shards are compressed already."""

    keeps_history = False

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    def listing(self) -> Mapping[str, int]:
        """Members of the archive."""
        if not self._path.exists():
            return {}
        with self._opened() as archive:
            return {member.filename: member.file_size for member in archive.infolist() if not member.is_dir()}

    def holds(self, file: Published, local: Path) -> bool:
        """By the SHA-256 of the member."""
        digest = hashlib.sha256()
        with self._opened() as archive, archive.open(file.path) as member:
            try:
                while block := member.read(_BLOCK):
                    digest.update(block)
            except (zipfile.BadZipFile, zlib.error):  # this member alone is damaged
                return False
        return digest.hexdigest() == file.sha256

    def read(self, path: str) -> bytes:
        """Bytes of a member."""
        with self._opened() as archive:
            return archive.read(path)

    def put(self, dataset: Dataset, shards: Sequence[Published], sent: Sent) -> None:
        """Nothing: shards go with the rest."""

    def commit(self, dataset: Dataset, files: Sequence[Published], gone: Sequence[str], sent: Sent) -> None:
        """Write the whole archive anew, and put it in the place of the old one."""
        with placed(self._path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for file in dataset.files:
                member = zipfile.ZipInfo(file.path)  # dated 1980, as zip has it for no date
                member.external_attr = 0o644 << 16
                with (
                    open(dataset.local(file), "rb") as local,
                    archive.open(member, "w", force_zip64=file.bytes > _LARGE) as there,
                ):
                    shutil.copyfileobj(local, there, _BLOCK)
                sent(file)

    def steps(self, dataset: Dataset) -> list[Step]:
        """Nothing is left to do."""
        return []

    def notes(self) -> list[str]:
        """Nothing to say."""
        return []

    @contextlib.contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self._path) as archive:
                yield archive
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as e:
            raise TargetError(
                f"{self.name} is there, but cannot be read as a zip archive ({e}). Choose another name, or delete it."
            ) from e
