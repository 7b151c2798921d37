"""Understands one request in its conversation: intent, wishes, references, parts of a set."""

import re

from agents.embedded import followups, intents
from agents.embedded.followups import FollowUps
from agents.embedded.intents import Intent
from agents.embedded.normal_forms import normal
from agents.embedded.references import NUMBERED, ORDINAL, THAT, by_description, names_extreme
from agents.embedded.request import Situation, Understood
from agents.embedded.sayings import Sayings
from agents.embedded.set_requests import JUST_CHEAPER, SetRequests
from agents.embedded.slots import number
from agents.embedded.stated_wishes import StatedWishes
from agents.embedded.vocabulary import FILLER, Vocabulary
from agents.embedded.wording import DEVICE
from tools.needs import distinct
from tools.synonyms import COLOURS

TITLE_WORDS = 3
IN_COLOUR = re.compile(r"\b(?:this|that|it|these|them|one)\b.*\b(?:in|but)\b")
ADDS = re.compile(r"^(?:and |also |ok(?:ay)? |please |can you |could you )*(?:also )?add (?:an?|some) ")
SUM = re.compile(
    r"\bwhat(?:'?s| is| would be) the total\b|\b(?:cost|come to) (?:all )?(?:together|in total|altogether)\b"
    r"|\bhow much (?:is|are|do|would|will)\b.{0,25}\b(?:together|in total|altogether|for (?:both|all|everything|the lot|the set))\b|\bwhat does (?:it|that|this|everything) (?:all )?come to\b"
)
SO_MANY = re.compile(
    r"\b(?:how much|what)\b.{0,20}\b(?:for|would|do|are|is) (\d{1,3}|two|three|four|five|six)(?: of (?:them|it|those|these))?(?: (?:cost|be|come to))?(?: please)?\W*$"
    r"|\b(?:price|cost) (?:for|of) (\d{1,3}|two|three|four|five|six)(?: of (?:them|it|those|these))?\W*$"
)
"""What so many of one product cost."""
OF_NAMED = re.compile(
    r"^(?:and |so |but )?(?:is|are|does|do|has|have|can|what|how \w+ is|how \w+ are) the \w+"
)
QUESTION_OF_IT = re.compile(
    r"^(?:and |so |but )?(?:how|what|is|does|do|can|will|are)\b.*\b(?:it|they|them)\b"
)
OF_ONE_PRODUCT = ["query", "must", "interest", "min_price", "max_price", "min_measure", "max_measure"]
"""Wishes that say what one product must be, and nothing of what goes with it."""
JUST_POINTS = re.compile(
    r"^(?:and |ok(?:ay)? |so |then |yes |show me |let me see |open |i like )*(?:the|number|no\.?|option|p)\b[\w -]{1,30}(?:\?|!|\.|please|then|\s)*$"
)
OFF_TOPIC = "what is the weather"
GUESSED = {"query", "must", "interest", "recipient", "exclude_terms"}
"""Wishes that any word may end in."""
POINTING = re.compile(r"\b(?:the|that|this|those) (?:ones?|first|second|third|last)\b|\bfrom before\b")


class Understanding:
    """Turns words into an :class:`Understood`, with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.wishes = StatedWishes(vocabulary)
        self.sets = SetRequests(vocabulary)
        self.follow_ups = FollowUps(vocabulary)
        self.sayings = Sayings(vocabulary.encoder)

    def understand(self, request: str, situation: Situation) -> Understood:
        """Understand one message; it always returns something, in the worst case ``UNCLEAR``."""
        text = normal(request)
        if (whole := intents.whole_message(text)) is not None:
            return Understood(whole, text)
        if (title := self._title_in(request)) is not None:
            return Understood(Intent.DETAILS, title, pasted_title=True)
        text = self.vocabulary.spelled(text)
        if (whole := intents.whole_message(text)) is not None:
            return Understood(whole, text)
        understood, sure = self._by_patterns(text, situation)
        if sure or (meant := self.sayings.meaning(text)) is None:
            return understood
        if meant == OFF_TOPIC and intents.SHOPPING.search(text):
            return understood
        return self._as_if_said(meant, text, situation, understood)

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
        count = found.count or next((m.group() for m in re.finditer(r"\b(?:one|two|three|four|five|[1-5])\b", text)), 2)
        amount = re.search(r"\d+(?:[.,]\d{1,2})?", text)
        plain = meant.format(
            it=pointed or "it", them=pointed or "them", count=count, amount=amount.group() if amount else ""
        )
        return self._by_patterns(plain, situation)[0] if (whole := intents.whole_message(plain)) is None else Understood(whole, text)

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
            and len(text.split()) < 9
        ):
            return Understood(Intent.UNDO, text)
        if (many := SO_MANY.search(text)) and situation.shown and not found.changes.keys() - {"query", "must"}:
            found = self._pointed(found, situation)
            found.intent, found.aspect, found.handles = Intent.DETAILS, "price", found.handles[:1]
            found.quantity = int(number(many.group(1) or many.group(2)))
            return found
        if SUM.search(text) and situation.shown and not found.changes.keys() - {"query"}:
            found.intent, found.aspect = Intent.DETAILS, "price"
            several = found.handles if len(found.handles) > 1 else []
            found.handles, found.changes = several or [s.handle for s in situation.shown[-1]], {}
            return found
        if self._about_set(text, situation, found):
            return self.sets.what_if(text, situation, found)
        if intents.BUNDLE.search(text) or self.sets.lists_kinds(found):
            return self.sets.asked(text, found)
        if ADDS.match(text) and (extended := self.sets.extended(text, situation, found)) is not None:
            return extended
        if intents.BROWSING.search(text) and "ignore_browsing" not in found.changes:
            return Understood(Intent.BROWSING, text)
        return self._about_shown(text, situation, found)

    def _about_set(self, text: str, situation: Situation, found: Understood) -> bool:
        """Whether a message changes the set that was put together before."""
        of_last = (
            intents.BUDGET_NOW.search(text)
            or intents.DISTINCT_BRANDS.search(text)
            or JUST_CHEAPER.match(text)
            or (found.budget is not None and not found.words and set(found.changes) <= {"max_price"})
            or self.sets.refines(found, situation)
            or self.sets.cheaper_part(text, situation, found)
        )
        return bool(
            situation.bundle and (intents.WHAT_IF.search(text) or (situation.bundle_last and of_last))
        )

    def _about_shown(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """Requests about products that were shown: why, how they differ, what they are like, not this one."""
        if (chosen := self._chosen(text, situation, found)) is not None:
            return chosen
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
            return self._pointed(found, situation)
        if (
            (most := intents.SIZE_MOST.search(text))
            and situation.shown
            and not found.handles
            and not self._seeks(text, found)
        ):
            aspect = "weight" if most.group().endswith(("heaviest", "lightest")) else "size"
            found.intent, found.aspect = Intent.DETAILS, "battery" if "last" in text else aspect
            found.handles = [s.handle for s in situation.shown[-1]]
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

    def _chosen(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """A choice among the products that were shown, or what goes with one of them."""
        if not situation.shown:
            return None
        if intents.GOES_WITH.search(text) and "query" not in found.changes:
            kept = {k: v for k, v in found.changes.items() if k in ("max_price", "min_price", "brands")}
            found = self._pointed(found, situation)
            found.intent, found.changes = Intent.GOES_WITH, {"clear": OF_ONE_PRODUCT, **kept}
            return found
        fewer = found.count and re.search(r"\b(?:only|just)\b", text)
        if fewer and not found.changes:
            return self._picked(found, situation)
        if (pick := intents.PICK.search(text)) and not found.changes:
            found.count = found.count or (int(number(pick.group("count"))) if pick.group("count") else 1)
            return self._picked(found, situation)
        return None

    def _picked(self, found: Understood, situation: Situation) -> Understood:
        """So many of those pointed to, else of the last list that has more."""
        among = next(
            (t for t in reversed(situation.shown) if len(t) > (found.count or 1)), situation.shown[-1]
        )
        several = found.handles if len(found.handles) > 1 else []
        found.intent, found.handles = Intent.PICK, several or [s.handle for s in among]
        return found

    def _named(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """A question about one product that it names: "is the desk adjustable?"."""
        if not situation.shown or found.handles:
            return None
        last = situation.shown[-1]
        if OF_NAMED.match(text) and len(named := by_description(text, last)) == 1:
            found.intent, found.aspect, found.handles = Intent.DETAILS, intents.aspect_of(text), named
            title = next(s.title.lower() for s in last if s.handle in named)
            found.words = [w for w in found.words if w not in title]  # they name it, and ask nothing
            found.changes.pop("query", None)
            return self._pointed(found, situation)
        return None

    def _points(self, text: str, found: Understood) -> bool:
        """Whether a message points at a product by its number, or as "it", and names none."""
        if QUESTION_OF_IT.search(text):
            return True
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
        firm = found.changes.keys() - {"query", "must", "exclude_terms", "interest", "recipient"}
        own = [w for w in found.words if w not in foreign.split()]
        return bool(firm or found.handles or any(self.vocabulary.is_kind(w) for w in own))

    def _seeks(self, text: str, found: Understood) -> bool:
        """Whether a question asks for other products rather than about one that was shown."""
        if found.handles:
            return False
        return bool(found.changes.keys() - {"must", "interest", "recipient"}) or bool(
            re.search(
                r"\b(?:do you (?:have|sell|stock)|have you got|got any|are there (?:any)?|is there (?:any|a)|any)\b",
                text,
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
        if situation.wishes.get("query") and any(self.vocabulary.is_kind(w) for w in found.words):
            found.intent, found.fresh = Intent.RECOMMEND, False  # what is looked for, said again
            return found
        if (situation.shown or situation.wishes) and found.words and intents.REFINES.match(text):
            found.intent, found.changes["must"] = Intent.RECOMMEND, found.words
            return found
        if situation.turns and found.words and intents.GOES_ON.match(text):
            found.intent, found.changes["query"] = Intent.RECOMMEND, " ".join(found.words)
            return found
        if situation.turns and DEVICE.search(text):
            found.intent = Intent.RECOMMEND  # products of this kind fit any device
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

    def _pointed(self, found: Understood, situation: Situation, many: bool = False) -> Understood:
        """Which products a question is about: those pointed to, else the one in focus, else those shown last."""
        told = (found.changes.get(name, []) for name in ("must", "exclude_terms"))
        found.asked = [
            *(t for terms in told for t in terms),
            *found.words,
            *found.changes.get("interest", "").split(),
        ]
        found.changes = {}
        last = situation.shown[-1] if situation.shown else []
        handles = found.handles or (by_description(found.text, last) if last else [])
        if many and len(handles) == 1 and situation.focus and situation.focus not in handles:
            handles = [situation.focus, *handles]
        if many and len(handles) < 2:
            every = [s.handle for s in last]
            if len(every) < 2:  # two answers, one product each
                every = [*(s.handle for turn in situation.shown[-2:-1] for s in turn[:2]), *every]
            handles = distinct(every)[: 3 if not re.search(r"\ball\b|\bthem\b|those|these", found.text) else 6]
        if not handles and (last or situation.focus):
            handles = [situation.focus] if situation.focus else [last[0].handle]
        found.handles = handles
        return found


def _words_of(value: str | list[str]) -> list[str]:
    return " ".join([value] if isinstance(value, str) else value).split()
