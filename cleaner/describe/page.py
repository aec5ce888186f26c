"""The description of one page: what it declares first, then what the lines around its headline say."""

from __future__ import annotations

from urllib.parse import urlsplit

from cleaner.describe.authors import clean_name, declared_authors, is_name, kind_of
from cleaner.describe.bylines import byline_names, dateline, name_beside_date
from cleaner.describe.dates import Date, parse_declared, url_date
from cleaner.describe.declared import read_declared
from cleaner.describe.facts import Facts
from cleaner.describe.header import Header, find_header, phrases, same, tokens
from cleaner.describe.headline import text_title
from cleaner.describe.language import SAMPLE_LETTERS, detect_language, normalize_tag
from cleaner.describe.license import page_license
from cleaner.describe.published import date_of_times, dated_lines, is_plausible
from cleaner.describe.publisher import agency_and_place, clean_publisher, quoted_sources, text_publisher
from cleaner.describe.sites import canonical_url, clean_url, domain
from cleaner.describe.title import Title, declared_title, site_names, squash
from cleaner.describe.view import Description, Found, PageView, Provenance

MIN_CLAIM = 0.5
"""A headline that a text rule found is taken out of the text from this confidence on."""


def describe_page(page: PageView) -> Description:
    """The metadata of one page, and its header lines that are metadata.

    Args:
        page: The page's head and its lines with the judge's first verdicts. Nothing else is read: no clock, no network.

    Returns:
        A Description. `claims` holds only lines at the page's head; a line of the text itself is never claimed.
    """
    said = Description()
    facts = read_declared(page.head)
    said.url = canonical_url(page.head.source.url, page.head)
    said.domain = domain(said.url)
    if said.url:
        own = clean_url(page.head.source.url) is not None
        _note(said, "url", "url" if own else "html", 1.0 if own else 0.9)
        if said.domain:
            _note(said, "domain", "url", 1.0)
    _set_language(said, page, facts)
    language = said.language.partition("-")[0] if said.language != "und" else None
    sites = site_names(facts, said.domain)
    header = find_header(page, closely=page.head.kind == "text" and not facts.get("title"))
    title = _set_title(said, page, header, facts, sites)
    zone = _zone(page, header, title)
    _claim_title(said, page, header, title)
    _set_publisher(said, page, header, title, zone, facts, sites)
    _set_authors(said, page, zone, facts, sites)
    _set_dates(said, page, header, zone, facts, language)
    _set_agency(said, page, header, zone)
    _set_subtitle(said, page, header, title, facts)
    _set_rest(said, page, facts)
    if page.head.kind == "text":
        said.quoted_sources = quoted_sources(page, header, set(said.claims), language)
        if said.quoted_sources:
            _note(said, "quoted_sources", "text", 0.7)
    return said


def _note(said: Description, field: str, method: str, confidence: float, line: int | None = None) -> None:
    said.provenance.append(Provenance(field, method, round(confidence, 2), line))


def _set_language(said: Description, page: PageView, facts: Facts) -> None:
    stated = [(normalize_tag(f.value), f) for f in facts.get("language", []) if isinstance(f.value, str)]
    for tag, found in stated:
        if tag:
            said.language_declared = tag
            _note(said, "language_declared", found.method, found.confidence)
            break
    kept = [line for line, verdict in zip(page.lines, page.verdicts, strict=False) if verdict == "keep"]
    sample: list[str] = []
    size = 0
    for least in (60, 25, 1):  # running text tells more than menus do
        for line in kept:
            if len(line) >= least:
                sample.append(line[: SAMPLE_LETTERS * 2])
                size += len(sample[-1])
                if size > SAMPLE_LETTERS * 1.5:
                    break
        if size >= 200:
            break
        if least > 1:
            sample, size = [], 0
    text = "\n".join(sample)
    said.language, said.language_score = detect_language(text, said.language_declared, page.detector)
    if said.language_score is not None:
        _note(said, "language", "model", said.language_score)
    elif said.language != "und":  # the page's word for a language that the detector does not know
        declared = next(p for p in said.provenance if p.field == "language_declared")
        _note(said, "language", declared.method, 0.5)


def _set_title(said: Description, page: PageView, header: Header, facts: Facts, sites: list[str]) -> Title | None:
    title = declared_title(page, facts, sites) if page.head.kind == "html" or facts.get("title") else None
    if title is None and page.head.kind == "text":
        title = text_title(page, header)
    if title:
        said.title = title.text
        _note(said, "title", title.method, title.confidence)
    return title


def _zone(page: PageView, header: Header, title: Title | None) -> range:
    """The lines where bylines and dates count: from three above the headline to the second paragraph after it."""
    if title is None or title.line is None:
        return range(max(0, header.body - 8), min(header.body + 2, len(page.lines)))
    second = header.next_prose(header.next_prose(title.line))
    return range(max(0, title.line - 3), min(second, title.line + 40, len(page.lines)))


def _claim_title(said: Description, page: PageView, header: Header, title: Title | None) -> None:
    if title is None or title.line is None or (title.method == "text" and title.confidence < MIN_CLAIM):
        return
    line = title.line
    if page.head.kind == "html" and page.tag(line) not in ("h1", "h2", "title") and any(header.prose[:line]):
        return
    said.claims[line] = "title"
    first = header.next_prose(line)
    for i in range(line + 1, min(first, line + 12, len(page.lines))):
        if same(page.lines[i], title.text):
            said.claims[i] = "title"
    if page.head.kind == "text":
        folded = title.text.casefold()
        for i in range(min(line, 12)):
            other = page.lines[i]
            rest = other[len(title.text) :].strip(" |-–—·•:»")
            if other.casefold().startswith(folded) and (
                not rest or (len(rest) <= 50 and other[len(title.text)] in " |-–—·•:»")
            ):
                said.claims[i] = "title"


def _set_publisher(
    said: Description, page: PageView, header: Header, title: Title | None, zone: range, facts: Facts, sites: list[str]
) -> None:
    if page.publisher:
        said.publisher = page.publisher
        _note(said, "publisher", "recipe", 1.0)
    else:
        for found in facts.get("publisher", []):
            name = clean_publisher(found.value)
            if name:
                said.publisher = name
                _note(said, "publisher", found.method, found.confidence - 0.05)
                break
    if page.head.kind == "text":
        told = text_publisher(page, header, title, zone, sites)
        if told and not said.publisher:
            said.publisher = told[0].value
            _note(said, "publisher", told[0].method, told[0].confidence)
        if told and told[1] is not None and told[0].value == said.publisher:
            said.claims.setdefault(told[1], "publisher")
    if said.publisher and title and title.line is not None:
        name = squash(said.publisher)
        for i in range(zone.start, min(header.next_prose(title.line), zone.stop)):
            if squash(page.lines[i]) == name:
                said.claims.setdefault(i, "publisher")


def _set_authors(said: Description, page: PageView, zone: range, facts: Facts, sites: list[str]) -> None:
    names_of_site = [*sites, squash(said.publisher)] if said.publisher else sites
    for found in facts.get("authors", []):
        said.authors = declared_authors(found.value, names_of_site)
        if said.authors:
            _note(said, "authors", found.method, found.confidence)
            break
    named: list[str] = []
    lines = page.lines
    for i in zone:
        if i in said.claims or page.role(i) in ("comment", "related", "caption", "photo_credit"):
            continue
        names, on_next = byline_names(lines[i], lines[i + 1] if i + 1 < len(lines) else "")
        if not names and (beside := name_beside_date(lines[i])) and squash(beside) not in names_of_site:
            names = [beside]
        if not names and _is_bare_name(page, i, zone, names_of_site):
            names = [clean_name(lines[i]) or lines[i]]
        if not names:
            continue
        if not named:
            named = names
        said.claims[i] = "byline"
        if on_next:
            said.claims[i + 1] = "byline"
    if named and not said.authors:
        said.authors = [{"name": n, "kind": kind_of(n, "", names_of_site)} for n in dict.fromkeys(named)]
        _note(said, "authors", "text", 0.75)


def _is_bare_name(page: PageView, i: int, zone: range, sites: list[str]) -> bool:
    """Whether line i is a name and nothing else, right beside a line that is a date and nothing else."""
    line = page.lines[i]
    if not is_name(line) or squash(line) in sites or len(line.split()) > 4:
        return False
    for k in (i + 1, i - 1):
        if k in zone:
            found = dateline(page.lines[k])
            if found and found[1]:
                return True
    return False


def _set_dates(
    said: Description, page: PageView, header: Header, zone: range, facts: Facts, language: str | None
) -> None:
    published: tuple[Date, str, float] | None = None
    for found in facts.get("published", []):
        date = parse_declared(found.value, language)
        if date and is_plausible(page, date.text):
            published = date, found.method, found.confidence
            break
    for found in facts.get("modified", []):
        date = parse_declared(found.value, language)
        if date and is_plausible(page, date.text):
            said.modified = date.text
            _note(said, "modified", found.method, found.confidence)
            break
    told, changed = dated_lines(said, page, zone, language)
    address = url_date(urlsplit(said.url).path) if said.url else None
    if published is None:
        timed = date_of_times(page, told, changed, language)
        if timed:
            published = timed, "html", 0.75
        elif address and is_plausible(page, address.text):
            published = address, "url", 0.8
        elif told:
            published = told[0], "text", 0.7 if told[0].precision == "day" else 0.5
    if changed and not said.modified:
        said.modified = changed
        _note(said, "modified", "text", 0.7)
    if published:
        said.published, said.published_precision, said.published_offset = published[0][:3]
        _note(said, "published", published[1], published[2])


def _set_agency(said: Description, page: PageView, header: Header, zone: range) -> None:
    agency, place, line = agency_and_place(page, header)
    if agency:
        said.agency = agency
        _note(said, "agency", "text", 0.85)
    if place:
        said.place = place
        _note(said, "place", "text", 0.8 if agency else 0.6)
    if not said.agency:
        for author in said.authors:
            if author["name"] in phrases("agency"):
                said.agency = author["name"]
                _note(said, "agency", "text", 0.8)
                break
    above = header.body
    if page.head.kind == "text" and line is not None and agency and line > above and header.next_prose(above) == line:
        said.claims.setdefault(above, "standfirst")


def _set_subtitle(said: Description, page: PageView, header: Header, title: Title | None, facts: Facts) -> None:
    """The standfirst: declared, or the line under the headline that repeats the description and is signed below."""
    stated = next(iter(facts.get("subtitle", [])), None)
    if title is not None and title.line is not None:
        stop = header.next_prose(header.next_prose(title.line))
        wanted = [tokens(f.value) for f in [*facts.get("subtitle", []), *facts.get("description", [])][:3]]
        for i in range(title.line + 1, min(title.line + 12, stop, len(page.lines))):
            words = tokens(page.lines[i][:1000])
            if i in said.claims or len(words) < 5 or page.verdict(i) == "drop":
                continue
            signed = any(
                said.claims.get(k) in ("byline", "dateline") for k in range(i + 1, min(i + 5, len(page.lines)))
            )
            matches = any(words[: len(w)] == w or w[: len(words)] == words for w in wanted if len(w) >= 5)
            if matches and (signed or page.tag(i) in ("h2", "h3", "h4")):
                said.claims[i] = "standfirst"
                stated = stated or Found(page.lines[i], "html", 0.8)
                break
    standfirst = next((i for i, role in sorted(said.claims.items()) if role == "standfirst"), None)
    if stated:
        said.subtitle = stated.value
        _note(said, "subtitle", stated.method, stated.confidence)
    elif standfirst is not None:
        said.subtitle = page.lines[standfirst]
        _note(said, "subtitle", "text", 0.8)


def _set_rest(said: Description, page: PageView, facts: Facts) -> None:
    """Section and tags, which only markup and records state; the licence."""
    for found in facts.get("section", [])[:1]:
        said.section = found.value
        _note(said, "section", found.method, found.confidence)
    for found in facts.get("tags", [])[:1]:
        said.tags = list(found.value)
        _note(said, "tags", found.method, found.confidence)
    terms = page_license(page, facts)
    if terms:
        said.license = terms[0].value
        _note(said, "license", terms[0].method, terms[0].confidence, terms[1])
