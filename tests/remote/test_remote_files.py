"""Raw files at a URL are those of a copy of the folder here: the same paths, order, and sources."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from engine_tools import contents

from cleaner.engine.plan import look
from cleaner.errors import InputError, TargetError
from cleaner.read import InputFile, find, read_file
from cleaner.read.remote import RemoteFile, fetching, find_remote
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source

FILES = {
    "b.html": b"<p>One page.</p>",
    "b.html.json": b'{"url": "https://harbour.example/b"}',
    "a/z.txt": b"Another page.",
    "a/y y.txt": b"With a blank in its name.",
    "a.txt": b"Before the folder a.",
    "a-b/c.txt": b"Between the two.",
    ".hidden": b"Not read.",
    ".git/config": b"Not read.",
    "alone.html.json": b'{"text": "No page beside it."}',
    "\u00e9t\u00e9.txt": "L'\u00e9t\u00e9.".encode(),
    "lines.jsonl": b'{"text": "A record."}\n{"text": "Another."}\n',
    "back\\x41slash.txt": b"A name that reads like an escape.",
}


def write(folder: Path) -> Path:
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def told(found: Iterator[InputFile | Skipped]) -> list[tuple[Any, ...]]:
    return [(f.path, f.size) if isinstance(f, InputFile) else (f.path, f.what) for f in found]


def read(files: list[InputFile], scratch: Path) -> list[Source | Reject | Skipped]:
    with fetching(files, scratch) as fetch:
        here = [fetch(file, lambda: None) for file in files]
        found = [[f] if isinstance(f, Reject) else list(read_file(f, Recipe())) for f in here]
    assert list(scratch.glob("*")) == []
    return [item for items in found for item in items]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "raw")


@pytest.fixture(params=["local", "memory", "s3"])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "local":
        return f"local://{folder}"
    fs = request.getfixturevalue(request.param)
    for name, data in FILES.items():
        fs.pipe_file(f"shelf/raw/{name}", data)
    return f"{request.param}://shelf/raw"


def test_the_same_files_in_the_same_order(url: str, folder: Path, tmp_path: Path) -> None:
    assert told(find_remote(url)) == told(find(folder))
    assert told(find_remote(url + "/")) == told(find(folder))
    local = [f for f in find(folder) if isinstance(f, InputFile)]
    remote = [f for f in find_remote(url) if isinstance(f, InputFile)]
    assert read(remote, tmp_path / "scratch") == [item for file in local for item in read_file(file, Recipe())]


def test_a_single_file_with_its_sidecar(url: str, folder: Path, tmp_path: Path) -> None:
    remote = [f for f in find_remote(f"{url}/b.html") if isinstance(f, InputFile)]
    assert [file.path for file in remote] == ["b.html"]
    [page] = read(remote, tmp_path / "scratch")
    assert isinstance(page, Source)
    assert page.url == "https://harbour.example/b"


@pytest.mark.parametrize("name", ["b.html", "b.html.json"])
def test_a_stamp_changes_with_the_file_and_with_its_sidecar(url: str, name: str, request: Any) -> None:
    import fsspec

    def stamps() -> dict[str, str]:
        from collections import Counter

        return {seen.file.path: seen.stamp for seen in look(url, Counter())}

    before = stamps()
    assert stamps() == before
    fs, root = fsspec.core.url_to_fs(url)
    fs.pipe_file(f"{root}/{name}", FILES[name].replace(b"b", b"d").replace(b"n", b"m"))
    after = stamps()
    assert {path for path in before if before[path] != after[path]} == {"b.html"}


def test_folders_that_are_objects_are_no_files(s3: Any) -> None:
    for name in ("raw/", "raw/a/", "raw/a/b.txt", "raw//c.txt"):
        s3.pipe_file(f"shelf/{name}", b"text" if name.endswith("txt") else b"")
    assert told(find_remote("s3://shelf/raw")) == [("/", "unnamed"), ("a/b.txt", 4)]


def test_a_file_that_has_vanished_or_may_not_be_read(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        memory.pipe_file(f"/raw/{name}.txt", b"text")
    files = [f for f in find_remote("memory://raw") if isinstance(f, InputFile)]
    memory.rm_file("/raw/a.txt")
    real = type(memory).cat_file

    def cat_file(self: Any, path: str, **options: Any) -> bytes:
        if path.endswith("b.txt"):
            raise PermissionError(13, "request 4711 was denied")
        return real(self, path, **options)

    monkeypatch.setattr(type(memory), "cat_file", cat_file)
    gone, shut, there = read(files, tmp_path / "scratch")
    assert gone == Reject("a.txt", "vanished", "It was there when the folder was listed, and is gone now.")
    assert shut == Reject("b.txt", "unreadable", "It cannot be read: Permission denied.")
    assert isinstance(there, Source)


@pytest.mark.parametrize(("failures", "given_up"), [(3, False), (4, True)])
def test_what_fails_for_a_moment_is_tried_again(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, given_up: bool
) -> None:
    memory.pipe_file("/raw/a.txt", b"text")
    files = [f for f in find_remote("memory://raw") if isinstance(f, InputFile)]
    real, calls = type(memory).cat_file, 0

    def cat_file(self: Any, path: str, **options: Any) -> bytes:
        nonlocal calls
        calls += 1
        data: bytes = real(self, path, **options)
        return data[: calls - 1] if calls <= failures else data

    monkeypatch.setattr(type(memory), "cat_file", cat_file)
    [found] = read(files, tmp_path / "scratch")
    if given_up:
        assert found == Reject("a.txt", "unreadable", "It cannot be read: it broke off: 3 of 4 bytes came.")
    else:
        assert isinstance(found, Source)


def test_a_file_that_was_written_anew_since_is_read_as_it_is(memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/raw/a.txt", b"text")
    files = [f for f in find_remote("memory://raw") if isinstance(f, InputFile)]
    memory.pipe_file("/raw/a.txt", b"longer text")
    [found] = read(files, tmp_path / "scratch")
    assert isinstance(found, Source)
    assert found.raw == b"longer text"


def test_a_place_that_is_out_of_reach_ends_the_run(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no release than one without all that could not be fetched."""
    memory.pipe_file("/raw/a.txt", b"text")
    files = [f for f in find_remote("memory://raw") if isinstance(f, InputFile)]

    def out_of_reach(self: Any, *_: Any, **options: Any) -> bytes:
        raise OSError("Could not connect to the endpoint")

    monkeypatch.setattr(type(memory), "cat_file", out_of_reach)
    assert read(files, tmp_path / "scratch") == [Reject("a.txt", "unreadable", "It cannot be read: OSError.")]
    monkeypatch.setattr(type(memory), "info", out_of_reach)
    with pytest.raises(TargetError, match="cannot be reached"):
        read(files, tmp_path / "scratch")


def test_a_large_file_comes_in_blocks(memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.read.remote._WHOLE", 1000)
    memory.pipe_file("/raw/a.txt", b"A line of text.\n" * 1000)
    files = [f for f in find_remote("memory://raw") if isinstance(f, InputFile)]
    [found] = read(files, tmp_path / "scratch")
    assert isinstance(found, Source)
    assert len(found.raw) == 16_000


def test_what_is_not_there(memory: Any) -> None:
    with pytest.raises(InputError, match="nothing at memory://raw"):
        list(find_remote("memory://raw"))


@pytest.mark.parametrize(("url", "told"), [
    ("nowhere://raw", "Nothing is known that reads or writes nowhere://"),
    ("gs://bucket/raw", r"pip install 'cleaner-corpus\[gcs\]'"),
    ("adl://bucket/raw", "that you can install with pip"),
])  # fmt: skip
def test_a_library_that_is_missing_is_named(url: str, told: str) -> None:
    if url.startswith("gs"):
        try:
            import gcsfs  # noqa: F401
        except ImportError:
            pass
        else:
            pytest.skip("gcsfs is installed")
    with pytest.raises(TargetError, match=told):
        list(find_remote(url))


@pytest.fixture
def web(folder: Path) -> Iterator[str]:
    """The folder as a web server lists it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_web_servers_listing(web: str, folder: Path, tmp_path: Path) -> None:
    assert told(find_remote(web)) == told(find(folder))
    remote = [f for f in find_remote(web) if isinstance(f, RemoteFile)]
    local = [f for f in find(folder) if isinstance(f, InputFile)]
    assert read([*remote], tmp_path / "scratch") == [item for file in local for item in read_file(file, Recipe())]
    assert all(file.stamp for file in remote)


def test_a_run_gives_what_a_copy_gives(run: Any, url: str, folder: Path, tmp_path: Path) -> None:
    report = run(url, tmp_path / "remote")
    assert report.raw == url
    run(folder, tmp_path / "local")
    assert contents(tmp_path / "remote") == contents(tmp_path / "local")
    again = run(url, tmp_path / "remote")
    assert (again.released, again.cleaned) == (False, 0)
