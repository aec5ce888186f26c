"""Which files there are: every one below a folder, in an order that no locale or file system can change."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import InputError
from cleaner.records import Skipped

SIDECAR_OF = re.compile(r"\.(?:txt|text|md|markdown|html?|xhtml|mht|mhtml)(?:\.(?:gz|bz2|zst))?\.json\Z", re.IGNORECASE)
"""Names of files that say where the page beside them came from: `page.html.json` beside `page.html`."""

_LITERAL_ESCAPE = re.compile(r"\\(?=x[0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to be read.

    Attributes:
        path: Its place relative to RAW, "/"-separated; bytes that are not UTF-8 stand as `\\xNN` (and a backslash that
            would read as such stands as `\\x5c`, so that no two files share a path).
        location: What to hand to `os.open`.
        size: Bytes.
        mtime_ns: Time of the last change, nanoseconds since 1970.
    """

    path: str
    location: bytes
    size: int
    mtime_ns: int


def show_name(name: bytes) -> str:
    """A file name as text, one to one: see `InputFile.path`."""
    if name.isascii() and b"\\x" not in name:
        return name.decode("ascii")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("utf-8", "surrogateescape")
        escaped = _LITERAL_ESCAPE.sub(r"\\x5c", text) if "\\x" in text else text
        return escaped.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _LITERAL_ESCAPE.sub(r"\\x5c", text) if "\\x" in text else text


def find(raw: Path) -> Iterator[InputFile | Skipped]:
    """The files of the folder `raw`, or `raw` itself if it is a file, sorted by `path`, code point by code point.

    Hidden files and folders, sidecars, special files and symbolic links that lead out of the folder, nowhere, or to
    something that is listed anyhow come as `Skipped`. A folder that cannot be listed comes as an InputFile: reading
    it gives the reject. Raises InputError when `raw` is not there, or is neither a file nor a folder.

    Memory: the names of the folders on the way down to the current one, nothing else.
    """
    root = os.fsencode(raw)
    try:
        status = os.stat(root)
    except OSError as e:
        raise InputError(f"{raw} cannot be read: {e.strerror or e}. Name a folder of raw files, or one file.") from e
    if stat.S_ISDIR(status.st_mode):
        return _walk(os.path.realpath(root))
    if stat.S_ISREG(status.st_mode):
        name = os.path.basename(os.path.abspath(root))
        return iter([InputFile(show_name(name), os.path.realpath(root), status.st_size, status.st_mtime_ns)])
    raise InputError(f"{raw} is neither a file nor a folder. Name a folder of raw files, or a single file.")


@dataclass(slots=True)
class _Folder:
    """A folder on the way: what is left of it to visit, last first. Names of folders, and its own, end in "/"."""

    location: bytes
    shown: str
    left: list[str]
    escaped: dict[str, bytes]

    def raw_name(self, name: str) -> bytes:
        return self.escaped[name] if name in self.escaped else name.rstrip("/").encode()


def _open_folder(location: bytes, shown: str) -> _Folder:
    """List a folder. "/" after folders' names makes the order of names the order of whole paths."""
    folder = _Folder(location, shown, [], {})
    with os.scandir(location) as entries:
        for entry in entries:
            name = show_name(entry.name) + ("/" if entry.is_dir(follow_symlinks=False) else "")
            folder.left.append(name)
            if "\\" in name:
                folder.escaped[name] = entry.name
    folder.left.sort(reverse=True)
    return folder


def _walk(root: bytes) -> Iterator[InputFile | Skipped]:
    """Depth first with a stack of its own: folders may be nested deeper than Python recurses."""
    try:
        stack = [_open_folder(os.path.join(root, b""), "")]
    except OSError as e:
        raise InputError(f"The folder {os.fsdecode(root)} cannot be listed: {e.strerror or e}.") from e
    while stack:
        folder = stack[-1]
        if not folder.left:
            stack.pop()
            continue
        name = folder.left.pop()
        shown, location = folder.shown + name, folder.location + folder.raw_name(name)
        if name.startswith("."):
            yield Skipped(shown, "hidden")
            continue
        if name.endswith("/"):
            try:
                stack.append(_open_folder(location + b"/", shown))
            except FileNotFoundError:
                continue
            except OSError:
                yield InputFile(shown.rstrip("/"), location, 0, 0)
            continue
        found = _look(root, location, shown)
        if found is not None:
            yield found


def _look(root: bytes, location: bytes, shown: str) -> InputFile | Skipped | None:
    """What an entry that is no folder is; None when it has vanished since its folder was listed."""
    try:
        status = os.lstat(location)
        if stat.S_ISLNK(status.st_mode):
            return _look_at_link(root, location, shown)
        if not stat.S_ISREG(status.st_mode):
            return Skipped(shown, "special_file")
        if SIDECAR_OF.search(shown) and stat.S_ISREG(os.lstat(location[: -len(b".json")]).st_mode):
            return Skipped(shown, "sidecar")
    except FileNotFoundError:
        if not os.path.lexists(location):
            return None
    except OSError:
        return InputFile(shown, location, 0, 0)
    return InputFile(shown, location, status.st_size, status.st_mtime_ns)


def _look_at_link(root: bytes, location: bytes, shown: str) -> InputFile | Skipped:
    """A link is an input only if its target lies inside the folder, is a file, and is hidden: others are listed."""
    try:
        target = os.path.realpath(location, strict=True)
        status = os.stat(target)
    except OSError as e:
        return Skipped(shown, "symlink_loop" if e.errno == errno.ELOOP else "symlink_broken")
    inside = target.removeprefix(os.path.join(root, b""))
    if inside == target != root:
        return Skipped(shown, "symlink_outside")
    hidden = target != root and any(part.startswith(b".") for part in inside.split(b"/"))
    if not hidden or not stat.S_ISREG(status.st_mode):
        return Skipped(shown, "symlink_inside")
    return InputFile(shown, target, status.st_size, status.st_mtime_ns)
