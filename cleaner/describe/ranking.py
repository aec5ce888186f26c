"""Linear models over candidates: which line of a flattened page is its headline, its byline, its dateline, or none.

Each candidate has features by name; data/ranking.toml has their weights, fitted by benchmarks/ranking.py. The scores
of all candidates of a page, and of there being none (0), become probabilities that add up to one.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

Field = Literal["title_sketch", "title", "authors", "published"]
Features = Mapping[str, float]


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, float]]:
    """Field -> feature -> weight, of data/ranking.toml."""
    return tomllib.loads((files("cleaner.describe") / "data" / "ranking.toml").read_text("utf-8"))


def chances(field: Field, candidates: Sequence[Features]) -> list[float]:
    """The probability of each candidate, 0-1."""
    known = weights()[field]
    scores = [sum(known.get(name, 0.0) * value for name, value in row.items()) for row in candidates]
    most = max([0.0, *scores])
    grown = [math.exp(score - most) for score in scores]
    whole = math.fsum([*grown, math.exp(-most)])
    return [value / whole for value in grown]
