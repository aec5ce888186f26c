"""What is cleaned at once has bounds, and nothing is left out, said twice or kept waiting."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import batches
from cleaner.batches import cut_batches


@pytest.fixture(autouse=True, scope="module")
def small_batches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH_SOURCES", 4)
        patch.setattr(batches, "BATCH_BYTES", 10)
        yield


@given(st.lists(st.integers(0, 14)))
def test_batches_hold_all_items_in_order_within_bounds(sizes: list[int]) -> None:
    cut = list(cut_batches(sizes, lambda size: size))
    assert [size for batch in cut for size in batch] == sizes
    for batch in cut:
        assert 0 < len(batch) <= 4
        assert sum(batch) <= 10 or len(batch) == 1
    for batch, after in pairwise(cut):  # none is cut short without need
        assert len(batch) == 4 or sum(batch) + after[0] > 10 or sum(batch) >= 10


@pytest.mark.parametrize(("sizes", "taken"), [([1, 1, 1, 1, 1], 4), ([4, 6, 1], 2), ([20, 1], 1), ([9, 2, 1], 2)])
def test_a_full_batch_does_not_wait_for_what_comes_next(sizes: list[int], taken: int) -> None:
    asked: list[int] = []
    next(cut_batches((asked.append(size) or size for size in sizes), lambda size: size))
    assert len(asked) == taken
