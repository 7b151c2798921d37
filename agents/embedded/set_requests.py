"""Requests for sets of products, and what-if questions about the last one."""

import re
from decimal import Decimal
from typing import Any

from agents.embedded import intents, slots
from agents.embedded.intents import Intent
from agents.embedded.plain_words import ATTRIBUTES, FILLER
from agents.embedded.references import Shown
from agents.embedded.request import Situation, Understood
from agents.embedded.vocabulary import Vocabulary
from catalog.lexical import stem
from catalog.money import bounded
from tools.synonyms import COLOURS, EVERYDAY, MATERIALS

COLON = re.compile(r":|\s[-–—]\s")
LIST_SPLIT = re.compile(r"\s*(?:,|;|\band\b|\bplus\b|\+|&|\bwith\b)\s*")


BACK = re.compile(r"\b(?:put|add|bring) (?:it|them|that|the [a-z ]{2,30}) back\b|\bput back\b")
LEFT = re.compile(r"\b(?:what'?s|what is|do i have|have i got|is there|how much) (?:\w+ ){0,5}left\b")
WITHOUT = re.compile(
    r"\b(?:without|leave out|take out|drop|forget|remove|skip|minus|(?:don'?t|do not) (?:really )?(?:need|want)|no|lose|ditch|scrap|already (?:have|own|got|bought))(?: the| a| an)? ([a-z -]+?)(?=\s(?:and|but|then|so) (?:use|spend|put|get|add|show|find|make|give|take)\b|\W*$|[,.;?!]|\s\d)"
)
EACH = re.compile(
    r"(?:\d|pounds?|quid|dollars?|euros?|£|\$|€)\s*(?:each|apiece|per (?:item|piece|gift|present|thing))\b|\beach (?:costing |for )?(?:under|below|up to|at most|less than|no more than)\b"
)
"""An amount that is meant of every product of a set, and not of all of them together."""
JUST_CHEAPER = re.compile(
    r"^(?:ok(?:ay)?|hmm|and|can you|could you|make (?:it|that|them)|something|anything|a bit|bit|still|too|it'?s|that'?s|much|please|\W)*(?:cheaper|less expensive|more affordable|too (?:expensive|dear|pricey|much)|expensive)\W*(?:overall|in total|set|please|one|for me)?\W*$"
)
FOR_SO_MUCH = re.compile(r"\b(?:for|with|on|of) (\d{2,5})(?=\s*(?:[:,.;]|$|in (?:all|total)))")
"""A budget without a currency: "fit out a home office for 300: desk, chair"."""
ADDS_TO = re.compile(
    r"^(?:and |ok(?:ay)?,? |also |so )*(?:what (?:would|will|does) (?:it|that|the set) (?:be|cost|come to) )?(?:with|plus|and|adding|what about with|how about with) (?:also )?(?:an?|some) (?P<what>[a-z][a-z -]+)\W*(?:as well|too)?\W*$"
)
SO_MUCH_MORE = re.compile(
    r"\bmore\b|\bextra\b|\bhigher\b|\badd(?:ed)?\b|\bon top\b|\b(?:increase|raise|up) .{0,20}\bby\b"
)
SO_MUCH_LESS = re.compile(r"\bless\b|\blower\b|\b(?:cut|reduce|lower) .{0,20}\bby\b|\boff the budget\b")
SAME_MONEY = re.compile(
    r"\b(?:for|with|within|on|from) (?:that|the same|this|that same) (?:money|budget|price|amount|sum)\b|\bsame budget\b"
)
ALLOWED = re.compile(
    r"\b(?:ok(?:ay)?|fine|allowed|possible|alright|all right|acceptable|don'?t have to|needn'?t|not necessar\w+)\b"
)
ONE_MORE = re.compile(r"\b(?:another|second|third|one more|extra|additional)\b")
DESCRIBES = re.compile(
    r"\b(?:make|(?:could|can|should|would|might) .{2,30}\bbe|should be|has to be|must be|have|want|change|turn|but|in)\b"
)
NUMBER = re.compile(r"\b([2-4]|two|three|four)\b")
MOST_PARTS = 8
ALL_OF_IT = re.compile(r"\b(?:everything|all of (?:it|them)|all in|each of them)\b")
PAIR, FEW = 2, 3
LISTED = re.compile(r"^(?!.*\b(?:or|likes?|loves?|enjoys?|into|not?|without|titles?)\b).*,.*(?:,|\band\b)")
IN_ALL = re.compile(r"\b(?:in total|in all|altogether|all together|all in)\b")
OF_SETS = {
    "clear",
    "must",
    "brands",
    "exclude_brands",
    "exclude_terms",
    "min_rating",
    "on_offer",
    "recipient",
    "if_possible",
    "ignore_brand",
}
CENT = Decimal("0.01")
FOR_ALL = re.compile(r"^\W*(?:i(?: have|'ve got)? *|.*\b(?:look|search|hunt|shop|ask|go)(?:ing)? )?for\b")
"""What leads to the first part of a set: "I'm looking for a dress"."""
SIZE_NOW = re.compile(
    r"^(?:ok(?:ay)?|and|now|please|actually|can you|could you|\W)*(?:make (?:it|that)|do|give me|what about|how about) (?P<size>[2-9]|two|three|four|five|six|seven|eight)(?: (?:gifts|presents|things|items|of (?:them|those)|instead|then|please))*\W*$"
)
"""Another number of products in a set: "make it four"."""


class SetRequests:
    """Understands sets with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def lists_kinds(self, found: Understood) -> bool:
        """Whether kinds are listed, several of them or two under one budget or of one brand: that is a set, whatever it
        is called.
        """
        said = (FOR_SO_MUCH, SAME_MONEY, intents.ONE_BRAND, intents.DISTINCT_BRANDS)
        together = found.budget is not None or any(pattern.search(found.text) for pattern in said)
        parts = set(self._parts(found.text)) if together or LISTED.search(found.text) else set()
        return len(parts) >= (PAIR if together else FEW)

    def _parts(self, text: str) -> list[str]:
        """The kinds of thing that a text lists: "a desk, a chair and a lamp"."""
        named = COLON.split(text)[-1]  # "furnish my office: a desk, a chair"
        listed = named != text and len(LIST_SPLIT.split(named)) > 1
        text = named if listed else text
        text = slots.find_slots(text).rest
        parts = []
        for piece in LIST_SPLIT.split(text):
            piece, number = FOR_ALL.sub(" ", piece), NUMBER.search(piece)
            piece = re.split(r"\bfor\b", piece)[0]
            words = [w for w in re.findall(r"[a-z][a-z'-]+", piece) if w not in FILLER]
            words = [self.vocabulary.shops_word(self.vocabulary.corrected(w)) for w in words]
            # In a list after a colon everything is wanted, whether the shop has it or not.
            kind = words and (listed or self.vocabulary.is_kind(words[-1]) or stem(words[-1]) in EVERYDAY)
            if kind and " ".join(words[-3:]) not in parts:
                parts += [" ".join(self._of_kind(words[-3:]))] * (
                    int(slots.number(number.group(1))) if number else 1
                )
        return parts[:MOST_PARTS]

    def _of_kind(self, words: list[str]) -> list[str]:
        """The words of one part, without those that no product of its kind has: "furnishing ... lamp"."""
        if not self.vocabulary.is_kind(words[-1]):
            return words
        kept = words[-1:]
        for word in reversed(words[:-1]):
            kept = [word, *kept] if self.vocabulary.together([word, *kept]) else kept
        return kept

    def asked(self, text: str, situation: Situation, found: Understood) -> Understood:
        """A set of named kinds, of so many products, or around a theme."""
        found.intent = Intent.BUNDLE
        parts = self._parts(text)
        found.parts = parts if len(parts) > 1 and (len(set(parts)) > 1 or found.budget is not None) else []
        self._brands(text, {}, found)
        number = re.search(
            r"\b(\d|two|three|four|five|six)\b (?:\w+ ){0,2}?(?:gifts?|presents?|things|items|products|ones)",
            text,
        )
        if found.budget is None and (stated := FOR_SO_MUCH.search(text)):
            found.budget = slots.number(stated.group(1))
        if found.budget is None and SAME_MONEY.search(text) and (situation.bundle or {}).get("budget"):
            found.budget = Decimal(str((situation.bundle or {})["budget"]))
        if EACH.search(text):
            found.max_each, found.budget = found.budget, None
        if number and not found.parts:
            found.size = int(slots.number(number.group(1)))
        if not found.parts:
            themed = [w for w in found.words if w not in ("kit", "hamper", "basket", "set")]
            found.theme = " ".join(themed) or found.changes.get("interest")
            found.parts = self._so_many_of(found.theme, text)
            found.theme = None if found.parts else found.theme
        topic = situation.wishes.get("query")
        ones = re.search(
            r"\b(\d|two|three|four|five) (?:(?:different )?ones|of (?:them|those|these))\b", text
        )
        if not found.parts and not found.theme and topic and (ones or (not number and IN_ALL.search(text))):
            many = int(slots.number(ones.group(1))) if ones else found.count or FEW
            found.parts = [str(topic)] * many  # "under 60 in total", of cushions
        if not found.parts:
            found.size = found.size or (None if re.search(r"\bof each\b|\beach kind\b", text) else 3)
        found.changes = {
            k: v
            for k, v in found.changes.items()
            if k in ("brands", "exclude_brands", "min_rating", "on_offer", "recipient")
            or (k == "must" and all(t in ATTRIBUTES | COLOURS | MATERIALS for t in v))
        }
        return found

    def _so_many_of(self, theme: str | None, text: str) -> list[str]:
        """The parts of "three board games": the same kind as often as it is wanted."""
        words = (theme or "").split()
        if not words or not self.vocabulary.is_kind(words[-1]):
            return []
        many = re.search(
            rf"\b([2-6]|two|three|four|five|six) (?:different |separate )?{re.escape(str(theme))}", text
        )
        return [str(theme)] * int(slots.number(many.group(1))) if many else []

    def extended(self, text: str, situation: Situation, found: Understood) -> Understood | None:
        """What is looked for becomes a set when something else is added to it; None where nothing is looked for."""
        topic, more = situation.wishes.get("query"), self._parts(intents.INCLUDE.sub(" ", text))
        if not topic or not more:
            return None
        found.intent, found.parts, found.changes, found.handles = Intent.BUNDLE, [topic, *more], {}, []
        return found

    def what_if(self, text: str, situation: Situation, found: Understood) -> Understood:
        """A change of the last set: another budget, a product swapped, left out or added."""
        last = situation.bundle or {}
        found.intent = Intent.BUNDLE
        found.parts, found.size = list(last.get("parts") or []), last.get("size")
        found.theme = last.get("theme")
        found.max_each = Decimal(str(last["max_each"])) if last.get("max_each") else None
        if JUST_CHEAPER.match(text):
            found.handles = []
        found.budget = _budget(text, last, found)
        if (size := self.size_now(text, last)) is not None:
            found.size, found.budget = size, _budget("", last, Understood(Intent.BUNDLE, ""))
        self._brands(text, last, found)
        if LEFT.search(text) and situation.bundle_last:
            found.include = [s.handle for s in situation.last]
        elif intents.SWAP.search(text) or not self._describe_part(text, found):
            self._exchange(text, situation, found)
        out = [h for h in last.get("exclude") or [] if last.get("items") and h not in found.include]
        found.exclude = [*out, *(h for h in found.exclude if h not in out)]
        found.changes = (
            {k: v for k, v in found.changes.items() if k in OF_SETS}
            if self.refines(found, situation) and not LEFT.search(text)
            else {}
        )
        found.handles = []
        return found

    def _brands(self, text: str, last: dict[str, Any], found: Understood) -> None:
        """Whether a set is to be of different brands, or of one; what was said last counts."""
        any_brand = "ignore_brand" in found.changes and not intents.ONE_BRAND.search(text)
        if any_brand := any_brand or bool(intents.DISTINCT_BRANDS.search(text) and ALLOWED.search(text)):
            last = {}  # "different brands would be fine too"
        different = not any_brand and intents.DISTINCT_BRANDS.search(text) is not None
        one = not different and intents.ONE_BRAND.search(text) is not None
        found.distinct_brands = different or (bool(last.get("distinct_brands")) and not one)
        found.same_brand = one or (bool(last.get("same_brand")) and not different)
        if one:
            found.changes = {k: v for k, v in found.changes.items() if k not in ("ignore_brand", "clear")}

    def _describe_part(self, text: str, found: Understood) -> bool:
        """Say how one part of the set is to be; whether one was named."""
        part = _part_in(text, found.parts)
        if part is None or not DESCRIBES.search(text):
            return False
        how = [t for t in found.changes.get("must", []) if stem(t) != stem(part.split()[-1])]
        if not how:
            return False
        found.parts = [f"{' '.join(how)} {p}" if p == part else p for p in found.parts]
        found.changes = {}
        return True

    def _exchange(self, text: str, situation: Situation, found: Understood) -> None:
        """What of the last set is swapped, put back, added or taken out."""
        last_shown = situation.last
        swap = intents.SWAP.search(text)
        named = text[swap.start() :] if swap else text  # "keep the lamp but swap the throw"
        turned_down = "reject" in found.changes and not self.without_part(text, situation)
        swaps = swap or turned_down or self.cheaper_part(text, situation, found)
        if swaps and (swapped := found.handles or _named_in(named, last_shown)):
            found.exclude = swapped
            found.include = [s.handle for s in last_shown if s.handle not in swapped]
            found.cheaper_part = swapped[0] if "cheaper_than" in found.changes else None
        elif BACK.search(text):
            taken_out = (situation.bundle or {}).get("exclude") or []
            every = [s for turn in situation.shown for s in turn if s.handle in taken_out]
            returned = list({s.handle: s for s in every}.values())
            found.include = [s.handle for s in returned]
            found.parts += [self.vocabulary.kinds.head(s.title) for s in returned] if found.parts else []
            found.size = found.size + len(returned) if found.size else None
        elif intents.INCLUDE.search(text) and (more := self._parts(intents.INCLUDE.sub(" ", text))):
            found.parts = [*(found.parts or [self.vocabulary.kinds.head(s.title) for s in last_shown])]
            again = ONE_MORE.search(text) is not None
            found.parts += [part for part in more if again or part not in found.parts]
            found.keep = [s.handle for s in last_shown]
            found.size = found.theme = None
        elif (
            found.handles
            and not self.without_part(text, situation)
            and re.search(r"\b(?:take out|leave out|remove|drop|without|skip)\b", text)
        ):
            found.exclude = found.handles
            gone_parts = _parts_of(found.handles, last_shown, found.parts)
            found.parts = [p for p in found.parts if p not in gone_parts]
            found.size = max(1, found.size - len(found.handles)) if found.size else None
        elif match := WITHOUT.search(text):
            self._leave_out({stem(w) for w in match.group(1).split()}, last_shown, found)

    def _leave_out(self, gone: set[str], last_shown: list[Shown], found: Understood) -> None:
        if found.parts:
            named = [p for p in found.parts if stem(p.split()[-1]) in gone]  # "the mouse" is no mouse pad
            named = named or [p for p in found.parts if gone & {stem(w) for w in p.split()}]
            found.parts = [p for p in found.parts if p not in named]
        found.exclude = [s.handle for s in last_shown if self.vocabulary.kinds.head(s.title) in gone]
        if found.exclude:
            found.keep = [s.handle for s in last_shown if s.handle not in found.exclude]
        if not found.parts and found.size and found.exclude:
            found.size = max(1, found.size - len(found.exclude))

    def cheaper_part(self, text: str, situation: Situation, found: Understood) -> bool:
        """Whether one product of the last set, named by its kind, is to cost less: "can you find a cheaper lamp"."""
        last = situation.last
        return "cheaper_than" in found.changes and situation.bundle_last and bool(_named_in(text, last))

    def size_now(self, text: str, last: dict[str, Any]) -> int | None:
        """The number of products that a set of so many is to have now; None where none is said."""
        said = SIZE_NOW.match(text) if last.get("size") else None
        return int(slots.number(said.group("size"))) if said else None

    def adds_part(self, text: str) -> bool:
        """Whether a message adds another kind of thing to a set: "and with a monitor stand?"."""
        added = ADDS_TO.match(text)
        return added is not None and bool(self._parts(added.group("what")))

    def describes_part(self, text: str, situation: Situation, found: Understood) -> bool:
        """Whether a message says how to make one part of the last set: "make the throw green"."""
        if not situation.bundle_last or not found.changes.get("must") or not DESCRIBES.search(text):
            return False
        return _part_in(text, (situation.bundle or {}).get("parts") or []) is not None

    def without_part(self, text: str, situation: Situation) -> bool:
        """Whether a message takes a kind out of the set that was shown last: "no mouse then"."""
        match, bundle = WITHOUT.search(text), situation.bundle or {}
        if match is None or not situation.bundle_last:
            return False
        heads = [self.vocabulary.kinds.head(s.title) for s in situation.last]
        named = {stem(w) for part in (*(bundle.get("parts") or []), *heads) for w in part.split()[-1:]}
        return bool(named & {stem(w) for w in match.group(1).split()})

    def refines(self, found: Understood, situation: Situation) -> bool:
        """Whether a message says nothing but how the products of a set must be: "all in green"."""
        every = {s.handle for s in situation.last} if situation.shown else set()
        of_all = (
            not found.handles
            or (len(every) > 1 and every <= set(found.handles))
            or ALL_OF_IT.search(found.text) is not None
        )
        return bool(found.changes) and set(found.changes) <= OF_SETS and of_all


def _budget(text: str, last: dict[str, Any], found: Understood) -> Decimal | None:
    """The budget that a message leaves: so much more or less, another one, less than the set costs, or the one before."""
    budget = Decimal(str(last["budget"])) if last.get("budget") is not None else None
    amount = re.search(r"[£$€]?\s?(\d+(?:\.\d+)?)\s?(?:pounds|quid|dollars|euros)?", text)
    if amount and budget is not None and SO_MUCH_MORE.search(text):
        return bounded(budget + slots.number(amount.group(1)))
    if amount and budget is not None and SO_MUCH_LESS.search(text):
        return max(Decimal(0), budget - slots.number(amount.group(1)))
    if found.budget is not None:
        return found.budget
    if JUST_CHEAPER.match(text) and (paid := _total(last)) is not None:
        return paid - CENT
    if amount and intents.WHAT_IF.search(text) and (signed := re.search(slots.SIGNED, text)):
        return slots.number(signed.group(1) or signed.group(2))
    now = intents.BUDGET_NOW.search(text)
    return slots.number(now.group("amount")) if now else budget


def _total(last: dict[str, Any]) -> Decimal | None:
    """What the last set cost."""
    stated = re.search(r"\d[\d,]*(?:\.\d+)?", str(last.get("total") or ""))
    return Decimal(stated.group().replace(",", "")) if stated else None


def _part_in(text: str, parts: list[str]) -> str | None:
    """The one part of a set whose kind a text names; None where none or several are."""
    said = {stem(w) for w in re.findall(r"[a-z]+", text)}
    named = [p for p in dict.fromkeys(parts) if stem(p.split()[-1]) in said]
    return named[0] if len(named) == 1 else None


def _named_in(text: str, shown: list[Shown]) -> list[str]:
    """The product of a set that a text names by a word of its title: "swap the chair"."""
    words = {stem(w) for w in re.findall(r"[a-z]{3,}", text)}
    hits = {
        s.handle: len(words & {stem(w) for w in re.findall(r"[a-z]{3,}", s.title.lower())}) for s in shown
    }
    best = max(hits.values(), default=0)
    return [h for h, count in hits.items() if count == best][:1] if best else []


def _parts_of(handles: list[str], shown: list[Shown], parts: list[str]) -> list[str]:
    """The parts that products of a set play: they are shown in the order of the parts."""
    if len(shown) != len(parts):
        return []
    return [part for s, part in zip(shown, parts, strict=True) if s.handle in handles]
