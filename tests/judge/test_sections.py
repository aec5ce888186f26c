"""Sections of pages: comments, author boxes, copied blocks; what befalls them, and what is said of it.

Each case is a page and, beside it, a table of what must hold of it: `page_type` and lines that stay (`keeps`), and, for
each policy for comments, lines that the text `has`, `lacks`, and has `once`, the field `comments`, and lines with their
role, verdict, reason and evidence. Lines are named by their beginning.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

import cleaner
from cleaner.recipe import Recipe
from cleaner.records import Document

FOLDER = Path(__file__).parent / "sections"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".toml")
Policy = Literal["drop", "keep", "field"]
POLICIES = get_args(Policy)


def _wanted(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))


def _clean(path: Path, policy: Policy) -> Document:
    recipe = Recipe()
    return cleaner.clean(path, recipe=replace(recipe, judge=replace(recipe.judge, comments=policy)))


def _begins(parts: list[str], start: str) -> int:
    return sum(part.lstrip("-•* ").startswith(start) for part in parts)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_sections(path: Path, policy: Policy) -> None:
    wanted = _wanted(path)
    if policy != "drop" and policy not in wanted:
        pytest.skip("the case says nothing of this policy")
    doc = _clean(path, policy)
    parts = doc.text.split("\n")
    for start in [*wanted["keeps"], *wanted[policy].get("has", [])]:
        assert _begins(parts, start), f"lost: {start}"
    for start in wanted[policy].get("lacks", []):
        assert not _begins(parts, start), f"stays: {start}"
    for start in wanted[policy].get("once", []):
        assert _begins(parts, start) == 1, f"not once: {start}"
    for line in wanted[policy].get("lines", []):
        found = next(known for known in doc.lines if known.text.startswith(line["starts"]))
        assert {name: getattr(found, name) for name in line if name != "starts"} == {
            name: value for name, value in line.items() if name != "starts"
        }
    comments = doc.fields["comments"] or []
    expected = wanted[policy].get("comments", [])
    assert len(comments) == len(expected)
    assert all(comment.startswith(start) for comment, start in zip(comments, expected, strict=True))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_page_type(path: Path) -> None:
    wanted = _wanted(path)
    if "page_type" in wanted:
        assert _clean(path, "drop").fields["quality"]["page_type"] == wanted["page_type"]


@pytest.mark.parametrize("policy", POLICIES)
def test_lines_add_up_whatever_befalls_comments(policy: Policy) -> None:
    for path in CASES:
        doc = _clean(path, policy)
        counted = [doc.fields[f"lines_{name}"] for name in ("kept", "dropped", "metadata")]
        assert sum(counted) == len(doc.lines)
        assert counted[2] == sum(line.verdict == "metadata" for line in doc.lines)


def test_comments_are_a_field_only_where_the_recipe_asks_for_it() -> None:
    assert all(_clean(path, "drop").fields["comments"] is None for path in CASES)


def test_three_quarters_of_the_page_types_are_right() -> None:
    """The sample pages are called LANGUAGE-TYPE-NAME; news is an article."""
    pages = sorted(path for path in (Path(__file__).parent / "pages").iterdir() if path.suffix in (".html", ".txt"))
    docs = cleaner.clean_many(pages)
    given = [
        (doc.fields["quality"]["page_type"], path.name.split("-")[1].replace("news", "article"))
        for path, doc in zip(pages, docs, strict=True)
        if doc.fields["quality"]["page_type"]
    ]
    assert len(given) >= len(pages) / 2
    assert {said for said, _ in given} > {"article", "forum", "product", "documentation"}
    assert sum(said == named for said, named in given) >= 0.75 * len(given)
