"""What tickets are called on paper: as their product; with the activity too where one of another is called the same, or
a guest who has both could take one for the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from domain.catalogue import Words
from domain.receipt import TicketPrint
from ledger import read_setup


def told_apart(
    connection: Connection, products: Iterable[int], prints: Iterable[TicketPrint]
) -> tuple[TicketPrint, ...]:
    """Tickets as they are printed; `products` says for each of which it is, by number."""
    names = _names(connection)
    return tuple(
        replace(each, product=names.get(number, each.product))
        for number, each in zip(products, prints, strict=True)
    )


def _names(connection: Connection) -> Mapping[int, Words]:
    """By the number of a product; only of those that need more than their own name, in either language."""
    known = [each for each in read_setup.all_products(connection) if each.places]
    names = {each.activity_id: each.name for each in read_setup.activities(connection)}
    called: dict[str, set[str]] = {}
    for each in known:
        for name in (each.name.en, each.name.ar):
            called.setdefault(name, set()).add(each.activity_id)
    alike = (each for each in known if len(called[each.name.en] | called[each.name.ar]) > 1)
    return {
        each.number: _with(each.name, names[each.activity_id]) for each in alike if each.activity_id in names
    }


def _with(name: Words, activity: Words) -> Words:
    return Words(f"{name.en} · {activity.en}", f"{name.ar} · {activity.ar}")
