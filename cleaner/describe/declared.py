"""What a page says of itself in its markup, and what its record says of it: JSON-LD, meta elements, microdata.

Markup is untrusted and often broken: whatever cannot be read is passed over, and every walk is bounded.
"""

from __future__ import annotations

import re

from cleaner.describe.facts import Facts, add, listed, plain
from cleaner.describe.header import phrase_set
from cleaner.describe.json_ld import people, read_json_ld
from cleaner.pages.batch import Head

_SHOWN = "twitter:data"
"""What pages tell for previews of links: "twitter:label1" is "Written by", "twitter:data1" the name."""
# Names of meta elements (lower case) for each field, the most trusted first.
_META: dict[str, tuple[str, ...]] = {
    "title": (
        "og:title", "citation_title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title",
        "twitter:title", "headline", "title", "mrf:title",
    ),
    "description": (
        "og:description", "description", "twitter:description", "dc.description",
    ),
    "authors": (
        "citation_author", "author", "article:author", "parsely-author", "sailthru.author", "dc.creator",
        "dcterms.creator", "dc.contributor", "byl", "og:article:author", "book:author", "article:author_name",
        "authors", "creator", "mrf:authors", "cxenseparse:author", "article.author", "dc.creator.personalname",
        _SHOWN,
    ),
    "published": (
        "article:published_time", "og:published_time", "citation_publication_date", "citation_online_date",
        "citation_date", "parsely-pub-date", "sailthru.date", "datepublished", "dc.date.issued",
        "dcterms.issued", "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date",
        "publish_date", "publication_date", "article.published", "og:article:published_time", "dc.date",
        "dcterms.date", "date", "cxenseparse:recs:publishtime", "originalpublicationdate",
        "rnews:datepublished", "published_time", "ptime", "article:publicationdate", "cxenseparse:publishtime",
        "last-publication-date",
    ),
    "modified": (
        "article:modified_time", "og:updated_time", "dcterms.modified", "dc.date.modified", "lastmod",
        "last-modified", "datemodified", "article.updated", "revised",
    ),
    "publisher": (
        "og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "publisher",
        "citation_journal_title",
    ),
    "site": (
        "og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name",
        "al:android:app_name", "twitter:app:name:iphone", "cre",
    ),
    "section": (
        "article:section", "parsely-section", "og:article:section", "section", "dc.subject",
    ),
    "tags": (
        "article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "citation_keywords",
        "keywords",
    ),
    "language": (
        "content-language", "og:locale", "dc.language", "dcterms.language", "language", "citation_language",
    ),
    "license": (
        "dcterms.license", "dc.rights.license", "license", "dcterms.rights", "dc.rights",
    ),
}  # fmt: skip
_DATES = ("published", "modified")
_WORDED = {
    "published": re.compile(
        r"(?<!last)(?<!re)(?:(?:publish(?:ed)?|publication|pub|firstpublished)(?:date|time|day|datetime|at|on)"
        r"|date(?:time)?(?:published|pub)|article(?:date|created)|(?<![a-z])published)"
    ),
    "modified": re.compile(
        r"(?:modified|modification|updated?)(?:date|time|datetime|at|on)|date(?:time)?(?:modified|updated)"
        r"|last(?:modified|updated?)|(?<![a-z])(?:modified|updated)"
    ),
}
"""Names of other meta elements that hold a date, by their letters alone: those of "w-published-date"."""
_NO_LETTER = re.compile(r"[^a-z]")
_SURE_IF_WORDED = 0.6
_META_OF: dict[str, list[tuple[str, int]]] = {}
for _field, _names in _META.items():
    for _rank, _name in enumerate(_names):
        _META_OF.setdefault(_name, []).append((_field, _rank))
_MICRODATA = {
    "headline": "title", "author": "authors", "datepublished": "published",
    "datecreated": "published", "datemodified": "modified",
    "publisher": "publisher", "articlesection": "section", "keywords": "tags", "inlanguage": "language",
    "license": "license", "alternativeheadline": "subtitle",
}  # fmt: skip


def _read_meta(head: Head, facts: Facts) -> None:
    found: dict[tuple[str, int], list[str]] = {}
    told = dict(head.meta[:500])
    for number in ("1", "2"):
        if told.get(f"twitter:label{number}", "").lower().strip(": ") in phrase_set("byline"):
            found.setdefault(_META_OF[_SHOWN][0], []).append(told.get(f"{_SHOWN}{number}", ""))
    for name, content in head.meta[:500]:
        keys = _META_OF.get(name.replace("dc:", "dc.").replace("dcterms:", "dcterms."))
        for key in keys if keys is not None else _worded(name):
            found.setdefault(key, []).append(content)
    for (field, rank), contents in sorted(found.items(), key=lambda item: item[0]):
        name = _META[field][rank] if rank < len(_META[field]) else ""
        method = "opengraph" if name.startswith(("og:", "article:", "book:")) else "meta"
        sure = max(0.5, 0.9 - 0.03 * rank) if name else _SURE_IF_WORDED
        texts = [t for t in (plain(c) for c in contents[:40]) if t]
        if not name:
            texts.sort()  # the first day is that of publication, later ones those of copies to other servers
        if field == "authors":
            names = [t for t in texts if not t.lower().startswith(("http:", "https:", "//", "www."))]
            add(facts, field, [(n, "") for n in dict.fromkeys(names)], method, sure - 0.05)
        elif field == "tags":
            add(facts, field, listed(texts), method, sure)
        else:
            for text in texts[: 1 if field in _DATES else 3]:  # later ones are those of comments
                add(facts, field, text, method, sure)


def _worded(name: str) -> list[tuple[str, int]]:
    """The field of a meta element whose name is no usual one, by its words; after all others of that field."""
    if "pub" not in name and "modif" not in name and "updat" not in name:
        return []
    last = _NO_LETTER.sub("", name.rpartition(".")[2]) if ":" not in name else _NO_LETTER.sub("", name)
    return [(field, len(_META[field])) for field, worded in _WORDED.items() if worded.search(last)]


def _read_microdata(head: Head, facts: Facts) -> None:
    authors: list[tuple[str, str]] = []
    for prop, content in head.microdata[:200]:
        text = plain(content)
        for name in prop.lower().split():
            field = _MICRODATA.get(name)
            if not field or not text:
                continue
            if field == "authors":
                authors.append((text, ""))
            elif field in _DATES and any(f.method == "html" for f in facts.get(field, [])):
                continue
            elif field == "tags":
                add(facts, field, listed(text), "html", 0.7)
            else:
                add(facts, field, text, "html", 0.75)
    if authors:
        shortest = min(authors, key=lambda author: len(author[0]))
        if all(shortest[0] in name for name, _ in authors):  # several are those of comments and teasers as often as not
            add(facts, "authors", [shortest], "html", 0.7)


def _read_record(head: Head, facts: Facts) -> None:
    for field, value in head.source.declared.items():
        if field == "authors":
            add(facts, field, list(people(value, {})), "record", 0.97)
        elif field == "tags":
            add(facts, field, listed(value), "record", 0.97)
        elif field in ("published", "modified"):
            add(facts, field, value, "record", 0.97)
        else:
            add(facts, field, plain(value), "record", 0.97)


def read_declared(head: Head) -> Facts:
    """Everything declared about a page: field -> candidates, in the order of trust.

    What the page's own record says comes first, then JSON-LD about an article, meta elements, microdata, and
    last JSON-LD about the page as a mere web page.
    """
    facts: Facts = {}
    _read_record(head, facts)
    read_json_ld(head, facts)
    _read_meta(head, facts)
    _read_microdata(head, facts)
    if head.language:
        add(facts, "language", head.language, "html", 0.7)
    if head.title:
        add(facts, "title_element", head.title, "html", 0.7)
    for rel, href in head.links:
        if "license" in rel.split():
            add(facts, "license", href, "html", 0.8)
    for found in facts.values():
        found.sort(key=lambda f: -f.confidence)
    return facts
