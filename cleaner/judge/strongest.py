"""What speaks most for or against a line, where the model decides: the strongest groups of features.

Each split on a line's way through a tree moves its log-odds from the mean of the node to that of the child; the move
is put down to the feature that was asked (Saabas 2014, "Interpreting random forests"). Looked at are the first trees,
which hold most of what a model knows, so that the reason costs little beside the verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.judge.trees import Trees

TREES = 12
"""The first trees, whose splits are looked at."""
SHOWN = 2
"""Groups that are named."""
UNIT = 10_000
"""Log-odds are added up as whole numbers of this fraction: the same on every machine."""

GROUPS: list[tuple[str, str]] = [
    ("page type", r"type_"),
    ("names of elements", r"path|own_weight|parent_weight|branch_weight"),
    ("links", r".*link"),
    ("wording", r"lexicon|.*_lexicon|cue|sure|since_sure|until_sure|heading_cue"),
    ("subject", r"title_|shared_vocabulary"),
    ("copies", r"copies|copy|masked_copies|same_"),
    ("lines alike", r"like_|shape_"),
    ("page", r"page_|core_share"),
    ("place", r"line|words_before|prose_before|since_|until_|h1_distance|depth|core_gap|branch_index|.*_place"),
    ("surroundings", r"(?:block|parent|grand|great|branch|run|in|heading|core)_|.*[+-]\d"),
    ("shape", r""),
]
"""Names that a reader understands, and the features they stand for: the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Strongest:
    """For each leaf of each tree, how far each group has moved a line that ends there."""

    first: npt.NDArray[np.int64]
    moved: npt.NDArray[np.int32]

    def name(self, leaves: npt.NDArray[np.int64]) -> list[str]:
        """The strongest groups of each line, such as "links -1.2, wording -0.4": plus speaks for content.

        `leaves`: the leaf that each line (row) reaches in each tree (column).
        """
        total = np.zeros((len(leaves), len(GROUPS)), dtype=np.int32)
        for tree, first in enumerate(self.first.tolist()):
            total += self.moved[first + leaves[:, tree]]
        strongest = np.argsort(-np.abs(total), axis=1, kind="stable")[:, :SHOWN]
        tenths = np.rint(np.take_along_axis(total, strongest, axis=1) / (UNIT // 10)).astype(np.int64)
        pairs = np.column_stack((strongest, tenths))
        code = (pairs + 1_000) @ (10_000 ** np.arange(2 * SHOWN, dtype=np.int64))  # each of them has four digits
        _, first, kind = np.unique(code, return_index=True, return_inverse=True)
        said = [_say(row[:SHOWN], row[SHOWN:]) for row in pairs[first].tolist()]  # few are different
        return [said[number] for number in kind.tolist()]


def _say(groups: list[int], tenths: list[int]) -> str:
    """The groups and what they add to the log-odds; what adds nothing is left out."""
    told = zip(groups, tenths, strict=True)
    return ", ".join(f"{GROUPS[group][0]} {value / 10:+.1f}" for group, value in told if value)


def read_strongest(trees: Trees) -> Strongest:
    """What the splits of a model's first trees are worth."""
    of_feature = [_group(name) for name in trees.names]
    first, tables, leaves = [], [], 0
    for block in trees.text.partition("\nend of trees")[0].split("\nTree=")[1 : TREES + 1]:
        tree = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        moved = _moves(tree, of_feature)
        first.append(leaves)
        tables.append(moved)
        leaves += len(moved)
    return Strongest(np.array(first, dtype=np.int64), np.concatenate(tables))


def _group(name: str) -> int:
    return next(number for number, (_, pattern) in enumerate(GROUPS) if re.match(pattern, name))


def _moves(tree: dict[str, str], of_feature: list[int]) -> npt.NDArray[np.int32]:
    """For each leaf of one tree, the moves on the way to it, by group."""
    leaf_value = [float(value) for value in tree["leaf_value"].split()]
    out = np.zeros((len(leaf_value), len(GROUPS)))
    if len(leaf_value) > 1:
        asked = [of_feature[int(feature)] for feature in tree["split_feature"].split()]
        value = [float(v) for v in tree["internal_value"].split()]
        children = [[int(child) for child in tree[f"{side}_child"].split()] for side in ("left", "right")]
        waiting = [(0, np.zeros(len(GROUPS)))]
        while waiting:
            node, so_far = waiting.pop()
            for child in (children[0][node], children[1][node]):
                moved = so_far.copy()
                moved[asked[node]] += (value[child] if child >= 0 else leaf_value[~child]) - value[node]
                if child >= 0:
                    waiting.append((child, moved))
                else:
                    out[~child] = moved
    return np.asarray(np.rint(out * UNIT), dtype=np.int32)
