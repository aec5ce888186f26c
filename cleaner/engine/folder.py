"""The output folder: whether a run may write there, its state folder `.cleaner/`, and the lock on it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cleaner.corpus.tombstones import FILE as TOMBSTONES
from cleaner.errors import BusyError, InputError, RefusedError, StorageError
from cleaner.release.card.answers import ANSWERS

STATE = ".cleaner"


@dataclass(frozen=True, slots=True)
class State:
    """The state folder of an output folder. `work` is emptied by every run; the rest outlives it."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The SQLite file that says what is done."""
        return self.root / "ledger.sqlite"

    @property
    def parts(self) -> Path:
        """The folder of part files."""
        return self.root / "parts"

    @property
    def work(self) -> Path:
        """Scratch space of one run."""
        return self.root / "work"


def check_folders(raw: Path | str, processed: Path) -> None:
    """Refuse to go on where a run would read its own output or write among other people's files.

    Raises InputError when `raw` is missing, RefusedError when the two lie inside each other or `processed` holds
    anything but an earlier release, the state of an earlier run, a list of tombstones, or answers for the card.
    Writes nothing. Whether there is something at a URL is seen when it is read.
    """
    if isinstance(raw, Path):
        _check_apart(raw, processed)
    _check_ours(processed)


def _check_apart(raw: Path, processed: Path) -> None:
    if not os.path.lexists(raw):
        raise InputError(f"There is nothing at {raw}: name a folder of raw files, or a single file.")
    inner, outer = processed.resolve(), raw.resolve()
    if inner == outer or outer in inner.parents:
        raise RefusedError(
            f"The output folder {processed} lies inside the input {raw}, so the next run would read its own output. "
            "Choose an output folder elsewhere."
        )
    if inner in outer.parents:
        raise RefusedError(
            f"The input {raw} lies inside the output folder {processed}. Move it elsewhere, or choose "
            "another output folder."
        )


def _check_ours(processed: Path) -> None:
    if not os.path.lexists(processed):
        return
    if not processed.is_dir():
        raise RefusedError(f"{processed} is a file. Name a folder for the dataset; it is made when it is not there.")
    try:
        names = sorted(os.listdir(processed))
    except OSError as e:
        raise StorageError(f"The output folder {processed} cannot be read: {e.strerror or e}.") from e
    released = (processed / "README.md").is_file() and any((processed / "versions").glob("*.json"))
    if released or (processed / STATE / "lock").is_file():
        return
    foreign = [name for name in names if name not in (".gitignore", TOMBSTONES, ANSWERS)]
    if foreign:
        shown = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        raise RefusedError(
            f"The output folder {processed} already holds something that is no release of ours: {shown}. "
            "Nothing was written. Choose an empty folder, or one that does not exist yet."
        )


@contextmanager
def claim_folder(processed: Path) -> Iterator[State]:
    """Make the state folder and hold its lock; BusyError when another run holds it.

    The lock is freed by the operating system, too, when the process dies. When the body raises InputError before
    it wrote anything else, what was made here is taken away again.
    """
    state = State(processed / STATE)
    made = [folder for folder in (processed, *processed.parents) if not folder.exists()]
    fresh = not state.root.exists()
    try:
        state.root.mkdir(parents=True, exist_ok=True)
        lock = os.open(state.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as e:
        raise StorageError(f"The output folder {processed} cannot be written: {e.strerror or e}.") from e
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            raise BusyError(
                f"Another run is at work in {processed}. Wait until it is done, or choose another output folder."
            ) from e
        shutil.rmtree(state.work, ignore_errors=True)
        state.parts.mkdir(exist_ok=True)
        state.work.mkdir()
        try:
            yield state
        except InputError:
            if fresh and {STATE, ".gitignore", TOMBSTONES}.issuperset(os.listdir(processed)):
                shutil.rmtree(state.root, ignore_errors=True)
                for folder in made:
                    folder.rmdir()
            raise
        finally:
            shutil.rmtree(state.work, ignore_errors=True)
    finally:
        os.close(lock)
