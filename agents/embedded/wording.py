"""What the words of a request say: the kind of thing, what it must be, and what it must not."""

import re

from agents.embedded.plain_words import ATTRIBUTES, FILLER
from agents.embedded.purposes import (
    KEEPING,
    PURPOSE,
    as_said,
    done_with,
    for_whom,
    is_gift,
    of_ones_own,
    opens,
    qualifies,
)
from agents.embedded.request import Situation, Understood
from agents.embedded.stated_measures import DEVICE, take_devices, take_measures
from agents.embedded.topics import Topics, alternatives, phrases
from agents.embedded.vocabulary import Vocabulary
from agents.embedded.word_classes import WordClass
from catalog.lexical import stem
from tools.synonyms import COLOURS, EVERYDAY, MATERIALS, SERVES

NEGATION = re.compile(
    r"\b(?:not|no|without|except(?: for)?|excluding|exclude|(?:any|every)(?:thing| \w+) but|all but|everything except|other than|besides|already (?:have|has|own|owns|got|bought)|(?:have|has|got|own|owns) (?:enough|plenty of|loads of|lots of|too many)|(?:that|which|who) (?:do|does|is|are|will|wo)(?:n'?t| not)(?: be)?|(?:don'?t|do not|wouldn'?t|would not) (?:want|like|use|include|give me|suggest|pick|choose|take|show(?: me)?)|hates?|dislikes?|loathes?|can'?t stand|cannot stand|rather than|avoid|hide|(?:bad|poor|terrible|awful|horrible) (?:experiences?|luck) with|(?:trouble|problems|issues) with|other [a-z]+ than|(?:fed up|sick|tired|bored) (?:with|of)|not (?:a (?:big |huge |great )?fan of|keen on|fond of|into)|(?:do|does|would|wo|could|ca)(?:n'?t| not) (?:trust|care for|fancy|stand|buy|touch|wear|consider)|(?:will|would) not (?:buy|touch|wear|consider)|never (?:liked|buy|wear|trusted)|none (?:in|of)|insist on (?:no|not)|nothing (?:by|from|in|with)|nothing(?! (?:over|above|more|else|to|for|beyond|dearer|fits?))|no more|stop (?:showing|recommending|suggesting)(?: me)?|skip|leave out|(?:remove|drop|hide|take out|lose) (?:any|all|every|the)(?:thing|one)?|rather not|minus)\s+(?:any(?:thing)?\s+|products?\s+|items?\s+|things?\s+|stuff\s+|the\s+|by\s+|from\s+|made by\s+|in\s+|with\s+|a\s+|an\s+|more\s+|another\s+)*$"
)
MOST_SAID = 60  # characters of an interest
EXCHANGES = re.compile(r"^(?:ok(?:ay)?|hmm+|and|so|well|\W)*(?:what|how) about\b|\binstead\b|\brather\b")
QUALIFIED = re.compile(
    r"(?:\b(?:cheap|nice|good|too|very|really|so|all|just|those|these|boring|ugly|horrible)\s+)+$"
)
OF_A_SORT = re.compile(
    r"\b(?:show me|see|looking for|do you have|have you got|got any|need|want|after)\b(?: \w+){1,3} (?:things|stuff|items|products|bits|goods)\b"
)
"""Whatever there is of a sort, which is another topic: "show me kitchen things"."""
IN_NAMES = frozenset("super fine extra ultra double easy hot over money gift shopping price work".split())
"""Words that say little, and yet are part of names: "super sticky", "fine point"."""
HAS_PART = re.compile(r"\bwith (?:an? |its own )?(?:[a-z]+ )?$")
SEEKS_HELP = re.compile(
    r"\bwhat (?:can|could|would|might) help\b|\bany (?:ideas|suggestions|tips)\b|\bwhat do you (?:suggest|recommend)\b"
)
FOR_WHOM = re.compile(r"(?:children|kid|women|men|girl|boy|child|ladie|baby)'?s'?")
"""What is made for some, and said before it: "a children's one"."""
SOME = 2
PAIR = 2
CHOOSES = re.compile(r"\b(?:between (?:an?|the)|either|choosing|deciding|torn|can'?t decide)\b")


class Wording:
    """Sorts words with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.topics = Topics(vocabulary)

    def sort(self, rest: str, found: Understood, situation: Situation) -> None:
        """Sort the words that are left into the kind of thing, attributes it must have, and ones it must not."""
        vocabulary = self.vocabulary
        without: list[str] = []
        without_end = ""
        words: list[str] = []
        devices, rest = take_devices(rest, situation)
        must, sizes, rest = take_measures(rest)
        must += self._models(rest)
        for match in re.finditer(r"[a-z][a-z0-9'-]+|\d+[a-z]+\b", rest):
            word = _as_titled(match.group().strip("-"), vocabulary)
            if word in ("set", "sets") and words and rest[: match.start()].rstrip().endswith(words[-1]):
                words.append("set")  # "a tea set" is a kind of thing, "a set" is not
                continue
            named = _part_of_name(word, rest[match.end() :], vocabulary)
            if (word in FILLER or len(word) < 2) and not named:
                continue
            word = vocabulary.shops_word(vocabulary.corrected(word.removesuffix("'s")))
            if word in FILLER and not named:
                continue
            before = rest[: match.start()]
            negated = NEGATION.search(QUALIFIED.sub("", before)) or (
                without and _goes_on_ruling_out(before, without_end, word)
            )
            attribute = word in COLOURS or word in ATTRIBUTES or word.endswith("-free")
            if negated:
                without.append(word)
                without_end = match.group()  # what follows at once is ruled out with it: "battery powered"
            elif (
                re.search(r"\bin (?:[a-z]+ (?:or|and) )?$", before)
                and vocabulary.classes.of(word) is WordClass.PLACE
                and vocabulary.knows(word)
            ):
                must.append(word)  # "a flat in York or Leeds"
            elif attribute and not (vocabulary.is_kind(word) and not must):
                must.append(word)
            else:
                words.append(word)
        # A raincoat says the rain itself.
        words = [
            w for w in words if not any(k != w and k.startswith(w) and vocabulary.is_kind(k) for k in words)
        ]
        words = [w for w in words if w not in without]  # "she has a mug, no mugs please"
        found.said = words
        words = self._things(words, found, situation)
        found.words = words
        must = alternatives([*must, *self.topics.settle(words, bool(must), found, situation)], rest)
        if (chooses := CHOOSES.search(found.text)) or self._exclude_each_other(must, found, situation):
            must = _either(must)
            kinds = self.vocabulary.kinds_in(found.changes.get("query") or situation.wishes.get("query"))
            if chooses and len(must) == PAIR and kinds and not self.vocabulary.together([*must, *kinds]):
                must = [" or ".join(must)]  # "a mechanical or a wireless keyboard": nothing is both
        self._exchanged(must, found, situation)
        topic = found.changes.get("query") or situation.wishes.get("query")
        fitting = [d for d in devices if self._made_for_devices(d, topic)]
        found.unsaid = [d for d in devices if d not in fitting]
        must += fitting
        if must:
            found.changes["must"] = [*must, *found.changes.get("must", [])]
        if without or sizes:
            found.changes["exclude_terms"] = [*phrases(without, found.text), *sizes]

    def _models(self, text: str) -> list[str]:
        """Numbers that titles have after the same word, which name a model: "officejet pro 8600"."""
        named = re.finditer(r"\b([a-z]{3,}) (\d{3,5})\b(?!\s?[%a-z£$€])", text)
        return [
            n
            for word, n in (m.groups() for m in named)
            if word not in FILLER and self.vocabulary.together([word, n])
        ]

    def _exclude_each_other(self, must: list[str], found: Understood, situation: Situation) -> bool:
        """Whether two colours are named that no product of the topic has together: "both in red and blue"."""
        colours = [t for t in must if t in COLOURS]
        topic = self.vocabulary.kinds_in(found.changes.get("query") or situation.wishes.get("query"))
        return len(colours) > 1 and not self.vocabulary.together([*colours, *topic])

    def _exchanged(self, must: list[str], found: Understood, situation: Situation) -> None:
        """Let what nothing of the topic has together with a new wish go: "what about flats?", after heels."""
        standing = situation.wishes.get("must") or []
        topic = self.vocabulary.kinds_in(situation.wishes.get("query"))
        if must and standing and "clear" not in found.changes and EXCHANGES.search(found.text):
            kept = [t for t in standing if self.vocabulary.together([*must, t, *topic])]
            if kept != standing:
                found.changes |= {"clear": ["must"], "must": [*found.changes.get("must", []), *kept]}

    def _things(self, words: list[str], found: Understood, situation: Situation) -> list[str]:
        """The words that say what is wanted; those that say for whom, when, where or how are wishes of another sort."""
        kinds = [w for w in words if self.vocabulary.is_kind(w)]
        standing = situation.wishes.get("query")
        topic = kinds or self.vocabulary.kinds_in(standing) or str(standing or "").split()
        sorts = {word: self._sort_of(word, words, topic, found) for word in words}
        for word, sort in sorts.items():
            if sort is WordClass.PERSON and for_whom(word, found):
                several = stem(word) != word and not re.search(rf"\b(?:my|our) {word}\b", found.text)
                found.changes.setdefault("interest" if several else "recipient", word)
        context = of_ones_own(found.text)
        if (
            is_gift(found)
            or DEVICE.search(found.text)
            or SEEKS_HELP.search(found.text)
            or any(w not in context and w not in FILLER for w in found.said)
        ):
            for word in words:
                if re.search(rf"\b{re.escape(word)}\b", context):
                    sorts[word] = WordClass.PLACE
        if keeping := KEEPING.search(found.text):  # the verb says as much as what it is done to
            activity = keeping.group("what")
            if named := [w for w in kinds if w not in activity]:
                return named  # "something to hang coats on, hooks perhaps"
            found.changes["interest"] = activity.strip(" .?!")[:MOST_SAID]
            if not found.handles and (serving := self._serving(activity)):
                found.changes["query"] = " or ".join(serving)
            return []
        doing = [w for w in words if sorts[w] is WordClass.ACTIVITY and not done_with(w, found.text)]
        dropped = {WordClass.THING, WordClass.PERSON, WordClass.UNIT} | (
            {WordClass.OCCASION} if is_gift(found) else set()
        )
        aside = [w for w in words if sorts[w] not in dropped and w not in doing]
        aside += [w for w in words if w not in aside and w not in kinds[-1:] and opens(w, aside, found.text)]
        aside.sort(key=words.index)
        if aside and not kinds and OF_A_SORT.search(found.text):
            found.changes["clear"] = [*found.changes.get("clear", []), "query", "must"]
        if aside and not found.handles:  # of a product that is pointed at, they ask
            found.changes["interest"] = as_said(aside, found.text)
        return [w for w in words if sorts[w] is WordClass.THING and w not in aside]

    def _sort_of(self, word: str, words: list[str], topic: list[str], found: Understood) -> WordClass:
        """What a word of a request stands for; what the shop's titles have beside what is wanted is part of it."""
        vocabulary = self.vocabulary
        others = [w for w in words if w != word and vocabulary.knows(w)]
        is_kind = vocabulary.is_kind(word)
        if is_kind:
            # A place beside something else is not wanted itself: "a chair for working from home".
            stated = not others or vocabulary.together([word, *others]) > 0
        else:
            stated = vocabulary.knows(word) and (not topic or vocabulary.together([word, *topic]) > 0)
        if self._is_condition(word, found.text):
            return WordClass.THING
        purpose = PURPOSE.search(found.text)
        at = re.search(rf"(?<!look )(?<!looking )\bat (?:the |my |our )?{re.escape(word)}\b", found.text)
        meant_for = purpose and word in purpose.group("what")
        if stated and not at and not meant_for and not (is_gift(found) and word not in topic):
            return WordClass.THING
        if stem(word) in EVERYDAY and not is_gift(found) and not at and not meant_for:
            return WordClass.THING
        if is_gift(found) and word.endswith("ing") and not vocabulary.knows(word):
            return WordClass.OCCASION  # "a colleague who is leaving"
        sort = vocabulary.classes.of(word)
        if sort is WordClass.PERSON and not is_gift(found) and not for_whom(word, found):
            return WordClass.THING
        if not vocabulary.knows(word) and re.search(
            rf"\b(?:i'm|i am|we're|we are) (?:\w+ )?{re.escape(word)}\b(?<=ing)", found.text
        ):
            return WordClass.ACTIVITY  # "I'm redecorating"
        if purpose and meant_for and not self._names_kind(found.text[: purpose.start("what")]):
            return WordClass.ACTIVITY  # what is wanted is something for it, not the thing itself
        if sort is WordClass.THING and not topic and not vocabulary.knows(word):
            doing = re.search(rf"\b{re.escape(word)} (?:an?|the|my|our|some|for)\b", found.text)
            if word.endswith("ing") and doing:
                return WordClass.ACTIVITY  # "hosting a party"
        if sort is WordClass.THING and not vocabulary.knows(word) and qualifies(word, found.text):
            return WordClass.QUALITY
        return sort

    def _is_condition(self, word: str, text: str) -> bool:
        """Whether a product must have what a word names, whatever sort of word it is: "with a garden"."""
        before = text[: text.find(word)]
        sort = self.vocabulary.classes.of(word)
        part = HAS_PART.search(before) is not None and sort is not WordClass.PERSON
        return part and not re.search(rf"\b{re.escape(word)}\b.{{0,20}}\bin mind\b", text)

    def _serving(self, activity: str) -> list[str]:
        """The shop's kinds that serve an activity: "backpack", to carry something."""
        said = [w.replace("organiz", "organis") for w in re.findall(r"[a-z]+", activity)]
        ordered = "tidy" if {"order", "tidy", "place", "neat"} & set(said) else None
        kinds = SERVES.get(ordered or said[0], ())
        return [k for k in kinds if self.vocabulary.headed(k)][:3]

    def _names_kind(self, text: str) -> bool:
        return any(self.vocabulary.is_kind(w) for w in re.findall(r"[a-z]{3,}", text) if w not in FILLER)

    def _made_for_devices(self, device: str, topic: str | None) -> bool:
        """Whether products of a kind say which devices they fit; for the others a device is no condition."""
        kinds = self.vocabulary.kinds_in(topic)
        return not kinds or self.vocabulary.together([device.split()[0], *kinds]) > 0


def _as_titled(word: str, vocabulary: Vocabulary) -> str:
    """A word as titles have it: "childrens", where they say so of what is made for them."""
    joined = word.replace("'", "")
    made_for = "'" in word and FOR_WHOM.fullmatch(word) and vocabulary.knows(joined)
    return joined if made_for else word.strip("'-")


def _goes_on_ruling_out(before: str, ruled_out: str, word: str) -> bool:
    """Whether a word goes on about what was ruled out: "nothing battery powered", "not green or pink"."""
    if before.rstrip().endswith(ruled_out):
        return True
    joined = re.search(rf"{re.escape(ruled_out)}\W+(or|nor|and)\s+(?:an? |the )?$", before)
    return joined is not None and (joined.group(1) != "and" or {ruled_out, word} <= COLOURS)


def _part_of_name(word: str, after: str, vocabulary: Vocabulary) -> bool:
    """Whether a word that says little makes a name of the shop's together with the next one."""
    following = re.match(r"[\s-]+([a-z]+)", after)
    return (
        word in IN_NAMES
        and following is not None
        and following.group(1) not in FILLER
        and vocabulary.together([following.group(1), word]) >= SOME
    )


def _either(must: list[str]) -> list[str]:
    """Colours, and materials, among which a choice is made: either will do."""
    out = [t for t in must if t not in COLOURS | MATERIALS]
    for facet in (COLOURS, MATERIALS):
        named = [t for t in must if t in facet]
        out += [" or ".join(named)] if named else []
    return out
