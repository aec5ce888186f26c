"""How good is what is published? Labelled pages go through the whole path of cleaning, and the text that comes out is
held against the gold text: the judge is measured with all that stands before and after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cleaner.batches import cut_batches, size_of
from cleaner.cleaning import clean_batch
from cleaner.errors import InputError
from cleaner.judge.model import FOLDER, Model, read_model
from cleaner.judge.training.benchmark import VARIANTS, LabelledPage, read_benchmark
from cleaner.judge.training.flatten import FLATTENERS
from cleaner.judge.training.scores import Figures, PageScore, score_text, tabulate
from cleaner.judge.trees import TreesError
from cleaner.recipe import Recipe
from cleaner.records import Source
from cleaner.report.summary import OnProgress, Progress


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found; `judge.scores` makes tables of it.

    Attributes:
        pages: How many labelled pages there were.
        scores: One a page and form, forms in the order of `benchmark.VARIANTS`.
        seen: How many of the pages the model was trained on, by their gold text; None where the model does not say.
    """

    pages: int
    scores: list[PageScore]
    seen: int | None

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data, with the table of means; scores to five places."""
        return {
            "pages": self.pages,
            "seen": self.seen,
            "figures": [_rounded(row) for row in tabulate(self.scores)],
            "scores": [_rounded(score) for score in self.scores],
        }


def _rounded(row: PageScore | Figures) -> dict[str, Any]:
    return {key: round(value, 5) if isinstance(value, float) else value for key, value in asdict(row).items()}


def evaluate(
    folder: Path,
    variants: Sequence[str] | None = None,
    progress: OnProgress | None = None,
    *,
    model: Path | None = None,
    recipe: Recipe | None = None,
) -> Evaluation:
    """Clean the labelled pages of a folder and score the text that would be published.

    Args:
        folder: Labelled pages, in a layout that `judge.benchmark` reads.
        variants: Forms to clean them in, of `benchmark.VARIANTS`; by default all that the pages can be had in.
        progress: Called with what is done so far.
        model: Folder of the model to judge by; by default the installed one.
        recipe: By default the default recipe.

    Raises:
        InputError: No labelled pages, none in these forms, or no model that can be read.
        ModuleNotFoundError: A flattener is not installed (extra `train`); told before any page is cleaned.
    """
    pages = read_benchmark(folder)
    if not any(set(page.variants) & set(variants or VARIANTS) for page in pages):
        raise InputError(f"None of the pages in {folder} can be had as {' or '.join(variants or VARIANTS)}.")
    chosen = None if model is None else _read_model(model)
    seen = seen_pages(model or FOLDER)
    scores = score_pages(pages, variants or VARIANTS, progress, model=chosen, recipe=recipe)
    return Evaluation(len(pages), scores, None if seen is None else sum(page.gold_crc in seen for page in pages))


def score_pages(
    pages: Sequence[LabelledPage],
    variants: Sequence[str],
    progress: OnProgress | None = None,
    *,
    model: Model | None = None,
    recipe: Recipe | None = None,
) -> list[PageScore]:
    """Clean pages in those of the forms that they can be had in: one score a page and form, as in `Evaluation`."""
    wanted = [variant for variant in VARIANTS if variant in variants]
    work = {variant: [page for page in pages if variant in page.variants] for variant in wanted}
    for variant, members in work.items():
        if members and variant in FLATTENERS:
            FLATTENERS[variant]("<p>Is it installed?</p>")
    total = sum(map(len, work.values()))
    scores: list[PageScore] = []
    for variant, members in work.items():
        sources = ((page, page.as_source(variant)) for page in members)
        for batch in cut_batches(sources, lambda one: size_of(one[1])):
            texts = _published([source for _, source in batch], recipe or Recipe(), model)
            for (page, _), text in zip(batch, texts, strict=True):
                scores.append(PageScore(page.name, page.set, page.page_type, variant, *score_text(text, page.gold)))
            if progress:
                progress(Progress("cleaning", len(scores), total, documents=len(scores)))
    return scores


def _published(pages: Sequence[Source], recipe: Recipe, model: Model | None) -> list[str]:
    """The text of each page; none of a page that is rejected."""
    try:
        cleaned = clean_batch(pages, recipe, model)
    except TreesError as e:
        raise InputError(f"The model does not fit this version of cleaner; train it anew. ({e})") from e
    documents = cleaned.documents
    texts = dict(zip(documents["source"].to_pylist(), documents["text"].to_pylist(), strict=True))
    return [texts.get(number) or "" for number in range(len(pages))]


def _read_model(folder: Path) -> Model:
    try:
        return read_model(folder)
    except FileNotFoundError as e:
        raise InputError(f"{folder} holds no model: there is no {Path(e.filename).name} in it.") from e
    except Exception as e:  # whatever numpy, zstandard and LightGBM find wrong with their files
        raise InputError(f"The model in {folder} cannot be read: {type(e).__name__}: {e}") from e


def seen_pages(model: Path) -> frozenset[str] | None:
    """CRC-32s of the gold texts (8 hex digits) that a model was trained on; None where its `data.json` names none."""
    try:
        told = json.loads((model / "data.json").read_text("utf-8"))
        return frozenset(told["seen"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
