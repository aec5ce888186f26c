"""Which language a text is in: by its script first, then by a detector, whose word is checked where it can be wrong.

langdetect is sure of itself on languages that it does not know, so its word counts only where the text holds the small
words of the language it names. Where it fails so, and the page says that it is in a language which langdetect does not
know, in the script of the text, the page is believed; else the small words of some such languages decide. Chinese comes
out with its script, `zh-Hans` or `zh-Hant`, since BCP 47 names the writing rather than a country; bare `zh` where the
characters do not tell.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from cleaner.describe.detectors import LANGDETECT, DetectorName, candidates

SAMPLE_LETTERS = 1000
MIN_LETTERS = 20
MIN_SCORE = 0.8
MIN_COMMON = 0.05
"""Share of a text's words that should be among the language's commonest; known languages have 0.15 and more."""
MIN_OTHER, MIN_BEGINNINGS = 0.2, 0.12
"""The same of a language that is told by nothing else; of one that is told by how words begin, too."""
FROM_WORDS = 0.8
"""The probability given to a language that is told by its commonest words; a guess."""

_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ADDRESS = re.compile(r"https?://\S{1,300}")
_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}\.\S{1,64}")
_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_][a-z0-9]{4,8}){0,2}", re.IGNORECASE)

# Blocks whose letters mean one script: (first code point, last, script).
_BLOCKS = (
    (0x0041, 0x024F, "Latn"), (0x0370, 0x03FF, "Grek"), (0x0400, 0x052F, "Cyrl"), (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"), (0x0600, 0x06FF, "Arab"), (0x0750, 0x077F, "Arab"), (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"), (0x0A00, 0x0A7F, "Guru"), (0x0A80, 0x0AFF, "Gujr"), (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"), (0x0C00, 0x0C7F, "Telu"), (0x0C80, 0x0CFF, "Knda"), (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"), (0x0E00, 0x0E7F, "Thai"), (0x0E80, 0x0EFF, "Laoo"), (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"), (0x1200, 0x137F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"), (0x1E00, 0x1EFF, "Latn"), (0x1F00, 0x1FFF, "Grek"), (0x3040, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hang"), (0x3400, 0x4DBF, "Hani"), (0x4E00, 0x9FFF, "Hani"), (0xAC00, 0xD7AF, "Hang"),
    (0x20000, 0x3FFFF, "Hani"),
)  # fmt: skip
_STARTS = [first for first, _, _ in _BLOCKS]
_ONE_LANGUAGE = {
    "Grek": "el", "Armn": "hy", "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml",
    "Sinh": "si", "Thai": "th", "Laoo": "lo", "Geor": "ka", "Hang": "ko", "Khmr": "km", "Guru": "pa",
}  # fmt: skip

_WRITTEN = {
    "Cyrl": {"az", "ba", "be", "bs", "ce", "cv", "kk", "ky", "mn", "os", "sah", "sr", "tg", "tt", "tk", "uz"},
    "Arab": {"az", "ckb", "ks", "ku", "pa", "ps", "sd", "ug", "kk"},
    "Deva": {"bho", "gom", "kok", "mai", "new", "sa"},
    "Latn": {"az", "bs", "ku", "sr", "tk", "tt", "uz", "kk"},
    "Beng": {"as"}, "Ethi": {"am", "ti"}, "Hebr": {"yi", "lad"}, "Mymr": {"my", "shn"}, "Tibt": {"bo", "dz"},
}  # fmt: skip
"""Script -> languages written in it which langdetect does not know; what stands nowhere here is written in Latin."""
_SAME_LANGUAGE = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "sh": "hr"}
"""What pages declare -> what the detectors call it."""
_SISTERS = {"hr": ("bs", "sr", "cnr"), "id": ("ms",)}
"""Languages that langdetect gives for close relatives, too, which it does not know: there the page is believed."""


class Detected(NamedTuple):
    """A BCP 47 tag ("und" if unsure) and the probability that it is right (None when no detector stands for it)."""

    language: str
    score: float | None


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("cleaner.describe") / "data" / "common_words.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _common_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _table()["words"].items()}


@lru_cache(maxsize=1)
def _other_words() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Languages that langdetect does not know -> their commonest words, and beginnings of words."""
    split = {language: words.split() for language, words in _table()["others"].items()}
    return {
        language: (frozenset(words), tuple(word[:-1] for word in words if word.endswith("-")))
        for language, words in split.items()
    }


@lru_cache(maxsize=1)
def _alien_letters() -> dict[str, frozenset[str]]:
    """Language -> letters of its script which it does not write; and the characters of one Chinese script alone."""
    return {language: frozenset(letters) for language, letters in _table()["alien_letters"].items()}


def script_of(character: str) -> str | None:
    """ISO 15924 code of a letter's script ("Kana" for both kanas), None where the table has none."""
    code = ord(character)
    block = _BLOCKS[bisect_right(_STARTS, code) - 1] if code >= _STARTS[0] else None
    return block[2] if block and code <= block[1] else None


def normalize_tag(value: str | None) -> str | None:
    """A declared language as BCP 47 ("EN_us" -> "en-US"), None for what is no language tag."""
    match = _TAG.fullmatch(value.strip()) if value and len(value) < 40 else None
    if not match or match[1].lower() in ("und", "mul", "zxx", "xx", "mis"):
        return None
    language, script, region = match[1].lower(), match[2], match[3]
    return "-".join([language, *([script.title()] if script else []), *([region.upper()] if region else [])])


def detect_language(text: str, declared: str | None = None, detector: DetectorName = "langdetect") -> Detected:
    """The language of a text by its first 1,000 letters.

    Args:
        text: The text, as it will be published.
        declared: What the page says it is written in (BCP 47): decides between what the detector cannot tell apart.
        detector: "langdetect", or "py3langid", which knows 140 languages.

    Returns:
        The tag, and the detector's probability; None where nothing was detected, or where the page was believed.

    Raises:
        RecipeError: The detector is not installed.
    """
    sample = text[: SAMPLE_LETTERS * 2]
    if "://" in sample:
        sample = _ADDRESS.sub(" ", sample)
    if "@" in sample:
        sample = _MAIL.sub(" ", sample)
    sample = sample[: SAMPLE_LETTERS * 5 // 4]
    counts = {letter: count for letter, count in Counter(sample).items() if letter.isalpha()}
    total = sum(counts.values())
    if total < MIN_LETTERS:
        return Detected("und", None)
    scripts: Counter[str] = Counter()
    for letter, count in counts.items():
        scripts[script_of(letter) or "Zzzz"] += count
    script, count = max(scripts.items(), key=lambda item: (item[1], item[0]))
    if (scripts["Hani"] + scripts["Kana"]) * 2 > total:
        return _east_asian(sample, scripts)
    share = count / total
    if script in _ONE_LANGUAGE:
        return Detected(_ONE_LANGUAGE[script], round(share, 3)) if share > 0.5 else Detected("und", None)
    if script == "Zzzz" or share < 0.6:
        return Detected("und", None)
    if script == "Hebr" and MIN_COMMON <= _share_of_common(sample, "yi") < 1:
        return Detected("yi", 0.9)
    if detector == "py3langid":
        return _by_py3langid(sample, declared)
    found = _by_langdetect(sample, counts, declared)
    if found.language == "und" and declared and _could_be(declared, script):
        return Detected(declared.partition("-")[0], None)
    return _by_words(sample) if found.language == "und" else found


def _could_be(declared: str, script: str) -> bool:
    """Whether a page's word can be true of a text that langdetect finds in no language: it does not know this one."""
    language = declared.partition("-")[0]
    if language in LANGDETECT or language in _SAME_LANGUAGE:
        return False
    written = [name for name, languages in _WRITTEN.items() if language in languages]
    return script in (written or ["Latn"])


def _east_asian(sample: str, scripts: Counter[str]) -> Detected:
    """Japanese where kana are frequent; else Chinese, whose script the characters tell that only one of them has."""
    written = scripts["Hani"] + scripts["Kana"]
    kana = scripts["Kana"] / written
    if kana > 0.1:
        return Detected("ja", round(min(1.0, 0.5 + kana * 2), 3))
    if kana > 0.03:
        return Detected("und", None)
    simplified, traditional = (sum(map(sample.count, _alien_letters()[s])) for s in ("simplified", "traditional"))
    if simplified + traditional < 2 or min(simplified, traditional) * 5 > max(simplified, traditional):
        return Detected("zh", 0.9)
    script = "Hans" if simplified > traditional else "Hant"
    return Detected(f"zh-{script}", round(max(simplified, traditional) / (simplified + traditional), 3))


def _likeliest(sample: str, declared: str | None, detector: DetectorName) -> tuple[str, float, bool]:
    """The detector's answer, its probability, and whether the page says so too; the page decides between close ones."""
    stated = (declared or "").partition("-")[0]
    stated = _SAME_LANGUAGE.get(stated, stated)
    found = candidates(sample, detector)
    best = max(found, key=lambda c: (c[1] + (0.6 if c[0] == stated else 0.0), c[0]), default=("und", 0.0))
    return best[0], round(best[1], 3), best[0] == stated


def _share_of_common(sample: str, language: str) -> float:
    """Share of a text's words that are among the language's commonest; 1 where that tells nothing."""
    common = _common_words().get(language)
    words = _WORDS.findall(sample.lower()) if common else []
    return sum(map(common.__contains__, words)) / len(words) if common and len(words) >= 8 else 1.0


def _by_words(sample: str) -> Detected:
    """The one language, of those that langdetect does not know, of which a text holds most of the commonest words."""
    words = _WORDS.findall(sample.lower())
    if len(words) < 8:
        return Detected("und", None)
    held = {"und": 0}
    for language, (common, beginnings) in _other_words().items():
        count = sum(w in common or (len(w) >= 6 and w.startswith(beginnings)) for w in words)
        if count >= (MIN_BEGINNINGS if beginnings else MIN_OTHER) * len(words):
            held[language] = count
    first, *others = sorted(held, key=lambda language: -held[language])
    alone = first != "und" and held[first] > held[others[0]]
    return Detected(first, FROM_WORDS) if alone else Detected("und", None)


def _by_langdetect(sample: str, counts: dict[str, int], declared: str | None) -> Detected:
    language, score, agreed = _likeliest(sample, declared, "langdetect")
    if score < (0.2 if agreed else MIN_SCORE):
        return Detected("und", None)
    alien = _alien_letters().get(language)
    if alien and sum(counts.get(a, 0) for a in alien) * 200 > sum(counts.values()):
        return Detected("und", None)
    if _share_of_common(sample, language) < (MIN_COMMON / 2 if agreed else MIN_COMMON):
        return Detected("und", None)
    sister = (declared or "").partition("-")[0]
    return Detected(sister if sister in _SISTERS.get(language, ()) else language, score)


def _by_py3langid(sample: str, declared: str | None) -> Detected:
    language, score, agreed = _likeliest(sample, declared, "py3langid")
    sure = language != "und" and score >= (0.2 if agreed else 0.6)
    return Detected(language, score) if sure else Detected("und", None)
