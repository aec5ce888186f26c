"""The directory of a zip file, entry by entry.

The standard library's reader holds every entry in memory, which a zip file of millions of pages does not allow.
"""

from __future__ import annotations

import io
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.errors import DocumentError
from cleaner.read.streams import FREE, Job, Limited, Pulled, Readable, Stream, truncated
from cleaner.read.unpacking import Unpacked

_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_LONGEST_ENTRY = _ENTRY.size + 3 * 65535
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd"}


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of the directory: sizes in bytes, packed and unpacked; `begin` is where its local header lies."""

    name: bytes
    method: int
    encrypted: bool
    is_folder: bool
    is_link: bool
    crc: int
    packed: int
    unpacked: int
    begin: int


def list_members(stream: Stream) -> Iterator[Member]:
    """The entries in the order of the directory. Raises DocumentError "truncated" or "broken_container"."""
    at, entries, shift = _find_directory(stream)
    block, here = b"", 0  # a piece of the directory: members are read in between
    for _ in range(entries):
        if len(block) - here < _LONGEST_ENTRY:
            stream.seek(at)
            block, here = stream.read(2 * _LONGEST_ENTRY), 0
        if len(block) - here < _ENTRY.size or block[here : here + 4] != b"PK\x01\x02":
            raise DocumentError("broken_container", "The zip file's directory is damaged. What came before was read.")
        (_, made, _, flags, method, _, _, crc, packed, unpacked, names, extras, comments, _, _, attributes, begin) = (
            _ENTRY.unpack_from(block, here)
        )
        name = block[here + _ENTRY.size : here + _ENTRY.size + names]
        extra = block[here + _ENTRY.size + names : here + _ENTRY.size + names + extras]
        packed, unpacked, begin = _widen(extra, packed, unpacked, begin)
        size = _ENTRY.size + names + extras + comments
        at, here = at + size, here + size
        if not flags & 0x800:
            name = _as_utf8(name)
        is_link = made >> 8 == 3 and stat.S_ISLNK(attributes >> 16)
        yield Member(name, method, bool(flags & 1), name.endswith(b"/"), is_link, crc, packed, unpacked, begin + shift)


def open_member(stream: Stream, member: Member, job: Job) -> Readable:
    """A member's content as a stream, valid until the archive's stream is moved. Raises DocumentError."""
    if member.encrypted:
        raise DocumentError("encrypted", "It is encrypted. Unpack the archive with its password, and add the files.")
    ratio = job.recipe.read.max_expansion
    if member.unpacked > FREE and member.unpacked > ratio * member.packed:
        raise DocumentError(
            "archive_bomb",
            f"It would unpack to {member.unpacked} bytes, more than {ratio} times its size (`read.max_expansion`).",
        )
    if member.method and member.method not in _METHODS:
        raise DocumentError("unsupported", f"It is packed by method {member.method} of zip, which is not read here.")
    stream.seek(member.begin)
    header = stream.read(_LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise DocumentError("broken_container", "The zip file's directory points to where no member is.")
    *_, names, extras = _LOCAL.unpack(header)
    stream.seek(names + extras, io.SEEK_CUR)
    packed = Limited(stream, member.packed)
    return _Checked(Unpacked(packed, _METHODS[member.method], job) if member.method else packed, member.crc)


class _Checked(Pulled):
    """A member's content; raises DocumentError at its end when it is not what the archive's checksum says."""

    def __init__(self, stream: Readable, crc: int) -> None:
        self._stream = stream
        self._wanted = crc
        self._crc = 0

    def pull(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._crc = zlib.crc32(data, self._crc)
        if size and not data and self._crc != self._wanted:
            raise DocumentError("broken_container", "Its checksum is wrong: the archive is damaged.")
        return data


def _find_directory(stream: Stream) -> tuple[int, int, int]:
    """Where the directory begins, how many entries it has, and how far all positions are shifted (a prefix)."""
    size = stream.seek(0, io.SEEK_END)
    start = max(0, size - _END.size - 65535)
    stream.seek(start)
    tail = stream.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or found + _END.size > len(tail):
        raise truncated()
    end = start + found
    _, _, _, _, entries, length, offset, _ = _END.unpack_from(tail, found)
    if end >= _LOCATOR64.size + _END64.size:
        stream.seek(end - _LOCATOR64.size)
        mark, _, _, _ = _LOCATOR64.unpack(stream.read(_LOCATOR64.size))
        if mark == b"PK\x06\x07":
            end -= _LOCATOR64.size + _END64.size
            stream.seek(end)
            mark, *_, entries64, length64, offset64 = _END64.unpack(stream.read(_END64.size))
            if mark != b"PK\x06\x06":
                raise DocumentError("broken_container", "The zip file's end record is damaged.")
            entries, length, offset = entries64, length64, offset64
    begin = end - length
    if begin < 0 or begin < offset:
        raise DocumentError("broken_container", "The zip file's directory is not where its end record says.")
    return begin, entries, begin - offset


def _widen(extra: bytes, packed: int, unpacked: int, begin: int) -> tuple[int, int, int]:
    """Sizes and position, taken from the entry's zip64 field where 32 bits do not hold them."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            values = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
            wide = 0xFFFFFFFF
            unpacked = next(values, unpacked) if unpacked == wide else unpacked
            packed = next(values, packed) if packed == wide else packed
            begin = next(values, begin) if begin == wide else begin
        at += 4 + length
    return packed, unpacked, begin


def _as_utf8(name: bytes) -> bytes:
    """A name without the mark of UTF-8: often it is UTF-8 all the same, else IBM's code page 437."""
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437").encode()
    return name
