"""The description of an HTML page: what it declares, held against what its headings, bylines and dates show.

The headline is found first; bylines and dates count beside it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from cleaner.describe.agency import set_agency
from cleaner.describe.bylines import byline_names
from cleaner.describe.dated import Dated, change_elsewhere, date_below, date_beside, shown_dates
from cleaner.describe.dates import url_date
from cleaner.describe.facts import Facts
from cleaner.describe.header import Header, find_header, same, tokens
from cleaner.describe.published import date_modified, date_published
from cleaner.describe.publisher import set_stated_publisher
from cleaner.describe.signed import signed_by
from cleaner.describe.site_name import site_name
from cleaner.describe.title import Title, declared_title, squash
from cleaner.describe.view import Description, Found, PageView

_REACH = 40
"""So far below the headline, in lines, a byline or a date counts at most."""
_HEADER = 12
"""So far below the headline, in lines, what repeats it or introduces the text can stand."""


def describe_html(said: Description, page: PageView, facts: Facts, sites: list[str], language: str | None) -> None:
    """Fill in title, subtitle, authors, dates, publisher, agency and place of an HTML page.

    Args:
        said: The description so far; it is changed. Its `claims` get the lines that are metadata.
        page: A page of kind "html".
        facts: What the page and its record declare.
        sites: Squashed names of the page's site.
        language: Primary language subtag of the page, where known.
    """
    header = find_header(page, closely=False)
    title = declared_title(page, facts, sites)
    if title:
        said.title = title.text
        said.note("title", title.method, title.confidence, title.line)
        _claim_title(said, page, header, title)
    zone = _zone(page, header, title)
    _set_publisher(said, page, header, title, facts, sites)
    own = [*sites, squash(said.publisher)] if said.publisher else sites
    byline = _set_authors(said, page, zone, facts, own, language)
    _set_dates(said, page, title, byline, zone, facts, language)
    set_agency(said, page, header)
    _set_subtitle(said, page, header, title, facts)


def _zone(page: PageView, header: Header, title: Title | None) -> range:
    """The lines where bylines and dates count: from three above the headline to the second paragraph after it."""
    if title is None or title.line is None:
        return range(max(0, header.body - 8), min(header.body + 2, len(page.lines)))
    second = header.next_prose(header.next_prose(title.line))
    return range(max(0, title.line - 3), min(second, title.line + _REACH, len(page.lines)))


def _claim_title(said: Description, page: PageView, header: Header, title: Title) -> None:
    """Claim the headline, unless it stands inside the text, and what repeats it right below."""
    line = title.line
    if line is None or (page.tag(line) not in ("h1", "h2", "title") and any(header.prose[:line])):
        return
    said.claims[line] = "title"
    for i in range(line + 1, min(header.next_prose(line), line + _HEADER, len(page.lines))):
        if same(page.lines[i], title.text):
            said.claims[i] = "title"


def _set_publisher(
    said: Description, page: PageView, header: Header, title: Title | None, facts: Facts, sites: list[str]
) -> None:
    set_stated_publisher(said, page, facts)
    if not said.publisher and (named := site_name(page, title, sites, said.url)):
        said.publisher = named.name
        said.note("publisher", "html", named.confidence, named.line)
    if said.publisher and title and title.line is not None:
        name = squash(said.publisher)
        for i in range(max(0, title.line - 3), min(header.next_prose(title.line), title.line + _REACH)):
            if i < len(page.lines) and squash(page.lines[i]) == name:
                said.claims.setdefault(i, "publisher")


def _set_authors(
    said: Description, page: PageView, zone: range, facts: Facts, sites: list[str], language: str | None
) -> int | None:
    """Fill in the authors; the line that names them, where there is one."""
    signed = signed_by(page, zone, facts, sites, language)
    if signed:
        said.authors = signed.authors
        said.note("authors", signed.method, signed.confidence, signed.line)
        if signed.line is not None:
            said.claims.setdefault(signed.line, "byline")
    for i in zone:
        names, on_next = byline_names(page.lines[i], page.lines[i + 1] if i + 1 < len(page.lines) else "")
        of_list = page.role(i) == "list" and page.verdict(i) == "keep"
        if names and not of_list and page.role(i) not in ("comment", "related", "caption", "photo_credit"):
            said.claims.setdefault(i, "byline")
            if on_next:
                said.claims.setdefault(i + 1, "byline")
    return signed.line if signed else None


def _set_dates(
    said: Description,
    page: PageView,
    title: Title | None,
    byline: int | None,
    zone: range,
    facts: Facts,
    language: str | None,
) -> None:
    shown = shown_dates(page, zone, language)
    address = url_date(urlsplit(said.url).path) if said.url else None
    headline = title.line if title else None
    published = date_published(page, shown, headline, facts, address, bool(said.authors))
    if published is None:
        signed = date_beside(page, byline, language) if byline is not None else None
        if one := signed or date_below(page, zone.stop, language):
            published = Dated(one.date, "html", 0.6, one.line)
    if published:
        said.published, said.published_precision, said.published_offset = published.date[:3]
        said.note("published", published.method, published.confidence, published.line)
    modified = date_modified(page, shown, facts)
    if modified is None and (changed := change_elsewhere(page, zone, language)):
        modified = Dated(changed.date, "html", 0.6, changed.line)
    if modified:
        said.modified = modified.date.text
        said.note("modified", modified.method, modified.confidence, modified.line)
    for one in shown:
        if one.whole:
            said.claims.setdefault(one.line, "dateline")


def _set_subtitle(said: Description, page: PageView, header: Header, title: Title | None, facts: Facts) -> None:
    """The standfirst: declared, or the line under the headline that repeats the description and is signed below."""
    stated = next(iter(facts.get("subtitle", [])), None)
    line: int | None = None
    if title is not None and title.line is not None:
        line = _standfirst(said, page, header, title.line, facts)
    if line is not None:
        said.claims[line] = "standfirst"
        stated = stated or Found(page.lines[line], "html", 0.8)
    if stated:
        said.subtitle = stated.value
        said.note("subtitle", stated.method, stated.confidence, line)


def _standfirst(said: Description, page: PageView, header: Header, headline: int, facts: Facts) -> int | None:
    stop = header.next_prose(header.next_prose(headline))
    wanted = [tokens(f.value) for f in [*facts.get("subtitle", []), *facts.get("description", [])][:3]]
    for i in range(headline + 1, min(headline + _HEADER, stop, len(page.lines))):
        words = tokens(page.lines[i][:1000])
        if i in said.claims or len(words) < 5 or page.verdict(i) == "drop":
            continue
        signed = any(said.claims.get(k) in ("byline", "dateline") for k in range(i + 1, min(i + 5, len(page.lines))))
        matches = any(words[: len(w)] == w or w[: len(words)] == words for w in wanted if len(w) >= 5)
        if matches and (signed or page.tag(i) in ("h2", "h3", "h4")):
            return i
    return None
