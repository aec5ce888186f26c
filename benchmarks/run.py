"""Measure `cleaner run` against a plain loop over `trafilatura.extract`, on the same generated files.

    pip install '.[benchmark]'
    python benchmarks/run.py                      20,000 documents
    python benchmarks/run.py --documents 400      a quick look

Each contestant runs in a process of its own, one after the other. Time is wall time from start to end of that process,
start-up and writing of the output included; memory is the highest sum over the process and its children, sampled (PSS
where the system tells it, so that shared pages count once; else RSS).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import psutil
from corpus import make_corpus

import cleaner

SAMPLED_EVERY = 0.2
"""Seconds between two samples of memory."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One contestant's run: seconds of wall time, peak memory in MB, and what it printed."""

    name: str
    seconds: float
    peak_mb: float
    output: str


def measure(name: str, command: list[str]) -> Measured:
    """Run a command to its end. SystemExit with what it wrote to stderr if it fails; exit code 3 is no failure."""
    start = perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        peak, done = [0.0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
        watcher.start()
        output = process.communicate()[0]
        seconds = perf_counter() - start
        done.set()
        watcher.join()
        if process.returncode not in (0, 3):
            errors.seek(0)
            raise SystemExit(f"{name} failed with exit code {process.returncode}:\n{errors.read()}")
    return Measured(name, seconds, peak[0], output)


def _watch(pid: int, peak: list[float], done: threading.Event) -> None:
    while True:
        peak[0] = max(peak[0], sum(memory(process) for process in tree(pid)) / 1e6)
        if done.wait(SAMPLED_EVERY):
            return


def tree(pid: int) -> Iterator[psutil.Process]:
    try:
        root = psutil.Process(pid)
        yield root
        yield from root.children(recursive=True)
    except psutil.NoSuchProcess:
        return


def memory(process: psutil.Process) -> float:
    try:
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss))
    except psutil.Error:
        return 0.0


def cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.Error:
        return 0.0


def loop(folder: Path, output: Path) -> int:
    """The plain loop: every file through `trafilatura.extract`, one JSON object a line. Returns the number of files."""
    import trafilatura  # only this contestant's process imports it

    number = 0
    with output.open("w", encoding="utf-8") as out:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            page = path.read_text("utf-8")
            if path.suffix == ".txt":  # it reads HTML alone: each line as a paragraph
                page = "".join(f"<p>{line}</p>\n" for line in page.splitlines() if line.strip())
                page = f"<html><body>{page}</body></html>"
            found = trafilatura.extract(page, output_format="json", with_metadata=True)
            out.write((found or "null") + "\n")
            number += 1
    return number


def contest(folder: Path, work: Path, documents: int) -> list[Measured]:
    """All contestants, one after the other, over the same files."""
    here = [sys.executable, str(Path(__file__).resolve())]
    command = [sys.executable, "-m", "cleaner", "run", str(folder), "--json"]
    two = [*command, str(work / "two"), "--workers", "2"]
    runs = [
        measure("trafilatura, plain loop", [*here, "--loop", str(folder), str(work / "loop.jsonl")]),
        measure("cleaner run, 1 worker", [*command, str(work / "one"), "--workers", "1"]),
        measure("cleaner run, 2 workers", two),
        measure("cleaner run again, nothing changed", two),
    ]
    assert int(runs[0].output) == documents
    for run in runs[1:]:
        assert json.loads(run.output)["sources"] == documents
    assert json.loads(runs[3].output)["cleaned"] == 0
    assert json.loads(runs[1].output)["version"] == json.loads(runs[2].output)["version"]
    return runs


def table(runs: list[Measured], documents: int) -> str:
    """A Markdown table; ratios are to the first contestant."""
    first = runs[0]
    rows = [
        "| | documents/s | times the loop | seconds | peak memory, MB | times the loop |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for run in runs:
        rows.append(
            f"| {run.name} | {documents / run.seconds:,.0f} | {first.seconds / run.seconds:.2f} | {run.seconds:,.1f} "
            f"| {run.peak_mb:,.0f} | {run.peak_mb / first.peak_mb:.2f} |"
        )
    return "\n".join(rows)


def machine(*libraries: str) -> str:
    """What the figures were measured on, in a line, with the versions of some libraries."""
    versions = ", ".join(f"{name} {version(name)}" for name in (*libraries, "polars", "pyarrow"))
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {system}, cleaner {cleaner.__version__}, {versions}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000, metavar="N", help="documents to generate (20000)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the generator (7)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="work here, and leave the files for a look")
    parser.add_argument("--loop", nargs=2, type=Path, metavar=("DIR", "OUT"), help="run the plain loop alone")
    options = parser.parse_args()
    if options.loop:
        print(loop(*options.loop))
        return
    with tempfile.TemporaryDirectory(prefix="cleaner-benchmark-") as temporary:
        work = options.folder or Path(temporary)
        if options.folder and options.folder.exists() and any(options.folder.iterdir()):
            raise SystemExit(f"{options.folder} is not empty. Name a new folder.")
        raw = work / "raw"
        corpus = make_corpus(raw, options.documents, options.seed)
        size = f"{options.documents:,} documents, {corpus.bytes / 1e6:,.1f} MB"
        print(f"{size}, seed {options.seed}, digest {corpus.digest[:16]}")
        print(f"{machine('trafilatura')}\n", flush=True)
        print(table(contest(raw, work, options.documents), options.documents))


if __name__ == "__main__":
    main()
