"""What people say of labelled pages, and how far a tool says the same: for `metadata.py`."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cleaner.describe.sites import domain

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


def squash_title(text: str | None) -> str:
    """Letters and digits alone, in one case: by this titles are held to be the same."""
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
    if squash_title(a) == squash_title(b):
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
            good["title"] = squash_title(said.title) == squash_title(gold.title)
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
