"""Signals of a document's text: the measures by which well-known corpora were filtered, for many texts at once.

They are the ones of

- Gopher: Rae et al. 2021, arXiv:2112.11446, section A.1.1 (names begin with `gopher_`),
- C4: Raffel et al. 2020, arXiv:1910.10683, section 2.2 (`c4_`),
- FineWeb: Penedo et al. 2024, arXiv:2406.17557, section 3.6 (`fineweb_`),

as datatrove's filters compute them, with what a text of any language asks for: words are those of the column `words`
(datatrove takes the tokens of a tokenizer for each language, punctuation among them); lines are those that are not
blank; marks that end a sentence are those of other scripts, too. They only measure: a recipe's filters decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from cleaner.corpus.repetition import measure_repetition
from cleaner.corpus.tokens import Tokens, cut_tokens, in_slices
from cleaner.judge.words import UNSPACED

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
"""Gopher's: a document of English prose has two of them at least."""
ENDS = tuple(".?!\"'”’»」』。！？．｡…؟۔।॥။።։៕")
"""Marks that end a line of prose: C4's and FineWeb's own (. ? ! " '), and their like."""
ELLIPSES = ("...", "…")
SHORT = 30
"""Characters: FineWeb's short line."""
POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
LONGEST_WORD, FEWEST_WORDS = 1000, 3
"""C4's bounds of a line: characters of its longest word, number of its words."""

_CITATION = re.compile(r"\[\d{0,9}\]|\[edit\]|\[citation needed\]")
_SENTENCE = re.compile(r"[.?!…][\"'”’»)\]]{0,3}(?=\s|\Z)")
_FOREIGN_SENTENCE = re.compile("[。！？｡؟۔।॥။።։៕]")
_UNSPACED = re.compile(UNSPACED)
_BULLETS = "•"


def measure_texts(texts: Sequence[str], words: Sequence[int]) -> list[dict[str, Any]]:
    """The signals of each text, by name; `words` is how many words each has. An empty text has none.

    A text's signals do not depend on the others.
    """
    there = [number for number, text in enumerate(texts) if text]
    signals: list[dict[str, Any]] = [{} for _ in texts]
    done = 0
    for some in in_slices([texts[number] for number in there]):
        numbers = there[done : done + len(some)]
        done += len(some)
        tokens = cut_tokens(some)
        columns = measure_repetition(tokens, [len(text) for text in some])
        columns |= _word_measures(tokens, some, [words[number] for number in numbers])
        for place, (number, text) in enumerate(zip(numbers, some, strict=True)):
            signals[number] = {name: values[place] for name, values in columns.items()} | _line_measures(text)
            breaks = signals[number].pop("lines") - 1
            signals[number]["fineweb_list_ratio"] = _share(breaks, words[number])
    return signals


def _word_measures(tokens: Tokens, texts: Sequence[str], words: Sequence[int]) -> dict[str, list[Any]]:
    """Gopher's measures of words and symbols, a list each, in the order of the texts."""
    first = tokens.first
    stops = np.concatenate(([0], np.cumsum(np.isin(tokens.number, cut_tokens(STOP_WORDS).number))))
    length = np.concatenate(([0], np.cumsum(tokens.length)))
    letters = np.concatenate(([0], np.cumsum(tokens.letters > 0)))
    in_words, with_letters = ((sums[first[1:]] - sums[first[:-1]]).tolist() for sums in (length, letters))
    symbols = [(text.count("#"), text.count("...") + text.count("…")) for text in texts]
    return {
        "gopher_avg_word_length": list(map(_share, in_words, words)),
        "gopher_hash_word_ratio": [_share(hashes, n) for (hashes, _), n in zip(symbols, words, strict=True)],
        "gopher_ellipsis_word_ratio": [_share(dots, n) for (_, dots), n in zip(symbols, words, strict=True)],
        "gopher_alpha_words_ratio": list(map(_share, with_letters, np.diff(first).tolist())),
        "gopher_stop_words": (stops[first[1:]] - stops[first[:-1]]).tolist(),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _line_measures(text: str) -> dict[str, Any]:
    """The measures of lines and paragraphs, and `lines`: how many lines are not blank."""
    stripped = [line.strip() for line in text.split("\n")]
    lines = [line for line in stripped if line]
    paragraphs = [paragraph for part in text.split("\n\n") if (paragraph := part.strip())]
    count, size = max(len(lines), 1), len(text)
    of_paragraphs = max(len(paragraphs), 1)
    twice, twice_size = _twice(lines)
    twice_paragraphs, twice_paragraphs_size = _twice(paragraphs)
    ellipsis = sum(line.endswith(ELLIPSES) for line in lines)
    return {
        "lines": len(lines),
        "gopher_bullet_lines_ratio": round(sum(line.startswith(_BULLETS) for line in lines) / count, 4),
        "gopher_ellipsis_lines_ratio": round(ellipsis / count, 4),
        "gopher_dup_line_frac": round(twice / count, 4),
        "gopher_dup_line_char_frac": round(twice_size / size, 4),
        "gopher_dup_para_frac": round(twice_paragraphs / of_paragraphs, 4),
        "gopher_dup_para_char_frac": round(twice_paragraphs_size / size, 4),
        "fineweb_line_punct_ratio": round(sum(line.endswith(ENDS) for line in lines) / count, 4),
        "fineweb_short_line_ratio": round(sum(len(line) <= SHORT for line in lines) / count, 4),
        "fineweb_char_dup_ratio": round(twice_size / max(size - text.count("\n"), 1), 4),
        **_c4_measures(text, lines),
    }


def _twice(texts: Sequence[str]) -> tuple[int, int]:
    """Texts that were there before, and their characters."""
    if len(set(texts)) == len(texts):
        return 0, 0
    seen: set[str] = set()
    count = size = 0
    for text in texts:
        if text in seen:
            count += 1
            size += len(text)
        seen.add(text)
    return count, size


def _c4_measures(text: str, lines: Sequence[str]) -> dict[str, Any]:
    """C4's rules for lines, as the share of lines that each takes out (the first that speaks counts), what is left,
    and its rules for pages."""
    lower = text.lower()
    suspicious = "javascript" in lower or any(phrase in lower for phrase in POLICY)
    taken = dict.fromkeys(("too_long_word", "no_terminal_punct", "too_few_words", "javascript", "policy"), 0)
    kept = []
    for line in lines:
        if rule := _c4_rule(line, suspicious):
            taken[rule] += 1
        else:
            kept.append(line)
    prose = "\n".join(kept)
    sentences = len(_SENTENCE.findall(prose)) + (0 if prose.isascii() else len(_FOREIGN_SENTENCE.findall(prose)))
    count = max(len(lines), 1)
    return {
        **{f"c4_{rule}": round(number / count, 4) for rule, number in taken.items()},
        "c4_kept_lines": round(len(kept) / count, 4),
        "c4_num_sentences": sentences,
        "c4_lorem_ipsum": int("lorem ipsum" in lower),
        "c4_curly_bracket": int("{" in text),
    }


def _c4_rule(line: str, suspicious: bool) -> str | None:
    """The first of C4's rules that takes a line out."""
    if len(line) > LONGEST_WORD and any(len(word) > LONGEST_WORD for word in line.split()):
        return "too_long_word"
    if "[" in line:
        line = _CITATION.sub("", line)
    if not line.endswith(ENDS) or line.endswith(ELLIPSES):
        return "no_terminal_punct"
    if len(line) < 200 and len(line.split(None, FEWEST_WORDS)) < FEWEST_WORDS and not _UNSPACED.search(line):
        return "too_few_words"
    if suspicious:
        lower = line.lower()
        if "javascript" in lower:
            return "javascript"
        if any(phrase in lower for phrase in POLICY):
            return "policy"
    return None
