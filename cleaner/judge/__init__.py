"""A table of lines in, a verdict, a role and a reason for each line out.

judge_lines     what each line is by itself and in its place: the cues that match, the model's probability
decide          what becomes of it, in the light of the whole page: the cut, lists after lead-ins, copies, guards
"""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["model_hash"]


def model_hash() -> str:
    """64 hex digits over the shipped model's files and the phrase tables: part of every cache key."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*(here / "trained").glob("*.*"), *(here / "cues").glob("*.toml")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
