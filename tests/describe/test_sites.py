"""Addresses and registered domains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.describe import canonical_url, clean_url, domain
from cleaner.pages.batch import Head
from cleaner.records import Source


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://Example.org/A/b?utm_source=x&id=7#top", "https://example.org/A/b?id=7"),
        ("http://example.org:80", "http://example.org/"),
        ("https://user:secret@example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a?b=1&a=2", "https://example.org/a?b=1&a=2"),
        ("https://example.org/a?fbclid=1&gclid=2", "https://example.org/a"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("https://example.org/a?at_medium=RSS&CMP=share_btn&_hsenc=1&srsltid=2&page=2", "https://example.org/a?page=2"),
        ("https://example.org/a;jsessionid=1A2B3C4D5E?x=1", "https://example.org/a?x=1"),
        ("https://example.org/a?PHPSESSID=abc&id=1", "https://example.org/a?id=1"),
        ("https://example.org/a?share=facebook", "https://example.org/a"),
        ("https://example.org/a?source=42&ref=chapter-2", "https://example.org/a?source=42&ref=chapter-2"),
        ("https://example.org/watch?v=abc&feature=share", "https://example.org/watch?v=abc"),
        ("https://example.org/?p=12&lang=de", "https://example.org/?p=12&lang=de"),
    ],
)
def test_clean_url(url: str, cleaned: str) -> None:
    assert clean_url(url) == cleaned


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "/a/b",
        "ftp://example.org/a",
        "mailto:a@example.org",
        "https://",
        "http://[::1",
        "https://example.org:x/",
        "x" * 5000,
    ],
)
def test_no_address(url: str | None) -> None:
    assert clean_url(url) is None
    assert domain(url) is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://news.example.co.uk/a", "example.co.uk"),
        ("https://EXAMPLE.com.", "example.com"),
        ("http://192.0.2.7:8080/a", "192.0.2.7"),
        ("http://localhost/a", None),
    ],
)
def test_domain(url: str, name: str | None) -> None:
    assert domain(url) == name


@given(st.text(alphabet="abc./:?&=#%@[] üutm_x-", max_size=40))
def test_cleaning_twice_changes_nothing(rest: str) -> None:
    once = clean_url("https://example.org/" + rest)
    assert once is not None
    assert clean_url(once) == once


def _head(**fields: object) -> Head:
    return Head(Source(b""), "html", **fields)  # type: ignore[arg-type]


def test_the_sources_own_address_comes_first() -> None:
    head = _head(links=[("canonical", "https://example.org/other")])
    assert canonical_url("https://example.org/own#x", head) == "https://example.org/own"
    assert canonical_url(None, head) == "https://example.org/other"


def test_front_pages_and_relative_addresses_are_no_canonical_url() -> None:
    assert canonical_url(None, _head(links=[("canonical", "https://example.org/")])) is None
    assert (
        canonical_url(None, _head(links=[("canonical", "/a")], meta=[("og:url", "https://example.org/b")]))
        == "https://example.org/b"
    )
