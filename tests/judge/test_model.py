"""The shipped model fits the code that feeds it, is small, and gives what it gave when it was made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cleaner.judge.decode import keep_lines
from cleaner.judge.features import make_features
from cleaner.judge.model import FOLDER, Model, load_model, read_model, write_model
from cleaner.judge.strongest import TREES, UNIT, read_strongest
from cleaner.judge.training.fit import fit_trees
from cleaner.judge.verdicts import judge_lines
from cleaner.pages.batch import Batch
from cleaner.pages.cut import cut_pages
from cleaner.read import decode
from cleaner.recipe import Recipe
from cleaner.records import Kind, Source

PAGES = {
    "html": "<html><body><nav><a href=/>Home</a></nav><p>The ferry left at noon, and nobody knew why.</p></body>",
    "text": "Home\n\nThe ferry left at noon, and nobody knew why.\n\nShare this",
}


def _batch(kind: Kind) -> Batch:
    source = Source(PAGES[kind], kind=kind)
    batch = cut_pages([(source, decode(source, Recipe()))], Recipe())
    batch.lines = batch.lines.with_columns(cue=0.0, sure=0.0)
    return batch


@pytest.mark.parametrize("kind", ["html", "text"])
def test_the_trees_know_the_features_in_their_order(kind: Kind) -> None:
    model, batch = load_model(), _batch(kind)
    features = make_features(batch.lines, batch.elements, batch.heads, model.weights, model.page_types)
    assert model.trees[kind].names == features.names
    probability = model.predict(features, kind)
    assert len(probability) == len(batch.lines)
    assert ((probability >= 0) & (probability <= 1)).all()


def test_it_is_small_and_names_its_data() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 5_000_000
    assert "CC-BY-4.0" in (FOLDER / "LICENSE").read_text("utf-8")
    assert not [path for path in FOLDER.iterdir() if path.suffix in (".pkl", ".pickle", ".joblib")]


def test_a_model_is_written_and_read_alike(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    matrix, labels = rng.random((400, 3)).astype(np.float32), rng.random(400)
    trees = fit_trees(matrix, labels, np.ones(400), ["a", "b", "c"], 3)
    made = Model(load_model().weights, load_model().page_types, {"html": trees, "text": trees})
    for folder in ("one", "two"):
        write_model(made, tmp_path / folder)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert [(tmp_path / "one" / n).read_bytes() for n in names] == [(tmp_path / "two" / n).read_bytes() for n in names]
    again = read_model(tmp_path / "one")
    assert np.array_equal(again.trees["html"].score(matrix), trees.score(matrix))
    assert np.array_equal(again.weights.text.table, made.weights.text.table)
    assert np.array_equal(again.page_types["text"].table, made.page_types["text"].table)


def test_a_line_that_the_first_trees_decide_is_not_judged_otherwise_by_all() -> None:
    source = Source(max((Path(__file__).parent / "pages").glob("*.html")).read_bytes(), kind="html")
    model = load_model()
    judged = judge_lines(cut_pages([(source, decode(source, Recipe()))], Recipe()))
    whole = 1 / (1 + np.exp(-model.trees["html"].score(judged.features.matrix)))
    assert ((whole > 0.5) == (judged.probability > 0.5)).all()
    assert np.abs(whole - judged.probability).max() < 0.1
    sure = (whole > 0.1) & (whole < 0.9)
    assert sure.any()
    assert np.abs(whole - judged.probability)[sure].max() < 0.01


def test_what_speaks_for_a_line_adds_up_to_what_the_first_trees_say() -> None:
    rng = np.random.default_rng(2)
    matrix = rng.random((2000, 3)).astype(np.float32)
    labels = np.where(matrix[:, 0] > 0.6, 0.9, 0.1)
    trees = fit_trees(matrix, labels, np.ones(2000), ["link_share", "lexicon", "words"], TREES)
    strongest = read_strongest(trees)
    leaves = trees.leaves(matrix, TREES)
    moved = sum(strongest.moved[first + leaves[:, tree]].sum(axis=1) for tree, first in enumerate(strongest.first))
    raw = trees.score(matrix)
    assert np.ptp(raw - moved / UNIT) < TREES * 10 / UNIT  # what is left is the same for all: where the trees begin
    said = strongest.name(leaves)
    for sign, far in (("+", matrix[:, 0] > 0.65), ("-", matrix[:, 0] < 0.55)):
        assert {said[i][:7] for i in np.flatnonzero(far)} == {f"links {sign}"}


def test_modes_keep_less_or_more() -> None:
    probability, words = np.array([0.95, 0.7, 0.55, 0.45, 0.33, 0.1]), np.full(6, 10.0)
    kept = {
        mode: keep_lines(probability, words, np.zeros(6, dtype=np.int64), 1, mode).tolist()
        for mode in ("precision", "balanced", "recall")
    }
    assert sum(kept["precision"]) < sum(kept["balanced"]) < sum(kept["recall"])
    assert all(not a or b for a, b in zip(kept["precision"], kept["balanced"], strict=True))
    assert all(not a or b for a, b in zip(kept["balanced"], kept["recall"], strict=True))
