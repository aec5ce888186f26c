"""Properties of normalisation, over texts made of what can go wrong."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.normalize import FIXES, explain, normalize_lines, normalize_text, replay
from cleaner.recipe import Normalize

PIECES = [
    "a", "e", "b ", "  ", "\t", "\n", "\r", "\r\n", "&", "amp;", "&amp;", "&nbsp", "nbsp;", "&#38;",
    "&#8203;", "&#x200d;", "&#97;", "#", "38;", ";", "&lt;", "b>", "<b>", "\xa0", "\u200b", "\u200c",
    "\u200d", "\ufeff", "\u00ad", "\x00", "\x1b[31m", "\x85", "\x93", "\u2028", "\x0b", "\x0c", "\u202a",
    "\u202c", "\u2067", "\u2069", "\u200f", "ש", "م", "ی", "क", "्", "ക", "👩", "🔬", "\ufe0f", "🏴",
    "\U000e0067", "\U000e007f", "e\u0301", "\u0301", "\u037e", "\u2126", "Ã", "©", "â", "€", "™", "Â",
    "ï»¿", "œ", "[", "]", "[vc_row", "[/caption]", "[caption", "[gallery]", "[vc_row]", "[1]", ' id="1"',
    "[embed]", "http://x.example/", "[/embed]", "“", "’", "—", "\u3000", "\u2800", "⠁", "\ufffe",
    "\U0001ffff", "`", "HTML", "shortcode", "ក", "\u180e", "Ð", "°", "×", "²",
]  # fmt: skip

pieces = st.one_of(st.sampled_from(PIECES), st.text(max_size=3))
texts = st.one_of(st.lists(pieces, max_size=14).map("".join), st.text(max_size=30))
surrogates = st.lists(st.one_of(pieces, st.sampled_from(["\ud83d", "\ude00"])), max_size=10).map("".join)
recipes = st.builds(
    Normalize,
    skip=st.lists(st.sampled_from(list(FIXES)), max_size=3, unique=True).map(tuple),
    quotes=st.booleans(),
    dashes=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(texts, surrogates), recipes)
def test_twice_changes_nothing_and_the_explanation_replays(text: str, options: Normalize) -> None:
    once, counts = normalize_text(text, options)
    assert normalize_text(once, options) == (once, [])
    steps = explain(text, options)
    assert replay(text, steps) == once
    assert [name for name, _ in counts] == [name for name in FIXES if name in steps]


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, max_size=30), recipes)
def test_a_column_is_mended_as_its_lines_are(lines: list[str], options: Normalize) -> None:
    result = normalize_lines(pl.Series(lines, dtype=pl.String), options)
    single = [normalize_text(line, options) for line in lines]
    assert result.texts.to_list() == [text for text, _ in single]
    assert result.counts.rows() == [(i, *count) for i, (_, counts) in enumerate(single) for count in counts]


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, min_size=2, max_size=40))
def test_no_fix_changes_a_line_that_is_not_suspicious(lines: list[str]) -> None:
    table = pl.DataFrame({"text": lines})
    for fix in FIXES.values():
        suspicious = table.with_columns(fix.suspicious.fill_null(False).alias("it"))["it"]
        for line, maybe in zip(lines, suspicious, strict=True):
            assert maybe or fix.function(line) == line, fix.name


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "N", "P"], max_codepoint=0x24F), max_size=20))
def test_letters_digits_and_punctuation_stay(text: str) -> None:
    """Plain Latin writing, whose only hazards are spelt-out references, brackets and mojibake."""
    skip = ("entities", "shortcodes", "mojibake")
    assert normalize_text(text, Normalize(skip=skip)) == (text, [])
