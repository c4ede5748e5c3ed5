"""What is sold and when, for everybody: products, and sessions with the places that are left."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from domain.catalogue import Activity, Words
from domain.catalogue import Product as CatalogueProduct
from ledger import read_setup
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from server.api.asking import limited
from server.api.bodies import Day, Text
from server.api.declared import needs, problems
from server.api.limits import ADDRESS
from server.api.pages import Page, Wanted, WantedOf
from server.api.shown import Name, Price, Product, Session
from server.parts import PartsOf
from server.standing import standing

router = APIRouter(tags=["catalogue"], dependencies=[Depends(limited(ADDRESS))], responses=problems(400, 429))


@router.get("/v1/catalogue", openapi_extra=needs())
async def products(parts: PartsOf, wanted: WantedOf) -> Page[Product]:
    """What is sold, in the order of the tiles."""
    return await parts.database.read(lambda c: _products(c, wanted))


def _products(connection: Connection, wanted: Wanted) -> Page[Product]:
    after = wanted.after(int, int)
    found = [
        each
        for each in read_setup.products(connection)
        if after is None or (each.position, each.number) > tuple(after)
    ]
    rows, following = wanted.page(found, "position", "number")
    return Page(items=[_product(each) for each in rows], next=following)


def _product(one: CatalogueProduct) -> Product:
    return Product(
        number=one.number, kind=one.kind, name=Name.of(one.name), price=Price.of(one.price),
        activity=one.activity_id, places=one.places, approval=one.approval,
        membership=one.membership, per_day=one.per_day,
    )  # fmt: skip


@router.get("/v1/sessions", openapi_extra=needs())
async def sessions(
    parts: PartsOf,
    wanted: WantedOf,
    day: Day | None = None,
    activity: Annotated[Text, Query(max_length=64)] = "",
) -> Page[Session]:
    """Sessions that are not over, by their start."""
    now = to_ms(parts.clock.now())
    return await parts.database.read(lambda c: _sessions(c, wanted, now, (day, activity)))


def _sessions(
    connection: Connection, wanted: Wanted, now_ms: int, only: tuple[date | None, str]
) -> Page[Session]:
    c, (day, activity), after = t.session.c, only, wanted.after(int, int)
    found = sa.select(c.number, c.starts_at).where(c.ends_at > now_ms).order_by(c.starts_at, c.number)
    if day is not None:
        found = found.where(c.day == day.isoformat())
    if activity:
        found = found.where(c.activity_id == activity)
    if after is not None:
        later = sa.and_(c.starts_at == after[0], c.number > after[1])
        found = found.where(sa.or_(c.starts_at > after[0], later))
    rows, following = wanted.page(
        connection.execute(found.limit(wanted.limit + 1)).all(), "starts_at", "number"
    )
    names = {each.activity_id: each for each in read_setup.activities(connection)}
    shown = (_session(connection, row.number, names) for row in rows)
    return Page(items=[each for each in shown if each is not None], next=following)


def _session(connection: Connection, number: int, names: dict[str, Activity]) -> Session | None:
    here = standing(connection, number)
    if here is None:
        return None
    one = here.session
    name = (
        names[one.activity_id].name if one.activity_id in names else Words(one.activity_id, one.activity_id)
    )
    return Session(
        number=one.number, activity=one.activity_id, name=Name.of(name), day=one.day,
        starts_at=from_ms(to_ms(one.starts_at)), ends_at=from_ms(to_ms(one.ends_at)), places_left=max(0, here.free),
    )  # fmt: skip
