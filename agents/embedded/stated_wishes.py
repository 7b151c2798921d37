"""The wishes that one request states: bounds, brands, words, what is withdrawn or corrected, what is pointed at."""

import re
from dataclasses import replace

from agents.embedded import followups, intents
from agents.embedded.intents import Intent
from agents.embedded.plain_words import FILLER
from agents.embedded.references import MOST_N, Reference, Shown, by_description, resolve, so_many
from agents.embedded.request import Situation, Understood
from agents.embedded.slots import find_slots
from agents.embedded.stated_measures import DEVICE, MEASURE
from agents.embedded.vocabulary import CALLED_OR_ONLY, Vocabulary
from agents.embedded.wording import NEGATION, Wording
from catalog.lexical import stem
from tools.measures import measures_in
from tools.synonyms import COLOURS, MATERIALS

FOR = re.compile(r"\bfor (?:an? |my |the |her |his )?$")
GOES_WITH = re.compile(
    r"\b(?:that|which|to) (?:would |will |could |can |might )?(?:go(?:es)?|match(?:es)?|fits?|suits?|works?|looks? \w+)(?: well| nicely| in)?(?: with)? (?P<what>(?:my |the |our |an? )?(?!with\b|it\b|that\b|them\b|this\b|those\b|these\b|(?:the )?(?:first|second|third|fourth|last|other)\b|p\d)[a-z][a-z ]+?)\W*$"
)
"""What something is to go with: it describes what is wanted and is not wanted itself."""
PUTS_RIGHT = re.compile(
    r"^(?:(?:no|oh|oops|hm+|sorry|actually)\W+)*(?:wait|sorry|i mean|i meant|make that|rather)\b"
)
ANOTHER_NUMBER = re.compile(
    r"^(?:ok(?:ay)?,? |make (?:it|that) |maybe |then )*(\d+(?:[.,]\d+)?) (?:instead|rather|then)\W*$"
)
BY_NAMES = re.compile(
    r"\b(?<!not )(?:by|made by|from) (?P<names>(?!the |any|a )[a-z][a-z0-9&-]+(?:(?:,| or| and) [a-z][a-z0-9&-]+)*)\W*(?:please|then|instead)?\W*$"
)
"""Makers, in a shop that does not tell brands from other words."""
NAMES_APART = re.compile(r"\s*(?:,|\bor\b|\band\b)\s*")
UNKNOWN_BRAND = re.compile(
    r"\b(?:by|made by|from) (?P<name>[a-z][a-z0-9-]{3,})\W*(?:please|then|instead)?\W*$"
)
"""A maker that the shop does not know."""
FINE_TOO = re.compile(
    r"^(?:and |but |ok(?:ay)? |also )*[a-z]+ (?:is|are|would be|'s) (?:also )?(?:fine|ok(?:ay)?|good|alright)(?: too| as well| also)?\W*$"
)
"""What will do as well as what was wished: "white is fine too"."""
SOFT = re.compile(
    r"\b(?:if (?:at all )?possible|if (?:you can|available)|if there (?:is|are) (?:one|any|some)|ideally|preferably|would be (?:nice|great|good|lovely|ideal|a (?:plus|bonus)))\b"
)
"""What is wished where it can be had."""
THE_SIZED = re.compile(
    r"^(?:and |ok(?:ay)?,? |so |i like |i'?d like |i'?ll (?:take|have) |show me |(?:what|how) about |tell me (?:more )?about |how much is |is )*the (?P<size>\d+(?:\.\d+)?[- ]?[a-z]+)(?: [a-z]+)?\W*(?:please)?\W*$"
)
"""One of what was shown, by its size: "the 2-pack", "the 20 litre one"."""
STARS_ALONE = re.compile(
    r"^(?:ok(?:ay)?,? |make (?:it|that) |maybe |say |and )*([1-5](?:\.\d)?)(?: (?:then|instead|please|is fine))?\W*$"
)
THE_OTHER = re.compile(r"^(?:no,? )?not (?:by |from )?[^,]+, $")
"""What one brand is named after instead of another: "not Dymo, Brother"."""
MAKE_IT = re.compile(
    r"^(?:and |but |no,? |ok(?:ay)? |please )*(?:make it|(?:it )?(?:should|must|has to|needs to) be)(?: in)? (?!an?\b|the\b)|^(?:and |so )*(?:are|is) (?:any|some|one|none) of (?:them|those|these) |^(?:and |so )*which of (?:them|those|these) (?:is|are) (?!the\b|an?\b|in\b|from\b|by\b|on\b|best|most|least|more|less|[a-z]+(?:est|er)\b)|\bimportant (?:to me )?that it|^can i (?:get|have|see) (?:it|them)(?: in)? (?!an?\b|the\b)|\b(?:as long as|provided|if only) (?:it|they)(?:'s|'re| is| are)\b|\b(?:i(?:'d| would) like|i want|i need) (?:it|them) to be\b"
)
"""What is looked for is to be so: "make it red" points at no product, nor does "are any of them red?"."""
FINE = re.compile(
    r"\W*(?:is|are|would be|'s) (?:fine|ok(?:ay)?|good|alright|all right|acceptable|great|allowed)\b"
)


class StatedWishes:
    """Finds wishes with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.wording = Wording(vocabulary)

    def find(self, text: str, situation: Situation) -> Understood:
        """Wishes, references and the words that are left, with the intent still open."""
        found = Understood(Intent.RECOMMEND, text)
        if match := GOES_WITH.search(text):
            found.changes["interest"] = match.group("what").strip(" .?!")
            text = text[: match.start()].strip()
        self._corrections(text, found, situation)
        text = self._spelled_out(_with_unit(text, situation), found)
        slots = find_slots(text)
        found.changes |= slots.changes
        found.count, found.budget = slots.count, slots.budget
        reference = self._pointed(text, slots.rest, found, situation)
        rest = self._brands(reference.rest, found, situation)
        of_sets = (intents.WHAT_IF,) if situation.bundle else ()
        for pattern in (*intents.SPOKEN_FOR, *followups.SPOKEN_FOR, *of_sets):
            rest = pattern.sub(" ", rest)
        alone = found.handles[0] if len(found.handles) == 1 else None
        than = alone or (situation.focus if situation.focus and not situation.shown else "shown")
        if slots.cheaper and "max_price" not in slots.changes:
            found.changes["cheaper_than"] = than
        if slots.dearer and "min_price" not in slots.changes:
            found.changes["dearer_than"] = than
        if (slots.bigger or slots.smaller) and not slots.changes.keys() & {"bigger_than", "smaller_than"}:
            name = "bigger_than" if slots.bigger else "smaller_than"
            if situation.shown:
                found.changes[name] = found.handles[0] if len(found.handles) == 1 else "shown"
        if found.handles and intents.REJECT.search(text) and not reference.plural and not slots.cheaper:
            found.changes["reject"] = found.handles
        self.wording.sort(rest, found, situation)
        self._or_else(text, found, situation)
        self._put_right(text, found, situation)
        self._withdrawn(text, found, situation)
        self._stated(text, found, situation.wishes.get("query"))
        if (
            not found.handles
            and situation.shown
            and not found.changes.keys() & {"query", "brands", "exclude_brands"}
        ):
            found.handles = by_description(text, situation.last)
        return found

    def _pointed(self, text: str, rest: str, found: Understood, situation: Situation) -> Reference:
        """The products that a message points to, as its handles, and the words that are left."""
        reference = resolve(rest, situation.shown, situation.focus, situation.spoken_of)
        found.handles = reference.handles
        if situation.shown and intents.COMPARE.search(text) and (most := MOST_N.search(text)):
            found.handles, found.count = so_many(most, situation.last) or found.handles, None
        if (
            situation.shown
            and (sized := THE_SIZED.match(text))
            and (one := _of_size(sized.group("size"), situation.last))
        ):
            found.handles, reference = (
                one,
                replace(reference, rest=reference.rest.replace(sized.group("size"), " ")),
            )
        if MAKE_IT.search(text):
            found.handles, reference = [], replace(reference, handles=[])
        if (topic := intents.NEW_TOPIC.search(text)) and self._is_new_topic(
            topic.group("what") or topic.group("what2"), situation
        ):
            found.handles, reference = [], replace(reference, handles=[])
        return reference

    def _stated(self, text: str, found: Understood, topic: str | None) -> None:
        """What a product "should be", an interest that somebody has, a price in the middle."""
        if (must := intents.MUST_BE.search(text)) and (word := must.group("what")) not in FILLER:
            word = self.vocabulary.shops_word(self.vocabulary.corrected(word))
            if not any(word in str(v) for v in found.changes.values()):
                found.changes["must"] = [*found.changes.get("must", []), word]
        liked = intents.INTEREST.search(text) or self._meant_for(text)
        if not (liked or found.words or found.handles or "query" in found.changes or topic):
            liked = intents.FOR_PEOPLE.search(text)
        if liked:
            found.changes["interest"] = next(w for w in liked.groupdict().values() if w)
            for name in ("query", "must"):
                found.changes.pop(name, None)
            found.words = []
        if SOFT.search(text) and found.changes.keys() - {"recipient", "query"}:
            found.changes["if_possible"] = True
        if followups.MIDDLE.search(text):
            found.changes["mid_range"] = True
        cleared = set(found.changes.get("clear", []))
        found.changes = {
            k: v for k, v in found.changes.items() if k not in cleared & {"on_offer", "min_rating", "brands"}
        }

    def _spelled_out(self, text: str, found: Understood) -> str:
        """The text without a brand that a number is part of: "without five star" means no stars."""
        for written, brand in self.vocabulary.numbered_brands.items():
            if (named := re.search(rf"\b{re.escape(written)}\b(?! (?:rat|review|or))", text)) is not None:
                name = "exclude_brands" if NEGATION.search(text[: named.start()]) else "brands"
                found.changes[name] = [brand]
                return f"{text[: named.start()]} {text[named.end() :]}"
        return text

    def _or_else(self, text: str, found: Understood, situation: Situation) -> None:
        """Whether either will do: "or green", after pink."""
        if not re.match(r"(?:and )?or\b", text) and not FINE_TOO.match(text):
            return
        for facet in (COLOURS, MATERIALS):
            had = next((t for t in situation.wishes.get("must") or [] if set(t.split(" or ")) <= facet), None)
            new = next((t for t in found.changes.get("must", []) if set(t.split(" or ")) <= facet), None)
            if had and new and had != new:
                found.changes["must"] = [f"{had} or {t}" if t == new else t for t in found.changes["must"]]
                return
        standing, must = situation.wishes.get("must") or [], found.changes.get("must") or []
        if standing and len(must) == 1 and "query" not in found.changes:
            found.changes |= {
                "clear": [*found.changes.get("clear", []), "must"],
                "must": [*standing[:-1], f"{standing[-1]} or {must[0]}"],
            }

    def _put_right(self, text: str, found: Understood, situation: Situation) -> None:
        """A word that takes the place of the one said last: "no wait, white"."""
        standing, must = situation.wishes.get("must") or [], found.changes.get("must") or []
        if standing and len(must) == 1 and set(found.changes) == {"must"} and PUTS_RIGHT.match(text):
            found.changes = {"clear": ["must"], "must": [*standing[:-1], *must]}

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
        named = set((match.group("free") or match.group("what")).split()) if match else set()
        interest = set(str(situation.wishes.get("interest") or "").split())
        if interest & named:
            found.changes = {"clear": ["interest"]}
            return
        gone = [t for t in standing if named & set(t.split())]
        topic = str(situation.wishes.get("query") or "").split()
        if match and match.group("what") and not gone and set(topic) - named and set(topic) & named:
            found.changes = {"query": " ".join(w for w in topic if w not in named)}
            return
        if match and match.group("free") and not gone and "clear" not in found.changes:
            found.changes.pop("must", None)  # it was asked about, never wished
        if gone:
            found.changes = {"clear": ["must"]}
            if kept := [t for t in standing if t not in gone]:
                found.changes["must"] = kept

    def _is_new_topic(self, what: str, situation: Situation) -> bool:
        """Whether "what about a rucksack to go with it" names another kind of thing than what is talked about."""
        words = [self.vocabulary.shops_word(w) for w in re.findall(r"[a-z][a-z'-]+", what) if w not in FILLER]
        topic = {stem(w) for w in (situation.wishes.get("query") or "").split()}
        return any(self.vocabulary.is_kind(w) and stem(w) not in topic for w in words)

    def _corrections(self, text: str, found: Understood, situation: Situation) -> None:
        clear: list[str] = []
        if intents.CORRECT_BROWSING.search(text):
            found.changes["ignore_browsing"] = True
        if intents.CORRECT_BRAND.search(text):
            clear += ["brands", "exclude_brands"]
            found.changes["ignore_brand"] = True
            topic = str(situation.wishes.get("query") or "").split()
            known = [w for w in topic if self.vocabulary.knows(w)]
            if (
                known and known != topic
            ):  # a brand that the shop does not have: "any brand then", of Sony earbuds
                found.changes["query"] = " ".join(known)
        if intents.CORRECT_PRICE.search(text):
            clear += ["min_price", "max_price"]
        if intents.CORRECT_RATING.search(text):
            clear.append("min_rating")
        if intents.CORRECT_SIZE.search(text):
            clear += ["min_measure", "max_measure"]
        if intents.CORRECT_OFFER.search(text):
            clear += ["on_offer", *(["min_discount"] if situation.wishes.get("min_discount") else [])]
        for pattern, facet in ((intents.CORRECT_COLOUR, COLOURS), (intents.CORRECT_MATERIAL, MATERIALS)):
            if pattern.search(text):
                clear.append("must")
                standing = found.changes.get("must", situation.wishes.get("must") or [])
                found.changes["must"] = [t for t in standing if not set(t.split(" or ")) <= facet]
        if clear:
            found.changes["clear"] = clear
        self._for_whom(text, found, situation)

    def _for_whom(self, text: str, found: Understood, situation: Situation) -> None:
        """Who is to be given something, as far as a message says."""
        if match := intents.RECIPIENT.search(text):
            found.changes["recipient"] = match.group("who")
        elif situation.turns and (aged := intents.AGED.match(text)):
            found.changes["recipient"] = f"{aged.group('age')}-year-old"
        elif given := intents.GIVEN_TO.search(text):
            found.changes["recipient"] = given.group("who")
        elif day := intents.WHOSE_DAY.search(text):
            age = f"{day.group('age')}-year-old " if day.group("age") else ""
            found.changes["recipient"] = age + day.group("who")

    def _is_word(self, name: str, before: str, situation: Situation) -> bool:
        """Whether a brand's name is but a word: what is looked for has the word, and nothing of it is that brand's."""
        topic = situation.wishes.get("query")
        if not topic or CALLED_OR_ONLY.search(before) or not name.isalpha():
            return False
        rows = self.vocabulary.filter.term(str(topic))
        branded = (rows & self.vocabulary.filter.brand(name)).any()
        return not branded and self.vocabulary.together([name.lower(), *str(topic).split()]) > 0

    def _is_plain(self, word: str) -> bool:
        return word in FILLER or word in self.vocabulary.english or self.vocabulary.knows(word)

    def _brands(self, text: str, found: Understood, situation: Situation) -> str:
        wanted: list[str] = []
        unwanted: list[str] = []
        rest = text
        for brand in self.vocabulary.brands_in(text):
            before = text[: brand.start]
            if self._is_word(brand.name, before, situation):
                continue
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
            if chained and THE_OTHER.match(before) and not text[brand.end :].strip(" .!?"):
                chained = None
            (unwanted if NEGATION.search(before) or chained else wanted).append(brand.name)
        if not self.vocabulary.catalog.brands and situation.shown and (by := BY_NAMES.search(rest)):
            wanted += [n for n in NAMES_APART.split(by.group("names")) if n not in FILLER]
            rest = rest.replace(by.group("names"), " ", 1)
        if (
            not wanted
            and not unwanted
            and (other := UNKNOWN_BRAND.search(rest))
            and not self._is_plain(other.group("name"))
        ):
            wanted.append(other.group("name"))
            rest = rest.replace(other.group("name"), " ", 1)
        if wanted:
            found.changes["brands"] = wanted
        if unwanted:
            found.changes["exclude_brands"] = [*found.changes.get("exclude_brands", []), *unwanted]
        return rest


def _of_size(size: str, last: list[Shown]) -> list[str]:
    """The one product of a list that states a size; none where several do."""
    wanted = measures_in(size).items()
    having = [s.handle for s in last if wanted and wanted <= s.sizes.items()]
    return having if len(having) == 1 else []


def _with_unit(text: str, situation: Situation) -> str:
    """A number alone with the unit of the size that it takes the place of: "20 instead", after "15 lbs"."""
    stars = STARS_ALONE.match(text)
    if stars and situation.wishes.get("min_rating") and not situation.wishes.get("max_price"):
        return f"at least {stars.group(1)} stars"
    number = ANOTHER_NUMBER.match(text)
    sized = next((t for t in situation.wishes.get("must") or [] if MEASURE.fullmatch(t)), None)
    return f"{number.group(1)} {sized.split()[-1]}" if number and sized and " " in sized else text
