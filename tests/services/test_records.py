"""Reprints, voids and the print queue."""

from __future__ import annotations

import pytest

from domain.errors import Code
from domain.receipt import DocumentKind
from ledger import journal
from ledger import tables as t
from ledger.read_setup import places_sold
from tests.hardware.simulator import CardProcess
from tests.helpers.shop import ADULT, FAMILY, HUDA, TUBE, Shop, refused, sar
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
    cards.process.kill()
    cards.process.wait()
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
    job = again.station.records.print_jobs()[0]
    again.station.records.give_up_print(job.job_id)
    assert again.jobs() == [("receipt", "given_up", "restart")]


def test_a_void_that_broke_off_after_the_reversal_can_only_be_finished(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    records, crash = card_shop.station.records, RuntimeError("power cut")

    def cut(*_: object) -> None:
        raise crash

    records._voiding.record = cut  # type: ignore[method-assign,assignment]
    with pytest.raises(RuntimeError):
        void(card_shop, sale_id)
    assert (cards.taken(), card_shop.count(t.sale_void)) == (0, 0)
    card_shop.station.close()
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
            cards.process.kill()
            cards.process.wait()

    records = card_shop.station.records
    assert refused(lambda: records.void(sale_id, "mistake", HUDA, dead)) is Code.CARD_UNKNOWN_OPEN
    cards.start()
    assert void(card_shop, sale_id) == "POS1-000002"
    assert cards.taken() == 0


def test_the_list_names_ways_to_pay_that_the_screen_has_words_for(card_shop: Shop) -> None:
    page = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    card_shop.station.checkout.cash(page.sale_id, page.left)
    assert card_shop.station.records.recent()[0].methods == ("card", "cash")
