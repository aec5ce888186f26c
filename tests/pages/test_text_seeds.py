"""The labelled lines of real files must each be a line of their own (where those files are at hand)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.pages.text import cut_text

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
NAMES = sorted(p.name for p in SEEDS.glob("*.txt"))


@pytest.mark.skipif(not NAMES, reason="the seed files are not beside the repository")
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_every_labelled_line_is_a_line(name: str) -> None:
    text = (SEEDS / name).read_bytes().decode("utf-8")
    physical = text.split("\n")
    starts = {sum(len(line) + 1 for line in physical[:i]): i + 1 for i in range(len(physical))}
    cut = {}
    for line in cut_text(text):
        begin = text.rfind("\n", 0, line.start) + 1
        assert "\n" not in text[line.start : line.end]
        cut[starts[begin]] = " ".join(line.text.split())
    labels = json.loads((SEEDS / "gold.json").read_text("utf-8"))[name]["lines"]
    assert labels
    for label in labels:
        assert cut[label["line"]].startswith(label["starts"].strip())
