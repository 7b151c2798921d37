"""Session logs as shops, trackers and research write them; each in a file of its own form, imported as it is."""

from pathlib import Path

import pytest

from catalog.errors import InputError
from catalog.importers.run import import_path

PRODUCTS = "item_id,title,price,currency\n" + "".join(f"A{i},Oak Thing {i},{10 + i}.00,GBP\n" for i in range(1, 7))
FIRST, LAST = 1716544800, 1716545160


def imported(folder: Path, log: str, name: str = "events.csv", **given: object):  # type: ignore[no-untyped-def]
    (folder / "products.csv").write_text(PRODUCTS)
    (folder / name).write_text(log)
    return import_path(folder, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [1, 1000, 1_000_000], ids=["seconds", "milliseconds", "microseconds"])
def test_unix_times_order_a_log_that_is_written_newest_first(tmp_path: Path, factor: int) -> None:
    rows = [("S1", "A2", LAST * factor), ("S1", "A1", FIRST * factor)]
    _, log, _ = imported(tmp_path, "session_id,item_id,timestamp\n" + "".join(f"{s},{i},{t}\n" for s, i, t in rows))
    assert log.items == [["A1", "A2"]]
    assert log.frame["start"][0].year == 2024


def test_newest_first_within_one_second_is_turned_round_too(tmp_path: Path) -> None:
    rows = [("S1", "A3", LAST), ("S1", "A2", FIRST), ("S1", "A1", FIRST)]
    _, log, _ = imported(tmp_path, "session_id,item_id,timestamp\n" + "".join(f"{s},{i},{t}\n" for s, i, t in rows))
    assert log.items == [["A1", "A2", "A3"]]


@pytest.mark.parametrize(
    ("first", "second"),
    [("24/05/2024 10:00", "03/06/2024 09:00"), ("05/24/2024 10:00", "06/03/2024 09:00"), ("24.05.2024 10:00", "03.06.2024 09:00"), ("2024-05-24 10:00:00 UTC", "2024-06-03T09:00:00.5Z")],
)  # fmt: skip
def test_a_column_as_a_whole_tells_the_day_from_the_month(tmp_path: Path, first: str, second: str) -> None:
    _, log, report = imported(tmp_path, f"session_id,item_id,time\nS1,A1,{first}\nS1,A2,{second}\n")
    start = log.frame["start"][0]
    assert (start.month, start.day) == (5, 24)
    assert log.items == [["A1", "A2"]]
    assert not report.notes


def test_dates_that_nothing_decides_are_said(tmp_path: Path) -> None:
    _, _, report = imported(tmp_path, "session_id,item_id,date\nS1,A1,03/04/2024\nS1,A2,04/04/2024\n")
    assert any("day first" in note for note in report.notes)


def test_column_names_of_gru4rec_recbole_and_click_logs(tmp_path: Path) -> None:
    forms = {
        "train.csv": f"SessionId\tItemId\tTime\nS1\tA2\t{LAST}\nS1\tA1\t{FIRST}\n",
        "clicks.csv": "event_time,event_type,product_id,brand,price,user_id,user_session\n"
        "2024-03-06 09:01:00 UTC,view,A2,x,1,u1,s\n2024-03-06 09:00:00 UTC,view,A1,x,1,u1,s\n",
        "shop.inter": f"user_id:token\titem_id:token\ttimestamp:float\nu1\tA1\t{FIRST}.0\nu1\tA2\t{LAST}.0\n",
    }
    for name, text in forms.items():
        folder = tmp_path / name.split(".")[0]
        folder.mkdir()
        assert imported(folder, text, name)[1].items == [["A1", "A2"]], name


def test_long_histories_are_cut_where_a_shopper_paused(tmp_path: Path) -> None:
    day = 86_400
    rows = [("u1", f"A{i}", FIRST + 60 * i) for i in (1, 2)] + [("u1", f"A{i}", FIRST + day + 60 * i) for i in (3, 4)]
    _, log, report = imported(tmp_path, "user_id,item_id,timestamp\n" + "".join(f"{u},{i},{t}\n" for u, i, t in rows))
    assert log.items == [["A1", "A2"], ["A3", "A4"]]
    assert any("cut into sessions" in note for note in report.notes)


def test_histories_of_one_event_a_day_are_kept_whole(tmp_path: Path) -> None:
    rows = [("u1", f"A{i}", FIRST + 86_400 * i) for i in (1, 2, 3, 4)]
    _, log, report = imported(tmp_path, "user_id,item_id,timestamp\n" + "".join(f"{u},{i},{t}\n" for u, i, t in rows))
    assert log.items == [["A1", "A2", "A3", "A4"]]
    assert any("kept whole" in note for note in report.notes)


def test_what_could_not_be_read_is_counted_and_unused_files_are_said(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"x")
    (tmp_path / "stores.csv").write_text("town,street\nLeeds,High Street\n")
    _, log, report = imported(tmp_path, f"session_id,item_id,timestamp\nS1,A1,{FIRST}\nS1,A2,{LAST}\nS1,A3,soon\nS1,,{LAST}\n")
    assert log.items == [["A1", "A2"]]
    assert report.bad_events == 2
    assert "2 events left out" in report.sentence()
    assert any("notes.docx" in note for note in report.notes)
    assert any("stores.csv" in note for note in report.notes)


def test_a_mapping_applies_to_the_file_that_has_the_column(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("code,label,price\nA1,Oak Bench,10\nA2,Oak Table,11\n")
    (tmp_path / "events.csv").write_text(f"session_id,item_id,timestamp\nS1,A1,{FIRST}\nS1,A2,{LAST}\n")
    products, log, _ = import_path(tmp_path, mapping={"item_id": "code", "title": "label"})
    assert products["title"].to_list() == ["Oak Bench", "Oak Table"]
    assert log.items == [["A1", "A2"]]
    with pytest.raises(InputError, match="No file of .* has the column 'kode'"):
        import_path(tmp_path, mapping={"item_id": "kode", "title": "label"})


def test_prices_as_a_spreadsheet_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("item_id,title,price\nA1,Piano,1.2E+03\nA2,Pin,5e-1\nA3,Stool,NaN\nA4,Desk,inf\n")
    assert import_path(path)[0]["price"].to_list() == [1200.0, 0.5, None, None]
