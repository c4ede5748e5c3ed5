"""Goods of which a venue has so many a day: bookings never get more, and what tills sold beyond is a case."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.booking import mark_of
from domain.catalogue import ProductKind
from ledger import read_setup
from ledger import tables as t
from server.goods import judge_goods
from server.setup import SetUp
from tests.helpers.core import DAY, Core, a_booking, sar
from tests.server.test_booking_moves import move, tomorrow
from tests.server.test_bookings import ADULT, Office, office
from tests.server.test_guests import SARA
from tests.server.test_push import open_cases

__all__ = ["office"]
BOARD = 41


@pytest.fixture
def boards(office: Office) -> Iterator[Office]:
    """Two boards a day, for whoever wants them."""
    there_are(office.core, 2)
    yield office


def there_are(core: Core, per_day: int) -> None:
    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        known = read_setup.product(connection, 30)
        board = replace(known, number=BOARD, kind=ProductKind.RENTAL, price=sar(2300), per_day=per_day)
        setup.record("product", str(BOARD), board)
        setup.publish()

    core.database.transact(work)


def look(core: Core) -> None:
    """What the server does now and then."""
    core.database.transact(lambda c: judge_goods(SetUp(c, core.clock, core.database.ids)))


def change(office: Office, *lines: tuple[int, int, int], booking: str, **more: object) -> str:
    mark = mark_of(str(office.row(booking)._mapping["body"]))
    said = {"booking": booking, "change": office.core.database.ids.new(), "seen": mark, "note": "", "day": ""}
    reply = office.ask_of("BookingChanged", **(said | {"lines": lines} | more))
    return reply.code or reply.state


def walk_in(office: Office, pieces: int, booking: str) -> op.BookingMade:
    """At a till, which asks nobody."""
    made = a_booking(office.core, tickets=1, booking=booking)
    [line] = made.lines
    what = {"product": BOARD, "session": 0, "quantity": pieces, "gross": sar(2300 * pieces)}
    board = replace(line, charge_id=f"{booking}-b", **what)
    return replace(made, lines=(board,), tickets=())


def test_a_day_has_so_many_and_another_day_its_own(boards: Office) -> None:
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    said = {"guest": SARA, "note": "", "names": []}

    def ahead(pieces: int, day: str) -> str:
        booking_id = boards.last = boards.core.database.ids.new()
        wanted = {"booking": booking_id, "lines": [[BOARD, 0, pieces]], "day": day}
        reply = boards.ask_of("BookingHeld", **said, **wanted)
        return reply.code or reply.state

    assert ahead(3, tomorrow) == "goods_full"
    assert ahead(1, tomorrow) == "granted"
    first = boards.last
    reply = boards.book((ADULT, boards.core.session, 1), (BOARD, 0, 2))
    assert reply.state == "granted", "today has two of its own"
    assert ahead(2, tomorrow) == "goods_full"
    assert boards.rows(sa.select(sa.func.count()).select_from(t.lease))[0][0] == 1, "a no keeps nothing"
    assert ahead(1, tomorrow) == "granted"
    second = boards.last
    assert change(boards, (BOARD, 0, 2), booking=second) == "goods_full"
    assert change(boards, (BOARD, 0, 1), booking=second) == "granted", "what it had is free for itself"
    assert boards.ask_of("BookingCancelled", booking=first, reason="ill").state == "granted"
    assert change(boards, (BOARD, 0, 2), booking=second) == "granted"
    assert change(boards, (BOARD, 0, 2), booking=second, day=DAY.isoformat()) == "goods_full"


def test_a_refusal_says_of_what_and_how_many_are_left(boards: Office) -> None:
    boards.book((BOARD, 0, 1))
    facts = dict(boards.book((BOARD, 0, 2)).facts)
    assert (facts["left"], facts["what_en"]) == ("1", "Burger")
    there_are(boards.core, 3)
    assert boards.book((BOARD, 0, 2)).state == "granted"
    there_are(boards.core, 0)
    assert boards.book((BOARD, 0, 50)).state == "granted", "nobody counts them any more"


def test_what_was_paid_is_taken_until_it_goes_back(boards: Office) -> None:
    there_are(boards.core, 5)
    boards.book((ADULT, boards.core.session, 1), (BOARD, 0, 5))
    boards.pay()
    assert boards.book((BOARD, 0, 1)).code == "goods_full", "paid, and not confirmed yet"
    paid = boards.rows(sa.select(t.reservation.c.booking_id))[0][0]
    boards.tick()
    assert boards.row(str(paid))._mapping["life"] == "confirmed"
    assert boards.book((BOARD, 0, 1)).code == "goods_full"
    boards.last = str(paid)
    assert boards.void() == ["applied"]
    assert boards.book((BOARD, 0, 5)).state == "granted"


def test_what_a_till_sells_beyond_the_number_is_kept_and_flagged_until_it_is_right(boards: Office) -> None:
    core = boards.core
    assert boards.book((BOARD, 0, 1)).state == "granted"
    kept = boards.last
    assert boards.station.say(walk_in(boards, 1, "one")).answers[-1].answer == "applied"
    assert boards.book((BOARD, 0, 1)).code == "goods_full"
    told = boards.station.say(walk_in(boards, 2, "two")).answers[-1]
    assert (told.answer, open_cases(core)) == ("flagged", ["over_number"])
    found = boards.rows(sa.select(t.case_item.c.subject, t.case_item.c.facts))
    assert found[0][0] == f"goods:{BOARD}:{DAY}"
    assert all(
        part in str(found[0][1]) for part in ('["taken","4"]', '["per_day","2"]', '["bookings","two"]')
    )
    look(core)
    assert open_cases(core) == ["over_number"]
    boards.ask_of("BookingCancelled", booking=kept, reason="ill")
    there_are(core, 3)
    look(core)
    assert open_cases(core) == []


def test_what_was_kept_and_paid_too_late_is_flagged_where_it_is_gone(boards: Office) -> None:
    boards.book((BOARD, 0, 2), (ADULT, boards.core.session, 1))
    boards.core.clock.forward(minutes=16)
    boards.tick()
    late, made = boards.last, boards.made()
    assert boards.book((BOARD, 0, 1)).state == "granted"
    boards.last = late
    boards.say_paid(made)
    assert open_cases(boards.core) == ["over_number"]


def test_goods_go_along_when_tickets_move_to_another_day_and_fit_there(boards: Office) -> None:
    """Asked as the server decides it: what is booked for a day is counted on the first day of its tickets."""
    core, other = boards.core, tomorrow(boards).number
    boards.book((ADULT, core.session, 1), (BOARD, 0, 1))
    boards.pay()
    boards.tick()
    paid = boards.last
    assert boards.book((ADULT, other, 1), (BOARD, 0, 2)).state == "granted"
    full, boards.last = boards.last, paid
    assert move(boards, other).code == "goods_full"
    boards.ask_of("BookingCancelled", booking=full, reason="ill")
    assert move(boards, other).state == "granted"
    assert boards.book((ADULT, core.session, 1), (BOARD, 0, 2)).state == "granted", "today is free again"
    assert boards.book((ADULT, other, 1), (BOARD, 0, 2)).code == "goods_full"


@pytest.mark.parametrize("how", ["held", "changed"])
def test_twenty_at_once_for_the_last_two_and_two_win(boards: Office, how: str) -> None:
    start, told, ids = threading.Barrier(20), Counter[str](), boards.core.database.ids
    bookings: list[str] = []
    for _ in range(20 if how == "changed" else 0):
        assert boards.book((ADULT, boards.core.session, 1)).state == "granted"
        bookings.append(boards.last)

    def book(_: int) -> str:
        said = {"booking": ids.new(), "guest": SARA, "lines": [[BOARD, 0, 1]], "note": ""}
        reply = boards.ask_of("BookingHeld", **said)
        return reply.code or reply.state

    def turn(n: int) -> str:
        return change(boards, (ADULT, boards.core.session, 1), (BOARD, 0, 1), booking=bookings[n])

    work: Callable[[int], str] = turn if how == "changed" else book

    def buy(n: int) -> None:
        start.wait()
        told[work(n)] += 1

    threads = [threading.Thread(target=buy, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == {"granted": 2, "goods_full": 18}
    assert open_cases(boards.core) == []
