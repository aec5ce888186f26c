"""The report of a run: one object owns the counts, checks that they add up, and knows the exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from cleaner.errors import AccountingError


@dataclass(slots=True)
class RunReport:
    """What a run did. Counts of sources are of the whole input as it is now, not only of what was new this time."""

    raw: str
    processed: str
    version: str | None = None
    previous: str | None = None
    released: bool = False
    """True when this run made `version`; False when nothing had changed since."""
    sources: int = 0
    sources_by_kind: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    duplicates: int = 0
    filtered: int = 0
    withdrawn: int = 0
    rejects: int = 0
    rejects_by_cause: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    """What was met and is no source, by kind: assets, hidden files, WARC records that hold no page."""
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    """verdict -> role -> lines, of all sources that became a page (duplicates and filtered ones included)."""
    lines_read: int = 0
    fixes: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)
    cleaned: int = 0
    """Sources cleaned in this run."""
    reused: int = 0
    """Sources whose result was already there."""
    warnings: list[str] = field(default_factory=list)
    """What in the dataset's card contradicts what was measured or stated, in sentences."""
    seconds: float = 0.0

    def check(self) -> None:
        """Hold the two identities of the contract: AccountingError when sources or lines do not add up."""
        parts = self.documents + self.duplicates + self.filtered + self.withdrawn + self.rejects
        if parts != self.sources:
            raise AccountingError(
                f"{self.sources} sources were read, but documents, duplicates, filtered, withdrawn and rejects add up "
                f"to {parts}. Nothing was released. Please report this, with the output of `cleaner run --json`."
            )
        judged = sum(n for roles in self.lines.values() for n in roles.values())
        if judged != self.lines_read:
            raise AccountingError(
                f"{self.lines_read} lines were read, but kept, dropped and metadata lines add up to {judged}. Nothing "
                "was released. Please report this, with the output of `cleaner run --json`."
            )

    @property
    def exit_code(self) -> int:
        """0 when every source found its place, 3 when some were rejected."""
        return 3 if self.rejects else 0

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--json`."""
        return {**asdict(self), "exit_code": self.exit_code}


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a run, for the live display. Totals are None until they are known."""

    stage: str
    """"connecting" (with a cluster), "reading", "cleaning", "revising", "comparing", "releasing" or "done"."""
    files: int = 0
    files_total: int | None = None
    bytes: int = 0
    bytes_total: int | None = None
    documents: int = 0
    rejects: int = 0


OnProgress = Callable[[Progress], None]
