"""Refunds of a venue for screens: asked for, decided and paid by the rules that a screen can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.shown import Approval, CardStep
from app.shown_bookings import BookedSession, BookingLink
from app.shown_refunds import (
    ChargeRow,
    Decided,
    Figures,
    GivenRow,
    GivenTicket,
    PaidOut,
    Preview,
    RefundPage,
    RefundRow,
    RefundTold,
    TenderRow,
    TicketRow,
    Waiting,
)
from domain.booking import Life
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money, total
from domain.refund import Reason, State
from domain.refund_offer import Choice

ADULT, CHILD = Words("Day ticket – adult", "تذكرة يوم – بالغ"), Words("Day ticket – child", "تذكرة يوم – طفل")
TUBE = Words("Tube rental", "تأجير عوامة")
POOL, SURF = Words("Pool", "المسبح"), Words("Surf", "ركوب الأمواج")
REEM, HUDA = Words("Reem Mansour", "ريم منصور"), Words("Huda Salem", "هدى سالم")
TILL, TILL_2 = Words("Till 1", "صندوق 1"), Words("Till 2", "صندوق 2")
GUEST, ITSELF = Words("The guest, online", "الضيف، عبر الإنترنت"), Words("By itself", "تلقائيًا")
Check = Callable[[Approval], None]
Steps = Callable[[CardStep], None]


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


def figures_of(amount: Money, price: Money | None = None) -> Figures:
    """A tenth of the price stays; without a price it is that of which the policies give just the amount."""
    price = price or sar(amount.minor * 10 // 9)
    fee = sar(price.minor // 10)
    return Figures(price, fee, price - fee, amount, sar(amount.minor * 15 // 115))


CARD, CASH = TenderRow("card", sar(10000), "mada", "4821"), TenderRow("cash", sar(6100))


class FakeRefunds:
    """`outcome` is how a card ends: paid, failed or unknown."""

    def __init__(self, now: datetime, check: Check) -> None:
        self.now, self._check = now, check
        self.online, self.shift_open, self.terminal, self.outcome = True, True, "Bank 2", "paid"
        self.why_not_me: Code | None = Code.APPROVER_NOT_ALLOWED
        self.refuses: Refused | None = None
        self.tenths = 1  # that stay by the policy
        self.done: list[tuple[str, ...]] = []
        self.seen: list[str] = []
        self.asked: list[tuple[Preview, str]] = []
        self.known = {
            "child": self._told("child", State.REQUESTED, minute=14),
            "mixed": self._told("mixed", State.APPROVED, minute=25, tenders=(CARD, CASH)),
            "failed": self._told("failed", State.FAILED, minute=40),
            "unknown": self._told("unknown", State.UNKNOWN, minute=50, card_open=True),
            "till1": self._told("till1", State.APPROVED, minute=65, here=False),
        }
        self.sale = self._sale()

    def _told(
        self, name: str, state: State, *, minute: int, here: bool = True,
        tenders: tuple[TenderRow, ...] = (replace(CARD, amount=sar(7245)),), card_open: bool = False,
    ) -> RefundTold:  # fmt: skip
        amount = total((each.amount for each in tenders), "SAR")
        said = Decided(State.APPROVED, HUDA, self.now - timedelta(minutes=5), "not tall enough")
        decided = None if state is State.REQUESTED else said
        row = RefundRow(
            name, "sale-412", "POS1-000412", amount, state, Reason.CUSTOMER_CANCEL, "Child 2 was not tall enough",
            "reem", REEM, self.now - timedelta(minutes=minute), decided, here, due=self.due(here),
        )  # fmt: skip
        pieces = 2 if len(tenders) > 1 else 1
        lines = (GivenRow(pieces, CHILD, amount),)
        times = self.now.replace(hour=14, minute=0), self.now.replace(hour=16, minute=0)
        given = tuple(GivenTicket(CHILD, f"CHK{n}-7QX", times) for n in range(pieces))
        booking = BookingLink("abdullah", "GH-7829KM", Life.CONFIRMED) if name == "mixed" else None
        may = HUDA, Words("Nadia S.", "نادية س.")
        return RefundTold(
            row, TILL, lines, tenders, figures_of(amount), "", (decided,) if decided else (), None, may,
            here and state not in (State.SENT, State.UNKNOWN),
            card_open, "", True, True, guest="عبدالله بن سعد" if booking else "", booking=booking, tickets=given,
            approver_ids=("huda", "nadia"), refuser_ids=("huda", "nadia"),
        )  # fmt: skip

    def beyond(self, refund_id: str) -> None:
        """80.00 of its 80.50 are asked for, of which the policies give 72.45."""
        told, amount = self.known[refund_id], sar(8000)
        row = replace(told.row, amount=amount, reason=Reason.OTHER, note="Burnt a hand at the slide")
        lines, tenders = (replace(told.lines[0], gross=amount),), (replace(CARD, amount=amount),)
        figures = figures_of(amount, sar(8050))
        self.known[refund_id] = replace(told, row=row, lines=lines, tenders=tenders, figures=figures)

    def reduce(self, refund_id: str) -> None:
        """30.00 go back for both children, who stay."""
        told, amount = self.known[refund_id], sar(3000)
        row = replace(told.row, amount=amount, reason=Reason.SERVICE_FAULT, note="The slide was shut")
        figures = Figures(sar(0), sar(0), sar(0), amount, sar(391), stays=True)
        lines, tenders = (GivenRow(0, CHILD, amount),), (replace(CARD, amount=amount),)
        self.known[refund_id] = replace(
            told, row=row, lines=lines, tenders=tenders, figures=figures, tickets=()
        )

    def due(self, here: bool) -> datetime:
        """Of a sale of today the end of tomorrow; that of the other till was of yesterday."""
        day = self.now.date() + timedelta(days=2 if here else 1)
        return datetime.combine(day, time(), ZoneInfo("Asia/Riyadh"))

    def begin(self) -> None:
        """The server began three: of one nobody said yes yet, one is free, one this till has taken up."""
        self._begun("asked", State.REQUESTED, GUEST, Reason.CUSTOMER_CANCEL)
        self._begun("free", State.APPROVED, ITSELF, Reason.REJECTED)
        self._begun("free2", State.APPROVED, GUEST, Reason.CUSTOMER_CANCEL)
        self.take("free2")

    def _begun(self, name: str, state: State, by: Words, reason: Reason) -> None:
        told = self._told(name, state, minute=9, here=False)
        row = replace(told.row, free=True, asked_by=by, asker_id="", reason=reason, note="")
        more = {"station": Words("", ""), "best": TILL_2, "may_take": True, "may_withdraw": True}
        self.known[name] = replace(told, row=row, **more)  # type: ignore[arg-type] # fields of it

    def _sale(self) -> RefundPage:
        def tickets(name: str, *used: bool) -> tuple[TicketRow, ...]:
            return tuple(
                TicketRow(f"{name}-{n}", f"{name[:2].upper()}K{n}-7QX", one, gone=False)
                for n, one in enumerate(used)
            )

        noon = (self.session(12),)
        charges = (
            ChargeRow("c1", ADULT, 2, sar(11500), tickets("adult", True, False), "", 2, noon),
            ChargeRow("c2", CHILD, 2, sar(8050), tickets("child", False, False), "", 2, noon),
            ChargeRow("c3", TUBE, 1, sar(3450), (), "", 1),
        )
        payments = (replace(CARD, amount=sar(30000)), replace(CASH, amount=sar(12550)))
        return RefundPage(
            "sale-412", "POS1-000412", self.now.date(), sar(42550), charges, payments, (), voided=False,
            online=True,
        )  # fmt: skip

    def paid_twice(self) -> None:
        """Another till was paid for it too, and all of it was given up under that receipt."""
        rows = [
            replace(each, pieces=0, tickets=tuple(replace(one, gone=True) for one in each.tickets))
            for each in self.sale.charges
        ]
        self.sale = replace(self.sale, charges=tuple(rows), beyond=sar(42550))

    def session(self, hour: int, activity: str = "pool", days: int = 0) -> BookedSession:
        """Two hours from then, so many days later."""
        begins = self.now.replace(hour=hour, minute=0) + timedelta(days=days)
        name = {"pool": POOL, "surf": SURF}[activity]
        return BookedSession(days * 100 + hour, activity, name, begins, begins + timedelta(hours=2))

    def apart(self) -> None:
        """One adult each at two times, and one of another activity; a child moved to the day after."""
        adult, child, _ = self.sale.charges
        rows = [
            replace(adult, charge_id=f"a{at}", pieces=1, tickets=(replace(adult.tickets[1], ticket_id=f"adult-{at}",
            short=f"A{at}DK-7QX"),), sessions=(session,))
            for at, session in enumerate((self.session(10), self.session(14), self.session(14, "surf")))
        ]  # fmt: skip
        sessions = self.session(12), self.session(12, days=1)
        tickets = tuple(
            replace(each, session=one.number) for each, one in zip(child.tickets, sessions, strict=True)
        )
        moved = replace(child, tickets=tickets, sessions=sessions)
        self.sale = replace(self.sale, charges=(*rows, moved))

    # questions

    def find(self, text: str) -> RefundPage:
        if text in ("child-1", "adult-1"):
            return replace(self.page("sale-412"), ticket=text)
        if text.upper() != "POS1-000412":
            raise Refused(Code.DOCUMENT_UNKNOWN)
        return self.page("sale-412")

    def page(self, sale_id: str) -> RefundPage:
        self._refuse()
        return replace(self.sale, sale_id=sale_id, online=self.online)

    def preview(self, sale_id: str, choice: Choice, reason: Reason, amount: Money | None = None) -> Preview:
        price = sar(sum(self._price(each) for each in choice.tickets) + 3450 * len(choice.goods))
        if choice.stays:
            return self._reduced(sale_id, choice, reason, amount or sar(0))
        fee = sar(0 if reason is Reason.VENUE_CLOSED else price.minor // 10 * self.tenths)
        allowed = price - fee
        wanted = allowed if amount is None else amount
        if wanted > price:
            raise Refused(Code.REFUND_TOO_MUCH, most=price.decimal())
        card = min(wanted, sar(10000))
        tenders = (
            replace(CARD, amount=card),
            *([replace(CASH, amount=wanted - card)] if wanted > card else []),
        )
        vat = sar(wanted.minor * 15 // 115)
        ground = "venue" if reason is Reason.VENUE_CLOSED else "tier"
        return Preview(
            sale_id, choice, reason, price, fee, allowed, wanted, wanted - vat, vat, (), tenders, wanted - card,
            (HUDA,), (ground,), self.now + timedelta(minutes=15),
        )  # fmt: skip

    def holds(self, preview: Preview) -> bool:
        return preview.valid_until is None or self.now <= preview.valid_until

    def _reduced(self, sale_id: str, choice: Choice, reason: Reason, amount: Money) -> Preview:
        wanted = {each.charge_id for each in choice.goods}
        price = sar(
            sum(
                each.price.minor * (each.sold if self.sale.beyond else each.pieces)
                for each in self.sale.charges
                if each.charge_id in wanted
            )
        )
        if amount > price:
            raise Refused(Code.REFUND_TOO_MUCH, most=price.decimal())
        vat = sar(amount.minor * 15 // 115)
        return Preview(
            sale_id, choice, reason, price, sar(0), sar(0), amount, amount - vat, vat, (),
            (replace(CARD, amount=amount),), sar(0), (HUDA,), (), None,
        )  # fmt: skip

    @staticmethod
    def _price(ticket: str) -> int:
        return 11500 if ticket.startswith("adult") else 8050

    def told(self, refund_id: str) -> RefundTold:
        if refund_id not in self.known:
            raise Refused(Code.REFUND_UNKNOWN)
        return replace(
            self.known[refund_id], why_not_me=self.why_not_me, terminal=self.terminal,
            shift_open=self.shift_open, online=self.online,
        )  # fmt: skip

    def open(self) -> tuple[RefundRow, ...]:
        self._refuse()
        over = (State.DONE, State.REFUSED, State.WITHDRAWN)
        found = (told.row for told in self.known.values() if told.row.state not in over)
        return tuple(sorted(found, key=lambda row: row.due or self.now))

    def refused(self) -> tuple[RefundRow, ...]:
        rows = (told.row for told in self.known.values() if told.row.state is State.REFUSED)
        return tuple(sorted(rows, key=lambda row: row.decided.at if row.decided else self.now, reverse=True))

    def saw(self, refund_id: str) -> None:
        self.seen.append(refund_id)
        told = self.known[refund_id]
        self.known[refund_id] = replace(told, row=replace(told.row, unseen=False))

    def refuse_elsewhere(self) -> None:
        """Two were refused at another station: one that was asked for here, and before it another's."""
        for name, minutes in (("till1", 30), ("child", 2)):
            said = Decided(State.REFUSED, HUDA, self.now - timedelta(minutes=minutes), "was used")
            told = self.known[name]
            row = replace(told.row, state=State.REFUSED, decided=said, due=None, unseen=told.row.here)
            self.known[name] = replace(told, row=row, decisions=(said,))

    def to_do(self) -> tuple[RefundRow, ...]:
        return tuple(
            row for row in self.open() if row.free or (row.here and row.state is not State.REQUESTED)
        )

    @property
    def waiting(self) -> Waiting:
        asked = tuple(row.asker_id for row in self.open() if row.state is State.REQUESTED)
        unseen = sum(row.unseen for row in self.refused())
        return Waiting(len(self.to_do()), asked, len(self.open()), len(self.refused()), unseen)

    # what staff do

    def ask(self, preview: Preview, note: str) -> str:
        self._refuse()
        if preview.reason is Reason.OTHER and not note:
            raise Refused(Code.REASON_NEEDED)
        self.asked.append((preview, note))
        new = self._told("new", State.REQUESTED, minute=0, tenders=preview.tenders)
        row = replace(new.row, reason=preview.reason, note=note)
        self.known["new"] = replace(new, row=row, figures=preview.figures)
        return "new"

    def approve(self, refund_id: str, note: str, approval: Approval | None = None) -> None:
        self._decide(refund_id, State.APPROVED, approval, note)

    def refuse(self, refund_id: str, note: str, approval: Approval | None = None) -> None:
        if not note:
            raise Refused(Code.REASON_NEEDED)
        self._decide(refund_id, State.REFUSED, approval, note)

    def withdraw(self, refund_id: str, note: str = "") -> None:
        self._decide(refund_id, State.WITHDRAWN, None, note)

    def take(self, refund_id: str) -> None:
        self._refuse()
        told = self.known[refund_id]
        row = replace(told.row, free=False, here=True)
        more = {"taken": (REEM, self.now), "station": TILL, "may_take": False, "may_release": True}
        self.known[refund_id] = replace(told, row=row, **more)  # type: ignore[arg-type] # fields of it
        self.done.append(("taken", refund_id))

    def release(self, refund_id: str) -> None:
        self._refuse()
        told = self.known[refund_id]
        row = replace(told.row, free=True, here=False)
        more = {"taken": None, "station": Words("", ""), "may_take": True, "may_release": False}
        self.known[refund_id] = replace(told, row=row, **more)  # type: ignore[arg-type] # fields of it
        self.done.append(("released", refund_id))

    def _decide(self, refund_id: str, state: State, approval: Approval | None, *note: str) -> None:
        if approval is not None:
            self._check(approval)
            if approval.staff_id == self.known[refund_id].row.asker_id:
                raise Refused(Code.APPROVER_SAME)
        self._refuse()
        self.done.append((state.value, refund_id, *note))
        self._becomes(refund_id, state)
        told, by = self.known[refund_id], HUDA if approval or self.why_not_me is None else REEM
        said = Decided(state, by, self.now, "".join(note))
        row = replace(told.row, decided=said)
        self.known[refund_id] = replace(told, row=row, decisions=(*told.decisions, said))

    def pay(self, refund_id: str, on_step: Steps) -> PaidOut:
        self._refuse()
        on_step(CardStep("sent", self.now))
        if self.outcome == "failed":
            self._becomes(refund_id, State.FAILED)
            raise Refused(Code.REFUND_FAILED)
        if self.outcome == "unknown":
            on_step(CardStep("query", self.now, 1))
            self._becomes(refund_id, State.UNKNOWN, card_open=True)
            raise Refused(Code.CARD_UNKNOWN_OPEN)
        return self._paid(refund_id, "card")

    def pay_in_cash(self, refund_id: str, approval: Approval) -> PaidOut:
        self._check(approval)
        return self._paid(refund_id, "cash")

    def resolve(self, refund_id: str, approved: bool, approval_code: str, approval: Approval) -> None:
        self._check(approval)
        self.done.append(("resolved", refund_id, str(approved), approval_code))
        self._becomes(refund_id, State.SENT if approved else State.FAILED)

    def _paid(self, refund_id: str, how: str) -> PaidOut:
        tenders = self.known[refund_id].tenders
        card = total((one.amount for one in tenders if one.method == "card" and how == "card"), "SAR")
        amount = self.known[refund_id].row.amount
        self._becomes(refund_id, State.DONE, credit="POS1-000413")
        self.done.append(("paid", refund_id))
        return PaidOut("POS1-000413", amount, amount - card, card)

    def _becomes(self, refund_id: str, state: State, *, card_open: bool = False, credit: str = "") -> None:
        told = self.known[refund_id]
        row = replace(told.row, state=state)
        self.known[refund_id] = replace(told, row=row, card_open=card_open, credit=credit)

    def _refuse(self) -> None:
        if (refused := self.refuses) is not None:
            raise refused

    def crowd(self, count: int) -> None:
        """So many more wait for their money."""
        for n in range(count):
            told = self.known["mixed"]
            row = replace(told.row, refund_id=f"more-{n}", number=f"POS1-{n:06}")
            self.known[row.refund_id] = replace(told, row=row)
