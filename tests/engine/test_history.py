"""What is alive depends on the input as it is now, whatever was there before and however often it was cleaned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fake_cleaning
import pyarrow.parquet as pq
import pytest
from engine_tools import InlinePool, write_records
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import batches, cleaning
from cleaner.engine import plan, stage, task
from cleaner.engine.folder import claim_folder
from cleaner.engine.ledger import Ledger
from cleaner.engine.messages import Setup
from cleaner.read import InputFile
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source
from cleaner.report.summary import RunReport

WITH_URL = st.integers(0, 9).map(lambda n: {"text": f"Record {n}.\nMore.", "url": f"https://a.example/{n}"})
WITHOUT_URL = st.integers(0, 9).map(lambda n: {"text": f"Anonymous {n}."})
REJECTED = st.sampled_from([{"text": " "}, {"title": "no text"}])
RECORDS = st.lists(st.one_of(WITH_URL, WITHOUT_URL, REJECTED), max_size=12)
TREES = st.dictionaries(st.sampled_from(["a.jsonl", "b/c.jsonl", "d.txt", "e.txt"]), RECORDS, min_size=1)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain loop with the quick cleaning, and pieces small enough that a handful of records makes several."""
    monkeypatch.setattr(cleaning, "clean_batch", fake_cleaning.clean_batch)
    monkeypatch.setattr(task, "_PART_SOURCES", 5)
    monkeypatch.setattr(batches, "BATCH_SOURCES", 3)
    monkeypatch.setattr(task, "_CUT_BELOW", "4")
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def write_tree(raw: Path, tree: dict[str, list[dict[str, Any]]]) -> None:
    """Make the folder hold these files and no others; one-page files hold their first record's text."""
    for path in [p for p in raw.rglob("*") if p.is_file()]:
        path.unlink()
    (raw / "keep.txt").write_text("There is always a page.")
    for name, records in tree.items():
        if name.endswith(".jsonl"):
            write_records(raw / name, records)
        else:
            (raw / name).write_text(records[0].get("text", "") if records else "")


def clean(raw: Path, out: Path, workers: int = 1) -> tuple[RunReport, list[dict[str, Any]], list[dict[str, Any]]]:
    """Run the cleaning stage; returns its report, and the living rows of documents and lines in order."""
    with claim_folder(out) as state, Ledger(state.ledger, state.parts) as ledger:
        setup = Setup(Recipe(), plan.cleaning_key(Recipe()), state.parts, 0)
        report = stage.clean_files(raw, ledger, setup.key, InlinePool(workers, setup), stage.Reporter(None))
        parts = stage.living_parts(state, ledger)
        pairs = pq.read_table(parts.live).to_pylist()
        rows: list[list[dict[str, Any]]] = []
        for path_of in (parts.documents, parts.lines):
            tables = [(pair["file"], pq.read_table(path_of(pair["part"]))) for pair in pairs]
            rows.append([row for file, table in tables for row in table.to_pylist() if row["file"] == file])
        ledger.remove_dead(state.parts)
    documents, lines = rows
    documents.sort(key=lambda row: (row["file"], row["record"]))
    lines.sort(key=lambda row: (row["file"], row["record"], row["line"]))
    assert report.sources == len(documents)
    assert report.lines_read == len(lines)
    return report, documents, lines


@settings(max_examples=10, deadline=None)
@given(history=st.lists(TREES, min_size=2, max_size=4), forget=st.booleans())
def test_any_history_ends_with_the_rows_of_a_fresh_run(
    history: list[dict[str, list[dict[str, Any]]]], forget: bool
) -> None:
    with TemporaryDirectory() as folder:
        raw, out = Path(folder, "raw"), Path(folder, "out")
        raw.mkdir()
        for tree in history:
            write_tree(raw, tree)
            _, documents, lines = clean(raw, out)
            if forget:
                (out / ".cleaner" / "ledger.sqlite").unlink()
        _, fresh_documents, fresh_lines = clean(raw, Path(folder, "fresh"))
        assert documents == fresh_documents
        assert lines == fresh_lines
        assert clean(raw, out)[0].cleaned == 0


def record(n: int, url: bool = True) -> dict[str, str]:
    """A record, with an address or without."""
    return {"text": f"Record {n}."} | ({"url": f"https://a.example/{n}"} if url else {})


@pytest.mark.parametrize(
    ("before", "after", "cleaned"),
    [
        ([record(n) for n in range(40)], [record(n) for n in range(41)], 1),
        ([record(n) for n in range(40)], [record(n) for n in range(39)], 0),
        ([record(n) for n in range(40)], [record(99), *(record(n) for n in range(40))], 1),
        ([record(n) for n in range(40)], [record(n) for n in reversed(range(40))], 0),
        ([record(n) for n in range(40)], [record(n if n != 17 else 99) for n in range(40)], 1),
        ([record(n, url=False) for n in range(40)], [record(n, url=False) for n in range(41)], 1),
        # without an address a document's id comes from its position, so what moved is another document
        ([record(n, url=False) for n in range(40)], [record(n, url=False) for n in range(1, 40)], 39),
    ],
    ids=["appended", "cut off", "put in front", "reversed", "edited", "appended without url", "moved without url"],
)
def test_only_changed_records_of_a_container_are_cleaned(
    tmp_path: Path, before: list[dict[str, str]], after: list[dict[str, str]], cleaned: int
) -> None:
    write_records(tmp_path / "raw" / "a.jsonl", before)
    assert clean(tmp_path / "raw", tmp_path / "out")[0].cleaned == len(before)
    write_records(tmp_path / "raw" / "a.jsonl", after)
    report, documents, _ = clean(tmp_path / "raw", tmp_path / "out")
    assert report.cleaned == cleaned
    assert [row["text"] for row in documents] == [r["text"] for r in after]


def test_a_moved_page_is_another_document(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("A page.")
    _, before, _ = clean(tmp_path / "raw", tmp_path / "out")
    os.rename(tmp_path / "raw" / "a.txt", tmp_path / "raw" / "b.txt")
    _, after, _ = clean(tmp_path / "raw", tmp_path / "out")
    assert [row["source_path"] for row in after] == ["b.txt"]
    assert before[0]["id"] != after[0]["id"]


def test_a_large_file_is_shared_out_among_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_records(tmp_path / "raw" / "a.jsonl", [record(n) for n in range(60)])
    alone = clean(tmp_path / "raw", tmp_path / "out", workers=3)
    monkeypatch.setattr(plan, "LARGE", 100)
    shared = clean(tmp_path / "raw", tmp_path / "shared", workers=3)
    assert shared[0].cleaned == 60
    assert shared[1:] == alone[1:]


def test_a_file_that_its_workers_read_differently_is_read_again_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records(tmp_path / "raw" / "a.jsonl", [record(n) for n in range(60)])
    whole = clean(tmp_path / "raw", tmp_path / "whole")
    read_file, calls = task.read_file, []

    def flaky(file: InputFile, recipe: Recipe) -> Iterator[Source | Reject | Skipped]:
        calls.append(file.path)
        for number, found in enumerate(read_file(file, recipe)):
            if number == 30 and len(calls) == 2:
                raise OSError("gone for a moment")
            yield found

    monkeypatch.setattr(plan, "LARGE", 100)
    monkeypatch.setattr(task, "read_file", flaky)
    disputed = clean(tmp_path / "raw", tmp_path / "out", workers=3)
    assert len(calls) == 4
    assert disputed[1:] == whole[1:]
