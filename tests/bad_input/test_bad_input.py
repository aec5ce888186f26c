"""Whatever a folder holds: the good pages are released, a bad source is listed with its cause, nothing is lost.

All bad inputs of `bad_files.CASES` lie in one folder, each in a folder of its own beside one good page, and one run of
the real command cleans them. What holds for all is tested first; then what became of each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bad_files import CASES, SECRET, page, prose

import cleaner
from cleaner.read.causes import CAUSES

PACKAGE = Path(cleaner.__file__).parents[1]


def cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command; its output as text."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "cleaner", *map(os.fspath, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300)


@dataclass
class Outcome:
    """What a run did: how it ended, its report, its rejects, and the published rows."""

    done: subprocess.CompletedProcess[str]
    report: dict[str, Any]
    rejects: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    processed: Path

    def texts(self, case: str) -> dict[str, str]:
        """The published texts of a case's folder by path, without its good page."""
        found = {row["source_path"]: row["text"] for row in self.documents}
        return {
            p.removeprefix(f"{case}/"): t
            for p, t in found.items()
            if p.startswith(f"{case}/") and p[-9:] != "good.html"
        }

    def causes(self, case: str) -> dict[str, str]:
        """The rejects of a case's folder: path -> cause."""
        found = {row["source"]: row["cause"] for row in self.rejects}
        return {p.removeprefix(f"{case}/"): c for p, c in found.items() if p.startswith(f"{case}/")}


def outcome_of(raw: Path, processed: Path) -> Outcome:
    """Run the command, and read what it made. Fails if it made nothing."""
    done = cli("run", raw, processed, "--json", "--workers", "1")
    assert done.returncode in (0, 3), done.stderr
    report = json.loads(done.stdout)
    manifest = json.loads((processed / "versions" / f"{report['version']}.json").read_text("utf-8"))
    files = [name for name in _strings(manifest["files"]) if name.endswith(".parquet")]
    tables = [pq.read_table(processed / name) for name in files]
    documents = [row for table in tables if "source_path" in table.column_names for row in table.to_pylist()]
    rejects = [json.loads(line) for line in (processed / "rejects.jsonl").read_text("utf-8").splitlines()]
    return Outcome(done, report, rejects, documents, processed)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run over all cases."""
    folder = tmp_path_factory.mktemp("bad")
    for name, make in CASES.items():
        home = folder / "raw" / name
        home.mkdir(parents=True)
        (home / "good.html").write_text(page(name))
        try:
            make(home)
        except OSError:
            assert name == "name_that_is_not_utf8"  # some file systems refuse it
            shutil.rmtree(home)
    return outcome_of(folder / "raw", folder / "processed")


class TestAll:
    def test_no_traceback(self, outcome: Outcome) -> None:
        assert "Traceback" not in outcome.done.stderr
        assert "panicked" not in outcome.done.stderr

    def test_sources_and_lines_add_up(self, outcome: Outcome) -> None:
        report = outcome.report
        parts = ("documents", "duplicates", "filtered", "withdrawn", "rejects")
        assert sum(report[part] for part in parts) == report["sources"]
        assert sum(n for roles in report["lines"].values() for n in roles.values()) == report["lines_read"]
        assert len(outcome.documents) == report["documents"]
        assert len(outcome.rejects) == report["rejects"] > 0
        assert outcome.done.returncode == report["exit_code"] == 3

    def test_every_reject_has_a_known_cause_and_a_message(self, outcome: Outcome) -> None:
        assert {row["cause"] for row in outcome.rejects} <= set(CAUSES)
        assert all(row["message"].strip() for row in outcome.rejects)
        assert not any("Traceback" in row["message"] for row in outcome.rejects)

    @pytest.mark.parametrize("case", CASES)
    def test_the_good_page_beside_it_is_released(self, case: str, outcome: Outcome) -> None:
        texts = {row["source_path"]: row["text"] for row in outcome.documents}
        if case == "name_that_is_not_utf8" and f"{case}/good.html" not in texts:
            pytest.skip("this file system wants names in UTF-8")
        assert prose(case) in texts[f"{case}/good.html"]

    def test_nothing_from_outside_was_read(self, outcome: Outcome) -> None:
        assert not any(SECRET in row["text"] for row in outcome.documents)
        assert not any(SECRET.encode() in path.read_bytes() for path in _files(outcome.processed))
        assert list(outcome.processed.parents[1].rglob("climbed*")) == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".parquet"]


@pytest.mark.parametrize(
    ("case", "name", "causes"),
    [
        ("empty", "bad.html", {"empty"}),
        ("blank", "bad.txt", {"empty"}),
        ("nul_bytes", "bad.txt", {"not_text", "empty"}),
        ("random_bytes_named_html", "bad.html", {"not_text"}),
        ("image_named_txt", "bad.txt", {"not_text"}),
        ("photo_named_html", "bad.html", {"not_text"}),
        ("truncated_gzip", "bad.html.gz", {"truncated"}),
        ("truncated_parquet", "bad.parquet", {"truncated", "broken_container"}),
    ],
)
def test_a_file_that_is_no_page_is_rejected(case: str, name: str, causes: set[str], outcome: Outcome) -> None:
    assert outcome.texts(case) == {}
    rejects = outcome.causes(case)
    assert list(rejects) == [name]
    assert rejects[name] in causes


def test_nul_bytes_inside_a_page(outcome: Outcome) -> None:
    text = outcome.texts("nul_bytes_inside")["bad.html"]
    assert "\0" not in text
    assert "This is about nul bytes." in text


@pytest.mark.parametrize(
    ("case", "name"),
    [("line_of_30_mb", "bad.txt"), ("html_line_of_10_mb", "bad.html"), ("nested_tags", "bad.html")],
)
def test_a_page_that_costs_too_much_is_a_document_or_one_reject(case: str, name: str, outcome: Outcome) -> None:
    """Which of the two may depend on the machine; nothing else may become of it."""
    texts, rejects = outcome.texts(case), outcome.causes(case)
    assert [*texts, *rejects] == [name]
    assert set(rejects.values()) <= {"timed_out", "out_of_memory", "too_large", "too_deep", "crashed"}


def test_an_unclosed_comment(outcome: Outcome) -> None:
    text = outcome.texts("unclosed_comment")["bad.html"]
    assert prose("comments") in text


def test_an_unclosed_iframe_does_not_swallow_the_page(outcome: Outcome) -> None:
    assert prose("iframes") in outcome.texts("unclosed_iframe")["bad.html"]


def test_an_external_entity_is_not_resolved(outcome: Outcome) -> None:
    text = outcome.texts("external_entity")["bad.xhtml"]
    assert prose("entities") in text
    assert "4711" not in text


def test_entities_that_multiply_are_not_expanded(outcome: Outcome) -> None:
    text = outcome.texts("entities_that_multiply")["bad.xhtml"]
    assert prose("laughter") in text
    assert len(text) < 10_000


def test_a_broken_line_of_a_jsonl_is_one_reject(outcome: Outcome) -> None:
    assert outcome.causes("broken_jsonl") == {"bad.jsonl#1": "broken_record"}
    texts = outcome.texts("broken_jsonl")
    assert sorted(texts) == ["bad.jsonl#0", "bad.jsonl#2"]
    assert prose("record 2") in texts["bad.jsonl#2"]


def test_a_truncated_warc_gives_what_came_before(outcome: Outcome) -> None:
    texts = outcome.texts("truncated_warc")
    assert [prose(f"capture {n}") in text for n, text in enumerate(texts[name] for name in sorted(texts))] == [
        True,
        True,
    ]
    assert list(outcome.causes("truncated_warc").values()) == ["truncated"]


def test_a_zip_bomb_is_not_unpacked(outcome: Outcome) -> None:
    assert list(outcome.texts("zip_bomb")) == ["bad.zip!/page.html"]
    assert list(outcome.causes("zip_bomb").values()) == ["archive_bomb"]


def test_a_zip_whose_names_lead_out(outcome: Outcome) -> None:
    texts, rejects = outcome.texts("zip_that_leads_out"), outcome.causes("zip_that_leads_out")
    assert list(texts) == ["bad.zip!/inside.html"]
    assert list(rejects.values()) == ["unsafe_name", "unsafe_name"]


def test_links_in_a_tar_are_not_followed(outcome: Outcome) -> None:
    assert list(outcome.texts("tar_with_links_that_lead_out")) == ["bad.tar!/inside.html"]


def test_links_out_of_the_folder_are_not_followed(outcome: Outcome) -> None:
    assert outcome.texts("links_that_lead_out") == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(outcome: Outcome) -> None:
    assert outcome.causes("unreadable") == {"bad.html": "unreadable"}


def test_a_name_that_is_not_utf8(outcome: Outcome) -> None:
    texts = outcome.texts("name_that_is_not_utf8")
    if not texts:
        pytest.skip("this file system wants names in UTF-8")
    assert prose("names") in texts["caf\\xe9.html"]


def test_a_pipe_is_not_waited_for(outcome: Outcome) -> None:
    assert outcome.texts("pipe") == {}


def test_a_second_run_changes_nothing(outcome: Outcome) -> None:
    again = outcome_of(outcome.processed.parent / "raw", outcome.processed)
    assert not again.report["released"]
    assert again.rejects == outcome.rejects
