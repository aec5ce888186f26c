"""Phrase tables: well-formed, matched where they should be, and nowhere else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

import cleaner.judge.cues as cues
from cleaner.judge.cues import CODES, ROLES, match_cues
from cleaner.roles import REASONS
from cleaner.roles import ROLES as ALL_ROLES

TABLES = sorted(Path(cues.__file__).parent.glob("*.toml"))
PLACES = {"sure_whole", "sure_start", "sure_anywhere", "whole", "start", "anywhere"}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_tables_are_well_formed(path: Path) -> None:
    table = tomllib.loads(path.read_text("utf-8"))
    assert set(table) <= set(CODES)
    for code, entry in table.items():
        assert set(entry) <= PLACES, code
        for place, phrases in entry.items():
            assert len(set(phrases)) == len(phrases), (code, place, "a phrase stands twice")
            for phrase in phrases:
                assert phrase == phrase.lower(), phrase
                assert "’" not in phrase, phrase
                assert len(phrase) < 80, phrase
                assert re.search(r"\w|©", phrase), phrase


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_every_phrase_is_found_as_a_whole_line(path: Path) -> None:
    wanted = [
        (phrase + ("" if place.endswith("whole") else " the rest of the line"), place.startswith("sure"))
        for entry in tomllib.loads(path.read_text("utf-8")).values()
        for place, phrases in entry.items()
        for phrase in phrases
        if "…" not in phrase
    ]
    found = match_cues(pl.Series([phrase.capitalize() for phrase, _ in wanted]))
    missed = [
        w for w, cue, sure in zip(wanted, found["cue"], found["sure"], strict=True) if not cue or (w[1] and not sure)
    ]
    assert missed == []


def test_codes_have_roles_and_reasons() -> None:
    assert set(ROLES.values()) <= set(ALL_ROLES)
    assert {f"cue_{code}" for code in CODES} <= set(REASONS)


@pytest.mark.parametrize(
    ("line", "code", "sure"),
    [
        ("Skip to content", "skip_link", True),
        ("Zum Inhalt springen Zum Seitenende springen Startseite", "skip_link", False),
        ("Skip to search results", "skip_link", False),
        ("  » Back to top «", "back_to_top", True),
        ("Your email address will not be published. Required fields are marked *", "comment_form", True),
        ("You are commenting using your Facebook account. ( Log Out / Change )", "comment_form", True),
        ("The bridge at dusk. (Photo: A. Example/Agency)", "photo_credit", True),
        ("DSC_0042.JPG", "image_name", True),
        ("Screenshot 2024 07 19 At 1.21.58 PM", "image_name", True),
        ("Home > News > Local", "breadcrumb", False),
        ("Feb 11, 2016", "dateline", False),
        ("3. Mai 2021, 14:05 Uhr", "dateline", False),
        ("2021年5月3日", "dateline", False),
        ("12 replies", "post_metadata", False),
        ("Auf Facebook teilen", "share", True),
        ("À lire aussi : la rivière", "related", True),
        ("Leggi anche: il ponte nuovo", "related", True),
        ("Di Anna Esempio", "byline", False),
        ("12 commenti", "post_metadata", False),
        ("Continua após a publicidade", "advert", True),
        ("O seu endereço de e-mail não será publicado.", "comment_form", True),
        ("Ga naar de inhoud", "skip_link", True),
        ("Door onze redactie", "byline", False),
        ("Wij gebruiken cookies om deze site te verbeteren", "cookie_notice", True),
        ("Læs også: Broen åbner igen", "related", True),
        ("Legg att ein kommentar", "comment_form", True),
        ("Hyppää sisältöön", "skip_link", True),
        ("Fot. Jan Przykład", "photo_credit", True),
        ("Przejdź do treści", "skip_link", True),
        ("Mohlo by vás zajímat", "related", True),
        ("Читайте ещё: мост открыт", "related", True),
        ("Читайте также: мост открыт", "related", True),
        ("ПОЛІТИКА КОНФІДЕНЦІЙНОСТІ", "legal", True),
        ("İlgili Haberler", "related", True),
        ("YORUM YAZIN", "comment_form", True),
        ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "related", True),
        ("اترك تعليقًا", "comment_form", True),
        ("إقرأ أيضاً: الجسر الجديد", "related", True),
        ("צילום: ישראלה דוגמה", "photo_credit", True),
        ("כל הזכויות שמורות © 2024", "footer", True),
        ("延伸閱讀：新橋通車", "related", True),
        ("您的电子邮箱地址不会被公开。必填项已用*标注", "comment_form", True),
        ("记者：王小明", "byline", False),
        ("当サイトではcookieを使用しています", "cookie_notice", True),
        ("メールアドレスが公開されることはありません。", "comment_form", True),
        ("사진=홍길동 제공", "photo_credit", True),
        ("이메일 주소는 공개되지 않습니다.", "comment_form", True),
        ("2021년 5월 3일", "dateline", False),
        ("2021. 5. 3. 14:05", "dateline", False),
        ("3 comentários", "post_metadata", False),
        ("5 комментариев", "post_metadata", False),
        ("5件のコメント", "post_metadata", False),
    ],
)
def test_examples(line: str, code: str, sure: bool) -> None:
    found = match_cues(pl.Series([line])).row(0, named=True)
    assert (CODES[int(found["cue"]) - 1], found["sure"]) == (code, sure)
    assert found["phrase"]


@pytest.mark.parametrize(
    "line",
    [
        "The council met on Tuesday to vote on the new bridge.",
        "He said that sharing the story on the radio had been a mistake.",
        "Conclusion",
        "Frequently asked questions",
        "War crimes",
        "Zum Inhalt des neuen Buches",
        "日本語の文章です。",
        "Di ponti come questo ne restano pochi, ha detto la sindaca.",
        "Conclusioni",
        "Os leitores também comentaram a ponte nova durante a reunião.",
        "Perguntas frequentes sobre a ponte",
        "Door de brug duurt de reis naar het strand nu tien minuten.",
        "Av de tio broarna är tre byggda av trä.",
        "Se også",
        "Deler av broen ble stengt i går.",
        "Sillan osat",
        "Zobacz też",
        "Reklamacje i zwroty towarów w sklepach",
        "Hledání nového mostu trvalo deset let.",
        "Реклама моста обошлась городу в миллион рублей.",
        "См. также",
        "Мости, які варто побачити",
        "Yorumcular köprünün geç açıldığını söyledi.",
        "Sonuç",
        "Του χρόνου θα ανοίξει η γέφυρα.",
        "إعلانات الجسر الجديد أثارت جدلا في المدينة.",
        "צילום הגשר מהאוויר ארך שלושה ימים.",
        "记者从市政府获悉，新桥将于明年通车。",
        "版权所有者可以在三十天内提出申请。",
        "結論",
        "広告の歴史を振り返る展示が始まった。",
        "写真を撮る人が橋の上に集まった。",
        "기자들은 다리 위에서 시장을 만났다.",
        "광고 시장이 다시 살아나고 있다.",
        "결론",
        "",
    ],
)
def test_running_text_and_headings_match_nothing_sure(line: str) -> None:
    assert not match_cues(pl.Series([line]))["sure"][0]
