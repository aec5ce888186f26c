"""Measure what a new version adds to a dataset's folder: after an edit, an addition, a removal, a new recipe.

    python benchmarks/storage.py                     4,000 documents
    python benchmarks/storage.py --documents 1000    a quick look
    python benchmarks/storage.py --write             and put the table into benchmarks/README.md

The pages are those of `benchmarks/corpus.py`. Each change is made to a copy of the same first version, whose shards and
manifest are its size; what is added is every shard and manifest that the next version writes.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from corpus import make_corpus
from run import machine

import cleaner
from cleaner.recipe import Recipe
from cleaner.release.manifest import FOLDER, shards_of
from cleaner.release.open import versions

README = Path(__file__).with_name("README.md")
MARK = re.compile(r"(<!-- storage -->\n).*?(<!-- end -->)", re.DOTALL)

Change = Callable[[Path, list[Path], Random], Recipe | None]
"""Changes the raw files; a recipe, where that is what changes."""


def _edit(paths: Sequence[Path]) -> None:
    """Put one more paragraph into each page."""
    for path in paths:
        text = path.read_text("utf-8")
        more = f"The ledger of {path.stem} was opened once more, and the clerk counted every lantern in it again."
        parted = "\n\nYou may also like" if path.suffix == ".txt" else "\n</article>"
        assert parted in text
        added = f"\n\n{more}" if path.suffix == ".txt" else f"\n<p>{more}</p>"
        path.write_text(text.replace(parted, added + parted, 1), "utf-8")


def _sites(paths: Sequence[Path]) -> list[list[Path]]:
    sites: dict[Path, list[Path]] = {}
    for path in paths:
        sites.setdefault(path.parent, []).append(path)
    return list(sites.values())


def nothing(raw: Path, paths: list[Path], random: Random) -> None:
    """Nothing."""


def edit_one(raw: Path, paths: list[Path], random: Random) -> None:
    """One document edited."""
    _edit([random.choice(paths)])


def edit_site(raw: Path, paths: list[Path], random: Random) -> None:
    """1% of the documents edited, in one site."""
    site = next(site for site in _sites(paths) if len(site) >= len(paths) // 100)
    _edit(random.sample(site, len(paths) // 100))


def edit_scattered(raw: Path, paths: list[Path], random: Random) -> None:
    """1% edited, scattered over all sites."""
    _edit(random.sample(paths, len(paths) // 100))


def remove_one(raw: Path, paths: list[Path], random: Random) -> None:
    """One document removed."""
    random.choice(paths).unlink()


def append(raw: Path, paths: list[Path], random: Random) -> None:
    """1% more documents, over all sites."""
    with tempfile.TemporaryDirectory() as work:
        make_corpus(Path(work), len(paths) // 100, seed=1234)
        for path in sorted(Path(work).rglob("*.*")):
            if path.is_file():
                target = raw / path.parent.name / f"later-{path.name}"
                target.parent.mkdir(exist_ok=True)
                text = path.read_text("utf-8").replace(f"/{path.stem}", f"/later-{path.stem}")
                target.write_text(text, "utf-8")


def state_licence(raw: Path, paths: list[Path], random: Random) -> Recipe:
    """A licence stated in the recipe."""
    return Recipe.parse('[card]\nlicense = "CC-BY-4.0"')


CHANGES: tuple[Change, ...] = (nothing, edit_one, edit_site, edit_scattered, remove_one, append, state_licence)


def measure(folder: Path, documents: int, seed: int) -> tuple[str, list[list[str]]]:
    """What was measured on, and a row for each change: its name, the version, shards and bytes added, their share."""
    raw, processed = folder / "raw", folder / "processed"
    corpus = make_corpus(raw, documents, seed)
    report = cleaner.run(raw, processed)
    [first] = versions(processed)
    size = _size(processed)
    shards = " + ".join(f"{len(files)}" for files in first.files.values())
    about = f"{report.documents:,} documents of {len(report.sites)} sites, {corpus.bytes / 1e6:,.1f} MB raw; released: "
    about += f"{size / 1e6:,.1f} MB in {shards} shards of documents and lines, seed {seed}"
    rows = []
    for change in CHANGES:
        work = folder / change.__name__
        shutil.copytree(raw, work / "raw")
        shutil.copytree(processed, work / "processed")
        paths = sorted(path for path in (work / "raw").rglob("*") if path.is_file())
        recipe = change(work / "raw", paths, Random(seed))
        after = cleaner.run(work / "raw", work / "processed", recipe=recipe)
        made = versions(work / "processed")
        new = shards_of(made).keys() - shards_of([first]).keys()
        added = _size(work / "processed") - size
        name = (change.__doc__ or "").rstrip(".").partition("\n")[0]
        number = after.version if after.released else "none"
        rows.append([name, str(number), f"{len(new):,}", f"{added / 1e6:,.3f}", f"{added / size:.1%}"])
        shutil.rmtree(work)
    return about, rows


def _size(processed: Path) -> int:
    """Bytes of all shards and manifests."""
    folders = ("data", "lines", FOLDER)
    return sum(path.stat().st_size for name in folders for path in (processed / name).iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=4_000, metavar="N", help="documents to generate (4000)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the generator (7)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cleaner-storage-") as work:
        about, rows = measure(Path(work), options.documents, options.seed)
    head = "| what changed | new version | shards written | MB added | of the dataset |\n|---|---|--:|--:|--:|"
    table = "\n".join([head, *("| " + " | ".join(row) + " |" for row in rows)])
    text = f"{about}.\n{machine()}.\n\n{table}\n"
    print(text)
    if options.write:
        README.write_text(MARK.sub(lambda found: found[1] + text + found[2], README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
