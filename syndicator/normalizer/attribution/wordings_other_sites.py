"""How a line says that a text was first published at another site, by language: data, more rows for `credits`.

English, German, French, Spanish, Italian, Portuguese and Chinese stand there. Each: locale, the words of which one
must be there, the sentence, matched against folded text. `{site}` is a link or a name. A verb that speaks of
publishing and a word that says "first" are both needed: "you find this article at Y" proves nothing.
"""

from __future__ import annotations

ROWS = (
    ("ar", "أولا لأول للمرة الأصل",
     "(?:نشرت|نشر|ظهرت|ظهر) (?:(?:هذه|هذا) (?:المقالة|المقال|المادة|التقرير|النص) )?"
     "(?:أولا|لأول مرة|للمرة الأولى|في الأصل) (?:على|في) (?:موقع |مجلة )?{site}"),
    ("ca", "primer primera originalment",
     "(?:aquest (?:article|text|apunt) )?(?:es va publicar|publicat|va aparèixer|va ser publicat|s'ha publicat) "
     "(?:originalment|per primera vegada|primer) (?:a|en|al|a la) {site}"),
    ("cs", "původně poprvé nejprve",
     "(?:(?:tento |tato )?(?:článek|text|příspěvek|rozhovor) )?(?:byl |vyšel )?(?:původně|poprvé|nejprve) "
     "(?:(?:publikován|zveřejněn|uveřejněn|vyšel|publikováno|zveřejněno) )?(?:na|v|ve) (?:webu |blogu "
     "|časopise )?{site}"),
    ("da", "først oprindeligt",
     "(?:(?:denne|dette) (?:artikel|tekst|indlæg|blogindlæg) )?(?:(?:er|blev|har været) )?(?:først|oprindeligt) "
     "(?:udgivet|bragt|publiceret|offentliggjort|trykt) (?:på|i|hos) {site}"),
    ("el", "αρχικά πρώτη πρωτοδημοσιεύτηκε πρωτοδημοσιεύθηκε",
     "(?:(?:αυτό )?το (?:άρθρο|κείμενο)(?: αυτό)? )?(?:πρωτοδημοσιεύ[τθ]ηκε|δημοσιεύ[τθ]ηκε (?:αρχικά|για πρώτη φορά)) "
     "(?:στο|στη|στην|στον|σε) {site}"),
    ("fi", "alun alunperin ensimmäisen ensin",
     "(?:(?:tämä )?(?:artikkeli|teksti|kirjoitus|juttu) )?(?:on )?(?:julkaistu|julkaistiin|ilmestyi) "
     "(?:alun perin|alunperin|ensimmäisen kerran|ensin) (?:(?:sivustolla|blogissa|lehdessä) )?{site}"
     "(?::?(?:ss[aä]|ll[aä]|n))?"),
    ("hu", "eredetileg először",
     "(?:ez az? (?:cikk|írás|bejegyzés|szöveg) )?(?:eredetileg|először) (?:az? )?{site}(?: ?-?(?:é|e|o|ö)?n|"
     " oldal[oá]n| "
     "weboldalon| blogon| magazinban)? (?:jelent meg|volt olvasható)"),
    ("id", "pertama awalnya semula",
     "(?:(?:artikel|tulisan|postingan) ini )?(?:pertama kali|awalnya|semula) (?:muncul|tampil|diterbitkan"
     "|dipublikasikan"
     "|terbit|tayang) (?:pada|di) {site}"),
    ("ja", "最初に 初出 初めて",
     "(?:(?:この|本)(?:投稿|記事|エントリー|ブログ記事|文章|稿)は、? ?|本稿は、? ?)?[「『]?{site}[」』]? ?"
     "(?:[にで]最初に(?:掲載|公開|投稿|発表)され(?:ました|たものです|た記事です)|が初出です|に初めて(?:掲載|公開)されました)"),
    ("ja", "初出",
     "初出[:：]? ?[「『]?{site}[」』]?"),
    ("ko", "처음 최초로",
     "(?:이 (?:글|기사|게시물|포스트)[은는] )?{site} ?(?:에서|에) (?:가장 )?(?:처음|최초로) "
     "(?:게시|발행|공개|게재|발표)[가-힣 ]{1,8}"),
    ("nb", "først opprinnelig",
     "(?:(?:denne|dette) (?:artikkelen|teksten|innlegget|saken) )?(?:(?:er|ble|har vært) )?(?:først|opprinnelig) "
     "(?:publisert|trykt|utgitt) (?:på|i|hos) {site}"),
    ("nl", "oorspronkelijk eerst eerste eerder",
     "(?:dit|deze) (?:artikel|bericht|stuk|blog|tekst|verhaal|interview|column|blogpost|bijdrage) (?:is"
     "|verscheen|werd) "
     "(?:oorspronkelijk|voor het eerst|als eerste?|eerder|eerst) (?:(?:verschenen|gepubliceerd|geplaatst) )?"
     "(?:op|bij|in) {site}(?: verschenen| gepubliceerd| geplaatst)?"),
    ("pl", "pierwszy pierwotnie oryginalnie",
     "(?:(?:ten |niniejszy )?(?:artykuł|tekst|wpis|post|materiał|wywiad) )?(?:(?:został|ukazał się|pojawił się) )?"
     "(?:po raz pierwszy|pierwotnie|oryginalnie) (?:(?:opublikowany|opublikowano|ukazał się|pojawił się) )?"
     "(?:w|we|na|przez) (?:serwisie |stronie |blogu |portalu )?{site}"),
    ("ro", "prima inițial iniţial întâi",
     "(?:acest (?:articol|text|material) )?(?:(?:a fost|a apărut|apărut|publicat) )+(?:inițial|iniţial"
     "|(?:pentru )?prima "
     "(?:dată|oară)|mai întâi) (?:publicat )?(?:în|pe|la|de) {site}"),
    ("ru", "впервые изначально первоначально",
     "(?:(?:эт[аои][тй]? |данн(?:ая|ый) )?(?:статья|запись|текст|материал|пост|публикация|интервью) )?(?:был[ао]? )?"
     "(?:(?:впервые|изначально|первоначально) (?:был[ао]? )?(?:опубликован[ао]?|появил(?:ась|ся|ось)|выш(?:ла|ел|ло))"
     "|опубликован[ао]? (?:впервые|изначально|первоначально)) (?:на сайте|в блоге|в журнале|в газете|на|в) {site}"),
    ("sv", "först ursprungligen",
     "(?:(?:den här |denna |detta |det här )?(?:artikeln?|texten?|inlägget|inlägg|krönikan?) )?(?:(?:är|har"
     "|blev|var) )?"
     "(?:publicerades (?:först|ursprungligen)|(?:först|ursprungligen) publicera[dt](?:es)?) (?:på|i|hos) {site}"),
    ("tr", "ilk aslen orijinal",
     "(?:bu (?:yazı|makale|haber|içerik|metin) )?(?:ilk (?:olarak|kez|defa|kere)|aslen|orijinal olarak) {site}"
     "(?: sitesinde| adresinde| blogunda|'?[dt][ea])? ?(?:yayınlan|yayımlan)(?:dı|mıştır|mış)"),
    ("uk", "вперше уперше спочатку першочергово",
     "(?:(?:ц[яейі] |дан(?:а|ий) )?(?:стаття|запис|допис|текст|матеріал|публікація|інтерв'ю) )?(?:був |була )?"
     "(?:вперше|уперше|спочатку|першочергово) (?:був |була )?(?:опублікован(?:ий|а|о)|з'яви(?:лася|вся|лась)"
     "|вийшла|вийшов) "
     "(?:на сайті|у блозі|в журналі|на|в|у) {site}"),
    ("vi", "đầu",
     "(?:bài (?:viết |đăng |báo )?(?:này )?)?(?:đã )?(?:được )?(?:đăng tải|đăng|xuất bản|công bố) lần đầu(?: tiên)? "
     "(?:trên trang|trên|tại trang|tại|ở|bởi) {site}"),
)  # fmt: skip
