"""What a page says of itself in its markup, and what its record says of it: JSON-LD, meta elements, microdata.

Markup is untrusted and often broken: whatever cannot be read is passed over, and every walk is bounded.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from cleaner.describe.view import Found
from cleaner.pages.batch import Head

MAX_JSON_LD = 2_000_000  # characters of one script
MAX_NODES = 3_000
MAX_VALUE = 1_000

Facts = dict[str, list[Found]]
"""Field -> candidates, the most trusted first. Authors are (name, type) pairs, type "Person", "Organization" or ""."""

_ARTICLES = frozenset(
    ["article", "newsarticle", "blogposting", "reportagenewsarticle", "opinionnewsarticle", "analysisnewsarticle", "liveblogposting", "report", "scholarlyarticle", "techarticle", "socialmediaposting", "discussionforumposting", "backgroundnewsarticle", "reviewnewsarticle", "advertisercontentarticle", "satiricalarticle", "medicalscholarlyarticle"]
)
_THINGS = frozenset(["recipe", "product", "videoobject", "podcastepisode", "event", "question", "howto", "book", "movie", "jobposting", "course"])
_PAGES = frozenset(["webpage", "itempage", "qapage", "faqpage", "aboutpage", "collectionpage", "medicalwebpage", "creativework", "webapplication"])
# Keys under which other works hang than the one that the page is about.
_ELSEWHERE = frozenset(
    ["itemlistelement", "ispartof", "haspart", "mentions", "citation", "comment", "review", "reviews", "liveblogupdate", "about", "publisher", "author", "suggestedanswer", "acceptedanswer", "isrelatedto", "relatedlink", "significantlink", "subjectof", "breadcrumb", "image", "video", "associatedmedia", "potentialaction", "offers", "blogpost", "blogposts"]
)
_WRAPPING = re.compile(
    r"<!--|-->|(?:/\*|//)?\s{0,5}<!\[CDATA\[\s{0,5}(?:\*/)?|(?:/\*|//)?\s{0,5}\]\]>\s{0,5}(?:\*/)?"
)
_TRAILING_COMMA = re.compile(r",\s{0,50}([}\]])")
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_SPACE = re.compile(r"\s+")


def plain(value: object) -> str | None:
    """A declared value as one line of text without entities and tags; None when nothing is left or it is no text."""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name")
    if isinstance(value, list):
        value = next((v for v in value if isinstance(v, str | Mapping)), None)
        return plain(value) if not isinstance(value, list) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value[: MAX_VALUE * 4]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    return _SPACE.sub(" ", text).strip()[:MAX_VALUE] or None


def load_json(text: str) -> Any:
    """The value of one JSON-LD script, mended where that is sure (comments and CDATA around it, raw line breaks in
    strings, trailing commas); None when it cannot be read."""
    if len(text) > MAX_JSON_LD:
        return None
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    mended = _WRAPPING.sub("", text).strip("\ufeff \t\r\n;")
    for attempt in (mended, _TRAILING_COMMA.sub(r"\1", mended)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [k.rpartition("/")[2].lower() for k in listed if isinstance(k, str)]


def _nodes(scripts: list[str]) -> tuple[list[Mapping[str, Any]], dict[str, Mapping[str, Any]]]:
    """The JSON-LD objects that are about this page, in order, and every object by its @id."""
    about: list[Mapping[str, Any]] = []
    by_id: dict[str, Mapping[str, Any]] = {}
    seen = 0
    for script in scripts[:50]:
        stack: list[tuple[Any, bool]] = [(load_json(script), True)]
        while stack and seen < MAX_NODES:
            value, main = stack.pop()
            seen += 1
            if isinstance(value, list):
                stack.extend((v, main) for v in reversed(value[:500]) if isinstance(v, list | dict))
            elif isinstance(value, dict):
                name = value.get("@id")
                if isinstance(name, str) and len(value) > len(by_id.get(name, ())):
                    by_id[name] = value
                if main:
                    about.append(value)
                faq = "faqpage" in _types(value)  # its questions are not what the page is called
                inner = [(v, main and not faq and k.lower() not in _ELSEWHERE) for k, v in value.items() if isinstance(v, list | dict)]
                stack.extend(reversed(inner))
    return about, by_id


def _people(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(name, type) of each author in a JSON-LD value: texts, objects, references, lists of these."""
    for one in (value if isinstance(value, list) else [value])[:30]:
        if isinstance(one, str):
            name = plain(one)
            if name:
                yield name, ""
        elif isinstance(one, dict):
            reference = one.get("@id")
            if "name" not in one and isinstance(reference, str):
                one = by_id.get(reference, one)
            kinds = _types(one)
            kind = "Person" if "person" in kinds else "Organization" if any("organization" in k for k in kinds) else ""
            names = one.get("name")
            for name in names if isinstance(names, list) else [names]:
                text = plain(name)
                if text:
                    yield text, kind


def _add(facts: Facts, field: str, value: Any, method: str, confidence: float) -> None:
    if value:
        facts.setdefault(field, []).append(Found(value, method, confidence))


def _read_json_ld(head: Head, facts: Facts) -> None:
    about, by_id = _nodes(head.json_ld)
    articles = [n for n in about if any(t in _ARTICLES for t in _types(n))]
    things = [n for n in about if any(t in _THINGS for t in _types(n))]
    pages = [n for n in about if any(t in _PAGES for t in _types(n))]
    for nodes, sure in ((articles[:1], 0.95), (things[:1], 0.8), (pages[:1], 0.6)):
        for node in nodes:
            _add(facts, "title", plain(node.get("headline")) or plain(node.get("name")), "json-ld", sure)
            _add(facts, "subtitle", plain(node.get("alternativeHeadline")), "json-ld", sure - 0.2)
            _add(facts, "description", plain(node.get("description")), "json-ld", sure)
            authors = list(_people(node.get("author") or node.get("creator"), by_id))
            _add(facts, "authors", authors, "json-ld", sure)
            _add(facts, "published", node.get("datePublished") or node.get("dateCreated"), "json-ld", sure)
            _add(facts, "modified", node.get("dateModified"), "json-ld", sure)
            publisher = next(_people(node.get("publisher"), by_id), None)
            _add(facts, "publisher", publisher and publisher[0], "json-ld", sure)
            _add(facts, "section", plain(node.get("articleSection")), "json-ld", sure)
            _add(facts, "tags", _listed(node.get("keywords")), "json-ld", sure)
            language = node.get("inLanguage")
            _add(facts, "language", language if isinstance(language, str) else plain(language), "json-ld", sure)
            license_ = node.get("license")
            _add(facts, "license", license_ if isinstance(license_, str) else None, "json-ld", sure)
    for node in about:
        if "website" in _types(node):
            _add(facts, "site", plain(node.get("name")), "json-ld", 0.8)


def _listed(value: Any) -> list[str]:
    """Key words as a list, given as one or as a text with commas."""
    parts: list[Any] = []
    for one in value if isinstance(value, list) else [value]:
        parts.extend(re.split(r"[,;،、，]", one[:5_000]) if isinstance(one, str) else [one])
    names = [plain(p) for p in parts[:60]]
    return list(dict.fromkeys(n for n in names if n and len(n) <= 100))[:30]


# Names of meta elements (lower case) for each field, the most trusted first.
_META: dict[str, tuple[str, ...]] = {
    "title": ("og:title", "citation_title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "twitter:title",
              "headline", "title", "mrf:title"),
    "description": ("og:description", "description", "twitter:description", "dc.description"),
    "authors": ("citation_author", "author", "article:author", "parsely-author", "sailthru.author", "dc.creator",
                "dcterms.creator", "dc.contributor", "byl", "og:article:author", "book:author", "article:author_name",
                "authors", "creator", "mrf:authors", "cxenseparse:author", "article.author", "dc.creator.personalname"),
    "published": ("article:published_time", "og:published_time", "citation_publication_date", "citation_online_date",
                  "citation_date", "parsely-pub-date", "sailthru.date", "datepublished", "dc.date.issued",
                  "dcterms.issued", "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date",
                  "publish_date", "publication_date", "article.published", "og:article:published_time", "dc.date",
                  "dcterms.date", "date", "cxenseparse:recs:publishtime", "originalpublicationdate", "rnews:datepublished",
                  "published_time", "ptime", "article:publicationdate", "cxenseparse:publishtime", "last-publication-date"),
    "modified": ("article:modified_time", "og:updated_time", "dcterms.modified", "dc.date.modified", "lastmod",
                 "last-modified", "datemodified", "article.updated", "revised"),
    "publisher": ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "publisher", "citation_journal_title"),
    "site": ("og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name", "al:android:app_name",
             "twitter:app:name:iphone", "cre"),
    "section": ("article:section", "parsely-section", "og:article:section", "section", "dc.subject"),
    "tags": ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "citation_keywords", "keywords"),
    "language": ("content-language", "og:locale", "dc.language", "dcterms.language", "language", "citation_language"),
    "license": ("dcterms.license", "dc.rights.license", "license", "dcterms.rights", "dc.rights"),
}  # fmt: skip
_META_OF: dict[str, list[tuple[str, int]]] = {}
for _field, _names in _META.items():
    for _rank, _name in enumerate(_names):
        _META_OF.setdefault(_name, []).append((_field, _rank))
_MICRODATA = {
    "headline": "title", "author": "authors", "datepublished": "published", "datemodified": "modified",
    "publisher": "publisher", "articlesection": "section", "keywords": "tags", "inlanguage": "language",
    "license": "license", "alternativeheadline": "subtitle",
}  # fmt: skip


def _read_meta(head: Head, facts: Facts) -> None:
    found: dict[tuple[str, int], list[str]] = {}
    for name, content in head.meta[:500]:
        for key in _META_OF.get(name.replace("dc:", "dc.").replace("dcterms:", "dcterms."), ()):
            found.setdefault(key, []).append(content)
    for (field, rank), contents in sorted(found.items(), key=lambda item: item[0]):
        name = _META[field][rank]
        method = "opengraph" if name.startswith(("og:", "article:", "book:")) else "meta"
        sure = max(0.5, 0.9 - 0.03 * rank)
        texts = [t for t in (plain(c) for c in contents[:40]) if t]
        if field == "authors":
            names = [t for t in texts if not t.lower().startswith(("http:", "https:", "//", "www."))]
            _add(facts, field, [(n, "") for n in dict.fromkeys(names)], method, sure - 0.05)
        elif field == "tags":
            _add(facts, field, _listed(texts), method, sure)
        else:
            for text in texts[:3]:
                _add(facts, field, text, method, sure)


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
            elif field == "tags":
                _add(facts, field, _listed(text), "microdata", 0.7)
            else:
                _add(facts, field, text, "microdata", 0.75)
    if authors and len(set(authors)) == 1:  # several are those of comments and teasers as often as not
        _add(facts, "authors", authors[:1], "microdata", 0.7)


def _read_record(head: Head, facts: Facts) -> None:
    for field, value in head.source.declared.items():
        if field == "authors":
            _add(facts, field, list(_people(value, {})), "declared", 0.97)
        elif field == "tags":
            _add(facts, field, _listed(value), "declared", 0.97)
        elif field in ("published", "modified"):
            _add(facts, field, value, "declared", 0.97)
        else:
            _add(facts, field, plain(value), "declared", 0.97)


def read_declared(head: Head) -> Facts:
    """Everything declared about a page: field -> candidates, in the order of trust.

    What the page's own record says comes first, then JSON-LD about an article, meta elements, microdata, and
    last JSON-LD about the page as a mere web page.
    """
    facts: Facts = {}
    _read_record(head, facts)
    _read_json_ld(head, facts)
    _read_meta(head, facts)
    _read_microdata(head, facts)
    if head.language:
        _add(facts, "language", head.language, "html", 0.7)
    if head.title:
        _add(facts, "title_element", head.title, "html", 0.7)
    for rel, href in head.links:
        if "license" in rel.split():
            _add(facts, "license", href, "html", 0.8)
    for found in facts.values():
        found.sort(key=lambda f: -f.confidence)
    return facts


_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses/(by(?:-(?:nc|nd|sa)){0,2})/([1-4]\.\d)|publicdomain/(zero)/1\.0)/?(?:deed\.\w{2}|legalcode)?/?"
)


def license_id(value: str) -> str | None:
    """A declared licence as an SPDX identifier where it is one of Creative Commons, else its address; None for prose."""
    text = value.strip()
    match = _CREATIVE_COMMONS.fullmatch(text.lower())
    if match:
        return "CC0-1.0" if match[3] else f"CC-{match[1].upper()}-{match[2]}"
    if re.fullmatch(r"https?://[^\s<>\"]{4,300}", text):
        return text
    return text if re.fullmatch(r"(?:CC|MIT|GPL|LGPL|AGPL|Apache|BSD|ODbL|ODC|MPL|GFDL|OGL)[\w.+-]{0,30}", text) else None
