"""The names of months, as feeds write them in the languages of their sites -> numbers.

A name counts as a whole: "marras" is no March. Twelve words for each language, with other forms and
abbreviations behind slashes. A word that means two months in two languages means none ("listopad").
"""

from __future__ import annotations

# Lower case, without full stops. The forms are those of dates ("5 marca", "5. ožujka").
_NAMES = """
en: jan/january feb/february mar/march apr/april may jun/june jul/july aug/august sep/sept/september
    oct/october nov/november dec/december
de: jan/jän/januar/jänner feb/februar/feber mär/märz/mrz apr/april mai juni/jun jul/juli aug/august
    sep/sept/september okt/oktober nov/november dez/dezember
fr: jan/janv/janvier fév/févr/février/fevrier mars avr/avril mai juin juil/juillet aoû/août/aout
    sep/sept/septembre oct/octobre nov/novembre déc/décembre/dec/decembre
it: gen/genn/gennaio feb/febbr/febbraio mar/marzo apr/aprile mag/magg/maggio giu/giugno lug/luglio
    ago/agosto set/sett/settembre ott/ottobre nov/novembre dic/dicembre
es: ene/enero feb/febrero mar/marzo abr/abril may/mayo jun/junio jul/julio ago/agosto
    sep/sept/septiembre/setiembre oct/octubre nov/noviembre dic/diciembre
pt: jan/janeiro fev/fevereiro mar/março/marco abr/abril mai/maio jun/junho jul/julho ago/agosto
    set/setembro out/outubro nov/novembro dez/dezembro
ca: gen/gener febr/febrer març abr/abril maig juny jul/juliol ag/agost set/setembre oct/octubre
    nov/novembre des/desembre
nl: jan/januari feb/februari mrt/maa/maart apr/april mei jun/juni jul/juli aug/augustus sep/sept/september
    okt/oktober nov/november dec/december
da: jan/januar feb/februar mar/marts apr/april maj jun/juni jul/juli aug/august sep/sept/september
    okt/oktober nov/november dec/december
nb: jan/januar feb/februar mar/mars apr/april mai jun/juni jul/juli aug/august sep/september
    okt/oktober nov/november des/desember
sv: jan/januari feb/febr/februari mar/mars apr/april maj jun/juni jul/juli aug/augusti sep/sept/september
    okt/oktober nov/november dec/december
is: jan/janúar feb/febrúar mar/mars apr/apríl maí jún/júní júl/júlí ágú/ágúst sep/september okt/október
    nóv/nóvember des/desember
fi: tammi/tammik/tammikuu/tammikuuta helmi/helmik/helmikuu/helmikuuta maalis/maalisk/maaliskuu/maaliskuuta
    huhti/huhtik/huhtikuu/huhtikuuta touko/toukok/toukokuu/toukokuuta kesä/kesäk/kesäkuu/kesäkuuta
    heinä/heinäk/heinäkuu/heinäkuuta elo/elok/elokuu/elokuuta syys/syysk/syyskuu/syyskuuta
    loka/lokak/lokakuu/lokakuuta marras/marrask/marraskuu/marraskuuta joulu/jouluk/joulukuu/joulukuuta
et: jaan/jaanuar veebr/veebruar märts apr/aprill mai juuni juuli aug/august sept/september okt/oktoober
    nov/november dets/detsember
pl: sty/stycz/styczeń/stycznia lut/luty/lutego mar/marzec/marca kwi/kwie/kwiecień/kwietnia maj/maja
    cze/czerw/czerwiec/czerwca lip/lipiec/lipca sie/sier/sierpień/sierpnia wrz/wrzesień/września
    paź/paźdz/październik/października lis/listopad/listopada gru/grudz/grudzień/grudnia
cs: led/leden/ledna úno/únor/února bře/březen/března dub/duben/dubna kvě/květen/května
    čvn/červen/června čvc/červenec/července srp/srpen/srpna zář/září říj/říjen/října
    lis/listopad/listopadu pro/prosinec/prosince
sk: jan/január/januára feb/február/februára mar/marec/marca apr/apríl/apríla máj/mája jún/júna júl/júla
    aug/august/augusta sep/september/septembra okt/október/októbra nov/november/novembra
    dec/december/decembra
sl: jan/januar/januarja feb/februar/februarja mar/marec/marca apr/april/aprila maj/maja jun/junij/junija
    jul/julij/julija avg/avgust/avgusta sep/september/septembra okt/oktober/oktobra nov/november/novembra
    dec/december/decembra
hr: sij/siječanj/siječnja velj/veljača/veljače ožu/ožujak/ožujka tra/travanj/travnja svi/svibanj/svibnja
    lip/lipanj/lipnja srp/srpanj/srpnja kol/kolovoz/kolovoza ruj/rujan/rujna lis/listopad/listopada
    stu/studeni/studenog/studenoga pro/prosinac/prosinca
sr: jan/januar/januara/јан/јануар/јануара feb/februar/februara/феб/фебруар/фебруара mar/mart/marta/мар/март/марта
    apr/april/aprila/апр/април/априла maj/maja/мај/маја jun/juni/juna/јун/јуни/јуна jul/juli/jula/јул/јули/јула
    avg/avgust/avgusta/авг/август/августа sep/septembar/septembra/сеп/септ/септембар/септембра
    okt/oktobar/oktobra/окт/октобар/октобра nov/novembar/novembra/нов/новембар/новембра
    dec/decembar/decembra/дец/децембар/децембра
hu: jan/január/januári feb/febr/február/februári már/márc/március ápr/április máj/május/máujus
    jún/június júl/július aug/augusztus szept/szeptember okt/október nov/november dec/december
ro: ian/ianuarie feb/februarie mar/martie apr/aprilie mai iun/iunie iul/iulie aug/august
    sep/sept/septembrie oct/octombrie noi/noiembrie/nov dec/decembrie
tr: oca/ocak şub/şubat mar/mart nis/nisan may/mayıs haz/haziran tem/temmuz ağu/ağustos eyl/eylül
    eki/ekim kas/kasım ara/aralık
id: jan/januari feb/februari mar/maret apr/april mei jun/juni jul/juli agu/agt/agustus/ags sep/september
    okt/oktober nov/november des/desember
lt: saus/sausis/sausio vas/vasaris/vasario kov/kovas/kovo bal/balandis/balandžio geg/gegužė/gegužės
    birž/birželis/birželio liep/liepa/liepos rugp/rugpjūtis/rugpjūčio rugs/rugsėjis/rugsėjo
    spal/spalis/spalio lapkr/lapkritis/lapkričio gruod/gruodis/gruodžio
lv: janv/janvāris/janvārī febr/februāris/februārī marts/martā apr/aprīlis/aprīlī maijs/maijā
    jūn/jūnijs/jūnijā jūl/jūlijs/jūlijā aug/augusts/augustā sept/septembris/septembrī okt/oktobris/oktobrī
    nov/novembris/novembrī dec/decembris/decembrī
ru: янв/январь/января фев/февр/февраль/февраля мар/март/марта апр/апрель/апреля май/мая июн/июнь/июня
    июл/июль/июля авг/август/августа сен/сент/сентябрь/сентября окт/октябрь/октября
    ноя/нояб/ноябрь/ноября дек/декабрь/декабря
uk: січ/січень/січня лют/лютий/лютого бер/березень/березня кві/квіт/квітень/квітня тра/трав/травень/травня
    чер/черв/червень/червня лип/липень/липня сер/серп/серпень/серпня вер/вересень/вересня
    жов/жовт/жовтень/жовтня лис/листопад/листопада гру/груд/грудень/грудня
bg: яну/януари фев/февруари мар/март апр/април май юни/юн юли/юл авг/август сеп/септември окт/октомври
    ное/ноември дек/декември
el: ιαν/ιανουάριος/ιανουαρίου φεβ/φεβρουάριος/φεβρουαρίου μάώ/μαρ/μάρ/μάρτιος/μαρτίου
    απρ/απρίλιος/απριλίου μάι/μαϊ/μαι/μάιος/μαΐου ιούν/ιον/ιουν/ιούνιος/ιουνίου ιούλ/ιολ/ιουλ/ιούλιος/ιουλίου
    αύγ/αυγ/αύγουστος/αυγούστου σεπ/σεπτ/σεπτέμβριος/σεπτεμβρίου οκτ/οκτώβριος/οκτωβρίου
    νοέ/νοε/νοέμβριος/νοεμβρίου δεκ/δεκέμβριος/δεκεμβρίου
ar: يناير/جانفي فبراير/شباط/فيفري مارس/آذار أبريل/إبريل/ابريل/نيسان/أفريل مايو/أيار/ماي
    يونيو/يونيه/حزيران/جوان يوليو/يوليه/تموز/جويلية أغسطس/آب/أوت سبتمبر/أيلول أكتوبر/اكتوبر
    نوفمبر ديسمبر
he: ינו/ינואר/בינואר פבר/פברואר/בפברואר מרץ/במרץ/מרס/במרס אפר/אפריל/באפריל מאי/במאי יוני/ביוני
    יולי/ביולי אוג/אוגוסט/באוגוסט ספט/ספטמבר/בספטמבר אוק/אוקטובר/באוקטובר נוב/נובמבר/בנובמבר
    דצמ/דצמבר/בדצמבר
fa: ژانویه/ژانویهٔ فوریه/فوریهٔ مارس آوریل مه/مهٔ/می ژوئن ژوئیه/ژوئیهٔ/جولای اوت/آگوست سپتامبر اکتبر
    نوامبر دسامبر
th: มค/มกราคม กพ/กุมภาพันธ์ มีค/มีนาคม เมย/เมษายน พค/พฤษภาคม มิย/มิถุนายน กค/กรกฎาคม สค/สิงหาคม
    กย/กันยายน ตค/ตุลาคม พย/พฤศจิกายน ธค/ธันวาคม
vi: thángmột/thánggiêng thánghai thángba thángtư/thángbốn thángnăm thángsáu thángbảy/thángbẩy thángtám
    thángchín thángmười thángmườimột thángmườihai/thángchạp
zh: 一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月
"""


def _numbers() -> dict[str, int]:
    """Return the number of each name that means one month alone."""
    numbers: dict[str, set[int]] = {}
    words = [word for word in _NAMES.split() if not word.endswith(":")]
    for place, forms in enumerate(words):
        for form in forms.split("/"):
            numbers.setdefault(form, set()).add(place % 12 + 1)
    for number in range(1, 13):
        for form in ("月", "월"):  # Chinese and Japanese, Korean
            numbers[f"{number}{form}"] = numbers[f"{number:02}{form}"] = {number}
        for form in ("tháng", "thg", "th"):  # Vietnamese
            numbers[f"{form}{number}"] = numbers[f"{form}{number:02}"] = {number}
    return {name: months.pop() for name, months in numbers.items() if len(months) == 1}


MONTHS = _numbers()


def month(name: str) -> int:
    """Return the number of a month by its whole name; 0 for none, or for one of two months.

    >>> month("März"), month("marras"), month("มี.ค."), month("listopada"), month("Decemberish")
    (3, 11, 3, 0, 0)
    """
    return MONTHS.get(name.lower().replace(".", ""), 0)
