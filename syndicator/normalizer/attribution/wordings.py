"""How closing credits are worded, by language: data, our own observations in our own words, and its index.

Each row: locale, what it is, the words of which one must be there, the sentence. It is matched against folded text
(`lines.fold`: lower case, plain quotes and apostrophes, no Arabic vowel marks). `{post}` and `{site}` are one link
or a stretch of text each, `{n}` is up to three words ("The post", "El cargo": plugins translate it as they please).
Old and new wordings, with their mistakes, since feeds keep both for years. A row need not be strict: what it finds
counts only where links, title or name say that this post is meant (`evidence`).

    both   names the post and its site: "The post X appeared first on Y."
    site   names the site only, or links the post by the site's name: "Originally published at Y on March 3."
    own    says too little ("Source: Y") to prove anything but for the post's own site
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from syndicator import languages
from syndicator.normalizer.attribution import wordings_other_sites
from syndicator.normalizer.attribution.lines import MARKERS, fold

Kind = Literal["both", "site", "own"]


class Row(NamedTuple):
    """One wording."""

    locale: str
    kind: Kind
    words: str  # folded; one of these, as a word of its own (a substring in scripts without spaces)
    sentence: str


_FIRST = "(?:first|originally|initially|previously|firstly)"
_DONE = "(?:appeared|published|posted|written|printed|syndicated)"  # not "seen" or "shared": that is a via
_WAS_FIRST = f"(?:was|is|has been|had been|were)? ?(?:{_FIRST} {_DONE}|{_DONE} {_FIRST})"
_ON = (
    rf"(?:(?:by|for) (?:[^{MARKERS}]{{1,60}}?|[{MARKERS}](?= (?:on|at|in) [{MARKERS}])) )?"
    "(?:on|at|in|by|over at|over on|with|via|through|here|on the|in the|at the):?"
)
_DATE = rf"(?:,? (?:on|in|at|am|le|el|em|den|il|d\.|:)? ?[^.{MARKERS}]{{0,12}}[0-9]{{1,4}}[^.{MARKERS}]{{0,24}})?"
_MEDIUM = "(?: on (?:medium, where people are continuing .{0,120}|medium|substack|linkedin|dev\\.to|hashnode))?"
_PIECE = (
    "(?:(?:guest |blog )?(?:blog|post|article|entry|story|piece|interview|essay|column|review|episode|text|content|"
    "guide|tutorial|report|commentary|op-ed|newsletter|press release|work) )?"
)
_AGAIN = "(?:re-?published|reprinted|re-?posted|cross-?posted|x-posted|syndicated|reproduced)"
_TAIL = rf"(?:,? (?:and|and is|and was|and has been) {_AGAIN}[^.{MARKERS}]{{0,80}})?"
_LICENCE = "(?: under (?:a|an|the) .{1,80}licen[cs]e)?"
_READ = rf"(?:[.,;]? ?(?:(?:please )?(?:read|see) the )?(?P<post>[{MARKERS}])(?: here)?)?"
_CJK = "[〈《「『【]{0,2}+{post}[〉》」』】]{0,2}+"
_CJK_SITE = "[〈《「『【]{0,2}+{site}[〉》」』】]{0,2}+"

ROWS = (
    # English: Yoast and its kin (appeared first on), All in One SEO (first appeared on), Medium, The Conversation,
    # Discourse (companion discussion), import footers (Originally published at)
    Row("en", "both", "first originally initially previously",
        f"{{n}}{{post}},? {_WAS_FIRST} {_ON} {{site}}{_MEDIUM}{_DATE}"),
    Row("en", "both", "companion",
        "this is (?:a|the) companion discussion topic for the original entry at {post}"),
    Row("en", "site", "first originally initially previously",
        f"(?:(?:this|the|that|(?:a|an earlier) version of this|parts of this) ?{_PIECE})?{_WAS_FIRST} {_ON} "
        f"{{site}}{_MEDIUM}{_DATE}{_TAIL}{_LICENCE}{_READ}"),
    Row("en", "site", "republished re-published reprinted reposted re-posted syndicated cross-posted "
        "crossposted reproduced x-posted",
        f"(?:(?:this|the) {_PIECE}(?:is|was|has been) )?{_AGAIN} (?:here )?(?:with (?:kind )?permission )?"
        f"(?:from|by permission of|courtesy of) (?:the )?{{site}}{_LICENCE}{_READ}"),
    Row("en", "own", "source: original",
        "(?:(?:original )?(?:source|article|post|story)|post from|posted (?:on|at|in))(?: on| at| from)?:? ?{site}"),
    # Arabic puts the verb before or after
    Row("ar", "both", "أولا لأول للمرة",
        "(?:ظهرت|ظهر|نشرت|نشر) (?:هذه |هذا )?\\w+ {post} (?:أولا|لأول مرة|للمرة الأولى) (?:على|في|ب) ?(?:موقع "
        ")?{site}"),
    Row("ar", "both", "أولا لأول للمرة",
        "{n}{post} (?:ظهرت|ظهر|نشرت|نشر) (?:أولا|لأول مرة|للمرة الأولى) (?:على|في|ب) ?(?:موقع )?{site}"),
    Row("bg", "both", "път първо",
        "{n}{post} (?:(?:е|беше|бе|се) )?(?:публикуван[аo]?|появи|появява) (?:за (?:пръв|първи) път|първо|"
        "най-напред) (?:на|в|във) {site}"),
    Row("ca", "both", "primer primera originalment",
        "{n}{post} (?:ha aparegut|va aparèixer|es va publicar|s'ha publicat|apareix) "
        "(?:primer|per primera vegada|primerament|originalment) (?:a|en|al|a la) {site}"),
    Row("cs", "both", "pochází poprvé nejdříve nejprve původně jako",
        "{n}{post} (?:pochází z[e]?|(?:(?:se|byl|vyšel|je|objevil|zobrazil) )*"
        "(?:poprvé|nejdříve|nejprve|původně|jako první)(?: (?:se|objevil|zobrazil|byl|publikován|zveřejněn|vyšel))* "
        "(?:na|v|z))(?: webu)? {site}"),
    Row("da", "both", "først første oprindeligt",
        "{n}{post} (?:(?:blev|er|dukkede|udkom|stod) )?(?:vist |udgivet )?(?:først|første gang|oprindeligt|for "
        "første gang)"
        "(?: (?:udgivet|bragt|vist|op|publiceret|set))? ?(?:på|den|i|hos) {site}"),
    Row("de", "both", "zuerst erstmals ursprünglich zunächst",
        "{n}{post} (?:(?:ist|erschien|wurde|stammt|kam) )?(?:(?:zuerst|erstmals|ursprünglich|zunächst) )+"
        "(?:(?:auf|bei|in|im|von|aus|unter) )?(?:dem blog |der seite )?{site}(?: erschienen| veröffentlicht| "
        "publiziert)?"),
    Row("de", "site", "zuerst erstmals ursprünglich",
        "(?:(?:dieser|dieses) (?:beitrag|artikel|eintrag|post|text) )?(?:(?:ist|erschien|wurde) )?"
        "(?:zuerst|erstmals|ursprünglich) (?:(?:erschienen|veröffentlicht|publiziert) )?(?:auf|bei|in|im|unter) "
        f"{{site}}(?: erschienen| veröffentlicht| publiziert)?{_DATE}"),
    Row("el", "both", "πρώτα πρώτη αρχικά πρωτοεμφανίστηκε πρωτοδημοσιεύτηκε",
        "{n}{post} \\w+(?: πρώτα| για πρώτη φορά| αρχικά)? (?:στο|στη|στην|στον|σε|από) {site}"),
    Row("es", "both", "primero primera originalmente primer",
        "{n}{post} (?:se publicó|aparece|apareció|fue publicad[oa]|se ha publicado|ha aparecido|es publicad[oa]|se "
        "publica|salió) "
        "(?:primero|por primera vez|originalmente|en primer lugar) (?:en|por) {site}"),
    Row("es", "site", "originalmente primera primero",
        "(?:(?:est[ea]) (?:entrada|post|artículo|publicación|nota|texto) )?(?:(?:se|fue|ha sido) )?"
        f"(?:publicad[oa]|publicó|apareció) (?:originalmente|por primera vez|primero) (?:en|por) {{site}}{_DATE}"),
    Row("eu", "both", "lehenengo lehen lehenik",
        "{post} \\w+ (?:lehenengo|lehenik|lehen aldiz|lehen) {site} ?(?:-?\\(?e?\\)?n|webgunean|gunean|atarian)? "
        "?(?:agertu|argitaratu|publikatu) zen"),
    Row("fa", "both", "اولین نخستین",
        "{n}{post} (?:برای )?(?:اولین بار|نخستین بار) (?:در|بر|روی|توسط) (?:سایت |وبسایت )?{site}\\.? ?(?:پدیدار|"
        "منتشر|ظاهر|نمایان|دیده) شد(?:ه است)?"),
    Row("fi", "both", "ensimmäisen ensimmäisenä alunperin alun ensin ensimmäiseksi",
        "{n}{post} (?:julkaistiin|ilmestyi|on julkaistu|näkyi) "
        "(?:ensimmäisen kerran|ensimmäisenä|alun perin|alunperin|ensin|ensimmäiseksi) (?:(?:sivustolla|blogissa|"
        "sivulla|sivustossa|verkkosivulla) )?{site}(?::?ss[aä]|:?ll[aä])?"),
    Row("fr", "both", "premier première initialement d'abord l'origine originellement",
        "{n}{post} (?:est|a été|fut) (?:(?:apparu|paru|publié|posté|diffusé)e? )?"
        "(?:en premier|pour la première fois|initialement|d'abord|à l'origine|originellement) (?:(?:apparu|paru|"
        "publié)e? )?(?:sur|dans|par|chez|le|au|aux) (?:le |la |les )?{site}"),
    Row("fr", "site", "initialement l'origine originellement d'abord",
        "(?:(?:cet|ce|cette) (?:article|billet|texte|publication) )?(?:(?:a été|est|fut) )?(?:(?:initialement|"
        "d'abord|à l'origine|originellement) )?"
        "(?:publié|paru|apparu)e? (?:(?:initialement|d'abord|à l'origine|originellement) )?(?:sur|dans|par|chez) "
        f"{{site}}{_DATE}"),
    Row("gl", "both", "primeiro primeira orixinalmente",
        "{n}{post} (?:publicouse|apareceu|aparece|foi publicad[oa]) (?:primeiro|por primeira vez|orixinalmente) "
        "(?:en|no|na) {site}"),
    Row("he", "both", "לראשונה ראשון ראשונה במקור",
        "{n}{post} (?:הופיע|הופיעה|פורסם|פורסמה|התפרסם|התפרסמה) (?:לראשונה|ראשון|ראשונה|במקור) ?(?:ב|באתר|בבלוג)[ "
        "-]*{site}"),
    Row("hi", "both", "पहले पहली सर्वप्रथम",
        "{n}{post} (?:सबसे )?(?:पहले|पहली बार|सर्वप्रथम) {site} (?:पर|में) (?:दिखाई दिया|दिखाई दी|प्रकाशित हुआ|"
        "प्रकाशित हुई|प्रकट हुआ|प्रकट हुई|छपा)(?: था| थी)?।?"),
    Row("hr", "both", "prvi prvo izvorno najprije",
        "{n}{post} (?:(?:se|je|pojavila|pojavio|pojavljuje|objavljen[ao]?) )*(?:(?:po )?prvi puta?|prvo|izvorno|"
        "najprije)"
        "(?: (?:se|je|viđen[ao]?|objavljen[ao]?|pojavio|pojavila))* (?:na|u) {site}"),
    Row("hu", "both", "először eredetileg elsőként",
        "(?:az? |a\\(z\\) )?(?:bejegyzés |cikk |írás |poszt )?{post} (?:című )?(?:bejegyzés |cikk |írás |poszt |"
        "post )?(?:először|eredetileg|elsőként) (?:az? |a\\(z\\) )?"
        "{site}(?: ?-?(?:é|e|o|ö)?n| oldalo?n| weboldalon| blogon| honlapon)? (?:jelent meg|volt olvasható|látható)"),
    Row("id", "both", "pertama awal awalnya terlebih",
        "{n}{post} (?:(?:muncul|tampil|ditampilkan|diterbitkan|dipublikasikan|terbit) )?(?:pertama kali|pertama|"
        "lebih awal|awalnya|terlebih dahulu) ?"
        "(?:muncul|tampil|ditampilkan|diterbitkan|dipublikasikan|terbit)? (?:pada|di|oleh) {site}"),
    Row("it", "both", "proviene primo prima originariamente originalmente inizialmente sembra",
        "{n}{post} (?:proviene da|sembra essere il primo su|(?:è |è stato |è stata )?"
        "(?:apparso|apparsa|pubblicat[oa]|uscito|comparso) (?:per la prima volta|per primo|prima|originariamente|"
        "originalmente|inizialmente) (?:su|in|da|nel)) {site}"),
    Row("it", "site", "originariamente originalmente inizialmente",
        "(?:(?:questo|quest') ?(?:articolo|post|testo) )?(?:(?:è stato|è) )?(?:(?:originariamente|originalmente|"
        "inizialmente) )?"
        "(?:pubblicat[oa]|apparso) (?:(?:originariamente|originalmente|inizialmente|per la prima volta) )?(?:su|in|"
        f"da) {{site}}{_DATE}"),
    Row("ja", "both", "最初に 公開された 登場しました 初出 初めて",
        f"(?:(?:この)?(?:投稿|記事|エントリー|ブログ記事) ?)?{_CJK} ?は、? ?{_CJK_SITE} ?"
        "(?:[にの]最初に(?:表示され|登場し|掲載され)ました|で公開された投稿です|で最初に公開され(?:ました|た記事です)"
        "|が初出です|に初めて登場しました)"),
    Row("ko", "both", "처음 먼저 최초로",
        "{n}{post}(?: ?(?:은\\(는\\)|이\\(가\\)|[이가은는을를]))?(?: ?(?:글|게시물|포스트)(?:은|는|이|가))? {site}"
        "(?: 사이트)? ?(?:에서|에)? (?:가장 )?(?:처음|먼저|최초로) ?"
        "(?:등장|게시|발행|공개|나타|게재|작성|출판|올라)[가-힣 ]{1,8}"),
    Row("nb", "both", "først opprinnelig første",
        "{n}{post} (?:(?:dukket|ble|er|blei|vart|stod|sto|kom) )?(?:publisert )?(?:først|opprinnelig|for første "
        "gang|første gang)(?: (?:opp|publisert|vist))? ?(?:på|i|hos) {site}"),
    Row("nl", "both", "eerst eerste oorspronkelijk",
        "{n}{post} (?:(?:is|verscheen|werd|verschenen) )?(?:als )?(?:eerst|eerste|het eerst|voor het eerst|"
        "oorspronkelijk)"
        "(?: (?:verschenen|gepubliceerd|geplaatst|te zien))? (?:op|bij|in|van) {site}(?: verschenen| gepubliceerd| "
        "geplaatst)?"),
    Row("nl", "both", "verscheen",
        "{n}{post} verscheen (?:op|bij) {site}"),
    Row("pl", "both", "pochodzi pierwszy pierwotnie najpierw",
        "{n}{post} (?:pochodzi ze?(?: serwisu| strony| bloga)?|(?:(?:po ?raz pierwszy|pierwotnie|najpierw|jako "
        "pierwszy) )?"
        "(?:pojawił się|ukazał się|został opublikowany|opublikowano|pojawia się)(?: (?:po ?raz pierwszy|najpierw|"
        "pierwotnie|jako pierwszy))? (?:w|we|na|przez)(?: serwisie| stronie| blogu)?) {site}"),
    Row("pt", "both", "primeiro primeira originalmente primeiramente",
        "{n}{post} (?:apareceu|aparece|foi publicad[oa]|publicad[oa]|surgiu|saiu|é publicad[oa]) "
        "(?:primeiro|primeiramente|pela primeira vez|originalmente|em primeiro lugar) (?:em|no|na|nos|nas|por) "
        "{site}"),
    Row("pt", "site", "originalmente primeira primeiro",
        "(?:(?:este|esta) (?:post|artigo|texto|publicação|matéria|conteúdo) )?(?:(?:foi|é) )?(?:originalmente )?"
        "(?:publicad[oa]|apareceu) (?:(?:originalmente|pela primeira vez|primeiro) )?(?:em|no|na|por) "
        f"{{site}}{_DATE}"),
    Row("ro", "both", "prima întâi inițial iniţial premieră",
        "{n}{post} (?:(?:apare|a apărut|a fost publicat|s-a publicat|este publicat)ă? )?(?:pentru )?(?:prima dată|"
        "prima oară|mai întâi|ini[țţ]ial|în premieră) (?:în|pe|la|de) {site}"),
    Row("ru", "both", "сначала впервые изначально первоначально",
        "{n}{post} (?:(?:была |был )?(?:появил(?:ись|ась|ось|ся)|опубликован[аоы]?|выш(?:ла|ел)) )?(?:сначала|"
        "впервые|изначально|первоначально) ?"
        "(?:(?:была |был )?(?:появил(?:ись|ась|ось|ся)|опубликован[аоы]?|выш(?:ла|ел)))? ?(?:на сайте|на|в блоге|в|"
        "сайтом)? ?{site}"),
    Row("sk", "both", "prvý prvýkrát najskôr najprv pôvodne prvykrát prvá",
        "{n}{post} (?:(?:je|sa|bol|bola|vyšiel|pochádza|zobrazený|publikovaný|zverejnený|objavil) )*(?:ako prvý|"
        "(?:po )?prvý ?krát|najskôr|najprv|pôvodne)"
        "(?: (?:zobrazený|publikovaný|zverejnený|objavil|vyšiel))? ?(?:na|v|z)? ?(?:webe |stránke )?{site}"),
    Row("sl", "both", "prvič najprej prvotno izvirno",
        "{n}{post} (?:(?:je|se|bil|bila) )*(?:najprej|prvič|prvotno|izvirno)(?: (?:se|je|objavljen[ao]?|"
        "pojavil[ao]?))* (?:na|v) {site}"),
    Row("sr", "both", "прво први првобитно најпре",
        "{n}{post} (?:(?:се|је|појављује|појавио|појавила|објављен[ао]?) )*(?:прво|први пут|по први пут|првобитно|"
        "најпре)(?: (?:се|појавио|појавила|објављен[ао]?))* (?:на|у) {site}"),
    Row("sv", "both", "först första ursprungligen",
        "{n}{post} (?:(?:dök|publicerades|är|blev|kom|syntes) )?(?:upp )?(?:först|för första gången|"
        "ursprungligen)(?: (?:upp|publicerad|publicerat))? ?(?:på|i|hos|av) {site}"),
    Row("th", "both", "ครั้งแรก",
        "(?:บทความ|เรื่อง|โพสต์)? ?{post} ?(?:ปรากฏ|เผยแพร่|โพสต์|ลง)?(?:ขึ้น)?ครั้งแรก(?:ที่|บน|ใน|เมื่อ) ?{site}"),
    Row("tr", "both", "ilk önce",
        "(?:sonrası )?{post} (?:adlı )?(?:yazısı |makalesi |içeriği |gönderisi |haberi )?(?:ilk (?:önce |kez |"
        "olarak )?)?{site}(?: ?['-]?[dt][ae])? ?(?:üzerinde|sitesinde|adresinde|tarafından)? ?"
        "(?:ilk (?:önce |kez |olarak )?)?(?:ortaya çıktı|yayınlandı|yayımlandı|göründü|çıktı|paylaşıldı)"),
    Row("uk", "both", "спершу вперше уперше спочатку першочергово",
        "{n}{post} (?:(?:з'явиться|з'явився|з'явилас[яь]|опублікован[оаий]{0,2}|був опублікований) )?(?:спершу|"
        "вперше|уперше|спочатку|першочергово)"
        "(?: (?:з'явиться|з'явився|з'явилася|опублікован[оаий]{0,2}))? ?(?:на сайті|на|в|у)? ?{site}"),
    Row("vi", "both", "đầu",
        "{n}{post} (?:đã |được )*(?:xuất hiện|đăng tải|đăng|xuất bản|công bố) (?:lần )?đầu(?: tiên)?(?: lần)? "
        "(?:vào ngày|vào|trên trang|trên|tại trang|tại|ở|bởi) {site}"),
    Row("zh", "both", "最先出现 最先出現 首发 首發 首次出现 首先出现 最早出现 最早出現 最早發佈 最早發布 最早发布 "
        "首次發表 首次发表",
        f"(?:这篇文章|這篇文章|文章|本文|博文)? ?{_CJK} ?[,，]? ?(?:这篇文章|這篇文章|文章|一文)? ?"
        "(?:最先出[现現]|首[发發]|首次出[现現]|首先出现|最早出[现現]|最早[發发][佈布]|首次[發发]表)[在於于]? ?"
        f"{_CJK_SITE} ?"),
    Row("zh", "site", "首发 首發 原载 原載 最早发表",
        f"(?:本文|本篇文章|這篇文章|这篇文章)? ?(?:最早|最初)?(?:首发|首發|原载|原載|发表|發表)[於于] ?{_CJK_SITE} ?"),
    Row("de", "own", "quelle quelle:",
        "quelle:? ?{site}"),
    # Planète jQuery puts both under each post, on two lines: whose it is, then itself.
    Row("fr", "own", "original d'origine",
        "(?:article|billet|texte) (?:original|d'origine)(?: (?:de|par|sur|chez))?(?: ?:)? ?{site}"),
    Row("fr", "own", "aller",
        "aller sur (?:le (?:site|blog) (?:de )?)?{site}"),
    Row("es", "own", "fuente fuente:",
        "fuente:? ?{site}"),
    Row("it", "own", "fonte fonte:",
        "fonte:? ?{site}"),
    Row("vi", "own", "nguồn nguồn:",
        "nguồn:? ?{site}"),
    Row("ru", "own", "источник источник:",
        "источник:? ?{site}"),
    Row("zh", "own", "来源 來源 原文",
        "(?:来源|來源|原文|原文链接|文章来源|本文来源)[:：]? ?{site}"),
    Row("ja", "own", "出典 引用元 元記事",
        "(?:出典|引用元|元記事)[:：]? ?{site}"),
)  # fmt: skip

# What stands before and after the title in the commonest wordings: all that is left of a line that an aggregator cut.
LEADS = {
    "the post ": ("appeared first on", "first appeared on"), "der beitrag ": ("erschien zuerst auf",),
    "l'article ": ("est apparu en premier sur",), "la entrada ": ("se publicó primero en", "aparece primero en"),
    "het bericht ": ("verscheen eerst op",), "o post ": ("apareceu primeiro em",), "l'articolo ": ("proviene da",),
    "bài viết ": ("đã xuất hiện đầu tiên",), "artykuł ": ("pochodzi z serwisu",), "inlägget ": ("dök först upp på",),
    "innlegget ": ("dukket først opp på",), "indlægget ": ("blev først udgivet på",), "příspěvek ": ("pochází z",),
    "artikkeli ": ("julkaistiin ensimmäisen kerran",), "сообщение ": ("появились сначала на",),
    "запись ": ("впервые появилась",), "l'entrada ": ("ha aparegut primer a",), "投稿 ": ("は",),
    "the article ": ("appeared first on", "first appeared on"),
}  # fmt: skip
WRITTEN_LEADS = tuple(lead[0].upper() + lead[1:] for lead in LEADS)
# What an English sentence must call another's post: "The show X first appeared on Y" is about a show.
WRITINGS = re.compile(rf"(?:the|this|my|our|your|a|an)? ?{_PIECE.removesuffix('?')}")


# ---------------------------------------------------------------------------------------------------
# The index
# ---------------------------------------------------------------------------------------------------

_SPACELESS = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u2e80", "\u9fff"),
)
_ENDS = ("", ".", ":", "।", "۔", "։")
_VOWELLED = ("أولاً", "أولًا", "أوّلاً", "أوّلًا")  # folding takes the vowel marks off
_STOP = " .。।۔։:、，「」『』《》〈〉\"'“”‘’„«»()"


class Index(NamedTuple):
    """Which rows a text may match, by a word of it."""

    words: dict[str, list[Row]]
    parts: dict[str, list[Row]]  # substrings, of scripts without spaces

    def rows(self, text: str) -> list[Row]:
        """Return the rows that share a word with a folded text, in the order of its words."""
        found: dict[Row, None] = {}
        for word in text.split():
            found.update(dict.fromkeys(self.words.get(word.strip(_STOP), ())))
        if not text.isascii():
            for part, rows in self.parts.items():
                if part in text:
                    found.update(dict.fromkeys(rows))
        return list(found)


@lru_cache(maxsize=1)
def index() -> Index:
    """Index the wordings of others and all of ours: our feed may be somebody's source, and we theirs."""
    made = Index({}, {})
    for row in (
        *ROWS,
        *(Row(locale, "site", words, said) for locale, words, said in wordings_other_sites.ROWS),
        *_ours(),
    ):
        for word in row.words.split():
            (made.parts if _is_spaceless(word) else made.words).setdefault(
                word.rstrip(":"), []
            ).append(row)
    return made


def _is_spaceless(word: str) -> bool:
    return not word.isascii() and any(
        first <= sign <= last for sign in word for first, last in _SPACELESS
    )


def _ours() -> list[Row]:
    return [
        row
        for tag, words in languages.table().items()
        for row in (
            _our_row(tag, "both", words["titled"]),
            _our_row(tag, "site", words["untitled"]),
        )
    ]


def _our_row(tag: str, kind: Kind, text: str) -> Row:
    # The slots take the quotes round them in any form.
    sentence = re.sub(
        "[\"'](\\\\{post\\\\})[\"']", r"\1", re.escape(fold(text.rstrip(_STOP))).replace(r"\ ", " ")
    )
    literal = re.sub(r"\{\w+\}", " ", fold(text))
    longest = max((word.strip(_STOP) for word in literal.split()), key=len)
    return Row(
        tag, kind, longest, sentence.replace(r"\{post\}", "{post}").replace(r"\{source\}", "{site}")
    )


@lru_cache(maxsize=1)
def vocabulary() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return words of which a credit has one, as they may stand at a line's start too, and a pattern of substrings."""
    found = index()
    cased = {
        form for word in found.words for form in (word, word.capitalize(), word.replace("'", "’"))
    }
    return frozenset(word + end for word in (*cased, *_VOWELLED) for end in _ENDS), re.compile(
        "|".join(map(re.escape, found.parts))
    )


# ---------------------------------------------------------------------------------------------------
# Sentences as patterns
# ---------------------------------------------------------------------------------------------------

# No slot reaches back over the end of a sentence: a title that has one is known, and a marker.
_QUOTED = r"[\"'(\[]{0,2}+(?![\"'(\[ ])"
_UNQUOTED = r"[\"')\]]{0,2}+"
_SITE = rf"{_QUOTED}(?P<site>(?P<linked>[{MARKERS}])|(?:[^{MARKERS}.!?…]|[.!?…](?! )){{1,80}}?){_UNQUOTED}"
_POST = rf"{_QUOTED}(?P<post>[{MARKERS}]|(?:[^{MARKERS}.!?…]|[.!?…](?! )){{1,150}}?){_UNQUOTED}"
_WORDS = rf"(?:[^\s{MARKERS}.!?…\])\"]+ ){{0,3}}?"
# The sentence is the whole line, or follows the end of another: a credit after a comma is part of a sentence. Where
# an excerpt has no full stop ("Continue reading The post ..."), the words before a title that is known tell.
_ALONE = rf"^[^\w{MARKERS}]*+(?P<lead>)"
_SAID = "|".join(lead.strip() for lead in LEADS)
_AFTER = (
    r"^(?P<lead>.*(?:[.!?…:;|\]}\"'>*] |[.!?…\]]\) |[.!?…\]>*。！？」』\n]| - "
    rf"| (?=(?:{_SAID}) [{MARKERS}])))"
)
# More may follow a linked site ("- do not reproduce this article"); a site as text ends the line.
_REST = rf"(?(linked)(?P<rest>(?:[^\w].{{0,250}})?)|[^\w{MARKERS}]*)$"


def patterns(row: Row) -> Iterator[re.Pattern[str]]:
    """Yield a row's patterns for folded text: the whole line, then what closes one.

    Groups: `lead` (what stands before), `body` (the sentence), `post`, `site`, `rest` (what follows).
    """
    for lead in (_ALONE, _AFTER):
        yield _compiled(row, lead)


@lru_cache(maxsize=1024)
def _compiled(row: Row, lead: str) -> re.Pattern[str]:
    """Compile a row: two milliseconds, once, so only what is come to."""
    sentence = (
        row.sentence.replace("{n}", _WORDS).replace("{site}", _SITE, 1).replace("{post}", _POST, 1)
    )
    if "{site}" not in row.sentence:
        sentence += r"(?P<linked>)"
    return re.compile(f"{lead}(?P<body>{sentence}){_REST}", re.DOTALL)
