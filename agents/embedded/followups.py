"""Requests that lean on what was said before: an order, an earlier list, what there is, a brand pointed to, a yes."""

import re
from typing import Any

from agents.embedded import intents
from agents.embedded.intents import Intent
from agents.embedded.references import CHEAPEST, DEAREST, Shown
from agents.embedded.request import Situation, Understood
from agents.embedded.vocabulary import Vocabulary
from catalog.lexical import stem
from tools.relaxations import BOTH

WHATS_POPULAR = re.compile(
    r"\bwhat(?:'?s| is| are|'re)(?: (?:the|your|most|currently|really))* (?P<most>popular|trending|best ?sell\w+|hot right now|selling (?:well|best))"
)
FIRST = "cheapest|lowest[- ]priced?|least expensive|most expensive|dearest|priciest|highest[- ]priced?|best[- ]rated|highest[- ]rated|top[- ]rated|best[- ]reviewed|best reviews?|(?:biggest|highest|largest|best) (?:saving|discount|reduction)s?|most (?:reduced|discounted)|most money off|saves?(?: me)? (?:the )?most|most popular|best[- ]sell\\w+|most reviewed"
SORT = re.compile(
    rf"\b(?:sort(?:ed)?|order(?:ed)?|rank(?:ed)?|arranged?)\b.{{0,25}}?\b(?P<by>price|cheap\w*|expensive|cost|ratings?|reviews?|stars|popular\w*|low\w*|high\w*)(?P<way>.{{0,25}})"
    rf"|\b(?P<first>{FIRST}) (?:ones? )?first\b|\b(?P<span>(?:low(?:est)?|cheap(?:est)?) to (?:high(?:est)?|dear(?:est)?|(?:most )?expensive)|(?:high(?:est)?|dear(?:est)?|most expensive) to (?:low(?:est)?|cheap(?:est)?))\b|\bfrom (?:the )?(?P<start>{FIRST})(?: ones?)? (?:down|up)(?:wards?)?\b|^by (?P<by2>price|rating|popularity)\W*$"
)
MOST = re.compile(rf"\b(?:the )?(?P<most>{FIRST})\b(?: (?:one|of all|overall))?")
WHOLE_SHOP = re.compile(
    r"\byour (?:cheapest|least|most|dearest|priciest|best|highest|lowest|top)\b|"
    r"\b(?:you (?:have|got|sell|carry|stock)|you'?ve got|in (?:the|your) (?:shop|store)|overall|of all)\b"
)
OF_THE_LIST = re.compile(r"^(?:and |so |ok(?:ay)? )*which\b|\bof (?:those|these|them)\b")
BOUNDS = {"min_price", "max_price"}
OF_LIST = re.compile(r"\bof (?:those|these|them)\b|^(?:and |so |ok(?:ay)? )*which of the\b")
POPULAR = re.compile(r"popular|sell|most reviewed|trending|hot")
AGAIN = re.compile(
    r"\b(?:go back to|back to|return to|show(?: me)?(?: again)?|see(?: again)?|what was) (?:(?:the |your |that )?(?P<which>first|original|previous|earlier|last)|the (?P<other>other)) (?:list|results?|ones|selection|options|set|picks|lot|suggestions)\b"
    r"|\b(?:show|see|back to)\b.{0,12}\b(?:ones|list|results|products) (?:from )?(?P<before>before)\b"
    r"|\b(?:what|the (?:ones|products)) (?:did you|you(?: had| have|'ve)?) (?:show(?:ed|n)?|recommend(?:ed)?|suggest(?:ed)?)(?: me)?(?: (?:at )?(?P<then>before|earlier|previously|first|originally|just now|already))?\W*$"
    r"|\b(?:show|see|list)(?: me)? (?:all )?the (?:others?|rest) again\b"
    r"|\bthe (?P<list>first|original|previous|last|earlier) (?:list|results|ones|selection) again\b"
    r"|\bthe original (?:ones|list|picks|selection)\b|\bshow (?:me )?(?:them|those|these|that|everything|all of (?:them|those|it)) again\b|\b(?:repeat|list) (?:them|those|that)(?: again)?\b"
)
FACET = re.compile(
    r"\b(?:what|which) (?:other )?(?P<of>brands?|makes|makers|colou?rs?|kinds?|types?|sorts?|categories|departments|sections)\b(?! (?:is|does|are) (?:it|that|this|they))"
    r"(?=.{0,40}\b(?:do you|have you|are there|is there|you (?:have|got|sell|carry|stock)|make|sell|offer|available|can i (?:get|choose)|exist)\b)"
    r"|\bwhat (?:kinds? of |sorts? of )?(?:things|products|stuff|goods)? ?do you (?:sell|have|carry|stock|offer)(?: here| in (?:the|your) shop)?\W*$|\bwhat(?:'s| is) in (?:the|your) (?:shop|store|catalogue?)\W*$"
)
FACETS = {
    "b": "brand",
    "m": "brand",
    "co": "colour",
    "k": "kind",
    "t": "kind",
    "so": "kind",
    "ca": "category",
    "d": "category",
    "se": "category",
}
YES = re.compile(
    r"^(?:(?:ok(?:ay)?|yes|yeah|yep|sure|alright|all right|fine|go on|please|then|well)\W+)*(?:yes|yeah|yep|sure|any(?: (?:will do|one|ones|of them|is fine|at all))?|ok(?:ay)?|please(?: do)?|go ahead|do (?:it|that)|go for (?:it|that)|let'?s do (?:it|that)|sounds good|without (?:it|that)|drop (?:it|that)|skip (?:it|that)|go without(?: it| that)?|that'?s (?:fine|ok(?:ay)?))\W*(?:then|please)?\W*$"
)
BETTER_RATED = re.compile(
    r"\b(?:any|some)thing (?:with )?(?:better|higher)[- ]?(?:rated|ratings?|reviews?|reviewed|stars)\b|\b(?:better|higher)[- ](?:rated|reviewed) ones?\b|\bones? with (?:better|higher) (?:ratings?|reviews?|stars)\b|^(?:better|higher)[- ](?:rated|ratings?|reviews?|reviewed)\W*$|\bany with (?:better|higher) (?:ratings?|reviews?)\b"
)
OTHER_COLOUR = re.compile(r"\b(?:another|other|different) colou?rs?\b")
OTHER_BRAND = re.compile(
    r"\b(?:another|(?:a )?different|other|not (?:that|this|the same|their)) (?:brand|make|maker|manufacturer)s?\b|\b(?:not|nothing) (?:by|from) (?:them|that brand|this brand)\b"
)
SAME_BRAND = re.compile(
    r"\b(?:same|that|this|their) (?:brand|make|maker|manufacturer|company)\b|\b(?:by|from) (?:them|theirs)\b|\b(?:by|from|of) (?:the same (?:brand|maker|people|company))\b|\btheirs\b"
    r"|\bwhat else (?:do|does|have|has) (?:the|this|that|they|their) ?(?:brand|maker|company)?(?: got| make| sell| do| offer)?\b"
)
BESIDES = re.compile(r"\b(?:other|else|more)\b.{0,20}\b(?:products|things|stuff|items)?\b|\bwhat else\b")
MIDDLE = re.compile(
    r"\b(?:in the middle|mid[- ]?(?:range|priced?)|middle of the road|in[- ]between|average[- ]priced?|not the cheapest (?:and|or|but) not)\b"
)
SPOKEN_FOR = (SORT, AGAIN, OTHER_BRAND, SAME_BRAND, MIDDLE)
"""Patterns whose words say what to do, and so name no product."""


class FollowUps:
    """Understands them with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def find(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """The request, when it is one of these."""
        if situation.offer and YES.match(text):
            found.intent, found.changes = Intent.RECOMMEND, accepted(situation.offer, situation.wishes)
            return found
        if (again := AGAIN.search(text)) and situation.shown and not SORT.search(text):
            which = (
                again.group("which")
                or again.group("other")
                or again.group("list")
                or ("previous" if again.group("before") else None)
                or ("first" if again.group("then") in ("first", "originally") else None)
                or ("original" if "original" in again.group() else "last")
            )
            found.intent, found.again = Intent.AGAIN, which
            return found
        if (
            OTHER_COLOUR.search(text)
            and not found.changes
            and len(situation.last) > 1
            and not situation.focus
        ):
            found.intent, found.facet = Intent.FACET, "colour"
            return found
        if (facet := FACET.search(text)) and (facet.group("of") or "query" not in found.changes):
            of = facet.group("of") or "category"
            found.intent = Intent.FACET
            found.facet = FACETS.get(of[:1]) or FACETS[of[:2]]
            found.changes = {k: v for k, v in found.changes.items() if k == "query"}
            found.whole_shop = facet.group("of") is None and not found.changes
            return found
        return self._ordered(text, situation, found) or self._brand(text, situation, found)

    def _ordered(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        if intents.COMPARE.search(text):
            return None
        sort, most = SORT.search(text), MOST.search(text) or WHATS_POPULAR.search(text)
        last = situation.last
        of_list = sort is None and "query" not in found.changes and len(last) > 1 and OF_LIST.search(text)
        if of_list and found.handles and not found.count:
            return None  # "the cheapest of those holders"
        kind = any(self.vocabulary.is_kind(w) for w in found.words)
        topic = "query" in found.changes or kind
        saving = most is not None and order_of(most.group("most")) == "saving"
        if saving and situation.shown and not kind:
            found.intent, found.order, found.count, found.changes = Intent.PICK, "saving", 1, {}
            found.handles = [s.handle for s in situation.last]
            return found
        if sort is not None or BETTER_RATED.search(text):
            found.order = order_of(sort.group()) if sort else "rating"
        elif most is not None and (
            found.count
            or topic
            or "must" in found.changes
            or self._of_topic(text, most.group("most"), situation)
        ):
            found.order = order_of(most.group("most"))
            popular = WHATS_POPULAR.search(text)
            plural = popular or any(
                stem(w) != w and self.vocabulary.is_kind(w) for w in re.findall(r"[a-z]+", text)
            )
            found.count = found.count or (None if plural or re.search(r"\bones\b", text) else 1)
        if (
            sort is None
            and found.order in ("cheapest", "dearest")
            and CHEAPEST.search(text)
            and DEAREST.search(text)
        ):
            found.order, found.count = "extremes", 2
        if found.order is None:
            return None
        found.intent, found.handles = Intent.RECOMMEND, []
        found.changes.pop("min_rating", None)
        if (
            found.order in ("cheapest", "dearest")
            and WHOLE_SHOP.search(text)
            and not found.changes.keys() & BOUNDS
        ):
            found.changes["clear"] = [*found.changes.get("clear", []), "min_price", "max_price"]
        return found

    def _of_topic(self, text: str, most: str, situation: Situation) -> bool:
        """Whether "the cheapest" is meant of all that fits, and not of the few that were shown."""
        last = situation.last
        wished = bool(situation.wishes or situation.browsed)
        ones = re.search(rf"{re.escape(most)} ones\b", text) and not OF_THE_LIST.search(text)
        only_one = len(last) < 2 and not (last and situation.offer)  # after "nothing fits", it is that one
        return bool(WHOLE_SHOP.search(text) or POPULAR.search(most) or ones) or (wished and only_one)

    def _brand(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        other = OTHER_BRAND.search(text)
        if (other is None and not SAME_BRAND.search(text)) or found.changes.keys() & {
            "brands",
            "exclude_brands",
            "ignore_brand",
        }:
            return None
        brands = _pointed_brands(found.handles, situation)
        if not brands or (other is None and len(brands) > 1):
            return None
        found.changes.pop("reject", None)
        if other is not None:
            found.changes["exclude_brands"] = brands
        else:
            found.changes["brands"] = brands
            if BESIDES.search(text) and "query" not in found.changes:
                found.changes["clear"] = [
                    *found.changes.get("clear", []),
                    "query",
                    "must",
                    "min_price",
                    "max_price",
                ]
                found.fresh = True
        found.intent, found.handles = Intent.RECOMMEND, []
        return found


def order_of(words: str) -> str:
    """The order that words name: cheapest, dearest, rating or popular.

    >>> [order_of(w) for w in ("sort by price", "price high to low", "best rated", "most popular", "most expensive first")]
    ['cheapest', 'dearest', 'rating', 'popular', 'dearest']
    """
    if re.search(r"sav(?:e|es|ing)|discount|reduc|money off", words):
        return "saving"
    if re.search(r"rat(?:ed|ing)|stars|best review", words):
        return "rating"
    if re.search(r"popular|sell|review|trending|hot", words):
        return "popular"
    if re.search(r"\b(?:cheap\w*|low\w*)\b.* to\b", words):
        return "cheapest"
    return (
        "dearest"
        if re.search(
            r"high\w* to low|(?:dear\w*|expensive) to cheap|expensive(?<!least expensive)|dear|pric(?:iest|ey)|descend|high\w*[- ]price|high(?:est)? first",
            words,
        )
        else "cheapest"
    )


def accepted(offer: str, wishes: dict[str, Any]) -> dict[str, Any]:
    """The changes that give up what the assistant offered to go without."""
    if BOTH in offer:
        return _accepted_together(offer.split(BOTH), wishes)
    name, _, word = offer.partition(":")
    if name == "must":
        kept = [t for t in wishes.get("must") or [] if t != word]
        return {"clear": ["must"], **({"must": kept} if kept else {})}
    if name == "query":
        return {"query": " ".join(w for w in str(wishes.get("query") or "").split() if w != word)}
    if offer == "all of them":
        return {"clear": [w for w in wishes if w != "query"]}
    return {"clear": [{"size": "min_measure"}.get(name, name)]}


def _accepted_together(offers: list[str], wishes: dict[str, Any]) -> dict[str, Any]:
    words = [o.partition(":")[2] for o in offers if o.startswith("must:")]
    kept = [t for t in wishes.get("must") or [] if t not in words]
    clear = [c for o in offers for c in accepted(o, wishes).get("clear", [])]
    return {"clear": list(dict.fromkeys(clear)), **({"must": kept} if words and kept else {})}


def _pointed_brands(handles: list[str], situation: Situation) -> list[str]:
    """The brands of the products pointed to, else of the one in focus, else of those shown last."""
    every: list[Shown] = [s for turn in situation.shown for s in turn]
    chosen = handles or ([situation.focus] if situation.focus else [])
    products = [s for s in every if s.handle in chosen] or situation.last
    return list(dict.fromkeys(s.brand for s in products if s.brand))
