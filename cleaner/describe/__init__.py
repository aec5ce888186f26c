"""A judged page in, its metadata out: title, authors, dates, publisher, language, each with where it came from."""

from __future__ import annotations

from cleaner.describe.page import describe_page
from cleaner.describe.sites import canonical_url, clean_url, domain
from cleaner.describe.view import Author, Description, PageView, Provenance, QuotedSource

__all__ = [
    "Author",
    "Description",
    "PageView",
    "Provenance",
    "QuotedSource",
    "canonical_url",
    "clean_url",
    "describe_page",
    "domain",
]
