"""The identifiers of licences: of their addresses, of the names by which sentences call them, and of what is declared.

An SPDX identifier where there is one, an address where the terms have only that, and `LicenseRef-...`, as SPDX has it
for what is not on its list, for terms named without their version and for "all rights reserved".
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

RESERVED = "LicenseRef-All-Rights-Reserved"
PUBLIC_DOMAIN = "LicenseRef-Public-Domain"
MAX_LINE = 1_000
"""A statement stands in a line of so many characters at most."""


class Terms(NamedTuple):
    """The tables of `data/licenses.toml`."""

    reserved: tuple[str, ...]
    terms: tuple[str, ...]
    own: tuple[str, ...]
    content: tuple[str, ...]
    foreign: re.Pattern[str]
    elements: dict[str, tuple[str, ...]]
    addresses: tuple[tuple[re.Pattern[str], str], ...]


@lru_cache(maxsize=1)
def terms_of_use() -> Terms:
    """The tables, read once; words in folded case."""
    table: dict[str, Any] = tomllib.loads((files("cleaner.describe") / "data" / "licenses.toml").read_text("utf-8"))
    reserved, terms, own, content, foreign = (
        tuple(word.casefold() for word in table[name]) for name in ("reserved", "terms", "own", "content", "foreign")
    )
    return Terms(
        reserved,
        terms,
        own,
        content,
        re.compile("|".join(rf"\b{re.escape(word)}" if word[0].isascii() else re.escape(word) for word in foreign)),
        {name: tuple(word.casefold() for word in words) for name, words in table["creative_commons"].items()},
        tuple((re.compile(entry["pattern"]), entry["id"]) for entry in table["address"]),
    )


@lru_cache(maxsize=1)
def _spdx() -> Any:
    from license_expression import get_spdx_licensing  # takes a fifth of a second to load its list

    return get_spdx_licensing()


@lru_cache(maxsize=1024)
def spdx(value: str) -> str | None:
    """An SPDX identifier or expression in its usual spelling ("cc-by-4.0 or mit" -> "CC-BY-4.0 OR MIT"), else None."""
    if not re.fullmatch(r"[\w.+() -]{2,100}", value):
        return None
    try:
        return str(_spdx().parse(value, validate=True))
    except Exception:  # of malformed expressions the library raises errors of its own, AssertionError and IndexError
        return None


_CC_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licen[cs]es/(?P<code>(?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa)){0,3})/(?P<version>[1-4]\.\d)"
    r"(?:/(?P<port>[a-z]{2,3}|igo|scotland))?|publicdomain/(?P<domain>zero|mark)/1\.0|licen[cs]es/(?P<old>publicdomain))(?:[/?#].{0,100})?"
)


def _creative_commons(code: str, version: str | None, port: str = "") -> str | None:
    """The identifier of a Creative Commons licence by its elements ("by-sa"); None for what was never one."""
    parts = [part for part in ("by", "nc", "nd", "sa") if part in code.split("-")]
    if "by" not in parts and version != "1.0":
        return None
    name = "CC-" + "-".join(parts).upper()
    if version is None:
        return f"LicenseRef-{name}"
    return spdx(f"{name}-{version}-{'UK' if port == 'uk' else port.upper()}") if port else f"{name}-{version}"


def address_id(address: str) -> str | None:
    """The SPDX identifier of the licence that an address is known for; None for other addresses."""
    match = re.match(r"(?:https?:)?//(?:www\.)?(.{4,300})", address.strip().casefold())
    if not match:
        return None
    found = _CC_ADDRESS.fullmatch(match[1])
    if found:
        if found["code"]:
            port = found["port"] or ""
            code, version = found["code"], found["version"]
            known = _creative_commons(code, version, port)
            return known or f"https://creativecommons.org/licenses/{code}/{version}/{f'{port}/' if port else ''}"
        return {"zero": "CC0-1.0", "mark": "CC-PDM-1.0", None: "CC-PDDC"}[found["domain"]]
    for pattern, name in terms_of_use().addresses:
        if known_as := pattern.fullmatch(match[1]):
            return spdx(known_as.expand(name))
    return None


_CC_CODE = re.compile(
    r"(?:\bcc|creative commons(?=.{1,3}by(?:\W{1,2}(?:nc|sa|nd|v?\d|licen)|\W?$|[.,;)])))"
    r"[\s:–-]{0,3}by(?P<rest>(?:[\s/–-]{1,2}(?:nc|sa|nd)\b){0,3})(?![a-z])"
    r"(?:[\s,–-]{1,3}(?:v|ver\.?|version)?[\s.]?(?P<version>[1-4]\.\d))?"
)
_VERSION = re.compile(r"(?<![\d.])([1-4]\.\d)(?![\d.]\d)")
_ZERO = re.compile(r"\bcc[\s-]?(?:0|zero)\b|creative commons zero|no rights reserved")
_OGL = re.compile(
    r"open government licen[cs]e(?P<canada>\s?[-–—]\s?canada)?"
    r"(?:.{0,12}?\b(?:v|version\s?)?(?P<version>[123])(?:\.0)?\b)?"
)
_GFDL = re.compile(r"(?:gnu )?free documentation licen[cs]e|\bgfdl\b")
_ETALAB = re.compile(r"licence ouverte(?:.{0,30}?(?P<version>[12])\.0)?")
_DL_DE = re.compile(
    r"datenlizenz deutschland.{0,5}(?P<kind>namensnennung|zero|null).{0,14}?2\.0|dl-de/(?P<code>by|zero)-2-0"
)
_KOGL = re.compile(r"공공누리.{0,10}?제?\s?(?P<type>[0-4])\s?유형")
PUBLIC = re.compile(
    r"\b(?:in|into|to) the public domain\b|gemeinfrei|domaine public|dominio público|domínio público|pubblico dominio|"
    r"publiek domein|domena publiczn|domenie publiczn|общественн\w{2,4} достояни|パブリックドメイン|公有领域|公有領域|"
    r"퍼블릭 도메인"
)
"""What says that a work is in the public domain."""


def named_license(sentence: str) -> str | None:
    """The licence that a sentence in folded case names, by its identifier; None where it names none.

    A name without its version gives "LicenseRef-CC-BY-SA" and the like.
    """
    if _ZERO.search(sentence):
        return "CC0-1.0"
    if match := _CC_CODE.search(sentence):
        return _creative_commons("by-" + "-".join(re.findall("nc|sa|nd", match["rest"])), match["version"])
    if "creative commons" in sentence or "creativecommons" in sentence:
        elements = terms_of_use().elements
        code = [name for name, words in elements.items() if any(word in sentence for word in words)]
        version = _VERSION.search(sentence)
        return _creative_commons("-".join(code), version and version[1]) if "by" in code else None
    if "public domain mark" in sentence:
        return "CC-PDM-1.0"
    if match := _OGL.search(sentence):
        if match["canada"]:
            return "OGL-Canada-2.0"
        return f"OGL-UK-{match['version']}.0" if match["version"] else "LicenseRef-OGL"
    if _GFDL.search(sentence):
        version = re.search(r"1\.[123]", sentence)
        later = "or-later" if "later" in sentence else "only"
        return f"GFDL-{version[0]}-{later}" if version else "LicenseRef-GFDL"
    if match := _ETALAB.search(sentence):
        return "etalab-2.0" if match["version"] == "2" else "LicenseRef-Licence-Ouverte"
    if match := _DL_DE.search(sentence):
        return "DL-DE-BY-2.0" if "namensnennung" in (match["kind"], "") or match["code"] == "by" else "DL-DE-ZERO-2.0"
    if match := _KOGL.search(sentence):
        return f"LicenseRef-KOGL-{match['type']}"
    return None


def license_id(value: str) -> str | None:
    """A declared licence: its SPDX identifier, else its address; None for prose that names no terms."""
    text = value.strip()
    if re.match(r"(?:https?:)?//", text):
        return address_id(text) or (text if re.fullmatch(r"https?://[^\s<>\"]{4,300}", text) else None)
    folded = text[:MAX_LINE].casefold()
    named = named_license(folded)
    if named and not named.startswith("LicenseRef-"):
        return named
    if any(words in folded for words in terms_of_use().reserved):
        return RESERVED
    return spdx(text) or named or (PUBLIC_DOMAIN if PUBLIC.search(folded) or folded == "public domain" else None)
