"""What tests of the agents share."""

import pytest

from agents.embedded.understanding import Understanding
from agents.embedded.vocabulary import Vocabulary
from tools.workspace import Shop


@pytest.fixture(scope="session")
def understanding(shop: Shop) -> Understanding:
    """Understands requests about the sample shop."""
    return Understanding(Vocabulary(shop.catalog, shop.kinds, shop.filter, shop.retriever.encoder))
