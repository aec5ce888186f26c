"""Pages that hang, crash, eat memory or raise cost themselves alone; full disks and interrupts cost nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from engine_tools import PLUGIN, Run, contents, write_pages, write_records

from cleaner.errors import CleanerError, StorageError
from cleaner.recipe import Limits, Recipe

IMPATIENT = Recipe(limits=Limits(seconds=2))
FRUGAL = Recipe(limits=Limits(memory_mb=500))


def rejects(out: Path) -> dict[str, str]:
    """Source -> cause, from the release's list."""
    rows = map(json.loads, (out / "rejects.jsonl").read_text().splitlines())
    return {row["source"]: row["cause"] for row in rows}


def test_each_bad_page_is_one_reject(pooled_run: Run, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    bad = {"crash": "crashed", "exit": "crashed", "raise": "failed", "eat": "out_of_memory"}
    write_pages(raw, **{f"good{n}": f"Page {n}." for n in range(40)}, **{how: f"!{how}\nAnd more." for how in bad})
    report = pooled_run(raw, out, recipe=FRUGAL, workers=2)
    assert rejects(out) == {f"{how}.txt": cause for how, cause in bad.items()}
    assert (report.documents, report.rejects, report.exit_code) == (40, 4, 3)
    text = (out / "rejects.jsonl").read_text()
    assert "ValueError: a page like no other, <object object>" in text
    assert "0x" not in text


def test_a_page_that_hangs_is_one_reject_and_not_tried_again(pooled_run: Run, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    write_pages(raw, a="A page.", hang="!hang", z="Another page.")
    report = pooled_run(raw, out, recipe=IMPATIENT, workers=1)
    assert rejects(out) == {"hang.txt": "timed_out"}
    assert report.documents == 2
    again = pooled_run(raw, out, recipe=IMPATIENT)
    assert (again.cleaned, again.released, again.rejects) == (0, False, 1)


def test_a_container_is_read_up_to_the_record_that_breaks_its_reading(pooled_run: Run, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for how in ("hang", "crash", "raise"):
        texts = [*(f"Record {n} of {how}." for n in range(5)), f"!reading !{how}", "Never reached."]
        write_records(raw / f"{how}.jsonl", [{"text": text} for text in texts])
    write_pages(raw, page="A good page.")
    report = pooled_run(raw, out, recipe=IMPATIENT, workers=2)
    assert report.documents == 16
    assert rejects(out) == {"crash.jsonl#5": "crashed", "hang.jsonl#5": "timed_out", "raise.jsonl#5": "failed"}


def test_a_full_disk_is_told_and_the_next_run_goes_on(
    pooled_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out, full = tmp_path / "raw", tmp_path / "out", tmp_path / "full"
    write_pages(raw, **{f"page{n}": f"Page {n}." for n in range(60)})
    pooled_run(raw, tmp_path / "undisturbed")
    monkeypatch.setenv("TEST_FULL_DISK", str(full))
    full.touch()
    with pytest.raises(StorageError, match="full"):
        pooled_run(raw, out)
    assert not list(out.glob("versions/*"))
    full.unlink()
    report = pooled_run(raw, out)
    assert 0 < report.cleaned < 60
    assert contents(out) == contents(tmp_path / "undisturbed")


def test_an_interrupt_ends_the_run_and_its_workers_and_leaves_what_is_done(pooled_run: Run, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    write_pages(raw, **{f"a_page{n}": f"Page {n}." for n in range(20)}, z_last="!hang")
    script = (
        "import cleaner, sys\n"
        "def show(p):\n"
        "    if p.files >= 16: print('there', flush=True)\n"
        f"cleaner.run({str(raw)!r}, {str(out)!r}, workers=1, on_progress=show)\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert driver.stdout
    assert driver.stdout.readline() == b"there\n"
    workers = psutil.Process(driver.pid).children()
    assert workers
    driver.send_signal(signal.SIGINT)
    _, errors = driver.communicate(timeout=10)
    assert b"KeyboardInterrupt" in errors
    assert not psutil.wait_procs(workers, timeout=5)[1]
    write_pages(raw, z_last="Mended by now.")
    report = pooled_run(raw, out)
    assert report.documents == 21
    assert report.cleaned <= 5


def test_workers_do_not_outlive_a_killed_driver(pooled_run: Run, tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", page="!hang")
    environment = os.environ | {"PYTHONPATH": str(PLUGIN)}
    script = f"import cleaner; cleaner.run({str(tmp_path / 'raw')!r}, {str(tmp_path / 'out')!r}, workers=1)"
    driver = subprocess.Popen([sys.executable, "-c", script], env=environment)
    while not (workers := psutil.Process(driver.pid).children()):
        assert driver.poll() is None
    driver.kill()
    driver.wait()
    assert not psutil.wait_procs(workers, timeout=10)[1]


def test_a_worker_that_cannot_start_is_told(pooled_run: Run, tmp_path: Path) -> None:
    write_pages(tmp_path / "raw", page="A page.")
    with pytest.raises(CleanerError, match=r"while starting.*more than 10 MB"):
        pooled_run(tmp_path / "raw", tmp_path / "out", recipe=Recipe(limits=Limits(memory_mb=10)))
