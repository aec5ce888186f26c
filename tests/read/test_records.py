"""Fields of records, sidecars, and text files that hold several pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.read.field_names import USUAL
from cleaner.read.records import read_record, read_time
from cleaner.recipe import Recipe
from cleaner.records import Reject, Source


def record(row: object, recipe: str = "") -> Source | Reject:
    return read_record(row, "a.jsonl", 0, Recipe.parse(recipe))


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role, names in USUAL.items() for name in names if role in ("html", "text")]
)
def test_every_usual_name_of_a_page(role: str, name: str) -> None:
    for written in (name, name.upper(), name.replace("_", "-"), name.title().replace("_", "")):
        source = record({written: "words"})
        assert isinstance(source, Source)
        assert source.data == "words"
        assert source.media_type == ("text/html" if role == "html" else None)


def test_what_a_record_says_of_itself() -> None:
    source = record(
        {
            "Text": "words", "URL": "https://a.example/1", "Title": " A  title ",
            "author": "Ann Lee", "datePublished": "2020-01-02",
            "source": {"id": None, "name": "The Courier"}, "lang": "en", "keywords": ["a", "b"],
            "updated_at": 1_577_836_800,
            "crawl_date": "20200102030405", "category": "News", "licence": "CC-BY-4.0", "standfirst": "So", "n": 5,
        }
    )  # fmt: skip
    assert source == Source(
        "words", "https://a.example/1", None, "a.jsonl", 0, None, None, "2020-01-02T03:04:05Z",
        {
            "title": "A title", "subtitle": "So", "authors": ["Ann Lee"], "published": "2020-01-02",
            "modified": "2020-01-01T00:00:00Z", "publisher": "The Courier", "language": "en", "section": "News",
            "tags": ["a", "b"], "license": "CC-BY-4.0",
        },
    )  # fmt: skip


def test_nested_fields_stand_behind_the_record_s_own() -> None:
    source = record(
        {
            "text": "words",
            "title": "own",
            "metadata": {"url": "http://a.example", "title": "nested", "authors": [{"name": "Ann"}, "Bo"]},
        }
    )
    assert (source.url, source.declared) == ("http://a.example", {"title": "own", "authors": ["Ann", "Bo"]})
    assert record({"text": "w", "meta": '{"url": "http://a.example"}'}).url == "http://a.example"
    assert record({"text": "w", "metadata.url": "http://a.example"}).url == "http://a.example"
    assert record({"text": "w", "author": {"name": "Ann", "url": "http://ann.example"}}).url is None


def test_html_is_taken_before_text_unless_it_is_blank() -> None:
    assert record({"text": "words", "html": "<p>words"}).data == "<p>words"
    assert record({"text": "words", "html": " "}).data == "words"
    assert record({"text": "words", "html": None}).data == "words"


def test_forms_of_values() -> None:
    assert record({"content": {"rendered": "<p>words"}, "title": {"rendered": "T"}}).declared == {"title": "T"}
    assert record({"text": ["one", "two"]}).data == "one\n\ntwo"
    assert record({"text": "w", "url": "not an address"}).url is None
    assert record({"text": "w", "source": "https://a.example/1"}).url == "https://a.example/1"
    assert "publisher" not in record({"text": "w", "source": "https://a.example/1"}).declared
    assert record({"text": "w", "tags": '["a", "b"]'}).declared == {"tags": ["a", "b"]}


def test_records_without_a_page() -> None:
    reject = record({"id": 1, "headline": "x"})
    assert isinstance(reject, Reject)
    assert reject.cause == "no_text_field"
    assert "`id`, `headline`" in reject.message
    assert "[read.fields]" in reject.message
    assert record({"text": " "}).cause == "empty"
    assert record({"text": None}).cause == "empty"
    assert record({}).cause == "no_text_field"
    assert "and 88 more" in record({str(n): n for n in range(100)}).message
    assert record([1]).cause == record("x").cause == record(None).cause == record(5).cause == "not_a_record"


def test_the_recipe_s_names_come_first() -> None:
    recipe = """
        [read.fields]
        text = "Full Story"
        url = ["meta.where", "deep.er.url"]
        title = "kicker"
    """
    row = {
        "text": "teaser",
        "full story": "words",
        "deep": {"er": {"url": "http://a.example"}},
        "title": "t",
        "kicker": "k",
    }
    source = record(row, recipe)
    assert (source.data, source.url, source.declared["title"]) == ("words", "http://a.example", "k")
    assert record({"text": "teaser"}, recipe).data == "teaser"


def test_the_recipe_s_names_in_tables(read) -> None:
    recipe = "[read.fields]\ntext = 'story so far'\nurl = 'where'"
    (item,) = read("a.csv", "where,story so far\nhttp://a.example/1,words\n", recipe)
    assert (item.data, item.url) == ("words", "http://a.example/1")


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2020-01-02", "2020-01-02"),
        ("2020-01-02T03:04:05+02:00", "2020-01-02T03:04:05+02:00"),
        ("20200102030405", "2020-01-02T03:04:05Z"),
        ("2020-01-02 03:04:05", "2020-01-02T03:04:05"),
        ("20209902030405", None),
        ("Thu, 02 Jan 2020 03:04:05 GMT", "2020-01-02T03:04:05Z"),
        (1_577_934_245, "2020-01-02T03:04:05Z"),
        (1_577_934_245_000, "2020-01-02T03:04:05Z"),
        ("1577934245", "2020-01-02T03:04:05Z"),
        (5, None),
        ("yesterday", None),
        (None, None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_times(value: object, time: str | None) -> None:
    assert read_time(value) == time


def test_a_sidecar_gives_address_and_time(tmp_path: Path, read_folder) -> None:
    (tmp_path / "page.html").write_text("<p>words")
    (tmp_path / "page.html.json").write_text(
        '{"url": "http://a.example/1", "fetched_at": "2020-01-02T03:04:05Z", "author": "Ann"}'
    )
    (tmp_path / "q.txt").write_text("words")
    (tmp_path / "q.txt.json").write_text("no JSON")
    page, _, text, _ = read_folder(tmp_path)
    assert (page.url, page.retrieved_at, page.declared) == (
        "http://a.example/1",
        "2020-01-02T03:04:05Z",
        {"authors": ["Ann"]},
    )
    assert page.notes == ("sidecar",)
    assert (text.url, text.notes) == (None, ("sidecar_broken",))


PAGES = """URL: https://a.example/1

First page.
https://a.example/not-a-separator

====
https://a.example/2
Second page.


### https://a.example/3 ###
Third."""


def test_addresses_part_pages(read) -> None:
    items = read("a.txt", PAGES)
    assert [(item.url, item.record) for item in items] == [(f"https://a.example/{n + 1}", n) for n in range(3)]
    assert [item.data.decode() for item in items] == [
        "First page.\nhttps://a.example/not-a-separator\n\n",
        "Second page.",
        "Third.",
    ]
    assert len(read("a.txt", PAGES.replace("\n", "\r\n"))) == 3
    assert len(read("a.txt", "\ufeff" + PAGES)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/1\n\nOne page with its address above it.",
        "Title\n\nhttps://a.example/1\n\nwords\n\nhttps://a.example/2\n\nwords",
        "https://a.example/1\n\nhttps://a.example/2\n\nhttps://a.example/3\n",
        "https://a.example/1 says\n\nwords\n\nhttps://a.example/2\n\nwords",
        "https://a.example/1\nwords\nhttps://a.example/2\nwords",
        "one page\f\fafter a form feed\fstill one",
    ],
)
def test_one_page_stays_one(read, text: str) -> None:
    (item,) = read("a.txt", text)
    assert (item.data, item.record, item.url) == (text.encode(), None, None)


def test_the_recipe_s_separator(read) -> None:
    recipe = "[read]\npage_separator = '^=== (?P<url>\\S+)'"
    items = read(
        "a.txt", "preface\n=== http://a.example/1\none\n=== http://a.example/2\n=== http://a.example/3\nthree\n", recipe
    )
    assert [item.record for item in items] == [0, 1, 2, 3]
    assert [getattr(item, "url", "reject") for item in items] == [
        None,
        "http://a.example/1",
        "reject",
        "http://a.example/3",
    ]
    assert items[2].cause == "empty"
    assert [item.data for item in read("a.txt", "one\n----\ntwo\n----\n", "[read]\npage_separator = '-{4}$'")] == [
        b"one\n",
        b"two\n",
    ]
    (item,) = read("a.txt", "no separator", recipe)
    assert item.record is None
    (item,) = read("a.html", "<p>one\n=== http://a.example/1\ntwo", recipe)
    assert item.record is None
    long = "=== http://a.example/1\n" + "words " * 300_000 + "\n=== http://a.example/2\ntwo"
    assert [getattr(item, "cause", "source") for item in read("a.txt", long, recipe + "\nmax_source_mb = 1")] == [
        "too_large",
        "source",
    ]


def test_a_separator_in_a_file_of_utf16(read) -> None:
    items = read("a.txt", "=== \nGröße\n=== \ntwo\n".encode("utf-16"), "[read]\npage_separator = '==='")
    assert [item.data.decode() for item in items] == ["Größe\n", "two\n"]


def test_every_usual_name_of_the_other_fields_is_found() -> None:
    values = {
        "url": "http://a.example",
        "published": "2020-01-02",
        "modified": "2020-01-02",
        "retrieved_at": "2020-01-02",
    }
    for role, names in USUAL.items():
        if role in ("html", "text"):
            continue
        for name in names:
            source = record(json.loads(json.dumps({"text": "words", name: values.get(role, "value")})))
            found = {
                **source.declared,
                "url": source.url,
                "retrieved_at": source.retrieved_at,
                "charset": source.charset,
                "media_type": source.media_type,
            }
            assert found.get(role), (role, name)
