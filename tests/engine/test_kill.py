"""The bytes of a release depend on the input alone: not on workers, hash seed, folders, nor on kills in any stage."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from engine_tools import PLUGIN, contents, write_pages, write_records

DRIVER = """
import sys
import cleaner
import cleaner.engine.plan

cleaner.engine.plan.LARGE = 100_000  # bytes: so that the container is shared out among the workers

def show(progress):
    print(progress.stage, progress.files, flush=True)

raw, out, workers, *cluster = sys.argv[1:]
cleaner.run(raw, out, workers=int(workers), on_progress=show, **dict(zip(("engine", "scheduler"), cluster)))
"""


def start(
    raw: Path, out: Path, workers: int = 2, seed: str = "random", cluster: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """A run in a process of its own, which prints its stage and how many files are done; `cluster` names engine and
    scheduler."""
    environment = os.environ | {"PYTHONPATH": str(PLUGIN), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", DRIVER, str(raw), str(out), str(workers), *cluster]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def finish(driver: subprocess.Popen[str]) -> None:
    """Let a run come to its end."""
    driver.communicate(timeout=120)
    assert driver.returncode == 0


def kill_at(driver: subprocess.Popen[str], stage: str, files: int, seconds: float) -> bool:
    """Kill a run with SIGKILL so many seconds after it has reached this stage; False when it was done before that."""
    assert driver.stdout
    for line in driver.stdout:
        now, done = line.split()
        if now == stage and int(done) >= files:
            break
    try:
        driver.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        driver.kill()
        driver.wait()
        return True
    finally:
        driver.stdout.close()
    return False


def write_raw(raw: Path, version: int = 1) -> None:
    """Pages in folders, a container that makes several parts, and rejects; the second version has changes in each."""
    texts = {f"site{n % 3}_page{n}": f"Page {n}, version {version if n % 7 == 0 else 1}.\nMore." for n in range(120)}
    texts |= {name: f"{text}\nTemplate of {name[:5]}." for name, text in texts.items() if not name.endswith("5")}
    write_pages(raw, **texts, empty=" ")
    records = [{"text": f"Record {n}.\nSame for all.", "url": f"https://{n % 5}.example/{n}"} for n in range(2500)]
    write_records(raw / "all.jsonl", records[version - 1 :])
    for path in (raw / "all.jsonl", *raw.rglob("*.txt")):
        os.utime(path, (1_600_000_000 + version, 1_600_000_000 + version))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The bytes of two versions, each made in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    made = []
    for version in (1, 2):
        write_raw(folder / "raw", version)
        finish(start(folder / "raw", folder / "out"))
        made.append(contents(folder / "out"))
    versions = sorted(name for name in made[1] if name.startswith("versions/"))
    assert versions == ["versions/1.0.0.json", "versions/2.0.0.json"]
    return made[0], made[1]


@pytest.mark.parametrize(("workers", "seed"), [(1, "0"), (3, "1")])
def test_bytes_do_not_depend_on_workers_hash_seed_or_folders(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], dict[str, bytes]], workers: int, seed: str
) -> None:
    write_raw(tmp_path / "another name")
    finish(start(tmp_path / "another name", tmp_path / "elsewhere" / f"{workers}", workers, seed))
    assert contents(tmp_path / "elsewhere" / f"{workers}") == undisturbed[0]


def test_killed_in_every_stage_a_run_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], dict[str, bytes]]
) -> None:
    chance = random.Random(7)
    raw, out = tmp_path / "raw", tmp_path / "out"
    kills = 0
    stages = [("reading", 0), ("cleaning", 0), ("cleaning", 9), ("revising", 0), ("comparing", 0), ("releasing", 0)]
    for version, moments in ((1, stages), (2, stages[2:])):
        write_raw(raw, version)
        for stage, files in moments:
            kills += kill_at(start(raw, out), stage, files, chance.random() * 0.2)
        finish(start(raw, out))
        assert contents(out) == undisturbed[version - 1]
    assert kills >= 6


def test_workers_that_are_killed_cost_nothing(
    tmp_path: Path, undisturbed: tuple[dict[str, bytes], dict[str, bytes]]
) -> None:
    write_raw(tmp_path / "raw")
    driver = start(tmp_path / "raw", tmp_path / "out")
    assert driver.stdout
    killed: set[int] = set()  # two in all: an order that has killed three workers before they were ready ends the run
    for line in driver.stdout:
        if line.startswith("cleaning"):
            for worker in psutil.Process(driver.pid).children():
                if worker.pid not in killed and len(killed) < 2:
                    worker.kill()
                    killed.add(worker.pid)
    assert driver.wait() == 0
    assert len(killed) == 2
    assert contents(tmp_path / "out") == undisturbed[0]
