"""What tickets, and lines of a sale, are called: as their product; with the activity too where a guest could
take one for the other. A ticket goes about alone, so there it is where one of another activity is called the same;
where all of a sale are told of together, it is where they are of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from domain.catalogue import Words, to_tell
from domain.operation_till import BookedLine
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


def activities_told(connection: Connection, there: Iterable[str]) -> dict[str, Words]:
    """As `catalogue.to_tell`, by the names that are known here."""
    if len(found := set(there)) < 2:
        return {}
    return to_tell({each.activity_id: each.name for each in read_setup.activities(connection)}, found)


def names_of(connection: Connection, charges: Sequence[BookedLine]) -> dict[str, Words]:
    """What all lines of a sale are called, by their charges."""
    known = read_setup.sessions(connection, (line.session for line in charges))
    of = {each.number: each.activity_id for each in known}
    told = activities_told(connection, of.values())
    return {line.charge_id: named_with(line.name, told.get(of.get(line.session, ""))) for line in charges}


def called_together(connection: Connection, products: Iterable[int]) -> dict[int, Words]:
    """What tickets of several products are called that are told of together, by the numbers of those."""
    found = {number: read_setup.product_or_none(connection, number) for number in products}
    of = {number: each.activity_id for number, each in found.items() if each and each.activity_id}
    told = activities_told(connection, of.values())
    return {
        number: named_with(read_setup.product_name(connection, number), told.get(of.get(number, "")))
        for number in found
    }


def named_with(name: Words, more: Words | None) -> Words:
    """`Day pass – adult · Surf`; the name alone where there is nothing to be told."""
    return name if more is None else Words(f"{name.en} · {more.en}", f"{name.ar} · {more.ar}")


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
        each.number: named_with(each.name, names[each.activity_id])
        for each in alike
        if each.activity_id in names
    }
