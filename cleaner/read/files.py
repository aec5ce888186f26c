"""One file in, all the sources that it holds out: the table of readers, and what no reader is asked about."""

from __future__ import annotations

import dataclasses
import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress

from cleaner.errors import CleanerError, DocumentError, StorageError
from cleaner.read import archives, jsons, mht, plain, tables, warc
from cleaner.read.find import SIDECAR_OF, InputFile
from cleaner.read.sidecar import add_sidecar
from cleaner.read.sniff import ASSETS, BINARY, PAGE, UNSUPPORTED, tell_format
from cleaner.read.streams import FREE, HEAD, Blob, Budget, Item, Job, OverBudgetError, buffered, open_blob
from cleaner.read.unpacking import Unpacked
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

MAX_LAYERS = 4
"""Layers of compression (.gz, .bz2, .zst) around a page or an archive that are taken off."""

_SUFFIXES = (".gz", ".bz2", ".zst", ".zstd", ".tgz", ".tbz", ".tbz2", ".tzst")


def _read_compressed(method: str) -> Callable[[Blob, Job], Iterator[Item]]:
    def read(blob: Blob, job: Job) -> Iterator[Item]:
        if job.layers >= MAX_LAYERS:
            raise DocumentError("too_deep", f"It is compressed more than {MAX_LAYERS} times over.")
        name, dot, suffix = blob.name.rpartition(".")
        inner = name if dot and dot + suffix in _SUFFIXES else blob.name
        unpacked = open_blob(blob.path, Unpacked(blob.stream, method, job), inner)
        return read_blob(unpacked, dataclasses.replace(job, layers=job.layers + 1))

    return read


READERS: dict[str, Callable[[Blob, Job], Iterator[Item]]] = {
    PAGE: plain.read_page,
    "json": jsons.read_json,
    "jsonl": jsons.read_jsonl,
    "csv": tables.read_csv,
    "tsv": tables.read_csv,
    "parquet": tables.read_parquet,
    "warc": warc.read_warc,
    "mht": mht.read_mht,
    "zip": archives.read_zip,
    "tar": archives.read_tar,
    "gzip": _read_compressed("gzip"),
    "bzip2": _read_compressed("bzip2"),
    "zstd": _read_compressed("zstd"),
}
"""Format (see `sniff.tell_format`) -> its reader: a generator of what a blob holds, which may raise DocumentError."""


def read_file(file: InputFile, recipe: Recipe) -> Iterator[Source | Reject | Skipped]:
    """Everything that a file holds, in order, one after the other, in memory that does not grow with the file.

    Yields a Source for each page, a Reject for what could not be read, and Skipped for what is no page by its nature.
    Records of a container are numbered from 0; a broken one keeps its number. Raises nothing for what a file can
    hold; StorageError when the disk for temporary files is full.
    """
    try:
        descriptor = os.open(file.location, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW)
    except OSError as e:
        yield _cannot_read(file.path, e)
        return
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        yield Reject(file.path, "unreadable", "It is no regular file, or a folder that cannot be listed.")
        return
    with io.FileIO(descriptor) as stream:
        try:
            blob = _open(file.path, stream)
        except OSError as e:
            yield _cannot_read(file.path, e)
            return
        job = Job(recipe, Budget(max(FREE, recipe.read.max_expansion * status.st_size)), read_blob)
        sidecar = _read_sidecar(file) if SIDECAR_OF.search(file.path + ".json") else None
        for item in read_blob(blob, job):
            if sidecar is not None and isinstance(item, Source) and item.record is None:
                yield add_sidecar(item, sidecar, recipe)
            else:
                yield item


def read_blob(blob: Blob, job: Job) -> Iterator[Item]:
    """What a file or a member of an archive holds. Raises OverBudgetError inside of an archive, else nothing."""
    last: int | None = None
    try:
        for item in _dispatch(blob, job):
            if not isinstance(item, Skipped) and item.record is not None and item.path == blob.path:
                last = item.record
            yield item
    except OverBudgetError as e:
        if job.depth or job.layers:
            raise
        yield Reject(blob.path, e.cause, e.message, None if last is None else last + 1)
    except DocumentError as e:
        yield Reject(blob.path, e.cause, e.message, None if last is None else last + 1)
    except OSError as e:
        if e.errno == errno.ENOSPC:
            raise StorageError("The disk for temporary files is full. Free space, or set TMPDIR.") from e
        yield _cannot_read(blob.path, e)
    except (CleanerError, MemoryError):
        raise
    except Exception as e:  # a library met something that none of its documented errors covers
        message = f"Reading it failed: {type(e).__name__}: {str(e)[:300]}"
        yield Reject(blob.path, "failed", message, None if last is None else last + 1)


def _dispatch(blob: Blob, job: Job) -> Iterator[Item]:
    """The reader's answer for what has a reader, and one item for what has none."""
    form = tell_format(blob.head, blob.name, blob.whole)
    suffix = os.path.splitext(blob.name)[1]
    if suffix in ASSETS and (not blob.head or form in BINARY or _is_text_asset(blob.head, suffix, form)):
        return iter([Skipped(blob.path, f"asset {suffix}")])
    if not blob.head and blob.whole:
        return iter([Reject(blob.path, "empty", "The file is empty.")])
    if form in BINARY:
        return iter([Reject(blob.path, "not_text", f"It is no text: it looks like {BINARY[form]}.")])
    if form in UNSUPPORTED:
        return iter([Reject(blob.path, "unsupported", f"It is {UNSUPPORTED[form]}, which is not read here.")])
    return READERS[form](blob, job)


def _is_text_asset(head: bytes, suffix: str, form: str) -> bool:
    """Whether a name of a style sheet, script or drawing holds one; a page under such a name is a page."""
    if suffix == ".svg":
        return form == "xml"
    return suffix in (".css", ".js", ".mjs", ".map") and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _open(path: str, stream: io.FileIO) -> Blob:
    head = stream.read(HEAD) or b""
    whole = len(head) < HEAD
    stream.seek(0)
    rest = io.BytesIO(head) if whole else buffered(stream)
    return Blob(path, path.rpartition("/")[2].lower(), head, rest, whole, seekable=True)


def _read_sidecar(file: InputFile) -> bytes | None:
    """The file `page.html.json` beside a page; None when there is none."""
    with suppress(OSError):
        descriptor = os.open(file.location + b".json", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        with io.FileIO(descriptor) as stream:
            return stream.read(1 << 20)
    return None


def _cannot_read(path: str, error: OSError) -> Reject:
    if isinstance(error, FileNotFoundError):
        return Reject(path, "vanished", "It was there when the folder was listed, and is gone now.")
    return Reject(path, "unreadable", f"It cannot be read: {error.strerror or error}.")
