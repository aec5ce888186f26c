"""A shard in which only marks of duplicates change is made from the one that it follows, with the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from release_corpus import published

import cleaner
from cleaner.release import shards
from cleaner.release.diff.compare import diff
from cleaner.release.remark import OtherRowsError, find_followed, remarked
from cleaner.release.verify import verify

ENDS = ("bour", "dge", "ter", "ket", "tion")
WORDS = [f"{one}{other}" for one in ("har", "bri", "win", "lan", "mar", "sta") for other in ENDS]


LAYOUT = """CREATE TABLE layout AS SELECT 1 AS shard, 1 AS place, ? AS id, 'new' AS row_hash, 'old' AS old_hash,
    NULL AS duplicate_of, NULL AS duplicate_cluster, NULL AS duplicate_jaccard"""


def story(number: int, changed: int = 0) -> str:
    """Prose that no other number has; of which so many words are others."""
    words = [WORDS[(number * 7 + place * (number + 3) + place // 11) % len(WORDS)] for place in range(200)]
    for place in range(changed):
        words[place * 17 % 200] = "changed"
    sentences = [" ".join(words[start : start + 12]).capitalize() + "." for start in range(0, 200, 12)]
    return "\n\n".join(" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4))


def write(raw: Path, **texts: str) -> None:
    raw.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        record = {"text": text, "url": f"https://{name[0]}.example/{name}"}
        (raw / f"{name}.jsonl").write_text(json.dumps(record) + "\n")


def make(tmp_path: Path, name: str) -> Path:
    """Two versions: the second has a near-duplicate of a document of the first."""
    raw, out = tmp_path / f"raw-{name}" / "raw", tmp_path / f"out-{name}" / "out"
    write(raw, a1=story(1), a2=story(2), b1=story(3))
    cleaner.run(raw, out, workers=1)
    write(raw, c1=story(2, changed=2))
    report = cleaner.run(raw, out, workers=1)
    assert report.version == "2.0.0"
    return out


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], list[dict[int, Path]]]:
    """Lets shards follow others, or not; returns what followed, call by call."""

    def set_up(allowed: bool) -> list[dict[int, Path]]:
        calls: list[dict[int, Path]] = []

        def spy(*arguments: Any) -> dict[int, Path]:
            calls.append(find_followed(*arguments) if allowed else {})
            return calls[-1]

        monkeypatch.setattr(shards, "find_followed", spy)
        return calls

    return set_up


def test_the_bytes_are_those_of_a_shard_made_from_the_part_files(
    tmp_path: Path, follow: Callable[[bool], list[dict[int, Path]]]
) -> None:
    calls = follow(True)
    followed = make(tmp_path, "followed")
    assert [len(found) for found in calls] == [0, 1]
    follow(False)
    assert published(followed) == published(make(tmp_path, "made"))
    assert verify(followed).problems == []
    changes = json.loads((followed / "versions" / "2.0.0.json").read_text())["changes"]
    assert changes["causes"] == {"added": {"new": 1}, "changed": {"corpus": 1}, "removed": {}}
    assert changes["columns"]["duplicate_cluster"] == {"filled": 1}
    assert diff(followed, "1.0.0")["columns"] == changes["columns"]


def test_a_shard_with_other_changes_is_made_from_the_part_files(
    tmp_path: Path, follow: Callable[[bool], list[dict[int, Path]]]
) -> None:
    for name, allowed in (("followed", True), ("made", False)):
        calls = follow(allowed)
        out = make(tmp_path, name)
        write(tmp_path / f"raw-{name}" / "raw", a1=story(4))
        assert cleaner.run(tmp_path / f"raw-{name}" / "raw", out, workers=1).released
        assert not allowed or len(calls[-1]) == 1  # it was tried
    outs = [tmp_path / f"out-{name}" / "out" for name in ("followed", "made")]
    assert published(outs[0]) == published(outs[1])
    assert story(4)[:60] in "".join(page["text"] for page in cleaner.load(outs[0]))


def test_a_damaged_shard_is_not_followed(tmp_path: Path, follow: Callable[[bool], list[dict[int, Path]]]) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    write(raw, a1=story(1), a2=story(2), b1=story(3))
    cleaner.run(raw, out, workers=1)
    [shard] = (out / "data").glob("*.parquet")
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(bytes(data))
    calls = follow(True)
    write(raw, c1=story(2, changed=2))
    cleaner.run(raw, out, workers=1)
    assert calls == [{}]


def test_a_shard_with_the_columns_of_an_earlier_version_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "raw", a1=story(1))
    cleaner.run(tmp_path / "raw", tmp_path / "out", workers=1)
    [shard] = (tmp_path / "out" / "data").glob("*.parquet")
    table = pq.read_table(shard)
    words = table.set_column(table.column_names.index("words"), "words", pa.array(["many"]))
    for number, other in enumerate((table.drop_columns(["license"]), words)):
        earlier = tmp_path / f"{number}.parquet"
        pq.write_table(other, earlier)
        with duckdb.connect() as db:
            db.execute(LAYOUT, [table["id"][0].as_py()])
            with pytest.raises(OtherRowsError):
                list(remarked(db, 1, earlier))
