"""Simulated shoppers: conversations put together at random, with what must hold after each turn known from the catalog.

A shopper wants a kind of thing, says wishes in one of many phrasings, takes them back, points at what was shown and
asks about it, or wants a set. What must hold is worked out from the products' records alone, by plain comparison of texts
and amounts, so that no understanding of ours judges itself. Every third conversation takes its phrasings from those
that are held aside. After the agenda-based user simulation of Schatzmann et al. (2007).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from catalog.errors import InputError
from catalog.products import Catalog, Product
from evaluation.conversation import Script, Turn
from evaluation.goals import Goal, fits, titled

FILE = Path(__file__).parent / "phrasings.yaml"
MOST = 6
"""Products that one reply may show."""
SEVERAL = 3
"""So many that fit, something must be shown: of one or two, a title may be about something else ("cushion cover")."""
ENOUGH = 4
"""So many that fit, there is a first and a second to point at."""
ORDINALS = {1: "first", 2: "second"}
STARS = (3.5, 4.0)
SETS = 0.12
"""The share of the shoppers who want a set."""


@dataclass
class Shopper:
    """One conversation as it is put together."""

    goal: Goal
    turns: list[Turn] = field(default_factory=list)
    before: Goal | None = None
    """What "undo" goes back to; None where the last turn changed no wish."""
    listed: bool = False
    """Whether the last turn showed a list of at least ``ENOUGH``."""


class Simulation:
    """Shoppers of one catalog."""

    def __init__(self, catalog: Catalog, name: str, seed: int = 0):
        told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        if name not in told["kinds"]:
            raise InputError(f"Shoppers are simulated for {', '.join(told['kinds'])} only, not for {name}.")
        self.products: list[Product] = list(catalog)
        self.acts: dict[str, list[str]] = told["acts"]
        self.aside: dict[str, list[str]] = told["aside"]
        self.kinds: list[list[str]] = told["kinds"][name]
        self.words: list[str] = told["words"][name]
        self.colours: list[str] = told["colours"]
        self.rng = random.Random(seed)
        self.held = False

    def scripts(self, count: int) -> list[Script]:
        """So many conversations; every third is said in phrasings that are held aside."""
        out = []
        for number in range(count):
            self.held = number % 3 == 2
            out.append(Script(name=f"shopper {number + 1}", held_aside=self.held, turns=self._visit()))
        return out

    def _visit(self) -> list[Turn]:
        if self.rng.random() < SETS and (turns := self._set()):
            return turns
        singular, plural = self.rng.choice(self.kinds)
        shopper = Shopper(Goal(kind=singular))
        self._say(shopper, "kind", shopper.goal, kind=singular, kinds=plural)
        for _ in range(self.rng.randint(3, 6)):
            possible = [act for act in self._moves if act is not self._last or act == self._more]
            self._last = next(
                (a for a in self.rng.sample(possible, len(possible)) if a(shopper)), self._thanks
            )
        return shopper.turns

    _last: Callable[[Shopper], bool] | None = None

    @cached_property
    def _moves(self) -> list[Callable[[Shopper], bool]]:
        wishes = [
            self._max_price,
            self._max_price,
            self._min_price,
            self._between,
            self._brand,
            self._not_brand,
        ]
        wishes += [self._colour, self._colour, self._not_colour, self._word, self._rating, self._offer]
        leads = [
            self._cheaper,
            self._dearer,
            self._more,
            self._undo,
            self._undo,
            self._withdraw,
            self._withdraw,
        ]
        points = [
            self._details,
            self._price,
            self._why,
            self._compare,
            self._cheapest,
            self._compare,
            self._why,
        ]
        return [*wishes, *leads, *points, self._new_kind, self._thanks, self._scope]  # fmt: skip

    def _set(self) -> list[Turn]:
        """A set of kinds under a budget that it can be had for, then with more money, then without a part."""
        kinds = self.rng.sample([singular for singular, _ in self.kinds], self.rng.choice((2, 3)))
        prices = [
            sorted(float(p.price.amount) for p in self._fitting(Goal(kind=k)) if p.price) for k in kinds
        ]
        if not all(prices):
            return []
        budget = float(round(sum(p[len(p) // 2] for p in prices))) + 1
        more = float(max(1, round(budget / 4)))
        named = [f"{'an' if k[0] in 'aeiou' else 'a'} {k}" for k in kinds]
        listed = f"{', '.join(named[:-1])} and {named[-1]}"
        gone = self.rng.choice(kinds)
        said = self._phrased("set", listed=listed, amount=self._amount(budget))
        turns = [_of_set(said, len(kinds), budget)]
        turns.append(_of_set(self._phrased("set_more", more=self._amount(more)), len(kinds), budget + more))
        if len(kinds) > 2:
            turns.append(_of_set(self._phrased("set_without", kind=gone), len(kinds) - 1, budget + more))
        return turns

    def _say(
        self, shopper: Shopper, act: str, goal: Goal, also: dict[str, Any] | None = None, **slots: Any
    ) -> bool:
        """Say a wish; what is shown then must satisfy all of them, and something must be shown where something fits."""
        fits = len(self._fitting(goal))
        checks: dict[str, Any] = {
            "all": goal.checks() | (also or {}),
            "count": (0 if goal.relative or fits < SEVERAL else 1, MOST),
        }
        shopper.turns.append(Turn(say=self._phrased(act, **slots), **checks))
        shopper.before = shopper.goal if shopper.turns[1:] else None
        shopper.goal, shopper.listed = goal, fits >= ENOUGH and not goal.relative
        return True

    def _ask(self, shopper: Shopper, act: str, keeps_list: bool = True, **turn: Any) -> bool:
        slots = {k: turn.pop(k) for k in ("nth", "n") if k in turn}
        shopper.turns.append(Turn(say=self._phrased(act, **slots), **turn))
        shopper.before, shopper.listed = None, shopper.listed and keeps_list
        return True

    def _phrased(self, act: str, **slots: Any) -> str:
        return self.rng.choice((self.aside if self.held else self.acts)[act]).format(**slots)

    def _fitting(self, goal: Goal) -> list[Product]:
        return [p for p in self.products if fits(p, goal)]

    def _wish(self, shopper: Shopper, act: str, goal: Goal, **slots: Any) -> bool:
        """Say a wish that something satisfies, and that rules something out."""
        fits = len(self._fitting(goal))
        return 0 < fits < len(self._fitting(shopper.goal)) and self._say(shopper, act, goal, **slots)

    def _prices(self, shopper: Shopper) -> list[float]:
        return sorted({float(p.price.amount) for p in self._fitting(shopper.goal) if p.price})

    def _amount(self, amount: float) -> str:
        plain = f"{amount:g}" if amount == int(amount) else f"{amount:.2f}"
        return self.rng.choice((f"£{plain}", f"{plain} pounds", f"£{plain}"))

    def _max_price(self, shopper: Shopper) -> bool:
        prices = self._prices(shopper)
        if len(prices) < ENOUGH or shopper.goal.max_price or shopper.goal.relative:
            return False
        bound = _round(self.rng.choice(prices[len(prices) // 3 :]))
        return self._wish(
            shopper, "max_price", replace(shopper.goal, max_price=bound), amount=self._amount(bound)
        )

    def _min_price(self, shopper: Shopper) -> bool:
        prices = self._prices(shopper)
        if len(prices) < ENOUGH or shopper.goal.min_price or shopper.goal.max_price or shopper.goal.relative:
            return False
        bound = _round(self.rng.choice(prices[: 2 * len(prices) // 3]))
        return self._wish(
            shopper, "min_price", replace(shopper.goal, min_price=bound), amount=self._amount(bound)
        )

    def _between(self, shopper: Shopper) -> bool:
        prices = self._prices(shopper)
        if len(prices) < ENOUGH or shopper.goal.min_price or shopper.goal.max_price or shopper.goal.relative:
            return False
        low, high = _round(prices[len(prices) // 4]), _round(prices[3 * len(prices) // 4])
        if low >= high:
            return False
        goal = replace(shopper.goal, min_price=low, max_price=high)
        return self._wish(shopper, "between", goal, low=self._amount(low), high=self._amount(high))

    def _brands(self, shopper: Shopper) -> list[str]:
        return sorted({p.brand for p in self._fitting(shopper.goal) if p.brand})

    def _maker(self, shopper: Shopper) -> str | None:
        """One of the makers of what fits; None where there is no choice, or one was spoken of."""
        brands = self._brands(shopper)
        free = len(brands) > 1 and not (shopper.goal.brand or shopper.goal.not_brand)
        return self.rng.choice(brands) if free else None

    def _brand(self, shopper: Shopper) -> bool:
        brand = self._maker(shopper)
        return bool(brand) and self._wish(shopper, "brand", replace(shopper.goal, brand=brand), brand=brand)

    def _not_brand(self, shopper: Shopper) -> bool:
        brand = self._maker(shopper)
        goal = replace(shopper.goal, not_brand=brand)
        return bool(brand) and self._wish(shopper, "not_brand", goal, brand=brand)

    def _stated(self, shopper: Shopper, words: list[str]) -> list[str]:
        fits = self._fitting(shopper.goal)
        return [w for w in words if w not in shopper.goal.kind and any(titled(p, w) for p in fits)]

    def _colour(self, shopper: Shopper) -> bool:
        colours = self._stated(shopper, self.colours)
        if not colours or set(self.colours) & {*shopper.goal.words, shopper.goal.not_word}:
            return False
        colour = self.rng.choice(colours)
        return self._wish(
            shopper, "colour", replace(shopper.goal, words=(*shopper.goal.words, colour)), colour=colour
        )

    def _not_colour(self, shopper: Shopper) -> bool:
        colours = self._stated(shopper, self.colours)
        if len(colours) < 2 or set(self.colours) & set(shopper.goal.words) or shopper.goal.not_word:
            return False
        colour = self.rng.choice(colours)
        return self._wish(shopper, "not_colour", replace(shopper.goal, not_word=colour), colour=colour)

    def _word(self, shopper: Shopper) -> bool:
        words = self._stated(shopper, self.words)
        if not words or set(self.words) & set(shopper.goal.words):
            return False
        word = self.rng.choice(words)
        return self._wish(
            shopper, "word", replace(shopper.goal, words=(*shopper.goal.words, word)), word=word
        )

    def _rating(self, shopper: Shopper) -> bool:
        stars = self.rng.choice(STARS)
        goal = replace(shopper.goal, min_rating=stars)
        return shopper.goal.min_rating is None and self._wish(shopper, "rating", goal, stars=f"{stars:g}")

    def _offer(self, shopper: Shopper) -> bool:
        return shopper.goal.on_offer is None and self._wish(
            shopper, "offer", replace(shopper.goal, on_offer=True)
        )

    def _cheaper(self, shopper: Shopper) -> bool:
        priced = bool(self._prices(shopper)) and shopper.listed
        goal = replace(shopper.goal, min_price=None, relative=True)
        return priced and self._say(shopper, "cheaper", goal, {"cheaper_than_before": True})

    def _dearer(self, shopper: Shopper) -> bool:
        priced = bool(self._prices(shopper)) and shopper.listed
        return priced and self._say(shopper, "dearer", replace(shopper.goal, max_price=None, relative=True))

    def _more(self, shopper: Shopper) -> bool:
        if not shopper.listed:
            return False
        return self._ask(shopper, "more", False, all=shopper.goal.checks(), fresh=True, count=(0, MOST))

    def _undo(self, shopper: Shopper) -> bool:
        before = shopper.before
        if before is None:
            return False
        self._say(shopper, "undo", before)
        shopper.before = None
        return True

    def _withdraw(self, shopper: Shopper) -> bool:
        goal = shopper.goal
        ways = {
            "no_price": (goal.max_price or goal.min_price, replace(goal, max_price=None, min_price=None)),
            "no_brand": (goal.brand or goal.not_brand, replace(goal, brand=None, not_brand=None)),
            "no_colour": (
                set(self.colours) & set(goal.words),
                replace(goal, words=tuple(w for w in goal.words if w not in self.colours)),
            ),
        }  # fmt: skip
        said = [(act, after) for act, (standing, after) in ways.items() if standing]
        if not said or goal.relative:
            return False
        act, after = self.rng.choice(said)
        return self._say(shopper, act, after)

    def _pointed(self, shopper: Shopper, act: str, **turn: Any) -> bool:
        n = self.rng.choice((1, 2))
        return shopper.listed and self._ask(shopper, act, nth=ORDINALS[n], n=n, first=n, count=(1, 1), **turn)

    def _details(self, shopper: Shopper) -> bool:
        return self._pointed(shopper, "details", tools=["product_details"])

    def _price(self, shopper: Shopper) -> bool:
        said = {"says": "[£$€]"} if self._prices(shopper) else {}
        return self._pointed(shopper, "price", tools=["product_details"], **said)

    def _why(self, shopper: Shopper) -> bool:
        return self._pointed(shopper, "why", tools=["explain_recommendation"])

    def _compare(self, shopper: Shopper) -> bool:
        asked = {"tools": ["compare_products"], "count": (2, 2), "first": 1, "all": shopper.goal.checks()}
        return shopper.listed and self._ask(shopper, "compare", False, **asked)

    def _cheapest(self, shopper: Shopper) -> bool:
        priced = bool(self._prices(shopper)) and shopper.listed
        return priced and self._ask(shopper, "cheapest", False, all=shopper.goal.checks(), count=(1, 1))

    def _thanks(self, shopper: Shopper) -> bool:
        return self._ask(shopper, "thanks", none=True)

    def _new_kind(self, shopper: Shopper) -> bool:
        """Another kind, whatever of the wishes stands."""
        singular, plural = self.rng.choice(self.kinds)
        if singular == shopper.goal.kind or shopper.goal != Goal(kind=shopper.goal.kind):
            return False
        return self._say(shopper, "new_kind", Goal(kind=singular), kind=singular, kinds=plural)

    def _scope(self, shopper: Shopper) -> bool:
        return self._ask(shopper, "scope", none=True)


def _of_set(say: str, parts: int, budget: float) -> Turn:
    holds = {"total_at_most": budget}
    return Turn(say=say, tools=["optimize_bundle"], all=holds, count=(parts, parts))


def _round(amount: float) -> float:
    """An amount as a shopper says it: whole from 5 up, in halves below."""
    return float(round(amount)) if amount >= 5 else round(2 * amount) / 2 or 0.5
