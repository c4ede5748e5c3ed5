"""What must hold of leases: no station believes it may sell what the server does not hold for it, and what is sold or
held beyond the places there are is somebody's open case."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator

from domain import lease
from domain import operation as op
from domain.booking import HOLDS
from domain.lease import HOLDER
from ledger import feed
from tests.simulation import invariants_bookings, invariants_lies
from tests.simulation.evidence import Evidence, Row, StationEvidence

Rows = dict[str, list[Row]]
_FORGET = (
    "tail",
    "no cache",
    "image",
    "cache damaged",
)  # faults after which a station has forgotten what it was told
Balances = Counter[tuple[int, str, int]]  # (session, station, incarnation)


def server_balances(it: Evidence) -> Balances:
    """What the server holds for each incarnation of each station."""
    left: Balances = Counter()
    for row in it.rows["lease"]:
        left[row["session"], row["station_id"], row["incarnation"]] += row["places"]
    for row in it.rows["lease_end"]:
        left[row["session"], row["station_id"], row["incarnation"]] -= row["places"]
    made = (row for row in it.rows["booking"] if row["op_id"] in it.inbox and not row["held"])
    made_by = {row["booking_id"]: it.inbox[row["op_id"]] for row in made}
    for row in it.rows["ticket"]:
        if row["session"] and (maker := made_by.get(row["booking_id"])):
            left[row["session"], maker["station_id"], maker["incarnation"]] -= row["places"]
    left.subtract(invariants_lies.unkept(it))
    return left


def told_by(station: StationEvidence) -> Counter[int]:
    """What the operations of a station's present incarnation come to, by session."""
    identity = station.machine.up.store.identity
    assert identity is not None
    mine: Counter[int] = Counter()
    for fact in station.facts:
        if fact.envelope.incarnation == identity.incarnation:
            for move in lease.moves(fact.operation):
                mine[move.session] += move.places
    return mine


def nobody_believes_more(it: Evidence) -> Iterator[str]:
    """A station's own count is that of its operations, and never more than the server holds for it."""
    there = server_balances(it)
    for station in it.stations:
        identity, mine = station.machine.up.store.identity, told_by(station)
        assert identity is not None
        for session in mine.keys() | station.balances.keys():
            if mine[session] != station.balances.get(session, 0):
                yield f"counts wrong: {station.machine.host} {station.balances.get(session)} of {session}"
            held = there[session, identity.station_id, identity.incarnation]
            if mine[session] > max(held, 0) and not station.machine.copied and not invariants_lies.lies(it):
                yield f"believes more: {station.machine.host} {mine[session]} of {session}, the server {held}"


def to_whom_asked(it: Evidence) -> Iterator[str]:
    """A lease is of the incarnation that asked for it, also where a copy of it has another."""
    leased = {row["lease_id"]: row["incarnation"] for row in it.rows["lease"]}
    for station in it.stations:
        for row in station.requests:
            told = json.loads(row["body"]).get("incarnation") if row["kind"] == "LeaseAsked" else None
            given = leased.get(row["request_id"], told)
            if told is not None and given != told:
                yield f"given to another: {station.machine.host} asked as {told} for what {given} has"


def kept_while_they_wait(it: Evidence) -> Iterator[str]:
    """The server keeps places exactly for the bookings that are not decided or not paid yet."""
    changes = sorted(it.rows["reservation_change"], key=lambda row: row["n"])
    last = {row["booking_id"]: row["change_id"] for row in changes if row["how"] == "changed"}
    waits = {
        last.get(row["booking_id"], row["booking_id"])
        for row in it.rows["reservation"]
        if row["life"] in HOLDS
    }
    ended = {row["end_id"] for row in it.rows["lease_end"]}
    for row in it.rows["lease"]:
        hold_id = row["lease_id"].partition("/")[0]
        if row["station_id"] == HOLDER and (hold_id in waits) == (row["lease_id"] in ended):
            yield f"kept wrongly: {row['lease_id']}"


def drawn_within(it: Evidence) -> Iterator[str]:
    """No station sells beyond its leases, unless it was copied or something was taken from it."""
    if any(machine.copied for machine in it.world.machines) or _persons_did(it):
        return
    for subject, kind in it.cases():
        if kind == "lease_overdrawn":
            yield f"drawn beyond: {subject}"


def never_beyond(it: Evidence) -> Iterator[str]:
    """Sold and held never exceed the places, unless a person did it, a station was copied, or nobody could know that
    the server was put back to an older copy. What was booked and paid too late comes on top; sold beyond the places, it
    is a case."""
    if any(machine.copied for machine in it.world.machines) or _persons_did(it) or nobody_knew(it):
        return
    canceled, late = {row["ticket_id"] for row in it.rows["ticket_cancel"]}, invariants_bookings.late(it)
    used: Counter[int] = Counter()
    for row in it.rows["ticket"]:
        if row["ticket_id"] not in canceled and row["booking_id"] not in late:
            used[row["session"]] += row["places"]
    for (session, _, _), places in server_balances(it).items():
        used[session] += max(0, places)
    for row in it.rows["session"]:
        if used[row["number"]] > row["capacity"]:
            yield f"beyond: {used[row['number']]} sold or held of {row['capacity']} in {row['number']}"


def _persons_did(it: Evidence) -> bool:
    """Somebody sold beyond a lease, took one away or changed the capacity; or a till says that it did not."""
    if invariants_lies.lies(it):
        return True
    if any(row["override_id"] for row in it.rows["booking"]):
        return True
    asked = [row for station in it.stations for row in station.requests]
    ways = any(word in row["body"] for row in asked for word in ("take_back", "waive", "no_more"))
    kinds = {"SessionCapacity", "LeaseRevoked", "RecoveryWaived"}
    return ways or not kinds.isdisjoint(row["kind"] for row in asked) or any(True for _ in it.of(op.LeaseCut))


def nobody_knew(it: Evidence) -> bool:
    """An older copy that nobody spoke of is found out by what a station was told before, which one that lost the end
    of its cache has forgotten: until another asks, that one is granted places. When sold twice, it is flagged."""
    world = it.world
    return world.server.silently and any(world.faults[name] for name in _FORGET)


def may_stand(it: Evidence) -> set[tuple[str, str]]:
    """(subject, kind) of cases that a person has to settle though nothing is wrong now: what was sold beyond a lease,
    and leases of the present epoch that a copy forgot which nobody noticed. Once it is noticed there is another epoch,
    and they close by themselves."""
    overdrawn = {(f"session:{row['number']}", "lease_overdrawn") for row in it.rows["session"]}
    if not nobody_knew(it):
        return overdrawn
    epoch = it.world.server.database.look(feed.read_head).epoch
    taken = (fact for fact in it.of(op.LeaseTaken) if fact.operation.epoch == epoch)  # type: ignore[union-attr]
    return overdrawn | {(f"operation:{fact.envelope.op_id}", "lease_unknown") for fact in taken}


def wrong(it: Evidence) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases that there must be."""
    rows = it.rows
    canceled = {row["ticket_id"] for row in rows["ticket_cancel"]}
    bookings = {row["booking_id"]: row for row in rows["booking"] if not row["held"]}
    beyond = {key for key, row in bookings.items() if row["override_id"]}
    left = _leased(rows)
    covered = Counter(left)
    for (session, station_id, _), places in invariants_lies.unkept(it).items():
        covered[session, station_id] -= places
    for row in (row for row in rows["ticket"] if row["booking_id"] in bookings):
        whose = row["session"], bookings[row["booking_id"]]["station_id"]
        if row["session"]:
            left[whose] -= row["places"]
            covered[whose] -= row["places"] * (row["booking_id"] not in beyond)
        if row["booking_id"] in beyond and row["ticket_id"] not in canceled and row["places"]:
            yield f"booking:{row['booking_id']}", "beyond_lease"
    yield from ((f"session:{session}", "lease_overdrawn") for (session, _), n in covered.items() if n < 0)
    for row in (row for row in rows["case_item"] if row["kind"] == "places_held" and not row["closed_at"]):
        _, session, station_id = row["subject"].split(":", 2)
        if left[int(session), station_id] > 0:
            yield row["subject"], row["kind"]


def left_behind(it: Evidence) -> Iterator[tuple[str, str]]:
    """What an earlier incarnation still holds stays a case once somebody wanted it."""
    there = server_balances(it)
    for row in (row for row in it.rows["case_item"] if row["kind"] == "places_left"):
        _, session, incarnation, station_id = row["subject"].split(":", 3)
        if there[int(session), station_id, int(incarnation)] > 0:
            yield row["subject"], row["kind"]


def older(it: Evidence) -> Iterator[tuple[str, str]]:
    """Only where an older copy was put back: no honest station ever takes the server for one that is not."""
    for row in it.rows["case_item"]:
        if row["kind"] == "older_copy" and it.world.server.restored:
            yield row["subject"], row["kind"]


def copied(it: Evidence) -> Iterator[tuple[str, str]]:
    """Only of a station that was copied."""
    names = {machine.up.store.identity.station_id for machine in it.world.machines if machine.copied}
    for row in (row for row in it.rows["case_item"] if row["kind"] == "station_copied"):
        if row["subject"].split(":", 2)[2] in names:
            yield row["subject"], row["kind"]


def _leased(rows: Rows) -> Counter[tuple[int, str]]:
    """By session and station what was leased and not given back."""
    left: Counter[tuple[int, str]] = Counter()
    for row in rows["lease"]:
        left[row["session"], row["station_id"]] += row["places"]
    for row in rows["lease_end"]:
        left[row["session"], row["station_id"]] -= row["places"]
    return left


CHECKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    nobody_believes_more,
    never_beyond,
    kept_while_they_wait,
    drawn_within,
    to_whom_asked,
)
