"""The drawer: open with a float, cash in and out, X at any time, blind count, Z once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from app.approving import Approver
from app.left_open import check_nothing_open, count, left_open
from app.session import Session
from app.shift_report import (
    Here,
    begun_at,
    closed_report,
    count_shown,
    counts_of,
    expected_cash,
    moves_of,
    report_of,
    standing_counts,
)
from app.shown import Approval
from app.shown_shifts import CountShown, ShiftPage
from app.store import Actor, Recording, Store
from domain import operation as op
from domain import shift as rules
from domain import timing
from domain.errors import Code, Refused
from domain.money import Money
from domain.receipt import DocumentKind, ShiftReport
from domain.shift import Move
from domain.staff import Permission, may
from domain.text import reason_of, tidy
from ledger import journal, read_money, read_setup
from ledger.cache import is_whole
from ledger.read_money import OpenShift

_MOST_PIECES = 100_000


class Shifts:
    """`open_drawer` kicks the drawer; it never blocks and never fails an action."""

    def __init__(
        self, store: Store, session: Session, approver: Approver, open_drawer: Callable[[], None]
    ) -> None:
        self._store = store
        self._session = session
        self._approver = approver
        self._open_drawer = open_drawer

    def denominations(self) -> tuple[int, ...]:
        """Notes and coins in minor units, largest first."""
        with self._store.read() as connection:
            return tuple(sorted(read_setup.venue(connection).denominations, reverse=True))

    def currency(self) -> str:
        with self._store.read() as connection:
            return read_setup.venue(connection).currency

    def page(self) -> ShiftPage | None:
        """The open shift; None when there is none."""
        shift = self._session.open_shift()
        if shift is None:
            return None
        with self._store.read() as connection:
            moves = moves_of(connection, shift.shift_id)
            by = read_setup.staff_name(connection, shift.staff_id)
            sales = sum(
                row.kind == DocumentKind.INVOICE
                for row in read_money.documents_of_shift(connection, shift.shift_id)
            )
            counts = len(counts_of(connection, shift.shift_id))
            attempts = read_money.open_attempts(connection, shift.shift_id)
            about = not is_whole(connection)
        return ShiftPage(
            shift.shift_id,
            shift.opened_at,
            by,
            shift.opening,
            sales,
            moves,
            counts,
            self._unsettled({attempt.sale_id for attempt in attempts}),
            self._store.waiting(),
            self._may_read_cash(shift),
            self._held(),
            about,
        )

    def _held(self) -> int:
        """Sales that were put aside at this till."""
        with self._store.read_journal() as kept:
            return count(kept, journal.parked.c.parked_id.is_not(None))

    def open(self, pieces: Mapping[int, int]) -> ShiftPage:
        """Opens the drawer's session with a float; refuses `shift_already_open`, `quantity_range`, and
        `clock_far_off` when this computer's clock is more than 90 minutes off."""
        member = self._session.require(Permission.SHIFT)
        self._check_clock()
        parts = _pieces(pieces)
        opening = rules.counted(pieces, self.currency())
        identity = self._store.identity

        def work(recording: Recording) -> None:
            if identity and read_money.open_shift(recording.cache, identity.station_id) is not None:
                raise Refused(Code.SHIFT_ALREADY_OPEN)
            shift_id = self._store.ids.new()
            recording.add(op.ShiftOpened(shift_id, opening, parts), shift_id=shift_id)

        self._store.transact(work, Actor(member.staff_id))
        page = self.page()
        assert page is not None
        return page

    def _check_clock(self) -> None:
        """Documents of a new shift would carry wrong times; what is open goes on."""
        offset = self._store.clocks.offset_ms
        if timing.is_far_off(offset):
            raise Refused(Code.CLOCK_FAR_OFF, minutes=abs(offset) // 60_000)

    # cash besides sales ----------------------------------------------------------------------------------------------

    def cash_in(self, amount: Money, reason: str) -> None:
        """Refuses `not_money`, `amount_too_large`, `reason_needed`."""
        actor, shift = self._session.in_shift(Permission.SHIFT)
        self._record_move(
            actor, shift, op.CashMoved("", shift.shift_id, Move.CASH_IN, amount, reason_of(reason))
        )

    def cash_out(self, amount: Money, reason: str, approval: Approval | None = None) -> None:
        """As `cash_in`; above the venue's limit refuses `cash_out_over_limit` without a supervisor. The amount is never
        compared with the drawer: a refusal would tell what is in it before the count."""
        actor, shift = self._session.in_shift(Permission.SHIFT)
        rules.check_amount(amount, shift.opening.currency)
        why, approver_id = reason_of(reason), ""
        if approval is not None:
            approver_id = self._approver.approve(approval, Permission.APPROVE_CASH_OUT, actor.staff_id)
        elif amount > self._cash_out_limit():
            raise Refused(Code.CASH_OUT_OVER_LIMIT, limit=self._cash_out_limit().decimal())
        moved = op.CashMoved("", shift.shift_id, Move.CASH_OUT, amount, why, approver_id)
        self._record_move(actor, shift, moved)

    def drop(self, amount: Money, approval: Approval) -> None:
        """Cash to the safe, seen by a second person; the approval's reason is required (the bag's number, say)."""
        actor, shift = self._session.in_shift(Permission.SHIFT)
        rules.check_amount(amount, shift.opening.currency)
        why = reason_of(approval.reason)
        approver_id = self._approver.approve(approval, Permission.APPROVE_DROP, actor.staff_id)
        moved = op.CashMoved("", shift.shift_id, Move.DROP, amount, why, approver_id)
        self._record_move(actor, shift, moved)

    def no_sale(self, reason: str) -> None:
        """Opens the drawer without a sale, on the record. Refuses `reason_needed`."""
        actor, shift = self._session.in_shift(Permission.NO_SALE)
        moved = op.CashMoved("", shift.shift_id, Move.NO_SALE, shift.opening.zero, reason_of(reason))
        self._record_move(actor, shift, moved)

    def _cash_out_limit(self) -> Money:
        with self._store.read() as connection:
            venue = read_setup.venue(connection)
        return venue.cash_out_limit or Money(0, venue.currency)

    def _record_move(self, actor: Actor, shift: OpenShift, moved: op.CashMoved) -> None:
        if moved.move != Move.NO_SALE:
            rules.check_amount(moved.amount, shift.opening.currency)
        self._store.transact(
            lambda recording: recording.add(replace(moved, move_id=self._store.ids.new())), actor
        )
        self._open_drawer()

    # reports ---------------------------------------------------------------------------------------------------------

    def x_report(self) -> ShiftReport:
        """Reads the shift without closing it, and prints: without the cash, which is counted blind."""
        actor, shift = self._session.in_shift(Permission.SHIFT)
        read = op.ReportRead(self._store.ids.new(), shift.shift_id, "X", False)
        return self._print_x(actor, shift, rules.without_cash, read)

    def x_with_cash(self, approval: Approval | None) -> ShiftReport:
        """An X with all figures, for a supervisor: the one signed in, or the one who approves. Who read it is on it
        and on record.

        Refuses `not_allowed`, and `count_is_blind` to the person who opened this drawer.
        """
        actor, shift = self._session.in_shift(Permission.SHIFT)
        if approval is None:
            reader, approver_id = self._session.require(Permission.READ_CASH).staff_id, ""
        else:
            reader = approver_id = self._approver.approve(approval, Permission.READ_CASH, actor.staff_id)
        if reader == shift.staff_id:
            raise Refused(Code.COUNT_IS_BLIND)
        with self._store.read() as connection:
            name = read_setup.staff_name(connection, reader).en
        read = op.ReportRead(self._store.ids.new(), shift.shift_id, "X", True, approver_id)
        return self._print_x(actor, shift, lambda report: replace(report, approved_by=name), read)

    def _print_x(
        self,
        actor: Actor,
        shift: OpenShift,
        shown: Callable[[ShiftReport], ShiftReport],
        read: op.ReportRead,
    ) -> ShiftReport:
        def work(recording: Recording) -> ShiftReport:
            report = shown(self._report(recording, shift))
            recording.add(read)
            recording.print("report", "X", report)
            return report

        return self._store.transact(work, actor)

    def _may_read_cash(self, shift: OpenShift) -> bool:
        member = self._session.member
        return may(member.role, Permission.READ_CASH) and member.staff_id != shift.staff_id

    def count(self, pieces: Mapping[int, int]) -> CountShown:
        """A blind count: only now is the expected figure told. One recount is allowed, both are kept; when money has
        moved since, counting begins anew.

        Refuses `count_again_used`, `shift_attempt_open` while a card's outcome is unknown, `shift_sale_open`.
        """
        actor, shift = self._session.in_shift(Permission.SHIFT)
        parts = _pieces(pieces)
        counted = rules.counted(pieces, shift.opening.currency)

        def work(recording: Recording) -> CountShown:
            check_nothing_open(recording.cache, recording.journal, shift.shift_id)
            expected = expected_cash(recording.cache, shift)
            before = standing_counts(recording.cache, shift.shift_id, expected)
            if len(before) > 1:
                raise Refused(Code.COUNT_AGAIN_USED)
            recording.add(op.ShiftCounted(self._store.ids.new(), shift.shift_id, counted, expected, parts))
            return self._count_shown(recording, shift, (counted, expected), len(before) + 1)

        return self._store.transact(work, actor)

    def last_count(self) -> CountShown | None:
        """The count that the shift can be closed with; None when there is none, or money has moved since.

        Refuses `shift_attempt_open`, `shift_sale_open`.
        """
        actor, shift = self._session.in_shift(Permission.SHIFT)

        def work(recording: Recording) -> CountShown | None:
            check_nothing_open(recording.cache, recording.journal, shift.shift_id)
            expected = expected_cash(recording.cache, shift)
            given = standing_counts(recording.cache, shift.shift_id, expected)
            if not given:
                return None
            counted = Money(given[-1].counted, expected.currency)
            return self._count_shown(recording, shift, (counted, expected), len(given))

        return self._store.transact(work, actor)

    def _count_shown(
        self, recording: Recording, shift: OpenShift, figures: tuple[Money, Money], given: int
    ) -> CountShown:
        left = left_open(recording.cache, recording.journal, shift.shift_id, self._store.waiting())
        return count_shown(recording.cache, figures, given, left)

    def close(self, note: str, approval: Approval | None) -> ShiftReport:
        """Closes with the last count, numbers the Z and prints it once: provisional while something of the shift is
        open, which the Z then lists.

        Refuses `count_needed` (also when money moved since), `difference_over_limit` without an approval,
        `shift_attempt_open`, `shift_sale_open`.
        """
        actor, shift = self._session.in_shift(Permission.SHIFT)
        unsent = self._store.waiting()  # before the approval, which is a record of its own
        approver_id = (
            self._approver.approve(approval, Permission.APPROVE_DIFFERENCE, actor.staff_id)
            if approval
            else ""
        )

        def work(recording: Recording) -> ShiftReport:
            check_nothing_open(recording.cache, recording.journal, shift.shift_id)
            left = left_open(recording.cache, recording.journal, shift.shift_id, unsent)
            closed = replace(self._closing(recording, shift, approver_id, note), provisional=bool(left))
            done = closed_report(recording.cache, self._report(recording, shift), closed, left)
            recording.add(closed)
            recording.print("report", closed.number, done)
            return done

        return self._store.transact(work, actor)

    def _closing(self, recording: Recording, shift: OpenShift, approver_id: str, note: str) -> op.ShiftClosed:
        expected = expected_cash(recording.cache, shift)
        counts = standing_counts(recording.cache, shift.shift_id, expected)
        if not counts:
            raise Refused(Code.COUNT_NEEDED)
        last = counts[-1]
        counted = Money(last.counted, expected.currency)
        difference = counted - expected
        if rules.must_be_seen(difference, expected, read_setup.venue(recording.cache).difference_limit):
            if not approver_id:
                raise Refused(Code.DIFFERENCE_OVER_LIMIT, difference=difference.decimal())
            reason_of(note)
        number = f"Z-{recording.number('Z'):04d}"
        return op.ShiftClosed(
            shift.shift_id,
            number,
            last.count_id,
            counted,
            expected,
            difference,
            approver_id,
            tidy(note),
            False,
        )

    def _report(self, recording: Recording, shift: OpenShift) -> ShiftReport:
        station = self._store.identity.name if self._store.identity else ""
        began = begun_at(recording.journal, shift)
        here = Here(station, began, self._store.now(), self._store.waiting())
        return report_of(recording.cache, shift, here)

    def _unsettled(self, asked: set[str]) -> int:
        """Sales not paid in full or whose card is not known; each counts once."""
        with self._store.read_journal() as connection:
            unpaid = connection.execute(sa.select(journal.open_sale.c.sale_id)).scalars()
            return len(asked.union(unpaid))


def _pieces(pieces: Mapping[int, int]) -> tuple[op.Piece, ...]:
    if any(not 0 <= count <= _MOST_PIECES for count in pieces.values()):
        raise Refused(Code.QUANTITY_RANGE, most=_MOST_PIECES)
    return tuple(op.Piece(note, count) for note, count in sorted(pieces.items(), reverse=True) if count)
