"""What goes with a product: of other kinds, what shoppers go on to after it, then what is nearest in its department."""

from catalog.lexical import terms
from tools.needs import Candidate
from tools.workspace import Workspace

NEAR = 60


def complements(workspace: Workspace, handle: str) -> list[Candidate]:
    """Candidates of other kinds than the product's, one of each kind, among rows that satisfy the wishes."""
    shop = workspace.shop
    item = workspace.items([handle])[0]
    row = shop.catalog.row(item)
    heads, department = shop.kinds.head_of_row, shop.catalog.category_of_row
    allowed = shop.filter.allowed(workspace.wishes) & (heads != heads[row]) & (heads != "")
    for word in set(terms(workspace.product(item).title)) & shop.kinds.nouns:
        allowed &= ~shop.filter.term(word)  # a "throw" is none beside a "throw blanket"
    near = allowed & (department == department[row])
    after = shop.next_items([item], allowed, NEAR) or []
    beside = shop.retriever.search(workspace.product(item).title, NEAR, near if near.any() else allowed)
    best: dict[str, Candidate] = {}
    for candidate in [*after, *beside]:
        best.setdefault(heads[shop.catalog.row(candidate.item_id)], candidate)
    return list(best.values())
