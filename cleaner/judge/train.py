"""From labelled pages to the model's files: `python -m cleaner.judge.train BENCHMARKS`.

The linear models' scores are features of the trees, so each page's scores come from models that never saw its domain
(five folds); the shipped linear models see all pages. Seeded: the same pages and library versions give the same model.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.judge.benchmark import FOLDS, Chunk, cut_chunks, read_benchmark
from cleaner.judge.features import Features, make_features
from cleaner.judge.fit import fit_hashed, fit_trees
from cleaner.judge.flatten import FLATTENERS
from cleaner.judge.model import FOLDER, Model, write_model
from cleaner.judge.structure import tokens_of_elements
from cleaner.judge.weights import Weights
from cleaner.judge.words import UNSPACED, cut_words, ngrams

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

ROUNDS = {"html": 300, "text": 200}
NEWS_WEIGHT = 3.0
"""A page of news counts for this many others: they are few, and the ones whose gold is strict."""
TEXT_SHARE = 0.7
"""Weight of a flattened page's lines in the lexicon, of which the same page gives several."""


def page_weights(chunk: Chunk) -> Floats:
    """Weight of each line: by the root of its words, all pages alike but news."""
    unspaced = chunk.batch.lines["text"].str.count_matches(UNSPACED).to_numpy()
    words = cut_words(chunk.batch.lines["text"]).count + 0.6 * unspaced
    weight = np.sqrt(np.maximum(words, 0.3))
    page = chunk.batch.lines["page"].to_numpy().astype(np.int64)
    total = np.bincount(page, weights=weight, minlength=len(chunk.pages))
    importance = np.array([NEWS_WEIGHT if p.page_type == "news" else 1.0 for p in chunk.pages])
    out: Floats = weight / np.maximum(total[page], 1e-9) * importance[page]
    return out


def path_tokens(chunk: Chunk) -> tuple[tuple[Ints, Codes], tuple[Ints, Codes]]:
    """(line, token) pairs: of all elements around each line, and of its own block alone."""
    elements, lines = chunk.batch.elements, chunk.batch.lines
    assert elements is not None
    rows, codes, kind = tokens_of_elements(elements)
    first = np.searchsorted(rows, np.arange(int(kind.max()) + 2))
    size = np.diff(first)
    parent = elements["parent"].to_numpy().astype(np.int64)

    def tokens(line: Ints, element: Ints) -> tuple[Ints, Codes]:
        n = size[kind[element]]
        within = np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n)
        return np.repeat(line, n), codes[np.repeat(first[kind[element]], n) + within]

    at, line = lines["leaf"].to_numpy().astype(np.int64), np.arange(len(lines))
    parts = []
    while len(at):
        there = at >= 0
        at, line = at[there], line[there]
        parts.append(tokens(line, at))
        at = parent[at]
    block = np.maximum(lines["element"].to_numpy().astype(np.int64), 0)
    path = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    return path, tokens(np.arange(len(lines)), block)


def fit_weights(chunks: Sequence[Chunk]) -> Weights:
    """The three linear models, from all of these chunks."""
    html = [chunk for chunk in chunks if chunk.kind == "html"]
    share = {"html": 1.0, "text": TEXT_SHARE}
    grams = [ngrams(cut_words(chunk.batch.lines["text"])) for chunk in chunks]
    around = [path_tokens(chunk) for chunk in html]
    labels, weight = _join(chunks, share)
    labels_html, weight_html = _join(html, share)
    return Weights(
        text=fit_hashed(*_stack(grams, chunks), labels, weight, bits=19, root=True, l2=3e-7),
        path=fit_hashed(*_stack([a for a, _ in around], html), labels_html, weight_html, bits=17, root=False),
        own=fit_hashed(*_stack([o for _, o in around], html), labels_html, weight_html, bits=16, root=False),
    )


def _join(chunks: Sequence[Chunk], share: dict[str, float]) -> tuple[Floats, Floats]:
    labels = np.concatenate([chunk.labels for chunk in chunks])
    weight = np.concatenate([page_weights(chunk) * share[chunk.kind] for chunk in chunks])
    return labels, weight


def _stack(tokens: Sequence[tuple[Ints, Codes]], chunks: Sequence[Chunk]) -> tuple[Ints, Codes]:
    """(row, token) pairs of several chunks, rows counted on."""
    starts = np.concatenate(([0], np.cumsum([len(chunk.labels) for chunk in chunks])))
    rows = np.concatenate([row.astype(np.int64) + start for (row, _), start in zip(tokens, starts, strict=False)])
    return rows, np.concatenate([codes for _, codes in tokens])


def out_of_fold_features(chunks: Sequence[Chunk], folds: Sequence[Weights]) -> list[Features]:
    """Features of each chunk, with linear models that never saw its domains."""
    return [make_features(c.batch.lines, c.batch.elements, folds[c.fold]) for c in chunks]


def train(folder: Path, out: Path = FOLDER) -> Model:
    """Train on the labelled pages of `folder` and write the model into `out`."""
    pages = read_benchmark(folder)
    chunks = list(cut_chunks(pages, ["html", *FLATTENERS]))
    _say(f"{len(pages)} pages, {sum(len(c.labels) for c in chunks)} lines")
    folds = []
    for fold in range(FOLDS):
        folds.append(fit_weights([chunk for chunk in chunks if chunk.fold != fold]))
        _say(f"linear models without fold {fold}")
    features = out_of_fold_features(chunks, folds)
    trees = {}
    for kind in ("html", "text"):
        chosen = [(c, f) for c, f in zip(chunks, features, strict=True) if c.kind == kind]
        matrix = np.concatenate([f.matrix for _, f in chosen])
        labels = np.concatenate([c.labels for c, _ in chosen])
        weight = np.concatenate([page_weights(c) for c, _ in chosen])
        trees[kind] = fit_trees(matrix, labels, weight / weight.mean(), chosen[0][1].names, ROUNDS[kind])
        _say(f"trees for {kind}: {matrix.shape[0]} lines, {matrix.shape[1]} features")
    model = Model(fit_weights(chunks), trees)
    write_model(model, out)
    sets = {name: sum(page.set == name for page in pages) for name in sorted({page.set for page in pages})}
    (out / "data.json").write_text(json.dumps({"pages": sets}, indent=1) + "\n")
    return model


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
