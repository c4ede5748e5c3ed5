"""What guests hear: a message for each step of a booking, and not one more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from domain import codec
from domain import operation as op
from domain.booking import Booked
from domain.lease import HOLDER
from ledger.clock import to_ms
from server.outgoing import BACK_OFF_MS
from tests.simulation.evidence import Evidence
from tests.simulation.invariants_bookings import states, story_of
from tests.simulation.voids_told import voids_told

_TRIES_IN_DOUBT = 2
_LETTERS = {
    "BookingApproved": "approved",
    "BookingRejected": "rejected",
    "BookingConfirmed": "confirmed",
    "BookingCancelled": "cancelled",
}


def told(it: Evidence) -> Iterator[str]:
    """A message for each step, and not one more; those whose contact changed meanwhile may have had none."""
    wanted = _causes(it)
    there = Counter(
        (row["booking_id"], row["kind"].removesuffix("_kept"))
        for row in it.rows["message"]
        if row["booking_id"]
    )
    changed = {
        row["guest_id"] for row in it.rows["guest_entry"] if row["kind"] in ("changed", "merged", "erased")
    }
    sure = {row["booking_id"] for row in it.rows["reservation"] if row["guest_id"] not in changed}
    for key in wanted.keys() | there.keys():
        if key[1] in ("refund_failed", "payment_failed"):
            continue  # an attempt may fail before or after it was paid otherwise: see their own tests
        if there[key] > wanted[key] or (there[key] < wanted[key] and key[0] in sure):
            yield f"told: {key[1]} of {key[0]} {there[key]} times for {wanted[key]}"


def told_of_declined(it: Evidence) -> Iterator[str]:
    """A guest hears of each card that was declined once at most, and of no other."""
    declined = {row["attempt_id"] for row in it.rows["card_outcome"] if row["state"] == "declined"}
    cards = Counter(row["booking_id"] for row in it.rows["booking_try"] if row["attempt_id"] in declined)
    there = Counter(row["booking_id"] for row in it.rows["message"] if row["kind"] == "payment_failed")
    for booking_id, times in there.items():
        if times > cards[booking_id]:
            yield f"told: of {cards[booking_id]} declined cards of {booking_id} {times} times"


def posted(it: Evidence) -> Iterator[str]:
    """What is said to be sent the peer has, once; in doubt it is sent once more and no more, unless staff say so. None
    lies for ever, and what staff see of it is how it stands."""
    post = it.world.post
    if post is None:
        return
    yield from post.wrong
    resent = Counter(
        codec.loads(op.MessageResent, row["public"]).message_id
        for row in it.inbox.values()
        if row["kind"] == "MessageResent"
    )
    shown = {row["message_id"]: row["state"] for row in it.rows["message"]}
    latest = to_ms(it.world.server.clock.now()) + max(BACK_OFF_MS)
    for row in it.outbox:
        message_id, state, had = row["message_id"], row["state"], post.had[row["message_id"]]
        if had > _TRIES_IN_DOUBT * (1 + resent[message_id]):
            yield f"sent {had} times: {message_id}"
        if state == "sent" and not had:
            yield f"said to be sent: {message_id}"
        if state in ("queued", "failed", "sending") and row["due_at"] > latest:
            yield f"lies for ever: {state} {message_id}"
        if shown.get(message_id, state) != state:
            yield f"shown as {shown[message_id]}: {state} {message_id}"


def _causes(it: Evidence) -> Counter[tuple[str, str]]:
    """(booking, message) as often as something was said that brings it about."""
    causes: Counter[tuple[str, str]] = Counter()
    stay = {row["ask_id"] for row in it.rows["refund_line"]}
    stay -= {row["ask_id"] for row in it.rows["refund_line"] if row["pieces"]}
    refunds = Counter(
        (booking_id, "reduced" if ask_id in stay else "refund_done")
        for ask_id, booking_id in {(row["ask_id"], row["booking_id"]) for row in it.rows["refund_done"]}
    )
    refused, voids = Counter(_refused(it)), Counter(voids_told(it))
    for booking_id, story in story_of(it).items():
        causes[booking_id, "refund_refused"] += refused[booking_id]
        for kind in ("refund_done", "reduced"):
            causes[booking_id, kind] += voids[booking_id, kind]
        was, waits = states(story)[0], False
        for said in story:
            if isinstance(said, op.BookingHeld):
                causes[booking_id, "under_review" if said.review else "booking_received"] += 1
            elif isinstance(said, op.BookingChanged):
                letter = "under_review" if said.review else "changed"
                causes[booking_id, letter] += _as_read(said.booked) != _as_read(was)
            elif isinstance(said, op.TicketsMoved):
                causes[booking_id, "moved" if said.how == "moved" else "reissued"] += 1
            elif isinstance(said, op.BookingExpired):
                causes[booking_id, "expired"] += waits
            elif letter := _LETTERS.get(type(said).__name__):
                causes[booking_id, letter] += 1
            was = said.booked if isinstance(said, op.BookingChanged) else was
            waits = said.review if isinstance(said, op.BookingHeld | op.BookingChanged) else waits
            waits &= not isinstance(said, op.BookingApproved)
        for kind in ("refund_done", "reduced"):
            causes[booking_id, kind] += refunds[booking_id, kind]
    return +causes


def _refused(it: Evidence) -> Iterator[str]:
    """The booking of each refund that a guest began and that somebody said no to, unless it was over by then."""
    by_guest = {
        row["ask_id"]: row["booking_id"] for row in it.rows["refund_ask"] if '"by_guest":true' in row["body"]
    }
    cancelled = set[str]()
    for row in it.inbox.values():
        said = json.loads(row["public"])
        match row["kind"]:
            case "BookingCancelled":
                cancelled.add(said["booking_id"])
            case "BookingConfirmed":
                cancelled.discard(said["booking_id"])
            case "RefundRefused" | "RefundWithdrawn" if row["staff_id"] != HOLDER:
                if (booking_id := by_guest.get(said["ask_id"], "")) and booking_id not in cancelled:
                    yield booking_id


def _as_read(booked: Booked) -> object:
    return booked.day, [(line.product, line.session, line.quantity, line.gross) for line in booked.lines]


CHECKS = (told, told_of_declined, posted)
