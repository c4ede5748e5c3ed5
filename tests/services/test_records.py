"""Reprints, voids and the print queue."""

from __future__ import annotations

import pytest

from app.shown import Approval
from domain import codec
from domain.catalogue import Words
from domain.errors import Code
from domain.receipt import Copied, DocumentKind, Receipt, TicketBatch
from domain.staff import Permission
from ledger import journal, read_money
from ledger import tables as t
from ledger.read_setup import places_sold
from tests.hardware.simulator import CardProcess
from tests.helpers.shop import ADULT, FAMILY, HUDA, TUBE, WATER, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.services.conftest import Open


def void(shop: Shop, sale_id: str, reason: str = "mistake") -> str:
    return shop.station.records.void(sale_id, reason, HUDA, lambda step: None).credit_number


def last_sale(shop: Shop) -> str:
    return next(row.sale_id for row in shop.station.records.recent() if row.kind == DocumentKind.INVOICE)


def test_a_void_reverses_the_card_first_then_takes_the_next_number(
    card_shop: Shop, cards: CardProcess
) -> None:
    page = card_shop.pay_card(card_shop.begin(), "300")
    card_shop.station.checkout.cash(page.sale_id, sar("125.50"))
    with card_shop.station.store.read() as connection:
        assert places_sold(connection, [card_shop.session])[card_shop.session] == 5
    assert void(card_shop, page.sale_id) == "POS1-000002"
    assert cards.taken() == 0
    kinds = card_shop.journalled()
    assert kinds.index("SaleVoided") > max(i for i, kind in enumerate(kinds) if kind == "CardApproved")
    credit = card_shop.receipts()[1]
    assert (credit.kind, credit.original_number, credit.gross) == (
        DocumentKind.CREDIT,
        "POS1-000001",
        sar("425.50"),
    )
    assert credit.reason is not None
    with card_shop.station.store.read() as connection:
        assert places_sold(connection, [card_shop.session])[card_shop.session] == 0


def test_a_closed_batch_cannot_be_voided_and_nothing_is_half_done(
    card_shop: Shop, cards: CardProcess
) -> None:
    page = card_shop.pay_card(card_shop.begin())
    cards.terminal().settle()
    assert refused(void, card_shop, page.sale_id) is Code.CARD_BATCH_CLOSED
    assert (cards.taken(), card_shop.count(t.sale_void), len(card_shop.receipts())) == (42550, 0, 1)


def test_a_reversal_nobody_answers_leaves_the_sale_standing(card_shop: Shop, cards: CardProcess) -> None:
    page = card_shop.pay_card(card_shop.begin())
    cards.kill()
    assert refused(void, card_shop, page.sale_id) in (Code.CARD_REVERSAL_FAILED, Code.CARD_UNKNOWN_OPEN)
    assert card_shop.count(t.sale_void) == 0
    cards.start()
    assert void(card_shop, page.sale_id) == "POS1-000002"
    assert cards.taken() == 0


def test_only_this_shifts_last_sale_at_this_station_can_be_voided(shop: Shop) -> None:
    first = shop.sell((TUBE,)).sale_id
    second = shop.sell((TUBE,)).sale_id
    assert refused(void, shop, first) is Code.VOID_NOT_LAST
    assert refused(void, shop, second, " ") is Code.REASON_NEEDED
    void(shop, second)
    assert refused(void, shop, second) is Code.VOID_ALREADY
    void(shop, first)
    shop.sell((ADULT,))
    shop.station.gate.scan(shop.codes()[-1])
    assert refused(void, shop, last_sale(shop)) is Code.VOID_TICKET_USED
    cash = shop.station.shifts.x_with_cash(HUDA).cash
    assert cash is not None
    pieces = {1: cash.expected.minor}
    shop.station.shifts.count(pieces)
    shop.station.shifts.close("", None)
    shop.open_shift()
    assert refused(void, shop, last_sale(shop)) in (Code.VOID_OTHER_SHIFT, Code.VOID_TICKET_USED)
    assert refused(void, shop, "never") is Code.DOCUMENT_UNKNOWN


def test_reprints_are_numbered_copies(shop: Shop) -> None:
    shop.sell((ADULT, TUBE))
    row = shop.station.records.recent()[0]
    shop.station.records.reprint(row.document_id)
    shop.station.records.reprint(row.document_id)
    shop.station.records.reprint_tickets(row.sale_id)
    assert shop.station.records.recent()[0].copies == 3
    assert [receipt.number for receipt in shop.receipts()] == ["POS1-000001"]
    assert refused(shop.station.records.reprint, "never") is Code.DOCUMENT_UNKNOWN


def test_a_copy_says_who_printed_it_and_when(shop: Shop) -> None:
    shop.sell((ADULT,))
    row = shop.station.records.recent()[0]
    shop.sign_in("huda")
    shop.station.records.reprint(row.document_id)
    shop.station.records.reprint_tickets(row.sale_id)
    copied = Copied(shop.station.store.now(), Words("Huda K.", "هدى ق."), "Asia/Riyadh")
    original, copy = (codec.loads(Receipt, paper) for paper in shop.papers("receipt"))
    assert (original.copy, original.copied, copy.copy, copy.copied) == (0, None, 1, copied)
    first, again = (codec.loads(TicketBatch, paper).tickets[0] for paper in shop.papers("tickets"))
    assert (first.copied, again.copy, again.copied) == (None, 2, copied)


def test_paper_comes_after_the_sale_and_the_drawer_opens_once(shop: Shop) -> None:
    shop.sell(FAMILY)
    shop.station.printer.start()
    wait_for(lambda: all(state == "done" for _, state, _ in shop.jobs()))
    folder = shop.station.config.data / "prints"
    names = sorted(path.name for path in folder.iterdir())
    assert sum(name.endswith("-drawer.bin") for name in names) == 1
    assert sum(name.endswith(".pdf") for name in names) == 1
    assert sum(name.endswith(".png") for name in names) == 2


def test_a_job_that_was_being_sent_at_the_crash_waits_for_a_person(shop: Shop, open_station: Open) -> None:
    shop.sell((TUBE,))
    with shop.station.store.local() as connection:
        connection.execute(journal.print_job.update().values(state="sending"))
    shop.station.close()
    again = open_station().sign_in("reem")
    again.station.printer.start()
    wait_for(lambda: again.jobs() == [("receipt", "unconfirmed", "restart")])
    status = again.station.health.status()
    assert (status.prints_waiting, status.prints_unsure, status.needs_attention) == (0, 1, 1)
    job = again.station.records.print_jobs()[0]
    again.station.records.give_up_print(job.job_id)
    assert again.jobs() == [("receipt", "given_up", "restart")]


def break_off(shop: Shop, sale_id: str) -> None:
    """The power goes when the card is reversed and the credit note is not written yet."""
    records, crash = shop.station.records, RuntimeError("power cut")

    def cut(*_: object) -> None:
        raise crash

    records._voiding.record = cut  # type: ignore[method-assign,assignment]
    with pytest.raises(RuntimeError):
        void(shop, sale_id)
    shop.station.close()


def test_a_void_that_broke_off_is_offered_at_once_and_never_done_twice(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    assert card_shop.station.health.status().unfinished_void is None
    break_off(card_shop, sale_id)
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}")
    offered = again.station.health.status().unfinished_void
    assert offered is not None
    assert (offered.sale_id, offered.number, offered.void_begun) == (sale_id, "POS1-000001", True)
    again.sign_in("salem")
    assert [row.void_begun for row in again.station.records.recent()] == [True]
    wrong = Approval("huda", "0000", "x")
    assert refused(again.station.records.void, sale_id, "x", wrong, lambda step: None) is Code.PIN_WRONG
    assert void(again, sale_id) == "POS1-000002"
    assert again.station.health.status().unfinished_void is None
    assert refused(void, again, sale_id) is Code.VOID_ALREADY
    assert (cards.taken(), again.count(t.sale_void)) == (0, 1)
    assert again.journalled().count("CardAsked") == 2


def test_a_reversal_open_at_the_power_cut_is_asked_about_in_the_sellers_name(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    cards.script("no_answer_approved")

    def dead(step: object) -> None:
        if getattr(step, "step", "") == "query":
            cards.kill()

    records = card_shop.station.records
    assert refused(lambda: records.void(sale_id, "mistake", HUDA, dead)) is Code.CARD_UNKNOWN_OPEN
    card_shop.station.close()
    cards.start()
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}")
    assert again.station.health.status().unfinished_void is not None
    shift_id = next(shift for kind, _, shift in again.acted() if kind == "CardAsked")
    again.station.checkout.recover()
    assert again.acted()[-1] == ("CardResolved", "reem", shift_id)
    offered = again.station.health.status().unfinished_void
    assert offered is not None
    again.sign_in("reem")
    assert void(again, offered.sale_id) == "POS1-000002"
    assert (cards.taken(), again.count(t.sale_void)) == (0, 1)


def test_a_void_at_work_is_not_offered_and_not_begun_again(card_shop: Shop, cards: CardProcess) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    found: list[object] = []

    def meanwhile(step: object) -> None:
        found.append(card_shop.station.health.status().unfinished_void)
        found.append(refused(void, card_shop, sale_id))

    card_shop.station.records.void(sale_id, "mistake", HUDA, meanwhile)
    assert found == [None, Code.VOID_RUNNING]
    assert (cards.taken(), card_shop.count(t.sale_void)) == (0, 1)


def test_a_charge_that_went_back_is_never_reversed_again(card_shop: Shop, cards: CardProcess) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    with card_shop.station.store.read() as connection:
        charge = read_money.attempts_of_sale(connection, sale_id)[0]
    actor = card_shop.station.session.actor(Permission.SELL)
    reverse = card_shop.station.records._reversing.reverse
    reverse(actor, charge, lambda step: None)
    assert refused(reverse, actor, charge, lambda step: None) is Code.CARD_NOT_OPEN
    assert card_shop.journalled().count("CardAsked") == 2


def test_the_last_of_many_sales_can_be_voided_and_an_old_unfinished_void_finished(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    old = card_shop.pay_card(card_shop.begin((TUBE,))).sale_id
    break_off(card_shop, old)
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem")
    for _ in range(62):
        again.sell((WATER,))
    rows = again.station.records.recent()
    assert [row.sale_id for row in rows if row.void_begun] == [old]
    assert void(again, old) == "POS1-000064"
    last = last_sale(again)
    assert void(again, last) == "POS1-000065"
    second_last = [row for row in again.station.records.recent() if row.kind == "invoice"][1].sale_id
    assert void(again, second_last) == "POS1-000066"
    assert refused(void, again, old) is Code.VOID_ALREADY


def test_a_void_that_broke_off_after_the_reversal_can_only_be_finished(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    break_off(card_shop, sale_id)
    assert cards.taken() == 0
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem")
    again.sell((TUBE,))
    assert refused(again.station.shifts.count, {}) is Code.VOID_UNFINISHED
    assert void(again, sale_id) == "POS1-000003"
    assert (cards.taken(), again.count(t.sale_void)) == (0, 1)
    assert again.station.shifts.count({}).expected == sar("534.50")


def test_a_job_that_may_be_on_paper_comes_again_only_as_a_copy(shop: Shop) -> None:
    shop.sell((TUBE,))
    with shop.station.store.local() as connection:
        connection.execute(journal.print_job.update().values(state="unconfirmed"))
    job = shop.station.records.print_jobs()[0]
    shop.station.records.retry_print(job.job_id)
    assert shop.jobs() == [("receipt", "given_up", ""), ("receipt", "queued", "")]
    assert shop.station.records.recent()[0].copies == 1


def test_an_unknown_reversal_is_asked_about_before_the_next_try(card_shop: Shop, cards: CardProcess) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    cards.script("no_answer_approved")

    def dead(step: object) -> None:
        if getattr(step, "step", "") == "query":
            cards.kill()

    records = card_shop.station.records
    assert refused(lambda: records.void(sale_id, "mistake", HUDA, dead)) is Code.CARD_UNKNOWN_OPEN
    cards.start()
    assert void(card_shop, sale_id) == "POS1-000002"
    assert cards.taken() == 0


def test_the_list_names_ways_to_pay_that_the_screen_has_words_for(card_shop: Shop) -> None:
    page = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    card_shop.station.checkout.cash(page.sale_id, page.left)
    assert card_shop.station.records.recent()[0].methods == ("card", "cash")
