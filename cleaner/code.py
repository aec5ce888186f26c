"""The code's own hash: a result that other code would give is never reused."""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata
from pathlib import Path

_DECIDING = (
    "read", "pages", "judge", "describe", "*.py", "corpus/quality.py", "corpus/repetition.py", "corpus/tokens.py",
    "corpus/privacy.py",
)  # fmt: skip
"""Folders and files of this package that decide what becomes of a page; data files beside the code count, too."""
_LIBRARIES = (
    "beautifulsoup4", "charset-normalizer", "ftfy", "langdetect", "langdetect-rs", "license-expression", "lightgbm",
    "numpy", "phonenumbers", "polars", "py3langid", "python-stdnum", "selectolax", "tldextract",
)  # fmt: skip
"""Libraries whose versions can change a page's result."""


@functools.cache
def code_hash() -> str:
    """64 hex digits over the code, tables and model that decide about a page, and the versions of libraries."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for pattern in _DECIDING:
        for path in sorted(here.glob(pattern if pattern.endswith(".py") else f"{pattern}/**/*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _LIBRARIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    return digest.hexdigest()


@functools.cache
def model_hash() -> str:
    """64 hex digits over the files of the judge's trained model."""
    folder = Path(__file__).parent / "judge" / "trained"
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".json", ".npz", ".zst"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
