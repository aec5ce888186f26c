"""Cutting text files into lines: case files, and what holds for any text.

A case is two files in `tests/cases/text`: NAME.txt, as a text file can look, and NAME.expected.txt, a paragraph a line.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.pages import text as text_module
from cleaner.pages.text import TextLine, cut_text

FOLDER = Path(__file__).parent.parent / "cases" / "text"
CASES = sorted(p.stem for p in FOLDER.glob("*.txt") if not p.name.endswith(".expected.txt"))


def read(name: str) -> str:
    return (FOLDER / name).read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    expected = read(f"{name}.expected.txt").rstrip("\n").split("\n")
    assert [re.sub(" +", " ", line.text) for line in cut_text(read(f"{name}.txt"))] == [
        re.sub(" +", " ", line) for line in expected
    ]


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("rare_line_ends", "nel_as_ellipsis")])
def test_case_with_other_line_ends(name: str) -> None:
    text = read(f"{name}.txt")
    unix = text.replace("\r\n", "\n")
    assert [line.text for line in cut_text(unix.replace("\n", "\r\n"))] == [line.text for line in cut_text(unix)]


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(text_module) == (0, 1)


def test_offsets_and_blank_lines() -> None:
    assert cut_text("\n\n  One \n \t\n\nTwo") == [TextLine("One", 4, 7, 2), TextLine("Two", 13, 16, 2)]
    assert cut_text("") == []
    assert cut_text(" \n\ufeff \n")[0].text == "\ufeff"


def test_wrap_at_a_soft_hyphen_leaves_no_blank() -> None:
    text = (
        "After the long debate the members of the council went home, the may\xad\n"
        "or last of all, and nobody who had been in the room that night could\n"
        "say for certain whether the bridge would ever be built, or by whom it\n"
        "would be paid for.\n"
    )
    (line,) = cut_text(text)
    assert "the may\xador last" in line.text


def test_huge_inputs() -> None:
    assert len(cut_text("word " * 1_000_000)) == 1
    assert len(cut_text("x" * 3_000_000)) == 1
    assert len(cut_text("short\n" * 100_000)) == 100_000
    assert len(cut_text(">" * 1_000_000 + "\n" + "> " * 1_000_000)) == 2
    assert len(cut_text("\n" * 1_000_000)) == 0


PLAIN = ["the", "council", "Bridge", "was", "built.", "said:", "river-", "»yes«", "2011", "橋を", "市議会", "мост"]
WORDS = [*PLAIN, "-", "1.", "|", ">", "{"]
GAPS = [*[" "] * 4, "\n", "\n", "\n\n", "\r\n", "\t", "   ", "\n> ", "\n    ", "\x0c", "\u2028", "\xa0", "\u3000"]
prose = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
wrapped = st.tuples(st.lists(st.sampled_from(PLAIN), min_size=20, max_size=80), st.integers(30, 90)).map(
    lambda pair: re.sub(rf"(.{{1,{pair[1]}}})(?: |$)", r"\1\n", " ".join(pair[0]))
)
texts = st.one_of(prose, wrapped, st.text(max_size=60), st.lists(prose | wrapped, max_size=4).map("\n".join))


def squeezed(text: str) -> str:
    """Without white space and marks of quotation, which are all that a join takes away."""
    return re.sub(r"[\s>\x85]+", "", text)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_nothing_is_lost_and_offsets_are_right(text: str) -> None:
    lines = cut_text(text)
    position = 0
    for line in lines:
        assert position <= line.start < line.end <= len(text)
        assert not text[position : line.start].strip()  # only blanks are left out
        assert squeezed(text[line.start : line.end]) == squeezed(line.text)
        assert line.text == line.text.strip()
        assert not re.search("[\n\r\x0b\x0c\u2028\u2029]", line.text)
        position = line.end
    assert not text[position:].strip()


@settings(max_examples=200, deadline=None)
@given(texts)
def test_cutting_what_was_cut_changes_nothing(text: str) -> None:
    once = [line.text for line in cut_text(text)]
    if "\x85" not in text:  # whether NEL is a line end hangs on the other characters of a page
        assert [line.text for line in cut_text("\n\n".join(once))] == once


@settings(max_examples=200, deadline=None)
@given(wrapped)
def test_a_wrap_becomes_a_blank_or_nothing(text: str) -> None:
    for line in cut_text(text):
        first, *others = text[line.start : line.end].split("\n")
        joined = first
        for other in others:
            glue = "" if joined.endswith("river-") or (joined[-1] in "を会" and other[0] in "橋市") else " "
            joined += glue + other
        assert line.text == joined
