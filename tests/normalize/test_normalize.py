"""What a caller of `cleaner.normalize` can rely on, beyond the single cases."""

from __future__ import annotations

import doctest

import polars as pl
import pytest

from cleaner import fixes, normalize, shortcodes
from cleaner.errors import RecipeError
from cleaner.normalize import FIXES, MAX_ROUNDS, normalize_lines, normalize_text
from cleaner.recipe import Normalize


@pytest.mark.parametrize("module", [fixes, normalize, shortcodes])
def test_examples_in_docstrings(module: object) -> None:
    tested = doctest.testmod(module)  # type: ignore[arg-type]
    assert tested.attempted
    assert not tested.failed


def test_every_fix_is_explained() -> None:
    for name, fix in FIXES.items():
        assert fix.name == name
        assert fix.description.endswith(".")
        assert ">>>" in (fix.function.__doc__ or "")


def test_unknown_fix_is_an_error_that_suggests_the_right_one() -> None:
    with pytest.raises(RecipeError, match=r"`mojibak`.*Did you mean `mojibake`"):
        normalize_text("", Normalize(skip=("mojibak",)))
    with pytest.raises(RecipeError, match="There are: surrogates, entities"):
        normalize_lines(pl.Series(["a"]), Normalize(skip=("xyz",)))


def test_quotes_and_dashes_are_known_to_skip_and_win_over_the_option() -> None:
    assert normalize_text("“a” – b", Normalize(skip=("quotes", "dashes"), quotes=True, dashes=True))[0] == "“a” – b"


def test_columns_of_odd_shapes() -> None:
    assert normalize_lines(pl.Series([], dtype=pl.String)).texts.to_list() == []
    assert normalize_lines(pl.Series([None, None])).texts.to_list() == [None, None]
    result = normalize_lines(pl.Series("body", [None, " a", "b"]))
    assert result.texts.to_list() == [None, "a", "b"]
    assert result.counts.schema == {"row": pl.UInt32, "fix": pl.String, "count": pl.UInt32}
    assert result.counts.rows() == [(1, "blanks", 1)]


def test_all_fixes_skipped() -> None:
    result = normalize_lines(pl.Series(["a  \x00b", ""]), Normalize(skip=tuple(FIXES)))
    assert result.texts.to_list() == ["a  \x00b", ""]
    assert result.counts.is_empty()


def test_what_is_built_to_unfold_for_ever_is_left_as_it_is() -> None:
    text = "&#38;"  # each round of resolving bares one more reference
    for _ in range(MAX_ROUNDS + 5):
        text = text.replace("&#38;", "&#3&#56;;").replace("&#3&", "&#&#51;&")
    hostile = "\x00a  b" + text
    once, counts = normalize_text(hostile)
    assert once.startswith("a b")
    assert normalize_text(once) == (once, [])
    assert normalize_lines(pl.Series(["x", hostile])).texts.to_list() == ["x", once]
    assert {name for name, _ in counts} >= {"controls", "blanks"}


def test_one_huge_line() -> None:
    huge = "word " * 1_000_000 + "[" * 100_000 + "&" * 100_000 + "\u200d" * 100_000
    assert normalize_lines(pl.Series([huge])).texts[0] == "word " * 1_000_000 + "[" * 100_000 + "&" * 100_000
