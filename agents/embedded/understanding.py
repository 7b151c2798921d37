"""Understands one request in its conversation: intent, wishes, references, parts of a set."""

import re
from dataclasses import replace

from agents.embedded import followups, intents
from agents.embedded.followups import FollowUps
from agents.embedded.intents import Intent
from agents.embedded.references import NUMBERED, ORDINAL, THAT, by_description, resolve
from agents.embedded.request import Situation, Understood
from agents.embedded.set_requests import SetRequests
from agents.embedded.slots import find_slots
from agents.embedded.vocabulary import FILLER, Vocabulary
from agents.embedded.wording import DEVICE, NEGATION, Wording
from catalog.lexical import stem
from tools.synonyms import COLOURS

TITLE_WORDS = 3
FOR = re.compile(r"\bfor (?:an? |my |the |her |his )?$")
FINE = re.compile(
    r"\W*(?:is|are|would be|'s) (?:fine|ok(?:ay)?|good|alright|all right|acceptable|great|allowed)\b"
)
IN_COLOUR = re.compile(r"\b(?:this|that|it|these|them|one)\b.*\b(?:in|but)\b")
POINTING = re.compile(r"\b(?:the|that|this|those) (?:ones?|first|second|third|last)\b|\bfrom before\b")


class Understanding:
    """Turns words into an :class:`Understood`, with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.wording = Wording(vocabulary)
        self.sets = SetRequests(vocabulary)
        self.follow_ups = FollowUps(vocabulary)

    def understand(self, request: str, situation: Situation) -> Understood:
        """Understand one message; it always returns something, in the worst case ``UNCLEAR``."""
        text = _normal(request)
        if (whole := intents.whole_message(text)) is not None:
            return Understood(whole, text)
        if (title := self._title_in(request)) is not None:
            return Understood(Intent.DETAILS, title, pasted_title=True)
        text = self.vocabulary.spelled(text)
        if (whole := intents.whole_message(text)) is not None:
            return Understood(whole, text)
        found = self._wishes(text, situation)
        simple = self._fixed_intent(text, situation, found)
        if simple is not None:
            return simple
        return self._recommendation(text, situation, found)

    def _title_in(self, request: str) -> str | None:
        """The catalog title that a message consists of, pasted or asked about; None where it is none."""
        lowered = request.strip().lower().strip("\"'“”. ?!")
        core = re.sub(r"^(?:tell me (?:more )?about|what about|how about)\s+(?:the\s+)?", "", lowered)
        long_enough = TITLE_WORDS <= len(re.findall(r"\w+", core)) and len(core) <= 300
        return core if long_enough and core in self._titles else None

    @property
    def _titles(self) -> frozenset[str]:
        if not hasattr(self, "_title_set"):
            self._title_set = frozenset(t.lower().strip() for t in self.vocabulary.catalog.titles)
        return self._title_set

    def _fixed_intent(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """Intents that their wording gives away, in the order in which they outrank each other."""
        if intents.NEVER.search(text):
            return Understood(Intent.OUT_OF_SCOPE, text)
        if intents.CART.search(text) and not followups.SORT.search(text):
            return Understood(Intent.CART, text)
        if intents.WISHES.search(text):
            return Understood(Intent.WISHES, text)
        foreign = " ".join(m.group() for m in intents.OUT_OF_SCOPE.finditer(text))
        if foreign and not self._about_products(found, foreign):
            return Understood(Intent.OUT_OF_SCOPE, text)
        if (
            not self._about_set(text, situation)
            and (follow := self.follow_ups.find(text, situation, found)) is not None
        ):
            return follow
        if intents.RESET.search(text):
            found.intent, found.changes["reset"] = Intent.RESET, True
            return found
        if (
            intents.UNDO.search(text)
            and not found.changes.keys() - {"query", "must"}
            and len(text.split()) < 9
        ):
            return Understood(Intent.UNDO, text)
        if self._about_set(text, situation):
            return self.sets.what_if(text, situation, found)
        if intents.BUNDLE.search(text) or self.sets.lists_kinds(found):
            return self.sets.asked(text, found)
        if intents.BROWSING.search(text):
            return Understood(Intent.BROWSING, text)
        return self._about_shown(text, situation, found)

    def _about_set(self, text: str, situation: Situation) -> bool:
        """Whether a message changes the set that was put together before."""
        of_last = intents.BUDGET_NOW.search(text) or intents.DISTINCT_BRANDS.search(text)
        return bool(
            situation.bundle and (intents.WHAT_IF.search(text) or (situation.bundle_last and of_last))
        )

    def _about_shown(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """Requests about products that were shown: why, how they differ, what they are like, not this one."""
        if intents.WHY.search(text):
            found.intent = Intent.WHY
            return self._pointed(found, situation)
        if intents.COMPARE.search(text):
            found.intent = Intent.COMPARE
            return self._pointed(found, situation, many=True)
        if found.changes.get("reject"):
            found.intent, found.fresh = Intent.REJECT, True
            return found
        if intents.LIKE.search(text) and (situation.shown or situation.focus):
            kept = {k: v for k, v in found.changes.items() if k != "query"}
            found.intent = Intent.LIKE
            found = self._pointed(found, situation)
            found.changes = {
                k: found.handles[0] if v == "shown" and found.handles else v for k, v in kept.items()
            }
            return found
        if (device := self._other_device(text, situation, found)) is not None:
            found.intent, found.changes = Intent.RECOMMEND, {"query": device}
            return found
        if (
            (intents.POSSESSIVE.search(text) or intents.JUST_ASPECT.match(text))
            and intents.aspect_of(text)
            and (situation.shown or situation.focus)
        ):
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return self._pointed(found, situation)
        if (
            intents.DETAILS.search(text)
            and not (situation.shown or situation.focus)
            and self._points(text, found)
        ):
            return Understood(Intent.DETAILS, text)  # of what? nothing was shown yet
        if (
            intents.DETAILS.search(text)
            and (situation.shown or situation.focus)
            and not self._seeks(text, found)
        ):
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return self._pointed(found, situation)
        return None

    def _points(self, text: str, found: Understood) -> bool:
        """Whether a message points at a product by its number, or as "it", and names none."""
        pointing = ORDINAL.search(text) or NUMBERED.search(text) or THAT.search(text)
        return bool(pointing) and not any(self.vocabulary.is_kind(w) for w in found.words)

    def _other_device(self, text: str, situation: Situation, found: Understood) -> str | None:
        """A device that is asked for by name ("how much is the iPhone 17?") and is none of what was shown."""
        match = DEVICE.search(text)
        if match is None or found.handles or any(self.vocabulary.is_kind(w) for w in found.words):
            return None
        if not re.search(r"\b(?:how much|price|do you (?:have|sell)|got|tell me about|is)\b", text):
            return None
        titles = (s.title.lower() for s in (situation.shown[-1] if situation.shown else []))
        return None if any(match.group() in t for t in titles) else match.group()

    def _about_products(self, found: Understood, foreign: str = "") -> bool:
        """Whether a message names a kind, a brand, a bound or a product: then it is about shopping.

        Words of the ``foreign`` phrase do not count: a world cup is no cup.
        """
        firm = found.changes.keys() - {"query", "must", "exclude_terms"}
        own = [w for w in found.words if w not in foreign.split()]
        return bool(firm or found.handles or any(self.vocabulary.is_kind(w) for w in own))

    def _seeks(self, text: str, found: Understood) -> bool:
        """Whether a question asks for other products rather than about one that was shown."""
        if found.handles:
            return False
        return (
            bool(found.changes.keys() - {"must"})
            or "query" in found.changes
            or bool(
                re.search(
                    r"\b(?:do you (?:have|sell|stock)|have you got|got any|are there (?:any)?|is there (?:any|a)|any)\b",
                    text,
                )
            )
        )

    def _recommendation(self, text: str, situation: Situation, found: Understood) -> Understood:
        if intents.MORE.search(text) and situation.shown:
            # What was shown may be shown again when some of it has just been ruled out.
            found.intent, found.fresh = Intent.MORE, "exclude_brands" not in found.changes
            return found
        if found.handles and not found.changes:
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return found
        if found.changes.keys() == {"recipient"} and not (situation.browsed or situation.wishes.get("query")):
            found.intent = Intent.UNCLEAR
            return found
        if (same := self._same_in(text, situation, found)) is not None:
            found.changes["query"], found.handles = same, []
        found.fresh = not found.changes and bool(situation.shown)  # asked again: show what was not shown yet
        asks = bool(intents.ASK_RECOMMENDATION.search(text) or intents.SHOPPING.search(text))
        if found.changes or asks and (situation.browsed or situation.wishes or found.words):
            found.intent = Intent.RECOMMEND
            if (
                found.words
                and "query" not in found.changes
                and "must" not in found.changes
                and not situation.shown
            ):
                found.changes["query"] = " ".join(found.words)
            return found
        if found.handles:
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return found
        if asks:
            found.intent = Intent.UNCLEAR
            return found
        if (situation.shown or situation.wishes) and found.words and intents.REFINES.match(text):
            found.intent, found.changes["must"] = Intent.RECOMMEND, found.words
            return found
        if situation.turns and found.words and intents.GOES_ON.match(text):
            found.intent, found.changes["query"] = Intent.RECOMMEND, " ".join(found.words)
            return found
        vague = len(text.split()) < 3 or bool(POINTING.search(text))
        found.intent = Intent.UNCLEAR if vague and situation.turns else Intent.OUT_OF_SCOPE
        return found

    def _same_in(self, text: str, situation: Situation, found: Understood) -> str | None:
        """The kind of the product pointed to, when it is wanted in another colour and nothing else is the topic."""
        wanted = set(found.changes.get("must", [])) & COLOURS
        every = [s for turn in situation.shown for s in turn]
        pointed = next((s for s in every if s.handle in (found.handles or [situation.focus or ""])), None)
        if (
            not wanted
            or situation.wishes.get("query")
            or "query" in found.changes
            or pointed is None
            or not IN_COLOUR.search(text)
        ):
            return None
        words = [
            w
            for w in re.findall(r"[a-z][a-z-]+", pointed.title.lower())
            if w not in COLOURS and w not in FILLER
        ]
        return " ".join(words[-3:]) or None

    def _wishes(self, text: str, situation: Situation) -> Understood:
        found = Understood(Intent.RECOMMEND, text)
        self._corrections(text, found)
        slots = find_slots(text)
        found.changes |= slots.changes
        found.count, found.budget = slots.count, slots.budget
        reference = resolve(slots.rest, situation.shown, situation.focus)
        found.handles = reference.handles
        if (topic := intents.NEW_TOPIC.search(text)) and self._is_new_topic(
            topic.group("what") or topic.group("what2"), situation
        ):
            found.handles, reference = [], replace(reference, handles=[])
        rest = self._brands(reference.rest, found, situation)
        for pattern in (*intents.SPOKEN_FOR, *followups.SPOKEN_FOR):
            rest = pattern.sub(" ", rest)
        one = found.handles[0] if len(found.handles) == 1 else None
        than = one or (situation.focus if situation.focus and not situation.shown else "shown")
        if slots.cheaper and "max_price" not in slots.changes:
            found.changes["cheaper_than"] = than
        if slots.dearer and "min_price" not in slots.changes:
            found.changes["dearer_than"] = than
        if slots.bigger or slots.smaller:
            name = "bigger_than" if slots.bigger else "smaller_than"
            if situation.shown:
                found.changes[name] = found.handles[0] if len(found.handles) == 1 else "shown"
        if found.handles and intents.REJECT.search(text) and not reference.plural and not slots.cheaper:
            found.changes["reject"] = found.handles
        self.wording.sort(rest, found, situation)
        self._withdrawn(text, found, situation)
        self._stated(text, found)
        if not found.handles and situation.shown:
            found.handles = by_description(text, situation.shown[-1]) if "query" not in found.changes else []
        return found

    def _stated(self, text: str, found: Understood) -> None:
        """What a product "should be", an interest that somebody has, a price in the middle."""
        if (must := intents.MUST_BE.search(text)) and (word := must.group("what")) not in FILLER:
            word = self.vocabulary.shops_word(self.vocabulary.corrected(word))
            if not any(word in str(v) for v in found.changes.values()):
                found.changes["must"] = [*found.changes.get("must", []), word]
        liked = intents.INTEREST.search(text) or self._meant_for(text)
        if liked:
            found.changes["interest"] = liked.group("what")
            for name in ("query", "must"):
                found.changes.pop(name, None)
            found.words = []
        if followups.MIDDLE.search(text):
            found.changes["mid_range"] = True
        cleared = set(found.changes.get("clear", []))
        found.changes = {
            k: v for k, v in found.changes.items() if k not in cleared & {"on_offer", "min_rating", "brands"}
        }

    def _meant_for(self, text: str) -> re.Match[str] | None:
        """What "something for her desk" is for, when that is neither a person nor a device."""
        match = intents.MEANT_FOR.search(text)
        return (
            match
            if match and match.group("what") not in FILLER and not DEVICE.search(match.group())
            else None
        )

    def _withdrawn(self, text: str, found: Understood, situation: Situation) -> None:
        """A single word that is withdrawn ("forget white"): the other words that products must have stay."""
        standing = situation.wishes.get("must") or []
        match = intents.FORGET.search(text)
        gone = [t for t in standing if match and any(w in match.group("what").split() for w in t.split())]
        if gone:
            found.changes = {"clear": ["must"]}
            if kept := [t for t in standing if t not in gone]:
                found.changes["must"] = kept

    def _is_new_topic(self, what: str, situation: Situation) -> bool:
        """Whether "what about a rucksack to go with it" names another kind of thing than what is talked about."""
        words = [self.vocabulary.shops_word(w) for w in re.findall(r"[a-z][a-z'-]+", what) if w not in FILLER]
        topic = {stem(w) for w in (situation.wishes.get("query") or "").split()}
        return any(self.vocabulary.is_kind(w) and stem(w) not in topic for w in words)

    def _corrections(self, text: str, found: Understood) -> None:
        clear = []
        if intents.CORRECT_BRAND.search(text):
            clear += ["brands", "exclude_brands"]
            found.changes["ignore_brand"] = True
        if intents.CORRECT_PRICE.search(text):
            clear += ["min_price", "max_price"]
        if intents.CORRECT_RATING.search(text):
            clear.append("min_rating")
        if intents.CORRECT_SIZE.search(text):
            clear += ["min_measure", "max_measure"]
        if intents.CORRECT_OFFER.search(text):
            clear.append("on_offer")
        if intents.CORRECT_COLOUR.search(text):
            clear.append("must")
        if clear:
            found.changes["clear"] = clear
        if match := intents.RECIPIENT.search(text):
            found.changes["recipient"] = match.group("who")

    def _brands(self, text: str, found: Understood, situation: Situation) -> str:
        wanted: list[str] = []
        unwanted: list[str] = []
        rest = text
        for brand in self.vocabulary.brands_in(text):
            before = text[: brand.start]
            written = text[brand.start : brand.end]
            rest = rest.replace(written, " ", 1)
            if FOR.search(before):
                found.changes["must"] = [
                    *found.changes.get("must", []),
                    brand.name.lower(),
                ]  # ink for an HP is not by HP
                continue
            if FINE.match(text[brand.end :]) and brand.name in (situation.wishes.get("exclude_brands") or []):
                kept = [b for b in situation.wishes["exclude_brands"] if b != brand.name]
                found.changes |= {"clear": ["exclude_brands"], **({"exclude_brands": kept} if kept else {})}
                continue
            chained = unwanted and re.search(r"(?:\bor\b|\band\b|,|\bnor\b)\s*$", before)
            (unwanted if NEGATION.search(before) or chained else wanted).append(brand.name)
        if wanted:
            found.changes["brands"] = wanted
        if unwanted:
            found.changes["exclude_brands"] = [*found.changes.get("exclude_brands", []), *unwanted]
        return rest

    def _pointed(self, found: Understood, situation: Situation, many: bool = False) -> Understood:
        """Which products a question is about: those pointed to, else the one in focus, else those shown last."""
        found.asked = [*found.changes.get("must", []), *found.changes.get("exclude_terms", []), *found.words]
        found.changes = {}
        last = situation.shown[-1] if situation.shown else []
        handles = found.handles or (by_description(found.text, last) if last else [])
        if many and len(handles) == 1 and situation.focus and situation.focus not in handles:
            handles = [situation.focus, *handles]
        if many and len(handles) < 2:
            handles = [s.handle for s in last][
                : 3 if not re.search(r"\ball\b|\bthem\b|those|these", found.text) else 6
            ]
        if not handles and (last or situation.focus):
            handles = [situation.focus] if situation.focus else [last[0].handle]
        found.handles = handles
        return found


RESTATED = (
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
"""Other ways of saying what is understood."""


def _normal(request: str) -> str:
    text = request.lower()
    for pattern, plain in RESTATED:
        text = pattern.sub(plain, text)
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"\s+", " ", text).strip()
