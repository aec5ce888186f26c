"""What the judge sees of lines, told on pages small enough to count by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cleaner.judge.features import Features, make_features
from cleaner.judge.model import load_model
from cleaner.judge.names import find_kinds
from cleaner.pages.batch import Batch
from cleaner.pages.cut import cut_pages
from cleaner.read import decode
from cleaner.recipe import Recipe
from cleaner.records import Kind, Source

PROSE = "The ferry was late again on Tuesday, and the people on the quay had stopped asking why some weeks before."
PAGE = f"""<html><head><title>Late ferries in the bay</title></head><body>
<nav id="top" class="site-menu main"><a href="/">Home</a> <a href="/ferries">Ferries</a></nav>
<article><h2>Why they wait</h2><p>{PROSE}</p><p>{PROSE} Nobody said so.</p>
<h2>What comes next</h2><p>{PROSE} It went on.</p></article>
<footer role="contentinfo" class="foot"><p>All rights reserved</p></footer></body></html>"""


def batch_of(*pages: str, kind: Kind = "html") -> Batch:
    sources = [Source(page, kind=kind) for page in pages]
    batch = cut_pages([(source, decode(source, Recipe())) for source in sources], Recipe())
    batch.lines = batch.lines.with_columns(cue=0.0, sure=0.0)
    return batch


def features_of(batch: Batch) -> Features:
    model = load_model()
    return make_features(batch.lines, batch.elements, batch.heads, model.weights, model.page_types)


def test_distances_to_headings_count_lines_and_stay_on_their_page() -> None:
    batch = batch_of(PAGE, PAGE)
    features, texts = features_of(batch), batch.lines["text"].to_list()
    size = len(texts) // 2
    first = texts.index("Why they wait")
    since, until = features.column("since_heading"), features.column("until_heading")
    assert until[first - 1] == 1
    assert since[first + 1 : first + 3].tolist() == [1, 2]
    assert until[first : first + 3].tolist() == [3, 2, 1]
    assert (
        since[first - 1] == until[size - 1] == 99
    )  # none on this page, though the next one has
    assert np.array_equal(since[:size], since[size:])


def test_lines_of_text_have_no_features_of_structure() -> None:
    features = features_of(batch_of(f"Home\n\nWhy they wait\n\n{PROSE}\n\n{PROSE} Nobody said so.", kind="text"))
    assert np.isnan(features.column("path")).all()
    assert features.column("until_heading")[0] == 1  # a short line above a longer one


def test_words_of_the_title_are_found_in_lines() -> None:
    batch = batch_of(PAGE)
    shared = dict(zip(batch.lines["text"].to_list(), features_of(batch).column("title_shared").tolist(), strict=True))
    assert shared["Ferries" if "Ferries" in shared else "Home Ferries"] > shared["All rights reserved"] == 0


@pytest.mark.parametrize("kind", ["html", "text"])
def test_a_line_looks_the_same_in_any_company(kind: Kind) -> None:
    other = f"<p>{PROSE[::-1]}</p>" if kind == "html" else PROSE[::-1]
    page = PAGE if kind == "html" else f"Home\n\n{PROSE}\n\nComments (3)"
    alone, among = features_of(batch_of(page, kind=kind)), features_of(batch_of(other, page, other, kind=kind))
    lines = len(alone.matrix)
    begin = (len(among.matrix) - lines) // 2
    assert np.array_equal(alone.matrix, among.matrix[begin : begin + lines], equal_nan=True)


# --- names of elements -----------------------------------------------------------------------------------------------


def elements(*tokens: str) -> pl.DataFrame:
    return pl.DataFrame({"tag": [token.strip("<>").split()[0] for token in tokens], "token": list(tokens)})


def tokens_of(token: str) -> frozenset[int]:
    return frozenset(find_kinds(elements(token)).code.tolist())


def test_every_attribute_that_names_an_element_counts() -> None:
    both = tokens_of('<div id="top" class="site-menu main">')
    assert both == tokens_of('<div id="top">') | tokens_of('<div class="site-menu main">')
    assert both == tokens_of('<div class="site-menu main" data-x="1" id="top">')
    assert both != tokens_of('<section id="top" class="site-menu main">')


def test_names_are_cut_into_parts_and_their_digits_masked() -> None:
    assert tokens_of('<p class="sideBar">') & tokens_of('<p class="side-bar">') >= tokens_of("<p>")
    assert len(tokens_of('<p class="sideBar">') & tokens_of('<p class="side-bar">')) == 3  # the tag, "side" and "bar"
    assert tokens_of('<p class="post-12">') == tokens_of('<p class="post-2047">')
    assert tokens_of('<p class="post">') != tokens_of('<p id="post">')


def test_elements_of_one_kind_are_numbered_alike() -> None:
    kinds = find_kinds(elements('<a href="/1" class="x">', '<a href="/2" class="x">', '<a href="/2">', '<p class="x">'))
    assert kinds.kind.tolist() == [0, 0, 1, 2]
    assert kinds.tag.to_list() == ["a", "a", "p"]
    assert kinds.names.select("kind", "attribute", "name").rows() == [(0, "class", "x"), (2, "class", "x")]


def test_what_says_that_it_is_hidden_is_known_as_such() -> None:
    hidden = ("<p hidden>", '<p aria-hidden="true">', '<p style="color: red; display : none">')
    seen = ('<p class="hidden-gem">', '<p style="display: block">', '<p data-hidden="1">')
    assert find_kinds(elements(*hidden, *seen)).hidden.tolist() == [True] * 3 + [False] * 3
