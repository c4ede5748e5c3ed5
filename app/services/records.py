"""What was sold: the station's documents, reprints marked COPY, voiding the last sale, the print queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from app import correcting
from app.alone import Alone
from app.approving import Approver
from app.cards import Cards, OnStep
from app.closing import Signer, session_text
from app.reversing import Reversing, check_refused, refused_parts
from app.sale_rows import sale_row
from app.session import Session
from app.shown import Approval, PrintJobRow, SaleRow, Voided
from app.store import Actor, Recording, Store
from app.voiding import Voiding, begun, tickets_of, void_notes, why_not
from domain import operation as op
from domain.correction import Said
from domain.errors import Code, Refused
from domain.receipt import Copied, DocumentKind, TicketBatch, TicketPrint
from domain.staff import Permission
from domain.text import reason_of, tidy
from domain.ticket import short_code
from ledger import journal, read_money, read_setup
from ledger.clock import from_ms
from ledger.paper_names import told_apart
from ledger.read_money import DocumentRow

_MOST, _ALL = 60, 100_000
Reverse = Callable[[Actor, str, OnStep], None]


_Mark = tuple[int, Copied]  # what makes a paper a copy: its number, by whom and when


class Records:
    """`wake_printer` tells the print queue that there is work."""

    def __init__(
        self,
        store: Store,
        session: Session,
        cards: Cards,
        approver: Approver,
        signer: Signer,
        wake_printer: Callable[[], None],
        open_drawer: Callable[[], None],
    ) -> None:
        self._store = store
        self._session = session
        self._reversing = Reversing(store, cards)
        self._voiding = Voiding(store)
        self._approver = approver
        self._signer = signer
        self._wake_printer = wake_printer
        self._open_drawer = open_drawer
        self._voids = Alone(Code.VOID_RUNNING)

    def recent(self) -> tuple[SaleRow, ...]:
        """This station's documents, newest first."""
        self._session.require(Permission.SELL)
        shift = self._session.open_shift()
        with self._store.read() as connection:
            rows = read_money.documents(connection, self._station(), _ALL)
            voids = void_notes(connection, rows)
            shift_id = shift.shift_id if shift else ""
            unfinished = begun(connection, shift_id)
            shown = rows[:_MOST] + [row for row in rows[_MOST:] if row.sale_id in unfinished]
            made = (sale_row(connection, row, (rows, voids), shift_id) for row in shown)
            return tuple(replace(row, void_begun=_is_begun(row, unfinished)) for row in made)

    def unfinished_void(self) -> SaleRow | None:
        """A sale of the open shift whose void broke off: it is offered until it is finished. None while its void is at
        work here."""
        shift = self._session.open_shift()
        if shift is None:
            return None
        with self._store.read() as connection:
            sale_ids = begun(connection, shift.shift_id) - self._voids.now()
            if not sale_ids:
                return None
            rows = read_money.documents(connection, self._station(), _ALL)
            found = next((row for row in rows if row.sale_id in sale_ids), None)
            if found is None:
                return None
            return replace(sale_row(connection, found, (rows, {}), shift.shift_id), void_begun=True)

    def _station(self) -> str:
        return self._store.identity.station_id if self._store.identity else ""

    # reprints --------------------------------------------------------------------------------------------------------

    def reprint(self, document_id: str) -> None:
        """Prints a document again, marked COPY with its count; refuses `document_unknown`."""
        self._reprint(
            document_id,
            lambda recording, row, mark: recording.print(
                "receipt", row.number, replace(row.receipt, copy=mark[0], copied=mark[1])
            ),
        )

    def reprint_tickets(self, sale_id: str) -> None:
        """Prints the tickets of a sale again, marked COPY; refuses `document_unknown`."""
        with self._store.read() as connection:
            found = [
                row
                for row in read_money.documents(connection, self._station(), 10_000)
                if row.sale_id == sale_id
            ]
        if not found:
            raise Refused(Code.DOCUMENT_UNKNOWN)
        self._reprint(found[-1].document_id, self._print_tickets, what="tickets")

    def _reprint(
        self,
        document_id: str,
        printing: Callable[[Recording, DocumentRow, _Mark], None],
        what: str = "receipt",
    ) -> None:
        actor = self._session.actor(Permission.REPRINT)

        def work(recording: Recording) -> None:
            row = read_money.document(recording.cache, document_id)
            if row is None:
                raise Refused(Code.DOCUMENT_UNKNOWN)
            copy = read_money.copies(recording.cache, document_id) + 1
            recording.add(op.DocumentReprinted(self._store.ids.new(), document_id, copy, what))
            printing(recording, row, (copy, self._copied(recording.cache, actor)))

        self._store.transact(work, actor)
        self._wake_printer()

    def _copied(self, connection: Connection, actor: Actor) -> Copied:
        by = read_setup.staff_name(connection, actor.staff_id)
        return Copied(self._store.now(), by, read_setup.venue(connection).time_zone)

    def _print_tickets(self, recording: Recording, row: DocumentRow, mark: _Mark) -> None:
        tickets = tickets_of(recording.cache, row.sale_id)
        prints = tuple(
            self._ticket_print(recording.cache, ticket, row.number, (position, len(tickets)), mark)
            for position, ticket in enumerate(tickets, start=1)
        )
        if prints:
            products = (ticket._mapping["product"] for ticket in tickets)
            batch = TicketBatch(told_apart(recording.cache, products, prints))
            recording.print("tickets", row.number, batch)

    def _ticket_print(
        self,
        connection: Connection,
        ticket: sa.Row[tuple[object, ...]],
        number: str,
        place: tuple[int, int],
        mark: _Mark,
    ) -> TicketPrint:
        m = ticket._mapping
        venue = read_setup.venue(connection)
        session = read_setup.session(connection, m["session"])
        name = read_setup.product_name(connection, m["product"])
        first = session.day if session else date.fromisoformat(m["day"])
        # A row that came from the server has no code; the same one is made again.
        code = m["code"] or self._signer.code(m["ticket_id"], m["product"], first, m["session"])
        short = short_code(UUID(m["ticket_id"]))
        return TicketPrint(
            code, short, name, venue.name, m["day"], session_text(session, venue), number, *place, *mark,
            ticket_id=m["ticket_id"],
        )  # fmt: skip

    # void ------------------------------------------------------------------------------------------------------------

    def void(self, sale_id: str, reason: str, approval: Approval, on_step: OnStep) -> Voided:
        """Voids this shift's last sale: each card part is reversed first by an attempt of its own, then the credit note
        is issued, the tickets end and the places return.

        One that broke off begins where it stopped; the supervisor is asked again, since their first yes was to be
        written with the credit note. Refuses the `void_*` codes, `reason_needed`, `card_batch_closed`,
        `card_reversal_failed`, `card_unknown_open`.
        """
        said = (reason, approval, Permission.APPROVE_VOID)
        return self._void(sale_id, said, self._reversing.all_cards, on_step)

    def void_in_cash(self, sale_id: str, reason: str, approval: Approval, on_step: OnStep) -> Voided:
        """As `void`, but a card whose reversal was refused goes back in cash, with a supervisor who may say so; the
        other cards are reversed. The refused attempts stay what they are.

        Refuses `void_not_in_cash` when no reversal was refused, `card_unknown_open` while one is not known.
        """
        said = (reason, approval, Permission.REFUND_CARD_TO_CASH)
        return self._void(sale_id, said, self._reversing.other_cards, on_step)

    def _void(
        self, sale_id: str, said: tuple[str, Approval, Permission], reverse: Reverse, on_step: OnStep
    ) -> Voided:
        """`said` is the reason, a second person's yes, and what they say yes to."""
        actor, shift = self._session.in_shift(Permission.SELL)
        approval, permission, reason = said[1], said[2], reason_of(said[0])
        in_cash = permission is Permission.REFUND_CARD_TO_CASH
        with self._store.read() as connection:
            invoice = self._voidable(connection, sale_id, shift.shift_id)
            if in_cash:
                check_refused(read_money.attempts_of_sale(connection, sale_id))
        approver_id = self._approver.approve(approval, permission, actor.staff_id, sale_id)

        def work(recording: Recording) -> Voided:
            self._voidable(recording.cache, sale_id, shift.shift_id)
            cash = refused_parts(read_money.attempts_of_sale(recording.cache, sale_id)) if in_cash else []
            return self._voiding.record(recording, actor, invoice, (reason, approver_id), cash)

        with self._voids.on(sale_id):
            reverse(actor, sale_id, on_step)
            result = self._store.transact(work, actor)
        self._wake_printer()
        if result.cash_back:
            self._open_drawer()
        return result

    def _voidable(self, connection: Connection, sale_id: str, shift_id: str) -> DocumentRow:
        rows = read_money.documents(connection, self._station(), _ALL)
        row = next((row for row in rows if row.sale_id == sale_id and row.kind == DocumentKind.INVOICE), None)
        if row is None:
            raise Refused(Code.DOCUMENT_UNKNOWN)
        if why := why_not(connection, row, rows, shift_id):
            raise Refused(Code(why))
        return row

    # payments that were keyed wrongly --------------------------------------------------------------------------------

    def correct_tender(self, payment_id: str, said: Said, approval: Approval) -> None:
        """Says of a payment of the open shift what it really was, with a second person's yes; no money moves. Refuses
        as `domain.correction.correct`, `document_unknown`, and as the approval does."""
        actor, shift = self._session.in_shift(Permission.SELL)
        reason = reason_of(approval.reason)
        approver_id = self._approver.approve(approval, Permission.TENDER_CORRECT, actor.staff_id, payment_id)
        who = reason, approver_id

        def work(recording: Recording) -> None:
            correcting.record(recording, payment_id, said, who, shift.shift_id, self._store.ids)

        self._store.transact(work, actor)

    # print queue -----------------------------------------------------------------------------------------------------

    def print_jobs(self) -> tuple[PrintJobRow, ...]:
        """Jobs that are not done, and the last done ones, newest first."""
        with self._store.read_journal() as connection:
            rows = connection.execute(
                sa.select(journal.print_job).order_by(journal.print_job.c.at.desc()).limit(_MOST)
            ).all()
        return tuple(
            PrintJobRow(row.job_id, row.kind, row.title, row.state, row.reason, from_ms(row.at))
            for row in rows
        )

    def retry_print(self, job_id: str) -> None:
        """Sends a job that is known not to be on paper again; one that may be on paper comes again as COPY."""
        self._session.require(Permission.REPRINT)
        with self._store.read_journal() as connection:
            job = connection.execute(
                sa.select(journal.print_job).where(journal.print_job.c.job_id == job_id)
            ).one()
        if job.state == "unconfirmed":
            self._print_copy(job.kind, job.title)
            self._set_job(job_id, ("unconfirmed",), "given_up")
        else:
            self._set_job(job_id, ("failed",), "queued")
        self._wake_printer()

    def _print_copy(self, kind: str, title: str) -> None:
        """`title` is the document's number; an X or Z is printed again from the stored job by its shift's page."""
        with self._store.read() as connection:
            rows = read_money.documents(connection, self._station(), 10_000)
        row = next((row for row in rows if row.number == title), None)
        if row is None:
            raise Refused(Code.DOCUMENT_UNKNOWN)
        if kind == "receipt":
            self.reprint(row.document_id)
        else:
            self.reprint_tickets(row.sale_id)

    def give_up_print(self, job_id: str, why: str = "") -> None:
        """The paper is not wanted any more; `why` is kept with the job."""
        self._session.require(Permission.REPRINT)
        self._set_job(job_id, ("queued", "failed", "unconfirmed"), "given_up", tidy(why))

    def _set_job(self, job_id: str, allowed: Sequence[str], state: str, why: str = "") -> None:
        values = {"state": state} | ({"reason": why} if why else {})
        mine = sa.and_(journal.print_job.c.job_id == job_id, journal.print_job.c.state.in_(allowed))
        with self._store.local("prints") as connection:
            connection.execute(sa.update(journal.print_job).where(mine).values(**values))


def _is_begun(row: SaleRow, unfinished: set[str]) -> bool:
    return row.kind == DocumentKind.INVOICE and row.sale_id in unfinished
