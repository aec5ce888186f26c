"""Private data: what is found and what is not, spans that hold what they say, and masks everywhere."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.corpus.privacy import KINDS, find_private, mask_spans
from cleaner.errors import RecipeError
from cleaner.recipe import Privacy, Recipe
from cleaner.release.verify import verify

ALL = Privacy(find=tuple(KINDS))
CASES = json.loads((Path(__file__).parent / "privacy.json").read_text("utf-8"))


@pytest.mark.parametrize(("text", "expected"), CASES["found"])
def test_found(text: str, expected: list[list[str]]) -> None:
    found = find_private(text, ALL)
    assert [[span.kind, text[span.start : span.end]] for span in found] == expected


@pytest.mark.parametrize("text", CASES["not_found"])
def test_not_found(text: str) -> None:
    assert find_private(text, ALL) == []


def test_numbers_without_a_country_code_are_found_where_the_recipe_names_the_country() -> None:
    text = "Call 020 7946 0958 or 030 123456."
    assert find_private(text, ALL) == []
    found = find_private(text, Privacy(find=("phone",), regions=("GB", "DE")))
    assert [text[span.start : span.end] for span in found] == ["020 7946 0958", "030 123456"]


def test_only_what_is_asked_for_is_looked_for() -> None:
    text = "ines@merrowbay.org.uk, 8.8.4.4"
    assert [span.kind for span in find_private(text, Privacy(find=("ip",)))] == ["ip"]


pieces = st.sampled_from([
    "a@b.org", "+44 20 7946 0958", "8.8.4.4", "DE89370400440532013000", "4111111111111111", " ", "x", "é", "\n", ":",
])  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_masks_stand_where_the_spans_say(text: str) -> None:
    spans = find_private(text, ALL)
    masked, places = mask_spans(text, spans)
    assert all(span.end <= after.start for span, after in pairwise(spans))
    assert [masked[span.start : span.end] for span in places] == [f"[{span.kind}]" for span in spans]
    rest, end = "", 0
    for span in places:
        rest, end = rest + masked[end : span.start], span.end
    unmasked, end = "", 0
    for span in spans:
        unmasked, end = unmasked + text[end : span.start], span.end
    assert rest == unmasked


@pytest.mark.parametrize(
    "text",
    ["@" * 200_000, "1.2" * 60_000, "a.b-" * 50_000 + "@", ":" * 200_000, "DE89 " * 20_000, "4111 " * 20_000,
     "+44 20 " * 1_000],
    ids=lambda text: text[:7],
)  # fmt: skip
def test_hostile_texts_take_no_time(text: str) -> None:
    find_private(text, ALL)


PAGE = """Harbour office moves to Fore Street

The harbour office of Merrow Bay moves to Fore Street in May, and ships have to be announced there, the council said.

Write to Ines Calloway, ines@merrowbay.org.uk, or call +44 20 7946 0958 before noon, and ask for the new berths.

Nobody knew on Tuesday when the old building on the quay would be sold, or who would care to buy such a thing.
"""


def make(tmp_path: Path, recipe: str) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(PAGE)
    cleaner.run(tmp_path / "raw", tmp_path / "processed", recipe=Recipe.parse(f"[privacy]\n{recipe}"), workers=1)
    return tmp_path / "processed"


def rows(processed: Path, folder: str) -> list[dict[str, object]]:
    (shard,) = (processed / folder).glob("*.parquet")
    return pq.read_table(shard).to_pylist()


def test_a_run_marks_spans_in_the_lines_and_counts_them(tmp_path: Path) -> None:
    processed = make(tmp_path, 'find = ["email", "phone", "ip"]')
    (document,) = rows(processed, "data")
    assert "ines@merrowbay.org.uk" in document["text"]
    assert document["quality"]["private"] == [
        {"name": "email", "count": 1}, {"name": "ip", "count": 0}, {"name": "phone", "count": 1}]  # fmt: skip
    (line,) = [line for line in rows(processed, "lines") if line["private"]]
    told = {span["kind"]: line["text"][span["start"] : span["end"]] for span in line["private"]}
    assert told == {"email": "ines@merrowbay.org.uk", "phone": "+44 20 7946 0958"}
    card = (processed / "README.md").read_text("utf-8")
    assert card.count("(1 found)") == 2 and "(0 found)" in card and "were not scanned" not in card


def test_a_run_masks_them_everywhere(tmp_path: Path) -> None:
    processed = make(tmp_path, 'find = ["email", "phone"]\nmask = true')
    (document,) = rows(processed, "data")
    assert "Write to Ines Calloway, [email], or call [phone] before noon" in document["text"]
    assert document["characters"] == len(document["text"])
    plain = cleaner.clean(PAGE)
    assert document["words"] == plain.fields["words"] - 4 - 2  # eight words became two
    (line,) = [line for line in rows(processed, "lines") if line["private"]]
    assert [line["text"][span["start"] : span["end"]] for span in line["private"]] == ["[email]", "[phone]"]
    for path in processed.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert b"ines@merrowbay" not in path.read_bytes(), path
    assert verify(processed).ok


def test_nothing_is_looked_for_unasked(tmp_path: Path) -> None:
    processed = make(tmp_path, "")
    (document,) = rows(processed, "data")
    assert document["quality"]["private"] is None
    assert all(line["private"] is None for line in rows(processed, "lines"))
    assert "were not scanned for personal data" in (processed / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("recipe", "says"),
    [('find = ["emial"]', "emial"), ('find = ["phone"]\nregions = ["UK"]', "UK"), ("mask = true", "nothing to mask")],
)
def test_wrong_recipes(recipe: str, says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        Recipe.parse(f"[privacy]\n{recipe}")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RecipeError, match=r"cleaner-corpus\[privacy\]"):
        Recipe.parse('[privacy]\nfind = ["phone"]')
