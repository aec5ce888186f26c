"""Signals of a text, against plain readings of their definitions, and on texts of which the answer is plain to see."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner import schema
from cleaner.corpus.quality import measure_texts
from cleaner.corpus.tokens import cut_tokens

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)


def tokens(text: str) -> list[str]:
    found: list[str] = []
    running = False
    for character in text:
        word = unicodedata.category(character)[0] in "LMN" or character == "_"
        alone = word and UNSPACED.match(character)
        if running and word and not alone:
            found[-1] += character
        elif word:
            found.append(character)
        running = word and not alone
    return found


def top(words: list[str], n: int) -> int:
    grams = Counter(" ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    gram, count = grams.most_common(1)[0]
    return len(gram) * count


def repeated(words: list[str], n: int) -> int:
    seen: set[str] = set()
    characters = i = 0
    while i < len(words) - n + 1:
        gram = tuple(words[i : i + n])
        if gram in seen:
            characters += len("".join(gram))
            i += n
        else:
            seen.add(gram)
            i += 1
    return characters


def signals(*texts: str) -> list[dict[str, Any]]:
    return measure_texts(texts, [len(tokens(text)) for text in texts])


words = st.sampled_from(["a", "bb", "the", "x1", "Größe", "ярус", "7", "of", "漢", "字"])
some_texts = st.lists(st.lists(words, max_size=60).map(" ".join), max_size=5)


@given(some_texts)
@settings(max_examples=80, deadline=None)
def test_repetition_is_what_a_plain_reading_gives(texts: list[str]) -> None:
    for text, found in zip(texts, signals(*texts), strict=True):
        cut = tokens(text)
        for n in range(2, 11):
            name, reading = (f"gopher_top_{n}_gram", top) if n < 5 else (f"gopher_dup_{n}_grams", repeated)
            expected = round(reading(cut, n) / len(text), 4) if len(cut) >= n else None
            assert found.get(name) == expected, (n, text)


@given(some_texts)
@settings(max_examples=40, deadline=None)
def test_a_text_is_measured_alike_in_any_company(texts: list[str]) -> None:
    assert signals(*texts) == [signals(text)[0] for text in texts]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_measured(text: str) -> None:
    (found,) = measure_texts([text], [len(tokens(text))])
    assert set(found) == (set(schema.SIGNALS) if text else set())
    for name, value in found.items():
        if value is not None and schema.SIGNALS[name] != "int64" and "ratio" not in name and "avg" not in name:
            assert 0 <= value <= 1 or "top" in name, name


@given(st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_tokens_are_runs_of_letters_digits_and_marks(text: str) -> None:
    cut, mine = cut_tokens([text, "end"]), tokens(text)
    assert cut.first.tolist() == [0, len(mine), len(mine) + 1]
    assert cut.length.tolist() == [*map(len, mine), 3]
    assert len(set(cut.number.tolist())) == len({*mine, "end"})
    assert cut.letters.tolist() == [sum(unicodedata.category(c)[0] == "L" for c in word) for word in [*mine, "end"]]


def test_upper_case_counts_or_not() -> None:
    one, other = (cut_tokens(["Straße STRASSE 北京"], lower=lower).number for lower in (False, True))
    assert one[0] != other[0] and one[2] == other[2]
    assert cut_tokens(["straße strasse 北京"], lower=True).number.tolist() == other.tolist()


PROSE = 'The ferry left at seven, and nobody knew when it would be back. "It never waits," said the clerk.'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROSE, {"gopher_stop_words": 3, "c4_num_sentences": 2, "c4_kept_lines": 1.0, "gopher_alpha_words_ratio": 1.0,
                 "fineweb_line_punct_ratio": 1.0, "gopher_dup_line_frac": 0.0}),
        (f"{PROSE}\n\n{PROSE}", {"gopher_dup_line_frac": 0.5, "gopher_dup_para_frac": 0.5,
                                 "fineweb_char_dup_ratio": 0.5, "gopher_dup_para_char_frac": 0.4949}),
        ("• one\n• two\n• three\nfour", {"gopher_bullet_lines_ratio": 0.75, "fineweb_short_line_ratio": 1.0,
                                         "c4_no_terminal_punct": 1.0, "fineweb_list_ratio": 0.75}),
        ("Read on...\n\nRead on…\n\nOr do not.", {"gopher_ellipsis_lines_ratio": 0.6667, "c4_no_terminal_punct": 0.6667,
                                                 "c4_too_few_words": 0.0, "gopher_ellipsis_word_ratio": 0.2857}),
        ("#sea #ferry and so on", {"gopher_hash_word_ratio": 0.4}),
        ("1 2 3 four", {"gopher_alpha_words_ratio": 0.25}),
        ("{ a lorem Ipsum }", {"c4_curly_bracket": 1, "c4_lorem_ipsum": 1}),
        ("Please enable Javascript to read this.\n\nThis page uses cookies, as all do.\n\nIt is so.",
         {"c4_javascript": 0.3333, "c4_policy": 0.3333, "c4_kept_lines": 0.3333}),
        ("The tide turned at noon.[12]", {"c4_no_terminal_punct": 0.0}),
        (f"{'x' * 1001} is a word.", {"c4_too_long_word": 1.0}),
        ("北京是中国的首都。天气很好！", {"c4_num_sentences": 2, "fineweb_line_punct_ratio": 1.0}),
        ("...", {"gopher_avg_word_length": None, "fineweb_list_ratio": None, "gopher_top_2_gram": None}),
    ],
)  # fmt: skip
def test_plain_cases(text: str, expected: dict[str, Any]) -> None:
    found = signals(text)[0]
    assert {name: found.get(name) for name in expected} == expected


def test_a_huge_text_is_measured_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.corpus.tokens.LONGEST", 1000)
    text = "one two three four five " * 40 + "six " * 10
    assert signals(text)[0]["gopher_dup_5_grams"] > 0.7
    assert len(cut_tokens([text]).number) == len(text[:1000].split())


def test_signals_are_columns_of_a_document() -> None:
    document = cleaner.clean(f"<html><body><article><p>{PROSE}</p><p>{PROSE} {PROSE}</p></article></body></html>")
    quality = document.fields["quality"]
    assert quality["gopher_stop_words"] == 9
    assert 0 < quality["text_to_markup"] < 1
    assert cleaner.clean(f"{PROSE}\n\n{PROSE}").fields["quality"]["text_to_markup"] is None
