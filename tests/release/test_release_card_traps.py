"""Traps that cards of datasets step into, a test for each: what `datasets`, the Hub and Croissant stumble on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import yaml
from release_corpus import Page, run
from test_release_versions import PAGES, edited

from cleaner.recipe import Card, Privacy, Recipe
from cleaner.release.card.answers import Answers
from cleaner.release.card.readme import render_card
from cleaner.release.manifest import CONFIGS
from cleaner.release.open import versions


def head(processed: Path) -> str:
    return (processed / "README.md").read_text("utf-8").split("---\n")[1]


def front(processed: Path) -> dict[str, Any]:
    values = yaml.safe_load(head(processed))
    assert isinstance(values, dict)
    return values


def test_trap_changed_bytes_under_one_name_go_unnoticed_so_shards_are_named_by_their_rows(dataset: Path) -> None:
    """Two folders of one basename, the same cache: each gives its own rows."""
    copy = dataset.parent / "elsewhere" / dataset.name
    shutil.copytree(dataset, copy)
    run(copy, [edited(PAGES[0], "Edited elsewhere."), *PAGES[1:]])
    assert "It was edited." in datasets.load_dataset(str(dataset), split="train")["text"]
    assert "Edited elsewhere." in datasets.load_dataset(str(copy), split="train")["text"]


def test_trap_globs_take_foreign_files_so_every_shard_is_listed_by_its_name(dataset: Path) -> None:
    for config in front(dataset)["configs"]:
        for files in config["data_files"]:
            assert files["path"]
            assert all(re.fullmatch(r"(data|lines)/[0-9a-f]{16}\.parquet", path) for path in files["path"])


def test_trap_the_revision_of_a_local_folder_is_ignored_so_every_version_is_a_config(dataset: Path) -> None:
    names = [config["config_name"] for config in front(dataset)["configs"]]
    assert names == [name for v in ("2.0.0", "1.1.0", "1.0.0") for name in (f"v{v}", f"v{v}-lines")]
    assert datasets.get_dataset_config_names(str(dataset)) == names


def test_trap_only_the_first_default_counts_so_the_newest_has_it_alone(dataset: Path) -> None:
    assert [config.get("default") for config in front(dataset)["configs"]] == [True, None, None, None, None, None]


def test_trap_names_of_configs_versions_and_splits_are_narrow(dataset: Path) -> None:
    for config in front(dataset)["configs"]:
        assert not set(config["config_name"]) & set('<>:/\\|?*')
        assert re.fullmatch(r"\d+\.\d+\.\d+", config["version"])
        assert [files["split"] for files in config["data_files"]] == ["train"]


def test_trap_an_unquoted_number_is_no_version_so_all_are_read_back_as_text(dataset: Path) -> None:
    assert all(isinstance(config["version"], str) for config in front(dataset)["configs"])
    assert all(isinstance(info["config_name"], str) for info in front(dataset)["dataset_info"])


def test_trap_an_empty_shard_cannot_be_read_so_an_empty_table_is_no_config(tmp_path: Path) -> None:
    run(tmp_path, [Page("a", "", dropped=())])
    assert [config["config_name"] for config in front(tmp_path)["configs"]] == ["v1.0.0"]
    assert not list((tmp_path / "lines").glob("*")) if (tmp_path / "lines").exists() else True


def test_trap_a_missing_file_in_the_first_config_breaks_all_so_the_card_comes_last(tmp_path: Path) -> None:
    """Whatever the card lists is there; and an older version that lost a file breaks itself alone."""
    run(tmp_path, PAGES)
    run(tmp_path, [edited(PAGES[0]), *PAGES[1:]])
    paths = [path for config in front(tmp_path)["configs"] for files in config["data_files"] for path in files["path"]]
    assert all((tmp_path / path).is_file() for path in paths)
    newest = {file.path for config in CONFIGS for file in versions(tmp_path)[-1].files[config]}
    for path in set(paths) - newest:
        (tmp_path / path).unlink()
    assert datasets.load_dataset(str(tmp_path), split="train").num_rows == 12


def test_trap_a_feature_that_the_data_lack_loads_as_nulls_so_features_are_those_of_the_files(dataset: Path) -> None:
    manifests = {manifest.version: manifest for manifest in versions(dataset)}
    for info in front(dataset)["dataset_info"]:
        version, _, lines = info["config_name"].removeprefix("v").partition("-")
        config = lines or "documents"
        for file in manifests[version].files[config]:
            there = datasets.Features.from_arrow_schema(pq.read_schema(dataset / file.path))
            assert datasets.Features._from_yaml_list(info["features"]) == there


def test_trap_columns_change_between_versions_so_each_config_has_its_own_features(dataset: Path) -> None:
    """An older version whose documents had a column more is listed with it, the newest without it."""
    old, *rest = versions(dataset)
    columns = {**old.columns, "documents": [*old.columns["documents"], ["mood", "text"]]}
    text = render_card([dataclasses.replace(old, columns=columns), *rest]).text
    info = {each["config_name"]: each["features"] for each in yaml.safe_load(text.split("---\n")[1])["dataset_info"]}
    assert info["v1.0.0"][-1] == {"name": "mood", "dtype": "string"}
    assert info["v1.0.0"][:-1] == info["v1.1.0"] == info["v2.0.0"]


def test_trap_numbers_of_examples_are_not_checked_when_streaming_so_they_are_true(dataset: Path) -> None:
    for info in front(dataset)["dataset_info"]:
        stream = datasets.load_dataset(str(dataset), info["config_name"], split="train", streaming=True)
        assert sum(1 for _ in stream) == info["splits"][0]["num_examples"]


def test_trap_sizes_are_those_of_the_files(dataset: Path) -> None:
    paths = {c["config_name"]: c["data_files"][0]["path"] for c in front(dataset)["configs"]}
    for info in front(dataset)["dataset_info"]:
        size = sum((dataset / path).stat().st_size for path in paths[info["config_name"]])
        assert info["download_size"] == info["dataset_size"] == info["splits"][0]["num_bytes"] == size


def test_trap_yaml_writes_anchors_for_shared_objects_so_none_is_written(dataset: Path) -> None:
    for text in (head(dataset), render_card(versions(dataset) * 2).text.split("---\n")[1]):
        assert not any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text))
        assert not re.search(r"[&*]id\d", text)


def test_trap_many_versions_make_a_card_of_hundreds_of_kilobytes_so_few_are_listed(dataset: Path) -> None:
    old = versions(dataset)
    many = [dataclasses.replace(old[0], version=f"1.{n}.0", parent=f"1.{n - 1}.0") for n in range(1, 60)]
    text = render_card([old[0], *many]).text
    configs = yaml.safe_load(text.split("---\n")[1])["configs"]
    assert len(configs) == 40
    assert configs[0]["config_name"] == "v1.59.0"
    assert len(text) < 150_000
    assert "The 20 newest of 60 versions are listed here" in text


def test_trap_text_and_pictures_count_as_data_so_configs_are_always_there(dataset: Path, tmp_path: Path) -> None:
    """`.md`, `.toml`, `.json` and pictures in the folder are no rows of the dataset."""
    copy = tmp_path / "copy"
    shutil.copytree(dataset, copy)
    (copy / "card.toml").write_text('title = "T"\n')
    run(copy, [edited(PAGES[0]), *PAGES[1:]])
    assert {"README.md", "CHANGELOG.md", "croissant.json", "card.toml", "pictures"} <= {p.name for p in copy.iterdir()}
    assert datasets.load_dataset(str(copy), split="train").num_rows == 12


def test_trap_datasets_reads_readme_md_only_so_that_is_the_card(dataset: Path) -> None:
    assert head(dataset)
    assert not (dataset / "DATASET_CARD.md").exists()


def test_trap_the_hub_takes_few_names_of_licences_so_others_are_other(dataset: Path) -> None:
    stated = {
        "MIT": {"license": "mit"}, "ODC-By-1.0": {"license": "odc-by"}, "GPL-3.0-or-later": {"license": "gpl-3.0"},
        "cc-by-sa-4.0": {"license": "cc-by-sa-4.0"},
        "Elastic-2.0": {"license": "other", "license_name": "Elastic-2.0", "license_link": "LICENSE"},
        "https://a.example/terms": {"license": "other", "license_link": "https://a.example/terms"},
        "Ask: the desk": {"license": "other", "license_name": "Ask: the desk", "license_link": "LICENSE"},
    }  # fmt: skip
    for licence, expected in stated.items():
        text = render_card(versions(dataset)[:1], Answers(Card(license=licence))).text
        values = yaml.safe_load(text.split("---\n")[1])
        assert {key: value for key, value in values.items() if key.startswith("license")} == expected


def test_trap_the_hub_wants_codes_of_languages(tmp_path: Path) -> None:
    languages = ("zh-Hant", "zh", "und")
    run(tmp_path, [Page(f"a{n}", f"Text {n}.", language=language) for n, language in enumerate(languages)])
    assert front(tmp_path)["language"] == ["zh"]


def test_trap_croissant_wants_its_own_media_type_bare_versions_and_a_checksum_for_each_file(dataset: Path) -> None:
    values = json.loads((dataset / "croissant.json").read_bytes())
    assert values["version"] == "2.0.0"
    files = [part for part in values["distribution"] if part["@type"] == "cr:FileObject"]
    assert {file["contentUrl"] for file in files} == {
        file.path for config in CONFIGS for file in versions(dataset)[-1].files[config]
    }
    for file in files:
        data = (dataset / file["contentUrl"]).read_bytes()
        assert file["encodingFormat"] == "application/x-parquet"
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
        assert file["contentSize"] == f"{len(data)} B"


def test_trap_nobody_can_know_that_there_is_no_personal_data_so_no_card_says_so(dataset: Path) -> None:
    for name in ("README.md", "croissant.json"):
        text = (dataset / name).read_text("utf-8")
        assert not re.search(r"\b(no|without|free of) (any )?(PII|personal (data|information))", text, re.IGNORECASE)
        assert "not scanned for personal data" in text


def test_trap_what_was_scanned_for_is_told_with_what_was_found(tmp_path: Path) -> None:
    quality = {"flags": [], "fixes": [], "private": [{"name": "email", "count": 2}, {"name": "phone", "count": 1}]}
    recipe = Recipe(privacy=Privacy(find=("email", "iban", "phone")))
    run(tmp_path, [Page("a", "Write to me.", fields={"quality": quality}), Page("b", "Not to me.")], recipe)
    told = "e-mail addresses (2 found), account numbers (0 found), phone numbers (1 found)"
    for name in ("README.md", "croissant.json"):
        text = (tmp_path / name).read_text("utf-8")
        assert told in text
        assert "left in place" in text
        assert "it misses much" in text


def test_trap_a_licence_of_pages_is_a_count_and_not_the_datasets_licence(tmp_path: Path) -> None:
    run(tmp_path, [Page("a", "A.", fields={"license": "CC-BY-4.0"}), Page("b", "B.")])
    assert "license" not in front(tmp_path)
    assert "| `CC-BY-4.0` | 1 | 50% |" in (tmp_path / "README.md").read_text("utf-8")


def test_trap_floats_and_order_do_not_reach_the_card(tmp_path: Path) -> None:
    """The same documents in parts of another layout make the same card, pictures and metadata."""
    from release_corpus import each_alone, published

    run(tmp_path / "one", PAGES, Recipe())
    run(tmp_path / "two", PAGES, Recipe(), each_alone)
    assert published(tmp_path / "one") == published(tmp_path / "two")
