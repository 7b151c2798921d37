"""Requests about products that were shown: which to take, why, how they differ, what they are like and cost."""

import re

from agents.embedded import intents
from agents.embedded.followups import OTHER_COLOUR
from agents.embedded.intents import Intent
from agents.embedded.references import (
    CHEAPEST,
    DEAREST,
    NUMBERED,
    ORDINAL,
    THAT,
    Shown,
    by_description,
    names_extreme,
)
from agents.embedded.request import GUESSED, Situation, Understood
from agents.embedded.slots import number
from agents.embedded.stated_measures import DEVICE
from agents.embedded.vocabulary import Vocabulary
from catalog.lexical import stem
from tools.needs import distinct
from tools.synonyms import COLOURS, MATERIALS, OF_TASTE

SUM = re.compile(
    r"\b(?:damage|bill|sum|total|cost|price) (?:for|of) (?:both|all|everything|the lot|them all|all of)\b|"
    r"\bwhat(?:'?s| is| would be) the total\b|\b(?:cost|come to) (?:all )?(?:together|in total|altogether)\b"
    r"|\bhow much (?:is|are|do|would|will)\b.{0,25}\b(?:together|in total|altogether|for (?:both|all|everything|the lot|the set))\b|\bwhat does (?:it|that|this|everything) (?:all )?come to\b|\bwhat (?:do|will|would|must) i pay (?:altogether|in total|for (?:all|both|everything))\b"
)
_MANY = r"(\d{1,3}|two|three|four|five|six|ten|twelve)"
_OF_THEM = r" of (?:them|it|those|these|that|the \w+(?: one)?)"
SO_MANY = re.compile(
    rf"\b(?:how much|what)\b.{{0,20}}\b(?:for|with|would|do|are|is) (\d{{1,3}}|two|three|four|five|six)(?:{_OF_THEM})?(?: (?:cost|be|come to))?(?: please)?\W*$"
    rf"|\b(?:price|cost) (?:for|of) (\d{{1,3}}|two|three|four|five|six)(?: of (?:them|it|those|these))?\W*$"
    rf"|\b{_MANY} of (?:them|it|those|these|that|the \w+(?: one)?|number \d|p\d+)\b.{{0,20}}\b(?:total|how much|cost|come to|price)\b"
    rf"|^(?:and |ok(?:ay)? )*(?:what if |if )?(?:i )?(?:(?:only |just )?(?:took|bought|had|got|take|buy|get|want(?:ed)?|need(?:ed)?) )?(?:only |just )?{_MANY}(?:{_OF_THEM})(?: then| please| instead)?\W*$"
    rf"|^(?:and |ok(?:ay)? )*(?:what )?if i (?:only |just )?(?:took|bought|got|take|buy|get|want(?:ed)?|need(?:ed)?) (?:only |just )?{_MANY}\W*$"
)
AND_SO_MANY = re.compile(r"^and (?:for )?(?P<many>\d{1,2}|two|three|four|five|six|ten|twelve)\W*$")
"""Another number of what was just priced: "and ten?"."""
"""What so many of one product cost."""
OF_NAMED = re.compile(
    r"^(?:and |so |but )?(?:is|are|does|do|has|have|can|what|how \w+ is|how \w+ are|tell me (?:more )?about|describe|details of|more about) the \w+"
)
QUESTION_OF_IT = re.compile(
    r"^(?:and |so |but )?(?:how|what|is|does|do|can|will|are)\b.*\b(?:it|they|them)\b"
)
WHICH_MOST = re.compile(
    r"^(?:the )?(?P<alone>(?!best|cheap|dear|larg|small|big|short|long|tall|wid|narrow|heav|light|high|low|new|lat|rest|pric|fast|quick|strong|bright|test|west|vest|chest|guest|quest|nest|forest|interest|request|honest|contest)[a-z]{3,}est)(?: ones?)?\W*$"
    r"|^(?:and |so |ok(?:ay)? )*which(?: one| of (?:them|those|these))? (?:have|has|got|comes? with) the (?P<has>(?!best|most|high|low|larg|small|big|least)[a-z]{3,}est) (?P<part>[a-z-]+)\W*$"
    r"|^(?:and |so |ok(?:ay)? )*which(?: one| of (?:them|those|these))?(?:'s| is| are| would be| looks?) (?:the )?(?:(?:most|more) (?P<most>(?!expensive|popular|powerful)[a-z]{4,})|(?P<er>(?!better|cheaper|larg|small|bigg|short|long|tall|wid|narrow|heav|light|high|low|dear|old|over|under|ever|never|other)[a-z]{3,}er)|(?P<est>(?!best|cheap|larg|small|big|short|long|tall|wide|narrow|heav|light|high|low|rest)[a-z]{3,}est))\b"
)
ASKS_FACT = re.compile(
    r"^(?:and |so |but |ok(?:ay)? )*(?:what(?:'s|s| is| are| was)|where|when|who)(?: the| its)? (?!about|else|other)[a-z]"
)
"""A question that has its answer in one fact: "what's the volume of that one?"."""
WHICH_IS = re.compile(
    r"^(?:and |so |ok(?:ay)? )*which(?: one| ones| of (?:them|those|these))? (?:is|are|was|were) (?:the|an?) (?P<what>[a-z][a-z0-9 -]+?)(?: ones?)?\W*$"
)
NEEDS_E = re.compile(r"[^aeiou]*[aeiou][bdfgklmnprstvz]")
HOW_OF_IT = re.compile(
    r"^(?:and |so |but |ok(?:ay)? )*how (?:long|big|heavy|tall|wide|large|loud|fast|thick|hard|easy|many \w+|much \w+) (?:is|are|do|does|will|would|can)\b"
)
HOW_MANY = re.compile(r"\bhow many (?P<what>[a-z]{3,})\b")
YES_OR_NO = re.compile(
    r"^(?:and |so |but |ok(?:ay)? )*(?:do you (?:think|reckon|believe)|is|are|does|do|has|have|can|could|will|would|how)\b"
)
IN_COLOUR = re.compile(r"\b(?:this|that|it|these|them|one)\b.*\b(?:in|but)\b")
OF_ONE_PRODUCT = ["query", "must", "interest", "min_price", "max_price", "min_measure", "max_measure"]
"""Wishes that say what one product must be, and nothing of what goes with it."""


class AboutShown:
    """Understands them with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def find(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """Requests about products that were shown: why, how they differ, what they are like, not this one."""
        if (taken := self._chosen(text, situation, found)) is not None:
            return taken
        if intents.WHY.search(text):
            found.intent = Intent.WHY
            return self.pointed(found, situation)
        if intents.COMPARE.search(text):
            found.intent = Intent.COMPARE
            return self.pointed(found, situation, many=True)
        if found.changes.get("reject"):
            found.intent, found.fresh = Intent.REJECT, True
            return found
        if intents.LIKE.search(text) and (situation.shown or situation.focus):
            return self._alike(situation, found)
        if (answered := self._named(text, situation, found)) is not None:
            return answered
        if (device := self._other_device(text, situation, found)) is not None:
            found.intent, found.changes = Intent.RECOMMEND, {"query": device}
            return found
        if (
            (intents.POSSESSIVE.search(text) or intents.JUST_ASPECT.match(text))
            and intents.aspect_of(text)
            and (situation.shown or situation.focus)
        ):
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return self.pointed(found, situation)
        if (
            (most := intents.SIZE_MOST.search(text))
            and situation.shown
            and not found.handles
            and not self._seeks(text, found, situation)
        ):
            aspect = "weight" if most.group().endswith(("heaviest", "lightest")) else "size"
            found.intent, found.aspect = Intent.DETAILS, "battery" if "last" in text else aspect
            found.handles = [s.handle for s in situation.last]
            return self.pointed(found, situation)
        chosen = self._most_of_quality(text, situation, found) or self._which_is(text, situation, found)
        if chosen is not None:
            return chosen
        of_one = len(found.handles) == 1 and ASKS_FACT.match(text) and found.changes.keys() <= GUESSED
        return self._asked(text, situation, found) if of_one or intents.DETAILS.search(text) else None

    def _most_of_quality(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """Which of the products shown is the "toughest": what the shop says of each, for nobody has compared them."""
        match = WHICH_MOST.search(text)
        if match is None or not situation.shown or found.order:
            return None
        if match.group("er") and self.vocabulary.is_kind(match.group("er")):
            return None  # "which one is the charger"
        quality = match.group("most") or self._plain_form(
            match.group("est") or match.group("er") or match.group("alone") or match.group("has")
        )
        quality = f"{quality} {match.group('part')}" if match.group("part") else quality
        found.handles = found.handles or [s.handle for s in situation.last]
        if quality in OF_TASTE:
            found.count = 1
            return self._picked(found, situation)
        found = self.pointed(found, situation)
        found.intent, found.asked = Intent.DETAILS, [quality]
        return found

    def _alike(self, situation: Situation, found: Understood) -> Understood:
        """What is like a product that was shown, changed as the message says: "something similar in glass"."""
        named = str(found.changes.get("query") or "").split()
        kept = {k: v for k, v in found.changes.items() if k != "query"}
        if named and set(named) <= COLOURS | MATERIALS:
            kept["must"] = [*kept.get("must", []), *named]
        found.intent = Intent.LIKE
        found = self.pointed(found, situation)
        if not situation.wishes.get("query") and (like := _shown_as(found.handles[:1], situation)):
            kept |= self.vocabulary.kind_wished(like[0].title, None)
        found.changes = {
            k: found.handles[0] if v == "shown" and found.handles else v for k, v in kept.items()
        }
        return found

    def _which_is(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """Which of the products shown is "the charger", or the cheapest where the shop states no price."""
        last = situation.last
        if (
            len(last) > 1
            and names_extreme(text)
            and not found.handles
            and not found.changes
            and not found.order
        ):
            priced = CHEAPEST.search(text) or DEAREST.search(text)
            found.intent, found.aspect = Intent.DETAILS, "price" if priced else "rating"
            found.handles = [s.handle for s in last]
            return found
        match = WHICH_IS.match(text)
        named = by_description(match.group("what"), last) if match else []
        if not named:
            return None
        return Understood(Intent.DETAILS, text, handles=named)

    def _asked(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """A question about what a product is like; None where it asks for others."""
        if not (situation.shown or situation.focus):  # of what? nothing was shown yet
            return Understood(Intent.DETAILS, text) if self.points(text, found) else None
        if self._seeks(text, found, situation):
            return None
        found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
        if found.aspect is None and (counted := HOW_MANY.search(text)):
            found.aspect = counted.group("what")
            of_world = re.search(r"\bare there\W*$", text) and not self.vocabulary.is_kind(found.aspect)
            if of_world and not found.handles:
                return Understood(Intent.OUT_OF_SCOPE, text)
        return self.pointed(found, situation)

    def amounts(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """What products that were shown cost together, or several of one."""
        many, said = SO_MANY.search(text), found.changes.keys()
        many = many or (AND_SO_MANY.match(text) if situation.focus else None)
        if not situation.shown or not (many or SUM.search(text)) or said - {"query", "must", "interest"}:
            return None
        several = found.handles if len(found.handles) > 1 else []
        if many:
            found = self.pointed(found, situation)
            found.quantity = int(number(next(g for g in many.groups() if g)))
        found.handles = found.handles[:1] if many else several or [s.handle for s in situation.last]
        found.intent, found.aspect, found.changes = Intent.DETAILS, "price", {}
        return found

    def _chosen(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """A choice among the products that were shown, or what goes with one of them."""
        if not situation.shown:
            return None
        if intents.GOES_WITH.search(text) and "query" not in found.changes:
            kept = {k: v for k, v in found.changes.items() if k in ("max_price", "min_price", "brands")}
            found = self.pointed(found, situation)
            found.intent, found.changes = Intent.GOES_WITH, {"clear": OF_ONE_PRODUCT, **kept}
            return found
        fewer = found.count and re.search(r"\b(?:only|just)\b", text)
        if fewer and not found.changes:
            return self._picked(found, situation)
        if (pick := intents.PICK.search(text)) and not found.changes.keys() - {"interest"}:
            found.changes = {}
            found.count = found.count or (int(number(pick.group("count"))) if pick.group("count") else 1)
            return self._picked(found, situation)
        return None

    def _picked(self, found: Understood, situation: Situation) -> Understood:
        """So many of those pointed to, else of the last list that has more."""
        among = next((t for t in reversed(situation.shown) if len(t) > (found.count or 1)), situation.last)
        several = found.handles if len(found.handles) > 1 else []
        found.intent, found.handles = Intent.PICK, several or [s.handle for s in among]
        return found

    def _named(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """A question about one product that it names: "is the desk adjustable?"."""
        if not situation.shown or found.handles:
            return None
        last = situation.last
        if OF_NAMED.match(text) and len(named := by_description(text, last)) == 1:
            found.intent, found.aspect, found.handles = Intent.DETAILS, intents.aspect_of(text), named
            title = next(s.title.lower() for s in last if s.handle in named)
            # They name it, and ask nothing.
            found.words, found.said = (
                [w for w in words if w not in title] for words in (found.words, found.said)
            )
            found.changes.pop("query", None)
            return self.pointed(found, situation)
        return None

    def in_colour(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """The product that is talked about, in the colour that is wanted, or in another: others of its kind.

        None where a kind is named, or no one product is talked about.
        """
        last = situation.last
        alone = _shown_as(found.handles or [situation.focus or ""], situation) or last
        other = OTHER_COLOUR.search(text) is not None
        wanted = set(found.changes.get("must", [])) & COLOURS and IN_COLOUR.search(text)
        topic = situation.wishes.get("query")
        if len(alone) != 1 or "query" in found.changes or not (other or (wanted and not topic)):
            return None
        title = alone[0].title
        colours = [c for c in sorted(COLOURS) if re.search(rf"\b{c}\b", title.lower())]
        if other and colours:
            found.changes["exclude_terms"] = colours
        found.changes |= self.vocabulary.kind_wished(title, topic)
        found.intent, found.handles = Intent.LIKE, [alone[0].handle]
        return found

    def points(self, text: str, found: Understood) -> bool:
        """Whether a message points at a product by its number, or as "it", and names none."""
        if QUESTION_OF_IT.search(text):
            return True
        pointing = ORDINAL.search(text) or NUMBERED.search(text) or THAT.search(text)
        return bool(pointing) and not any(self.vocabulary.is_kind(w) for w in found.words)

    def _other_device(self, text: str, situation: Situation, found: Understood) -> str | None:
        """A device that is asked for by name ("how much is the iPhone 17?") and is none of what was shown."""
        match = DEVICE.search(text)
        if (
            match is None
            or text.startswith("my ")
            or found.handles
            or any(self.vocabulary.is_kind(w) for w in found.words)
        ):
            return None
        if not re.search(r"\b(?:how much|price|do you (?:have|sell)|got|tell me about|is)\b", text):
            return None
        if (topic := situation.wishes.get("query")) and self.vocabulary.together(
            [match.group(), *topic.split()]
        ):
            return None  # "do you have anything for the pixel 8?", of screen protectors
        titles = (s.title.lower() for s in situation.last)
        return None if any(match.group() in t for t in titles) else match.group()

    def _is_topic(self, found: Understood, situation: Situation) -> bool:
        """Whether the kinds that a message names are those that are looked for already."""
        topic = {stem(w) for w in str(situation.wishes.get("query") or "").split()}
        kinds = {stem(w) for w in found.words if self.vocabulary.is_kind(w)}
        return bool(kinds) and kinds <= topic

    def _seeks(self, text: str, found: Understood, situation: Situation) -> bool:
        """Whether a question asks for other products rather than about one that was shown."""
        if found.handles:
            return False
        if HOW_OF_IT.match(text) and "query" in found.changes and self._is_topic(found, situation):
            return False
        return bool(found.changes.keys() - {"must", "interest", "recipient"}) or bool(
            re.search(
                r"\b(?:do you (?:have|sell|stock)|have you got|got any|are there (?:any)?|is there (?:any|a)|any)\b",
                text,
            )
        )

    def pointed(self, found: Understood, situation: Situation, many: bool = False) -> Understood:
        """Which products a question is about: those pointed to, else the one in focus, else those shown last."""
        told = (found.changes.get(name, []) for name in ("must", "exclude_terms"))
        asked = [
            *(t for terms in told for t in terms),
            *(found.said if YES_OR_NO.match(found.text) else found.words),
            *found.changes.get("interest", "").split(),
        ]
        found.asked = [t for t in dict.fromkeys(asked) if not any(t in o.split() for o in asked if o != t)]
        found.changes = {}
        last = situation.last
        handles = found.handles or (by_description(found.text, last) if last else [])
        if many and len(handles) == 1 and situation.focus and situation.focus not in handles:
            handles = [situation.focus, *handles]
        if many and len(handles) == 1 and THAT.search(found.text) and len(situation.shown) > 1:
            earlier = situation.shown[-2]  # "compare it with the navy one": what the list was gathered for
            handles = [*(s.handle for s in earlier if len(earlier) == 1), *handles]
        if many and len(handles) < 2:
            every = [s.handle for s in last]
            if len(every) < 2:  # two answers, one product each
                every = [*(s.handle for turn in situation.shown[-2:-1] for s in turn[:2]), *every]
            all_of_them = re.search(r"\ball\b|\bthem\b|those|these", found.text)
            handles = distinct(every)[: found.count or (6 if all_of_them else 3)]
        if not handles and (last or situation.focus):
            handles = [situation.focus] if situation.focus else [last[0].handle]
        found.handles = handles
        return found

    def _plain_form(self, superlative: str) -> str:
        """The adjective of a superlative or comparative: "tough", "hot", "nice", "comfy"."""
        base = re.sub(r"(?:est|er)$", "", superlative)
        once = re.sub(r"([b-df-hj-np-rtvwxz])\1$", r"\1", base)
        if NEEDS_E.fullmatch(base):  # "finest" is of "fine": "fin" would have doubled its n
            return base + "e"
        forms = (re.sub(r"i$", "y", base), base, once, base + "e")
        known = [f for f in forms if f in OF_TASTE] or [f for f in forms if f in self.vocabulary.english]
        return known[0] if known else once


def _shown_as(handles: list[str], situation: Situation) -> list[Shown]:
    """What was shown under these handles."""
    every = {s.handle: s for turn in situation.shown for s in turn}
    return [every[h] for h in handles if h in every]
