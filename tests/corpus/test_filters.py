"""Filters of the recipe: what passes, what is refused and with which words, and what is left out in a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.errors import InputError, RecipeError
from cleaner.recipe import Recipe
from cleaner.release.open import find_version
from cleaner.report.tables import recipe_toml

CASES = json.loads((Path(__file__).parent / "filters.json").read_text("utf-8"))


def recipe(*filters: dict[str, str]) -> Recipe:
    rows = ["\n".join(f"{key} = {json.dumps(value)}" for key, value in row.items()) for row in filters]
    return Recipe.parse("\n".join(f"[[filter]]\n{row}" for row in rows))


@pytest.mark.parametrize("where", CASES["good"])
def test_conditions_on_a_document(where: str) -> None:
    chosen = recipe({"where": where})
    assert chosen.filter[0].where == where
    assert Recipe.parse(recipe_toml(chosen)) == chosen


@pytest.mark.parametrize(("where", "says"), CASES["bad"])
def test_everything_else_is_refused(where: str, says: str) -> None:
    with pytest.raises(RecipeError) as error:
        recipe({"where": where})
    assert says in str(error.value)
    assert "[[filter]] number 1" in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[filter]\nmin_words = 50\nlanguages = ["de"]\nempty = false',
         "[[filter]] where = \"words >= 50\" [[filter]] where = \"split_part(language, '-', 1) IN ('de')\" "
         '[[filter]] where = "characters > 0"'),
        ("filter = 3", '[[filter]] where = "words >= 50"'),
        ('[[filter]]\nwher = "words > 1"', "Did you mean `where`?"),
        ('[[filter]]\nname = "short"', "has no condition"),
        ('[[filter]]\nwhere = "words > 1"\nname = "same_url"', "another reason"),
        ('[[filter]]\nwhere = "words > 1"\nname = "Too short"', "a-z, 0-9 and _"),
        ('[[filter]]\nwhere = "words > 1"\n[[filter]]\nwhere = "words  > 1"', "number 2 (where ="),
        ('[[filter]]\nwhere = "words > 1"\nname = "a"\n[[filter]]\nwhere = "words > 2"\nname = "a"', "named 'a'"),
    ],
)  # fmt: skip
def test_rows_that_are_wrong(text: str, says: str) -> None:
    with pytest.raises(RecipeError) as error:
        Recipe.parse(text)
    assert says in str(error.value)


PROSE = "The ferry left the harbour at seven, and nobody on the quay could say when it would be back."


def left_out(processed: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (processed / "left_out.jsonl").read_text("utf-8").splitlines()]


def test_a_run_lists_and_counts_what_is_filtered_out(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "long.txt").write_text(f"{PROSE} {PROSE} Long.")
    (raw / "short.txt").write_text(PROSE)
    (raw / "wool.txt").write_text(f"Wool. {PROSE} {PROSE}")
    chosen = recipe(
        {"where": "words >= 25", "name": "short", "reason": "too short to be of use"},
        {"where": "NOT contains(lower(text), 'wool')"},
        {"where": "published IS NULL OR published < '2100'"},
    )
    report = cleaner.run(raw, tmp_path / "processed", recipe=chosen, workers=1)
    assert (report.documents, report.filtered) == (1, 2)
    rule = "NOT contains(lower(text), 'wool')"
    assert [(row["source"], row["outcome"], row["rule"]) for row in left_out(tmp_path / "processed")] == [
        ("short.txt", "filtered", "short"), ("wool.txt", "filtered", rule)]  # fmt: skip
    assert find_version(tmp_path / "processed", "1.0.0").counts["left_out_by_rule"] == {rule: 1, "short": 1}
    card = (tmp_path / "processed" / "README.md").read_text("utf-8")
    lines = [line for line in card.splitlines() if line.startswith(("- `short`: 1 source", f"- `{rule}`: 1 source"))]
    assert len(lines) == 2
    assert "too short to be of use" in lines[1] and "`words >= 25`" in lines[1]


def test_an_unknown_value_does_not_pass(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text(PROSE)
    with pytest.raises(InputError, match="1 filtered out by the recipe"):
        cleaner.run(raw, tmp_path / "processed", recipe=recipe({"where": "NOT (license = 'CC0')"}), workers=1)


def test_a_value_that_cannot_be_converted_stops_the_release_with_advice(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text(PROSE)
    with pytest.raises(RecipeError, match="TRY_CAST"):
        cleaner.run(raw, tmp_path / "processed", recipe=recipe({"where": "source_path::BIGINT > 3"}), workers=1)
    assert not (tmp_path / "processed" / "README.md").exists()
