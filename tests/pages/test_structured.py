"""A page that shows no text gives the text of its data. Every file in shells/ is one page, with what must come out of
it beside it; pages named full-* show their text and are no shells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cleaner
from cleaner.records import Source

CASES = sorted((Path(__file__).parent / "shells").glob("*.html"))


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(path: Path) -> None:
    doc = cleaner.clean(path.read_bytes(), kind="html")
    assert doc.text == path.with_suffix(".txt").read_text("utf-8").rstrip("\n")
    filled = not path.stem.startswith("full-")
    assert ("shell" in doc.fields["quality"]["flags"]) == filled
    assert ("structured_data" in {line.reason for line in doc.lines}) == filled


def test_lines_of_data_stand_after_those_that_the_page_shows() -> None:
    doc = cleaner.clean((Path(__file__).parent / "shells/article-body-in-json-ld.html").read_bytes())
    reasons = [line.reason == "structured_data" for line in doc.lines]
    assert reasons == sorted(reasons)
    assert {line.verdict for line in doc.lines if line.reason == "structured_data"} == {"keep"}
    shown = "\n".join(line.text for line in doc.lines)
    assert [shown[line.start : line.end] for line in doc.lines] == [line.text for line in doc.lines]
    fields = doc.fields
    assert fields["lines_kept"] + fields["lines_dropped"] + fields["lines_metadata"] == len(doc.lines)


def test_a_shell_changes_nothing_of_its_neighbours_in_a_batch() -> None:
    sources = [Source(path.read_bytes(), kind="html") for path in CASES]
    plain = Source("<h1>Tides</h1><p>High water is at noon, and the bridge stays up until two.</p><p>Low at six.</p>")
    mixed = [plain, *(one for source in sources for one in (source, plain))]
    together = list(cleaner.clean_many(mixed))
    assert together == [next(cleaner.clean_many([source])) for source in mixed]


def test_a_sure_phrase_goes_from_the_data_as_well() -> None:
    body = "The bridge stays up until two, the harbour master says.\nShare this on Facebook\nAfter that it is down."
    data = json.dumps({"@type": "Article", "articleBody": body})
    doc = cleaner.clean(f"<script type='application/ld+json'>{data}</script>", kind="html")
    assert "Facebook" not in doc.text
    assert doc.text.startswith("The bridge stays up")


TEXT = "The bridge stays up until two, and the baker on the far side sells nothing until it is down again. "


@pytest.mark.parametrize(
    "script",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        "x = " + "[{" * 100_000,
        "x = {" * 50_000,
        "(" + '["' * 60_000,
        json.dumps([{"title": "Bridge times", "body": TEXT * 4, "children": [{}] * 100}] * 2_000),
        "x = " + json.dumps({"title": "Bridge times", "body": [TEXT] * 20_000}),
        json.dumps({"title": "Bridge times", "body": 7, "content": None, "text": True}),
        '{"title": "Bridge times", "body": "\\ud800 ' + TEXT * 4 + '"}',
        "\x00\ufffe" * 1_000,
        "",
    ],
    ids=range(11),
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/ld+json", "application/json", ""])
def test_no_data_is_too_much_or_too_broken(script: str, kind: str) -> None:
    page = f"<title>Bridge times</title><body><script type='{kind}'>{script}</script><p>Loading</p></body>"
    doc = cleaner.clean(page.encode("utf-8", "replace"), kind="html")
    assert doc.cause is None
    doc.text.encode()


def test_markup_in_the_data_is_cut_like_any_other() -> None:
    text = "<p>One &amp; two of the boats came in, and the third had gone to the next harbour.</p><pre>a\n  b</pre>"
    data = json.dumps({"@type": "Article", "articleBody": text + "<style>p {color: red}</style><table><td>x</table>"})
    doc = cleaner.clean(f"<script type='application/ld+json'>{data}</script>", kind="html")
    roles = [(line.text, line.role) for line in doc.lines]
    assert roles == [
        ("One & two of the boats came in, and the third had gone to the next harbour.", "body"),
        ("a\n  b", "code"),
        ("x", "table"),
    ]
