"""Labelled pages are read in each layout, cleaned in each form and scored; tables say what the scores say."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import lightgbm
import pytest
import zstandard

from cleaner.errors import InputError, RefusedError
from cleaner.judge import model as models
from cleaner.judge.model import FOLDER, check_place
from cleaner.judge.training.benchmark import VARIANTS, cut_chunks, read_benchmark
from cleaner.judge.training.evaluate import evaluate, score_pages, seen_pages
from cleaner.judge.training.scores import PageScore, score_text, tabulate, worst_first
from cleaner.report.summary import Progress

PROSE = [
    "The ferry left the old pier at noon with forty people on board, and nobody on the shore could say why.",
    "By the evening the harbour master had counted the ropes twice, written a letter to the council, and gone home.",
    "Three weeks later the council answered that it had no opinion on ropes, but would like its lantern back, please.",
]
GOLD = "\n".join(PROSE)
HTML = (
    "<html lang='en'><head><title>The late ferry</title></head><body>"
    "<nav><ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li><li><a href='/s'>Sport</a></li></ul></nav>"
    f"<article><h1>The late ferry</h1>{''.join(f'<p>{paragraph}</p>' for paragraph in PROSE)}</article>"
    "<footer><p>Copyright 2021 The Bay Post. All rights reserved.</p></footer></body></html>"
)


def wcxb(folder: Path) -> Path:
    (folder / "ground-truth").mkdir(parents=True)
    (folder / "html").mkdir()
    for name, gold, page_type in (("0001", GOLD, "article"), ("0002", GOLD, "forum"), ("0003", "", "article")):
        entry = {"url": "https://www.bay.example/x", "ground_truth": {"main_content": gold},
                 "_internal": {"page_type": {"primary": page_type}}}  # fmt: skip
        (folder / "ground-truth" / f"{name}.json").write_text(json.dumps(entry), "utf-8")
        (folder / "html" / f"{name}.html.gz").write_bytes(gzip.compress(HTML.encode()))
    return folder


def news(folder: Path) -> Path:
    (folder / "html").mkdir(parents=True)
    entry = {"url": "https://post.example/late", "body": PROSE}
    (folder / "gold.json").write_text(json.dumps({"late": entry}), "utf-8")
    (folder / "html" / "late.html.gz").write_bytes(gzip.compress(HTML.encode()))
    return folder


def flat(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "en-news-late-ferry.html").write_text(HTML, "utf-8")
    (folder / "en-blog-late-ferry.txt").write_text("Home\n\n" + "\n\n".join(PROSE) + "\n\nAll rights reserved", "utf-8")
    for page in list(folder.iterdir()):
        page.with_suffix(".gold").write_text(GOLD + "\n", "utf-8")
    return folder


LAYOUTS: dict[str, Callable[[Path], Path]] = {"wcxb": wcxb, "news": news, "flat": flat}


@pytest.mark.parametrize(
    ("layout", "pages"),
    [
        ("wcxb", [("0001", "article", "bay.example", "html"), ("0002", "forum", "bay.example", "html")]),
        ("news", [("late", "news", "post.example", "html")]),
        ("flat", [("en-blog-late-ferry", "blog", None, "text"), ("en-news-late-ferry", "news", None, "html")]),
    ],
)
def test_each_layout_is_read(layout: str, pages: list[tuple[str, str, str | None, str]], tmp_path: Path) -> None:
    read = read_benchmark(LAYOUTS[layout](tmp_path / "mine"))
    assert [(page.name, page.page_type, page.domain, page.kind) for page in read] == pages
    assert {page.set for page in read} == {"mine"}
    assert {page.gold.strip() for page in read} == {GOLD}
    assert all(b"The ferry left" in page.data for page in read)


def test_pages_of_one_domain_are_in_one_fold(tmp_path: Path) -> None:
    assert len({page.fold for page in read_benchmark(wcxb(tmp_path / "mine"))}) == 1


def test_a_text_is_trained_on_as_it_is(tmp_path: Path) -> None:
    chunks = list(cut_chunks(read_benchmark(flat(tmp_path / "mine")), ["html", "text"]))
    assert sorted((chunk.variant, chunk.kind, len(chunk.pages)) for chunk in chunks) == [
        ("html", "html", 1),
        ("text", "text", 1),
    ]
    text = next(chunk for chunk in chunks if chunk.variant == "text")
    assert text.labels.tolist() == [0, 1, 1, 1, 0]


def test_folders_of_every_layout_are_measured_together(tmp_path: Path) -> None:
    for name, make in LAYOUTS.items():
        make(tmp_path / name)
    told: list[Progress] = []
    found = evaluate(tmp_path, ["html", "nodes", "text"], told.append)
    assert found.pages == 5
    assert [(s.set, s.name, s.variant) for s in found.scores] == [
        ("flat", "en-news-late-ferry", "html"),
        ("news", "late", "html"),
        ("wcxb", "0001", "html"),
        ("wcxb", "0002", "html"),
        ("flat", "en-news-late-ferry", "nodes"),
        ("news", "late", "nodes"),
        ("wcxb", "0001", "nodes"),
        ("wcxb", "0002", "nodes"),
        ("flat", "en-blog-late-ferry", "text"),
    ]
    assert [s.f1 for s in found.scores if s.variant == "html"] == [1.0] * 4
    assert min(s.f1 for s in found.scores) > 0.5, found.scores
    assert [(p.files, p.files_total) for p in told] == [(4, 9), (8, 9), (9, 9)]
    table = {(row.set, row.variant, row.page_type): row.pages for row in tabulate(found.scores)}
    assert table == {
        ("flat", "html", None): 1, ("flat", "nodes", None): 1, ("flat", "text", None): 1,
        ("news", "html", None): 1, ("news", "nodes", None): 1,
        ("wcxb", "html", None): 2, ("wcxb", "html", "article"): 1, ("wcxb", "html", "forum"): 1,
        ("wcxb", "nodes", None): 2, ("wcxb", "nodes", "article"): 1, ("wcxb", "nodes", "forum"): 1,
    }  # fmt: skip


def test_every_flattener_can_be_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("inscriptis")
    pytest.importorskip("resiliparse")
    scores = score_pages(read_benchmark(news(tmp_path / "mine")), VARIANTS)
    assert [s.variant for s in scores] == ["html", "nodes", "layout", "blocks", "first_pass"]
    assert min(s.f1 for s in scores) > 0.5


def test_a_page_that_is_rejected_scores_nothing(tmp_path: Path) -> None:
    folder = flat(tmp_path / "mine")
    (folder / "en-blog-late-ferry.txt").write_bytes(b"")
    scores = evaluate(folder, ["text", "html"]).scores
    assert [s.f1 for s in scores if s.name == "en-blog-late-ferry"] == [0.0]
    assert [s.f1 > 0.9 for s in scores if s.name == "en-news-late-ferry"] == [True]


@pytest.mark.parametrize(
    ("text", "gold", "scores"),
    [
        ("One two three", "one, two", (0.8, 2 / 3, 1.0)),
        ("港に架かる新しい橋", "港に架かる橋", (0.8, 2 / 3, 1.0)),  # by characters; by words nothing is shared
        ("", "one", (0.0, 0.0, 0.0)),
    ],
)
def test_words_are_scored_and_in_scripts_without_spaces_characters(
    text: str, gold: str, scores: tuple[float, float, float]
) -> None:
    assert score_text(text, gold) == pytest.approx(scores)


def test_tables_hold_means_and_the_largest_type_first() -> None:
    scores = [
        PageScore("a", "s", "news", "html", 0.5, 0.4, 0.8),
        PageScore("b", "s", "forum", "html", 1.0, 1.0, 1.0),
        PageScore("c", "s", "forum", "html", 0.6, 0.4, 1.0),
        PageScore("a", "s", "news", "nodes", 0.2, 0.2, 0.2),
    ]
    rows = [(r.variant, r.page_type, r.pages, r.f1, r.precision, r.recall) for r in tabulate(scores)]
    assert rows == [
        ("html", None, 3, pytest.approx(0.7), pytest.approx(0.6), pytest.approx(2.8 / 3)),
        ("html", "forum", 2, 0.8, 0.7, 1.0),
        ("html", "news", 1, 0.5, 0.4, 0.8),
        ("nodes", None, 1, 0.2, 0.2, 0.2),
    ]
    assert [s.f1 for s in worst_first(scores)] == [0.2, 0.5, 0.6, 1.0]


# --- what a model remembers ------------------------------------------------------------------------------------------


def copied_model(folder: Path, data: str) -> Path:
    folder.mkdir()
    for path in FOLDER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "data.json").write_text(data, "utf-8")
    return folder


def test_pages_that_the_model_was_trained_on_are_counted(tmp_path: Path) -> None:
    folder = flat(tmp_path / "pages")
    (folder / "en-blog-late-ferry.gold").write_text("Another gold text that nobody has seen.", "utf-8")
    crc = next(page for page in read_benchmark(folder) if page.page_type == "news").gold_crc
    model = copied_model(tmp_path / "model", json.dumps({"seen": [crc, "00000000"]}))
    assert seen_pages(model) == {crc, "00000000"}
    assert evaluate(folder, ["html"], model=model).seen == 1


@pytest.mark.parametrize("data", ["{}", "[]", "no JSON"])
def test_a_model_may_not_say_what_it_was_trained_on(data: str, tmp_path: Path) -> None:
    assert seen_pages(copied_model(tmp_path / "model", data)) is None
    assert seen_pages(tmp_path / "nowhere") is None


def test_another_model_judges_otherwise(tmp_path: Path) -> None:
    """One that has but the first of its trees hardly tells content from menus."""
    pages = news(tmp_path / "pages")
    model = copied_model(tmp_path / "model", "{}")
    trees = models.load_model().trees["html"].text
    stump = lightgbm.Booster(model_str=trees).model_to_string(num_iteration=1)
    (model / "html.trees.zst").write_bytes(zstandard.compress(stump.encode()))
    assert evaluate(pages, ["html"]).scores[0].f1 > evaluate(pages, ["html"], model=model).scores[0].f1


# --- what can be wrong -----------------------------------------------------------------------------------------------


def test_there_must_be_a_folder_with_labelled_pages(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        evaluate(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no labelled pages"):
        evaluate(tmp_path)
    with pytest.raises(InputError, match=r"None of the pages .* can be had as text"):
        evaluate(news(tmp_path / "news"), ["text"])


@pytest.mark.parametrize(
    ("layout", "path", "content"),
    [
        ("wcxb", "ground-truth/0001.json", "{"),
        ("wcxb", "ground-truth/0001.json", "[]"),
        ("wcxb", "html/0001.html.gz", "this was never packed"),
        ("news", "gold.json", '{"late": {"text": "no body"}}'),
        ("news", "gold.json", '["late"]'),
        ("news", "html/late.html.gz", None),
        ("flat", "en-news-late-ferry.html", None),
        ("flat", "en-blog-late-ferry.html", "a second page with the same name"),
    ],
)
def test_what_cannot_be_read_is_named(layout: str, path: str, content: str | None, tmp_path: Path) -> None:
    folder = LAYOUTS[layout](tmp_path / "mine")
    if content is None:
        (folder / path).unlink()
    else:
        (folder / path).write_text(content, "utf-8")
    with pytest.raises(InputError) as caught:
        evaluate(folder, ["html"])
    assert Path(path).name.partition(".")[0] in str(caught.value)


def test_a_folder_without_a_model_is_none(tmp_path: Path) -> None:
    pages = news(tmp_path / "pages")
    with pytest.raises(InputError, match=r"holds no model: there is no hashed.npz"):
        evaluate(pages, ["html"], model=tmp_path)
    (model := copied_model(tmp_path / "model", "{}") / "html.trees.zst").write_bytes(b"no trees")
    with pytest.raises(InputError, match="cannot be read"):
        evaluate(pages, ["html"], model=model.parent)


# --- where a training may write --------------------------------------------------------------------------------------


def test_a_model_is_replaced_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_place(tmp_path / "new", replace=False)
    check_place(tmp_path, replace=False)
    own = copied_model(tmp_path / "tree", "{}")
    place = tmp_path / "source" / "cleaner" / "judge" / "trained"
    place.parent.mkdir(parents=True)
    own.rename(place)
    (tmp_path / "source" / "pyproject.toml").touch()
    with monkeypatch.context() as patched:
        patched.setattr(models, "FOLDER", place)
        check_place(place, replace=False)  # a source tree is under version control
    model = copied_model(tmp_path / "model", "{}")
    with pytest.raises(RefusedError, match="holds a model"):
        check_place(model, replace=False)
    check_place(model, replace=True)
    monkeypatch.setattr(models, "FOLDER", model)  # as if this were the installed package, with no source tree around
    with pytest.raises(RefusedError, match="that cleaner works with"):
        check_place(model, replace=False)


def test_what_is_no_model_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("Chapter one")
    with pytest.raises(RefusedError, match="no model"):
        check_place(tmp_path, replace=True)
