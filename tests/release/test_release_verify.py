"""`verify` finds whatever is not as the manifests say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from release_corpus import Page, run
from test_release_versions import PAGES, edited

from cleaner.errors import InputError, VerificationError, VersionError
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
