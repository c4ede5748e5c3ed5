"""The venue server's core without HTTP, on SQLite or PostgreSQL, and stations that speak to it by hand."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.catalogue import Words
from domain.envelope import Envelope
from domain.free_text import parted
from domain.money import Money
from domain.private import sealed
from domain.receipt import DocumentKind, Receipt
from domain.staff import Permission
from ledger import feed
from ledger import tables as t
from ledger.clock import HandClock, to_ms
from ledger.cursor import Cursor, parse_cursor
from ledger.read_setup import products, venue
from ledger.rows import add_rows
from ledger.wire import PROTOCOL, PushBatch, PushReply, RequestAsk, RequestReply, Sent
from server import access, importing, venue_file
from server.access import Station
from server.database import Database
from server.operations import push
from server.proofs import kept_verifier
from server.refund_letters import RefundLetters
from server.requests import Door
from server.settings import Secrets, load_secrets

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "sample" / "venue.toml"
MORNING = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 26)

LET = (
    Permission.APPROVE_VOID, Permission.TENDER_CORRECT, Permission.REFUND_CARD_TO_CASH, Permission.RESOLVE_CARD,
    Permission.APPROVE_DROP, Permission.APPROVE_CASH_OUT, Permission.APPROVE_DIFFERENCE, Permission.READ_CASH,
    Permission.DISCOUNT_OVER_LIMIT, Permission.ALLOW_BANNED,
)  # fmt: skip


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


def sample_limited(said: str) -> str:
    """The sample file with these limits, and none of its own."""
    without = re.sub(r"^\[limits\.\w+\].*\n(\w+ = .*\n)*", "", SAMPLE.read_text(encoding="utf-8"), flags=re.M)
    assert "[limits" not in without
    return f"{without}\n{said}\n"


class Core:
    """A database with the sample venue in it, imported unless it is there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.clock = HandClock(MORNING)
        self.url = url
        self.database = Database(url, self.clock)
        self.secrets: Secrets = load_secrets(folder)
        content = venue_file.read(SAMPLE.read_text(encoding="utf-8"), self.clock.now())
        self.session = content.sessions[0].number
        self.capacity = content.sessions[0].capacity
        if not self.database.look(products):
            self.database.transact(
                lambda c: importing.save(c, content, self.secrets, self.clock, self.database.ids)
            )

    def close(self) -> None:
        self.database.close()

    def limit(self, said: str) -> importing.Saved:
        """The venue's file comes again with these limits alone."""
        content = venue_file.read(sample_limited(said), MORNING)
        return self.database.transact(
            lambda c: importing.save(c, content, self.secrets, self.clock, self.database.ids)
        )

    def _lease(self, connection: Connection, station: Station) -> None:
        """More than the places of the first session: what these stations sell is never beyond a lease."""
        values: dict[str, str | int] = {"lease_id": station.name, "session": self.session}
        values |= {"station_id": station.station_id, "incarnation": 1, "places": 2 * self.capacity, "at": 0}
        add_rows(connection, [(t.lease, values | {"bucket": "global"})])

    def ask(self, door: Door, station: Station, wanted: RequestAsk) -> RequestReply:
        """Decides a request whose asker typed their PIN."""
        proven = self.proven(wanted.staff_id)
        return self.database.transact(lambda c: door.ask(c, station, wanted, proven))

    def proven(self, staff_id: str) -> str:
        """As after the right PIN of somebody who works here."""
        return self.database.look(lambda c: kept_verifier(c, staff_id))

    def enrol(self, name: str) -> FakeStation:
        """A station by a real code; only its pushing is done by hand."""
        code = self.database.transact(lambda c: access.make_code(c, name, "f" * 64, self.clock))
        answer, _ = self.database.transact(
            lambda c: access.enrol(c, code, self.secrets, to_ms(self.clock.now()))
        )
        station = self.database.look(lambda c: access.recognise(c, answer.token))
        self.database.transact(lambda c: self._lease(c, station))
        return FakeStation(self, station, answer.token, answer.epoch)


@dataclass
class FakeStation:
    """Numbers envelopes and pushes them; what it sends is what a station would."""

    core: Core
    station: Station
    token: str
    epoch: str
    stream: str = ""
    staff: str = "reem"

    def __post_init__(self) -> None:
        self.stream = self.stream or f"{self.station.name}{id(self):x}"[-32:]
        self._n = itertools.count(1)

    def sent(self, operation: op.Operation, *, op_id: str = "", n: int = 0) -> Sent:
        bare, written = parted(operation)
        envelope = Envelope(
            op_id or self.core.database.ids.new(),
            type(operation).__name__,
            op.VERSION,
            self.station.station_id,
            1,
            self.staff,
            "shift",
            self.core.clock.now(),
            0,
            codec.dumps(bare),
            *sealed("5a17" * 8, written),
        )
        return Sent(n or next(self._n), envelope.digest().hex(), envelope)

    def push(self, *sent: Sent, epoch: str = "", stream: str = "", singly: bool = False) -> PushReply:
        batch = PushBatch(PROTOCOL, epoch or self.epoch, stream or self.stream, sent)
        now = to_ms(self.core.clock.now())
        letters = RefundLetters(self.core.database.ids)
        return self.core.database.transact(
            lambda c: push(c, self.token, batch, now, letters=letters, singly=singly)
        )

    def say(self, *operations: op.Operation) -> PushReply:
        return self.push(*(self.sent(operation) for operation in operations))

    def yes(self, approver: str = "huda", times: int = 5) -> None:
        """Their PIN was right here, so often for whatever asks for one."""
        new = self.core.database.ids.new
        rights = sorted(right.value for right in LET for _ in range(times))
        said = (op.OverrideGiven(new(), approver, right, "", "as agreed") for right in rights)
        assert {each.answer for each in self.say(*said).answers} == {"applied"}


def a_booking(
    core: Core, *, tickets: int = 1, booking: str = "booking", price: int = 11500
) -> op.BookingMade:
    issued = tuple(
        op.IssuedTicket(f"{booking}-t{number}", 1, core.session, 1, "CODE") for number in range(tickets)
    )
    line = op.BookedLine(
        f"{booking}-c", 1, Words("Adult", "بالغ"), core.session, tickets, sar(price * tickets), sar(0), 1500
    )
    return op.BookingMade(booking, DAY, (line,), issued)


def a_sale(core: Core, booked: op.BookingMade, *, number: str = "POS1-000001") -> op.SaleClosed:
    gross = sar(sum(line.gross.minor for line in booked.lines))
    seller = core.database.look(venue).seller
    receipt = Receipt(
        DocumentKind.INVOICE,
        number,
        core.clock.now(),
        seller,
        "POS1",
        "Reem",
        (),
        (),
        gross,
        gross,
        sar(0),
        (),
        "Asia/Riyadh",
    )
    name = booked.booking_id
    tender = op.TenderPart(f"{name}-p", "cash", gross, gross)
    return op.SaleClosed(f"{name}-s", name, DAY, "shift", f"{name}-d-{number}", number, receipt, (tender,))


def an_admission(ticket_id: str, *, admission: str) -> op.GuestAdmitted:
    return op.GuestAdmitted(admission, ticket_id, 1, 7, DAY, Words("Gate 1", "البوابة 1"), False)


def all_pages(core: Core, buckets: list[str], most: int) -> list[tuple[str, tuple[str | int, ...]]]:
    """Every row of the feed from the beginning, in pages of `most`."""
    rows: list[tuple[str, tuple[str | int, ...]]] = []
    cursor = Cursor()
    while True:
        after = cursor
        found = core.database.look(lambda c, after=after: feed.read_page(c, buckets, after, most))
        rows += [(part.table.name, row) for part in found.slices for row in part.rows]
        cursor = parse_cursor(found.next.text())
        if found.complete:
            return rows
