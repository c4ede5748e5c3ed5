"""The power goes before each write of each kind of operation, at the till and at the server, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection

from domain.errors import Refused, Unavailable
from ledger.clock import to_ms
from server.message_kinds import KINDS, Channel
from server.outbox import Letter, post
from server.outgoing import claim, note
from server.senders import Refuses, Why
from server.setup import SetUp
from tests.simulation.disk import Stopped
from tests.simulation.invariants import judge
from tests.simulation.line import CALM
from tests.simulation.machines import Machine
from tests.simulation.plan import Plan
from tests.simulation.quiet import drain
from tests.simulation.scripts import SCRIPTS, SHORT, Act, Till
from tests.simulation.venue import open_cabana
from tests.simulation.world import World, opened

_MOST = 200
# what the server does at once when asked
_ASKED = (
    *("RecordSaved", "LeaseGranted", "LeaseRevoked", "CaseSettled", "MessageResent"),
    *("CodeSent", "GuestVerified", "GuestMerged", "GuestErased"),
    *("RefundAsked", "RefundApproved", "RefundRefused", "RefundWithdrawn", "RefundTaken", "RefundReleased"),
    *(
        "BookingHeld",
        "BookingChanged",
        "TicketsMoved",
        "TicketRevoked",
        "TicketsNamed",
        "BookingExtended",
        "BookingApproved",
        "BookingRejected",
        "BookingCancelled",
        "BookingExpired",
        "BookingOver",
    ),
)


class Crashes:
    """One till and the server; after each stop they start again and go on. `stops` counts them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.desk: Machine = world.machines[0]
        self.stops = 0

    def till(self) -> Till:
        assert self.desk.terminal is not None
        return Till(
            self.desk.up,
            self.desk.terminal,
            self.world.time,
            self._failed_message,
            self.world.town.letters,
            self.world.town.look_after,
            self.world.town.call_off,
        )

    def _failed_message(self) -> str:
        """The server has one that it gave up; returns its id."""
        server = self.world.server
        now, ids = to_ms(server.clock.now()), server.database.ids

        def work(connection: Connection) -> str:
            setup = SetUp(connection, server.clock, ids)
            facts = KINDS["refund_done"].sample
            letter = Letter("refund_done", Channel.MAIL, "g@example.com", "en", ids.new(), facts)
            message_id = post(connection, setup, letter)
            setup.publish()
            for claimed in claim(connection, now, {Channel.MAIL: 9}):
                note(connection, claimed, Refuses(Why.ADDRESS_REFUSED), now)
            return message_id

        return server.database.transact(work)

    def begin_again(self) -> None:
        """As the program does after a power cut."""
        self.stops += 1
        self.desk.stop()
        self.desk.start()
        self.till().terminal.fate = ""
        self.desk.recover()

    def at_the_till(self, kind: str) -> None:
        """Before each write of the act, until it runs through."""
        for before in range(1, _MOST):
            if self._act_stops(kind, before):
                self.begin_again()
            else:
                self._tidy()
                return
        raise AssertionError(f"{kind} never runs through")

    def _act_stops(self, kind: str, before: int) -> bool:
        till = self.till()
        till.ready()
        act = SCRIPTS[kind](till)
        self.desk.fuse.arm(before)
        try:
            act()
        except Stopped:
            return True
        except (Refused, Unavailable):
            self._tidy()  # a request that was cut off is open: it is settled before the next
        finally:
            self.desk.fuse.arm(0)
        self.desk.acked.update(self.world.new_entries(self.desk))
        return False

    def _tidy(self) -> None:
        till = self.till()
        till.ready()
        till.settle_sales()
        till.station.requests.settle_open()

    def at_the_server(self, kind: str) -> None:
        """Before each write with which the server takes the operations of one act."""
        for before in range(1, _MOST):
            till = self.till()
            till.ready()
            act = SCRIPTS[kind](till)
            if kind in _ASKED:
                self.desk.up.sync.once()  # or the first answer would be: later
            stopped = self._stops_the_server(before, act) if kind in _ASKED else self._then_push(before, act)
            self.desk.up.sync.once()
            if not stopped:
                return
            self._tidy()
            self.world.town.look_after()  # or each round would have more to look after than the one before
        raise AssertionError(f"{kind} is never taken")

    def _then_push(self, before: int, act: Act) -> bool:
        act()
        self._tidy()
        return self._stops_the_server(before, self.desk.up.sync.once)

    def _stops_the_server(self, before_write: int, asking: Act) -> bool:
        before = self.world.faults["server stopped"]
        self.world.server.fuse.arm(before_write)
        with suppress(Unavailable, Refused):
            asking()
        self.world.server.fuse.arm(0)
        stopped = self.world.faults["server stopped"] > before
        self.stops += stopped
        return stopped

    def while_settling(self) -> None:
        """Before each write with which the till takes pages in, until a round runs through."""
        for before in range(1, _MOST):
            self.desk.fuse.arm(before)
            try:
                self.desk.up.sync.once()
            except Stopped:
                self.world.cable.asked.clear()  # a new start asks the same anew
                self.begin_again()
                continue
            finally:
                self.desk.fuse.arm(0)
            return
        raise AssertionError("a round never runs through")

    def judged(self) -> list[str]:
        drain(self.world)
        return judge(self.world)


@contextmanager
def alone(seed: int = 7) -> Iterator[Crashes]:
    """POS1 and a server over a good line; inside `simulated`."""
    with opened(Plan(seed, "all", 40, 50, ())) as world:
        world.cable.odds = CALM
        world.machines = world.machines[:1]
        for terminal in world.terminals:
            terminal.calm = True
        world.machines[0].window = SHORT
        world.machines[0].start()
        crashes = Crashes(world)
        crashes.till().capacity(by=5_000)
        open_cabana(world.server, 1000)  # a booking at each stop
        yield crashes
