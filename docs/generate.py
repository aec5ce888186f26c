"""Rewrite the generated parts of the documentation: `python docs/generate.py`, from anywhere.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`. With `--check` nothing is written; stale
parts are named, and the exit code is 1. The card of the sample dataset is measured by a run over `raw/`.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import typer
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from typer.testing import CliRunner

from cleaner import run, schema
from cleaner.cleaning import clean
from cleaner.cli import app
from cleaner.normalize import FIXES
from cleaner.read.causes import CAUSES
from cleaner.recipe import Filter, Recipe, Site
from cleaner.release.card import columns
from cleaner.release.card.measured import measured_part
from cleaner.release.card.pictures import NAMES, draw_pictures
from cleaner.release.manifest import Manifest, read_manifests
from cleaner.report import tables
from cleaner.report.explain import explain
from cleaner.roles import REASONS, ROLES

ROOT = Path(__file__).resolve().parents[1]
PICTURE = "docs/explain.svg"
CARD_PICTURES = "docs/pictures"
MODEL = "cleaner/judge/trained"
PAGES = [
    "README.md",
    "DATASET_CARD.md",
    f"{MODEL}/README.md",
    PICTURE,
    *(f"{CARD_PICTURES}/{name}" for name in NAMES),
    *(f"docs/{name}" for name in sorted(os.listdir(ROOT / "docs")) if name.endswith(".md")),
]
FENCE = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
FONT_FACE = re.compile(r"\s*@font-face \{\{.*?\}\}", re.DOTALL)
SHOWN = ROOT / "raw/merrowbay-courier.example/projectionist-leaves-the-regal.txt"

QUALITY = {
    "page_type": "Kind of page.",
    "flags": "Short codes of what is noteworthy: `empty`, `shell` (the page shows no text), `error_page`, "
    "`clean_text`, `guard_prose`, `guard_template` (so much of the page recurs on its site that all of it stays), "
    "`replacement_characters`...",
    "fixes": "Fixes of normalisation, and how many lines each changed.",
    "encoding": "The encoding that the page was decoded from.",
    "confidence": "How sure the judge is of the page as a whole.",
    "kept_share": "Share of the page's characters that were kept.",
    "stop_word_share": "Share of words that are stop words of the language.",
    "symbol_share": "Share of characters that are neither letters, digits, blanks nor punctuation.",
    "boilerplate_share": "Share of the page's characters that were dropped as boilerplate.",
    "text_to_markup": "Characters of the text for each character of the HTML; null for pages that are no HTML.",
    "template_share": "Share of the page's characters that were dropped as lines of the site's template, which recur "
    "on other pages; null where there was none.",
    "private": "Kinds of private data that were scanned for, and how often each was found.",
    "gopher_avg_word_length": "Characters of a word, on average.",
    "gopher_hash_word_ratio": "Hash signs for each word (`max_symbol_word_ratio`).",
    "gopher_ellipsis_word_ratio": "Ellipses for each word (`max_symbol_word_ratio`).",
    "gopher_bullet_lines_ratio": "Share of lines that start with a bullet.",
    "gopher_ellipsis_lines_ratio": "Share of lines that end in an ellipsis.",
    "gopher_alpha_words_ratio": "Share of words that hold a letter.",
    "gopher_stop_words": "How often one of the, be, to, of, and, that, have, with stands in the text.",
    "gopher_dup_line_frac": "Share of lines that stand further up already.",
    "gopher_dup_line_char_frac": "Share of characters in such lines.",
    "gopher_dup_para_frac": "Share of paragraphs that stand further up already.",
    "gopher_dup_para_char_frac": "Share of characters in such paragraphs.",
    **{f"gopher_top_{n}_gram": f"Share of characters in the most frequent run of {n} words." for n in (2, 3, 4)},
    **{
        f"gopher_dup_{n}_grams": f"Share of characters in runs of {n} words that stand further up already."
        for n in (5, 6, 7, 8, 9, 10)
    },
    "c4_kept_lines": "Share of lines that C4's rules for lines would keep.",
    "c4_no_terminal_punct": "Share of lines taken out by C4's rules: they end in no mark that ends a sentence.",
    "c4_too_few_words": "... they have fewer than 3 words.",
    "c4_too_long_word": "... a word of theirs has over 1,000 characters.",
    "c4_javascript": "... they speak of JavaScript.",
    "c4_policy": "... they speak of terms of use, privacy or cookies.",
    "c4_num_sentences": "Sentences in the lines that C4's rules keep.",
    "c4_lorem_ipsum": "1 if the text holds `lorem ipsum`, else 0.",
    "c4_curly_bracket": "1 if it holds a curly bracket, else 0.",
    "fineweb_line_punct_ratio": "Share of lines that end in a mark that ends a sentence.",
    "fineweb_short_line_ratio": "Share of lines of at most 30 characters.",
    "fineweb_char_dup_ratio": "Share of characters in lines that stand further up already, line ends aside.",
    "fineweb_list_ratio": "Line ends for each word.",
}
"""What the fields of the column `quality` mean."""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [" | ".join(head), "|".join("---" for _ in head), *(" | ".join(map(_cell, row)) for row in rows)]
    return "\n".join([f"| {lines[0]} |", f"|{lines[1]}|", *(f"| {line} |" for line in lines[2:])])


def _type(kind: pa.DataType) -> str:
    """An Arrow type as a reader says it: list of struct(name, kind)."""
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct" if kind.num_fields > 4 else f"struct({', '.join(field.name for field in kind)})"
    return str(kind)


def _columns(table: pa.Schema, meanings: Mapping[str, str]) -> str:
    if set(table.names) != set(meanings):
        raise SystemExit(f"columns without a meaning, or meanings without a column: {set(table.names) ^ set(meanings)}")
    rows = [(f"`{field.name}`", _type(field.type), meanings[field.name]) for field in table]
    return _table(("column", "type", "meaning"), rows)


def document_columns() -> str:
    return _columns(schema.DOCUMENTS, columns.DOCUMENTS)


def quality_fields() -> str:
    return _columns(pa.schema(list(schema.QUALITY)), QUALITY)


def line_columns() -> str:
    return _columns(schema.LINES, columns.LINES)


def roles() -> str:
    rows = [(f"`{r.name}`", r.verdict, r.definition, r.example) for r in ROLES.values()]
    return _table(("role", "verdict", "what it is", "example"), [tuple(map(_html, row)) for row in rows])


def reasons() -> str:
    rows = [(f"`{r.code}`", r.kind, r.definition, r.example) for r in REASONS.values()]
    return _table(("reason", "kind", "what it means", "example"), [tuple(map(_html, row)) for row in rows])


def _html(text: str) -> str:
    return text.replace("<", "&lt;")


def causes() -> str:
    return _table(("cause", "what it means"), [(f"`{code}`", meaning) for code, meaning in CAUSES.items()])


def fixes() -> str:
    rows = [(f"`{f.name}`", f.description, f"`{f.option} = true`" if f.option else "always") for f in FIXES.values()]
    return _table(("fix", "what it does", "made"), rows)


def _sections() -> Iterator[tuple[str, type]]:
    """(dotted name, class) of every table of the recipe."""

    def inner(name: str, cls: type) -> Iterator[tuple[str, type]]:
        yield name, cls
        for key in dataclasses.fields(cls):
            if dataclasses.is_dataclass(key.default_factory):
                yield from inner(f"{name}.{key.name}", key.default_factory)  # type: ignore[arg-type]

    for section in dataclasses.fields(Recipe):
        if section.name == "site":
            yield 'site."example.org"', Site
        elif section.name == "filter":
            yield "[filter]", Filter
        elif dataclasses.is_dataclass(section.default_factory):
            yield from inner(section.name, type(getattr(Recipe(), section.name)))


def recipe_keys() -> str:
    alone = [
        (f"`{key.name}`", f"`{_toml(key.default)}`", key.metadata["doc"])
        for key in dataclasses.fields(Recipe) if isinstance(key.default, str)
    ]  # fmt: skip
    parts = ["### Above the first table\n\n" + _table(("key", "default", "what it does"), alone)]
    for name, cls in _sections():
        about = (cls.__doc__ or "").partition(": ")[2]
        rows = [
            (f"`{key.name}`", "not set" if key.default is None else f"`{_toml(key.default)}`", key.metadata["doc"])
            for key in dataclasses.fields(cls)
            if not dataclasses.is_dataclass(key.default_factory)
        ]
        parts.append(
            f"### `[{name}]`\n\n{about[:1].upper()}{about[1:]}\n\n" + _table(("key", "default", "what it does"), rows)
        )
    return "\n\n".join(parts)


def _toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def recipe_file() -> str:
    return f"```toml\n{tables.recipe_toml()}\n```"


def commands() -> str:
    """`--help` of the program and of every command, as a terminal of 100 columns shows it."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    parts = []
    for words in ([], *([name] for name in sorted(group.commands))):
        shown = CliRunner().invoke(app, [*words, "--help"], prog_name="cleaner", env={"COLUMNS": "100"}).output
        text = "\n".join(line.rstrip() for line in shown.strip().splitlines())
        parts.append(f"## `{' '.join(['cleaner', *words])}`\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


def before() -> str:
    lines = SHOWN.read_text("utf-8").splitlines()
    return "```text\n" + "\n".join(_cut(line, 100) for line in lines[:27]) + "\n...\n```"


def after() -> str:
    text = clean(SHOWN).text.split("\n\n")
    return "```text\n" + "\n\n".join(_cut(p, 100) for p in text) + "\n```"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def picture() -> str:
    """The sample page as `cleaner explain` shows it on a terminal, as SVG without anything to fetch."""
    console = Console(
        file=io.StringIO(), width=112, color_system="truecolor", force_terminal=True, no_color=False, record=True
    )
    document = clean(SHOWN)
    for row in explain(document.fields, document.lines, console):
        console.print(row, soft_wrap=True, highlight=False, markup=False, emoji=False)
    form = FONT_FACE.sub("", CONSOLE_SVG_FORMAT)
    return console.export_svg(title=f"cleaner explain {SHOWN.name}", unique_id="explain", code_format=form) + "\n"


def model_figures() -> str:
    """The cross-validation that `cleaner train` wrote beside the model: a row a page type, a column a form."""
    figures = json.loads((ROOT / MODEL / "data.json").read_text("utf-8"))["figures"]
    cells = {(row["set"], row["page_type"], row["variant"]): row for row in figures}
    rows = []
    for (name, kind, variant), row in cells.items():
        if variant != "html":
            continue
        others = [cells[name, kind, form] for form in ("layout", "nodes", "blocks", "first_pass")]
        shown = [row["f1"], row["precision"], row["recall"], *(other["f1"] for other in others)]
        label = f"{name}, all" if kind is None else kind
        rows.append((label, f"{row['pages']:,}", *(f"{value:.3f}" for value in shown)))
    head = ("pages of", "pages", "HTML F1", "precision", "recall", "layout F1", "nodes", "blocks", "first-pass residue")
    return _table(head, rows)


def card() -> str:
    """The measured part of the sample dataset's card."""
    return measured_part(sample_manifest(), CARD_PICTURES)


@functools.cache
def sample_manifest() -> Manifest:
    """The manifest of a fresh run over `raw/`."""
    with tempfile.TemporaryDirectory() as folder:
        raw, processed = Path(folder, "raw"), Path(folder, "processed")
        shutil.copytree(ROOT / "raw", raw)
        run(raw, processed)
        return read_manifests(processed)[-1]


GENERATORS: dict[str, Callable[[], str]] = {
    f.__name__: f
    for f in (
        *(document_columns, quality_fields, line_columns, roles, reasons, causes, fixes, recipe_keys, recipe_file),
        *(commands, before, after, card, model_figures),
    )
}


def fresh(page: str) -> str:
    """The text of a page with its generated parts made anew; pictures are generated as a whole."""
    if page == PICTURE:
        return picture()
    if page.startswith(f"{CARD_PICTURES}/"):
        return draw_pictures(sample_manifest().counts)[Path(page).stem].svg
    text = (ROOT / page).read_text("utf-8")
    return FENCE.sub(lambda match: f"{match[1]}\n{GENERATORS[match[2]]()}\n\n{match[3]}", text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something is stale")
    check = parser.parse_args().check
    stale = False
    for page in PAGES:
        text, path = fresh(page), ROOT / page
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or text != path.read_text("utf-8"):
            stale = True
            if not check:
                path.write_text(text, "utf-8")
            print(f"{page}: {'stale' if check else 'rewritten'}")
    return int(check and stale)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
