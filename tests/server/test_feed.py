"""The change feed: every row once, whatever the page size and however many write."""

import threading
from dataclasses import replace

import pytest

from domain import operation as op
from ledger import feed
from ledger import tables as t
from ledger.cursor import Cursor, parse_cursor
from ledger.tombstones import END
from server.database import Database
from tests.helpers.core import Core, FakeStation, a_booking, a_sale, all_pages, an_admission

BUCKETS = ["global", "keys", "staff", "day:2026-11-26", "station:pos1"]


def fill(core: Core) -> FakeStation:
    pos = core.enrol("POS1")
    for number in range(4):
        booked = a_booking(core, booking=f"b{number}", tickets=3)
        pos.say(booked, a_sale(core, booked, number=f"POS1-{number:06d}"))
    return pos


@pytest.mark.parametrize("most", [1, 2, 3, 7, 500])
def test_any_page_size_brings_every_row_once(core: Core, most: int) -> None:
    fill(core)
    whole, paged = all_pages(core, BUCKETS, 10_000), all_pages(core, BUCKETS, most)
    assert sorted(whole) == sorted(paged)
    assert len(paged) == len(set(paged))
    assert sum(name == "ticket" for name, _ in paged) == 12


def test_within_a_transaction_the_result_comes_last(core: Core) -> None:
    fill(core)
    rows = all_pages(core, BUCKETS, 3)
    for seq in {row[-1] for _, row in rows}:
        names = [name for name, row in rows if row[-1] == seq]
        if "result" in names:
            assert names.index("result") >= len([name for name in names if name != "result"])


def test_the_number_of_a_table_in_the_notes_of_changes_never_changes() -> None:
    """A server's database keeps these numbers: a table that comes later takes the next one."""
    names = (
        "record session staff ticket_key case_item shift cash_move shift_count shift_close booking ticket "
        "ticket_cancel charge charge_void sale payment refund sale_void document reprint card_attempt card_outcome "
        "admission admission_undo scan_refused sign_in result report_read lease lease_end lease_call case_settlement "
        "case_told tombstone message alert guest_entry reservation "
        "refund_ask refund_decision refund_try refund_fail refund_line refund_done discount tender_fix "
        "reservation_change booking_try ticket_revoke refund_take ticket_name forgotten guest_ban"
    )
    assert {name: number for number, name in enumerate(names.split())} == t.NUMBER


def test_a_server_that_had_no_table_of_reports_goes_on(core: Core) -> None:
    pos = core.enrol("POS1")
    core.database.transact(lambda c: t.report_read.drop(c))
    before = core.database.look(feed.read_head).seq
    pos.say(an_admission("t", admission="a"))
    core.close()
    core.database = Database(core.url, core.clock)
    pos.say(op.ReportRead("r", "shift", "X", False))
    after = Cursor(before, END, "")
    found = core.database.look(lambda c: feed.read_page(c, BUCKETS, after, 100))
    got = {part.table.name: len(part.rows) for part in found.slices}
    assert got == {"admission": 1, "report_read": 1, "result": 2}


def test_a_station_gets_only_its_buckets(core: Core) -> None:
    fill(core)
    names = {name for name, _ in all_pages(core, ["keys", "station:lk1"], 100)}
    assert names == {"ticket_key"}


def test_a_reader_beside_four_writers_misses_nothing(core: Core) -> None:
    pos = core.enrol("POS1")
    stations = [replace(pos, stream=f"writer{n}") for n in range(4)]
    done = threading.Event()
    seen: list[tuple[str, tuple[str | int, ...]]] = []

    def write(station: FakeStation) -> None:
        for number in range(15):
            station.say(a_booking(core, booking=f"{station.stream}-{number}"))

    def read() -> None:
        cursor = Cursor()
        while True:
            last = done.is_set()
            after = cursor
            found = core.database.look(lambda c, after=after: feed.read_page(c, BUCKETS, after, 5))
            seen.extend((part.table.name, row) for part in found.slices for row in part.rows)
            cursor = found.next
            if last and found.complete:
                return

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(station,)) for station in stations]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert len({row[0] for name, row in seen if name == "booking"}) == 60


@pytest.mark.parametrize("text", ["x", "1", "1.2", "a.b.c", "1.b.c"])
def test_a_cursor_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_cursor(text)


def test_cursors_read_back() -> None:
    end = END
    for cursor in (
        Cursor(),
        Cursor(5, 0, "a.b/-\tc", "e-0", 77),
        Cursor(7, 27, ""),
        Cursor(9, end, "", "e", 1),
    ):
        assert parse_cursor(cursor.text()) == cursor


def test_a_cursor_of_the_first_version_goes_on_from_there_or_from_before() -> None:
    """Its ranks are those of tables that may have moved: inside a `seq` it begins that again."""
    assert parse_cursor("7.28.") == Cursor(7, END)
    assert parse_cursor("7.400.") == Cursor(7, END)
    assert parse_cursor("7.10.abc") == Cursor(7)


def test_a_cursor_of_a_later_version_begins_its_seq_again(core: Core) -> None:
    """A server that was downgraded does not know the table; rows that come twice change nothing."""
    fill(core)
    cursor = parse_cursor("epoch-1f/3.no_such_table.a\tb\tc")
    assert cursor == Cursor(3, -1, "", "epoch", 31)
    found = core.database.look(lambda c: feed.read_page(c, BUCKETS, cursor, 500))
    assert {row[-1] for part in found.slices for row in part.rows} >= {3}


@pytest.mark.parametrize(
    "text",
    [
        "9999999999999999999999.0.",
        "0.0.a\tb\tc\td",
        "1.99999999999999999999999.",
        "0.-5.zz",
        "1",
        "x.y.z",
        "-1.0.",
        f"e-1/1.ticket_key.{1 << 31}",
        "e-1/1.ticket_key.a\tb",
        "e-x/1.end.",
        "e-1/0.end.",
        "e-1/1.end",
    ],
)
def test_a_text_that_is_no_place_in_the_feed_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_cursor(text)
