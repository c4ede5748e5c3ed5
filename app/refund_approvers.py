"""Who may decide about a refund, and why nobody may say yes where nobody is left, as far as is known here: the server
has the last word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.shown_refunds import NobodyMay
from domain.catalogue import StaffMember
from domain.refund import Wish, who_may_approve
from domain.refund_nobody import why_nobody
from domain.staff import Permission, may
from ledger import read_refunds, read_setup


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who may say yes, why `nobody` may, and the ids of those who may say no."""

    approvers: tuple[StaffMember, ...]
    nobody: NobodyMay | None
    refusers: tuple[str, ...]


def deciders(connection: Connection, wish: Wish, now: datetime) -> Deciders:
    people = [row.member for row in read_setup.staff(connection) if row.active]
    able = [person for person in people if may(person.role, Permission.REFUND_APPROVE)]
    today = {each.staff_id: read_refunds.approved_today(connection, each.staff_id, now) for each in able}
    limits = read_setup.limits(connection, wish.amount.currency)
    approvers = who_may_approve(wish, able, limits, today)
    refusers = tuple(each.staff_id for each in able if each.staff_id != wish.requester_id)
    if approvers:
        return Deciders(approvers, None, refusers)
    kept = why_nobody(wish, able, limits, today)
    nobody = NobodyMay(kept.why, tuple(person.name for person in kept.who))
    return Deciders((), nobody, refusers)
