"""Items that threads make ahead of who uses them."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.corpus.database import ahead, in_threads


@given(st.lists(st.integers()), st.integers(1, 4))
def test_they_come_as_they_are_and_in_their_order(items: list[int], most: int) -> None:
    assert list(ahead(items, pytest.fail, most)) == items


def test_what_making_them_raises_is_raised_where_they_are_used() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise duckdb.OutOfMemoryException("no more")

    found = ahead(items(), pytest.fail)
    assert next(found) == 1
    with pytest.raises(duckdb.OutOfMemoryException, match="no more"):
        next(found)


def test_whoever_stops_early_ends_what_is_being_made() -> None:
    stopped = Event()

    def items() -> Iterator[int]:
        yield 1
        assert stopped.wait(60)  # a query that goes on until it is interrupted
        raise duckdb.InterruptException("interrupted")

    found = ahead(items(), stopped.set)
    assert next(found) == 1
    found.close()  # type: ignore[attr-defined]
    assert stopped.is_set()


@given(st.lists(st.integers()))
def test_what_threads_make_comes_in_the_order_of_what_it_is_made_of(items: list[int]) -> None:
    assert list(in_threads(lambda item: item * 2, iter(items))) == [item * 2 for item in items]


def test_what_is_raised_in_a_thread_ends_the_work_and_is_raised_where_it_is_used() -> None:
    begun = []

    def make(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise duckdb.OutOfMemoryException("no more")
        return item

    found = in_threads(make, iter(range(1_000)))
    with pytest.raises(duckdb.OutOfMemoryException, match="no more"):
        list(found)
    assert len(begun) < 1_000
