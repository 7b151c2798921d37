"""What a request is about: a new kind of thing, or more said of the kind that is talked about."""

import re

from agents.embedded import intents
from agents.embedded.purposes import tells_occasion
from agents.embedded.request import Situation, Understood
from agents.embedded.vocabulary import Vocabulary
from catalog.lexical import stem
from tools.synonyms import EVERYDAY, MATERIALS

ONLY = re.compile(
    r"\b(?:only|just|solely|nothing but|exclusively|must be|stick (?:to|with)|has to be|have to be)\b"
)
OF_TOPIC = re.compile(
    r"\b(?:ones?|it|them|any|some) (?:should |must )?(?:with|in|that (?:is|are|has|have)|having|has|have)\b"
    r"|\b(?:ones|one)(?:\W*(?:please|then|instead|if .*)?\W*$|[,;])|\b(?:if (?:you have|there are|possible|available)|prefera\w+|ideally)\b"
    r"|^(?:and |but |ok(?:ay)? |or |maybe )*(?:with|having|made (?:of|from)|in) (?!the \w+ (?:department|section))"
    r"|^(?:and |but |no,? |ok(?:ay)? |please )*(?:make it|(?:it|they) (?:should|must|have to|has to|needs? to) be|(?:should|must|has to|have to|needs? to) be)(?: in)? (?!an?\b|the\b|some\b|for\b|\d)"
    r"|\binsist on (?!an?\b|the\b)|\bthe more \w+ the better\b|^can i (?:get|have|see) (?:it|them)(?: in)? (?!an?\b|the\b)|\b(?:as long as|provided|if only) (?:it|they)(?:'s|'re| is| are) |\b(?:i(?:'d| would) like|i want|i need) (?:it|them) to be |\bforgot to (?:say|mention|tell)\b"
    r"|\b(?:version|variant)s?\W*$|\b(?:it'?s|it is) important (?:to me )?that (?:it'?s|it is|they are|they're)\b|^(?:and |so )*which (?:one|ones|of (?:them|those|these)) (?:is|are|have|has) (?!the\b|an?\b)|^(?:and |so )*do any (?:of (?:them|these|those) )?(?:come|exist)\b|^(?:and |so )*(?:are|is) (?:any|some|one|none)(?: of (?:them|those|these))? |\bprefer(?:ably)? (?!an?\b|the\b|to\b|some)"
    r"|^(?:and |but |one |ones )*(?:that|which) (?!one\b|ones\b|is\b|are\b|was\b|would\b|do\b|does\b)[a-z]+s?\b"
)
"""What only goes on about the kind that is talked about: "one with dots", "rattan ones", "with hearts"."""
NEW_KIND = re.compile(
    r"\b(?:show|find|look(?:ing)? for|search|do you (?:have|sell|stock|carry)|have you got|got any|i(?:'m| am)? (?:after|need|want)|(?:i'd|i would) like|"
    r"need|want|(?:what|how) about an?|instead|now|also)\b|^(?:and |ok(?:ay)? |then |maybe )*(?:an?|some) "
)
WOULD_BE = re.compile(r"\bwould be (?:nice|lovely|great|good|perfect|ideal)\b")
WOULD_DO = re.compile(
    r"^(?:maybe |perhaps |ok(?:ay)? |never ?mind,? |then )*(?:(?:an?|some) [a-z -]+ (?:would|might|could|will) (?:do|be|work|suit)\b|[a-z -]+ (?:would|will) do\b)"
)
"""Another kind of thing that is settled for: "a doormat would do"."""
FOR_WHOM = re.compile(
    r"^(?:no,? |and |but |ok(?:ay)? |so |it'?s |they'?re |maybe )*for (?!(?:under|about|around|less)\b)"
)
"""More said of what is looked for: "for girls", of lunch boxes."""
BARE = re.compile(r"(?:ones?|please|pls|then|version|[\s.!?])*")
"""What stands around one thing that is said and nothing else."""
MORE_OUTSIDE = 2  # times the products of the topic: so many of a kind elsewhere make it a topic of its own


BOUNDS = {"min_size", "max_size", "bigger_than", "smaller_than"}
ASKS = re.compile(r"(?:and |so |but )?(?:do you think|is|are|does|will|would|can|could|how)\b")
FOR_IT = re.compile(r"\bfor (?:it|them|that|those|these|this)\b")
VAGUELY = re.compile(r"\b(?:something|anything)\b(?! (?:for|to|like|else|with|from|by)\b)")


class Topics:
    """Settles the topic of a request with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def settle(self, words: list[str], described: bool, found: Understood, situation: Situation) -> list[str]:
        """Make words the new topic in ``found.changes``, or return them as attributes of the one there is.

        ``described`` says that the request has attributes besides these words.
        """
        topic = str(situation.wishes.get("query") or "") or _of_department(situation)
        goes_on = bool(topic) and OF_TOPIC.search(found.text) is not None
        if not words or (not described and not goes_on and self._department(words, found, situation)):
            return []
        kinds = [w for w in words if self.vocabulary.is_kind(w)]
        same = bool(topic) and all(stem(w) in {stem(t) for t in topic.split()} for w in kinds)
        if same and kinds and ONLY.search(found.text) and " or " in topic:
            found.changes["query"] = " ".join(words)  # "just the kettle", of kettles and toasters
            return []
        of_topic, of_message = ({stem(w) for w in said} for said in (topic.split(), words))
        if topic and kinds and of_topic < of_message and stem(kinds[-1]) not in of_topic:
            found.changes["query"] = self._joined(words, found.text)  # "phone cases", after phones
            return []
        if topic and FOR_WHOM.match(found.text) and not found.handles:
            said = phrases(words, found.text)
            if self._has(words, topic, found.text):
                found.changes["if_possible"] = True
                return said
            found.changes.setdefault("interest", " and ".join(said))
            return []
        if (
            topic
            and not found.handles
            and self._goes_on(words, kinds, same, topic, found.text, bool(BOUNDS & found.changes.keys()))
        ):
            said = [w for w in words if stem(w) not in {stem(t) for t in topic.split()}]
            return phrases(said, found.text)
        if kinds and not (same and situation.shown):
            query = self._joined(self._without_purpose(words, kinds, found), found.text)
            self._look_for(query, topic, found)
        elif (topic or situation.shown) and not kinds and not found.handles:
            return self._refined(words, topic, found)
        elif same:
            return self._beside(words, kinds, topic, found)
        elif not situation.shown and not found.handles and VAGUELY.search(found.text):
            liked = [*filter(None, [found.changes.get("interest")]), *words]  # "something romantic"
            found.changes["interest"] = " and ".join(liked)
        elif (
            not situation.shown
            and not found.handles
            and not tells_occasion(words, found, self.vocabulary.knows)
        ):
            found.changes["query"] = self._joined(words, found.text)
        return []

    def _look_for(self, query: str, topic: str, found: Understood) -> None:
        """Make a query the topic; what is for the one before, with the words that stand beside it: "tapes for it", of
        label makers.
        """
        found.changes["query"] = query
        if not topic or not FOR_IT.search(found.text):
            return
        each = [w for w in topic.split() if w != "for"]
        ways = [topic, *sorted(each, key=lambda w: -self.vocabulary.headed(query, w))]
        way = next((w for w in ways if self.vocabulary.headed(query, *w.split())), None)
        if way is not None:
            found.changes |= {"query": f"{way} {query}", "clear": [*found.changes.get("clear", []), "must"]}

    def _without_purpose(self, words: list[str], kinds: list[str], found: Understood) -> list[str]:
        """The words without what the thing is for when nothing of its kind says so: "a kettle for my new flat"."""
        aside = []
        for word in words:
            purpose = re.search(
                rf"(?<!look )(?<!looking )(?<!search )(?<!searching )\bfor (?:\w+ ){{0,3}}{re.escape(word)}",
                found.text,
            )
            if purpose and word not in kinds[:1] and not self.vocabulary.together([kinds[0], word]):
                aside.append(word)
        if aside and "interest" not in found.changes:
            found.changes["interest"] = " ".join(aside)
        return [w for w in words if w not in aside]

    def _department(self, words: list[str], found: Understood, situation: Situation) -> bool:
        """Whether the words name a department of the shop, which is then all that is wanted."""
        category = self.vocabulary.category(words)
        if category is None or intents.aspect_of(found.text) is not None:
            return False
        standing = situation.wishes.get("must") or []
        holds = bool(standing) and self.vocabulary.together([*standing, *words]) > 0
        found.changes |= {
            "categories": [category],
            "clear": [*found.changes.get("clear", []), "query", *([] if holds else ["must"])],
        }
        return True

    def _goes_on(
        self, words: list[str], kinds: list[str], same: bool, topic: str, text: str, bounded: bool
    ) -> bool:
        """Whether words describe the topic although some of them name a kind: "glass", of candle holders."""
        if kinds and WOULD_DO.search(text) and not WOULD_BE.search(text):
            return False
        if (kinds and ONLY.search(text)) or OF_TOPIC.search(text):
            return True
        head = self.vocabulary.kinds.head(topic.partition(" for ")[0])
        alone = BARE.fullmatch(text.replace(" ".join(words), "", 1)) is not None
        if kinds and (alone or VAGUELY.search(text)) and not same and self.vocabulary.about(head, *words):
            return True  # "rose", of mirrors, and nothing else
        if not kinds or same or NEW_KIND.search(text):
            return False
        if re.search(rf"\w+ with (?:an? |the |its )?(?:\w+ )?{re.escape(kinds[-1])}\b", text):
            return True  # "rechargeable with charger", of batteries
        if all(w in MATERIALS for w in words) and not all(t in MATERIALS for t in topic.split()):
            return True
        within = max(self.vocabulary.together([*words, *of]) for of in (self._kinds_of(topic), [head]))
        if within and (bounded or WOULD_BE.search(text)):
            return True  # "battery at least 10 hours", of headphones
        return within > 0 and self.vocabulary.headed(kinds[-1]) <= MORE_OUTSIDE * within

    def _refined(self, words: list[str], topic: str, found: Understood) -> list[str]:
        """Words that name no kind: attributes where a product of the topic has them, else what is wanted now."""
        known = [w for w in words if self.vocabulary.knows(w)]
        if topic and not known and VAGUELY.search(found.text):
            return phrases(words, found.text)  # "something warmer", of lamps
        if intents.SHOPPING.search(found.text) and not known:
            found.changes["query"] = " ".join(words)
        elif known and WOULD_DO.search(found.text):
            found.changes["query"] = " ".join(known)
        elif known and self._has(known, topic, found.text):
            return phrases(known, found.text)
        elif known and topic and not (intents.SHOPPING.search(found.text) or NEW_KIND.search(found.text)):
            return phrases(known, found.text)  # "keeps it hot": nothing says that it is another topic
        elif known:
            found.changes["query"] = " ".join(known)
        return []

    def _has(self, words: list[str], topic: str, text: str) -> bool:
        """Whether products of the topic, or at least of its kind, have these words; of two with "or", one is enough."""
        told = alternatives(phrases(words, text), text)
        kind = self.vocabulary.kinds.head(topic)
        return any(
            self.vocabulary.together([*told, *of]) for of in (self._kinds_of(topic), [kind] if kind else [])
        )

    def _beside(self, words: list[str], kinds: list[str], topic: str, found: Understood) -> list[str]:
        """Words said of the topic by its own name, or of what is pointed at; "a throw that goes with it" is neither."""
        known = [w for w in words if w not in kinds and self.vocabulary.knows(w)]
        seeks = intents.SHOPPING.search(found.text) is not None and not kinds and not ASKS.match(found.text)
        if known and seeks and not self.vocabulary.together([*known, *self._kinds_of(topic)]):
            found.changes["query"], found.handles = " ".join(known), []
            return []
        return known

    def _kinds_of(self, topic: str) -> list[str]:
        """The words of a topic that name its kind, without what it is for; all of them where none does."""
        thing = topic.partition(" for ")[0]
        return self.vocabulary.kinds_in(thing) or topic.split()

    def _joined(self, words: list[str], text: str) -> str:
        """The words as a query; two kinds with "and" or "or" between them stay two."""
        out = [words[0]]
        for before, word in zip(words, words[1:], strict=False):
            apart = re.search(rf"{re.escape(before)}\w*\W+(?:and|or|&)\W+(?:\w+\W+)?{re.escape(word)}", text)
            both = (self.vocabulary.is_kind(before) or stem(before) in EVERYDAY) and (
                self.vocabulary.is_kind(word) or word.endswith("s") or not self.vocabulary.knows(word)
            )
            # What something is for is not what it is: "labels for a printer".
            purpose = re.search(rf"{re.escape(before)}\w*\W+for\W+(?:\w+\W+){{0,3}}{re.escape(word)}", text)
            out += ["or", word] if apart and both else ["for", word] if purpose else [word]
        return " ".join(out)


def _of_department(situation: Situation) -> str:
    """The words of the one department that is looked through, where no kind of thing is named."""
    categories = situation.wishes.get("categories") or []
    return " ".join(re.findall(r"[a-z]+", categories[0].lower())) if len(categories) == 1 else ""


def phrases(words: list[str], text: str) -> list[str]:
    """Words that stand right beside each other are one wish: "noise cancelling"."""
    out: list[str] = []
    for word in words:
        if out and re.search(rf"\b{re.escape(out[-1])} {re.escape(word)}\b", text):
            out[-1] = f"{out[-1]} {word}"
        else:
            out.append(word)
    return out


def alternatives(must: list[str], text: str) -> list[str]:
    """Attributes with "or" between them are one wish: "wool or cotton"."""
    out: list[str] = []
    for term in must:
        before = re.escape(out[-1].split(" or ")[-1]) if out else ""
        either = rf"{before}\s+or\s+{re.escape(term)}|{re.escape(term)}\s+or\s+{before}\b"
        if out and re.search(either, text):
            out[-1] = f"{out[-1]} or {term}"
        else:
            out.append(term)
    return out
