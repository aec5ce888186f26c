"""The pool of a cluster by itself: a bounded number of tasks under way, results in any order, and what it refuses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from engine_tools import PLUGIN, contents, inline_run, write_pages

from cleaner import pipeline
from cleaner.engine import cluster
from cleaner.engine.cluster import ClusterPool, carry_out, versions_here
from cleaner.engine.messages import Failed
from cleaner.errors import EngineError, RecipeError, StorageError


class Backwards:
    """A cluster in this very process, which does the task that was submitted last first."""

    most = 0

    def __init__(self) -> None:
        self.tasks: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    def size(self) -> int:
        return 2

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self.tasks.append((function, arguments))
        Backwards.most = max(Backwards.most, len(self.tasks))
        return self.tasks[-1]

    def wait(self, tasks: Sequence[Any], seconds: float) -> Sequence[Any]:
        return [self.tasks.pop()]

    def result(self, task: Any) -> Any:
        function, arguments = task
        return function(*arguments)

    def cancel(self, tasks: Sequence[Any]) -> None:
        self.tasks.clear()

    def close(self) -> None:
        cluster._keeper().close()


@pytest.fixture
def backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `pipeline.run` use that cluster for every engine but the local one."""

    def open_cluster(engine: str, scheduler: str, workers: int, *rest: Any) -> ClusterPool:
        return ClusterPool(Backwards(), *rest, workers)

    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    monkeypatch.setattr(pipeline, "open_cluster", open_cluster)
    monkeypatch.setattr(Backwards, "most", 0)


@pytest.mark.parametrize(("workers", "most"), [(None, 4), (1, 1)])
@pytest.mark.usefixtures("backwards")
def test_results_in_any_order_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int | None, most: int
) -> None:
    write_pages(tmp_path / "raw", **{f"page{n}": f"Page {n}." for n in range(120)})
    pipeline.run(tmp_path / "raw", tmp_path / "out", engine="dask", workers=workers)
    assert Backwards.most == most
    inline_run(monkeypatch)(tmp_path / "raw", tmp_path / "plain")
    assert contents(tmp_path / "out") == contents(tmp_path / "plain")


@pytest.mark.usefixtures("backwards")
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pages(tmp_path / "raw", **{f"page{n}": f"Page {n}." for n in range(60)})
    monkeypatch.setenv("TEST_FULL_DISK", str(tmp_path / "full"))
    (tmp_path / "full").touch()
    with pytest.raises(StorageError, match="full"):
        pipeline.run(tmp_path / "raw", tmp_path / "out", engine="dask")


def refused(versions: dict[str, str], places: list[str]) -> str:
    """What a worker answers to a driver with these versions, which sees these places."""
    [failed] = carry_out(versions, places, b"not opened", b"not opened")
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, EngineError)
    return str(failed.error)


@pytest.mark.parametrize("what", versions_here())
def test_a_worker_that_differs_refuses_the_task(what: str) -> None:
    said = refused(versions_here() | {what: "another"}, [])
    assert f"has {what} {versions_here()[what]} instead of another: its results could differ. Install the same" in said


def test_a_worker_that_does_not_see_a_folder_refuses_the_task(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert f"does not see {nowhere}" in refused(versions_here(), [str(tmp_path), nowhere])


@pytest.mark.parametrize(("engine", "package"), [("dask", "distributed"), ("ray", "ray")])
def test_a_missing_package_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, package: str
) -> None:
    write_pages(tmp_path / "raw", page="A page.")
    monkeypatch.delitem(sys.modules, f"cleaner.engine.{engine}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(RecipeError, match=rf"pip install 'cleaner-corpus\[{engine}\]'"):
        pipeline.run(tmp_path / "raw", tmp_path / "out", engine=engine)


@pytest.mark.parametrize(("engine", "address"), [("dask", "tcp://127.0.0.1:1"), ("dask", "nonsense")])
def test_a_scheduler_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, address: str
) -> None:
    adapter = pytest.importorskip(f"cleaner.engine.{engine}")
    monkeypatch.setattr(adapter, "PATIENCE", 0.5)
    write_pages(tmp_path / "raw", page="A page.")
    with pytest.raises(EngineError, match=f"answers at {address}"):
        pipeline.run(tmp_path / "raw", tmp_path / "out", engine=engine, scheduler=address)
