"""The path of one page: what it declares is read, then the headline, byline and dates that its lines show."""

from __future__ import annotations

from cleaner.describe.declared import read_declared
from cleaner.describe.facts import Facts
from cleaner.describe.html_page import describe_html
from cleaner.describe.language import SAMPLE_LETTERS, detect_language, normalize_tag
from cleaner.describe.license import page_license
from cleaner.describe.sites import canonical_url, clean_url, domain
from cleaner.describe.text_page import describe_text
from cleaner.describe.title import site_names
from cleaner.describe.view import Description, PageView


def describe_page(page: PageView) -> Description:
    """The metadata of one page, and its header lines that are metadata.

    Args:
        page: The page's head and its lines with the judge's first verdicts. Nothing else is read: no clock, no network.

    Returns:
        A Description. `claims` holds only lines at the page's head; a line of the text itself is never claimed.
    """
    said = Description()
    facts = read_declared(page.head)
    _set_address(said, page)
    _set_language(said, page, facts)
    language = said.language.partition("-")[0] if said.language != "und" else None
    describe = describe_html if page.head.kind == "html" else describe_text
    describe(said, page, facts, site_names(facts, said.domain), language)
    _set_rest(said, page, facts)
    return said


def _set_address(said: Description, page: PageView) -> None:
    said.url = canonical_url(page.head.source.url, page.head)
    said.domain = domain(said.url)
    if said.url:
        own = clean_url(page.head.source.url) is not None
        said.note("url", "url" if own else "html", 1.0 if own else 0.9)
        if said.domain:
            said.note("domain", "url", 1.0)


def _set_language(said: Description, page: PageView, facts: Facts) -> None:
    stated = [(normalize_tag(f.value), f) for f in facts.get("language", []) if isinstance(f.value, str)]
    for tag, found in stated:
        if tag:
            said.language_declared = tag
            said.note("language_declared", found.method, found.confidence)
            break
    kept = [line for line, held in zip(page.lines, page.kept, strict=True) if held]
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
        said.note("language", "model", said.language_score)
    elif said.language != "und":  # the page's word for a language that the detector does not know
        declared = next(p for p in said.provenance if p.field == "language_declared")
        said.note("language", declared.method, 0.5)


def _set_rest(said: Description, page: PageView, facts: Facts) -> None:
    """Section and tags, which only markup and records state; the licence."""
    for found in facts.get("section", [])[:1]:
        said.section = found.value
        said.note("section", found.method, found.confidence)
    for found in facts.get("tags", [])[:1]:
        said.tags = list(found.value)
        said.note("tags", found.method, found.confidence)
    terms = page_license(page, facts)
    if terms:
        said.license = terms[0].value
        said.note("license", terms[0].method, terms[0].confidence, terms[1])
