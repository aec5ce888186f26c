"""Markup and lines can hold anything: nothing raises, nothing takes long, nothing outside the page is claimed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.describe import PageView, describe_page
from cleaner.describe.declared import read_declared
from cleaner.describe.json_ld import load_json
from cleaner.pages.batch import Head
from cleaner.records import Source

WORDS = st.sampled_from(
    [
        *(
            "By",
            "Ada",
            "Example",
            "|",
            "Published",
            "3 May 2021",
            "2021-05-03",
            "von",
            "von:",
            "Update from ABC",
            "News",
            "Times",
        ),
        *(
            ":",
            "(AFP) -",
            "WASHINGTON",
            "the bridge over the river was opened on Tuesday.",
            "記者",
            "بقلم",
            "©",
            "",
            " ",
        ),
        *("\u200f", "…", "\x00", "Ǆ", "İ"),
    ]
)
LINES = st.lists(st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=80)), max_size=25)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["@type", "@id", "@graph", "@value", "author", "name", "headline", "datePublished"]),
        inner, max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip
META = st.lists(
    st.tuples(
        st.sampled_from(["og:title", "author", "og:site_name", "date", "og:locale", "keywords", "citation_author"]),
        st.text(max_size=40),
    ),
    max_size=8,
)


def _page(lines: list[str], kind: str = "text", **fields: Any) -> PageView:
    return PageView(Head(Source(b""), kind, **fields), lines)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(["text", "html"]))
def test_any_lines(lines: list[str], kind: str) -> None:
    page = _page(lines, kind)
    page.tags = ["h1" if i % 3 == 0 else "p" for i in range(len(lines))]
    said = describe_page(page)
    assert all(0 <= i < len(lines) for i in said.claims)
    assert said == describe_page(page)


@settings(max_examples=150, deadline=None)
@given(JSON, META, st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=4))
def test_any_markup(value: Any, meta: list[tuple[str, str]], pairs: list[tuple[str, str]]) -> None:
    article = {
        "@type": "NewsArticle",
        "headline": value,
        "author": value,
        "datePublished": value,
        "keywords": value,
        "publisher": value,
    }
    head: dict[str, Any] = {
        "json_ld": [json.dumps(value), json.dumps(article)],
        "meta": meta,
        "times": pairs,
        "links": pairs,
        "microdata": pairs,
    }
    said = describe_page(_page(["A line of the page", "Another"], "html", **head))
    assert said.published is None or said.published_precision
    assert all(isinstance(a["name"], str) and a["name"].strip() for a in said.authors)


@pytest.mark.parametrize(
    "line",
    [
        "By " + "A" * 1_000_000,
        "By " + "Ab " * 300_000,
        "x, " * 300_000,
        "(" * 500_000,
        "3 May " * 200_000,
        "a-" * 400_000,
        "WASHINGTON " * 80_000,
        "。" * 500_000,
        "| " * 400_000,
        "© 2021 " * 100_000,
    ],
    ids=lambda line: line[:6],
)
def test_hostile_lines(line: str) -> None:
    said = describe_page(_page([line, "A bridge", line, line[:199], line[:150], "By " + line[:100]] * 3))
    assert said.language == "und" or said.language_score


def test_json_ld_nested_without_end() -> None:
    assert load_json('{"a":' * 100_000) is None
    assert load_json("[" * 100_000 + "]" * 100_000) is None
    deep = '{"@graph":[' * 400 + '"x"' + "]}" * 400
    assert describe_page(_page([], "html", json_ld=[deep] * 40)).title is None


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"a": 1} -->',
        '//<![CDATA[\n{"a": 1}\n//]]>',
        '/*<![CDATA[*/{"a": 1}/*]]>*/',
        '{"a": 1,}',
        '{"a": 1};',
        '\ufeff{"a": 1}',
        '\n{"a": 1}\n',
        "{&quot;a&quot;: 1}",
    ],
)
def test_json_ld_that_can_be_mended(script: str) -> None:
    assert load_json(script) == {"a": 1}


def test_raw_line_breaks_in_json_ld() -> None:
    assert load_json('{"a": "one\ntwo\tthree"}') == {"a": "one two three"}


BROKEN = (
    '{"@type": "NewsArticle", "headline": "The "old" bridge", "datePublished": "2020-01-02",'
    ' "author": {"@type": "Person", "name": "Ada Example"}, %s'
)


def test_of_broken_json_ld_dates_and_authors_are_left() -> None:
    facts = read_declared(Head(Source(b""), "html", json_ld=[BROKEN % ""]))
    assert [f.value for f in facts["published"]] == ["2020-01-02"]
    assert [f.value for f in facts["authors"]] == [[("Ada Example", "")]]
    assert "title" not in facts


@pytest.mark.parametrize("script", [BROKEN.replace("NewsArticle", "Person") % "", BROKEN % '"itemListElement": ['])
def test_broken_json_ld_about_something_else_says_nothing(script: str) -> None:
    assert read_declared(Head(Source(b""), "html", json_ld=[script])) == {}


def test_articles_that_the_page_only_lists_are_not_the_page() -> None:
    listing = {
        "@type": "ItemList",
        "itemListElement": [{"@type": "NewsArticle", "headline": "Other", "author": "Ada Example"}],
    }
    assert read_declared(Head(Source(b""), "html", json_ld=[json.dumps(listing)])) == {}


def test_the_recipe_names_the_publisher() -> None:
    page = _page(["A line"], "html", meta=[("og:site_name", "Somebody Else")])
    page.publisher = "The Harbour Gazette"
    said = describe_page(page)
    assert said.publisher == "The Harbour Gazette"
    assert [(p.method, p.confidence) for p in said.provenance if p.field == "publisher"] == [("recipe", 1.0)]
