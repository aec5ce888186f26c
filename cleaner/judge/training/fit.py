"""Fitting the judge's parts: linear models over hashed tokens, and the trees on top.

Called by `judge.train`.
"""

from __future__ import annotations

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from cleaner.judge.trees import Trees
from cleaner.judge.weights import Hashed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TREES: dict[str, object] = {
    "objective": "cross_entropy",
    "learning_rate": 0.07,
    "num_leaves": 63,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def fit_hashed(
    row: Ints, codes: npt.NDArray[np.uint32], labels: Floats, weight: Floats, *, bits: int, root: bool, l2: float = 1e-5
) -> Hashed:
    """Logistic regression with soft labels (0-1) over hashed tokens, quantised to 8 bits.

    `row` and `codes`: token `codes[i]` stands in row `row[i]`. With `root`, a row's score is divided by the square
    root of its number of tokens. `weight`: of each row.
    """
    size = 1 << bits
    spread = codes ^ (codes >> np.uint32(15))
    column = (spread & np.uint32(size - 1)).astype(np.int64)
    counted = np.maximum(np.bincount(row, minlength=len(labels)), 1)
    value = (1.0 / np.sqrt(counted) if root else np.full(len(labels), 1.0))[row]
    matrix = csr_matrix((value.astype(np.float32), (row, column)), shape=(len(labels), size))
    transposed = matrix.T.tocsr()
    share = weight / weight.sum()
    prior = float(np.clip((labels * share).sum(), 1e-3, 1 - 1e-3))
    base = np.log(prior / (1 - prior))

    def loss(w: Floats) -> tuple[float, Floats]:
        z = matrix @ w + base
        p = 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))
        value = float((share * (np.logaddexp(0, z) - labels * z)).sum()) + 0.5 * l2 * float(w @ w)
        return value, transposed @ (share * (p - labels)) + l2 * w

    solved = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 40})
    weights = solved.x
    used = np.abs(weights[weights != 0])
    scale = float(np.quantile(used, 0.9995)) / 127 if len(used) else 1.0
    scale = float(np.float32(scale or 1.0))
    return Hashed(np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale)


def fit_trees(
    matrix: npt.NDArray[np.float32], labels: Floats, weight: Floats, names: list[str], rounds: int, threads: int = 2
) -> Trees:
    """Boosted trees that give a line's probability of being content; soft labels."""
    data = lightgbm.Dataset(matrix, labels, weight=weight, feature_name=names, params=dict(TREES), free_raw_data=True)
    booster = lightgbm.train({**TREES, "num_threads": threads}, data, num_boost_round=rounds)
    return Trees(booster.model_to_string())
