"""The metadata of the seed pages is what an editor wrote down, whatever the judge's first verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.describe import PageView, describe_page
from cleaner.pages.batch import Head
from cleaner.records import Source

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
GOLD = json.loads((SEEDS / "gold.json").read_text("utf-8")) if (SEEDS / "gold.json").is_file() else {}

QUOTED = {
    "000": ["John Hudson", "The Cable", "J. Michael Quinn, Madhav Joshi", "Simon Shuster"],
    "001": ["Atlantic Council"],
    "002": ["Los Angeles Times", "Israel Hayom", "Washington Post"],
    "003": ["Reuters"],
    "004": [],
}
"""The works that each seed quotes, by the number of its file: outlets, or authors where it names no outlet."""

pytestmark = pytest.mark.skipif(not GOLD, reason="the seed pages are not beside the repository")


@pytest.mark.parametrize("judged", [True, False], ids=["judged", "all-kept"])
@pytest.mark.parametrize("name", sorted(GOLD) or ["none"])
def test_metadata_of_a_seed(name: str, judged: bool) -> None:
    gold = GOLD[name]
    labels = {line["line"]: line["label"] for line in gold["lines"]}
    raw = (SEEDS / name).read_text("utf-8").split("\n")
    numbers = [n for n, line in enumerate(raw, 1) if line.strip()]
    lines = [" ".join(raw[n - 1].split()) for n in numbers]
    verdicts = ["drop" if judged and labels.get(n) == "drop" else "keep" for n in numbers]

    said = describe_page(PageView(Head(Source(b"", path=name), "text"), lines, verdicts=verdicts))

    for field, wanted in gold["metadata"].items():
        told = getattr(said, field)
        if field == "authors":
            assert [a["name"] for a in told] == wanted
        else:
            assert told in (wanted if isinstance(wanted, list) else [wanted]), field
    assert [q["outlet"] or q["author"] for q in said.quoted_sources] == QUOTED[name[:3]]
    moved = [numbers[i] for i, role in said.claims.items() if role != "standfirst"]
    assert not [n for n in moved if labels.get(n) == "keep"], "a line of the text was claimed"
    assert [role for _, role in sorted(said.claims.items())][:1] == (["title"] if said.title else [])
