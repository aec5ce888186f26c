"""The columns of metadata, end to end: from a folder of pages, texts, records and archives to the rows of a release."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import cleaner

SAMPLE = Path(__file__).parent / "sample"
STORY = "\n\n".join((SAMPLE / "en-news-flat-weir.txt").read_text("utf-8").splitlines()[12:15])


def _warc_record(url: str, page: bytes, date: str) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    header = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: {date}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return header.encode() + http + b"\r\n\r\n"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Rows of a release of a mixed folder, by `source_path`."""
    folder = tmp_path_factory.mktemp("columns")
    raw = folder / "raw"
    (raw / "site").mkdir(parents=True)
    (raw / "site" / "page.html").write_bytes((SAMPLE / "de-blog-redaktion.html").read_bytes())
    sidecar = {"url": "https://blog.nordstadt.example/laternen?utm_source=x", "retrieved_at": "2020-05-06 07:08:09"}
    (raw / "site" / "page.html.json").write_text(json.dumps(sidecar), "utf-8")
    (raw / "text.txt").write_bytes((SAMPLE / "fr-news-flat-pont.txt").read_bytes())
    record = {
        "url": "https://echo.example.co.uk/a?fbclid=1", "title": "Weir keeper retires", "subtitle": "After 44 winters",
        "author": ["Clement Dunmore"], "date": "2021-01-15T08:00:00+01:00", "date_modified": "2021-01-16",
        "site_name": "Ouzel Vale Echo", "language": "en", "category": "Local", "tags": ["weir", "river"],
        "license": "cc-by-4.0", "crawled_at": "2022-02-03T04:05:06Z", "text": STORY,
    }  # fmt: skip
    (raw / "records.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    page = (SAMPLE / "en-news-mill-fire.html").read_bytes()
    warc = _warc_record("https://www.harrowdalemercury.example/fire#top", page, "2021-11-06T10:11:12Z")
    (raw / "crawl.warc.gz").write_bytes(gzip.compress(warc))
    cleaner.run(raw, folder / "out")
    tables = [pq.read_table(path) for path in sorted((folder / "out").glob("data/**/*.parquet"))]
    return {row["source_path"]: row for table in tables for row in table.to_pylist() if "source_path" in row}


def methods(row: dict[str, Any]) -> dict[str, str]:
    """Column -> the method by which it was filled."""
    return {p["field"]: p["method"] for p in row["provenance"]}


def test_a_record_fills_every_column_that_it_has(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["records.jsonl#0"]
    expected = {
        "title": "Weir keeper retires", "subtitle": "After 44 winters",
        "authors": [{"name": "Clement Dunmore", "kind": "person"}],
        "published": "2021-01-15T08:00:00+01:00", "published_precision": "second", "published_offset": "+01:00",
        "modified": "2021-01-16", "publisher": "Ouzel Vale Echo", "url": "https://echo.example.co.uk/a",
        "domain": "example.co.uk", "language": "en", "language_declared": "en", "section": "Local",
        "tags": ["weir", "river"], "license": "CC-BY-4.0", "retrieved_at": "2022-02-03T04:05:06Z",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    said = methods(row)
    of_record = set(expected) - {"published_precision", "published_offset", "url", "domain", "language"}
    assert {said[name] for name in of_record} == {"record"}
    assert (said["url"], said["domain"], said["language"]) == ("url", "url", "model")


def test_a_page_with_a_sidecar(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["site/page.html"]
    assert (row["url"], row["domain"]) == ("https://blog.nordstadt.example/laternen", "nordstadt.example")
    assert (row["license"], methods(row)["license"]) == ("CC-BY-SA-4.0", "html")
    assert (row["retrieved_at"], methods(row)["retrieved_at"]) == ("2020-05-06T07:08:09", "record")
    assert (row["language"], row["language_declared"], row["publisher"]) == ("de", "de-DE", "Lichtblick Nordstadt")
    assert row["published"].startswith("2016-03-03")
    assert row["media_type"] == "text/html"


def test_a_page_of_an_archive(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["crawl.warc.gz#0"]
    assert row["url"] == "https://www.harrowdalemercury.example/fire"
    assert row["retrieved_at"] == "2021-11-06T10:11:12Z"
    assert [author["name"] for author in row["authors"]] == ["Imogen Sallis"]
    assert row["published"].startswith("2021-11-04") and row["modified"].startswith("2021-11-05")
    assert (row["license"], methods(row)["license"]) == ("LicenseRef-All-Rights-Reserved", "text")


def test_a_text_without_an_address(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["text.txt"]
    assert row["title"] == "À Brézolles-sur-Arve, le pont suspendu passera finalement l'hiver"
    assert row["language"] == "fr"
    assert row["license"] == "LicenseRef-All-Rights-Reserved"
    assert [row[name] for name in ("url", "domain", "retrieved_at", "language_declared", "section")] == [None] * 5
    assert row["tags"] == [] and row["media_type"] == "text/plain"


def test_every_filled_column_says_where_it_came_from(rows: dict[str, dict[str, Any]]) -> None:
    columns = (
        "title", "subtitle", "authors", "published", "modified", "publisher", "agency", "place", "quoted_sources",
        "url", "domain", "language_declared", "section", "tags", "license", "retrieved_at",
    )  # fmt: skip
    for path, row in rows.items():
        filled = {name for name in columns if row[name]}
        assert filled | {"language"} == set(methods(row)), path
