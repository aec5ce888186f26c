"""Archives: each member of a zip or tar file is read as a file of its own; none is unpacked under its name."""

from __future__ import annotations

import dataclasses
import re
import tarfile
from collections.abc import Iterator
from typing import cast

from cleaner.errors import DocumentError
from cleaner.read.find import SIDECAR_OF, show_name
from cleaner.read.sidecar import add_sidecar
from cleaner.read.streams import Blob, Item, Job, Pulled, Readable, Stream, open_blob, read_fully, seekable, truncated
from cleaner.read.zips import list_members, open_member
from cleaner.records import Reject, Skipped, Source

MAX_DEPTH = 3
"""Archives that may lie inside of each other, the outermost counted."""

_DRIVE = re.compile(r"[A-Za-z]:")
_BUFFER = 1 << 14  # what is lost of a tar file that ends in the middle of a member

Opened = tuple[str, "Readable | Item"]
"""A member's name, and its stream or what became of it."""


def read_zip(blob: Blob, job: Job) -> Iterator[Item]:
    """The sources of all members, in the order of the archive's directory."""
    inner = _enter(job)
    return _read_members(_open_zip_members(seekable(blob), blob, inner), blob, inner)


def read_tar(blob: Blob, job: Job) -> Iterator[Item]:
    """The sources of all members, in the order in which they lie; the file is read once, from front to back."""
    inner = _enter(job)
    return _read_members(_open_tar_members(blob, inner), blob, inner)


def _enter(job: Job) -> Job:
    if job.depth >= MAX_DEPTH:
        raise DocumentError("too_deep", f"Archives are followed {MAX_DEPTH} deep. Unpack the outer ones.")
    return dataclasses.replace(job, depth=job.depth + 1)


def _open_zip_members(stream: Stream, blob: Blob, job: Job) -> Iterator[Opened]:
    for member in list_members(stream):
        name = show_name(member.name)
        if member.is_folder:
            continue
        if member.is_link:
            yield name, Skipped(_path(blob, name), "link")
            continue
        try:
            yield name, open_member(stream, member, job)
        except DocumentError as e:
            yield name, Reject(_path(blob, name), e.cause, e.message)


def _open_tar_members(blob: Blob, job: Job) -> Iterator[Opened]:
    try:
        with tarfile.open(fileobj=blob.stream, mode="r|", bufsize=_BUFFER, encoding="utf-8") as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # it keeps every header that it has seen
                if archive.offset > job.budget.limit:  # tarfile would step there block by block
                    raise DocumentError("broken_container", "The tar file gives a member a size that cannot be.")
                name = show_name(info.name.encode("utf-8", "surrogateescape"))
                if info.isdir():
                    continue
                if info.issym() or info.islnk():
                    yield name, Skipped(_path(blob, name), "link")
                elif info.issparse():
                    yield name, Reject(_path(blob, name), "unsupported", "It is a sparse file, which is not read here.")
                elif not info.isfile():
                    yield name, Skipped(_path(blob, name), "special_file")
                else:
                    member = _TarMember(cast(Readable, archive.extractfile(info)))
                    yield name, member
                    while member.pull(1 << 20):  # what its reader left: to its end, or to that of the file
                        pass
    except tarfile.TarError as e:
        raise _tar_error(e) from e


class _TarMember(Pulled):
    """A member of a tar file, with the errors of its reading as DocumentError."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._failure: DocumentError | None = None

    def pull(self, size: int) -> bytes:
        if self._failure is not None:
            raise self._failure
        try:
            return self._stream.read(size)
        except DocumentError as e:
            self._failure = e
        except tarfile.TarError as e:
            self._failure = _tar_error(e)
        raise self._failure


def _tar_error(error: tarfile.TarError) -> DocumentError:
    if "unexpected end" in str(error) or "truncated" in str(error):
        return truncated()
    return DocumentError("broken_container", f"The tar file is damaged ({error}). The members before were read.")


def _read_members(members: Iterator[Opened], blob: Blob, job: Job) -> Iterator[Item]:
    """What the members hold. A page is held back until the next member is known, which may be its sidecar."""
    held: tuple[str, Source] | None = None
    try:
        for number, (name, opened) in enumerate(members):
            if number >= job.recipe.read.max_members:
                raise DocumentError(
                    "too_many_members", f"It has more than {number} members (`read.max_members`). The first were read."
                )
            if held is not None:
                page, held = held, None
                if name == page[0] + ".json" and not isinstance(opened, Item):
                    yield add_sidecar(page[1], _read_sidecar(opened), job.recipe)
                    continue
                yield page[1]
            for item in _read_member(name, opened, blob, job):
                if isinstance(item, Source) and item.record is None and SIDECAR_OF.search(name + ".json"):
                    held = name, item
                else:
                    yield item
    except DocumentError:
        if held is not None:
            yield held[1]
        raise
    if held is not None:
        yield held[1]


def _read_member(name: str, opened: Readable | Item, blob: Blob, job: Job) -> Iterator[Item]:
    path = _path(blob, name)
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or _DRIVE.match(name) or "\0" in name:
        yield Reject(path, "unsafe_name", "The member's name is absolute or leads out of the archive. It was not read.")
    elif parts[0] == "__MACOSX" or any(part.startswith(".") and part != "." for part in parts):
        yield Skipped(path, "hidden")
    elif isinstance(opened, Item):
        yield opened
    else:
        yield from job.read(open_blob(path, opened), job)


def _path(blob: Blob, name: str) -> str:
    return f"{blob.path}!/{name.removeprefix('./')}"


def _read_sidecar(stream: Readable) -> bytes:
    try:
        return read_fully(stream, 1 << 20)
    except DocumentError:
        return b""
