"""The summarizer: new frames in, the behaviour summary out, merged with what was known before."""

from collections import Counter
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher

from agents.frames import Frame
from agents.models import FrameReading, PageReader
from agents.screen_reader.reading import PageKind, PageReading, ReadProduct
from catalog.money import Money
from tools.linking import Linker
from tools.needs import (
    NOT_AVAILABLE,
    BehaviorSummary,
    Category,
    Fact,
    SeenProduct,
    StatedProduct,
    distinct,
    told_once,
)

SAME_TITLE = 0.9
SHORTEST_CUT = 5  # letters: less of a title says too little
MAX_PRODUCTS = 80
MAX_SPECIFICATIONS = 24
SHOWN = 4
LONGEST_LOOK = 60.0  # seconds: who looks longer has left the screen
NOTABLE_LOOK = 4.0


class Summarizer:
    """Reads frames with a page reader, links products to the catalog, and keeps the summary up to date."""

    def __init__(self, reader: PageReader, linker: Linker | None = None):
        self.reader = reader
        self.linker = linker

    def update(
        self,
        summary: BehaviorSummary,
        frames: list[Frame],
        on_read: Callable[[FrameReading], None] | None = None,
    ) -> tuple[BehaviorSummary, list[FrameReading]]:
        """Read new frames and merge them in; returns the new summary and what each frame said."""
        summary = summary.model_copy(deep=True)
        readings = []
        for reading in self.reader.read(frames, summary):
            readings.append(reading)
            if reading.note and reading.note not in summary.notes:
                summary.notes.append(reading.note)
            if reading.page is not None:
                self._merge(summary, reading.frame, reading.page)
                summary.frames_read += 1
            summary.vision_tokens += reading.tokens
            if on_read is not None:
                on_read(reading)
        overrides = next((r.categories for r in reversed(readings) if r.categories), None)
        return describe(summary, overrides), readings

    def _merge(self, summary: BehaviorSummary, frame: Frame, page: PageReading) -> None:
        if page.query and page.query not in summary.queries:
            summary.queries.append(page.query)
        for offer in page.promotions:
            if offer not in summary.promotions:
                summary.promotions.append(offer)
        _spend(summary, frame.taken)
        page_of = frame.page or frame.url
        before, same_page = set(summary.in_view), page_of == summary.last_page
        view: list[int] = []
        main = False
        for read in page.products:
            known = _find(summary.products, read)
            if known is None:
                known = _seen(read, frame.digest)
                self._link(known)
                linked = next((p for p in summary.products if p.item_id and p.item_id == known.item_id), None)
                if linked is not None:
                    known = linked
                    known.frames += 1
                elif len(summary.products) < MAX_PRODUCTS:
                    summary.products.append(known)
                else:
                    continue
            else:
                known.frames += 1
            position = next(i for i, p in enumerate(summary.products) if p is known)
            again = known.frames > 1 and position not in before
            known.returns += again and (same_page or (read.main and known.opened))
            if read.main or not main:
                view = [position] if read.main else [*view, position]
            main = main or read.main
            _complete(known, read)
            known.opened = known.opened or read.main
            known.compared = known.compared or page.kind is PageKind.COMPARISON
            known.in_cart = known.in_cart or page.kind is PageKind.CART
        summary.in_view, summary.last_page = view, page_of

    def _link(self, product: SeenProduct) -> None:
        if self.linker is None:
            return
        link = self.linker.link(product.title, product.brand, product.price)
        if link is not None:
            product.item_id, product.link_score = link.item_id, link.score
            if product.brand is None:
                product.brand = self.linker.catalog.get(link.item_id).brand


def _spend(summary: BehaviorSummary, now: float) -> None:
    """Share the time since the last frame among the products that it showed."""
    seconds = min(max(0.0, now - summary.in_view_since), LONGEST_LOOK) if summary.in_view_since else 0.0
    for position in summary.in_view:
        if position < len(summary.products):
            summary.products[position].dwell += round(seconds / len(summary.in_view), 2)
    summary.in_view_since = now


def _seen(read: ReadProduct, frame: str) -> SeenProduct:
    return SeenProduct(frame=frame, **read.model_dump(include=set(StatedProduct.model_fields)))


def _find(products: list[SeenProduct], read: ReadProduct) -> SeenProduct | None:
    alike = [p for p in products if not _conflict(p, read)]
    for product in alike:
        if SequenceMatcher(None, product.title.lower(), read.title.lower()).ratio() >= SAME_TITLE:
            return product
    return next((p for p in alike if p.price and read.price and _cut(p.title, read.title)), None)


def _conflict(product: SeenProduct, read: ReadProduct) -> bool:
    prices_differ = product.price and read.price and product.price.amount != read.price.amount
    brands_differ = product.brand and read.brand and product.brand.lower() != read.brand.lower()
    return bool(prices_differ or brands_differ)


def _cut(known: str, read: str) -> bool:
    """Whether ``read`` is a known title whose first line was cut off at the top of the viewport."""
    return len(read) >= SHORTEST_CUT and known.lower().endswith(f" {read.lower()}")


def _complete(product: SeenProduct, read: ReadProduct) -> None:
    """Fill in what an earlier frame did not show; what was read once is not overwritten."""
    for name in ("brand", "price", "list_price", "rating", "review_count", "promotion"):
        if getattr(product, name) is None:
            setattr(product, name, getattr(read, name))
    product.specifications = told_once([*product.specifications, *read.specifications])[:MAX_SPECIFICATIONS]


def describe(summary: BehaviorSummary, overrides: dict[Category, str] | None = None) -> BehaviorSummary:
    """Fill the eight categories from the facts; ``overrides`` are a vision model's own words for them."""
    products = summary.products
    opened = [p for p in products if p.opened or p.in_cart]
    focus = sorted(opened or products, key=lambda p: -p.interest)
    priced = sorted((p for p in products if p.price), key=lambda p: p.price.amount if p.price else 0)
    facts: list[Fact] = []
    categories = dict.fromkeys(Category, NOT_AVAILABLE)

    def note(category: Category, text: str, sources: Iterable[SeenProduct] = ()) -> None:
        categories[category] = text
        facts.extend(
            Fact(category=category, text=_one(category, p), frame=p.frame) for p in list(sources)[:8]
        )

    if summary.queries or focus:
        note(Category.CHARACTERISTICS, _characteristics(summary, opened, products), focus)
    if priced:
        summary.lowest_price, summary.highest_price = _span(priced)
        note(Category.LOWEST, str(summary.lowest_price), priced[:1])
        note(Category.HIGHEST, str(summary.highest_price), priced[-1:])
    summary.brands, preference = _brands(summary, opened, products)
    if preference:
        note(Category.BRAND, preference, [p for p in focus if p.brand])
    specifications = distinct(s for p in focus for s in p.specifications)
    if specifications:
        note(Category.SPECIFICATIONS, "; ".join(specifications[:10]), [p for p in focus if p.specifications])
    rated = [p for p in focus if p.rating is not None or p.review_count]
    if rated:
        note(Category.REVIEWS, _reviews(rated), rated)
    compared = [p for p in products if p.compared]
    if len(compared) > 1:
        note(Category.COMPARISONS, "compared " + " with ".join(p.title for p in compared[:SHOWN]), compared)
    elif len(opened) > 1:
        note(
            Category.COMPARISONS,
            f"opened {len(opened)} products one after the other: "
            + ", ".join(p.title for p in opened[:SHOWN]),
            opened,
        )
    promoted = [p for p in products if p.promotion or p.list_price]
    offers = distinct([*(_offer(p) for p in promoted[:6]), *summary.promotions[:4]])
    if offers:
        note(Category.PROMOTIONS, "; ".join(offers), promoted)
    summary.categories = categories | {k: v for k, v in (overrides or {}).items() if v and v != NOT_AVAILABLE}
    summary.categories |= {c: text or NOT_AVAILABLE for c, text in summary.corrections.items()}
    if Category.BRAND in summary.corrections:
        summary.brands = [
            b for b in summary.brands if b.lower() in summary.corrections[Category.BRAND].lower()
        ]
    summary.facts = [f for f in facts if f.category not in summary.corrections]
    return summary


def _characteristics(summary: BehaviorSummary, opened: list[SeenProduct], products: list[SeenProduct]) -> str:
    said = []
    if summary.queries:
        said.append("searched for " + ", ".join(f'"{q}"' for q in summary.queries[-3:]))
    if opened:
        said.append(f"opened {len(opened)}: " + ", ".join(p.title for p in opened[-SHOWN:]))
    elif products:
        said.append("looked at " + ", ".join(p.title for p in products[:SHOWN]))
    longest = max(products, key=lambda p: p.dwell, default=None)
    if longest is not None and longest.dwell >= NOTABLE_LOOK and len(products) > 1:
        said.append(f"stayed longest on {longest.title} ({longest.dwell:.0f} s)")
    if returned := [p.title for p in products if p.returns]:
        said.append("went back to " + ", ".join(returned[:SHOWN]))
    return "; ".join(said)


def _brands(
    summary: BehaviorSummary, opened: list[SeenProduct], products: list[SeenProduct]
) -> tuple[list[str], str | None]:
    """Brands that were opened or searched for count; where none was, those merely seen are told as such."""
    searched = [
        b
        for b in distinct(p.brand for p in products if p.brand)
        if any(b.lower() in q.lower() for q in summary.queries)
    ]
    counts = Counter(p.brand for p in opened if p.brand)
    preferred = distinct([*searched, *(b for b, _ in counts.most_common())])
    if preferred:
        told = [f"searched for {b}" for b in searched]
        told += [f"opened {n} of {len(opened)} products by {b}" for b, n in counts.most_common(3)]
        return preferred, "; ".join(told)
    seen = [b for b, _ in Counter(p.brand for p in products if p.brand).most_common()]
    return seen, ("saw " + ", ".join(seen[:6]) + "; opened none") if seen else None


def _span(priced: list[SeenProduct]) -> tuple[Money | None, Money | None]:
    """The lowest and the highest price in the currency of most products."""
    currency = Counter(p.price.currency for p in priced if p.price).most_common(1)[0][0]
    same = [p.price for p in priced if p.price and p.price.currency == currency]
    return same[0], same[-1]


def _reviews(rated: list[SeenProduct]) -> str:
    said = []
    for p in rated[:SHOWN]:
        stars = f"{p.rating:g} out of 5" if p.rating is not None else ""
        count = f"{p.review_count:,} reviews" if p.review_count else ""
        said.append(f"{p.title}: {', '.join(x for x in (stars, count) if x)}")
    return "; ".join(said)


def _offer(product: SeenProduct) -> str:
    if product.list_price and product.price and product.list_price.amount > product.price.amount:
        reduced = f"{product.title} reduced from {product.list_price} to {product.price}"
        return f"{reduced} ({product.promotion})" if product.promotion else reduced
    return f"{product.title}: {product.promotion}"


def _one(category: Category, product: SeenProduct) -> str:
    values = {
        Category.LOWEST: str(product.price), Category.HIGHEST: str(product.price), Category.BRAND: product.brand,
        Category.SPECIFICATIONS: "; ".join(product.specifications[:4]), Category.PROMOTIONS: _offer(product),
        Category.REVIEWS: _reviews([product]),
    }  # fmt: skip
    return f"{product.title}: {values[category]}" if category in values else product.title
