"""One sample shop for the whole suite: real index, real model, built once per worker."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
for name in [n for n in os.environ if n.startswith(("INTERAREC_", "OPENAI_"))]:
    del os.environ[name]

from catalog.store import CatalogStore, StoredCatalog  # noqa: E402
from interarec.app import make_sample, open_shop  # noqa: E402
from interarec.settings import Settings, load_settings  # noqa: E402
from interarec.training import train  # noqa: E402
from tools.needs import BehaviorSummary, Wishes  # noqa: E402
from tools.workspace import Handles, Shop, Workspace  # noqa: E402

SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    return load_settings(home=home)


@pytest.fixture(scope="session")
def stored(home: Path) -> StoredCatalog:
    made = make_sample(CatalogStore(home))
    train(made, epochs=4, fusion=False)
    return made


@pytest.fixture(scope="session")
def shop(stored: StoredCatalog) -> Shop:
    return open_shop(stored)


@pytest.fixture
def workspace(shop: Shop) -> Workspace:
    return Workspace(shop, BehaviorSummary(), [], Wishes(), [], Handles())


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("needs the data folder ../shared, which a fresh clone does not have")
    return SHARED
