"""Refunds: what of a sale can go back, asking for it, deciding, and paying it out where it was asked for or taken up.

Asked and decided it is by the server; paid it is here, also while no server answers, for what is approved is on record.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app import by_slip
from app.alone import Alone
from app.approving import Approver
from app.asking import Ask
from app.cards import Cards, OnStep
from app.paying_back import PayingBack
from app.refund_finding import sale_and_ticket
from app.refund_rows import charge_rows, payments_of, preview_of, refund_row
from app.refund_told import Here, refund_told
from app.refunding import about
from app.refusals_seen import RefusalsSeen
from app.session import Session
from app.shown import Approval
from app.shown_refunds import PaidOut, Preview, RefundPage, RefundRow, RefundTold, Waiting
from app.store import Actor, Store
from domain import codec
from domain.errors import Code, Refused
from domain.money import Money, total
from domain.refund import Reason, State
from domain.refund_offer import Choice, SaleHeld, Wanted, When, offer
from domain.staff import Permission
from domain.text import tidy
from ledger import read_refunds, read_setup, read_sold

LATELY = timedelta(days=14)
TO_PAY = (State.APPROVED, State.FAILED, State.SENT, State.UNKNOWN)


class Refunds:
    """`ask` puts a request (kind, body, staff id, what it is about) to the server; `online`: whether it answers."""

    def __init__(
        self,
        store: Store,
        session: Session,
        cards: Cards,
        approver: Approver,
        ask: Ask,
        online: Callable[[], bool],
        wake_printer: Callable[[], None],
        open_drawer: Callable[[], None],
        seen: RefusalsSeen,
    ) -> None:
        self._store = store
        self._session = session
        self._back = PayingBack(store, cards)
        self._approver = approver
        self._ask = ask
        self._online = online
        self._cards = cards
        self._wake_printer = wake_printer
        self._open_drawer = open_drawer
        self._seen = seen
        self._paying = Alone(Code.REFUND_RUNNING)

    # what can go back ------------------------------------------------------------------------------------------------

    def find(self, text: str) -> RefundPage:
        """The sale of a document's number, or of a ticket by its code or short code; refuses `document_unknown`."""
        self._session.require(Permission.REFUND_REQUEST)
        with self._store.read() as connection:
            sale_id, ticket_id = sale_and_ticket(connection, text.strip(), self._store.now())
        return replace(self.page(sale_id), ticket=ticket_id)

    def page(self, sale_id: str) -> RefundPage:
        """What a sale still has to give; refuses `document_unknown`."""
        self._session.require(Permission.REFUND_REQUEST)
        with self._store.read() as connection:
            sale = self._sale(connection, sale_id)
            refunds = read_refunds.refunds_of_sale(connection, sale_id)
            charges, currency = sale.charges, sale.charges[0].line.gross.currency
            return RefundPage(
                sale_id,
                sale.number,
                sale.day,
                total((each.line.gross for each in charges), currency),
                charge_rows(connection, sale),
                payments_of(connection, sale),
                tuple(refund_row(connection, each, self._station()) for each in refunds),
                sale.voided,
                self._online(),
                beyond=Money(sale.beyond, currency) if sale.beyond else None,
            )

    def preview(self, sale_id: str, choice: Choice, reason: Reason, amount: Money | None = None) -> Preview:
        """What would go back: by the policies, or `amount`. Refuses as `refund_offer.offer`."""
        member = self._session.require(Permission.REFUND_REQUEST)
        with self._store.read() as connection:
            sale = self._sale(connection, sale_id)
            zone = ZoneInfo(read_setup.venue(connection).time_zone)
            given = offer(sale, choice, When(self._store.now(), zone, reason), amount)
            return preview_of(connection, sale, given, (choice, reason, member.staff_id), self._store.now())

    def holds(self, preview: Preview) -> bool:
        """Whether what was shown is surely still what goes back, by the server's time as far as it is known; at
        once."""
        return preview.valid_until is None or self._store.now() <= preview.valid_until

    def _sale(self, connection: Connection, sale_id: str) -> SaleHeld:
        sale = read_sold.sale_held(connection, sale_id) if sale_id else None
        if sale is None:
            raise Refused(Code.DOCUMENT_UNKNOWN)
        return sale

    # asking and deciding ---------------------------------------------------------------------------------------------

    def ask(self, preview: Preview, note: str) -> str:
        """Asks for what was shown; returns the refund's id. Refuses `reason_needed`, `quote_expired` when the policies
        give something else by now, `request_offline`, and with the server's codes."""
        staff_id = self._session.require(Permission.REFUND_REQUEST).staff_id
        wanted = Wanted(
            preview.sale_id, preview.choice, preview.reason, tidy(note), preview.amount, preview.allowed
        )
        reply = self._ask("RefundAsked", codec.dumps(wanted), staff_id, f"sale:{preview.sale_id}")
        return dict(reply.facts)["refund"]

    def approve(self, refund_id: str, note: str, approval: Approval | None = None) -> None:
        """A yes of whoever is signed in, or of a second person here and now by their PIN.

        Refuses `approver_same`, `refund_decided` (by whom, when), and with the server's codes about rights and limits.
        """
        self._decide("RefundApproved", refund_id, note, approval)

    def refuse(self, refund_id: str, note: str, approval: Approval | None = None) -> None:
        """A no, with its reason; refuses as `approve`, and `reason_needed`."""
        self._decide("RefundRefused", refund_id, note, approval)

    def withdraw(self, refund_id: str, note: str = "") -> None:
        """It is not wanted any more. Refuses `refund_elsewhere`, `refund_state` once money moved or may have."""
        staff_id = self._session.require(Permission.REFUND_REQUEST).staff_id
        with self._paying.on(refund_id):
            self._say("RefundWithdrawn", refund_id, note, staff_id)

    def take(self, refund_id: str) -> None:
        """What the server began is paid here from now on. Refuses `refund_taken` (by whom, where, when) to the second
        of two stations, `approver_same` to who approved it, and with the server's codes."""
        staff_id = self._session.require(Permission.REFUND_REQUEST).staff_id
        self._ask("RefundTaken", json.dumps({"refund": refund_id}), staff_id, about(refund_id))

    def release(self, refund_id: str) -> None:
        """Another station may take it up; refuses `refund_state` once money moved or may have."""
        staff_id = self._session.require(Permission.REFUND_REQUEST).staff_id
        with self._paying.on(refund_id):
            body = {"refund": refund_id, "take": self._row(refund_id).request_id}
            self._ask("RefundReleased", json.dumps(body), staff_id, about(refund_id))

    def _decide(self, kind: str, refund_id: str, note: str, approval: Approval | None) -> None:
        if approval is None:
            staff_id = self._session.require(Permission.REFUND_APPROVE).staff_id
        else:
            asker = self._session.member.staff_id
            staff_id = self._approver.approve(approval, Permission.REFUND_APPROVE, asker, refund_id)
        self._say(kind, refund_id, note, staff_id)

    def _say(self, kind: str, refund_id: str, note: str, staff_id: str) -> None:
        minor = self._row(refund_id).asked.amount.minor
        body = {"refund": refund_id, "minor": minor, "note": tidy(note)}
        self._ask(kind, json.dumps(body, ensure_ascii=False), staff_id, about(refund_id))

    def _row(self, refund_id: str) -> read_refunds.RefundRow:
        with self._store.read() as connection:
            row = read_refunds.refund(connection, refund_id)
        if row is None:
            raise Refused(Code.REFUND_UNKNOWN)
        return row

    # where each stands -----------------------------------------------------------------------------------------------

    def open(self) -> tuple[RefundRow, ...]:
        """All refunds that are not over, whoever asked for them, that first which is due first."""
        with self._store.read() as connection:
            rows = read_refunds.open_refunds(connection)
            found = [refund_row(connection, each, self._station()) for each in rows]
        return tuple(sorted(found, key=lambda row: row.due.timestamp() if row.due else 0.0))

    def refused(self) -> tuple[RefundRow, ...]:
        """Those that were refused lately, the last one first."""
        with self._store.read() as connection:
            unseen = self._unseen(self._refused(connection))
            rows = read_refunds.refused_since(connection, self._store.now() - LATELY)
            found = [refund_row(connection, each, self._station()) for each in rows]
        return tuple(replace(row, unseen=row.refund_id in unseen) for row in found)

    def saw(self, refund_id: str) -> None:
        """Somebody here has looked at what was refused: it is no news any more, also not after the next start."""
        self._session.require(Permission.REFUND_REQUEST)
        with self._store.read() as connection:
            mine = self._unseen(refused := self._refused(connection))
        if refund_id in mine:
            self._seen.add(refund_id, among=refused)

    def _refused(self, connection: Connection) -> dict[str, str]:
        return read_refunds.stations_of_refused(connection, self._store.now() - LATELY)

    def _unseen(self, refused: Mapping[str, str]) -> set[str]:
        """Those that were asked for or taken up here, at which nobody here has looked since."""
        here, seen = self._station(), self._seen.ids()
        return {refund_id for refund_id, at in refused.items() if at and at == here and refund_id not in seen}

    def to_pay(self) -> tuple[RefundRow, ...]:
        """Those that are approved and must be paid, finished or withdrawn here."""
        return tuple(row for row in self.open() if row.here and row.state in TO_PAY)

    def to_do(self) -> tuple[RefundRow, ...]:
        """Those, and what the server began and no station has taken up: at any that has a till."""
        return self._to_do(self.open())

    def waiting(self) -> Waiting:
        """What is to be paid here or taken up, and what waits for somebody's yes at whatever station."""
        rows = self.open()
        asked = tuple(row.asker_id for row in rows if row.state is State.REQUESTED)
        with self._store.read() as connection:
            refused = self._refused(connection)
        return Waiting(len(self._to_do(rows)), asked, len(rows), len(refused), len(self._unseen(refused)))

    def _to_do(self, rows: tuple[RefundRow, ...]) -> tuple[RefundRow, ...]:
        sells = any(row.free for row in rows) and self._sells()
        return tuple(row for row in rows if (row.here and row.state in TO_PAY) or (row.free and sells))

    def told(self, refund_id: str) -> RefundTold:
        """All about one refund; refuses `refund_unknown`."""
        member = self._session.require(Permission.REFUND_REQUEST)
        shift = self._session.open_shift()
        here = Here(
            self._station(), self._cards.name, shift is not None, self._online(), self._store.now(),
            self._sells(),
        )  # fmt: skip
        row = self._row(refund_id)
        with self._store.read() as connection:
            told = refund_told(connection, row, member, here)
            unseen = self._unseen(self._refused(connection)) if told.row.state is State.REFUSED else ()
        return replace(told, row=replace(told.row, unseen=refund_id in unseen))

    # paying ----------------------------------------------------------------------------------------------------------

    def pay(self, refund_id: str, on_step: OnStep) -> PaidOut:
        """Pays an approved refund: each card by an attempt of its own, then the credit note is issued and cash handed
        out. One that broke off goes on where it stopped.

        Refuses `refund_failed` when a card did not take it, `card_unknown_open` while that is not known, and as
        `refunding.check_payable`.
        """
        actor, _ = self._session.in_shift(Permission.REFUND_REQUEST)
        with self._paying.on(refund_id):
            self._back.to_cards(actor, refund_id, on_step)
            return self._close(actor, refund_id, "")

    def pay_in_cash(self, refund_id: str, approval: Approval) -> PaidOut:
        """As `pay`, but what is not back on a card yet goes back in cash, with somebody who may say so. Refuses
        `card_unknown_open` while a card's outcome is not known, and as the approval does."""
        actor, _ = self._session.in_shift(Permission.REFUND_REQUEST)
        approver_id = self._approver.approve(
            approval, Permission.REFUND_CARD_TO_CASH, actor.staff_id, refund_id
        )
        with self._paying.on(refund_id):
            return self._close(actor, refund_id, approver_id)

    def recover(self) -> None:
        """At start: every attempt of a refund that was left open is asked about."""
        self._back.recover()

    def resolve(self, refund_id: str, approved: bool, approval_code: str, approval: Approval) -> None:
        """A supervisor says what the terminal's slip says of a card that is not known; refuses `reason_needed` without
        the code or a reason."""
        actor, _ = self._session.in_shift(Permission.REFUND_REQUEST)
        said = by_slip.told(
            self._approver, (actor.staff_id, refund_id), approval, approval_code, approved=approved
        )
        self._back.resolve(actor, refund_id, said)

    def _sells(self) -> bool:
        with self._store.read() as connection:
            return read_setup.sells(connection, self._station())

    def _station(self) -> str:
        return self._store.identity.station_id if self._store.identity else ""

    def _close(self, actor: Actor, refund_id: str, cash_approver_id: str) -> PaidOut:
        paid = self._back.close(actor, refund_id, cash_approver_id)
        self._wake_printer()
        if paid.cash_back:
            self._open_drawer()
        return paid
