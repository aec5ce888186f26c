"""Numbers asked for, compaction, and what `cleaner versions` shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from release_corpus import Page, published, run, write_parts
from test_release_versions import PAGES, edited, shards
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn
from cleaner.errors import RecipeError, RefusedError
from cleaner.recipe import Recipe
from cleaner.release import types
from cleaner.release.history import history
from cleaner.release.make import release
from cleaner.release.manifest import amend_manifest, asked_version, choose_version, read_manifests
from cleaner.release.open import load
from cleaner.release.verify import verify
from cleaner.report.summary import RunReport

NONE = {"added": 0, "changed": 0, "removed": 0}


def release_as(processed: Path, pages: list[Page], **options: Any) -> RunReport:
    parts = write_parts(processed / ".cleaner", pages)
    decisions = decide(parts, Recipe(), processed / ".cleaner" / "work", Withdrawn.by([]))
    report = RunReport("raw", "out", sources=len(pages), lines_read=sum(len(page.lines()) for page in pages))
    release(parts, decisions, processed, Recipe(), report, **options)
    return report


@pytest.mark.parametrize(
    ("parent", "changes", "asked", "given"),
    [
        (None, {"added": 3}, None, "1.0.0"), (None, {"added": 3}, "1.0.0", "1.0.0"),
        (None, {"added": 3}, "3.1.4", "3.1.4"), (None, {"added": 3}, "0.9.0", None),
        ("1.2.3", {}, None, "1.2.4"), ("1.2.3", {}, "1.3.0", "1.3.0"), ("1.2.3", {"added": 1}, None, "1.3.0"),
        ("1.2.3", {"added": 1}, "1.2.4", None), ("1.2.3", {"added": 1}, "1.10.0", "1.10.0"),
        ("1.2.3", {"changed": 1}, None, "2.0.0"), ("1.2.3", {"removed": 1}, "1.9.9", None),
        ("1.2.3", {"added": 1, "removed": 1}, "2.0.1", "2.0.1"),
    ],
)  # fmt: skip
def test_a_number_follows_from_the_change_and_may_only_be_raised(
    parent: str | None, changes: dict[str, int], asked: str | None, given: str | None
) -> None:
    if given is None:
        with pytest.raises(RefusedError, match="too low a number"):
            choose_version(parent, {**NONE, **changes}, asked)
    else:
        assert choose_version(parent, {**NONE, **changes}, asked) == given


@pytest.mark.parametrize("wrong", ["2", "1.0", "1.0.0-rc.1", "01.0.0", "", "latest", "1.0.0.0", "1.0.9999999999"])
def test_what_is_no_version(wrong: str) -> None:
    for newest in (None, "1.0.0"):
        with pytest.raises(RecipeError, match="is no version"):
            asked_version(wrong, newest)


def test_asking_for_a_number(tmp_path: Path) -> None:
    assert release_as(tmp_path, PAGES, version="1.5.0").version == "1.5.0"
    before = published(tmp_path)
    with pytest.raises(RefusedError, match=r"1\.5\.1 is too low .*1 changed.* 2\.0\.0 or higher"):
        release_as(tmp_path, [edited(PAGES[0]), *PAGES[1:], Page("x", cause="empty")], version="1.5.1")
    assert published(tmp_path) == before
    assert verify(tmp_path).problems == []
    for version in ("1.5.0", "7.0.0"):
        assert release_as(tmp_path, PAGES, version=version).released is False
    assert release_as(tmp_path, [edited(PAGES[0]), *PAGES[1:]], version="7.0.0").version == "7.0.0"


def test_the_command_refuses_before_it_reads_anything(tmp_path: Path) -> None:
    run(tmp_path / "out", PAGES[:2])
    (tmp_path / "raw").mkdir()
    arguments = ["run", str(tmp_path / "raw"), str(tmp_path / "out"), "--version"]
    for version, code, told in (("0.9.0", 5, "The newest version is 1.0.0"), ("one", 2, "is no version")):
        shown = CliRunner().invoke(app, [*arguments, version])
        assert (shown.exit_code, told in shown.output) == (code, True)


def test_compaction_when_asked_for(tmp_path: Path) -> None:
    for count in (8, 9, 10, 11):
        release_as(tmp_path, PAGES[:count])
    rows = sorted(load(tmp_path)["id"])
    assert len(shards(tmp_path)) == 4
    assert release_as(tmp_path, PAGES[:11]).released is False
    assert release_as(tmp_path, PAGES[:11], compact=True).version == "1.3.1"
    assert len(shards(tmp_path)) == 1
    assert sorted(load(tmp_path)["id"]) == rows
    assert load(tmp_path, "1.1.0").num_rows == 9
    assert release_as(tmp_path, PAGES[:11], compact=True).released is False
    assert verify(tmp_path).problems == []


def test_versions_as_a_person_wants_them(tmp_path: Path) -> None:
    run(tmp_path, PAGES[:8])
    run(tmp_path, PAGES[:9])
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:8]], Recipe.parse('[judge]\nmode = "recall"'))
    rows = history(tmp_path)
    assert [(row.version, row.documents, row.changed) for row in rows] == [
        ("2.0.0", 8, "1 changed, 1 removed"), ("1.1.0", 9, "1 added"), ("1.0.0", 8, "the first version")]  # fmt: skip
    assert [row.why for row in rows] == [("1 lost source", "recipe: judge.mode"), ("1 new source",), ()]
    assert all(0 < row.new_bytes <= row.bytes for row in rows)
    assert rows[0].made.timestamp() == pytest.approx((tmp_path / "versions" / "2.0.0.json").stat().st_mtime, abs=1)
    shown = CliRunner().invoke(app, ["versions", str(tmp_path)], env={"COLUMNS": "140"}).output
    for told in ("1 changed, 1 removed", "recipe: judge.mode", "1 new source", "cleaner diff"):
        assert told in shown
    values = json.loads(CliRunner().invoke(app, ["versions", str(tmp_path), "--json"]).output)
    assert [value["version"] for value in values] == ["2.0.0", "1.1.0", "1.0.0"]


def test_a_manifest_is_signed_again_for_a_withdrawal_only(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    [manifest] = read_manifests(tmp_path)
    path = tmp_path / "versions" / "1.0.0.json"
    date = path.stat().st_mtime_ns
    with pytest.raises(RefusedError, match="nothing but a withdrawal"):
        amend_manifest(tmp_path, manifest)
    manifest.amended.update(times=1, documents=2)
    amend_manifest(tmp_path, manifest)
    assert read_manifests(tmp_path)[0].amended == {"times": 1, "documents": 2}
    assert path.stat().st_mtime_ns == date
    assert "2 documents were withdrawn" in run_again(tmp_path)
    assert history(tmp_path)[0].amended == 2


def run_again(processed: Path) -> str:
    run(processed, PAGES)
    return (processed / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("words", ["", "string", "[text", "{a:text", "{a:text}}", "[]", "{}", "{a,text}", "{a:text,}"])
def test_what_is_no_type(words: str) -> None:
    with pytest.raises(ValueError, match="is no type"):
        types.schema_of([["column", words]])


def test_columns_in_words_and_back(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    [manifest] = read_manifests(tmp_path)
    for config in ("documents", "lines"):
        assert types.columns_of(manifest.schema(config)) == manifest.columns[config]
        assert load(tmp_path, lines=config == "lines").column_names == manifest.schema(config).names
