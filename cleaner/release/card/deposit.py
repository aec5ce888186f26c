"""One version of a dataset by itself, as an archive wants it: its shards, and a card that lists no other version.

The card of the dataset's folder lists all versions, and would name files that are not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import RefusedError, StorageError, VerificationError
from cleaner.recipe import Card
from cleaner.release.card.answers import read_answers
from cleaner.release.card.citation import date_of
from cleaner.release.card.files import card_files
from cleaner.release.listings import LEFT_OUT, REJECTS
from cleaner.release.manifest import CONFIGS, File, Manifest, manifest_path
from cleaner.release.open import find_version, versions

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Deposit:
    """A version by itself: `small` files by path, `shards` to be copied from the dataset's folder, what was stated."""

    folder: Path
    manifest: Manifest
    card: Card
    small: dict[str, bytes]
    shards: list[File]

    @property
    def released(self) -> str:
        """Date of publication, YYYY-MM-DD."""
        return date_of(self.card) or ""

    def sums(self) -> dict[str, tuple[str, int]]:
        """Path -> SHA-256 in hex and size of every file, shards first, as the manifest has them."""
        shards = {file.path: (file.sha256, file.bytes) for file in self.shards}
        return shards | {path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in self.small.items()}

    def copy(self, file: File, write: Callable[[bytes], Any]) -> None:
        """Hand a shard's bytes on. VerificationError when they are not those of the manifest."""
        digest = hashlib.sha256()
        path = self.folder / file.path
        try:
            with open(path, "rb") as shard:
                while block := shard.read(_BLOCK):
                    digest.update(block)
                    write(block)
        except FileNotFoundError as e:
            raise VerificationError(f"{path} is missing. `cleaner verify {self.folder}` says what else is.") from e
        if digest.hexdigest() != file.sha256:
            raise VerificationError(
                f"{path} is not what its manifest says. `cleaner verify {self.folder}` says what else is damaged."
            )


def make_deposit(processed: str | Path, version: str | None = None) -> Deposit:
    """Collect what makes up a version, the newest by default.

    RefusedError when no licence or no date of publication is stated, which archives demand; InputError and VersionError
    when there is no such dataset or version.
    """
    processed = Path(processed)
    manifest = find_version(processed, version)
    card = read_answers(processed, versions(processed)[-1]).card
    missing = [key for key, there in (("license", card.license), ("released", date_of(card))) if not there]
    if missing:
        keys = " and ".join(f"`{key}`" for key in missing)
        raise RefusedError(
            f"An archive demands to be told a licence and a date of publication, and nobody has stated {keys}. "
            f"`cleaner card {processed} --edit` asks for it."
        )
    small = dict(card_files(processed, [manifest]).files)
    texts = ["CHANGELOG.md", *([REJECTS, LEFT_OUT] if manifest == versions(processed)[-1] else [])]
    small |= {name: (processed / name).read_bytes() for name in texts if (processed / name).is_file()}
    small[f"versions/{manifest.version}.json"] = manifest_path(processed, manifest.version).read_bytes()
    if (processed / "LICENSE").is_file():
        small.setdefault("LICENSE", (processed / "LICENSE").read_bytes())
    shards = [file for config in CONFIGS for file in manifest.files[config]]
    return Deposit(processed, manifest, card, dict(sorted(small.items())), shards)


def check_vacant(path: Path) -> None:
    """RefusedError when something is at this place already; an empty folder is nothing."""
    try:
        if path.is_dir() and not any(path.iterdir()):
            return
    except OSError as e:
        raise StorageError(f"{path} cannot be read: {e.strerror or e}.") from e
    if path.exists() or path.is_symlink():
        raise RefusedError(f"{path} is there already. Nothing was written: name a place where there is nothing yet.")
