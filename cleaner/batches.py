"""How much is cleaned at once: a larger batch takes more memory, and less time a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from cleaner.records import Source

BATCH_SOURCES, BATCH_BYTES = 256, 8 * 2**20

T = TypeVar("T")


def cut_batches(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Items in batches, in order: at most BATCH_SOURCES, and of several at most BATCH_BYTES.

    Args:
        items: What is cut. A batch that is full is given before another item is taken.
        size: The bytes of an item; one of more than BATCH_BYTES is a batch by itself.
    """
    batch: list[T] = []
    held = 0
    for item in items:
        more = size(item)
        if batch and held + more > BATCH_BYTES:
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += more
        if len(batch) >= BATCH_SOURCES or held >= BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def size_of(read: object) -> int:
    """About the bytes of a source; of what is none, 0."""
    return len(read.data) if isinstance(read, Source) else 0
