"""The commands as a stranger runs them: in a process of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from catalog.store import StoredCatalog


def run(home: Path, *arguments: str, code: int = 0, timeout: int = 200) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("INTERAREC_")}
    done = subprocess.run(
        [sys.executable, "-m", "interarec.cli", *arguments], capture_output=True, text=True, timeout=timeout,
        env={**environment, "INTERAREC_HOME": str(home), "COLUMNS": "200"}, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    assert done.returncode == code, done.stderr[-2000:]
    return done


def test_help_names_every_command(home: Path) -> None:
    listed = run(home, "--help").stdout
    for command in ("demo", "browse", "summarize", "import", "train", "recommend", "chat", "storefront"):
        assert command in listed


def test_demo_runs_the_whole_path(home: Path, stored: StoredCatalog, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    result = json.loads(run(home, "demo", "--no-chat", "--json", "--report", str(report)).stdout)
    assert result["frames"] >= 5
    assert len(result["turns"]) == 4
    read = {p["item_id"] for p in result["summary"]["products"] if p["opened"]}
    assert set(result["opened"]) <= read
    cheaper, only = result["turns"][1], result["turns"][2]
    assert {p["brand"] for p in only["products"]} == {only["user"].removeprefix("only ")}
    shown = [float(p["price"]) for p in result["turns"][0]["products"]]
    assert max(float(p["price"]) for p in cheaper["products"]) < max(shown)
    page = report.read_text()
    assert "data:image/jpeg;base64," in page and "http://" not in page.replace(
        "http://www.w3.org", ""
    ).replace("http://127.0.0.1", "")


def test_summarize_prints_the_promised_object(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    Image.new("RGB", (300, 200), "white").save(path)
    printed = json.loads(run(home, "summarize", str(path), "--json").stdout)
    assert set(printed["categories"].values()) == {"not available"} and len(printed["categories"]) == 8
    assert printed["lowest_price"] is None and printed["products"] == []


def test_chat_script_prints_one_object_per_turn_and_skips_empty_lines(
    home: Path, stored: StoredCatalog, tmp_path: Path
) -> None:
    script = tmp_path / "talk.txt"
    script.write_text("show me kettles\n\n   \nunder £45\nthanks\n")
    turns = [
        json.loads(line) for line in run(home, "chat", "--script", str(script), "--json").stdout.splitlines()
    ]
    assert [t["turn"] for t in turns] == [1, 2, 3]
    assert set(turns[0]) == {"turn", "user", "tool_calls", "reply", "products"}
    assert set(turns[0]["products"][0]) == {"item_id", "title", "brand", "price", "currency"}
    assert turns[1]["products"] and all(float(p["price"]) <= 45 for p in turns[1]["products"])


def test_import_train_recommend(tmp_path: Path) -> None:
    source = tmp_path / "shop"
    source.mkdir()
    (source / "items.csv").write_text(
        "id,title,price\n" + "\n".join(f"i{n},Wooden toy number {n},{n + 1}.50" for n in range(30))
    )
    events = [f"s{s},i{(s + k) % 30},2024-01-01 00:00:{k:02d}" for s in range(60) for k in range(5)]
    (source / "events.csv").write_text("session_id,item_id,timestamp\n" + "\n".join(events))
    imported = json.loads(run(tmp_path, "import", str(source), "--name", "toys", "--json").stdout)
    assert (imported["products"], imported["sessions"]) == (30, 60)
    assert (
        json.loads(run(tmp_path, "train", "--catalog", "toys", "--epochs", "3", "--json").stdout)["loss"] > 0
    )
    answer = json.loads(
        run(tmp_path, "recommend", "--catalog", "toys", "--items", "i3,i4,i5", "--json").stdout
    )
    assert "i6" in {p["item_id"] for p in answer["products"]}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("summarize", "/no/such.png"), "cannot be opened"),
        (("summarize", __file__), "is not an image"),
        (("import", "/no/such"), "no file or folder"),
        (("chat", "--catalog", "nowhere", "--script", __file__), "no catalog 'nowhere'"),
        (("chat", "--script", "/no/such.txt"), "cannot be read as a text file"),
        (("browse", "http://127.0.0.1:9/", "--headless", "--seconds", "1"), "did not open"),
        (("browse", "https://example.com", "--headless"), "Nobody agreed"),
        (("import", __file__, "--map", "nonsense"), "--map"),
        (("recommend", "--items", "nothing"), "none of the items"),
    ],
)
def test_bad_input_is_one_sentence(
    home: Path, stored: StoredCatalog, arguments: tuple[str, ...], says: str
) -> None:
    done = run(home, *arguments, code=1)
    assert says in " ".join(done.stderr.split())


def test_a_model_of_another_catalog_is_said_and_not_fatal(
    home: Path, stored: StoredCatalog, tmp_path: Path
) -> None:
    (tmp_path / "items.csv").write_text("id,title,price\na,Blue pen,1\nb,Red pen,2\n")
    run(home, "import", str(tmp_path / "items.csv"), "--name", "pens")
    (home / "catalogs" / "pens" / "gru4rec.pt").write_bytes(stored.model_path.read_bytes())
    script = tmp_path / "s.txt"
    script.write_text("show me pens")
    turn = json.loads(run(home, "chat", "--catalog", "pens", "--script", str(script), "--json").stdout)
    assert len(turn["products"]) == 2
