"""What a message does, told by its meaning, where the words that the patterns know lead elsewhere.

Patterns are right about the words that they know and blind to the rest: of "black is a colour that I dislike" they
see the colour alone. The sorter of sayings sees the whole message and no detail. Where it is sure of an act, and the
patterns found nothing that speaks against it, the message is read as that act plainly said.
"""

import re
from typing import Any

from agents.embedded.intents import Intent
from agents.embedded.request import GUESSED, Situation, Understood
from agents.embedded.sayings import AMOUNT
from agents.embedded.vocabulary import Vocabulary
from tools.synonyms import COLOURS, MATERIALS

SURE_OF_ACT = 0.6
"""The probability from which an act counts for more than guesses."""
LIKELIER = 0.5
"""The same of an act that rules out: the patterns took for wanted what is named."""
ABOUT_SHOWN = {
    "why {it}": Intent.WHY,
    "compare {them}": Intent.COMPARE,
    "what is the price of {it}": Intent.DETAILS,
}
OFF_TOPIC = "what is the weather"
SURELY_FOREIGN = 0.8
"""The probability from which a message whose words the shop knows is one about the world."""
PLAIN = frozenset(
    {
        "any colour", "any price", "any brand", "undo", "show me others", "which is the cheapest", "cheaper ones",
        "something dearer", "only on offer",
    }
)  # fmt: skip
"""Acts that say all by themselves."""
RULES_OUT = {"not {brand}": "exclude_brands", "not {colour}": "exclude_terms"}
BOUNDS = {"under {amount}": "max_price", "over {amount}": "min_price"}
WISHES = frozenset(
    {
        "only {brand}",
        "in {colour}",
        "at least {amount} stars",
        "between {amount} and {amount}",
        *RULES_OUT,
        *BOUNDS,
    }
)
OPEN = (Intent.RECOMMEND, Intent.MORE, Intent.UNCLEAR, Intent.OUT_OF_SCOPE, Intent.DETAILS)


class Meanings:
    """Reads acts with the vocabulary of one catalog."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary

    def plainly(self, text: str, situation: Situation, understood: Understood) -> str | None:
        """The message as its act is plainly said ("not black"); None where what was understood may stand."""
        said = self.vocabulary.said(text)
        least = LIKELIER if said.meant in RULES_OUT else SURE_OF_ACT
        if said.chance < least or understood.intent not in OPEN or self._names_kind(understood):
            return None
        firm = understood.changes.keys() - GUESSED - {"clear", "if_possible"}
        if said.meant == OFF_TOPIC and said.chance >= SURELY_FOREIGN and not firm and not understood.handles:
            return OFF_TOPIC
        if said.meant in ABOUT_SHOWN:
            return self._about_shown(said.meant, situation, understood) if not firm else None
        if said.meant in PLAIN:
            asks = understood.intent is Intent.DETAILS and (understood.handles or understood.aspect)
            return said.meant if not firm and not asks and not understood.order else None
        return self._wish(said.meant, text, understood, firm)

    def freed(self, text: str, situation: Situation, understood: Understood) -> None:
        """Take out guesses that no product meets, of a message that is surely a wish of another sort.

        "anything costing up to £20": nothing need speak of costing.
        """
        if self.vocabulary.said(text).meant not in WISHES or self._names_kind(understood):
            return
        changes = understood.changes
        if not changes.keys() - GUESSED or understood.intent is not Intent.RECOMMEND:
            return
        topic = self.vocabulary.kinds_in(situation.wishes.get("query"))
        if not topic:
            return
        changes.pop("interest", None)
        if "clear" not in changes:
            must = changes.pop("must", [])
            if met := [t for t in must if _of_looks(t) or self.vocabulary.together([t, *topic])]:
                changes["must"] = met

    def _about_shown(self, meant: str, situation: Situation, understood: Understood) -> str | None:
        if not (situation.shown or situation.focus) or understood.aspect not in (None, "price"):
            return None
        asked_for_price = understood.intent is Intent.DETAILS and understood.aspect == "price"
        same = ABOUT_SHOWN[meant] is understood.intent and (
            meant != "what is the price of {it}" or asked_for_price
        )
        return None if same or not (understood.handles or situation.focus or "them" in meant) else meant

    def _wish(self, meant: str, text: str, understood: Understood, firm: set[str]) -> str | None:
        changes: dict[str, Any] = understood.changes
        if "clear" in changes:
            return None
        if (name := RULES_OUT.get(meant)) is not None and name not in changes and firm <= {"brands"}:
            brands = [b.name.lower() for b in self.vocabulary.brands_in(text)]
            colours = [c for c in re.findall(r"[a-z]+", text) if c in COLOURS]
            ruled_out = brands if meant == "not {brand}" else colours
            return f"not {' or '.join(ruled_out)}" if ruled_out else None
        counted = any(re.search(r"\d", t) for t in changes.get("must", []))
        if meant in BOUNDS and not (firm or counted) and (amount := AMOUNT.search(text)) is not None:
            return meant.format(amount=amount.group())
        return None

    def _names_kind(self, understood: Understood) -> bool:
        english = self.vocabulary.english
        return any(self.vocabulary.is_kind(w) and w in english for w in understood.words)


def _of_looks(term: str) -> bool:
    """Whether a term is a colour or a material, or a choice of them."""
    return set(term.split(" or ")) <= COLOURS | MATERIALS
