"""What needs attention at a station: everything open is there once, with names; settling is asked of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.case_facts import facts_of
from app.line import Line
from app.shown import Approval
from app.shown_attention import AttentionPage, Basket, Item, Named, Passed, Slot, Source
from app.texts import Texts
from app.views.attention_words import fact_lines, title_of, way_words, what_of
from domain import codec
from domain.attention import mark_of
from domain.catalogue import Words
from domain.errors import Code
from domain.money import Money
from domain.receipt import ShiftReport
from ledger import cache, journal
from ledger import tables as t
from ledger.case_carried import carrying
from ledger.cases import case_id
from ledger.clock import to_ms
from ledger.rows import add_rows
from tests.hardware.simulator import CardProcess
from tests.helpers.shop import ADULT, HUDA, PINS, Shop, refused, sar
from tests.services.conftest import Open


@dataclass
class Asked:
    """In the place of the line to the server: what was asked."""

    requests: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def ask(self, kind: str, body: str, staff_id: str, about: str) -> None:
        assert about == json.loads(body)["case"]
        self.requests.append((kind, json.loads(body), staff_id))


@pytest.fixture
def asked(shop: Shop) -> Asked:
    """The server answers, and grants what is asked."""
    asked = Asked()
    shop.station.attention._ask = asked.ask
    shop.station.sync.line = Line(None)
    return asked


def put_case(
    shop: Shop, kind: str, subject: str, facts: dict[str, str], *, closed_by: str = "", at: int = 0
) -> str:
    """A case as the server would send it."""
    now = at or to_ms(shop.station.store.clock.now())
    row = {"case_id": case_id(subject, kind), "kind": kind, "subject": subject, "closed_by": closed_by}
    times = {"opened_at": now, "closed_at": now if closed_by else 0, "seq": 1}
    with shop.station.store.sync_cache() as connection:
        row |= {"facts": codec.dumps(carrying(connection, tuple(facts.items()))), "bucket": "global"}
        add_rows(connection, [(t.case_item, row | times)])
    return row["case_id"]


def put_settlement(shop: Shop, case: str, way: str, note: str, number: int = 1) -> None:
    at = to_ms(shop.station.store.clock.now())
    row = {"settlement_id": f"s{number}", "case_id": case, "way": way, "note": note, "staff_id": "huda"}
    with shop.station.store.sync_cache() as connection:
        add_rows(connection, [(t.case_settlement, row | {"at": at, "bucket": "global", "seq": 1})])


def page(shop: Shop) -> AttentionPage:
    return shop.station.attention.page()


def only(shop: Shop) -> Item:
    [item] = page(shop).items
    assert shop.station.attention.count() == 1
    return item


def facts(item: Item) -> dict[str, object]:
    return {fact.name: fact.value for fact in item.facts}


def who(item: Item) -> str:
    """The first name of whom the item names."""
    name = facts(item)["staff"]
    return (name.en if isinstance(name, Words) else str(name)).split()[0]


def test_a_quiet_station_has_nothing_on_its_list(shop: Shop) -> None:
    assert (page(shop).items, page(shop).closed, shop.station.attention.count()) == ((), (), 0)


def test_a_case_names_the_session_and_offers_its_ways(shop: Shop, asked: Asked) -> None:
    put_case(
        shop,
        "over_capacity",
        f"session:{shop.session}",
        {"session": str(shop.session), "sold": "302", "capacity": "300"},
    )
    item = only(shop)
    slot = facts(item)["session"]
    assert isinstance(slot, Slot) and slot.name.en
    assert (facts(item)["sold"], facts(item)["capacity"]) == ("302", "300")
    assert [way.name for way in item.ways] == ["room", "moved", "stays"]


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    [
        (
            "paid_otherwise",
            {
                "differs": "price, tickets",
                "kept_minor": "23000",
                "paid_minor": "100",
                "booked_as": "GH-7K2MPQ",
            },
            {"kept_minor": sar("230.00"), "paid_minor": sar("1.00"), "booked_as": "GH-7K2MPQ"},
        ),
        ("paid_unknown", {"booking": "invented", "paid_tickets": "2"}, {"paid_tickets": "2"}),
        (
            "refund_otherwise",
            {"differs": "amount", "asked_minor": "7245", "gave_minor": "9000"},
            {"asked_minor": sar("72.45"), "gave_minor": sar("90.00")},
        ),
        (
            "void_otherwise",
            {"differs": "amount, left_good", "sold_minor": "8050", "gave_minor": "9000"},
            {"sold_minor": sar("80.50"), "gave_minor": sar("90.00")},
        ),
        (
            "price_otherwise",
            {"differs": "vat, unlisted", "charged": "2 1", "till_minor": "100", "till_rate": "500"},
            {"charged": Words("2 × Day pass – adult", "2 × تذكرة يوم – بالغ"), "till_rate": "5%"},
        ),
        (
            "tickets_otherwise",
            {"differs": "more_tickets, other_session", "charged": "1 1", "issued": "3 1"},
            {"issued": Words("3 × Day pass – adult", "3 × تذكرة يوم – بالغ")},
        ),
        ("sold_short", {"booking": "it", "short": "11400"}, {"short": sar("114.00")}),
        ("card_short", {"attempt": "it", "beyond_minor": "50"}, {"beyond_minor": sar("0.50")}),
        (
            "card_alone",
            {"attempt": "it", "card_minor": "8050", "books_minor": "0"},
            {"card_minor": sar("80.50")},
        ),
        ("half_told", {"booking": "it", "differs": "no_booking"}, {}),
    ],
)
def test_what_was_told_otherwise_says_what_differs(
    shop: Shop, kind: str, said: dict[str, str], shown: dict[str, object]
) -> None:
    put_case(shop, kind, "about:it", said)
    item = only(shop)
    differs = [fact.value for fact in item.facts if fact.name == "differs"]
    assert differs == [Named("differs", each) for each in said.get("differs", "").split(", ") if each]
    assert shown.items() <= facts(item).items()
    for texts in (Texts("en"), Texts("ar")):
        words = [
            title_of(texts, item),
            what_of(texts, item),
            *(way_words(texts, kind, way.name) for way in item.ways),
        ]
        words += [part for line in fact_lines(texts, item) for part in line]
        assert (
            all(words) and texts("fact.other") not in words and not {"price", "tickets", "amount"} & {*words}
        )


def booking_of(shop: Shop) -> str:
    shop.sell([ADULT], cash="200")
    with shop.station.store.read() as connection:
        return str(connection.execute(sa.select(t.booking.c.booking_id)).scalar_one())


def test_what_was_sold_beyond_tells_who_allowed_it_why_and_for_how_much(shop: Shop, asked: Asked) -> None:
    booking = booking_of(shop)
    said = {
        "booking": booking,
        "places": "1",
        "override": "o",
        "approver": "huda",
        "reason": "a school class",
    }
    put_case(shop, "beyond_lease", f"booking:{booking}", said)
    item, told = only(shop), facts(only(shop))
    assert told["approver"].en.startswith("Huda")  # type: ignore[attr-defined]
    assert (told["reason"], told["document"], told["total"]) == ("a school class", "POS1-000001", item.amount)
    assert told["staff"].en.startswith("Reem")  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["over_capacity", "lease_overdrawn"])
def test_too_much_sold_tells_who_sold_last_where_and_when(shop: Shop, asked: Asked, kind: str) -> None:
    said = {"session": str(shop.session), "bookings": booking_of(shop)}
    put_case(shop, kind, f"session:{shop.session}", said)
    told = facts(only(shop))
    last = told["last"]
    assert isinstance(last, Passed) and last.by.en.startswith("Reem") and last.gate.en
    assert told["document"] == "POS1-000001"


def test_what_a_wrong_clock_showed_is_a_time_and_nothing_where_it_was_none(shop: Shop, asked: Asked) -> None:
    said = {"station": "POS1", "said": "2026-11-27T09:00:00+00:00", "offset_ms": "-93600000", "staff": "reem"}
    put_case(shop, "clock_far_off", "clock:POS1:2026-11-26", said | {"kind": "SaleClosed"})
    told = facts(only(shop))
    assert told["showed"] == datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert (told["what"], "offset_ms" in told) == (Named("operation", "SaleClosed"), False)
    with shop.station.store.read() as connection:
        assert [*facts_of(connection, (("said", "0001-01-01T00:00:00+00:00"), ("said", "noon")))] == []


def test_two_entries_on_one_ticket_tell_when_where_and_who(shop: Shop, asked: Asked) -> None:
    shop.sell([ADULT])
    shop.station.gate.scan(shop.codes()[0])
    with shop.station.store.read() as connection:
        ticket = connection.execute(sa.select(t.ticket.c.ticket_id)).scalar_one()
        named = facts_of(connection, (("ticket", ticket), ("entries", "1")))
    assert "entries" not in {fact.name for fact in named}
    put_case(
        shop, "double_admission", f"ticket:{ticket}", {"ticket": ticket, "entries": "2", "gates": "A, B"}
    )
    item = only(shop)
    told = facts(item)
    assert told["entries"] == "2"  # one is not known here
    assert told["entry"].by.en.startswith("Reem")  # type: ignore[attr-defined]
    assert told["product"].en  # type: ignore[attr-defined]
    assert "gates" not in told


def test_a_record_of_this_station_that_was_set_aside_tells_its_document_and_amount(
    shop: Shop, asked: Asked
) -> None:
    shop.sell([ADULT], cash="200")
    with shop.station.store.read_journal() as connection:
        op_id = connection.execute(
            sa.select(journal.entry.c.op_id).where(journal.entry.c.kind == "SaleClosed")
        ).scalar_one()
    put_case(
        shop,
        "quarantined",
        f"operation:{op_id}",
        {"staff": "reem", "kind": "SaleClosed", "at": "1795000000000", "why": "sum", "station": "POS9"},
    )
    item = only(shop)
    told = facts(item)
    assert (told["document"], told["what"]) == ("POS1-000001", Named("operation", "SaleClosed"))
    assert isinstance(item.amount, Money) and item.amount.minor > 0
    assert told["staff"].en.startswith("Reem")  # type: ignore[attr-defined]
    assert (told["why"], "support" in told) == (Named("aside", "sums"), False)
    assert item.ways[0].name == "again"


@pytest.mark.parametrize("said", ["no whole number of 64 bits", "'utf-8' codec can't encode character", ""])
def test_words_of_no_rule_are_only_a_detail_for_support(shop: Shop, asked: Asked, said: str) -> None:
    put_case(shop, "quarantined", "operation:o", {"kind": "SaleClosed", "why": said})
    told = facts(only(shop))
    assert told["why"] == Named("aside", "unread")
    assert told.get("support", "") == said


def test_settling_asks_the_server_in_the_name_of_who_may(open_station: Open) -> None:
    shop = open_station().sign_in("huda")
    asked = Asked()
    shop.station.attention._ask = asked.ask
    shop.station.sync.line = Line(None)
    case = put_case(shop, "over_paid", "booking:b", {"booking": "b", "minor": "500"})
    item = only(shop)
    assert (item.thing, page(shop).may_settle, facts(item)["amount"]) == (case, True, sar("5"))
    shop.station.attention.settle(case, ("given_back", " from the  drawer ", item.mark))
    [(kind, body, staff)] = asked.requests
    assert (kind, staff) == ("CaseSettled", "huda")
    said = {"case": case, "way": "given_back", "note": "from the drawer", "seen": item.mark}
    assert body == said | {"kind": "over_paid", "facts": codec.dumps((("booking", "b"), ("minor", "500")))}
    with shop.station.store.read() as connection:
        written = connection.execute(sa.select(t.case_item.c.facts)).scalar_one()
    assert item.mark == mark_of(written)


def test_a_cashier_needs_a_second_person_who_may(shop: Shop, asked: Asked) -> None:
    case = put_case(shop, "over_paid", "booking:b", {"booking": "b", "minor": "500"})
    said = ("given_back", "", only(shop).mark)
    attention = shop.station.attention
    assert not page(shop).may_settle
    assert refused(attention.settle, case, said) is Code.NOT_ALLOWED
    assert refused(attention.settle, case, said, Approval("salem", "1470")) is Code.APPROVER_NOT_ALLOWED
    assert asked.requests == []
    attention.settle(case, said, HUDA)
    assert [staff for _, _, staff in asked.requests] == ["huda"]


def test_without_the_server_settling_is_refused_before_anything_is_asked(shop: Shop, asked: Asked) -> None:
    case = put_case(shop, "over_paid", "booking:b", {"booking": "b", "minor": "500"})
    shop.station.sync.line = Line(shop.station.store.clock.now())
    assert page(shop).offline_since is not None
    assert refused(shop.station.attention.settle, case, ("given_back", "", ""), HUDA) is Code.REQUEST_OFFLINE
    assert asked.requests == [] and "OverrideGiven" not in shop.journalled()


def test_what_was_closed_is_shown_with_who_when_and_how(shop: Shop) -> None:
    case = put_case(shop, "over_paid", "booking:b", {"booking": "b", "minor": "500"}, closed_by="huda")
    put_settlement(shop, case, "given_back", "by hand")
    put_case(shop, "over_paid", "booking:c", {"booking": "c", "minor": "500"}, closed_by="itself")
    long_ago = to_ms(shop.station.store.clock.now() - timedelta(days=8))
    put_case(shop, "over_paid", "booking:d", {"booking": "d", "minor": "5"}, closed_by="huda", at=long_ago)
    assert page(shop).items == ()
    closed = {item.thing: item.settled for item in page(shop).closed}
    other = case_id("booking:c", "over_paid")
    assert set(closed) == {case, other}
    by_hand, itself = closed[case], closed[other]
    assert by_hand is not None and by_hand.by is not None and by_hand.by.en.startswith("Huda")
    assert (by_hand.way, by_hand.note) == ("given_back", "by hand")
    assert itself is not None and itself.by is None


def test_a_case_that_opened_again_tells_how_it_was_settled_before(shop: Shop) -> None:
    case = put_case(shop, "over_capacity", "session:1", {"session": "1", "sold": "9", "capacity": "7"})
    put_settlement(shop, case, "room", "benches")
    [before] = only(shop).earlier
    assert (before.way, before.note) == ("room", "benches")


# told by staff ----------------------------------------------------------------------------------------------------


def test_staff_put_something_on_the_list_and_see_it_at_once(shop: Shop) -> None:
    shop.station.attention.tell("  The gate  sticks ", "POS1-000007")
    item = only(shop)
    assert (item.source, facts(item)["text"], facts(item)["document"]) == (
        Source.TOLD,
        "The gate sticks",
        "POS1-000007",
    )
    assert shop.journalled()[-1] == "CaseOpened"
    assert refused(shop.station.attention.tell, "   ", "") is Code.REASON_NEEDED


def test_what_was_told_is_one_item_when_the_server_has_it(shop: Shop) -> None:
    shop.station.attention.tell("The gate sticks", "")
    told = only(shop)
    wanted = case_id(f"told:{told.thing}", "told")
    with shop.station.store.sync_cache() as connection:
        row = {"case_id": wanted, "kind": "told", "subject": f"told:{told.thing}", "bucket": "global"}
        row |= {"facts": codec.dumps((("text", "The gate sticks"),)), "opened_at": 1, "seq": 1}
        add_rows(connection, [(t.case_item, row)])
    assert only(shop).source is Source.CASE


def test_what_was_told_at_one_time_stands_newest_first_before_and_after_the_server_has_it(shop: Shop) -> None:
    texts = [f"Number {number}" for number in range(8)]
    for text in texts:
        shop.station.attention.tell(text, "")
    assert [facts(item)["text"] for item in page(shop).items] == texts[::-1]
    told = {str(facts(item)["text"]): item.thing for item in page(shop).items}
    for text in sorted(texts, key=told.__getitem__, reverse=True):
        put_case(shop, "told", f"told:{told[text]}", {"text": text}, at=1)
    cases = [item for item in page(shop).items if item.source is Source.CASE]
    assert [facts(item)["text"] for item in cases] == texts[::-1]


# open at this station ---------------------------------------------------------------------------------------------


def test_a_sale_whose_payment_is_just_open_is_no_item(open_station: Open, shop: Shop) -> None:
    shop.begin([ADULT])
    assert page(shop).items == () and shop.station.health.status().needs_attention == 0
    shop.station.close()
    again = open_station().sign_in("reem")
    assert page(again).items == () and again.station.attention.count() == 0
    assert len(again.station.checkout.to_resolve()) == 1


def test_a_card_that_is_asked_at_this_moment_is_no_item(card_shop: Shop, cards: CardProcess) -> None:
    opened, counted = card_shop.begin([ADULT]), list[int]()
    card_shop.station.checkout.card(
        opened.sale_id, opened.left, lambda step: counted.append(card_shop.station.attention.count())
    )
    assert counted and not any(counted)


def test_a_half_paid_sale_is_on_the_list_until_it_is_paid(shop: Shop) -> None:
    opened = shop.begin([ADULT])
    opened = shop.station.checkout.cash(opened.sale_id, sar("5.00"))
    item = only(shop)
    assert (item.source, item.kind, item.thing) == (Source.PAYMENT, "unfinished", opened.sale_id)
    sale = facts(item)["sale"]
    assert isinstance(sale, Basket) and sale.first.en.startswith("Day pass") and sale.items == 1
    assert who(item) == "Reem"
    shop.station.checkout.cash(opened.sale_id, opened.left)
    assert page(shop).items == ()


def test_a_card_whose_end_is_not_known_is_one_item_also_when_the_server_has_a_case_of_it(
    card_shop: Shop, cards: CardProcess
) -> None:
    terminal = card_shop.station.cards._terminal
    assert terminal is not None
    card_shop.station.cards._terminal = replace(terminal, window_seconds=2.0)
    cards.script("lost")
    opened = card_shop.begin([ADULT])
    card_shop.pay_card(opened, "5.00")
    with card_shop.station.store.read() as connection:
        attempt = connection.execute(sa.select(t.card_attempt.c.attempt_id)).scalar_one()
    put_case(card_shop, "card_unknown", f"attempt:{attempt}", {"attempt": attempt})
    item = only(card_shop)
    assert (item.source, item.kind, item.amount) == (Source.PAYMENT, "unknown", sar("5.00"))
    with card_shop.station.store.read() as connection:
        carried = carrying(connection, (("attempt", attempt),))
        told = {fact.name: fact.value for fact in facts_of(connection, carried)}
    assert {"staff", "station", "amount", "at", "terminal"} == set(told)
    put_case(card_shop, "card_unknown", "attempt:elsewhere", {"attempt": "elsewhere"})
    assert card_shop.station.attention.count() == 2


def test_paper_that_did_not_come_out_is_on_the_list_and_can_be_given_up_with_a_reason(shop: Shop) -> None:
    shop.sell([ADULT], cash="200")
    with shop.station.store.local("prints") as connection:
        tickets = journal.print_job.c.kind == "tickets"
        connection.execute(sa.update(journal.print_job).values(state="done"))
        connection.execute(
            sa.update(journal.print_job).where(tickets).values(state="failed", reason="paper_out")
        )
    item = only(shop)
    assert (item.source, item.kind, facts(item)["document"]) == (Source.PRINT, "failed", "POS1-000001")
    assert facts(item)["printer"] == Named("printer", "paper_out")
    assert (who(item), facts(item)["total"]) == ("Reem", item.amount)
    assert item.folder.endswith("prints")
    shop.station.records.give_up_print(item.thing, "the guest has the PDF")
    assert page(shop).items == ()
    assert ("tickets", "given_up", "the guest has the PDF") in shop.jobs()


def test_a_report_that_did_not_come_out_names_who_worked(shop: Shop) -> None:
    shop.station.shifts.x_report()
    with shop.station.store.local("prints") as connection:
        connection.execute(sa.update(journal.print_job).values(state="failed", reason="paper_out"))
    assert who(only(shop)) == "Reem"


def test_a_request_without_an_answer_is_on_the_list_with_who_asked(shop: Shop) -> None:
    assert refused(shop.station.people.change_pin, PINS["reem"], "8253") is Code.REQUEST_OFFLINE
    assert page(shop).items == ()
    assert refused(shop.station.requests.ask, "LeaseAsked", "{}", "") is Code.REQUEST_OFFLINE
    with shop.station.store.local("requests") as connection:  # of a lease goes on by itself
        connection.execute(sa.update(journal.request).values(state="unknown"))
    item = only(shop)
    assert (item.source, facts(item)["what"]) == (Source.REQUEST, Named("request", "PinChanged"))
    assert who(item) == "Reem"


def test_the_top_bar_counts_the_same(shop: Shop) -> None:
    shop.station.checkout.cash(shop.begin([ADULT]).sale_id, sar("5.00"))
    shop.station.attention.tell("look", "")
    assert shop.station.health.status().needs_attention == 2 == len(page(shop).items)


# closing a shift --------------------------------------------------------------------------------------------------


def z_of(shop: Shop) -> ShiftReport:
    return codec.loads(ShiftReport, shop.papers("report")[-1])


def close(shop: Shop) -> ShiftReport:
    shop.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1})
    shop.station.shifts.close("", None)
    return z_of(shop)


def arrived(shop: Shop, *, cases: str = "") -> None:
    """The server has all that was recorded so far; it opened `cases` about the last."""
    with shop.station.store.read_journal() as connection:
        kept = journal.kept_since(connection, 0)
        stream = journal.current_stream(connection)
    last = kept[-1].envelope.op_id
    with shop.station.store.sync_cache() as connection:
        cache.note_position(connection, stream.stream, stream.last_n, last)
        row = {"result_id": last, "answer": "flagged", "cases": cases, "at": 1, "bucket": "b", "seq": 1}
        add_rows(connection, [(t.result, row)])


def paper_is_out(shop: Shop) -> None:
    with shop.station.store.local("prints") as connection:
        connection.execute(sa.update(journal.print_job).values(state="done"))


def test_a_shift_with_nothing_open_closes_for_good(shop: Shop) -> None:
    paper_is_out(shop)
    count = shop.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1})
    assert count.left.things == 0
    arrived(shop)
    shop.station.shifts.close("", None)
    assert (z_of(shop).provisional, z_of(shop).unsynced) == (False, 0)


def test_a_shift_with_records_on_their_way_closes_as_provisional(shop: Shop) -> None:
    shop.station.shifts.cash_in(sar("5"), "change")
    shop.station.shifts.cash_out(sar("5"), "change")
    report = close(shop)
    assert report.provisional and report.unsynced > 0
    with shop.station.store.read() as connection:
        assert connection.execute(sa.select(t.shift_close.c.provisional)).scalar_one() == 1


def test_the_count_and_the_z_list_what_the_shift_leaves_open(shop: Shop) -> None:
    shop.station.attention.tell("The drawer jams", "")
    mine = put_case(shop, "told", "told:x", {"text": "The drawer jams"})
    put_case(shop, "over_paid", "booking:elsewhere", {"booking": "e", "minor": "1"})
    arrived(shop, cases=mine)
    with shop.station.store.local("prints") as connection:
        row = {"job_id": "j", "at": 1, "kind": "receipt", "title": "POS1-1", "payload": "", "attempts": 1}
        connection.execute(sa.insert(journal.print_job).values(**row, state="failed", reason="paper_out"))
    left = shop.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1}).left
    assert (left.unsent, left.cases, left.prints, left.requests) == (0, 1, 1, 0)
    arrived(shop)
    shop.station.shifts.close("", None)
    report = z_of(shop)
    assert (report.provisional, report.unsynced, report.open_cases, report.open_prints) == (True, 0, 1, 1)


def test_a_supervisors_yes_to_the_difference_is_not_what_makes_it_provisional(shop: Shop) -> None:
    shop.station.shifts.count({20000: 1})
    paper_is_out(shop)
    arrived(shop)
    shop.station.shifts.close("short", HUDA)
    assert not z_of(shop).provisional
