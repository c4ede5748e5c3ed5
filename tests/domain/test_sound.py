"""What no honest till can say is found in the operation itself, before anything is kept."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain import operation as op
from domain.catalogue import Words
from domain.money import Money
from domain.receipt import DocumentKind, Receipt, Seller
from domain.sound import LONGEST_ID, why_unsound
from tests.domain.builders import DAY, sar

WORDS = Words("Adult", "بالغ")
RECEIPT = Receipt(
    DocumentKind.INVOICE, "POS1-000001", datetime(2026, 11, 26, tzinfo=UTC),
    Seller(WORDS, "300000000000003", WORDS, "1010101010"), "POS1", "Reem", (), (),
    sar("115"), sar("100"), sar("15"), (), "Asia/Riyadh",
)  # fmt: skip
LINE = op.BookedLine("c", 1, WORDS, 7, 1, sar("115"), sar("15"), 1500)
TICKET = op.IssuedTicket("t", 1, 7, 1, "CODE")
BOOKING = op.BookingMade("b", DAY, (LINE,), (TICKET,))
CASH = op.TenderPart("p", "cash", sar("15"), sar("20"))
CARD = op.TenderPart("q", "card", sar("100"), sar("100"), "a")
SALE = op.SaleClosed("s", "b", DAY, "shift", "d", "POS1-000001", RECEIPT, (CASH, CARD))
BACK = (op.RefundPart("r", "p", "cash", sar("115")),)
VOID = op.SaleVoided(
    "v", "s", "b", DAY, "shift", "e", "POS1-000001", RECEIPT, BACK, ("c",), ("t",), (7,), "wrong", "huda"
)
COUNT = op.ShiftCounted("k", "shift", sar("25"), sar("25"), (op.Piece(1000, 2), op.Piece(500, 1)))
CLOSED = op.ShiftClosed("shift", "Z-0001", "k", sar("20"), sar("25"), sar("-5"), "", "", False)
MOVE = op.CashMoved("m", "shift", "cash_in", sar("5"), "change")
ASKED = op.CardAsked("a", "charge", "s", sar("5"), "T1")
RESOLVED = op.CardResolved("a", "captured", "query", sar("5"), "", "", "", "", "", "")

SOUND = (
    BOOKING, SALE, VOID, COUNT, CLOSED, MOVE, ASKED, RESOLVED, replace(MOVE, move="no_sale", amount=sar("0")),
    op.ShiftOpened("shift", sar("0"), ()), op.DocumentReprinted("r", "d", 1, "receipt"), op.SignedOut("i"),
    op.ReportRead("r", "shift", "X", True, "huda"), op.ReportRead("r", "shift", "X", False),
    replace(VOID, refunds=(replace(BACK[0], amount=sar("15")),
                           op.RefundPart("s", "q", "card", sar("100"), "mada", "a"))),
    replace(SALE, receipt=replace(RECEIPT, gross=sar("0"), net=sar("0"), vat=sar("0")), tenders=()),
)  # fmt: skip
READ = op.ReportRead("r", "shift", "X", True, "huda")
UNSOUND = (
    (replace(READ, what="diary"), "what"),
    (replace(READ, full=False), "approver"),
    (replace(READ, shift_id=""), "no shift"),
    (replace(MOVE, amount=sar("-5")), "amount"),
    (replace(MOVE, amount=sar("0")), "amount"),
    (replace(MOVE, move="no_sale"), "amount"),
    (replace(MOVE, move="gift", amount=sar("5")), "move"),
    (replace(MOVE, amount=Money(10**15, "SAR")), "amount too large"),
    (replace(MOVE, move_id="m" * (LONGEST_ID + 1)), "move_id too long"),
    (replace(BOOKING, tickets=(replace(TICKET, places=10**6),)), "places too large"),
    (replace(BOOKING, tickets=(replace(TICKET, session=2**62),)), "session too large"),
    (replace(BOOKING, lines=(replace(LINE, quantity=10**6),)), "quantity too large"),
    (replace(COUNT, pieces=(op.Piece(1, 2500), op.Piece(2**62, 0))), "note too large"),
    (op.LeaseReturned("r", 7, DAY, 5, 10**6), "used too large"),
    (replace(MOVE, reason="x" * 100_000), "reason too long"),
    (replace(COUNT, counted=sar("26")), "sum"),
    (replace(COUNT, pieces=(op.Piece(1000, 3), op.Piece(500, -1))), "pieces"),
    (op.ShiftOpened("shift", sar("-5"), ()), "negative"),
    (replace(CLOSED, difference=sar("5")), "difference"),
    (replace(CLOSED, difference=Money(-500, "EUR")), "difference"),
    (replace(BOOKING, lines=()), "no line"),
    (replace(BOOKING, lines=(replace(LINE, quantity=0),)), "quantity"),
    (replace(BOOKING, lines=(replace(LINE, gross=sar("-1")),)), "line amount"),
    (replace(BOOKING, lines=(replace(LINE, charge_id="c" * 65),)), "charge_id too long"),
    (replace(BOOKING, tickets=(replace(TICKET, places=-1),)), "places"),
    (replace(BOOKING, tickets=(TICKET, TICKET)), "ticket twice"),
    (replace(BOOKING, tickets=(TICKET,) * 501), "tickets too many"),
    (replace(SALE, number="POS1-000002"), "number"),
    (replace(SALE, receipt=replace(RECEIPT, vat=sar("14"))), "net and VAT"),
    (replace(SALE, tenders=(CASH,)), "parts"),
    (replace(SALE, tenders=(CARD, replace(CASH, amount=Money(1500, "EUR")))), "parts"),
    (replace(SALE, tenders=(CARD, replace(CASH, amount=sar("30")), replace(CASH, amount=sar("-15")))), "part amount"),
    (replace(SALE, tenders=(CARD, replace(CASH, method="cheque"))), "method"),
    (replace(SALE, tenders=(CARD, replace(CASH, tendered=sar("1")))), "tendered"),
    (replace(SALE, tenders=(CASH, replace(CARD, attempt_id=""))), "no attempt"),
    (replace(VOID, number="POS1-000002"), "number"),
    (replace(VOID, refunds=()), "parts"),
    (replace(VOID, refunds=(replace(BACK[0], scheme="mada"),)), "cash of a card"),
    (replace(VOID, refunds=(replace(BACK[0], attempt_id="a"),)), "cash of a card"),
    (replace(VOID, refunds=(replace(BACK[0], amount=sar("100")), replace(BACK[0], amount=sar("15")))), "payment twice"),
    (replace(VOID, refunds=(replace(BACK[0], method="card"),)), "no attempt"),
    (replace(VOID, tickets=("t" * 65,)), "tickets too long"),
    (replace(ASKED, direction="gift"), "direction"),
    (replace(ASKED, amount=sar("0")), "amount"),
    (replace(RESOLVED, outcome="asked"), "outcome"),
    (op.DocumentReprinted("r", "d", 0, "receipt"), "copy"),
    (op.SignInFailed("i", "reem", -1), "tries"),
)  # fmt: skip


@pytest.mark.parametrize("operation", SOUND, ids=lambda each: type(each).__name__)
def test_what_tills_say_is_sound(operation: op.Operation) -> None:
    assert why_unsound(operation) == ""


@pytest.mark.parametrize(
    ("operation", "why"), UNSOUND, ids=lambda each: each if isinstance(each, str) else None
)
def test_nonsense_is_named(operation: op.Operation, why: str) -> None:
    assert why_unsound(operation) == why
