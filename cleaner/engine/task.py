"""What a worker does with one task: read its files, clean what is new, commit parts. Same input, same rows.

Everything it is about to do goes through `tell`, so that whoever watches knows at every moment what the worker is at:
when it dies or hangs, the last thing told names the culprit. The watcher then orders the rest of the task again, with
what it has learnt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleaner import cleaning
from cleaner.batches import BATCH_BYTES, cut_batches
from cleaner.engine.assemble import EarlierRows, Item, Rows, assemble, fingerprint, make_item
from cleaner.engine.messages import Batch, Committed, FileDone, Message, Order, Reading, Writing
from cleaner.engine.parts import Piece, part_name, write_part
from cleaner.engine.storage import is_disk_full
from cleaner.errors import StorageError, TargetError
from cleaner.read import InputFile, read_file
from cleaner.read.remote import Fetch, fetching
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

_PART_SOURCES, _PART_BYTES = 1000, 32 * 2**20
_CUT_BELOW = "008"  # one key in 512 is less
_BROKE_OFF = "The file could not be read on from here. "
_PASSING = {"unreadable", "vanished"}  # causes that can mend without a trace in the file's size and time


@dataclass(slots=True)
class _File:
    """A file on its way, and where its rows went."""

    file: InputFile
    earlier: list[Piece]
    sources: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    parts: list[str] = field(default_factory=list)
    passing: bool = False
    rows: EarlierRows | None = None
    """Of `earlier`, once they are asked for."""


def run_task(order: Order, recipe: Recipe, key: str, folder: Path, tell: Callable[[Message], None]) -> None:
    """Do a task: each of its files is told as FileDone once (its share of) its sources lie in parts in `folder`.

    Nothing that a file can hold raises; OSError when the disk does not take a part, TargetError when the place of
    remote files cannot be reached.
    """
    part = _Part(order, recipe, key, folder, tell)
    with fetching([file for file, _ in order.files], folder.parent / "work") as fetch:
        for input_file, earlier in order.files:
            file = _File(input_file, earlier)
            for number, piece in enumerate(_cut(_read(file, fetch, order, recipe, tell))):
                file.sources += len(piece)
                if number % order.shares != order.share:
                    continue
                print_of = fingerprint(piece)
                same = [p.part for p in earlier if p.first == piece[0].record and p.fingerprint == print_of]
                if same:
                    file.parts.append(same[0])
                else:
                    part.add(file, piece)
            part.done.append(file)
        part.commit()


def _read(file: _File, fetch: Fetch, order: Order, recipe: Recipe, tell: Callable[[Message], None]) -> Iterator[Item]:
    """All that a file holds, in order; where its reading fails, a reject ends it."""
    path, record = file.file.path, 0
    stop, last = order.stops.get(path, (-1, None))
    here = fetch(file.file, lambda: tell(Reading(path, 0)))
    reader = iter([here]) if isinstance(here, Reject) else read_file(here, recipe)
    while True:
        if last and record == stop:
            yield make_item(path, record, last)
            return
        tell(Reading(path, record))
        try:
            found = next(reader)
        except StopIteration:
            return
        except BaseException as e:
            yield make_item(path, record, _failure(e, path, record or None, _BROKE_OFF))
            return
        if isinstance(found, Skipped):
            file.skipped[found.what] += found.count
            continue
        if isinstance(found, Reject) and found.cause in _PASSING:
            file.passing = True
        yield make_item(path, record, found)
        record += 1


def _cut(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Cut a file's items into pieces. Where, depends on the items' keys, too: so soon after a changed record the cuts
    fall again where they fell before, and the pieces there are recognised."""
    piece: list[Item] = []
    size = 0
    for item in items:
        piece.append(item)
        size += item.size
        if len(piece) >= _PART_SOURCES or size >= _PART_BYTES or item.key < _CUT_BELOW:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


class _Part:
    """A part in the making: pieces of distinct files, gathered until they are worth a part."""

    def __init__(self, order: Order, recipe: Recipe, key: str, folder: Path, tell: Callable[[Message], None]) -> None:
        self._order = order
        self._recipe = recipe
        self._key = key
        self._folder = folder
        self._tell = tell
        self._pieces: list[tuple[_File, list[Item]]] = []
        self._sources = self._bytes = 0
        self.done: list[_File] = []
        """Files read to their end, which may have a piece here."""

    def add(self, file: _File, piece: list[Item]) -> None:
        """Take a piece in, committing what there is when it is full or has a piece of the same file."""
        if any(other is file for other, _ in self._pieces):
            self.commit()
        self._pieces.append((file, piece))
        self._sources += len(piece)
        self._bytes += sum(item.size for item in piece)
        if self._sources >= _PART_SOURCES or self._bytes >= _PART_BYTES:
            self.commit()

    def commit(self) -> None:
        """Clean what is new, write the part, and tell which files are done."""
        if self._pieces:
            self._write(*self._clean())
        self._pieces, self._sources, self._bytes = [], 0, 0
        for file in self.done:
            path, size, shares = file.file.path, file.file.size, self._order.shares
            self._tell(FileDone(path, size, file.sources, dict(file.skipped), file.parts, file.passing, shares))
        self.done = []

    def _clean(self) -> tuple[list[Item], Rows, int]:
        """The part's items, a row for each of them, and how many rows were there already."""
        items = [item for _, piece in self._pieces for item in piece]
        rows = Rows()
        ready: set[int] = set()
        for file, _ in self._pieces:
            if any(piece.sources > 1 for piece in file.earlier):
                file.rows = file.rows or EarlierRows(self._folder, file.file.path, file.earlier)
                ready |= file.rows.take(items, rows)
        reused = len(ready)
        for number, item in enumerate(items):
            reject = item.found if isinstance(item.found, Reject) else self._order.condemned.get(item.name)
            if reject and number not in ready:
                rows.rejects[number] = reject

        def size(number: int) -> int:  # what shall be alone is as large as a batch
            return BATCH_BYTES + 1 if items[number].name in self._order.alone else items[number].size

        new = (n for n in range(len(items)) if n not in ready and n not in rows.rejects)
        for batch in cut_batches(new, size):
            self._clean_batch(items, batch, rows)
        return items, rows, reused

    def _clean_batch(self, items: Sequence[Item], batch: list[int], rows: Rows) -> None:
        """Clean a batch; when that raises, clean its halves, until one exception costs one source."""
        sources = [s for n in batch if isinstance(s := items[n].found, Source)]
        names = [(items[n].name, s.path, s.record) for n, s in zip(batch, sources, strict=True)]
        self._tell(Batch(names, sum(t.num_rows for t in rows.documents), len(rows.rejects)))
        try:
            rows.add_cleaned(batch, cleaning.clean_batch(sources, self._recipe))
        except BaseException as e:
            reject = _failure(e, sources[0].path, sources[0].record, "")
            if len(batch) == 1:
                rows.rejects[batch[0]] = reject
            else:
                middle = len(batch) // 2
                self._clean_batch(items, batch[:middle], rows)
                self._clean_batch(items, batch[middle:], rows)

    def _write(self, items: list[Item], rows: Rows, reused: int) -> None:
        """Write the part."""
        self._tell(Writing())
        documents, lines, counts = assemble(items, rows)
        prints = [fingerprint(piece) for _, piece in self._pieces]
        part = part_name(self._key, zip((file.file.path for file, _ in self._pieces), prints, strict=True))
        pieces = []
        start = 0
        for (file, piece), print_of in zip(self._pieces, prints, strict=True):
            of_piece = counts[start : start + len(piece)]
            rejects, lines_of = (sum(column) for column in zip(*of_piece, strict=True))
            path, first = file.file.path, piece[0].record
            pieces.append(Piece(part, path, self._key, first, len(piece), rejects, lines_of, print_of))
            file.parts.append(part)
            start += len(piece)
        write_part(self._folder, pieces, documents, lines)
        self._tell(Committed(pieces, len(items) - reused))


def _failure(error: BaseException, path: str, record: int | None, prefix: str) -> Reject:
    """The reject for what cleaning or reading raised; errors that are no fault of the source are raised again."""
    ending = (KeyboardInterrupt, SystemExit, GeneratorExit, StorageError, TargetError)
    if isinstance(error, ending) or is_disk_full(error):
        raise error
    if isinstance(error, MemoryError):
        return Reject(path, "out_of_memory", f"{prefix}It needed more memory than there was.", record)
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    text = " ".join(re.sub(r" at 0x[0-9a-fA-F]{1,16}", "", text[:2000]).split())[:300]
    return Reject(path, "failed", f"{prefix}{type(error).__name__}: {text}", record)
