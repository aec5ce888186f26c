"""What `benchmarks/million.py` measured, as Markdown: stages, memory, disk, runs after a change, and the bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

RUNS = {
    "first": "first run",
    "again": "again, nothing changed",
    "appended": "1% new, in a new file",
    "together": "1% edited, in few containers",
    "scattered": "1% edited, all over",
}
STAGES = ("starting", "reading", "cleaning", "revising")
"""Stages that every run begins with; what follows comes in the order in which it was met."""

MEMORY_MB, MEMORY_RATIO, TIME_RATIO, RERUN_SHARE = 4_000, 1.2, 1.15, 0.03
"""Bounds: of memory, of its ratio and that of time per document between the sizes, of a re-run's share of time."""

Result = Mapping[str, Any]


def render(sizes: Mapping[int, Result]) -> str:
    """All tables, for the results by number of documents."""
    return "\n".join([*_corpora(sizes), "", *_stages(sizes), "", *_again(sizes), *_disk(sizes), "", *_bounds(sizes)])


def _corpora(sizes: Mapping[int, Result]) -> Iterator[str]:
    for documents, result in sizes.items():
        made, report = result["first made"], result["first"]["report"]
        yield (
            f"- {documents:,} documents: {made['bytes'] / 1e6:,.0f} MB in {made['containers']:,} files of "
            f"{made['sites']:,} sites, made in {made['seconds']:,.0f} s, digest {made['digest'][:16]}. Released: "
            f"{report['documents']:,} documents, {report['marked']:,} of them marked as near-duplicates; left out: "
            f"{report['duplicates']:,} duplicates, {report['filtered']:,} filtered, {report['rejects']:,} rejects. "
            f"{report['lines_read']:,} lines, of which {report['template_lines']:,} were dropped as template."
        )


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|---|" + "--:|" * (len(head) - 1)
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def _stages(sizes: Mapping[int, Result]) -> Iterator[str]:
    """The first run, by stage and size."""
    head = ["first run"]
    for documents in sizes:
        head += [f"{documents:,}: s", "ms a document", "ms of CPU", "MB, all", "MB, driver", "MB, a worker"]
    rows = []
    for stage in [*_met(sizes, "first"), "in all"]:
        row = [stage]
        for documents, result in sizes.items():
            run = result["first"]
            seconds = run["seconds"] if stage == "in all" else run["stages"].get(stage, 0.0)
            memory = [_peak(run, who, stage) for who in ("all", "driver", "worker")]
            each = [seconds / documents * 1000, _cpu(run, stage) / documents * 1000]
            row += [f"{seconds:,.1f}", *(f"{ms:.3f}" for ms in each), *(f"{mb:,.0f}" for mb in memory)]
        rows.append(row)
    yield from _table(head, rows)
    for documents, result in sizes.items():
        run = result["first"]
        yield ""
        line = f"{documents:,}: {documents / run['seconds']:,.0f} documents/s"
        if run["attempts"] > 1:
            line += f"; measured in {run['attempts']} attempts, the time of which is added up"
        yield line + "."


def _again(sizes: Mapping[int, Result]) -> Iterator[str]:
    """Every run, with its stages and what it is of the first."""
    for documents, result in sizes.items():
        runs = [name for name in RUNS if name in result]
        stages = _met({documents: result}, *runs)
        rows = []
        for name in runs:
            run, title = result[name], RUNS[name]
            share = run["seconds"] / result["first"]["seconds"]
            times = [f"{run['stages'].get(stage, 0.0):,.1f}" for stage in stages]
            told = run["report"]
            new = told["version"] if told["released"] else "none"
            rows.append([title, f"{run['seconds']:,.1f}", f"{share:.1%}", *times, f"{told['cleaned']:,}", new,
                         f"{_peak(run, 'all', 'in all'):,.0f}"])  # fmt: skip
        head = [f"{documents:,} documents", "s", "of the first", *stages, "cleaned", "new version", "MB at most"]
        yield from _table(head, rows)
        yield ""


def _disk(sizes: Mapping[int, Result]) -> Iterator[str]:
    """MB on disk after the first run and after the last."""
    rows = []
    for documents, result in sizes.items():
        for name in ("first", [name for name in RUNS if name in result][-1]):
            disk = result[name]["disk"]
            of = ("release", ".cleaner", "parts", "signatures", "scratch")
            rows.append([f"{documents:,}, {RUNS[name]}", *(f"{disk[key]:,.0f}" for key in of)])
    head = ["MB on disk after", "release, all versions", "`.cleaner`", "of it parts", "signatures", "scratch at most"]
    yield from _table(head, rows)


def _bounds(sizes: Mapping[int, Result]) -> Iterator[str]:
    """Each bound with what was measured."""
    small, large = min(sizes), max(sizes)
    first = {documents: sizes[documents]["first"] for documents in (small, large)}

    def held(what: str, value: float, bound: float, form: Callable[[float], str]) -> str:
        return f"- {what}: {form(value)}, at most {form(bound)} wanted: {'held' if value <= bound else '**not held**'}."

    peak = {documents: _peak(run, "all", "in all") for documents, run in first.items()}
    yield held(f"Memory at {large:,}, in MB", peak[large], MEMORY_MB, "{:,.0f}".format)
    if large > small:
        ratio = "{:.2f}".format
        each = {documents: run["seconds"] / documents for documents, run in first.items()}
        cpu = {documents: _cpu(run, "in all") / documents for documents, run in first.items()}
        yield held(f"Memory at {large:,} by that at {small:,}", peak[large] / peak[small], MEMORY_RATIO, ratio)
        yield held(f"Time per document at {large:,} by {small:,}", each[large] / each[small], TIME_RATIO, ratio)
        yield held(f"CPU time per document at {large:,} by {small:,}", cpu[large] / cpu[small], TIME_RATIO, ratio)
    for name in [name for name in ("appended", "together", "scattered") if name in sizes[large]]:
        share = sizes[large][name]["seconds"] / first[large]["seconds"]
        yield held(f"Run after a change ({RUNS[name]}) by the first", share, RERUN_SHARE, "{:.1%}".format)


def _met(sizes: Mapping[int, Result], *runs: str) -> list[str]:
    """The stages of these runs, in order."""
    met = dict.fromkeys(STAGES)
    for result in sizes.values():
        for name in runs:
            met.update(dict.fromkeys(result[name]["stages"]))
    return [stage for stage in met if stage != "done"]


def _cpu(run: Result, stage: str) -> float:
    """Seconds of CPU time that a run's processes took together."""
    return float(sum(run["cpu"].values()) if stage == "in all" else run["cpu"].get(stage, 0.0))


def _peak(run: Result, who: str, stage: str) -> float:
    stages = run["memory"].values() if stage == "in all" else [run["memory"].get(stage, {})]
    return max((peaks.get(who, 0.0) for peaks in stages), default=0.0)
