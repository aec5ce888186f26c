"""A generated corpus of flattened pages in JSON Lines containers: seeded, of any size, with near-duplicates, templates.

A document is a function of the seed and its number alone, so containers are made side by side, a document can be made
again to be copied, and a later state of the corpus is made by writing the containers that differ. The numbers come from
SplitMix64, so that the bytes are the same with every version of every library.

The documents of a site stand together, as a crawler that goes from site to site leaves them; the largest site has
some forty times the documents of the smallest. A tenth are copies of a document anywhere in the corpus with up to 1.8%
of their words replaced, which leaves a Jaccard index of 5-word shingles from .83 up. Every site has its own menu,
share line, imprint, list of headlines, and at head and foot of most of its pages sentences that read like prose.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import orjson
from corpus import ADJECTIVES, FIRST, FORM, LAST, NOUNS, SECTIONS, SHARE, VERBS

SITES = 2_000
"""Sites of a corpus of 100,000 documents and more; a smaller one has a site for every fifty documents."""
OF_A_CONTAINER = 2_500
"""Documents in a file: 7.5 MB."""
COPIED = 0.1127
"""Share of documents that would copy another one; those whose model would, too, do not, which leaves a tenth."""
REPLACED = 0.018
"""The largest share of a copy's words that are others."""
ON_MOST_PAGES = 0.85
"""On so many of its site's pages stands a line of the template, the menu and the imprint apart, which are on all."""


def _listed(text: str) -> list[str]:
    return text.split()


_FUNCTION_WORDS = _listed(
    "the of and to in a is that for it was on are as with be by at this have from or had not but what all were when we "
    "there can an your which their if do will each about how up out them then she many some so these would other into "
    "has more her two like him see time could no make than first been its who now people my made over did down only"
)
_ONSETS = _listed("b br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w")
_VOWELS = _listed("a e i o u ai ea ee ie oa oo ou")
_CODAS = ["", *_listed("ck d f g l ll m n nd ng nt p r rd rk rn rt s sh ss st t th")]
_WORDS, _SLOTS = 20_000, 1 << 16
_PLACES = _listed("Merrow Skerrow Polgarth Carrow Hobel Torren Alder Fenwick Tarn Brisk Lowmoor Quarley")
_ENDS = _listed("ton bury wick ford by mouth ham stead")
_PAPERS = _listed("Courier Herald Post Gazette Observer Chronicle Mail Record")

Numbers = npt.NDArray[np.uint64]

_STEPS = np.arange(1, 1025, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_PLAIN, _CAPITAL, _COMMA, _STOP, _LAST_OF_PARAGRAPH = range(5)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a corpus is made by.

    Attributes:
        documents: How many there are.
        seed: Another seed gives another corpus.
    """

    documents: int
    seed: int

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return max(1, min(SITES, self.documents // 50))

    @property
    def containers(self) -> int:
        """How many files there are."""
        return -(-self.documents // OF_A_CONTAINER)


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: documents, bytes, and a digest over the containers in their order."""

    documents: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a site share."""

    domain: str
    head: list[str]
    tail: list[str]
    menu: str
    share: str
    imprint: str
    popular: str
    prose_head: list[str]
    prose_tail: list[str]


def make_containers(folder: Path, plan: Plan, edited: frozenset[int] = frozenset()) -> Made:
    """Write the corpus into a folder, on all processors; the documents with these numbers as they are after an edit."""
    return _write(folder, plan, range(plan.containers), edited)


def edit_documents(folder: Path, plan: Plan, edited: frozenset[int]) -> Made:
    """Write only the containers that hold these documents, in which these are edited."""
    return _write(folder, plan, sorted({number // OF_A_CONTAINER for number in edited}), edited)


def append_documents(folder: Path, plan: Plan, count: int) -> Made:
    """Write one more file with so many new documents, spread over all sites."""
    later = range(plan.documents, plan.documents + count)
    digest, size = _write_file(folder / "later.jsonl", (_record(plan, number, edited=False) for number in later))
    return Made(count, size, hashlib.sha256(digest).hexdigest())


def together(plan: Plan, count: int) -> frozenset[int]:
    """The numbers of so many documents that stand one after the other: in few containers, and of few sites."""
    first = plan.documents // 2
    return frozenset(range(first, min(first + count, plan.documents)))


def scattered(plan: Plan, count: int) -> frozenset[int]:
    """The numbers of so many documents at even distances: in all containers, and of all sites."""
    return frozenset(range(0, plan.documents, max(1, plan.documents // count)))


def _numbers_of(plan: Plan, container: int) -> range:
    return range(container * OF_A_CONTAINER, min((container + 1) * OF_A_CONTAINER, plan.documents))


def _write(folder: Path, plan: Plan, containers: Sequence[int], edited: frozenset[int]) -> Made:
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    numbers = [_numbers_of(plan, container) for container in containers]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        of_each = [edited.intersection(some) for some in numbers]
        for one, bytes_of in pool.map(_write_container, repeat(folder), repeat(plan), containers, of_each):
            digest.update(one)
            size += bytes_of
    return Made(sum(map(len, numbers)), size, digest.hexdigest())


def _write_container(folder: Path, plan: Plan, container: int, edited: frozenset[int]) -> tuple[bytes, int]:
    records = (_record(plan, number, edited=number in edited) for number in _numbers_of(plan, container))
    return _write_file(folder / f"{container:04}.jsonl", records)


def _write_file(path: Path, records: Iterable[dict[str, str]]) -> tuple[bytes, int]:
    """Write a container in one step; its SHA-256, and its size."""
    data = b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
    temporary = path.with_name(f".{path.name}.temporary")
    temporary.write_bytes(data)
    os.replace(temporary, path)
    return hashlib.sha256(data).digest(), len(data)


def _mix(numbers: Numbers) -> Numbers:
    """The finaliser of SplitMix64."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Numbers = numbers ^ (numbers >> np.uint64(31))
    return mixed


def _draw(plan: Plan, number: int, purpose: int, count: int) -> Numbers:
    """So many random numbers that belong to a document and a purpose."""
    start = (plan.seed * 0x2545F4914F6CDD1D + number * 0xD1342543DE82EF95 + purpose * 0xA0761D6478BD642F) % 2**64
    return _mix(_mix(np.array([start], np.uint64)) + _STEPS[:count])


def _words(numbers: Numbers) -> npt.NDArray[np.int64]:
    """A word for each number, frequent ones often."""
    return _vocabulary()[1].take((numbers >> np.uint64(48)).astype(np.int64))


@cache
def _vocabulary() -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """The forms of all words, one form after the other; and a table in which frequent words stand often."""
    random, words = Random(1), dict.fromkeys([*_FUNCTION_WORDS, *NOUNS, *ADJECTIVES, *VERBS])
    while len(words) < _WORDS:
        syllables = [
            _ONSETS[int(random.random() * len(_ONSETS))] + _VOWELS[int(random.random() * len(_VOWELS))]
            + _CODAS[int(random.random() * len(_CODAS))]
            for _ in range(1 + int(random.random() * 1.9))
        ]  # fmt: skip
        words["".join(syllables)] = None
    plain = list(words)
    forms = [f"{w} " for w in plain] + [f"{w.capitalize()} " for w in plain] + [f"{w}, " for w in plain]
    forms += [f"{w}. " for w in plain] + [f"{w}.\n\n" for w in plain]
    weights = 1 / (np.arange(_WORDS) + 2.0)
    slots = np.searchsorted(np.cumsum(weights) / weights.sum(), (np.arange(_SLOTS) + 0.5) / _SLOTS)
    return np.array(forms, object), slots


@cache
def _starts(plan: Plan) -> npt.NDArray[np.int64]:
    """The number of the first document of each site."""
    weights = 1 / (np.arange(plan.sites) + plan.sites / 40 + 1)
    ends = np.cumsum(weights / weights.sum()) * plan.documents
    return np.concatenate(([0], np.round(ends[:-1]))).astype(np.int64)


@cache
def _site(seed: int, number: int) -> Site:
    random = Random(f"{seed}-{number}")

    def one(values: list[str]) -> str:
        return values[int(random.random() * len(values))]

    town = one(_PLACES) + one(_ENDS)
    name = f"{town} {one(_PAPERS)} {number}"
    desk, street, phone = one(NOUNS), one(NOUNS).capitalize(), int(random.random() * 9000) + 1000
    sections = sorted(SECTIONS, key=lambda _: random.random())[:6]
    heads = [
        f"Readers of the {name} make this work possible, and every visit to a page helps the {desk} desk a little.",
        f"The {name} has told the story of {town} since {1900 + int(random.random() * 90)}, and it goes on doing so.",
        f"This page belongs to the {town} edition of the {name}, which is brought up to date through the day.",
    ]
    tails = [
        f"Reporting by the {desk} desk of the {name}. Follow us for what happens next in {town} and around it.",
        f"Have you seen something that we should know in {town}? Write to the {desk} desk, and we will look into it.",
        f"The {name} follows the code of the press council, and mends its errors where it is told of them.",
        f"Subscribers of the {name} read the {one(ADJECTIVES)} {one(NOUNS)} letter every week: the best of {town}.",
    ]
    stories = [f"{one(ADJECTIVES)} {one(NOUNS)} {one(VERBS)} {one(NOUNS)} of {town}".capitalize() for _ in range(4)]
    number_of_street = int(random.random() * 90) + 1
    return Site(
        domain=f"site-{number:04}.example",
        head=["Skip to content", f"{name}", f"Sign in to the {name}"],
        tail=[f"Sign up for the {name} newsletter", "\n".join(FORM), "Back to top"],
        menu="\n".join(["Home", *sections, "Contact"]) if random.random() < 0.5 else " | ".join(["Home", *sections]),
        share=" ".join(SHARE) if random.random() < 0.5 else "\n".join(SHARE),
        imprint=f"© 2023 {name}, {number_of_street} {street} Street, {town}. Telephone 555 {phone}. "
        "All rights reserved.\nPrivacy policy  Terms of use  Imprint",
        popular="\n".join([f"Most read in {town}", *stories]),
        prose_head=heads[: 1 + int(random.random() * 2)],
        prose_tail=tails[: 2 + int(random.random() * 3)],
    )


def _model(plan: Plan, number: int) -> int | None:
    """The document of which this one is a copy."""

    def other(n: int) -> int | None:
        flag, place = _draw(plan, n, 1, 2).tolist()
        return place % plan.documents if flag < COPIED * 2**64 else None

    model = other(number)
    return model if model is not None and model != number and other(model) is None else None


def _body(plan: Plan, number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The words of an original, and the form of each."""
    numbers = _draw(plan, number, 2, 1 + 48 + 360)
    count = 240 + int(numbers[0] % np.uint64(121))
    structure, drawn = numbers[1:49], numbers[49 : 49 + count]
    forms = np.where(drawn % np.uint64(11) == 0, _COMMA, _PLAIN)
    ends = np.cumsum(8 + (structure % np.uint64(17)).astype(np.int64)) - 1
    ends = ends[ends < count - 8]
    forms[ends] = np.where((structure[: len(ends)] >> np.uint64(40)) % np.uint64(3) == 0, _LAST_OF_PARAGRAPH, _STOP)
    forms[ends + 1] = forms[0] = _CAPITAL
    forms[-1] = _LAST_OF_PARAGRAPH
    return _words(drawn), forms


def _record(plan: Plan, number: int, *, edited: bool) -> dict[str, str]:
    """The record of a document as it stands in a container."""
    vocabulary, _ = _vocabulary()
    chance = _draw(plan, number, 3, 32).tolist()
    model = _model(plan, number)
    words, forms = _body(plan, number if model is None else model)
    if model is not None:
        replaced = 1 + chance[0] % max(1, round(REPLACED * len(words)))
        places, others = _draw(plan, number, 4, 2 * replaced).reshape(2, replaced)
        words[(places % np.uint64(len(words))).astype(np.int64)] = _words(others)
    if edited:  # the second half is written anew
        half = len(words) // 2
        words[half:] = _words(_draw(plan, number, 5, len(words) - half))
    body = "".join(vocabulary[forms * _WORDS + words].tolist()).rstrip()
    place = number if number < plan.documents else chance[1] % plan.documents
    site = _site(plan.seed, int(np.searchsorted(_starts(plan), place, "right")) - 1)
    of = iter(chance[2:])

    def mostly(lines: list[str]) -> Iterator[str]:
        yield from (line for line in lines if next(of) < ON_MOST_PAGES * 2**64)

    def some(values: list[str]) -> str:
        return values[int(next(of)) % len(values)]

    title = f"{some(ADJECTIVES)} {some(NOUNS)} {some(VERBS)} {some(NOUNS)} of {vocabulary[next(of) % _WORDS].strip()}"
    day = f"{2015 + next(of) % 9}-{1 + next(of) % 12:02}-{1 + next(of) % 28:02}"
    blocks = [
        *mostly(site.head), site.menu, title.capitalize(), f"By {some(FIRST)} {some(LAST)}\n{day}", site.share,
        *mostly(site.prose_head), body, *mostly(site.prose_tail), *mostly([site.popular]), *mostly(site.tail),
        site.imprint,
    ]  # fmt: skip
    return {"url": f"https://www.{site.domain}/{number:07}", "text": "\n\n".join(blocks) + "\n"}
