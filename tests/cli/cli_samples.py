"""Made-up reports and pages that the tests of the command line show on consoles of several widths."""

from __future__ import annotations

from typing import Any

from cleaner.records import Document, Line, VerdictName
from cleaner.report.summary import RunReport

CAUSES = {
    "empty": "The source holds no text.",
    "too_large": "The source is larger than the recipe allows.",
    "truncated": "The file ends in the middle of a record, as after a download that broke off.",
}


def full_report() -> RunReport:
    """A run that met a bit of everything."""
    report = RunReport(
        raw="raw", processed="processed", version="1.1.0", previous="1.0.0", released=True,
        sources=1_304, sources_by_kind={"html": 902, "text": 260, "jsonl": 130, "warc": 12},
        documents=1_270, duplicates=21, filtered=6, withdrawn=1,
        rejects=6, rejects_by_cause={"empty": 3, "truncated": 2, "too_large": 1},
        skipped={"asset .png": 40, "hidden": 2, "warc-revisit": 3},
        lines={
            "keep": {"body": 20_112, "heading": 1_380, "list": 905, "quote": 120, "standfirst": 611},
            "drop": {"navigation": 12_400, "related": 5_100, "share": 2_004, "comment_form": 811, "cookie_notice": 640},
            "metadata": {"title": 1_298, "byline": 977, "dateline": 1_011},
        },
        fixes={"mojibake": 112, "zero_width": 40, "entities": 9, "shortcodes": 4},
        languages={"en": 1_002, "de": 201, "fr": 70, "und": 3},
        sites={f"site-{n:02d}.example": 300 - 20 * n for n in range(12)},
        cleaned=1_004, reused=300, seconds=13.62,
    )  # fmt: skip
    report.lines_read = sum(n for roles in report.lines.values() for n in roles.values())
    report.check()
    return report


def small_report() -> RunReport:
    """A second run over a few pages, with nothing changed."""
    report = RunReport(
        raw="raw", processed="out/my set", version="1.0.0", previous="1.0.0", sources=3, documents=3,
        sources_by_kind={"html": 2, "text": 1}, languages={"en": 3}, sites={"harbour.example": 3},
        lines={"keep": {"body": 9}, "drop": {"share": 1}}, lines_read=10, reused=3, seconds=0.21,
    )  # fmt: skip
    report.check()
    return report


def line(text: str, verdict: VerdictName, role: str, reason: str, score: float, evidence: str | None = None) -> Line:
    """A line whose offsets do not matter."""
    return Line(text, role, verdict, reason, score, 0, len(text), evidence)


PROSE = (
    "The council met on Tuesday evening to vote on the new bridge over the harbour, and nobody left the hall before "
    "midnight. Five members were for it and four against, and the four said at once that they would ask the court."
)


def page_lines() -> list[Line]:
    """Lines of every verdict, short and long, with and without evidence, some in wide letters."""
    return [
        line("Skip to main content", "drop", "skip_link", "cue_skip_link", 0.99, "skip to main content"),
        line("Home | News | Sport | Weather | Jobs | Cars | Homes | Puzzles | Archive | About us | Contact | Help",
             "drop", "navigation", "in_region", 0.98, "nav"),
        line("Council votes for new bridge", "metadata", "title", "title_match", 1.0),
        line("By Ada Example, City Desk", "metadata", "byline", "cue_byline", 0.93, "By Ada Example"),
        line(PROSE, "keep", "body", "model", 0.97),
        line("How the vote went", "keep", "heading", "model", 0.81),
        line("市議会は火曜日の夜、港に架かる新しい橋について投票した。" * 3, "keep", "body", "model", 0.9),
        line("Please share this story with everyone you know on Facebook and wherever else", "drop", "share",
             "cue_share", 0.96, "share this story"),
        line("© 2021 The Harbour Gazette", "drop", "footer", "cue_footer", 1.0, "© 2021 The Harbour Gazette"),
        line("A line with a \x1b[31mcolour\x1b[0m of its own", "drop", "interface", "model", 0.12),
    ]  # fmt: skip


def page_fields() -> dict[str, Any]:
    """The columns of the document that `page_lines` makes."""
    return {
        "id": "0123456789abcdef0123456789abcdef", "title": "Council votes for new bridge", "subtitle": None,
        "authors": [{"name": "Ada Example", "kind": "person"}, {"name": "City Desk", "kind": "group"}],
        "published": "2021-05-03", "modified": "2021-05-04", "publisher": "The Harbour Gazette",
        "language": "en", "language_score": 0.987, "url": "https://harbour.example/news/bridge",
        "source_path": "harbour/bridge.html", "media_type": "text/html", "words": 44, "characters": 260,
        "quality": {"encoding": "windows-1252", "flags": ["replacement_characters"],
                    "fixes": [{"name": "mojibake", "count": 2}]},
    }  # fmt: skip


def page_document() -> Document:
    """The document of `page_lines`."""
    fields, lines = page_fields(), page_lines()
    text = "\n\n".join(each.text for each in lines if each.verdict == "keep")
    names = [author["name"] for author in fields["authors"]]
    return Document(
        text, fields["title"], names, fields["published"], fields["publisher"], "en", lines, {**fields, "text": text}
    )
