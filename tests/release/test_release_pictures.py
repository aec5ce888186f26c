"""The card's pictures: what they show, that they are good SVG, that names from the data do no harm."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_corpus import Page, run

from cleaner.release.card.pictures import NAMES, draw_pictures
from cleaner.release.card.plots import WIDTH, Bar, bars, columns

SVG = "{http://www.w3.org/2000/svg}"


def counts(**changed: Any) -> dict[str, Any]:
    return {
        "documents": 20, "words": 4000, "languages": {"en": 12, "und": 8}, "months": {"2021-03": 5, "2021-07": 1},
        "lengths": {"0": 1, "2": 9, "8": 10}, "lines": {"keep": {"body": {"model": 3}}, "drop": {"share": {"cue": 9}}},
        **changed,
    }  # fmt: skip


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_pictures_of_a_dataset_lie_beside_its_card(tmp_path: Path) -> None:
    pages = [Page(f"a/{n}", f"Text {n}. " * n, published=f"202{n}-01-02") for n in range(1, 4)]
    run(tmp_path, pages)
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == set(NAMES)
    shown = re.findall(r"!\[[^\]]+\]\((pictures/\w+\.svg)\)", (tmp_path / "README.md").read_text("utf-8"))
    assert sorted(shown) == sorted(f"pictures/{name}" for name in NAMES)
    run(tmp_path, [Page("a/1", "No date.")])
    assert not (tmp_path / "pictures" / "published.svg").exists()
    assert "published.svg" not in (tmp_path / "README.md").read_text("utf-8")


def test_what_the_pictures_show() -> None:
    drawn = {name: texts(picture.svg) for name, picture in draw_pictures(counts()).items()}
    assert drawn["published"][0] == "When the documents were published"
    assert {"2021-03", "2021-07"} <= set(drawn["published"])
    assert {"en", "12 (60%)", "not sure (und)", "8 (40%)"} <= set(drawn["languages"])
    assert drawn["lengths"][-5:] == ["0", "1", "2–3", "4–7", "8–15"]
    assert {"kept as text", "3 (25%)", "share", "9 (75%)"} <= set(drawn["removed"])


def test_dates_of_years_or_of_a_long_time_are_shown_by_the_year() -> None:
    by_year = {"2010": 3, "2021-05": 4}
    for months in (by_year, {"2001-01": 1, "2021-05": 1}, {f"{year}-01": 1 for year in range(1800, 2024)}):
        picture = draw_pictures(counts(months=months))["published"]
        assert "by year" in picture.words
        assert len(re.findall('<rect class="bar', picture.svg)) <= 121
    assert "earlier" in texts(picture.svg)


def test_long_lists_are_summed_up() -> None:
    picture = draw_pictures(counts(documents=300, languages={f"l{n}": 10 for n in range(30)}))["languages"]
    assert "18 more" in texts(picture.svg)
    assert "180 (60%)" in texts(picture.svg)


def test_nothing_to_show_is_no_picture() -> None:
    assert draw_pictures(counts(months={}, lengths={}, languages={}, lines={})) == {}


def test_pictures_fetch_nothing_and_are_legible_in_the_dark() -> None:
    for picture in draw_pictures(counts()).values():
        assert "prefers-color-scheme:dark" in picture.svg
        assert re.findall("https?://[^\"<]+", picture.svg) == ["http://www.w3.org/2000/svg"]
        assert not re.search("(?i)<script|@import|url\\(|href", picture.svg)
        assert ElementTree.fromstring(picture.svg).find(f"{SVG}desc") is not None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.integers(0, 10**12)), max_size=40), st.text(max_size=40))
def test_any_names_and_numbers_make_good_svg(rows: list[tuple[str, int]], title: str) -> None:
    for draw in (bars, columns):
        svg = draw(title, "note", [Bar(name, count, f"{count:,}") for name, count in rows])
        root = ElementTree.fromstring(svg)
        assert draw(title, "note", [Bar(name, count, f"{count:,}") for name, count in rows]) == svg
        for box in root.iter(f"{SVG}rect"):
            assert float(box.get("x", "0")) >= 0
            assert float(box.get("x", "0")) + float(box.get("width", "0")) <= WIDTH
            assert float(box.get("height", "0")) >= 0


@pytest.mark.parametrize(("most", "ticks"), [(0, 2), (1, 2), (7, 5), (1234, 4)])
def test_axes_end_at_or_above_the_highest_bar(most: int, ticks: int) -> None:
    shown = [text.replace(",", "") for text in texts(columns("t", "n", [Bar("a", most)]))]
    numbers = [int(text) for text in shown if text.isdecimal()]
    assert len(numbers) == ticks
    assert numbers[-1] >= most
