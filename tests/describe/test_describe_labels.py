"""Labels of header lines are data: each list knows each language that the judge's phrase tables know."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from cleaner.describe.header_lines import read_line

LABELS = tomllib.loads((files("cleaner.describe") / "data" / "labels.toml").read_text("utf-8"))
LANGUAGES = {path.name.removesuffix(".toml") for path in (files("cleaner.judge") / "cues").iterdir()} - {"__init__.py"}
LANGUAGES = {name for name in LANGUAGES if len(name) == 2}


@pytest.mark.parametrize("name", sorted(LABELS))
def test_each_list_knows_each_language(name: str) -> None:
    assert len(LANGUAGES) >= 20
    assert set(LABELS[name]) >= LANGUAGES
    assert all(phrase == phrase.lower() for listed in LABELS[name].values() for phrase in listed if phrase.isascii())


@pytest.mark.parametrize(
    ("line", "above", "names", "dates"),
    [
        ("By Ada ExampleMay 3, 2021", "", ["Ada Example"], [("", "2021-05-03")]),
        ("ByAda Example 3 May 2021", "", ["Ada Example"], [("", "2021-05-03")]),
        ("3. Mai 2021 um 14:05 Uhr / Anna Muster", "", ["Anna Muster"], [("", "2021-05-03")]),
        ("Ada Example · Harbour News · Posted: May 3, 2021", "", ["Ada Example"], [("published", "2021-05-03")]),
        ("Ada Example, Ph.D.", "Written by", ["Ada Example"], []),
        ("May 3, 2021", "Last updated", [], [("modified", "2021-05-03")]),
        ("May 3, 20215 min read", "", [], [("", "2021-05-03")]),
        ("Marco Esempio 4 maggio 2021 - 14:41", "", ["Marco Esempio"], [("", "2021-05-04")]),
        ("Start Trial", "", [], []),
        ("Friday Edition", "", [], []),
        ("Von der Leyen Kommission", "", [], []),
        ("有料会員限定記事", "", [], []),
    ],
)
def test_lines_are_taken_apart(line: str, above: str, names: list[str], dates: list[tuple[str, str]]) -> None:
    told = read_line(line, above)
    assert told.names == names
    assert [(label, date.day) for label, date in told.dates] == dates
