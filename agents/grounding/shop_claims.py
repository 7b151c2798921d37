"""Claims about the shop itself: baskets, orders, delivery, stock, payment, returns, popularity, the shopper's past.

No tool returns any of it, so a statement about it needs words of a record. What can be said is that it is not known.
"""

import re

from agents.grounding.records import Known, stems
from agents.grounding.subjects import Sentence

ABOUT_SHOP = frozenset(
    stems(
        "cart checkout deliver delivery dispatch ship shipped shipping restock stock refund refundable voucher coupon "
        "paypal venmo klarna invoice bank transfer deposit account bestseller bestselling popular award winner winning won trending "
        "warehouse courier postage bought purchased reserve reserved subscribe newsletter membership loyalty promo "
        "guarantee guaranteed warranty returns branch pickup instalment installment finance recommended endorsed favourite favorite sellout"
    )
)
STATEMENTS = re.compile(
    r"\b(?:I(?:'ve| have|’ve)? (?:just )?(?:added|put|placed|ordered|booked|reserved|applied|saved|sent|emailed|charged|held|set aside)"
    r"|(?:in|into|to) (?:your|the) (?:basket|cart|bag)|your (?:last |previous |recent )?(?:order|purchase|account)"
    r"|(?:only|just) (?:\w+ )?(?:left|remaining)|\w+ left\b(?! (?:over|of|from|in your))|sold out|selling (?:fast|out)|in store|best.?sell\w*"
    r"|last (?:time|year|week|month|spring|summer|autumn|winter)|you(?:'ve| have|’ve)? (?:already |previously |once )?(?:bought|own|owned|ordered|purchased|returned)|returning customer|since you (?:already )?(?:have|own)"
    r"|(?:card|account|phone) number|free (?:delivery|shipping|returns?)|pay (?:with|by|via|to|in)|call (?:us|our|me|now)|e-?mail (?:us|me)"
    r"|(?:by|on|before|until) (?:tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas)|(?:use|with|enter) (?:the )?(?:code|promo)"
    r"|arriv(?:es?|ing) (?:today|tomorrow|by|on|in|within|before|next|at your)|today only|ends? (?:today|tonight|soon|tomorrow)|pick (?:it|them) up|most people|(?:people|customers|shoppers|everyone|everybody) (?:love|prefer|rave|say|choose|buy)\w*)\b",
    re.I,
)
LEFT_OF_BUDGET = re.compile(r"[£$€]\s?[\d.,]+\s+left|left (?:of|from|in|for|over)|(?:budget|money|pounds|euros|dollars|bucks|quid) left", re.I)


def false_about_shop(sentence: Sentence, known: Known) -> str | None:
    """What a sentence claims of the shop or of the shopper's past without a record, as a reason."""
    if sentence.asks and not re.search(r"\bI(?:'ve|’ve| have)\b", sentence.text):
        return None
    if sentence.denies:
        return None
    backed = known.said_words.union(*(known.records[h].words for h in sentence.about))
    for stem in stems(sentence.text):
        if stem in ABOUT_SHOP and stem not in backed:
            return f"no tool returned anything about “{stem}”"
    match = STATEMENTS.search(sentence.text)
    if match and not LEFT_OF_BUDGET.search(sentence.text) and not set(stems(match.group())) <= backed:
        return f"no tool returned “{match.group()}”"
    return None
