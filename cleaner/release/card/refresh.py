"""Makes the card of a dataset anew, after asking what only a person knows: what `cleaner card` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cleaner.engine.folder import claim_folder
from cleaner.engine.storage import storage_errors
from cleaner.release.card.answers import add_answers, ask, read_answers
from cleaner.release.card.files import card_files
from cleaner.release.finish import finish
from cleaner.release.manifest import Manifest
from cleaner.release.open import versions


@dataclass(frozen=True, slots=True)
class CardReport:
    """What became of the card.

    Attributes:
        manifest: The version that the card is about.
        files: Paths of the card and of what lies beside it.
        written: Those of them that were not as they should be, and were written.
        warnings: What in the card contradicts itself, in sentences.
        open: Keys of what nobody has stated.
        answers: Where the answers were written to; None when nothing was asked or answered.
    """

    manifest: Manifest
    files: list[str]
    written: list[str]
    warnings: list[str]
    open: list[str]
    answers: Path | None = None


def refresh_card(processed: str | Path, question: Callable[[str, str], str | None] | None = None) -> CardReport:
    """Make the card and what lies beside it anew from the manifests, the answers and the prose that there are.

    With `question` (see `answers.ask`), what is open is asked first, and the answers are kept in `card.toml`.
    InputError when the folder holds no release, RecipeError when `card.toml` is wrong, BusyError when a run is at work.
    """
    processed = Path(processed)
    manifests = versions(processed)
    given = ask(read_answers(processed, manifests[-1]), question) if question else {}
    with storage_errors(processed), claim_folder(processed):
        answers = add_answers(processed, given) if given else None
        made = card_files(processed, manifests)
        written = [path for path, data in made.files.items() if not _holds(processed / path, data)]
        finish(processed, manifests)
    return CardReport(manifests[-1], list(made.files), written, made.warnings, made.open, answers)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
