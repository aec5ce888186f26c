"""What `datasets` makes of a release, and what people read in it."""

from __future__ import annotations

import re
from pathlib import Path

import datasets
import yaml
from release_corpus import Page, run
from test_release_versions import PAGES

from cleaner import schema
from cleaner.recipe import Recipe
from cleaner.release.card import columns
from cleaner.release.card.front_matter import features
from cleaner.release.open import load


def test_the_default_is_the_newest_version(dataset: Path) -> None:
    newest = datasets.load_dataset(str(dataset))
    assert list(newest) == ["train"]
    assert newest["train"].num_rows == 13
    assert newest["train"].column_names == schema.DOCUMENTS.names
    assert "It was edited." in newest["train"]["text"]


def test_every_version_by_its_name(dataset: Path) -> None:
    names = ["v2.0.0", "v2.0.0-lines", "v1.1.0", "v1.1.0-lines", "v1.0.0", "v1.0.0-lines"]
    assert datasets.get_dataset_config_names(str(dataset)) == names
    first = datasets.load_dataset(str(dataset), "v1.0.0", split="train")
    assert sorted(first["text"]) == sorted(page.text for page in PAGES)
    lines = datasets.load_dataset(str(dataset), "v1.0.0-lines", split="train")
    assert lines.num_rows == 36
    assert lines.column_names == schema.LINES.names
    by_document: dict[str, list[str]] = {}
    for line in lines:
        if line["verdict"] == "keep":
            by_document.setdefault(line["document_id"], []).append(line["text"])
    assert {key: "\n\n".join(texts) for key, texts in by_document.items()} == {row["id"]: row["text"] for row in first}


def test_streaming(dataset: Path) -> None:
    for config, rows in (("v2.0.0", 13), ("v1.1.0-lines", 38)):
        stream = datasets.load_dataset(str(dataset), config, split="train", streaming=True)
        assert sum(1 for _ in stream) == rows


def test_load_opens_every_version_with_the_same_columns(dataset: Path) -> None:
    assert load(dataset).num_rows == 13
    assert load(str(dataset), "v1.0.0").num_rows == load(dataset, "1.0.0").num_rows == 12
    assert load(dataset, "1.0.0").features == datasets.load_dataset(str(dataset), "v1.0.0", split="train").features
    assert load(dataset, "1.1.0", lines=True).num_rows == 38


def test_features_are_written_as_datasets_writes_them() -> None:
    for table in (schema.DOCUMENTS, schema.LINES):
        assert features(table) == datasets.Features.from_arrow_schema(table)._to_yaml_list()


def front(processed: Path) -> dict[str, object]:
    text = (processed / "README.md").read_text("utf-8").split("---\n")[1]
    assert not re.search(r"[&*]id\d", text)
    values = yaml.safe_load(text)
    assert isinstance(values, dict)
    return values


def test_older_versions_than_the_recipe_lists_stay_loadable(tmp_path: Path) -> None:
    recipe = Recipe.parse("[release]\nlisted_versions = 2")
    for count in (3, 4, 5):
        run(tmp_path, PAGES[:count], recipe)
    assert datasets.get_dataset_config_names(str(tmp_path))[::2] == ["v1.2.0", "v1.1.0"]
    assert "The 2 newest of 3 versions are listed" in (tmp_path / "README.md").read_text("utf-8")
    assert load(tmp_path, "1.0.0").num_rows == 3


def test_a_document_without_text_and_lines_loads(tmp_path: Path) -> None:
    run(tmp_path, [Page("a", "", dropped=())])
    assert datasets.get_dataset_config_names(str(tmp_path)) == ["v1.0.0"]
    assert datasets.load_dataset(str(tmp_path), split="train")["text"][0] == ""


def test_the_change_log(dataset: Path) -> None:
    text = (dataset / "CHANGELOG.md").read_text("utf-8")
    sections = text.split("\n## ")
    assert [section.split("\n")[0] for section in sections[1:]] == ["2.0.0", "1.1.0", "1.0.0"]
    assert "13 documents: 1 changed.\n\n- Changed: other documents changed (1)\n" in sections[1]
    assert "\nBy site:\n\n- `a.example`: 1 changed\n" in sections[1]
    assert "13 documents: 1 added.\n\n- Added: new (1)\n" in sections[2]
    assert "\nBy site:\n\n- `new`: 1 added\n" in sections[2]
    assert "The first version: 12 documents from 4 sites." in sections[3]


def test_every_column_is_explained() -> None:
    assert list(columns.DOCUMENTS) == schema.DOCUMENTS.names
    assert list(columns.LINES) == schema.LINES.names
