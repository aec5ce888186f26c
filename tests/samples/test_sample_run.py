"""The sample corpus through a whole run: what was put into it on purpose is found again in what comes out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import cleaner
from cleaner.report.summary import RunReport

ROOT = Path(__file__).parents[2]
COURIER = "merrowbay-courier.example"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunReport]:
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(ROOT / "raw", folder / "raw")
    return folder / "processed", cleaner.run(folder / "raw", folder / "processed", workers=1)


def _json_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_sources_add_up(made: tuple[Path, RunReport]) -> None:
    report = made[1]
    assert (report.sources, report.documents, report.duplicates, report.rejects) == (21, 20, 1, 0)
    assert report.exit_code == 0


def test_nothing_is_rejected(made: tuple[Path, RunReport]) -> None:
    assert _json_lines(made[0] / "rejects.jsonl") == []


def test_the_copy_is_left_out(made: tuple[Path, RunReport]) -> None:
    left_out = _json_lines(made[0] / "left_out.jsonl")
    assert len(left_out) == 1
    assert "storm-barrier-cost" in str(left_out[0]["source"])


def test_three_sites_and_three_languages(made: tuple[Path, RunReport]) -> None:
    assert set(made[1].languages) == {"en", "de", "es"}
    rows = cleaner.load(made[0]).to_list()
    domains = {row["url"].split("/")[2].removeprefix("www."): row["domain"] for row in rows if row["url"]}
    assert domains == {site: site for site in (COURIER, "werkbank-kaffee.example", "observatorio-litoral.example")}


def test_the_sidecar_gives_address_and_time(made: tuple[Path, RunReport]) -> None:
    rows = {row["source_path"]: row for row in cleaner.load(made[0]).to_list()}
    ferry = rows[f"{COURIER}/transport/ferry-timetable-vote.html"]
    assert ferry["url"] == f"https://www.{COURIER}/transport/ferry-timetable-vote"
    assert ferry["retrieved_at"] == "2023-02-15T06:02:11Z"


def test_broken_encodings_are_mended(made: tuple[Path, RunReport]) -> None:
    rows = {Path(row["source_path"]).name: row for row in cleaner.load(made[0]).to_list()}
    assert "Häuser gern zweimal ansieht" in rows["fahrradlampe-ohne-fahrrad.html"]["text"]
    assert "Ã" not in rows["radio-aus-dem-keller.txt"]["text"]
    assert "dreißig Jahre neben der Heizung" in rows["radio-aus-dem-keller.txt"]["text"]


def test_every_line_is_published(made: tuple[Path, RunReport]) -> None:
    """The text of each document is the join of its kept lines."""
    processed, report = made
    from datasets import load_dataset

    lines = load_dataset(str(processed), f"v{report.version}-lines", split="train").to_list()
    for document in cleaner.load(processed).to_list():
        kept = [row for row in lines if row["document_id"] == document["id"] and row["verdict"] == "keep"]
        assert [row["line"] for row in kept] == sorted(row["line"] for row in kept)
        assert "".join("".join(row["text"].split()) for row in kept) == "".join(document["text"].split())


def test_raw_is_not_touched(made: tuple[Path, RunReport]) -> None:
    copy = made[0].parent / "raw"
    for path in (ROOT / "raw").rglob("*"):
        if path.is_file():
            assert (copy / path.relative_to(ROOT / "raw")).read_bytes() == path.read_bytes()
    assert len(list(copy.rglob("*"))) == len(list((ROOT / "raw").rglob("*")))
