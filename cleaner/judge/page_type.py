"""What kind of page a page is (article, forum, product...), told from all of it before any line is judged.

One linear model over what a page has and has not: words, short lines, the names of its elements, what its head says
of it, and counts in steps. Each of these is a column of a table with a row a page and no more than zeros and ones, so
that a batch takes one product of matrices. Whole numbers are added up: the sums are the same in any order.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import polars as pl

from cleaner.judge.names import Kinds
from cleaner.judge.shapes import PAGE_SHAPES, Looks
from cleaner.judge.structure import TAGS as KNOWN_TAGS
from cleaner.judge.structure import tag_numbers
from cleaner.judge.words import Words, places, sums
from cleaner.pages.batch import Head

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

TYPES = ("article", "forum", "listing", "collection", "product", "documentation", "service")
"""The kinds of page; news is an article."""

BITS = {"words": 13, "lines": 13, "names": 14, "head": 12}
"""Columns of each group of tokens, as a power of two: a token's column is the low bits of its number."""
STEPS = 12
"""Steps of each count or share: a page has all steps up to its own."""
LIKELY = 0.6
"""Probability above which a document is given a type."""
SHORT = 4
"""Lines of this many words or fewer count as a whole."""

TAGS = (
    "p", "li", "h2", "h3", "article", "table", "pre", "code", "form", "button", "input", "select", "time",
    "blockquote", "img", "a", "dt", "nav", "section",
)  # fmt: skip
COUNTS = ("lines", "words", "prose", "short", "mean", "copies", "linked", *PAGE_SHAPES, *TAGS)

_TYPE = re.compile(r'"@type"\s{0,5}:\s{0,5}\[?\s{0,5}"([^"]{1,60})"')
_HOSTS = frozenset(
    ["docs", "shop", "store", "forum", "forums", "community", "blog", "www", "support", "developer", "help", "news"]
)
"""Names of hosts that say what is there, whoever owns them."""
_WORD = re.compile(r"[a-z]{2,30}")


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear model: `table` has a row a column of `page_columns` and a column a type; an entry times `scale` is
    what having that column says for the type, `base` what is known of a page before."""

    table: npt.NDArray[np.int8]
    scale: float
    base: Floats


PageTypes = Mapping[str, Linear]
"""The two models, by kind of page: "html" and "text"."""


def read_page_types(path: Path) -> PageTypes:
    """The model in a file that `write_page_types` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return {
            kind: Linear(arrays[f"{kind}_table"], float(arrays[f"{kind}_scale"]), arrays[f"{kind}_base"])
            for kind in ("html", "text")
        }


def write_page_types(types: PageTypes, path: Path) -> None:
    """Write the model: the same model gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for kind, linear in types.items():
        arrays |= {f"{kind}_table": linear.table, f"{kind}_scale": np.array(linear.scale), f"{kind}_base": linear.base}
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def page_type_features(
    lines: pl.DataFrame,
    elements: pl.DataFrame | None,
    heads: Sequence[Head],
    types: PageTypes,
    words: Words,
    kinds: Kinds | None,
    looks: Looks,
) -> Floats:
    """Probability of each type for each page: one row a page, one column a type, in the order of TYPES.

    `lines` and `elements` are those of a batch (see `pages.batch`). `words`, `kinds` and `looks` are what
    `cut_words`, `find_kinds` (of HTML) and `look_at` give of them.
    """
    model = types["text" if elements is None else "html"]
    columns = page_columns(lines, elements, heads, words, kinds, looks)
    added, held = _sums(columns, model.table)
    score = np.tile(model.base, (len(heads), 1))
    for at, group in enumerate(groups()):
        score += added[:, at] * model.scale * weight_of(group, held[:, at])[:, None]
    score -= score.max(axis=1, keepdims=True)
    power = np.exp(score)
    return np.asarray(np.round(power / power.sum(axis=1, keepdims=True), 5), dtype=np.float64)


def likeliest_type(probability: Floats) -> str | None:
    """The type of one page whose probability is over LIKELY, if there is one."""
    best = int(probability.argmax())
    return TYPES[best] if probability[best] > LIKELY else None


def _sums(columns: npt.NDArray[np.bool_], table: npt.NDArray[np.int8]) -> tuple[Ints, Ints]:
    """For each page and group of columns, the sum of the entries of those that the page has, and how many these are."""
    pages, width = columns.shape
    at = np.flatnonzero(columns)
    firsts = [first for first, _ in groups().values()]
    cuts = np.searchsorted(at, np.append(np.arange(pages)[:, None] * width + firsts, pages * width))
    total = np.zeros((len(at) + 1, table.shape[1]), dtype=np.int64)
    np.cumsum(table[at % width], axis=0, dtype=np.int64, out=total[1:])
    return np.diff(total[cuts], axis=0).reshape(pages, len(firsts), -1), np.diff(cuts).reshape(pages, len(firsts))


def weight_of(group: str, held: Ints) -> Floats:
    """What a column of this group counts on pages that have so many of them: the less, the more; counts all alike."""
    if group == "counts":
        return np.full(len(held), 0.25)
    return np.asarray(1.0 / np.sqrt(np.maximum(held, 1)), dtype=np.float64)


@functools.cache
def groups() -> dict[str, tuple[int, int]]:
    """First column of each group, and the one after its last."""
    sizes = {**{name: 1 << bits for name, bits in BITS.items()}, "counts": len(COUNTS) * STEPS}
    ends = np.cumsum(list(sizes.values())).tolist()
    return {name: (end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)}


def page_columns(
    lines: pl.DataFrame,
    elements: pl.DataFrame | None,
    heads: Sequence[Head],
    words: Words,
    kinds: Kinds | None,
    looks: Looks,
) -> npt.NDArray[np.bool_]:
    """What each page has, one row a page: words, short lines, names of elements, words of its head, steps of counts."""
    first_of = {name: first for name, (first, _) in groups().items()}
    has = np.zeros((len(heads), groups()["counts"][1]), dtype=bool)
    page = lines["page"].to_numpy().astype(np.int64)

    def mark(group: str, pages: Ints, codes: Codes) -> None:
        spread = codes ^ (codes >> np.uint32(15))
        has[pages, first_of[group] + (spread & np.uint32((1 << BITS[group]) - 1)).astype(np.int64)] = True

    told = ~words.stop
    mark("words", page[words.line[told]], words.code[told] * np.uint32(2654435761))
    whole = np.flatnonzero((words.count > 0) & (words.count <= SHORT))
    mark("lines", page[whole], _line_codes(words, whole))
    if elements is not None and kinds is not None and len(elements):
        seen = np.zeros((len(heads), len(kinds)), dtype=bool)
        seen[elements["page"].to_numpy(), kinds.kind] = True
        first = np.searchsorted(kinds.row, np.arange(len(kinds) + 1))
        pages, held = np.nonzero(seen)
        size = np.diff(first)[held]
        mark("names", np.repeat(pages, size), kinds.code[np.repeat(first[held], size) + places(size)])
    said = [sorted(_head_tokens(head)) for head in heads]
    mark(
        "head",
        np.repeat(np.arange(len(heads)), [len(found) for found in said]),
        np.array([zlib.crc32(t.encode("utf-8", "replace")) for found in said for t in found], dtype=np.uint32),
    )
    step = _steps(lines, elements, kinds, words, looks, page, len(heads))
    at = np.arange(STEPS)
    has[:, first_of["counts"] :] = (at < step[:, :, None]).reshape(len(heads), len(COUNTS) * STEPS)
    return has


def _line_codes(words: Words, whole: Ints) -> Codes:
    """A number for each of these lines, from its words in their order."""
    if not len(whole):
        return np.zeros(0, dtype=np.uint32)
    size = words.count[whole]
    start, place = np.cumsum(size) - size, places(size)
    code = words.code[np.repeat(words.first[:-1][whole], size) + place]
    mixed = (code ^ (code >> np.uint32(13))) * (np.uint32(2246822519) + np.uint32(2) * place.astype(np.uint32))
    out: Codes = np.add.reduceat(mixed, start, dtype=np.uint32)
    return out * np.uint32(2654435761)


def _head_tokens(head: Head) -> set[str]:
    """What a page's head says of it: types it declares, names of its meta tags, words of its address's path."""
    found = {f"type={kind.lower()}" for text in head.json_ld[:20] for kind in _TYPE.findall(text[:200_000])[:200]}
    address = head.source.url
    for name, content in head.meta[:200]:
        found.add(f"meta={name[:40]}")
        if name in ("og:type", "generator", "twitter:card"):
            found.add(f"{name}={content[:40].split(' ')[0].lower()}")
        elif name == "og:url" and not address:
            address = content
    for rel, href in head.links[:200]:
        if rel == "canonical" and not address:
            address = href
    if address:
        found |= _address_tokens(address)
    return found


def _address_tokens(address: str) -> set[str]:
    """Words of an address's path and its shape, nothing of its host."""
    try:
        parts = urlsplit(address[:500].lower())
    except ValueError:
        return set()
    path = parts.path.strip("/")
    pieces = [piece for piece in path.split("/") if piece]
    digits = min(sum(character.isdigit() for character in path), 6)
    found = {f"pieces={min(len(pieces), 6)}", f"query={bool(parts.query)}", f"digits={digits}"}
    found |= {f"host={word}" for word in parts.netloc.split(".") if word in _HOSTS}
    found |= {f"path={word}" for piece in pieces[:-1] for word in _WORD.findall(piece)}
    if pieces:
        found |= {f"first={pieces[0][:20]}", f"last={min(pieces[-1].count('-'), 6)}"}
        found |= {f"end={word}" for word in _WORD.findall(pieces[-1])[:2]}
    return found


def _steps(
    lines: pl.DataFrame, elements: pl.DataFrame | None, kinds: Kinds | None, words: Words, looks: Looks, page: Ints,
    pages: int,
) -> Ints:
    """For each page the steps that each of COUNTS reaches: counts by powers of two, shares by their root."""
    count = words.count
    size = np.maximum(np.bincount(page, minlength=pages), 1)
    total = np.bincount(page, weights=count, minlength=pages)
    prose = (looks.shape["page_sentence"] > 0) & (count >= 15)
    out = np.zeros((pages, len(COUNTS)), dtype=np.int64)

    def enter(name: str, steps: Floats) -> None:
        out[:, COUNTS.index(name)] = np.clip(np.floor(steps), 0, STEPS)

    def of(flags: npt.NDArray[np.generic]) -> Floats:
        return sums(flags, page, pages)

    enter("lines", np.log2(size))
    enter("words", np.log2(1 + total) - 2)
    enter("prose", STEPS * of(np.where(prose, count, 0)) / np.maximum(total, 1))
    enter("short", STEPS * of(count <= 3) / size)
    enter("mean", 2 * np.log2(1 + total / size))
    enter("copies", STEPS * np.sqrt(of(looks.copy > 0) / size))
    for name in PAGE_SHAPES:
        enter(name, STEPS * np.sqrt(of(looks.shape[f"page_{name}"]) / size))
    if elements is not None and kinds is not None and len(elements):
        linked = of(lines["link_characters"].to_numpy())
        enter("linked", STEPS * linked / np.maximum(of(looks.shape["characters"]), 1))
        where = elements["page"].to_numpy().astype(np.int64)
        tags = len(KNOWN_TAGS) + 1
        tag = tag_numbers(kinds.tag)[kinds.kind]
        counts = np.bincount(where * tags + tag, minlength=pages * tags).reshape(pages, tags)
        for name in TAGS:
            enter(name, np.log2(1 + counts[:, KNOWN_TAGS.index(name)]))
    return out
