"""Guests across the line: known at every till, verified by a real code, merged, and erased everywhere."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.shown import Approval, PaymentPage
from app.shown_guests import GuestForm, MembershipForm
from domain.errors import Code
from domain.free_text import WITHHELD
from domain.receipt import DocumentKind
from domain.refund import Reason
from domain.refund_offer import Choice, Goods
from ledger import feed, journal
from ledger import tables as t
from ledger.database import open_database
from server import message_kinds
from server import tables as own
from tests.helpers.line import Open, on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, PINS, Shop, refused, sar
from tests.helpers.waiting import wait_for

SARA = GuestForm("Sara Al-Qahtani", "0551234567", "sara@example.com", note="afraid of deep water")


def code_of(server: RunningServer) -> str:
    """The code that was sent last, from the server's outbox."""
    engine = open_database(server.database)
    try:
        with engine.connect() as connection:
            newest = (
                sa.select(own.outbox.c.facts)
                .where(own.outbox.c.kind == "code")
                .order_by(own.outbox.c.message_id.desc())
                .limit(1)
            )
            return str(message_kinds.read("code", str(connection.execute(newest).scalar_one()))["code"])
    finally:
        engine.dispose()


def found(shop: Shop, typed: str) -> list[str]:
    return [row.guest_id for row in shop.station.guests.find(typed)]


def test_a_guest_is_known_at_the_next_till_and_verified_there(server: RunningServer, opened: Open) -> None:
    one, other = opened("POS1").sign_in("reem"), opened("POS2").sign_in("reem")
    sara = one.station.guests.register(SARA)
    wait_for(lambda: found(other, "سارة") == [sara])
    assert refused(other.station.guests.register, SARA) is Code.GUEST_KNOWN
    assert other.station.guests.send_code(sara, "sms")
    assert refused(other.station.guests.verify, sara, "x") is Code.CODE_WRONG
    other.station.guests.verify(sara, code_of(server))
    wait_for(lambda: one.station.guests.page(sara).row.verified)
    assert one.station.guests.page(sara).contacts == ("mail",)


def test_a_gate_is_not_told_who_guests_are(opened: Open) -> None:
    desk, gate = opened("POS1").sign_in("reem"), opened("LK1")
    desk.station.guests.register(SARA)
    wait_for(lambda: desk.station.store.waiting() == 0)
    gate.station.sync.once()
    assert gate.count(t.guest_entry) == 0


def test_two_tills_that_could_not_talk_register_one_person_twice_and_a_person_makes_them_one(
    opened: Open,
) -> None:
    one, other = opened("POS1", start=False).sign_in("reem"), opened("POS2", start=False).sign_in("huda")
    first, second = one.station.guests.register(SARA), other.station.guests.register(SARA)
    for shop in (one, other):
        shop.station.start()
    wait_for(lambda: [twin.guest_id for twin in one.station.guests.page(first).twins] == [second])
    wait_for(lambda: other.station.health.online() and len(found(other, "sara")) == 2)
    other.station.guests.merge(second, first)
    for shop in (one, other):
        wait_for(lambda shop=shop: found(shop, "sara") == [first])  # type: ignore[misc] # each its own
        assert shop.station.guests.page(second).row.guest_id == first


def test_who_is_erased_is_forgotten_at_every_station_and_by_the_server(
    server: RunningServer, opened: Open
) -> None:
    one = opened("POS1", start=False).sign_in("reem")
    promote(server)
    other = opened("POS2")
    sara = one.station.guests.register(SARA)
    one.station.guests.give_membership(
        sara, MembershipForm("season", "SP-551234567", "2020-01-01", "2099-12-31")
    )
    copy = Path(one.station.guests.save_copy(sara))
    one.station.sync.once()
    wait_for(lambda: "super_admin" in {each.role for each in other.station.people.members()})
    other.sign_in("huda").station.guests.send_code(sara, "mail")
    other.station.guests.verify(sara, code_of(server))
    made = other.station.bookings.book(
        sara, [(ADULT, other.session, 1)], "far from deep water", names=["Lina Qahtani"]
    )
    wait_for(lambda: made.number in {each.number for each in other.station.bookings.find(made.number)})
    page = other.station.bookings.page(made.booking_id)
    assert [seat.guest for seat in page.seats] == ["Lina Qahtani"]
    other.station.bookings.name_tickets(
        made.booking_id, page.mark, {page.seats[0].ticket_id: "Lina Al-Qahtani"}
    )
    written_about(other, sara, made.booking_id)
    told = json.loads(other.station.guests.export(sara))
    assert told["complete"] and len(told["bookings"]) == 2 and len(told["payments"]) == 1
    assert refused(one.station.guests.export, "nobody") is Code.GUEST_UNKNOWN
    wait_for(lambda: set(papers(other)) == {"receipt:done", "tickets:done", "tickets_pdf:done"})
    kept = pictures(other)
    assert [len(kept[kind]) for kind in ("invoice", "credit", "tickets")] == [1, 1, 1]
    assert all(
        path.exists() for paths in (kept["invoice"], kept["credit"], kept["tickets"]) for path in paths
    )
    other.station.guests.erase(sara, "wish")
    one.station.guests.change(sara, GuestForm("Sara Al-Qahtani", note="with deep water"))
    one.station.sync.once()
    assert refused(one.station.guests.page, sara) is Code.GUEST_ERASED
    wait_for(lambda: other.station.store.waiting() == 0 and has_no_trace(other))
    assert has_no_trace(one) and not copy.exists()
    assert not any(has(text) for text in kept_by(server))
    with one.station.store.read_journal() as connection:
        assert journal.chain_is_whole(connection)
    wait_for(lambda: not any(path.exists() for kind in ("credit", "tickets") for path in kept[kind]))
    assert kept["invoice"][0].exists()
    wait_for(lambda: not any(has_bytes(shop.station.store.folder) for shop in (one, other)))
    wait_for(lambda: not has_bytes(server.folder), seconds=20)
    one.station.close()
    other.station.close()
    server.stop()
    assert not any(
        has_bytes(folder) for folder in (server.folder, *(s.station.store.folder for s in (one, other)))
    )


def about_to_pay(server: RunningServer, opened: Open) -> tuple[Shop, str, PaymentPage]:
    """At a till where who may erase is known: a verified guest, with a booking of two that is to be paid."""
    promote(server)
    till = opened("POS1")
    station = till.station
    wait_for(lambda: "super_admin" in {each.role for each in station.people.members()})
    till.sign_in("huda").open_shift()
    sara = station.guests.register(SARA)
    station.guests.send_code(sara, "mail")
    station.guests.verify(sara, code_of(server))
    made = station.bookings.book(sara, [(ADULT, till.session, 2)])
    wait_for(lambda: made.number in {each.number for each in station.bookings.find(made.number)})
    return till, sara, station.checkout.begin(station.bookings.cart(made.booking_id))


def test_what_is_done_about_an_erased_guest_arrives_without_its_words(
    server: RunningServer, opened: Open
) -> None:
    till, sara, page = about_to_pay(server, opened)
    station = till.station
    paid = station.checkout.cash(page.sale_id, page.left)
    assert paid.paid_in_full is not None
    wait_for(lambda: station.store.waiting() == 0)
    station.guests.erase(sara, "wish")
    wait_for(lambda: not found(till, "sara"))
    station.attention.tell("afraid of deep water", paid.paid_in_full.number)
    yes = Approval("nadia", PINS["nadia"], "deep water")
    station.records.void(page.sale_id, "she saw the deep water", yes, lambda step: None)
    wait_for(lambda: settled(till))
    assert on_server(server, sa.select(t.case_item.c.kind)) == ["told"]
    assert len(on_server(server, sa.select(t.sale_void.c.sale_id))) == 1
    assert [text for text in kept_at(till) if has(text)] == []


@pytest.mark.parametrize("erased_first", [True, False], ids=["paid after", "paid before"])
@pytest.mark.parametrize("stays", [True, False], ids=["stays", "given up"])
def test_a_refund_of_an_erased_guest_is_paid_and_its_words_are_gone(
    server: RunningServer, opened: Open, stays: bool, erased_first: bool
) -> None:
    till, sara, page = about_to_pay(server, opened)
    station = till.station
    station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: settled(till))
    [charge] = station.refunds.page(page.sale_id).charges
    choice = Choice(goods=(Goods(charge.charge_id, 0),)) if stays else Choice((charge.tickets[0].ticket_id,))
    preview = station.refunds.preview(page.sale_id, choice, Reason.OTHER, sar("15"))
    refund = station.refunds.ask(preview, "afraid of deep water")
    wait_for(lambda: [row.refund_id for row in station.refunds.open()] == [refund])
    station.refunds.approve(refund, "", Approval("nadia", PINS["nadia"], "seen"))
    wait_for(lambda: [row.refund_id for row in station.refunds.to_pay()] == [refund])
    if erased_first:
        station.guests.erase(sara, "wish")
        wait_for(lambda: station.refunds.open()[0].note == "")
    assert station.refunds.pay(refund, lambda step: None).cash_back == sar("15")
    wait_for(lambda: settled(till))
    if not erased_first:
        station.guests.erase(sara, "wish")
    wait_for(lambda: has_no_trace(till))
    note = till.receipts()[-1]
    assert (note.kind, note.reason) == (DocumentKind.CREDIT, WITHHELD)
    assert on_server(server, sa.select(t.case_item.c.kind)) == []


def written_about(shop: Shop, sara: str, booking_id: str) -> None:
    """Staff write of deep water: why a booking is called off, a sale voided, what is to be seen to."""
    station = shop.station
    second = station.bookings.book(sara, [(ADULT, shop.session, 1)], "deep water")
    wait_for(lambda: second.number in {each.number for each in station.bookings.find(second.number)})
    station.bookings.cancel(second.booking_id, "afraid of deep water")
    shop.open_shift()
    page = station.checkout.begin(station.bookings.cart(booking_id))
    paid = station.checkout.cash(page.sale_id, page.left)
    assert paid.paid_in_full is not None
    station.attention.tell("Sara Al-Qahtani is afraid of deep water", paid.paid_in_full.number)
    yes = Approval("nadia", PINS["nadia"], "deep water")
    station.records.void(page.sale_id, "she saw the deep water", yes, lambda step: None)
    wait_for(lambda: station.store.waiting() == 0)
    assert any("she saw the deep water" in text for text in kept_at(shop))


def has_no_trace(shop: Shop) -> bool:
    return not any(has(text) for text in kept_at(shop))


def papers(shop: Shop) -> list[str]:
    with shop.station.store.read_journal() as connection:
        jobs = connection.execute(sa.select(journal.print_job)).all()
    return [f"{job.kind}:{job.state}" for job in jobs]


def pictures(shop: Shop) -> dict[str, list[Path]]:
    """Where the pictures of papers lie, by what they are."""
    found: dict[str, list[Path]] = {}
    with shop.station.store.read_journal() as connection:
        for job in connection.execute(sa.select(journal.print_job)).all():
            name = f"{journal.PAPER}{job.job_id}"
            file = journal.settings(connection, [name])[name]
            kind = json.loads(job.payload).get("kind", job.kind)
            found.setdefault(kind, []).append(shop.station.store.folder / "prints" / f"{file}.png")
    return found


def has_bytes(folder: Path) -> list[str]:
    """The files of a folder in which something of her stands, whatever they are."""
    found = list[str]()
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and has(path.read_bytes().decode("utf-8", "ignore")):
                found.append(path.name)
    return found


def promote(server: RunningServer) -> None:
    engine = open_database(server.database)
    with engine.begin() as connection:
        huda = t.staff.c.staff_id == "huda"
        connection.execute(sa.update(t.staff).where(huda).values(role="super_admin", seq=0))
        feed.publish(connection, [t.staff.name])
    engine.dispose()


def has(text: str) -> bool:
    return any(word in text for word in ("Qahtani", "551234567", "sara@", "deep water"))


def kept_at(shop: Shop) -> list[str]:
    rows: list[str] = []
    with shop.station.store.read() as connection:
        rows += [
            str(tuple(row))
            for table in t.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        ]
    with shop.station.store.read_journal() as connection:
        for table in journal.metadata.sorted_tables:
            rows += [str(tuple(row)) for row in connection.execute(sa.select(table))]
    return rows


def kept_by(server: RunningServer) -> list[str]:
    engine = open_database(server.database)
    try:
        with engine.connect() as connection:
            tables = (*t.metadata.sorted_tables, *own.metadata.sorted_tables)
            return [str(tuple(row)) for table in tables for row in connection.execute(sa.select(table))]
    finally:
        engine.dispose()
