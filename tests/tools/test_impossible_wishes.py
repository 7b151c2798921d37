"""A wish that nothing in the shop satisfies does not stand in the way of what is asked for after it."""

from tools.wishes import WishChanges, change_wishes
from tools.workspace import Workspace


def test_it_is_let_go_after_the_reply_that_says_so(workspace: Workspace) -> None:
    told = change_wishes(workspace, WishChanges(query="kettle", min_discount=95))
    assert told["products_that_satisfy_them"] == 0 and "note" not in told
    told = change_wishes(workspace, WishChanges(max_price=60))
    assert workspace.wishes.min_discount is None and workspace.wishes.query == "kettle"
    assert told["products_that_satisfy_them"] > 0 and "such discounts" in told["note"]


def test_what_is_asked_for_again_or_withdrawn_is_told_by_no_note(workspace: Workspace) -> None:
    change_wishes(workspace, WishChanges(query="kettle", min_discount=95))
    told = change_wishes(workspace, WishChanges(min_discount=90))
    assert workspace.wishes.min_discount == 90 and "note" not in told
    told = change_wishes(workspace, WishChanges(clear=["min_discount"]))
    assert workspace.wishes.min_discount is None and "note" not in told


def test_what_only_some_products_satisfy_stands(workspace: Workspace) -> None:
    change_wishes(workspace, WishChanges(query="kettle", min_rating=4.0, on_offer=True))
    told = change_wishes(workspace, WishChanges(max_price=5))
    assert workspace.wishes.on_offer and workspace.wishes.min_rating == 4.0 and "note" not in told
