"""What sort of word a word is: a thing that one can buy, or what only tells about it (for whom, when, where, how).

A request says more than what it asks for: "a gift for a coworker", "something for the patio". Word lists
never end, so a word is compared by its sentence embedding with a few exemplars of each class.
"""

from collections import Counter
from enum import StrEnum
from functools import lru_cache

import numpy as np

from catalog.encoder import Encoder

NEIGHBOURS = 5
SURE = 0.55  # share of the neighbours' likeness: below it a word is taken for a thing


class WordClass(StrEnum):
    """What a word stands for."""

    THING = "thing"
    PERSON = "person"
    OCCASION = "occasion"
    PLACE = "place"
    ACTIVITY = "activity"
    QUALITY = "quality"
    UNIT = "unit"


EXEMPLARS: dict[WordClass, str] = {
    WordClass.THING: (
        "kettle lawnmower dress laptop sofa necklace shampoo bicycle headphones bread puzzle candle notebook printer guitar tent "
        "drill tyre vitamins perfume toaster blanket aquarium cable wallet trousers ladder paint battery magazine wine cheese plant "
        "toy camera basket knife trampoline hammer cat dog pen card lamp hat grill mop television jacket ticket"
    ),
    WordClass.PERSON: (
        "colleague mother nephew girlfriend boss neighbour teenager grandfather teacher coworker toddler beginner student nurse "
        "roommate husband aunt baby doctor runner gamer family people"
    ),
    WordClass.OCCASION: (
        "birthday wedding christmas anniversary summer weekend holiday party graduation retirement valentine easter monday "
        "tomorrow winter housewarming baby-shower travel commute"
    ),
    WordClass.PLACE: (
        "kitchen bedroom garden office bathroom school gym beach outdoors living-room dining-room sitting-room dorm workshop balcony home nursery patio"
    ),
    WordClass.ACTIVITY: (
        "cooking furnish decorate study swimming reading camping gaming gardening baking hiking writing working cleaning sleep "
        "exercise photography yoga"
    ),
    WordClass.QUALITY: (
        "sturdy stylish already comfortable elegant dishwasher-safe heavy quiet modern reliable practical suitable similar handy "
        "fun expensive tough eco-friendly battery-life simple fancy durable unusual classy funny"
    ),
    WordClass.UNIT: "litre metre inch kilogram watts pieces centimetres gallon pages hours years size percent",
}  # fmt: skip


class WordClasses:
    """Classifies words with one encoder; each word is embedded once."""

    def __init__(self, encoder: Encoder):
        self.encoder = encoder
        self._own = {word: c for c, words in EXEMPLARS.items() for word in words.split()}
        self._exemplars: np.ndarray | None = None
        # Kept with this object: a cache of the class would keep catalogs that are no longer served.
        self.of = lru_cache(maxsize=4096)(self._of)

    def _of(self, word: str) -> WordClass:
        """The class of a lower-case word; a thing where no class is sure."""
        if word in self._own:
            return self._own[word]
        if self._exemplars is None:
            self._exemplars = self.encoder.encode(list(self._own))
        likeness = self._exemplars @ self.encoder.encode([word])[0]
        classes = list(self._own.values())
        votes: Counter[WordClass] = Counter()
        for i in np.argsort(-likeness, kind="stable")[:NEIGHBOURS]:
            votes[classes[int(i)]] += max(0.0, float(likeness[i]))  # type: ignore[assignment]
        best, weight = votes.most_common(1)[0]
        return best if weight >= SURE * sum(votes.values()) else WordClass.THING

    def names_no_thing(self, word: str) -> bool:
        """Whether a word surely names nothing that one can buy."""
        return self.of(word) is not WordClass.THING
