"""How this station is: the line, what waits, the printer, the scanner, what needs a person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.closing import series_of
from app.left_open import count
from app.line import Line
from app.message_rows import failed_lately
from app.shown import SaleRow
from app.shown_refunds import Waiting
from app.shown_status import BackupStatus, StationStatus
from app.store import Store
from domain import timing
from domain.booking import Life
from domain.catalogue import StationInfo, Words
from domain.errors import Refused
from ledger import journal, read_setup
from ledger import tables as t

_SIGN_IN_TOLD = timedelta(hours=24)


class Health:
    """`line` tells how the server is, `printer_reason` why nothing prints (empty when it does), `unfinished_void` which
    void broke off, `attention` how many things need it, `refunds` which of them wait."""

    def __init__(
        self,
        store: Store,
        line: Callable[[], Line],
        printer_reason: Callable[[], str],
        unfinished_void: Callable[[], SaleRow | None],
        attention: Callable[[], int],
        refunds: Callable[[], Waiting] = Waiting,
        backup: Callable[[], BackupStatus | None] = lambda: None,
        internet_since: Callable[[], datetime | None] = lambda: None,
        *,
        secrets_in_file: bool = False,
    ) -> None:
        self._store = store
        self._line = line
        self._printer_reason = printer_reason
        self._unfinished_void = unfinished_void
        self._attention = attention
        self._refunds = refunds
        self._backup = backup
        self._internet_since = internet_since
        self._secrets_in_file = secrets_in_file
        self._guard = threading.Lock()
        self._scanner_seen: datetime | None = None

    def scanner_heard(self) -> None:
        with self._guard:
            self._scanner_seen = self._store.clock.now()

    def online(self) -> bool:
        return self._line().since is None

    def is_fresh(self) -> bool:
        """Whether counts are what the server says: it answers, and all that it has is here."""
        return self.online() and self._store.data_from() is not None

    def status(self) -> StationStatus:
        if self._store.damaged:
            return self._damaged()
        line = self._line()
        with self._store.read() as connection:
            station = self._station(connection)
            to_decide = count(connection, t.reservation.c.life == Life.UNDER_REVIEW.value)
            failed_messages = failed_lately(connection, self._store.clock.now())
        with self._store.read_journal() as connection:
            prints, unsure, open_sales = _kept(connection)
            new_prefix = self._new_prefix(station, connection)
        return StationStatus(
            station=station.name,
            label=station.label,
            gate=station.gate,
            places=station.places,
            offline_since=line.since,
            waiting=self._store.waiting(),
            data_from=self._store.data_from(),
            prints_waiting=prints,
            prints_unsure=unsure,
            printer_reason=self._printer_reason(),
            scanner_seen=self._scanner_seen,
            open_payments=open_sales,
            needs_attention=self._attention(),
            refused_by_server=line.refused,
            stuck_here=line.here,
            unfinished_void=self._unfinished_void(),
            secrets_in_file=self._secrets_in_file,
            backup=self._backup(),
            room=self._store.disk.room,
            disk_left=self._store.disk.left,
            sign_in_until=self._sign_in_until(line),
            clock_ahead=self._clock_ahead(),
            internet_since=self._internet_since() if line.since is None else None,
            clock_uncertain=self._store.clocks.uncertain,
            new_prefix=new_prefix,
            to_decide=to_decide,
            failed_messages=failed_messages,
            refunds=self._refunds(),
        )

    def _new_prefix(self, station: StationInfo, journalled: sa.Connection) -> str:
        mine = self._store.identity
        if mine is None or mine.prefix == mine.name or "sell" not in station.places:
            return ""
        return "" if journal.is_begun(journalled, series_of(mine.prefix)) else mine.prefix

    def _sign_in_until(self, line: Line) -> datetime | None:
        """Told a day before nobody can sign in any more."""
        until = self._store.clocks.sign_in_until()
        if line.since is None or until is None or until - self._store.clock.now() > _SIGN_IN_TOLD:
            return None
        return until

    def _clock_ahead(self) -> int:
        offset = self._store.clocks.offset_ms
        return (500 - offset) // 1000 if timing.is_shown(offset) else 0

    def _damaged(self) -> StationStatus:
        """The journal cannot be asked any more."""
        with self._store.read() as connection:
            station = self._station(connection)
        line = self._line()
        where = (station.name, station.label, station.gate, station.places, line.since)
        plain = (*where, 0, None, 0, "", None, 0, 0)
        return StationStatus(*plain, stuck_here=line.here, journal_damaged=True)

    def _station(self, connection: sa.Connection) -> StationInfo:
        identity = self._store.identity
        name = identity.name if identity else ""
        try:
            return read_setup.station(connection, identity.station_id if identity else "")
        except Refused:
            return StationInfo("", name, Words(name, name), ("sell", "checkin"))


def _kept(journalled: sa.Connection) -> tuple[int, int, int]:
    """How many prints wait, how many may be on paper, and how many sales are being paid."""
    state = journal.print_job.c.state
    waiting = count(journalled, state.in_(("queued", "sending", "failed")))
    paying = journalled.execute(sa.select(sa.func.count()).select_from(journal.open_sale)).scalar_one()
    return waiting, count(journalled, state == "unconfirmed"), paying
