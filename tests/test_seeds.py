"""Five real pages that people gave us: they come out right, always, alone and in company.

They are not ours to ship, so this runs where they lie beside the repository.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.normalize import normalize_text

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed pages are not here")

GOLD: dict[str, Any] = json.loads((SEEDS / "gold.json").read_text("utf-8")) if SEEDS.is_dir() else {}


def failures(name: str, text: str) -> list[str]:
    """Labelled lines of a seed that `text` has against their label."""
    raw = (SEEDS / name).read_text("utf-8").split("\n")
    paragraphs = text.split("\n\n")
    wrong = []
    for entry in GOLD[name]["lines"]:
        line = normalize_text(raw[entry["line"] - 1])[0].strip()
        assert line.startswith(entry["starts"][:40]), "the labels do not belong to this file"
        there = any(line in paragraph for paragraph in paragraphs)
        same = any(line == paragraph for paragraph in paragraphs)
        if (entry["label"] == "keep" and not there) or (entry["label"] == "drop" and same):
            wrong.append(f"{name}:{entry['line']} should be {entry['label']}: {line[:80]}")
    return wrong


@pytest.mark.parametrize("name", sorted(GOLD))
def test_each_seed_comes_out_right_alone(name: str) -> None:
    doc = cleaner.clean(SEEDS / name)
    assert failures(name, doc.text) == []
    check_metadata(name, doc)


def check_metadata(name: str, doc: Any) -> None:
    wanted = GOLD[name]["metadata"]
    assert doc.title == wanted["title"]
    assert doc.authors == wanted["authors"]
    assert doc.published == wanted["published"]
    allowed = wanted["publisher"] if isinstance(wanted["publisher"], list) else [wanted["publisher"]]
    assert doc.publisher in allowed
    assert doc.language == wanted["language"]


def test_all_seeds_come_out_right_together() -> None:
    docs = list(cleaner.clean_many([SEEDS / name for name in sorted(GOLD)]))
    assert [failures(name, doc.text) for name, doc in zip(sorted(GOLD), docs, strict=True)] == [[]] * len(GOLD)


def test_all_seeds_come_out_right_in_one_run(tmp_path: Path) -> None:
    cleaner.run(SEEDS, tmp_path / "out")
    rows = {row["source_path"]: row for row in cleaner.load(tmp_path / "out")}
    assert {name: failures(name, rows[name]["text"]) for name in GOLD} == {name: [] for name in GOLD}
