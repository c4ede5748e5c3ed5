"""What must hold when everything has settled: nothing lost, nothing doubled, nothing silent, everyone sees the same.

Each check yields sentences; none is good news. Money and cards are in `invariants_money`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from app.granted import OTHERWISE_KEPT
from domain import operation as op
from domain.free_text import names
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.effects import effects
from ledger.puts import Put
from tests.simulation import (
    invariants_bookings,
    invariants_cards,
    invariants_given_up,
    invariants_goods,
    invariants_letters,
    invariants_lies,
    invariants_members,
    invariants_money,
    invariants_names,
    invariants_places,
    invariants_refunds,
)
from tests.simulation import invariants_tickets as of_tickets
from tests.simulation.evidence import Evidence, Fact, Row, gather, key_of, travels
from tests.simulation.recovering import still_waits
from tests.simulation.world import World

_ENDS = (t.admission_undo, t.ticket_cancel, t.charge_void)
_TWO_SIDES = (*_ENDS, t.lease, t.lease_end)  # written by whoever comes first
Check = Callable[[Evidence], Iterator[str]]
_SET_UP = ("record", "session", "staff", "ticket_key")
_CASES = ("case_item", "case_settlement")
_WHOSE = (
    "station_id",
    "staff_id",
    "at",
    "code",
)  # of a booking made ahead: those of the till that was paid first
_OWNED = (
    *_SET_UP,
    *_CASES,
    "result",
    "lease_call",
    "message",
    "alert",
    "reservation",
    "forgotten",
)  # changed by the server only
_EVENTS = tuple(table for table in t.SYNCED if table.name not in _OWNED)


def judge(world: World) -> list[str]:
    """All violations of a drained world, its own first."""
    evidence = gather(world)
    return world.violations + [sentence for check in CHECKS for sentence in check(evidence)]


def durable(it: Evidence) -> Iterator[str]:
    for station in it.stations:
        have = {fact.envelope.op_id for fact in station.facts}
        for lost in sorted(station.machine.acked - have):
            yield f"lost: {station.machine.host} told staff that {lost} was done"
        if not station.whole:
            yield f"chain: {station.machine.host}"


def exactly_once(it: Evidence) -> Iterator[str]:
    on_server = {table.name: {key_of(table, row): row for row in it.rows[table.name]} for table in _EVENTS}
    lied_about = invariants_lies.lied_about(it)
    for op_id, fact in it.facts.items():
        kept = it.inbox.get(op_id)
        if kept is None:
            yield f"never arrived: {fact.host} {fact.envelope.kind} {op_id}"
            continue
        if kept["hash"] != fact.kept.hash:
            yield f"changed on the way: {op_id}"
        for put in effects(fact.envelope, fact.operation):
            there = on_server[put.table.name].get(key_of(put.table, put.values))
            if there is None or not _says(there, put, fact, lied_about):
                yield f"no effect: {fact.envelope.kind} {op_id} in {put.table.name}"


def nothing_invented(it: Evidence) -> Iterator[str]:
    known = set(it.facts) | {row["op_id"] for row in it.inbox.values() if row["station_id"] == "SRV"}
    for row in it.inbox.values():
        if row["station_id"] != "SRV" and row["op_id"] not in known:
            yield f"from nowhere: {row['kind']} {row['op_id']}"
    for table in _EVENTS:
        for row in it.rows[table.name]:
            if row["op_id"] not in known:
                yield f"an effect of nothing: {table.name} {key_of(table, row)}"


def _says(row: Row, put: Put, fact: Fact, lied_about: set[str]) -> bool:
    """Two ends of one beginning are one row, that of whichever came first; so is what two tills were paid for. Of who
    was erased nothing is said."""
    if put.table is t.guest_entry and not put.values["said"]:
        return True
    if put.table in _TWO_SIDES:
        return True
    whose = _WHOSE if getattr(fact.operation, "held", False) else ()
    if whose and row.get("booking_id", "") in lied_about:
        return True  # of two that tell otherwise, what the first said is there
    return all(row[name] == value for name, value in put.values.items() if name not in whose)


def no_hole(it: Evidence) -> Iterator[str]:
    places = Counter((row["stream"], row["n"]) for row in it.inbox.values() if row["station_id"] != "SRV")
    for (stream, n), times in places.items():
        if times > 1:
            yield f"place used twice: {stream} {n}"
    for station in it.stations:
        at = it.positions.get(station.stream.stream, {"n": 0, "op_id": ""})
        mine = {fact.kept.n: fact.envelope.op_id for fact in station.facts if fact.kept.n}
        last = station.stream.last_n
        if at["n"] != last or (last and at["op_id"] != mine.get(last)):
            yield f"position: {station.machine.host} is at {last}, the server at {at['n']}"
    if not it.world.server.restored and not any(
        one.copied or one.forked_at >= 0
        for one in it.world.machines  # what was there already is not sent in vain
    ):
        for stream, at in it.positions.items():
            if any((stream, n) not in places for n in range(1, at["n"] + 1)):
                yield f"hole: in {stream}"


def convergence(it: Evidence) -> Iterator[str]:
    for station in it.stations:
        held = set(station.level.buckets.split(","))
        for table in t.SYNCED:
            there = {
                key_of(table, row): travels(table, row)
                for row in it.rows[table.name]
                if row["bucket"] in held
            }
            here = {key_of(table, row): travels(table, row) for row in station.rows[table.name]}
            if there != here:
                missing, more = sorted(there.keys() - here.keys()), sorted(here.keys() - there.keys())
                other = [key for key in there.keys() & here.keys() if there[key] != here[key]]
                yield f"differs: {station.machine.host} {table.name} without {missing[:2]} with {more[:2]} {other[:2]}"


def answered(it: Evidence) -> Iterator[str]:
    """Every operation has its result row, sent with its effects and in its station's bucket."""
    results = {row["result_id"]: row for row in it.rows["result"]}
    sent_with = {(row["op_id"], row["seq"]) for table in _EVENTS for row in it.rows[table.name]}
    first = {row["op_id"] for row in it.rows["booking"]}
    for op_id, fact in it.facts.items():
        row = results.get(op_id)
        if row is None or row["bucket"] != f"station:{fact.envelope.station_id}":
            yield f"no answer: {op_id}"
        elif _brings(fact, first) and (op_id, row["seq"]) not in sent_with:
            yield f"answer apart from its effects: {op_id}"
        if op_id in it.inbox and it.inbox[op_id]["answer"] == "quarantined":
            yield f"set aside: {fact.envelope.kind} {op_id} {it.inbox[op_id]['cases']}"


def _brings(fact: Fact, first: set[str]) -> bool:
    """Whether its rows are its own; those about who was erased were changed since. `first`: what made a booking."""
    if getattr(fact.operation, "held", False) and fact.envelope.op_id not in first:
        return False
    if fact.envelope.is_forgotten:
        return False
    own = (put for put in effects(fact.envelope, fact.operation) if put.table not in _TWO_SIDES)
    return any(put.table is not t.guest_entry or put.values["said"] for put in own)


def local_repeat(it: Evidence) -> Iterator[str]:
    """A station never lets a ticket in twice on its own, whatever it knows of the rest."""
    undone = {fact.operation.admission_id for fact in it.of(op.AdmissionUndone)}  # type: ignore[union-attr]
    for station in it.stations:
        entries = Counter(
            fact.operation.ticket_id
            for fact in station.facts
            if isinstance(fact.operation, op.GuestAdmitted) and not fact.operation.again
            if fact.operation.admission_id not in undone
        )
        for ticket, times in entries.items():
            if times > 1:
                yield f"let in twice: {ticket} at {station.machine.host}"


def nothing_silent(it: Evidence) -> Iterator[str]:
    """What is wrong has exactly one open case or was settled as it is, and there is no case about nothing."""
    wrong, open_now = set(_wrong(it)), it.cases()
    for subject, kind in sorted(wrong - open_now - set(_settled(it))):
        yield f"silent: {kind} {subject}"
    may_stand = invariants_places.may_stand(it) | of_tickets.may_stand(it) | still_waits(it.world)
    for subject, kind in sorted(open_now - wrong - may_stand):
        yield f"a case about nothing: {kind} {subject}"


def _settled(it: Evidence) -> Iterator[tuple[str, str]]:
    """What a person settled, and has not got worse since."""
    for row in it.rows["case_item"]:
        facts = dict(read_facts(row["facts"]))
        by_a_person = row["closed_at"] and row["closed_by"] != "itself"
        if by_a_person and "gone" not in facts and not _is_worse(it, row["subject"], row["kind"], facts):
            yield row["subject"], row["kind"]


def _is_worse(it: Evidence, subject: str, kind: str, facts: dict[str, str]) -> bool:
    """Counted here anew for what can be counted."""
    key = subject.partition(":")[2]
    if kind == "double_admission":
        undone = {row["admission_id"] for row in it.rows["admission_undo"]}
        live = [
            row["ticket_id"]
            for row in it.rows["admission"]
            if not row["again"] and row["admission_id"] not in undone
        ]
        return live.count(key) > int(facts["entries"])
    if kind == "over_capacity":
        canceled = {row["ticket_id"] for row in it.rows["ticket_cancel"]}
        tickets = (row for row in it.rows["ticket"] if str(row["session"]) == key)
        sold = sum(row["places"] for row in tickets if row["ticket_id"] not in canceled)
        capacity = next(row["capacity"] for row in it.rows["session"] if str(row["number"]) == key)
        return bool(sold - capacity > int(facts["sold"]) - int(facts["capacity"]))
    return False


def settlements(it: Evidence) -> Iterator[str]:
    """How a case was settled is there once for each request that was granted, and for no other."""
    granted = {
        row["request_id"]
        for row in it.requests.values()
        if row["kind"] == "CaseSettled" and row["state"] == "granted"
    }
    kept = {row["settlement_id"] for row in it.rows["case_settlement"]}
    for request_id in sorted(granted ^ kept):
        yield f"settled and not said, or said and not settled: {request_id}"


def _wrong(it: Evidence) -> Iterator[tuple[str, str]]:
    rows = it.rows
    canceled = {row["ticket_id"] for row in rows["ticket_cancel"]}
    undone = {row["admission_id"] for row in rows["admission_undo"]}
    sold: Counter[int] = Counter()
    for ticket in rows["ticket"]:
        sold[ticket["session"]] += ticket["places"] * (ticket["ticket_id"] not in canceled)
    touched = _looked_at(it)
    for session in rows["session"]:
        subject = f"session:{session['number']}"
        if sold[session["number"]] > session["capacity"] and subject in touched:
            yield subject, "over_capacity"
    live = [row for row in rows["admission"] if row["admission_id"] not in undone]
    entries = Counter(row["ticket_id"] for row in live if not row["again"])
    for ticket_id in {row["ticket_id"] for row in live}:
        times = entries[ticket_id] or 1
        if times > 1:
            yield f"ticket:{ticket_id}", "double_admission"
    yield from of_tickets.wrong_entries(it, live)
    yield from invariants_goods.wrong(it)
    for row in rows["case_told"]:
        yield f"told:{row['told_id']}", "told"
    yield from _repeated(rows["document"], "number", "number", "number_repeated")
    yield from _repeated(rows["sale_void"], "sale_id", "sale", "voided_twice")
    yield from _repeated(rows["shift_close"], "shift_id", "shift", "closed_twice")
    yield from invariants_money.wrong_attempts(rows)
    yield from invariants_money.over_paid(rows)
    yield from invariants_refunds.wrong(rows)
    yield from invariants_lies.wrong_bookings(rows)
    yield from invariants_lies.wrong_prices(it)
    yield from invariants_lies.wrong_tickets(it)
    yield from invariants_lies.wrong_guests(rows)
    yield from invariants_lies.wrong_entries(rows)
    yield from invariants_lies.wrong_yeses(it)
    yield from invariants_cards.wrong(it)
    yield from invariants_places.wrong(it)
    yield from invariants_places.left_behind(it)
    yield from invariants_places.copied(it)
    yield from invariants_places.older(it)


def _looked_at(it: Evidence) -> set[str]:
    """A session is judged when it is sold or given back, not when its places change."""
    open_now = {subject for subject, kind in it.cases() if kind == "over_capacity"}
    changed = {row["request_id"] for row in it.requests.values() if row["kind"] == "SessionCapacity"}
    return open_now if changed else {f"session:{row['session']}" for row in it.rows["ticket"]}


def _repeated(rows: list[Row], column: str, subject: str, kind: str) -> Iterator[tuple[str, str]]:
    for key, times in Counter(row[column] for row in rows).items():
        if times > 1:
            yield f"{subject}:{key}", kind


def documents(it: Evidence) -> Iterator[str]:
    """Numbers of a prefix are 1..n; twice only what copies of one station wrote before they knew of each other."""
    by_prefix: dict[str, set[int]] = defaultdict(set)
    uses: dict[str, list[bool]] = defaultdict(list)
    for station in it.stations:
        for fact in station.facts:
            if isinstance(fact.operation, op.SaleClosed | op.SaleVoided | op.RefundPaid):
                prefix, _, number = fact.operation.number.rpartition("-")
                by_prefix[prefix].add(int(number))
                if it.facts[fact.envelope.op_id] is fact:
                    forked = station.machine.forked_at
                    uses[fact.operation.number].append(0 <= forked < fact.kept.row)
    for prefix, numbers in by_prefix.items():
        if numbers != set(range(1, len(numbers) + 1)):
            yield f"gap: {prefix} {sorted(numbers)}"
    copied = any(machine.copied for machine in it.world.machines)
    for number, after_fork in uses.items():
        if len(after_fork) > 1 and (not copied or any(after_fork)):
            yield f"number twice: {number}"


def _is_forgotten(row: Row, there: Row | None) -> bool:
    kept = row["kind"] not in OTHERWISE_KEPT
    return kept and row["state"] == "granted" and (there is None or there["state"] != "granted")


def requests(it: Evidence) -> Iterator[str]:
    """A station and the server agree about how a request ended; a yes that a restored one forgot is told, unless nobody
    could know that it was restored."""
    for station in it.stations:
        for row in station.requests:
            there = it.requests.get(row["request_id"])
            if row["state"] in ("asked", "unknown"):
                yield f"undecided: {row['kind']} {row['request_id']}"
            elif not it.world.server.restored and row["state"] != (there["state"] if there else "unsent"):
                yield f"told otherwise: {row['kind']} {row['request_id']} {row['state']}"
            elif _is_forgotten(row, there) and not invariants_places.nobody_knew(it):
                yield f"granted and forgotten: {row['kind']} {row['request_id']}"


def who_signs_in(it: Evidence) -> Iterator[str]:
    """At every station those of the venue's people who are still there, with their present PIN."""
    wanted = {row["staff_id"]: row["verifier"] for row in it.rows["staff"] if row["active"]}
    for station in it.stations:
        if station.verifiers != wanted:
            yield f"signs in otherwise: {station.machine.host} {sorted(station.verifiers.items() ^ wanted.items())}"


def forgotten(it: Evidence) -> Iterator[str]:
    """Of an erased guest nothing is known anywhere; a restored server may have forgotten the erasure."""
    entries = it.rows["guest_entry"]
    erased = {row["guest_id"] for row in entries if row["kind"] == "erased"}
    said = [row for row in entries if row["guest_id"] in erased]
    for row in said:
        if row["said"] or row["words"] or it.inbox[row["op_id"]]["private"]:
            yield f"not forgotten: {row['guest_id']} at the server"
    yield from _not_forgotten(it, erased | {row["about"] for row in it.rows["forgotten"]})
    for row in it.rows["reservation"]:
        if row["guest_id"] in erased and (row["note"] or row["reason"]):
            yield f"not forgotten: what was written of {row['number']}"


def _not_forgotten(it: Evidence, gone: set[str]) -> Iterator[str]:
    """Private parts, and what was asked, about what belongs to an erased guest."""
    for row in it.inbox.values():
        if row["private"] and names(row["public"]) & gone:
            yield f"not forgotten: {row['kind']} {row['op_id']} at the server"
    for station in it.stations:
        for fact in station.facts:
            if fact.envelope.private and names(fact.envelope.public) & gone:
                yield f"not forgotten: {fact.envelope.op_id} at {station.machine.host}"
        for row in station.requests:
            if names(row["body"]) & gone:
                yield f"not forgotten: {row['kind']} {row['request_id']} at {station.machine.host}"


def well_told(it: Evidence) -> Iterator[str]:
    """An open case carries all that there is to know of what it is about."""
    for row in it.untold:
        yield f"says less than there is to know: {row['kind']} {row['subject']} {row['facts']}"


CHECKS: tuple[Check, ...] = (
    durable, exactly_once, no_hole, convergence, answered, local_repeat, nothing_silent, settlements, documents,
    requests, who_signs_in, forgotten, well_told, *invariants_money.CHECKS, *invariants_places.CHECKS,
    *invariants_refunds.CHECKS, *invariants_bookings.CHECKS, *invariants_members.CHECKS, *invariants_names.CHECKS,
    *of_tickets.CHECKS, *invariants_letters.CHECKS, *invariants_goods.CHECKS,
    *invariants_given_up.CHECKS,
)  # fmt: skip
