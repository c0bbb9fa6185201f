"""The words of a post in the scripts of the world, and what two posts of one language have in
common by them.
"""

from __future__ import annotations

import pytest
from related_helpers import Shop

from syndicator import tokens
from syndicator.model.post import Keys, Post
from syndicator.related import terms, tuning, vectors


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bản án cho cựu Chủ tịch", ["bản", "án", "cho", "cựu", "chủ", "tịch"]),
        ("Straßenbahn, ÖPNV", ["strassenbahn", "öpnv"]),
        ("東京都は晴れ", ["東京", "京都", "都は", "は晴", "晴れ"]),
        ("กรุงเทพ", ["กร", "รุ", "ุง", "งเ", "เท", "ทพ"]),
        ("서울에서", ["서울", "울에", "에서"]),
        ("हिन्दी समाचार।", ["हिन्दी", "समाचार"]),
        ("الأخبار العاجلة", ["الأخبار", "العاجلة"]),
        ("ｆｕｌｌｗｉｄｔｈ ２０２４", ["fullwidth", "2024"]),
        ("see https://x.example/a?b=c#d now", ["see", "now"]),
        ("", []),
    ],
)
def test_a_text_is_parted_into_words_as_its_script_does(text: str, words: list[str]) -> None:
    """Words where there are spaces, with their vowel signs; pairs of letters where there are none;
    no addresses.
    """
    assert tokens.words(text).split() == words


def test_an_address_tells_its_words_but_no_numbers() -> None:
    """Section and subject often stand in a permalink; ids and dates tell nothing."""
    assert terms.slug("https://a.example/2024/11/sport/ng%C6%B0%E1%BB%9Di-x9y8-final_12.html") == [
        "sport",
        "người",
        "final",
    ]
    assert terms.slug("") == []


PAIRS = {
    "de": ("Hochwasserschutz an der Elbe beschlossen", "Elbe: Streit um Schutz vor Hochwasser", "Straßenbahn ab Mai"),
    "fi": ("Hallituksen budjettiriihi alkoi", "Hallitus sopi budjetista", "Kissat nukkuvat päivisin"),
    "zh": ("北京地铁新线路开通", "地铁新线在北京投入运营", "如何烤出好吃的面包"),
    "ja": ("東京で地下鉄が止まる", "地下鉄が東京で運転見合わせ", "おいしいパンの焼き方"),
    "th": ("น้ำท่วมกรุงเทพวันนี้", "กรุงเทพน้ำท่วมหนัก", "วิธีทำขนมปังอร่อย"),
    "ko": ("서울에서 지하철이 멈췄다", "서울의 지하철 운행 중단", "맛있는 빵 굽는 법"),
    "vi": ("Ngập lụt ở Hà Nội sáng nay", "Hà Nội ngập sau mưa lớn", "Cách nướng bánh mì ngon"),
    "ar": ("فيضانات في المدينة صباح اليوم", "المدينة تواجه فيضانات", "طريقة خبز الخبز"),
    "hi": ("दिल्ली में मेट्रो बंद हुई", "मेट्रो बंद, दिल्ली में भीड़", "अच्छी रोटी कैसे बनाएं"),
}  # fmt: skip


@pytest.mark.parametrize("language", PAIRS)
def test_two_headlines_of_one_story_find_each_other_in_any_language(language: str) -> None:
    """Compounds, inflections, syllables and scripts without spaces are no hindrance."""
    shop = Shop()
    for others in PAIRS.values():
        for title in others:
            shop.add(title, source=f"s{len(shop.posts)}")
    titles = [post.title for post in shop.posts.values()]
    one, two = titles.index(PAIRS[language][0]) + 1, titles.index(PAIRS[language][1]) + 1
    assert shop.index.near(one)[0].number == two
    assert shop.index.near(two)[0].number == one
    shop.db.close()


def test_a_category_relates_two_posts() -> None:
    """What a source files under one heading belongs together, words or not."""
    shop = Shop()
    post = shop.add("Third time lucky", "He did it at last.", categories=("Chess Olympiad",))
    shop.add("Noodles for ten", "We cooked for friends.", categories=("Kitchen",))
    same = shop.add("A quiet morning", "Nobody spoke in the hall.", categories=("chess olympiad",))
    assert shop.index.near(post)[0].number == same
    shop.db.close()


def test_only_the_first_part_of_a_long_body_is_looked_at() -> None:
    """An article says early what it is about; the rest costs time."""
    texts = "alpha " * 10, "alpha " * 10 + "x " * tuning.BODY_CHARACTERS + "omega"
    early, late = terms.packed([Post("a", Keys(), "", text=text) for text in texts])
    assert len(late) == len(early) + vectors.TERM.itemsize
