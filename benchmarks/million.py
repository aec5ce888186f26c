"""Measure `cleaner run` on generated corpora of two sizes, and again after changes of 1%: time, memory, disk by stage.

    python benchmarks/million.py --folder DIR                             100,000 and 1,000,000 documents: hours
    python benchmarks/million.py --folder DIR --documents 2000 20000      a quick look
    python benchmarks/million.py --folder DIR --write                     and put the tables into benchmarks/README.md
    python benchmarks/million.py --folder DIR --runs first again          not all of the runs

The pages are those of `benchmarks/containers.py`. Each size is run five times: first; again with nothing changed; after
1% of new documents arrived in a new file; after 1% were edited that stand together, and so lie in few containers and
on few sites; and after 1% were edited all over the corpus, in every container and on every site.

Every run is a process of its own that calls `cleaner.run` and tells when it enters a stage. Time is wall time, and
beside it CPU time of the process and its workers, which a machine shared with others does not lengthen as much. Memory
is sampled: the highest sum over the process and its workers, and the highest of each (PSS where the system tells it).
What has been measured is kept in `DIR/results.json`: killed at any moment, the same command goes on there. Of a run
that was killed itself, the stages up to revising count with the time of all attempts, the later stages with the last.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from containers import Made, Plan, append_documents, edit_documents, make_containers, scattered, together
from million_report import RUNS, render

import cleaner
from cleaner.release.manifest import read_manifests
from cleaner.report.summary import Progress

SAMPLED_EVERY = 0.5
"""Seconds between two samples of memory."""
SAVED_EVERY = 10.0
"""Seconds of a run that a kill makes it forget."""
SETTLED = 3.0
"""Seconds after which a file's time says for sure whether it was written again."""
ADDING_UP = ("starting", "reading", "cleaning", "revising")
"""Stages that go on where a killed run was; the others start again."""

README = Path(__file__).with_name("README.md")
MARK = re.compile(r"(<!-- million -->\n).*?(<!-- end -->)", re.DOTALL)

RECIPE = """\
[card]
title = "A generated corpus"

[duplicates]
same_text = "drop"
near = "mark"
threshold = 0.8

[[filter]]
where = "words >= 50"
"""

Result = dict[str, Any]


def drive(raw: Path, processed: Path, recipe: Path, workers: int) -> None:
    """The run itself: prints a line of JSON when a stage begins, and one with the report. Dies with its parent."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    stage = ""

    def on_progress(progress: Progress) -> None:
        nonlocal stage
        if progress.stage != stage:
            stage = progress.stage
            print(json.dumps({"stage": stage}), flush=True)

    report = cleaner.run(raw, processed, recipe=recipe, workers=workers, on_progress=on_progress)
    print(json.dumps({"report": report.as_dict()}), flush=True)


def _die_with_parent() -> None:
    os.read(0, 1)  # nothing is ever written: this is the end of the pipe
    os._exit(1)


class Watch:
    """Follows one run: which stage it is in since when, and how much memory and scratch space it takes."""

    def __init__(self, notes: Path, scratch: Path) -> None:
        """`notes` is where an earlier attempt's figures lie; `scratch` the folder of which the size is sampled."""
        self._notes = notes
        self._scratch = scratch
        earlier: Result = json.loads(notes.read_text()) if notes.exists() else {}
        self.attempts: int = earlier.get("attempts", 0) + 1
        self.seconds: dict[str, float] = {s: t for s, t in earlier.get("seconds", {}).items() if s in ADDING_UP}
        self.memory: dict[str, dict[str, float]] = earlier.get("memory", {})
        self.cpu: dict[str, float] = {s: t for s, t in earlier.get("cpu", {}).items() if s in ADDING_UP}
        self.scratch_mb: float = earlier.get("scratch_mb", 0.0)
        self.stage = "starting"
        self._since = self._saved = time.monotonic()
        self._done = threading.Event()
        self._lock = threading.Lock()

    def enter(self, stage: str) -> None:
        """Note that the run enters a stage now."""
        with self._lock:
            self._count()
            self.stage = stage

    def watch(self, pid: int) -> None:
        """Sample until `stop`."""
        from run import cpu_seconds, memory, tree

        spent: dict[int, float] = {}
        while not self._done.wait(SAMPLED_EVERY):
            processes = list(tree(pid))
            held = [memory(process) / 1e6 for process in processes]
            before = sum(spent.values())
            spent |= {process.pid: max(spent.get(process.pid, 0.0), cpu_seconds(process)) for process in processes}
            scratch = _size(self._scratch) / 1e6
            with self._lock:
                self.cpu[self.stage] = self.cpu.get(self.stage, 0.0) + sum(spent.values()) - before
                sample = {"all": sum(held), "driver": held[0] if held else 0.0, "worker": max(held[1:], default=0.0)}
                peaks = self.memory.setdefault(self.stage, {})
                for name, value in sample.items():
                    peaks[name] = max(peaks.get(name, 0.0), value)
                self.scratch_mb = max(self.scratch_mb, scratch)
                if time.monotonic() - self._saved > SAVED_EVERY:
                    self._count()
                    self._save()

    def stop(self) -> None:
        """End sampling."""
        self._done.set()
        with self._lock:
            self._count()

    def _count(self) -> None:
        now = time.monotonic()
        self.seconds[self.stage] = self.seconds.get(self.stage, 0.0) + now - self._since
        self._since = now

    def _save(self) -> None:
        kept = ("attempts", "seconds", "cpu", "memory", "scratch_mb")
        _write_json(self._notes, {name: getattr(self, name) for name in kept})
        self._saved = time.monotonic()


def measure_run(folder: Path, name: str, workers: int) -> Result:
    """One run over `folder/raw`, from start to end of its process. SystemExit with what it said when it fails."""
    raw, processed, notes = folder / "raw", folder / "processed", folder / f"{name}.json"
    watch = Watch(notes, processed / ".cleaner" / "work")
    command = [sys.executable, str(Path(__file__).resolve()), "--drive", str(raw), str(processed),
               str(folder / "recipe.toml"), str(workers)]  # fmt: skip
    report: Result = {}
    with open(folder / f"{name}.log", "w+") as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        sampler = threading.Thread(target=watch.watch, args=(process.pid,))
        sampler.start()
        try:
            assert process.stdout
            for line in process.stdout:
                told = json.loads(line)
                if "stage" in told:
                    watch.enter(told["stage"])
                report = told.get("report", report)
            process.wait()
        finally:
            process.kill()
            watch.stop()
            sampler.join()
        if process.returncode or not report:
            errors.seek(0)
            raise SystemExit(f"The run '{name}' ended with status {process.returncode}:\n{errors.read()[-4000:]}")
    wanted = ("version", "released", "cleaned", "sources", "documents", "duplicates", "filtered", "rejects",
              "lines_read")  # fmt: skip
    dropped = report["lines"].get("drop", {}).get("template", 0)
    marked = read_manifests(processed)[-1].counts["marked"]
    return {
        "seconds": sum(watch.seconds.values()), "stages": watch.seconds, "cpu": watch.cpu, "memory": watch.memory,
        "attempts": watch.attempts, "disk": _disk(processed) | {"scratch": watch.scratch_mb},
        "report": {key: report[key] for key in wanted} | {"template_lines": dropped, "marked": marked},
    }  # fmt: skip


def _disk(processed: Path) -> dict[str, float]:
    """MB by what they are for."""
    state = processed / ".cleaner"
    release, inside = _size(processed), _size(state)
    return {
        "release": (release - inside) / 1e6, "parts": _size(state / "parts") / 1e6,
        "signatures": _size(state / "signatures") / 1e6, ".cleaner": inside / 1e6,
    }  # fmt: skip


def _size(folder: Path) -> int:
    """Bytes of all files below a folder; those that vanish meanwhile are not counted."""
    size = 0
    try:
        for entry in os.scandir(folder):
            size += _size(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else entry.stat().st_size
    except OSError:
        pass
    return size


class Benchmark:
    """All that is to be measured, and what has been: `results` mirrors the file, so that a step is done once."""

    def __init__(self, folder: Path, workers: int, seed: int) -> None:
        self._folder = folder
        self._workers = workers
        self._seed = seed
        self._path = folder / "results.json"
        self.results: Result = json.loads(self._path.read_text()) if self._path.exists() else {}
        asked = {"workers": workers, "seed": seed}
        if self.results.setdefault("asked", asked) != asked:
            raise SystemExit(f"{self._path} was measured with {self.results['asked']}. Name another folder.")

    def measure(self, documents: int, runs: Sequence[str]) -> Result:
        """The results for one size; steps that were done before are not done again."""
        plan, count = Plan(documents, self._seed), max(1, documents // 100)
        folder = self._folder / str(documents)
        raw = folder / "raw"
        of_size: Result = self.results.setdefault("sizes", {}).setdefault(str(documents), {})
        near = together(plan, count)
        far = near | scattered(plan, count)
        changes: dict[str, tuple[int, Callable[[], Made]]] = {
            "first": (documents, lambda: make_containers(raw, plan)),
            "appended": (count, lambda: append_documents(raw, plan, count)),
            "together": (len(near), lambda: edit_documents(raw, plan, near)),
            "scattered": (len(far - near), lambda: edit_documents(raw, plan, far)),
        }
        about = {"sites": plan.sites, "containers": plan.containers}
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "recipe.toml").write_text(RECIPE)
        for name in runs:
            if name in changes and f"{name} made" not in of_size:
                changed, make = changes[name]
                self._once(of_size, f"{name} made", partial(_timed, make, about | {"changed": changed}))
                time.sleep(SETTLED)
            self._once(of_size, name, partial(measure_run, folder, name, self._workers))
        self._check(of_size, documents)
        return of_size

    def _once(self, of_size: Result, name: str, step: Callable[[], Result]) -> None:
        if name in of_size:
            return
        of_size[name] = step()
        _write_json(self._path, self.results)
        print(f"{time.strftime('%H:%M:%S')}  {name}: {of_size[name]['seconds']:,.1f} s", file=sys.stderr, flush=True)

    @staticmethod
    def _check(of_size: Result, documents: int) -> None:
        """What must hold for the figures to mean what they say."""
        for name in RUNS:
            report = of_size[name]["report"] if name in of_size else None
            if report and name == "again":
                assert report["cleaned"] == 0
                assert not report["released"]
            elif report and name != "first":  # of which a run that goes on cleans what is left
                assert report["cleaned"] == of_size[f"{name} made"]["changed"], name
        assert of_size["first"]["report"]["sources"] == documents


def _timed(make: Callable[[], Made], about: Result) -> Result:
    start = time.monotonic()
    made = asdict(make())
    return about | made | {"seconds": time.monotonic() - start}


def _write_json(path: Path, value: Result) -> None:
    temporary = path.with_name(path.name + ".temporary")
    temporary.write_text(json.dumps(value, indent=1))
    os.replace(temporary, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N",
                        help="sizes, each measured by itself (100000 1000000)")  # fmt: skip
    parser.add_argument("--runs", nargs="+", choices=list(RUNS), default=list(RUNS), help="which runs (all)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="work here: 20 GB for a million")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="worker processes (2)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the generator (7)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured to a file")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    parser.add_argument("--drive", nargs=4, metavar=("RAW", "OUT", "RECIPE", "WORKERS"), help="one run alone")
    options = parser.parse_args()
    if options.drive:
        raw, processed, recipe, workers = options.drive
        drive(Path(raw), Path(processed), Path(recipe), int(workers))
        return
    if options.folder is None:
        parser.error("name a folder to work in: --folder DIR")
    from run import machine

    options.folder.mkdir(parents=True, exist_ok=True)
    benchmark = Benchmark(options.folder, options.workers, options.seed)
    runs = [name for name in RUNS if name in options.runs or name == "first"]
    sizes = {documents: benchmark.measure(documents, runs) for documents in sorted(set(options.documents))}
    about = f"{options.workers} workers, seed {options.seed}. {machine('duckdb')}."
    text = f"{about}\n\n{render(sizes)}\n"
    print(text)
    if options.json:
        _write_json(options.json, benchmark.results)
    if options.write:
        README.write_text(MARK.sub(lambda found: found[1] + text + found[2], README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
