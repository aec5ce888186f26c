"""What the engine's tests share: raw folders, the bytes of a release, a pool that is a plain loop."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner import cleaning, pipeline
from cleaner.engine.messages import Committed, FileDone, Order, Revision, Setup
from cleaner.engine.revise import revise_part
from cleaner.engine.task import run_task
from cleaner.report.summary import RunReport

PLUGIN = Path(__file__).parent / "plugin"
"""Goes on the path of worker processes, and of this one: see plugin/sitecustomize.py."""
if str(PLUGIN) not in sys.path:
    sys.path.append(str(PLUGIN))

Run = Callable[..., RunReport]

LONG_AGO = 1_600_000_000


def write_pages(raw: Path, **texts: str) -> None:
    """Text files named by keyword, "_" for "/", written long ago."""
    for name, text in texts.items():
        path = raw / (name.replace("_", "/") + ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (LONG_AGO, LONG_AGO))


def write_records(path: Path, records: list[dict[str, Any]]) -> None:
    """A JSON Lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a release by name, the state folder excepted."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and ".cleaner" not in p.parts)
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


class InlinePool:
    """The plain loop: orders are done in this very process. Stands in for `Pool` where a test is not about it."""

    def __init__(self, workers: int, setup: Setup, *_: object) -> None:
        self.size = workers
        self.setup = setup

    def __enter__(self) -> InlinePool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, orders: Iterator[Order | Revision]) -> Iterator[Committed | FileDone]:
        setup = self.setup
        for order in orders:
            told: list[Any] = []
            if isinstance(order, Revision):
                revise_part(order, setup.recipe, setup.folder)
            else:
                run_task(order, setup.recipe, setup.key, setup.folder, told.append)
            yield from (message for message in told if isinstance(message, Committed | FileDone))


def inline_run(patch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` as a plain loop with the quick cleaning, as long as the patch lasts."""
    import fake_cleaning

    patch.setattr(pipeline, "Pool", InlinePool)
    patch.setattr(cleaning, "clean_batch", fake_cleaning.clean_batch)
    return pipeline.run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` as a plain loop, with the quick cleaning."""
    return inline_run(monkeypatch)


@pytest.fixture
def pooled_run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pipeline.run` with its real worker processes, and the quick cleaning in them."""
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    return pipeline.run
