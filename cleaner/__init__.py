"""Turn scraped web pages, HTML or already flattened text, into a versioned dataset.

    import cleaner
    doc = cleaner.clean(Path("page.html"))       # one page: doc.text, doc.title, doc.lines ...
    cleaner.run("raw", "processed")              # what `cleaner run raw processed` does
    ds = cleaner.load("processed")               # a datasets.Dataset

Names are looked up on first use, so that `import cleaner` is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.cleaning import clean as clean
    from cleaner.cleaning import clean_many as clean_many
    from cleaner.pipeline import run as run
    from cleaner.recipe import Recipe as Recipe
    from cleaner.records import Document as Document
    from cleaner.records import Line as Line
    from cleaner.records import Source as Source
    from cleaner.release.open import load as load

_PUBLIC = {
    "clean": "cleaner.cleaning",
    "clean_many": "cleaner.cleaning",
    "run": "cleaner.pipeline",
    "load": "cleaner.release.open",
    "Recipe": "cleaner.recipe",
    "Source": "cleaner.records",
    "Document": "cleaner.records",
    "Line": "cleaner.records",
}

__all__ = ["Document", "Line", "Recipe", "Source", "clean", "clean_many", "load", "run"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'cleaner' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
