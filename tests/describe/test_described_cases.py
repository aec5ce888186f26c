"""Every file in cases/ is one page with what must be said of it. A new case needs no Python."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.describe import Description, PageView, describe_page
from cleaner.pages.batch import Head
from cleaner.records import Source

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def read_page(case: dict[str, Any]) -> PageView:
    source = Source(
        b"",
        url=case.get("url"),
        kind=case["kind"],
        declared=case.get("declared", {}),
        retrieved_at=case.get("retrieved_at"),
    )
    fields = {k: [tuple(v) if isinstance(v, list) else v for v in value] if isinstance(value, list) else value
              for k, value in case.get("head", {}).items()}  # fmt: skip
    return PageView(
        Head(source, case["kind"], **fields), case["lines"], case.get("tags", []), case.get("roles", []),
        case.get("verdicts", []),
    )  # fmt: skip


def describe(case: dict[str, Any]) -> Description:
    return describe_page(read_page(case))


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    said = describe(case)
    assert {field: getattr(said, field) for field in case["expected"]} == case["expected"]
    assert {str(i): role for i, role in sorted(said.claims.items())} == case["claims"]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_filled_field_says_where_it_came_from(path: Path) -> None:
    said = describe(json.loads(path.read_text("utf-8")))
    filled = {
        column.name
        for column in dataclasses.fields(said)
        if column.name
        not in ("language", "language_score", "published_precision", "published_offset", "provenance", "claims")
        and getattr(said, column.name)
    }
    filled |= {"language"} if said.language != "und" else set()
    noted = [p.field for p in said.provenance]
    assert sorted(noted) == sorted(filled)
    assert all(0 <= p.confidence <= 1 for p in said.provenance)


def test_there_are_cases_of_each_kind() -> None:
    kinds = [json.loads(p.read_text("utf-8"))["kind"] for p in CASES]
    assert kinds.count("text") >= 15
    assert kinds.count("html") >= 10
