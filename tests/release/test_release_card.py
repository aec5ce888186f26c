"""The card: what was measured, what a person stated, what a person wrote, and what machines read of it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import datasets
import pytest
import yaml
from release_corpus import Page, run
from test_release_versions import PAGES, edited

from cleaner.recipe import Recipe
from cleaner.release.answers import UNSTATED
from cleaner.release.fences import END, begin
from cleaner.release.measured import measured_part
from cleaner.release.open import versions

ANSWERS = {
    name: f"My {name}." for name in (
        "summary", "purpose", "uses", "out_of_scope", "collection", "consent", "personal_data", "biases",
        "social_impact", "synthetic", "maintenance", "funding", "citation",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions: the first, one with an addition, one with an edit."""
    processed = tmp_path_factory.mktemp("dataset")
    run(processed, PAGES)
    run(processed, [*PAGES, Page("new/page", "New.")])
    run(processed, [edited(PAGES[0]), *PAGES[1:], Page("new/page", "New."), Page("broken|`name`", cause="empty")])
    return processed


def card(processed: Path) -> str:
    return (processed / "README.md").read_bytes().decode()


def front(processed: Path) -> dict[str, object]:
    text = card(processed).split("---\n")[1]
    assert not re.search(r"[&*]id\d", text)
    values = yaml.safe_load(text)
    assert isinstance(values, dict)
    return values


def test_the_card_says_what_was_measured(dataset: Path) -> None:
    newest = versions(dataset)[-1]
    measured = measured_part(newest)
    assert card(dataset).count(f"{begin('measured')}\n\n{measured}\n\n{END}") == 1
    for fact in ("| documents | 13 |", "| **sources read** | 14 | 100% |", "| `empty` | 1 | 100% |",
                 "| `a.example` | 5 |", "Of 37 lines, 24 (64.9%) stand in the text", "| `share` | drop | 13 |",
                 "| `en` | 13 | 100% |", "2020-05-01 to 2022-05-03", newest.recipe_hash):  # fmt: skip
        assert fact in measured
    assert front(dataset)["language"] == ["en"]
    assert front(dataset)["size_categories"] == ["n<1K"]


def test_the_card_says_what_nobody_has_stated(dataset: Path) -> None:
    assert card(dataset).count(UNSTATED) == 14
    assert "license" not in front(dataset)
    assert not (dataset / "LICENSE").exists()
    assert "no pii" not in card(dataset).lower()


def test_the_card_says_what_the_publisher_states(tmp_path: Path) -> None:
    recipe = Recipe.parse(
        "[card]\ntitle = 'Harbour: \"news\" #1'\nlicense = 'CC-BY-4.0'\ncontact = 'desk@harbour.example'\n"
        "authors = ['Example, Ada', 'The Harbour Desk']\n"
        + "".join(f"{name} = '{answer}'\n" for name, answer in ANSWERS.items())
    )
    report = run(tmp_path, PAGES, recipe)
    assert report.warnings == []
    assert UNSTATED not in card(tmp_path)
    assert all(answer in card(tmp_path) for answer in ANSWERS.values())
    assert "Write to desk@harbour.example" in card(tmp_path)
    assert "Example, Ada; The Harbour Desk" in card(tmp_path)
    assert front(tmp_path)["license"] == "cc-by-4.0"
    assert front(tmp_path)["pretty_name"] == 'Harbour: "news" #1'
    link = dataclasses.replace(recipe, card=dataclasses.replace(recipe.card, license="https://harbour.example/terms"))
    run(tmp_path, PAGES, link)
    assert front(tmp_path)["license_link"] == "https://harbour.example/terms"
    assert datasets.load_dataset(str(tmp_path), split="train").num_rows == 12


def test_names_from_the_data_do_not_break_the_card(tmp_path: Path) -> None:
    run(tmp_path, [Page("a|`b`\n---/c"), Page("top", "Other.")])
    rows = [row for row in card(tmp_path).splitlines() if row.endswith("| 1 | 50% |")]
    assert rows == ["| `(no site)` | 1 | 50% |", "| `` a\\|`b` --- `` | 1 | 50% |"]
    assert datasets.load_dataset(str(tmp_path), split="train").num_rows == 2
