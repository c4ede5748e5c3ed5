"""Keeps this station's leases: takes what was granted into the journal, tops up before a family has to wait, gives
back what it does not need. Runs beside sync, on a thread of its own; staff never wait for it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from app.places import Places
from app.requests import Requests
from app.session import Session as SignedIn
from app.store import Actor, Recording, Store
from app.worker import Worker
from domain import lease
from domain import operation as op
from domain.catalogue import Session
from domain.errors import Code, Refused, Unavailable
from ledger import cache, lease_book, read_setup
from ledger.clock import to_ms
from ledger.lease_book import Given

log = logging.getLogger(__name__)
EVERY_SECONDS = 5.0
TOPICS = frozenset(
    (
        *("lease", "lease_end", "lease_call", "ticket", "session", "everything", "parked", "open_sale"),
        *("BookingMade", "ShiftOpened", "ShiftClosed", "LeaseTaken", "LeaseCut"),
    )
)
_RECENT = timedelta(minutes=15)
_MOST_SESSIONS = 16
_AGAIN_SECONDS = 20.0
_LOOKS = 20


@dataclass(frozen=True, slots=True)
class Shelf:
    """A session as this station sees it. `ready` of the places it holds are in no cart, `goal` it likes to have so;
    `recent` it sold in the last quarter of an hour, `unsold` are left of all."""

    session: Session
    ready: int
    goal: int
    recent: int
    unsold: int

    @property
    def lasts(self) -> timedelta | None:
        """For how long `ready` is enough at the present pace; None while nothing is sold."""
        return _RECENT * self.ready / self.recent if self.recent else None


class Leases(Worker):
    """`sells` tells whether this station sells at all, `pull` fetches what the server granted."""

    def __init__(
        self,
        store: Store,
        signed_in: SignedIn,
        requests: Requests,
        places: Places,
        online: Callable[[], bool],
        pull: Callable[[], None],
    ) -> None:
        super().__init__("leases", self._look)
        self._store = store
        self._signed_in = signed_in
        self._requests = requests
        self._places = places
        self._online = online
        self.pull = pull
        self.elapsed: Callable[[], float] = monotonic
        self.pause = 0.1
        self._sellers = 1
        self._not_before: dict[int, float] = {}

    def _look(self) -> float:
        try:
            self.tick()
        except (Refused, Unavailable) as error:
            log.info("leases wait: %s", error)
        except Exception:  # a thread that ends would leave the till without places
            log.exception("leases failed")
            self._stop.wait(1.0)
        return EVERY_SECONDS

    def tick(self) -> None:
        """One look: takes what came, asks for what a cart waits for, then tops up and gives back."""
        if self._online():
            self._requests.settle_open("LeaseAsked")  # nobody else asks: what is open here broke off
        self.take()
        self._serve()
        for here in self.shelves():
            if here.ready > (2 * here.goal if here.goal else 0):
                self._give_back(here)
            elif self._wants(here):
                self._serve()  # before the next of many sessions
                self._ask_ahead(here)

    def _serve(self) -> None:
        """Asks for what a cart waits for; what has come meanwhile needs no asking."""
        wanted = self._places.wanted()
        for number, places in wanted.items():
            self._ask_exactly(number, places)
        if not wanted:
            self._places.came()

    # what came ---------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Puts leases that were granted, and parts that were taken back, into the journal: from then on they count."""
        identity = self._store.identity
        if identity is None:
            return
        with self._store.read() as connection:
            epoch = cache.level(connection).epoch
            given = lease_book.granted(connection, identity.station_id, identity.incarnation)
            cut = lease_book.revoked(connection, identity.station_id, identity.incarnation)
        with self._store.read_journal() as journalled:
            given = [one for one in given if not lease_book.has_lease(journalled, one.row_id)]
            cut = [one for one in cut if not lease_book.has_lease(journalled, one.row_id)]
        if given or cut:
            self._store.transact(lambda recording: _take(recording, given, cut, epoch), Actor())
            self._places.came()

    # asking ------------------------------------------------------------------------------------------------------

    def _ask_exactly(self, number: int, places: int) -> None:
        try:
            self._ask(number, places, ahead=False)
        except Refused as refused:
            if refused.code is not Code.REQUEST_OPEN:  # else its answer is on the way, and with it a change
                self._places.refused(number, self._meant(refused, places))

    def _meant(self, refused: Refused, places: int) -> Refused:
        """What it means for the cart that waits."""
        away = refused.code in (Code.REQUEST_OFFLINE, Code.REQUEST_UNANSWERED)
        return self._places.lacking(places) if away else refused

    def _ask_ahead(self, here: Shelf) -> None:
        try:
            self._ask(here.session.number, here.goal - here.ready, ahead=True)
        except Refused as refused:
            self._not_before[here.session.number] = self.elapsed() + _AGAIN_SECONDS
            log.info("no places ahead: %s", refused)

    def _ask(self, number: int, places: int, *, ahead: bool) -> None:
        identity = self._store.identity
        what = {"session": number, "places": places, "ahead": ahead}
        body = json.dumps(what | {"incarnation": identity.incarnation if identity else 0})
        reply = self._requests.ask("LeaseAsked", body, "", about=f"session:{number}")
        self._sellers = max(1, int(dict(reply.facts).get("sellers", "1")))
        self.pull()
        self._await(reply.request_id)

    def _await(self, lease_id: str) -> None:
        """Until the lease is here: what is asked next must count it. A line that broke meanwhile is not waited for."""
        for _ in range(_LOOKS):
            self._wake.clear()
            self.take()
            with self._store.read_journal() as journalled:
                if lease_book.has_lease(journalled, lease_id):
                    break
            self._wake.wait(self.pause)
        self._wake.set()

    def _wants(self, here: Shelf) -> bool:
        """Less than half of what it likes to have, and not refused a moment ago."""
        again = self._not_before.get(here.session.number, 0.0) <= self.elapsed()
        return 2 * here.ready < here.goal and again and self._online()

    # looking -----------------------------------------------------------------------------------------------------

    def shelves(self) -> list[Shelf]:
        """The sessions that are sold now or hold something of ours."""
        identity, now = self._store.identity, self._store.clock.now()
        if identity is None:
            return []
        with self._store.read() as connection:
            sessions = _on_sale(connection, self._store.now())
            sold_of = {each.activity_id for each in read_setup.products(connection) if each.places}
            numbers = [session.number for session in sessions]
            recent = lease_book.sold_since(connection, identity.station_id, to_ms(now - _RECENT), numbers)
            sold = read_setup.places_sold(connection, numbers)
            goals = self._goals(
                connection, [one for one in sessions if one.activity_id in sold_of], recent, sold
            )
        with self._store.read_journal() as journalled:
            have = self._places.balances(journalled, numbers)
            in_carts = self._places.in_carts(journalled)
        found = (
            Shelf(
                one,
                have[one.number] - in_carts[one.number],
                goals.get(one.number, 0),
                recent.get(one.number, 0),
                one.capacity - sold[one.number],
            )
            for one in sessions
        )
        return [here for here in found if here.session.activity_id in sold_of or here.ready > 0]

    def _goals(
        self, connection: Connection, sessions: list[Session], recent: dict[int, int], sold: dict[int, int]
    ) -> dict[int, int]:
        """Nothing where few are left, where somebody calls for places, and while no shift is open."""
        numbers = [session.number for session in sessions]
        called = lease_book.called_at(connection, numbers)
        served = to_ms(self._store.clock.now()) + self._store.offset_ms - lease.CALL_SECONDS * 1000
        sells = self._signed_in.open_shift() is not None
        goals = dict.fromkeys(numbers, 0)
        for session in sessions[:_MOST_SESSIONS]:
            number = session.number
            few = lease.are_few(session.capacity - sold[number], self._sellers)
            if sells and not few and called.get(number, 0) < served:
                goals[number] = lease.goal(recent.get(number, 0))
        return goals

    # giving back -------------------------------------------------------------------------------------------------

    def _give_back(self, seen: Shelf) -> None:
        """A fact, decided again under the writer: a cart may have taken what was ready a moment ago."""
        session, identity = seen.session, self._store.identity
        assert identity is not None

        def work(recording: Recording) -> None:
            have = self._places.balances(recording.journal, [session.number])[session.number]
            ready = have - self._places.in_carts(recording.journal)[session.number]
            if ready > seen.goal:
                used = lease_book.used(recording.journal, identity.incarnation, session.number)
                back = op.LeaseReturned(
                    self._store.ids.new(), session.number, session.day, ready - seen.goal, used
                )
                recording.add(back)

        self._store.transact(work, Actor())


def _take(recording: Recording, given: list[Given], cut: list[Given], epoch: str) -> None:
    for one in given:
        if not lease_book.has_lease(recording.journal, one.row_id):
            recording.add(op.LeaseTaken(one.row_id, one.session, one.day, one.places, epoch))
    for one in cut:
        if not lease_book.has_lease(recording.journal, one.row_id):
            recording.add(op.LeaseCut(one.row_id, one.session, one.day, one.places))


def _on_sale(connection: Connection, now: datetime) -> list[Session]:
    """Today's sessions that are not over, the next first."""
    today = read_setup.day_at(connection, now)
    return [one for one in read_setup.sessions_of(connection, today) if one.ends_at > now]
