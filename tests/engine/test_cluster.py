"""On a cluster of Dask or Ray, the bytes are those of the plain loop, whatever dies on the way."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from engine_tools import PLUGIN, contents, inline_run, write_pages
from test_faults import IMPATIENT, rejects
from test_kill import finish, kill_at, start, write_raw
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app
from cleaner.engine import plan
from cleaner.report.summary import Progress

ROOT = Path(__file__).parents[2]


@dataclass
class Cluster:
    """A cluster of the test's own; `traces` is a folder where workers tell that they were at work."""

    engine: str
    scheduler: str
    traces: Path

    def clear(self) -> None:
        """Forget what workers told."""
        for trace in self.traces.iterdir():
            trace.unlink()

    def workers(self) -> set[int]:
        """Processes that did work since."""
        return {int(trace.name.partition("-")[2]) for trace in self.traces.glob("worker-*")}


def documented(program: str) -> list[str]:
    """The commands of docs/cluster.md that start with this."""
    return [line for line in (ROOT / "docs" / "cluster.md").read_text("utf-8").splitlines() if line.startswith(program)]


def start_dask(held: ExitStack, folder: Path) -> str:
    """A scheduler and two workers in folders of their own, as documented; gives the scheduler's address."""
    distributed = pytest.importorskip("distributed")

    def begin(command: str, home: Path) -> None:
        home.mkdir()
        whole = [sys.executable, "-m", *shlex.split(command), "--no-dashboard"]
        with open(home / "log", "w") as log:
            process = subprocess.Popen(whole, cwd=home, stderr=log)
        held.callback(process.wait)
        held.callback(process.terminate)

    [scheduler], [worker] = documented("dask scheduler"), documented("dask worker")
    file = folder / "scheduler.json"
    begin(f"{scheduler} --host 127.0.0.1 --port 0 --scheduler-file {file}", folder / "scheduler")
    with distributed.Client(scheduler_file=file, timeout=60) as client:
        address = str(client.scheduler.address)
        for name in ("one", "two"):
            begin(worker.replace("tcp://10.0.0.1:8786", address).replace("auto", "1"), folder / name)
        client.wait_for_workers(2, timeout=60)
    return address


def start_ray(held: ExitStack, folder: Path) -> str:
    """A head and two more nodes, of one processor each; gives the head's address."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster as Nodes

    nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    held.callback(nodes.shutdown)
    for _ in range(2):
        nodes.add_node(num_cpus=1)
    return str(nodes.address)


@pytest.fixture(scope="module", params=[start_dask, start_ray], ids=["dask", "ray"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "traces").mkdir()
    with ExitStack() as held, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(Path(pipeline.__file__).parents[1]), str(PLUGIN)]))
        patch.setenv("TEST_TRACES", str(folder / "traces"))
        patch.setattr(plan, "LARGE", 100_000)  # as the driver in test_kill has it
        address = request.param(held, folder)
        yield Cluster(request.param.__name__.removeprefix("start_"), address, folder / "traces")


def write_all(raw: Path) -> None:
    """What test_kill cleans, and a page over which a worker lingers until it may go on."""
    write_raw(raw)
    write_pages(raw, linger="!linger\nA page.")


@pytest.fixture(scope="module")
def plain() -> dict[str, bytes]:
    """The bytes that the plain loop makes."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.delenv("TEST_TRACES", raising=False)
        write_all(Path(folder, "raw"))
        inline_run(patch)(Path(folder, "raw"), Path(folder, "out"))
        return contents(Path(folder, "out"))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_bytes_are_those_of_the_plain_loop(
    cluster: Cluster, plain: dict[str, bytes], tmp_path: Path, workers: int
) -> None:
    cluster.clear()
    (cluster.traces / "go").touch()
    write_all(tmp_path / "raw")
    seen: list[Progress] = []
    pipeline.run(
        tmp_path / "raw", tmp_path / "out", engine=cluster.engine, scheduler=cluster.scheduler, workers=workers,
        on_progress=seen.append,
    )  # fmt: skip
    assert contents(tmp_path / "out") == plain
    assert len(cluster.workers()) >= min(workers, 2)
    assert seen[0].stage == "connecting"


def test_a_worker_that_is_killed_in_the_midst_of_a_task_costs_nothing(
    cluster: Cluster, plain: dict[str, bytes], tmp_path: Path
) -> None:
    cluster.clear()
    write_all(tmp_path / "raw")
    killed: set[int] = set()

    def kill_the_lingering(_: Progress) -> None:
        lingering = cluster.traces / "lingering"
        if not killed and lingering.exists() and (process := lingering.read_text()):
            os.kill(int(process), signal.SIGKILL)
            killed.add(int(process))
            (cluster.traces / "go").touch()

    pipeline.run(
        tmp_path / "raw", tmp_path / "out", engine=cluster.engine, scheduler=cluster.scheduler,
        on_progress=kill_the_lingering,
    )  # fmt: skip
    assert killed < cluster.workers()
    assert contents(tmp_path / "out") == plain


def test_a_page_that_crashes_and_one_that_hangs_are_one_reject_each(cluster: Cluster, tmp_path: Path) -> None:
    pages = {f"good{n}": f"Page {n}." for n in range(40)}
    write_pages(tmp_path / "raw", **pages, crash="!crash\nMore.", hang="!hang\nMore.")
    report = pipeline.run(
        tmp_path / "raw", tmp_path / "out", recipe=IMPATIENT, engine=cluster.engine, scheduler=cluster.scheduler
    )
    assert rejects(tmp_path / "out") == {"crash.txt": "crashed", "hang.txt": "timed_out"}
    assert (report.documents, report.rejects, report.exit_code) == (40, 2, 3)


def test_a_driver_that_is_killed_in_any_stage_goes_on(
    cluster: Cluster, plain: dict[str, bytes], tmp_path: Path
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    (cluster.traces / "go").touch()
    write_all(raw)
    address = (cluster.engine, cluster.scheduler)
    stages = [("reading", 0), ("cleaning", 9), ("revising", 0)]
    if cluster.engine == "dask":  # from here on all is done on this machine, whatever the cluster is
        stages += [("comparing", 0), ("releasing", 0)]
    assert all(kill_at(start(raw, out, cluster=address), stage, files, 0) for stage, files in stages)
    finish(start(raw, out, cluster=address))
    assert contents(out) == plain


def test_the_documented_commands_run(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cluster.traces / "go").touch()
    write_pages(tmp_path / "raw", one="A page.", two="Another page.")
    monkeypatch.chdir(tmp_path)
    commands = documented("cleaner run")
    assert len(commands) == 4
    for command in commands:
        if f"--engine {cluster.engine}" in command:
            here = re.sub(r"tcp://10.0.0.1:8786|\bauto\b", cluster.scheduler, command).replace("/shared/", "")
            result = CliRunner().invoke(app, shlex.split(here)[1:])
            assert result.exit_code == 0, result.output


def test_the_documented_packages_are_extras() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for line in documented("pip install"):
        extra = re.fullmatch(r"pip install 'cleaner-corpus\[(\w+)\]'", line)
        assert extra and f"\n{extra[1]} = [" in project
