"""Tables for reading: roles and reasons, the versions of a dataset, and the recipe with its comments."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from cleaner.recipe import Filter, Recipe, Site
from cleaner.report.console import DIM, NOTE, VERDICTS
from cleaner.roles import REASONS, ROLES

if TYPE_CHECKING:
    from cleaner.release.history import VersionRow

VERDICT_HEADS = {
    "keep": "Kept: they make the text",
    "drop": "Dropped: they are published beside the text",
    "metadata": "Metadata: they are moved to the document's fields",
}
REASON_HEADS = {
    "cue": "Cues: some phrases decide, the others say what a line is that the judge drops",
    "naming cue": "Naming cues: the phrase says what a line is, the judge whether it goes",
    "structure": "Structure of the page",
    "context": "What stands around it",
    "model": "The trained judge",
    "rule": "Rules that a person set",
}


def roles_tables() -> Iterator[Table | Text]:
    """The roles by verdict, then the reasons by kind: name, definition, example."""
    yield Text("Roles: what a line is", "bold underline")
    for verdict, title in VERDICT_HEADS.items():
        yield Text()
        yield Text(title, f"bold {VERDICTS[verdict][1]}")
        yield _definitions([(r.name, r.definition, r.example) for r in ROLES.values() if r.verdict == verdict])
    yield Text()
    yield Text("Reasons: why a line got its verdict", "bold underline")
    for kind, title in REASON_HEADS.items():
        yield Text()
        yield Text(title, f"bold {NOTE}")
        yield _definitions([(r.code, r.definition, r.example) for r in REASONS.values() if r.kind == kind])


def _definitions(rows: list[tuple[str, str, str]]) -> Table:
    """Three columns: a name, what it means, an example."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=False)
    table.add_column(min_width=19, no_wrap=True)
    table.add_column(ratio=3, min_width=18)
    table.add_column(ratio=2, style=DIM)
    for name, definition, example in rows:
        table.add_row(Text(f"  {name}"), Text(definition), Text(example))
    return table


def roles_json() -> str:
    """Roles and reasons as one JSON object."""
    table = {
        "roles": [dataclasses.asdict(role) for role in ROLES.values()],
        "reasons": [dataclasses.asdict(reason) for reason in REASONS.values()],
    }
    return json.dumps(table, ensure_ascii=False, indent=2)


def roles_markdown() -> str:
    """Roles and reasons as two Markdown tables."""
    rows = ["| role | verdict | what it is | example |", "|---|---|---|---|"]
    rows += [f"| `{r.name}` | {r.verdict} | {_cell(r.definition)} | {_cell(r.example)} |" for r in ROLES.values()]
    rows += ["", "| reason | kind | what it means | example |", "|---|---|---|---|"]
    rows += [f"| `{r.code}` | {r.kind} | {_cell(r.definition)} | {_cell(r.example)} |" for r in REASONS.values()]
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def versions_table(versions: Sequence[VersionRow]) -> Table:
    """The versions of a dataset: when each was made, how much is in it, what changed with it, and why."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in ("version", "made"):
        table.add_column(name, no_wrap=True)
    for name in ("documents", "new MB"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what changed", min_width=14, ratio=2)
    table.add_column("why", min_width=14, ratio=3)
    for number, row in enumerate(versions):
        made = row.made.astimezone().strftime("%Y-%m-%d %H:%M")
        style = "" if number == 0 else DIM
        changed = row.changed + (f" ({row.amended:,} withdrawn since)" if row.amended else "")
        size = f"{row.new_bytes / 1e6:,.2f}" if row.new_bytes else "0"
        cells = (row.version, made, f"{row.documents:,}", size, Text(changed), Text("; ".join(row.why)))
        table.add_row(*cells, style=style)
    return table


def recipe_toml(recipe: Recipe | None = None) -> str:
    """A recipe as a TOML file with every key explained; without one, the default. Reading it gives the recipe back."""
    chosen = recipe or Recipe()
    rows = ["# Every key is optional; these are the defaults." if chosen == Recipe() else "# Every key is optional."]
    for section in dataclasses.fields(Recipe):
        value = getattr(chosen, section.name)
        if isinstance(value, Mapping):
            for name, site in value.items():
                rows += _section(f"{section.name}.{json.dumps(name, ensure_ascii=False)}", site)
            if not value:
                rows += _commented(_section('site."example.org"', Site()))
        elif isinstance(value, tuple):
            for row in value:
                rows += _section(f"[{section.name}]", row)
            if not value:
                rows += _commented(_section(f"[{section.name}]", Filter(where="words >= 50")))
        elif dataclasses.is_dataclass(value):
            rows += _section(section.name, value)
        else:
            rows += ["", f"# {section.metadata['doc']}", f"{section.name} = {_toml(value)}"]
    return "\n".join(rows)


def _commented(rows: list[str]) -> list[str]:
    return ["" if not row else row if row.startswith("#") else f"# {row}" for row in rows]


def _section(name: str, section: Any) -> list[str]:
    """One TOML table: its keys first, then the tables inside."""
    about = (type(section).__doc__ or "").partition(": ")[2]
    rows = ["", f"[{name}]", *([f"# {about[:1].upper()}{about[1:]}"] if about else [])]
    inner = []
    for key in dataclasses.fields(section):
        value = getattr(section, key.name)
        if dataclasses.is_dataclass(value):
            inner += _section(f"{name}.{key.name}", value)
        else:
            rows.append(f"# {key.metadata['doc']}")
            rows.append(f'# {key.name} = ""' if value is None else f"{key.name} = {_toml(value)}")
    return rows + inner


def _toml(value: Any) -> str:
    """A recipe's value in TOML: JSON's texts, numbers, truth values and lists read the same."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        tables = ({key: item for key, item in table.items() if item is not None} for table in value)
        return f"[{', '.join(_inline(table) for table in tables)}]"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(table: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key} = {_toml(value)}" for key, value in table.items()) + "}"


def recipe_changes(recipe: Recipe) -> list[tuple[str, str, str]]:
    """(dotted key, value, default) of every key that differs from the default, as TOML texts."""
    same_sites = Recipe(site=dict.fromkeys(recipe.site, Site()))
    return list(_changes("", recipe.as_dict(), same_sites.as_dict()))


def _changes(where: str, table: Mapping[str, Any], default: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, value in table.items():
        name = json.dumps(key, ensure_ascii=False) if where == "site." else key
        if isinstance(value, dict):
            yield from _changes(f"{where}{name}.", value, default[key])
        elif value != default[key]:
            yield f"{where}{name}", _toml(value), "not set" if default[key] is None else _toml(default[key])
