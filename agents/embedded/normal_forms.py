"""Other ways of saying what is understood, brought to one."""

import re

from text_to_num import alpha2digit

from tools.synonyms import COLOURS, MATERIALS

_NOT = r"(?:refuse to|not willing to|unwilling to|(?:do|does|did|is|are|ca|can|wo|will|would|should|must|could)(?: not|n'?t)|cannot|never|not|nothing|none|rather not)"
_AMOUNT = r"(?=(?:about |around )?[£$€]? ?\d)"
_VERBS = r"(?:(?:show(?:ing)?|see(?:ing)?|give|offer|recommend|suggest|consider|buy|get|take|products?|items?|things?|really|want(?:ing)?|wish|like|plan(?:ning)?|have|need|able|looking|going|go|willing|prepared|be|to|cost(?:ing)?|spend(?:ing)?|pay(?:ing)?|it|them|him|her|me|anything|something|ones?) )*"
_ASKING = r"(?:remind me|tell me|i wonder|(?:do you|d'you) (?:happen to )?know|(?:can|could|would) you (?:please )?(?:tell|say|remind|check)(?: me)?|i(?:'d| would) (?:like|love) to know|i want to know|any idea|please check|check)"
UNIT = r"(?:cm|mm|inch(?:es)?|f(?:ee|oo)t|met(?:re|er)s?|lit(?:re|er)s?|kilos?|pounds?|watts?|bed(?:room)?s?|bath(?:room)?s?|players?)\b"
_IT = r"(it|they|this one|that one|this|that|these|those|both|(?:the )?(?:first|second|third|fourth|last|cheapest|other)(?: one)?|number \d)"
RESTATED = (
    (re.compile(rf"\b{_ASKING} (?:what|how much) {_IT} costs?\b"), r"how much is \1"),
    (re.compile(rf"\b{_ASKING} (what|how) (\w+ )?{_IT} (is|are)\b"), r"\1 \2\4 \3"),
    (re.compile(rf"\b{_ASKING} (?:if|whether) {_IT} (is|are|has|have|does|will|can)\b"), r"\2 \1"),
    (
        re.compile(rf"\b{_ASKING} (?:if|whether) {_IT} (fit|work|come|need|contain|include)s?\b"),
        r"does \1 \2",
    ),
    (
        re.compile(
            rf"\b{_NOT} {_VERBS}(?:exceed(?:ing)?|(?:go )?(?:over|above|beyond|past)|(?:any )?(?:more|higher|dearer) than) {_AMOUNT}"
        ),
        "at most ",
    ),
    (
        re.compile(rf"\b{_NOT} {_VERBS}(?:under|below|(?:any )?(?:less|lower|cheaper) than) {_AMOUNT}"),
        "at least ",
    ),
    (re.compile(r"\b(\d+) and (?:a )?half\b"), r"\1.5"),
    (re.compile(r"(\d+) instead of \d+(?:[.,]\d+)? ?([a-z]+)"), r"\1 \2"),
    (re.compile(r"\binstead of (?:the |an? |in )?[a-z0-9.-]+(?: one)?(?=\W*$)"), "instead"),
    (
        re.compile(r"\b(take|leave|throw|kick) ((?:the|that|this|number) [a-z0-9 -]{1,25}?) out\b"),
        r"\1 out \2",
    ),
    (re.compile(r"\b(\d+(?:[.,]\d+)?) ?(?:by|x) ?(\d+(?:[.,]\d+)?)\b"), r"\1 x \2"),
    (re.compile(r"\bthe cheaper(?=\W*(?:please|then)?\W*$)"), "the cheapest one"),
    (
        re.compile(r"\bthe (?:dearer|pricier|more expensive)(?=\W*(?:please|then)?\W*$)"),
        "the most expensive one",
    ),
    (re.compile(r"\b(living|dining|sitting) room\b"), r"\1-room"),
    (re.compile(r"\b(?:per|for each|a) (?:pack|unit|piece|item)(?=\W*$)|\bper [a-z]+(?=\W*$)"), ""),
    (re.compile(r"^(?:an? )?(set|box)\W*$"), r"ones in a \1"),
    (re.compile(r"\bbattery life\b"), "battery-life"),
    (re.compile(rf"\b({'|'.join(sorted(COLOURS))})[- ]colou?red\b"), r"\1"),
    (
        re.compile(
            r"\b(\d|two|three|four|five) of (?:the|your) (cheapest|dearest|best)(?=\W*$| ones?\b)(?: ones?)?"
        ),
        r"show the \2 \1",
    ),
    (
        re.compile(r"\bwhich (?:part|piece|item|product|thing)(?= (?:is|was|has|costs|would|do|should)\b)"),
        "which one",
    ),
    (
        re.compile(
            r"\b(?!(?:for|is|are|feel|be|and|or|a|with|delivery)\b)([a-z]{3,}) free\b(?! (?:delivery|shipping|returns|gift|from|of))"
        ),
        r"\1-free",
    ),
    (re.compile(r"<=? ?(?=[£$€]?\d)"), " under "),
    (re.compile(r">=? ?(?=[£$€]?\d)"), " over "),
    (re.compile(r"\bcosts? (?:the )?least\b"), "is the cheapest"),
    (
        re.compile(
            r"\bthe (?:lightest|easiest|kindest|gentlest) on (?:my|the|your|our) (?:wallet|purse|pocket|budget)\b"
        ),
        "the cheapest",
    ),
    (re.compile(rf"\b(?:is|are) {_IT} available in (?!stock|stores?|the|my)"), r"does \1 come in "),
    (
        re.compile(
            r"\b(?:only |just |be |are |'d )*(\d|two|three) (?:of us|of them|people|persons|kids|children)(?: who)?(?: will be| are| to)? play(?:ing|ers?)?\b"
        ),
        r" \1 players",
    ),
    (
        re.compile(
            rf"\b((?:cast |solid |stainless )?(?:iron|{'|'.join(sorted(MATERIALS | COLOURS))})) (?:is|are|looks?|feels?|seems?|would be|might be)(?: a (?:bit|little)| far| way| just)? too (?!expensive|dear|pricey|much)[a-z]+(?: for (?:me|him|her|us|them|my [a-z]+))?\b"
        ),
        r"no \1",
    ),
    (re.compile(r"\bcosts? (?:the )?most\b"), "is the dearest"),
    (re.compile(r"\bteh\b"), "the"),
    (
        re.compile(r"\b(the \w+ one|number \d|it)'s (price|colou?r|size|brand|rating|weight|material)\b"),
        r"the \2 of \1",
    ),
    (re.compile(r"\bmakes? no difference\b"), "doesn't matter"),
    (re.compile(r"\b(?:it )?would have to be\b"), "it must be"),
    (re.compile(r"^any(?:thing|one)? in (?!the\b|a\b|an\b|my\b|your\b)(?=[a-z -]{3,30}s\W*$)"), "any "),
    (
        re.compile(
            r"\bdo (?:they|these|those)(?: ones)? (?:also |all )?come in (?!the\b|a\b|an\b|other\b|different\b|more\b|which\b|what\b|any\b)"
        ),
        "do any come in ",
    ),
    (
        re.compile(
            r", (?:do|don'?t|have|haven'?t|can|can'?t|would|are|is|isn'?t|aren'?t|will|won'?t) (?:you|it|they|there|we)\W*$"
        ),
        "?",
    ),
    (
        re.compile(
            r"\byou (?:don'?t|wouldn'?t|do not) (?:happen to |by any chance )*(sell|have|stock|carry)\b"
        ),
        r"do you \1",
    ),
    (re.compile(r"\bin (?:one|a single) package\b"), "altogether"),
    (re.compile(r"^next page\W*$"), "show me more"),
    (re.compile(r"\b(any|all|whichever|every) (?:manufacturer|maker|producer|make)s?\b"), r"\1 brand"),
    (re.compile(rf"\bno (?:less|cheaper|lower) than {_AMOUNT}"), "at least "),
    (re.compile(rf"\bno (?:more|dearer|higher) than {_AMOUNT}"), "at most "),
    (
        re.compile(
            r"^(?:my|our) (?:old |last )?([a-z -]{3,30}?) (?:fell apart|gave up|died|broke(?: down)?|is (?:broken|worn out|gone|dead)|has had it|stopped working|got lost)\b\W*"
        ),
        r"i need a \1, ",
    ),
    (
        re.compile(
            r"^(?:(?:please|could you|can you) )*(?:give|show)(?: me)? (?:a few|some|your|any)? ?(?:ideas|suggestions|options) for (?!my|our|the|an?|her|his|someone|somebody)"
        ),
        "show me ",
    ),
    (re.compile(r"^(?:please )?open (?=the |number |p\d)"), "show me "),
    (re.compile(r"\bcontrast\b(?= (?:the|number|p\d|it|them|those|these)\b)"), "compare"),
    (re.compile(r"\bmake (?:that|them|this)(?: one)? (?=[a-z]+\W*$)"), "make it "),
    (
        re.compile(
            r"\b(.{2,30}?) (?:never lasts?|never last(?:ed)? long|always breaks?|is rubbish|is ugly|are ugly)\b"
        ),
        r"not \1",
    ),
    (
        re.compile(
            r"\b(?:leave out|filter out|hide|remove|skip|exclude|drop) (?:everything|anything|all(?: those)?|the ones|those)(?: that)?(?: is| are| costs?)? (?:under|below|cheaper than|less than) "
        ),
        "at least ",
    ),
    (
        re.compile(
            r"\b(?:leave out|filter out|hide|remove|skip|exclude|drop) (?:everything|anything|all(?: those)?|the ones|those)(?: that)?(?: is| are| costs?)? (?:over|above|dearer than|more than) "
        ),
        "at most ",
    ),
    (re.compile(r"^back(?: please)?\W*$"), "undo"),
    (
        re.compile(
            r"\b(?:does(?: not|n'?t)|do(?: not|n'?t)|needn'?t)(?: need| have)?(?: to)? be (?:that|this|the same|a particular) (colou?r|brand|size|material)\b"
        ),
        r"any \1",
    ),
    (
        re.compile(
            rf"\b({'|'.join(sorted(COLOURS))}) is (?:a|the|one) colou?r (?:that )?i (?:really )?(?:dislike|hate|don'?t (?:like|want)|never wear)\b"
        ),
        r"not \1",
    ),
    (
        re.compile(r"^\W*#?([1-6])\s*(?:vs\.?|versus|or|and|&|against)\s*#?([1-6])\W*$"),
        r"compare number \1 and number \2",
    ),
    (re.compile(r"\bdifferences between\b"), "difference between"),
    (
        re.compile(r"\bforget (?:what|everything|all)(?: that)? i(?:'ve)? said about (?:the |a )?"),
        "forget the ",
    ),
    (re.compile(r"\bnot (?:that|so) much(?: money)?(?=\W*$|[,.!?])"), "too much"),
    (re.compile(r"\b(anything|something|go|any) lower\b(?! than)"), r"\1 cheaper"),
    (
        re.compile(
            r"\b(?:the )?(colou?r|brand|price|size|material) (?:(?:is|'s) (?:entirely |all )?(?:up to you|open)|(?:can|may|could) be anything)\b"
        ),
        r"any \1",
    ),
    (
        re.compile(
            r"\b(?:not|don'?t|no need to|stop) (?:restrict|limit|filter)(?:ing)?(?: it| this| them)?(?: by| to| on)? (?:the |a |any )?(colou?r|brand|price|size|material)s?\b"
        ),
        r"any \1",
    ),
    (
        re.compile(
            r"\b(?:so |and )?nothing (?:more expensive|dearer|pricier|costlier)(?: than that)?(?=\W*$)"
        ),
        "",
    ),
    (re.compile(r"\b(?:i'm|i am|we're|we are) in the market for\b"), "i'm looking for"),
    (re.compile(r"\bpoint me (?:to|towards)\b|\bdirect me to\b|\btake me to\b"), "show me"),
    (
        re.compile(r"\b(?:is it|would it be|is it at all) possible to (?:buy|get|find|have|see|order)\b"),
        "do you have",
    ),
    (
        re.compile(
            r"^(?:and |but )?(?P<what>(?!it\b|this\b|that\b)[a-z&.' -]{2,30}) (?:is|are)(?: not|n'?t) (?:for me|my (?:brand|make))\b"
        ),
        r"not \g<what>",
    ),
    (
        re.compile(
            r"\b(?:take|strike|cross) (.{2,30}?) off(?: the| my| your)?(?: list)?\b(?! (?:for|the price))"
        ),
        r"without \1",
    ),
    (re.compile(r"\bi(?:'d| would) rather not (?:have|get|take|see|buy)\b"), "i don't want"),
    (
        re.compile(
            r"\b(?:what|which) (?:sorts?|kinds?|types?) of (?=[a-z -]{3,30} (?:do|have|are|can|would))"
        ),
        "what ",
    ),
    (
        re.compile(
            r"\bi(?:'ve| have)? (?:always|only ever|usually|mostly) (?:buy|bought|use|used|had|owned|go for|choose|chose)\b"
        ),
        "i prefer",
    ),
    (
        re.compile(
            r"^(?:and |but |so )?(.{2,30}?) (?:is|are) (?:out of the question|not an option|a no[- ]go)\b"
        ),
        r"not \1",
    ),
    (re.compile(r"\b(?:can'?t|cannot|can not) stand\b"), "hate"),
    (re.compile(r"\bin the (?:way|line|area|field) of\b"), "of"),
    (
        re.compile(
            r"\b(?:go|going|opt|opting|settle) for (?=[a-z])(?!(?:it|that|this|the|those|these|them|an?|both)\b)"
        ),
        "prefer ",
    ),
    (
        re.compile(r"\bwhat are you (?:asking|charging) for\b|\bhow much do you (?:want|ask|charge) for\b"),
        "how much is",
    ),
    (re.compile(r"\bwhat (?:would|will|does|do) (.{2,25}?) (?:set me back|go for)\b"), r"how much is \1"),
    (re.compile(r"#?\b([1-6]) (?:or|and) #?([1-6])\W+(?=what|how|which)"), r"number \1 or number \2, "),
    (re.compile(r"\bnot (?:a|one) (?:penny|cent|pound|dollar) (?:over|above|more(?: than)?) "), "at most "),
    (
        re.compile(
            r"\b(?:whatever|no matter what|no matter which|whichever) (?:the )?(colou?r|brand|size|material|price)\b"
        ),
        r"any \1",
    ),
    (
        re.compile(
            r"\b(?:whatever it costs|no matter (?:the|what the) (?:price|cost)|no matter what it costs)\b"
        ),
        "any price",
    ),
    (
        re.compile(
            r"\b(i|we)(?:'d| would) (?:really |just |so )?love (?=to\b|an?\b|some\b|one\b|the\b|it\b)"
        ),
        r"\1 would like ",
    ),
    (
        re.compile(r"\bor (?:something|anything)(?: (?:like (?:that|it)|similar|of the sort|else))?(?=\W*$)"),
        "",
    ),
    (re.compile(r"\b(under|below|over|above|than|around|about) a (?=\d)"), r"\1 "),
    (re.compile(r"\bsum(?= \w)"), "some"),
    *(
        (re.compile(rf"\b(number|option|item|product|no\.?) {word}\b"), rf"\1 {digit}")
        for digit, word in enumerate("one two three four five six".split(), 1)
    ),
    *(
        (re.compile(rf"\b{word}[- ](?={UNIT})"), f"{digit} ")
        for digit, word in enumerate("one two three".split(), 1)
    ),
    (
        re.compile(r"\bi (?:have |just |already |'ve )*(?:saw|seen|spotted|noticed) (?=an? |some |your )"),
        "show me ",
    ),
    (
        re.compile(
            r"\b(?:i(?:'ve| have)? )?changed my mind\W+(?:and |about (?:it|that)\W+)?(?=\w)(?!about\b)"
        ),
        "",
    ),
    (
        re.compile(
            r"\bwhich (?:one |of (?:them|those|these|the two) )?(?:do|did|would) (?:most )?(?:people|customers|others|buyers|shoppers|users|reviewers) (?:like|prefer|love|rate)(?: (?:it|them))?(?: (?:the )?(?:more|most|best|better|higher|highest))?"
        ),
        "which is the best rated one",
    ),
    (
        re.compile(
            r"\bwhat (?:would|could|can|do|will|should) (?:i|you|we) (?:get|buy|have|find|recommend|suggest)(?: me)? for [£$€]?(\d+(?:\.\d+)?)(?: (?:pounds|quid|dollars|euros))?\W*$"
        ),
        r"show me something under \1",
    ),
    (re.compile(r"\bwat\b"), "what"),
    (re.compile(r"\b(what|that|who|how|where|there|let)s\b"), r"\1's"),
    (re.compile(r"\bdiff\b"), "difference"),
    (re.compile(r"\b(?:smth|sth|sumthing|somthing|smthg)\b"), "something"),
    (re.compile(r"\bsiz\b"), "size"),
    (re.compile(r"\b(at|up)(least|to)\b"), r"\1 \2"),
    (re.compile(r"\b(?:o+h+|a+h+|h+m+|u+h*m+|o{3,})\b"), "oh"),
    (re.compile(r"\bsizes? (?:is|are|would be|should be) (\d)"), r"size \1"),
    (re.compile(r"\b(?:black friday|cyber monday)(?= (?:sales?|deals?|offers?|discounts?))"), ""),
    (re.compile(r"\b(black|cyber) (friday|monday)\b"), r"\1-\2"),
    (re.compile(r"\bany (colou?r|material|brand) (?:but|except|other than|apart from) "), r"any \1, not "),
    (re.compile(r",? ?\bof course\b"), ""),
    (re.compile(r"\b(with (?!it\b)[a-z ]{3,30}?) (?:on|in|inside) (?:it|them)\b"), r"\1"),
    (
        re.compile(
            r"#?\b([1-6]) (?:and|or|vs\.?|versus) #?([1-6])(?= (?:differ|compare|side by side|different|apart|the same))"
        ),
        r"number \1 and number \2",
    ),
    (re.compile(r"\b([1-5](?:[.,]\d)?) ?(?:out of|/) ?(?:5|five)\b"), r"\1 stars"),
    (
        re.compile(
            rf"\b({'|'.join(sorted(COLOURS))}) (?:(?:is(?: not|n'?t)|was never) (?:really )?(?:my|our|his|her|their) (?:colou?r|thing|taste|style)|(?:does(?: not|n'?t)|never) (?:really )?suits? (?:me|us|him|her|them))\b"
        ),
        r"not \1",
    ),
    (
        re.compile(r"\b(difference between|compare|differ) #?(\d) (?:and|with|to|or|vs\.?) #?(\d)\b"),
        r"\1 number \2 and number \3",
    ),
    (re.compile(r"^(?:ty|tysm)\W*$"), "thanks"),
    (re.compile(r"\bu\b"), "you"),
    (re.compile(r"\b'?em\b"), "them"),
    (re.compile(r"\bif you(?:'ve got| have(?: got)?) (?:it|them|any|one|some|that)\b"), "ideally"),
    (re.compile(r"^(?:an? )?((?:set|pack|box)(?:s|es)?) of (?:them|those|these)\b"), r"in a \1"),
    (re.compile(r"\bgimme\b"), "give me"),
    (re.compile(r"\b(?:wanna|gonna)\b"), "want to"),
    (re.compile(r"\blemme\b"), "let me"),
    (re.compile(r"\busb c\b"), "usb-c"),
    (re.compile(r"\bwater[- ]?(?:resistant|proof|repellent|tight)\b"), "waterproof"),
    (
        re.compile(r"\bwhich (?:one |of (?:them|those|these) )?(?:is|costs) (?:cheaper|less)\b"),
        "which is the cheapest",
    ),
    (
        re.compile(r"\bwhich (?:one |of (?:them|those|these) )?is (?:dearer|more expensive)\b"),
        "which is the dearest",
    ),
    (
        re.compile(
            r"\bthe (?:least|lowest price) (?:i|you|we|one) (?:can|could|would|might) (?:get|buy|have|pay)\b[^?.!]*"
        ),
        "the cheapest",
    ),
    (re.compile(r"\bthe cheaper (?:one\b|of (?:the two|them|those|these))"), "the cheapest one"),
    (
        re.compile(r"\bthe (?:dearer|pricier|more expensive) (?:one\b|of (?:the two|them|those|these))"),
        "the most expensive one",
    ),
    (re.compile(r"\bthe better[- ]rated(?: one| of (?:the two|them|those|these))?"), "the best rated one"),
    (
        re.compile(r"\b(?:packs?|boxes|box|sets?|cases?) of (\d+)\b(?=\W*(?:please|pls|if possible)?\W*$)"),
        r"\1-pack",
    ),
)


THOUSANDS = re.compile(
    r"(?:(?<=[£$€])|(?<=under )|(?<=below )|(?<=over )|(?<=above )|(?<=to )|(?<=than )|(?<=max )|(?<=and )|(?<=around )|(?<=about )|(?<=of ))(\d+(?:\.\d+)?) ?k\b",
    re.IGNORECASE,
)


def normal(request: str) -> str:
    """A request in lower case and in the words that the patterns know."""
    text = THOUSANDS.sub(lambda m: str(int(float(m.group(1)) * 1000)), request)
    text = alpha2digit(re.sub(r"\ban? (?=(?:hundred|thousand)\b)", "one ", text.lower()), "en")
    for pattern, plain in RESTATED:
        text = pattern.sub(plain, text)
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"\s+", " ", text).strip()
