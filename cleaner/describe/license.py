"""Under what terms a page may be used: what it declares, what its licence links name, what its foot says.

An SPDX identifier where there is one, an address where the terms have only that, and `LicenseRef-...`, as SPDX has it
for what is not on its list, for terms named without their version and for "all rights reserved". A notice such as
"© 2020 The Gazette" names an owner, not terms, and counts as nothing; so do the terms of a photo, of the site's
software, or of a work that is merely mentioned.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

from cleaner.describe.facts import Facts
from cleaner.describe.header import fold_lines
from cleaner.describe.view import Found, PageView

RESERVED = "LicenseRef-All-Rights-Reserved"
PUBLIC_DOMAIN = "LicenseRef-Public-Domain"
MAX_LINE = 1_000
"""A statement stands in a line of so many characters at most."""
MAX_PROSE = 200
"""A kept line longer than this is running text: it tells of the page's terms only where it names the page itself."""


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
def _terms() -> Terms:
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
    for pattern, name in _terms().addresses:
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
_PUBLIC = re.compile(
    r"\b(?:in|into|to) the public domain\b|gemeinfrei|domaine public|dominio público|domínio público|pubblico dominio|"
    r"publiek domein|domena publiczn|domenie publiczn|общественн\w{2,4} достояни|パブリックドメイン|公有领域|公有領域|"
    r"퍼블릭 도메인"
)


def named_license(sentence: str) -> str | None:
    """The licence that a sentence in folded case names, by its identifier; None where it names none.

    A name without its version gives "LicenseRef-CC-BY-SA" and the like.
    """
    if _ZERO.search(sentence):
        return "CC0-1.0"
    if match := _CC_CODE.search(sentence):
        return _creative_commons("by-" + "-".join(re.findall("nc|sa|nd", match["rest"])), match["version"])
    if "creative commons" in sentence or "creativecommons" in sentence:
        elements = _terms().elements
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
    if any(words in folded for words in _terms().reserved):
        return RESERVED
    return spdx(text) or named or (PUBLIC_DOMAIN if _PUBLIC.search(folded) or folded == "public domain" else None)


_TRIGGERS = (
    "creative commons", "creativecommons", "cc by", "cc-by", "cc0", "cc zero", "public domain", "open government licen",
    "free documentation licen", "gfdl", "licence ouverte", "datenlizenz deutschland", "dl-de/", "no rights reserved",
    "gemeinfrei", "domaine public", "dominio públic", "domínio públic", "pubblico dominio", "publiek domein",
    "domena publiczn", "domenie publiczn", "достояни", "パブリックドメイン", "公有领域", "公有領域",
    "퍼블릭 도메인", "공공누리",
)  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\s*[|•]\s*|\n")
_ELSEWHERE = frozenset({"comment", "caption", "photo_credit", "image_name"})
_SIGNS = ("©", "copyright", "(c)")
LAST_LINES = 60
"""So many lines at a page's end can be its foot."""
MAX_NAME = 40
"""A line that holds hardly more than a licence's name is not longer."""


def page_license(page: PageView, facts: Facts) -> tuple[Found, int | None] | None:
    """The terms under which a page says that it may be used, and the line that says so, where one does.

    Terms that are declared come first, then a link to a licence, then a line that names one; "all rights reserved"
    counts where nothing else is said.
    """
    found: list[tuple[Found, int | None]] = []
    for stated in facts.get("license", []):
        name = license_id(str(stated.value))
        if name:
            found.append((Found(name, stated.method, stated.confidence), None))
    found += _linked(page)
    found += _told(page)
    return next((one for one in found if one[0].value != RESERVED), next(iter(found), None))


def _linked(page: PageView) -> list[tuple[Found, int | None]]:
    """Licences that links of the page lead to, the ones of photos and other works aside."""
    found: list[tuple[Found, int | None]] = []
    last = _last_prose(page)
    for rel, address, around in page.head.licenses:
        name = address_id(address)
        if not name:
            continue
        line = next((i for i, text in enumerate(page.lines) if around and text.startswith(around[:80])), None)
        sure = "license" in rel.split()
        far = line is None or page.verdict(line) != "keep" or line > last
        if not around or (not _is_elsewhere(page, line) and _is_open(around.casefold(), far, sure)):
            found.append((Found(name, "html", 0.9 if sure else 0.8), line))
    return found


def _told(page: PageView) -> list[tuple[Found, int | None]]:
    """Terms that lines of the page state."""
    lines = [
        line if len(line) <= (2 * MAX_PROSE if verdict == "keep" else MAX_LINE) else ""
        for line, verdict in zip(page.lines, page.verdicts, strict=True)
    ]
    whole = fold_lines(lines)
    triggers = _held(_TRIGGERS, whole)
    reserved = _held(_terms().reserved, whole)
    if not reserved and not triggers:
        return []
    notices = _notices(page, lines, whole) if reserved else []
    reserved = _held(reserved, fold_lines(lines[i] for i in notices))
    last = _last_prose(page)
    found: list[tuple[Found, int | None]] = []
    for i in range(len(lines)) if triggers else notices:
        line = lines[i].casefold()
        if any(words in line for words in triggers):
            if _is_elsewhere(page, i):
                continue
            above = lines[i - 1].casefold() if i and len(line) < 60 else ""
            above = above if len(above) < MAX_PROSE else ""
            if above and above[-1] not in ".!?:。":
                line = f"{above} {line}"
            for sentence in _SENTENCE_END.split(line):
                name = named_license(sentence)
                if name and _is_open(sentence, page.verdict(i) != "keep" or i > last):
                    found.append((Found(name, "text", 0.75), i))
                elif not name and _PUBLIC.search(sentence) and _names_itself(sentence):
                    found.append((Found(PUBLIC_DOMAIN, "text", 0.6), i))
        elif any(words in line for words in reserved) and i in notices and not _is_elsewhere(page, i):
            end = max(line.find(words) + len(words) for words in reserved)
            other = _terms().foreign.search(line, 0, end)
            if not other or any(words in line for words in _terms().content):
                found.append((Found(RESERVED, "text", 0.7), i))
    return found


def _held(phrases: Sequence[str], folded: tuple[str, str]) -> list[str]:
    """The phrases that lines hold, given as `fold_lines` gives them."""
    plain, others = folded
    return [words for words in phrases if (words.isascii() and words in plain) or words in others]


def _count(folded: tuple[str, str], words: str) -> int:
    return sum(text.count(words) for text in folded)


def _notices(page: PageView, lines: list[str], whole: tuple[str, str]) -> list[int]:
    """Lines in which rights can be reserved: the page's last ones, and those around a notice of copyright.

    `whole`: the lines as `fold_lines` gives them.
    """
    count = len(lines)
    foot = fold_lines(lines[-LAST_LINES:])
    signs = [sign for sign in _SIGNS if _count(whole, sign) > _count(foot, sign)]
    found: set[int] = set()
    if signs:
        folded = (line.casefold() for line in lines[:-LAST_LINES])
        near = (i for i, line in enumerate(folded) if any(sign in line for sign in signs))
        found.update(k for i in islice(near, 20) for k in range(max(0, i - 2), min(count, i + 3)))
    found.update(range(max(0, count - LAST_LINES), count))
    return [i for i in sorted(found) if page.verdict(i) != "keep" or len(page.lines[i]) <= MAX_PROSE]


def _last_prose(page: PageView) -> int:
    """The last kept line of running text; -1 where there is none."""
    kept = (i for i in range(len(page.lines) - 1, -1, -1) if page.verdict(i) == "keep")
    return next((i for i in kept if len(page.lines[i]) > MAX_PROSE), -1)


def _names_itself(sentence: str) -> bool:
    return any(words in sentence for words in _terms().own)


def _is_elsewhere(page: PageView, line: int | None) -> bool:
    """Whether a line belongs to a picture or to a reader's comment."""
    return line is not None and (page.role(line) in _ELSEWHERE or page.tag(line) in ("figcaption", "caption"))


def _is_open(sentence: str, far: bool, sure: bool = False) -> bool:
    """Whether a sentence that names a licence speaks of the page's own text.

    Args:
        sentence: In folded case.
        far: It stands outside of the running text, as in a page's foot.
        sure: Its link says that it leads to the page's licence.
    """
    if _names_itself(sentence):
        return True
    terms = _terms()
    other = terms.foreign.search(sentence)
    if not far or (other and not any(words in sentence[: other.start()] for words in terms.content)):
        return False
    return sure or len(sentence) <= MAX_NAME or any(words in sentence for words in (*terms.terms, *terms.content))
