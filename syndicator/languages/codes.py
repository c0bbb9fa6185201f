"""Language tags: known ones, misspellings, directions. Data only."""

from __future__ import annotations

# ISO 639-1, and of the three-letter codes those that websites are written in (CLDR's own list).
_WRITTEN = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su "
    "sv sw ta te tg th ti tk tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
    "ast arc arz ban bar bas bem bez bho brx bug ceb ceo cgg chr ckb crh csb dje doi dsb dua dyo ebu ewo fil frp fur "
    "gaa gag gez glk gom grc gsw gcr guz hak haw hif hil hmn hne hsb hyw ilo jam jbo jgo jmc kaa kab kam kea kha "
    "khq khw kln kmb kmr kok krl ksb ksf ksh lad lag lez lij lkt lld lmo lrc ltg luo luy lzh mag mai mas mdf mer mfe "
    "mgo mhr min mni mos mrj mua mus mwl myv mzn nan nap naq nds new nia nnh nog nov nqo nso nus nyn pag pam pap pcd "
    "pcm pdc pfl pms pnb pnt prg prs qug rgn rhg rof rom rue rup rwk sah saq sat sbp scn sco sdh seh ses sgs shi shn "
    "smj smn sms srn stq syr szl tcy teo tet tlh tok tpi twq tyv tzm udm vai vec vep vls vmf vot vro vun wae war "
    "wuu xal xog yav yrl yue zgh zza"
)
LANGUAGES = frozenset(_WRITTEN.split())

# Withdrawn codes (ISO 639's own renamings), ISO 639-2's, and countries and slips for languages.
# "no" is Bokmål.
RENAMED = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr-Latn", "tl": "fil", "no": "nb", "kmr": "ku",
    "jp": "ja", "cn": "zh", "gr": "el", "dk": "da", "cz": "cs", "vn": "vi", "ua": "uk", "swe": "sv",
    "eng": "en", "ger": "de", "deu": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt", "nor": "nb",
    "rus": "ru", "jpn": "ja", "zho": "zh", "chi": "zh", "cmn": "zh", "vie": "vi", "ara": "ar", "arb": "ar", "heb": "he",
    "nld": "nl", "dut": "nl", "kor": "ko", "tur": "tr", "pol": "pl", "ukr": "uk", "ces": "cs", "cze": "cs", "dan": "da",
    "fin": "fi", "hun": "hu", "ind": "id", "fas": "fa", "per": "fa", "pes": "fa", "tha": "th", "ron": "ro", "rum": "ro",
    "ell": "el", "gre": "el", "hin": "hi", "cat": "ca", "bul": "bg", "hrv": "hr", "srp": "sr", "slk": "sk", "slo": "sk",
    "slv": "sl", "est": "et", "lav": "lv", "lit": "lt", "eus": "eu", "baq": "eu", "glg": "gl", "nob": "nb", "nno": "nn",
    "ben": "bn", "urd": "ur", "tam": "ta", "tel": "te", "msa": "ms", "may": "ms", "zsm": "ms",
}  # fmt: skip
REGIONS = {"UK": "GB", "EN": ""}

_RIGHT_TO_LEFT = "ar arc arz ckb dv fa glk he khw ks lrc mzn nqo pnb prs ps rhg sd sdh syr ug ur yi"
RTL_LANGUAGES = frozenset(_RIGHT_TO_LEFT.split())
RTL_SCRIPTS = frozenset(
    {"Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)

# What a region or script says of the wording that its readers expect.
_LUSOPHONE = (
    "pt-PT", "pt-AO", "pt-MZ", "pt-CV", "pt-GW", "pt-ST", "pt-TL", "pt-MO", "pt-CH", "pt-LU",
)  # fmt: skip
IMPLIED = {
    "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant", "zh-Hant": "zh-Hant", "zh-Hans": "zh",
    "sr-Latn": "sr-Latn", "sr-ME": "sr-Latn", "ku-Arab": "ckb", "ku-IQ": "ckb",
    **dict.fromkeys(_LUSOPHONE, "pt-PT"),
}  # fmt: skip

# Codes of small languages that feeds write for a country: Brazil, Switzerland, Colombia, Estonia,
# Ireland, Kuwait, San Marino, Sweden, Senegal, Tunisia, Venezuela, South Africa, Singapore. "ca"
# and "ar" are large ones.
COUNTRIES = frozenset(
    ["br", "ch", "co", "ee", "ie", "kw", "sm", "se", "sn", "tn", "ve", "za", "sg"]
)
# Languages so near each other that a detector takes one for the other.
_KINDRED = (
    "nb nn da", "hr bs sr sh sl", "id ms jv su", "gl pt es ast an ca oc", "cs sk", "af nl fy li", "en sco",
    "de lb gsw bar nds", "hi mr ne sa bho", "bg mk",
)  # fmt: skip
KINDRED = {language: group for group in _KINDRED for language in group.split()}

# Whose readers read another language of ours rather than English.
NEAR = {
    "yue": "zh-Hant", "wuu": "zh", "nan": "zh-Hant", "gsw": "de", "bar": "de", "nds": "de", "lb": "de", "ast": "es",
    "an": "es", "qu": "es", "gn": "es", "oc": "fr", "br": "fr", "co": "fr", "wa": "fr", "sc": "it", "scn": "it",
    "fur": "it", "lij": "it", "vec": "it", "nap": "it", "fo": "da", "kl": "da", "se": "nb", "fy": "nl", "li": "nl",
    "prs": "fa", "tt": "ru", "ba": "ru", "cv": "ru", "sah": "ru", "os": "ru", "ce": "ru", "arz": "ar", "jv": "id",
    "su": "id", "min": "id", "ceb": "fil", "ilo": "fil",
}  # fmt: skip
