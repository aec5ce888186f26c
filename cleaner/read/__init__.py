"""Raw files in, sources out: formats, containers, archives, decoding. Nothing here judges a page.

    for file in find(Path("raw")):                 # InputFile, or Skipped
        for item in read_file(file, recipe):       # Source, Reject, or Skipped
            text = decode(item, recipe).text       # of a Source

The other names are looked up on first use: listing files needs none of the libraries that read them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cleaner.read.find import InputFile, find

if TYPE_CHECKING:
    from cleaner.read.causes import CAUSES as CAUSES
    from cleaner.read.decoding import Decoded as Decoded
    from cleaner.read.decoding import decode as decode
    from cleaner.read.files import read_file as read_file

_PUBLIC = {
    "CAUSES": "cleaner.read.causes",
    "Decoded": "cleaner.read.decoding",
    "decode": "cleaner.read.decoding",
    "read_file": "cleaner.read.files",
}

__all__ = ["CAUSES", "Decoded", "InputFile", "decode", "find", "read_file"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'cleaner.read' has no attribute {name!r}")
