"""Shingles, their Jaccard index and signatures, against plain sets, and held to what is stored on disk."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.corpus.shingles import Banding, Signer, choose_banding, jaccard, make_shingles

words = st.sampled_from(["a", "Bb", "the", "x1", "größe", "ярус", "7", "of"])
some_texts = st.lists(st.lists(words, max_size=30).map(" ".join), min_size=2, max_size=5)


def plain(text: str, n: int) -> set[tuple[str, ...]]:
    cut = re.findall(r"\w+", text.lower())
    n = max(min(n, len(cut)), 1)
    return {tuple(cut[i : i + n]) for i in range(len(cut) - n + 1)}


@given(some_texts, st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_the_index_is_that_of_sets_of_runs_of_words(texts: list[str], n: int) -> None:
    cut = list(make_shingles(texts, n))
    for text, shingles in zip(texts, cut, strict=True):
        assert len(shingles) == len(plain(text, n))
        assert (np.sort(shingles) == shingles).all()
        one, other = plain(text, n), plain(texts[0], n)
        assert jaccard(shingles, cut[0]) == (len(one & other) / len(one | other) if one | other else 0.0)


@given(some_texts)
@settings(max_examples=50, deadline=None)
def test_shingles_do_not_depend_on_company(texts: list[str]) -> None:
    for text, shingles in zip(texts, make_shingles(texts, 5), strict=True):
        (alone,) = make_shingles([text], 5)
        assert alone.tolist() == shingles.tolist()


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    one, other, foreign = make_shingles(["北京是中国的首都", "北京是中国的古都", "東京タワーへ行く"], 3)
    assert len(one) == len(other) == 6
    assert jaccard(one, other) == pytest.approx(4 / 8)
    assert jaccard(one, foreign) == 0


def test_case_and_punctuation_are_no_difference() -> None:
    one, other = make_shingles(["The ferry — 'Anna' — left at seven!", "the FERRY anna left, at seven"], 3)
    assert one.tolist() == other.tolist()


def test_no_words_no_shingles_and_no_likeness() -> None:
    one, other = make_shingles(["... !", ""], 5)
    assert len(one) == len(other) == 0
    assert jaccard(one, other) == 0.0


@pytest.mark.parametrize(
    ("threshold", "bands", "rows"), [(0.4, 88, 3), (0.5, 44, 3), (0.7, 22, 4), (0.8, 20, 6), (0.9, 12, 9), (1, 1, 128)]
)
def test_bands_suit_the_threshold(threshold: float, bands: int, rows: int) -> None:
    assert choose_banding(5, threshold) == Banding(5, bands, rows)
    assert 1 - (1 - threshold**rows) ** bands >= 0.997


def test_what_is_stored_has_not_moved() -> None:
    """Signatures lie on people's disks under this name: whoever changes what they are made by, changes the name."""
    banding = choose_banding(5, 0.8)
    (shingles,) = make_shingles(["The ferry left the harbour at seven; nobody saw it, ярус 北京."], banding.ngram)
    assert banding.algorithm == "minhash1-5-20x6"
    assert shingles.tolist()[:2] == SHINGLES
    assert Signer(banding).sign(shingles).tolist()[:2] == KEYS


SHINGLES = [6179382103461210359, 7056613997870203151]
KEYS = [13795765615846972682, 13289279980848515737]


def test_candidates_are_found_as_often_as_the_theory_says() -> None:
    rng = np.random.default_rng(1)
    vocabulary = [f"w{n}" for n in range(3000)]
    signer = Signer(choose_banding(5, 0.8))
    found = {True: 0, False: 0}
    count = dict(found)
    for _ in range(300):
        one = rng.choice(vocabulary, 200)
        other = one.copy()
        other[rng.choice(200, rng.integers(1, 16), replace=False)] = "zz"
        first, second = make_shingles([" ".join(one), " ".join(other)], 5)
        alike = jaccard(first, second) >= 0.8
        count[alike] += 1
        found[alike] += bool((signer.sign(first) == signer.sign(second)).any())
    assert count[True] > 50
    assert found[True] >= 0.98 * count[True]
    a, b = make_shingles([" ".join(rng.choice(vocabulary, 200)), " ".join(rng.choice(vocabulary, 200))], 5)
    assert not (signer.sign(a) == signer.sign(b)).any()
