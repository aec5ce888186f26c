"""A version as a BagIt 1.0 bag in one zip (RFC 8493), the RO-Crate as its payload: for archives such as Zenodo.

A bag says of every file what its checksum is, so that whoever keeps it for decades can tell that it is whole. The same
version gives the same bytes: members are stored as they are, without dates, in a fixed order.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from cleaner.release.card.deposit import Deposit, check_vacant, make_deposit
from cleaner.release.card.front_matter import title_of
from cleaner.release.card.rocrate import METADATA, crate_metadata
from cleaner.release.files import TEMPORARY, placed

_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LARGE = 1 << 30
"""A member of more bytes is announced as one that may exceed 4 GB."""


def write_bagit_zip(processed: str | Path, path: str | Path, version: str | None = None) -> Path:
    """Write a version, the newest by default, as a bag in a zip file that is not there yet; returns its path.

    Raises as `rocrate.write_ro_crate` does. The file is there whole or not at all.
    """
    path = Path(path)
    deposit = make_deposit(processed, version)
    check_vacant(path)
    small = {**deposit.small, METADATA: crate_metadata(deposit)}
    sums = {name: (hashlib.sha256(data).hexdigest(), len(data)) for name, data in small.items()}
    sums |= {file.path: (file.sha256, file.bytes) for file in deposit.shards}
    tags = {"bagit.txt": _DECLARATION, "bag-info.txt": _info(deposit, sums), "manifest-sha256.txt": _manifest(sums)}
    tags["tagmanifest-sha256.txt"] = _sums({name: hashlib.sha256(data).hexdigest() for name, data in tags.items()})
    name = _folder(deposit)
    try:
        with placed(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for tag, data in tags.items():
                archive.writestr(_member(f"{name}/{tag}"), data)
            for inner, data in small.items():
                archive.writestr(_member(f"{name}/data/{inner}"), data)
            for file in deposit.shards:
                with archive.open(_member(f"{name}/data/{file.path}"), "w", force_zip64=file.bytes > _LARGE) as there:
                    deposit.copy(file, there.write)
    finally:
        path.with_name(path.name + TEMPORARY).unlink(missing_ok=True)
    return path


def _folder(deposit: Deposit) -> str:
    """The folder that the zip unpacks to: the title in small letters, and the version."""
    plain = re.sub(r"[^a-z0-9]+", "-", title_of(deposit.card).lower()).strip("-")[:60] or "dataset"
    return f"{plain}-{deposit.manifest.version}"


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)  # dated 1980, as zip has it for no date
    member.external_attr = 0o644 << 16
    return member


def _manifest(sums: Mapping[str, tuple[str, int]]) -> bytes:
    return _sums({f"data/{path}": digest for path, (digest, _) in sums.items()})


def _sums(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def _info(deposit: Deposit, sums: Mapping[str, tuple[str, int]]) -> bytes:
    size = sum(number for _, number in sums.values())
    card = deposit.card
    labels = {
        "Source-Organization": "; ".join(card.authors),
        "Contact-Name": card.contact or "",
        "External-Description": card.summary or title_of(card),
        "External-Identifier": f"{title_of(card)} {deposit.manifest.version}",
        "Bagging-Date": deposit.released,
        "Bag-Software-Agent": f"cleaner {deposit.manifest.cleaner}",
        "Payload-Oxum": f"{size}.{len(sums)}",
    }
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in labels.items() if value).encode()
