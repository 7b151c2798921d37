"""Understands one request in its conversation: intent, wishes, references, parts of a set."""

import re
from dataclasses import replace

from agents.embedded import followups, intents
from agents.embedded.about_shown import QUESTION_OF_IT, AboutShown
from agents.embedded.dialogue_acts import ACTS, DialogueActs
from agents.embedded.followups import FollowUps
from agents.embedded.intents import Intent
from agents.embedded.meanings import OFF_TOPIC, SURELY_FOREIGN, WISHES, Meanings
from agents.embedded.normal_forms import normal
from agents.embedded.purposes import tells_occasion
from agents.embedded.references import BEFORE, names_extreme
from agents.embedded.request import GUESSED, Situation, Understood
from agents.embedded.sayings import AT_ITS_WORD, LIKELY, SURE
from agents.embedded.set_requests import JUST_CHEAPER, LEFT, SetRequests
from agents.embedded.stated_measures import DEVICE
from agents.embedded.stated_wishes import StatedWishes
from agents.embedded.vocabulary import Vocabulary
from catalog.lexical import stem

TITLE_WORDS = 3
VAGUE = 5  # words: so short a message goes on about what was said before
FOREIGN = re.compile(r"(?:who|when|where|why|how|tell|is|are|do|does|did|was|will)\b")
ADDS = re.compile(r"^(?:and |also |ok(?:ay)? |please |can you |could you )*(?:also )?add (?:an?|some) ")
JUST_POINTS = re.compile(
    r"^(?:and |ok(?:ay)? |so |then |yes |show me |let me see |open |i like )*(?:the|number|no\.?|option|p)\b[\w -]{1,30}(?:\?|!|\.|please|then|\s)*$"
)
FROM_DEPARTMENT = re.compile(r"\b(?:from|in|under) (?:the |your )?[a-z ]+\W*$")
POINTING = re.compile(r"\b(?:the|that|this|those) (?:ones?|first|second|third|last)\b|\bfrom before\b")


class Understanding:
    """Turns words into an :class:`Understood`, with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.wishes = StatedWishes(vocabulary)
        self.sets = SetRequests(vocabulary)
        self.follow_ups = FollowUps(vocabulary)
        self.shown = AboutShown(vocabulary)
        self.acts = DialogueActs(vocabulary)
        self.meanings = Meanings(vocabulary)

    def understand(self, request: str, situation: Situation) -> Understood:
        """Understand one message; it always returns something, in the worst case ``UNCLEAR``."""
        text = normal(request)
        if (whole := intents.whole_message(text)) is not None:
            return Understood(whole, text)
        if (title := self._title_in(request)) is not None:
            topic = self.vocabulary.kind_wished(title, situation.wishes.get("query"))
            return Understood(Intent.DETAILS, title, changes=topic, pasted_title=True)
        text = normal(self.vocabulary.spelled(text))
        if (whole := intents.whole_message(text)) is not None:
            return Understood(whole, text)
        text = self.acts.content(text)
        text, situation = self._of_the_one_named(text, situation)
        understood, sure = self._by_patterns(text, situation)
        agreed = situation.offer is not None and followups.YES.match(text) is not None
        if (
            not agreed
            and (act := self.acts.of(text, understood, sure, situation.wishes.get("query"))) is not None
        ):
            return act
        if sure and understood.intent is Intent.DETAILS and not self.shown.points(text, understood):
            # A question that names nothing of what was shown may be about the world.
            own = any(self.vocabulary.is_kind(w) for w in understood.words)
            least = SURE if understood.aspect in (None, "age") else SURELY_FOREIGN
            foreign = not own and self._meaning(text, least) == OFF_TOPIC
            return Understood(Intent.OUT_OF_SCOPE, text) if foreign else understood
        if (plain := self.meanings.plainly(text, situation, understood)) is not None:
            return self._as_if_said(plain, text, situation, understood)
        self.meanings.freed(text, situation, understood)
        nothing = not understood.changes and not understood.order
        meant = None if sure else self._meaning(text, LIKELY if nothing else SURE)
        if (
            meant is None
            or meant in ACTS
            or meant in WISHES
            or (meant == OFF_TOPIC and intents.SHOPPING.search(text))
        ):
            return understood
        return self._as_if_said(meant, text, situation, understood)

    def _meaning(self, text: str, least: float) -> str | None:
        """The plain request that a message means; None where it is to be taken at its word."""
        said = self.vocabulary.said(text)
        return None if said.chance < least or said.meant == AT_ITS_WORD else said.meant

    def _of_the_one_named(self, text: str, situation: Situation) -> tuple[str, Situation]:
        """What is asked of a product that the sentence before points at: "the cheaper one. does it swivel?"."""
        pointing, apart, asking = text.partition(". ")
        if not (apart and situation.shown and JUST_POINTS.match(pointing) and QUESTION_OF_IT.match(asking)):
            return text, situation
        named = self.wishes.find(pointing, situation).handles
        return (asking, replace(situation, focus=named[0])) if len(named) == 1 else (text, situation)

    def _by_patterns(self, text: str, situation: Situation) -> tuple[Understood, bool]:
        """What the patterns make of a message, and whether its words gave that away."""
        found = self.wishes.find(text, situation)
        if (simple := self._fixed_intent(text, situation, found)) is not None:
            return simple, True
        found = self._recommendation(text, situation, found)
        return found, self._is_sure(found)

    def _is_sure(self, found: Understood) -> bool:
        """Whether something in a message is known for what it is: a bound, a kind, words of the shop's titles."""
        if found.intent is Intent.MORE or found.changes.keys() - GUESSED:
            return True
        if intents.ASK_RECOMMENDATION.search(found.text):
            return True
        if found.intent is Intent.DETAILS and (JUST_POINTS.match(found.text) or names_extreme(found.text)):
            return True
        told = [w for name in GUESSED & found.changes.keys() for w in _words_of(found.changes[name])]
        known = [w for w in told if self.vocabulary.knows(w)]
        return any(self.vocabulary.is_kind(w) for w in found.words) or bool(known and len(known) == len(told))

    def _as_if_said(self, meant: str, text: str, situation: Situation, found: Understood) -> Understood:
        """The message as the plain request that it means, about the products that it points at."""
        points = "{it}" in meant or "{them}" in meant
        if points and not (situation.shown or situation.focus):
            return Understood(Intent.DETAILS, text)  # of what? nothing was shown yet
        pointed = " and ".join(h.lower() for h in found.handles)
        count = found.count or next(
            (m.group() for m in re.finditer(r"\b(?:one|two|three|four|five|[1-5])\b", text)), 2
        )
        amount = re.search(r"\d+(?:[.,]\d{1,2})?", text)
        plain = meant.format(
            it=pointed or "it", them=pointed or "them", count=count, amount=amount.group() if amount else ""
        )
        return (
            self._by_patterns(plain, situation)[0]
            if (whole := intents.whole_message(plain)) is None
            else Understood(whole, text)
        )

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
        if (apart := self._apart(text, situation, found)) is not None:
            return Understood(apart, text)
        if BEFORE.search(text) and not (situation.shown or situation.focus):
            return Understood(Intent.DETAILS, text)  # of what? nothing was shown yet
        if (
            not self._about_set(text, situation, found)
            and (follow := self.follow_ups.find(text, situation, found)) is not None
        ):
            return follow
        if intents.RESET.search(text):
            found.intent, found.changes["reset"] = Intent.RESET, True
            return found
        if (
            intents.UNDO.search(text)
            and not found.changes.keys() - {"query", "must"}
            and not any(self.vocabulary.is_kind(w) for w in found.words)
            and len(text.split()) < 9
        ):
            return Understood(Intent.UNDO, text)
        if (priced := self.shown.amounts(text, situation, found)) is not None:
            return priced
        if self._about_set(text, situation, found):
            return self.sets.what_if(text, situation, found)
        if intents.BUNDLE.search(text) or self.sets.lists_kinds(found):
            return self.sets.asked(text, situation, found)
        if ADDS.match(text) and (extended := self.sets.extended(text, situation, found)) is not None:
            return extended
        if intents.BROWSING.search(text) and "ignore_browsing" not in found.changes:
            return Understood(Intent.BROWSING, text)
        return self.shown.find(text, situation, found)

    def _apart(self, text: str, situation: Situation, found: Understood) -> Intent | None:
        """What needs no tool: an order, the shop's services, the wishes told again, what is no shopping."""
        if intents.NEVER.search(text):
            return Intent.OUT_OF_SCOPE
        if intents.CART.search(text) and not followups.SORT.search(text):
            return Intent.CART
        if self._asks_service(text, situation, found):
            return Intent.SERVICE
        if (asked := intents.HOW_OF_THE_WORLD.match(text)) and not self._names_shown(asked, situation):
            return Intent.OUT_OF_SCOPE
        if intents.HOW_CHOSEN.search(text):
            return Intent.HOW_CHOSEN
        if intents.WISHES.search(text):
            return Intent.WISHES
        foreign = " ".join(m.group() for m in intents.OUT_OF_SCOPE.finditer(text))
        return Intent.OUT_OF_SCOPE if foreign and not self._about_products(found, foreign) else None

    def _names_shown(self, asked: re.Match[str], situation: Situation) -> bool:
        """Whether the subject of a question is a kind of thing, or stands in a title that was shown last."""
        words = asked.group("subject").split()
        titles = " ".join(s.title.lower() for s in situation.last)
        return any(self.vocabulary.is_kind(w) or w in titles for w in words)

    def _asks_service(self, text: str, situation: Situation, found: Understood) -> bool:
        """Whether a message asks about the shop and none of its products: "do you match prices?"."""
        if (asked := intents.SERVICE.search(text)) is None:
            return bool(intents.OF_ORDER.search(text)) and not (
                situation.shown or self._about_products(found)
            )
        return not self.vocabulary.together([stem(w) for w in asked.group().split()])

    def _about_set(self, text: str, situation: Situation, found: Understood) -> bool:
        """Whether a message changes the set that was put together before."""
        of_last = (
            intents.BUDGET_NOW.search(text)
            or intents.DISTINCT_BRANDS.search(text)
            or intents.ONE_BRAND.search(text)
            or JUST_CHEAPER.match(text)
            or (found.budget is not None and not found.words and set(found.changes) <= {"max_price"})
            or self.sets.without_part(text, situation)
            or self.sets.describes_part(text, situation, found)
            or self.sets.refines(found, situation)
            or self.sets.cheaper_part(text, situation, found)
            or self.sets.adds_part(text)
            or (bool(found.handles) and (intents.SWAP.search(text) or "reject" in found.changes))
            or self.sets.size_now(text, situation.bundle or {}) is not None
        )
        of_any = intents.WHAT_IF.search(text) or LEFT.search(text)
        of_last = of_last and not self.sets.lists_kinds(found)  # that is another set
        return bool(situation.bundle and (of_any or (situation.bundle_last and of_last)))

    def _about_products(self, found: Understood, foreign: str = "") -> bool:
        """Whether a message names a kind, a brand, a bound or a product: then it is about shopping.

        Words of the ``foreign`` phrase do not count: a world cup is no cup.
        """
        firm = found.changes.keys() - (GUESSED - {"recipient"})
        own = [w for w in found.words if w not in foreign.split()]
        return bool(firm or found.handles or any(self.vocabulary.is_kind(w) for w in own))

    def _recommendation(self, text: str, situation: Situation, found: Understood) -> Understood:
        if intents.MORE.search(text) and situation.shown:
            # What was shown may be shown again when some of it has just been ruled out.
            found.intent, found.fresh = Intent.MORE, "exclude_brands" not in found.changes
            return found
        if found.handles and not found.changes:
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return found
        looked_for = situation.browsed or any(situation.wishes.get(n) for n in ("query", "must", "interest"))
        if found.changes.keys() == {"recipient"} and not looked_for:
            found.intent = Intent.UNCLEAR
            return found
        if (same := self.shown.in_colour(text, situation, found)) is not None:
            return same
        found.fresh = not found.changes and bool(situation.shown)  # asked again: show what was not shown yet
        asks = bool(intents.ASK_RECOMMENDATION.search(text) or intents.SHOPPING.search(text))
        if found.changes or asks and (situation.browsed or situation.wishes or found.words):
            found.intent = Intent.RECOMMEND
            if (
                found.words
                and not found.changes.keys() & {"query", "must"}
                and not ("interest" in found.changes and "categories" not in found.changes)
                and not ("categories" in found.changes and FROM_DEPARTMENT.search(text))
                and not intents.FORGET.search(text)
                and not situation.shown
                and not tells_occasion(found.words, found, self.vocabulary.knows)
            ):
                found.changes["query"] = " ".join(found.words)
            return found
        if found.handles:
            found.intent, found.aspect = Intent.DETAILS, intents.aspect_of(text)
            return found
        if asks:
            found.intent = Intent.UNCLEAR
            return found
        return self._goes_on(text, situation, found)

    def _goes_on(self, text: str, situation: Situation, found: Understood) -> Understood:
        """A message that states nothing by itself, as more said of what is talked about."""
        found = self._more_said(text, situation, found)
        if found.changes:
            found.fresh = False  # a wish like any other: what was shown may have it
        return found

    def _more_said(self, text: str, situation: Situation, found: Understood) -> Understood:
        if situation.wishes.get("query") and any(self.vocabulary.is_kind(w) for w in found.words):
            found.intent, found.fresh = Intent.RECOMMEND, False  # what is looked for, said again
            return found
        if (situation.shown or situation.wishes) and found.words and intents.REFINES.match(text):
            found.intent, found.changes["must"] = Intent.RECOMMEND, found.words
            return found
        if situation.turns and found.words and intents.GOES_ON.match(text):
            found.intent, found.changes["query"] = Intent.RECOMMEND, " ".join(found.words)
            return found
        if (
            situation.wishes.get("query")
            and found.said
            and len(text.split()) < VAGUE
            and not FOREIGN.match(text)
        ):
            found.intent, found.changes["must"] = Intent.RECOMMEND, [" ".join(found.said)]
            return found
        if found.count and (situation.shown or situation.wishes):
            found.intent = Intent.RECOMMEND  # "top three", of what is talked about
            return found
        if situation.turns and DEVICE.search(text):
            found.intent = Intent.RECOMMEND  # products of this kind fit any device
            return found
        vague = len(text.split()) < VAGUE and not FOREIGN.match(text) or bool(POINTING.search(text))
        found.intent = Intent.UNCLEAR if vague and situation.turns else Intent.OUT_OF_SCOPE
        return found


def _words_of(value: str | list[str]) -> list[str]:
    return " ".join([value] if isinstance(value, str) else value).split()
