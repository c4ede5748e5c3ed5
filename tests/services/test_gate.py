"""The gate, without a network."""

from __future__ import annotations

import hashlib

from app.shown import Colour
from domain import codec
from domain.catalogue import Words
from domain.errors import Code
from ledger import tables as t
from ledger.clock import HandClock
from ledger.read_gate import gate_name
from tests.helpers.shop import ADULT, HUDA, TUBE, Shop, refused
from tests.services.conftest import Open


def forward(shop: Shop, **by: float) -> None:
    """Time goes on; the gate forgets which code it has just answered."""
    clock = shop.station.store.clock
    assert isinstance(clock, HandClock)
    clock.forward(**by)
    shop.station.gate.scan("something else")


def test_a_ticket_is_admitted_once_and_then_says_when_and_where(shop: Shop) -> None:
    shop.sell()
    code = shop.codes()[0]
    first = shop.station.gate.scan(code)
    assert (first.code, first.colour, first.group_in, first.group_of) == ("ok", Colour.GREEN, 1, 5)
    assert shop.station.gate.scan(code).repeated
    forward(shop, minutes=3)
    again = shop.station.gate.scan(code)
    assert (again.code, again.colour) == ("already_redeemed", Colour.AMBER)
    assert again.entry_gate == Words("Front desk", "الاستقبال")
    assert (again.entry_by, again.entry_at) == ("Reem M.", first.at)
    assert shop.count(t.admission) == 1


def test_a_ticket_is_told_from_other_codes_before_it_is_decided(shop: Shop) -> None:
    shop.sell((ADULT,))
    gate, [code] = shop.station.gate, shop.codes()
    assert gate.is_ticket(code) and gate.is_ticket(code.lower()) and gate.is_ticket(code[:80])
    for other in ("6281007123456", "https://example.com/menu", "A" * 500):
        assert not gate.is_ticket(other)
    assert shop.count(t.admission) == 0


def test_another_gate_knows_a_ticket_by_its_signature_alone(shop: Shop, open_station: Open) -> None:
    shop.sell((ADULT,))
    gate = open_station("LK1").sign_in("faisal")
    result = gate.station.gate.scan(shop.codes()[0])
    assert (result.code, result.offline) == ("ok", True)


def test_a_guest_of_a_ticket_that_never_came_here_steps_out_and_comes_back(
    shop: Shop, open_station: Open
) -> None:
    shop.sell((ADULT,))
    lone = open_station("LK1").sign_in("faisal")
    gate, code = lone.station.gate, shop.codes()[0]
    assert gate.scan(code).code == "ok"
    forward(lone, minutes=8)
    again = gate.scan(code)
    assert again.code == "already_redeemed"
    back = gate.re_enter(again.ticket_id)
    assert (back.code, back.product) == ("ok_reentry", None)
    assert gate.board().came == 1


def test_what_is_not_ours_is_refused_and_stored(shop: Shop) -> None:
    gate = shop.station.gate
    scanned = ("https://example.invalid/menu", "4006381333931", "A" * 1000, "تذكرة", "")
    answers = [gate.scan(text).code for text in scanned]
    assert answers == ["not_ours", "not_ours", "code_too_long", "not_ours", "unreadable"]
    assert shop.count(t.scan_refused) == 5
    with shop.station.store.read() as connection:
        stored = connection.execute(t.scan_refused.select()).all()
    assert {row.code for row in stored} == {"invalid"}
    assert {row.why for row in stored} == {"not_ours", "code_too_long", "unreadable"}
    guessed = {hashlib.sha256(text.encode()).hexdigest() for text in scanned}
    assert (
        len({row.digest for row in stored} - guessed) == 5
    )  # who has the rows cannot try texts until one fits


def test_a_voided_ticket_answers_canceled(shop: Shop) -> None:
    paid = shop.sell((ADULT,)).paid_in_full
    assert paid is not None
    shop.station.records.void(paid.sale_id, "wrong day", HUDA, lambda step: None)
    assert shop.station.gate.scan(shop.codes()[0]).code == "canceled"


def test_too_early_and_too_late(shop: Shop) -> None:
    shop.sell((ADULT,))
    forward(shop, hours=4)
    result = shop.station.gate.scan(shop.codes()[0])
    assert (result.code, result.colour) == ("invalid_time", Colour.AMBER)
    assert result.session_starts is not None
    forward(shop, days=1)
    assert shop.station.gate.scan(shop.codes()[0]).valid_on is not None


def test_a_name_of_before_gates_had_two_is_shown_as_it_is() -> None:
    assert gate_name("Gate 1") == Words("Gate 1", "Gate 1")
    assert gate_name(codec.dumps(Words("Gate 1", "البوابة 1"))) == Words("Gate 1", "البوابة 1")
    assert gate_name("") == Words("", "")


def test_undo_and_re_entry(shop: Shop) -> None:
    shop.sell((ADULT,))
    gate, code = shop.station.gate, shop.codes()[0]
    admitted = gate.scan(code)
    assert gate.undo(admitted.admission_id).code == "undone"
    assert refused(gate.undo, admitted.admission_id) is Code.UNDO_TOO_LATE
    second = gate.scan(code)
    assert second.code == "ok"
    assert gate.re_enter(second.ticket_id).code == "ok_reentry"
    assert gate.board().came == 1
    forward(shop, minutes=11)
    assert refused(gate.undo, second.admission_id) is Code.UNDO_TOO_LATE
    assert [row.code for row in gate.history(second.ticket_id)].count("ok") == 1


def test_a_ticket_that_is_not_inside_cannot_come_back(shop: Shop) -> None:
    shop.sell((ADULT,))
    with shop.station.store.read() as connection:
        ticket_id = connection.execute(t.ticket.select()).one().ticket_id
    assert refused(shop.station.gate.re_enter, ticket_id) is Code.SCAN_INVALID


def test_the_board_counts_guests(shop: Shop) -> None:
    shop.sell()
    for code in shop.codes()[:3]:
        shop.station.gate.scan(code)
    board = shop.station.gate.board()
    assert (board.came, board.expected, len(board.rows)) == (3, 5, 3)
    later = shop.station.selling.page(0, "").sessions[1].number
    cart = shop.station.selling.add(shop.station.selling.empty(), ADULT, later)
    page = shop.station.checkout.begin(shop.station.selling.reserve(cart))
    shop.station.checkout.cash(page.sale_id, page.left)
    board = shop.station.gate.board()
    assert (board.expected, board.session_starts is not None, board.of_session) == (6, True, (3, 5))


def test_who_may_not_admit_is_refused(open_station: Open) -> None:
    gate = open_station("LK1")
    assert refused(gate.station.gate.scan, "x") is Code.NOT_SIGNED_IN


def test_a_sale_without_tickets_prints_none(shop: Shop) -> None:
    shop.sell((TUBE,))
    assert [kind for kind, _, _ in shop.jobs()] == ["receipt"]


def test_the_short_code_on_the_ticket_can_be_typed(shop: Shop) -> None:
    shop.sell((ADULT, ADULT))
    first = shop.station.gate.scan(shop.codes()[0])
    assert shop.station.gate.scan(f" {first.ticket_short.lower()} ").code == "already_redeemed"
    assert shop.station.gate.scan(first.ticket_short.replace("-", "")).code == "already_redeemed"
    assert shop.station.gate.scan("ZZZZ-ZZ").code == "invalid"
