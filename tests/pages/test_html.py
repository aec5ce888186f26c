"""HTML is cut into the blocks that a reader sees, whatever state the markup is in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.pages.html import Cut, cut_html
from cleaner.pages.markup import MAX_DEPTH, mend_markup
from cleaner.pages.parse import parse_html


def cut(*pages: str) -> Cut:
    return cut_html([parse_html(page).body for page in pages])


def lines(page: str) -> list[str]:
    return cut(page).lines["text"].to_list()


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>One <b>bold</b> word.</p><p>Two.", ["One bold word.", "Two."]),
        ("<div>a<p>b</p>c</div>", ["a", "b", "c"]),
        ("<p>line<br>break<br><br>new line</p>", ["line\nbreak", "new line"]),
        ("<ul><li>a<li>b</ul>", ["a", "b"]),
        ("<table><tr><td>x<td>y</table>", ["x", "y"]),
        ("<pre>\n def f():\n     return 1\n</pre>", [" def f():\n     return 1"]),
        ("<p>a &lt;b&gt; &amp;amp; c</p>", ["a <b> &amp; c"]),
        ("<p wp-image-37\"=\"\" title='>x<y'>attribute names can hold quotes</p>", ["attribute names can hold quotes"]),
        ("<script>var x = '<p>no</p>';</script><style>p {}</style><template><p>no</p></template><p>yes", ["yes"]),
        ("<p>one</p><!-- <p>two</p>", ["one", "two"]),
        ("<p>one</p><iframe src=x><p>two</p>", ["one", "two"]),
        ("<p>one</p><textarea><p>two</p>", ["one", "two"]),
        ("<p>one</p><!-- a > b --><p>two</p>", ["one", "two"]),
        ("plain", ["plain"]),
        ("", []),
        ("<p> \n\t </p>", []),
        ("<p>Text.</p><noscript><p>Please enable scripts.</p></noscript>", ["Text."]),
        ("<svg><path/><path/><text>no</text></svg><p>yes", ["yes"]),
        ("<select><option>English<option>Deutsch</select><p>yes", ["English", "Deutsch", "yes"]),
    ],
)  # fmt: skip
def test_blocks(page: str, expected: list[str]) -> None:
    assert lines(page) == expected


def test_a_page_whose_text_is_in_noscript_keeps_it() -> None:
    text = "All of this forum's posts are here for readers without scripts. " * 20
    assert lines(f"<div>Loading</div><noscript><p>{text}</p></noscript>") == ["Loading", text.strip()]


@pytest.mark.parametrize("opening", ["<div>", "<b>", "<a>", "<table>", "<span><div>", "<div/>", "<ul><li>", "<q>"])
def test_endless_nesting_is_cut_short(opening: str) -> None:
    found = lines("<p>before</p>" + opening * 100_000 + "inside")
    assert found[0] == "before"
    assert "inside" in found[-1]


def test_endless_nesting_that_is_closed_is_cut_short_as_well() -> None:
    parsed = parse_html("<div>" * 100_000 + "inside" + "</div>" * 100_000)
    assert parsed.body.count("<div>") <= MAX_DEPTH
    assert cut_html([parsed.body]).lines["text"].to_list() == ["inside"]


def test_a_deep_page_of_flat_elements_stays_as_it_is() -> None:
    page = "<p>one<br>" + "<li>item<img src=x>" * 2_000 + "<svg>" + "<path d='m'/>" * 2_000 + "</svg>" + "<div>" * 400
    assert mend_markup(page).decode() == page


def test_a_tag_whose_attribute_name_holds_a_bracket_is_one_tag() -> None:
    assert lines("<p>You <span me decide< x=1>and</span> I</p><p>a &lt; b</p>") == ["You and I", "a < b"]


@pytest.mark.parametrize("page", ["<" * 300_000, "</" * 200_000, "<!--" * 100_000, "<a href='" * 50_000, "&" * 300_000])
def test_hostile_markup_ends(page: str) -> None:
    assert isinstance(lines(page), list)


def test_links_elements_and_parents() -> None:
    found = cut("<nav><a href=/>Home</a></nav><main><p>Some <a href=/x>linked</a> text</p></main>")
    assert found.lines["text"].to_list() == ["Home", "Some linked text"]
    assert found.lines["link_characters"].to_list() == [4, 6]
    tags, parents = found.elements["tag"].to_list(), found.elements["parent"].to_list()
    chain, at = [], found.lines["leaf"][1]
    while at >= 0:
        chain.append(tags[at])
        at = parents[at]
    assert chain == ["p", "main", "body", "html"]
    nav = tags.index("nav")
    assert (found.elements["start"][nav], found.elements["end"][nav]) == (0, 1)


def test_what_the_head_declares() -> None:
    parsed = parse_html(
        '<html lang=de><head><title> Ein\n Titel </title><meta property="og:title" content="Titel">'
        '<meta name="Author" content=" Ada "><link rel="canonical" href="https://a.example/x">'
        '<script type="application/ld+json">{"a": 1}</script></head><body><time datetime="2021-05-03">3. Mai</time>'
        '<span itemprop="author">Ada Beispiel</span></body></html>'
    )
    assert (parsed.language, parsed.title) == ("de", "Ein Titel")
    assert parsed.meta == [("og:title", "Titel"), ("author", "Ada")]
    assert parsed.links == [("canonical", "https://a.example/x")]
    assert parsed.json_ld == ['{"a": 1}']
    assert parsed.times == [("2021-05-03", "3. Mai")]
    assert parsed.microdata == [("author", "Ada Beispiel")]


def test_elements_that_name_authors_and_dates() -> None:
    """Microdata, RDFa, and classes; the pieces of a byline are parted, and no style sheet is one of them."""
    parsed = parse_html(
        '<div class="post-Author"><style>.a{}</style><a>Ada Example</a><span>Editor</span></div>'
        '<div itemprop="author" itemscope><meta itemprop="name" content="Ben Sample"> and more</div>'
        '<time property="schema:datePublished" datetime="2021-05-03">3 May</time><a rel="nofollow author">Eve</a>'
        '<p class="authorized">Dealer</p><p property="og:image">no</p>'
    )
    assert parsed.microdata == [
        ("byline", "Ada Example\nEditor"), ("author", "Ben Sample"), ("datepublished", "2021-05-03"), ("author", "Eve"),
    ]  # fmt: skip


def test_bylines_around_the_whole_page_are_not_read_again_and_again() -> None:
    page = '<div class="author">' * 400 + "<p>word</p>" * 2_000
    assert len(parse_html(page).microdata) <= 50


pieces = st.sampled_from(
    [
        "<p>", "</p>", "<div class='a b'>", "</div>", "<b>", "</b>", "<br>", "<br><br>", "text ", "More.", "<a href=x>",
        "</a>", "<table><tr><td>", "</table>", "<ul><li>", "</ul>", "<pre>", "</pre>", "<img>", "&nbsp;", "&lt;",
        "<!-- c -->", "\n",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(pieces, max_size=30).map("".join), min_size=2, max_size=4))
def test_pages_of_a_batch_do_not_touch_each_other(pages: list[str]) -> None:
    together = cut(*pages)
    for number, page in enumerate(pages):
        alone = cut(page)
        part = together.lines.filter(together.lines["page"] == number)
        same = ["line", "text", "tag", "link_characters", "links", "pre"]
        assert part.select(same).equals(alone.lines.select(same))
        elements = together.elements.filter(together.elements["page"] == number)
        assert elements.select("depth", "tag", "token").equals(alone.elements.select("depth", "tag", "token"))
        spans = elements["end"] - elements["start"]
        assert spans.to_list() == (alone.elements["end"] - alone.elements["start"]).to_list()


@settings(max_examples=100, deadline=None)
@given(st.lists(pieces, max_size=30).map("".join))
def test_well_formed_markup_is_left_alone(page: str) -> None:
    if "<!--" not in page.replace("<!-- c -->", ""):
        assert mend_markup(page).decode() == page
