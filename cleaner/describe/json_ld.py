"""JSON-LD, the data about itself that a page carries in a script: read however broken, bounded in every way."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from cleaner.describe.facts import Facts, add, listed, plain
from cleaner.pages.batch import Head

MAX_JSON_LD = 2_000_000  # characters of one script
MAX_NODES = 3_000

_ARTICLES = frozenset(
    [
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "opinionnewsarticle",
        "analysisnewsarticle",
        "liveblogposting",
        "report",
        "scholarlyarticle",
        "techarticle",
        "socialmediaposting",
        "discussionforumposting",
        "backgroundnewsarticle",
        "reviewnewsarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "medicalscholarlyarticle",
    ]
)
_THINGS = frozenset({
    "recipe", "product", "videoobject", "podcastepisode", "event", "question", "howto", "book", "movie",
    "jobposting", "course",
})  # fmt: skip
_PAGES = frozenset({
    "webpage", "itempage", "qapage", "faqpage", "aboutpage", "collectionpage", "medicalwebpage", "creativework",
    "webapplication",
})  # fmt: skip
# Keys under which other works hang than the one that the page is about.
_ELSEWHERE = frozenset(
    [
        "itemlistelement",
        "ispartof",
        "haspart",
        "mentions",
        "citation",
        "comment",
        "review",
        "reviews",
        "liveblogupdate",
        "about",
        "publisher",
        "author",
        "suggestedanswer",
        "acceptedanswer",
        "isrelatedto",
        "relatedlink",
        "significantlink",
        "subjectof",
        "breadcrumb",
        "image",
        "video",
        "associatedmedia",
        "potentialaction",
        "offers",
        "blogpost",
        "blogposts",
    ]
)
_WRAPPING = re.compile(r"<!--|-->|(?:/\*|//)?\s{0,5}<!\[CDATA\[\s{0,5}(?:\*/)?|(?:/\*|//)?\s{0,5}\]\]>\s{0,5}(?:\*/)?")
_CONTROLS = dict.fromkeys(range(32), " ")
_NO_ESCAPE = re.compile(r"\\(?=[^\"\\/bfnrtu])(?<!\\\\)")
_SAYS_ARTICLE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"\w{0,30}(?:Article|BlogPosting|Report)"')
_FIELD = re.compile(r'"(datePublished|dateModified)"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,300})"')
_AUTHOR = re.compile(r'"author"\s{0,9}:\s{0,9}(?:"[^"\\]{1,100}"|\{[^{}]{1,600}\}|\[[^\[\]]{1,3000}\])')
_NAME = re.compile(r'"(?:name|author)"\s{0,9}:\s{0,9}"([^"\\]{1,100})"')
_TRAILING_COMMA = re.compile(r",\s{0,50}([}\]])")


def load_json(text: str) -> Any:
    """The value of one JSON-LD script, mended where that is sure: comments and CDATA around it, quotes as entities, raw
    line breaks in strings, backslashes that escape nothing, trailing commas. Of what is broken beyond that, the fields
    of an article that can still be told; None where there are none."""
    if len(text) > MAX_JSON_LD:
        return None
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    mended = _WRAPPING.sub("", text).strip("\ufeff \t\r\n;").translate(_CONTROLS)
    if mended.startswith(("{&quot;", "[{&quot;")):
        mended = html.unescape(mended)
    mended = _NO_ESCAPE.sub("", mended)
    for attempt in (mended, _TRAILING_COMMA.sub(r"\1", mended)):
        try:
            return orjson.loads(attempt)
        except ValueError:
            continue
    return _article_in(mended)


def _article_in(text: str) -> dict[str, Any] | None:
    """The first dates and authors in a broken script about an article; its headline may be what broke it."""
    if not _SAYS_ARTICLE.search(text) or "itemListElement" in text:
        return None
    found: dict[str, Any] = {}
    for match in _FIELD.finditer(text):
        found.setdefault(match[1], match[2])
    author = _AUTHOR.search(text)
    names = [match[1] for match in _NAME.finditer(author[0])] if author else []
    if names:
        found["author"] = names
    return {"@type": "Article", **found} if found else None


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
                inner = [
                    (v, main and not faq and k.lower() not in _ELSEWHERE)
                    for k, v in value.items()
                    if isinstance(v, list | dict)
                ]
                stack.extend(reversed(inner))
    return about, by_id


def people(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
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


def read_json_ld(head: Head, facts: Facts) -> None:
    """Add what JSON-LD says of the page: first an article, then a product and the like, then the mere web page."""
    about, by_id = _nodes(head.json_ld)
    articles = [n for n in about if any(t in _ARTICLES for t in _types(n))]
    things = [n for n in about if any(t in _THINGS for t in _types(n))]
    pages = [n for n in about if any(t in _PAGES for t in _types(n))]
    for nodes, sure in ((articles[:1], 0.95), (things[:1], 0.8), (pages[:1], 0.6)):
        for node in nodes:
            add(facts, "title", plain(node.get("headline")) or plain(node.get("name")), "json-ld", sure)
            if any("news" in kind for kind in _types(node)):
                add(facts, "news_headline", plain(node.get("headline")), "json-ld", sure)
            add(facts, "subtitle", plain(node.get("alternativeHeadline")), "json-ld", sure - 0.2)
            add(facts, "description", plain(node.get("description")), "json-ld", sure)
            authors = list(people(node.get("author") or node.get("creator"), by_id))
            add(facts, "authors", authors, "json-ld", sure)
            of_text = max(sure, 0.7) if authors else sure  # of a mere page that is signed
            add(facts, "published", node.get("datePublished") or node.get("dateCreated"), "json-ld", of_text)
            add(facts, "modified", node.get("dateModified"), "json-ld", sure)
            publisher = next(people(node.get("publisher"), by_id), None)
            add(facts, "publisher", publisher and publisher[0], "json-ld", sure)
            if publisher and publisher[1] == "Organization":
                add(facts, "publishing_house", publisher[0], "json-ld", sure)
            add(facts, "section", plain(node.get("articleSection")), "json-ld", sure)
            add(facts, "tags", listed(node.get("keywords")), "json-ld", sure)
            language = node.get("inLanguage")
            add(facts, "language", language if isinstance(language, str) else plain(language), "json-ld", sure)
            terms = node.get("license")
            if isinstance(terms, dict):
                terms = terms.get("url") or terms.get("@id") or terms.get("name")
            add(facts, "license", terms if isinstance(terms, str) else None, "json-ld", sure)
    for node in about:
        if "website" in _types(node):
            add(facts, "site", plain(node.get("name")), "json-ld", 0.8)
