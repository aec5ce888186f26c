"""Which files there are, and in which order."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import InputError
from cleaner.read import InputFile, find, read_file
from cleaner.read.find import show_name
from cleaner.recipe import Recipe
from cleaner.records import Skipped, Source


def paths(raw: Path) -> list[str]:
    return [met.path for met in find(raw) if isinstance(met, InputFile)]


def skipped(raw: Path) -> dict[str, str]:
    return {met.path: met.what for met in find(raw) if isinstance(met, Skipped)}


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("words")


def test_order_is_that_of_whole_paths(tmp_path: Path) -> None:
    write(tmp_path, "a/x", "a.txt", "a-b/z", "a0", "B", "é/1", "z/a/b/c/d.html")
    assert paths(tmp_path) == sorted(["a/x", "a.txt", "a-b/z", "a0", "B", "é/1", "z/a/b/c/d.html"])


def test_a_file_has_its_size_and_time(tmp_path: Path) -> None:
    write(tmp_path, "a")
    os.utime(tmp_path / "a", ns=(5, 123_000_000_000))
    (file,) = find(tmp_path)
    assert isinstance(file, InputFile)
    assert (file.size, file.mtime_ns) == (5, 123_000_000_000)


def test_a_single_file_has_its_name_as_path(tmp_path: Path) -> None:
    write(tmp_path, "b/page.html")
    assert paths(tmp_path / "b" / "page.html") == ["page.html"]


def test_hidden_files_folders_and_sidecars_are_no_input(tmp_path: Path) -> None:
    write(
        tmp_path,
        ".git/x",
        ".hidden",
        "p.html",
        "p.html.json",
        "lone.html.json",
        "q.json",
        "q",
        "d.html.gz",
        "d.html.gz.json",
    )
    assert paths(tmp_path) == ["d.html.gz", "lone.html.json", "p.html", "q", "q.json"]
    assert skipped(tmp_path) == {
        ".git/": "hidden", ".hidden": "hidden", "p.html.json": "sidecar", "d.html.gz.json": "sidecar",
    }  # fmt: skip


def test_links_are_followed_only_to_hidden_files_inside(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write(tmp_path, "secret.txt", "raw/a.txt", "raw/.store/object", "raw/d/e.txt")
    for name, target in {
        "out": "../secret.txt", "out_folder": "..", "in": "a.txt", "in_folder": "d", "object.txt": ".store/object",
        "loop1": "loop2", "loop2": "loop1", "self": ".", "broken": "nowhere", "d/up": "..",
    }.items():  # fmt: skip
        (raw / name).symlink_to(target)
    assert paths(raw) == ["a.txt", "d/e.txt", "object.txt"]
    found = skipped(raw)
    assert found["out"] == found["out_folder"] == "symlink_outside"
    assert found["in"] == found["in_folder"] == found["self"] == found["d/up"] == "symlink_inside"
    assert found["loop1"] == found["loop2"] == "symlink_loop"
    assert found["broken"] == "symlink_broken"


def test_a_sibling_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    write(tmp_path, "raw/a.txt", "raw2/.b.txt")
    (tmp_path / "raw" / "link").symlink_to("../raw2/.b.txt")
    assert skipped(tmp_path / "raw") == {"link": "symlink_outside"}


def test_a_folder_named_by_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path, "raw/a.txt")
    (tmp_path / "link").symlink_to("raw")
    assert paths(tmp_path / "link") == ["a.txt"]


def test_special_files_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    assert skipped(tmp_path) == {"pipe.html": "special_file"}
    with pytest.raises(InputError, match="neither a file nor a folder"):
        find(tmp_path / "pipe.html")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        find(tmp_path / "missing")
    assert list(find(tmp_path)) == []


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    names = [b"caf\xe9.txt", b"caf\\xe9.txt", "café.txt".encode(), b"\\x", b"\\"]
    for name in names:
        with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:
            file.write("words")
    found = [met for met in find(tmp_path) if isinstance(met, InputFile)]
    assert [file.path for file in found] == sorted(["caf\\xe9.txt", "caf\\x5cxe9.txt", "café.txt", "\\x", "\\"])
    assert {os.path.basename(file.location) for file in found} == set(names)


def test_a_folder_of_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    os.makedirs(os.path.join(os.fsencode(tmp_path), b"\xff", b"in"))
    with open(os.path.join(os.fsencode(tmp_path), b"\xff", b"in", b"a.txt"), "w") as file:
        file.write("words")
    assert paths(tmp_path) == ["\\xff/in/a.txt"]


@given(st.binary(min_size=1), st.binary(min_size=1))
def test_shown_names_are_text_and_one_to_one(one: bytes, other: bytes) -> None:
    show_name(one).encode()
    assert (show_name(one) == show_name(other)) == (one == other)


@given(st.lists(st.sampled_from([b"\\", b"x", b"5c", b"ff", b"\xff"]), max_size=6).map(b"".join))
def test_escapes_can_be_taken_back(name: bytes) -> None:
    escape = re.compile(r"\\x([0-9a-f]{2})")
    assert escape.sub(lambda match: chr(int(match[1], 16)), show_name(name)) == name.decode("latin-1")


def test_folders_deeper_than_python_recurses(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("page.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    try:
        assert [path.count("/") for path in paths(tmp_path)] == [1200]
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # pytest's own cleaning recurses, and fails


def test_a_link_given_by_name_is_read(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("The page itself.")
    (tmp_path / "link.txt").symlink_to(tmp_path / "page.txt")
    (file,) = find(tmp_path / "link.txt")
    assert isinstance(file, InputFile)
    (source,) = read_file(file, Recipe())
    assert isinstance(source, Source)
    assert source.raw == b"The page itself."
