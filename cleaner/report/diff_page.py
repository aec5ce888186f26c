"""The comparison of two versions as one page of HTML that needs nothing else: no script, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from cleaner.release.card.wording import several
from cleaner.release.diff.causes import CAUSES
from cleaner.release.diff.compare import Comparison
from cleaner.release.diff.words import caused, is_measured, made_otherwise, rejudged_lines
from cleaner.report.diff_text import what_differs

_LISTED = {"added": 50, "changed": 100, "removed": 50}
"""Documents that are listed for each kind of change."""
_LINES = 20
"""Lines that are shown of a document."""
_VALUES = ("title", "subtitle", "authors", "published", "modified", "publisher", "agency", "place", "url", "language",
           "section", "tags", "license", "source_path", "retrieved_at", "duplicate_of")  # fmt: skip
"""Columns of which the values are shown."""
_WORDS = {"keep": "kept", "drop": "dropped", "metadata": "metadata"}


def diff_page(comparison: Comparison) -> str:
    """The page, as text; its first documents are listed with their lines and values."""
    summary = comparison.summary
    title = f"{comparison.new.name}: {summary['old']} → {summary['new']}"
    body = [
        f'<header><p class="over">{escape(comparison.new.name)}</p>',
        f"<h1>{escape(summary['old'])} <span>→</span> {escape(summary['new'])}</h1>",
        *_tiles(summary),
        "</header>",
        *_section("Why documents differ", _causes(summary)),
        *_section("What the versions were made with", _made(summary)),
        *_section("Lines judged otherwise", _lines(summary["lines"], comparison.examples(3))),
        *_section("Columns that differ", _columns(summary["columns"])),
        *_section("Sites", _sites(summary["sites"])),
        *(piece for change in _LISTED for piece in _section(change.capitalize(), _documents(comparison, change))),
    ]
    return _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(body))


def _section(title: str, pieces: Iterable[str]) -> Iterator[str]:
    """A section, unless it is empty."""
    inner = list(pieces)
    if inner:
        yield f"<section><h2>{escape(title)}</h2>"
        yield from inner
        yield "</section>"


def _tiles(summary: Mapping[str, Any]) -> Iterator[str]:
    documents = summary["documents"]
    told = (("before", documents["old"]), ("after", documents["new"]), *((kind, documents[kind]) for kind in _LISTED),
            ("the same", documents["same"]))  # fmt: skip
    yield '<ul class="tiles">'
    for name, count in told:
        yield f'<li class="{name.replace(" ", "-")}"><b>{count:,}</b> {name}</li>'
    yield "</ul>"
    for version, count in zip((summary["old"], summary["new"]), summary["amended"], strict=True):
        if count:
            yield f"<p>Documents withdrawn from {escape(version)} since it was released: {count:,}.</p>"


def _causes(summary: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (change, count, words, CAUSES[change][code].definition if code in CAUSES[change] else "")
        for change in _LISTED
        for code, count, words in caused(change, summary["causes"])
    ]
    largest = max((count for _, count, _, _ in rows), default=1)
    if rows:
        yield "<table>"
        for change, count, words, definition in rows:
            yield (
                f'<tr><td class="n">{count:,}</td><td>{_bar(count / largest, change)}</td><td>{change}</td>'
                f"<td><b>{escape(words)}</b><br><small>{escape(definition)}</small></td></tr>"
            )
        yield "</table>"


def _made(summary: Mapping[str, Any]) -> Iterator[str]:
    rows = made_otherwise(summary)
    if not rows:
        yield "<p>The same recipe, code, model and libraries.</p>"
        return
    yield "<table>"
    for what, how in rows:
        yield f"<tr><td><code>{escape(what)}</code></td><td>{escape(how)}</td></tr>"
    yield "</table>"


def _lines(lines: Mapping[str, Any], examples: Mapping[tuple[str, str, str, str], list[str]]) -> Iterator[str]:
    if not lines["documents"]:
        return
    yield f"<p>In {several(lines['documents'], 'document')} of both versions.</p>"
    groups = rejudged_lines(lines)
    largest = max((group.lines for group in groups), default=1)
    yield "<table>"
    for group in groups:
        reasons = ", ".join(f"<code>{escape(reason)}</code> {count:,}" for reason, count in group.reasons.items())
        texts = [text for key, found in examples.items() for text in found
                 if key[:3] == (group.was, group.verdict, group.role)][:3]  # fmt: skip
        shown = "".join(f"<q>{escape(text)}</q>" for text in texts)
        kind = group.verdict if group.was != group.verdict else "same"
        yield (
            f'<tr><td class="n">{group.lines:,}</td><td>{_bar(group.lines / largest, kind)}</td>'
            f"<td>{group.words} as <b>{escape(group.role)}</b><br><small>{reasons}</small></td><td>{shown}</td></tr>"
        )
    yield "</table>"
    for change, told in (("added", "are new"), ("removed", "are gone")):
        if by_verdict := lines[change]:
            parts = ", ".join(f"{count:,} {_WORDS[verdict]}" for verdict, count in by_verdict.items())
            yield f"<p>{sum(by_verdict.values()):,} lines {told} ({parts}).</p>"
    if lines["rescored"]:
        yield f"<p>{lines['rescored']:,} lines were judged as before, for another reason or with another score.</p>"


def _columns(columns: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    told = {name: how for name, how in columns.items() if not is_measured(name)}
    yield from _column_table(told)
    if measured := {name: how for name, how in columns.items() if name not in told}:
        yield "<details><summary>Measurements, which follow from the others</summary>"
        yield from _column_table(measured)
        yield "</details>"


def _column_table(columns: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    largest = max((sum(how.values()) for how in columns.values()), default=1)
    if columns:
        yield '<table><tr><th></th><th></th><th></th><th class="n">filled</th><th class="n">changed</th>'
        yield '<th class="n">emptied</th></tr>'
        for name, how in columns.items():
            total = sum(how.values())
            counts = [f"{how[kind]:,}" if kind in how else "" for kind in ("filled", "changed", "emptied")]
            cells = "".join(f'<td class="n">{count}</td>' for count in counts)
            yield f'<tr><td class="n">{total:,}</td><td>{_bar(total / largest, "changed")}</td>'
            yield f"<td><code>{escape(name)}</code></td>{cells}</tr>"
        yield "</table>"


def _sites(sites: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    largest = max((sum(changes.values()) for changes in sites.values()), default=1)
    if sites:
        yield "<table>"
        for name, changes in list(sites.items())[:30]:
            bars = "".join(_bar(changes[kind] / largest, kind) for kind in _LISTED if kind in changes)
            told = ", ".join(f"{changes[kind]:,} {kind}" for kind in _LISTED if kind in changes)
            shown = f'<td>{escape(name or "(no site)")}</td><td><div class="bars">{bars}</div></td>'
            yield f"<tr>{shown}<td>{told}</td></tr>"
        yield "</table>"
        if len(sites) > 30:
            yield f"<p>And {len(sites) - 30:,} more.</p>"


def _documents(comparison: Comparison, change: str) -> Iterator[str]:
    shown = list(comparison.documents(change, _LISTED[change]))
    count = comparison.summary["documents"][change]
    if count > len(shown):
        yield f"<p>The first {len(shown):,} of {count:,}.</p>"
    values = comparison.values([document["id"] for document in shown]) if change == "changed" else {}
    for document in shown:
        name = document["title"] or document["source_path"] or document["id"]
        words = CAUSES[change][document["cause"]].words if document["cause"] in CAUSES[change] else document["cause"]
        head = f'<b>{escape(name)}</b> <span class="cause {change}">{escape(words)}</span>'
        places = document["url"] or document["source_path"], document["id"]
        where = " · ".join(escape(place) for place in places if place)
        if change != "changed":
            yield f'<article>{head}<br><small>{where}</small></article>'
            continue
        yield f"<details><summary>{head}<br><small>{where}<br>{escape(what_differs(document))}</small></summary>"
        yield from _values(document["columns"], *values[document["id"]])
        yield from _changed_lines(comparison.lines(document["id"], _LINES + 1))
        yield "</details>"


def _values(columns: Mapping[str, str], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """The values of columns before and now."""
    differing = [name for name in _VALUES if name in columns]
    if differing:
        yield '<table class="values">'
        for name in differing:
            before, now = (_value(side.get(name)) for side in (old, new))
            yield f"<tr><td><code>{name}</code></td><td><del>{before}</del></td><td><ins>{now}</ins></td></tr>"
        yield "</table>"


def _value(value: Any) -> str:
    if value in (None, [], ""):
        return "<i>nothing</i>"
    if isinstance(value, list):
        return escape(", ".join(str(item.get("name", item)) if isinstance(item, dict) else str(item) for item in value))
    return escape(str(value))


def _changed_lines(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a document with their verdicts before and now."""
    if not lines:
        return
    yield '<table class="lines"><tr><th class="n">line</th><th>before</th><th>now</th><th>text</th></tr>'
    for line in lines[:_LINES]:
        kind = line["change"]
        before = _verdict(line["was"], line["was_role"], line["was_reason"])
        now = _verdict(line["verdict"], line["role"], line["reason"])
        text = escape(line["text"] or "")
        text = f"<ins>{text}</ins>" if kind == "added" else f"<del>{text}</del>" if kind == "removed" else text
        yield f'<tr><td class="n">{line["line"]}</td><td>{before}</td><td>{now}</td><td class="text">{text}</td></tr>'
    yield "</table>"
    if len(lines) > _LINES:
        yield "<p>And more.</p>"


def _verdict(verdict: str | None, role: str | None, reason: str | None) -> str:
    if verdict is None:
        return ""
    return f'<span class="verdict {verdict}">{escape(role or "")}</span><br><small>{escape(reason or "")}</small>'


def _bar(share: float, kind: str) -> str:
    return f'<div class="bar {kind}" style="width:{max(share * 10, 0.15):.2f}rem"></div>'


_STYLE = """
:root { color-scheme: light dark; --text: #1d2430; --soft: #5d6878; --line: #dfe3e9; --back: #fbfbfa; --card: #fff;
  --added: #2c7a4b; --changed: #2f6fb3; --removed: #b3423a; --same: #98a1ae; --meta: #8a6d1f; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e7ec; --soft: #9aa5b4; --line: #333b47; --back: #14181e;
  --card: #1b2129; --added: #5fbf86; --changed: #6aa9ea; --removed: #e5857e; --same: #6c7684; --meta: #d2b45e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 5rem; max-width: 64rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 1.2rem; font-size: 2.2rem; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
h1 span, .over, small, p { color: var(--soft); }
p { margin: .5rem 0; }
.over { margin: 0; font-size: .9rem; }
h2 { margin: 0 0 .8rem; font-size: 1.15rem; }
section { margin-top: 1.5rem; padding: 1.3rem 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; overflow-x: auto; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: .8rem; margin: 0; padding: 0;
  list-style: none; }
.tiles li { padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  color: var(--soft); font-size: .9rem; }
.tiles b { display: block; color: var(--text); font-size: 1.6rem; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.tiles .added b { color: var(--added); } .tiles .changed b { color: var(--changed); }
.tiles .removed b { color: var(--removed); }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
td, th { padding: .4rem .8rem .4rem 0; vertical-align: top; text-align: left; border-top: 1px solid var(--line); }
tr:first-child > * { border-top: 0; }
th { color: var(--soft); font-weight: 500; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 1%; }
.bar { height: .7rem; margin-top: .4rem; border-radius: .15rem; background: var(--same); }
.bars { display: flex; gap: 1px; }
.bar.added, .bar.keep { background: var(--added); } .bar.changed { background: var(--changed); }
.bar.removed, .bar.drop { background: var(--removed); } .bar.metadata { background: var(--meta); }
td:has(> .bar), td:has(> .bars) { width: 10.8rem; }
q { display: block; margin: .1rem 0; color: var(--soft); font-size: .88rem; overflow-wrap: anywhere; }
code { font: .88em ui-monospace, monospace; }
article, details { padding: .7rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
article:first-of-type, details:first-of-type { border-top: 0; }
summary { cursor: pointer; list-style-position: outside; margin-left: 1.1rem; }
details > table { margin: .6rem 0 .3rem 1.1rem; width: calc(100% - 1.1rem); }
.cause { margin-left: .4rem; padding: .05rem .5rem; border: 1px solid currentColor; border-radius: 1rem;
  font-size: .75rem; white-space: nowrap; }
.cause.added { color: var(--added); } .cause.changed { color: var(--changed); }
.cause.removed { color: var(--removed); }
.verdict { font-size: .88rem; font-weight: 600; white-space: nowrap; }
.verdict.keep { color: var(--added); } .verdict.drop { color: var(--removed); }
.verdict.metadata { color: var(--meta); }
ins { color: var(--added); text-decoration: none; } del { color: var(--removed); text-decoration-thickness: 1px; }
.lines .text { width: 60%; overflow-wrap: anywhere; }
.lines th { padding-top: 0; }
.values td { width: 45%; } .values td:first-child { width: 10%; white-space: nowrap; }
@media print { details { break-inside: avoid; } section { border: 0; padding: 0; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
