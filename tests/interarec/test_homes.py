"""A home folder that cannot be used, or that another server uses, costs a sentence and nothing else."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from catalog.encoder import CONVERTED, Encoder, bundled_model
from catalog.errors import InputError, StorageError
from interarec.doctor import diagnose
from interarec.home import LOCK, served_alone
from interarec.settings import load_settings

COMMANDS = {
    "recommend": ["recommend", "--items", "S0007"], "train": ["train"], "delete": ["delete", "--yes"],
    "delete one": ["delete", "--conversation", "anna", "--yes"], "chat": ["chat", "--items", "S0007"], "serve": ["serve", "--port", "0"],
}  # fmt: skip


def told(home: Path, *arguments: str) -> str:
    """What a command that must fail with 1 says, without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "interarec.cli", *arguments, "--home", str(home)],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_impossible_home_is_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = told(tmp_path / "file" / "home", *COMMANDS[name])
    assert "cannot be written to" in said and "INTERAREC_HOME" in said
    assert (tmp_path / "file").read_text() == "not a folder"


def test_an_import_into_an_impossible_home_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title,price\na,Blue pen,1\n")
    (tmp_path / "file").write_text("not a folder")
    assert "INTERAREC_HOME" in told(tmp_path / "file" / "home", "import", str(tmp_path / "items.csv"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 64 kB, most of them taken."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a full disk needs the right to mount one")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_as_one(small_disk: Path) -> None:
    (small_disk / "kept").write_bytes(b"x" * 40_000)
    for command in ("recommend", "chat"):
        said = told(small_disk / "home", *COMMANDS[command])
        assert "disk is full" in said and "damaged" not in said
    assert (small_disk / "kept").stat().st_size == 40_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(home: Path) -> subprocess.Popen[str]:
    """A server on a home, once it holds it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "interarec.cli", "serve", "--port", str(free_port()), "--home", str(home)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not (home / LOCK).exists() and time.monotonic() < until and server.poll() is None:
        time.sleep(0.1)
    return server


def test_a_second_server_on_one_home_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    first = started(tmp_path)
    try:
        said = told(tmp_path, "serve", "--port", str(free_port()))
        assert "Another server uses" in said and "INTERAREC_DATABASE_URL" in said
        assert "Another server uses" in told(tmp_path, "storefront", "--port", str(free_port()))
        assert first.poll() is None
        os.kill(first.pid, signal.SIGKILL)
        first.wait(20)
        with served_alone(load_settings(home=tmp_path)):
            pass
    finally:
        first.kill()
        first.wait(20)


def test_servers_that_share_a_database_may_share_a_home(tmp_path: Path) -> None:
    alone = load_settings(home=tmp_path)
    shared = load_settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none")
    with served_alone(alone), served_alone(shared):
        pass
    with served_alone(alone), pytest.raises(StorageError, match="Another server"), served_alone(alone):
        pass


def test_a_damaged_copy_of_the_encoder_is_made_anew(home: Path, tmp_path: Path) -> None:
    before = Encoder(home / "encoder").encode(["a blue kettle"])
    shutil.copytree(home / "encoder", tmp_path / "encoder")
    weights = (Encoder(tmp_path / "encoder").cache / CONVERTED).with_suffix(".bin")
    weights.write_bytes(b"damaged")
    assert np.allclose(Encoder(tmp_path / "encoder").encode(["a blue kettle"]), before, atol=1e-5)
    assert weights.stat().st_size > 1_000_000


def test_a_damaged_model_of_the_encoder_says_what_to_do(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(bundled_model(), model)
    for weights in model.glob("*.safetensors"):
        weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InputError, match="install it again"):
        Encoder(tmp_path / "encoder", model).encode(["a blue kettle"])


def test_the_doctor_looks_at_the_home_and_the_encoder(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    found = {
        part: (fine, words) for part, fine, words in diagnose(load_settings(home=tmp_path / "file" / "home"))
    }
    assert not found["home"][0] and "INTERAREC_HOME" in found["home"][1]
    assert not found["encoder"][0]
    fine = {part: fine for part, fine, _ in diagnose(load_settings(home=home))}
    assert fine["home"] and fine["encoder"]
