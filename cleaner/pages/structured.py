"""The text of a page whose body shows none, from the data that its scripts and meta elements carry.

Sites that build their pages in the browser send a body without text and the text as JSON: as JSON-LD
(`articleBody` and its like), or as the state that their program starts from. Such data is read as JSON and never run;
every walk over it is bounded. What is found comes back as HTML, for the same knife as the rest of the page.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from cleaner.describe.json_ld import load_json
from cleaner.pages.batch import Head
from cleaner.pages.markup import mend_markup

LEAST_TEXT = 200
"""Characters that a program's state must hold in one text, or in one list of texts, to count as the page's text."""
LEAST_DESCRIPTION = 40
"""Characters that a meta description must have to stand for a page's text."""
MAX_SCRIPTS = 4_000_000
"""Characters of scripts that are read of one page."""
MAX_VALUES = 50_000
"""JSON values that are looked at in one page."""
MAX_NAMED = 20
"""Objects with the page's title whose texts are compared."""
MAX_TEXT = 1_000_000
"""Characters of text that are taken from one page."""
TRIES = 12
"""Places of one script at which a JSON value is looked for."""

_REPLIES = ("acceptedAnswer", "suggestedAnswer", "comment")
_WORKS = re.compile(
    r"article|posting|report$|creativework|question|answer|comment|recipe|product|course|event|howto|book$|movie|"
    r"podcastepisode|videoobject|qapage|faqpage|review$|dataset|softwareapplication|service$|place$"
)
_OTHERS = re.compile(
    r"relat|recommend|popular|trending|comment|answer|author|tags?$|categor|next|previous|navigation|menu", re.I
)
"""Keys under which other things hang than the page's own text."""
_TITLED = re.compile(r"title|headline|subject|^name$", re.I)
_BLOCK_KEYS = frozenset(
    {"text", "html", "content", "contents", "body", "value", "paragraph", "paragraphs", "children", "blocks", "data",
     "items", "cooked", "articlebody", "description", "contenthtml", "bodyhtml"}
)  # fmt: skip
_JSON_STARTS = re.compile(r'[=(]\s{0,20}(?=[{\[]\s{0,20}["{\[])')
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…:。！？؟]\s{0,5}$")
_MARKUP = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|span|em|strong|b|i|a|blockquote|figure|table)\b", re.I)


def article_in_json_ld(head: Head) -> str:
    """HTML of the article, or of the thread with its answers, that JSON-LD holds in full; "" for none."""
    for key in ("articleBody", "text"):
        for node in _works(head.json_ld):
            if isinstance(node.get(key), str) and len(node[key]) >= LEAST_DESCRIPTION:
                return "".join((_as_html(node[key]), *_replies(node)))[:MAX_TEXT]
    return ""


def article_in_state(markup: str, head: Head) -> str:
    """HTML of the longest text in the state of the page's program, as its scripts hold it in JSON, that stands in one
    object with the page's own title; "" for none. `markup`: the page as decoded."""
    titles = [_squash(t) for t in (head.title, *(v for k, v in head.meta if k in ("og:title", "headline"))) if t]

    def is_named(node: Mapping[str, Any]) -> bool:
        said = [v for k, v in node.items() if isinstance(v, str) and _TITLED.search(k[:60])]
        return any(_is_title(text, titles) for text in said[:20])

    named = (node for value in _values(markup) for node in _objects(value) if is_named(node))
    best = ""
    for node in islice(named, MAX_NAMED):
        for key, held in node.items():
            if isinstance(held, str | list | dict) and not _OTHERS.search(key[:60]):
                text = "".join(_blocks(key, held))
                if len(text) > max(len(best), LEAST_TEXT):
                    best = text
    return best[:MAX_TEXT]


def thing_in_json_ld(head: Head) -> str:
    """HTML of what JSON-LD says of a recipe, a product, a list of questions and the like; "" for none."""
    for node in _works(head.json_ld):
        steps = "".join(_steps(node))
        text = node.get("description")
        if steps or (isinstance(text, str) and len(text) >= LEAST_DESCRIPTION):
            return ((_as_html(text) if isinstance(text, str) else "") + steps)[:MAX_TEXT]
        questions = node.get("mainEntity")
        answered = "".join(_answered(question) for question in (questions if isinstance(questions, list) else [])[:500])
        if answered:
            return answered[:MAX_TEXT]
    return ""


def description_in_meta(head: Head) -> str:
    """HTML of the longest description among the page's meta elements; "" where none says much."""
    said = [text for name, text in head.meta if name in ("og:description", "twitter:description", "description")]
    longest = max(said, key=len, default="")
    return _as_html(longest) if len(longest) >= LEAST_DESCRIPTION else ""


def _as_html(text: str) -> str:
    """A string of the data as HTML: as it is where it holds tags, else a paragraph for each of its lines."""
    if "&lt;" in text and "<" not in text:
        text = html.unescape(text)
    if _MARKUP.search(text):
        return f"<div>{text}</div>"
    lines = (html.escape(html.unescape(line), quote=False) for line in text.split("\n") if line.strip())
    return "".join(f"<p>{line}</p>" for line in lines)


def _works(scripts: list[str]) -> list[dict[str, Any]]:
    """The objects of JSON-LD that can hold a page's text, outer ones first."""

    def is_work(node: Mapping[str, Any]) -> bool:
        kinds = node.get("@type")
        listed = kinds if isinstance(kinds, list) else [kinds]
        return any(isinstance(k, str) and _WORKS.search(k.lower()) for k in listed)

    return [node for script in scripts[:50] for node in _objects(load_json(script)) if is_work(node)]


def _replies(node: Mapping[str, Any]) -> Iterator[str]:
    """Answers and comments of a question or thread, in the order of the data."""
    for key in _REPLIES:
        replies = node.get(key)
        for reply in (replies if isinstance(replies, list) else [replies])[:500]:
            if isinstance(reply, dict):
                text = reply.get("text") or reply.get("articleBody")
                if isinstance(text, str):
                    yield _as_html(text)


def _answered(question: Any) -> str:
    """A question as a heading, its answers below; "" where there is none."""
    if not isinstance(question, dict) or not isinstance(question.get("name"), str):
        return ""
    replies = "".join(_replies(question))
    return f"<h3>{html.escape(question['name'], quote=False)}</h3>{replies}" if replies else ""


def _steps(node: Mapping[str, Any]) -> Iterator[str]:
    """A recipe's ingredients and steps."""
    for key in ("recipeIngredient", "recipeInstructions", "step"):
        entries = node.get(key)
        for entry in (entries if isinstance(entries, list) else [entries])[:500]:
            text = entry.get("text") or entry.get("name") if isinstance(entry, dict) else entry
            if isinstance(text, str):
                yield f"<li>{text if _MARKUP.search(text) else html.escape(text, quote=False)}</li>"


def _objects(value: Any) -> list[dict[str, Any]]:
    """Every object in a JSON value, outer ones first, at most MAX_VALUES values looked at."""
    found: list[dict[str, Any]] = []
    level, seen = [value], 0
    while level and seen < MAX_VALUES:
        below: list[Any] = []
        for one in level[: MAX_VALUES - seen]:
            seen += 1
            if isinstance(one, dict):
                found.append(one)
                inner = [(k, v) for k, v in one.items() if isinstance(v, dict | list)]
                below.extend(v for k, v in inner if not _OTHERS.search(k[:60]))
            elif isinstance(one, list):
                below.extend(v for v in one if isinstance(v, dict | list))
        level = below
    return found


def _values(markup: str) -> Iterator[Any]:
    """JSON values in a page's scripts: scripts that are JSON, and what other scripts assign or pass to a call."""
    read, decoder = 0, json.JSONDecoder(strict=False)
    for node in LexborHTMLParser(mend_markup(markup)).css("script:not([src])"):
        text, kind = node.text(deep=True), node.attributes.get("type") or ""
        read += len(text)
        if read > MAX_SCRIPTS or "ld+json" in kind or len(text) < LEAST_TEXT:
            continue
        if "json" in kind:
            yield load_json(text)
            continue
        at = 0
        for _ in range(TRIES):
            start = _JSON_STARTS.search(text, at)
            if start is None:
                break
            try:
                value, at = decoder.raw_decode(text, start.end())
                yield value
            except (ValueError, RecursionError):
                at = start.end()


def _squash(text: str) -> str:
    return _SPACE.sub("", text).casefold()[:500]


def _is_title(text: str, titles: list[str]) -> bool:
    """Whether a text is the page's title, with or without the site's name."""
    said = _squash(text[:600])
    return len(said) >= 6 and any(
        said == title
        or (title.startswith(said) and len(said) >= 0.3 * len(title))
        or (said.startswith(title) and len(title) >= 12)
        for title in titles
    )


def _blocks(key: str, value: Any) -> Iterator[str]:
    """HTML of the texts in one field of an article's object: one long text, or nested blocks in their order."""
    if isinstance(value, str):
        if len(value) >= LEAST_TEXT and not value.startswith(("http", "{", "[")):
            yield _as_html(value)
        return
    if key.lower() not in _BLOCK_KEYS:
        return
    stack: list[Any] = [value]  # no recursion: such data can be nested without end
    for _ in range(MAX_VALUES):
        if not stack:
            return
        one = stack.pop()
        if isinstance(one, str):
            yield _as_html(one)
        elif isinstance(one, list):
            spans = _spans(one)
            if spans is None:
                stack.extend(reversed(one))
            else:
                yield _as_html("".join(spans))
        elif isinstance(one, dict):
            held = [v for k, v in one.items() if k.lower() in _BLOCK_KEYS and isinstance(v, str | list | dict)]
            stack.extend(reversed(held))


def _spans(pieces: list[Any]) -> list[str] | None:
    """The texts of a list that is one paragraph in pieces (words in bold are an object of their own); else None."""
    texts: list[str] = []
    for piece in pieces:
        if not isinstance(piece, dict):
            return None
        kind = piece.get("type", piece.get("_type", piece.get("nodeType", "text")))
        text = piece.get("text", piece.get("value"))
        if kind not in ("text", "span") or not isinstance(text, str) or _MARKUP.search(text):
            return None
        texts.append(text)
    return None if len(texts) > 1 and all(_SENTENCE_END.search(text) for text in texts) else texts
