"""Publishing to whatever fsspec can write to: s3://, gs://, abfs://, memory:// and the like.

Object stores show an object whole or not at all, and so does everything here that stands on them. Credentials are found
as each library finds them: in the environment, in its own configuration files, or in the machine's role.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import fsspec

from cleaner.errors import CleanerError, TargetError
from cleaner.publish.target import Dataset, Sent, Step, protocol_of
from cleaner.release.inventory import Published
from cleaner.release.manifest import FOLDER as VERSIONS

EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
"""Protocol -> the extra of cleaner that brings its library along."""

_VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`",
}
_BLOCK = 1 << 20


class Store:
    """A folder in an object store."""

    keeps_history = False

    def __init__(self, name: str) -> None:
        self.name = name
        with told(name):
            self._fs, root = fsspec.core.url_to_fs(name)
        self._root = root.rstrip("/")
        self._details: dict[str, dict[str, Any]] = {}

    def listing(self) -> Mapping[str, int]:
        """Everything under the URL; hidden files are left out."""
        with told(self.name):
            self._fs.invalidate_cache()
            try:
                found = self._fs.find(self._root, detail=True)
            except FileNotFoundError:
                found = {}
        start = len(self._root.lstrip("/")) + 1
        self._details = {path.lstrip("/")[start:]: detail for path, detail in found.items()}
        return {path: detail["size"] for path, detail in self._details.items() if path and not path.startswith(".")}

    def holds(self, file: Published, local: Path) -> bool:
        """By the MD5 that the store states of the object; where it states none that agrees, by reading it back."""
        stated = stated_md5(self._details.get(file.path, {}))
        if stated is not None and stated == _md5_of(local):
            return True
        digest = hashlib.sha256()
        with told(self.name), self._fs.open(f"{self._root}/{file.path}", "rb") as there:
            while block := there.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest() == file.sha256

    def read(self, path: str) -> bytes:
        """Bytes of the object."""
        with told(self.name):
            data: bytes = self._fs.cat_file(f"{self._root}/{path}")
            return data

    def put(self, dataset: Dataset, shards: Sequence[Published], sent: Sent) -> None:
        """Send one after the other; large ones go in parts, several at a time, as the library does it."""
        for file in shards:
            with told(self.name):
                self._send(file, dataset.local(file))
            sent(file)

    def commit(self, dataset: Dataset, files: Sequence[Published], gone: Sequence[str], sent: Sent) -> None:
        """Send in the order given, which ends with the card, then delete."""
        self.put(dataset, files, sent)
        for path in gone:
            with told(self.name):
                self._fs.rm_file(f"{self._root}/{path}")

    def steps(self, dataset: Dataset) -> list[Step]:
        """Nothing is left to do."""
        return []

    def notes(self) -> list[str]:
        """Nothing to say."""
        return []

    def _send(self, file: Published, local: Path) -> None:
        where = f"{self._root}/{file.path}"
        if file.path.startswith(f"{VERSIONS}/") and file.path not in self._details and "s3" in self._fs.protocol:
            # A manifest makes a version exist: should two publish it at a time, the store lets only one of them.
            self._fs.put_file(str(local), where, mode="create")
            return
        self._fs.put_file(str(local), where)


def stated_md5(detail: Mapping[str, Any]) -> str | None:
    """The MD5, in hex, that a store states of a whole object; None where it states none.

    S3's ETag is one unless the object came in parts; Google states `md5Hash`, Azure `content_md5`, in base 64 or bytes.
    """
    etag = str(detail.get("ETag") or "").strip('"').lower()
    if len(etag) == 32 and set(etag) <= set("0123456789abcdef"):
        return etag
    stated = detail.get("md5Hash") or (detail.get("content_settings") or {}).get("content_md5")
    try:
        return (base64.b64decode(stated) if isinstance(stated, str) else bytes(stated)).hex() if stated else None
    except (binascii.Error, TypeError, ValueError):
        return None


def _md5_of(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


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
        return f"Nothing is known that writes to {protocol}://. Known are hf://, s3://, gs:// and what fsspec knows."
    if "Credential" in kind or "credential" in said:
        how = _VARIABLES.get(extra or "", "the credentials that its library reads from the environment")
        return f"There are no credentials for {name}: set {how}."
    if isinstance(error, PermissionError):
        return f"You may not do that on {name} ({said}). Use credentials that may read, write and delete there."
    if isinstance(error, FileExistsError):
        return f"Somebody else has published to {name} meanwhile. Look what is there, then run the same command again."
    if isinstance(error, FileNotFoundError):
        return f"{name} is not there ({said}). If the bucket does not exist, make it first."
    return f"{name} cannot be reached or used ({kind}: {said}). The same command goes on where this one stopped."
