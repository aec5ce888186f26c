"""How to cite a version of the dataset: `CITATION.cff` (Citation File Format 1.2.0), and a line for the card."""

from __future__ import annotations

import datetime
import re
from typing import Any

import yaml

from cleaner.recipe import Card
from cleaner.release.card.answers import UNSTATED
from cleaner.release.card.front_matter import title_of
from cleaner.release.card.licences import find_licence
from cleaner.release.manifest import Manifest

CITATION = "CITATION.cff"

_NEWER = ("CDLA-Permissive-2.0",)
"""Licences that the format does not know yet; they are given by their address."""

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9})?/[A-Za-z0-9:/_;\-.()\[\]\\]{1,200}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}")
_FAMILY = re.compile(r"([^,]{1,200}),\s*([^,]{1,200})")


def doi_of(card: Card) -> str | None:
    """The stated DOI without what is often written before it, or None where it is none."""
    plain = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", (card.doi or "").strip(), flags=re.IGNORECASE)
    return plain if _DOI.fullmatch(plain) else None


def date_of(card: Card) -> str | None:
    """The stated date of publication as YYYY-MM-DD, or None where it is no such date."""
    stated = (card.released or "").strip()
    try:
        return datetime.date.fromisoformat(stated).isoformat() if _DATE.fullmatch(stated) else None
    except ValueError:
        return None


def url_of(card: Card) -> str | None:
    """The stated address, or None where it is none."""
    stated = (card.url or "").strip()
    return stated if _URL.fullmatch(stated) else None


def author_names(author: str) -> tuple[str, str] | None:
    """Family and given name of "Family, Given"; None for the name of an organisation."""
    match = _FAMILY.fullmatch(author.strip())
    return (match[1].strip(), match[2].strip()) if match else None


def render_citation(manifest: Manifest, card: Card) -> str:
    """`CITATION.cff` for a version. Who made it is a required field: where nobody has stated it, it says that."""
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite this version of it.",
        "type": "dataset",
        "title": title_of(card),
        "version": manifest.version,
        "authors": [_author(author) for author in card.authors] or [{"name": UNSTATED.rstrip(".")}],
    }
    if card.summary and card.summary.strip():
        values["abstract"] = card.summary.strip()
    if doi := doi_of(card):
        values["doi"] = doi
    if date := date_of(card):
        values["date-released"] = date
    if url := url_of(card):
        values["url"] = url
    licence = find_licence(card.license or "")
    if licence.spdx and licence.spdx not in _NEWER:
        values["license"] = licence.spdx
    elif licence.url:
        values["license-url"] = licence.url
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=110)
    return text


def _author(author: str) -> dict[str, str]:
    names = author_names(author)
    return {"family-names": names[0], "given-names": names[1]} if names else {"name": author.strip() or "?"}


def cited(manifest: Manifest, card: Card) -> str:
    """How to cite a version, as Markdown: in the publisher's words, or made of what was stated."""
    stated = (card.citation or "").strip()
    if stated.startswith("@"):
        return f"```bibtex\n{stated}\n```"
    made = f"{title_of(card)}, version {manifest.version}"
    if card.authors:
        made = f"{'; '.join(card.authors)}: {made}"
    where = f"https://doi.org/{doi}" if (doi := doi_of(card)) else url_of(card)
    dated = f", {date}" if (date := date_of(card)) else ""
    suggestion = f"> {made}{dated}{f', {where}' if where else ''}"
    if stated:
        return f"{stated}\n\nName the version, too: {manifest.version}. `{CITATION}` says it for machines."
    return f"{UNSTATED} Until then, with its version:\n\n{suggestion}\n\n`{CITATION}` says the same for machines."
