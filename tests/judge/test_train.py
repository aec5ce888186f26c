"""Training makes a model from labelled pages, in any languages, that judges what it was shown; its parts are seeded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import InputError
from cleaner.judge.training import train as training
from cleaner.judge.training.benchmark import read_benchmark
from cleaner.judge.training.evaluate import evaluate, seen_pages
from cleaner.judge.training.fit import fit_hashed, fit_trees
from cleaner.judge.training.foreign import CASED, LANGUAGES, UNSPACED, retell

PAGES = Path(__file__).parent / "pages"


def test_a_folder_of_labelled_pages_makes_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few trees from a few pages: enough to tell content from menus on these pages."""
    pytest.importorskip("inscriptis")
    pytest.importorskip("resiliparse")
    folder, out = tmp_path / "mine", tmp_path / "model"
    folder.mkdir()
    pages = [page for page in read_benchmark(PAGES) if page.fold < 2]  # each fold takes its time
    chosen = [page for page in pages if page.kind == "html"][::5] + [page for page in pages if page.kind == "text"][:1]
    for page in chosen:
        shutil.copy(page.path, folder)
        shutil.copy(page.path.with_suffix(".gold"), folder)
    monkeypatch.setattr(training, "ROUNDS", {"html": 12, "text": 12})
    said: list[str] = []
    scores = training.train(folder, out, said.append)
    names = {path.stem for path in folder.glob("*.gold")}
    assert {score.name for score in scores} == names
    assert {"html", "text", "nodes"} <= {score.variant for score in scores}
    assert said
    told = json.loads((out / "data.json").read_text("utf-8"))
    assert told["pages"] == {"mine": len(names)}
    assert len(seen_pages(out) or ()) == len(names)
    own = evaluate(folder, ["html"], model=out)
    assert own.seen == own.pages == len(names)
    assert sum(score.f1 for score in own.scores) / len(own.scores) > 0.6


def test_pages_of_one_domain_are_too_few(tmp_path: Path) -> None:
    for suffix in ("txt", "gold"):
        (tmp_path / f"en-news-one.{suffix}").write_text("The ferry left at noon, and nobody knew why.", "utf-8")
    with pytest.raises(InputError, match="too few domains"):
        training.train(tmp_path, tmp_path / "model", print)


def test_weights_and_trees_are_the_same_each_time_and_tell_what_they_were_shown() -> None:
    rng = np.random.default_rng(3)
    row = np.repeat(np.arange(300), 4)
    codes = rng.integers(0, 50, len(row)).astype(np.uint32)
    labels = np.array([float((codes[row == i] < 20).mean() > 0.5) for i in range(300)])
    one, two = (fit_hashed(row, codes, labels, np.ones(300), bits=8, root=True) for _ in range(2))
    assert one.scale == two.scale
    assert np.array_equal(one.table, two.table)
    score = one.score(row, codes, 300)
    assert score[labels == 1].mean() > score[labels == 0].mean() + 1
    matrix = rng.random((500, 2)).astype(np.float32)
    first, second = (fit_trees(matrix, matrix[:, 0].round(), np.ones(500), ["a", "b"], 5) for _ in range(2))
    assert first.text == second.text


# --- pages retold in other languages ---------------------------------------------------------------------------------

LINES = st.text(alphabet=st.sampled_from("abcdeEFthe 0123456789.,:!? "), max_size=80)


@given(LINES, st.sampled_from(sorted(LANGUAGES)))
def test_a_retold_line_keeps_its_digits_and_is_the_same_each_time(line: str, language: str) -> None:
    told = retell(line, language)
    assert told == retell(line, language)
    assert [c for c in told if c.isdigit()] == [c for c in line if c.isdigit()]
    assert bool(told.strip()) == bool(line.strip())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_retold_line_looks_as_lines_of_its_script_do(language: str) -> None:
    told = retell("The Ferry left at noon, and 12 people NEVER knew why.", language)
    assert "Ferry" not in told
    assert "12" in told
    if LANGUAGES[language] in UNSPACED:
        assert told.endswith("。")
        assert len(told.split()) <= 3
    else:
        assert len(told.split()) == 11
        assert told.endswith(".")
    assert told[0].isupper() == (LANGUAGES[language] in CASED)
