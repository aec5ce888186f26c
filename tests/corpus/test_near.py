"""Near-duplicates in a corpus: which documents hang together, which one represents them, and what the recipe does."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
from release_corpus import ByParts, Page, dealt_out, each_alone, one_part, write_parts

import cleaner
from cleaner.corpus.duplicates import decide
from cleaner.corpus.tombstones import Withdrawn
from cleaner.errors import RecipeError
from cleaner.recipe import Recipe
from cleaner.release.verify import verify

WORDS = [f"{a}{b}{c}" for a in "bdfghklmnprst" for b in "aeiou" for c in ("l", "nd", "st", "rk", "")]


def prose(seed: int, length: int = 200) -> list[str]:
    return Random(seed).choices(WORDS, k=length)


def changed(words: list[str], places: int, seed: int = 0) -> list[str]:
    """The words with so many others in their place, far from each other."""
    out = list(words)
    for n in range(places):
        out[(n * len(words)) // places] = f"other{seed}x{n}"
    return out


def page(name: str, words: list[str], **fields: Any) -> Page:
    return Page(name, " ".join(words), **fields)


Rows = dict[str, dict[str, Any]]


def decided(folder: Path, pages: list[Page], recipe: str = "", by_parts: ByParts = one_part) -> Rows:
    """What became of each file, with ids told by the files' names."""
    parts = write_parts(folder, pages, by_parts)
    found = decide(parts, Recipe.parse(f"[duplicates]\n{recipe}"), folder / "work", Withdrawn.by([]))
    names = {p.id: p.file for p in pages}
    rows = pq.read_table(found.path).sort_by([("file", "ascending"), ("record", "ascending")]).to_pylist()
    told = ("of", "duplicate_of", "duplicate_cluster")
    return {row["file"]: row | {name: names.get(row[name]) for name in told} for row in rows}


def column(rows: Rows, name: str) -> list[Any]:
    return [rows[file][name] for file in sorted(rows)]


BASE = prose(1)
PAGES = [
    page("a", changed(BASE, 2, 1), published="2021-03-01"),
    page("b", [*BASE, "one", "more"], published="2021-02-01"),
    page("c", BASE, published="2021-01-01"),
    page("d", prose(2)),
    page("e", changed(BASE, 30)),  # shares a third
]


@pytest.mark.parametrize(("recipe", "kept"), [("", "b"), ('prefer = "earliest"', "c"), ('prefer = "first"', "a")])
def test_one_represents_the_others(tmp_path: Path, recipe: str, kept: str) -> None:
    found = decided(tmp_path, PAGES, recipe)
    assert {row["outcome"] for row in found.values()} == {"document"}
    assert column(found, "duplicate_of") == [None if name == kept or name in "de" else kept for name in "abcde"]
    cluster = min((p.id, p.file) for p in PAGES[:3])[1]
    assert column(found, "duplicate_cluster") == [cluster] * 3 + [None] * 2
    assert [value is None for value in column(found, "duplicate_jaccard")] == [n == kept or n in "de" for n in "abcde"]


def test_the_index_is_exact(tmp_path: Path) -> None:
    found = decided(tmp_path, PAGES, 'prefer = "first"')
    assert found["c"]["duplicate_jaccard"] == pytest.approx(190 / 202, abs=5e-5)  # two words changed: 1 + 5 shingles
    found = decided(tmp_path / "2", [page("a", BASE), page("b", [*BASE, "more"])])
    assert found["a"]["duplicate_jaccard"] == pytest.approx(196 / 197, abs=5e-5)


def test_near_duplicates_can_be_left_out_or_not_looked_for(tmp_path: Path) -> None:
    found = decided(tmp_path / "drop", PAGES, 'near = "drop"')
    assert column(found, "rule") == ["near", None, "near", None, None]
    assert column(found, "outcome") == ["duplicate", "document", "duplicate", "document", "document"]
    assert column(found, "of") == ["b", None, "b", None, None]
    assert set(column(found, "duplicate_cluster")) == {None}
    found = decided(tmp_path / "keep", PAGES, 'near = "keep"')
    assert set(column(found, "duplicate_of")) == set(column(found, "duplicate_cluster")) == {None}
    assert not (tmp_path / "keep" / "signatures").exists()


def test_of_a_chain_only_what_is_near_to_what_stays_goes(tmp_path: Path) -> None:
    links = [changed(BASE, 0), changed(BASE, 3), changed(BASE, 3)]
    links[2][10:13] = ["further", "and", "further"]
    links[2][110:113] = ["further", "still", "yes"]
    links[2][160:163] = ["or", "so", "too"]
    pages = [page(name, words) for name, words in zip("abc", links, strict=True)]
    found = decided(tmp_path, pages, 'prefer = "first"\nnear = "drop"')
    assert column(found, "rule") == [None, "near", None]
    assert found["c"]["duplicate_of"] == "a"
    assert found["c"]["duplicate_jaccard"] < 0.8


def test_the_same_text_and_nearly_the_same_text_are_one_cluster(tmp_path: Path) -> None:
    pages = [page("a", BASE), page("b", [*BASE, "more"]), page("c", BASE)]
    found = decided(tmp_path / "mark", pages, 'same_text = "mark"')
    assert column(found, "duplicate_of") == ["b", None, "b"]
    found = decided(tmp_path / "drop", pages)
    assert (found["c"]["rule"], found["c"]["of"]) == ("same_text", "a")
    found = decided(tmp_path / "both", pages, 'near = "drop"')
    assert [(row["rule"], row["of"]) for row in found.values()] == [("near", "b"), (None, None), ("same_text", "b")]
    found = decided(tmp_path / "same", [pages[0], pages[2]], 'same_text = "mark"\nnear = "keep"')
    assert (found["c"]["duplicate_of"], found["c"]["duplicate_jaccard"]) == ("a", 1.0)


def test_threshold_and_ngram_are_the_recipes(tmp_path: Path) -> None:
    pages = [page("a", [*BASE, "longer"]), page("b", changed(BASE, 8))]
    for number, (recipe, marked) in enumerate([("", None), ("threshold = 0.6", "b"), ("ngram = 1", "b")]):
        found = decided(tmp_path / str(number), pages, recipe)  # 40 of 200 shingles are others: an index of 0.69
        assert found["a"]["duplicate_of"] == marked
    for wrong in ("threshold = 0.3", "threshold = 1.1", "ngram = 0", "ngram = 21", 'prefer = "best"'):
        with pytest.raises(RecipeError):
            Recipe.parse(f"[duplicates]\n{wrong}")


def test_what_is_filtered_out_represents_nobody(tmp_path: Path) -> None:
    pages = [page("a", BASE, language="de"), page("b", BASE[:-1], language="en"), page("c", BASE[:-2], language="en")]
    found = decided(tmp_path, pages, "[[filter]]\nwhere = \"language = 'en'\"")
    assert column(found, "duplicate_of") == [None, None, "b"]


def test_a_crowd_of_near_duplicates_is_one_cluster(tmp_path: Path) -> None:
    pages = [page(f"p{n:03}", changed(BASE, 2, n)) for n in range(80)]
    found = decided(tmp_path, pages, 'prefer = "first"')
    assert set(column(found, "duplicate_of")) == {None, "p000"}
    assert len(set(column(found, "duplicate_cluster"))) == 1


def test_neither_parts_nor_what_is_stored_already_matter(tmp_path: Path) -> None:
    random = Random(3)
    pages = [page(f"f{n % 7}/{n}", changed(prose(n % 9), random.randint(0, 6), n)) for n in range(28)]
    first = decided(tmp_path / "1", pages)
    assert sum(row["duplicate_of"] is not None for row in first.values()) > 8
    without = [{k: v for k, v in row.items() if k != "part"} for row in first.values()]
    for number, by_parts in enumerate((each_alone, dealt_out)):
        for _ in range(2):  # the second time with signatures and indexes that lie there
            found = decided(tmp_path / f"by{number}", pages, by_parts=by_parts)
            assert [{k: v for k, v in row.items() if k != "part"} for row in found.values()] == without


def test_signatures_are_made_once_and_swept(tmp_path: Path) -> None:
    decided(tmp_path, PAGES, by_parts=each_alone)
    folder = tmp_path / "signatures" / "minhash1-5-20x6"
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert len(before) == 5
    decided(tmp_path, PAGES, by_parts=each_alone)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.parquet")} == before
    decided(tmp_path, PAGES, by_parts=one_part)
    assert len(list(folder.glob("*.parquet"))) == 1
    decided(tmp_path, PAGES, "ngram = 3", by_parts=one_part)
    assert [path.name for path in (tmp_path / "signatures").iterdir()] == ["minhash1-3-20x6"]


def test_a_run_marks_them_and_says_so(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number, words in enumerate((BASE, changed(BASE, 2), prose(9))):
        lines = [" ".join(words[start : start + 40]).capitalize() + "." for start in range(0, 200, 40)]
        (raw / f"{number}.txt").write_text("\n\n".join(lines))
    report = cleaner.run(raw, tmp_path / "processed", workers=1)
    assert report.documents == 3
    signatures = tmp_path / "processed" / ".cleaner" / "signatures"
    assert len(list(signatures.rglob("*.parquet"))) == 1
    (shard,) = (tmp_path / "processed" / "data").glob("*.parquet")
    rows = {row["source_path"]: row for row in pq.read_table(shard).to_pylist()}
    marked = [name for name, row in rows.items() if row["duplicate_of"]]
    assert len(marked) == 1 and marked[0] in ("0.txt", "1.txt")
    assert rows["0.txt"]["duplicate_cluster"] == rows["1.txt"]["duplicate_cluster"] is not None
    assert rows["2.txt"]["duplicate_cluster"] is None
    shutil.rmtree(signatures)
    assert not cleaner.run(raw, tmp_path / "processed", workers=1).released
    assert verify(tmp_path / "processed").ok
