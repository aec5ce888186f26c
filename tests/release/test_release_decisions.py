"""What becomes of each source: withdrawn, duplicate, filtered, document or reject."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from release_corpus import Page, dealt_out, each_alone, run, write_parts

from cleaner.corpus.duplicates import Decisions, decide
from cleaner.corpus.tombstones import Tombstone, Withdrawn, read_tombstones
from cleaner.errors import CleanerError, InputError
from cleaner.recipe import Recipe

ADDRESS = "https://example.org/a"


NOTHING = Withdrawn.by([])


def decided(tmp_path: Path, pages: list[Page], recipe: str = "", *withdrawn: Tombstone) -> Decisions:
    parts = write_parts(tmp_path, pages)
    return decide(parts, Recipe.parse(recipe), tmp_path / "work", Withdrawn.by(withdrawn))


def rows(decisions: Decisions) -> dict[str, dict[str, Any]]:
    """By file, and by "file#n" for the later records of one."""
    found = pq.read_table(decisions.path).to_pylist()
    return {row["file"] + (f"#{row['record']}" if row["record"] else ""): row for row in found}


def documents(decisions: Decisions) -> set[str]:
    return {file for file, row in rows(decisions).items() if row["outcome"] == "document"}


@pytest.mark.parametrize(
    ("policy", "times", "kept"),
    [
        ("latest", ("2021-01-01", "2021-03-01T10:00:00Z", "2021-02-01"), "b"),
        ("latest", (None, None, "2021-02-01"), "c"),
        ("latest", (None, None, None), "a"),
        ("latest", ("2021-01-01T12:00:00+02:00", "2021-01-01T11:00:00Z", "not a time"), "b"),
        ("latest", ("2021-01-01T10:00:00Z", "2021-01-01T11:00:00+01:00", None), "a"),
        ("first", ("2021-01-01", "2021-03-01", "2021-02-01"), "a"),
    ],
)
def test_of_one_address_the_recipe_chooses(tmp_path: Path, policy: str, times: tuple[str], kept: str) -> None:
    pages = [Page(n, f"Text {n}.", url=ADDRESS, retrieved_at=time) for n, time in zip("abc", times, strict=True)]
    found = decided(tmp_path, pages, f'[duplicates]\nsame_url = "{policy}"')
    assert documents(found) == {kept}
    assert found.outcomes["duplicate"] == 2
    assert found.rules == {"same_url": 2}
    assert {row["of"] for file, row in rows(found).items() if file != kept} == {pages[0].id}


def test_of_one_text_the_first_in_byte_order_stays(tmp_path: Path) -> None:
    pages = [Page(name, "The very same.") for name in ("a/é", "a/z", "a/Z", "b")] + [Page("a/Z", "The very same.", 3)]
    found = decided(tmp_path, pages)
    assert documents(found) == {"a/Z"}
    assert {row["of"] for row in rows(found).values() if row["rule"] == "same_text"} == {pages[2].id}
    assert found.outcomes == {"document": 1, "duplicate": 4, "filtered": 0, "withdrawn": 0, "reject": 0}


def test_duplicates_can_be_marked_or_kept(tmp_path: Path) -> None:
    pages = [Page("a", "The same."), Page("b", "The same."), Page("c", "Other.")]
    marked = rows(decided(tmp_path / "mark", pages, '[duplicates]\nsame_text = "mark"'))
    assert [marked[n]["duplicate_of"] for n in "abc"] == [None, pages[0].id, None]
    assert {row["outcome"] for row in marked.values()} == {"document"}
    kept = rows(decided(tmp_path / "keep", pages, '[duplicates]\nsame_text = "keep"'))
    assert [kept[n]["duplicate_of"] for n in "abc"] == [None, None, None]
    assert [marked[n]["duplicate_cluster"] for n in "abc"] == [min(pages[0].id, pages[1].id)] * 2 + [None]
    assert [marked[n]["duplicate_jaccard"] for n in "abc"] == [None, 1.0, None]
    assert marked["c"]["row_hash"] == kept["c"]["row_hash"]
    assert marked["a"]["row_hash"] != kept["a"]["row_hash"]
    assert marked["b"]["row_hash"] != kept["b"]["row_hash"]


def test_empty_texts_are_no_duplicates_of_each_other(tmp_path: Path) -> None:
    pages = [Page("a", ""), Page("b", ""), Page("c")]
    assert documents(decided(tmp_path / "1", pages)) == {"a", "b", "c"}
    found = decided(tmp_path / "2", pages, "[[filter]]\nwhere = 'characters > 0'\nname = 'empty'")
    assert documents(found) == {"c"}
    assert found.rules == {"empty": 2}


FILTERS = """
[[filter]]
where = "words >= 2"

[[filter]]
where = "split_part(language, '-', 1) IN ('pt', 'en')"
name = "languages"
"""


def test_filters(tmp_path: Path) -> None:
    pages = [Page("a", "one"), Page("b", "one two three", language="pt-BR"), Page("c", "uno dos tres", language="es"),
             Page("d", "eins zwei drei", language="und")]  # fmt: skip
    found = decided(tmp_path, pages, FILTERS)
    assert {file: row["rule"] for file, row in rows(found).items()} == {
        "a": "words >= 2", "b": None, "c": "languages", "d": "languages"}  # fmt: skip
    assert found.outcomes["filtered"] == 3


def test_what_is_filtered_out_represents_nobody(tmp_path: Path) -> None:
    pages = [Page("a", "The same.", language="de"), Page("b", "The same.", language="en")]
    assert documents(decided(tmp_path, pages, "[[filter]]\nwhere = \"language = 'en'\"")) == {"b"}


def test_withdrawn_comes_first(tmp_path: Path) -> None:
    pages = [Page("a", url=ADDRESS), Page("b", url=ADDRESS), Page("c", "Other."), Page("d", cause="empty")]
    found = decided(tmp_path, pages, "", Tombstone(id=pages[0].id), Tombstone(id="0" * 32))
    assert documents(found) == {"c"}
    assert found.outcomes == {"document": 1, "duplicate": 0, "filtered": 0, "withdrawn": 2, "reject": 1}
    assert found.causes == {"empty": 1}
    assert found.sources == 4


def test_the_layout_of_the_parts_does_not_matter(tmp_path: Path) -> None:
    pages = [Page(f"f{n % 4}", f"Text {n % 5}.", n, url=ADDRESS if n % 6 == 0 else None) for n in range(24)]
    found = []
    for number, by_parts in enumerate((each_alone, dealt_out)):
        parts = write_parts(tmp_path / str(number), pages, by_parts)
        path = decide(parts, Recipe(), tmp_path / str(number) / "work", NOTHING).path
        table = pq.read_table(path).sort_by([("file", "ascending"), ("record", "ascending")])
        found.append(table.drop_columns(["part"]))
    assert found[0].equals(found[1])


def test_no_source_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no source was read"):
        decided(tmp_path, [])


@pytest.mark.parametrize(
    "content",
    ["{", '{"no": "id"}', "[]", "{}", '{"id": 3}', '{"id": "https://a.example/"}', '{"sources": "0"}',
     '{"texts": ["0"]}', '{"id": "' + "0" * 32 + '", "ID": 1}', "\udcff"],
)
def test_a_damaged_list_of_withdrawn_documents_stops_the_release(tmp_path: Path, content: str) -> None:
    (tmp_path / "withdrawn.jsonl").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(CleanerError, match=r"withdrawn\.jsonl cannot be understood"):
        read_tombstones(tmp_path)


def test_lists_of_what_is_not_released(tmp_path: Path) -> None:
    pages = [Page("a/1", "The same."), Page("a/2", "The same."), Page("z/broken", cause="too_large"),
             Page("b/bröken", cause="empty"), Page("b/short", "x"), Page("b/secret", "Please no.")]  # fmt: skip
    (tmp_path / "withdrawn.jsonl").write_text(json.dumps({"id": pages[-1].id}) + "\n")
    run(tmp_path, pages, Recipe.parse("[[filter]]\nwhere = 'words >= 2'\nname = 'short'"))
    rejects = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert rejects == [
        {"source": "b/bröken", "cause": "empty", "message": "It is empty."},
        {"source": "z/broken", "cause": "too_large", "message": "It is too_large."},
    ]
    left_out = [json.loads(line) for line in (tmp_path / "left_out.jsonl").read_text("utf-8").splitlines()]
    assert left_out == [
        {"source": "a/2", "outcome": "duplicate", "of": pages[0].id, "rule": "same_text"},
        {"source": "b/short", "outcome": "filtered", "of": None, "rule": "short"},
        {"source": None, "outcome": "withdrawn", "of": None, "rule": "withdrawn"},
    ]
