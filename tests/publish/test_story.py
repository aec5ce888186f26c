"""docs/story.md as it is written: its commands are run in order, and what it shows of their output is compared."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest
from hub_stand_in import Hub
from publish_tools import hub_files
from typer.testing import CliRunner

from cleaner import pipeline
from cleaner.cli import app

sys.path.append(str(Path(__file__).parents[1] / "engine"))
from engine_tools import InlinePool

ROOT = Path(__file__).parents[2]
STORY = ROOT / "docs" / "story.md"
PAGES = ROOT / "docs" / "story" / "pages.py"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> Iterator[tuple[str, str, str]]:
    """("command" or "python", what to run, what it shows) in the order of the page."""
    blocks = BLOCK.findall(STORY.read_text("utf-8"))
    for (language, block), (after, output) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if language == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield "command", command, shown
        elif language == "python":
            assert after == "text", "what a block of Python prints stands below it"
            yield "python", block, output


def assert_shown(shown: str, printed: str) -> None:
    """Whether the page shows what was printed; "..." stands for anything, on a line by itself for any lines."""
    wanted = [line.rstrip() for line in shown.splitlines()]
    patterns = [".*".join(map(re.escape, line.split("..."))) + " *\n" for line in wanted]
    whole = "".join("(?:.*\n)*" if line == "..." else pattern for line, pattern in zip(wanted, patterns, strict=True))
    if re.fullmatch(whole, printed) is None:
        pytest.fail(f"docs/story.md shows:\n{shown}\nbut printed is:\n{printed}", pytrace=False)


def run(kind: str, what: str, folder: Path) -> str:
    """What a step prints on stdout. Commands of ours run in this process, which has everything loaded."""
    if kind == "python":
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(what, STORY.name, "exec"), {"__name__": "__main__"})
        return out.getvalue()
    program, *arguments = shlex.split(what)
    if program == "cleaner":
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
        assert result.exit_code == 0, result.output
        return result.stdout
    command = what.replace("python ", f"{shlex.quote(sys.executable)} ", 1) if program == "python" else what
    return subprocess.run(["bash", "-c", command], cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


def said(files: dict[str, bytes]) -> str:
    """All that files say, Parquet decoded."""
    found = []
    for data in files.values():
        if data.startswith(b"PAR1"):
            columns = pq.read_table(io.BytesIO(data)).columns
            found += [str(value) for column in columns for value in column.to_pylist()]
        else:
            found.append(data.decode("latin-1"))
    return "\n".join(found)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("story_pages", PAGES)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the story takes place: the script, the recipe as the page begins with it."""
    shutil.copy(PAGES, tmp_path)
    recipe = next(shown for _, what, shown in steps() if what == "cat recipe.toml")
    (tmp_path / "recipe.toml").write_text(recipe, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "Pool", InlinePool)
    return tmp_path


def test_the_story(folder: Path, hub: Hub, s3: str) -> None:
    import s3fs

    for kind, what, shown in steps():
        assert_shown(shown, run(kind, what, folder))

    sentences = re.findall(r"(?<=>)[^<>]{60,}(?=</p>)", pages().make_page(12)[1])
    secrets = [sentence for text in sentences for sentence in text.split(". ")] + ["harbour-post.example/news/12"]
    assert len(secrets) > 8
    store = s3fs.S3FileSystem()
    store.invalidate_cache()
    places = {
        "processed": files_in(folder / "processed"),
        "copy": files_in(folder / "copy"),
        "s3": {path: store.cat_file(path) for path in store.find("shelf")},
        "hub": {str(n): data for n, data in enumerate(stored(hub))},
    }
    others = "\n".join(said(files_in(folder / "raw" / site)) for site in pages().SITES)
    for name, files in places.items():
        text = said(files)
        assert "/news/14" in text, name
        for secret in secrets:
            alone = others.count(secret) == 1
            assert not alone or secret not in text, (name, secret)


def stored(hub: Hub) -> Iterator[bytes]:
    """All bytes that the Hub still has of the dataset: every file of every commit, and large files by themselves."""
    for repo in hub.repos.values():
        yield from repo.large.values()
    yield from hub_files(hub, name="harbour/two-towns").values()
