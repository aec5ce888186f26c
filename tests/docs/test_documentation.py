"""The documentation holds: its commands run, its Python runs, its recipes load, its links lead somewhere, and every
role, reason, cause, recipe key, column, exit code and command is documented."""

from __future__ import annotations

import dataclasses
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from docs_tools import environment, shell
from typer.testing import CliRunner

import cleaner
from cleaner import errors, roles, schema
from cleaner.cli import app
from cleaner.recipe import Filter, Recipe, Site

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")

NOT_RUN = {
    "pip install . && cleaner run raw processed": "installs; `.ci/run` runs this very line",
    "pip install '.[test]' && pytest": "installs and runs this suite; `.ci/run` runs this very line",
}

TOLD_ELSEWHERE = {
    "cluster.md": "runs on clusters that are started for it: tests/engine/test_cluster.py",
    "story.md": "one story from first to last, with places to publish to: tests/publish/test_story.py",
    "publishing.md": "publishes to servers that are started for it: tests/publish/test_publish_docs.py",
    "remote.md": "reads from and writes to a server that is started for it: tests/remote/test_remote_docs.py",
}


def _blocks(*languages: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        if page.name in TOLD_ELSEWHERE:
            continue
        for language, block in BLOCK.findall(page.read_text("utf-8")):
            if language in languages:
                yield page, block


def _commands() -> list[tuple[str, str]]:
    found = []
    for page, block in _blocks("sh", "console", "bash"):
        found += [(page.name, line.removeprefix("$ ")) for line in block.splitlines() if line.strip()]
    return found


def _id(case: object) -> str:
    return str(case)[:60]


@pytest.mark.parametrize(("page", "command"), _commands(), ids=_id)
def test_commands_run(page: str, command: str, workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain command runs in this process, which has everything imported; one with pipes goes through the shell."""
    if command in NOT_RUN:
        pytest.skip(NOT_RUN[command])
    if set(command) & set("|<>$;&"):
        done = shell(command, workshop)
        assert done.returncode == 0, done.stderr
    else:
        monkeypatch.chdir(workshop)
        program, *arguments = shlex.split(command)
        assert program == "cleaner"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        assert result.output


def test_the_list_of_exceptions_is_short_and_needed() -> None:
    assert set(NOT_RUN) <= {command for _, command in _commands()}
    assert len(NOT_RUN) == 2


RUN_BLOCKS = """
import sys

for block in sys.stdin.read().split(chr(0)):
    name, _, code = block.partition(chr(10))
    exec(compile(code, name, "exec"), {"__name__": "__main__"})
"""


def test_python_runs(workshop: Path) -> None:
    """All Python blocks in one process, each with names of its own, as a reader would paste it."""
    blocks = [f"{page.name}\n{block}" for page, block in _blocks("python")]
    assert blocks
    (workshop / "blocks.py").write_text(RUN_BLOCKS)
    done = subprocess.run(
        [sys.executable, "blocks.py"],
        input="\0".join(blocks),
        cwd=workshop,
        env=environment(workshop),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("page", "block"), list(_blocks("toml")), ids=_id)
def test_recipes_load(page: Path, block: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(block, "utf-8")
    Recipe.load(tmp_path / "recipe.toml")


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "DATASET_CARD.md"], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if not target.startswith("http"):
            path, _, anchor = target.partition("#")
            linked = (page.parent / path) if path else page
            assert linked.exists(), target
            if anchor:
                heads = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, target


def _documented(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def test_every_role_and_reason_is_documented() -> None:
    text = _documented("docs/roles.md")
    assert [name for name in [*roles.ROLES, *roles.REASONS] if f"`{name}`" not in text] == []


def test_every_cause_is_documented() -> None:
    from cleaner.read.causes import CAUSES

    text = _documented("docs/input.md")
    assert [code for code in CAUSES if f"`{code}`" not in text] == []


def test_every_recipe_key_is_documented_and_has_an_example_section() -> None:
    text = _documented("docs/recipe.md")
    examples = "\n".join(
        block for page, block in _blocks("toml") if page.name == "recipe.md" and "Every key is optional" not in block
    )
    for section in dataclasses.fields(Recipe):
        if isinstance(section.default, str):
            assert re.search(rf"^{section.name} = ", examples, re.MULTILINE), f"no example of {section.name}"
            continue
        assert re.search(rf"^\[+{section.name}[\].]", examples, re.MULTILINE), f"no example of [{section.name}]"
        rows = {"site": Site, "filter": Filter}
        table = rows.get(section.name) or type(getattr(Recipe(), section.name))
        for key in dataclasses.fields(table):
            if not dataclasses.is_dataclass(key.default_factory):
                assert f"`{key.name}`" in text, f"{section.name}.{key.name}"


def test_every_column_is_documented() -> None:
    text = _documented("docs/dataset.md")
    names = [*schema.DOCUMENTS.names, *schema.LINES.names, *(field.name for field in schema.QUALITY)]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_exit_code_is_documented() -> None:
    text = _documented("README.md")
    raised = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.CleanerError)
    }
    assert [code for code in {0, 3, *raised} if f"| {code} | " not in text] == []


def test_every_command_is_documented() -> None:
    text = _documented("docs/commands.md")
    names = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert [name for name in names if f"## `cleaner {name}`" not in text] == []


def test_every_public_name_is_documented() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert [name for name in cleaner.__all__ if name not in text] == []


def test_the_two_commands_of_the_readme_are_what_ci_runs() -> None:
    """`.ci/run` reads them out of the README by this pattern."""
    pattern = re.search(r'grep -E "(.+)" README\.md', (ROOT / ".ci" / "run").read_text("utf-8"))
    assert pattern is not None
    found = [line for line in _documented("README.md").splitlines() if re.match(pattern[1], line)]
    assert sorted(found) == sorted(NOT_RUN)
