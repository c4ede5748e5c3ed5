"""Paying a sale: cash, card, both; durable at each step, so that a half-paid sale survives anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from app import by_slip, discounting
from app.approving import Approver
from app.cards import Cards, Landed, OnStep
from app.closing import Closing
from app.goods import check_goods
from app.open_sales import (
    CashPart,
    OpenSale,
    charged,
    forget,
    load,
    save,
    tenders_of,
    unfinished,
)
from app.payable import check_again, check_sessions, check_unpaid, check_waits
from app.payment_page import build_page, paid_page
from app.places import Places
from app.session import Session
from app.shown import Approval, OpenPayment, PaymentPage
from app.shown_shifts import TAKEN_BACK
from app.store import Actor, Recording, Store
from domain import codec
from domain import operation as op
from domain import sale as rules
from domain.card import OPEN, AttemptState, Direction
from domain.cart import Cart, check_size, unseen
from domain.errors import Code, Refused
from domain.money import Money
from domain.shift import Move
from domain.staff import Permission
from ledger import journal, read_money, read_setup
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.read_money import Attempt


class Checkout:
    """`open_drawer` kicks the drawer without waiting for it."""

    def __init__(
        self,
        store: Store,
        session: Session,
        cards: Cards,
        closing: Closing,
        approver: Approver,
        places: Places,
        open_drawer: Callable[[], None],
    ) -> None:
        self._store = store
        self._session = session
        self._cards = cards
        self._closing = closing
        self._approver = approver
        self._places = places
        self._open_drawer = open_drawer

    def begin(self, cart: Cart) -> PaymentPage:
        """Opens the payment of a cart. Refuses `cart_empty`, `sale_too_large`, `shift_needed`, `session_over`,
        `membership_unseen`, `disk_nearly_full`, `goods_full`, `places_late` or `places_offline` for a cart whose places
        were not reserved, as `discounting.check` for discounts that went beyond what was allowed, and as `check_unpaid`
        and `check_waits` what was booked."""
        actor, shift = self._session.in_shift(Permission.SELL)
        self._store.check_room()
        if not cart.lines:
            raise Refused(Code.CART_EMPTY)
        check_size(cart)
        if unseen(cart):
            raise Refused(Code.MEMBERSHIP_UNSEEN)
        opened = OpenSale(self._store.ids.new(), cart, shift.shift_id, actor.staff_id)

        def work(recording: Recording) -> None:
            check_sessions(recording.cache, cart, self._store.now())
            discounting.check(recording.cache, cart, self._session.member, cart.discount_by)
            if cart.booking_id:
                check_unpaid(recording.cache, recording.journal, cart.booking_id)
                check_waits(recording.cache, cart, self._store.now())
            else:
                check_goods(recording.cache, cart, self._store.now())
            self._places.check(recording.journal, cart, opened.sale_id)
            save(recording.journal, opened, to_ms(self._store.clock.now()))
            recording.topics.add("open_sale")

        self._store.transact(work, actor)
        self._places.show(None)  # from now on the sale being paid holds them
        return self.page(opened.sale_id)

    def page(self, sale_id: str) -> PaymentPage:
        """How the payment stands; for a closed sale what it came to."""
        with self._store.read_journal() as connection:
            opened = load(connection, sale_id)
        with self._store.read() as connection:
            if opened is None:
                return paid_page(connection, sale_id, self._cards.name)
            attempts = read_money.attempts_of_sale(connection, sale_id)
            notes = read_setup.venue(connection).denominations
        cash = tuple((part.amount, part.at) for part in opened.cash)
        return build_page(sale_id, opened.cart, cash, (attempts, self._cards.name), notes)

    # cash ------------------------------------------------------------------------------------------------------------

    def cash(self, sale_id: str, tendered: Money) -> PaymentPage:
        """Takes cash: a part, or the rest with change, which closes the sale; one that is paid already it closes.

        Refuses `card_unknown_open` while a card's outcome is open, as `check_again`, `cash_too_little`,
        `amount_too_large`, `tenders_over`.
        """
        actor, _ = self._session.in_shift(Permission.SELL)

        def work(recording: Recording) -> PaymentPage | None:
            opened = self._opened(recording, sale_id)
            self._refuse_open_attempts(recording.cache, sale_id)
            check_again(recording.cache, opened, self._store.now())
            tenders = tenders_of(recording.cache, opened)
            # With nothing left it is free, or was not completed when it was paid.
            if rules.left_to_pay(opened.due, tenders):
                tender = rules.take_cash(opened.due, tenders, tendered)
                part = CashPart(tender.amount, tender.tendered, self._store.clock.now())
                opened = replace(opened, cash=(*opened.cash, part))
            closed = self._save_or_close(recording, actor, opened)
            return paid_page(recording.cache, sale_id, self._cards.name) if closed else None

        paid = self._store.transact(work, actor)
        self._open_drawer()
        return paid or self.page(sale_id)

    def undo_cash(self, sale_id: str) -> PaymentPage:
        """Gives the last cash part back; the drawer opens, on the record. Refuses `cash_too_little` when none is in."""
        actor, shift = self._session.in_shift(Permission.SELL)

        def work(recording: Recording) -> None:
            opened = self._opened(recording, sale_id)
            if not opened.cash:
                raise Refused(Code.CASH_TOO_LITTLE)
            zero, why = shift.opening.zero, f"{opened.cash[-1].tendered.decimal()}{TAKEN_BACK}"
            recording.add(op.CashMoved(self._store.ids.new(), shift.shift_id, Move.NO_SALE, zero, why))
            save(recording.journal, replace(opened, cash=opened.cash[:-1]), to_ms(self._store.clock.now()))

        self._store.transact(work, actor)
        self._open_drawer()
        return self.page(sale_id)

    # card ------------------------------------------------------------------------------------------------------------

    def card(self, sale_id: str, amount: Money, on_step: OnStep) -> PaymentPage:
        """Asks the terminal for `amount`; blocks until it answered or five queries did not help.

        Refuses `card_unknown_open`, as `check_again`, `tenders_over` for more than is left,
        `card_no_terminal`.
        """
        actor, _ = self._session.in_shift(Permission.SELL)

        def check(recording: Recording) -> None:
            opened = self._opened(recording, sale_id)
            check_again(recording.cache, opened, self._store.now())
            left = rules.left_to_pay(opened.due, tenders_of(recording.cache, opened))
            if not 0 < amount.minor <= left.minor:
                raise Refused(Code.TENDERS_OVER)

        self._cards.charge(
            actor, sale_id, amount,
            booking_id=self._booked_as(sale_id), check=check, landed=self._landed(actor), on_step=on_step,
        )  # fmt: skip
        return self.page(sale_id)

    def _booked_as(self, sale_id: str) -> str:
        """The booking made ahead that is being paid; empty for none."""
        with self._store.read_journal() as connection:
            opened = load(connection, sale_id)
        return opened.cart.booking_id if opened is not None else ""

    def _landed(self, actor: Actor) -> Landed:
        def landed(recording: Recording, attempt: Attempt) -> None:
            opened = load(recording.journal, attempt.sale_id)
            if (
                opened is not None
                and attempt.state is AttemptState.CAPTURED
                and attempt.direction == Direction.CHARGE
            ):
                self._save_or_close(recording, replace(actor, shift_id=opened.shift_id), opened)

        return landed

    def cancel_card(self, sale_id: str) -> None:
        """Asks the terminal to stop; the outcome is what it then says."""
        for attempt in self._open_attempts(sale_id):
            self._cards.cancel(attempt.attempt_id)

    def ask_again(self, sale_id: str) -> PaymentPage:
        """Queries the open attempt once more."""
        member = self._session.require(Permission.SELL)
        for attempt in self._open_attempts(sale_id):
            actor = Actor(member.staff_id, self._shift_of(sale_id))
            self._cards.find_out(actor, attempt.attempt_id, self._landed(actor), lambda step: None)
        return self.page(sale_id)

    def recover(self) -> None:
        """At start: every attempt that was left open is asked about before the till sells on it again; those of refunds
        are not of a sale that is being paid."""
        with self._store.read() as connection:
            left_open = read_money.open_attempts(connection)
        for attempt in (each for each in left_open if each.direction != Direction.REFUND):
            actor = self._owner_of(attempt)
            self._cards.find_out(actor, attempt.attempt_id, self._landed(actor), lambda step: None, tries=2)

    def resolve(self, sale_id: str, approved: bool, approval_code: str, approval: Approval) -> PaymentPage:
        """A supervisor says what the slip or the bank says; refuses `reason_needed` without the code or a reason."""
        actor, _ = self._session.in_shift(Permission.SELL)
        said = by_slip.told(
            self._approver, (actor.staff_id, sale_id), approval, approval_code, approved=approved
        )

        def work(recording: Recording, landed: Landed) -> None:
            by_slip.resolve(recording, read_money.attempts_of_sale(recording.cache, sale_id), said, landed)

        self._cards.settle(actor, work, self._landed(actor))
        return self.page(sale_id)

    # leaving ---------------------------------------------------------------------------------------------------------

    def give_up(self, sale_id: str) -> Cart:
        """Back to the cart; refuses `payment_open` when money was taken or may have been."""
        actor, _ = self._session.in_shift(Permission.SELL)

        def work(recording: Recording) -> Cart:
            opened = self._opened(recording, sale_id)
            self._refuse_open_attempts(recording.cache, sale_id)
            if tenders_of(recording.cache, opened):
                raise Refused(Code.PAYMENT_OPEN)
            self._places.show(opened.cart)  # or its places would be nobody's for a moment
            forget(recording.journal, sale_id)
            recording.topics.add("open_sale")
            return opened.cart

        return self._store.transact(work, actor)

    def give_back(self, sale_id: str, approval: Approval, on_step: OnStep) -> Cart:
        """Undoes a part-paid sale: captured cards are reversed first, each by its own attempt, then cash goes back.

        Refuses `card_reversal_failed`, `card_unknown_open`, and as the approval does.
        """
        actor, _ = self._session.in_shift(Permission.SELL)
        self._approver.approve(approval, Permission.APPROVE_VOID, actor.staff_id, sale_id)
        with self._store.read() as connection:
            attempts = read_money.attempts_of_sale(connection, sale_id)
        for attempt in charged(attempts):
            done = self._cards.reverse(actor, attempt, on_step)
            if done.state in OPEN:
                raise Refused(Code.CARD_UNKNOWN_OPEN)
            if done.state is not AttemptState.CAPTURED:
                raise Refused(Code.CARD_REVERSAL_FAILED)
        with self._store.read_journal() as connection:
            opened = load(connection, sale_id)
        while opened is not None and opened.cash:
            self.undo_cash(sale_id)
            opened = replace(opened, cash=opened.cash[:-1])
        return self.give_up(sale_id)

    def to_resolve(self) -> tuple[OpenPayment, ...]:
        """Sales whose payment is not finished, oldest first."""
        with self._store.read_journal() as connection:
            oldest = journal.open_sale.c.at, journal.open_sale.c.sale_id
            rows = connection.execute(sa.select(journal.open_sale).order_by(*oldest)).all()
        with self._store.read() as connection:
            return tuple(
                unfinished(connection, codec.loads(OpenSale, row.body), from_ms(row.at), self._cards.busy)
                for row in rows
            )

    # ---------------------------------------------------------------------------------------------------------------

    def _opened(self, recording: Recording, sale_id: str) -> OpenSale:
        opened = load(recording.journal, sale_id)
        if opened is None:
            raise Refused(Code.CARD_NOT_OPEN)
        return opened

    def _open_attempts(self, sale_id: str) -> list[Attempt]:
        with self._store.read() as connection:
            return [
                found for found in read_money.attempts_of_sale(connection, sale_id) if found.state in OPEN
            ]

    def _refuse_open_attempts(self, connection: Connection, sale_id: str) -> None:
        if any(attempt.state in OPEN for attempt in read_money.attempts_of_sale(connection, sale_id)):
            raise Refused(Code.CARD_UNKNOWN_OPEN)

    def _save_or_close(self, recording: Recording, actor: Actor, opened: OpenSale) -> bool:
        """True when the sale was paid in full and is closed."""
        tenders = tenders_of(recording.cache, opened)
        recording.topics.add("open_sale")
        if rules.left_to_pay(opened.due, tenders).minor > 0:
            save(recording.journal, opened, to_ms(self._store.clock.now()))
            return False
        rules.check_paid(opened.due, tenders)
        seller = replace(actor, staff_id=actor.staff_id or opened.staff_id)
        self._closing.close(recording, seller, opened.sale_id, opened.cart, tenders)
        forget(recording.journal, opened.sale_id)
        return True

    def _owner_of(self, attempt: Attempt) -> Actor:
        """Who sold, and in which shift: what recovery finds out is theirs."""
        with self._store.read_journal() as connection:
            opened = load(connection, attempt.sale_id)
        if opened is not None:
            return Actor(opened.staff_id, opened.shift_id)
        seller = sa.select(t.document.c.staff_id, t.document.c.shift_id)
        with self._store.read() as connection:
            row = connection.execute(seller.where(t.document.c.sale_id == attempt.sale_id)).first()
        return Actor(row.staff_id, row.shift_id) if row else Actor()

    def _shift_of(self, sale_id: str) -> str:
        with self._store.read_journal() as connection:
            opened = load(connection, sale_id)
        return opened.shift_id if opened else ""
