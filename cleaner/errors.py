"""Everything that `cleaner` raises, drawn as one tree.

    CleanerError                 exit code 1
    ├── RecipeError              2   the recipe cannot be read, or a key or value is wrong
    ├── InputError               1   nothing to read: RAW is missing, empty, or holds no page
    ├── DocumentError            1   one source could not be cleaned (`.cause`, `.message`)
    ├── RefusedError             5   going on would overwrite or share something it must not
    │   └── BusyError            5   another run works in the same output folder
    ├── VerificationError        4   a release is not what its manifest says
    ├── VersionError             1   no such version
    ├── StorageError             1   the disk is full, or a folder cannot be written
    ├── TargetError              1   a place to publish to or load from cannot be reached, or turns us away
    ├── EngineError              1   a cluster cannot be reached, or its workers cannot do the work
    └── AccountingError          1   sources or lines do not add up: a defect of cleaner itself

Each exception's docstring is its meaning; each message says what happened and what to do about it.
A source that cannot be read or cleaned is not an exception during a run: it is a `records.Reject`.
"""

from __future__ import annotations


class CleanerError(Exception):
    """Something that a person can act on; the command line prints it without a traceback."""

    exit_code = 1


class RecipeError(CleanerError):
    """The recipe cannot be read, holds a key that does not exist, or a value of the wrong kind."""

    exit_code = 2


class InputError(CleanerError):
    """There is nothing to clean: the input is missing, empty, or holds no page that can be read."""


class DocumentError(CleanerError):
    """One source could not be cleaned; `cause` is the stable code that `rejects.jsonl` would hold."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message


class RefusedError(CleanerError):
    """Going on would overwrite something that the user made, or share what must not be shared."""

    exit_code = 5


class BusyError(RefusedError):
    """Another run is at work in the same output folder."""


class VerificationError(CleanerError):
    """A release's files are not what its manifest says they are."""

    exit_code = 4


class VersionError(CleanerError):
    """The dataset has no such version."""


class StorageError(CleanerError):
    """The disk is full, or a file or folder cannot be written."""


class TargetError(CleanerError):
    """A place to publish to, or to load from, cannot be reached, does not know us, or turns us away."""


class EngineError(CleanerError):
    """A cluster cannot be reached, has no workers, or its workers cannot do the work."""


class AccountingError(CleanerError):
    """Sources or lines do not add up: a defect of cleaner, reported before anything is released."""
