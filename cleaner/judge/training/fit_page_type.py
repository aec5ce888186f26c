"""Fitting the model that tells a page's type: called by `judge.train`, needs nothing beyond what cleaning needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from cleaner.judge.names import find_kinds
from cleaner.judge.page_type import TYPES, Linear, PageTypes, groups, page_columns, weight_of
from cleaner.judge.shapes import look_at
from cleaner.judge.training.benchmark import Chunk
from cleaner.judge.words import cut_words

Floats = npt.NDArray[np.float64]

L2 = 2e-5


def fit_page_types(chunks: Sequence[Chunk], fold: int | None = None) -> PageTypes:
    """The two models, from all chunks but those of `fold`: one from HTML, one from flattened text.

    News counts as article; pages of a type that is none of TYPES are left out.
    """
    return {kind: _fit([c for c in chunks if c.kind == kind and c.fold != fold]) for kind in ("html", "text")}


def _fit(chunks: Sequence[Chunk]) -> Linear:
    rows: list[csr_matrix] = []
    gold: list[int] = []
    for chunk in chunks:
        named = ["article" if page.page_type == "news" else page.page_type for page in chunk.pages]
        known = np.array([name in TYPES for name in named], dtype=bool)
        batch = chunk.batch
        kinds = find_kinds(batch.elements) if batch.elements is not None else None
        words, looks = cut_words(batch.lines["text"]), look_at(batch.lines)
        columns = page_columns(batch.lines, batch.elements, batch.heads, words, kinds, looks)
        rows.append(columns_as_values(columns[known]))
        gold.extend(TYPES.index(name) for name in named if name in TYPES)
    return fit_linear(vstack(rows).tocsr(), np.array(gold, dtype=np.int64))


def columns_as_values(has: npt.NDArray[np.bool_]) -> csr_matrix:
    """Columns of pages as the values that the model multiplies its weights with."""
    values = has.astype(np.float32)
    for group, (first, end) in groups().items():
        values[:, first:end] *= weight_of(group, has[:, first:end].sum(axis=1))[:, None].astype(np.float32)
    return csr_matrix(values)


def fit_linear(matrix: csr_matrix, gold: npt.NDArray[np.int64]) -> Linear:
    """Multinomial logistic regression from values (a row a page) to types (positions in TYPES), in 8 bits."""
    kinds = len(TYPES)
    wanted = np.zeros((len(gold), kinds))
    wanted[np.arange(len(gold)), gold] = 1.0
    base = np.log(np.clip(wanted.mean(axis=0), 1e-3, None))
    transposed = matrix.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(-1, kinds)
        z = matrix @ w + base
        z -= z.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(z).sum(axis=1))
        p = np.exp(z - log_sum[:, None])
        value = float((log_sum - (z * wanted).sum(axis=1)).mean()) + 0.5 * L2 * float(flat @ flat)
        return value, (transposed @ ((p - wanted) / len(gold)) + L2 * w).ravel()

    start = np.zeros(matrix.shape[1] * kinds)
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 120}).x.reshape(-1, kinds)
    used = np.abs(weights[weights != 0])
    scale = float(np.float32(np.quantile(used, 0.9995) / 127)) if len(used) else 1.0
    return Linear(np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale, np.round(base, 5))
