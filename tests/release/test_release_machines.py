"""What machines read of a dataset: Croissant, CITATION.cff, RO-Crate, BagIt. Each is held against its own library."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from release_corpus import Page, run
from test_release_versions import PAGES, edited

from cleaner.errors import RefusedError, VerificationError, VersionError
from cleaner.recipe import Card, Recipe
from cleaner.release.card.bagit import write_bagit_zip
from cleaner.release.card.citation import render_citation
from cleaner.release.card.croissant import describe_dataset
from cleaner.release.card.rocrate import write_ro_crate
from cleaner.release.open import versions

STATED = Card(
    title="Harbour news", summary="What was written on the harbour.", license="CC-BY-4.0", contact="desk@a.example",
    authors=("Example, Ada", "The Harbour Desk"), url="https://harbour.example/data", doi="doi:10.5281/zenodo.1234567",
    released="2024-05-31", uses="Reading.", out_of_scope="Profiling.", biases="One town.", social_impact="Small.",
    synthetic="no", personal_data="Names of officials.", collection="Once a day.",
)  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions, everything stated, one document with all kinds of columns."""
    processed = tmp_path_factory.mktemp("stated")
    rich = {"authors": [{"name": "Ada", "kind": "person"}, {"name": "B", "kind": None}], "tags": ["sea", "town"]}
    pages = [*PAGES, Page("e.example/x", "Written by two.", site="e.example", fields=rich)]
    run(processed, pages, Recipe(card=STATED))
    run(processed, [edited(PAGES[0]), *pages[1:]], Recipe(card=STATED))
    return processed


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One version, of which nothing is stated."""
    processed = tmp_path_factory.mktemp("bare")
    run(processed, PAGES)
    return processed


def croissant(processed: Path) -> dict[str, Any]:
    values = json.loads((processed / "croissant.json").read_bytes())
    assert isinstance(values, dict)
    return values


# --- Croissant -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mlc() -> Any:
    return pytest.importorskip("mlcroissant")


def _plain(value: Any) -> Any:
    """A record as mlcroissant gives it, as a row of ours: text as text, names without the name of their record set."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("config", ["documents", "lines"])
def test_croissant_is_valid_and_its_records_are_the_rows(
    dataset: Path, mlc: Any, config: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "absl"):
        opened = mlc.Dataset(str(dataset / "croissant.json"))
    assert [record.getMessage() for record in caplog.records] == []
    assert opened.metadata.ctx.issues.errors == opened.metadata.ctx.issues.warnings == set()
    records = [_plain(record) for record in opened.records(config)]
    rows = pa.concat_tables(pq.read_table(dataset / f.path) for f in versions(dataset)[-1].files[config]).to_pylist()
    assert len(records) == len(rows) == versions(dataset)[-1].rows(config)
    for record, row in zip(records, rows, strict=True):
        assert set(record) == set(row)
        for name in ("id", "text", "title", "url", "characters", "line", "role", "score"):
            if name in row:
                assert record[name] == row[name]
    if config == "documents":
        record = next(record for record in records if record["text"] == "Written by two.")
        assert record["authors"] == [{"name": "Ada", "kind": "person"}, {"name": "B", "kind": None}]
        assert record["tags"] == ["sea", "town"]
        assert record["quality"]["encoding"] == "utf-8"


def test_croissant_without_answers_lacks_only_what_cannot_be_made_up(bare: Path, mlc: Any) -> None:
    opened = mlc.Dataset(str(bare / "croissant.json"))
    assert opened.metadata.ctx.issues.errors == set()
    assert len(opened.metadata.ctx.issues.warnings) == 1
    assert "datePublished" in str(opened.metadata.ctx.issues.warnings)
    values = croissant(bare)
    assert {"datePublished", "url", "sameAs"}.isdisjoint(values)
    for field in ("license", "rai:dataSocialImpact", "rai:hasSyntheticData", "rai:dataCollection"):
        assert values[field] == "Not stated by the publisher."
    assert "not scanned" in values["rai:personalSensitiveInformation"][0]


def test_croissant_says_what_reviewers_require(dataset: Path) -> None:
    values = croissant(dataset)
    assert values["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert values["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert (values["datePublished"], values["url"]) == ("2024-05-31", "https://harbour.example/data")
    assert [person["@type"] for person in values["creator"]] == ["Person", "Organization"]
    assert values["rai:hasSyntheticData"] is False
    assert values["rai:dataUseCases"] == ["Reading.", "Not meant for: Profiling."]
    assert values["rai:dataBiases"][1] == "One town."
    assert "by site: a.example 38.5%" in values["rai:dataBiases"][0]
    assert values["rai:dataSocialImpact"] == "Small."
    assert values["rai:personalSensitiveInformation"][1] == "Names of officials."
    assert len(values["rai:dataLimitations"]) == 4
    assert {"@id": "https://a.example/", "@type": "prov:Entity", "prov:label": "a.example: 5 documents"} in values[
        "prov:wasDerivedFrom"
    ]
    assert [activity["prov:label"][:10] for activity in values["prov:wasGeneratedBy"]] == ["Collection", "Cleaning, "]


def test_croissant_describes_every_column(dataset: Path) -> None:
    manifest = versions(dataset)[-1]
    for records in croissant(dataset)["recordSet"]:
        described = [field["name"] for field in records["field"]]
        assert described == manifest.schema(records["@id"]).names
        assert all(field["description"] for field in records["field"])


def test_croissant_of_a_version_without_lines_has_no_such_records(tmp_path: Path) -> None:
    run(tmp_path, [Page("a", "", dropped=())])
    assert [records["@id"] for records in croissant(tmp_path)["recordSet"]] == ["documents"]


# --- CITATION.cff ----------------------------------------------------------------------------------------------------


def _check_citations(texts: list[str], folder: Path) -> str:
    """What the checker of the format says; "" when all files are good."""
    pytest.importorskip("check_jsonschema")
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_citation_is_valid(dataset: Path, bare: Path, tmp_path: Path) -> None:
    stated, unstated = ((folder / "CITATION.cff").read_text("utf-8") for folder in (dataset, bare))
    assert _check_citations([stated, unstated], tmp_path) == ""
    assert "doi: 10.5281/zenodo.1234567\ndate-released: '2024-05-31'\n" in stated
    assert "version: 2.0.0" in stated
    assert "license: CC-BY-4.0" in stated
    assert "- name: Not stated by the publisher" in unstated
    assert "writers" in _check_citations([stated.replace("authors:", "writers:")], tmp_path)


def test_the_citation_is_valid_whatever_is_stated(bare: Path, tmp_path: Path) -> None:
    odd = (
        Card(license="CDLA-Permissive-2.0"), Card(license="Ask us first: maybe."), Card(license="https://a.example/terms"),
        Card(doi="10.1/x", released="2024-02-30", url="harbour.example", authors=(" ", "Ä, \n B", ", ,")),
        Card(title=": - {[\n", summary="# a\n---\n'\"&*"), Card(license="GPL-3.0-or-later"), Card(license="etalab-2.0"),
    )  # fmt: skip
    assert _check_citations([render_citation(versions(bare)[0], card) for card in odd], tmp_path) == ""


# --- archives --------------------------------------------------------------------------------------------------------


def test_the_crate_is_read_by_rocrate_and_loads(dataset: Path, tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    folder = write_ro_crate(dataset, tmp_path / "crate")
    crate = rocrate.ROCrate(folder)
    root = crate.root_dataset
    assert (crate.name, root["version"], root["license"].id) == (
        "Harbour news", "2.0.0", "https://spdx.org/licenses/CC-BY-4.0.html",
    )  # fmt: skip
    assert [author["name"] for author in root["author"]] == ["Ada Example", "The Harbour Desk"]
    parts = {part.id: part for part in root["hasPart"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(parts) == there - {"ro-crate-metadata.json"}
    for path, part in parts.items():
        assert part["sha256"] == hashlib.sha256((folder / path).read_bytes()).hexdigest()
        assert part["contentSize"] == str((folder / path).stat().st_size)
    assert datasets.load_dataset(str(folder), split="train").num_rows == 13
    assert datasets.get_dataset_config_names(str(folder)) == ["v2.0.0", "v2.0.0-lines"]


def test_the_bag_is_valid_and_the_same_each_time(dataset: Path, tmp_path: Path) -> None:
    bagit = pytest.importorskip("bagit")
    path = write_bagit_zip(dataset, tmp_path / "bag.zip")
    assert write_bagit_zip(dataset, tmp_path / "again.zip").read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        archive.extractall(tmp_path)
    bag = bagit.Bag(str(tmp_path / "harbour-news-2.0.0"))
    assert bag.validate()
    assert bag.info["Bagging-Date"] == "2024-05-31"
    assert (tmp_path / "harbour-news-2.0.0" / "data" / "ro-crate-metadata.json").is_file()
    (tmp_path / "harbour-news-2.0.0" / "data" / "README.md").write_text("damaged")
    with pytest.raises(bagit.BagValidationError):
        bag.validate()


def test_an_older_version_is_written_as_it_was(dataset: Path, tmp_path: Path) -> None:
    folder = write_ro_crate(dataset, tmp_path / "first", "v1.0.0")
    assert "It was edited." not in datasets.load_dataset(str(folder), split="train")["text"]
    assert croissant(folder)["version"] == "1.0.0"
    assert not (folder / "rejects.jsonl").exists()
    with pytest.raises(VersionError):
        write_ro_crate(dataset, tmp_path / "none", "9.9.9")


def test_archives_are_refused_without_licence_and_date_or_place(dataset: Path, bare: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="`license` and `released`"):
        write_bagit_zip(bare, tmp_path / "bag.zip")
    (tmp_path / "bag.zip").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    for write, place in ((write_bagit_zip, "bag.zip"), (write_ro_crate, "full"), (write_ro_crate, "bag.zip")):
        with pytest.raises(RefusedError, match="there already"):
            write(dataset, tmp_path / place)
    assert (tmp_path / "bag.zip").read_text() == (tmp_path / "full" / "file").read_text() == "mine"


def test_a_damaged_shard_goes_into_no_archive(dataset: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(dataset, copy)
    shard = copy / versions(copy)[-1].files["documents"][0].path
    data = bytearray(shard.read_bytes())
    data[100] ^= 1
    shard.write_bytes(data)
    with pytest.raises(VerificationError, match=shard.name):
        write_ro_crate(copy, tmp_path / "crate")
    with pytest.raises(VerificationError, match=shard.name):
        write_bagit_zip(copy, tmp_path / "bag.zip")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "datasets-cache") == ["copy"]


def test_nothing_that_machines_read_depends_on_the_time(dataset: Path) -> None:
    manifest = versions(dataset)[-1]
    values = json.dumps(describe_dataset(manifest, dataclasses.replace(STATED, released=None)))
    assert "datePublished" not in values
    assert "dateModified" not in values
