"""Which names are URLs, and how places at URLs are opened, asked, and asked again when the network fails for a moment.

Credentials are found as each library finds them: in the environment, in its own configuration files, or in the
machine's role.
"""

from __future__ import annotations

import contextlib
import email.utils
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from cleaner.errors import CleanerError, TargetError

T = TypeVar("T")

EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
"""Protocol -> the extra of cleaner that brings its library along."""

OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "abfs", "az", "memory"}
"""Protocols of stores that show an object whole or not at all, and need no folder made for it."""

TRIES = 4
WAIT = 0.5
"""Seconds between the first two tries; twice as long before every further one."""

_URL = re.compile(r"(?:[a-z0-9]{1,30}::){0,5}([a-z][a-z0-9+.-]{0,30})://", re.IGNORECASE)
_VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`",
}
_LASTING = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, FileExistsError, ImportError)
"""Errors that another try does not mend."""

_BY_CONTENT = ("ETag", "etag", "generation", "md5Hash", "content_md5", "version_id", "VersionId", "blob_id", "sha")
"""What stores call that which changes whenever an object is written."""
_BY_TIME = ("mtime", "LastModified", "last_modified", "Last-Modified", "updated", "modified", "created")


def protocol_of(name: str) -> str | None:
    """"s3" of "s3://bucket/name", in small letters; None for a path."""
    found = _URL.match(name)
    return found[1].lower() if found else None


def place_of(name: str | Path) -> str | Path:
    """What a name means: a URL as it is, anything else as a path; "file:///a/b" is the path /a/b."""
    if isinstance(name, Path) or (protocol := protocol_of(name)) is None:
        return Path(name)
    return Path(unquote(name.split("://", 1)[1])) if protocol == "file" and "::" not in name else name


def open_place(url: str) -> tuple[Any, str]:
    """The file system of a URL, which knows nothing from earlier on, and the place in it, without a "/" at its end.

    TargetError when there is no such file system, or a library for it is missing.
    """
    with told(url):
        import fsspec  # which a run over local files can do without

        fs, root = fsspec.core.url_to_fs(url)
        fs.invalidate_cache()
    return fs, root.rstrip("/")


def tried(action: Callable[[], T]) -> T:
    """What `action` gives, tried a few times where it fails for what may pass; its last error otherwise."""
    for number in range(TRIES):
        try:
            return action()
        except CleanerError:
            raise
        except Exception as e:
            if isinstance(e, _LASTING) or number == TRIES - 1:
                raise
            time.sleep(WAIT * 2**number)
    raise AssertionError("the last try returns or raises")


def stamp_of(detail: Mapping[str, Any]) -> tuple[str, float | None]:
    """What a store states of an object that changes when it is written, as a text, and the time of the last change.

    `detail` is what `ls` or `info` of its file system gives. The time, in seconds since 1970, is None where the text
    changes by the content itself, and infinite where the store states nothing that would change at all.
    """
    stated = next((str(detail[key]) for key in _BY_CONTENT if detail.get(key)), None)
    if stated is not None:
        return f"{detail.get('size')}.{stated}", None
    times = (_seconds(detail[key]) for key in _BY_TIME if detail.get(key))
    changed = next((seconds for seconds in times if seconds is not None), float("inf"))
    return f"{detail.get('size')}.{changed!r}", changed


def _seconds(stated: Any) -> float | None:
    if isinstance(stated, int | float):
        return float(stated)
    try:
        when = stated if isinstance(stated, datetime) else _parsed(str(stated))
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return email.utils.parsedate_to_datetime(text)


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what a library raises over a place into one sentence; each has errors of its own, so all are taken."""
    try:
        yield
    except CleanerError:
        raise
    except Exception as e:
        raise TargetError(_sentence(name, e)) from e


def _sentence(name: str, error: Exception) -> str:
    protocol = protocol_of(name) or ""
    extra = EXTRAS.get(protocol)
    said = " ".join(str(error).split())[:200] or type(error).__name__
    kind = type(error).__name__
    if isinstance(error, ImportError):
        how = f"`pip install 'cleaner-corpus[{extra}]'`" if extra else f"pip ({said})"
        return f"For {protocol}:// a library is missing that you can install with {how}."
    if isinstance(error, ValueError) and "Protocol not known" in said:
        known = "Known are hf://, s3://, gs:// and what fsspec knows."
        return f"Nothing is known that reads or writes {protocol}://. {known}"
    if "Credential" in kind or "credential" in said:
        how = _VARIABLES.get(extra or "", "the credentials that its library reads from the environment")
        return f"There are no credentials for {name}: set {how}."
    if isinstance(error, PermissionError):
        return f"You may not do that on {name} ({said}). Use credentials that may do what is asked for there."
    if isinstance(error, FileExistsError):
        return f"Somebody else has published to {name} meanwhile. Look what is there, then run the same command again."
    if isinstance(error, FileNotFoundError):
        return f"{name} is not there ({said}). If the bucket does not exist, make it first."
    return f"{name} cannot be reached or used ({kind}: {said}). The same command goes on where this one stopped."
