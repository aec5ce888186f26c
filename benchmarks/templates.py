"""Measure what the second pass takes out: lines that a site repeats on page after page.

    pip install '.[train]'
    python benchmarks/templates.py DIR                     labelled pages of sites with 3 pages or more, and our own
    python benchmarks/templates.py                         our own sites alone
    python benchmarks/templates.py DIR --write             and put the tables into benchmarks/README.md

Each set of pages goes through `cleaner.run` twice, without the second pass (`[templates] drop = false`) and with it,
and what was published is compared. Labelled pages are cleaned as HTML and as each flattener leaves that, one corpus
each; their published text is held against the gold text. Our own sites are those of `tests/corpus/sites`: of each it is
known which lines belong to its template, and which ones belong to the page, though they may recur.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import datasets
from extraction import write_block
from run import machine

import cleaner
from cleaner.describe.sites import domain
from cleaner.judge.model import FOLDER
from cleaner.judge.training.benchmark import LabelledPage, read_benchmark
from cleaner.judge.training.evaluate import seen_pages
from cleaner.judge.training.labels import label_lines
from cleaner.judge.training.scores import score_text
from cleaner.recipe import Recipe

SITES = Path(__file__).parents[1] / "tests" / "corpus" / "sites"
FORMS = ("html", "layout", "nodes", "first_pass")
LEAST = 3
"""Pages that a site must have: two other ones than the page that is looked at."""
EXPECTED = "expected.json"
ALL = "all"
RECIPE = '[duplicates]\nsame_text = "keep"\nnear = "keep"\n[templates]\ndrop = {drop}\n'
"""No page is left out as another's duplicate: each is to be scored."""


@dataclass(slots=True)
class Published:
    """What became of one page: the text, all lines in order, and which of them are kept, which gone as templates."""

    text: str = ""
    lines: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compared:
    """A labelled page in one form: (F1, precision, recall) without and with the second pass, and the share of each line
    that this took which the gold text holds."""

    form: str
    page_type: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    gone: list[float]


def clean_twice(raw: Path, processed: Path) -> tuple[dict[str, Published], dict[str, Published]]:
    """What is published of each file of `raw` (by its path there) without and with the second pass."""
    found = []
    for drop in ("false", "true"):
        report = cleaner.run(raw, processed, recipe=Recipe.parse(RECIPE.format(drop=drop)))
        found.append(_read(processed, report.version))
    return found[0], found[1]


def _read(processed: Path, version: str | None) -> dict[str, Published]:
    documents = cleaner.load(processed, version)
    pages = {row["id"]: (row["source_path"], Published(row["text"])) for row in documents}
    lines = cleaner.load(processed, version, lines=True).select_columns(["document_id", "text", "verdict", "reason"])
    for row in lines:
        page = pages[row["document_id"]][1]
        if row["verdict"] == "keep":
            page.kept.append(row["text"])
        if row["reason"] == "template":
            page.gone.append(len(page.lines))
        page.lines.append(row["text"])
    return dict(pages.values())


def address_of(page: LabelledPage) -> str:
    """A labelled page's address, from where its gold text stands: `ground-truth/NAME.json` or `gold.json`."""
    folder = page.path.parents[1]
    entry = folder / "ground-truth" / f"{page.name}.json"
    if entry.is_file():
        return str(json.loads(entry.read_text("utf-8"))["url"])
    return str(json.loads((folder / "gold.json").read_text("utf-8"))[page.name]["url"])


def of_large_sites(pages: Sequence[LabelledPage]) -> list[LabelledPage]:
    """The pages whose site (registered domain) has LEAST pages or more among them."""
    sites = [domain(f"https://{page.domain}/") if page.domain else None for page in pages]
    counted = Counter(sites)
    return [page for page, site in zip(pages, sites, strict=True) if site and counted[site] >= LEAST]


def compare_labelled(pages: Sequence[LabelledPage], form: str, work: Path) -> Iterator[Compared]:
    """Clean labelled pages in one form, twice."""
    raw = work / form
    raw.mkdir()
    members = {}
    for page in (page for page in pages if form in page.variants):
        name = f"{page.set}-{page.name}.{'html' if form == 'html' else 'txt'}"
        data = page.as_source(form).data
        (raw / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        (raw / f"{name}.json").write_text(json.dumps({"url": address_of(page)}))
        members[name] = page
    before, after = clean_twice(raw, work / f"{form}-processed")
    for name, page in members.items():
        one, other = before.get(name, Published()), after.get(name, Published())
        labels = label_lines(other.lines, page.gold) if other.gone else []
        scores = [score_text(published.text, page.gold) for published in (one, other)]
        yield Compared(form, page.page_type, *scores, [labels[line] for line in other.gone])


def labelled_table(found: Sequence[Compared]) -> str:
    """Means by form and page type, as Markdown."""
    rows = [
        "| form | page type | pages | F1 without | with | precision | recall | lines gone | in the gold text |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for form in dict.fromkeys(page.form for page in found):
        members = [page for page in found if page.form == form]
        groups = {ALL: members}
        for page in sorted(members, key=lambda page: page.page_type):
            groups.setdefault(page.page_type, []).append(page)
        for name, group in groups.items():
            before, after = _means([page.before for page in group]), _means([page.after for page in group])
            figures = f"{before[0]:.4f} | {after[0]:.4f} | {after[1] - before[1]:+.4f} | {after[2] - before[2]:+.4f}"
            gone = [label for page in group for label in page.gone]
            rows.append(f"| {form} | {name} | {len(group)} | {figures} | {len(gone)} | {sum(x > 0.5 for x in gone)} |")
    return "\n".join(rows)


def _means(scores: Sequence[tuple[float, float, float]]) -> list[float]:
    return [mean(measure) for measure in zip(*scores, strict=True)]


def sites_table(sites: Path, work: Path) -> str:
    """Template lines and content lines of our own sites that are published without and with the second pass."""
    raw = work / "sites"
    shutil.copytree(sites, raw, ignore=shutil.ignore_patterns(EXPECTED))
    sides = clean_twice(raw, work / "sites-processed")
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    scores: dict[str, list[list[float]]] = defaultdict(list)
    for folder in sorted(path.parent for path in sites.glob(f"*/{EXPECTED}")):
        for page, wanted in json.loads((folder / EXPECTED).read_text("utf-8")).items():
            found = [side[f"{folder.name}/{page}"] for side in sides]
            kept = [len(set(wanted[kind]) & set(side.kept)) for kind in ("gone", "stays") for side in found]
            f1 = [score_text(side.text, "\n".join(wanted["stays"]))[0] for side in found]
            for name in (folder.name, ALL):
                counts[name] = [a + b for a, b in zip(counts[name], [1, *kept], strict=True)]
                scores[name].append(f1)
    rows = [
        "| site | pages | template lines published without | with | content lines without | with | F1 without | with |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in sorted(counts, key=lambda name: (name == ALL, name)):
        f1 = [mean(side) for side in zip(*scores[name], strict=True)]
        rows.append(f"| {name} | {' | '.join([*map(str, counts[name]), *(f'{score:.3f}' for score in f1)])} |")
    return "\n".join(rows)


def report(folder: Path | None, forms: Sequence[str], sites: Path, work: Path) -> Iterator[str]:
    """The tables, with what they were measured on."""
    yield f"{machine()}."
    if folder is not None:
        pages = of_large_sites(read_benchmark(folder))
        found = [row for form in forms for row in compare_labelled(pages, form, work)]
        counted = len({domain(f"https://{page.domain}/") for page in pages})
        yield f"{len(pages)} labelled pages of {counted} sites with {LEAST} or more pages:"
        yield labelled_table(found)
        seen = seen_pages(FOLDER) or frozenset()
        if known := sum(page.gold_crc in seen for page in pages):
            yield (
                f"**The shipped model was trained on {known} of these pages**: it leaves less to take out than on "
                "pages that it has not seen."
            )
    yield "Our own sites:"
    yield sites_table(sites, work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="labelled pages")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS, help="forms to clean them in (all)")
    parser.add_argument("--sites", type=Path, default=SITES, metavar="DIR", help="sites of which it is known what goes")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory(prefix="cleaner-templates-") as work:
        text = "\n\n".join(report(options.folder, options.forms, options.sites, Path(work)))
    print(text)
    if options.write:
        write_block("templates", text)


if __name__ == "__main__":
    main()
