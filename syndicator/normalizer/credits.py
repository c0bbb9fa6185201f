"""How closing credits are worded, by language: data for `attribution`, our own observations in our own words.

Each row: locale, what it is, the words of which one must be there, the sentence. It is matched against folded text
(`recognise.fold`: lower case, plain quotes and apostrophes, no Arabic vowel marks), where `{post}` and `{site}` are
one link or a stretch of text each. Old and new wordings, with their mistakes, since feeds keep both for years.

    both   names the post and its site: "The post X appeared first on Y."
    site   names the site only, or links the post by the site's name: "Originally published at Y on March 3."
    own    says too little ("Source: Y") to prove anything but for the post's own site
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["both", "site", "own"]


class Row(NamedTuple):
    locale: str
    kind: Kind
    words: str  # one of these, as a word of its own (a substring in scripts without spaces)
    sentence: str


_NOUN = "(?:blog )?(?:post|posting|article|entry|story|piece|item|episode|review|interview|essay|column|content|page)"
_FIRST = "(?:first|originally|initially|previously|firstly)"
_DONE = "(?:appeared|published|posted|shared|released|written|featured|seen|shown|broadcast)"
_EN_FIRST = f"(?:(?:was|is|has been|had been|were)? ?(?:{_FIRST} {_DONE}|{_DONE} {_FIRST}))"
_EN_ON = "(?:(?:by|for) [^\ue000]{1,60}? )?(?:on|at|in|by|over at|over on|with|via|through|here:|on the|in the|at the)"
_DATE = "(?:,? (?:on|in|at|am|le|el|em|den|il|d\\.|:)? ?[^.\ue000-\uf8ff]{0,12}[0-9]{1,4}[^.\ue000-\uf8ff]{0,24})?"
_MEDIUM = "(?: on medium, where people are continuing .{0,120})?"
_LICENCE = "(?: under (?:a|an|the) .{1,80}licen[cs]e)?"

ROWS: tuple[Row, ...] = (
    # English: Yoast and its kin (appeared first on), All in One SEO (first appeared on), Medium, The Conversation,
    # Discourse (companion discussion), import footers (Originally published at)
    Row("en", "both", "first originally initially previously",
        f"(?:the |this |my |our |your )?(?:{_NOUN} )?{{post}},? {_EN_FIRST} {_EN_ON} {{site}}{_MEDIUM}{_DATE}"),
    Row("en", "both", "from", f"(?:the |this )?{_NOUN} {{post}} (?:is|comes|came|was taken) from {{site}}"),
    Row("en", "both", "from", "{post} is (?:a |an )?(?:blog )?(?:post|article|entry|story) (?:from|by|on|at) {site}"),
    Row("en", "both", "companion", "this is (?:a|the) companion discussion topic for the original entry at {post}"),
    Row("en", "site", "first First originally Originally initially previously Previously",
        f"(?:(?:this|the|that|a version of this|an earlier version of this|parts of this|it) ?(?:{_NOUN} )?)?"
        f"{_EN_FIRST} {_EN_ON}:? {{site}}{_MEDIUM}{_DATE}"
        "(?:,? (?:and|and is|and was|and has been) (?:re-?published|reproduced|reprinted|reposted|syndicated)"
        "[^.\ue000-\uf8ff]{0,80})?"),
    Row("en", "site", "republished Republished reprinted Reprinted reposted Reposted syndicated Syndicated cross-posted "
        "Cross-posted crossposted Crossposted reproduced re-published Re-published x-posted",
        f"(?:(?:this|the) (?:{_NOUN} )?(?:is|was|has been) )?"
        "(?:re-?published|reprinted|re-?posted|cross-?posted|x-posted|syndicated|reproduced) (?:here )?"
        "(?:with (?:kind )?permission )?(?:from|by permission of|courtesy of) (?:the )?"
        f"{{site}}{_LICENCE}(?:[.,;]? ?(?:read|see) the {{post}}(?: here)?)?"),
    Row("en", "own", "source Source source: Source: original Original Original: from From from: From: credit: Credit:",
        "(?:(?:original )?(?:source|article|post|story|credit)|post from|posted (?:on|at|in)|from|originally from)"
        "(?: on| at| from)?:? ?{site}"),
    Row("en", "own", "post Post article Article entry Entry", f"(?:the |this )?{_NOUN}:? {{post}} ?(?:from|on|at|by|-|\\|) {{site}}"),
    # The rest of the world, by language
    Row("ar", "both", "أولا أولاً أولًا لأول",
        "(?:ظهرت|ظهر|نشرت|نشر) (?:هذه |هذا )?(?:المقالة|التدوينة|المقال|الموضوع|المنشور) {post} "
        "(?:أولا|لأول مرة|للمرة الأولى) (?:على|في|ب) ?(?:موقع )?{site}"),
    Row("ar", "both", "أولا أولاً أولًا لأول",
        "(?:المقالة|التدوينة|المقال|الموضوع|المنشور) {post} (?:ظهرت|ظهر|نشرت|نشر) (?:أولا|لأول مرة|للمرة الأولى) "
        "(?:على|في|ب) ?(?:موقع )?{site}"),
    Row("bg", "both", "път първо", "(?:материалът|публикацията|статията|постът) {post} (?:(?:е|беше|бе|се) )?"
        "(?:публикуван[аo]?|появи|появява) (?:за (?:пръв|първи) път|първо|най-напред) (?:на|в|във) {site}"),
    Row("ca", "both", "primer primera originalment", "(?:l'entrada|l'article|la publicació|l'apunt) {post} "
        "(?:ha aparegut|va aparèixer|es va publicar|s'ha publicat|apareix|s'ha publicat) "
        "(?:primer|per primera vegada|primerament|originalment) (?:a|en|al|a la) {site}"),
    Row("cs", "both", "pochází poprvé nejdříve nejprve původně", "(?:příspěvek|článek|zápisek) {post} (?:"
        "pochází z[e]?|(?:se )?(?:poprvé|nejdříve|nejprve|jako první)(?: se)? ?(?:objevil|zobrazil|byl publikován)? (?:na|v|z)|"
        "(?:byl|se|vyšel|je)? ?(?:poprvé|nejdříve|nejprve|původně) ?(?:publikován|zveřejněn|objevil|vyšel)? (?:na|v|z))"
        "(?: webu)? {site}"),
    Row("da", "both", "først første oprindeligt", "(?:indlægget|artiklen|opslaget) {post} (?:(?:blev|er|dukkede|udkom) )?"
        "(?:først (?:udgivet|bragt|vist|op|publiceret|set)?|vist første gang|udgivet første gang|oprindeligt udgivet|for første gang vist)"
        " ?(?:på|den|i|hos) {site}"),
    Row("de", "both", "zuerst erstmals ursprünglich zunächst", "(?:der |dieser |die |das |dieses |ein )?(?:beitrag|artikel|eintrag|post|text|blogbeitrag|blogpost) "
        "{post} (?:(?:ist|erschien|wurde|stammt|kam) )?(?:zuerst |erstmals |ursprünglich |zunächst )+"
        "(?:(?:auf|bei|in|im|von|aus|unter) )?(?:dem blog |der seite )?{site}(?: erschienen| veröffentlicht| publiziert)?"),
    Row("de", "site", "zuerst Zuerst erstmals Erstmals ursprünglich Ursprünglich", "(?:(?:dieser|der|die|das|dieses) (?:beitrag|artikel|eintrag|post|text) )?"
        "(?:(?:ist|erschien|wurde) )?(?:zuerst|erstmals|ursprünglich) (?:(?:erschienen|veröffentlicht|publiziert) )?"
        f"(?:auf|bei|in|im|unter) {{site}}(?: erschienen| veröffentlicht| publiziert)?{_DATE}"),
    Row("el", "both", "πρώτα πρώτη αρχικά", "(?:το άρθρο|η ανάρτηση|το κείμενο|η δημοσίευση) {post} (?:εμφανίστηκε|δημοσιεύτηκε|δημοσιεύθηκε|πρωτοεμφανίστηκε) "
        "(?:πρώτα|για πρώτη φορά|αρχικά) ?(?:στο|στη|στην|στον|σε|από) {site}"),
    Row("es", "both", "primero primera originalmente", "(?:la |el |esta |este )?(?:entrada|post|artículo|publicación|nota|noticia) {post} "
        "(?:se publicó|aparece|apareció|fue publicad[oa]|se ha publicado|ha aparecido|es publicad[oa]|se publica|salió) "
        "(?:primero|por primera vez|originalmente|en primer lugar) (?:en|por) {site}"),
    Row("es", "site", "originalmente Originalmente primera", "(?:(?:est[ea]|el|la) (?:entrada|post|artículo|publicación|nota|texto) )?"
        "(?:(?:se|fue|ha sido) )?(?:publicad[oa]|publicó|apareció) (?:originalmente|por primera vez|primero) (?:en|por) "
        f"{{site}}{_DATE}"),
    Row("eu", "both", "lehenengo lehen lehenik", "{post} (?:bidalketa|sarrera|artikulua|mezua) (?:lehenengo|lehen|lehenik|lehen aldiz) {site} ?"
        "(?:-?\\(?e?\\)?n|webgunean|gunean|atarian)? ?(?:agertu|argitaratu|publikatu) zen"),
    Row("fa", "both", "اولین نخستین", "(?:نوشته|مطلب|مقاله|پست|خبر) {post} (?:برای )?(?:اولین بار|نخستین بار) (?:در|بر|روی|توسط) (?:سایت |وبسایت )?{site}\\.? ?"
        "(?:پدیدار|منتشر|ظاهر|نمایان|دیده) شد(?:ه است)?"),
    Row("fi", "both", "ensimmäisen ensimmäisenä alunperin alun ensin ensimmäiseksi",
        "(?:artikkeli|kirjoitus|julkaisu|postaus|blogikirjoitus) {post} (?:julkaistiin|ilmestyi|on julkaistu|näkyi) "
        "(?:ensimmäisen kerran|ensimmäisenä|alun perin|alunperin|ensin|ensimmäiseksi) (?:(?:sivustolla|blogissa|sivulla|sivustossa|verkkosivulla) )?{site}(?:ssa|ssä|lla|llä|:ssa|:ssä)?"),
    Row("fr", "both", "premier premiere première initialement d'abord d’abord l'origine l’origine", "(?:cet |l' ?|le |la |ce |cette )?(?:article|billet|publication|post|contenu|note|actualité) {post} "
        "(?:est|a été|fut|est d'abord) ?(?:apparu|paru|publi[ée]|posté|diffusé)?e? ?(?:en premier|pour la première fois|initialement|d'abord|à l'origine|originellement|en première)"
        " ?(?:apparu|paru|publi[ée])?e? ?(?:sur|dans|par|chez|le|au|aux) (?:le |la |les )?{site}"),
    Row("fr", "site", "initialement Initialement l'origine l’origine originellement d'abord d’abord",
        "(?:(?:cet|ce|cette|l'|le) ?(?:article|billet|texte|publication) )?(?:(?:a été|est|fut) )?"
        "(?:initialement |d'abord |à l'origine |originellement )?(?:publié|paru|apparu)e? (?:initialement |d'abord |à l'origine )?"
        f"(?:sur|dans|par|chez) {{site}}{_DATE}"),
    Row("gl", "both", "primeiro primeira orixinalmente", "(?:o artigo|a entrada|a publicación|o post) {post} (?:publicouse|apareceu|aparece|foi publicad[oa]) "
        "(?:primeiro|por primeira vez|orixinalmente) (?:en|no|na) {site}"),
    Row("he", "both", "לראשונה ראשון ראשונה", "(?:הפוסט|הרשומה|המאמר|הכתבה|הידיעה|התוכן) {post} (?:הופיע|הופיעה|פורסם|פורסמה|התפרסם|התפרסמה) "
        "(?:לראשונה|ראשון|ראשונה|במקור) ?(?:ב|באתר|בבלוג)[ -]*{site}"),
    Row("hi", "both", "पहले पहली सर्वप्रथम", "(?:पोस्ट|लेख|आलेख) {post} (?:सबसे )?(?:पहले|पहली बार|सर्वप्रथम) {site} (?:पर|में) "
        "(?:दिखाई दिया|दिखाई दी|प्रकाशित हुआ|प्रकाशित हुई|प्रकट हुआ|प्रकट हुई|छपा)(?: था| थी)?।?"),
    Row("hr", "both", "prvi prvo izvorno najprije", "(?:objava|post|članak|tekst|blog|zapis|sadržaj) {post} (?:se )?(?:(?:je|pojavila se|pojavio se|pojavljuje se|objavljen[ao]? je|pojavio|pojavila) )?"
        "(?:(?:po )?prvi put[a]?|prvo|izvorno|najprije)(?: (?:viđen|objavljen|pojavio|pojavila)[ao]?)?(?: se| je)? (?:na|u) {site}"),
    Row("hu", "both", "először eredetileg elsőként", "(?:az? )?(?:„|\")?{post}(?:”|\")? (?:című )?(?:bejegyzés|cikk|írás|poszt|post) (?:először|eredetileg|elsőként) (?:az? |a\\(z\\) )?"
        "{site}(?: ?-?(?:é|e|o|ö)?n| oldal[o]?n| weboldalon| blogon| honlapon)? (?:jelent meg|volt olvasható|látható)"),
    Row("hu", "both", "először eredetileg elsőként", "(?:az? )?(?:bejegyzés|cikk|írás|poszt|post) {post} (?:először|eredetileg|elsőként) (?:az? |a\\(z\\) )?"
        "{site}(?: ?-?(?:é|e|o|ö)?n| oldal[o]?n| weboldalon| blogon| honlapon)? jelent meg"),
    Row("id", "both", "pertama awal awalnya", "(?:artikel|posting|postingan|tulisan|pos|berita|konten|kiriman|catatan) {post} "
        "(?:(?:muncul|tampil|ditampilkan|diterbitkan|dipublikasikan|terbit) )?(?:pertama kali|pertama|lebih awal|awalnya|terlebih dahulu) ?"
        "(?:muncul|tampil|ditampilkan|diterbitkan|dipublikasikan|terbit)? (?:pada|di|oleh) {site}"),
    Row("it", "both", "proviene primo prima originariamente originalmente sembra", "(?:l' ?|il |questo |la |lo )?(?:articolo|post|contenuto|notizia|pagina) {post} "
        "(?:proviene da|sembra essere il primo su|(?:è |è stato |è stata )?(?:apparso|apparsa|pubblicat[oa]|uscito|comparso) (?:per la )?(?:prima volta|per primo|prima|originariamente|originalmente|inizialmente) (?:su|in|da|nel)) {site}"),
    Row("it", "site", "originariamente originalmente inizialmente Originariamente Originalmente", "(?:(?:questo|quest'|l') ?(?:articolo|post|testo) )?(?:(?:è stato|è) )?(?:originariamente |originalmente |inizialmente )?"
        f"(?:pubblicat[oa]|apparso) (?:originariamente |originalmente |inizialmente |per la prima volta )?(?:su|in|da) {{site}}{_DATE}"),
    Row("ja", "both", "最初に 公開された 登場しました 初出", "(?:(?:この)?(?:投稿|記事|エントリー|ブログ記事) ?)?[「『]?{post}[」』]? ?は、? ?[「『]?{site}[」』]? ?"
        "(?:に最初に表示されました|で公開された投稿です|の最初に登場しました|に最初に登場しました|で最初に公開されました|に最初に掲載されました|が初出です|で最初に公開された記事です|に初めて登場しました)"),
    Row("ko", "both", "처음 먼저 최초로", "(?:(?:이 )?(?:게시물|포스트|글|기사|콘텐츠) )?{post}(?: ?(?:이|가|은|는|을|를))?(?: ?(?:글|게시물|포스트)(?:은|는|이|가))? {site} ?(?:에서|에)? (?:가장 )?(?:처음|먼저|최초로) ?"
        "(?:등장|게시|발행|공개|나타|게재|작성|출판|올라)[가-힣 ]{1,8}"),
    Row("nb", "both", "først opprinnelig første", "(?:innlegget|artikkelen|bloggposten|posten|saken) {post} (?:(?:dukket|ble|er|blei|vart|stod|sto|kom) )?(?:først (?:opp|publisert|vist)?|opprinnelig publisert|publisert første gang|for første gang publisert|publisert først|opp først)"
        " ?(?:på|i|hos) {site}"),
    Row("nl", "both", "eerst eerste oorspronkelijk", "(?:het |de |dit |deze )?(?:bericht|artikel|blog|post|blogpost|pagina|inhoud) {post} (?:(?:is|verscheen|werd|verschenen) )?"
        "(?:als )?(?:eerst|eerste|het eerst|voor het eerst|oorspronkelijk) ?(?:verschenen|gepubliceerd|geplaatst|te zien)? ?(?:op|bij|in|van) {site}(?: verschenen| gepubliceerd| geplaatst)?"),
    Row("nl", "both", "verscheen", "(?:het |dit )?bericht {post} verscheen (?:op|bij) {site}"),
    Row("pl", "both", "pochodzi pierwszy pierwsza pierwsze poraz pierwotnie najpierw", "(?:(?:ten )?(?:artykuł|wpis|post|tekst|materiał)) {post} (?:pochodzi z(?:e)?(?: serwisu| strony| bloga)?|"
        "(?:(?:po raz|poraz) pierwszy |pierwotnie |najpierw |jako pierwszy )?(?:pojawił się|ukazał się|został opublikowany|opublikowano|pojawia się) ?(?:(?:po raz|poraz) pierwszy|najpierw|pierwotnie|jako pierwszy)? (?:w|we|na|przez)(?: serwisie| stronie| blogu)?) {site}"),
    Row("pt", "both", "primeiro primeira originalmente", "(?:o |a |este |esta )?(?:post|conteúdo|artigo|texto|publicação|postagem|matéria|notícia|entrada|cont[eé]udo) {post} "
        "(?:apareceu|aparece|foi publicad[oa]|publicad[oa]|surgiu|saiu|é publicad[oa]) (?:primeiro|primeiramente|pela primeira vez|originalmente|em primeiro lugar) (?:em|no|na|nos|nas|por) {site}"),
    Row("pt", "site", "originalmente Originalmente primeira", "(?:(?:este|esta|o|a) (?:post|artigo|texto|publicação|matéria|conteúdo) )?(?:(?:foi|é) )?"
        f"(?:originalmente )?(?:publicad[oa]|apareceu) (?:originalmente |pela primeira vez |primeiro )?(?:em|no|na|por) {{site}}{_DATE}"),
    Row("ro", "both", "prima prima întâi inițial iniţial", "(?:articolul|post-ul|postarea|postul|materialul) {post} (?:(?:apare|a apărut|a fost publicat|s-a publicat|este publicat)[aă]? )?"
        "(?:pentru )?(?:prima dată|prima oară|mai întâi|întâi|ini[țţ]ial|în premieră) (?:în|pe|la|de) {site}"),
    Row("ru", "both", "сначала впервые первые изначально первоначально", "(?:сообщение|запись|статья|публикация|пост|материал|новость) {post} (?:(?:появились|появилась|появилось|появился|опубликован[аоы]?|была опубликована|вышла|вышел) )?"
        "(?:сначала|впервые|изначально|первоначально) ?(?:появились|появилась|появилось|появился|опубликован[аоы]?|была опубликована|вышла|вышел)? ?(?:на сайте|на|в|в блоге|сайтом)? ?{site}"),
    Row("sk", "both", "prvý prvýkrát najskôr najprv pôvodne prvykrát prvá", "(?:článok|príspevok|zápis) {post} (?:(?:je|sa|bol|bola|vyšiel|pochádza) )?(?:zobrazený |publikovaný |zverejnený |objavil )?(?:ako prvý|prvýkrát|po prvýkrát|po prvý krát|najskôr|najprv|pôvodne|prvý krát) ?"
        "(?:zobrazený|publikovaný|zverejnený|objavil|vyšiel)? ?(?:na|v|z)? ?(?:webe |stránke )?{site}"),
    Row("sl", "both", "prvič najprej prvotno izvirno", "(?:objava|prispevek|članek|zapis) {post} (?:(?:je|se je|je bil|je bila) )?(?:najprej|prvič|prvotno|izvirno) ?(?:se )?(?:je )?(?:objavljen[ao]?|pojavil[ao]?)? ?(?:na|v) {site}"),
    Row("sr", "both", "прво први првобитно најпре", "(?:чланак|објава|текст|запис|пост) {post} (?:се )?(?:(?:појављује|појавио|појавила|је објављен[ао]?|је) )?(?:се )?(?:прво|први пут|по први пут|првобитно|најпре) ?(?:се )?(?:појавио|појавила|објављен[ао]?)? ?(?:на|у) {site}"),
    Row("sr-Latn", "both", "prvo prvi najpre", "(?:članak|objava|tekst|zapis|post) {post} (?:se )?(?:(?:pojavljuje|pojavio|pojavila|je objavljen[ao]?|je) )?(?:se )?(?:prvo|prvi put|najpre) ?(?:se )?(?:pojavio|pojavila|objavljen[ao]?)? ?(?:na|u) {site}"),
    Row("sv", "both", "först första ursprungligen", "(?:inlägget|artikeln|blogginlägget|posten) {post} (?:(?:dök|publicerades|är|blev|kom|syntes) )?(?:först (?:upp|publicerad|publicerat)?|först|upp först|för första gången|ursprungligen)"
        " ?(?:på|i|hos|av) {site}"),
    Row("tr", "both", "ilk önce", "(?:sonrası )?{post} (?:adlı )?(?:yazısı|makalesi|içeriği|gönderisi|haberi)? ?(?:ilk önce |ilk kez |ilk olarak |ilk )?{site}(?: ?['-]?(?:da|de|ta|te))? ?(?:üzerinde|sitesinde|adresinde|tarafından)? ?(?:ilk önce |ilk kez |ilk olarak |ilk )?"
        "(?:ortaya çıktı|yayınlandı|yayımlandı|göründü|çıktı|paylaşıldı)"),
    Row("uk", "both", "спершу вперше спочатку", "(?:запис|допис|стаття|публікація|пост|матеріал) {post} (?:(?:з'явиться|з'явився|з'явилася|з'явилась|опублікован[оаий]{0,2}|був опублікований) )?(?:спершу|вперше|спочатку|першочергово) ?(?:з'явиться|з'явився|з'явилася|опублікован[оаий]{0,2})? ?(?:на сайті|на|в|у)? ?{site}"),
    Row("vi", "both", "đầu đầu tiên lần", "(?:bài viết|bài|tin|bài đăng|nội dung) {post} (?:đã |được |đã được )?(?:xuất hiện|đăng|đăng tải|xuất bản|công bố) (?:lần )?đầu(?: tiên)?(?: lần)? (?:vào ngày|vào|trên|tại|ở|bởi|trên trang|tại trang) {site}"),
    Row("zh", "both", "最先出现 首发于 首次出现 首先出现 最早出现 最早出現 最早發佈 最早發布 最先出現 首次發表 首次发表 首发 首發",
        "(?:这篇文章|這篇文章|文章|本文|博文)? ?[〈《「『【“\"]*{post}[〉》」』】”\"]* ?[,，]? ?(?:这篇文章|這篇文章|文章|一文)? ?(?:最先出现|首发|首發|首次出现|首先出现|最早出现|最早出現|最早發佈|最早發布|最早发布|最先出現|首次發表|首次发表)[在於于]? ?[〈《「『【“\"]*{site}[〉》」』】”\"]* ?"),
    Row("zh", "site", "首发于 首發於 原载于 原載於 最早发表于", "(?:本文|本篇文章|這篇文章|这篇文章)? ?(?:最早|最初)?(?:首发于|首發於|原载于|原載於|发表于|發表於) ?[〈《「『【“\"]*{site}[〉》」』】”\"]* ?"),
    Row("de", "own", "Quelle Quelle:", "quelle:? ?{site}"),
    Row("fr", "own", "Source Source:", "source ?: ?{site}"),
    Row("es", "own", "Fuente Fuente: Fuente", "fuente:? ?{site}"),
    Row("it", "own", "Fonte Fonte:", "fonte:? ?{site}"),
    Row("vi", "own", "Nguồn Nguồn: nguồn", "nguồn:? ?{site}"),
    Row("ru", "own", "Источник Источник:", "источник:? ?{site}"),
    Row("zh", "own", "来源 來源 原文", "(?:来源|來源|原文|原文链接|文章来源|本文来源)[::：]? ?{site}"),
    Row("ja", "own", "出典 引用元", "(?:出典|引用元|元記事)[::：]? ?{site}"),
)  # fmt: skip
