"""Measure metadata against labelled pages, and against other tools: title, authors, day of publication, language.

    pip install '.[benchmark]'
    python benchmarks/metadata.py DIR                       all pages of the folder DIR, as HTML
    python benchmarks/metadata.py DIR --form layout         the same pages as flattened text
    python benchmarks/metadata.py DIR --pages 200 --peers   a draw of them, other tools in turns on the same pages
    python benchmarks/metadata.py DIR --half 0 --worst date what is wrong on half of the sites
    python benchmarks/metadata.py DIR --peers --write       put the table into docs/metadata.md

DIR is one of
    html/NNNN.html.gz + ground-truth/NNNN.json   (WCXB: title, author, publish_date; null where a page has none)
    html/NAME.html.gz + gold.json                (news: url, title, authors, published, languages)
or holds such folders. Pages are cleaned without their address unless --urls is given. CPU time of `cleaner` is what
describing costs on top of cleaning; that of others is what they take for metadata alone, from the page's text. Only
ratios are worth comparing: the tools take turns, so that a busy machine is as busy for all of them.
"""

from __future__ import annotations

import os

for pool in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):  # read when the libraries are loaded
    os.environ[pool] = "1"

import argparse
import gzip
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from extraction import write_block
from metadata_gold import GoldPage, Said, Score, read_pages, share
from run import machine

import cleaner
from cleaner import Source, cleaning
from cleaner.judge.training.flatten import FLATTENERS

BATCH = 64
FIELDS = ("title", "authors", "date", "language")
DOCS = Path(__file__).parent.parent / "docs" / "metadata.md"

Tool = Callable[[Sequence[GoldPage]], list[Said]]


class Cleaner:
    """`cleaner`, with a clock around the step that describes: `seconds`; `cleaning` is its time for everything."""

    def __init__(self, form: str, urls: bool) -> None:
        self.form, self.urls, self.seconds, self.cleaning = form, urls, 0.0, 0.0
        describe = cleaning.describe_page

        def timed(page: Any) -> Any:
            start = process_time()
            said = describe(page)
            self.seconds += process_time() - start
            return said

        cleaning.describe_page = timed

    def __call__(self, pages: Sequence[GoldPage]) -> list[Said]:
        sources = [self._source(page) for page in pages]
        start = process_time()
        documents = list(cleaner.clean_many(sources))
        self.cleaning += process_time() - start
        return [_as_said(document) for document in documents]

    def _source(self, page: GoldPage) -> Source:
        url = page.url if self.urls else None
        if self.form == "html":
            return Source(gzip.decompress(page.path.read_bytes()), url=url, kind="html")
        text = FLATTENERS[self.form](page.html)
        return Source(text if text.strip() else ".", url=url, kind="text")


def _as_said(document: cleaner.Document) -> Said:
    how = {p["field"]: f"{p['method']} {p['confidence']:.2f}" for p in document.fields.get("provenance", [])}
    how["date"] = how.get("published", "")
    return Said(document.title, document.authors, document.published, document.language, how)


class Peer:
    """Another tool; what it fails on it says nothing of."""

    def __init__(self, form: str, describe: Callable[[str, str | None], Said], urls: bool) -> None:
        self.form, self.describe, self.urls, self.seconds = form, describe, urls, 0.0

    def __call__(self, pages: Sequence[GoldPage]) -> list[Said]:
        return [self._one(page) for page in pages]

    def _one(self, page: GoldPage) -> Said:
        html = page.html
        if self.form != "html":  # no tool takes text: wrapped in paragraphs it gets a chance
            lines = FLATTENERS[self.form](html).splitlines()
            html = "".join(f"<p>{line.replace('<', '&lt;')}</p>" for line in lines if line.strip())
        start = process_time()
        try:
            return self.describe(html, page.url if self.urls else None)
        except Exception:
            return Said()
        finally:
            self.seconds += process_time() - start


def load_peers(form: str, urls: bool) -> dict[str, Peer]:
    """trafilatura's metadata and htmldate in its fast mode."""
    from htmldate import find_date
    from trafilatura import extract_metadata

    def trafilatura(html: str, url: str | None) -> Said:
        found = extract_metadata(html, default_url=url)
        authors = [a for a in (found.author or "").split("; ") if a] if found else []
        return Said(found.title, authors, found.date) if found else Said()

    def htmldate(html: str, url: str | None) -> Said:
        return Said(date=find_date(html, extensive_search=False, original_date=True, url=url))

    return {"trafilatura": Peer(form, trafilatura, urls), "htmldate, fast": Peer(form, htmldate, urls)}


def measure(pages: Sequence[GoldPage], tools: dict[str, Cleaner | Peer]) -> dict[str, list[Said]]:
    """All tools on all pages, in turns."""
    said: dict[str, list[Said]] = {name: [] for name in tools}
    for tool in tools.values():
        tool(pages[:5])
        tool.seconds = 0.0
    for start in range(0, len(pages), BATCH):
        for name, tool in tools.items():
            said[name] += tool(pages[start : start + BATCH])
        print(f"{min(start + BATCH, len(pages))} of {len(pages)} pages", file=sys.stderr, end="\r", flush=True)
    print(file=sys.stderr)
    return said


def table(pages: Sequence[GoldPage], said: dict[str, list[Said]], tools: dict[str, Cleaner | Peer]) -> str:
    """The figures as Markdown."""
    rows = [
        "| | pages | title exact (F1) | authors P/R/F1 | author invented | date right/wrong/missing | date invented |"
        " language | CPU ms a page | of trafilatura's |",
        f"|---|{'--:|' * 9}",
    ]
    clock = tools["trafilatura"].seconds if "trafilatura" in tools else 0.0
    sets = sorted({page.set for page in pages})
    for name, answers in said.items():
        for chosen in [None] if len(sets) == 1 else [None, *sets]:
            score = Score()
            for page, one in zip(pages, answers, strict=True):
                if chosen is None or page.set == chosen:
                    score.add(page, one)
            seconds = tools[name].seconds
            time = [f"{1000 * seconds / len(pages):.1f}", f"{seconds / clock:.2f}" if clock else ""]
            label = name if chosen is None else f"{name}, {chosen}"
            cells = [label, str(score.pages), *score.cells(), *(time if chosen is None else ["", ""])]
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def worst(pages: Sequence[GoldPage], answers: Sequence[Said], wanted: str) -> Iterable[str]:
    """One line for each page on which a field is not right."""
    for page, said in zip(pages, answers, strict=True):
        if Score().add(page, said).get(wanted, True):
            continue
        yield f"{page.name}\tgold {getattr(page, wanted)!r}\tsaid {getattr(said, wanted)!r}\t{said.how.get(wanted, '')}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="labelled pages")
    parser.add_argument("--form", choices=["html", *FLATTENERS], default="html", help="form of the pages (html)")
    parser.add_argument("--pages", type=int, metavar="N", help="pages drawn (all)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the draw (7)")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only pages of every other site")
    parser.add_argument("--urls", action="store_true", help="tell the tools the pages' addresses")
    parser.add_argument("--peers", action="store_true", help="measure trafilatura and htmldate, too")
    parser.add_argument("--worst", choices=FIELDS, metavar="FIELD", help=f"list what is wrong: {', '.join(FIELDS)}")
    parser.add_argument("--write", action="store_true", help="put the table into docs/metadata.md")
    options = parser.parse_args()
    pages = [page for page in read_pages(options.folder) if options.half in (None, page.half)]
    if options.pages and options.pages < len(pages):
        pages = sorted(Random(options.seed).sample(pages, options.pages), key=lambda page: (page.set, page.name))
    if not pages:
        parser.error(f"{options.folder} holds no labelled pages.")
    tools: dict[str, Cleaner | Peer] = {"cleaner": (own := Cleaner(options.form, options.urls))}
    if options.peers:
        tools |= load_peers(options.form, options.urls)
    said = measure(pages, tools)
    if options.worst:
        print(*worst(pages, said["cleaner"], options.worst), sep="\n")
    text = table(pages, said, tools)
    libraries = ("trafilatura", "htmldate") if options.peers else ()
    form = "HTML" if options.form == "html" else f"text flattened by {options.form}"
    text += f"\n\n{len(pages)} pages as {form}"
    text += f"; describing is {share(own.seconds, own.cleaning)}% of the time of cleaning. {machine(*libraries)}."
    print(text)
    if options.write:
        write_block(f"metadata {options.form}", text, DOCS)


if __name__ == "__main__":
    main()
