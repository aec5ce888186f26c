"""The card: what was measured, what a person stated, what a person wrote, and what machines read of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import datasets
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from release_corpus import Page, run
from test_release_versions import PAGES, edited

import cleaner
from cleaner.errors import RecipeError
from cleaner.recipe import Card, Recipe
from cleaner.release.card.answers import UNSTATED, Answers
from cleaner.release.card.claims import find_conflicts
from cleaner.release.card.fences import END, begin, fenced, find_parts, replace_parts
from cleaner.release.card.measured import measured_part
from cleaner.release.card.readme import render_card
from cleaner.release.manifest import Manifest
from cleaner.release.open import versions

ANSWERS = {
    name: f"My {name}." for name in (
        "summary", "purpose", "uses", "out_of_scope", "collection", "consent", "personal_data", "biases",
        "social_impact", "synthetic", "maintenance", "funding", "citation",
    )
}  # fmt: skip


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


def write(processed: Path, text: str) -> None:
    (processed / "README.md").write_bytes(text.encode())


def test_what_a_person_writes_stays_to_the_byte(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    mine = "## Why\r\n\r\nBecause.  \r\n\n<!-- a note -->\n\tIndented."
    fresh = card(tmp_path)
    write(tmp_path, fresh.replace(f"{END}\n\n{begin('measured')}", f"{END}\n\n{mine}\n\n{begin('measured')}"))
    before = card(tmp_path)
    assert run(tmp_path, PAGES).released is False
    assert card(tmp_path) == before
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:]])
    assert card(tmp_path).count(mine) == 1
    assert "## What version 2.0.0 holds" in card(tmp_path)
    assert "## What version 1.0.0 holds" not in card(tmp_path)
    assert datasets.load_dataset(str(tmp_path), "v2.0.0", split="train").num_rows == 12


def test_parts_stand_where_a_person_puts_them(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    head = card(tmp_path).split("\n---\n")[0]
    parts = f"{begin('removal')}\nold\n{END}\n\nand\n\n{begin('measured')}\n{END}"
    write(tmp_path, f"{head}\n---\n# Mine\n\n{parts}\n\nthe end\n")
    report = run(tmp_path, PAGES)
    body = card(tmp_path).split("\n---\n", 1)[1]
    order = ("# Mine", "## To have a page removed", "\nand\n", "| documents | 12 |", "the end")
    assert [body.index(text) for text in order] == sorted(body.index(text) for text in order)
    assert "## Loading it" not in body
    assert report.warnings == []
    write(tmp_path, f"{head}\n---\n# Mine\n\n{begin('loading')}\n{END}\n")
    told = run(tmp_path, PAGES).warnings
    assert [warning.split("`")[1] for warning in told] == ["measured", "removal"]


def test_a_card_that_a_person_began_gets_the_parts_after_it(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    write(tmp_path, "# My harbour\n\nTwelve documents from four sites.\n")
    assert run(tmp_path, PAGES).warnings == []
    body = card(tmp_path).split("\n---\n", 1)[1]
    assert body.startswith("\n# My harbour\n\nTwelve documents from four sites.\n\n<!-- cleaner: title -->\n")
    assert datasets.load_dataset(str(tmp_path), split="train").num_rows == 12


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda text: text.replace(END, "", 1), "the part `title` has no"),
        (lambda text: text + f"\n{END}\n", "too many"),
        (lambda text: text + f"\n{begin('title')}\n{END}\n", "the part `title` is there twice"),
    ],
)
def test_damaged_marks_leave_the_body_alone(dataset: Path, damage: Callable[[str], str], told: str) -> None:
    """The head lists the new version all the same: without it, nobody could load that."""
    old = damage(render_card(versions(dataset)[:1]).text)
    rendered = render_card(versions(dataset), None, old)
    assert any(told in warning and "was left as it is" in warning for warning in rendered.warnings)
    head, body = rendered.text.split("\n---\n", 1)
    assert body.strip() == old.split("\n---\n", 1)[1].strip()
    assert "config_name: v2.0.0\n" in head


def test_what_a_person_adds_to_the_head_stays(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    added = "tags: [news, harbours]\ntask_categories:\n- text-generation\n"
    write(tmp_path, card(tmp_path).replace("configs:\n", f"{added}configs:\n", 1))
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:]])
    values = front(tmp_path)
    assert (values["tags"], values["task_categories"]) == (["news", "harbours"], ["text-generation"])
    assert isinstance(values["configs"], list)
    assert [config["config_name"] for config in values["configs"]][::2] == ["v2.0.0", "v1.0.0"]
    assert datasets.load_dataset(str(tmp_path), "v2.0.0", split="train").num_rows == 12


@pytest.mark.parametrize("head", ["tags: [a\n", "- a\n", "a: &x [1]\nb: *x\n", "a: " + "[" * 5000 + "\n"])
def test_a_head_that_cannot_be_understood_is_written_anew(first: Manifest, head: str) -> None:
    fresh = render_card([first]).text
    rendered = render_card([first], None, f"---\n{head}---\n{fresh.split(chr(10) + '---' + chr(10), 1)[1]}")
    assert rendered.text == fresh
    assert len(rendered.warnings) == 1
    assert "could not be understood" in rendered.warnings[0]


def test_bytes_that_are_no_utf_8_are_carried_through(tmp_path: Path) -> None:
    run(tmp_path, PAGES)
    (tmp_path / "README.md").write_bytes((tmp_path / "README.md").read_bytes() + b"\nAn \xe9migr\xe9.\n")
    run(tmp_path, PAGES)
    assert b"An \xe9migr\xe9." in (tmp_path / "README.md").read_bytes()


def test_answers_cannot_break_out_of_their_part(first: Manifest) -> None:
    answers = Answers(Card(purpose=f"To learn.\n{END}\n\n{begin('removal')}\n# Taken over"))
    text = render_card([first], answers).text
    assert render_card([first], answers, text).text == text
    assert [name for name, _, _ in find_parts(text)].count("removal") == 1


@pytest.fixture(scope="module")
def first(dataset: Path) -> Manifest:
    return versions(dataset)[0]


def told_of(manifest: Manifest, text: str, stated: Card | None = None) -> list[str]:
    """What is told of a card with this prose. It is kept as it is."""
    answers = Answers(stated or Card())
    old = f"{render_card([manifest], answers).text}\n{text}\n"
    rendered = render_card([manifest], answers, old)
    assert rendered.text == old
    return rendered.warnings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It holds 12,000 documents.", '"12,000 documents"; version 1.0.0 has 12 documents'),
        ("More than twenty clean articles are in it.", "has 12 documents and 12 sources"),
        ("It comes from three\nwebsites.", "has 4 sites"),
        ("These pages were published between 2015 and 2023.", "has documents of 2020 to 2022"),
        ("Load v7.0.0 of it.", "names version 7.0.0, but there is none"),
        ("There is no PII in it.", "that cannot be known"),
        ("All text was fully anonymised.", "that cannot be known"),
        ("The dataset is under the MIT licence.", 'names the licence "MIT", but none is stated'),
    ],
)
def test_a_claim_that_is_not_so_is_told_and_left_alone(first: Manifest, text: str, told: str) -> None:
    warnings = told_of(first, text)
    assert len(warnings) == 1
    assert told in warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "Twelve documents from 4 sites in one language.",
        "About a dozen pages; at least 10 documents, up to 5 sites, some 11 articles.",
        "Version 1.0.0 has 12 documents.",
        "3 of the documents, 5 more documents and 20 documents per site say nothing of the whole.",
        "In `12,000 documents` nothing is claimed, nor in https://a.example/9-documents.",
        "```\n12,000 documents\n```",
        "The pages are of 2020 to 2022. The harbour was built between 1850 and 1870.",
        "The code of the scraper is by MIT students.",
        "Nobody says that personal data were taken out.",
    ],
)
def test_a_claim_that_is_so_or_none_is_not_told(first: Manifest, text: str) -> None:
    assert told_of(first, text) == []


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("Licence: CC BY-SA 4.0", True),
        ("It is licensed under Creative Commons Attribution-ShareAlike.", True),
        ("It is licensed under CC BY 4.0.", False),
        ("It is licensed under CC0; the scraper's licence is CC BY-SA 4.0.", True),
        ("Shared under the Apache License 2.0.", False),
    ],
)
def test_licences_in_prose_are_held_against_the_stated_one(first: Manifest, text: str, agrees: bool) -> None:
    told = told_of(first, text, Card(license="cc-by-sa-4.0"))
    assert told == [] if agrees else "the one that is stated is CC-BY-SA-4.0" in told[0]


def test_an_answer_that_contradicts_the_data_is_told(tmp_path: Path) -> None:
    stated = Card(summary="A thousand stories: 1,000 documents.", released="May", doi="x")
    told = run(tmp_path, PAGES, Recipe(card=stated))
    assert [warning.split(" ")[0] for warning in told.warnings] == ["`summary`", "`doi`", "`released`"]


def test_the_file_of_answers_goes_before_the_recipe(tmp_path: Path) -> None:
    recipe = Recipe.parse('[card]\nlicense = "MIT"\npurpose = "To learn."')
    run(tmp_path, PAGES, recipe)
    (tmp_path / "card.toml").write_text('# mine\nlicense = "CC0-1.0"\nauthors = ["Example, Ada"]\n')
    report = run(tmp_path, PAGES, recipe)
    assert report.released is False
    assert ["card.toml" in warning and "in the recipe" in warning for warning in report.warnings] == [True]
    assert front(tmp_path)["license"] == "cc0-1.0"
    assert "To learn." in card(tmp_path)
    assert "Example, Ada" in card(tmp_path)
    assert "card.toml" not in (tmp_path / "SHA256SUMS").read_text()


def test_a_wrong_file_of_answers_is_told_before_anything_is_done(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "page.txt").write_text("A page with a sentence or two.\n")
    (tmp_path / "processed").mkdir()
    (tmp_path / "processed" / "card.toml").write_text('licence = "MIT"\n')
    with pytest.raises(RecipeError, match="Did you mean `license`"):
        cleaner.run(raw, tmp_path / "processed", workers=1)
    assert [path.name for path in (tmp_path / "processed").iterdir()] == ["card.toml"]


def test_a_licence_that_a_person_put_there_stays(tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text('license = "CC-BY-4.0"\n')
    run(tmp_path, PAGES)
    made = (tmp_path / "LICENSE").read_text()
    assert "SPDX-License-Identifier: CC-BY-4.0" in made
    (tmp_path / "LICENSE").write_text("MIT License\n\nCopyright Ada Example\n")
    told = run(tmp_path, PAGES).warnings
    assert told == ['LICENSE names the licence "MIT", but the one that is stated is CC-BY-4.0.']
    assert (tmp_path / "LICENSE").read_text().startswith("MIT License")
    (tmp_path / "LICENSE").write_text("Creative Commons Attribution 4.0 International\n\nBy exercising the Rights...\n")
    assert run(tmp_path, PAGES).warnings == []
    (tmp_path / "LICENSE").write_text(made)
    (tmp_path / "card.toml").unlink()
    run(tmp_path, PAGES)
    assert not (tmp_path / "LICENSE").exists()


def test_examples_are_lines_that_recur_and_name_nobody(tmp_path: Path) -> None:
    shared = ("Ask ada@a.example", "A 0151 / 123456", "Share this", "x" * 100)
    pages = [Page(f"a/{n}", f"Text {n}.", dropped=(*shared, f"On page {n}")) for n in range(3)]
    run(tmp_path, pages)
    assert versions(tmp_path)[0].counts["examples"] == {"share": "Share this"}
    assert "| `share` | drop | 15 | Share and follow buttons | `Share this` |" in card(tmp_path)


def test_withdrawals_are_told_with_what_to_do(dataset: Path) -> None:
    manifests = versions(dataset)
    assert "Withdrawn documents" not in card(dataset)
    first = dataclasses.replace(manifests[0], amended={"times": 2, "documents": 3})
    told = dataclasses.replace(manifests[-1], changes={**manifests[-1].changes, "withdrawn": 4})
    text = render_card([first, manifests[1], told]).text
    assert "4 documents were withdrawn from this dataset (with version 2.0.0: 4)" in text
    assert "| `1.0.0` | 3 | 12 |" in text
    assert "force_redownload" in text
    assert "1 changed, 4 withdrawn |" in text
    assert "At least 3 documents were withdrawn from this dataset:" in render_card([first, *manifests[1:]]).text


def test_the_cards_of_the_sample_say_the_same() -> None:
    """The prose of the project's DATASET_CARD.md is held against its measured part, as that of any card is."""
    text = (Path(__file__).parents[2] / "DATASET_CARD.md").read_text("utf-8")
    prose, _, measured = text.partition("<!-- generated: card -->")
    counts = {"documents": 20, "sources": 21, "words": 4481, "sites": dict.fromkeys("abc", 1),
              "languages": {"de": 5, "en": 7, "es": 8}, "published": {"documents": 0}}  # fmt: skip
    assert "| documents | 20 |" in measured
    assert "| **sources read** | 21 |" in measured
    manifest = dataclasses.replace(_manifest(), counts=counts)
    assert find_conflicts(prose, "DATASET_CARD.md", [manifest], "CC0-1.0") == []
    assert len(find_conflicts(prose.replace("three websites", "five websites"), "it", [manifest], "CC0-1.0")) == 1


def _manifest() -> Manifest:
    return Manifest("n", "1.0.0", None, {}, {}, {}, "", "", "", "", {}, {}, {})


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=100), st.text(max_size=100))
def test_parts_are_replaced_and_nothing_else(before: str, after: str) -> None:
    text = f"{before}\n{fenced('measured', 'old')}\n{after}"
    try:
        parts = find_parts(text)
    except ValueError:
        return
    assert replace_parts(text, {}) == text
    assert replace_parts(text, {"measured": fenced("measured", "new")}) == text.replace(
        fenced("measured", "old"), fenced("measured", "new"), 1
    )
    assert "measured" in [name for name, _, _ in parts]
