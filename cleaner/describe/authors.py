"""Who wrote a page: names out of declared values and of byline lines, freed of labels, offices and what is no name."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.describe.dates import HAS_YEAR, find_dates, month_number
from cleaner.describe.header import phrase_pattern, phrase_set, phrases, tokens
from cleaner.describe.title import squash
from cleaner.describe.view import Author, AuthorKind

MAX_NAME = 80
MAX_BYLINE = 200
_PARTICLES = frozenset({
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ten",
    "ter", "zu", "zur", "af", "av", "bin", "ibn", "al", "el", "y", "e", "i", "und", "and", "da'", "d'", "ap",
    "st",
})  # fmt: skip
_CJK_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}"
    r"|[\u3040-\u30ff\u4e00-\u9fff]{2,8}(?:[ \u3000・][\u3040-\u30ff\u4e00-\u9fff]{1,8})?"
    r"|[\uac00-\ud7af]{2,4}"
)
_CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff]")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-])*\.?")
_SPLIT = re.compile(
    r"\s*(?:[,;&、，؛]|\s/\s|\b(?:and|und|et|y|e|och|og|en|и|ta|ve|o)\b|\s和|与|・(?=\S{4})|\sو(?=\s))\s*",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\s*(?:[|•·⋅►>\n\t]|\s[–—-]{1,2}\s|\(|\[|//|@|\d|"
    r"\b(?:published|posted|updated|on|in|for|from|via|last|at|am|le|el|il|em|aktualisiert|mis à jour)\b)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*(?:기자|특파원|記者|记者|特派员|編集委員|論説委員|撰稿)\s*(?:=|$)")
_SURE_LABELS = frozenset({"by", "written by", "posted by", "author", "autor", "text", "words by", "story by"})
_TAIL = re.compile(
    r"(?:\s(?:In|On|View|Published|Updated|Posted|Share|Follow|Follows|Save|Email)|(?<=[a-z])(?:Published|Updated|Posted))+$"
)


def _word_is_name(word: str) -> bool:
    if not _WORD.fullmatch(word):
        return False
    return word[0].isupper() or word.casefold() in _PARTICLES or word[:2].casefold() in ("d'", "d’", "l'", "l’", "al")


def is_name(text: str, least: int = 2) -> bool:
    """Whether a text looks like one person's name: capitalised words, or a few letters of a script without capitals.

    Args:
        text: The candidate.
        least: How many words it needs at least, in scripts with capitals.
    """
    if not 2 <= len(text) <= 50 or text.casefold() in phrase_set("no_name"):
        return False
    if _CJK_NAME.fullmatch(text):
        return True
    words = text.split()
    if not least <= len(words) <= 5:
        return False
    if _CASELESS.match(text):
        return len(words) >= 2 and all(_CASELESS.match(w) for w in words) and all(2 <= len(w) <= 14 for w in words)
    if not all(_word_is_name(w) for w in words) or not words[0][0].isupper() or not words[-1][0].isupper():
        return False
    lowered = [w.strip(".").casefold() for w in words]
    kinds = (phrase_set("organisation"), phrase_set("job"), phrase_set("no_name_word"))
    return not any(month_number(w) or any(w in kind for kind in kinds) for w in lowered)


def kind_of(name: str, stated: str = "", sites: list[str] | None = None) -> AuthorKind:
    """What kind of name it is. `stated` is the type that markup gave it, `sites` squashed names of the page's site."""
    words = [w.strip(".,").casefold() for w in name.split()]
    if squash(name) in (sites or []) or stated == "Organization" or name.casefold() in phrase_set("agency"):
        return "org"
    if any(w in phrase_set("organisation") for w in words):
        return "org"
    if name.startswith("@") or (len(words) == 1 and (any(c.isdigit() or c in "_-" for c in name) or name.islower())):
        return "handle"
    if is_name(name) or (stated == "Person" and len(words) >= 2):
        return "person"
    return "unknown"


_LABEL_END = r"(?:\s*[:：]\s*|\s+|(?<=[:：/／])\s*)"


@lru_cache(maxsize=1)
def _byline_label() -> re.Pattern[str]:
    labels = "|".join(
        re.escape(p.rstrip(" :")) + (r"(?=\s?[:：])" if p.endswith(":") else "") for p in phrases("byline")
    )
    return re.compile(rf"[(（\[–—*•\s]{{0,3}}(?:{labels}){_LABEL_END}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _bare_labels() -> frozenset[str]:
    return frozenset(p.rstrip(" :：/") for p in phrase_set("byline"))


def clean_name(text: str) -> str | None:
    """A declared or found name without its label and its brackets; None for what is no name at all."""
    name = text.strip().strip('|•·,;:-–—*"“”()[] ').strip()
    if name.casefold() in phrase_set("no_name"):
        return None
    if name[:2] in ("By", "by") and name[2:3].isupper() and not name[2:4].isupper():
        name = name[2:]  # the blank after the label was lost
    label = _byline_label().match(name)
    if label and name[label.end() :].strip():
        name = name[label.end() :].strip()
    name = _TAIL.sub("", _SUFFIX.sub("", name).strip()).strip()
    half = len(name) // 2
    if len(name) > 6 and name[:half].strip() == name[half:].strip():
        name = name[:half].strip()  # the name beside its own picture's text
    name = re.sub(r"\s*[(\[<][^()\[\]<>]{0,60}[)\]>]$", "", name)
    lowered = name.casefold()
    if not 1 < len(name) <= MAX_NAME or lowered in phrase_set("no_name"):
        return None
    if lowered.startswith(("http:", "https:", "www.", "sign in", "log in")):
        return None
    if len(name.split()) > 2 and any(c.isdigit() for c in name):
        return None
    if re.fullmatch(r"\S{1,64}@\S{1,64}\.\w{2,10}|[\d\W_]{1,80}", name):
        return None
    return name if sum(c.isdigit() for c in name) <= len(name) / 2 else None


def split_names(text: str) -> list[str]:
    """The names in "Ada Example, Ben Sample and Team": an office after a comma is left out, a title is no name."""
    parts = [p.strip() for p in _SPLIT.split(text[: MAX_BYLINE * 2]) if p and p.strip()]
    if len(parts) < 2:
        return [text.strip()] if text.strip() else []
    if all(len(p.split()) == 1 for p in parts) and "," in text and len(parts) == 2:
        return [text.strip()]  # "Example, Ada"
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
        if len(text) > MAX_BYLINE:
            continue
        whole = clean_name(text)
        if not whole:
            continue
        listed = split_names(whole) if stated != "Organization" else [whole]
        if len(listed) > 1 or (listed and listed[0] != whole and "," in whole):
            parts = listed
        else:
            parts = [whole]
        for part in parts:
            name = clean_name(part)
            if name and not _is_publisher(name, sites):
                authors.setdefault(squash(name), {"name": name, "kind": kind_of(name, stated, sites)})
    return list(authors.values())[:30]


_STAFF = frozenset({
    "team", "staff", "editors", "editorial", "desk", "newsroom", "redaktion", "redacción", "rédaction",
    "redazione", "redação", "writers", "contributors",
})  # fmt: skip


def _is_publisher(name: str, sites: list[str]) -> bool:
    """Whether an author is but the site under its own name ("Gazette Inc"); its staff ("Gazette Team") is not."""
    squashed = squash(name)
    if _STAFF & set(name.casefold().split()):
        return False
    return any(
        squashed == site
        or (len(site) >= 4 and squashed.startswith(site))
        or (len(squashed) >= 5 and site.startswith(squashed))
        for site in sites
    )


def _is_staff(text: str) -> bool:
    """Whether a text names a body that signs as one: capitalised, ending in a word such as Team or Redaktion."""
    words = text.split()
    return 1 <= len(words) <= 5 and words[-1].casefold() in _STAFF and all(w[0].isupper() or w == "the" for w in words)


@lru_cache(maxsize=2048)
def byline_names(line: str, following: str = "") -> tuple[list[str], bool]:
    """The names in a byline, and whether `following`, the next line, held them. ([], False) if it is no byline.

    Args:
        line: One line of a page.
        following: The next line, for bylines whose label stands on a line of its own.
    """
    if len(line) > MAX_BYLINE:
        return [], False
    label = _byline_label().match(line)
    bare = line.strip(" :：/|•·—–-").casefold()
    if not label or not line[label.end() :].strip():
        below = following.strip()
        if bare in _bare_labels() and 0 < len(below) <= 60 and (is_name(below) or _is_staff(below)):
            return [below], True
        suffix = _SUFFIX.search(line)
        if suffix and suffix.start() <= 12 and is_name(line[: suffix.start()].strip(" (（")):
            return [line[: suffix.start()].strip(" (（")], False
        return [], False
    rest = line[label.end() :].strip()
    stop = _STOP.search(rest)
    if stop:
        rest = rest[: stop.start()]
    rest = rest.strip(" ,;|•·–—-")
    if not rest or len(rest) > 120:
        return [], False
    if _is_staff(rest):
        return [rest], False
    label_said = line[: label.end()].strip(" (（[–—*•:：").casefold()
    least = 1 if label_said in _SURE_LABELS and len(rest.split()) == 1 else 2
    told = [_SUFFIX.sub("", name).strip() for name in split_names(rest)]
    if not told or not is_name(told[0], least):
        return [], False
    cleaned = [clean_name(name) for name in told if is_name(name, least)]
    good = [name for name in cleaned if name]
    return good, False


_READ_TIME = re.compile(
    r"\d{1,3}[\s-]?(?:min(?:ute)?s?\b\.?(?:\s(?:read|lecture|lesezeit|de lectura|di lettura))?|分钟|分で読めます)",
    re.IGNORECASE,
)
_BAR = re.compile(r"[|•·⋅/►»]|\s[–—-]{1,2}\s|,\s")
_CLOCK = re.compile(
    r"\d{1,2}\s?[:h.時时시]\s?\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?\b|uhr\b|h\b|分)?|\d{1,2}\s?[ap]\.?m\.?\b|[+-]\d{2}:?\d{2}",
    re.IGNORECASE,
)


def name_beside_date(line: str, language: str | None = None) -> str | None:
    """The name in a line that holds a date and a name and nothing else ("Ada Example | May 3, 2020")."""
    if len(line) > 110 or not HAS_YEAR.search(line):
        return None
    dates = find_dates(line, language)
    if not dates or any(d.precision == "year" for d in dates):
        return None
    for date in reversed(dates):
        line = f"{line[: date.start]}|{line[date.end :]}"
    line = _READ_TIME.sub("|", _CLOCK.sub("|", line))
    line = phrase_pattern("modified_label").sub("|", phrase_pattern("date_label").sub("|", line))
    parts = [p.strip(" ,;:()[]–—-") for p in _BAR.split(line)]
    filler = phrase_set("date_filler")
    parts = [p for p in parts if any(c.isalpha() for c in p) and p.casefold() not in filler]
    if len(parts) != 1:
        return None
    label = _byline_label().match(parts[0])
    name = parts[0][label.end() :].strip() if label else parts[0]
    cleaned = clean_name(name)
    return cleaned if cleaned and is_name(cleaned) else None


@lru_cache(maxsize=2048)
def dateline(line: str, language: str | None = None) -> tuple[list[tuple[str, str]], bool] | None:
    """The dates of a short line that is a dateline: ([(label, date)], whole).

    `label` is "published", "modified" or "" for each date; `whole` says that the line holds nothing else. None for
    lines without a date or with too much beside it.
    """
    if len(line) > 160 or not HAS_YEAR.search(line):
        return None
    dates = find_dates(line, language)
    if not dates:
        return None
    found: list[tuple[str, str]] = []
    rest: list[str] = []
    position = 0
    for date in dates:
        before = line[position : date.start]
        label = ""
        if phrase_pattern("modified_label").search(before):
            label = "modified"
        elif phrase_pattern("date_label").search(before):
            label = "published"
        found.append((label, date.text))
        rest.append(before)
        position = date.end
    rest.append(line[position:])
    left = _CLOCK.sub(" ", " ".join(rest))
    left = phrase_pattern("modified_label").sub(" ", phrase_pattern("date_label").sub(" ", left))
    words = [w for w in tokens(left) if w not in phrase_set("date_filler") and not w.isdigit()]
    if not words:
        return found, True
    return (found, False) if len(" ".join(words)) <= 45 else None
