"""Records, tables, web archives and archives: what comes out, in which order, and what stays when they are broken."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import stat
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.read import decode
from cleaner.recipe import Recipe
from cleaner.records import Reject, Skipped, Source


def names(items: list[Source | Reject | Skipped]) -> list[str]:
    return [item.path if isinstance(item, Skipped) else item.name for item in items]


def outcome(items: list[Source | Reject | Skipped]) -> list[str]:
    """What each item is: a source's data, a reject's cause, a skipped thing's kind."""
    told = []
    for item in items:
        if isinstance(item, Source):
            told.append(item.data if isinstance(item.data, str) else item.data.decode())
        else:
            told.append(item.cause if isinstance(item, Reject) else item.what)
    return told


def lines(count: int) -> bytes:
    return b"".join(json.dumps({"text": f"words of page {n}", "n": "x" * 50}).encode() + b"\n" for n in range(count))


# --- JSON ---------------------------------------------------------------------------------------------------------


def test_a_broken_line_keeps_its_number(read) -> None:
    items = read("a.jsonl", '{"text":"a"}\n\n{"text": broken\n{"url":"http://a.example"}\n5\n{"text":"b"}')
    assert outcome(items) == ["a", "broken_record", "no_text_field", "not_a_record", "b"]
    assert [item.record for item in items] == [0, 1, 2, 3, 4]
    assert "Line 3" in items[1].message
    assert "`url`" in items[2].message


def test_lines_that_strict_parsers_refuse(read) -> None:
    items = read(
        "a.jsonl",
        b'{"text":"a","score":NaN}\n{"text":"lone \\ud800 half"}\n{"text":"tab\there"}\n{"text":"caf\xe9 cr\xe8me"}\n',
    )
    assert [item.data for item in items] == ["a", "lone \ud800 half", "tab\there", "café crème"]
    decoded = decode(items[1], Recipe())
    assert (decoded.text, decoded.notes) == ("lone � half", ("replacement_characters",))


@pytest.mark.parametrize("name", ["a.json", "a.txt", "a.jsonl"])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "value",
    [
        [{"text": "one"}, {"text": "two"}],
        {"status": "ok", "data": [{"text": "one"}, {"text": "two"}]},
        {"response": {"n": 2, "docs": [{"text": "one"}, {"text": "two"}]}},
        {"hits": {"hits": [{"_source": {"text": "one"}}, {"_source": {"text": "two"}}]}},
    ],
)
def test_lists_of_records(read, name: str, indent: int | None, value: object) -> None:
    if name == "a.jsonl" and isinstance(value, dict) and indent is None:
        pytest.skip("a line is a record")
    items = read(name, json.dumps(value, indent=indent))
    assert outcome(items) == ["one", "two"]
    assert names(items) == [f"{name}#0", f"{name}#1"]


def test_one_object_is_one_page(read) -> None:
    for indent in (None, 2):
        items = read("a.json", json.dumps({"text": "one", "related": [{"text": "two"}]}, indent=indent))
        assert outcome(items) == ["one"]
        assert items[0].record is None


def test_lines_under_the_name_of_json_and_objects_one_after_the_other(read) -> None:
    assert outcome(read("a.json", '{"text":"one"}\n{"text":"two"}\n')) == ["one", "two"]
    assert outcome(read("a.json", '{\n "text":"one"\n}\n{\n "text":"two"}')) == ["one", "two"]
    assert names(read("a.json", '{"text":"one"} {"text":"two"}')) == ["a.json#0", "a.json#1"]


def test_a_list_that_is_larger_than_memory_should_be(read) -> None:
    value = [{"text": f"{n} " + "words " * 200} for n in range(8000)]
    data = json.dumps(value).encode()
    del value
    tracemalloc.start()
    count = 0
    from cleaner.read.files import read_blob
    from cleaner.read.streams import Budget, Job, open_blob

    class Slow(io.BytesIO):
        """Hands out little at a time, so that values are cut anywhere."""

        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 70_001))

    job = Job(Recipe(), Budget(1 << 40), read_blob)
    for count, item in enumerate(read_blob(open_blob("a.json", Slow(data)), job), 1):
        assert isinstance(item, Source)
        assert item.data.startswith(f"{count - 1} words")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 8000
    assert peak < 8 << 20 < len(data)


def test_a_list_that_is_cut_off_or_broken(read) -> None:
    whole = json.dumps([{"text": "one"}, {"text": "two"}, {"text": "three"}])
    assert outcome(read("a.json", whole[:-10])) == ["one", "two", "truncated"]
    assert outcome(read("a.json", whole[:-1])) == ["one", "two", "three", "truncated"]
    broken = whole.replace('"two"', "two") + " " * 100
    items = read("a.json", broken)
    assert outcome(items) == ["one", "broken_container"]
    assert items[1].record == 1


def test_json_in_utf16(read) -> None:
    assert outcome(read("a.json", json.dumps({"text": "größe"}, ensure_ascii=False).encode("utf-16"))) == ["größe"]
    assert outcome(read("a.jsonl", '{"text":"größe"}\n{"text":"b"}'.encode("utf-16-le"))) == ["größe", "b"]


def test_prose_in_brackets_is_prose(read) -> None:
    assert outcome(read("a.txt", "[Photo: a boat] The harbour was still.")) == [
        "[Photo: a boat] The harbour was still."
    ]
    assert outcome(read("a.txt", "{braces} in a text")) == ["{braces} in a text"]


# --- tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "|")])
def test_tables_of_text(read, name: str, delimiter: str) -> None:
    rows = ["url{0}Text{0}title", 'http://a.example/1{0}"one\nline {0} ""two"""{0}T', "http://a.example/2{0}two", ""]
    items = read(name, "\r\n".join(rows).format(delimiter))
    assert outcome(items) == [f'one\nline {delimiter} "two"', "two"]
    assert items[0].url == "http://a.example/1"
    assert items[0].declared == {"title": "T"}
    assert [item.record for item in items] == [0, 1]


def test_encodings_of_tables(read) -> None:
    text = "text,url\ncafé crème à la façon,http://a.example/1\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert outcome(read("a.csv", text.encode(encoding))) == ["café crème à la façon"]


def test_a_row_of_too_many_fields_and_an_open_quotation_mark(read) -> None:
    items = read(
        "a.csv",
        'url,text\nhttp://a.example/1,one, two\nhttp://a.example/2,three\nx,"' + "open " * 300_000,
        "[read]\nmax_source_mb = 1",
    )
    assert outcome(items) == ["broken_record", "three", "broken_container"]
    assert [item.record for item in items] == [0, 1, 2]


def parquet(rows: int, **options: object) -> bytes:
    table = pa.table(
        {
            "id": list(range(rows)),
            "body": [f"words of page {n} " * 20 for n in range(rows)],
            "link": [f"http://a.example/{n}" for n in range(rows)],
            "metadata": [{"title": f"Title {n}"} for n in range(rows)],
            "date": pa.array([1_600_000_000_123_456_789] * rows, pa.timestamp("ns", "UTC")),
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def test_parquet(read) -> None:
    items = read("a.bin", parquet(150, row_group_size=40))
    assert [item.record for item in items] == list(range(150))
    assert items[149].data.startswith("words of page 149")
    assert items[149].url == "http://a.example/149"
    assert items[149].declared["title"] == "Title 149"
    assert items[149].declared["published"].startswith("2020-09-13")


def test_parquet_that_is_cut_off_or_damaged(read) -> None:
    data = parquet(500, row_group_size=100, compression="gzip")
    assert outcome(read("a.parquet", data[:-20])) == ["truncated"]
    middle = len(data) // 2
    items = read("a.parquet", data[:middle] + bytes(300) + data[middle + 300 :])
    assert isinstance(items[0], Source)
    assert outcome(items)[-1] == "broken_container"


def test_parquet_of_html_bytes_and_of_text_that_is_not_utf8(read) -> None:
    for column in (
        pa.array([b"<p>caf\xe9 cr\xe8me"], pa.binary()),
        pa.array([b"<p>caf\xe9 cr\xe8me"], pa.binary()).cast(pa.string(), safe=False),
    ):
        sink = io.BytesIO()
        pq.write_table(pa.table({"html": column}), sink)
        (item,) = read("a.parquet", sink.getvalue())
        assert decode(item, Recipe()).text == "<p>café crème"


def test_a_table_without_a_page_is_one_reject(read) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"url": ["a"] * 3, "n": [1, 2, 3]}), sink)
    (item,) = read("a.parquet", sink.getvalue())
    assert item.cause == "no_text_field"
    assert "`url`, `n`" in item.message


# --- archives -----------------------------------------------------------------------------------------------------


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


MEMBERS = {
    "b/page.html": b"<p>page</p>",
    "b/page.html.json": b'{"url": "http://a.example/page", "title": "Title"}',
    "a.jsonl": b'{"text": "one"}\n{"text": "two"}\n',
    "image.png": b"\x89PNG\r\n\x1a\n....",
    "./c.txt.gz": gzip.compress(b"packed words"),
    "__MACOSX/x.txt": b"x",
    "e.txt": b"",
}
PACKED = {
    "a.zip": zipped(MEMBERS),
    "stored.zip": zipped(MEMBERS, zipfile.ZIP_STORED),
    "bzip2.zip": zipped(MEMBERS, zipfile.ZIP_BZIP2),
    "prefixed.zip": None,
    "a.tar": tarred(MEMBERS),
    "a.tgz": tarred(MEMBERS, "w:gz"),
    "a.tar.bz2": tarred(MEMBERS, "w:bz2"),
    "a.tar.zst": zstandard.compress(tarred(MEMBERS)),
    "no_suffix": tarred(MEMBERS, "w:gz"),
}


@pytest.mark.parametrize("name", [name for name, data in PACKED.items() if data])
def test_archives(read, name: str) -> None:
    items = read(name, PACKED[name])
    assert outcome(items) == ["<p>page</p>", "one", "two", "asset .png", "packed words", "hidden", "empty"]
    assert names(items) == [
        f"{name}!/{member}"
        for member in ("b/page.html", "a.jsonl#0", "a.jsonl#1", "image.png", "c.txt.gz", "__MACOSX/x.txt", "e.txt")
    ]
    assert items[0].url == "http://a.example/page"
    assert items[0].declared == {"title": "Title"}
    assert items[0].notes == ("sidecar",)


def test_archives_in_archives_as_deep_as_is_followed(read) -> None:
    data = zipped({"page.txt": b"words"})
    for _ in range(2):
        data = zipped({"in.zip": data})
    assert names(read("a.zip", data)) == ["a.zip!/in.zip!/in.zip!/page.txt"]
    assert outcome(read("a.zip", zipped({"in.zip": data, "b.txt": b"b"}))) == ["too_deep", "b"]
    assert outcome(read("a.zip", zipped({"t.tgz": tarred({"a.parquet": parquet(2)}, "w:gz")})))[0].startswith(
        "words of page 0"
    )
    packed = b"words"
    for _ in range(6):
        packed = gzip.compress(packed)
    assert outcome(read("a.txt.gz", packed)) == ["too_deep"]


@pytest.mark.parametrize("name", ["../x.txt", "a/../../x.txt", "/etc/x.txt", "C:\\x.txt", "..\\x.txt"])
def test_names_that_lead_out_of_an_archive(read, name: str) -> None:
    for data in (zipped({name: b"words", "b.txt": b"b"}), tarred({name: b"words", "b.txt": b"b"})):
        assert outcome(read("a", data)) == ["unsafe_name", "b"]


def test_links_and_devices_in_archives(read) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, kind in {
            "s": tarfile.SYMTYPE,
            "h": tarfile.LNKTYPE,
            "f": tarfile.FIFOTYPE,
            "d": tarfile.DIRTYPE,
        }.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert outcome(read("a.tar", sink.getvalue())) == ["link", "link", "special_file"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("link.txt")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert outcome(read("a.zip", packed.getvalue())) == ["link"]


def test_sparse_files_and_impossible_sizes_in_tar(read) -> None:
    def header(size: bytes, kind: bytes) -> bytes:
        info = tarfile.TarInfo("a.jsonl")
        info.type = kind
        block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        block[124:136] = size
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        return bytes(block)

    huge = b"\x80" + (1 << 62).to_bytes(11, "big")
    negative = b"\xff" + (-5000).to_bytes(11, "big", signed=True)
    for kind, size in ((tarfile.REGTYPE, huge), (tarfile.REGTYPE, negative), (tarfile.GNUTYPE_SPARSE, huge)):
        items = read("a.tar", tarred({"first.txt": b"words"})[:1024] + header(size, kind) + bytes(2048))
        assert outcome(items)[0] == "words"
        assert {item.cause for item in items[1:]} <= {"truncated", "broken_container", "unsupported", "empty"}
        assert len(items) > 1


def test_encrypted_members(read) -> None:
    data = bytearray(zipped({"a.txt": b"words", "b.txt": b"b"}))
    entry = data.find(b"PK\x01\x02")
    data[entry + 8] |= 1
    assert outcome(read("a.zip", bytes(data))) == ["encrypted", "b"]


def test_a_zip_with_something_before_it_and_a_comment_after_it(read) -> None:
    data = io.BytesIO(zipped({"a.txt": b"words"}))
    with zipfile.ZipFile(data, "a") as archive:
        archive.comment = b"PK\x05 is no mark" * 100
    assert outcome(read("a.zip", data.getvalue())) == ["words"]
    nested = b"PK\x03\x04 a prefix that shifts everything" + data.getvalue()
    assert outcome(read("a.zip", nested)) == ["words"]


def test_zip64(read) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(b"words")
    assert outcome(read("a.zip", sink.getvalue())) == ["words"]
    limit, zipfile.ZIP_FILECOUNT_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT, 1
    try:
        data = zipped({"a.txt": b"words", "b.txt": b"b"})
    finally:
        zipfile.ZIP_FILECOUNT_LIMIT = limit
    assert b"PK\x06\x06" in data
    assert outcome(read("a.zip", data)) == ["words", "b"]


def test_names_in_zip_files(read) -> None:
    data = zipped({"größe.txt": b"a"})
    assert names(read("a.zip", data)) == ["a.zip!/größe.txt"]
    old = zipped({"gr?? e.txt": b"a"}).replace(b"gr?? e.txt", b"gr\x94\xe1 e.txt")
    assert names(read("a.zip", old)) == ["a.zip!/größ e.txt".replace("ß", "ß")]


def test_a_damaged_member_leaves_the_others(read) -> None:
    data = zipped({"a.txt": b"words " * 50, "b.txt": b"b"}, zipfile.ZIP_STORED).replace(
        b"words words", b"wards words", 1
    )
    items = read("a.zip", data)
    assert outcome(items) == ["broken_container", "b"]
    assert items[0].path == "a.zip!/a.txt"


def test_a_tar_that_is_cut_off(read) -> None:
    data = tarred({"a.txt": b"words", "b.txt": b"b" * 100_000})
    items = read("a.tar", data[:60_000])
    assert outcome(items)[0] == "words"
    assert set(outcome(items)[1:]) == {"truncated"}
    assert items[-1].path == "a.tar"
    packed = tarred({"a.txt": b"words", "b.jsonl": lines(3000)}, "w:gz")
    items = read("a.tgz", packed[:-500])
    assert outcome(items)[:2] == ["words", "words of page 0"]
    assert outcome(items)[-1] == "truncated"


@pytest.fixture
def small_bombs(monkeypatch) -> None:
    """Let everything unpack to one megabyte only, instead of 64, so that small bombs do."""
    for module in ("files", "unpacking", "zips"):
        monkeypatch.setattr(f"cleaner.read.{module}.FREE", 1 << 20)


@pytest.mark.usefixtures("small_bombs")
def test_bombs(read) -> None:
    bomb = b"a" * (3 << 20)
    recipe = "[read]\nmax_source_mb = 200"
    for name, data in {
        "a.txt.gz": gzip.compress(bomb),
        "a.txt.bz2": bz2.compress(bomb),
        "a.txt.zst": zstandard.compress(bomb),
    }.items():
        assert outcome(read(name, data, recipe)) == ["archive_bomb"], name
    items = read("a.zip", zipped({"a.txt": bomb, "b.txt": b"b"}), recipe)
    assert outcome(items) == ["archive_bomb", "b"]


@pytest.mark.usefixtures("small_bombs")
def test_a_bomb_of_many_members_ends_the_archive(read) -> None:
    member = b"a" * (400 << 10)
    items = read("a.zip", zipped({f"{n}.txt": member for n in range(8)}))
    assert outcome(items)[-1] == "archive_bomb"
    assert items[-1].path == "a.zip"
    assert len(items) < 8
    inner = zipped({"a.txt": member, "b.txt": member})
    items = read("a.zip", zipped({f"{n}.zip": inner for n in range(4)}))
    assert items[-1] == Reject("a.zip", "archive_bomb", items[-1].message)


@pytest.mark.usefixtures("small_bombs")
def test_a_zip_whose_directory_lies_about_a_size(read) -> None:
    data = bytearray(zipped({"a.txt": b"a" * (3 << 20)}))
    entry = data.find(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert outcome(read("a.zip", bytes(data), "[read]\nmax_source_mb = 200")) == ["archive_bomb"]


def test_more_members_than_allowed(read) -> None:
    for data in (zipped({f"{n}.txt": b"w" for n in range(5)}), tarred({f"{n}.txt": b"w" for n in range(5)})):
        items = read("a", data, "[read]\nmax_members = 3")
        assert outcome(items) == ["w", "w", "w", "too_many_members"]


# --- compressed files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress])
def test_compressed_lines(read, pack) -> None:
    data = lines(3000)
    half = len(data) // 2
    for name in ("a.jsonl.gz", "a.jsonl", "whatever"):
        items = read(name, pack(data[:half]) + pack(data[half:]))
        assert names(items) == [f"{name}#{n}" for n in range(3000)]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_compressed_lines_that_are_cut_off(read, pack) -> None:
    packed = pack(lines(20_000))
    items = read("a.jsonl.gz", packed[: len(packed) * 2 // 3] if pack is gzip.compress else packed[:-20])
    sources = [item for item in items if isinstance(item, Source)]
    assert len(sources) > 500
    assert [item.record for item in items] == list(range(len(items)))
    assert outcome(items)[-1] == "truncated"


def test_a_short_file_that_is_cut_off_gives_what_came_before(read) -> None:
    items = read("a.jsonl.gz", gzip.compress(lines(3), 0)[:-60])
    assert outcome(items) == ["words of page 0", "words of page 1", "truncated"]


def test_a_page_that_is_cut_off_is_not_published(read) -> None:
    assert outcome(read("a.html.gz", gzip.compress(b"<p>" + bytes(range(32, 127)) * 99)[:-9])) == ["truncated"]


def test_damage_and_what_follows_the_end(read) -> None:
    packed = bytearray(gzip.compress(lines(3000)))
    packed[-6] ^= 255
    assert outcome(read("a.jsonl.gz", bytes(packed)))[-1] == "broken_container"
    assert outcome(read("a.txt.gz", gzip.compress(b"words") + bytes(512))) == ["words"]
    assert outcome(read("a.txt.gz", gzip.compress(b"words") + b"no more")) == ["broken_container"]


def test_memory_does_not_grow_with_a_container(tmp_path: Path, read) -> None:
    def peak(count: int) -> int:
        path = tmp_path / "a.jsonl.gz"
        with gzip.open(path, "wb", compresslevel=1) as file:
            for start in range(0, count, 1000):
                file.write(
                    b"".join(json.dumps({"text": f"{n} " * 100}).encode() + b"\n" for n in range(start, start + 1000))
                )
        from cleaner.read import find, read_file

        (found,) = find(path)
        tracemalloc.start()
        assert sum(1 for _ in read_file(found, Recipe())) == count
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1000)
    assert peak(8000) < peak(3000) + (2 << 20)
