"""What there is to do: the files of the input as they are now, and orders for those that must be read.

An order is self-contained: its worker reads the files itself. What lies in which part comes from the input alone, never
from the number of workers, and what becomes of a source does not depend on the order that it is in.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cleaner.code import code_hash
from cleaner.engine.ledger import Ledger, Seen
from cleaner.engine.messages import Order
from cleaner.read import InputFile, find
from cleaner.read.remote import RemoteFile, find_remote
from cleaner.recipe import Recipe
from cleaner.records import Skipped

LARGE = 16 * 2**20
"""A file of this many bytes is an order of its own; smaller ones are grouped up to it."""

_GROUP = 256
_FORMAT = "2"  # of the part files; another one makes all earlier parts useless
_GRAIN = 2_000_000_000  # nanoseconds: the coarsest clock of a file system in use


def cleaning_key(recipe: Recipe) -> str:
    """32 hex over all that decides what becomes of a source, the source itself excepted: recipe, code and model."""
    made_with = [_FORMAT, recipe.cleaning_hash, code_hash()]
    return hashlib.sha256(json.dumps(made_with).encode()).hexdigest()[:32]


def look(raw: Path | str, skipped: Counter[str]) -> Iterator[Seen]:
    """The files of the input, a path or a URL, with their stamps; what is no input is counted in `skipped`, by kind."""
    started = time.time_ns()
    for met in find(raw) if isinstance(raw, Path) else find_remote(raw):
        if isinstance(met, Skipped):
            skipped[met.what] += met.count
            continue
        if isinstance(met, RemoteFile):
            yield Seen(met, met.stamp, met.settled)
            continue
        stamps = [(met.size, met.mtime_ns), _sidecar_stamp(met)]
        settled = all(mtime < started - _GRAIN for _, mtime in stamps)
        yield Seen(met, ":".join(f"{size}.{mtime}" for size, mtime in stamps), settled)


def _sidecar_stamp(file: InputFile) -> tuple[int, int]:
    """Size and mtime of the `page.html.json` that may lie beside a page: zeros when there is none."""
    try:
        status = os.stat(file.location + b".json")
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def make_orders(ledger: Ledger, key: str, pending: int, workers: int) -> Iterator[Order]:
    """Orders for the files that `Ledger.list_pending` found: large files first, each for all workers together, then
    groups of small ones by path; every file with what earlier runs made of it.

    A large file at a URL is fetched by each that has a share in it, so it has no more shares than keep all busy.
    """
    large = sum(1 for _ in ledger.pending(at_least=LARGE, below=2**62))
    for file in ledger.pending(at_least=LARGE, below=2**62):
        shares = max(1, workers // large) if isinstance(file, RemoteFile) else workers
        for share in range(shares):
            yield Order([(file, ledger.pieces_of(file.path, key))], share=share, shares=shares)
    group = max(16, min(_GROUP, pending // 16))
    order, size = Order([]), 0
    for file in ledger.pending(at_least=0, below=LARGE):
        if order.files and (len(order.files) >= group or size + file.size > LARGE):
            yield order
            order, size = Order([]), 0
        order.files.append((file, ledger.pieces_of(file.path, key)))
        size += file.size
    if order.files:
        yield order
