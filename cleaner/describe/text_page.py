"""The description of flattened text: what its record declares, and what the lines above its body say.

The body is found first, then the headline above it; bylines, dates and the outlet's name count beside the headline.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from cleaner.describe.agency import set_agency
from cleaner.describe.authors import declared_authors, kind_of
from cleaner.describe.dated import is_plausible
from cleaner.describe.dates import Date, parse_declared, url_date
from cleaner.describe.facts import Facts
from cleaner.describe.header import find_header, phrases, same
from cleaner.describe.header_lines import HeaderLines, is_label
from cleaner.describe.headline import MIN_CONFIDENCE, Headline, text_title
from cleaner.describe.publisher import set_stated_publisher
from cleaner.describe.reading import Reading
from cleaner.describe.signs import Signs
from cleaner.describe.sources import quoted_sources
from cleaner.describe.text_authors import find_authors
from cleaner.describe.text_dates import DatedLine, find_published
from cleaner.describe.text_publisher import text_publisher
from cleaner.describe.title import Title, declared_title, squash
from cleaner.describe.view import Description, PageView

MIN_CLAIM = 0.5
"""A headline that was guessed is taken out of the text from this confidence on."""
_HEADER = 12
"""So far below the headline, in lines, what goes with it can stand."""


def describe_text(said: Description, page: PageView, facts: Facts, sites: list[str], language: str | None) -> None:
    """Fill in title, subtitle, authors, dates, publisher, agency, place and quoted sources of flattened text.

    Args:
        said: The description so far; it is changed. Its `claims` get the lines that are metadata.
        page: A page of kind "text".
        facts: What its record declares; this comes before what the lines say.
        sites: Squashed names of the page's site.
        language: Primary language subtag of the page, where known.
    """
    header = find_header(page)
    stated = declared_title(page, facts, sites) if facts.get("title") else None
    told = HeaderLines(page.lines, language)
    if stated and stated.line is not None:
        headline: Headline | None = Headline(stated, stated.line, stated.confidence)
    else:
        headline = text_title(page, header, Signs(page, header, told))
    title = stated or (headline.title if headline and headline.title.confidence >= MIN_CONFIDENCE else None)
    reading = Reading(page, header, told, headline, sites)
    if title:
        said.title = title.text
        said.note("title", title.method, title.confidence, title.line)
        _claim_title(said, page, reading, title)
    _set_publisher(said, page, reading, title, facts, sites)
    _set_authors(said, page, reading, facts, [*sites, squash(said.publisher)] if said.publisher else sites)
    _set_dates(said, page, reading, facts, language)
    _set_agency(said, page, reading)
    _set_subtitle(said, page, reading, facts)
    own = [name for name in (said.publisher, said.agency, *(a["name"] for a in said.authors), *sites) if name]
    said.quoted_sources = quoted_sources(page, header, set(said.claims), language, own)
    if said.quoted_sources:
        said.note("quoted_sources", "text", 0.7)


def _claim_title(said: Description, page: PageView, reading: Reading, title: Title) -> None:
    """Claim the headline, its copies down to the first prose, and the page's title among the first lines."""
    if title.line is None or (title.method == "text" and title.confidence < MIN_CLAIM):
        return
    line = title.line
    said.claims[line] = "title"
    for i in range(line + 1, min(reading.header.next_prose(line), line + _HEADER, len(page.lines))):
        if same(page.lines[i], title.text):
            said.claims[i] = "title"
    folded = title.text.casefold()
    for i in range(min(line, _HEADER)):
        other = page.lines[i]
        rest = other[len(title.text) :]
        if other.casefold().startswith(folded) and (not rest or (len(rest) <= 50 and rest[0] in " |-–—·•:»")):
            said.claims[i] = "title"


def _set_publisher(
    said: Description, page: PageView, reading: Reading, title: Title | None, facts: Facts, sites: list[str]
) -> None:
    set_stated_publisher(said, page, facts)
    zone = reading.zone(3, 40)
    told = text_publisher(page, reading, title, zone, sites)
    if told and not said.publisher:
        said.publisher = told[0].value
        said.note("publisher", told[0].method, told[0].confidence, told[1])
    if told and told[1] is not None and told[0].value == said.publisher:
        said.claims.setdefault(told[1], "publisher")
    if said.publisher and title and title.line is not None:
        name = squash(said.publisher)
        for i in range(zone.start, min(reading.header.next_prose(title.line), zone.stop)):
            if squash(page.lines[i]) == name:
                said.claims.setdefault(i, "publisher")


def _set_authors(said: Description, page: PageView, reading: Reading, facts: Facts, sites: list[str]) -> None:
    for stated in facts.get("authors", []):
        said.authors = declared_authors(stated.value, sites)
        if said.authors:
            said.note("authors", stated.method, stated.confidence)
            break
    signed = find_authors(page, reading)
    if signed is None:
        return
    for i in signed.lines:
        said.claims.setdefault(i, "byline")
        if i and is_label(page.lines[i - 1], "byline"):
            said.claims.setdefault(i - 1, "byline")
    if not said.authors:
        said.authors = [{"name": name, "kind": kind_of(name, "", sites)} for name in signed.names]
        said.note("authors", "text", signed.confidence, signed.lines[0])


def _stated_date(page: PageView, facts: Facts, field: str, language: str | None) -> tuple[Date, str, float] | None:
    for found in facts.get(field, []):
        date = parse_declared(found.value, language)
        if date and is_plausible(page, date.text):
            return date, found.method, found.confidence
    return None


def _set_dates(said: Description, page: PageView, reading: Reading, facts: Facts, language: str | None) -> None:
    told = find_published(page, reading)
    published: tuple[Date, str, float] | None = _stated_date(page, facts, "published", language)
    line: int | None = None
    address = url_date(urlsplit(said.url).path) if said.url else None
    if published is None and address and is_plausible(page, address.text):
        published = address, "url", 0.8
    if told.published and (published is None or told.published.date.day == published[0].day):
        line = told.published.line
        if published is None:
            published = told.published.date, "text", told.confidence
    if published:
        said.published, said.published_precision, said.published_offset = published[0][:3]
        said.note("published", published[1], published[2], line)
    modified = _stated_date(page, facts, "modified", language)
    if modified:
        said.modified = modified[0].text
        said.note("modified", modified[1], modified[2])
    elif told.modified:
        said.modified = told.modified.date.text
        said.note("modified", "text", 0.7, told.modified.line)
    _claim_dates(said, page, reading, [*told.others, *(d for d in (told.published, told.modified) if d)])


def _claim_dates(said: Description, page: PageView, reading: Reading, dated: Sequence[DatedLine]) -> None:
    """Claim the lines near the headline that are dates and nothing else, their labels, and numbers of issues."""
    first = reading.header.next_prose(reading.anchor)
    for one in dated:
        i = one.line
        if one.told.left or one.told.names or not reading.anchor - 3 <= i < max(first, reading.anchor + 1):
            continue
        said.claims.setdefault(i, "dateline")
        if i and (is_label(page.lines[i - 1], "date_label") or is_label(page.lines[i - 1], "modified_label")):
            said.claims.setdefault(i - 1, "dateline")
        for k in (i - 1, i + 1):
            if 0 <= k < len(page.lines) and is_issue_number(page.lines[k]):
                said.claims.setdefault(k, "dateline")


def is_issue_number(line: str) -> bool:
    """Whether a line is the number of an issue: a word for it, numbers, and nothing else ("Number 02/16 #02")."""
    words = [word.strip(".,:#()№/°º") for word in line.casefold().split()] if len(line) <= 40 else []
    left = [word for word in words if word and not any(c.isdigit() for c in word)]
    return 0 < len(left) < len(words) and all(word in phrases("issue_word") for word in left)


def _set_agency(said: Description, page: PageView, reading: Reading) -> None:
    line = set_agency(said, page, reading.header)
    body = reading.header.body
    if line is not None and line > body and reading.header.next_prose(body) == line:
        said.claims.setdefault(body, "standfirst")


def _set_subtitle(said: Description, page: PageView, reading: Reading, facts: Facts) -> None:
    """The standfirst: declared, above the text that an agency's dateline opens, or between headline and byline."""
    stated = next(iter(facts.get("subtitle", [])), None)
    standfirst = next((i for i, role in sorted(said.claims.items()) if role == "standfirst"), None)
    if standfirst is None and said.claims.get(reading.anchor) == "title":
        standfirst = _standfirst(said, page, reading)
    if standfirst is not None:
        said.claims.setdefault(standfirst, "standfirst")
    if stated:
        said.subtitle = stated.value
        said.note("subtitle", stated.method, stated.confidence)
    elif standfirst is not None:
        said.subtitle = page.lines[standfirst]
        said.note("subtitle", "text", 0.7, standfirst)


def _standfirst(said: Description, page: PageView, reading: Reading) -> int | None:
    """The one sentence between headline and byline or dateline."""
    signed = next(
        (i for i in range(reading.anchor + 1, reading.anchor + 6) if said.claims.get(i) in ("byline", "dateline")), None
    )
    if signed is None:
        return None
    between = [i for i in range(reading.anchor + 1, signed) if i not in said.claims]
    if len(between) != 1 or page.verdict(between[0]) == "drop":
        return None
    line = page.lines[between[0]]
    return (
        between[0]
        if (30 <= len(line) <= 400 and line.count(" ") >= 4) or (not line.isascii() and 15 <= len(line) <= 200)
        else None
    )
