"""Tickets of bookings by themselves: a booking is over when its day is, by who came; what is made anew or revoked ends
by that and by nothing else, and never once somebody came in on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from domain import codec
from domain import operation as op
from ledger.clock import to_ms
from tests.simulation.evidence import Evidence, Row


def over(it: Evidence) -> Iterator[str]:
    """What is confirmed has a day to come. What is over had its last day before that was said; it is a no-show only
    while nobody came, and completed by those who did, or because none of its tickets was good."""
    ended = {row["ticket_id"] for row in it.rows["ticket_cancel"]}
    tried, came = _admitted(it)
    today = _day(to_ms(it.world.server.database.clock.now()) - 600_000)  # the server looks now and then
    tickets: dict[str, dict[str, str]] = defaultdict(dict)
    for row in it.rows["ticket"]:
        tickets[row["booking_id"]][row["ticket_id"]] = row["day"]
    said = _said_over(it)
    for row in it.rows["reservation"]:
        booking_id, life = row["booking_id"], row["life"]
        mine = tickets[booking_id]
        last = max([row["day"], *(day for key, day in mine.items() if key not in ended)])
        if life == "confirmed" and last < today:
            yield f"over: {booking_id} is confirmed, and its day was {last}"
        if life == "no_show" and came & mine.keys():
            yield f"over: nobody came for {booking_id}, and somebody did"
        for at, what in said[booking_id]:
            if last >= _day(at):
                yield f"over: {booking_id} was {what.life} before {last} had ended"
            stayed_away = not what.came and what.life == "completed" and mine.keys() - ended
            unheard = what.came and what.life == "no_show"
            if stayed_away or unheard or what.came > len(tried & mine.keys()):
                yield f"over: {booking_id} was {what.life} by {what.came}"


def _admitted(it: Evidence) -> tuple[set[str], set[str]]:
    """Tickets on which somebody was let in, and those of which that was not undone."""
    undone = {row["admission_id"] for row in it.rows["admission_undo"]}
    rows = it.rows["admission"]
    tried = {row["ticket_id"] for row in rows}
    return tried, {row["ticket_id"] for row in rows if row["admission_id"] not in undone}


def _said_over(it: Evidence) -> dict[str, list[tuple[int, op.BookingOver]]]:
    """By booking, when it was said that its day is over, and what of it."""
    found: dict[str, list[tuple[int, op.BookingOver]]] = defaultdict(list)
    for row in it.inbox.values():
        if row["kind"] == "BookingOver":
            said = codec.loads(op.BookingOver, row["public"])
            found[said.booking_id].append((row["received_at"], said))
    return found


def _day(at_ms: int) -> str:
    """In Riyadh."""
    return datetime.fromtimestamp(at_ms / 1000 + 3 * 3600, UTC).date().isoformat()


# entries on tickets that ended -----------------------------------------------------------------------------------


def wrong_entries(it: Evidence, live: list[Row]) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases of who came in on a ticket that ended; not where a refund ended it and the server
    had heard of the entry when that was let be."""
    place = {op_id: n for n, op_id in enumerate(it.inbox)}
    said_yes = {
        codec.loads(op.RefundApproved, row["public"]).decision_id: place[op_id]
        for op_id, row in it.inbox.items()
        if row["kind"] == "RefundApproved"
    }
    let_at = {row["paid_id"]: said_yes.get(row["approval_id"], -1) for row in it.rows["refund_done"]}
    ended = {row["ticket_id"]: let_at.get(row["void_id"], -1) for row in it.rows["ticket_cancel"]}
    for entry in live:
        if entry["ticket_id"] in ended and place.get(entry["op_id"], 0) > ended[entry["ticket_id"]]:
            yield f"ticket:{entry['ticket_id']}", "admitted_canceled"


# entries that are taken back ----------------------------------------------------------------------------------------


_FRESH_MS = 15 * 60_000
_OF_ENTRIES = "double_admission", "admitted_canceled", "admitted_banned"


def may_stand(it: Evidence) -> set[tuple[str, str]]:
    """(subject, kind) of cases that are a person's though nothing is wrong any more: the word that somebody was let in
    by mistake came late, or that of a yes to it."""
    told: dict[str, int] = defaultdict(int)
    for row in it.rows["admission_undo"]:
        subject = f"ticket:{row['ticket_id']}"
        told[subject] = max(told[subject], _told(it, row["op_id"]))
    booked = {row["ticket_id"]: row["booking_id"] for row in it.rows["ticket"]}
    for row in it.inbox.values():
        if row["kind"] == "OverrideGiven":
            said = codec.loads(op.OverrideGiven, row["public"])
            for ticket_id in (key for key, booking_id in booked.items() if booking_id == said.subject):
                told[f"ticket:{ticket_id}"] = max(told[f"ticket:{ticket_id}"], row["received_at"])
    return {
        (row["subject"], row["kind"])
        for row in it.rows["case_item"]
        if row["kind"] in _OF_ENTRIES and told[row["subject"]] - row["opened_at"] > _FRESH_MS
    }


def closed_in_time(it: Evidence) -> Iterator[str]:
    """Whoever was let in where they should not have been is seen by a person, unless it was soon taken back."""
    for row in it.rows["case_item"]:
        is_late = row["closed_at"] - row["opened_at"] > _FRESH_MS
        if row["kind"] in _OF_ENTRIES and row["closed_by"] == "itself" and is_late:
            yield f"closed late: {row['kind']} {row['subject']}"


# tickets that end -------------------------------------------------------------------------------------------------


def revoked(it: Evidence) -> Iterator[str]:
    """What was revoked is what was said so, once; it ended by that, and nothing is good in its place."""
    ended = {row["ticket_id"]: row["void_id"] for row in it.rows["ticket_cancel"]}
    there = {(row["ticket_id"], row["revoke_id"], row["booking_id"]) for row in it.rows["ticket_revoke"]}
    wanted = Counter(
        (ticket_id, said.revoke_id, said.booking_id)
        for row in it.inbox.values()
        if row["kind"] == "TicketRevoked"
        for said in [codec.loads(op.TicketRevoked, row["public"])]
        for ticket_id in said.tickets
    )
    if there != wanted.keys() or max(wanted.values(), default=1) > 1:
        yield f"revoked: {there ^ wanted.keys()} {wanted}"
    for ticket_id, revoke_id, _ in wanted:
        if ended.get(ticket_id) != revoke_id:
            yield f"revoked: {ticket_id} ended by {ended.get(ticket_id)}, not {revoke_id}"


def unused(it: Evidence) -> Iterator[str]:
    """Nobody had come in on a ticket that moved, was made anew or revoked, as far as the server knew then; and that is
    what it ended by."""
    undone = {row["admission_id"]: _told(it, row["op_id"]) for row in it.rows["admission_undo"]}
    came: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in it.rows["admission"]:
        came[row["ticket_id"]].append((_told(it, row["op_id"]), undone.get(row["admission_id"], 0)))
    ended = {row["ticket_id"]: row["void_id"] for row in it.rows["ticket_cancel"]}
    for at, why, tickets in _ends(it):
        for ticket_id in tickets:
            if any(told < at and not 0 < undo < at for told, undo in came[ticket_id]):
                yield f"unused: {ticket_id} ended by {why} though somebody had come in"
            if ended.get(ticket_id) != why:
                yield f"unused: {ticket_id} ended by {ended.get(ticket_id)} before {why}"


def _ends(it: Evidence) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """When and by what which tickets ended, with others in their places or without."""
    for row in it.inbox.values():
        if row["kind"] == "TicketRevoked":
            gone = codec.loads(op.TicketRevoked, row["public"])
            yield row["received_at"], gone.revoke_id, gone.tickets
        elif row["kind"] == "TicketsMoved":
            moved = codec.loads(op.TicketsMoved, row["public"])
            yield row["received_at"], moved.change_id, moved.was


def _told(it: Evidence, op_id: str) -> int:
    return int(it.inbox[op_id]["received_at"]) if op_id in it.inbox else 0


CHECKS = (over, revoked, unused, closed_in_time)
