"""Licences that datasets are shared under: how each is named in prose, by SPDX, and on the Hub."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://\S+")

_HUB = frozenset({
    "afl-3.0", "agpl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear",
    "bsl-1.0", "c-uda", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0",
    "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "cdla-sharing-1.0", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2", "gfdl", "gpl-2.0",
    "gpl-3.0", "isc", "lgpl-2.1", "lgpl-3.0", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1",
    "osl-3.0", "pddl", "postgresql", "unlicense", "wtfpl", "zlib",
})  # fmt: skip
"""What the Hub takes as `license:`; anything else is `other` there."""

_ON_THE_HUB = {"odc-by-1.0": "odc-by", "odbl-1.0": "odbl", "pddl-1.0": "pddl", "gfdl-1.3": "gfdl"}

_IDENTIFIERS = {
    **{name: name.upper().replace("-CLAUSE", "-Clause") for name in _HUB},
    "apache-2.0": "Apache-2.0", "cdla-permissive-1.0": "CDLA-Permissive-1.0", "mit": "MIT", "unlicense": "Unlicense",
    "cdla-permissive-2.0": "CDLA-Permissive-2.0", "cdla-sharing-1.0": "CDLA-Sharing-1.0", "odc-by": "ODC-By-1.0",
    "odbl": "ODbL-1.0", "pddl": "PDDL-1.0", "artistic-2.0": "Artistic-2.0", "postgresql": "PostgreSQL", "zlib": "Zlib",
    "bsd-3-clause-clear": "BSD-3-Clause-Clear", "c-uda": "C-UDA-1.0", "gfdl": "GFDL-1.3-or-later",
    "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "agpl-3.0": "AGPL-3.0-only", "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only", "ms-pl": "MS-PL",
    "etalab-2.0": "etalab-2.0",
}  # fmt: skip
"""Name on the Hub -> identifier of SPDX."""

_IN_PROSE = (
    (r"\bCC[ -]?0\b|\bCreative Commons Zero\b", "CC0-1.0"),
    (r"\b(?:CC|Creative Commons)[ -](BY(?:[ -](?:NC|ND|SA)){0,2})[ -]?(\d\.\d)?", "CC"),
    (r"\bCreative Commons Attribution((?:[- ](?:NonCommercial|NoDerivatives|ShareAlike)){0,2})(?: (\d\.\d))?", "CC-BY"),
    (r"\bMIT\b", "MIT"),
    (r"\bApache(?: Licen[sc]e)?,?(?: version)?[ -]?2(?:\.0)?\b", "Apache-2.0"),
    (r"\bODC[ -]?By\b|\bOpen Data Commons Attribution\b", "ODC-By-1.0"),
    (r"\bODbL\b|\bOpen Database Licen[sc]e\b", "ODbL-1.0"),
    (r"\bPDDL\b", "PDDL-1.0"),
    (r"\b([AL]?GPL)[ -]?v?(\d(?:\.\d)?)?\b", "GPL"),
    (r"\bBSD\b", "BSD"),
    (r"\b(?:the )?Unlicense\b", "Unlicense"),
    (r"\bCDLA\b", "CDLA"),
)
"""How prose names licences, and the identifier that each begins with."""

_TERMS = {"noncommercial": "NC", "noderivatives": "ND", "sharealike": "SA"}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as it was stated: its words, its identifier of SPDX where it has one, its address where known."""

    stated: str
    spdx: str | None
    url: str | None
    hub: str


def find_licence(stated: str) -> Licence:
    """What is meant by a stated licence: an identifier in any case, an address, or words of the publisher's own."""
    stated = " ".join(stated.split())
    name = stated.lower()
    name = _ON_THE_HUB.get(name, re.sub("-(only|or-later)$", "", name))
    if name in _HUB:
        spdx = _IDENTIFIERS[name]
        if stated.lower().endswith("-or-later"):
            spdx = spdx.removesuffix("-only").removesuffix("-or-later") + "-or-later"
        return Licence(stated, spdx, f"https://spdx.org/licenses/{spdx}.html", name)
    return Licence(stated, None, stated if _ADDRESS.fullmatch(stated) else None, "other")


def named_licences(sentence: str) -> list[tuple[str, str]]:
    """The licences that a sentence names: the words it uses, and the identifier of SPDX or what that begins with."""
    found = []
    for pattern, spdx in _IN_PROSE:
        for match in re.finditer(pattern, sentence, re.IGNORECASE if spdx != "MIT" else 0):
            groups = [group or "" for group in match.groups()]
            name = spdx
            if spdx == "CC":
                name = f"CC-{groups[0].upper().replace(' ', '-')}" + (f"-{groups[1]}" if groups[1] else "")
            elif spdx == "CC-BY":
                terms = "".join(f"-{short}" for word, short in _TERMS.items() if word in groups[0].lower())
                name = f"CC-BY{terms}" + (f"-{groups[1]}" if groups[1] else "")
            elif spdx == "GPL":
                name = groups[0].upper() + (f"-{groups[1]}" if groups[1] else "")
            found.append((match[0].strip(), name))
    return found


def licence_file(title: str, stated: str) -> str:
    """`LICENSE` for a dataset whose licence is stated by its name or address, and what that can mean for the pages."""
    licence = find_licence(stated)
    lines = [title, "", f"The publisher shares this dataset under: {licence.stated}"]
    if licence.spdx:
        lines.append(f"SPDX-License-Identifier: {licence.spdx}")
    if licence.url and licence.url != licence.stated:
        lines.append(f"Its text: {licence.url}")
    return "\n".join([*lines, "", _REACH, "", MADE]) + "\n"


_REACH = """\
A licence can only give what the publisher has to give. The pages that the dataset was made from belong to
those who wrote them."""

MADE = """\
This file was made by cleaner from what was stated for the dataset's card. If you put the licence's own text in its
place, that is kept."""
"""What a `LICENSE` that is ours ends with; any other is a person's."""
