"""Writes the card and all that lies beside it: pictures, `croissant.json`, `CITATION.cff`, `LICENSE`.

All of it follows from the manifests, from what a person has stated, and from what a person wrote into the card itself,
so it can be made again at any time, and `cleaner verify` can hold the files against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.release.card.answers import read_answers
from cleaner.release.card.citation import CITATION, date_of, doi_of, render_citation, url_of
from cleaner.release.card.claims import find_licence_conflict
from cleaner.release.card.croissant import CROISSANT, render_croissant
from cleaner.release.card.front_matter import title_of
from cleaner.release.card.licences import MADE, licence_file
from cleaner.release.card.pictures import NAMES, draw_pictures
from cleaner.release.card.readme import render_card
from cleaner.release.files import write_bytes
from cleaner.release.inventory import CARD, PICTURES
from cleaner.release.manifest import Manifest

LICENSE = "LICENSE"


@dataclass(slots=True)
class CardFiles:
    """What should lie in the dataset's folder, and what a person should know.

    Attributes:
        files: Path in the folder -> bytes; the card is the last.
        gone: Paths of files of ours that should not be there any more.
        warnings: What contradicts itself, in sentences.
        open: Keys of what nobody has stated yet.
    """

    files: dict[str, bytes]
    gone: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def card_files(processed: Path, manifests: Sequence[Manifest]) -> CardFiles:
    """What the card and the files beside it should hold now; the card and `LICENSE` that there are are read for it.

    Writes nothing. RecipeError when `card.toml` is wrong.
    """
    newest = manifests[-1]
    answers = read_answers(processed, newest)
    card = answers.card
    rendered = render_card(manifests, answers, _old_card(processed))
    pictures = {f"{PICTURES}/{picture.name}": picture.svg for picture in draw_pictures(newest.counts).values()}
    texts = {**pictures, CROISSANT: render_croissant(newest, card), CITATION: render_citation(newest, card)}
    gone = [path for path in (f"{PICTURES}/{name}" for name in NAMES) if path not in pictures]
    warnings = [*rendered.warnings, *_unusable(card.doi, doi_of(card), "doi", "a DOI such as 10.5281/zenodo.1234567")]
    warnings += _unusable(card.released, date_of(card), "released", "a date such as 2024-05-31")
    warnings += _unusable(card.url, url_of(card), "url", "an address that begins with https://")
    theirs = _persons_licence(processed)
    if theirs is not None:
        warnings += find_licence_conflict(theirs, LICENSE, card.license)
    elif card.license:
        texts[LICENSE] = licence_file(title_of(card), card.license)
    else:
        gone.append(LICENSE)
    files = {path: text.encode() for path, text in texts.items()}
    files[CARD] = rendered.text.encode("utf-8", "surrogateescape")
    return CardFiles(files, gone, warnings, answers.open)


def write_card(processed: Path, manifests: Sequence[Manifest]) -> CardFiles:
    """Write the card and what lies beside it, each in one step and the card last, unless they are so already."""
    made = card_files(processed, manifests)
    for path, data in made.files.items():
        if path != CARD:
            write_bytes(processed / path, data)
    for path in made.gone:
        (processed / path).unlink(missing_ok=True)
    write_bytes(processed / CARD, made.files[CARD])
    return made


def _old_card(processed: Path) -> str | None:
    """The card that there is; what is no UTF-8 in it is carried through unread."""
    try:
        return (processed / CARD).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def _persons_licence(processed: Path) -> str | None:
    """`LICENSE` where a person has put one there."""
    try:
        text = (processed / LICENSE).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    return None if text.rstrip().endswith(MADE) else text


def _unusable(stated: str | None, understood: str | None, key: str, wanted: str) -> list[str]:
    if not stated or understood:
        return []
    return [f'`{key}` is "{stated}", which is not {wanted}: it stands in no file that machines read.']
