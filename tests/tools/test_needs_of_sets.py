"""Sets that keep what was not changed, sets of one brand, wishes "if possible", and what something is for."""

from tools.toolbox import run_tool
from tools.workspace import Workspace


def test_a_set_of_one_brand_has_one(workspace: Workspace) -> None:
    parts = {"parts": ["desk", "chair"], "budget": 500}
    result = run_tool(workspace, "optimize_bundle", {**parts, "same_brand": True}).result
    assert len({p["brand"] for p in result["products"]}) == 1
    apart = run_tool(workspace, "optimize_bundle", {**parts, "distinct_brands": True}).result
    assert len({p["brand"] for p in apart["products"]}) == 2


def test_what_is_kept_stays_in_the_set_where_the_budget_allows(workspace: Workspace) -> None:
    chair = run_tool(workspace, "optimize_bundle", {"parts": ["desk", "chair"], "budget": 260}).result[
        "products"
    ][1]
    more = {"parts": ["chair", "lamp"], "budget": 400, "keep": [chair["handle"]]}
    assert chair["handle"] in {
        p["handle"] for p in run_tool(workspace, "optimize_bundle", more).result["products"]
    }
    less = run_tool(workspace, "optimize_bundle", {**more, "budget": 115}).result
    assert less["feasible"] and chair["handle"] not in {p["handle"] for p in less["products"]}


def test_a_wish_if_possible_is_left_aside_where_nothing_fits(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "backpack", "min_size": "25 litres"})
    result = run_tool(workspace, "set_wishes", {"must": ["waterproof"], "if_possible": True}).result
    assert workspace.wishes.must == [] and "leave it aside" in result["note"]
    run_tool(workspace, "set_wishes", {"must": ["green"], "if_possible": True})
    assert workspace.wishes.must == ["green"]


def test_what_something_is_for_gives_way_to_what_it_must_be(workspace: Workspace) -> None:
    run_tool(workspace, "set_wishes", {"query": "backpack for hiking", "must": ["waterproof"]})
    assert (workspace.wishes.query, workspace.wishes.interest) == ("backpack", "hiking")
