"""Which language a text is in."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import langdetect
import pytest

import cleaner
from cleaner.describe.language import detect_language, normalize_tag
from cleaner.errors import RecipeError

CASES = sorted((Path(__file__).parent / "cases").glob("text_*.json"))
SAMPLES = ["\n".join(json.loads(p.read_text("utf-8"))["lines"])[:1000] for p in CASES]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("สภาท่าเรือลงมติเมื่อวันอังคารให้สร้างสะพานใหม่แทนสะพานเก่า", "th"),
        ("Το συμβούλιο του λιμανιού αποφάσισε να χτίσει μια νέα γέφυρα.", "el"),
        ("항만 위원회는 화요일 저녁 오래된 다리를 새 다리로 바꾸기로 결정했다고 밝혔다.", "ko"),
        ("ნავსადგურის საბჭომ გადაწყვიტა ახალი ხიდის აშენება ძველის ნაცვლად", "ka"),
        ("Նավահանգստի խորհուրդը որոշեց կառուցել նոր կամուրջ հնի փոխարեն", "hy"),
        ("מועצת הנמל החליטה ביום שלישי בערב לבנות גשר חדש במקום הגשר הישן.", "he"),
        ("市議會星期二開會，經過六個小時的辯論，決定興建一座新橋來取代舊橋。", "zh-Hant"),
        ("市议会星期二开会，经过六个小时的辩论，决定兴建一座新桥来取代旧桥。", "zh-Hans"),
        ("Prístavná rada sa v utorok večer rozhodla, že starý most nahradí novým, ktorý je pevný.", "sk"),
        ("Havnerådet vedtok tirsdag kveld å erstatte den gamle broen med en ny, fast bro.", "no"),
        # languages that langdetect does not know
        ("Umkhandlu wetheku uvotele ibhuloho elisha ngoLwesibili, futhi usho ukuthi abantu bajabulile.", "zu"),
        ("Ibhunga lezibuko livotele ibhulorho entsha ngoLwesibini ebusuku, kwaye abantu bayonwabile kakhulu.", "xh"),
        ("Партовы савет вырашыў у аўторак увечары замяніць стары мост новым, пра гэта паведаміў ягоны кіраўнік.", "be"),
        ("Лучко веће је у уторак увече одлучило да ће стари мост да се замени новим, који је чвршћи.", "sr"),
        ("Hafnarráðið ákvað á þriðjudagskvöld að reisa nýja brú í stað þeirrar gömlu, sagði það í gær.", "is"),
        ("Portuko kontseiluak zubi berri bat egin behar dela erabaki du asteartean, baina ez da hori dena.", "eu"),
        ("Shocraigh comhairle an chuain oíche Mháirt go mbeidh droichead nua ann, agus tá na daoine sásta.", "ga"),
        ("Il-kunsill tal-port iddeċieda nhar it-Tlieta li jibni pont ġdid minflok dak il-qadim, u qal hekk.", "mt"),
        ("Lekgotla la boemakepe le swetsositse ka Labobedi gore le tla aga borogo jo bosha, mme batho ba teng.", "tn"),
        ("Lekgotla la boema-kepe le nkile qeto ka Labobedi ya hore ho tla hahwa borokgo, empa batho ba teng.", "st"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect_language(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345 67890",
        "Hello, world!",
        "Umalikkat ullumi nutaamik ikaartarfiliorniarlutik aalajangerput, tamannalu nuannaarutigineqarpoq.",
        "Ua hāpai nā luna o ke awa i ka hana i ke alahaka hou ma ka pō Poʻalua, a ua ʻae mai nā kānaka.",
    ],
)
def test_unsure(text: str) -> None:
    assert detect_language(text).language == "und"


def test_a_declared_language_never_decides_alone() -> None:
    english = "The harbour council met on Tuesday to vote on the new bridge over the river."
    assert detect_language(english, "de").language == "en"
    assert detect_language("", "de").language == "und"


def test_the_same_text_gives_the_same_answer() -> None:
    for text in SAMPLES:
        assert detect_language(text) == detect_language(text)


def test_the_quick_detector_agrees_with_langdetect() -> None:
    quick = pytest.importorskip("langdetect_rs")
    langdetect.DetectorFactory.seed = 0
    quick.DetectorFactory.seed = 0
    compared = 0
    for text in SAMPLES:
        try:
            slow = [(c.lang, c.prob) for c in langdetect.detect_langs(text)]
        except langdetect.LangDetectException:
            continue
        assert [(c.lang, c.prob) for c in quick.detect_langs(text)] == slow
        compared += 1
    assert compared > 10


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("EN_us", "en-US"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("de", "de"),
        ("english", None),
        ("", None),
        (None, None),
        ("x-default", None),
        ("und", None),
    ],
)
def test_declared_tags(value: str | None, tag: str | None) -> None:
    assert normalize_tag(value) == tag


IRISH = (
    "Shocraigh comhairle an chuain oíche Dé Máirt droichead nua a thógáil thar an abhainn in áit an tseandroichid atá "
    "ann le breis is céad bliain. Dúirt an cathaoirleach go mairfidh an obair dhá bhliain."
)
ICELANDIC = "Hafnarráðið ákvað á þriðjudagskvöld að reisa nýja brú í stað þeirrar gömlu, sagði það í gær."
BELARUSIAN = "Партовы савет вырашыў у аўторак увечары замяніць стары мост новым, пра гэта паведаміў ягоны кіраўнік."
MALAY = "Majlis pelabuhan memutuskan pada malam Selasa untuk membina sebuah jambatan baharu merentasi sungai itu."
TIBETAN = "གྲུ་ཁའི་ཚོགས་ཆུང་གིས་གཟའ་མིག་དམར་ཉིན་ཟམ་པ་གསར་པ་ཞིག་བརྒྱབ་རྒྱུའི་ཐག་བཅད་པ་རེད།"
AMHARIC = "የወደብ ምክር ቤቱ ማክሰኞ ምሽት ከመቶ ዓመት በላይ በቆየው አሮጌ ድልድይ ምትክ በወንዙ ላይ አዲስ ድልድይ እንዲሠራ ወሰነ።"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (IRISH, "ga-IE", "ga"),
        (ICELANDIC, "is", "is"),
        (BELARUSIAN, "be", "be"),
        (AMHARIC, "am", "am"),
        (MALAY, "ms", "ms"),
        (TIBETAN, "de", "und"),  # a language that the detector knows: it would have found it
        (ICELANDIC, "be", "is"),  # another script
        (BELARUSIAN, "is", "be"),
        (AMHARIC, "is", "und"),
    ],
)
def test_a_page_is_believed_where_it_names_a_language_that_the_detector_does_not_know(
    text: str, declared: str, language: str
) -> None:
    assert detect_language(text, declared).language == language


def test_yiddish_is_not_taken_for_hebrew() -> None:
    text = "דער פּאָרט־ראַט האָט באַשלאָסן דינסטיק צו בויען אַ נײַע בריק איבערן טײַך, וואָס איז ברייט און טיף."
    assert detect_language(text).language == "yi"


def test_whoever_is_believed_has_no_probability_of_a_detector() -> None:
    assert detect_language(ICELANDIC, "is").score is None
    assert detect_language(AMHARIC).score is None
    assert detect_language(MALAY, "ms").score


@pytest.mark.parametrize(
    ("text", "language"),
    [(IRISH, "ga"), (ICELANDIC, "is"), (BELARUSIAN, "be"), (MALAY, "ms"), (AMHARIC, "am"), ("12345 67890", "und")],
)
def test_the_other_detector_knows_more_languages(text: str, language: str) -> None:
    pytest.importorskip("py3langid")
    assert detect_language(text, detector="py3langid").language == language


def test_the_recipe_names_the_detector() -> None:
    pytest.importorskip("py3langid")
    recipe = cleaner.Recipe.parse('[metadata]\nlanguage_detector = "py3langid"')
    assert cleaner.clean(AMHARIC, kind="text").language == "und"
    assert cleaner.clean(AMHARIC, kind="text", recipe=recipe).language == "am"


def test_a_detector_that_is_not_installed_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RecipeError, match=r"pip install 'cleaner-corpus\[languages\]'"):
        cleaner.Recipe.parse('[metadata]\nlanguage_detector = "py3langid"')


MENU = (
    "Home\nNews\nSports and Weather\nSign in to your account\nSubscribe to our newsletter today\nSearch this site\n"
    "My Harbour World Business Green Travel Culture Next Health My Harbour World Business Green Travel Culture Next\n"
    "Programmes Witness No Comment Spotlight The Global Conversation Top News Stories Today Business Planet Start Up\n"
)
STORY = (
    "Le conseil du port a voté mardi soir la construction d'un nouveau pont, après six heures de débats houleux.\n\n"
    "L'ancien ouvrage, qui date de 1903, ne supporte plus le poids des camions ; les pêcheurs réclament depuis dix ans "
    "qu'il soit remplacé, et la maire a fini par leur donner raison.\n\n"
    "Les travaux commenceront au printemps et dureront deux ans, selon l'ingénieure qui les dirige.\n"
)


def test_what_was_dropped_does_not_tell_the_language() -> None:
    page = cleaner.clean(MENU * 6 + STORY, kind="text")
    assert "newsletter" not in page.text
    assert page.language == "fr"
