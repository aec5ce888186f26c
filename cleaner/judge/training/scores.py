"""Scores of labelled pages, and tables of them: the same for an evaluation and for the cross-validation of a training.

Nothing here reads or cleans pages: `judge.evaluate` and `judge.train` give the scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from cleaner.judge.training.benchmark import VARIANTS
from cleaner.judge.training.labels import token_f1, tokens, word_f1


@dataclass(frozen=True, slots=True)
class PageScore:
    """How well one page in one form came out.

    Attributes:
        name: The page's, as in its folder.
        set: The folder's name.
        page_type: As labelled: "article", "forum"...
        variant: The form that was cleaned, one of `benchmark.VARIANTS`.
        f1: Harmonic mean of precision and recall; all three are 0-1.
        precision: Share of the published words that the gold text holds.
        recall: Share of the gold text's words that are published.
    """

    name: str
    set: str
    page_type: str
    variant: str
    f1: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the pages of a set in one form; `page_type` is None where they are over pages of all types."""

    set: str
    variant: str
    page_type: str | None
    pages: int
    f1: float
    precision: float
    recall: float


def score_text(text: str, gold: str) -> tuple[float, float, float]:
    """(F1, precision, recall) of words, as WCXB scores; in scripts without spaces each character counts as a word."""
    words = gold.split()
    unspaced = len(tokens(gold)) > 1.5 * len(words)
    return (token_f1 if unspaced else word_f1)(text, gold)


def tabulate(scores: Iterable[PageScore]) -> list[Figures]:
    """For each set and form the means over all pages, then over those of each type, if there are several."""
    grouped: dict[tuple[str, str], list[PageScore]] = {}
    for score in scores:
        grouped.setdefault((score.set, score.variant), []).append(score)
    table = []
    for (name, variant), group in sorted(grouped.items(), key=lambda item: (item[0][0], VARIANTS.index(item[0][1]))):
        table.append(_means(name, variant, None, group))
        by_type: dict[str, list[PageScore]] = {}
        for score in group:
            by_type.setdefault(score.page_type, []).append(score)
        if len(by_type) > 1:
            largest_first = sorted(by_type.items(), key=lambda item: (-len(item[1]), item[0]))
            table += [_means(name, variant, page_type, part) for page_type, part in largest_first]
    return table


def _means(name: str, variant: str, page_type: str | None, scores: Sequence[PageScore]) -> Figures:
    def mean(value: Callable[[PageScore], float]) -> float:
        return fsum(map(value, scores)) / len(scores)

    means = mean(lambda s: s.f1), mean(lambda s: s.precision), mean(lambda s: s.recall)
    return Figures(name, variant, page_type, len(scores), *means)


def worst_first(scores: Iterable[PageScore]) -> list[PageScore]:
    """The scores by F1, lowest first."""
    return sorted(scores, key=lambda s: (s.f1, s.set, s.name, s.variant))
