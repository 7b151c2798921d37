"""Pages of the shop, in real Chromium, read back from the pixels."""

import io
import math
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from agents.browser import ARGUMENTS, find_browser
from agents.screen_reader.facts import Rating, rating_in
from agents.screen_reader.lines import TextLine
from agents.screen_reader.page import PageInterpreter, interpret
from agents.screen_reader.reading import PageKind
from agents.screen_reader.stars import stars_in
from storefront.app import create_shop
from storefront.designs import DESIGNS
from storefront.sample import sample_catalog
from storefront.server import running


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with running(create_shop(sample_catalog())) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        yield browser.new_page(viewport={"width": 1280, "height": 800}, base_url=url)
        browser.close()


@pytest.fixture(scope="module")
def interpreter() -> PageInterpreter:
    return PageInterpreter()


def shot(page: Page, path: str) -> np.ndarray:
    page.goto(path)
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))


@pytest.mark.parametrize("design", sorted(DESIGNS))
def test_listing_prices_and_titles(page: Page, interpreter: PageInterpreter, design: str) -> None:
    reading = interpreter.read(shot(page, f"/search?q=lamp&design={design}&theme=light"))
    catalog = sample_catalog()
    assert reading.kind is PageKind.SEARCH and reading.query == "lamp"
    truth = {(p.title.lower(), p.price.amount if p.price else None) for p in catalog}
    assert len(reading.products) >= 2
    right = [p for p in reading.products if p.price and (p.title.lower(), p.price.amount) in truth]
    assert len(right) >= 0.8 * len(reading.products)


def test_a_product_page(page: Page, interpreter: PageInterpreter) -> None:
    reading = interpreter.read(shot(page, "/product/S0007?design=classic"))
    product = sample_catalog().get("S0007")
    assert reading.kind is PageKind.PRODUCT
    main = reading.products[0]
    assert main.main and main.title == product.title and main.brand == product.brand
    assert main.price == product.price and main.rating == product.rating
    assert any("Material" in s for s in main.specifications)


def test_delivery_filters_and_instalments_are_no_prices(page: Page, interpreter: PageInterpreter) -> None:
    reading = interpreter.read(shot(page, "/search?q=desk&design=ledger"))
    amounts = {p.price.amount for p in reading.products if p.price}
    assert not amounts & {Decimal("3.95"), Decimal("10.00"), Decimal("50.00"), Decimal("0")}


def test_compare_and_cart_pages(page: Page, interpreter: PageInterpreter) -> None:
    ids = ["S0001", "S0002", "S0003"]
    page.goto("/")
    page.context.add_cookies([{"name": "cart", "value": "|".join(ids), "url": page.url}])
    cart = interpreter.read(shot(page, "/cart?design=classic"))
    page.context.clear_cookies()
    assert cart.kind is PageKind.CART
    bought = [sample_catalog().get(i) for i in ids]
    assert [(p.title, p.price) for p in cart.products] == [(p.title, p.price) for p in bought]
    compared = interpreter.read(shot(page, "/compare?ids=S0001,S0002,S0003&design=classic"))
    assert compared.kind is PageKind.COMPARISON
    catalog = sample_catalog()
    assert [p.price for p in compared.products] == [catalog.get(i).price for i in ids]
    assert [p.brand for p in compared.products] == [catalog.get(i).brand for i in ids]


def line(text: str, x0: int, y0: int, x1: int, y1: int) -> TextLine:
    step = (x1 - x0) / len(text)
    return TextLine(text, 1.0, x0, y0, x1, y1, tuple(x0 + (i + 0.5) * step for i in range(len(text))))


def test_headings_in_pieces_and_pictures_taken_for_letters() -> None:
    blank = np.full((800, 1200, 3), 255, np.uint8)
    heading = [line("Results for", 20, 60, 120, 80), line("“oak desk”", 126, 61, 210, 81)]
    first = [line("Oak desk, small", 20, 300, 180, 320), line("£40.00", 20, 324, 90, 344)]
    second = [line("Oak desk, large", 420, 310, 580, 330), line("£90.00", 420, 334, 490, 354)]
    circles = [line("O", 20, 100, 190, 295), line("O", 420, 100, 590, 305)]
    reading = interpret(blank, [*heading, *circles, *first, *second])
    assert (reading.kind, reading.query) == (PageKind.SEARCH, "oak desk")
    assert [(p.title, str(p.price)) for p in reading.products] == [
        ("Oak desk, small", "£40.00"), ("Oak desk, large", "£90.00"),
    ]  # fmt: skip


def test_the_larger_of_two_prices_side_by_side_is_the_old_one() -> None:
    blank = np.full((300, 600, 3), 255, np.uint8)
    card = [
        line("Oak desk, small", 20, 100, 180, 120),
        line("£40.00", 20, 124, 90, 146),
        line("£55.00", 96, 126, 160, 144),
    ]
    (product,) = interpret(blank, card).products
    assert (str(product.price), str(product.list_price)) == ("£40.00", "£55.00")


def test_a_table_with_an_unusual_label() -> None:
    blank = np.full((500, 900, 3), 255, np.uint8)
    rows = [("Colour", "red"), ("Switches", "brown"), ("Range", "30 m")]
    table = [
        piece
        for i, (label, value) in enumerate(rows)
        for piece in (line(label, 20, 220 + 30 * i, 100, 240 + 30 * i), line(value, 220, 220 + 30 * i, 300, 240 + 30 * i))
    ]  # fmt: skip
    page = [
        line("Mechanical keyboard", 20, 90, 320, 120), line("£75.00", 20, 130, 120, 160),
        line("Add to basket", 20, 175, 160, 195), *table,
    ]  # fmt: skip
    assert interpret(blank, page).products[0].specifications == [
        "Colour: red",
        "Switches: brown",
        "Range: 30 m",
    ]


def test_a_blank_page_says_nothing(interpreter: PageInterpreter) -> None:
    reading = interpreter.read(np.full((400, 600, 3), 255, np.uint8))
    assert reading.kind is PageKind.OTHER and reading.products == []


def star(cx: float, cy: float, radius: float) -> list[tuple[float, float]]:
    turns = [math.pi * i / 5 for i in range(10)]
    return [
        (cx + (radius if i % 2 == 0 else radius * 0.45) * math.sin(t), cy - (radius if i % 2 == 0 else radius * 0.45) * math.cos(t))
        for i, t in enumerate(turns)
    ]  # fmt: skip


@pytest.mark.parametrize("step", [16, 20], ids=["touching", "apart"])
@pytest.mark.parametrize("filled", [0, 2, 3.5, 5])
def test_stars_that_are_pictures(filled: float, step: int) -> None:
    picture = Image.new("RGB", (480, 160), "white")
    draw = ImageDraw.Draw(picture)
    for i in range(5):
        draw.polygon(star(60 + step * i, 60, 8), fill="#cccccc")
    gold = Image.new("RGB", picture.size, "white")
    for i in range(5):
        ImageDraw.Draw(gold).polygon(star(60 + step * i, 60, 8), fill="#f5a623")
    edge = 60 + step * int(filled) - (0 if filled % 1 else step // 2)
    picture.paste(gold.crop((0, 0, edge, 160)), (0, 0))
    assert stars_in(np.asarray(picture), (40, 45, 200, 75), 20) == pytest.approx(filled or None, abs=0.2)


def test_five_letters_are_no_stars() -> None:
    picture = Image.new("RGB", (480, 160), "white")
    ImageDraw.Draw(picture).text((50, 50), "A A A A A  M M M M M", fill="black", font_size=20)
    assert stars_in(np.asarray(picture), (40, 40, 400, 80), 20) is None


def test_the_end_of_the_trail_names_the_product() -> None:
    blank = np.full((800, 1200, 3), 255, np.uint8)
    page = [
        line("FAST SHIPPING EVERYWHERE", 20, 10, 500, 50),
        line("Home > Skid plates > KTM 450 / 500 full skid plate", 20, 70, 520, 88),
        line("KTM 450 / 500 full skid plate", 20, 100, 420, 124),
        line("CYCRA", 800, 120, 1000, 180), line("$239.95", 800, 300, 940, 340),
        line("Four payments of $59.99", 800, 350, 1000, 370),
    ]  # fmt: skip
    product = interpret(blank, page).products[0]
    assert (product.main, product.title, str(product.price)) == (
        True,
        "KTM 450 / 500 full skid plate",
        "$239.95",
    )


def test_an_old_price_before_the_new_one_and_a_sign_apart() -> None:
    blank = np.full((800, 1200, 3), 255, np.uint8)
    page = [
        line("Everyday carry kit", 600, 200, 900, 230), line("$69.95$19.95", 600, 250, 760, 280),
        line("Add to cart", 600, 400, 760, 425),
    ]  # fmt: skip
    product = interpret(blank, page).products[0]
    assert (str(product.price), str(product.list_price)) == ("$19.95", "$69.95")
    page[1:2] = [line("$", 600, 250, 615, 275), line("79.00", 620, 248, 700, 282)]
    assert str(interpret(blank, page).products[0].price) == "$79.00"


def test_money_in_a_sentence_is_no_price() -> None:
    blank = np.full((800, 1200, 3), 255, np.uint8)
    told = "After the free trial, membership is $4/month or $40/year, and you may cancel at any time"
    assert (
        interpret(
            blank, [line("Now members get free delivery", 20, 90, 400, 115), line(told, 20, 120, 800, 140)]
        ).products
        == []
    )


def test_cards_that_stand_close_beside_each_other() -> None:
    blank = np.full((600, 800, 3), 255, np.uint8)
    cards = [
        line("Tronsmart Apollo Q10", 20, 100, 170, 118), line("Sabbat E12 Ultra", 185, 100, 300, 118),
        line("$49.99", 20, 122, 80, 140), line("$39.99", 185, 122, 245, 140),
    ]  # fmt: skip
    found = interpret(blank, cards).products
    assert [(p.title, str(p.price)) for p in found] == [
        ("Tronsmart Apollo Q10", "$49.99"),
        ("Sabbat E12 Ultra", "$39.99"),
    ]


WHITE = np.full((900, 1200, 3), 255, np.uint8)


@pytest.mark.parametrize(
    "title",
    [
        "Leather tote bag",
        "Chocolate chip cookies",
        "Oil filter for a 2.0 TDI",
        "Privacy screen, 24 inch",
        "Vlogging kit",
    ],
)
def test_titles_that_sound_like_a_shops_furniture(title: str) -> None:
    card = [line(title, 20, 100, 260, 120), line("£25.00", 20, 124, 90, 146)]
    assert [p.title for p in interpret(WHITE, card).products] == [title]


def test_a_department_above_the_title_is_no_brand() -> None:
    card = [
        line("Smartphones", 20, 84, 120, 98),
        line("Galaxy S23 Ultra", 20, 104, 200, 126),
        line("£999.00", 20, 132, 110, 156),
    ]
    branded = [
        line("Nordcell", 420, 84, 500, 98),
        line("Galaxy S23 case", 420, 104, 600, 126),
        line("£19.00", 420, 132, 510, 156),
    ]
    assert [(p.title, p.brand) for p in interpret(WHITE, [*card, *branded]).products] == [
        ("Galaxy S23 Ultra", None),
        ("Galaxy S23 case", "Nordcell"),
    ]


def test_a_cart_by_the_heads_of_its_columns() -> None:
    heads = [
        line(t, x, 200, x + 80, 220)
        for t, x in (("Products", 100), ("Price", 600), ("Quantity", 800), ("Total", 1000))
    ]
    rows = [
        piece for i, (title, each, total) in enumerate([("Vegetable box", "$55.00", "$110.00"), ("Garden peas", "$39.00", "$39.00")])
        for piece in (line(title, 200, 260 + 90 * i, 340, 282 + 90 * i), line(each, 600, 260 + 90 * i, 680, 282 + 90 * i),
                      line(total, 1000, 260 + 90 * i, 1090, 282 + 90 * i))
    ]  # fmt: skip
    of_header = [line("My shop", 20, 20, 140, 40), line("$149.00", 1090, 20, 1180, 40)]
    reading = interpret(WHITE, [*of_header, *heads, *rows])
    assert reading.kind is PageKind.CART
    assert [(p.title, str(p.price)) for p in reading.products] == [
        ("Vegetable box", "$55.00"),
        ("Garden peas", "$39.00"),
    ]


def test_a_comparison_whose_heading_was_scrolled_away() -> None:
    columns = [("Oak desk", "$295", "Brown"), ("Ash desk", "$275", "White")]
    cells = [
        piece for i, (title, price, colour) in enumerate(columns)
        for piece in (line(title, 300 + 300 * i, 100, 420 + 300 * i, 124), line(price, 320 + 300 * i, 300, 380 + 300 * i, 320),
                      line(colour, 320 + 300 * i, 360, 390 + 300 * i, 380), line("In stock", 320 + 300 * i, 420, 390 + 300 * i, 440))
    ]  # fmt: skip
    labels = [line(t, 40, y, 120, y + 20) for t, y in (("Price", 300), ("Colour", 360), ("Stock", 420))]
    reading = interpret(WHITE, [*labels, *cells])
    assert reading.kind is PageKind.COMPARISON
    assert [(p.title, str(p.price)) for p in reading.products] == [
        ("Oak desk", "$295.00"),
        ("Ash desk", "$275.00"),
    ]


def test_two_alike_buttons_beside_each_other_are_a_listing() -> None:
    cards = [
        piece for x, title, price in ((40, "Green kettle", "£30.00"), (440, "Black kettle", "£45.00"))
        for piece in (line(title, x, 300, x + 150, 322), line(price, x, 330, x + 80, 354), line("Add to cart", x, 370, x + 110, 390))
    ]  # fmt: skip
    reading = interpret(WHITE, cards)
    assert [(p.title, p.main) for p in reading.products] == [("Green kettle", False), ("Black kettle", False)]


def test_the_rows_of_a_long_table_with_values_at_the_right() -> None:
    rows = [
        ("Article", "IL026"),
        ("Content", "100% linen"),
        ("Thread count", "36"),
        ("Weight", "2.5 oz"),
        ("Width", "66 inch"),
    ]
    table = [
        piece for i, (label, value) in enumerate(rows)
        for piece in (line(f"{label} :", 600, 400 + 90 * i, 720, 420 + 90 * i), line(value, 1100 - 9 * len(value), 400 + 90 * i, 1100, 420 + 90 * i))
    ]  # fmt: skip
    page = [
        line("Gauze stripes, sheer linen", 600, 100, 950, 132),
        line("$13.35", 600, 150, 690, 176),
        line("Add to cart", 600, 200, 720, 222),
        *table,
    ]
    told = interpret(WHITE, page).products[0].specifications
    assert {
        "Article: IL026",
        "Content: 100% linen",
        "Thread count: 36",
        "Weight: 2.5 oz",
        "Width: 66 inch",
    } <= set(told)


def test_a_table_under_its_heading_and_facts_alone_in_a_row() -> None:
    page = [
        line("Compact Travel Keyboard", 600, 100, 950, 132),
        line("£62.50", 600, 150, 690, 176),
        line("Add to basket", 600, 200, 740, 222),
        line("Specifications", 600, 300, 740, 322),
        line("Layout", 602, 340, 660, 360),
        line("Seventy-five percent", 800, 340, 960, 360),
        line("Players", 602, 380, 660, 400),
        line("1 to 4", 800, 380, 850, 400),
        line("Wireless", 602, 420, 680, 440),
        line("A keyboard for short trips.", 602, 462, 830, 482),
        line("Dimensions", 602, 502, 700, 522),
    ]
    told = interpret(WHITE, page).products[0].specifications
    assert told == ["Layout: Seventy-five percent", "Players: 1 to 4", "Wireless"]


def test_a_count_of_reviews_is_no_rating() -> None:
    assert rating_in("1,904 reviews") == Rating(None, 1904)
    assert rating_in("4.7 1,904 reviews") == Rating(4.7, 1904)


def test_a_line_cut_in_two_is_one_title() -> None:
    page = [
        line("American fridge freezer (", 100, 100, 480, 134), line("(Discontinued)", 466, 101, 640, 134),
        line("£899.00", 100, 160, 200, 190), line("Add to basket", 100, 210, 240, 232),
    ]  # fmt: skip
    assert interpret(WHITE, page).products[0].title == "American fridge freezer (Discontinued)"
