"""`verify` finds whatever is not as the manifests say."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from release_corpus import Page, run
from test_release_versions import PAGES, edited

from cleaner.errors import InputError, VerificationError, VersionError
from cleaner.release.inventory import write_checksums
from cleaner.release.open import versions
from cleaner.release.verify import verify


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("pristine")
    run(processed, PAGES)
    run(processed, [edited(PAGES[0]), *PAGES[1:]])
    return processed


@pytest.fixture
def dataset(pristine: Path, tmp_path: Path) -> Path:
    """Two versions, of which a test may damage what it likes."""
    return Path(shutil.copytree(pristine, tmp_path / "dataset"))


def shard(dataset: Path, config: str = "documents") -> Path:
    return dataset / versions(dataset)[-1].files[config][0].path


def change_manifest(dataset: Path, **counts: Any) -> None:
    path = dataset / "versions" / "2.0.0.json"
    values = json.loads(path.read_text())
    values["counts"].update(counts)
    path.write_text(json.dumps(values))


def test_all_is_well(dataset: Path) -> None:
    report = verify(dataset)
    assert (report.problems, report.ok, report.exit_code) == ([], True, 0)
    assert (report.versions, report.files, report.rows) == (["1.0.0", "2.0.0"], 4, 95)
    report.check()
    assert verify(dataset, "v1.0.0").versions == ["1.0.0"]


@pytest.mark.parametrize("config", ["documents", "lines"])
@pytest.mark.parametrize("where", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_flipped_byte(dataset: Path, config: str, where: float) -> None:
    path = shard(dataset, config)
    data = bytearray(path.read_bytes())
    data[int(len(data) * where)] ^= 1
    path.write_bytes(data)
    report = verify(dataset)
    assert report.exit_code == 4
    assert any(path.name in problem and "SHA-256" in problem for problem in report.problems)
    with pytest.raises(VerificationError, match=path.name):
        report.check()


def test_files_that_are_missing_cut_short_or_foreign(dataset: Path) -> None:
    shard(dataset).write_bytes(shard(dataset).read_bytes()[:-10])
    shard(dataset, "lines").unlink()
    (dataset / "data" / "mine.txt").write_text("x")
    (dataset / "README.md").unlink()
    problems = "\n".join(verify(dataset).problems)
    for told in ("bytes; the manifest says", "cannot be read", "data/mine.txt does not belong", "README.md is"):
        assert told in problems


def test_rows_that_the_shard_is_not_named_by(dataset: Path) -> None:
    """Another row under a true checksum: as if shard and manifest had been forged together."""
    path = shard(dataset)
    table = pq.read_table(path)
    pq.write_table(table.take(list(reversed(range(table.num_rows)))), path)
    assert any("does not hold the rows that it is named by" in problem for problem in verify(dataset, "2.0.0").problems)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"sources": 99}, "does not add up: sources 99"),
        ({"documents": 11, "sources": 11}, "documents 11, but rows of its shards 12"),
        ({"sites": {}}, "documents by site 0"),
        ({"lines": {}}, "lines 0, but"),
        ({"lines": 3}, "are damaged"),
    ],
)
def test_counts_that_do_not_add_up(dataset: Path, counts: dict[str, Any], message: str) -> None:
    change_manifest(dataset, **counts)
    assert message in " ".join(verify(dataset).problems)


def test_documents_and_lines_that_do_not_belong_together(tmp_path: Path) -> None:
    run(tmp_path, [Page("a", fields={"lines_kept": 0, "lines_dropped": 2}), Page("b", "B.", fields={"id": "f" * 32})])
    problems = verify(tmp_path).problems
    assert sum("has other lines than it says" in problem for problem in problems) == 2
    assert sum("has lines, but is not there itself" in problem for problem in problems) == 1


def test_no_such_version(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(VersionError, match=r"no version 9\.9\.9"):
        verify(dataset, "9.9.9")
    with pytest.raises(InputError):
        verify(tmp_path / "nothing")


def signed_again(dataset: Path) -> list[str]:
    """The problems that are left when whoever changed the files has mended the checksums, too."""
    write_checksums(dataset, versions(dataset))
    return verify(dataset).problems


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("README.md", "| documents | 12 |", "| documents | 13 |", "README.md gives other numbers"),
        ("README.md", "num_examples: 12", "num_examples: 11", "README.md names other files or numbers of rows"),
        ("README.md", "default: true", "default: false", "README.md does not give version 2.0.0 by default"),
        ("README.md", "config_name: v1.0.0\n", "config_name: v3.0.0\n", "README.md lists v3.0.0"),
        ("README.md", "---\n", "---\n}{", "The head of README.md cannot be understood"),
        ("CHANGELOG.md", "1 changed", "2 changed", "CHANGELOG.md does not say"),
        ("croissant.json", '"version": "2.0.0"', '"version": "1.0.0"', "croissant.json is of version 1.0.0"),
        ("croissant.json", '"cr:FileObject"', '"File"', "croissant.json does not give"),
        ("croissant.json", "{", "", "croissant.json cannot be understood"),
        ("versions/2.0.0.json", '"title": 0', '"title": 1', "2.0.0.json says of `filled`"),
        ("versions/2.0.0.json", '"share": {', '"login": {', "2.0.0.json says of `lines`"),
    ],
)
def test_what_is_forged_together_with_its_checksum(dataset: Path, name: str, old: str, new: str, told: str) -> None:
    text = (dataset / name).read_text("utf-8")
    assert old in text
    (dataset / name).write_text(text.replace(old, new, 1), "utf-8")
    assert told in " ".join(signed_again(dataset))


def test_checksums_that_anybody_can_check(dataset: Path) -> None:
    for line in (dataset / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, path = line.split("  ")
        assert hashlib.sha256((dataset / path).read_bytes()).hexdigest() == digest
    names = {path.relative_to(dataset).as_posix() for path in dataset.rglob("*") if path.is_file()}
    assert names - {line.split("  ")[1] for line in (dataset / "SHA256SUMS").read_text().splitlines()} == {
        "SHA256SUMS", *(name for name in names if name.startswith("."))}  # fmt: skip


@pytest.mark.parametrize("name", ["notes.txt", "pictures/mine.svg", "versions/9.9.9.json.bak", "data/more.parquet"])
def test_a_file_that_was_added(dataset: Path, name: str) -> None:
    (dataset / name).write_text("x")
    assert any(name in problem for problem in verify(dataset).problems)


@pytest.mark.parametrize("name", ["SHA256SUMS", "rejects.jsonl", "croissant.json", "CITATION.cff", "CHANGELOG.md"])
def test_a_file_that_is_missing(dataset: Path, name: str) -> None:
    (dataset / name).unlink()
    assert any(problem.startswith(f"{name} is missing") for problem in verify(dataset).problems)


def test_a_manifest_that_cannot_be_read_is_named(dataset: Path) -> None:
    (dataset / "versions" / "1.0.0.json").write_bytes(b"{")
    report = verify(dataset)
    assert report.exit_code == 4
    assert "1.0.0.json is damaged" in report.problems[0]
