"""Refunds: never more is promised or given back than came in, one credit note for each that was paid, and each ends in
one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from domain import codec
from domain import operation as op
from server import tables as own
from tests.simulation import invariants_lies
from tests.simulation.evidence import Evidence, Row


def wrong(rows: dict[str, list[Row]]) -> Iterator[tuple[str, str]]:
    """What needs a person."""
    decided: dict[str, set[str]] = {}
    for row in rows["refund_decision"]:
        decided.setdefault(row["ask_id"], set()).add(row["decision"])
    for ask_id, times in Counter(row["ask_id"] for row in rows["refund_done"]).items():
        if times > 1:
            yield f"refund:{ask_id}", "refunded_twice"
        if decided.get(ask_id) != {"approved"}:
            yield f"refund:{ask_id}", "refund_unapproved"
    yield from invariants_lies.wrong_refunds(rows)
    refunded = {row["booking_id"] for row in rows["refund_done"]}
    back, fixed = _back(rows), {row["payment_id"] for row in rows["tender_fix"]}
    beyond = {
        row["booking_id"]
        for row in rows["payment"]
        if back[row["payment_id"]] > row["amount"] * (row["payment_id"] not in fixed)
    }
    for booking_id in beyond & refunded:
        yield f"booking:{booking_id}", "over_refunded"


def _back(rows: dict[str, list[Row]]) -> Counter[str]:
    back: Counter[str] = Counter()
    for row in rows["refund"]:
        back[row["payment_id"]] += row["amount"]
    return back


def promised(it: Evidence) -> Iterator[str]:
    """What went back of a payment and what open refunds hold of it is no more than it brought; a sale that was voided
    while the server did not know is a case."""
    if _is_beside_itself(it):
        return
    ended = {row["ask_id"] for row in it.rows["refund_done"]}
    ended |= {row["ask_id"] for row in it.rows["refund_decision"] if row["decision"] != "approved"}
    holds = _back(it.rows)
    for row in it.rows["refund_ask"]:
        if row["ask_id"] not in ended:
            for share in codec.loads(op.RefundAsked, row["body"]).shares:
                holds[share.payment_id] += share.amount.minor
    voided = {row["sale_id"] for row in it.rows["sale_void"]}
    for row in it.rows["payment"]:
        if holds[row["payment_id"]] > row["amount"] and row["sale_id"] not in voided:
            yield f"promised: {row['payment_id']} {holds[row['payment_id']]} of {row['amount']}"


def _is_beside_itself(it: Evidence) -> bool:
    """Copies of stations, servers that were put back, and tills that lie, are judged by their cases."""
    if invariants_lies.lies(it):
        return True
    return it.world.server.restored or any(machine.copied for machine in it.world.machines)


def priced(it: Evidence) -> Iterator[str]:
    """What went back of a charge, with what an open refund holds of it, is no more than it cost, and of each invoice of
    it no more than that."""
    if _is_beside_itself(it):
        return
    over = {row["ask_id"] for row in it.rows["refund_decision"] if row["decision"] != "approved"}
    back: Counter[tuple[str, str]] = Counter()
    for row in it.rows["refund_ask"]:
        if row["ask_id"] not in over:
            for line in codec.loads(op.RefundAsked, row["body"]).lines:
                back[line.charge_id, row["sale_id"]] += line.gross.minor
                back[line.charge_id, ""] += line.gross.minor if line.pieces else 0
    cost = {row["charge_id"]: row["gross"] for row in it.rows["charge"]}
    for (charge_id, invoice), minor in back.items():
        if minor > cost.get(charge_id, minor):
            yield f"priced: {charge_id} {minor} of {cost[charge_id]} {invoice}"


def ends(it: Evidence) -> Iterator[str]:
    """A refund is paid, refused or withdrawn once, or is open; approved once at most, and before it is paid."""
    if _is_beside_itself(it):
        return
    how: dict[str, list[str]] = {row["ask_id"]: [] for row in it.rows["refund_ask"]}
    for row in it.rows["refund_decision"]:
        how.setdefault(row["ask_id"], []).append(row["decision"])
    for row in it.rows["refund_done"]:
        how.setdefault(row["ask_id"], []).append("paid")
    for ask_id, said in how.items():
        over = [each for each in said if each != "approved"]
        if len(over) > 1 or said.count("approved") > 1:
            yield f"ended twice: {ask_id} {said}"
        if "paid" in said and "approved" not in said:
            yield f"paid and not approved: {ask_id} {said}"


def taken(it: Evidence) -> Iterator[str]:
    """What a station asked for is paid there. What the server began is with one station at a time, and paid once by the
    one that has it, by somebody else than who approved it."""
    if _is_beside_itself(it):
        return
    asks = {row["ask_id"]: row for row in it.rows["refund_ask"]}
    has = {ask_id: row["station_id"] for ask_id, row in asks.items()}
    for row in sorted(it.rows["refund_take"], key=lambda row: row["n"]):
        before, now = has.get(row["ask_id"]), row["station_id"] if row["how"] == "taken" else ""
        if asks[row["ask_id"]]["station_id"] or before != ("" if now else row["station_id"]):
            yield f"taken: {row['ask_id']} by {row['station_id']} while {before!r} has it"
        has[row["ask_id"]] = now
    approved = {
        row["ask_id"]: row["staff_id"] for row in it.rows["refund_decision"] if row["decision"] == "approved"
    }
    for row in it.rows["refund_done"]:
        ask_id = row["ask_id"]
        if has.get(ask_id) != row["station_id"]:
            yield f"paid: {ask_id} at {row['station_id']} while {has.get(ask_id)!r} has it"
        if not asks[ask_id]["station_id"] and approved.get(ask_id) == row["staff_id"]:
            yield f"paid: {ask_id} by {row['staff_id']}, who approved it"


def noted(it: Evidence) -> Iterator[str]:
    """Each refund that was paid has a credit note of its own, over what its payments gave."""
    notes = {row["document_id"]: row for row in it.rows["document"] if row["kind"] == "credit"}
    used = Counter(row["document_id"] for row in it.rows["refund_done"])
    lines: Counter[str] = Counter()
    for row in it.rows["refund_line"]:
        lines[row["ask_id"]] += row["gross"]
    paid = Counter(row["ask_id"] for row in it.rows["refund_done"])
    for row in () if invariants_lies.lies(it) else it.rows["refund_done"]:
        note = notes.get(row["document_id"])
        if note is None or used[row["document_id"]] > 1 or note["gross"] != row["amount"]:
            yield f"no credit note of its own: {row['ask_id']}"
        if lines[row["ask_id"]] != row["amount"] * paid[row["ask_id"]]:
            yield f"lines: {row['ask_id']} {lines[row['ask_id']]} of {row['amount']}"


def on_cards(it: Evidence) -> Iterator[str]:
    """The bank gave a card no more than its share of each refund."""
    shares = {
        (row["ask_id"], share.payment_id): share.amount.minor
        for row in it.rows["refund_ask"]
        for share in codec.loads(op.RefundAsked, row["body"]).shares
    }
    moved = {one.attempt_id: one.minor for each in it.world.terminals for one in each.arrived.values()}
    given: Counter[tuple[str, str]] = Counter()
    for row in it.rows["refund_try"]:
        given[row["ask_id"], row["payment_id"]] += moved.get(row["attempt_id"], 0)
    for key, minor in given.items():
        if key in shares and minor > shares[key] and not _is_beside_itself(it):
            yield f"given twice: {key} {minor} of {shares[key]}"


def kept(it: Evidence) -> Iterator[str]:
    """The database keeps of each payment what refunds that are not over hold, and not a unit more than came in."""
    ended = {row["ask_id"] for row in it.rows["refund_done"]}
    ended |= {row["ask_id"] for row in it.rows["refund_decision"] if row["decision"] != "approved"}
    holds: Counter[str] = Counter()
    for row in (row for row in it.rows["refund_ask"] if row["ask_id"] not in ended):
        for share in codec.loads(op.RefundAsked, row["body"]).shares:
            holds[share.payment_id] += share.amount.minor
    found = it.world.server.database.look(lambda c: c.execute(sa.select(own.payment_account)).all())
    there = {row.payment_id: row for row in found}
    for payment_id in holds.keys() | there.keys():
        row = there.get(payment_id)
        reserved, left = (row.reserved, row.captured - row.refunded) if row else (0, 0)
        if reserved != holds[payment_id] or reserved > left:
            yield f"kept: {payment_id} {reserved} of {left} for {holds[payment_id]}"


def begun(rows: dict[str, list[Row]]) -> set[str]:
    """Sales of which a card has money back, or may have, while the credit note is still to come."""
    done = {row["ask_id"] for row in rows["refund_done"]}
    tried = {row["attempt_id"] for row in rows["refund_try"] if row["ask_id"] not in done}
    return {row["sale_id"] for row in rows["card_attempt"] if row["attempt_id"] in tried}


CHECKS = (promised, priced, ends, taken, noted, on_cards, kept)
