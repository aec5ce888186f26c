"""What fields of records are usually called."""

from __future__ import annotations

import re
from functools import lru_cache

USUAL: dict[str, tuple[str, ...]] = {
    "html": ("html", "raw_html", "html_content", "content_html", "body_html", "page_html", "article_html", "full_html",
             "source_html", "html_source", "page_source", "html_body", "html_text"),
    "text": ("text", "full_text", "article_text", "main_text", "plain_text", "maintext", "body_text", "text_content",
             "page_text", "raw_text", "clean_text", "cleaned_text", "article", "article_body", "content", "raw_content",
             "page_content", "article_content", "body", "markdown", "document", "story", "page"),
    "url": ("url", "uri", "page_url", "source_url", "article_url", "web_url", "original_url", "canonical_url",
            "final_url", "document_url", "target_uri", "warc_target_uri", "permalink", "link", "href", "source",
            "source_link"),
    "title": ("title", "headline", "page_title", "article_title"),
    "subtitle": ("subtitle", "standfirst", "sub_title", "subheadline", "deck", "dek"),
    "authors": ("authors", "author", "byline", "bylines", "author_name", "author_names", "creator",
                "writer", "writers"),
    "published": ("published", "date_published", "published_date", "publish_date", "date_publish", "published_at",
                  "publication_date", "publication_time", "published_time", "pub_date", "pubdate", "date", "datetime",
                  "article_date", "created_at", "created"),
    "modified": ("modified", "date_modified", "modified_date", "date_modify", "modified_at", "modified_time", "updated",
                 "updated_at", "date_updated", "last_modified", "lastmod"),
    "publisher": ("publisher", "publisher_name", "site_name", "sitename", "source_name", "outlet", "publication",
                  "newspaper", "news_outlet", "source"),
    "language": ("language", "lang", "language_code", "lang_code", "in_language", "locale", "content_language"),
    "section": ("section", "category", "article_section", "rubric"),
    "tags": ("tags", "keywords", "topics", "categories"),
    "license": ("license", "licence", "license_url", "rights"),
    "retrieved_at": ("retrieved_at", "retrieved", "retrieval_date", "retrieval_time", "crawled_at", "crawl_date",
                     "crawl_time", "crawl_timestamp", "date_crawled", "date_crawl", "date_download", "download_date",
                     "downloaded_at", "fetched_at", "fetch_date", "fetch_time", "scraped_at", "scrape_date",
                     "date_scraped", "access_date", "accessed", "warc_date", "timestamp"),
    "charset": ("charset", "encoding", "content_charset"),
    "media_type": ("media_type", "content_type", "mime_type", "mimetype"),
}  # fmt: skip
"""What a record holds -> the usual names of the field, best first; case, "_", "-" and spaces do not count."""

NESTED = frozenset(
    [
        "metadata", "meta", "_source", "source_metadata", "fields", "attributes", "article", "page", "document", "data",
        "info", "properties", "record", "item", "extra", "doc", "headers", "warc_headers", "warc", "json", "result",
        "post", "entry"
    ]
)
"""Fields (lower case) in which a record's other fields may be nested, one level deep."""

@lru_cache(maxsize=4096)
def squeeze(name: str) -> str:
    """A field's name without case, "_", "-" and spaces."""
    return re.sub(r"[\s_-]", "", name).lower()


ROLES: dict[str, list[tuple[str, int]]] = {}
"""Squeezed name -> the roles that it may stand for, each with its place among the role's names."""

for _role, _names in USUAL.items():
    for _place, _name in enumerate(_names):
        ROLES.setdefault(squeeze(_name), []).append((_role, _place))
