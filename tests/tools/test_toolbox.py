import dataclasses
import re
from decimal import Decimal

import pytest

from catalog.money import money
from catalog.products import Catalog, Product
from catalog.store import StoredCatalog
from tools.bundles import BundleRequest, Offer, optimize_bundle
from tools.needs import BehaviorSummary, SeenProduct, Wishes
from tools.toolbox import TOOLS, run_tool, schemas
from tools.validation import validate_session
from tools.workspace import Handles, Shop, Workspace


def test_every_tool_has_a_schema_that_says_what_it_takes() -> None:
    assert len(schemas()) == len(TOOLS) >= 9
    for schema in schemas():
        assert schema["function"]["description"]
        assert schema["function"]["parameters"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("fly", {}, "There is no such tool; the tools are"),
        ("search_catalog", {"k": 0}, "Bad arguments"),
        ("search_catalog", {"sql": "drop"}, "Bad arguments"),
        ("product_details", {"handles": ["P99"]}, "no product with the handle"),
        ("compare_products", {"handles": ["P1"]}, "Bad arguments"),
        ("set_wishes", {"clear": ["everything"]}, "'clear' takes"),
    ],
)
def test_a_bad_call_becomes_its_result(
    workspace: Workspace, name: str, arguments: dict[str, object], says: str
) -> None:
    run = run_tool(workspace, name, arguments)
    assert run.failed and says in run.result["error"]


def test_filters_hold_before_ranking_and_never_leave_a_result_short(workspace: Workspace, shop: Shop) -> None:
    wishes = Wishes(brands=["TECHGEAR"], max_price=Decimal("20"))
    expected = [p for p in shop.catalog if p.brand == "TECHGEAR" and p.price and p.price.amount <= 20]
    run_tool(workspace, "set_wishes", {"brands": ["TECHGEAR"], "max_price": 20})
    assert workspace.wishes == wishes
    run_tool(workspace, "search_catalog", {"k": 200})
    assert {c.item_id for c in workspace.candidates} == {p.item_id for p in expected}


def test_recommendation_uses_all_its_sources(workspace: Workspace, shop: Shop) -> None:
    cases = [p for p in shop.catalog if "Type: phone case" in p.specifications][:3]
    workspace.session = [p.item_id for p in cases]
    workspace.summary = BehaviorSummary(
        products=[
            SeenProduct(title=p.title, brand=p.brand, price=p.price, item_id=p.item_id, opened=True)
            for p in cases
        ]
    )
    for name in ("validate_session", "search_catalog", "predict_next_items"):
        assert not run_tool(workspace, name, {}).failed
    ranked = run_tool(workspace, "rerank", {"k": 5}).result["recommended"]
    assert len(ranked) == 5
    assert {"search", "next item", "seen like it"} <= ranked[0]["parts"].keys()
    assert {c.source for c in workspace.candidates} == {"retrieval", "next-item"}


def test_cheaper_undercuts_what_was_shown(workspace: Workspace, shop: Shop) -> None:
    run_tool(workspace, "set_wishes", {"query": "phone case"})
    run_tool(workspace, "search_catalog", {})
    run_tool(workspace, "rerank", {})
    workspace.shown.append(workspace.chosen)
    before = [workspace.product(i).price for i in workspace.chosen]
    run_tool(workspace, "set_wishes", {"cheaper_than": "shown"})
    run_tool(workspace, "search_catalog", {})
    run_tool(workspace, "rerank", {})
    after = [workspace.product(i).price for i in workspace.chosen]
    assert after and max(p.amount for p in after if p) < min(p.amount for p in before if p)
    run_tool(workspace, "set_wishes", {"undo": True})
    assert workspace.wishes.max_price is None


def test_when_nothing_fits_it_says_what_to_relax(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "kettle", "max_price": 1})
    result = run_tool(workspace, "search_catalog", {}).result
    assert not result["products"]
    assert result["relax"][0]["relax"] == "max_price" and result["relax"][0]["products"] > 0


def test_what_is_not_carried_is_told_apart(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "lawnmower"})
    assert run_tool(workspace, "search_catalog", {}).result["not_carried"] == "lawnmower"


def test_validation_tells_what_to_drop(shop: Shop) -> None:
    summary = BehaviorSummary(
        brands=["Nowhere Inc", shop.catalog.brands[0]], lowest_price=money(9, "GBP"), highest_price=money(5, "GBP"),
        products=[SeenProduct(title="From elsewhere", opened=True)],
    )  # fmt: skip
    found = validate_session([shop.catalog.item_ids[0], "gone"], summary, shop.catalog)
    assert found.session_items == [shop.catalog.item_ids[0]]
    assert found.unknown_brands == ["Nowhere Inc"]
    assert any("price range" in d for d in found.drop) and any("not in the catalog" in d for d in found.drop)


def offer(item: str, price: float, fit: float, part: str) -> Offer:
    return Offer(
        product=Product(item_id=item, title=item, price=money(price, "GBP")), fit=fit, part=part, kind=part
    )


OFFERS = [
    offer("d1", 80, 0.9, "desk"),
    offer("d2", 50, 0.6, "desk"),
    offer("l1", 30, 0.9, "lamp"),
    offer("l2", 10, 0.5, "lamp"),
]


def test_the_solver_finds_the_best_set_under_the_budget() -> None:
    best = optimize_bundle(OFFERS, BundleRequest(parts=["desk", "lamp"], budget=Decimal(90)))
    assert best.item_ids == ["d2", "l1"] and best.total == Decimal("80.00") and best.optimal
    richer = optimize_bundle(OFFERS, BundleRequest(parts=["desk", "lamp"], budget=Decimal(110)))
    assert richer.item_ids == ["d1", "l1"]


def test_an_impossible_set_says_what_it_would_cost() -> None:
    bundle = optimize_bundle(OFFERS, BundleRequest(parts=["desk", "lamp"], budget=Decimal(40)))
    assert (
        not bundle.feasible
        and bundle.cheapest_total == Decimal("60.00")
        and "budget" in (bundle.conflict or "")
    )
    none = optimize_bundle(OFFERS, BundleRequest(parts=["sofa"]))
    assert not none.feasible and "sofa" in (none.conflict or "")


def test_must_include_and_exclude() -> None:
    bundle = optimize_bundle(OFFERS, BundleRequest(parts=["desk", "lamp"], include=["d2"], exclude=["l1"]))
    assert bundle.item_ids == ["d2", "l2"]


def test_linking_finds_items_read_with_small_errors(shop: Shop) -> None:
    catalog = shop.catalog
    for product in list(catalog)[::23]:
        misread = product.title.replace("o", "0", 1)
        link = shop.linker.link(misread, product.brand, product.price)
        assert link is not None
        found = catalog.get(link.item_id)
        assert (found.title, found.brand) == (product.title, product.brand)
    assert shop.linker.link("Stihl petrol chainsaw 18 inch bar") is None


def test_candidates_of_an_earlier_wish_are_not_shown_under_a_new_one(
    workspace: Workspace, shop: Shop
) -> None:
    workspace.session = [shop.catalog.item_ids[0]]
    for name in ("search_catalog", "predict_next_items", "rerank"):
        run_tool(workspace, name, {})
    brand = shop.catalog.brands[-1]
    run_tool(workspace, "set_wishes", {"brands": [brand]})
    run_tool(workspace, "rerank", {})
    assert {workspace.product(i).brand for i in workspace.chosen} <= {brand}


def test_a_catalog_without_prices_says_so(stored: StoredCatalog, shop: Shop) -> None:
    bare = dataclasses.replace(shop, catalog=Catalog(shop.catalog.frame.drop("price"), "bare"))
    workspace = Workspace(bare, BehaviorSummary(), [], Wishes(), [], Handles())
    run = run_tool(workspace, "set_wishes", {"max_price": 5})
    assert "no prices" in run.result["note"] and workspace.wishes.max_price is None
    parts = {"parts": ["desk", "chair"]}
    made = run_tool(workspace, "optimize_bundle", parts).result
    assert len(made["products"]) == 2 and made["total"] is None and "note" not in made
    assert "no prices" in run_tool(workspace, "optimize_bundle", {**parts, "budget": 5}).result["note"]


def test_an_order_is_of_everything_that_fits(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "lamp"})
    run_tool(workspace, "search_catalog", {})
    prices = [p.price.amount for p in workspace.shop.catalog if "lamp" in p.title.lower() and p.price]
    for order, best in (("cheapest", min(prices)), ("dearest", max(prices))):
        run = run_tool(workspace, "rerank", {"k": 3, "order": order})
        shown = [workspace.product(i).price for i in workspace.chosen]
        assert not run.failed and shown[0] is not None and shown[0].amount == best
        amounts = [p.amount for p in shown if p]
        assert amounts == sorted(amounts, reverse=order == "dearest")


def test_options_leave_out_the_wish_that_they_are_about(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "lamp", "brands": ["TECHGEAR"]})
    listed = run_tool(workspace, "list_options", {"of": "brand"}).result
    assert len(listed["options"]) > 1 and not any("TECHGEAR" in w for w in listed["wishes"])
    assert sum(o["products"] for o in listed["options"]) <= listed["products_in_all"]


def test_a_newer_number_takes_the_older_ones_place(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "case", "must": ["iphone 15"]})
    run_tool(workspace, "set_wishes", {"must": ["iphone 14"]})
    assert workspace.wishes.must == ["iphone 14"]


def test_a_set_of_distinct_brands_and_a_part_that_gets_cheaper(workspace: Workspace) -> None:
    first = run_tool(
        workspace, "optimize_bundle", {"parts": ["desk", "chair"], "budget": 500, "distinct_brands": True}
    ).result
    brands = [workspace.product(i).brand for i in first["items"]]
    assert len(set(brands)) == 2
    desk, chair = (p["handle"] for p in first["products"])
    swap = {
        "parts": ["desk", "chair"],
        "budget": 500,
        "include": [desk],
        "exclude": [chair],
        "cheaper_part": chair,
    }
    again = run_tool(workspace, "optimize_bundle", swap).result
    old, new = workspace.product(first["items"][1]).price, workspace.product(again["items"][1]).price
    assert again["items"][0] == first["items"][0] and old and new and new.amount < old.amount


def test_what_goes_with_a_product_is_of_other_kinds(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "kettle"})
    run_tool(workspace, "search_catalog", {})
    run_tool(workspace, "rerank", {})
    kettle = workspace.handles.of(workspace.chosen[0])
    run_tool(workspace, "set_wishes", {"clear": ["query"]})
    run = run_tool(workspace, "rerank", {"goes_with": kettle, "k": 5})
    titles = [workspace.product(i).title.lower() for i in workspace.chosen]
    kinds = [workspace.shop.kinds.head(t) for t in titles]
    assert not run.failed and len(titles) == 5 and len(set(kinds)) == 5
    assert not any("kettle" in t for t in titles)


def test_a_choice_is_made_among_what_was_shown(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "mug"})
    run_tool(workspace, "search_catalog", {})
    run_tool(workspace, "rerank", {})
    shown = [workspace.handles.of(i) for i in workspace.chosen]
    run = run_tool(workspace, "rerank", {"among": shown[1:], "k": 1})
    assert not run.failed and len(workspace.chosen) == 1
    assert workspace.handles.of(workspace.chosen[0]) in shown[1:]


def test_browsing_can_be_left_aside_and_taken_up_again(workspace: Workspace) -> None:
    seen = workspace.shop.catalog.item_ids[:3]
    workspace.session = list(seen)
    run_tool(workspace, "set_wishes", {"ignore_browsing": True})
    assert workspace.session == []
    assert run_tool(workspace, "summarize_browsing", {}).result["left_aside"]
    assert not run_tool(workspace, "set_wishes", {"undo": True}).failed
    assert not workspace.wishes.ignore_browsing


def test_what_several_cost_and_what_a_set_leaves(workspace: Workspace) -> None:
    item = next(p for p in workspace.shop.catalog if p.price)
    assert item.price is not None
    handle = workspace.handles.of(item.item_id)
    run = run_tool(workspace, "product_details", {"handles": [handle], "quantity": 6})
    assert str(item.price.amount * 6) in run.result["together"]
    result = run_tool(workspace, "optimize_bundle", {"size": 2, "budget": 100, "max_each": 30}).result
    prices = [workspace.product(i).price for i in workspace.chosen]
    amounts = [p.amount for p in prices if p]
    assert len(amounts) == 2 and max(amounts) <= 30
    assert str(100 - sum(amounts)) in result["left"]


@pytest.mark.parametrize("term", ["6-pack", "2 players", "45 x 45", "(", "1.5 litres"])
def test_no_wish_breaks_the_filter(workspace: Workspace, term: str) -> None:
    assert not run_tool(workspace, "set_wishes", {"must": [term]}).failed


def test_a_small_number_is_found_however_it_is_written(shop: Shop) -> None:
    rows = shop.filter.term("2 players")
    titles = [t.lower() for t, hit in zip(shop.catalog.titles, rows, strict=True) if hit]
    assert any("two-player" in t for t in titles) and any("two-player" not in t for t in titles)
    texts = [t for t, hit in zip(shop.catalog.search_text, rows, strict=True) if hit]
    # A game for two to six players is one for two.
    assert all(re.search(r"(?i)two-player|players: (?:1|2)\b", t) for t in texts)


def test_what_cannot_be_compared_loses_nothing_else_that_was_said(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "dress"})
    run_tool(workspace, "search_catalog", {})
    run_tool(workspace, "rerank", {})
    workspace.shown = [workspace.chosen]
    run = run_tool(workspace, "set_wishes", {"bigger_than": "shown", "must": ["linen"]})
    assert not run.failed and "states a size" in run.result["note"]
    assert workspace.wishes.must == ["linen"]
    alone = run_tool(workspace, "set_wishes", {"bigger_than": "shown"})
    assert alone.failed and workspace.wishes.must == ["linen"]


def test_two_wishes_are_given_up_together_where_one_is_not_enough(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "kettle", "must": ["purple", "waterproof"]})
    relax = run_tool(workspace, "search_catalog", {}).result["relax"]
    assert [option["relax"] for option in relax] == ["all of them"]  # there are but the two
    run_tool(workspace, "set_wishes", {"max_price": 60})
    relax = run_tool(workspace, "search_catalog", {}).result["relax"]
    assert relax[0]["relax"] == "must:purple + must:waterproof" and relax[0]["products"] > 0
