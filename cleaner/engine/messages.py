"""What driver and worker processes say to each other, and how it goes through a pipe."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from cleaner.engine.parts import Piece
from cleaner.read import InputFile
from cleaner.recipe import Recipe
from cleaner.records import Reject

LENGTH = struct.Struct(">Q")
"""A message is sent as its length in bytes and its pickle."""

Name = tuple[str, int]
"""A source as the engine calls it: its file's path and its position in it."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The first thing a worker is sent: what all its tasks have in common, and who its parent is.

    `folder` is the folder of parts; `url` that of the work folder around it, where that is at a URL.
    """

    recipe: Recipe
    key: str
    folder: Path
    parent: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """Told when the worker can take an order: at first, and after each task."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Told when a task cannot be done through no fault of its files: `error` is why, `trace` where."""

    error: BaseException
    trace: str


@dataclass(slots=True)
class Order:
    """A task, and what earlier attempts at it taught.

    Attributes:
        files: The files to read, each with the pieces that earlier runs (or attempts) made of it.
        alone: Sources to be cleaned one at a time, since their batch failed.
        condemned: Sources that failed alone: they become this reject, and are not touched again.
        stops: Files whose reading failed: position and reject that end the file.
        careful: Whether every single record is told before it is read, since reading failed.
        share, shares: A large file is ordered several times, so that all workers are busy with it: each of them reads
            it whole, which costs little, and cleans its share of the pieces, those whose number is `share` modulo
            `shares`.
    """

    files: list[tuple[InputFile, list[Piece]]]
    alone: set[Name] = field(default_factory=set)
    condemned: dict[Name, Reject] = field(default_factory=dict)
    stops: dict[str, tuple[int, Reject]] = field(default_factory=dict)
    careful: bool = False
    share: int = 0
    shares: int = 1


@dataclass(slots=True)
class Revision:
    """An order to make the part `name` from another one, without the lines in `gone` (columns `page`, `line`,
    `evidence`), and to sign it; where `name` is `part`, only that."""

    part: str
    name: str
    gone: pa.Table


@dataclass(frozen=True, slots=True)
class Revised:
    """Told when a part is revised and signed."""

    name: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Told before a record is read."""

    path: str
    record: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Told before sources are cleaned together, with what has been cleaned and not committed yet.

    `names` has for each source its file and position, and the path and record number by which a person finds it.
    """

    names: list[tuple[Name, str, int | None]]
    documents: int
    rejects: int


@dataclass(frozen=True, slots=True)
class Writing:
    """Told before a part is put together and written."""


@dataclass(frozen=True, slots=True)
class Committed:
    """Told when a part is on disk. `cleaned` counts its sources without the rows reused."""

    pieces: list[Piece]
    cleaned: int


@dataclass(frozen=True, slots=True)
class FileDone:
    """Told when a share of a file is committed, in `parts`.

    `sources` and `skipped` count the whole file, whatever the share. Where `passing`, the next run looks at it again.
    """

    path: str
    size: int
    sources: int
    skipped: dict[str, int]
    parts: list[str]
    passing: bool
    shares: int


Message = Reading | Batch | Writing | Committed | FileDone | Revised


def frame(message: Any) -> bytes:
    """A message as it goes through a pipe: its length and its pickle."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def unframe(buffer: bytearray) -> list[Any]:
    """Take the whole messages out of the front of `buffer`."""
    messages = []
    while len(buffer) >= LENGTH.size:
        (length,) = LENGTH.unpack_from(buffer)
        end = LENGTH.size + length
        if len(buffer) < end:
            break
        messages.append(pickle.loads(bytes(buffer[LENGTH.size : end])))
        del buffer[:end]
    return messages
