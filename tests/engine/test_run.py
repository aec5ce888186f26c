"""What a run takes, refuses, and does again or not."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from engine_tools import LONG_AGO, Run, contents, write_pages, write_records

from cleaner.errors import BusyError, InputError, RecipeError, RefusedError
from cleaner.recipe import Limits, Recipe
from cleaner.report.summary import Progress


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    write_pages(folder, one="A page.\nIts second line.", site_two="Another page.", site_three=" ")
    return folder


def test_a_run_counts_every_source_and_line(run: Run, raw: Path, tmp_path: Path) -> None:
    write_records(raw / "more.jsonl", [{"text": f"Record {n}.", "url": f"https://a.example/{n}"} for n in range(3)])
    (raw / ".hidden").write_text("not read")
    report = run(raw, tmp_path / "out")
    assert (report.sources, report.documents, report.rejects) == (6, 5, 1)
    assert report.rejects_by_cause == {"empty": 1}
    assert report.lines_read == 6
    assert report.skipped == {"hidden": 1}
    assert (report.cleaned, report.reused) == (6, 0)
    assert report.version == "1.0.0"
    assert report.released


def test_a_single_file_can_be_run(run: Run, raw: Path, tmp_path: Path) -> None:
    assert run(raw / "one.txt", tmp_path / "out").documents == 1


def test_nothing_changed_nothing_is_cleaned_or_released(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    before = contents(tmp_path / "out")
    report = run(raw, tmp_path / "out")
    assert (report.cleaned, report.reused, report.released) == (0, 3, False)
    assert contents(tmp_path / "out") == before


def test_progress_goes_through_the_stages(run: Run, raw: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    run(raw, tmp_path / "out", on_progress=seen.append)
    assert list(dict.fromkeys(p.stage for p in seen)) == [
        "reading", "cleaning", "revising", "comparing", "releasing", "done",
    ]  # fmt: skip
    assert (seen[-1].documents, seen[-1].rejects) == (2, 1)


def test_missing_input(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing at"):
        run(tmp_path / "raw", tmp_path / "out")


@pytest.mark.parametrize("name", [None, "style.css", ".hidden.txt"])
def test_nothing_readable_leaves_nothing_behind(run: Run, tmp_path: Path, name: str | None) -> None:
    (tmp_path / "raw").mkdir()
    if name:
        (tmp_path / "raw" / name).write_text("body { color: red }")
    with pytest.raises(InputError, match="nothing to clean"):
        run(tmp_path / "raw", tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()


def test_nothing_readable_any_more_keeps_the_release(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    before = contents(tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        run(tmp_path / "empty", tmp_path / "out")
    assert contents(tmp_path / "out") == before
    assert run(raw, tmp_path / "out").cleaned == 0


def test_output_folder_with_something_else_is_refused(run: Run, raw: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("mine")
    with pytest.raises(RefusedError, match=r"thesis\.tex"):
        run(raw, tmp_path / "out")
    assert sorted(contents(tmp_path / "out")) == ["thesis.tex"]
    with pytest.raises(RefusedError, match="is a file"):
        run(raw, tmp_path / "out" / "thesis.tex")


def test_output_folder_with_a_gitignore_is_accepted(run: Run, raw: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".gitignore").write_text("*")
    assert run(raw, tmp_path / "out").released


def test_input_and_output_must_not_lie_in_each_other(run: Run, raw: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(raw)
    for source, target in ((raw, raw), (raw, raw / "out"), (raw / "site", raw), (raw, tmp_path / "link" / "out")):
        with pytest.raises(RefusedError, match="inside"):
            run(source, target)
    assert not (raw / "out").exists()


def test_a_second_run_at_the_same_time_is_refused(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    with open(tmp_path / "out" / ".cleaner" / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            run(raw, tmp_path / "out")
    run(raw, tmp_path / "out")


def test_engines_and_workers_that_do_not_exist(run: Run, raw: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no engine 'spark'"):
        run(raw, tmp_path / "out", engine="spark")
    with pytest.raises(RecipeError, match="--engine dask"):
        run(raw, tmp_path / "out", scheduler="tcp://127.0.0.1:8786")
    with pytest.raises(RecipeError, match="at least one worker"):
        run(raw, tmp_path / "out", workers=0)


def test_an_old_file_with_the_same_size_and_time_is_not_read(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    write_pages(raw, one="a page.\nits second line.")
    assert run(raw, tmp_path / "out").cleaned == 0


def test_a_file_written_just_before_the_run_is_looked_at_again(run: Run, raw: Path, tmp_path: Path) -> None:
    page = raw / "one.txt"
    page.write_text("First words.")
    written = page.stat().st_mtime_ns
    run(raw, tmp_path / "out")
    page.write_text("Other words.")
    os.utime(page, ns=(written, written))
    report = run(raw, tmp_path / "out")
    assert report.cleaned == 1
    assert report.released


def test_a_touched_file_is_not_cleaned_again(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    os.utime(raw / "one.txt", (LONG_AGO + 5, LONG_AGO + 5))
    assert run(raw, tmp_path / "out").cleaned == 0


def test_a_sidecar_that_appears_or_changes_is_noticed(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    for url in ("https://a.example/1", "https://a.example/2"):
        (raw / "one.txt.json").write_text(f'{{"url": "{url}"}}')
        assert run(raw, tmp_path / "out").cleaned == 1


def test_a_file_that_could_not_be_read_is_tried_again(run: Run, raw: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is unreadable to root")
    (raw / "one.txt").chmod(0)
    assert run(raw, tmp_path / "out").rejects_by_cause == {"empty": 1, "unreadable": 1}
    (raw / "one.txt").chmod(0o644)
    assert run(raw, tmp_path / "out").rejects_by_cause == {"empty": 1}


def test_another_recipe_cleans_everything_again(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    assert run(raw, tmp_path / "out", recipe=Recipe(limits=Limits(seconds=7))).cleaned == 3


def test_a_file_that_vanished_is_no_longer_alive(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    (raw / "one.txt").unlink()
    report = run(raw, tmp_path / "out")
    assert (report.sources, report.cleaned, report.documents) == (2, 0, 1)


def test_parts_of_which_nothing_is_alive_are_deleted(run: Run, tmp_path: Path) -> None:
    write_records(tmp_path / "raw" / "a.jsonl", [{"text": f"Record {n}."} for n in range(10)])
    parts = tmp_path / "out" / ".cleaner" / "parts"
    run(tmp_path / "raw", tmp_path / "out")
    before = set(os.listdir(parts))
    write_records(tmp_path / "raw" / "a.jsonl", [{"text": f"Other record {n}."} for n in range(10)])
    run(tmp_path / "raw", tmp_path / "out")
    assert len(os.listdir(parts)) == len(before) == 2
    assert not before & set(os.listdir(parts))


def test_the_ledger_is_made_again_from_the_parts(run: Run, raw: Path, tmp_path: Path) -> None:
    write_records(raw / "more.jsonl", [{"text": f"Record {n}."} for n in range(30)])
    run(raw, tmp_path / "out")
    before = contents(tmp_path / "out")
    state = tmp_path / "out" / ".cleaner"
    for spoil in (
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"no database at all" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
    ):
        spoil(state / "ledger.sqlite")
        report = run(raw, tmp_path / "out")
        assert (report.cleaned, report.sources, report.released) == (0, 33, False)
        assert contents(tmp_path / "out") == before


def test_parts_that_are_gone_or_broken_are_made_again(run: Run, raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out")
    before = contents(tmp_path / "out")
    for name in list((tmp_path / "out" / ".cleaner" / "parts").iterdir()):
        name.unlink()
        (name.parent / "half.lines.parquet.temporary").write_text("left by a kill")
        assert run(raw, tmp_path / "out").cleaned == 3
        assert contents(tmp_path / "out") == before
