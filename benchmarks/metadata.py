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
import json
import re
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import process_time
from typing import Any
from urllib.parse import urlsplit

from extraction import write_block
from run import machine

import cleaner
from cleaner import Source, cleaning
from cleaner.describe.sites import domain
from cleaner.judge.flatten import FLATTENERS

BATCH = 64
FIELDS = ("title", "authors", "date", "language")
DOCS = Path(__file__).parent.parent / "docs" / "metadata.md"
_SPLIT = re.compile(r"\s*(?:[,;&、，]|\band\b|\bund\b|\bet\b|(?<=\w)\sy\s)\s*")
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]?\.?){2,6}\d?|[A-Z-]{2,8}®?|.*\b(?i:expert|director|editor|ceo|founder)\b.*")


@dataclass(frozen=True, slots=True)
class GoldPage:
    """One page with what people say of it: None for what it has not (`language`: for what nobody noted)."""

    name: str
    set: str
    path: Path
    url: str | None
    title: str | None
    authors: list[str]
    date: str | None
    language: str | None

    @property
    def html(self) -> str:
        return gzip.decompress(self.path.read_bytes()).decode("utf-8", "replace")

    @property
    def site(self) -> str:
        return domain(self.url) or urlsplit(self.url or "").netloc or self.name

    @property
    def half(self) -> int:
        """0 or 1: all pages of a site are in the same half."""
        return zlib.crc32(self.site.encode()) % 2


@dataclass(slots=True)
class Said:
    """What a tool says of one page. `how`: field -> method and confidence, where it tells."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    date: str | None = None
    language: str | None = None
    how: dict[str, str] = field(default_factory=dict)


def read_pages(folder: Path) -> list[GoldPage]:
    """The labelled pages in a folder or in the folders that it holds, in a fixed order."""
    pages: list[GoldPage] = []
    for found in sorted([folder, *(p for p in folder.iterdir() if p.is_dir())]):
        if (found / "ground-truth").is_dir():
            pages += _read_wcxb(found)
        elif (found / "gold.json").is_file():
            pages += _read_news(found)
    return pages


def _read_wcxb(folder: Path) -> Iterator[GoldPage]:
    for path in sorted((folder / "ground-truth").glob("*.json")):
        entry = json.loads(path.read_text("utf-8"))
        gold = entry["ground_truth"]
        yield GoldPage(
            path.stem, folder.resolve().name, folder / "html" / f"{path.stem}.html.gz", entry.get("url"),
            gold.get("title") or None, split_gold(gold.get("author")), gold.get("publish_date") or None, None,
        )  # fmt: skip


def _read_news(folder: Path) -> Iterator[GoldPage]:
    for name, gold in sorted(json.loads((folder / "gold.json").read_text("utf-8")).items()):
        languages = gold.get("languages") or []
        yield GoldPage(
            name, folder.resolve().name, folder / "html" / f"{name}.html.gz", gold.get("url"), gold.get("title"),
            gold.get("authors") or [], gold.get("published"), languages[0] if len(languages) == 1 else None,
        )  # fmt: skip


def split_gold(authors: str | None) -> list[str]:
    """The names in one label ("Ada Example, Ben Sample and Eve Probe"); degrees and posts after a comma are none."""
    parts = [p for p in _SPLIT.split(authors or "") if p]
    return [p for i, p in enumerate(parts) if not i or not _DEGREE.fullmatch(p)]


def _squash(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text or "").casefold())


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+", folded)
    return [w for w in found if w not in ("dr", "prof", "mr", "mrs", "ms")]


def token_f1(said: str, gold: str) -> float:
    """F1 of the words of two titles."""
    a, b = Counter(_words(said)), Counter(_words(gold))
    shared = sum((a & b).values())
    return 2 * shared / (sum(a.values()) + sum(b.values())) if shared else 0.0


def same_name(a: str, b: str) -> bool:
    """Whether two names are of one author: the same words, or all words of the shorter one, if two or more."""
    if _squash(a) == _squash(b):
        return True
    short, long = sorted((set(_words(a)), set(_words(b))), key=len)
    return len(short) >= 2 and short <= long


def judge_date(said: str | None, gold: str | None) -> str:
    """right, wrong, missing, invented or none. A date told less precisely than the gold one, but in it, is missing."""
    if gold is None:
        return "invented" if said else "none"
    if said is None or (len(said) < min(len(gold), 10) and gold.startswith(said)):
        return "missing"
    if said[:10] == gold[:10] or (len(gold) < 10 and said.startswith(gold)):
        return "right"
    return "right" if _moment(said) is not None and _moment(said) == _moment(gold) else "wrong"


def _moment(date: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo else None


def share(part: float, whole: float) -> str:
    """A percentage, empty where there is nothing to count."""
    return f"{100 * part / whole:.0f}" if whole else ""


@dataclass(slots=True)
class Score:
    """The figures of one tool on some pages."""

    pages: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    f1: float = 0.0

    def add(self, gold: GoldPage, said: Said) -> dict[str, bool]:
        """Count one page; for each field, whether it is right."""
        c = self.counts
        self.pages += 1
        good = {}
        if gold.title:
            good["title"] = _squash(said.title) == _squash(gold.title)
            c.update(title=1, title_right=good["title"], title_none=not said.title)
            self.f1 += token_f1(said.title or "", gold.title)
        hits = sum(any(same_name(name, wanted) for wanted in gold.authors) for name in said.authors)
        found = sum(any(same_name(name, wanted) for name in said.authors) for wanted in gold.authors)
        c.update(unsigned=not gold.authors, authors_invented=not gold.authors and bool(said.authors))
        if gold.authors:  # names on pages that have none are counted as invented, not as wrong
            c.update(names_said=len(said.authors), names_hit=hits, names_gold=len(gold.authors), names_found=found)
        good["authors"] = hits == len(said.authors) and found == len(gold.authors)
        verdict = judge_date(said.date, gold.date)
        c.update({f"date_{verdict}": 1, "dated": gold.date is not None, "undated": gold.date is None})
        good["date"] = verdict in ("right", "none")
        if gold.language:
            good["language"] = (said.language or "").partition("-")[0] == gold.language
            c.update(language=1, language_right=good["language"])
        return good

    def cells(self) -> list[str]:
        """One row of the table, without the tool's name and its time."""
        c = self.counts
        precision = c["names_hit"] / c["names_said"] if c["names_said"] else 0.0
        recall = c["names_found"] / c["names_gold"] if c["names_gold"] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        titles = f"{share(c['title_right'], c['title'])} ({share(self.f1, c['title'])})"
        names = [
            f"{100 * precision:.0f}/{100 * recall:.0f}/{100 * f1:.0f}",
            share(c["authors_invented"], c["unsigned"]),
        ]
        return [
            titles if c["title_none"] < c["title"] else "",
            *(names if c["names_said"] else ["", ""]),
            "/".join(share(c[f"date_{v}"], c["dated"]) for v in ("right", "wrong", "missing")),
            share(c["date_invented"], c["undated"]),
            share(c["language_right"], c["language"] if c["language_right"] else 0),
        ]


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
