"""The shipped model: loaded once, read-only, from files that hold numbers and text alone.

`cleaner/judge/trained/` holds `hashed.npz` and `page_types.npz` (8-bit tables of the linear models), `html.trees.zst`
and `text.trees.zst` (LightGBM's own text format), and the model's card.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import zstandard

from cleaner.errors import RefusedError
from cleaner.judge.features import Features
from cleaner.judge.page_type import PageTypes, read_page_types, write_page_types
from cleaner.judge.strongest import TREES, Strongest, read_strongest
from cleaner.judge.trees import Trees
from cleaner.judge.weights import Hashed, Weights

FOLDER = Path(__file__).parent / "trained"
PAGE_TYPES = "page_types.npz"
STEPS = ((40, 2.5), (80, 3.0))
"""After so many trees a line is decided whose log-odds are beyond this: later trees do not change its side."""
BLOCK = 16_384
"""Lines that are put to the trees at once: a page of ten megabytes has a hundred thousand."""


@dataclass(frozen=True, slots=True)
class Model:
    """Linear models of lines and of pages and, for each kind of page ("html", "text"), trees."""

    weights: Weights
    page_types: PageTypes
    trees: Mapping[str, Trees]
    strongest: Mapping[str, Strongest] = field(default_factory=dict)

    def predict(self, features: Features, kind: str) -> npt.NDArray[np.float64]:
        """Probability of each line to be content, rounded to five places.

        Most lines are as good as decided by the first trees, and no later tree is asked about them.
        """
        trees, out = self.trees[kind], np.zeros(len(features.matrix))
        for begin in range(0, len(out), BLOCK):
            matrix = features.matrix[begin : begin + BLOCK]
            score, open_, asked = np.zeros(len(matrix)), np.arange(len(matrix)), 0
            for upto, decided in (*STEPS, (trees.count, 0.0)):
                rows = matrix[open_] if len(open_) < len(matrix) else matrix  # no copy of what all are asked about
                score[open_] += trees.score(rows, asked, upto - asked)
                open_, asked = open_[np.abs(score[open_]) < decided], upto
            out[begin : begin + BLOCK] = np.round(1.0 / (1.0 + np.exp(-score)), 5)
        return out

    def explain(self, features: Features, kind: str, rows: Sequence[int]) -> list[str]:
        """For each of these lines the groups of features that speak most for or against it (see `judge.strongest`)."""
        if not rows or kind not in self.strongest:
            return [""] * len(rows)
        said: list[str] = []
        for first in range(0, len(rows), BLOCK):
            leaves = self.trees[kind].leaves(features.matrix[rows[first : first + BLOCK]], TREES)
            said += self.strongest[kind].name(leaves)
        return said


@functools.cache
def load_model() -> Model:
    """The model that lies in the package."""
    return read_model(FOLDER)


def read_model(folder: Path) -> Model:
    """The model that lies in `folder`, as `write_model` left it."""
    with np.load(folder / "hashed.npz", allow_pickle=False) as arrays:
        tables = {
            name: Hashed(arrays[name].astype(np.int8), float(arrays[f"{name}_scale"]))
            for name in ("text", "path", "own")
        }
    trees = {
        kind: Trees(zstandard.decompress((folder / f"{kind}.trees.zst").read_bytes()).decode())
        for kind in ("html", "text")
    }
    strongest = {kind: read_strongest(known) for kind, known in trees.items()}
    return Model(Weights(**tables), read_page_types(folder / PAGE_TYPES), trees, strongest)


def check_place(folder: Path, replace: bool) -> None:
    """See that a new model may be written into `folder`, before any work is done.

    The package's own folder in a source tree is free to be written: its files are under version control.

    Raises:
        RefusedError: It holds a model and `replace` is false, or it holds something that is no model.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / "hashed.npz").is_file():
        raise RefusedError(f"{folder} holds something that is no model. Name a folder that is new or empty.")
    own = folder.resolve() == FOLDER.resolve()
    if replace or (own and (FOLDER.parents[2] / "pyproject.toml").is_file()):
        return
    what = "the model that cleaner works with" if own else "a model"
    raise RefusedError(f"{folder} holds {what}. `--out FOLDER` writes the new one elsewhere, `--replace` over it.")


def write_model(model: Model, folder: Path) -> None:
    """Write the model into `folder`: the same model gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name in ("text", "path", "own"):
        hashed = getattr(model.weights, name)
        arrays |= {name: hashed.table, f"{name}_scale": np.array(hashed.scale)}
    np.savez_compressed(folder / "hashed.npz", **arrays)  # type: ignore[arg-type]
    write_page_types(model.page_types, folder / PAGE_TYPES)
    packer = zstandard.ZstdCompressor(level=19)
    for kind, trees in model.trees.items():
        (folder / f"{kind}.trees.zst").write_bytes(packer.compress(trees.text.encode()))
