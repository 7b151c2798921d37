"""What a line of text says about a product: rating, reviews, promotion, specification, call to action."""

import re
from dataclasses import dataclass

from catalog.lexical import stem
from tools.synonyms import EVERYDAY

STAR = "★☆⭐✩✭✮✯*"
RATING = re.compile(
    r"(?:^|[\s(\[])(?P<score>[0-4][.,]\d{1,2}|5[.,]0{1,2}|[0-5])\s?(?:/\s?5(?![\d.])|out of 5|stars?\b|[★⭐])"
    r"|(?:rated|rating:?|score)\s?(?P<score2>[0-4][.,]\d{1,2}|5[.,]0)"
    r"|^\W*(?P<score3>[0-4][.,]\d|5[.,]0)\s*[★☆⭐*✩]?\s*(?=\(\s?[\d.,]+[kK]?\s?(?:reviews?|ratings?)?\s?\))"
    r"|^[★☆⭐\s]+(?P<score4>[0-4][.,]\d|5[.,]0)\b"
    r"|(?:^|\s)(?P<score5>[0-4][.,]\d{1,2}|5[.,]0)(?:\s+|(?=\|))(?=\|?\s?[\d.,]+[kK]?\+? (?:reviews?|ratings?))"
    r"|^\W*(?P<score6>[1-4][.,]\d|5[.,]0)\W*$",
    re.IGNORECASE,
)
REVIEWS = re.compile(
    r"(?<!\d)(?P<count>\d{1,3}(?:,\d{3}){1,3}|\d{1,6}(?:\.\d)?k|\d{1,9})\+?\s?(?:customer |verified |product |global )?(?:reviews?(?:\(s\))?(?!\w)|(?:ratings?|opinions|testimonials)\b)"
    r"|(?:reviews?|ratings?)\s?\(\s?(?P<count2>\d{1,3}(?:,\d{3})+|\d+)\s?\)",
    re.IGNORECASE,
)
STARRED = re.compile(r"^[★☆⭐✩✭✮✯\s]{3,}(?P<count>\d{1,3}(?:,\d{3})+|\d+)$")
IN_BRACKETS = re.compile(r"\(\s?(?P<count>\d{1,3}(?:,\d{3})+|\d+(?:\.\d)?[kK]|\d+)\s?\)?\s*$")
PROMOTION = re.compile(
    r"\d{1,2}\s?%\s?(?:off|discount|reduced|rabatt|cashback)|(?:save|extra|up to|get)\s(?:up to\s)?(?:an extra\s)?(?:[£$€]\s?\d[\d.,]*|\d{1,2}\s?%)"
    r"|[£$€]\s?\d[\d.,]*\s?off\b|^[-−–]\s?\d{1,2}\s?%$|^\d{1,2}%$|\b(?:clearance|on sale|flash sale|final sale|sale\b(?! ?ends?\b.{0,3}$)|special offer|limited[- ]time|"
    r"deal of the (?:day|week)|today'?s deals?|lightning deal|weekly deals?|best deal|hot deal|price (?:cut|drop|reduced)|new lower price|^rollback$|reduced (?:to|from|by|price|item)|^reduced$|bogo|black friday|cyber monday|"
    r"buy (?:one|\d+|more),? (?:get|save)|\d for \d\b|\d for [£$€]\d+|free gift|gift with purchase|multi ?buy|bundle (?:&|and) save|coupon|voucher|promo(?:tion)? code|use code|members? save|"
    r"subscribe (?:&|and) save|extra \d+% off|last chance|doorbuster|2nd \d+%)",
    re.IGNORECASE,
)
PRICED = re.compile(r"[£$€¥₹]\s?\d[\d.,]*\s|\d\.\d\d\s")
NOT_PROMOTION = re.compile(
    r"terms of sale|wholesale|for sale\b|after (?:the )?sale\b|sales tax|sales rep|newsletter|sign up|salesforce",
    re.IGNORECASE,
)
CALL = re.compile(
    r"^\W*(?:add (?:all )?(?:item )?to (?:your )?(?:shopping )?(?:cart|bag|basket|trolley|order)|add to \w+ (?:cart|bag|basket)|buy (?:it )?now|"
    r"buy$|pre-?order(?: now)?|(?:out of stock|sold out|notify me(?: when.*)?|join (?:the )?waitlist)$|arrange a viewing|book (?:now|a viewing)|"
    r"get (?:my|your|it) .{2,20}|get (?:my|your|a) box|reserve(?: now)?|choose options|select options|subscribe now|add$|contact agent|request (?:a )?tour|enquire now|shop now$|see all .{1,30}apartments)",
    re.IGNORECASE,
)
ADD_TO_CART = re.compile(
    r"add (?:\w+ )?to (?:your )?(?:shopping )?(?:cart|bag|basket|trolley)|buy (?:it )?now(?!\W{1,3}pay)|pre-?order|arrange a viewing|add to .{0,10}cart|^\W*(?:subscribe now|back-?order|buy this \w+)\W*$",
    re.IGNORECASE,
)
SOLD_OUT = re.compile(
    r"^\W*(?:sold out|out of stock|notify me(?: when.*)?|find another|currently unavailable|join (?:the )?waitlist|(?:sorry,? )?(?:this )?(?:item|product) is (?:not currently|no longer|currently not|un)\s?available|(?:sorry,? )?this (?:item|product) is currently unavailable)\W*$",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"^\W*\d[\d,]* (?:products|items|styles|homes|properties)\b|^\W*\d[\d,]* (?:\w+ ){1,3}for (?:sale|rent|hire)\b|^\W*q? ?search (?:for|entire|our|the|here|store|products|by)|^\W*(?:q )?search\W*(?:\w+\W*)?$|no image|"
    r"^\W*price \(|buyer protection|^\W*(?:added|listed|posted|reduced|updated) (?:on|by|today|yesterday|\d)|\b(?:inkl|incl|inc|zzgl|excl|exkl)[.,]? (?:\w+ ?)?(?:mwst|vat|tax|gst|versand)|^\W*about this item|^\W*more buying choices|"
    r"^\W*\d{1,3}\+? (?:more )?colou?rs?\b|^\W*(?:because you|based on your|inspired by your|top picks|picked for you|more like this|promo exclusion|just in\b)|"
    r"^\W*(?:customers (?:also|who)|related (?:products|items)|you (?:may|might) also|frequently bought|recently viewed|recommended for)|^\W*save (?:with|this|search)|"
    r"^\W*(?:pre-?owned|used|refurbished|renewed|brand new|open box|like new|new with tags)\W*$|^\W*(?:paperback|hardback|hardcover|kindle(?: edition)?|audiobook|e-?book|(?:great|good|fair|high|low|excellent) (?:price|deal|value))\W*$|"
    r"^\W*(?:deal|premium|sustainable|conscious|online only|selling fast|new season|overall pick|price pending|rollback|top rated|3d tour|new lower price|from)\W*$|^\W*\d[\d,.]*k?\+? (?:bought|sold|views?|people|viewing)|^notify me|rewards\b|required fields|^favou?red by|"
    r"free (?:shipping|delivery|pick ?up|returns?|standard|uk|us\b)|\barrives (?:in|by|tomorrow|today)|^\W*(?:lieferung|lieferbar|versand|verfügbar|sofort)\b|price for \d|booked \d|high demand|looking right now|\b(?:delivery|shipping)\b|in stock|out of stock|sold out|add to|buy now|"
    r"quick (?:view|shop|add)|wish ?list|^\W*compare\b|learn more|see (?:more|all|details)|view (?:all|more|details|product)|read more|sign (?:in|up)\b|\blog ?in\b|my account|"
    r"select (?:size|options|a)|^\W*choose\b|\bqty\b|\bquantity\b|size guide|size chart|^\W*share\b|\breturns?(?: policy)?\W*$|\breturns\b|\bwarranty\b|guarantee|"
    r"secured? (?:by|checkout|payments?|shopping|ordering)|safe checkout|\bpayments?\b|klarna|afterpay|affirm|clearpay|paypal|instal?lment|"
    r"(?:accept|allow|use|uses|our|of|manage|all) cookies|^\W*cookies?\W*$|cookie (?:policy|settings|notice)|privacy (?:policy|notice)|^\W*privacy\W*$|\breviews?(?:\(s\))?(?!\w)|\bratings?\b|"
    r"\bsku\b|item (?:no|number|#)|model (?:no|number)|\bupc\b|availability|\bresults\b|sort(?:ed)? by|^\W*filters?\b.{0,16}$|^\W*price (?:filter|range)\W*$|page \d|home ?[>/›»]|[>›»] |shop all|new in$|^new$|best ?seller|sponsored|"
    r"left in stock|only \d+ left|^\W*hurry\b|\bhurry(?: up|[,!])|\bviewing\b|people are|sold in|ends in|days?\b.*hours?|hours? .*min|^\W*(?:sale|new|hot|save|limited|exclusive|trending)\W*$|"
    r"subscribe|newsletter|^\W*(?:live )?chat\b(?: (?:now|with us|here))?\W*$|^\W*(?:need |get )?help\b.{0,24}$|contact us|track (?:my )?order|"
    r"^\W*(?:(?:my|your|view|shopping|mini)\W+)*(?:bag|cart|basket)\W*(?:\(?\d+\)?)?\W*$|checkout|in your (?:cart|bag|basket)|your cart|gift card|price match|\bterms\b|per month|/month|^from$|"
    r"^\W*(?:sub ?-?total|total|products?|unit price|remove|update|apply|actions?)\W*$|"
    r"^\W*(?:x{0,3}[sml]|\dx?l|small|medium|large|one size)\W*$|"
    r"^(?:colou?r|size|style|material|weight|width|length|height|brand|type|condition|price|qty|product|details|rating|description|features|specifications?)\b ?:?$|"
    r"^(?:colou?r|size|style no|item|sku|vendor|availability|condition|tags?|category|categories)\s?[:.]",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"(?<![\w£$€])(?P<value>\d+(?:[.,/]\d+)?(?:\s?[x×]\s?\d+(?:[.,]\d+)?){0,2})\s?-?(?P<unit>cm|mm|m\b|metres?|meters?|km|inch(?:es)?|in\b(?![- ](?:stock|the|one|a|total|\d))|ft|feet|yards?|kg|g\b|grams?|oz|lbs?|"
    r"ml|cl|l\b|litres?|liters?|gallons?|watts?|w\b|kw|volts?|v\b|mah|wh|gb|tb|mb|ghz|hz|mp|megapixels?|px|rpm|kv|cc|sheets?|pages?|pieces?|pcs|pack|count|"
    r"bds?\b|beds?(?:rooms?)?\b|ba\b|baths?(?:rooms?)?\b|sq\.? ?ft|sqft|m²|acres?|h\b|hours?|min\b|years?|thread|denier|ct\b|carat|proof|abv|%)(?![a-z])",
    re.IGNORECASE,
)
KEYED = re.compile(
    r"^(?P<key>colou?r|size|materials?|fabric|weight|dimensions?|capacity|model|style(?: no)?|fits?|pattern|power|length|width|height|diameter|"
    r"finish|scent|flavou?r|shape|condition|compatib\w+|gender|age|composition|content|type|voltage|storage|memory|display|screen size|processor|warranty|closure|"
    r"neckline|sleeve|heel height|pieces|pages|volume|waterproof|mount|town|lens|origin|thickness|stretch)\s?[:：]\s?(?P<value>\S.{0,60})$",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"\b\d+ ?(?:h|hrs?|hours?|days?)\b\W{0,3}\d+ ?m|ends? in|order within|^\W*hurry\b|left in|get it by|\bonly \d+ (?:left|in)\b",
    re.IGNORECASE,
)
TALLY = re.compile(r"^\d[\d,.]*k?\+? ?(?:bought|sold|views?|viewing|orders)\b", re.IGNORECASE)
NO_BRAND = frozenset(
    "store category brand price size color colour room style team department collection us anywhere now".split()
) | {
    "united kingdom",
    "united states",
    "great britain",
    "hong kong",
    "china",
    "germany",
    "france",
    "italy",
    "japan",
    "spain",
    "canada",
    "australia",
}
FILLERS = frozenset(
    "and the for with of in our all new men women man woman mens womens kids kid boys girls baby home".split()
)
DEPARTMENTS = frozenset(
    "smartphone smartwatch laptop tablet computer camera audio video gaming electronic accessory accessories appliance "
    "furniture lighting decor kitchen bathroom bedroom garden outdoor sport fitness fashion clothing clothes apparel footwear boot "
    "jewelry jewellery watch beauty makeup skincare haircare fragrance perfume health grocery food fruit vegetable drink beverage "
    "snack meat book stationery office toy game pet tool hardware automotive travel luggage music movie software software "
    "shirt skirt legging short swimwear lingerie underwear outerwear knitwear denim activewear sportswear headwear "
    "keyboard mouse monitor printer router storage network component wearable drone console television tv".split()
)
FOR_WHOM = re.compile(
    r"^(?:wo)?men['’]?s\b|^(?:older |younger )?kids?['’]?s?\b|^(?:boy|girl)s?['’]?s?\b|^unisex\b",
    re.IGNORECASE,
)
KEY_START = re.compile(r"\s*[,;|]\s+(?=[A-Z][a-z]+: )|\s*[·•|]\s*(?=[A-Z0-9])")
LONGEST_FACT = 3  # words of a fact without a label
BRAND = (
    re.compile(
        r"^(?:brand|manufacturer|vendor|designer|by brand)\s?[:：]\s?(?P<brand>\S.{1,30})$", re.IGNORECASE
    ),
    re.compile(r"^(?i:by|from)[:\s]\s?(?P<brand>[A-Z0-9][\w&'’.®™ -]{1,28})$"),
    re.compile(r"^visit the (?P<brand>.{2,30}) store$", re.IGNORECASE),
    re.compile(
        r"(?:see|shop|view|more)(?: all)?(?: products?| items?| more)? (?:by|from)(?: this brand)?\s?[:：]?\s?(?P<brand>[A-Z0-9][\w&'’. -]{1,28})$",
        re.IGNORECASE,
    ),
)


@dataclass(frozen=True)
class Rating:
    """Stars from 0 to 5 and how many gave them, each None where not seen."""

    score: float | None
    count: int | None


def rating_in(text: str) -> Rating:
    """The rating and the number of reviews that a line states.

    >>> rating_in("4.5 (1,234)")
    Rating(score=4.5, count=1234)
    >>> rating_in("128 reviews")
    Rating(score=None, count=128)
    """
    score = count = None
    if match := RATING.search(text):
        written = next(g for g in match.groups() if g)
        score = float(written.replace(",", "."))
    if match := REVIEWS.search(text):
        count = _count(match.group("count") or match.group("count2"))
    elif match := STARRED.search(text.strip()):
        count = _count(match.group("count"))
    elif (match := IN_BRACKETS.search(text)) and (score is not None or _only_stars(text[: match.start()])):
        count = _count(match.group("count"))
    return Rating(score, count)


def _only_stars(text: str) -> bool:
    return not re.search(r"[A-Za-z0-9]", text)


def _count(written: str) -> int:
    thousands = written.lower().endswith("k")
    number = float(written.lower().rstrip("k").replace(",", ""))
    return int(number * 1000) if thousands else int(number)


def promotion_in(text: str) -> str | None:
    """The promotion that a line states, or None.

    >>> promotion_in("30% OFF")
    '30% OFF'
    >>> promotion_in("Terms of sale") is None
    True
    """
    # No shop takes off more than all: a third digit is the percent sign's own circle, read as a nine or a zero.
    cleaned = re.sub(r"\b(\d{2})[0-9](?=\s?%)|(?<=%)[0-9oO](?= ?off)", r"\1", text.strip(" !·|•*"))
    found = PROMOTION.search(cleaned)
    if len(cleaned) > 90 or NOT_PROMOTION.search(cleaned) or not found:
        return None
    # Beside prices only what is taken off is the promotion: "£18.40 £23.00 (20% off)".
    off = "%" in found.group() or found.group().lower().startswith("save")
    return found.group() if off and PRICED.search(cleaned[: found.start()]) else cleaned


def specifications_in(text: str) -> list[str]:
    """Keyed values and quantities with a unit that a line states.

    >>> specifications_in("3 bds 2 ba 1,850 sqft")
    ['3 bds', '2 ba', '1850 sqft']
    >>> specifications_in("Colour: Forest green · Wireless")
    ['Colour: Forest green', 'Wireless']
    """
    pieces = KEY_START.split(text.strip())
    if len(pieces) > 1:
        found = [specifications_in(piece) for piece in pieces]
        # Beside labelled facts stand some without a label: "Colour: white · Wireless".
        labelled = any(":" in "".join(facts) for facts in found)
        return [
            fact
            for piece, facts in zip(pieces, found, strict=True)
            for fact in (facts or ([piece] if labelled and _is_short_fact(piece) else []))
        ]
    keyed = KEYED.match(text.strip())
    if keyed and re.search(r"[A-Za-z0-9]", keyed.group("value")) and not NOISE.search(keyed.group("value")):
        return [f"{keyed.group('key').strip().capitalize()}: {keyed.group('value').strip()}"]
    if promotion_in(text) or CLOCK.search(text):
        return []
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    quantities = [f"{m.group('value').strip()} {m.group('unit')}".strip() for m in UNIT.finditer(plain)]
    return [q for q in quantities if not q.endswith("%")]


def _is_short_fact(piece: str) -> bool:
    words = piece.split()
    return (
        len(words) <= LONGEST_FACT
        and piece[:1].isupper()
        and not (is_noise(piece) or is_call(piece) or promotion_in(piece) or PRICED.search(f"{piece} "))
    )


def brand_in(text: str) -> str | None:
    """The brand that a line names outright, as in "Brand: Ergon" or "Visit the Ergon Store"."""
    for pattern in BRAND:
        if match := pattern.search(text.strip()):
            named = re.sub(r"\s*(?:[®™]|TMM?)$", "", match.group("brand").strip(" .·"))
            return None if named.lower() in NO_BRAND else named
    return None


def is_kind(text: str) -> bool:
    """Whether a short text is an everyday word for a kind of thing, as the department above a card's title is."""
    words = re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)?", text)
    plain = [w.lower() for w in words if w.lower() not in FILLERS]
    return bool(words) and all(
        w in DEPARTMENTS or w.removesuffix("s") in DEPARTMENTS or stem(w) in EVERYDAY for w in plain
    )


def is_tally(text: str) -> bool:
    """Whether a line counts what others did ("208 sold"), and so belongs to no title."""
    return bool(TALLY.match(text.strip()))


def is_noise(text: str) -> bool:
    """Whether a line is a shop's furniture rather than a product's name."""
    return bool(NOISE.search(text))


def is_furniture(text: str) -> bool:
    """Whether a short line begins as a shop's furniture does, and so goes on from no title: "Free delivery by Friday"."""
    found = NOISE.search(text)
    return found is not None and found.start() < 3 and len(text) < 45


def is_call(text: str) -> bool:
    """Whether a line is a button that buys or reserves."""
    return bool(CALL.match(text))
