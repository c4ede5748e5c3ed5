"""What is sold for which session: of two activities each sells its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.refunding import printed_lines
from app.shown import ProductTile, SellPage, SessionTile
from app.tiles_with_cart import sessions_with_cart, with_cart
from domain import codec
from domain.catalogue import Activity, Product, Session, Words
from domain.credit import Original, credit_note
from domain.errors import Code
from domain.policy import Back
from domain.receipt import ReceiptLine, TicketBatch
from ledger import read_setup, read_sold
from ledger import tables as t
from ledger.clock import to_ms
from ledger.puts import day_bucket
from ledger.rows import add_rows
from tests.helpers.shop import ADULT, CHILD, HUDA, TUBE, Shop, refused

RIDE = 90  # a ticket to surf


def _product(shop: Shop, number: int) -> Product:
    with shop.station.store.read() as connection:
        return read_setup.product(connection, number)


def _record(shop: Shop, kind: str, record_id: str, body: object) -> None:
    """As the server's import would bring it."""
    row = {"kind": kind, "record_id": record_id, "revision": 2, "body": codec.dumps(body)}
    with shop.station.store.sync_cache() as connection:
        connection.execute(
            t.record.delete().where(t.record.c.kind == kind, t.record.c.record_id == record_id)
        )
        add_rows(connection, [(t.record, row | {"bucket": "global", "seq": 1})])


@pytest.fixture
def surf(shop: Shop) -> list[int]:
    """A second activity with a ticket; its sessions of the day: one an hour after each of the first three of the park,
    of ten places each, but of one place the second."""
    ride = replace(
        _product(shop, ADULT), number=RIDE, name=Words("Surf ride", "ركوب الأمواج"), activity_id="surf"
    )
    _record(shop, "activity", "surf", Activity("surf", Words("Surf", "ركوب الأمواج"), 2))
    _record(shop, "product", str(RIDE), ride)
    with shop.station.store.read() as connection:
        park = [
            read_setup.session(connection, each.number) for each in shop.station.selling.page(0, "").sessions
        ]
    numbers = []
    for at, one in enumerate(each for each in park[:3] if each is not None):
        later, numbers = timedelta(hours=1), [*numbers, 900 + at]
        _session(shop, replace(
            one, number=900 + at, activity_id="surf", starts_at=one.starts_at + later, ends_at=one.ends_at + later,
            capacity=1 if at == 1 else 10,
        ))  # fmt: skip
    return numbers


def _session(shop: Shop, one: Session) -> None:
    row = {"number": one.number, "activity_id": one.activity_id, "day": one.day.isoformat()}
    times = {"starts_at": to_ms(one.starts_at), "ends_at": to_ms(one.ends_at)}
    values = row | times | {"capacity": one.capacity, "bucket": day_bucket(one.day), "seq": 1}
    with shop.station.store.sync_cache() as connection:
        add_rows(connection, [(t.session, values)])


def _offered(shop: Shop, session: int) -> set[int]:
    return {each.product.number for each in shop.station.selling.page(session, "tickets").tiles}


def test_under_a_session_is_what_goes_with_it(shop: Shop, surf: list[int]) -> None:
    assert ADULT in _offered(shop, shop.session) and RIDE not in _offered(shop, shop.session)
    assert _offered(shop, surf[0]) == {RIDE}
    rentals = {each.product.number for each in shop.station.selling.page(surf[0], "rentals").tiles}
    assert TUBE in rentals, "what is of no activity goes with every session"
    names = {each.activity_id: each.name.en for each in shop.station.selling.page(0, "").activities}
    assert names == {"park": "Water park", "surf": "Surf"}


def _found(shop: Shop, words: str, session: int) -> ProductTile:
    [tile] = shop.station.selling.search(words, session)
    return tile


def test_what_a_search_finds_of_another_activity_is_for_its_session_at_that_time_or_the_next(
    shop: Shop, surf: list[int]
) -> None:
    """It was found and could not be sold."""
    selling = shop.station.selling
    sessions = {each.number: each for each in selling.page(0, "").sessions}
    park, _, third, *_ = (each.number for each in sessions.values() if each.activity_id == "park")
    ride = _found(shop, "surf ride", park)
    assert (ride.product.number, ride.left, ride.elsewhere, ride.next_session) == (
        RIDE, 10, True, sessions[surf[0]]
    )  # fmt: skip
    own = _found(shop, "surf ride", surf[1])
    assert (own.left, own.elsewhere) == (1, False)
    assert _found(shop, "surf ride", third).next_session == sessions[surf[1]], "it runs then"
    wide = replace(_product(shop, RIDE), places=2)
    _record(shop, "product", str(RIDE), wide)
    assert _found(shop, "surf ride", third).next_session == sessions[surf[2]], "the other has one place"
    _record(shop, "product", str(RIDE), replace(wide, places=11))
    none = _found(shop, "surf ride", park)
    assert (none.full, none.elsewhere, none.next_session) == (True, True, None)
    _record(shop, "product", str(RIDE), replace(wide, withdrawn=True))
    assert selling.search("surf ride", surf[0]) == ()
    adult = next(each for each in selling.search("day pass", surf[0]) if each.product.number == ADULT)
    assert adult.elsewhere and adult.next_session is not None
    assert adult.next_session.activity_id == "park"
    assert not _found(shop, "lazy river tube", surf[0]).elsewhere, "it takes no place"


def test_what_is_full_is_offered_for_the_next_session_of_its_own_activity(
    shop: Shop, surf: list[int]
) -> None:
    wide = replace(_product(shop, RIDE), places=2)
    _record(shop, "product", str(RIDE), wide)
    [tile] = [
        each for each in shop.station.selling.page(surf[1], "tickets").tiles if each.product.number == RIDE
    ]
    assert tile.full and tile.next_session is not None
    assert tile.next_session.number == surf[2], "the park's is sooner"


def test_what_the_sale_takes_itself_is_not_offered_again(shop: Shop, surf: list[int]) -> None:
    """The tile had one left, and one more was refused without a way on."""
    selling = shop.station.selling
    page, cart = selling.page(surf[1], "tickets"), selling.add(selling.empty(), RIDE, surf[1])
    sessions = {each.number: each for each in page.sessions}
    [tile] = [each for each in page.tiles if each.product.number == RIDE]
    assert (tile.left, tile.full) == (1, False)
    assert with_cart(tile, page.sessions, surf[1], selling.empty()) == tile
    own = with_cart(tile, page.sessions, surf[1], cart)
    assert (own.full, own.low, own.next_session) == (True, False, sessions[surf[2]])
    assert with_cart(tile, page.sessions, surf[1], replace(cart, booking_id="b")) == tile, (
        "kept for it already"
    )
    full = replace(tile, full=True, next_session=sessions[surf[2]])
    for _ in range(10):
        cart = selling.add(cart, RIDE, surf[2])
    assert with_cart(full, page.sessions, surf[1], cart).next_session is None
    search = _found(shop, "surf ride", shop.session)
    assert search.elsewhere and search.next_session == sessions[surf[0]]
    for _ in range(10):
        cart = selling.add(cart, RIDE, surf[0])
    none = with_cart(search, page.sessions, shop.session, cart)
    assert none.full and none.elsewhere and none.next_session is None


def test_what_the_sale_takes_is_gone_from_its_session_and_from_what_is_sold_for_it(
    shop: Shop, surf: list[int]
) -> None:
    """Both counted as if nothing were in the cart."""
    selling = shop.station.selling
    page, cart = selling.page(surf[0], "tickets"), selling.empty()
    [tile] = [each for each in page.tiles if each.product.number == RIDE]
    assert sessions_with_cart(page.sessions, None) == sessions_with_cart(page.sessions, cart) == page.sessions
    for _ in range(3):
        cart = selling.add(cart, RIDE, surf[0])
    own = with_cart(tile, page.sessions, surf[0], cart)
    assert (tile.left, own.left, own.low, own.full) == (10, 7, True, False)
    seen = {each.number: each for each in sessions_with_cart(page.sessions, cart)}
    assert seen[surf[0]] == replace(_tile(page, surf[0]), left=7)
    assert seen[surf[2]] == _tile(page, surf[2]), "nothing of it is wanted"
    away = tuple(replace(each, stale=True, here=4) for each in page.sessions)
    assert next(each.here for each in sessions_with_cart(away, cart) if each.number == surf[0]) == 1
    assert with_cart(replace(tile, here=4), away, surf[0], cart).here == 1
    booked = replace(cart, booking_id="b")
    assert sessions_with_cart(page.sessions, booked) == page.sessions, "they are kept for it already"


def test_places_of_a_sale_that_is_held_here_are_not_left(shop: Shop) -> None:
    """What was in the cart came back to the count as soon as it was put aside, though it was kept."""
    selling, number = shop.station.selling, shop.session
    left = _tile(selling.page(0, ""), number).left
    cart = selling.reserve(selling.add(selling.add(selling.empty(), ADULT, number), ADULT, number))
    assert _tile(selling.page(0, ""), number).left == left, "the cart on the screen is counted there"
    day = shop.station.bookings.desk(None)
    assert next(each.left for each in day.sessions if each.number == number) == left - 2
    selling.park(cart)
    selling.empty()
    assert _tile(selling.page(0, ""), number).left == left - 2
    [parked] = selling.parked()
    selling.resume(parked.parked_id)
    assert _tile(selling.page(0, ""), number).left == left


def _tile(page: SellPage, session: int) -> SessionTile:
    return next(each for each in page.sessions if each.number == session)


def test_a_ticket_is_not_sold_for_a_session_of_another_activity(shop: Shop, surf: list[int]) -> None:
    selling, park = shop.station.selling, shop.session
    assert refused(selling.add, selling.empty(), RIDE, park) is Code.SESSION_NEEDED
    assert refused(selling.add, selling.empty(), ADULT, surf[0]) is Code.SESSION_NEEDED
    cart = selling.add(selling.add(selling.empty(), RIDE, surf[0]), ADULT, park)
    cart = selling.add(cart, TUBE, surf[0])
    assert [(line.product.number, line.session and line.session.number) for line in cart.lines] == [
        (RIDE, surf[0]), (ADULT, park), (TUBE, None)
    ]  # fmt: skip


def test_what_is_of_another_activity_by_now_is_not_added_and_what_the_cart_has_stays(
    shop: Shop, surf: list[int]
) -> None:
    selling, park = shop.station.selling, shop.session
    cart = selling.add(selling.empty(), ADULT, park)
    cart = selling.set_quantity(cart, cart.lines[0].line_id, 2)
    _record(shop, "product", str(ADULT), replace(_product(shop, ADULT), activity_id="surf"))
    assert refused(selling.add, cart, ADULT, park) is Code.SESSION_NEEDED
    assert refused(selling.set_quantity, cart, cart.lines[0].line_id, 3) is Code.SESSION_NEEDED
    assert selling.set_quantity(cart, cart.lines[0].line_id, 1).items == 1
    assert ADULT not in _offered(shop, park) and ADULT in _offered(shop, surf[0])


def test_tickets_of_two_activities_that_are_called_the_same_say_of_which_they_are(
    shop: Shop, surf: list[int]
) -> None:
    name = _product(shop, ADULT).name
    _record(shop, "product", str(RIDE), replace(_product(shop, RIDE), name=replace(name, ar="جولة")))
    selling = shop.station.selling
    cart = selling.empty()
    for number, session in ((ADULT, shop.session), (CHILD, shop.session), (RIDE, surf[0])):
        cart = selling.add(cart, number, session)
    page = shop.station.checkout.begin(selling.allow(cart, HUDA))
    paid = shop.station.checkout.cash(page.sale_id, page.left)
    shop.station.records.reprint_tickets(paid.sale_id)
    batches = [codec.loads(TicketBatch, paper).tickets for paper in shop.papers("tickets")]
    assert len(batches) == 2
    for batch in batches:
        assert sorted(each.product.en for each in batch) == sorted(
            (f"{name.en} · Water park", f"{name.en} · Surf", _product(shop, CHILD).name.en)
        )
        assert {f"{name.ar} · المنتزه المائي", "جولة · ركوب الأمواج"} < {each.product.ar for each in batch}
    assert cart.lines[0].product.name == name, "only papers need it"


def test_what_was_sold_says_for_which_session_it_was_where_it_may_go_back(
    shop: Shop, surf: list[int]
) -> None:
    selling, page = shop.station.selling, shop.station.refunds.page
    park = [each for each in selling.page(0, "").sessions if each.activity_id == "park"]
    cart = selling.empty()
    for number, session in (
        (ADULT, park[0].number),
        (ADULT, park[1].number),
        (RIDE, surf[2]),
        (TUBE, surf[2]),
    ):
        cart = selling.add(cart, number, session)
    sale = shop.station.checkout.begin(selling.allow(cart, HUDA))
    shop.station.checkout.cash(sale.sale_id, sale.left)
    said = [(row.name.en, [(each.activity.en, each.starts_at) for each in row.sessions])
            for row in page(sale.sale_id).charges]  # fmt: skip
    ride = next(each for each in selling.page(0, "").sessions if each.number == surf[2])
    assert [times for _, times in said] == [
        [("Water park", park[0].starts_at)], [("Water park", park[1].starts_at)], [("Surf", ride.starts_at)], [],
    ]  # fmt: skip
    assert [[one.session for one in row.tickets] for row in page(sale.sale_id).charges] == [
        [park[0].number], [park[1].number], [surf[2]], [],
    ]  # fmt: skip


def _sold(shop: Shop, *wanted: tuple[int, int]) -> str:
    """A sale of these products, each for a session."""
    selling = shop.station.selling
    cart = selling.empty()
    for number, session in wanted:
        cart = selling.add(cart, number, session)
    page = shop.station.checkout.begin(selling.allow(cart, HUDA))
    shop.station.checkout.cash(page.sale_id, page.left)
    return page.sale_id


def _said(lines: Iterable[ReceiptLine]) -> list[tuple[str, str]]:
    return [(line.name.en, line.detail) for line in lines]


def _park(shop: Shop) -> list[int]:
    return [each.number for each in shop.station.selling.page(0, "").sessions if each.activity_id == "park"]


def test_lines_of_a_receipt_say_of_which_activity_they_are_where_the_sale_has_several(
    shop: Shop, surf: list[int]
) -> None:
    first, *_ = _park(shop)
    name = _product(shop, ADULT).name
    _record(shop, "product", str(RIDE), replace(_product(shop, RIDE), name=name))
    _sold(shop, (ADULT, first), (TUBE, first))
    assert _said(shop.receipts()[-1].lines) == [(name.en, "08:00–10:00"), ("Lazy river tube", "")]
    both = _sold(shop, (ADULT, first), (RIDE, surf[0]), (TUBE, first))
    invoice = shop.receipts()[-1].lines
    assert _said(invoice) == [
        (f"{name.en} · Water park", "08:00–10:00"), (f"{name.en} · Surf", "09:00–11:00"), ("Lazy river tube", ""),
    ]  # fmt: skip
    assert invoice[1].name.ar == f"{name.ar} · ركوب الأمواج"
    shop.station.records.void(both, "wrong", HUDA, lambda _: None)
    assert shop.receipts()[-1].lines == invoice, "what is taken back is called what it was sold as"


def _credited(shop: Shop, sale_id: str, *places: int) -> list[tuple[str, str]]:
    """How a note over those charges of a sale says what they are."""
    with shop.station.store.read() as connection:
        booking_id = connection.execute(
            sa.select(t.sale.c.booking_id).where(t.sale.c.sale_id == sale_id)
        ).scalar_one()
        charges = tuple(read_sold.booked_lines(connection, booking_id))
        original = Original("POS1-000001", "2026-11-26", charges)
        backs = [Back(charges[at].charge_id, charges[at].gross) for at in places]
        note = credit_note(original, backs, (), reason=Words("Rain", "مطر"))
        return _said(printed_lines(connection, booking_id, note))


def test_a_credit_note_tells_lines_of_its_invoice_apart(shop: Shop, surf: list[int]) -> None:
    """By the activity where the sale has several, and by the time where two would be called the same."""
    first, second, *_ = _park(shop)
    adult, child = _product(shop, ADULT).name, _product(shop, CHILD).name
    one = _sold(shop, (ADULT, first), (CHILD, first), (TUBE, first))
    assert _credited(shop, one, 0, 1, 2) == [(adult.en, ""), (child.en, ""), ("Lazy river tube", "")]
    two = _sold(shop, (ADULT, first), (ADULT, second), (CHILD, second))
    assert _credited(shop, two, 1) == [(adult.en, "10:00–12:00")], "though one alone goes back"
    assert _credited(shop, two, 2) == [(child.en, "")]
    _record(shop, "product", str(RIDE), replace(_product(shop, RIDE), name=adult))
    both = _sold(shop, (ADULT, first), (RIDE, surf[0]), (RIDE, surf[2]), (TUBE, first))
    assert _credited(shop, both, 0, 2, 3) == [
        (f"{adult.en} · Water park", ""), (f"{adult.en} · Surf", "13:00–15:00"), ("Lazy river tube", ""),
    ]  # fmt: skip


def test_a_gate_says_of_a_party_of_two_activities_who_is_for_which(shop: Shop, surf: list[int]) -> None:
    first, *_ = _park(shop)
    name = _product(shop, ADULT).name.en
    _record(shop, "product", str(RIDE), replace(_product(shop, RIDE), name=_product(shop, ADULT).name))
    for wanted, said in (
        (((ADULT, first), (CHILD, first)), [(name, 1), (_product(shop, CHILD).name.en, 1)]),
        (((ADULT, first), (RIDE, surf[0])), [(f"{name} · Water park", 1), (f"{name} · Surf", 1)]),
    ):
        _sold(shop, *wanted)
        mix = shop.station.gate.scan(shop.codes()[-1]).group_mix
        assert sorted((words.en, count) for words, count in mix) == sorted(said)
