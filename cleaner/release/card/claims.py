"""Finds where a person's words on a dataset contradict what was measured or stated. It only tells; it mends nothing.

Read is English prose, and of it what can be held against a number or a name: so many documents, words, sites or
languages, the years that the pages are from, versions, the licence, and the claim that no personal data is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cleaner.release.card.licences import find_licence, named_licences
from cleaner.release.card.wording import number
from cleaner.release.manifest import Manifest

_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}

_NOUNS = {
    "documents": ("documents",), "articles": ("documents", "sources"), "pages": ("documents", "sources"),
    "texts": ("documents",), "sources": ("sources",), "words": ("words",), "sites": ("sites",), "websites": ("sites",),
    "domains": ("sites",), "languages": ("languages",),
}  # fmt: skip
"""What prose counts, and which of the measured numbers that may mean."""

_CLAIM = re.compile(
    r"(?P<bound>\b(?:over|more than|at least|up to|at most|fewer than|less than|under|about|some|roughly|around|nearly|"
    r"almost|approximately)\s+|~\s?)?"
    r"(?<![\w.,/-])"
    rf"(?P<number>\d{{1,3}}(?:[,\u00a0\u202f' ]\d{{3}}){{1,4}}|\d{{1,12}}(?:\.\d{{1,3}})?|{'|'.join(_SMALL)})"
    r"(?:\s?(?P<scale>k|m|thousand|million|billion)\b)?"
    r"\s+(?:(?!of\b|the\b|per\b|in\b|more\b|other\b|new\b|first\b|last\b|withdrawn\b|such\b|duplicate|removed\b)"
    r"[a-z-]{2,20}\s+){0,2}?"
    rf"(?P<noun>{'|'.join(noun[:-1] + 's?' for noun in _NOUNS)})\b(?!\s+(?:per|each|a|an|every)\b)",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:from|between)?\s?((?:19|20)\d\d)\s?(?:-|–|to|and|until)\s?((?:19|20)\d\d)\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_VERSION = re.compile(r"\b(?:version\s|v)(\d{1,6}\.\d{1,6}\.\d{1,6})\b")
_CLEAN = re.compile(
    r"\b(?:no|free of|without|free from)\s+(?:any\s+)?(?:PII|personal(?:ly identif\w+)?\s+(?:data|information))"
    r"|\b(?:fully|completely)\s+anonymi[sz]ed\b",
    re.IGNORECASE,
)
_LICENSED = re.compile(r"licen[sc]e|public domain|shared under|released under|copyright", re.IGNORECASE)
_LONGEST = 200_000
"""Characters of a text that are read."""
_NOT_PROSE = re.compile(
    r"^```.*?^```|`[^`\n]{0,200}`|<!--.*?-->|\]\([^)\s]{0,500}\)|https?://\S+", re.DOTALL | re.MULTILINE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=\s*[-*|#>])")


def find_conflicts(text: str, where: str, manifests: Sequence[Manifest], licence: str | None) -> list[str]:
    """Sentences on what a text of a person says that is not so. `where` is what messages call the text.

    `manifests` are those of all versions, oldest first; the numbers are held against the newest, or against the version
    that the same sentence names. `licence` is what the publisher states.
    """
    newest, by_version = manifests[-1], {manifest.version: manifest for manifest in manifests}
    found: list[str] = []
    named: list[tuple[str, str]] = []
    for sentence in _SENTENCE.split(_NOT_PROSE.sub(" ", text[:_LONGEST])):
        versions = _VERSION.findall(sentence)
        for version in versions:
            if version not in by_version:
                found.append(f'{where} names version {version}, but there is none; the newest is {newest.version}.')
        manifest = by_version.get(versions[0], newest) if versions else newest
        claims = (*_numbers(sentence, manifest.counts), *_years(sentence, manifest.counts))
        found += [f"{where} says {claim}; version {manifest.version} has {fact}." for claim, fact in claims]
        if match := _CLEAN.search(sentence):
            found.append(
                f'{where} says "{_shown(match[0])}": that cannot be known. Say what was scanned for and what was found.'
            )
        if _LICENSED.search(sentence):
            named += named_licences(sentence)
    return list(dict.fromkeys([*found, *_licences(named, where, licence)]))


def find_licence_conflict(text: str, where: str, licence: str | None) -> list[str]:
    """Whether a licence's own text, told by its beginning, is another one than the publisher states."""
    return list(_licences(named_licences(text[:300]), where, licence))


def _numbers(sentence: str, counts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    measured = {
        "documents": counts["documents"], "sources": counts["sources"], "words": counts["words"],
        "sites": len(counts["sites"]), "languages": len([name for name in counts["languages"] if name != "und"]),
    }  # fmt: skip
    for match in _CLAIM.finditer(sentence):
        if not match["scale"] and _YEAR.fullmatch(match["number"]):
            continue
        noun = match["noun"].lower()
        meant = _NOUNS[noun if noun in _NOUNS else noun + "s"]
        claimed, unit = _value(match["number"], match["scale"])
        bound = (match["bound"] or "").strip().lower()
        if not any(_holds(claimed, unit, bound, measured[name]) for name in meant):
            yield f'"{_shown(match[0])}"', " and ".join(f"{number(measured[name])} {name}" for name in meant)


def _value(digits: str, scale: str | None) -> tuple[float, float]:
    """A number as prose writes it, and how exact it is: 12,000 is exact to 1,000, 1.5 million to 100,000."""
    factor = _SCALES[scale.lower()] if scale else 1.0
    if digits.lower() in _SMALL:
        return _SMALL[digits.lower()] * factor, factor
    plain = re.sub(r"[^\d.]", "", digits)
    whole, _, decimals = plain.partition(".")
    zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
    return float(plain) * factor, factor * 10.0 ** (zeros - len(decimals))


def _holds(claimed: float, unit: float, bound: str, measured: int) -> bool:
    """Whether a claim is true of a number, at the exactness that the claim has itself."""
    if bound in ("over", "more than", "at least"):
        return measured >= claimed
    if bound in ("up to", "at most", "fewer than", "less than", "under"):
        return measured <= claimed
    slack = max(unit / 2, claimed * 0.1) if bound else unit / 2
    return abs(measured - claimed) <= slack if unit > 1 or bound else measured == claimed


def _years(sentence: str, counts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    published = counts["published"]
    if not published["documents"] or not re.search(r"publish|page|document|article|text", sentence, re.IGNORECASE):
        return
    first, last = published["first"][:4], published["last"][:4]
    for match in _YEARS.finditer(sentence):
        if (match[1], match[2]) != (first, last):
            yield f'"{_shown(match[0])}"', f"documents of {first} to {last}"


def _licences(named: Sequence[tuple[str, str]], where: str, stated: str | None) -> Iterator[str]:
    if not named:
        return
    words = ", ".join(dict.fromkeys(f'"{_shown(said)}"' for said, _ in named))
    if not stated:
        yield f"{where} names the licence {words}, but none is stated: `cleaner card --edit` asks for it."
        return
    spdx = find_licence(stated).spdx
    if spdx and not any(re.fullmatch(re.escape(name) + r"(?:-\d.*)?", spdx) for _, name in named):
        yield f"{where} names the licence {words}, but the one that is stated is {spdx}."


def _shown(text: str) -> str:
    return " ".join(text.split())
