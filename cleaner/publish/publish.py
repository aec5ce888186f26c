"""Publishes a dataset: what `cleaner publish` does.

The order makes an interruption harmless. Shards come first and nobody knows of them; then what lies beside the card,
the manifests, and last the card, through which `datasets` finds the rest; only then is deleted what no version names.
Until the card is there, the target is what it was before. Publishing again sends what is still missing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.corpus.tombstones import read_tombstones
from cleaner.engine.folder import STATE
from cleaner.errors import BusyError, RefusedError, VerificationError
from cleaner.publish.plan import Plan, make_plan
from cleaner.publish.target import Dataset, Target, open_target
from cleaner.release.card.answers import read_answers
from cleaner.release.inventory import Published, files_of
from cleaner.release.manifest import Manifest
from cleaner.release.open import versions
from cleaner.release.verify import verify
from cleaner.remote.places import protocol_of


@dataclass(frozen=True, slots=True)
class Sending:
    """How far publishing is: what it does just now, and how many files and bytes have arrived out of how many."""

    stage: str
    files: int = 0
    files_total: int = 0
    bytes: int = 0
    bytes_total: int = 0


OnSending = Callable[[Sending], None]


@dataclass(slots=True)
class PublishReport:
    """What was published, or with `dry_run` what would be.

    Attributes:
        target: The target as its user wrote it.
        version: The newest version of the dataset.
        new: Versions that the target did not have before, oldest first.
        amended: Versions that it had, and that were brought in line with a withdrawal.
        sent: Files sent, in that order.
        deleted: Paths deleted from the target.
        steps: What was done besides, in words.
        there: How many files were there already.
        refused: Why publishing is refused, which only a dry run reports instead of raising it.
        notes: What a person should see to, in sentences.
    """

    target: str
    version: str
    dry_run: bool
    new: list[str]
    amended: list[str]
    sent: list[Published]
    deleted: list[str]
    steps: list[str]
    there: int
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """Bytes of the files sent."""
        return sum(file.bytes for file in self.sent)

    @property
    def nothing(self) -> bool:
        """Whether the target was already as it should be."""
        return not (self.sent or self.deleted or self.steps)


def publish(
    processed: str | Path,
    target: str | Path,
    *,
    dry_run: bool = False,
    force: bool = False,
    on_progress: OnSending | None = None,
) -> PublishReport:
    """Bring all versions of a dataset to a target, and the target in line with withdrawals.

    Args:
        processed: The dataset's folder.
        target: A folder, a file that ends in ".zip", "hf://ORG/NAME", or a URL that fsspec can write to.
        dry_run: Write nothing; only say what would be done.
        force: Publish although the card states no licence or no contact.
        on_progress: Called before the first and after each file.

    Raises:
        InputError: `processed` holds no release, or the target's name is none.
        VerificationError: The dataset is not what its manifests say; nothing was published.
        RefusedError: Licence or contact are missing, or the target holds what must not be overwritten.
        TargetError, StorageError: The target cannot be reached, or cannot be written. The next call goes on.
        BusyError: A run is at work in `processed`.
    """
    processed, name = Path(processed), os.fspath(target)
    told = on_progress or (lambda progress: None)
    _check_places(processed, name)
    with _no_run_in(processed):
        manifests = versions(processed)
        _check_withdrawals(processed)
        refused = [] if force else _unstated(processed, manifests[-1])
        if refused and not dry_run:
            raise RefusedError(refused[0])
        place = open_target(name)
        told(Sending("comparing"))
        dataset = Dataset(processed, manifests, _files(processed))
        plan = make_plan(dataset, place)
        told(Sending("verifying"))
        _check_whole(processed)
        report = PublishReport(
            name, manifests[-1].version, dry_run, plan.new, plan.amended, [*plan.shards, *plan.files],
            plan.gone, [step.words for step in plan.steps], plan.there, refused,
        )  # fmt: skip
        if not dry_run and not plan.nothing:
            _carry_out(plan, dataset, place, told)
            report.notes = place.notes()
    return report


def _carry_out(plan: Plan, dataset: Dataset, target: Target, told: OnSending) -> None:
    files, done, total = 0, 0, len(plan.shards) + len(plan.files)

    def sent(file: Published) -> None:
        nonlocal files, done
        files, done = files + 1, done + file.bytes
        told(Sending("publishing", files, max(total, files), done, max(plan.bytes, done)))

    told(Sending("publishing", 0, total, 0, plan.bytes))
    if plan.shards:
        target.put(dataset, plan.shards, sent)
    if plan.shards or plan.files or plan.gone:
        target.commit(dataset, plan.files, plan.gone, sent)
    for step in plan.steps:
        told(Sending(step.words, total, total, plan.bytes, plan.bytes))
        step.run()


def _check_places(processed: Path, target: str) -> None:
    """Refuse a target inside the dataset, or around it."""
    if protocol_of(target) not in (None, "file"):
        return
    inner, outer = Path(target.removeprefix("file://")).resolve(), processed.resolve()
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise RefusedError(f"{target} and {processed} lie one inside the other. Choose a target elsewhere.")


@contextlib.contextmanager
def _no_run_in(processed: Path) -> Iterator[None]:
    """Keep runs away from a folder while it is published; BusyError when one is at work there."""
    path = processed / STATE / "lock"
    with contextlib.ExitStack() as stack:
        if path.is_file():  # it is not in a copy, in which nothing runs
            lock = stack.enter_context(open(path, "rb"))
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError as e:
                raise BusyError(f"A run is at work in {processed}. Publish when it is done.") from e
        yield


def _check_withdrawals(processed: Path) -> None:
    """Refuse while a withdrawal is not carried out: some version may still hold what was withdrawn."""
    if not all(stone.done for stone in read_tombstones(processed)):
        raise RefusedError(
            f"Documents were withdrawn from {processed}, and some version may still hold them. "
            f"`cleaner withdraw {processed}` completes it; publish then."
        )


def _unstated(processed: Path, newest: Manifest) -> list[str]:
    """Why the dataset should not be shared yet, as a sentence, if so."""
    stated = read_answers(processed, newest).card
    missing = [words for words, value in (("licence", stated.license), ("contact", stated.contact)) if not value]
    if not missing:
        return []
    return [
        f"The card states no {' and no '.join(missing)}, so those who find the dataset could not know what they may do "
        "with it, or whom to ask to be left out. `cleaner card --edit` asks for it; --force publishes without."
    ]


def _files(processed: Path) -> list[Published]:
    try:
        return files_of(processed)
    except OSError as e:
        raise VerificationError(
            f"{e.filename} is missing or cannot be read ({e.strerror}), so nothing was published. `cleaner run` with "
            "the same input completes the folder."
        ) from e


def _check_whole(processed: Path) -> None:
    problems = verify(processed).problems
    if problems:
        more = f" ... and {len(problems) - 5:,} more." if len(problems) > 5 else ""
        raise VerificationError(
            f"{processed} is not what its manifests say, so nothing was published. " + " ".join(problems[:5]) + more
        )
