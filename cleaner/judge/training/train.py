"""From labelled pages to the model's files: what `cleaner train` does.

The linear models' scores are features of the trees, so each page's scores come from models that never saw its domain
(five folds); the shipped linear models see all pages. Seeded: the same pages and library versions give the same model.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.errors import InputError
from cleaner.judge.cues import match_cues
from cleaner.judge.features import Features, make_features
from cleaner.judge.model import Model, write_model
from cleaner.judge.names import find_kinds
from cleaner.judge.page_type import PageTypes
from cleaner.judge.training.benchmark import FOLDS, VARIANTS, Chunk, cut_chunks, read_benchmark
from cleaner.judge.training.fit import fit_hashed, fit_trees
from cleaner.judge.training.fit_page_type import fit_page_types
from cleaner.judge.training.foreign import retell_pages
from cleaner.judge.training.scores import PageScore, score_text, tabulate
from cleaner.judge.trees import Trees
from cleaner.judge.verdicts import decide, gather
from cleaner.judge.weights import Weights
from cleaner.judge.words import UNSPACED, UNSPACED_WORD, cut_words, ngrams, places
from cleaner.recipe import Recipe

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

ROUNDS = {"html": 200, "text": 200}
NEWS_WEIGHT = 3.0
"""A page of news counts for this many others: they are few, and the ones whose gold is strict."""
RETOLD_WEIGHT = 0.7
"""Weight of a page that is retold in another language."""
TEXT_SHARE = 0.7
"""Weight of a flattened page's lines in the lexicon, of which the same page gives several."""


def page_weights(chunk: Chunk) -> Floats:
    """Weight of each line: by the root of its words, all pages alike but news."""
    unspaced = chunk.batch.lines["text"].str.count_matches(UNSPACED).to_numpy()
    words = cut_words(chunk.batch.lines["text"]).count + UNSPACED_WORD * unspaced
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
    kinds = find_kinds(elements)
    first = np.searchsorted(kinds.row, np.arange(len(kinds) + 1))
    size = np.diff(first)
    parent = elements["parent"].to_numpy().astype(np.int64)

    def tokens(line: Ints, element: Ints) -> tuple[Ints, Codes]:
        n = size[kinds.kind[element]]
        return np.repeat(line, n), kinds.code[np.repeat(first[kinds.kind[element]], n) + places(n)]

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


@dataclass(slots=True)
class Table:
    """Features of a chunk's lines, made with linear models that never saw its domains; `labels` and `weight` of each.

    `features` is what the decision needs; retold pages have none, they are there to learn from alone.
    """

    matrix: npt.NDArray[np.float32]
    names: list[str]
    labels: Floats
    weight: Floats
    chunk: Chunk
    features: Features | None


def make_tables(chunk: Chunk, weights: Weights, types: PageTypes) -> list[Table]:
    """The chunk's own table, and that of those of its pages that are retold in another language."""
    batch, weight = chunk.batch, page_weights(chunk)
    made = make_features(batch.lines, batch.elements, batch.heads, weights, types)
    tables = [Table(made.matrix, made.names, chunk.labels, weight, chunk, made)]
    foreign, told = retell_pages([f"{page.name} {chunk.variant}" for page in chunk.pages], chunk.kind, batch)
    if told.any():
        made = make_features(foreign.lines, foreign.elements, foreign.heads, weights, types)
        matrix = made.matrix[told]
        tables.append(Table(matrix, made.names, chunk.labels[told], weight[told] * RETOLD_WEIGHT, chunk, None))
    return tables


def fit(tables: Sequence[Table], kind: str) -> Trees:
    """The trees for one kind of page."""
    matrix = np.concatenate([table.matrix for table in tables])
    labels = np.concatenate([table.labels for table in tables])
    weight = np.concatenate([table.weight for table in tables])
    return fit_trees(matrix, labels, weight / weight.mean(), tables[0].names, ROUNDS[kind])


def score_fold(tables: Sequence[Table], model: Model) -> list[PageScore]:
    """Scores of pages that the model has not seen: of the text that the decision keeps."""
    scores = []
    for table in tables:
        if table.features is None:
            continue
        chunk = table.chunk
        texts = chunk.batch.lines["text"]
        probability = model.predict(table.features, chunk.kind)
        judged = gather(chunk.batch, match_cues(texts), table.features, probability, model)
        verdicts = decide(judged, Recipe().judge, np.zeros(len(texts), dtype=bool))
        bounds = np.searchsorted(chunk.batch.lines["page"].to_numpy(), np.arange(len(chunk.pages) + 1))
        for page, a, b in zip(chunk.pages, bounds, bounds[1:], strict=False):
            kept = "\n".join(texts[i] for i in range(a, b) if verdicts.verdict[i] == "keep")
            scores.append(PageScore(page.name, page.set, page.page_type, chunk.variant, *score_text(kept, page.gold)))
    return scores


def train(folder: Path, out: Path, report: Callable[[str], None]) -> list[PageScore]:
    """Train on the labelled pages of `folder`, write the model into `out`, and give its cross-validated scores.

    `report` gets a line of text as each part is done. The same pages and library versions give the same model.

    Raises:
        InputError: The folder holds no labelled pages, or too few.
    """
    pages = read_benchmark(folder)
    chunks = list(cut_chunks(pages, VARIANTS))
    report(f"{len(pages)} pages cut into {sum(len(c.labels) for c in chunks)} lines")
    folds = sorted({chunk.fold for chunk in chunks})
    if len(folds) < 2:
        raise InputError(f"The pages of {folder} are of too few domains to hold some of them back for measuring.")
    tables: list[Table] = []
    linear = {}
    for fold in folds:
        seen = [chunk for chunk in chunks if chunk.fold != fold]
        linear[fold] = fit_weights(seen), fit_page_types(seen)
        for chunk in chunks:
            if chunk.fold == fold:
                tables.extend(make_tables(chunk, *linear[fold]))
        report(f"fold {fold + 1} of {FOLDS}: linear models")
    scores, trees = [], {}
    for kind in ("html", "text"):
        mine = [table for table in tables if table.chunk.kind == kind]
        for fold in folds:
            booster = fit([table for table in mine if table.chunk.fold != fold], kind)
            model = Model(*linear[fold], {kind: booster})
            scores.extend(score_fold([table for table in mine if table.chunk.fold == fold], model))
            report(f"fold {fold + 1} of {FOLDS}: trees for {kind}")
        trees[kind] = fit(mine, kind)
    write_model(Model(fit_weights(chunks), fit_page_types(chunks), trees), out)
    sets = {name: sum(page.set == name for page in pages) for name in sorted({page.set for page in pages})}
    figures = [dataclasses.asdict(row) for row in tabulate(scores)]
    told = {"pages": sets, "seen": sorted({page.gold_crc for page in pages}), "figures": figures}
    (out / "data.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return scores
