"""The case files: text in, text out, and the names of the fixes that were made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleaner.normalize import explain, normalize_lines, normalize_text, replay
from cleaner.recipe import Normalize

FOLDER = Path(__file__).parent.parent / "cases" / "normalize"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['label']}")
    for file in sorted(FOLDER.glob("*.json"))
    for case in json.loads(file.read_text("utf-8"))
]


def options_of(case: dict[str, Any]) -> Normalize:
    given = dict(case.get("options", {}))
    return Normalize(**{**given, "skip": tuple(given.get("skip", ()))})


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    options = options_of(case)
    text, counts = normalize_text(case["before"], options)
    assert text == case["after"]
    assert [name for name, _ in counts] == case["fixes"]
    assert normalize_text(text, options) == (text, [])
    assert replay(case["before"], explain(case["before"], options)) == text


def test_all_cases_as_one_column() -> None:
    cases = [p.values[0] for p in CASES]
    cases = [c for c in cases if "options" not in c and "surrogate" not in c["label"]]
    texts = pl.Series([c["before"] for c in cases])
    result = normalize_lines(texts)
    assert result.texts.to_list() == [c["after"] for c in cases]
    expected = [(i, name, 1) for i, c in enumerate(cases) for name in c["fixes"]]
    assert result.counts.rows() == expected
    assert texts.to_list() == [c["before"] for c in cases]  # what was given stays as it was
