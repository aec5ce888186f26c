"""Row hashes: the same values always hash the same, other values never."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import schema
from cleaner.release.rows import hash_documents, hash_lines, with_marks


def documents(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema.DOCUMENTS)


def lines(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema.LINES)


def test_the_definition_has_not_moved() -> None:
    """These hashes name the shards of releases that are out there: another definition needs another number in it."""
    row = {"id": "a" * 32, "text": "Grüße\n\n漢字", "authors": [{"name": "Ada", "kind": None}], "tags": [], "words": 2,
           "language_score": 0.1, "quality": {"flags": ["x"], "confidence": 0.5}}
    line = {"document_id": "a" * 32, "line": 0, "text": "Grüße", "score": 0.25, "start": 0, "end": 5}
    assert hash_documents(documents(row)) == ["c0802d494f26dae6572db4c92be57c183c5e3f2846dc6c1ec1b8d9cdc4f39e82"]
    assert hash_lines(lines(line)) == {"a" * 32: "100732fecfa8b7fa0e88a52e3bb228a5a19e2cb27e57737ebcb64454c1f9bfd6"}


DISTINCT: list[dict[str, Any]] = [
    {},
    {"text": ""},
    {"text": "a"},
    {"title": "a"},
    {"text": "ab", "title": "c"},
    {"text": "a", "title": "bc"},
    {"text": "a\0"},
    {"authors": []},
    {"authors": [None]},
    {"authors": [{"name": None, "kind": None}]},
    {"authors": [{"name": "", "kind": None}]},
    {"authors": [{"name": "a", "kind": "b"}]},
    {"authors": [{"name": "a", "kind": "b"}, {"name": "", "kind": ""}]},
    {"tags": ["a", "b"]},
    {"tags": ["ab"]},
    {"tags": ["a"], "license": "b"},
    {"words": 0},
    {"words": 1},
    {"language_score": 0.0},
    {"language_score": 0.1},
    {"language_score": float("nan")},
    {"quality": {}},
    {"quality": {"flags": []}},
    {"quality": {"fixes": [{"name": "nfc", "count": 1}]}},
    {"duplicate_of": "a"},
]


def test_other_values_hash_otherwise() -> None:
    hashes = hash_documents(documents(*DISTINCT))
    assert len(set(hashes)) == len(DISTINCT)


def test_a_row_hashes_the_same_alone_sliced_and_in_chunks() -> None:
    table = documents(*DISTINCT)
    hashes = hash_documents(table)
    assert [hash_documents(documents(row))[0] for row in DISTINCT] == hashes
    assert hash_documents(table.slice(3, 9)) == hashes[3:12]
    assert hash_documents(pa.concat_tables([table.slice(0, 7), table.slice(7)])) == hashes


def test_what_lies_under_a_null_does_not_count() -> None:
    mask = pa.array([True])
    hidden = pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), pa.array(["x", "y"]), mask=mask)
    table = documents({"tags": None})
    place = table.schema.get_field_index("tags")
    assert hash_documents(table.set_column(place, "tags", hidden)) == hash_documents(table)


def test_zeros_and_nans_have_one_form() -> None:
    plus, minus = hash_documents(documents({"language_score": 0.0}, {"language_score": -0.0}))
    assert plus == minus


def test_the_mark_of_a_duplicate_is_hashed_on_top() -> None:
    plain, marked = hash_documents(documents({"id": "x"}, {"id": "x", "duplicate_of": "y"}))
    assert marked == with_marks(plain, "y", None, None) != plain


def test_lines_are_hashed_by_document_and_by_any_other_column() -> None:
    table = lines(*({"document_id": name, "line": n, "text": f"{name}{n}"} for name in "ab" for n in range(3)))
    hashes = hash_lines(table)
    assert list(hashes) == ["a", "b"]
    assert hash_lines(table.slice(3)) == {"b": hashes["b"]}
    assert hash_lines(table.append_column("source", pa.array([7, 7, 7, 8, 8, 8])), by="source") == {
        7: hashes["a"], 8: hashes["b"]}  # fmt: skip
    assert hash_lines(lines()) == {}
    with pytest.raises(ValueError, match="do not stand together"):
        hash_lines(table.take([0, 3, 1]))


TEXT = st.one_of(st.none(), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5))
ROW = st.fixed_dictionaries({"text": TEXT, "title": TEXT, "tags": st.one_of(st.none(), st.lists(TEXT, max_size=3))})


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=2, max_size=6))
def test_rows_are_equal_exactly_when_their_hashes_are(rows: list[dict[str, Any]]) -> None:
    hashes = hash_documents(documents(*rows))
    for row, digest in zip(rows, hashes, strict=True):
        for other, others in zip(rows, hashes, strict=True):
            assert (row == other) == (digest == others)
