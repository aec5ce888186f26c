"""Publishing to whatever fsspec can write to: s3://, gs://, abfs://, memory:// and the like.

Object stores show an object whole or not at all, and so does everything here that stands on them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fsspec

from cleaner.publish.target import Dataset, Sent, Step
from cleaner.release.files import placed
from cleaner.release.inventory import Published
from cleaner.release.manifest import FOLDER as VERSIONS
from cleaner.remote.places import OBJECT_STORES, protocol_of, told, tried

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

    def get(self, path: str, local: Path) -> None:
        """Copy an object into a local file, which is there in whole or not at all."""
        with told(self.name), placed(local) as temporary:
            tried(lambda: self._fs.get_file(f"{self._root}/{path}", str(temporary)))

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
        if protocol_of(self.name) not in OBJECT_STORES:
            self._fs.makedirs(where.rpartition("/")[0], exist_ok=True)
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
