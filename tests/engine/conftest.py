"""Runs whose cleaning is quick and can misbehave."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from engine_tools import PLUGIN

sys.path.insert(0, str(PLUGIN))

import fake_cleaning  # noqa: E402

from cleaner import cleaning, pipeline  # noqa: E402
from cleaner.engine import stage  # noqa: E402
from cleaner.engine.messages import Committed, FileDone, Order, Setup  # noqa: E402
from cleaner.engine.plan import Task  # noqa: E402
from cleaner.engine.task import run_task  # noqa: E402
from cleaner.report.summary import RunReport  # noqa: E402


class InlinePool:
    """The plain loop: tasks are done in this very process. Stands in for `Pool` where a test is not about it."""

    def __init__(self, workers: int, setup: Setup, *_: object) -> None:
        self.setup = setup

    def __enter__(self) -> InlinePool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, tasks: Iterator[Task]) -> Iterator[Committed | FileDone]:
        for task in tasks:
            told: list[Any] = []
            run_task(Order(task.files), self.setup.recipe, self.setup.key, self.setup.folder, told.append)
            yield from (message for message in told if isinstance(message, Committed | FileDone))


Run = Callable[..., RunReport]


@pytest.fixture()
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` as a plain loop, with the quick cleaning."""
    monkeypatch.setattr(stage, "Pool", InlinePool)
    monkeypatch.setattr(cleaning, "clean_batch", fake_cleaning.clean_batch)
    return pipeline.run


@pytest.fixture()
def pooled_run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` with its real worker processes, and the quick cleaning in them."""
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    return pipeline.run
