"""Plays a plan: machines, line, devices and people, fault by fault; then everything heals, and what came of it is
judged."""

from __future__ import annotations

import random
import shutil
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

import httpx

import app.exchange
import server.left_alone
import server.pulling
from app.services.bookings import Line
from domain import codec
from domain import operation as op
from domain.errors import Code, Refused, Unavailable
from ledger import journal
from tests.simulation.acts import act
from tests.simulation.card_oracle import Terminal
from tests.simulation.chance import CHANCE, Time, one_source
from tests.simulation.disk import Stopped, fused
from tests.simulation.enrolling import enrol_anew, enrol_elsewhere, goes_on
from tests.simulation.guest_acts import letters_of
from tests.simulation.line import CALM, FAIR, ROUGH, Cable, Endless, Odds, answer, api_over
from tests.simulation.machines import Machine, Server
from tests.simulation.moving import beside
from tests.simulation.plan import Event, Plan
from tests.simulation.post import Post
from tests.simulation.recovering import Owed, heard_too_early, owed
from tests.simulation.staff import Counter, Town
from tests.simulation.venue import CAPACITY, FEW, NAMES, mould, open_another_day, open_cabana, scratch

_ROUGH = ("line", "midnight")
_LIES = ("lies", "claims")
_AHEAD = ("bookings", *_LIES)
_GUESTS = ("guests", "post")
_MONEY = ("refunds", *_AHEAD)  # what is done at tills, in many steps
_CROWDED = ("gate", "power", "line")
_MOST_MACHINES = 5
_ALONE_MS = 600_000  # a history is shorter than a day
_SERVER_STOPS, _STOPS_AFTER = 0.04, 0.03


def _mould(plan: Plan) -> Path:
    """The venue of a plan: places a session, Huda's role, and whether money goes back by a policy."""
    role = "super_admin" if plan.mix in (*_GUESTS, "all") else "supervisor"
    policy = plan.mix in (*_MONEY, "all")
    return mould(FEW if plan.mix == "scarce" else CAPACITY, role, policy=policy)


def _odds(plan: Plan) -> Odds:
    """What is asked of the server takes many messages: too bad a line, and nothing is ever granted."""
    if plan.mix in (*_GUESTS, *_MONEY):
        return FAIR
    return ROUGH if plan.mix in _ROUGH else Odds()


@contextmanager
def simulated() -> Iterator[None]:
    """One source of chance and breakable disks; around anything that opens a machine."""
    with one_source(), fused():
        yield


class World:
    """Everything in one history. `violations` are sentences about what must not be."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.violations: list[str] = []
        self.faults: Tally[str] = Tally()
        self.chance = random.Random(plan.seed)
        self.folder = scratch()
        shutil.copytree(_mould(plan), self.folder, dirs_exist_ok=True)
        CHANCE.begin(f"world {plan.seed}")
        self.time = Time()
        self.town = Town(
            letters=lambda: [*self.post.codes, *letters_of(self.server.database)],
            look_after=self._look_after,
            wait=self.time.forward,
            book_online=self._book_online,
            call_off=self._call_off,
            post_goes=lambda chance: self._by_itself(lambda: self.post.round(chance)),
            new_price=self._new_price,
        )
        self.server = Server(self.folder / "server", self.time)
        self.post = Post(self.server)
        if plan.mix in _AHEAD:
            open_cabana(self.server)
        self.cable = Cable(self._handle, self._meanwhile, self.chance, _odds(plan))
        terminals = {name: Terminal(name, self.chance) for name in NAMES if name.startswith("POS")}
        self.terminals = list(terminals.values())
        api = api_over(lambda: self.cable)
        self.machines = [
            Machine(name.lower(), self.folder / name, self.time, terminals.get(name), api) for name in NAMES
        ]
        self.server.back_up()
        self._syncing = ""
        self._between = False  # another station's round, between two pages of the one that is syncing
        self._owed: Owed = {}
        self.given: dict[tuple[str, int], Machine] = {}  # who was first of a name and an incarnation
        self.new_pcs = 0  # on which a station was enrolled for a while
        self.loses_journal = False  # a seeded bug
        self.lies = plan.mix in _LIES  # the software of tills does
        self.hopeless = False  # a station asks without end: nothing more will be learnt

    # the server's side of the line -----------------------------------------------------------------------------------

    def _handle(self, request: httpx.Request) -> httpx.Response:
        if self.cable.odds is not CALM and self.chance.random() < _SERVER_STOPS * self._often():
            self.server.fuse.arm(self.chance.randint(1, 40))
        try:
            response = answer(self.server.app, request)
        except Stopped:
            self.faults["server stopped"] += 1
            self.server.restart()
            raise httpx.ReadError("the server is gone", request=request) from None
        except Exception as error:  # uvicorn logs it and answers 500
            self.violations.append(f"the server failed: {type(error).__name__} {str(error)[:200]}")
            return httpx.Response(500, request=request)
        if self.cable.odds is CALM:
            return response  # whoever armed the fuse waits for the first write, whichever request brings it
        self.server.fuse.arm(0)
        if self.chance.random() < _STOPS_AFTER * self._often():
            self.faults["server stopped before its answer"] += 1
            self.server.restart()
            raise httpx.ReadError("the server is gone", request=request)
        return response

    def _often(self) -> float:
        """Where one thing takes many requests, fewer of them fail."""
        return 0.25 if self.plan.mix in _MONEY else 1.0

    def _look_after(self) -> None:
        self._by_itself(self.server.look_after)

    def _book_online(self, guest_id: str, key: str, lines: tuple[Line, ...]) -> None:
        self._by_itself(lambda: self.server.book_online(guest_id, key, lines))

    def _call_off(self, booking_id: str) -> None:
        self._by_itself(lambda: self.server.call_off(booking_id))

    def _new_price(self, number: int, minor: int) -> None:
        self._by_itself(lambda: self.server.new_price(number, minor))

    def _by_itself(self, work: Callable[[], None]) -> None:
        """What the server does while no station asks; it may stop in the middle of it."""
        if self.plan.mix in (*_AHEAD, "post") and self.chance.random() < _SERVER_STOPS:
            self.server.fuse.arm(self.chance.randint(1, 20))
        try:
            work()
        except Stopped:
            self.faults["server stopped"] += 1
            self.server.restart()
        finally:
            self.server.fuse.arm(0)

    def _meanwhile(self, host: str) -> None:
        """Staff go on while sync waits for the server; now and then they find the cache damaged."""
        machine = next(one for one in self.machines if one.host == host)
        if self._syncing != host or machine.station is None:
            return
        if self.plan.mix == "midnight" and not self._between:
            self._elsewhere(machine)
        if self.chance.random() < 0.4:
            self.faults["cache damaged"] += 1
            with machine.up.store.lock.staff():
                machine.up.store._cache.rebuild()
        self._staff(machine)

    def _elsewhere(self, here: Machine) -> None:
        """Another station records something and sends it, between two pages of this one."""
        others = [one for one in self.machines if one is not here and one.station is not None]
        if others:
            other, self._between = self.chance.choice(others), True
            self.run(other, lambda: (self._staff(other), self.round(other)))
            self._syncing, self._between = here.host, False

    # events ----------------------------------------------------------------------------------------------------------

    def play(self) -> None:
        for machine in self.machines:
            self.boot(machine)
        for event in self.plan.events:
            if self.hopeless:
                return
            self.begin(f"{self.plan.seed}/{event.number}")
            self.time.forward(self.chance.choice((0.3, 2, 9, 31)))
            self._happen(event)
            if self._owed:
                self.violations += heard_too_early(self.server, self._owed)
        self.begin(f"{self.plan.seed}/end")

    @property
    def operations(self) -> int:
        """How many operations staff were told are done."""
        return len(set().union(*(machine.acked for machine in self.machines)))

    def begin(self, seed: str) -> None:
        self.chance.seed(seed)
        self.cable.asked.clear()
        CHANCE.begin(seed)

    def _happen(self, event: Event) -> None:
        machine = self._at_hand(event)
        self.faults[event.what] += event.what not in ("act", "sync", "start", "image", "backup", "heal")
        match event.what:
            case "late":
                self.cable.arrive()
            case "server stops":
                self.server.restart()
            case "backup":
                self.server.back_up()
            case "restore":
                self._restore(said=True)
            case "old file":
                self._restore(said=False)
            case "moved" | "forgotten":
                beside(self.server, self.chance, event.what)
            case "heal":
                self.cable.cut.clear()
            case "cut":
                self.cable.cut.add(machine.host)
            case "midnight" | "night":
                self._pass(event.what)
            case _:
                self._at(machine, event.what)

    def _pass(self, what: str) -> None:
        """Hours after which there are no sessions; or a day with those of the one before, which the server looks after
        before anybody tells of it."""
        self.time.forward((15 if what == "midnight" else 24) * 3600)
        if what == "night":
            open_another_day(self.server)
            self._look_after()

    def _restore(self, *, said: bool) -> None:
        self.server.restore(self.chance.choice(self.server.backups), said=said)
        self._owed = owed(self.machines) if said else {}

    def _at_hand(self, event: Event) -> Machine:
        """The event's station; where there are copies, mostly the first one and its latest."""
        if len(self.machines) > len(NAMES) and event.station < 8:
            return self.machines[0 if event.station % 2 else -1]
        if self.plan.mix in (*_MONEY, "post") and event.what.endswith("act"):
            return self.machines[event.station % 2]  # at the tills
        return self.machines[0 if event.what == "clone" else event.station % len(self.machines)]

    def _at(self, machine: Machine, what: str) -> None:
        if machine.station is None:
            self.boot(machine)
        if machine.station is not None:
            getattr(self, "_" + what.replace(" ", "_"), self._leave)(machine)

    def _leave(self, machine: Machine) -> None:
        """It was only to be started."""

    def _act(self, machine: Machine) -> None:
        self.run(machine, lambda: self._staff(machine))

    def _sync(self, machine: Machine) -> None:
        self.run(machine, lambda: self.round(machine))

    def _stopped_act(self, machine: Machine) -> None:
        machine.fuse.arm(self.chance.randint(1, 30))
        self._act(machine)

    def _stopped_sync(self, machine: Machine) -> None:
        machine.fuse.arm(self.chance.randint(1, 40))
        self._sync(machine)

    def _cache_refuses(self, machine: Machine) -> None:
        machine.fuse.refuse_commit("cache.db")
        self._act(machine)
        machine.fuse.refuse_commit("")

    def _recover(self, machine: Machine) -> None:
        self.run(machine, lambda: self.quietly(machine.recover))

    def _image(self, machine: Machine) -> None:
        machine.keep_image()

    def _skew(self, machine: Machine) -> None:
        machine.skew(self.chance.uniform(-2600, 2600))  # from one to the other less than is far off

    def _tail(self, machine: Machine) -> None:
        machine.stop()
        if machine.images:
            machine.lose_tail(self.chance.choice(machine.images), journal=self.loses_journal)

    def _no_cache(self, machine: Machine) -> None:
        machine.stop()
        machine.lose_cache()

    def _power(self, machine: Machine) -> None:
        machine.stop()

    def _clone(self, machine: Machine) -> None:
        """Never with a sale half paid: both would finish it, and there is no case for a sale that was closed twice."""
        if len(self.machines) < _MOST_MACHINES and not machine.up.checkout.to_resolve():
            number = len(self.machines)
            machine.forked_at = -1  # of this copy neither knows
            self.machines.append(machine.copy(f"{machine.host}-{number}", self.folder / f"copy{number}"))

    def _goes_on(self, machine: Machine) -> None:
        """As after its journal was damaged and recovered, but that nothing is missing."""
        self.run(machine, lambda: self.quietly(lambda: goes_on(machine)))

    def _anew(self, machine: Machine) -> None:
        enrol_anew(self, machine)

    def _new_pc(self, machine: Machine) -> None:
        enrol_elsewhere(self, machine)

    def boot(self, machine: Machine, code: str = "", *, stops: int = 0) -> None:
        try:
            machine.start(code, stops=stops)
        except Stopped:
            self.faults["station stopped at its start"] += 1
        except (Refused, Unavailable) as error:
            if self.cable.odds is CALM:
                self.violations.append(f"{machine.host} does not start: {error}")
        else:
            self._look_who(machine)

    def _look_who(self, machine: Machine) -> None:
        """No station is ever the same incarnation twice: receipts carry it. Of a PC that is gone, and to a new one,
        nobody can tell a server of which nobody knew yet that it was put back to an older copy."""
        identity = machine.up.store.identity
        if identity is None or identity.incarnation == machine.incarnation:
            return
        who = identity.name, identity.incarnation
        first = self.given.setdefault(who, machine)
        is_known = not self.server.silently or (first in self.machines and machine in self.machines)
        if identity.incarnation > machine.incarnation and first is not machine and is_known:
            self.violations.append(f"given twice: {who}")
        machine.incarnation = identity.incarnation

    def run(self, machine: Machine, work: Callable[[], object]) -> None:
        """Work of a station, until its machine stops."""
        try:
            work()
            machine.fuse.arm(0)
            if machine.station is not None:
                self._look_who(machine)
        except Stopped:
            self.faults["station stopped"] += 1
            machine.stop()
        except Exception as error:  # a fault of the program, whatever it is
            machine.fuse.arm(0)
            self.hopeless |= isinstance(error, Endless)
            self.violations.append(f"{machine.host} failed: {type(error).__name__} {str(error)[:200]}")

    def _staff(self, machine: Machine) -> None:
        counter = Counter(
            machine.up, self.town, self.chance, machine.host.startswith("pos"), self.plan.mix in _CROWDED
        )
        self.quietly(lambda: act(counter, self.plan.mix))
        machine.acked.update(self.new_entries(machine))

    def quietly(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (Refused, Unavailable) as error:
            code = getattr(error, "code", "unavailable")
            self.faults[f"refused: {code}"] += 1

    def new_entries(self, machine: Machine) -> list[str]:
        """Operations since the last look; tickets among them are in guests' hands now."""
        with machine.up.store.read_journal() as connection:
            kept = journal.kept_since(connection, machine.known_row)
        for item in kept:
            machine.known_row = item.row
            if item.envelope.kind == "BookingMade":
                booking = codec.loads(op.BookingMade, item.envelope.public)
                self.town.codes += [ticket.code for ticket in booking.tickets]
        return [item.envelope.op_id for item in kept]

    def round(self, machine: Machine) -> bool:
        """One round, as the sync thread runs it; True when all went well."""
        station, self._syncing = machine.up, machine.host
        before = station.store.identity
        try:
            station.sync.once()
            if station.sync.line.since is not None:
                station.requests.settle_open()
            machine.set_line(online=True)
            station.granted.check()
            station.leases.take()
        except (Refused, Unavailable) as error:
            self._heard(machine, error)
            machine.set_line(online=False)
            return False
        finally:
            self._syncing = ""
            if station.store.identity != before:
                self.faults["fork"] += 1
                with machine.up.store.read_journal() as connection:
                    machine.forked_at = journal.last_row(connection)
        return True

    def _heard(self, machine: Machine, error: Refused | Unavailable) -> None:
        if isinstance(error, Refused) and error.code is Code.STATION_UNKNOWN and self.server.restored:
            machine.shut_out = True
        if isinstance(error, Refused) and machine.shut_out:
            self.faults["shut out"] += 1
        elif isinstance(error, Refused):
            self.violations.append(f"{machine.host} is refused by the server: {error}")

    def close(self) -> None:
        for machine in self.machines:
            if machine.station is not None:
                machine.up.store.close()
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def opened(plan: Plan) -> Iterator[World]:
    """A world whose pages are as the plan says; inside `simulated`."""
    with ExitStack() as stack:
        _mould(plan)
        stack.enter_context(mock.patch.object(server.pulling, "PULL_MOST", plan.page))
        stack.enter_context(mock.patch.object(server.pulling, "WHOLE_MOST", plan.page * 3))
        stack.enter_context(mock.patch.object(app.exchange, "PUSH_MOST", plan.push))
        stack.enter_context(mock.patch.object(server.left_alone, "AFTER_MS", _ALONE_MS))
        world = World(plan)
        stack.callback(world.close)
        yield world
