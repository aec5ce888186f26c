"""`cleaner card` and `cleaner archive`, as they are typed."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cleaner.cli import app
from cleaner.release.inventory import checksums_text
from cleaner.release.open import versions


@pytest.fixture
def processed(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset of three versions in the folder `processed`, of which nothing is stated."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(dataset, "processed"))


def typed(*words: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=answers)


def test_a_card_that_is_as_it_should_be(processed: Path) -> None:
    before = {path: path.read_bytes() for path in processed.iterdir() if path.is_file()}
    result = typed("card", "processed")
    assert result.exit_code == 0
    assert "Card of processed, version 2.0.0: 13 documents from 5 sites." in result.output
    assert "Nothing had to be written" in result.output
    assert "Not stated by the publisher: title, summary, authors, license, contact" in result.output
    assert {path: path.read_bytes() for path in processed.iterdir() if path.is_file()} == before


def test_what_is_open_is_asked_and_the_answers_are_kept(processed: Path) -> None:
    result = typed("card", "processed", "--edit", answers="Harbour news\n\nExample, Ada; The Desk\nCC-BY-4.0\n")
    assert result.exit_code == 0
    assert result.output.count("\n> ") == 5
    assert "authors: Who made the dataset" in result.output
    assert "Several are parted by `;`.\n> " in result.output
    assert "Written: croissant.json, CITATION.cff, LICENSE, README.md." in result.output
    answers = (processed / "card.toml").read_text("utf-8")
    assert tomllib.loads(answers) == {
        "title": "Harbour news", "authors": ["Example, Ada", "The Desk"], "license": "CC-BY-4.0",
    }  # fmt: skip
    assert (processed / "SHA256SUMS").read_text() == checksums_text(processed, versions(processed))
    (processed / "card.toml").write_text(f"{answers}# a remark of mine\n", "utf-8")
    result = typed("card", "processed", "--edit", answers='All about \\ "harbours".\n')
    assert "title:" not in result.output
    assert (processed / "card.toml").read_text("utf-8") == (
        f'{answers}# a remark of mine\nsummary = "All about \\\\ \\"harbours\\"."\n'
    )


def test_nothing_answered_writes_no_file(processed: Path) -> None:
    assert typed("card", "processed", "--edit").exit_code == 0
    assert not (processed / "card.toml").exists()


def test_what_contradicts_is_told(processed: Path) -> None:
    with open(processed / "README.md", "a") as card:
        card.write("\nThese are 12,000 documents, and no PII is in them.\n")
    result = typed("card", "processed")
    assert result.exit_code == 0
    assert '! README.md says "12,000 documents"; version 2.0.0 has 13 documents.' in result.output
    assert '! README.md says "no PII": that cannot be known.' in result.output
    assert "12,000 documents" in (processed / "README.md").read_text()


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ('licence = "MIT"\n', 2, "Did you mean `license`"),
        ("title = 3\n", 2, "should be a text"),
        ('title = "\n', 2, "is not valid TOML"),
        ('[card]\ntitle = "T"\n', 2, "there is no key `card`"),
    ],
)
def test_a_wrong_file_of_answers(processed: Path, text: str, code: int, told: str) -> None:
    (processed / "card.toml").write_text(text)
    for words in (["card", "processed"], ["card", "processed", "--edit"], ["archive", "processed", "x.zip"]):
        result = typed(*words, answers="T\n")
        assert result.exit_code == code
        assert told in result.output
    assert (processed / "card.toml").read_text() == text


def test_no_dataset(tmp_path: Path) -> None:
    assert typed("card", str(tmp_path / "nothing")).exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_archives(processed: Path) -> None:
    refused = typed("archive", "processed", "harbour.zip")
    assert (refused.exit_code, Path("harbour.zip").exists()) == (5, False)
    assert "nobody has stated `license` and `released`" in refused.output
    (processed / "card.toml").write_text('license = "CC0-1.0"\nreleased = "2024-05-31"\n')
    written = typed("archive", "processed", "harbour.zip").output
    assert written == "Written: harbour.zip, a BagIt bag with an RO-Crate.\n"
    assert typed("archive", "processed", "crate", "--version", "1.0.0").output == "Written: crate, an RO-Crate.\n"
    assert Path("crate/ro-crate-metadata.json").is_file()
    assert typed("archive", "processed", "crate").exit_code == 5
