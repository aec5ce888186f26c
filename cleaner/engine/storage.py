"""Telling a disk that does not take any more from everything else that can go wrong."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.errors import StorageError


def is_disk_full(error: BaseException) -> bool:
    """Whether the error says that there is no space left, whichever library says it."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return isinstance(error, sqlite3.Error) and "full" in str(error)


@contextmanager
def storage_errors(processed: Path) -> Iterator[None]:
    """Raise StorageError, with what to do, where the body meets a full disk or a folder that cannot be written."""
    try:
        yield
    except (OSError, sqlite3.Error) as e:
        raise storage_error(processed, e) from e


def storage_error(processed: Path, error: BaseException) -> StorageError:
    """The StorageError for what writing into the output folder raised."""
    if is_disk_full(error):
        what = f"The disk that holds {processed} is full. Make room, then run the same command again"
    else:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        what = f"The output folder {processed} cannot be written ({reason}). Mend that, then run the same command again"
    return StorageError(f"{what}: it goes on where it stopped.")
