"""The documentation holds: its commands run, its Python runs, its recipes load, its links lead somewhere, and every
role, reason, cause, recipe key, column, exit code and command is documented."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import cleaner
from cleaner import errors, roles, schema
from cleaner.recipe import Recipe, Site

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")

NOT_RUN = {
    "pip install . && cleaner run raw processed": "installs; `.ci/run` runs this very line",
    "pip install '.[test]' && pytest": "installs and runs this suite; `.ci/run` runs this very line",
}
MAY_REJECT = re.compile(r"cleaner run raw ")  # the sample holds rejects on purpose: exit code 3


def _blocks(*languages: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
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


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample corpus, a release made from it, a recipe, and a `cleaner` on the path."""
    folder = tmp_path_factory.mktemp("workshop")
    shutil.copytree(ROOT / "raw", folder / "raw")
    command = folder / "bin" / "cleaner"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cleaner "$@"\n')
    command.chmod(0o755)
    assert _shell("cleaner run raw processed --quiet", folder).returncode == 3
    assert _shell("cleaner recipe > recipe.toml", folder).returncode == 0
    return folder


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(cleaner.__file__).parents[1]),
        "PYTHONIOENCODING": "utf-8",
        "HF_HOME": str(folder / "huggingface"),
        "HF_HUB_OFFLINE": "1",
    }


def _shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=_environment(folder), capture_output=True, text=True, encoding="utf-8"
    )


@pytest.mark.parametrize(("page", "command"), _commands(), ids=_id)
def test_commands_run(page: str, command: str, workshop: Path) -> None:
    if command in NOT_RUN:
        pytest.skip(NOT_RUN[command])
    done = _shell(command, workshop)
    assert done.returncode == (3 if MAY_REJECT.match(command) else 0), done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_of_exceptions_is_short_and_needed() -> None:
    assert set(NOT_RUN) <= {command for _, command in _commands()}
    assert len(NOT_RUN) == 2


RUN_BLOCKS = """
import sys

for block in sys.stdin.read().split(chr(0)):
    exec(compile(block, "<block>", "exec"), {"__name__": "__main__"})
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_runs(page: Path, workshop: Path) -> None:
    """All Python blocks of a page in one process, each on its own, as a reader would paste it."""
    blocks = [block for language, block in BLOCK.findall(page.read_text("utf-8")) if language == "python"]
    if not blocks:
        pytest.skip("no Python on this page")
    (workshop / "blocks.py").write_text(RUN_BLOCKS)
    done = subprocess.run(
        [sys.executable, "blocks.py"],
        input="\0".join(blocks),
        cwd=workshop,
        env=_environment(workshop),
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
        assert re.search(rf"^\[{section.name}[\].]", examples, re.MULTILINE), f"no example of [{section.name}]"
        table = Site if section.name == "site" else type(getattr(Recipe(), section.name))
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
    from cleaner.cli import app

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
