"""The guards around the judge: error pages give no text, clean and short texts are left alone.

The files in guards/ are the cases: errors.toml (no text, flag error_page), pages.toml (what must come out), and clean/
(texts of which no line may be dropped).
"""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.cleaning import clean_many
from cleaner.judge.cues import FOLDED
from cleaner.judge.error_pages import load_phrases
from cleaner.judge.training.labels import token_f1
from cleaner.records import Source

GUARDS = Path(__file__).parent / "guards"
CLEAN = sorted((GUARDS / "clean").glob("*.txt"))
WRAPPED = [path for path in CLEAN if path.stem not in ("kiji-ja", "song-en")]  # not by words; lines are its form
LANGUAGES = "ar cs da de el en es fi fr he it ja ko nl no pl pt ru sv tr uk zh"


def cases(name: str) -> list[Any]:
    table = tomllib.loads((GUARDS / name).read_text("utf-8"))
    return [pytest.param(kind, case, id=f"{kind}: {case['name']}") for kind in table for case in table[kind]]


@pytest.mark.parametrize(("kind", "case"), cases("errors.toml"))
def test_an_error_page_gives_no_text(kind: Any, case: dict[str, str]) -> None:
    doc = cleaner.clean(case["page"], kind=kind)
    assert doc.text == ""
    assert {"empty", "error_page"} <= set(doc.fields["quality"]["flags"])
    assert {(line.verdict, line.reason) for line in doc.lines} == {("drop", "error_page")}
    assert all(line.evidence for line in doc.lines)


@pytest.mark.parametrize(("kind", "case"), cases("pages.toml"))
def test_other_pages_are_left_alone(kind: Any, case: dict[str, str]) -> None:
    doc = cleaner.clean(case["page"], kind=kind)
    assert doc.text == case["text"]
    assert not {"error_page", "shell"} & set(doc.fields["quality"]["flags"])


def test_an_error_page_gives_no_text_even_where_the_headline_is_wanted(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[judge]\ntitle = "keep"\n', "utf-8")
    page = "<title>Page not found</title><h1>Page not found</h1><p>Try the search.</p>"
    assert cleaner.clean(page, kind="html", recipe=recipe).text == ""


def test_an_interface_without_text_is_a_shell() -> None:
    page = "<title>Boats</title><nav><a href=/>Home</a> <a href=/l>Log in</a></nav><div></div><p>© 2024 Boats</p>"
    doc = cleaner.clean(page, kind="html")
    assert (doc.text, doc.fields["quality"]["flags"]) == ("", ["empty", "shell"])


@pytest.mark.parametrize("path", CLEAN, ids=lambda p: p.stem)
def test_clean_text_loses_nothing(path: Path) -> None:
    doc = cleaner.clean(path.read_text("utf-8"), kind="text")
    assert [line.text for line in doc.lines if line.verdict == "drop"] == []


@pytest.mark.parametrize("width", [72, 40])
@pytest.mark.parametrize("path", WRAPPED, ids=lambda p: p.stem)
def test_clean_text_loses_nothing_when_it_is_wrapped(path: Path, width: int) -> None:
    paragraphs = path.read_text("utf-8").split("\n\n")
    doc = cleaner.clean("\n\n".join(textwrap.fill(paragraph, width) for paragraph in paragraphs), kind="text")
    assert [line.text for line in doc.lines if line.verdict == "drop"] == []


def test_what_a_cue_names_goes_from_clean_text_as_well() -> None:
    text = (GUARDS / "clean/article-fr.txt").read_text("utf-8")
    doc = cleaner.clean(f"{text}\n\n© 2024 La Gazette de la Rive\n", kind="text")
    assert [line.text for line in doc.lines if line.verdict == "drop"] == ["© 2024 La Gazette de la Rive"]


def test_gold_texts_of_the_sample_pages_lose_next_to_nothing() -> None:
    texts = [path.read_text("utf-8") for path in sorted((Path(__file__).parent / "pages").glob("*.gold"))]
    texts = [text for text in texts if len(text) > 400]
    kept = [
        token_f1("\n".join(line.text for line in doc.lines if line.verdict != "drop"), text)[2]
        for text, doc in zip(texts, clean_many([Source(text, kind="text") for text in texts]), strict=True)
    ]
    assert len(kept) > 50
    assert sum(share >= 0.995 for share in kept) >= 0.8 * len(kept)


def test_phrases_are_there_for_every_language_and_can_match() -> None:
    table = tomllib.loads((Path(cleaner.__file__).parent / "judge/error_pages.toml").read_text("utf-8"))
    assert sorted(table) == LANGUAGES.split()
    for entry in table.values():
        assert sorted(entry) == ["start", "title"]
        for phrases in entry.values():
            assert len(set(phrases)) == len(phrases)
            assert all(phrase == phrase.lower().strip() and phrase for phrase in phrases)
            assert not any("’" in phrase or "“" in phrase for phrase in phrases)
    titles, starts = load_phrases()
    assert all(phrase and not set(phrase) & set(FOLDED) for phrase in (*titles, *starts))
