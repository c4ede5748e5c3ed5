"""A refund at the station that pays it: whether it may be paid now, and the credit note that ends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from app.closing import document_number, session_text
from app.recording import Actor, Recording
from app.shown_refunds import PaidOut
from app.store import Store
from documents.bilingual import phrase
from domain import operation as op
from domain.card import AttemptState
from domain.catalogue import Words
from domain.credit import CreditLine, CreditNote, Original, credit_note, receipt_lines
from domain.errors import Code, Refused
from domain.free_text import WITHHELD
from domain.money import Money, total
from domain.operation_till import BookedLine
from domain.policy import Back, Ground
from domain.receipt import DocumentKind, Receipt, ReceiptLine, ReceiptTender
from domain.refund import Reason, State
from ledger import journal, read_refunds, read_setup, read_sold
from ledger import tables as t
from ledger.paper_names import named_with, names_of
from ledger.read_refunds import RefundRow, Try

_PAYABLE = (State.APPROVED, State.FAILED, State.SENT, State.UNKNOWN)
_IN_SPITE = (
    Ground.CHECKED_IN,
    Ground.VENUE,
    Ground.WEATHER,
)  # it was known that a guest came in, or did not matter
_GIVING_UP = ("asked", "unknown", "granted")


def check_payable(recording: Recording, actor: Actor, ask_id: str, station_id: str) -> RefundRow:
    """The refund, if it may be paid here and now. Refuses `refund_unknown`, `refund_elsewhere`, `refund_not_taken`
    while nobody has taken up what the server began, `approver_same` to who approved that, `refund_state`,
    `void_already`, as `check_tenders` and `check_beyond`, and `refund_ticket_used` when a guest came in since, unless
    money moved already."""
    row = read_refunds.refund(recording.cache, ask_id)
    if row is None:
        raise Refused(Code.REFUND_UNKNOWN)
    if not row.station_id:
        raise Refused(Code.REFUND_NOT_TAKEN)
    asked = sa.select(journal.request.c.request_id).where(journal.request.c.request_id == row.request_id)
    if row.station_id != station_id or recording.journal.execute(asked).first() is None:
        raise Refused(Code.REFUND_ELSEWHERE, station=read_setup.station_name(recording.cache, row.station_id))
    if row.is_by_server and row.approval is not None and row.approval.staff_id == actor.staff_id:
        raise Refused(Code.APPROVER_SAME)
    if row.state not in _PAYABLE or _is_credited(recording.journal, ask_id):
        raise Refused(Code.REFUND_STATE, state=row.state.value, wanted=State.DONE.value)
    if not row.money_moved:
        _check_whole(recording, row)
    return row


def _check_whole(recording: Recording, row: RefundRow) -> None:
    """Before the first money moves: it is not being withdrawn or given back, and what it was about is still there."""
    c = journal.request.c
    withdrawn = c.kind == "RefundWithdrawn"
    released = sa.and_(c.kind == "RefundReleased", c.body.contains(row.request_id))
    given_up = sa.select(c.request_id).where(
        c.about == about(row.asked.ask_id), sa.or_(withdrawn, released), c.state.in_(_GIVING_UP)
    )
    if recording.journal.execute(given_up).first() is not None:
        raise Refused(Code.REFUND_STATE, state=State.WITHDRAWN.value, wanted=State.DONE.value)
    read_refunds.check_tenders(recording.cache, row)
    read_sold.check_beyond(recording.cache, row.asked)
    sale = read_sold.sale_held(recording.cache, row.asked.sale_id)
    if sale is None:
        raise Refused(Code.DOCUMENT_UNKNOWN)
    if sale.voided:
        raise Refused(Code.VOID_ALREADY)
    wanted = set(row.asked.tickets)
    tickets = [each for charge in sale.charges for each in charge.tickets if each.ticket_id in wanted]
    if any(each.gone for each in tickets):
        raise Refused(Code.REFUND_GONE)
    known = any(quote.ground in _IN_SPITE for quote in row.asked.quotes)
    if any(each.used for each in tickets) and not known:
        raise Refused(Code.REFUND_TICKET_USED)


def about(ask_id: str) -> str:
    """What requests about a refund are about."""
    return f"refund:{ask_id}"


def _is_credited(kept: Connection, ask_id: str) -> bool:
    """Whether this journal holds a credit note for it, whatever the cache says."""
    mine = journal.entry.c.kind == op.RefundPaid.__name__, journal.entry.c.public.contains(ask_id)
    return kept.execute(sa.select(journal.entry.c.row).where(*mine).limit(1)).first() is not None


def captured(row: RefundRow, payment_id: str) -> Try | None:
    """The attempt by which a card has its share back."""
    return next(
        (
            each
            for each in row.tries
            if each.payment_id == payment_id and each.attempt.state is AttemptState.CAPTURED
        ),
        None,
    )


# the credit note -----------------------------------------------------------------------------------------------------


class Refunding:
    """Writes the credit note of a refund; everything goes into the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, recording: Recording, actor: Actor, row: RefundRow, cash_approver_id: str) -> PaidOut:
        """Every card share is back on its card, or `cash_approver_id` let it go back in cash."""
        asked = row.asked
        note = credit(recording.cache, row)
        number = document_number(self._store, recording)
        paid = op.RefundPaid(
            self._store.ids.new(),
            asked.ask_id,
            row.approval.decision_id if row.approval else "",
            asked.sale_id,
            asked.booking_id,
            asked.day,
            actor.shift_id,
            self._store.ids.new(),
            number,
            self._receipt(recording, actor, row, (number, note)),
            tuple(self._lines(row, note)),
            tuple(self._parts(recording.cache, row)),
            asked.tickets,
            asked.sessions,
            cash_approver_id,
        )
        recording.print("receipt", number, recording.add(paid).receipt)
        cash = total((part.amount for part in paid.refunds if part.method == "cash"), note.gross.currency)
        return PaidOut(number, note.gross, cash, note.gross - cash)

    def _lines(self, row: RefundRow, note: CreditNote) -> Iterator[op.CreditedLine]:
        """Free tickets end without a line on paper."""
        printed = {line.charge.charge_id: line for line in note.lines}
        for given in row.asked.lines:
            line = printed.get(given.charge_id)
            vat, rate = (line.vat, line.charge.rate) if line else (given.gross.zero, 0)
            line_id = self._store.ids.new()
            yield op.CreditedLine(line_id, given.charge_id, given.pieces, given.gross, vat, rate)

    def _parts(self, connection: Connection, row: RefundRow) -> Iterator[op.RefundPart]:
        for share in row.asked.shares:
            refund_id, back = self._store.ids.new(), captured(row, share.payment_id)
            if back is None:
                yield op.RefundPart(refund_id, share.payment_id, "cash", share.amount)
            else:
                scheme, attempt_id = _payment(connection, share.payment_id).scheme, back.attempt.attempt_id
                yield op.RefundPart(refund_id, share.payment_id, "card", share.amount, scheme, attempt_id)

    def _receipt(
        self, recording: Recording, actor: Actor, row: RefundRow, said: tuple[str, CreditNote]
    ) -> Receipt:
        number, note = said
        less = phrase("receipt.costs_less") if row.asked.stays else None  # not taken for what was given up
        venue = read_setup.venue(recording.cache)
        return Receipt(
            kind=DocumentKind.CREDIT,
            number=number,
            issued_at=self._store.now(),
            seller=venue.seller,
            station=self._store.identity.name if self._store.identity else "",
            cashier=read_setup.staff_name(recording.cache, actor.staff_id).en,
            lines=printed_lines(recording.cache, row.asked.booking_id, note, less),
            vat_lines=note.vat_lines,
            gross=note.gross,
            net=note.net,
            vat=note.vat,
            tenders=tuple(_tender(recording.cache, row, share) for share in row.asked.shares),
            time_zone=venue.time_zone,
            original_number=note.original_number,
            original_day=note.original_day,
            reason=note.reason,
        )


def credit(connection: Connection, row: RefundRow) -> CreditNote:
    """The figures of the note over a refund: VAT over all notes of its invoice that are known here. Refuses
    `document_unknown` where the sale's charges are not."""
    asked = row.asked
    charges = tuple(read_sold.booked_lines(connection, asked.booking_id))
    if not charges:
        raise Refused(Code.DOCUMENT_UNKNOWN)
    original = Original(asked.number, asked.original_day, charges)
    backs = [Back(line.charge_id, line.gross) for line in asked.lines if line.gross]
    return credit_note(original, backs, earlier(connection, asked.sale_id), reason=words_of(asked))


def printed_lines(
    connection: Connection, booking_id: str, note: CreditNote, more: Words | None = None
) -> tuple[ReceiptLine, ...]:
    """Its lines on paper. They are told apart as on the invoice: by their activity where the sale has several, and by
    the time of their session where two would be called the same, of which one may go back alone; `more` is said of
    each."""
    charges = read_sold.booked_lines(connection, booking_id)
    names, venue = names_of(connection, charges), read_setup.venue(connection)
    times = {
        line.charge_id: session_text(read_setup.session(connection, line.session), venue)
        for line in _alike(charges, names)
    }
    said = {key: (named_with(name, more), times.get(key, "")) for key, name in names.items()}
    return receipt_lines(note, said)


def _alike(charges: Iterable[BookedLine], names: Mapping[str, Words]) -> list[BookedLine]:
    """The charges that are called as one for another session is, in either language."""
    sessions: dict[str, set[int]] = {}
    called = [(line, names[line.charge_id]) for line in charges]
    for line, name in called:
        for each in (name.en, name.ar):
            sessions.setdefault(each, set()).add(line.session)
    return [line for line, name in called if len(sessions[name.en] | sessions[name.ar]) > 1]


def earlier(connection: Connection, sale_id: str) -> list[CreditLine]:
    """The lines of earlier notes of a sale's invoice; another till's over the same charges has its own."""
    mine, done = t.sale.c.sale_id == sale_id, t.refund_done.c
    booking_id = connection.execute(sa.select(t.sale.c.booking_id).where(mine)).scalar() or ""
    charges = {line.charge_id: line for line in read_sold.booked_lines(connection, booking_id)}
    found = sa.select(t.refund_line).join(t.refund_done, done.ask_id == t.refund_line.c.ask_id)
    found = found.where(done.sale_id == sale_id)
    return [
        CreditLine(charges[row.charge_id], Money(row.gross, row.currency), Money(row.vat, row.currency))
        for row in connection.execute(found)
        if row.charge_id in charges and row.gross
    ]


def words_of(asked: op.RefundAsked) -> Words:
    """The reason as the paper names it; what was written is withheld once it is forgotten."""
    if asked.reason != Reason.OTHER:
        return phrase(f"reason.{asked.reason.lower()}")
    return Words(asked.note, asked.note) if asked.note.strip() else WITHHELD


def _payment(connection: Connection, payment_id: str) -> sa.Row[tuple[object, ...]]:
    return connection.execute(sa.select(t.payment).where(t.payment.c.payment_id == payment_id)).one()


def _tender(connection: Connection, row: RefundRow, share: op.RefundShare) -> ReceiptTender:
    """How it went back; cash for a card names the card that was not taken."""
    if share.method == "cash":
        return ReceiptTender("cash", share.amount)
    m, back = _payment(connection, share.payment_id)._mapping, captured(row, share.payment_id)
    approval = back.attempt.approval if back else m["approval"]
    method = "card" if back else "cash"
    return ReceiptTender(method, share.amount, None, None, m["scheme"], m["wallet"], m["last4"], approval)
