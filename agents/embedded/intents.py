"""What a shopper wants of the assistant, told by the words that give it away."""

import re
from enum import StrEnum


class Intent(StrEnum):
    """The kinds of request."""

    RECOMMEND = "recommend"
    MORE = "more"
    LIKE = "like"
    COMPARE = "compare"
    WHY = "why"
    DETAILS = "details"
    BUNDLE = "bundle"
    BROWSING = "browsing"
    CORRECT = "correct"
    UNDO = "undo"
    RESET = "reset"
    GREET = "greet"
    THANKS = "thanks"
    BYE = "bye"
    HELP = "help"
    REJECT = "reject"
    PICK = "pick"
    GOES_WITH = "goes with"
    CART = "cart"
    SERVICE = "service"
    HOW_CHOSEN = "how chosen"
    PLEASED = "pleased"
    WAITS = "waits"
    REMARK = "remark"
    PICTURE = "picture"
    HAGGLE = "haggle"
    AGAIN = "again"
    FACET = "facet"
    WISHES = "wishes"
    OUT_OF_SCOPE = "out of scope"
    UNCLEAR = "unclear"


WHOLE: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        Intent.GREET,
        re.compile(
            r"^(?:hi+|hello|hey|good (?:morning|afternoon|evening)|hiya|yo|greetings)(?: there| again)?\W*$"
            r"|^(?:i'?m |we'?re )?just (?:browsing|looking|having a (?:look|browse))(?: around)?\W*$"
        ),
    ),
    (
        Intent.THANKS,
        re.compile(
            r"^(?:ok(?:ay)?,? |great,? |perfect,? |lovely,? |never ?mind,? |no,? |a[il]+ght,? |cool,? |nice,? |brilliant,? )*(?:thanks?(?: you)?|thx|ta|cheers|much appreciated)\b(?!.*\b(?:but|now|show|any|and (?:what|do|show)|something|cheaper|instead)\b).{0,40}$"
        ),
    ),
    (
        Intent.THANKS,
        re.compile(
            r"^(?:great|perfect|lovely|nice|awesome|brilliant|wonderful|good|cool|excellent|ok(?:ay)?|fine)\W*(?:job|one|work)?\W*$"
        ),
    ),
    (
        Intent.BYE,
        re.compile(
            r"^(?:ok(?:ay)?,? |thanks?,? |great,? )?(?:good ?bye|bye(?: bye)?|see you|that'?s all|that is all|i'?m done|nothing else)\b.{0,20}$"
        ),
    ),
    (
        Intent.HELP,
        re.compile(
            r"^help(?: me)?(?: out)?(?: please)?\W*$|^(?:what can you do|what can i (?:do|ask)(?: you)?|how can you help|what do you do|how does this work|how do you work|who are you|what are you)\b.{0,30}$"
        ),
    ),
)
NEW_TOPIC = re.compile(
    r"\b(?:what|how) about (?:an?|some) (?P<what>[a-z][a-z' -]{2,40})|\b(?:and|also) (?:an?|some) (?P<what2>[a-z][a-z' -]{2,40}) (?:to go|that goes|to match)"
)
WISHES = re.compile(
    r"\bwhat (?:did|have) i (?:ask|asked|want|say|said)\b|\bwhat (?:was|is|were|are|'s) my (?:budget|price limit|limit|criteria|brands?|wishes|requirements)\b|\bwhat are my (?:wishes|filters|criteria)\b|\bremind me(?=\W*$| (?:what|of (?:what|my)) (?:i|my)\b)|\brecap\b|\bso far\b.*\bask|\bwhat was (?:it|the .{0,20}) (?:that )?i (?:asked|wanted|was looking)|\bwhat (?:did|have) you change"
)
FORGET = re.compile(
    r"\b(?P<free>[a-z-]+) (?:is|does|needn)(?: not|n'?t|'t) (?:an? must|essential|necessary|needed|required|matter|have to be)\b|"
    r"\b(?:forget|drop|ignore|remove|lose|scrap|skip|never ?mind|no longer)(?: about)?(?: the)?(?: word)? (?P<what>[a-z][a-z -]{1,30})"
)
REFINES = re.compile(
    r"(?:(?:and|but|also|ok(?:ay)?,?) )?(?:with|has|have|having|made of|add|in|must have|it (?:needs|has to have|should have))\b"
)
CART = re.compile(
    r"\b(?:add|put) (?:it|that|this|them|those|the \w+(?: one)?|both) (?:to|in|into) (?:my |the )?(?:cart|basket|bag|trolley)|\bcheck ?out\b|\b(?:place|make) (?:an|the|my) order\b|\border (?:it|that|this|them)\b|\bbuy (?:it|that|this one|them) (?:now|for me)\b"
)
SERVICE = re.compile(
    r"\b(?:gift (?:cards?|vouchers?)|gift[- ]wrap(?:ping|ped)?|wrap (?:it|them|this|these)|price[- ]?match(?:ing)?|match (?:the )?prices?|opening (?:hours|times)|(?:when|what time) (?:do|are|does) (?:you|the (?:shop|store)) (?:open|close)|"
    r"(?:pay|payment) (?:by|with|methods?|options?)|paypal|klarna|apple pay|google pay|credit cards?|(?:track|where'?s|where is) my (?:order|parcel|package|delivery)|(?:return|refund|delivery|shipping|warranty) (?:policy|terms)|can (?:i|you|we) (?:return|exchange|send back) (?:things?|items?|stuff|something|products?|an? (?:order|item|product))|"
    r"customer (?:service|support|care)|(?:student|nhs|military|staff) discounts?|(?:discount|promo|voucher|coupon) codes?|(?:contact|phone|speak to|talk to) (?:you|someone|a (?:person|human))|loyalty (?:card|points|scheme)|"
    r"do you (?:deliver|ship|post|do (?:deliver(?:y|ies)|returns|refunds|exchanges))(?! (?:it|this|that|them)\b)|(?:deliver|ship)(?:ing)? (?:to|abroad|overseas|internationally)|next[- ]day (?:delivery|shipping)|free (?:delivery|shipping|returns)|newsletter)\b"
)
"""What the shop does for those who buy, of which its catalog says nothing."""
HOW_CHOSEN = re.compile(
    r"\bhow (?:do|did|does|are) (?:you|this|it|these|they) (?:choose|chosen|decide|pick|picked|rank|ranked|recommend|select|selected|sort|come up)\b|\bexplain how (?:you|this|it)\b|\bsponsored\b|"
    r"\bwho pays? (?:you|for)\b|\bare you (?:paid|biased|neutral|honest|on commission)\b|\b(?:paid|an?) (?:ads?|adverts?|placements?)\b|\bcommission\b"
)
"""How we come to what we show."""
OF_ORDER = re.compile(
    r"\b(?:deliver(?:y|ed|ies)?|shipping|arrive|returns?|refunds?|exchange it|send it back)\b"
)
SWAP = re.compile(r"\b(?:swap|replace|change|exchange|switch)\b")
INCLUDE = re.compile(
    r"\b(?:(?:must|should|has to|have to|can it|could it|also|and)? ?include|add|plus|also with|with) (?=an? |some )|\badd (?!(?:it|that|this|them|more|up|in)\b)(?=[a-z])|^and (?=an? |some )"
)
GOES_ON = re.compile(r"(?:and|or|then|ok(?:ay)?|what about|how about)\b.{3,60}$")
UNDO = re.compile(
    r"\b(?:undo|revert|cancel (?:that|it|the last (?:one|thing|wish))|go back(?! to (?:the|my) (?!last|previous))(?: to (?:before|the (?:last|previous).*))?|take (?:that|it) back|(?:scrap|scratch) that(?=\W*$)|forget (?:that|the last (?:one|thing|wish))|never ?mind(?: that)?(?=\W*$)|as (?:it was )?before)\b(?!.*\byou showed)"
)
RESET = re.compile(
    r"\b(?:(?:ignore|forget|scrap|scratch|cancel) (?:my|the|what i) (?:previous|last|earlier|other|old|said)(?: (?:request|message|question|one|search|before))?|(?:scrap|scratch) all that|start (?:over|again|afresh|from scratch|new)|reset|forget (?:everything|all|it all|about all)|clear (?:everything|all|my wishes|the filters?)|new search|begin again|from scratch)\b"
)
WHY = re.compile(
    r"\bwhy\b|\bwhat makes\b.*\b(?:good|better|suitable|right)\b|\bhow come\b|\breason\b|\bwhat made you\b|\bwhat(?:'s| is) (?:so )?(?:good|great|special|nice|better|right) about\b|\bwhat makes you (?:think|say|suggest|recommend|pick|choose)|\bon what grounds\b|\bwhat (?:speaks|is there) (?:for|in favour of)\b|\bexplain\b(?! the difference)"
)
COMPARE = re.compile(
    r"\b(?:what|which|how) .{0,20}\bdistinguish\w*\b|\bwhat(?:'s| is| are)? (?:the )?different\b|\bcompar(?:e|es|ed|ing|isons?|able)\b|\b(?:what|how) (?:sets?|tells?) (?:them|these|those|the two|it) apart\b|\bhow (?:are|do) (?:they|these|those|the two) (?:different|differ)\b|\bdifferen(?:ce|ces|t from)\b|\bversus\b|\bvs\.?\b|\bside by side\b|\bwhich (?:one |of (?:them|those|these|the two) )?(?:is|are|would be|do you think is) (?:the )?(?:better|best)\b(?![ -](?:rated|reviewed|value))|\bhow do(?:es)? .{1,30} (?:differ|compare)"
    r"|^(?:and |so |but )?(?:is|are|was) (?:the|it|that|this|number|p\d|they)\b.{0,30}\b(?:[a-z]{3,}er|more [a-z]+|less [a-z]+|better|worse) than (?:the|it|that|this|number|p\d)"
)
BUNDLE = re.compile(
    r"\b(?:bundle|in (?:one|a single) package|set[- ]?up|outfit|kit out|complete set|a set (?:of|for|with|under)|one of each|each kind|of each|everything (?:i need )?for|package deal|combination|combo of|altogether|(?<!cost )in total|"
    r"all together|(?:gifts?|presents?|things|items|products) that differ|different (?:gifts?|presents?|things|kinds)|(?:\d|two|three|four) different (?:ones|items|products)|fill (?:a|my) (?:basket|hamper)|put together|gift basket|hamper|(?:things|gifts|presents|items|products) (?:that|which) are (?:all )?different)\b|\b(?:furnish|upgrade|kit out|equip|fit out) (?:an?|my|our|the|his|her|their)\b|\ba set ?[:,-] |\b(?:gifts?|presents?|things|items)\b.*\ball different\b|\ball different\b.*\b(?:gifts?|presents?|things|items)\b"
    r"|\b(?:[2-9]|two|three|four|five|six) of (?:them|these|those)\b.*(?:\b(?:that|which) (?:differ|are different)|\b(?:in all|in total|altogether|overall|all together)\b)"
    r"|\b(?:gifts?|presents?|things|items|products)\b.{0,12}\b(?:not|n't|nothing|none)\b.{0,12}\b(?:alike|the same|similar)\b|\b(?:[2-9]|two|three|four|five|six) (?:\w+ ){0,2}(?:gifts|presents|things|items|products)\b.*\b(?:overall|in all|in total|altogether|for (?:all|everything|the lot)|all together)\b|\bno two (?:of them )?(?:are )?(?:alike|the same)\b"
)
DISTINCT_BRANDS = re.compile(
    r"\b(?:different|distinct|separate) brands?\b|\b(?:one|each|all) (?:from|of|by) (?:each|every|a different|different) brands?\b|\bno two (?:from|by|of) the same brand\b"
)
ONE_BRAND = re.compile(
    r"\b(?:(?:all|both|everything|each|them|it|set) (?:of (?:it|them) )?(?:from|of|by|in|be|is|are|being|one|the|same|a|single)\b.{0,12})?\b(?:the same|one|a single|one and the same) (?:brand|maker|make|manufacturer|company)\b"
)
"""All of a set by one brand."""
BUDGET_NOW = re.compile(
    r"\b(?:make (?:it|that)|(?:only|just) (?:had|have|got)|had(?: only)?|budget (?:is|was|were|of)?|up to|raise (?:it|the budget) to|increase (?:it|the budget) to|lower (?:it|the budget) to|i can (?:go|stretch|spend)(?: up)?(?: to)?|say|with|for)\s*(?:now )?(?:under |below |up to |less than |at most )?[£$€]?(?P<amount>\d+(?:\.\d{1,2})?)\b(?=\W*(?:$|[.,;!?]|(?:pounds?|quid|dollars?|euros?|bucks|in total|in all|altogether|total|all in|max|tops|then|instead|please|now|for|and|or|at)\b))"
)
WHAT_IF = re.compile(
    r"\bhow much (?:more )?(?:would|do|will) (?:i|we) need\b|\bwhat if\b|\bsuppose\b|\bif i had\b|\band without\b|\bwithout (?:the|it|that|them)\b|\bhow about without\b|\bwith(?: a budget of)? .{0,12}\bmore\b|\bleave out\b|\btake out\b|\bdrop the\b|\b(?:remove|lose|ditch) (?:the|that)\b|\bswap\b|\breplace\b|\bskip\b|\b(?:must|should|also|can it) include\b|\badd (?:an?|some|\d|two|three)\b|\badd (?:another |an extra )?[£$€]?\d|^(?:and |also |then |please |ok(?:ay)? |(?:can|could|would|will) you )*(?:also |please )*add (?!(?:it|that|this|them|up|to|more)\b)[a-z]"
    r"|\b(?:put|add|bring) (?:it|them|that|the [a-z ]{2,30}) back\b|\bput back\b|\balready (?:have|own|got|bought)\b"
)
BROWSING = re.compile(
    r"\bwhat do i (?:like|prefer|seem to)\b|\bwhat (?:have|did|was|were|had) i (?:been )?(?:look|see|seen|view|brows|open|search|do)|\bwhat (?:did|have) you (?:been )?(?:see|seen|seeing|notic|learn|watch|read)|\bon my screen\b|\bwhat do you (?:think|know|believe|reckon)\b.{0,20}\b(?:i|about me|me)\b|"
    r"\b(?:my|the) (?:browsing|visit|session|history|behaviou?r)(?: summary| history)?\b.{0,10}$|\bsummar(?:y|ise|ize)\b|\bwhat am i (?:after|looking for|interested)|\bwhat i (?:have )?(?:looked at|seen|viewed|browsed)\b.{0,6}$"
)
WITHDRAWN = r"\b(?:never ?mind|nevermind|undo|take off|forget|scratch|scrap|drop|lose|ignore|skip|remove|clear|lift|no longer care|(?:don'?t|do not) (?:really )?(?:care|mind|worry)|changed my mind|not (?:bothered|fussed|worried)|regardless of)(?: about| for| the| which| what| being| it| on| any)*"
LIMIT = r"(?:limits?|caps?|ceiling|range|filter|bounds?|maximum|minimum)"
UNIMPORTANT = r"(?:is|are|was|were)(?: not|n'?t) (?:so |that |really |all that )?(?:important|relevant|an issue|a problem|essential)\b"
CORRECT_BROWSING = re.compile(
    r"\b(?:ignore|forget|disregard|leave aside|scrap|(?:don'?t|do not) (?:go by|use|mind)) (?:about )?(?:all )?(?:my browsing|what i (?:have )?(?:browsed|looked at|viewed|saw|opened)|my (?:visit|history))\b"
)
CORRECT_BRAND = re.compile(
    r""
    rf"{WITHDRAWN} brands?\b|"
    r"\b(?:don'?t|do not|doesn'?t) (?:really )?(?:care|mind|matter) (?:about |for |which |what )?(?:the |a )?brands?|\bbrands? (?:is|are|does|do)(?: not|n'?t) (?:matter|important)|\bany (?:other )?brand\b|\bother brands? (?:is|are|would be)(?: (?:also|all))? (?:ok(?:ay)?|fine|good|welcome|alright)|\bwhatever brand\b|\bignore (?:the )?brands?|\bbrand doesn'?t matter|\bno (?:particular |special )?brand preference|\bforget (?:about )?the brand|\ball brands\b|\b(?:any|all) makes?\b|\bmakes? (?:doesn'?t|does not|don'?t) matter|\bopen to (?:all|any|other) (?:brands?|makes?)"
)
CORRECT_PRICE = re.compile(
    r""
    rf"{WITHDRAWN} (?:price|budget|cost|money)s?(?: ?{LIMIT})?\b|\b(?:prices?|budget) ?{UNIMPORTANT}|"
    r"\bnever ?mind (?:about )?the (?:price|budget|cost)|\b(?:remove|drop|clear|lose|lift) the (?:price|budget) ?(?:filter|limit|wish)?|\b(?:price|money|cost|budget) (?:is|does|do)(?: not|n'?t) (?:matter|important|an issue|a problem)|\bany price\b|\bno (?:budget|price|money) (?:limits?|restrictions?|constraints?)|\b(?:don'?t|do not) have (?:any |an? )?(?:budget|price|money) ?(?:restrictions?|limits?|constraints?)?\b|\bforget (?:about )?(?:the )?(?:price|budget)|\bdon'?t (?:care|mind) (?:about )?(?:the )?(?:price|cost)|\bmoney is no object|\bignore (?:the )?(?:price|budget)"
)
CORRECT_RATING = re.compile(
    r""
    rf"{WITHDRAWN} (?:ratings?|stars?|reviews?)(?: ?{LIMIT})?\b|\b(?:ratings?|stars?|reviews?) ?{UNIMPORTANT}|"
    r"\b(?:remove|drop|clear|lose) the (?:ratings?|stars?|reviews?) ?(?:filter|limit|wish)?|\b(?:ratings?|reviews?|stars) (?:do|does)(?: not|n'?t) matter|\bforget (?:about )?(?:the )?(?:ratings?|reviews?|stars)|\bdon'?t care about (?:the )?(?:ratings?|reviews?|stars)|\bany rating\b"
)
CORRECT_COLOUR = re.compile(
    r""
    rf"{WITHDRAWN} colou?rs?\b|\bcolou?rs? ?{UNIMPORTANT}|"
    r"\b(?:remove|drop|clear|lose) the colou?r ?(?:filter|limit|wish)?|\bany colou?r\b|\bcolou?r (?:doesn'?t|does not|didn'?t|did not) matter|\bdon'?t (?:care|mind) (?:about )?(?:the |which |what )?colou?r|\bforget (?:about )?the colou?r|\bignore (?:the )?colou?r|\bin any colou?r|\ball colou?rs\b(?! (?:of|in|but|except))|\bopen to (?:all|any) colou?rs?"
)
CORRECT_MATERIAL = re.compile(
    rf"{WITHDRAWN} materials?\b|\bmaterials? ?{UNIMPORTANT}|\bany material\b|\bmaterials? (?:doesn'?t|does not|didn'?t|did not|don'?t) matter|\b(?:don'?t|do not) (?:care|mind) (?:about )?(?:the |which |what )?materials?"
)
CORRECT_SIZE = re.compile(
    rf"{WITHDRAWN} (?:sizes?|dimensions|width|height|capacity)(?: ?{LIMIT})?\b|\b(?:sizes?|dimensions) ?{UNIMPORTANT}|\b(?:sizes?|dimensions) (?:do|does)(?: not|n'?t) matter|\bany size\b"
)
CORRECT_OFFER = re.compile(
    r""
    rf"{WITHDRAWN} (?:sales?|offers?|discounts?|deals?|promotions?)\b|"
    r"\b(?:doesn'?t|does not|needn'?t|don'?t) (?:have to|need to) be (?:on (?:offer|sale)|reduced|discounted)|\bnot (?:only|just) (?:offers|on sale|on offer)|\bfull price is (?:fine|ok)"
)
RECIPIENT = re.compile(
    r"(?:\b(?:present|gift|it'?s|it is|this is|something|(?:buying|shopping|getting)(?: (?:it|this|that|them|one|these))?|(?:should|must|have to) be) for|^(?:and |but |ok(?:ay)? |so )*for) (?:my |our |an? )?(?P<who>\d+[- ]year[- ]olds?(?! \w+ed)|(?:\d+[- ]year[- ]old )?(?:father|dad|mother|mum|mom|wife|husband|partner|girlfriend|boyfriend|son|daughter|brother|sister|friend|colleague|boss|nephew|niece|grandmother|grandfather|grandma|grandpa|gran|kids?|child(?:ren)?|baby|toddler|teenager|teacher|neighbou?r|uncle|aunt|cousin|boy|girl))\b"
)
GIVEN_TO = re.compile(
    r"\b(?:give|get|buy|find|surprise|spoil|treat) (?:my|our) (?P<who>(?:[a-z]+'s )?(?:father|dad|mother|mum|mom|wife|husband|partner|girlfriend|boyfriend|son|daughter|brother|sister|friend|colleague|boss|nephew|niece|grandmother|grandfather|grandma|grandpa|gran|kids?|baby|teacher|neighbou?r|uncle|aunt|cousin))\b(?!'s)"
)
"""Somebody who is to be given something: "give my son's teacher a small gift"."""
FOR_PEOPLE = re.compile(
    r"\bfor (?:young |small |little |older |the )?(?P<who>kids|children|toddlers|babies|teenagers|teens|boys|girls)\b"
)
"""People of an age, who say what is looked for where nothing else does: "what do you have for kids?"."""
WHOSE_DAY = re.compile(
    r"\bmy (?P<who>wife|husband|partner|girlfriend|boyfriend|son|daughter|brother|sister|nephew|niece|grandson|granddaughter|grandmother|grandfather|grandma|grandpa|gran|mother|father|mum|mom|dad|friend|colleague|boss|uncle|aunt|cousin|neighbou?r|teacher)"
    r"(?:'s| is| will be|s)?(?: (?:turns|turning|is turning|going to be|soon|about to be|just turned|gets? married|getting married|retir\w+|birthday|graduat\w+|wedding))(?: (?P<age>\d{1,2})\b)?"
)
"""Somebody who is to be given something: "my niece turns 5"."""
AGED = re.compile(
    r"^(?:and )?(?:they|he|she|the kids?|my kids?|the child(?:ren)?)(?:'re| are|'s| is) (?:aged )?(?P<age>\d{1,2})(?: and \d{1,2})?(?: years? old| years?)?\W*$"
)
"""How old somebody is, as all that is said."""
MORE = re.compile(
    r"\b(?:anything|something|what|any(?:thing)?) else\b|\b(?:show|give|see|find)(?: me)? (?:some )?(?:more|others?|another|the next|different ones|alternatives)\b|^(?:more|others?|next|another(?: one)?|different ones|alternatives|any (?:more|others|alternatives))\W*(?:please)?\W*$|"
    r"\bmore (?:options|choices|suggestions|ideas|results)\b|\bother (?:options|ones|suggestions|choices|ideas|products)\b|\bnew suggestions\b|\bnot those\b|\bany other\b|\bwhat other\b"
)
LIKE = re.compile(
    r"\balternatives? to (?:it|that|this|them|those|the)\b|\b(?:others?|any|more|anything|something) like (?:it|that|this|those|them|these)\b|\b(?:any|some)thing like (?:it|that|this)\b|\bmore like\b|\bsimilar (?:to|ones|products|items|things)?\b|\bsomething like\b|\bones like\b|\bthe same kind\b|(?<!i )\blike (?:the (?:first|second|third|fourth|fifth|last)|that one|this one)\b|\bmore of (?:the same|those|these)\b"
)
REJECT = re.compile(
    r"\b(?:not (?:the|that|this|those)|don'?t (?:like|want) (?:the|that|this|those|it)|hate (?:the|that|this|it)|remove (?:the|that|it)|drop (?:the|that)|without (?:the|that)|not keen on (?:the|that))\b"
)
DETAILS = re.compile(
    r"^(?:and |so )*what ages?\b|^(?:is|are) (?:any |an? |the )?[a-z ]{3,30} (?:required|included|needed|necessary|possible|supplied|provided)\b|^do you (?:think|reckon|believe)\b|\b(?:how(?:'s| is| are) (?:the|its|their)|tell me (?:more )?(?:about|its|their)|tell me more\b(?! (?:options|ideas|choices))|more (?:about|info|information|details)|details?|describe|spec(?:s|ification|ifications)?|how (?:much|big|heavy|long|tall|wide|large|many|good|well)|what (?:colou?r|size|material|price|brand|rating|is it made|are the|is the (?:price|rating|brand|colou?r|size|material|capacity|weight|warranty|battery|delivery)|does it|do (?:people|the reviews|others) )|"
    r"what(?:'s| is) (?:the|its|their) (?!best|cheapest|dearest|most|biggest|largest|smallest|difference|point|other|nearest|total|second|third|first|last)[a-z]+(?: [a-z]+)?\W*$|is (?:it|that|this|the)|does (?:it|that|this|the)|do(?:es)? (?:it|they) (?:come|have|fit|work)|are (?:they|those|these)|can (?:it|i use)|will (?:it|that)|has (?:it|that|the)|what(?:'?s| is) the total|what'?s (?:the (?:price|rating|brand|colou?r|size|material|weight|capacity|warranty|battery)|it made)|who makes|in stock|warranty|reviews?|made of|price of|cost of|return(?:s|ed)? ?(?:policy|it|them)?|refund\w*|deliver(?:ed|y)?)\b"
)
PICK = re.compile(
    r"\b(?:best value|(?:best|most) for (?:my|the|your) money|bang for (?:my|the|your) buck|value for money)\b|\bwhich (?:one |of (?:them|those|these) |\w+ )?(?:would|should|do|could|'d) (?:you|i) (?:pick|choose|get|buy|take|go for|prefer|like (?:best|most)|recommend|suggest)\b"
    r"|\bwhich (?:one |of (?:them|those|these) )?(?:would|will|does|do|might) (?:look|be|suit|work) (?:the )?(?:nicer|nicest|better|best|prettier|prettiest)\b"
    r"|\bonly the best (?P<count>\d|one|two|three|four|five)\b"
)
"""A choice among what was shown."""
GOES_WITH = re.compile(
    r"\b(?:go(?:es)?|pairs?|match(?:es)?|works?|wear|combine)\b(?: \w+){0,2} with (?:it|this|that|them|those|these|the (?:first|second|third|fourth|last|other)|p\d+)\b"
)
"""What would go with a product that was shown."""
SIZE_MOST = re.compile(
    r"\b(?:biggest|largest|longest|tallest|widest|roomiest|smallest|shortest|heaviest|lightest|most (?:powerful|capacity|pieces|pages))\b"
)
ASPECTS: dict[str, re.Pattern[str]] = {
    "saving": re.compile(r"\bsav(?:e|ing|ings)\b"),
    "returns": re.compile(r"\breturns?\b|\brefund\w*\b"),
    "price": re.compile(
        r"\bhow much\b(?! (?:battery|memory|storage|space|room|power|ram|weight|water|screen)\b)|\bprice\b|\bcosts?\b|\btotal\b"
    ),
    "colour": re.compile(r"\bcolou?rs?\b"),
    "battery": re.compile(r"\bbattery\b|\bplaytime\b|\bcharge last\b"),
    "size": re.compile(
        r"\b(?:sizes?|how (?:big|tall|wide|long|large)|dimensions?|width|height|length|diameter)\b"
    ),
    "material": re.compile(r"\bmaterials?\b|\bmade (?:of|from|out of)\b|\bfabric\b"),
    "rating": re.compile(
        r"\brat(?:ed|ings?)\b|\breviews?\b|\bstars\b|\bhow good\b|\bpeople (?:say|think)\b|\bany good\b|\bworth (?:it|buying|the)\b"
    ),
    "brand": re.compile(r"\bbrands?\b|\bwho makes\b|\bmanufacturer\b|\bmakes it\b"),
    "weight": re.compile(r"\bweigh(?:t|s)?\b|\bhow heavy\b"),
    "capacity": re.compile(r"\bcapacity\b|\bmah\b|\bvolume\b|\bhow much does it hold\b|\blitres?\b"),
    "warranty": re.compile(r"\bwarranty\b|\bguarantee\b"),
    "delivery": re.compile(r"\bdeliver\w*\b|\bshipping\b|\barrive\b"),
    "stock": re.compile(r"\bin stock\b|\bavailable\b|\bavailability\b"),
    "offer": re.compile(r"\b(?:on offer|discount\w*|reduced|on sale|offer)\b"),
    "power": re.compile(r"\bpower\b|\bwatts?\b|\bhow (?:powerful|fast)\b"),
    "fit": re.compile(r"\bfits?\b|\bcompatible\b|\bwork with\b"),
    "pages": re.compile(r"\bpages\b"),
    "age": re.compile(r"\bwhat ages?\b|\bhow old\b|\bages? (?:range|group)\b"),
    "memory": re.compile(r"\b(?:memory|storage|ram)\b"),
    "pieces": re.compile(r"\bpieces\b|\bhow many(?=\W*$| (?:are|is|come|comes|in|do|does|of|will|would)\b)"),
}
NEVER = re.compile(
    r"\bhow far (?:is|are|away)\b|\bwhat(?:'s| is) your (?:favou?rite (?:film|movie|song|book|food|band|team|animal|place)|name)\b|\b(?:can|could|will|would) you (?:please )?(?:write|fix|call|clean|drive|walk|teach|calculate|pay|book|wash) (?:me )?(?:my|the|an?)\b|\b(?:can|could|will|would) you (?:please )?do my\b|"
    r"\b(?:write|compose|sing|tell|recite)(?: me)? (?:an?|some|the) (?:\w+ )?(?:poem|song|joke|story|essay|haiku|rap|limerick|letter|email)\b|"
    r"\b(?:will it|going to|gonna) (?:rain|snow)\b|\b(?:rain|snow|sunny|cold|hot) (?:today|tomorrow|tonight)\b"
)
"""What is no shopping even where it names a product."""
INTEREST = re.compile(
    r"\b(?:she|he|they|who) [a-z]{3,}s? (?:(?:a lot|lots|loads|plenty|tons|so much|too much) of|so much|lots? of|mostly|only) (?P<object>[a-z][a-z-]+(?: [a-z-]+)?)\b(?<!time)(?<!deal)|"
    r"\b(?:she|he|they|who) (?P<verb>(?!has|does|is|was|needs|wants|likes|loves|turns|lives|says|costs|comes|looks|seems|goes|gets|works|fits)[a-z]{3,}s)\W*$|"
    r"^(?:and )?(?:she|he|they)(?: has| have|'ve got|'s got) (?:an? |two |three |\d )?(?P<pet>(?!any|more|it|them|those|the|to)[a-z]+)\W*$|"
    r"(?:[,;]|\band) ?(?:really |also )?(?:loves|likes|enjoys|adores) (?P<bare>[a-z][a-z-]+(?: and [a-z-]+)?)\b|"
    r"^(?:and )?(?:(?:she|he|they) )?(?:does|plays?|practi[sc]es?|collects?|reads|cooks|bakes|drinks|eats|watches|grows|paints|rides|makes|sews) (?P<hobby>[a-z]{3,})\W*$|"
    r"\b(?:she|he|they) (?P<does>[a-z]{3,}s?) (?:a lot|all the time|often|regularly|every \w+)\b|"
    r"\bwho(?:'s| is) (?:always|often|constantly|usually) (?P<state>[a-z]+)\b|"
    r"\b(?:she|he|they|who|mum|mom|mother|dad|father|wife|husband|friend|partner|sister|brother|son|daughter|girlfriend|boyfriend)(?:'s| is| are)? (?:really |also |very much )?"
    r"(?:likes?|loves?|enjoys?|adores?|into|(?:keen|mad) (?:on|about)|fond of|interested in|a fan of)(?: to)? (?P<what>[a-z][a-z-]+(?: (?:and|or)? ?[a-z-]+){0,2})"
)
MUST_BE = re.compile(
    r"\b(?:should|must|has to|have to|needs? to|ought to|got to) (?:also )?be (?:an? )?(?P<what>[a-z][a-z-]+)"
)
JUST_ASPECT = re.compile(
    r"^(?:and |so )*(?:what(?:'s)? about |how about |what(?:'s| is) |how(?:'s| is| are) )?(?:the )?(?:price|cost|colou?r|size|dimensions|material|rating|reviews?|brand|weight|capacity|warranty|delivery|battery(?:[ -]life)?|savings?|discount|(?:internal )?(?:memory|storage)|ram|screen size|specifications?|specs)\W*$"
)
MEANT_FOR = re.compile(
    r"\b(?:something|anything|things?|stuff) (?:nice |small |little |useful |good )?for (?:her|his|their|my|the|our|an?) (?P<what>[a-z]{3,20})\b(?! (?:who|that))(?=\W*(?:please|maybe|perhaps|then|instead|too|as well)?\W*$)"
)
POSSESSIVE = re.compile(r"\b(?:its|their)\b")
HOW_OF_THE_WORLD = re.compile(
    r"^(?:and |so )*how (?:tall|high|big|old|long|far|deep|large|heavy|fast) (?:is|are|was|were) (?!it\b|this\b|that\b|these\b|those\b|the\b|they\b|them\b|one\b|number\b|p\d|my\b|your\b|an?\b|both\b|each\b)(?P<subject>[a-z ]+?)\W*$"
)
"""How large something is that is named and not pointed at: "how tall is mount everest?"."""
OUT_OF_SCOPE = re.compile(
    r"\bhow (?:do|can|would) (?:i|we|you) get (?:to|from|there)\b|\b(?:directions|the way) to the\b|\bwhat(?:'s| is) \d+(?:\.\d+)? ?(?:times|plus|minus|x|\*|\+|divided by|/) ?\d|\b(?:weather|forecast|capital of|president|prime minister|election|politics|football|match score|who won|world cup|stock market|share price|bitcoin|crypto|poem|joke|song|story|essay|homework|translate|"
    r"python code|write (?:me )?(?:a |some )?(?:code|program|script|function)|javascript|solve|equation|integral|derivative|square root|recipe|cook(?:ing)? (?:a|the)|diagnos\w+|symptoms|medical advice|legal advice|lawyer|horoscope|"
    r"news|movie|film recommendations?|flight|hotel|train times|book (?:me )?a (?:flight|table|hotel)|meaning of life|your (?:system )?prompt|system prompt|instructions|ignore (?:all|previous|your)|password|credit card number|api key|jailbreak|"
    r"pretend (?:to be|you)|act as|what time is it|date today|how old are you|are you (?:human|a robot|an ai|conscious)|marry me|love me|tell me about yourself|distance (?:from|to|between)|how far)\b"
)
SHOPPING = re.compile(
    r"\b(?:buy|purchase|get|recommend\w*|suggest\w*|looking for|look for|search(?:ing)? for|find|show|need|want|like|after|shop(?:ping)?|any|have you got|do you (?:have|sell|stock|carry)|got any|sell|options?|ideas?|gift|present|something|anything|prefer|fancy|what would you|which)\b"
)
ASK_RECOMMENDATION = re.compile(
    r"\b(?:recommend\w*|suggest\w*|what would you (?:get|buy|pick|choose)|what should i (?:get|buy)|pick for me|help me choose|any (?:ideas|suggestions|advice)|your (?:pick|picks|choice)|what do you (?:recommend|suggest|advise|have)|what else|best for me|show me (?:some(?:thing)?|what)|what'?s good|surprise me)\b"
)


SPOKEN_FOR = (
    RESET,
    UNDO,
    COMPARE,
    BUNDLE,
    BROWSING,
    MORE,
    LIKE,
    CORRECT_BROWSING,
    CORRECT_BRAND,
    CORRECT_PRICE,
    CORRECT_RATING,
    CORRECT_COLOUR,
    CORRECT_MATERIAL,
    CORRECT_OFFER,
    CORRECT_SIZE,
    RECIPIENT,
)
"""Patterns whose words say what to do, and so name no product."""


def whole_message(text: str) -> Intent | None:
    """The intent of a message that is nothing but a greeting, thanks, goodbye or a call for help."""
    return next((intent for intent, pattern in WHOLE if pattern.search(text)), None)


def aspect_of(text: str) -> str | None:
    """Which fact of a product a question asks for."""
    return next((name for name, pattern in ASPECTS.items() if pattern.search(text)), None)
