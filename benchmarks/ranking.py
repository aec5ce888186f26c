"""Fit the weights by which headline, byline and dateline of flattened text are told (describe/data/ranking.toml).

    pip install '.[benchmark]'
    python benchmarks/ranking.py DIR             how well weights fitted on half of the sites do on the other half
    python benchmarks/ranking.py DIR --write     fit on all pages and write the weights

DIR holds labelled pages as benchmarks/metadata.py reads them. Each page is flattened in every way of
`cleaner.judge.training.flatten` and judged. A candidate is right when it has the words of the page's title, the name
of an author, or the day of publication. Each model is a softmax over the candidates of a page and "none of them",
with a quadratic penalty; articles and news weigh twice. Bylines and dates are looked for beside the headline that
weights fitted on the other half of the sites find.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from metadata_gold import GoldPage, judge_date, read_pages, same_name, squash_title
from scipy.optimize import minimize

import cleaner
from cleaner import Source, cleaning
from cleaner.describe import ranking, text_authors, text_dates
from cleaner.describe.header import find_header
from cleaner.describe.header_lines import HeaderLines
from cleaner.describe.headline import features, text_title
from cleaner.describe.headline_candidates import find_candidates, look_closely, read_body, sketch
from cleaner.describe.reading import Reading
from cleaner.describe.signs import Signs
from cleaner.describe.view import PageView
from cleaner.judge.training.flatten import FLATTENERS

WEIGHTS = Path(__file__).parent.parent / "cleaner" / "describe" / "data" / "ranking.toml"
PENALTY = 1e-3
FIELDS: dict[ranking.Field, float] = {"title": 0.3, "authors": 0.5, "published": 0.5}
"""Field -> the confidence from which on it is filled."""
HEADER = """\
# Weights of the features of headlines, bylines and datelines (describe/headline.py, text_authors.py, text_dates.py),
# fitted by benchmarks/ranking.py. Source: {source}.
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One flattened and judged page with what people say of it."""

    view: PageView
    gold: GoldPage
    language: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one page: their features, what they would say, which are right; whether the page has any."""

    half: int
    weight: float
    rows: list[dict[str, float]]
    texts: list[str]
    right: list[bool]
    known: bool


def title_example(page: Labelled, closely: bool) -> Example:
    """The page as the model of titles sees it, at first sight or closely."""
    view, wanted = page.view, squash_title(page.gold.title)
    header = find_header(view)
    body, signs = read_body(view, header), Signs(view, header, HeaderLines(view.lines, page.language))
    if closely:
        candidates = look_closely(view, header, body)
        rows = [features(view, header, body, signs, c) for c in candidates]
    else:
        found = find_candidates(view, header)
        sketched = [(row, c) for c in found if (row := sketch(view, header, body, c))]
        rows, candidates = [row for row, _ in sketched], [c for _, c in sketched]
    texts = [squash_title(c.text) for c in candidates]
    return Example(page.gold.half, page.weight, rows, texts, [bool(t) and t == wanted for t in texts], bool(wanted))


def header_examples(page: Labelled) -> tuple[Example, Example]:
    """The page as the models of authors and dates see it."""
    view, gold = page.view, page.gold
    header = find_header(view)
    told = HeaderLines(view.lines, page.language)
    reading = Reading(view, header, told, text_title(view, header, Signs(view, header, told)), [])
    signed = text_authors.find_signatures(view, reading)
    authors = Example(
        gold.half, page.weight,
        [text_authors.signature_features(view, reading, s) for s in signed],
        ["; ".join(s.told.names) for s in signed],
        [any(same_name(name, wanted) for name in s.told.names for wanted in gold.authors) for s in signed],
        bool(gold.authors),
    )  # fmt: skip
    dated = text_dates.find_dated_lines(view, reading)
    days = Example(
        gold.half, page.weight,
        [text_dates.date_features(view, reading, dated, d) for d in dated],
        [d.date.day for d in dated],
        [gold.date is not None and judge_date(d.date.text, gold.date) == "right" for d in dated],
        gold.date is not None,
    )  # fmt: skip
    return authors, days


def fit(examples: Sequence[Example]) -> dict[str, float]:
    """The weights under which the right candidates are the likeliest."""
    examples = [e for e in examples if e.rows]
    names = sorted({name for e in examples for row in e.rows for name in row})
    table = np.array([[row.get(name, 0.0) for name in names] for e in examples for row in e.rows])
    right = np.array([r for e in examples for r in e.right])
    sizes = np.array([len(e.rows) for e in examples])
    page = np.repeat(np.arange(len(examples)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    there = np.array([any(e.right) for e in examples])
    share = np.array([e.weight for e in examples])
    share /= share.sum()

    def loss(b: Any) -> tuple[float, Any]:
        scores = table @ b
        most = np.maximum(np.maximum.reduceat(scores, starts), 0)
        grown, none = np.exp(scores - most[page]), np.exp(-most)
        whole = np.add.reduceat(grown, starts) + none
        good = np.where(there, np.add.reduceat(grown * right, starts), none)
        wanted = np.where(right, grown / good[page], 0) * there[page]
        slope = ((grown / whole[page] - wanted) * share[page]) @ table
        return float(-(share * np.log(good / whole)).sum() + PENALTY * (b @ b) / 2), slope + PENALTY * b

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(weight), 3) for name, weight in zip(names, found.x, strict=True)}


def measure(examples: Sequence[Example], weights: dict[str, float], least: float) -> str:
    """Right, wrong and missing in per cent of the pages that have the field, invented in per cent of the others."""
    counts = {"right": 0, "wrong": 0, "missing": 0, "invented": 0, "none": 0}
    for e in examples:
        scores = np.array([sum(weights.get(n, 0) * v for n, v in row.items()) for row in e.rows] + [0.0])
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        best = int(scores[:-1].argmax()) if e.rows else -1
        sure = sum(p for p, text in zip(chances, e.texts, strict=False) if e.rows and text == e.texts[best])
        said = bool(e.rows) and sure >= least and not e.rows[best].get("modified")  # a date of change is never said
        kind = ("right" if e.right[best] else "wrong") if said else "missing"
        counts[kind if e.known else "invented" if said else "none"] += 1
    known = max(1, sum(counts[k] for k in ("right", "wrong", "missing")))
    told = ", ".join(f"{100 * counts[k] / known:.1f} {k}" for k in ("right", "wrong", "missing"))
    return f"{told} of {known} pages; {100 * counts['invented'] / max(1, len(examples) - known):.1f} invented"


def use(weights: dict[ranking.Field, dict[str, float]]) -> None:
    """Make `cleaner` find headlines by these weights."""
    ranking.weights = lambda: weights  # type: ignore[assignment]


def fit_all(pages: Sequence[Labelled], note: Callable[[str], None] = print) -> dict[ranking.Field, dict[str, float]]:
    """Measure on halves, then fit on everything: field -> feature -> weight."""
    sketches = [title_example(page, closely=False) for page in pages]
    halves: dict[int, dict[ranking.Field, dict[str, float]]] = {
        half: {"title_sketch": fit([e for e in sketches if e.half == half])} for half in (0, 1)
    }
    examples: dict[ranking.Field, list[Example]] = {"title": [], "authors": [], "published": []}
    for page in pages:
        use(halves[1 - page.gold.half])
        examples["title"].append(title_example(page, closely=True))
    for half in (0, 1):
        halves[half]["title"] = fit([e for e in examples["title"] if e.half == half])
    for page in pages:
        use(halves[1 - page.gold.half])
        authors, published = header_examples(page)
        examples["authors"].append(authors)
        examples["published"].append(published)
    for field, least in FIELDS.items():
        for half in (0, 1):
            weights = fit([e for e in examples[field] if e.half == half])
            for weight, name in ((1.0, "articles"), (0.5, "others")):
                held_out = [e for e in examples[field] if e.half != half and e.weight == weight]
                note(f"{field}, {name}, fitted on half {half}, on the other: {measure(held_out, weights, least)}")
    return {"title_sketch": fit(sketches)} | {field: fit(found) for field, found in examples.items()}


def read_labelled(pages: Sequence[GoldPage], kinds: dict[str, str]) -> list[Labelled]:
    """All pages in all forms."""
    found: list[Labelled] = []
    described: list[tuple[PageView, Any]] = []
    describe = cleaning.describe_page

    def catch(view: PageView) -> Any:
        described.append((view, describe(view)))
        return described[-1][1]

    cleaning.describe_page = catch
    for form, flatten in FLATTENERS.items():
        for page in pages:
            text = flatten(page.html)
            if not page.title or not text.strip():
                continue
            described.clear()
            cleaner.clean(Source(text, kind="text"))
            view, said = described[0]
            language = None if said.language == "und" else said.language.partition("-")[0]
            weight = 1.0 if kinds.get(page.name, "article") == "article" else 0.5
            found.append(Labelled(view, page, language, weight))
            print(f"{form}: {len(found)} pages", file=sys.stderr, end="\r", flush=True)
    print(file=sys.stderr)
    return found


def read_kinds(folder: Path) -> dict[str, str]:
    """Name of a page -> its type, where the labels tell."""
    found = {}
    for path in sorted(folder.glob("**/ground-truth/*.json")):
        entry = json.loads(path.read_text("utf-8"))
        found[path.stem] = entry.get("_internal", {}).get("page_type", {}).get("primary", "article")
    return found


def write(weights: dict[ranking.Field, dict[str, float]], source: str) -> None:
    """The weights as TOML."""
    lines: list[str] = []
    for field, known in weights.items():
        lines += ["", f"[{field}]", *(f"{name} = {weight}" for name, weight in known.items() if abs(weight) >= 0.03)]
    WEIGHTS.write_text(HEADER.format(source=source) + "\n".join(lines) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="labelled pages")
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all pages")
    options = parser.parse_args()
    pages = read_pages(options.folder)
    labelled = read_labelled(pages, read_kinds(options.folder))
    weights = fit_all(labelled)
    if options.write:
        write(weights, f"{len(labelled)} flattened forms of {len(pages)} pages of WCXB's development set (CC-BY-4.0)\n"
              "# and of the parser tests of Fundus (MIT)")  # fmt: skip


if __name__ == "__main__":
    main()
