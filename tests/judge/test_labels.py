"""Labels for training: which lines of a page stand in its gold text."""

from __future__ import annotations

import pytest

from cleaner.judge.training.labels import label_lines, token_f1, word_f1

GOLD = "How the vote went\nThe council met on Tuesday to vote on the new bridge.\nFive were for it, and four against."


def test_lines_of_the_gold_are_content_and_others_are_not() -> None:
    lines = ["Home", "News", *GOLD.split("\n"), "Share this", "Council postpones another vote"]
    assert label_lines(lines, GOLD) == [0, 0, 1, 1, 1, 0, 0]


def test_a_short_line_counts_where_the_gold_has_it() -> None:
    gold = "The bridge was closed for the winter. Why now? Because the ice had come early to the sound."
    first, last = "The bridge was closed for the winter.", "Because the ice had come early to the sound."
    lines = ["Why now?", first, "Why now?", last]
    assert label_lines(lines, gold) == [0, 1, 1, 1]


def test_of_copies_as_many_count_as_the_gold_has() -> None:
    line = "The council met on Tuesday to vote on the new bridge."
    lines = [line, "Menu", "Login", "Home", "News", *GOLD.split("\n")]
    assert label_lines(lines, GOLD) == [0, 0, 0, 0, 0, 1, 1, 1]


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    gold = "橋は今日から通行止めになる。"
    assert label_lines(["ホーム", gold], gold) == [0, 1]
    assert token_f1("橋は今日", gold)[1] == 1.0


@pytest.mark.parametrize(
    ("text", "gold", "f1"),
    [("", "", 1.0), ("a b", "", 0.0), ("", "a", 0.0), ("a b c", "a b c", 1.0), ("a a", "a", 2 / 3), ("x", "y", 0.0)],
)
def test_word_f1_is_that_of_multisets(text: str, gold: str, f1: float) -> None:
    assert word_f1(text, gold)[0] == pytest.approx(f1)
