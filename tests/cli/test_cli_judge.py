"""`cleaner evaluate` and `cleaner train` as a user meets them; the training itself is replaced by a fake."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cleaner.cli import app
from cleaner.commands.judging import Variant
from cleaner.judge.model import FOLDER
from cleaner.judge.training.benchmark import VARIANTS
from cleaner.judge.training.scores import PageScore
from cleaner.report.scores import seen_text

PAGE = """<html lang="en"><body><nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>The ferry</h1>
<p>After two winters in the dry dock the old ferry came back to the bay on Sunday, and half the town stood on the
pier to see whether she would make it past the sandbank without help.</p></article></body></html>"""
GOLD = """After two winters in the dry dock the old ferry came back to the bay on Sunday, and half the town stood on the
pier to see whether she would make it past the sandbank without help."""


def invoke(*args: str) -> Result:
    return CliRunner().invoke(app, list(args), env={"COLUMNS": "100", "CLEANER_DEBUG": None})


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    folder = tmp_path / "labelled"
    folder.mkdir()
    for name in ("en-news-ferry", "en-article-dull"):
        (folder / f"{name}.html").write_text(PAGE)
        (folder / f"{name}.gold").write_text(GOLD if "ferry" in name else "Nothing like that.")
    return folder


def test_the_forms_are_those_that_pages_can_be_had_in() -> None:
    assert tuple(variant.value for variant in Variant) == VARIANTS


def test_evaluate_prints_means_by_form_and_type(labelled: Path) -> None:
    result = invoke("evaluate", str(labelled), "--variant", "html", "--variant", "nodes")
    assert result.exit_code == 0
    rows = [row.split() for row in result.stdout.splitlines()]
    assert rows[:2] == [["labelled"], ["pages", "F1", "precision", "recall"]]
    assert rows[2] == ["as", "html", "2", "0.500", "0.500", "0.500"]
    assert ["article", "1", "0.000", "0.000", "0.000"] in rows
    assert ["as", "nodes"] in [row[:2] for row in rows]
    assert "en-news-ferry" not in result.stdout
    assert "trained on" in result.stdout
    assert "\x1b" not in result.output
    assert result.stderr.startswith("cleaning: 2/4 files")


def test_evaluate_shows_the_worst_pages_or_all(labelled: Path) -> None:
    worst = invoke("evaluate", str(labelled), "--variant", "html", "--worst", "1").stdout
    assert "en-article-dull  article  html  0.000" in worst
    assert "en-news-ferry" not in worst
    everything = invoke("evaluate", str(labelled), "--variant", "html", "--pages").stdout
    assert everything.index("en-article-dull") < everything.index("en-news-ferry    news     html  1.000")


def test_evaluate_as_json_holds_everything(labelled: Path) -> None:
    result = invoke("evaluate", str(labelled), "--variant", "html", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert told["pages"] == 2
    assert told["figures"][0] == {
        "set": "labelled", "variant": "html", "page_type": None, "pages": 2, "f1": 0.5, "precision": 0.5, "recall": 0.5,
    }  # fmt: skip
    assert {score["name"]: score["f1"] for score in told["scores"]} == {"en-article-dull": 0, "en-news-ferry": 1}


def test_evaluate_goes_by_the_recipe(labelled: Path) -> None:
    recipe = labelled.parent / "recipe.toml"
    recipe.write_text('[judge]\ntitle = "keep"\n')
    args = ["evaluate", str(labelled), "--variant", "html", "--pages"]
    assert "en-news-ferry    news     html  1.000" not in invoke(*args, "--recipe", str(recipe)).stdout


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["evaluate", "nowhere"], 1, "There is no folder nowhere."),
        (["evaluate", "empty"], 1, "holds no labelled pages"),
        (["evaluate", "labelled", "--model", "empty"], 1, "holds no model"),
        (["evaluate", "labelled", "--variant", "text"], 1, "can be had as text"),
        (["evaluate", "labelled", "--variant", "pdf"], 2, "pdf"),
        (["evaluate", "labelled", "--recipe", "nowhere.toml"], 2, "cannot be read"),
        (["evaluate"], 2, "Usage: "),
        (["train", "nowhere", "--out", "new"], 1, "There is no folder nowhere."),
        (["train", "labelled", "--out", "labelled"], 5, "something that is no model"),
        (["train", "labelled", "--out", str(FOLDER / "..")], 5, "something that is no model"),
    ],
)
def test_what_is_wrong_is_said(
    args: list[str], code: int, message: str, labelled: Path, fake_train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(labelled.parent)
    (labelled.parent / "empty").mkdir()
    result = invoke(*args)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


@pytest.fixture
def fake_train(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path]]:
    calls: list[tuple[Path, Path]] = []

    def train(folder: Path, out: Path, report: Callable[[str], None]) -> list[PageScore]:
        calls.append((folder, out))
        report("linear models without fold 0")
        return [PageScore("a", "mine", "news", "html", 0.91, 0.9, 0.92)]

    module = types.ModuleType("cleaner.judge.training.train")
    module.train = train  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cleaner.judge.training.train", module)
    return calls


def test_train_says_how_long_it_takes_and_how_good_it_got(fake_train: list[Any], labelled: Path) -> None:
    out = labelled.parent / "model"
    result = invoke("train", str(labelled), "--out", str(out))
    assert result.exit_code == 0
    assert fake_train == [(labelled, out)]
    assert result.stderr.splitlines() == [
        "2 labelled pages: this takes about 1 min on two cores.",
        "linear models without fold 0",
    ]
    assert "as html      1  0.910      0.900   0.920" in result.stdout
    assert f"--model {out}" in result.stdout


def test_train_writes_over_a_model_only_when_asked(fake_train: list[Any], labelled: Path) -> None:
    out = labelled.parent / "model"
    out.mkdir()
    (out / "hashed.npz").write_bytes(b"weeks of work")
    refused = invoke("train", str(labelled), "--out", str(out))
    assert refused.exit_code == 5
    assert "`--replace`" in refused.stderr
    assert fake_train == []
    assert invoke("train", str(labelled), "--out", str(out), "--replace").exit_code == 0
    assert fake_train == [(labelled, out)]


def test_a_missing_package_is_named_with_the_extra(labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inscriptis", None)
    result = invoke("evaluate", str(labelled), "--variant", "layout")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "inscriptis" in result.stderr
    assert "pip install 'cleaner-corpus[train]'" in result.stderr


def test_whether_the_model_knew_the_pages_is_said() -> None:
    assert "none of these" in seen_text(0, 9).plain
    assert "3 of these 9 pages" in seen_text(3, 9).plain
    assert "does not say" in seen_text(None, 9).plain
