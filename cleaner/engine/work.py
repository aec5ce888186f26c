"""Where a run keeps its state: in the output folder, or in a work folder of its own, here or at a URL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.engine.folder import State, locked
from cleaner.engine.mirror import FOLDERS, LEDGER, Mirror
from cleaner.errors import RefusedError, StorageError
from cleaner.release.files import write_text
from cleaner.remote.cache import cache_of
from cleaner.remote.places import place_of

NOTE = "work_folder"
"""File in the state folder of the output folder: where the rest of the state lies, when it lies elsewhere."""


@contextmanager
def claim_work(home: State, work: Path | str | None) -> Iterator[State]:
    """The state in the folder or at the URL `work`, None for `home`: the state folder of the output folder.

    For whoever holds the lock on `home`, in which is noted where the state lies. A URL is mirrored in a folder of this
    machine. RefusedError when the folder holds something else; BusyError when another run is at work in it.
    """
    note = home.root / NOTE
    if work is None or (isinstance(work, Path) and work.resolve() == home.root.resolve()):
        note.unlink(missing_ok=True)
        yield home
        return
    where = Path(work).absolute() if isinstance(work, Path) else work
    root = where if isinstance(where, Path) else cache_of(where)
    mirror = None if isinstance(where, Path) else Mirror(where, root)
    if mirror:
        mirror.check_ours()
    else:
        _check_ours(root)
    state = State(root, mirror)
    with locked(state, f"the work folder {work}"):
        write_text(note, f"{where}\n")
        shutil.rmtree(state.work, ignore_errors=True)
        state.parts.mkdir(exist_ok=True)
        state.work.mkdir()
        try:
            if mirror:
                mirror.get_ledger()
            state.sync()
            yield state
            state.sync()
            if mirror:
                mirror.put_ledger()
        finally:
            shutil.rmtree(state.work, ignore_errors=True)
    _remove_parts(home)


def noted_work(home: State) -> Path | str | None:
    """Where the state lies by what the last run noted; None where it is in the output folder."""
    try:
        return place_of((home.root / NOTE).read_text().strip())
    except FileNotFoundError:
        return None


def _check_ours(root: Path) -> None:
    """RefusedError when a folder holds anything but the state of a run."""
    try:
        names = sorted(os.listdir(root))
    except FileNotFoundError:
        return
    except OSError as e:
        raise StorageError(f"The work folder {root} cannot be used: {e.strerror or e}.") from e
    if names and "lock" not in names:
        raise RefusedError(
            f"The work folder {root} holds something else: {', '.join(names[:3])}. Nothing was written. Choose an "
            "empty folder, or one that does not exist yet."
        )


def _remove_parts(home: State) -> None:
    """Delete what a run without a work folder has left in the output folder: texts that nobody would look after."""
    for folder in FOLDERS:
        shutil.rmtree(home.root / folder, ignore_errors=True)
    for suffix in ("", "-wal", "-shm"):
        (home.root / (LEDGER + suffix)).unlink(missing_ok=True)
