"""Gold text in, a soft label for each line out: how much of the line stands in the gold.

A page is aligned with its gold by runs of four words that both share; runs may cross lines, so that headings and short
paragraphs are found with their neighbours. A line too short for that counts if the gold has it just where its
neighbours' gold positions say. Of several copies of a line, only as many count as the gold has.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

RUN = 4
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+?(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f])|\w+"
)


def tokens(text: str) -> list[str]:
    """Lower-case words; each character of a script without spaces is one of its own."""
    return _TOKEN.findall(text.lower())


def word_f1(text: str, gold: str) -> tuple[float, float, float]:
    """(F1, precision, recall) of the multiset of words, as WCXB scores; two empty texts agree fully."""
    ours, theirs = Counter(re.findall(r"\w+", text.lower())), Counter(re.findall(r"\w+", gold.lower()))
    return _f1(ours, theirs)


def token_f1(text: str, gold: str) -> tuple[float, float, float]:
    """As `word_f1`, each character of a script without spaces counted as a word."""
    return _f1(Counter(tokens(text)), Counter(tokens(gold)))


def _f1(ours: Counter[str], theirs: Counter[str]) -> tuple[float, float, float]:
    if not ours and not theirs:
        return 1.0, 1.0, 1.0
    shared = sum((ours & theirs).values())
    if not shared:
        return 0.0, 0.0, 0.0
    precision, recall = shared / sum(ours.values()), shared / sum(theirs.values())
    return 2 * precision * recall / (precision + recall), precision, recall


def label_lines(lines: list[str], gold: str) -> list[float]:
    """For each line, the share of it (0-1) that is content by the gold text."""
    per_line = [tokens(line) for line in lines]
    page = [token for words in per_line for token in words]
    target = tokens(gold)
    at = _gold_positions(page, target)
    _claim_short_lines(per_line, at, target)
    labels, start = [], 0
    for words in per_line:
        held = sum(position >= 0 for position in at[start : start + len(words)])
        labels.append(held / len(words) if words else 0.0)
        start += len(words)
    _settle_copies(per_line, labels, target)
    return labels


def _gold_positions(page: list[str], target: list[str]) -> list[int]:
    """For each word of the page, a position in the gold of a run that covers it, or -1."""
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in range(len(target) - RUN + 1):
        index[tuple(target[j : j + RUN])].append(j)
    at = [-1] * len(page)
    expected = 0
    for i in range(len(page) - RUN + 1):
        places = index.get(tuple(page[i : i + RUN]))
        if not places:
            continue
        # of several places, the one that goes on where the last run stood
        j = min(places, key=lambda p: (p < expected, abs(p - expected))) if len(places) > 1 else places[0]
        for k in range(RUN):
            if at[i + k] < 0:
                at[i + k] = j + k
        expected = j + 1
    return at


def _claim_short_lines(per_line: list[list[str]], at: list[int], target: list[str]) -> None:
    """Mark lines of fewer than RUN words that the gold has between their neighbours' places."""
    starts: list[int] = []
    position = 0
    for words in per_line:
        starts.append(position)
        position += len(words)
    before = -1
    after: list[int] = [-1] * (len(per_line) + 1)
    for number in range(len(per_line) - 1, -1, -1):
        held = [p for p in at[starts[number] : starts[number] + len(per_line[number])] if p >= 0]
        after[number] = held[0] if held else after[number + 1]
    for number, words in enumerate(per_line):
        span = slice(starts[number], starts[number] + len(words))
        held = [p for p in at[span] if p >= 0]
        if 0 < len(words) < 2 * RUN and len(held) < len(words):
            low = before + 1 if before >= 0 else 0
            high = after[number + 1] if after[number + 1] >= 0 else len(target)
            if before >= 0 or after[number + 1] >= 0:
                low, high = max(low, high - 60) if before < 0 else low, min(high, low + 60)
                for j in range(low, max(low, high - len(words) + 1)):
                    if target[j : j + len(words)] == words:
                        at[span] = range(j, j + len(words))
                        held = [j]
                        break
        if held:
            before = max(p for p in at[span] if p >= 0)


def _settle_copies(per_line: list[list[str]], labels: list[float], target: list[str]) -> None:
    """Of lines with the same words, keep as many labels as the gold has copies: those amid the most gold."""
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, words in enumerate(per_line):
        if words and labels[number] > 0.5:
            copies[tuple(words)].append(number)
    text = " " + " ".join(target) + " "
    for copied, numbers in copies.items():
        if len(numbers) < 2:
            continue
        allowed = max(1, text.count(" " + " ".join(copied) + " "))
        if allowed < len(numbers):
            ranked = sorted(numbers, key=lambda n: (-sum(labels[max(0, n - 3) : n + 4]), n))
            for number in ranked[allowed:]:
                labels[number] = 0.0
