"""What each product cost when, as the server alone keeps it, and what tills say that something cost held against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.catalogue import Product
from domain.envelope import Envelope
from domain.money import Money
from domain.price_told import STALE_MS, Priced, Wrong, WrongLine, before_discounts, is_at, wrong_lines
from domain.timing import usable_ms
from ledger import tables as t
from ledger.case_carried import carrying
from ledger.case_checks import Finding
from ledger.cases import Judged, case_id, open_case, origin_of
from ledger.clock import to_ms
from server import tables as own

KIND = "price_otherwise"
History = dict[int, list[Priced]]
_P = own.price.c
_OF = sa.select(own.price).where(_P.product.in_(sa.bindparam("products", expanding=True)))
_HISTORY = _OF.order_by(_P.product, _P.revision)
_LAST = (
    sa.select(own.price).where(_P.product == sa.bindparam("product")).order_by(_P.revision.desc()).limit(1)
)
_SAVED = (
    sa.select(own.inbox.c.public, own.inbox.c.received_at)
    .where(own.inbox.c.kind == op.RecordSaved.__name__)
    .order_by(own.inbox.c.received_at)
)
_AHEAD = sa.select(t.reservation.c.booking_id).where(t.reservation.c.booking_id == sa.bindparam("booking"))
_PUT_BACK = sa.select(own.restored.c.station_id).where(own.restored.c.at > sa.bindparam("since")).limit(1)
_SEEN = "prices seen"
_MOST = 5


# what it cost when ---------------------------------------------------------------------------------------------------


def note(connection: Connection, product: Product, revision: int, now_ms: int) -> None:
    """From now on it costs this; nothing where it did before."""
    last = connection.execute(_LAST, {"product": product.number}).first()
    values = {"price": product.price.minor, "currency": product.price.currency, "rate": product.vat_rate}
    if last is None or any(last._mapping[name] != value for name, value in values.items()):
        row = {"product": product.number, "revision": revision, "since": now_ms, **values}
        connection.execute(sa.insert(own.price).values(row))


def begin(connection: Connection) -> None:
    """Of a database of an earlier version: by what was saved when, as its journal has it. What a product cost before
    the first of that, and one of which it has nothing, counts from the beginning."""
    saved = [(codec.loads(op.RecordSaved, row.public), row.received_at) for row in connection.execute(_SAVED)]
    of_products = [(said, at) for said, at in saved if said.kind == "product"]
    for said, at in sorted(of_products, key=lambda one: one[0].revision):
        product = codec.loads(Product, said.new)
        if said.old and connection.execute(_LAST, {"product": product.number}).first() is None:
            note(connection, codec.loads(Product, said.old), said.revision - 1, 0)
        note(connection, product, said.revision, at)
    known = set(connection.execute(sa.select(_P.product).distinct()).scalars())
    rows = connection.execute(
        sa.select(t.record.c.body, t.record.c.revision).where(t.record.c.kind == "product")
    )
    for row in rows.all():
        product = codec.loads(Product, row.body)
        if product.number not in known:
            note(connection, product, row.revision, 0)


def history(connection: Connection, products: Iterable[int]) -> History:
    """All versions of each, the oldest first."""
    found: History = defaultdict(list)
    for row in connection.execute(_HISTORY, {"products": sorted(set(products))}):
        found[row.product].append(Priced(Money(row.price, row.currency), row.rate, row.since))
    return found


# what tills say ------------------------------------------------------------------------------------------------------


def judge_prices(
    connection: Connection, given: Iterable[tuple[Envelope, op.Operation]], now_ms: int
) -> Judged:
    """The cases of walk-ins at a price or a VAT rate that the catalogue did not have while their till may have gone by
    it; with what was seen at its price before there is nothing to look up. Subjects are operations."""
    judged = Judged()
    doubted = [
        (envelope, made)
        for envelope, made in given
        if isinstance(made, op.BookingMade)
        and not made.held
        and not _is_as_seen(connection, envelope, made, now_ms)
    ]
    if not doubted:
        return judged
    known = history(connection, (line.product for _, made in doubted for line in made.lines))
    _see(connection, known, now_ms)
    for envelope, made in doubted:
        at = _at(envelope, now_ms)
        wrong = wrong_lines(made, known, at, now_ms)
        if wrong and not _is_told_elsewhere(connection, made, at):
            subject = f"operation:{envelope.op_id}"
            facts = carrying(connection, (*origin_of(envelope), ("booking", made.booking_id), *_facts(wrong)))
            judged.changed |= open_case(connection, subject, Finding(KIND, facts), now_ms)
            judged.open[subject] = [case_id(subject, KIND)]
    return judged


def _at(envelope: Envelope, now_ms: int) -> int:
    return usable_ms(to_ms(envelope.device_at), envelope.offset_ms, now_ms)


def _is_as_seen(connection: Connection, envelope: Envelope, made: op.BookingMade, now_ms: int) -> bool:
    """Whether each line is as the catalogue had it at a moment that is recent enough; that it was so stays true."""
    seen, since = _seen(connection), _at(envelope, now_ms) - STALE_MS
    return all(
        (known := seen.get(line.product)) is not None and known[1] >= since and is_at(line, said, known[0])
        for line, said in before_discounts(made)
    )


def _see(connection: Connection, known: History, now_ms: int) -> None:
    seen = _seen(connection)
    seen.update({product: (versions[-1], now_ms) for product, versions in known.items()})


def _seen(connection: Connection) -> dict[int, tuple[Priced, int]]:
    """What products cost, and when this connection last looked."""
    found: dict[int, tuple[Priced, int]] = connection.info.setdefault(_SEEN, {})
    return found


def _is_told_elsewhere(connection: Connection, made: op.BookingMade, at_ms: int) -> bool:
    """Of what was booked ahead its own price counts; and while tills may go by what an older copy of the server has
    forgotten, nobody knows."""
    if connection.execute(_AHEAD, {"booking": made.booking_id}).first() is not None:
        return True
    return connection.execute(_PUT_BACK, {"since": at_ms - STALE_MS}).first() is not None


def _facts(wrong: Sequence[WrongLine]) -> Iterator[tuple[str, str]]:
    yield "differs", ", ".join(dict.fromkeys(line.kind.value for line in wrong))
    yield from (("charged", f"{line.quantity} {line.product}") for line in wrong[:_MOST])
    said, listed = (sum(getattr(line, name).minor for line in wrong) for name in ("said", "should"))
    yield from (("till_minor", str(said)), ("listed_minor", str(listed)))
    yield from (("beside_minor", str(abs(said - listed))),) if said != listed else ()
    rates = [(line.rate, line.listed.rate) for line in wrong if line.kind is Wrong.VAT and line.listed]
    yield from (
        pair
        for till, listed in rates[:1]
        for pair in (("till_rate", str(till)), ("listed_rate", str(listed)))
    )
