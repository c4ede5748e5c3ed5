"""A card part that the terminal refuses to take back goes back in cash, with a supervisor who may say so."""

from __future__ import annotations

from app.shown import Approval, SaleRow, Voided
from domain import operation as op
from domain.errors import Code
from domain.money import Money
from domain.receipt import DocumentKind
from domain.sound import why_unsound
from ledger import journal, read_money
from ledger import tables as t
from tests.hardware.simulator import CardProcess
from tests.helpers.shop import ADULT, HUDA, TUBE, Shop, refused, sar
from tests.services.conftest import Open
from tests.services.test_records import break_off, void


def in_cash(shop: Shop, sale_id: str, approval: Approval = HUDA) -> Voided:
    return shop.station.records.void_in_cash(sale_id, "card gone", approval, lambda step: None)


def row(shop: Shop, sale_id: str) -> SaleRow:
    rows = shop.station.records.recent()
    return next(row for row in rows if row.sale_id == sale_id and row.kind == DocumentKind.INVOICE)


def two_cards(shop: Shop, cards: CardProcess) -> str:
    """A sale of 149.50 by two cards; its void reversed the first, and the bank refused the second."""
    first = shop.pay_card(shop.begin((ADULT, TUBE)), "100")
    sale_id = shop.pay_card(first, "49.50").sale_id
    cards.script("approve", "decline")
    assert refused(void, shop, sale_id) is Code.CARD_REVERSAL_FAILED
    return sale_id


def expected(shop: Shop) -> Money:
    figures = shop.station.shifts.x_with_cash(HUDA).cash
    assert figures is not None
    return figures.expected


def voided(shop: Shop) -> op.SaleVoided:
    with shop.station.store.read_journal() as connection:
        kept = [item for item in journal.kept_since(connection, 0) if item.envelope.kind == "SaleVoided"]
    found = kept[-1].envelope.operation()
    assert isinstance(found, op.SaleVoided)
    return found


def test_the_second_card_that_the_bank_refuses_goes_back_in_cash_and_the_shift_closes(
    card_shop: Shop, cards: CardProcess
) -> None:
    sale_id = two_cards(card_shop, cards)
    assert refused(card_shop.station.shifts.count, {}) is Code.VOID_UNFINISHED
    offered = card_shop.station.health.status().unfinished_void
    assert offered is not None
    assert (offered.sale_id, offered.cash_instead) == (sale_id, sar("49.50"))
    done = in_cash(card_shop, sale_id)
    assert (done.credit_number, done.cash_back, done.card_back) == (
        "POS1-000002",
        sar("49.50"),
        sar("100.00"),
    )
    parts = {(part.method, part.amount.minor, bool(part.attempt_id)) for part in voided(card_shop).refunds}
    assert parts == {("card", 10000, True), ("cash", 4950, False)}
    assert why_unsound(voided(card_shop)) == ""
    with card_shop.station.store.read() as connection:
        states = [found.state.value for found in read_money.attempts_of_sale(connection, sale_id)]
    assert states == ["captured", "captured", "captured", "declined"]
    assert cards.taken() == 4950
    assert refused(in_cash, card_shop, sale_id) is Code.VOID_ALREADY
    assert refused(void, card_shop, sale_id) is Code.VOID_ALREADY
    assert card_shop.station.health.status().unfinished_void is None
    counted = card_shop.station.shifts.count({1: 45050})
    assert (counted.expected, counted.difference) == (sar("450.50"), sar("0.00"))
    report = card_shop.station.shifts.close("", None)
    assert report.cash is not None
    assert report.cash.cash_refunds == sar("49.50")
    assert {name: money.minor for name, _, money in report.tenders} == {"mada": 4950, "cash": -4950}


def test_the_credit_note_says_what_went_back_in_cash(card_shop: Shop, cards: CardProcess) -> None:
    in_cash(card_shop, two_cards(card_shop, cards))
    credit = card_shop.receipts()[-1]
    assert [(tender.method, tender.amount.decimal()) for tender in credit.tenders] == [
        ("card", "100.00"),
        ("cash", "49.50"),
    ]
    assert (credit.tenders[1].scheme, credit.tenders[1].last4) == ("mada", "4821")
    shown = card_shop.station.records.recent()[0]
    assert (shown.kind, shown.methods, shown.in_cash) == ("credit", ("card", "cash"), sar("49.50"))


def test_a_single_card_of_a_closed_batch_goes_back_in_cash(card_shop: Shop, cards: CardProcess) -> None:
    page = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    sale_id = card_shop.station.checkout.cash(page.sale_id, page.left).sale_id
    before = expected(card_shop)
    assert row(card_shop, sale_id).cash_instead is None
    assert refused(in_cash, card_shop, sale_id) is Code.VOID_NOT_IN_CASH
    cards.terminal().settle()
    assert refused(void, card_shop, sale_id) is Code.CARD_BATCH_CLOSED
    assert row(card_shop, sale_id).cash_instead == sar("100.00")
    assert card_shop.station.health.status().unfinished_void is None
    assert in_cash(card_shop, sale_id).cash_back == sar("149.50")
    assert before - expected(card_shop) == sar("149.50")
    assert card_shop.count(t.sale_void) == 1


def test_no_cash_while_the_reversal_is_not_known(card_shop: Shop, cards: CardProcess) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    cards.script("no_answer_not_charged")

    def dead(step: object) -> None:
        if getattr(step, "step", "") == "query":
            cards.kill()

    records = card_shop.station.records
    assert refused(lambda: records.void(sale_id, "mistake", HUDA, dead)) is Code.CARD_UNKNOWN_OPEN
    assert row(card_shop, sale_id).cash_instead is None
    assert refused(in_cash, card_shop, sale_id) is Code.CARD_UNKNOWN_OPEN
    assert card_shop.count(t.sale_void) == 0
    cards.start()
    assert void(card_shop, sale_id) == "POS1-000002"
    assert (cards.taken(), expected(card_shop)) == (0, sar("500.00"))


def test_no_cash_for_a_terminal_that_was_not_reached_while_no_money_went_back(
    card_shop: Shop, cards: CardProcess
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    cards.kill()
    assert refused(void, card_shop, sale_id) is Code.CARD_REVERSAL_FAILED
    assert row(card_shop, sale_id).cash_instead is None
    assert refused(in_cash, card_shop, sale_id) is Code.VOID_NOT_IN_CASH


def test_a_terminal_that_died_between_two_reversals_does_not_hold_the_shift(
    card_shop: Shop, cards: CardProcess
) -> None:
    first = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    sale_id = card_shop.pay_card(first, "49.50").sale_id

    def dead(step: object) -> None:
        if sum(entry["kind"] == "approved" for entry in cards.entries().values()) == 3:
            cards.kill()

    records = card_shop.station.records
    assert refused(lambda: records.void(sale_id, "mistake", HUDA, dead)) is Code.CARD_REVERSAL_FAILED
    assert row(card_shop, sale_id).cash_instead == sar("49.50")
    assert in_cash(card_shop, sale_id).cash_back == sar("49.50")


def test_a_card_that_went_back_on_the_terminal_already_never_goes_back_in_cash(
    card_shop: Shop, cards: CardProcess
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    with card_shop.station.store.read() as connection:
        charge = read_money.attempts_of_sale(connection, sale_id)[0]
    cards.terminal().reverse("by-hand", charge.attempt_id, charge.amount)
    assert refused(void, card_shop, sale_id) is Code.CARD_REVERSAL_FAILED
    assert row(card_shop, sale_id).cash_instead is None
    assert refused(in_cash, card_shop, sale_id) is Code.VOID_NOT_IN_CASH


def test_the_other_card_is_still_reversed_and_may_be_refused_too(card_shop: Shop, cards: CardProcess) -> None:
    first = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    sale_id = card_shop.pay_card(first, "49.50").sale_id
    cards.script("decline", "decline")
    assert refused(void, card_shop, sale_id) is Code.CARD_REVERSAL_FAILED
    assert row(card_shop, sale_id).cash_instead == sar("100.00")
    assert refused(in_cash, card_shop, sale_id) is Code.CARD_REVERSAL_FAILED
    assert row(card_shop, sale_id).cash_instead == sar("149.50")
    assert in_cash(card_shop, sale_id).cash_back == sar("149.50")
    assert cards.taken() == 14950


def test_only_a_second_person_with_the_right_gives_card_money_in_cash(
    card_shop: Shop, cards: CardProcess
) -> None:
    sale_id = two_cards(card_shop, cards)
    assert refused(in_cash, card_shop, sale_id, Approval("salem", "1470", "x")) is Code.APPROVER_NOT_ALLOWED
    assert refused(in_cash, card_shop, sale_id, Approval("reem", "2580", "x")) is Code.APPROVER_SAME
    assert card_shop.count(t.sale_void) == 0
    in_cash(card_shop, sale_id)
    assert voided(card_shop).approver_id == "huda"
    with card_shop.station.store.read() as connection:
        facts = [row.facts for row in connection.execute(t.sign_in.select())]
    assert any("refund_card_to_cash" in each and "huda" in each for each in facts)


def test_cash_for_a_card_survives_a_restart_in_between(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = two_cards(card_shop, cards)
    card_shop.station.close()
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}").sign_in("salem")
    again.sell((TUBE,))
    offered = again.station.health.status().unfinished_void
    assert offered is not None
    assert offered.cash_instead == sar("49.50")
    assert in_cash(again, sale_id).credit_number == "POS1-000003"
    assert again.station.shifts.count({}).expected == sar("485.00")


def test_a_void_that_only_misses_its_credit_note_gives_no_cash(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    break_off(card_shop, sale_id)
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem")
    assert refused(in_cash, again, sale_id) is Code.VOID_NOT_IN_CASH
    assert void(again, sale_id) == "POS1-000002"
