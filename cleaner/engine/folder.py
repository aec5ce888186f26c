"""The output folder: whether a run may write there, its state folder `.cleaner/`, and the lock on it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.corpus.tombstones import FILE as TOMBSTONES
from cleaner.errors import BusyError, InputError, RefusedError, StorageError
from cleaner.release.card.answers import ANSWERS

if TYPE_CHECKING:
    from cleaner.engine.mirror import Mirror

STATE = ".cleaner"


@dataclass(frozen=True, slots=True)
class State:
    """The state folder of an output folder. `work` is emptied by every run; the rest outlives it.

    `mirror` brings it in line with the work folder at a URL that it mirrors, if it does (see `engine.mirror`).
    """

    root: Path
    mirror: Mirror | None = None

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

    @property
    def url(self) -> str:
        """The URL of the work folder that it mirrors; empty if it does not."""
        return self.mirror.url if self.mirror else ""

    def sync(self) -> None:
        """Exchange part files with the work folder that it mirrors, if it does."""
        if self.mirror:
            self.mirror.sync()


def check_apart(raw: Path | str, processed: Path | str, work: Path | str | None = None) -> None:
    """Refuse to go on where a run would read its own output, or keep its state among what is read or released.

    Each is a path or a URL. Raises InputError when the path `raw` is missing (whether there is something at a URL is
    seen when it is read), RefusedError when one lies inside another. The work folder may be the state folder of
    `processed`.
    """
    if isinstance(raw, Path) and not os.path.lexists(raw):
        raise InputError(f"There is nothing at {raw}: name a folder of raw files, or a single file.")
    if _is_inside(processed, raw):
        raise RefusedError(
            f"The output folder {processed} lies inside the input {raw}, so the next run would read its own output. "
            "Choose an output folder elsewhere."
        )
    if _is_inside(raw, processed):
        raise RefusedError(
            f"The input {raw} lies inside the output folder {processed}. Move it elsewhere, or choose "
            "another output folder."
        )
    if work is None:
        return
    for name, place in (("input", raw), ("output folder", processed)):
        if (_is_inside(work, place) or _is_inside(place, work)) and not _is_inside(work, _joined(processed, STATE)):
            raise RefusedError(
                f"The work folder {work} and the {name} {place} lie one inside the other. Choose another work folder."
            )


def _is_inside(inner: Path | str, outer: Path | str) -> bool:
    """Whether a place is another, or lies in it."""
    if isinstance(inner, str) or isinstance(outer, str):
        return isinstance(inner, str) and isinstance(outer, str) and _joined(inner, "").startswith(_joined(outer, ""))
    inner, outer = inner.resolve(), outer.resolve()
    return inner == outer or outer in inner.parents


def _joined(place: Path | str, name: str) -> Any:
    return place / name if isinstance(place, Path) else f"{place.rstrip('/')}/{name}"


def check_folder(processed: Path) -> None:
    """Refuse to write among other people's files.

    Raises RefusedError when `processed` holds anything but an earlier release, the state of an earlier run, a list of
    tombstones, or answers for the card. Writes nothing.
    """
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
    with locked(state, f"the output folder {processed}"):
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


@contextmanager
def locked(state: State, name: str) -> Iterator[None]:
    """Make a state folder and hold its lock; BusyError, which calls the folder `name`, when another run holds it."""
    try:
        state.root.mkdir(parents=True, exist_ok=True)
        lock = os.open(state.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as e:
        raise StorageError(f"{name[0].upper()}{name[1:]} cannot be written: {e.strerror or e}.") from e
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            raise BusyError(f"Another run is at work in {name}. Wait until it is done, or choose another one.") from e
        yield
    finally:
        os.close(lock)
