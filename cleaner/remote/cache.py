"""Folders of this machine that hold what belongs to a URL: a mirror of a work folder, a dataset in the making."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path


def cache_of(url: str) -> Path:
    """The folder in `$XDG_CACHE_HOME/cleaner` (by default `~/.cache/cleaner`) for a URL. It may be deleted at any time
    when no run is at work; the next run then fetches what it needs again."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    plain = url.rstrip("/")
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", plain.split("://")[-1])[-60:].strip("-.")
    return Path(home, "cleaner", f"{readable}-{hashlib.sha256(plain.encode()).hexdigest()[:12]}")
