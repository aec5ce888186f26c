"""Who wrote a page: names out of declared values and of byline lines, freed of labels, offices and what is no name."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.describe.dates import month_number
from cleaner.describe.header import phrase_set, phrases
from cleaner.describe.title import squash
from cleaner.describe.view import Author, AuthorKind

MAX_NAME = 80
MAX_BYLINE = 200
_PARTICLES = frozenset({
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ten",
    "ter", "zu", "zur", "af", "av", "bin", "ibn", "al", "el", "y", "e", "i", "und", "and", "da'", "d'", "ap",
    "st",
})  # fmt: skip
_NAMES_TOO = frozenset({
    "april", "may", "june", "august", "avril", "jan", "mar", "marco", "mars", "mart", "mai", "maj", "juli", "jun",
    "dec", "gen", "nov", "ago",
})  # fmt: skip
"""Names of months that people have, too."""
_CJK_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}"
    r"|[\u3040-\u30ff\u4e00-\u9fff]{2,8}(?:[ \u3000・][\u3040-\u30ff\u4e00-\u9fff]{1,8})?"
    r"|[\uac00-\ud7af]{2,4}"
)
_CJK_NO_NAME = re.compile(
    r".*(?:[网網社部报報台局版时時]|频道|頻道|编辑|編輯|编译|記者|记者|기자|신문|일보|뉴스|방송|新聞|新闻|通信|ニュース|ブログ|作者)"
)
"""How the names of houses and offices end."""
_CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff]")
_HONORIFIC = re.compile(r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Mag|Ing|Dipl|Drs|Sir|Dra|Sra?)\.?\s(?:h\.\s?c\.\s|med\.\s)?){1,3}")
_HONORIFICS = ("Dr", "Prof", "Mr", "Mrs", "Ms", "Mag", "Ing", "Dipl", "Drs", "Sir", "Dra", "Sr", "Sra")
_BRACKETS = frozenset("(\"“'‘")
_NICKNAME = re.compile(r"\s(?:\([^\W\d_]{2,20}\)|[\"“'‘][^\W\d_]{2,20}[\"”'’])\s")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-])*\.?")
_SPLIT = re.compile(
    r"\s*(?:[,;&、，؛]|\s/\s|\b(?:and|und|et|y|e|och|og|en|и|ta|ve|o)\b(?!['’])|\s和|与|・(?=\S{4})|\sو(?=\s))\s*",
    re.IGNORECASE,
)
SUFFIX = re.compile(r"\s*(?:기자|특파원|記者|记者|特派员|編集委員|論説委員|撰稿)\s*(?:=|$|\s\S{1,40}@)")
_TAIL = re.compile(
    r"(?:\s(?:In|On|View|Published|Updated|Posted|Share|Follow|Follows|Save|Email)|(?<=[a-z])(?:Published|Updated|Posted))+$"
)


_LISTS = frozenset(",;&/、，،؛和与・و")
_JOINS = frozenset({"and", "und", "et", "y", "e", "och", "og", "en", "и", "ta", "ve", "o"})
_JOINED = re.compile(r"\w+")


def _may_list(text: str) -> bool:
    """Whether `_SPLIT` may find anything in a text, seen quickly: a mark of its, or a word."""
    return not (_LISTS.isdisjoint(text) and _JOINS.isdisjoint(_JOINED.findall(text.lower())))


def _word_is_name(word: str) -> bool:
    named = word[0].isupper() or word.casefold() in _PARTICLES
    return (named or word[:2].casefold() in ("d'", "d’", "l'", "l’", "al")) and _WORD.fullmatch(word) is not None


def may_go_on(first: str, second: str) -> bool:
    """Whether a name, or that of a body that signs, can have this word in lower case after its first word."""
    return (
        second in _PARTICLES
        or second == "the"
        or second.startswith(("d'", "l'", "al"))
        or first.rstrip(".").endswith(_HONORIFICS)
    )


def is_label(text: str) -> bool:
    """Whether a text is one of the words that stand before or around a date ("Published", "입력", "星期一")."""
    bare = text.strip(" :：").casefold()
    return any(
        bare in phrase_set(name) or f"{bare}:" in phrase_set(name)
        for name in ("date_label", "modified_label", "date_filler")
    )


@lru_cache(maxsize=4096)
def is_name(text: str, least: int = 2) -> bool:
    """Whether a text looks like one person's name: capitalised words, or a few letters of a script without capitals.

    Args:
        text: The candidate.
        least: How many words it needs at least, in scripts with capitals.
    """
    if not 2 <= len(text) <= 50 or text.casefold() in phrase_set("no_name"):
        return False
    if _CJK_NAME.fullmatch(text):
        return not (_CJK_NO_NAME.fullmatch(text) or is_label(text))
    if is_label(text):
        return False
    bare = _NICKNAME.sub(" ", text) if not _BRACKETS.isdisjoint(text) else text
    words = (_HONORIFIC.sub("", bare) if any(title in bare for title in _HONORIFICS) else bare).split()
    if not least <= len(words) <= 5:
        return False
    if _CASELESS.match(text):
        return len(words) >= 2 and all(_CASELESS.match(w) for w in words) and all(2 <= len(w) <= 14 for w in words)
    if not all(_word_is_name(w) for w in words) or not words[0][0].isupper() or not words[-1][0].isupper():
        return False
    lowered = [w.strip(".").casefold() for w in words if len(w) != 2 or w[1] != "."]  # initials are no words
    kinds = (phrase_set("organisation"), phrase_set("job"), phrase_set("no_name_word"))
    return not any((month_number(w) and w not in _NAMES_TOO) or any(w in kind for kind in kinds) for w in lowered)


def kind_of(name: str, stated: str = "", sites: list[str] | None = None) -> AuthorKind:
    """What kind of name it is. `stated` is the type that markup gave it, `sites` squashed names of the page's site."""
    words = [w.strip(".,").casefold() for w in name.split()]
    of_site = squash(name) in (sites or []) and not (_is_own_site(name) and stated != "Organization")
    if of_site or stated == "Organization" or name.casefold() in phrase_set("agency"):
        return "org"
    if any(w in phrase_set("organisation") for w in words):
        return "org"
    if name.startswith("@") or (len(words) == 1 and (any(c.isdigit() or c in "_-" for c in name) or name.islower())):
        return "handle"
    if is_name(name) or (stated == "Person" and len(words) >= 2):
        return "person"
    return "unknown"


_LABEL_END = r"(?:\s*[:：｜・＝]\s*|\s+|(?<=[:：/／])\s*)"


@lru_cache(maxsize=1)
def byline_label() -> re.Pattern[str]:
    """A pattern of what stands before the names in a byline."""
    labels = "|".join(
        re.escape(p.rstrip(" :")) + (r"(?=\s?[:：])" if p.endswith(":") else "") for p in phrases("byline")
    )
    return re.compile(rf"[(（\[–—*•\s]{{0,3}}(?:{labels}){_LABEL_END}", re.IGNORECASE)


@lru_cache(maxsize=4096)
def clean_name(text: str) -> str | None:
    """A declared or found name without its label and its brackets; None for what is no name at all."""
    name = text.strip().strip('|•·,;:-–—*"“”()[] ').strip()
    if name.casefold() in phrase_set("no_name") or f"{name.casefold()}:" in phrase_set("byline"):
        return None
    if name[:2] in ("By", "by") and name[2:3].isupper() and not name[2:4].isupper():
        name = name[2:]  # the blank after the label was lost
    label = byline_label().match(name)
    if label and name[label.end() :].strip():
        name = name[label.end() :].strip()
    name = _TAIL.sub("", SUFFIX.sub("", name).strip()).strip()
    half = len(name) // 2
    if len(name) > 6 and name[:half].strip() == name[half:].strip():
        name = name[:half].strip()  # the name beside its own picture's text
    if name.endswith((")", "]", ">")):
        name = re.sub(r"\s*[(\[<][^()\[\]<>]{0,60}[)\]>]$", "", name)
    lowered = name.casefold()
    if not 1 < len(name) <= MAX_NAME or lowered in phrase_set("no_name"):
        return None
    if lowered.startswith(("http:", "https:", "www.", "sign in", "log in")):
        return None
    if len(name.split()) > 2 and any(c.isdigit() for c in name):
        return None
    if (not name[0].isalpha() or "@" in name) and re.fullmatch(r"\S{1,64}@\S{1,64}\.\w{2,10}|[\d\W_]{1,80}", name):
        return None
    return name if sum(c.isdigit() for c in name) <= len(name) / 2 else None


def split_names(text: str) -> list[str]:
    """The names in "Ada Example, Ben Sample and Team": an office after a comma is left out, a title is no name."""
    parts = [p.strip() for p in _SPLIT.split(text[: MAX_BYLINE * 2]) if p and p.strip()] if _may_list(text) else []
    if len(parts) < 2:
        return [text.strip()] if text.strip() else []
    if len(parts) == 2 and "," not in text and all(len(p) > 2 and p.isalpha() and p[0].isupper() for p in parts):
        return parts  # "Ada and Ben"
    names = [parts[0]]
    for part in parts[1:]:
        words = {w.strip(".").casefold() for w in part.split()}
        if words & phrase_set("job") or len(part) <= 3 or not is_name(part):
            continue
        names.append(part)
    return names


def declared_authors(pairs: list[tuple[str, str]], sites: list[str]) -> list[Author]:
    """Authors out of declared (name, type) pairs."""
    authors: dict[str, Author] = {}
    for text, stated in pairs:
        whole = clean_name(_turned(text)) if len(text) <= MAX_BYLINE else None
        if not whole:
            continue
        for part in split_names(whole) if stated != "Organization" else [whole]:
            name = clean_name(part)
            if name and not _is_publisher(name, stated, sites):
                authors.setdefault(squash(name), {"name": name, "kind": kind_of(name, stated, sites)})
    return list(authors.values())[:30]


def _turned(text: str) -> str:
    """ "Example, Ada B." as "Ada B. Example": libraries file names under the family's."""
    family, _, given = (part.strip() for part in text.partition(","))
    words = len(family.split()), len(given.split())
    if "," in given or not 1 <= words[0] <= 2 or not 1 <= words[1] <= 3 or not is_name(f"{given} {family}"):
        return text
    return text if words[0] == 2 and words[1] > 1 else f"{given} {family}"


_STAFF = frozenset({
    "team", "staff", "editors", "editorial", "desk", "newsroom", "redaktion", "redacción", "rédaction",
    "redazione", "redação", "writers", "contributors",
})  # fmt: skip


_ARTICLES = frozenset({
    "the", "die", "der", "das", "el", "la", "los", "las", "le", "les", "il", "lo", "al", "de", "het",
})  # fmt: skip


def _is_own_site(name: str) -> bool:
    """Whether a site of this name is a person's: a name of two words or more, none of which outlets go by."""
    words = name.casefold().split()
    named = len(words) > 1 and words[0] not in _ARTICLES and is_name(name)
    return named and not set(words) & phrase_set("outlet")


def _is_publisher(name: str, stated: str, sites: list[str]) -> bool:
    """Whether an author is but the site under its own name ("Gazette Inc"); its staff ("Gazette Team") is not, nor is
    a person whose own site it is."""
    squashed = squash(name)
    if _STAFF & set(name.casefold().split()) or (stated != "Organization" and _is_own_site(name)):
        return False
    return any(
        squashed == site
        or (len(site) >= 4 and squashed.startswith(site))
        or (len(squashed) >= 5 and site.startswith(squashed))
        for site in sites
    )


def is_staff(text: str) -> bool:
    """Whether a text names a body that signs as one: capitalised, ending in a word such as Team or Redaktion."""
    words = text.split()
    return 1 <= len(words) <= 5 and words[-1].casefold() in _STAFF and all(w[0].isupper() or w == "the" for w in words)
