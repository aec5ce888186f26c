"""How good the metadata are, held fast on pages of our own: the judge's labelled ones, and those in `sample/`.

What each page says was written down by reading it, before any rule was tried on it: `metadata.json` beside the pages
gives name -> title, authors, published, modified, publisher, language, licence, with null for what an editor would
leave open. A list stands for several answers that are as good; names in `authors_also` are neither asked for nor wrong.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cleaner

FOLDERS = (Path(__file__).parent / "sample", Path(__file__).parents[1] / "judge" / "pages")
"""Each holds `metadata.json` and the pages that it names, NAME.html or NAME.txt."""

FLOORS = {
    "html": {
        "title exact": 94, "authors precision": 85, "authors recall": 80, "date right": 93, "modified right": 74,
        "publisher right": 87, "language right": 99, "license right": 98,
    },
    "text": {
        "title exact": 79, "authors precision": 90, "authors recall": 57, "date right": 89, "modified right": 60,
        "publisher right": 68, "language right": 99, "license right": 98,
    },
}  # fmt: skip
"""At least so much is right, in percent, a little under what was measured: a change for the better raises them."""
CEILINGS = {
    "html": {
        "authors invented": 10, "date wrong": 0, "date invented": 4, "modified wrong": 2, "publisher wrong": 2,
        "license wrong": 0,
    },
    "text": {
        "authors invented": 5, "date wrong": 0, "date invented": 0, "modified wrong": 0, "publisher wrong": 0,
        "license wrong": 0,
    },
}  # fmt: skip
"""At most so much is wrong, in percent."""


class Page(NamedTuple):
    """One page of the sample: its kind, what is right of it, and what the cleaner said (a row of the dataset)."""

    name: str
    kind: str
    gold: dict[str, Any]
    said: dict[str, Any]


@functools.cache
def sample() -> list[Page]:
    """Every page of the sample, cleaned."""
    known, sources = [], []
    for folder in FOLDERS:
        for name, gold in json.loads((folder / "metadata.json").read_text("utf-8")).items():
            path = next(folder / f"{name}.{kind}" for kind in ("html", "txt") if (folder / f"{name}.{kind}").is_file())
            kind = "html" if path.suffix == ".html" else "text"
            known.append((name, kind, gold))
            sources.append(cleaner.Source(path.read_bytes(), url=gold.get("url"), kind=kind))
    return [
        Page(name, kind, gold, document.fields)
        for (name, kind, gold), document in zip(known, cleaner.clean_many(sources), strict=True)
    ]


def alike(text: str | None) -> str:
    """A text without what editors do not agree on: case, kinds of quotes and dashes, spaces."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    return " ".join(folded.translate(str.maketrans("“”„‘’–—", '"""\'\'--')).split())


def accepted(gold: str | list[str] | None) -> set[str]:
    """All answers that are right, as `alike` gives them."""
    return {alike(one) for one in ([gold] if isinstance(gold, str) else gold or [])}


def judge_value(page: Page, field: str) -> str:
    """What became of a value: "right", "wrong", "missing", "invented", or "none" for what rightly is not there."""
    gold, said = accepted(page.gold[field]), page.said[field]
    if not gold:
        return "invented" if said else "none"
    return "missing" if not said else "right" if alike(said) in gold else "wrong"


def judge_date(page: Page, field: str) -> str:
    """As `judge_value`; "coarser" for a date that is right as far as it goes."""
    gold, said = page.gold[field], page.said[field]
    if not gold or not said:
        return "missing" if gold else "invented" if said else "none"
    return "right" if said.startswith(gold) else "coarser" if gold.startswith(said) else "wrong"


def judge_authors(page: Page) -> Counter[str]:
    """How many names were "right", "wrong" and "missing"; "invented" 1 where a page without authors was given one."""
    said = {alike(author["name"]) for author in page.said["authors"]}
    gold, also = accepted(page.gold["authors"]), accepted(page.gold.get("authors_also"))
    wrong = said - gold - also
    return Counter(
        right=len(said & gold), wrong=len(wrong), missing=len(gold - said), invented=int(bool(wrong) and not gold)
    )


def rate(part: float, whole: float) -> float:
    """A share in percent; 100 of nothing."""
    return 100 * part / whole if whole else 100.0


def measure(pages: Iterable[Page]) -> dict[str, float]:
    """Percentages, the higher the better, but for those whose names end in `wrong` and `invented`."""
    pages = list(pages)
    titles = Counter(judge_value(p, "title") for p in pages)
    publishers = Counter(judge_value(p, "publisher") for p in pages)
    licenses = Counter(judge_value(p, "license") for p in pages)
    dates = Counter(judge_date(p, "published") for p in pages)
    modified = Counter(judge_date(p, "modified") for p in pages)
    names = sum((judge_authors(p) for p in pages), Counter[str]())
    dated = dates["right"] + dates["coarser"] + dates["wrong"] + dates["missing"]
    changed = modified["right"] + modified["coarser"] + modified["wrong"] + modified["missing"]
    return {
        "title exact": rate(titles["right"], len(pages)),
        "authors precision": rate(names["right"], names["right"] + names["wrong"]),
        "authors recall": rate(names["right"], names["right"] + names["missing"]),
        "authors invented": rate(names["invented"], sum(not p.gold["authors"] for p in pages)),
        "date right": rate(dates["right"], dated),
        "date wrong": rate(dates["wrong"], dated),
        "date invented": rate(dates["invented"], len(pages) - dated),
        "modified right": rate(modified["right"], changed),
        "modified wrong": rate(modified["wrong"] + modified["invented"], len(pages)),
        "publisher right": rate(publishers["right"], len(pages) - publishers["none"] - publishers["invented"]),
        "publisher wrong": rate(publishers["wrong"] + publishers["invented"], len(pages)),
        "language right": rate(sum(p.said["language"] == p.gold["language"] for p in pages), len(pages)),
        "license right": rate(licenses["right"], licenses["right"] + licenses["wrong"] + licenses["missing"]),
        "license wrong": rate(licenses["wrong"] + licenses["invented"], len(pages)),
    }


def errors(pages: Iterable[Page]) -> list[str]:
    """One line for each value that is not right, for the message of a failure."""
    lines = []
    for page in pages:
        for field in ("title", "publisher", "license", "published", "modified"):
            verdict = (judge_date if field in ("published", "modified") else judge_value)(page, field)
            if verdict not in ("right", "none"):
                lines.append(f"{field} {verdict}: {page.name}: {page.said[field]!r}, not {page.gold[field]!r}")
        found = judge_authors(page)
        if found["wrong"] or found["missing"]:
            names = [author["name"] for author in page.said["authors"]]
            lines.append(f"authors: {page.name}: {names}, not {page.gold['authors']}")
        if page.said["language"] != page.gold["language"]:
            lines.append(f"language: {page.name}: {page.said['language']}, not {page.gold['language']}")
    return sorted(lines)


@pytest.mark.parametrize(("kind", "measure_name"), [(kind, name) for kind, some in FLOORS.items() for name in some])
def test_as_much_is_right_as_before(kind: str, measure_name: str) -> None:
    pages = [page for page in sample() if page.kind == kind]
    assert measure(pages)[measure_name] >= FLOORS[kind][measure_name], "\n".join(errors(pages))


@pytest.mark.parametrize(("kind", "measure_name"), [(kind, name) for kind, some in CEILINGS.items() for name in some])
def test_no_more_is_wrong_than_before(kind: str, measure_name: str) -> None:
    pages = [page for page in sample() if page.kind == kind]
    assert measure(pages)[measure_name] <= CEILINGS[kind][measure_name], "\n".join(errors(pages))


def test_the_sample_is_as_wide_as_it_should_be() -> None:
    pages = sample()
    assert len(pages) >= 115
    assert len({page.gold["language"].partition("-")[0] for page in pages}) >= 20
    assert sum(page.kind == "text" for page in pages) >= 24
    assert sum(not page.gold["published"] for page in pages) >= 30
    assert sum(not page.gold["authors"] for page in pages) >= 40
