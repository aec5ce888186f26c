"""Measure extraction against other tools on labelled pages: CPU time and word F1, all in one process and one run.

    pip install '.[benchmark]'
    python benchmarks/extraction.py DIR                 200 pages of the benchmark folder DIR
    python benchmarks/extraction.py DIR --write         and put the tables into benchmarks/README.md
    python benchmarks/extraction.py --memory            peak memory of a process that cleans one large page

DIR is what `cleaner.judge.training.benchmark.read_benchmark` reads. Only ratios are worth comparing: the tools take
turns on the same pages, so that a busy machine is as busy for all of them. CPU time counts all threads; pools have
one thread each.
"""

from __future__ import annotations

import os

for pool in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):  # read when the libraries are loaded
    os.environ[pool] = "1"

import argparse
import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import mean, median
from time import process_time

from corpus import NOUNS
from run import machine

import cleaner
from cleaner import Source
from cleaner.judge.model import FOLDER
from cleaner.judge.training.benchmark import LabelledPage, read_benchmark
from cleaner.judge.training.flatten import FLATTENERS
from cleaner.judge.training.labels import token_f1, word_f1

BATCH = 128
"""Pages that each tool works on before it is the next one's turn."""
ALONE = 40
"""Pages that are also cleaned one by one."""
FLATTENED = ("layout", "first_pass")
"""Ways of flattening (see `cleaner.judge.training.flatten`) of which the pages are also cleaned as text."""
README = Path(__file__).parent / "README.md"
MEGABYTES = (1, 5, 10)

Tool = Callable[[Sequence[str]], list[str]]


def clean_html(pages: Sequence[str]) -> list[str]:
    """The tool that is measured, from bytes."""
    return [page.text for page in cleaner.clean_many([Source(page.encode(), kind="html") for page in pages])]


def clean_text(pages: Sequence[str]) -> list[str]:
    """The same for flattened text."""
    return [page.text for page in cleaner.clean_many([Source(page.encode(), kind="text") for page in pages])]


def _trafilatura() -> Tool:
    from trafilatura import extract

    return lambda pages: [extract(page) or "" for page in pages]


def _trafilatura_with_metadata() -> Tool:
    from trafilatura import bare_extraction

    def extract(page: str) -> str:
        found = bare_extraction(page, with_metadata=True)
        return found.text or "" if found else ""

    return lambda pages: [extract(page) for page in pages]


def _resiliparse() -> Tool:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda pages: [extract_plain_text(page, main_content=True) for page in pages]


def _readability() -> Tool:
    from lxml.html import fromstring
    from readability import Document

    return lambda pages: [fromstring(Document(page).summary() or "<p>").text_content() for page in pages]


def _justext() -> Tool:
    import justext

    stop = justext.get_stoplist("English")
    return lambda pages: [
        "\n".join(p.text for p in justext.justext(page.encode(), stop) if not p.is_boilerplate) for page in pages
    ]


TEXT_ALONE, WITH_METADATA = "trafilatura", "trafilatura, text and metadata"
PEERS = {
    TEXT_ALONE: _trafilatura,
    WITH_METADATA: _trafilatura_with_metadata,
    "resiliparse": _resiliparse,
    "readability-lxml": _readability,
    "jusText": _justext,
}


def load_tools() -> tuple[dict[str, Tool], list[str]]:
    """The tools that are installed, by name, and the names of those that are not. A peer may fail on a page."""
    tools: dict[str, Tool] = {"cleaner": clean_html}
    missing = []
    for name, load in PEERS.items():
        try:
            tools[name] = partial(_careful, load())
        except ImportError:
            missing.append(name)
    return tools, missing


def _careful(tool: Tool, pages: Sequence[str]) -> list[str]:
    """What the tool makes of the pages; nothing of a page that it fails on."""
    try:
        return tool(pages)
    except Exception:
        return [""] if len(pages) == 1 else [text for page in pages for text in _careful(tool, [page])]


class Measured:
    """One tool's CPU seconds and texts over all pages."""

    def __init__(self, tool: Tool) -> None:
        self.tool, self.seconds, self.texts = tool, 0.0, list[str]()

    def run(self, pages: Sequence[str]) -> None:
        """Have the tool's turn at the next pages."""
        start = process_time()
        texts = self.tool(pages)
        self.seconds += process_time() - start
        self.texts += texts


def measure(pages: Sequence[LabelledPage], tools: dict[str, Tool]) -> tuple[dict[str, Measured], dict[str, float]]:
    """All tools on all pages in turns, `cleaner` on the flattened ones, too; and medians of one page alone, in ms."""
    runs = {name: Measured(tool) for name, tool in tools.items()}
    ways = [way for way in FLATTENED if _flattens(way)]
    runs |= {f"cleaner, text flattened by {way}": Measured(clean_text) for way in ways}
    html = [page.data.decode("utf-8", "replace") for page in pages]
    for tool in (*tools.values(), clean_text):
        tool(html[:5])
    for start in range(0, len(pages), BATCH):
        batch = html[start : start + BATCH]
        for name in tools:
            runs[name].run(batch)
        for way in ways:
            runs[f"cleaner, text flattened by {way}"].run([FLATTENERS[way](page) or "." for page in batch])
        print(f"{min(start + BATCH, len(pages))} of {len(pages)} pages", file=sys.stderr, flush=True)
    some = html[:ALONE]
    alone = {"cleaner": median(_time(clean_html, page) for page in some)}
    if ways:
        alone["cleaner, text"] = median(_time(clean_text, FLATTENERS[ways[0]](page) or ".") for page in some)
    if TEXT_ALONE in tools:
        alone[TEXT_ALONE] = median(_time(tools[TEXT_ALONE], page) for page in some)
    return runs, alone


def _flattens(way: str) -> bool:
    try:
        FLATTENERS[way]("<p>One line.")
    except ImportError:
        return False
    return True


def _time(tool: Tool, page: str) -> float:
    start = process_time()
    tool([page])
    return 1000 * (process_time() - start)


def tables(
    pages: Sequence[LabelledPage], runs: dict[str, Measured], alone: dict[str, float], missing: list[str]
) -> str:
    """The figures as Markdown."""
    kinds = sorted({page.page_type for page in pages})
    clocks = [runs[name].seconds for name in (TEXT_ALONE, WITH_METADATA) if name in runs]
    counts = " | ".join(str(sum(p.page_type == kind for p in pages)) for kind in kinds)
    rows = [
        f"| | CPU ms a page | of trafilatura's, text alone | with metadata | word F1 | {' | '.join(kinds)} |",
        f"|---|--:|--:|--:|--:|{'--:|' * len(kinds)}",
        f"| *pages* | | | | {len(pages)} | {counts} |",
    ]
    for name, run in runs.items():
        scores = [
            (token_f1 if page.page_type == "news" else word_f1)(text, page.gold)[0]
            for page, text in zip(pages, run.texts, strict=True)
        ]
        by_kind = [mean(s for s, page in zip(scores, pages, strict=True) if page.page_type == kind) for kind in kinds]
        ratios = " | ".join([f"{run.seconds / clock:.3f}" for clock in clocks] or ["", ""])
        figures = " | ".join(f"{score:.3f}" for score in (mean(scores), *by_kind))
        rows.append(f"| {name} | {1000 * run.seconds / len(pages):.1f} | {ratios} | {figures} |")
    single = "; ".join(f"{name} {ms:.0f} ms" for name, ms in alone.items())
    said = [f"One page alone after a warm-up, median CPU time of {min(ALONE, len(pages))} pages: {single}."]
    if seen := _seen(pages):
        said.append(
            f"**The shipped model was trained on {seen} of these pages: the F1 of `cleaner` above is not held out.** "
            "Its cross-validated F1 is in the [model's card](../cleaner/judge/trained/README.md)."
        )
    if missing:
        said.append(f"Not installed, and left out: {', '.join(missing)}.")
    return "\n".join(rows) + "\n\n" + "\n\n".join(said)


def _seen(pages: Sequence[LabelledPage]) -> int:
    """How many of the pages are of a set that the shipped model was trained on."""
    trained = json.loads((FOLDER / "data.json").read_text())["pages"]
    return sum(page.set in trained for page in pages)


def large_pages(kind: str, megabytes: int) -> Iterator[str]:
    """A generated page, bit by bit: HTML of many small blocks, or text of many lines."""
    random, size = Random(megabytes), 0
    words = ["the", "of", "and", "was", "in", *NOUNS]
    while size < megabytes * 1_000_000:
        text = " ".join(random.choices(words, k=random.choice((2, 3, 5, 12, 30)))).capitalize()
        link = f'<a href="/{random.randrange(10_000)}">{text}</a>'
        block = f'<div class="row c{random.randrange(50)}"><p>{text}.</p>{link}</div>'
        part = f"{block if kind == 'html' else text}\n"
        size += len(part)
        yield part


def clean_large(kind: str, megabytes: int) -> str:
    """Clean one generated page in this process: `PEAK SECONDS LINES`, memory in MB."""
    page = Source("".join(large_pages(kind, megabytes)).encode(), kind="html" if kind == "html" else "text")
    start = process_time()
    lines = len(cleaner.clean(page).lines)
    seconds = process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return f"{peak / 1e6:.0f} {seconds:.1f} {lines}"


def memory_table() -> str:
    """Peak memory for large pages, each in a fresh process, as Markdown."""
    rows = ["| page | lines | peak memory, MB | CPU s |", "|---|--:|--:|--:|"]
    for kind in ("html", "text"):
        for megabytes in MEGABYTES:
            command = [sys.executable, str(Path(__file__).resolve()), "--large", kind, str(megabytes)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            peak, seconds, lines = done.stdout.split()
            rows.append(f"| {kind}, {megabytes} MB | {int(lines):,} | {peak} | {seconds} |")
    return "\n".join(rows)


def write_block(name: str, text: str, path: Path = README) -> None:
    """Put a text between the marks of this name in README.md, or in another file."""
    found = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    page = path.read_text("utf-8")
    if not found.search(page):
        raise SystemExit(f"{path} has no part <!-- {name} --> ... <!-- end -->.")
    path.write_text(found.sub(lambda m: f"{m[1]}{text}\n{m[2]}", page), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="labelled pages")
    parser.add_argument("--pages", type=int, default=200, metavar="N", help="pages drawn from it (200)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the draw (7)")
    parser.add_argument("--memory", action="store_true", help="peak memory on large pages, instead")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    parser.add_argument("--large", nargs=2, metavar=("KIND", "MB"), help="clean one generated page, print its figures")
    options = parser.parse_args()
    if options.large:
        print(clean_large(options.large[0], int(options.large[1])))
        return
    if options.memory:
        name, text = "memory", memory_table()
    elif options.folder:
        known = [page for page in read_benchmark(options.folder) if page.kind == "html"]
        pages = Random(options.seed).sample(known, min(options.pages, len(known)))
        tools, missing = load_tools()
        runs, alone = measure(pages, tools)
        sets = ", ".join(f"{len(list(g))} of {name}" for name, g in groupby(sorted(page.set for page in pages)))
        size = mean(len(page.data) for page in pages) / 1000
        head = f"{len(pages)} pages ({sets}; seed {options.seed}), {size:.0f} KB on average, batches of {BATCH}."
        head += f" {machine(*(name for name in tools if name in PEERS and name != WITH_METADATA))}."
        name, text = "extraction", f"{head}\n\n{tables(pages, runs, alone, missing)}"
    else:
        parser.error("Name a folder of labelled pages, or --memory.")
    print(text)
    if options.write:
        write_block(name, text)


if __name__ == "__main__":
    main()
