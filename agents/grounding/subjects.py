"""Which products a sentence is about."""

import re
from dataclasses import dataclass

from agents.grounding.records import Known, stems

MARK = "\ue000"  # of Unicode's private use
HANDLE = re.compile(f"{MARK}(p\\d+){MARK}")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
PRONOUNS = frozenset("it its it's it'd it'll they they're their them this that's".split())
PLAIN = frozenset(stems("the a an and or for with of in on to by from set pack pair pro one new all two three light best good easy day home more plus"))
ARTICLES = frozenset("the a an both this that these those".split())
OTHERS = re.compile(r"\b(?:others?|both|all|each|every|either|none|than|against|versus|vs|compared|rather|instead|rest|between)\b", re.I)
QUESTION = re.compile(r"\?\W*$")
UNKNOWING = re.compile(
    r"\b(?:(?:don't|do not|can't|cannot|can not|couldn't|could not|doesn't|does not|didn't|don’t|can’t|doesn’t|isn't|isn’t|is not|aren't|not|never|no|nothing|without|nor|none|hardly|unable|sorry)\b"
    r"|unclear|unknown|silent)",
    re.I,
)
CONDITION = re.compile(r"\b(?:if|whether|unless|would|might|may|could|should|wish|want|prefer|looking for|need|wrong|mistake\w*|mixed|correction|earlier)\b|'d\b", re.I)


@dataclass(frozen=True)
class Sentence:
    """A sentence, the handles of the products it is about, and what kind of sentence it is."""

    text: str
    about: tuple[str, ...]
    """In the order of the records; all of them where the sentence names none."""
    definite: bool
    """Whether the products are named, or meant by a pronoun."""
    earlier: tuple[str, ...] = ()
    """What the sentence before was about."""
    before: str = ""
    """The sentence before."""

    @property
    def compares(self) -> bool:
        """Whether other products than the named ones come in."""
        return bool(OTHERS.search(self.text))

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return bool(QUESTION.search(self.text))

    @property
    def denies(self) -> bool:
        """Whether it says that something is not so, or is not known."""
        return bool(UNKNOWING.search(self.text))

    @property
    def supposes(self) -> bool:
        """Whether it supposes or advises instead of stating."""
        return bool(CONDITION.search(self.text))

    @property
    def thread(self) -> str:
        """The sentence after the one before: what is being reckoned may have been said there."""
        return f"{self.before} {self.text}"


def sentence_of(text: str, last: tuple[str, ...], known: Known, before: str = "") -> Sentence:
    """Tell what a sentence is about; ``last`` is what the one before was about, empty where nothing was named."""
    named = tuple(mentioned(text, known))
    words = [w.lower() for w in re.findall(r"[\w']+", text.replace("’", "'"))]
    if named:
        leads = bool(PRONOUNS & set(words[:1]))
        return Sentence(text, tuple(dict.fromkeys([*(last if leads else ()), *named])), True, last, before)
    if last and PRONOUNS & set(words):
        return Sentence(text, last, True, last, before)
    return Sentence(text, tuple(known.records), False, last, before)


def marked(handle: str) -> str:
    """What stands for a handle in the text of a sentence: no word, no name and no figure."""
    return f"{MARK}{handle.lower()}{MARK}"


def mentioned(text: str, known: Known) -> list[str]:
    """Products that a text names: by their handles, by words of their titles, by their place in the list or by their colour."""
    handles = [h for m in HANDLE.finditer(text) if (h := m.group(1).upper()) in known.records]
    return list(dict.fromkeys([*handles, *_described(text, known)]))


def _described(text: str, known: Known) -> list[str]:
    spoken = _name_words(text)
    having = [handles for w in spoken if (handles := {h for h, r in known.records.items() if w in r.name})]
    alone = {h for handles in having if len(handles) == 1 for h in handles}
    # A brand that several have means all of them, unless one of them is named more exactly.
    for handles in having:
        if alone.isdisjoint(handles) and len(handles) < len(known.records):
            alone |= handles if any(len(other) == 1 for other in having) else set()
    if alone:
        return [h for h in known.records if h in alone]
    words = set(re.findall(r"[a-z]+", text.lower()))
    placed = [h for h, ordinal in zip(known.records, ORDINALS, strict=False) if ordinal in words]
    if placed:
        return placed
    if "one" in words:
        told = [{h for h, r in known.records.items() if w in r.affirmed} for w in spoken]
        only = {h for handles in told if len(handles) == 1 for h in handles}
        if only:
            return [h for h in known.records if h in only]
    shared = {h for handles in having if len(handles) < len(known.records) for h in handles}
    return [h for h in known.records if h in shared]


def _name_words(text: str) -> set[str]:
    """Stems that may name a product: those with a capital or after an article where there are any, else all."""
    written = re.findall(r"[^\W\d_]+", text)
    names = [
        w for before, w in zip(["", *written], written, strict=False)
        if (w[0].isupper() and before) or before.lower() in ARTICLES
    ]  # fmt: skip
    chosen = set(stems(" ".join(names))) - PLAIN
    return chosen | (set(stems(written[0])) - PLAIN if written else set()) if chosen else set(stems(text)) - PLAIN
