"""What needs attention: cases of the server and what is open at this station; settling, and telling a supervisor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.approving import Approver
from app.case_facts import facts_of, of_paper, said_in
from app.left_open import ASKING, STUCK, count
from app.line import Line
from app.session import Session
from app.shown import Approval, OpenPayment, SaleRow
from app.shown_attention import AttentionPage, Basket, Down, Fact, Item, Named, Settled, Source
from app.shown_messages import Alerts
from app.shown_refunds import RefundRow
from app.store import Actor, Store
from domain import operation as op
from domain.attention import LOOK_BACK_DAYS, mark_of, ways_of
from domain.errors import Code, Refused
from domain.money import Money
from domain.refund import State
from domain.staff import Permission, may
from domain.text import reason_of, tidy
from ledger import journal, read_cases, read_setup
from ledger import tables as t
from ledger.cases import ITSELF
from ledger.clock import from_ms
from ledger.read_cases import CaseRow

LONGEST_NUMBER = 64
_ORDER = (
    "what", "permission", "why", "differs", "kept_minor", "paid_minor", "kept_vat", "paid_vat",
    "kept_tickets", "paid_tickets", "short", "asked_minor", "sold_minor", "gave_minor", "card_minor",
    "books_minor", "beyond_minor", "charged", "till_minor", "listed_minor", "beside_minor", "till_rate",
    "listed_rate", "has_station", "booked_as", "text", "sale", "session", "ticket", "product", "entry",
    "taken_back", "approver", "reason", "last", "made", "closed", "document", "amount", "total", "paid",
    "unknown", "terminal", "card", "approval", "staff", "station", "at", "showed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenHere:
    """What other services of the station know that is open: half-paid sales, a void that broke off, the line, refunds
    that are to be paid here or taken up, what is said to whoever is signed in."""

    payments: Callable[[], tuple[OpenPayment, ...]]
    unfinished_void: Callable[[], SaleRow | None]
    line: Callable[[], Line]
    refunds: Callable[[], tuple[RefundRow, ...]] = tuple
    alerts: Callable[[], Alerts] = Alerts


class Attention:
    """`ask` puts a request (kind, body, staff id, what it is about) to the server."""

    def __init__(
        self,
        store: Store,
        session: Session,
        approver: Approver,
        here: OpenHere,
        ask: Callable[[str, str, str, str], object],
    ) -> None:
        self._store = store
        self._session = session
        self._approver = approver
        self._here = here
        self._ask = ask

    # the list --------------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many things are open."""
        void, payments = self._here.unfinished_void(), self._payments()
        with self._store.read() as connection:
            cases = len(_not_shown_twice(connection, _sales(payments, void)))
            cases += len(read_cases.told_on_the_way(connection))
        with self._store.read_journal() as connection:
            stuck, asked = count(connection, STUCK), count(connection, ASKING)
        waiting = len(payments) + len(self._here.refunds()) + (void is not None)
        return cases + stuck + asked + waiting + bool(self._here.alerts().down)

    def page(self) -> AttentionPage:
        """Everything that is open, newest first within its kind, and what was closed in the last days."""
        void, payments = self._here.unfinished_void(), self._payments()
        member = self._session.member
        since = self._store.clock.now() - timedelta(days=LOOK_BACK_DAYS)
        with self._store.read() as connection, self._store.read_journal() as kept:
            items = (
                *(_payment(one) for one in payments),
                *([_void(void)] if void else []),
                *(_refund(one) for one in self._here.refunds()),
                *_messages(self._here.alerts()),
                *(
                    _case(connection, kept, row)
                    for row in _not_shown_twice(connection, _sales(payments, void))
                ),
                *self._told(connection),
                *(replace(job, folder=self._folder(job)) for job in _jobs(connection, kept)),
                *_requests(connection, kept),
            )
            closed = tuple(
                _case(connection, kept, row) for row in read_cases.closed_case_rows(connection, since)
            )
        allowed = may(member.role, Permission.SETTLE_CASE)
        return AttentionPage(items, closed, allowed, self._here.line().since)

    def _payments(self) -> tuple[OpenPayment, ...]:
        """A sale whose payment is just open is none of them."""
        return tuple(payment for payment in self._here.payments() if payment.needs_person)

    def _told(self, connection: Connection) -> Iterator[Item]:
        for row in read_cases.told_on_the_way(connection):
            said = ("text", row.text), ("number", row.number), ("staff", row.staff_id)
            facts = [*facts_of(connection, said), Fact("at", row.at)]
            yield Item(f"told:{row.told_id}", Source.TOLD, "told", row.told_id, row.at, _in_order(facts))

    def _folder(self, job: Item) -> str:
        """Where the PDF of the same tickets lies."""
        return (
            str(self._store.folder / "prints")
            if Fact("paper", Named("paper", "tickets")) in job.facts
            else ""
        )

    # what staff do ---------------------------------------------------------------------------------------------------

    def settle(self, case_id: str, said: tuple[str, str, str], approval: Approval | None = None) -> None:
        """Asks the server to close a case; `said` is the way, the note, and the mark of the facts that were seen. A
        second person with the right may say it instead of the one signed in.

        Refuses `request_offline` while the server is away, `not_allowed` and as the approval does, and with the
        server's codes: `case_settled`, `case_unknown`, `reason_needed`, `revision_stale`, `still_unread`.
        """
        if self._here.line().since is not None:
            raise Refused(Code.REQUEST_OFFLINE)
        way, note, mark = said
        if approval is None:
            by = self._session.require(Permission.SETTLE_CASE).staff_id
        else:
            asker = self._session.member.staff_id
            by = self._approver.approve(approval, Permission.SETTLE_CASE, asker, case_id)
        body = {"case": case_id, "way": way, "note": tidy(note), "seen": mark} | self._about(case_id)
        self._ask("CaseSettled", json.dumps(body, ensure_ascii=False), by, case_id)

    def _about(self, case_id: str) -> dict[str, str]:
        """What it was, for the list, should the server forget that it was settled (`app.granted`)."""
        with self._store.read() as connection:
            row = connection.execute(sa.select(t.case_item).where(t.case_item.c.case_id == case_id)).first()
        return {"kind": row.kind, "facts": row.facts} if row is not None else {}

    def tell(self, text: str, number: str) -> None:
        """Puts something on the list, with or without the server. Refuses `reason_needed` when nothing was written."""
        member, shift = self._session.member, self._session.open_shift()
        actor = Actor(member.staff_id, shift.shift_id if shift else "")
        told = op.CaseOpened(self._store.ids.new(), reason_of(text), tidy(number)[:LONGEST_NUMBER])
        self._store.transact(lambda recording: recording.add(told), actor)


def _sales(payments: tuple[OpenPayment, ...], void: SaleRow | None) -> set[str]:
    return {payment.sale_id for payment in payments} | ({void.sale_id} if void else set())


def _not_shown_twice(connection: Connection, sales: set[str]) -> list[CaseRow]:
    """Open cases, but for a card's unknown end where the sale itself is on this station's list."""
    rows = read_cases.open_case_rows(connection)
    doubts = {row.subject.removeprefix("attempt:") for row in rows if row.kind == "card_unknown"}
    attempt = t.card_attempt.c
    found = sa.select(attempt.attempt_id).where(attempt.attempt_id.in_(doubts), attempt.sale_id.in_(sales))
    here = {f"attempt:{one}" for one in connection.execute(found).scalars()} if doubts and sales else set()
    return [row for row in rows if row.kind != "card_unknown" or row.subject not in here]


# items -----------------------------------------------------------------------------------------------------------


def _case(connection: Connection, kept: Connection, row: CaseRow) -> Item:
    facts = list(dict.fromkeys((*_own_words(kept, row), *facts_of(connection, row.facts))))
    settlements = [_settled(connection, row, number) for number in range(len(row.settlements))]
    closed = None
    if row.closed_at is not None:
        by = None if row.closed_by == ITSELF else read_setup.staff_name(connection, row.closed_by)
        closed = settlements.pop() if by and settlements else Settled(row.closed_at, by)
    return Item(
        f"case:{row.case_id}",
        Source.CASE,
        row.kind,
        row.case_id,
        row.opened_at,
        _in_order(facts),
        _amount(facts),
        ways_of(row.kind),
        mark_of(row.written),
        tuple(settlements),
        closed,
    )


def _amount(facts: list[Fact]) -> Money | None:
    """What it is about; the total of the sale where nothing else is."""
    found = {fact.name: fact.value for fact in facts if isinstance(fact.value, Money)}
    return found.get("amount") or found.get("total")


def _settled(connection: Connection, row: CaseRow, number: int) -> Settled:
    said = row.settlements[number]
    return Settled(said.at, read_setup.staff_name(connection, said.staff_id), said.way, said.note)


def _own_words(kept: Connection, row: CaseRow) -> tuple[Fact, ...]:
    """Document and amount of an operation that was made here, whether or not the server can read it."""
    op_id = row.subject.removeprefix("operation:")
    if op_id == row.subject:
        return ()
    mine = journal.find(kept, op_id)
    try:
        return said_in(mine.operation()) if mine else ()
    except Refused:
        return ()


def _in_order(facts: list[Fact]) -> tuple[Fact, ...]:
    known = {name: place for place, name in enumerate(_ORDER)}
    return tuple(sorted(facts, key=lambda fact: known.get(fact.name, len(_ORDER))))


def _payment(payment: OpenPayment) -> Item:
    facts = [Fact("sale", Basket(payment.first, payment.items)), Fact("staff", payment.seller)]
    facts += [Fact("total", payment.total), Fact("paid", payment.paid), Fact("at", payment.since)]
    facts += [Fact("unknown", payment.unknown)] if payment.unknown else []
    kind = "unknown" if payment.unknown else "unfinished"
    key = f"payment:{payment.sale_id}"
    return Item(
        key,
        Source.PAYMENT,
        kind,
        payment.sale_id,
        payment.since,
        _in_order(facts),
        payment.unknown or payment.total,
    )


def _void(sale: SaleRow) -> Item:
    facts = [Fact("document", sale.number), Fact("staff", sale.cashier), Fact("amount", sale.total)]
    key = f"void:{sale.sale_id}"
    return Item(key, Source.VOID, "unfinished", sale.sale_id, sale.at, _in_order(facts), sale.total)


def _refund(row: RefundRow) -> Item:
    """One that is to be paid here, or taken up."""
    facts = [Fact("document", row.number), Fact("staff", row.asked_by), Fact("amount", row.amount)]
    facts += [Fact("approver", row.decided.by)] if row.decided else []
    at, key = row.asked_at, f"refund:{row.refund_id}"
    kind = "unknown" if row.state in (State.SENT, State.UNKNOWN) else row.state.value
    kind = "free" if row.free else kind
    return Item(key, Source.REFUND, kind, row.refund_id, at, _in_order(facts), row.amount)


def _messages(alerts: Alerts) -> Iterator[Item]:
    """One line, however many channels nothing goes out by."""
    if alerts.since is not None:
        facts = [Fact("down", Down(*each)) for each in alerts.down]
        yield Item("messages", Source.MESSAGES, "down", "", alerts.since, _in_order(facts))


def _jobs(connection: Connection, kept: Connection) -> Iterator[Item]:
    found = sa.select(journal.print_job).where(STUCK)
    for row in kept.execute(
        found.order_by(journal.print_job.c.at.desc(), journal.print_job.c.job_id.desc())
    ).all():
        facts = [Fact("paper", Named("paper", row.kind)), Fact("document", row.title)]
        facts += [Fact("printer", Named("printer", row.reason)), Fact("at", from_ms(row.at))]
        facts += of_paper(connection, row.title, row.payload)
        yield Item(
            f"print:{row.job_id}",
            Source.PRINT,
            row.reason if (row.state, row.reason) == ("failed", "not_drawn") else row.state,
            row.job_id,
            from_ms(row.at),
            _in_order(facts),
            _amount(facts),
        )


def _requests(connection: Connection, kept: Connection) -> Iterator[Item]:
    found = sa.select(journal.request).where(ASKING)
    for row in kept.execute(
        found.order_by(journal.request.c.at.desc(), journal.request.c.request_id.desc())
    ).all():
        facts = [Fact("what", Named("request", row.kind)), Fact("at", from_ms(row.at))]
        facts += [Fact("staff", read_setup.staff_name(connection, row.staff_id))] if row.staff_id else []
        yield Item(
            f"request:{row.request_id}",
            Source.REQUEST,
            "asking",
            row.request_id,
            from_ms(row.at),
            _in_order(facts),
        )
