"""Files of a release are there in whole or not at all: written beside their place, synced, and renamed into it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.errors import StorageError

TEMPORARY = ".temporary"
"""What the name of a file that is still being written ends in; such files are swept by the next run."""

_BLOCK = 1 << 20


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """Hand out a temporary path to write to; on leaving, sync it and rename it to `path`.

    The folder is made where needed. StorageError when the disk is full or does not let us write.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        sync(temporary)
        os.replace(temporary, path)
        sync(path.parent)
    except OSError as e:
        raise StorageError(
            f"{path} cannot be written: {e.strerror or e}. What was released before is whole; make room or give leave "
            "to write there, and run again: it goes on where it was."
        ) from e


def sync(path: Path) -> None:
    """Make a file's content, or a folder's renames, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, unless it holds that text already."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, unless it holds these bytes already."""
    if path.is_file() and path.read_bytes() == data:
        return
    with placed(path) as temporary:
        temporary.write_bytes(data)


def sha256_of(path: Path) -> str:
    """64 hex digits of the SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
