"""A home folder that cannot be used, or that another server uses, costs a sentence and nothing else."""

from pathlib import Path

import pytest

from interarec.home import served_alone
from interarec.settings import load_settings
from tests.interarec.test_cli import run


def test_a_second_server_on_one_home_is_refused(tmp_path: Path) -> None:
    with served_alone(load_settings(home=tmp_path)):
        told = run(tmp_path, "serve", "--port", "0", code=2).stderr
    assert "Another server uses" in told and "INTERAREC_DATABASE_URL" in told


@pytest.mark.parametrize(
    "arguments", [("recommend", "--items", "S0007"), ("import", "items.csv"), ("delete", "--yes"), ("train",)]
)
def test_an_impossible_home_is_one_sentence(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title,price\na,Blue pen,1\n")
    (tmp_path / "file").write_text("not a folder")
    told = run(tmp_path / "file" / "home", *[str(tmp_path / a) if a.endswith(".csv") else a for a in arguments], code=2).stderr
    assert "INTERAREC_HOME" in told and len(told.strip().splitlines()) <= 3
