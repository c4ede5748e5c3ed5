"""The sessions of a day as they are chosen: when each is, and how many places are left: what the venue can still sell,
whichever counter has them ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from app.places import Places
from app.shown import SessionTile
from app.store import Store
from domain.catalogue import Session, Words
from ledger import lease_book, read_cases, read_setup


class SessionTiles:
    """`fresh` tells whether counts can be trusted to be fresh."""

    def __init__(self, store: Store, places: Places, fresh: Callable[[], bool]) -> None:
        self._store = store
        self._places = places
        self._fresh = fresh

    def of_day(self, connection: Connection, day: date, *, ahead: bool = False) -> tuple[SessionTile, ...]:
        """Those that are not over, by their start. To book `ahead` the server is asked always: then what this till
        could sell by itself (`here`) is left out."""
        now = self._store.now()
        open_ones = [session for session in read_setup.sessions_of(connection, day) if session.ends_at > now]
        numbers = [session.number for session in open_ones]
        taken = Counter(read_setup.places_sold(connection, numbers)) + self._out_of_reach(connection, numbers)
        taken += self._in_carts(ahead=ahead)
        names = {activity.activity_id: activity.name for activity in read_setup.activities(connection)}
        tiles = tuple(self._tile(session, taken[session.number], names) for session in open_ones)
        # A server that was put back to an older copy gives nothing, and does not know what others sold, until all came.
        stale = not self._fresh() or read_cases.count_awaited(connection) > 0
        here = self._held_here(numbers) if stale and not ahead else {}
        return tuple(replace(tile, stale=stale, here=here.get(tile.number)) for tile in tiles)

    def _in_carts(self, *, ahead: bool) -> Counter[int]:
        """What sales that are held, or not paid yet, have here. At Sell the one on the screen counts itself."""
        with self._store.read_journal() as journalled:
            return self._places.in_carts(journalled, shown=ahead)

    def _held_here(self, numbers: list[int]) -> dict[int, int]:
        """What this till may sell without asking anybody."""
        with self._store.read_journal() as journalled:
            have = self._places.balances(journalled, numbers)
            others = self._places.in_carts(journalled, shown=False)
        return {number: max(0, have[number] - others[number]) for number in numbers}

    def _out_of_reach(self, connection: Connection, numbers: list[int]) -> Counter[int]:
        identity = self._store.identity
        present = {identity.station_id: identity.incarnation} if identity else {}
        return lease_book.out_of_reach(connection, numbers, present)

    def _tile(self, session: Session, taken: int, names: dict[str, Words]) -> SessionTile:
        now = self._store.now()
        name = names.get(session.activity_id, Words(session.activity_id, session.activity_id))
        left = max(0, session.capacity - taken)
        running = session.starts_at <= now < session.ends_at
        times = session.starts_at, session.ends_at
        return SessionTile(
            session.number, name, *times, session.capacity, left, running, False, None, session.activity_id
        )
