"""Which booking somebody has open here, said to the server, and who has the same open at another station.

A hint beside the feed: nothing waits for it and nothing is locked. Where the server does not answer, nothing is known.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Connection

from app.server_api import ServerApi
from app.shown_bookings import Colleague
from app.worker import Worker
from domain.errors import Refused, Unavailable
from ledger import read_setup
from ledger.clock import from_ms
from ledger.wire import LookAsk, Looker

log = logging.getLogger(__name__)
AGAIN_SECONDS = 8.0  # so often it is said that it is still open; the server forgets it later than that


class Looking(Worker):
    """`staff` is the id of whoever is signed in, empty for nobody. `told` hears that others came or went."""

    def __init__(
        self, api: ServerApi, staff: Callable[[], str], online: Callable[[], bool], told: Callable[[], None]
    ) -> None:
        super().__init__("looking", self._say)
        self._api, self._staff, self._online, self._told = api, staff, online, told
        self._wanted, self._said = "", LookAsk("", "")
        self._others: tuple[str, tuple[Looker, ...]] = "", ()  # of which booking
        api.looked = self.wake

    def look(self, booking_id: str) -> None:
        """Somebody opened it here; empty: they left."""
        if booking_id != self._wanted:
            self._wanted = booking_id
            self._wake.set()

    def others(self, booking_id: str) -> tuple[Looker, ...]:
        """Who has it open elsewhere, as the server said last."""
        of, found = self._others
        return found if of == booking_id and self._online() else ()

    def _say(self) -> float | None:
        self._ask()
        return AGAIN_SECONDS if self._said.booking else None

    def _ask(self) -> None:
        staff = self._staff()
        ask = LookAsk(self._wanted if staff else "", staff)
        if not (ask.booking or self._said.booking):
            return
        self._said, before, found = ask, self._others, tuple[Looker, ...]()
        try:
            found = self._api.look(ask).others
        except (Unavailable, Refused) as error:
            log.info("nobody knows who else looks: %s", error)
        self._others = ask.booking, found
        if ask.booking and found != (before[1] if before[0] == ask.booking else ()):
            self._told()


def colleagues(connection: Connection, lookers: tuple[Looker, ...]) -> tuple[Colleague, ...]:
    """With the names that this station knows."""
    return tuple(
        Colleague(
            read_setup.staff_name(connection, each.staff),
            read_setup.station_label(connection, each.station),
            from_ms(each.since),
        )
        for each in lookers
    )
