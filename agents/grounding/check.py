"""The check of a draft: products stand in it as handles, and our code puts in what the catalog says of them.

A model cannot invent a product, because it never writes one: ``[[P2]]`` becomes the title and the price of the catalog
record behind it. What else it wrote is checked sentence by sentence against the record that the sentence is about; a
sentence with a claim that no record backs is taken out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from agents.grounding.comparison_claims import false_comparative, false_superlative
from agents.grounding.figure_claims import false_figure, unknown_amount
from agents.grounding.name_claims import false_name
from agents.grounding.property_claims import false_property
from agents.grounding.records import Known
from agents.grounding.shop_claims import false_about_shop
from agents.grounding.shopper_claims import false_about_shopper
from agents.grounding.subjects import Sentence, marked, sentence_of
from catalog.products import Product

HANDLE = re.compile(r"\[\[\s*(P\d+)(?:\.(\w+))?\s*\]\]", re.IGNORECASE)
LOOSE = re.compile(r"(?<![\w\[])\(?\bP(\d+)\b\)?(?![\w\]])")
# A number and a point at the head of a line is a list item, not the end of a sentence.
SENTENCE = re.compile(r"(?<=[^\s\d][.!?])[)\"”*_]*\s+|(?<=\d[.!?])\s+(?=[A-Z])|\n+")
LIST_HEAD = re.compile(r"^\s*(\d{1,2})[.)](?:\s+|$)")
MOST_MENTIONS = 2  # of one product in a sentence
SHORTENED = 200
LONGEST = 2000  # characters of a draft's paragraph that are looked at; the rest is not said
MARKUP = re.compile(r"<[^<>]{0,300}>|!?\[[^\[\]]{0,300}\]\([^()]{0,600}\)|https?://\S+|`{3}")
Check = Callable[[Sentence, Known], str | None]
CHECKS: tuple[Check, ...] = (false_figure, false_name, false_about_shop, false_superlative, false_comparative, false_about_shopper, false_property)
RULE_CHECKS: tuple[Check, ...] = (unknown_amount,)


@dataclass
class Grounded:
    """A checked reply: its text, the handles it names in order, and what was taken out and why."""

    text: str
    handles: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


class Checker:
    """Checks the pieces of one draft in order; what the last sentence was about is what "it" means in the next.

    ``by_rule``: the draft was put together by our own rules from records, so that only its amounts are looked at;
    a word of ours that is also some brand ("Close", "Next") is not a claim.
    """

    def __init__(self, known: Known, by_rule: bool = False):
        self.known = known
        self.checks = RULE_CHECKS if by_rule else CHECKS
        self._last: tuple[str, ...] = ()
        self._before = ""
        self._dropped = 0  # items of the list under way that were taken out

    def check(self, draft: str) -> Grounded:
        """Put catalog records in place of handles and take out every sentence that cannot be backed."""
        result = Grounded("")
        kept: list[str] = []
        for paragraph in draft.split("\n"):
            sentences = list(_sentences(paragraph[:LONGEST]))
            good = [checked for s in sentences if (checked := self._sentence(s, result)) is not None]
            line = self._numbered(paragraph, " ".join(good))
            if line or not sentences:
                kept.append(line)
        result.text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
        return result

    def _numbered(self, paragraph: str, line: str) -> str:
        """The line with the number that its list item has now that items before it were taken out; empty for one that was."""
        head = LIST_HEAD.match(paragraph)
        if head is None:
            self._dropped = 0 if paragraph.strip() else self._dropped
            return line
        rest = LIST_HEAD.sub("", line).strip()
        if not rest:
            self._dropped += 1
            return ""
        return f"{int(head.group(1)) - self._dropped}. {rest}" if self._dropped else line

    def _sentence(self, sentence: str, result: Grounded) -> str | None:
        sentence = MARKUP.sub("", LOOSE.sub(r"[[P\1]]", sentence))
        handles = [m.group(1).upper() for m in HANDLE.finditer(sentence)]
        if why := self._wrong_handles(handles) or self._wrong_claim(sentence):
            result.removed.append(f"{sentence.strip()[:SHORTENED]} ({why})")
            return None
        spoken = [m.group(1).upper() for m in HANDLE.finditer(sentence) if m.group(2) != "title"]
        result.handles += [h for h in dict.fromkeys(spoken) if h not in result.handles]
        products = self.known.products
        return HANDLE.sub(lambda m: _record(products[m.group(1).upper()], m.group(2)), sentence)

    def _wrong_handles(self, handles: list[str]) -> str | None:
        if unknown := [h for h in handles if h not in self.known.products]:
            return f"no such product: {', '.join(unknown)}"
        if withheld := self.known.withheld & set(handles):
            return f"found, but not chosen: {', '.join(sorted(withheld))}"
        if handles and max(Counter(handles).values()) > MOST_MENTIONS:
            return "goes round in circles"
        return None

    def _wrong_claim(self, text: str) -> str | None:
        sentence = sentence_of(HANDLE.sub(lambda m: marked(m.group(1)), text), self._last, self.known, self._before)
        self._before = sentence.text
        if sentence.definite:
            self._last = sentence.about
        return next((why for check in self.checks if (why := check(sentence, self.known))), None)


def ground(draft: str, known: Known) -> Grounded:
    """Check a whole draft."""
    return Checker(known).check(draft)


def _sentences(paragraph: str) -> Iterator[str]:
    yield from (s for s in SENTENCE.split(paragraph) if s and s.strip())


def _record(product: Product, aspect: str | None) -> str:
    if aspect == "title":
        return product.title
    if aspect == "price":
        return str(product.price) if product.price else "price not known"
    price = f" ({product.price})" if product.price else ""
    named = not product.brand or product.brand.lower() in product.title.lower()
    return f"{product.title}{'' if named else f' by {product.brand}'}{price}"
