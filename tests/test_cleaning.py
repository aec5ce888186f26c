"""The Python interface: one page, many pages, and that a page's result is its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.errors import DocumentError, InputError, RecipeError
from cleaner.recipe import Recipe
from cleaner.records import Source

ARTICLE = """<html lang="en"><head><title>The ferry that would not leave | Harbour Gazette</title>
<meta property="og:title" content="The ferry that would not leave">
<meta property="og:site_name" content="Harbour Gazette">
</head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>The ferry that would not leave</h1>
<p>For eleven days the old ferry lay at the quay with her engines warm, and nobody in the office could say why.</p>
<p>Her captain, a careful man who had crossed the sound some nine thousand times, told the crew that the tide tables
were wrong.</p>
<p>On the twelfth day the office sent a clerk with a new set of tables, printed that very morning, and the captain
read them aloud.</p>
</article><footer>© 2021 Harbour Gazette. All rights reserved.</footer></body></html>"""

TEXT = """Skip to content

The ferry that would not leave

For eleven days the old ferry lay at the quay with her engines warm, and nobody in the harbour office could say why.

Her captain, a careful man who had crossed the sound some nine thousand times, told the crew that the tables were wrong.

Leave a Reply

Your email address will not be published."""


def test_html_gives_its_prose_and_nothing_else() -> None:
    doc = cleaner.clean(ARTICLE, url="https://gazette.example/ferry")
    assert doc.text.startswith("For eleven days") and doc.text.endswith("read them aloud.")
    assert doc.title == "The ferry that would not leave"
    assert doc.language == "en"


def test_flattened_text_loses_its_form_and_skip_link() -> None:
    doc = cleaner.clean(TEXT)
    assert [line.text for line in doc.lines if line.verdict == "keep"] == doc.text.split("\n\n")
    assert "Skip to content" not in doc.text and "Leave a Reply" not in doc.text and "email address" not in doc.text


def test_every_line_is_there_with_its_verdict() -> None:
    doc = cleaner.clean(TEXT)
    assert [line.text for line in doc.lines] == TEXT.split("\n\n")
    assert [TEXT[line.start : line.end] for line in doc.lines] == [line.text for line in doc.lines]
    counts = doc.fields["lines_kept"], doc.fields["lines_dropped"], doc.fields["lines_metadata"]
    assert sum(counts) == len(doc.lines)
    assert all(0 <= line.score <= 1 and line.role and line.reason for line in doc.lines)


def test_sources_of_all_kinds(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(ARTICLE, "utf-8")
    results = [cleaner.clean(s).text for s in (ARTICLE, ARTICLE.encode("utf-8"), path, Source(ARTICLE))]
    assert results == results[:1] * 4


def test_many_pages_come_in_order_and_a_bad_one_ends_nothing() -> None:
    docs = list(cleaner.clean_many([TEXT, b"", ARTICLE, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, TEXT]))
    assert [doc.cause for doc in docs] == [None, "empty", None, "not_text", None]
    assert docs[0].text == docs[4].text == cleaner.clean(TEXT).text


def test_what_is_no_page_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        cleaner.clean(b"")
    assert caught.value.cause == "empty"
    with pytest.raises(InputError, match="no file"):
        cleaner.clean(tmp_path / "missing.html")
    (tmp_path / "two.jsonl").write_text('{"text": "One page."}\n{"text": "Another page."}\n')
    with pytest.raises(InputError, match="several pages"):
        cleaner.clean(tmp_path / "two.jsonl")
    (tmp_path / "recipe.toml").write_text("[judje]\n")
    with pytest.raises(RecipeError, match="Did you mean `judge`"):
        cleaner.clean(TEXT, recipe=tmp_path / "recipe.toml")


def test_selectors_of_the_recipe_take_elements_out() -> None:
    recipe = Recipe.parse('[site."gazette.example"]\ndrop = ["article p:nth-of-type(2)"]\npublisher = "The Gazette"')
    doc = cleaner.clean(ARTICLE, url="https://www.gazette.example/ferry", recipe=recipe)
    assert "Her captain" not in doc.text and "For eleven days" in doc.text
    assert doc.publisher == "The Gazette"
    dropped = [line for line in doc.lines if line.reason == "selector"]
    assert [(line.verdict, line.text[:11]) for line in dropped] == [("drop", "Her captain")]
    recipe = Recipe.parse('[site."gazette.example"]\nkeep = ["h1", "article p:nth-of-type(1)"]')
    doc = cleaner.clean(ARTICLE, url="https://www.gazette.example/ferry", recipe=recipe)
    assert "For eleven days" in doc.text and "Her captain" not in doc.text and not doc.text.endswith("reserved.")
    with pytest.raises(RecipeError, match="not valid CSS"):
        Recipe.parse('[site."gazette.example"]\ndrop = ["p:::"]')
    with pytest.raises(RecipeError, match="mojibake"):
        Recipe.parse('[normalize]\nskip = ["mojibaké"]')


def test_the_headline_can_stay_in_the_text() -> None:
    recipe = Recipe.parse('[judge]\ntitle = "keep"')
    assert cleaner.clean(ARTICLE, recipe=recipe).text.startswith("The ferry that would not leave\n\nFor eleven days")
    assert cleaner.clean(ARTICLE).text.startswith("For eleven days")


def test_a_page_does_not_depend_on_its_batch() -> None:
    pages = [Source(ARTICLE, url="https://gazette.example/a"), Source(TEXT), Source("<p>x"), Source("Short.\n\nOther.")]
    together = list(cleaner.clean_many(pages * 3))
    alone = [cleaner.clean(page) for page in pages]
    assert together == alone * 3


blocks = st.sampled_from(
    [
        "<p>The harbour was quiet, and the clerk wrote that nothing had come in since noon on Friday.</p>",
        "<nav><a>Home</a></nav>", "<div class='comment'>", "</div>", "<ul><li>one<li>two</ul>", "<br><br>",
        "<pre> a\n  b</pre>", "<!--", "<iframe>", "plain words", "<h2>Head</h2>", "<table><tr><td>1<td>2</table>",
        "&amp;nbsp;", "<b>", "Leave a Reply", "<p hidden>no</p>", "\x00", "日本語の文章です。",
    ]
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(blocks, max_size=12).map("".join), min_size=1, max_size=4))
def test_any_markup_gives_lines_that_add_up_alone_as_in_a_batch(pages: list[str]) -> None:
    sources = [Source(page, kind="html") for page in pages]
    together = list(cleaner.clean_many(sources))
    for source, doc in zip(sources, together, strict=True):
        assert doc == next(cleaner.clean_many([source]))
        if doc.cause is None:
            kept = [line.text for line in doc.lines if line.verdict == "keep"]
            assert "".join(kept).replace("\n", "") == doc.text.replace("\n", "")
            shown = "\n".join(line.text for line in doc.lines)
            assert all(shown[line.start : line.end] == line.text for line in doc.lines)


def test_half_a_surrogate_pair_breaks_nothing() -> None:
    declared = {"title": "\ud800 x", "tags": ["\udfff"]}
    source = Source("A text of some length.", url="https://a.example/\ud800", declared=declared)
    doc = cleaner.clean(source)
    assert doc.cause is None
    assert "\ufffd" in str(doc.fields)


def test_a_page_of_nothing_but_boilerplate_gives_no_text() -> None:
    doc = cleaner.clean("Skip to content\n\nLeave a Reply\n\nYour email address will not be published.\n\nBack to top")
    assert doc.text == ""
    assert doc.fields["quality"]["flags"] == ["empty"]
    assert {line.verdict for line in doc.lines} == {"drop"}
