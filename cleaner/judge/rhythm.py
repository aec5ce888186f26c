"""Features of what a line has in common with others of its page: its run, its kind, its heading, the cues around it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.judge.words import Words, distinct, sums
from cleaner.pages.batch import Head

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FAR = 99.0
"""Distance to what is not on the page, and the greatest that is told apart."""


def last_true(flag: Flags, local: Ints, bounds: Ints) -> Ints:
    """Row of the last line above, on the same page, for which `flag` holds; -1 for none."""
    rows = np.where(flag, np.arange(len(flag)), -1)
    upto = np.concatenate(([-1], np.maximum.accumulate(rows)))[:-1] if len(flag) else rows
    out: Ints = np.where(upto >= bounds[:-1][local], upto, -1) if len(flag) else rows
    return out


def next_true(flag: Flags, local: Ints, bounds: Ints) -> Ints:
    """Row of the next line below, on the same page, for which `flag` holds; -1 for none."""
    none = len(flag)
    rows = np.where(flag, np.arange(len(flag)), none)
    after = np.append(np.minimum.accumulate(rows[::-1])[::-1], none)[1:] if len(flag) else rows
    out: Ints = np.where(after < bounds[1:][local], after, -1) if len(flag) else rows
    return out


def group_of(*keys: npt.NDArray[np.generic]) -> tuple[Ints, Ints]:
    """The group of each row, of which all keys are the same, and the size of each group."""
    mixed = np.zeros(len(keys[0]), dtype=np.uint64)
    for key in keys:
        mixed = (mixed ^ key.astype(np.int64).view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, group, size = np.unique(mixed, return_inverse=True, return_counts=True)
    return group.astype(np.int64), size.astype(np.int64)


def run_features(columns: dict[str, Floats], count: Floats, prose: Flags, local: Ints) -> dict[str, Floats]:
    """The run of lines that a line stands in, between changes from running text to other lines."""
    if not len(count):
        return dict.fromkeys(("run_lines", "run_words", "run_lexicon", "run_sentences"), count)
    change = np.concatenate(([True], (prose[1:] != prose[:-1]) | (local[1:] != local[:-1])))
    run = np.cumsum(change) - 1
    size = np.bincount(run)
    weight = np.sqrt(count)
    total = np.maximum(sums(weight, run, len(size)), 0.1)
    return {
        "run_lines": size[run].astype(np.float64),
        "run_words": sums(count, run, len(size))[run],
        "run_lexicon": (sums(columns["lexicon"] * weight, run, len(size)) / total)[run],
        "run_sentences": (sums(columns["ends_sentence"], run, len(size)) / size)[run],
    }


def kind_features(
    columns: dict[str, Floats], count: Floats, prose: Flags, local: Ints, words: Words, blank: Floats
) -> dict[str, Floats]:
    """All lines of the page that look like this one, or begin or end with the same word."""
    if not len(count):
        names = ("shape_lines", "shape_lexicon", "shape_gap", "masked_copies", "same_first", "same_last")
        return dict.fromkeys(names, count)
    signature = np.floor(np.log2(count + 1.0)) * 2.0
    for name in ("starts_upper", "starts_digit", "starts_mark", "bullet", "ends_sentence", "ends_colon", "ends_letter",
                 "date", "relative_time", "address", "price"):  # fmt: skip
        signature = signature * 2 + (columns[name] > 0)
    signature = signature * 2 + (columns["digits"] > 0)
    signature = signature * 2 + (columns["title_case"] > 0.6)
    signature = signature * 3 + np.minimum(blank, 2)
    group, size = group_of(local, signature)
    weight = np.sqrt(count)
    mean = sums(columns["lexicon"] * weight, group, len(size)) / np.maximum(sums(weight, group, len(size)), 0.1)
    order = np.argsort(group, kind="stable")
    before, after = np.full(len(count), FAR), np.full(len(count), FAR)
    same = group[order[1:]] == group[order[:-1]]
    gap = np.minimum(order[1:] - order[:-1], FAR)
    before[order[1:][same]] = gap[same]
    after[order[:-1][same]] = gap[same]
    # digits are masked in a word's number: "3 replies" is "7 replies"; sums of whole numbers below 2**53 are exact
    masked = np.concatenate([_number_of_line(part) for _, part in words.slices()])
    copies_of, copies = group_of(local, masked)
    has = words.count > 0
    ends = np.zeros((2, len(count)), dtype=np.int64)
    ends[0, has] = words.code[words.first[:-1][has]]
    ends[1, has] = words.code[words.first[1:][has] - 1]
    out = {
        "shape_lines": size[group].astype(np.float64),
        "shape_lexicon": mean[group],
        "shape_gap": np.minimum(before, after),
        "masked_copies": copies[copies_of].astype(np.float64),
    }
    for name, codes in (("same_first", ends[0]), ("same_last", ends[1])):
        alike, many = group_of(local, codes)
        out[name] = np.where(has, many[alike], 0).astype(np.float64)
    return out


def _number_of_line(words: Words) -> Floats:
    """A number that lines of the same words in the same order share."""
    place = (np.arange(len(words.line)) - words.first[words.line]).astype(np.uint32)
    return sums(words.code * (np.uint32(2) * place + np.uint32(3)), words.line, len(words.count))


def heading_features(
    columns: dict[str, Floats], count: Floats, local: Ints, bounds: Ints, heading: Flags
) -> dict[str, Floats]:
    """The last heading above a line: how far, how long, and what its words say."""
    rows = np.arange(len(count))
    last, following = last_true(heading, local, bounds), next_true(heading, local, bounds)
    there = last >= 0
    return {
        "since_heading": np.where(there, np.minimum(rows - last, FAR), FAR),
        "until_heading": np.where(following >= 0, np.minimum(following - rows, FAR), FAR),
        "heading_lexicon": np.where(there, columns["lexicon"][last], np.nan),
        "heading_words": np.where(there, count[last], np.nan),
        "heading_cue": np.where(there, columns["cue"][last], np.nan),
    }


def cue_features(columns: dict[str, Floats], local: Ints, bounds: Ints) -> dict[str, Floats]:
    """Where the sure cues of the page stand, seen from a line."""
    sure = columns["sure"] > 0
    rows = np.arange(len(sure))
    if not len(sure):
        return dict.fromkeys(("since_sure", "until_sure", "sure_above"), columns["sure"])
    last = np.maximum.accumulate(np.where(sure, rows, -1))
    following = np.minimum.accumulate(np.where(sure, rows, len(rows))[::-1])[::-1]
    above: Ints = np.cumsum(sure) - sure
    return {
        "since_sure": np.where(last >= bounds[:-1][local], np.minimum(rows - last, FAR), FAR),
        "until_sure": np.where(following < bounds[1:][local], np.minimum(following - rows, FAR), FAR),
        "sure_above": (above - above[bounds[:-1]][local]).astype(np.float64),
    }


def page_shares(columns: dict[str, Floats], count: Floats, prose: Flags, local: Ints, pages: int) -> dict[str, Floats]:
    """What the page as a whole is made of: shares of its lines."""
    size = np.maximum(np.bincount(local, minlength=pages), 1)
    out: dict[str, Floats] = {}
    flags = {
        "price": columns["price"] > 0,
        "date": (columns["date"] > 0) | (columns["relative_time"] > 0),
        "question": columns["question"] > 0,
        "bullet": columns["bullet"] > 0,
        "short": count <= 3,
        "prose": prose,
        "colon": columns["ends_colon"] > 0,
        "sentence": columns["ends_sentence"] > 0,
    }
    for name, flag in flags.items():
        out[f"page_{name}"] = (sums(flag, local, pages) / size)[local]
    return out


def title_features(told: Words, words: Words, local: Ints, lines: int) -> dict[str, Floats]:
    """Words that a line shares with what its page says of itself in its head.

    `told`: the words of what `said_of` gives, of each page that has lines.
    """
    names = ("title_shared", "title_held")
    if not len(told.line):
        return dict.fromkeys(names, np.full(lines, np.nan))
    named = ~told.stop
    known = distinct(told.line[named].astype(np.uint64) << np.uint64(32) | told.code[named].astype(np.uint64))
    content = ~words.stop
    key = local[words.line].astype(np.uint64) << np.uint64(32) | words.code.astype(np.uint64)
    at = np.minimum(np.searchsorted(known, key), max(len(known) - 1, 0))
    found = content & (known[at] == key) if len(known) else np.zeros(len(key), dtype=bool)
    hits = sums(found, words.line, lines)
    size = np.bincount((known >> np.uint64(32)).astype(np.int64), minlength=len(told.count))[local]
    there = size > 0
    asked = sums(content, words.line, lines)
    return {
        "title_shared": np.where(there, hits / np.maximum(asked, 1), np.nan),
        "title_held": np.where(there, hits / np.maximum(size, 1), np.nan),
    }


def said_of(head: Head) -> str:
    """What a page says of itself in its head: title and description."""
    meta = dict(reversed(head.meta))  # of several, the first counts
    said = (head.title, meta.get("og:title"), meta.get("og:description") or meta.get("description"))
    return " ".join(text for text in said if text)
