"""A post's language: as declared, unless it is no language or the text's own letters say
otherwise.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from syndicator.normalizer import detectors, language

by_guess = pytest.mark.skipif(
    find_spec("pycld2") is None, reason="pycld2 has no wheels here: nothing is guessed"
)

TEXTS = {
    "vi": "Hội nghị ngoại giao toàn quốc lần thứ ba mươi hai được tổ chức tại Hà Nội vào tháng mười hai năm nay",
    "pt": "O governo anunciou ontem novas medidas para a saúde e a educação em todas as cidades do país",
    "es": "El gobierno anunció ayer nuevas medidas para la salud y la educación en todas las ciudades del país",
    "de": "Die Regierung stellte gestern neue Maßnahmen für die Gesundheit und die Bildung im ganzen Land vor",
    "fr": "Le gouvernement a annoncé hier de nouvelles mesures pour la santé et l’éducation dans tout le pays",
    "nl": "De regering kondigde gisteren nieuwe maatregelen aan voor de gezondheidszorg en het onderwijs in het land",
    "pl": "Rząd ogłosił wczoraj nowe działania na rzecz zdrowia i edukacji we wszystkich miastach kraju",
    "tr": "Hükümet dün ülkenin bütün şehirlerinde sağlık ve eğitim için yeni önlemler açıkladı",
    "id": "Pemerintah kemarin mengumumkan langkah-langkah baru untuk kesehatan dan pendidikan di seluruh negeri",
    "ru": "Правительство вчера объявило о новых мерах поддержки здравоохранения и образования во всех городах",
    "uk": "Уряд учора оголосив про нові заходи підтримки охорони здоров’я та освіти в усіх містах країни",
    "el": "Η κυβέρνηση ανακοίνωσε χθες νέα μέτρα για την υγεία και την εκπαίδευση σε όλες τις πόλεις",
    "ar": "أعلنت الحكومة أمس عن إجراءات جديدة للصحة والتعليم في جميع مدن البلاد خلال هذا العام",
    "fa": "دولت دیروز اقدامات تازه‌ای را برای بهداشت و آموزش در همهٔ شهرهای کشور اعلام کرد و گفت",
    "he": "הממשלה הודיעה אתמול על צעדים חדשים למען הבריאות והחינוך בכל הערים במדינה",
    "hi": "सरकार ने कल देश के सभी शहरों में स्वास्थ्य और शिक्षा के लिए नए उपायों की घोषणा की",
    "th": "รัฐบาลประกาศมาตรการใหม่ด้านสุขภาพและการศึกษาในทุกเมืองของประเทศเมื่อวานนี้",
    "ko": "정부는 어제 전국 모든 도시에서 보건과 교육을 위한 새로운 조치를 발표했습니다",
    "ja": "政府は昨日、国内のすべての都市で健康と教育のための新しい対策を発表した",
    "zh": "政府昨日宣布了在全国所有城市推行的卫生和教育新措施并表示将继续努力",
}


@by_guess
@pytest.mark.parametrize(("tag", "text"), TEXTS.items())
def test_a_language_is_told_from_the_text_where_nothing_is_declared(tag, text):
    """Spanish and Portuguese, Russian and Ukrainian, Arabic and Persian apart."""
    assert language.choose("", "", "", text) == tag


def test_declarations_win_in_their_order():
    """The operator's setting, the entry's xml:lang, the feed's; the text is not even asked."""
    text = TEXTS["de"]
    assert language.choose("fr", "es", "it", text) == "it"
    assert language.choose("fr", "es", "", text) == "fr"
    assert language.choose("", "es_MX", "", text) == "es-MX"


def test_what_is_no_language_is_passed_over():
    """ "utf-8" and "English" stand in real feeds."""
    assert language.choose("English", "utf-8", "it", "") == "it"
    assert language.choose("", "UTF-8", "", TEXTS["th"]) == "th"


@by_guess
@pytest.mark.parametrize(
    "tag", ["vi", "ru", "uk", "el", "ar", "fa", "he", "hi", "th", "ko", "ja", "zh"]
)
def test_a_default_that_the_letters_belie_is_passed_over(tag):
    """ "en-US" is what programs write unasked; these letters are not English."""
    assert language.choose("", "en-US", "", f"Apple Inc. {TEXTS[tag]}") == tag


@by_guess
def test_chinese_in_traditional_signs():
    """A feed of Taiwan that declares "zh" gets a line in the signs that its readers read."""
    traditional = "政府昨日宣布了在全國所有城市推行的衛生和教育新措施並表示將繼續努力"
    assert language.choose("", "zh", "", traditional) == "zh-Hant"
    assert language.choose("", "zh", "", TEXTS["zh"]) == "zh"
    assert language.choose("", "zh-CN", "", traditional) == "zh-CN"


def test_the_script_belies_no_language_that_it_writes():
    """Serbian has two, Japanese posts may be all Han signs, Chinese ones full of English names."""
    assert (
        language.choose("", "sr", "", "Влада је јуче објавила нове мере за здравство и образовање")
        == "sr"
    )
    assert (
        language.choose("", "sr", "", "Vlada je juče objavila nove mere za zdravstvo i obrazovanje")
        == "sr"
    )
    assert language.choose("", "ja", "", "東京都知事選挙結果発表会見全文掲載") == "ja"
    assert (
        language.choose(
            "", "zh-TW", "", "使用 Kubernetes 與 Docker Compose 部署 PostgreSQL 叢集的方法"
        )
        == "zh-TW"
    )
    assert language.choose("", "ru", "", "Kubernetes 1.30 release notes") == "ru"
    assert language.choose("", "he", "", "") == "he"


def test_english_that_is_full_of_vietnamese_names():
    """One such letter in thirty makes no Vietnamese, which has one in five."""
    text = "President Tô Lâm and Prime Minister Phạm Minh Chính met investors from Đà Nẵng in the capital on Friday"
    assert language.choose("en", "", "", text) == "en"


def test_the_setting_helps_where_the_feed_is_wrong():
    """Of two declarations the one that the letters allow."""
    assert language.choose("", "en", "zh-Hant-TW", TEXTS["zh"]) == "zh-Hant-TW"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["es"] * 12 + [""] * 8, "es"),
        (["de", "de", "de", "en"], "de"),
        (["ja"] * 4 + ["en"] * 2 + [""] * 25, "ja"),  # two thirds are enough
        (["fr"] * 10 + ["en"] * 8, ""),
        (["bg", "bg", "ru", ""], ""),  # two posts are not
        (["zh-Hant", "zh", "zh-Hant"], "zh-Hant"),
        ([""] * 9, ""),
    ],
)
def test_the_language_of_a_source(tags, expected):
    """What at least two thirds of its posts are in, three at the least; those that tell nothing
    don't count.
    """
    assert language.habit(tags) == expected


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("es", "MD ya está en Budapest", True),
        ("ru", "С 20.11.2023 прекращают работу БЗП «Полоцк»", True),
        ("ru", "Kubernetes 1.30", True),
        ("ru", "A guest writes about the new harbour", False),
        ("zh-Hant", "A guest writes about the new harbour", False),
        ("ja", "Jiftyを入れてみた", True),
        ("en", "品客大對決Ⅰ Author: monkey90418 Added: May 6, 2006", False),
        ("en", "", True),
        ("sr-Latn", "Влада је јуче објавила", True),
        ("vi", "Ha Noi, 12:30", True),
    ],
)
def test_the_letters_of_a_text_that_gives_no_language_away(tag, text, expected):
    """It may be in the language of its source unless it is plainly written in other letters."""
    assert language.befits(tag, text) is expected


@pytest.mark.parametrize(
    "text", ["", "OK", "Lorem ipsum", "🎉", "12:30", "\ud800", "a\x00b", "<<>>"]
)
def test_an_unsure_text_has_no_language(text):
    """Rather none than a wrong one: the feed's then holds."""
    assert language.choose("", "", "", text) == ""


def test_without_a_detector_what_is_declared_counts_and_the_script(monkeypatch):
    """A distribution may leave out both."""
    monkeypatch.setattr(detectors, "_detector", lambda: None)
    assert language.choose("", "", "", TEXTS["de"]) == ""
    assert language.choose("", "de", "", TEXTS["de"]) == "de"
    assert language.choose("", "en", "", TEXTS["th"]) == "th"


@pytest.mark.parametrize("tag", sorted(TEXTS))
def test_the_second_detector_where_the_first_has_no_wheels(tag, monkeypatch):
    """A sentence is in the same language for both."""
    monkeypatch.setattr(detectors, "_detector", lambda: detectors.by_langid)
    assert language.choose("", "", "", TEXTS[tag]) == tag


@pytest.mark.parametrize(
    "text", ["", "OK", "Lorem ipsum", "🎉", "12:30", "\ud800", "a\x00b", "<<>>"]
)
def test_an_unsure_text_for_the_second_detector(text, monkeypatch):
    """Rather none than a wrong one."""
    monkeypatch.setattr(detectors, "_detector", lambda: detectors.by_langid)
    assert language.choose("", "", "", text) == ""


def test_a_source_that_declares_its_language_loads_no_detector():
    """The tables are not for free."""
    code = (
        "import sys; from syndicator.normalizer import language as l;"
        "assert l.choose('', 'en', '', 'Plain words, and more of them here') == 'en';"
        "assert not {'pycld2', 'py3langid'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


COUNTRIES = {
    "br": ("pt", "O governo apresentou hoje uma nova proposta de orçamento para o próximo ano e muitos gostam dela"),
    "se": ("sv", "Regeringen har i dag lagt fram ett nytt förslag till budget och många är glada över det"),
    "ch": ("de", "Der Bundesrat hat heute einen neuen Vorschlag gemacht, über den sich viele sehr gefreut haben"),
    "co": ("es", "El gobierno presentó hoy una nueva propuesta de presupuesto para el año próximo, muy buena"),
    "ee": ("et", "Valitsus esitas täna uue eelarve ettepaneku järgmiseks aastaks ja inimesed on sellega rahul"),
    "ve": ("es", "La ciudad abrió ayer un parque nuevo junto al río y los vecinos llegaron con sillas y meriendas"),
    "za": ("en", "The town opened a new park by the river yesterday and all neighbours came with sandwiches"),
}  # fmt: skip


@by_guess
@pytest.mark.parametrize("code", COUNTRIES)
def test_a_country_for_a_language(code):
    """Over a text that is surely in another language it is no declaration; over a few words it stands."""
    tag, text = COUNTRIES[code]
    assert language.choose("", code, "", text) == tag
    assert language.choose("", code, "", "Kubernetes 1.30") == code
    assert language.choose("", "br", code, text) == tag


FRENCH = [
    f"Le conseil a voté hier {n} nouvelles mesures pour les écoles et les jardins du village"
    for n in range(3, 10)
]
GERMAN = [
    f"Der Rat hat gestern {n} neue Maßnahmen für die Schulen und die Gärten des Dorfes beschlossen"
    for n in range(3, 10)
]


@by_guess
def test_a_feed_whose_posts_are_all_in_another_language():
    """Five posts at the least, all of which are sure."""
    assert language.spoken_in_feed("en", FRENCH) == "fr"
    assert language.spoken_in_feed("en-US", [*FRENCH, "12:30"]) == "fr"
    assert language.spoken_in_feed("en", FRENCH[:4]) == ""
    assert language.spoken_in_feed("en", [*FRENCH, *GERMAN]) == ""
    assert language.spoken_in_feed("fr", FRENCH) == ""
    assert language.spoken_in_feed("fr", []) == ""
    assert (
        language.spoken_in_feed(
            "en", [*FRENCH, "The council voted for seven new measures for the schools"]
        )
        == ""
    )
    assert (
        language.spoken_in_feed(
            "nb", ["Regeringen har i dag fremsat et nyt forslag til finansloven"] * 9
        )
        == ""
    )


@by_guess
def test_a_later_fetch_of_such_a_feed():
    """One new post is enough to go on; five in the declared language end it."""
    assert language.spoken_in_feed("en", FRENCH[:1], "fr") == "fr"
    assert language.spoken_in_feed("en", ["12:30"], "fr") == "fr"
    english = [f"The council voted for {n} new measures for the schools" for n in range(3, 9)]
    assert language.spoken_in_feed("en", english, "fr") == ""
    assert language.spoken_in_post("en", "fr", FRENCH[0]) == "fr"
    assert language.spoken_in_post("en", "fr", "Ça va") == "fr"
    assert language.spoken_in_post("en", "fr", english[0]) == "en"
    assert language.spoken_in_post("en", "fr", GERMAN[0]) == "de"
