"""Pictures of every screen and state: `python -m tests.views.gallery OUTDIR [parts of names]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.shown import CardStep, OpenPayment, PaidBy
from app.shown_attention import Down, Fact, LeftOpen, Named, Source
from app.shown_status import Room
from app.views.attention_view import AttentionView
from app.views.booking_tickets import SecondRevokes, TicketsForm
from app.views.ports import Preferences
from app.views.widgets.amount_entry import AmountEntry
from domain.errors import Code, Refused
from tests.views.booking_states import BOOKINGS, of_activities
from tests.views.discount_states import DISCOUNTS
from tests.views.guest_states import GUESTS
from tests.views.message_states import MESSAGES
from tests.views.refund_states import REFUNDS
from tests.views.scene import Scene, new_scene
from tests.views.stand_ins import (
    AWAITED,
    CLAIMED,
    ENDS,
    ITSELF,
    NOW,
    PAPER,
    REEM,
    SIMULATOR,
    TICKET,
    item,
    sale_row,
    sar,
)
from tests.views.test_payment import approve, fields

Setter = Callable[[Scene], None]


def sell(scene: Scene) -> None:
    scene.fill_cart()
    scene.choose_line(1)


def sell_activities(scene: Scene) -> None:
    """The day has two, and the sale is for both."""
    scene.world.selling.surfs = frozenset((3, 4))
    scene.refresh()
    for number in (1, 1, 2, 5):
        scene.tap_tile(number)
    scene.sale._tiles._choose_session(3)
    scene.settle()
    scene.tap_tile(SIMULATOR)


def sell_ten_sessions(scene: Scene) -> None:
    """Five of each of two activities."""
    scene.world.selling.surf_too()
    scene.refresh()
    for number in (1, 1, 2, 5):
        scene.tap_tile(number)


def sell_other_activity(scene: Scene) -> None:
    """A search found what is for another activity than the chosen session's."""
    sell_activities(scene)
    assert scene.window.frame is not None
    field, words = (
        scene.window.frame._top.search,
        "ticket" if scene.desk.texts.language == "en" else TICKET.ar[:5],
    )
    field.setText(words)
    field.textEdited.emit(words)


def sell_keys(scene: Scene) -> None:
    sell(scene)
    assert scene.window.frame is not None
    scene.window.frame.list_keys()


def sell_badges(scene: Scene) -> None:
    sell(scene)
    assert scene.window.frame is not None
    scene.window.frame.show_badges(True)


def sell_empty(scene: Scene) -> None:
    scene.show("sell")


def sell_offline(scene: Scene) -> None:
    scene.world.selling.stale = True
    scene.world.health.go_offline()
    scene.refresh()
    sell(scene)


def sell_clock_fast(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, clock_ahead=11 * 60)
    scene.refresh()
    sell(scene)


def sell_new_prefix(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, new_prefix="POS1FYC")
    scene.refresh()
    sell(scene)


def shift_clock_far(scene: Scene) -> None:
    scene.world.shifts.opened = False
    scene.world.health.now = replace(scene.world.health.now, clock_ahead=26 * 3600)
    scene.show("shift")
    scene.refresh()


def sell_sign_in_ends(scene: Scene) -> None:
    scene.world.health.go_offline()
    until = NOW + timedelta(hours=9)
    scene.world.health.now = replace(scene.world.health.now, sign_in_until=until)
    scene.refresh()
    sell(scene)


def sell_disk_little(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, room=Room.LITTLE, disk_left=1_400_000_000)
    scene.refresh()
    sell(scene)


def sell_disk_no_sales(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, room=Room.NO_SALES, disk_left=90_000_000)
    scene.refresh()
    sell(scene)


def sell_journal_damaged(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, journal_damaged=True)
    scene.refresh()
    sell(scene)


def sell_no_shift(scene: Scene) -> None:
    scene.world.selling.shift_open = False
    scene.refresh()


def sell_full(scene: Scene) -> None:
    scene.fill_cart()
    scene.tap_tile(8)


def sell_last_place(scene: Scene) -> None:
    """The sale has the last places of the session, and one more is wanted."""
    scene.tap_tile(1)
    side = scene.sale._side
    assert side.cart is not None
    side._set_quantity(side.cart.lines[0].line_id, 86)
    scene.settle()
    scene.tap_tile(1)


def sell_beyond(scene: Scene) -> None:
    scene.world.selling.ready, scene.world.selling.short = 4, Refused(Code.PLACES_OFFLINE, places=1)
    sell_offline(scene)
    scene.tap_tile(1)


def sell_supervisor(scene: Scene) -> None:
    sell_beyond(scene)
    scene.click("sell.ask_supervisor")


def sell_member(scene: Scene) -> None:
    """Paid for a product that is for members."""
    scene.world.selling.for_members = 7
    scene.fill_cart()
    scene.tap_tile(7)
    scene.press("F10")


def held(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F12")
    scene.show_held()


def pay_cash(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("300")
    scene.press("F9")
    scene.press("F10")
    scene.type("250")


def pay_split(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("300")


def pay_terminal(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("200")
    scene.press("F10")
    scene.world.checkout.outcome = "hang"
    scene.press("F9")


def pay_cash_twice(scene: Scene) -> None:
    scene.fill_cart()
    for part in ("100", "200"):
        scene.press("F11")
        scene.type(part)
        scene.press("F10")


def pay_unknown(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("200")
    scene.press("F10")
    scene.world.checkout.outcome = "unknown"
    scene.press("F9")


def pay_unknown_form(scene: Scene) -> None:
    pay_unknown(scene)
    scene.click("unknown.approved")


def pay_declined(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "declined"
    scene.press("F9")


def pay_part_approved(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "partial"
    scene.press("F11")
    scene.type("300")
    scene.press("F9")


def pay_split_over(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("600")


def pay_split_nothing(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("0")
    scene.press("F9")


def pay_no_reason(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "mute decline"
    scene.press("F9")


def pay_away(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "unreachable"
    scene.press("F9")


def pay_free(scene: Scene) -> None:
    scene.tap_tile(3)
    scene.press("F9")


def pay_finding_out(scene: Scene) -> None:
    pay_terminal(scene)
    for step, tries in (("sent", 0), ("waiting", 0), ("query", 2)):
        scene.signals.card_step.emit(CardStep(step, NOW, tries))


def pay_give_back(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("200")
    scene.press("F9")
    scene.click("payment.give_back")


def pay_undo(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F11")
    scene.type("200")
    scene.press("F10")
    scene.press("F12")


def pay_undone(scene: Scene) -> None:
    pay_undo(scene)
    scene.press("F12")


def pay_done(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F10")
    scene.type("500")
    scene.press("F10")


def dear(state: Setter) -> Setter:
    """Where prices are as high as they may be."""

    def show(scene: Scene) -> None:
        scene.world.grow_dear()
        scene.refresh()
        state(scene)

    return show


def pay_with_lists(scene: Scene) -> None:
    """A sale is held, and another waits to be resolved, while a third is paid."""
    scene.tap_tile(1)
    scene.press("F12")
    scene.world.checkout.open_payments = (
        OpenPayment("sale-2", sar("46.00"), sar("0.00"), sar("5.02"), NOW, 2, TICKET, REEM.name),
    )
    scene.refresh()
    pay_split(scene)


def pay_cash_million(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F10")
    scene.type("1000000")


def pay_cash_asked(scene: Scene) -> None:
    pay_cash_million(scene)
    scene.press("F10")


def pay_much_cash(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F10")
    scene.type("5000")
    scene.press("F10")


def pay_water_done(scene: Scene) -> None:
    scene.tap_tile(16)
    scene.press("F10")
    scene.type("10000000")
    scene.press("F10")
    scene.press("F10")


def pay_cash_too_large(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F10")
    scene.type("6281007123456")
    scene.press("F10")


def pay_card_gave_half(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "partial"
    scene.press("F9")


def pay_card_left_open(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "unknown"
    scene.press("F9")


def checkin_idle(scene: Scene) -> None:
    scene.show("checkin")


def checkin_let_in(scene: Scene) -> None:
    """A supervisor may let in whom a banned guest booked for."""
    checkin("BANNED")(scene)
    scene.press("F9")


def checkin_typing(scene: Scene) -> None:
    scene.show("checkin")
    scene.press("F9")


def checkin(code: str) -> Setter:
    def state(scene: Scene) -> None:
        scene.show("checkin")
        scene.scan(code)

    return state


def sell_internet_away(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, internet_since=NOW - timedelta(minutes=3))
    scene.refresh()
    sell(scene)


def sell_stuck_here(scene: Scene) -> None:
    scene.world.selling.stale = True
    scene.world.health.go_offline()
    scene.world.health.now = replace(scene.world.health.now, stuck_here="disk_full")
    scene.refresh()
    sell(scene)


def sell_cache_lost(scene: Scene) -> None:
    scene.world.selling.stale = True
    scene.world.health.go_offline()
    scene.world.health.now = replace(scene.world.health.now, data_from=None)
    scene.refresh()
    sell(scene)


def sell_old_data(scene: Scene) -> None:
    scene.world.selling.stale = True
    scene.world.health.go_offline()
    old = NOW - timedelta(hours=2)
    scene.world.health.now = replace(scene.world.health.now, data_from=old)
    scene.refresh()
    sell(scene)


def checkin_offline(scene: Scene) -> None:
    scene.world.gate.stale = True
    scene.world.health.go_offline()
    scene.refresh()
    scene.scan("OK")


def checkin_old_data(scene: Scene) -> None:
    scene.world.gate.stale = True
    scene.world.health.go_offline()
    evening = NOW - timedelta(hours=16, minutes=24)
    scene.world.health.now = replace(scene.world.health.now, data_from=evening, waiting=1200)
    scene.refresh()
    scene.show("checkin")


def checkin_history(scene: Scene) -> None:
    scene.scan("AGAIN")
    scene.press("F12")


def shift_open(scene: Scene) -> None:
    scene.world.shifts.opened = False
    scene.show("shift")


def shift_page(scene: Scene) -> None:
    scene.world.shifts.cash_in(sar("50.00"), "Change from the bank")
    scene.show("shift")


def shift_form(key: str) -> Setter:
    def show(scene: Scene) -> None:
        shift_page(scene)
        scene.press(key)

    return show


def shift_no_sale(scene: Scene) -> None:
    shift_page(scene)
    scene.click("shift.no_sale")


def shift_x(scene: Scene) -> None:
    shift_page(scene)
    scene.click("shift.x")


def shift_cash_out_seen(scene: Scene) -> None:
    shift_page(scene)
    scene.press("F10")
    entry = next(each for each in scene.window.findChildren(AmountEntry) if each.isVisible())
    entry.take(sar("150"))
    next(each for each in fields(scene) if each.accessibleName() == scene.words("shift.reason")).setText(
        "Ice from the supplier"
    )
    scene.click("shift.do_out")


def shift_below_nothing(scene: Scene) -> None:
    scene.world.shifts.expected = sar("0.00") - sar("1.00")
    shift_page(scene)
    scene.press("F12")
    scene.count({})
    scene.click("shift.do_count")


def shift_difference(scene: Scene) -> None:
    shift_page(scene)
    scene.press("F12")
    scene.count({20000: 2, 10000: 1, 1000: 4, 500: 1, 25: 1, 10: 1, 5: 1})
    scene.click("shift.do_count")


def sales(scene: Scene) -> None:
    scene.show("sales")


def sales_revoke(*, decides: bool = True) -> Setter:
    """Tickets of a walk-in, by whoever may or not."""

    def show(scene: Scene) -> None:
        scene.world.bookings.may_decide = decides
        sales(scene)
        scene.click_words(scene.words("bookings.revoke"))
        form = scene.window.findChild(TicketsForm if decides else SecondRevokes)
        assert form is not None
        form.tickets.choose(("abdullah-1",))

    return show


def sales_revoke_refused(scene: Scene) -> None:
    sales_revoke()(scene)
    scene.focus_on("supervisor.reason")
    scene.type("sold twice")
    scene.world.bookings.refuses = Refused(Code.MOVE_TICKET_USED)
    scene.press("F12")


def sales_offline(scene: Scene) -> None:
    scene.world.health.go_offline()
    sales(scene)
    scene.refresh()


def sales_void(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F12")


def sales_tender(scene: Scene) -> None:
    """Cash that was a card at a terminal that stands alone."""
    parts = (("p1", "cash", "", "125.50"), ("p2", "card", "visa", "300.00"))
    paid = tuple(
        PaidBy(each, method, scheme, "4821" * bool(scheme), scene.world.worth(amount), "")
        for each, method, scheme, amount in parts
    )
    records = scene.world.records
    records.sales = (replace(records.sales[0], payments=paid), *records.sales[1:])
    scene.refresh()
    scene.show("sales")


def sales_tender_form(scene: Scene) -> None:
    sales_tender(scene)
    scene.click("tender.correct")
    scene.click_words("mada")


def sales_tender_missing(scene: Scene) -> None:
    sales_tender_form(scene)
    approve(scene, "tender.do", reason="the other terminal")


def sales_unfinished(scene: Scene) -> None:
    row = replace(sale_row(411, "invoice", "23.00", ("card",)), void_begun=True)
    records, health = scene.world.records, scene.world.health
    records.sales = (records.sales[0], row, *records.sales[2:])
    health.now = replace(health.now, unfinished_void=row)
    scene.refresh()


def sales_finish(scene: Scene) -> None:
    sales_unfinished(scene)
    scene.click("sales.finish")


def sales_refused_card(scene: Scene) -> None:
    total, part = scene.world.worth("425.50"), scene.world.worth("125.50")
    row = sale_row(412, "invoice", "425.50", ("card",))
    row = replace(row, total=total, void_begun=True, cash_instead=part)
    records, health = scene.world.records, scene.world.health
    records.sales = (row, *records.sales[1:])
    health.now = replace(health.now, unfinished_void=row)
    scene.refresh()
    scene.show("sales")


def sales_refused_finish(scene: Scene) -> None:
    sales_refused_card(scene)
    scene.click("sales.finish")


def sales_card_in_cash(scene: Scene) -> None:
    sales_refused_card(scene)
    part = scene.desk.texts.money(scene.world.worth("125.50"))
    next(b for b in scene.buttons() if part in b.accessibleName()).click()


def sales_given_in_cash(scene: Scene) -> None:
    sales_card_in_cash(scene)
    approve(scene, "sales.do_in_cash", reason="the bank said no")


def settings(scene: Scene) -> None:
    scene.show("settings")


def settings_backup(scene: Scene) -> None:
    scene.world.health.backs_up("", same_disk=True)
    settings(scene)
    scene.refresh()


def settings_backup_failed(scene: Scene) -> None:
    scene.world.health.backs_up("failed", same_disk=False)
    settings(scene)
    scene.refresh()


def settings_file(scene: Scene) -> None:
    scene.world.health.secrets_lie_in_a_file()
    scene.show("settings")
    scene.refresh()


def sign_in(scene: Scene) -> None:
    scene.window.sign_out()


def sign_in_wrong(scene: Scene) -> None:
    scene.window.sign_out()
    scene.sign_in("reem", "9999")


def attention(scene: Scene) -> None:
    scene.show("attention")


def attention_of(kind: str) -> Setter:
    """The card of one kind."""

    def show(scene: Scene) -> None:
        attention(scene)
        page = scene.window.frame.page if scene.window.frame else None
        assert isinstance(page, AttentionView)
        page._choose(next(each.key for each in scene.world.attention.items if each.kind == kind))

    return show


def attention_also(kind: str, facts: tuple[Fact, ...]) -> Setter:
    """The card of one more."""

    def show(scene: Scene) -> None:
        scene.world.attention.items = (item(Source.CASE, kind, 25, facts), *scene.world.attention.items[:3])
        attention_of(kind)(scene)

    return show


def attention_claim(scene: Scene) -> None:
    claim = item(Source.CASE, "lease_unknown", 22, CLAIMED)
    scene.world.attention.items = (claim, *scene.world.attention.items)
    attention_of(claim.kind)(scene)


def attention_older(scene: Scene) -> None:
    scene.world.attention.items = (
        item(Source.CASE, "older_copy", 22, CLAIMED[1:2]),
        *scene.world.attention.items,
    )
    attention_of("older_copy")(scene)


def attention_awaited(scene: Scene) -> None:
    scene.world.attention.items = (AWAITED, *scene.world.attention.items)
    attention_of("recovering")(scene)


def attention_not_wait(scene: Scene) -> None:
    attention_awaited(scene)
    scene.press("F10")


def attention_not_wait_second(scene: Scene) -> None:
    scene.world.attention.may_settle = False
    attention_not_wait(scene)


def attention_messages(scene: Scene) -> None:
    facts = Fact("down", Down("mail", "peer_refused")), Fact("down", Down("sms", "no_funds"))
    scene.world.attention.items = (item(Source.MESSAGES, "down", 22, facts), *scene.world.attention.items)
    attention_of("down")(scene)


def attention_settle(scene: Scene) -> None:
    attention_of("over_capacity")(scene)
    scene.press("F11")


def attention_second(scene: Scene) -> None:
    scene.world.attention.may_settle = False
    attention_settle(scene)


def attention_refused(scene: Scene) -> None:
    attention_settle(scene)
    scene.world.attention.refuses = Refused(Code.CASE_SETTLED, by="Huda Salem", until=NOW.isoformat())
    scene.click("attention.do_settle")


def attention_offline(scene: Scene) -> None:
    scene.world.health.go_offline()
    scene.world.attention.offline_since = scene.world.health.now.offline_since
    scene.world.attention.items = scene.world.attention.items[1:]
    attention(scene)
    scene.refresh()


def attention_empty(scene: Scene) -> None:
    scene.world.attention.items = ()
    attention(scene)
    scene.refresh()


def attention_loading(scene: Scene) -> None:
    scene.sign_in_anew()  # nothing was ever answered
    scene.tasks.instant = False
    attention(scene)


def attention_closed(scene: Scene) -> None:
    attention(scene)
    scene.click_words(scene.words("attention.closed"))


def attention_tell(scene: Scene) -> None:
    attention(scene)
    scene.press("F12")


def attention_give_up(scene: Scene) -> None:
    attention_of("failed")(scene)
    scene.press("F10")


def shift_provisional(scene: Scene) -> None:
    scene.world.shifts.left = LeftOpen(3, 2, 1, 1)
    scene.world.shifts.expected = sar("545.40")
    shift_page(scene)
    scene.press("F12")
    scene.count({20000: 2, 10000: 1, 1000: 4, 500: 1, 25: 1, 10: 1, 5: 1})
    scene.click("shift.do_count")


def shift_provisional_over(scene: Scene) -> None:
    scene.world.shifts.left = LeftOpen(3, 2, 1, 1)
    shift_difference(scene)


def sell_attention(scene: Scene) -> None:
    scene.world.health.now = replace(
        scene.world.health.now, needs_attention=12, prints_waiting=2, printer_reason="paper_out"
    )
    scene.refresh()
    sell(scene)


def sell_look_at_the_printer(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, needs_attention=2, prints_unsure=1)
    scene.refresh()
    sell(scene)


def attention_not_drawn(scene: Scene) -> None:
    facts = tuple(
        replace(each, value=Named("printer", "not_drawn")) if each.name == "printer" else each
        for each in PAPER
    )
    paper = item(Source.PRINT, "not_drawn", 32, facts, folder="/srv/till/prints")
    scene.world.attention.items = (paper, *scene.world.attention.items)
    attention_of(paper.kind)(scene)


def readiness(scene: Scene) -> None:
    scene.refresh()
    scene.show("readiness")


def readiness_not(scene: Scene) -> None:
    scene.world.readiness.lacks_places()
    readiness(scene)


def readiness_terminal(scene: Scene) -> None:
    scene.world.readiness.terminal_is_silent()
    readiness(scene)


def readiness_waits(scene: Scene) -> None:
    scene.world.readiness.server_waits()
    readiness(scene)


def readiness_away(scene: Scene) -> None:
    scene.world.health.go_offline()
    scene.world.readiness.server_is_away()
    readiness(scene)


def readiness_loading(scene: Scene) -> None:
    scene.sign_in_anew()  # nothing was ever answered
    scene.tasks.instant = False
    scene.show("readiness")


def sign_in_ends(scene: Scene) -> None:
    scene.world.health.go_offline()
    until = NOW + timedelta(hours=9)
    scene.world.health.now = replace(scene.world.health.now, sign_in_until=until)
    scene.window.sign_out()
    scene.signals.connection.emit()


STATES: dict[str, Setter] = {
    "readiness": readiness,
    "readiness-not": readiness_not,
    "readiness-terminal": readiness_terminal,
    "readiness-waits": readiness_waits,
    "readiness-away": readiness_away,
    "readiness-loading": readiness_loading,
    "sign-in-ends": sign_in_ends,
    "sell": sell,
    "sell-ten-sessions": sell_ten_sessions,
    "sell-activities": sell_activities,
    "sell-other-activity": sell_other_activity,
    "sell-keys": sell_keys,
    "sell-badges": sell_badges,
    "sell-empty": sell_empty,
    "sell-offline": sell_offline,
    "sell-no-shift": sell_no_shift,
    "sell-full": sell_full,
    "sell-last-place": sell_last_place,
    "sell-beyond": sell_beyond,
    "sell-supervisor": sell_supervisor,
    "sell-member": sell_member,
    "sell-held": held,
    "payment-cash": pay_cash,
    "payment-split": pay_split,
    "payment-cash-twice": dear(pay_cash_twice),
    "payment-terminal": pay_terminal,
    "payment-unknown": pay_unknown,
    "payment-unknown-form": pay_unknown_form,
    "payment-lists": pay_with_lists,
    "payment-declined": pay_declined,
    "payment-no-reason": dear(pay_no_reason),
    "payment-part-approved": pay_part_approved,
    "payment-split-over": dear(pay_split_over),
    "payment-split-nothing": pay_split_nothing,
    "payment-away": pay_away,
    "payment-free": pay_free,
    "payment-finding-out": dear(pay_finding_out),
    "payment-give-back": pay_give_back,
    "payment-undo": pay_undo,
    "payment-undone": pay_undone,
    "payment-done": pay_done,
    "sell-dear": dear(sell),
    "sell-dear-held": dear(held),
    "payment-dear-cash": dear(pay_cash_million),
    "payment-cash-asked": pay_cash_asked,
    "payment-much-cash": pay_much_cash,
    "payment-cash-too-large": pay_cash_too_large,
    "payment-dear-half": dear(pay_card_gave_half),
    "payment-dear-unknown": dear(pay_card_left_open),
    "payment-dear-done": dear(pay_water_done),
    "checkin-idle": checkin_idle,
    "checkin-typing": checkin_typing,
    "checkin-admitted": checkin("OK"),
    "checkin-named": checkin("NAMED"),
    "checkin-banned": checkin("BANNED"),
    "checkin-let-in": checkin_let_in,
    "checkin-already": checkin("AGAIN"),
    "checkin-refused": checkin("DAY"),
    "checkin-not-now": checkin("LATER"),
    "checkin-not-ours": checkin("NOTOURS"),
    "checkin-part-read": checkin("UNREADABLE"),
    "checkin-forged": checkin("FORGED"),
    "checkin-too-long": checkin("CODE_TOO_LONG"),
    "checkin-unknown": checkin("INVALID"),
    "checkin-offline": checkin_offline,
    "checkin-old-data": checkin_old_data,
    "checkin-history": checkin_history,
    "shift-open": shift_open,
    "shift-page": shift_page,
    "shift-cash-in": shift_form("F9"),
    "shift-drop": shift_form("F11"),
    "shift-count": shift_form("F12"),
    "shift-no-sale": shift_no_sale,
    "shift-difference": shift_difference,
    "shift-below-nothing": shift_below_nothing,
    "shift-x": dear(shift_x),
    "shift-cash-out-seen": shift_cash_out_seen,
    "sales": sales,
    "sales-revoke": sales_revoke(),
    "sales-revoke-second": sales_revoke(decides=False),
    "sales-revoke-activities": of_activities(sales_revoke()),
    "sales-revoke-refused": sales_revoke_refused,
    "sales-offline": sales_offline,
    "sales-void": dear(sales_void),
    "sales-tender": dear(sales_tender),
    "sales-tender-form": dear(sales_tender_form),
    "sales-tender-missing": sales_tender_missing,
    "sell-void-unfinished": sales_unfinished,
    "sales-void-finish": sales_finish,
    "sales-refused-card": dear(sales_refused_card),
    "sales-refused-finish": sales_refused_finish,
    "sales-card-in-cash": dear(sales_card_in_cash),
    "sales-given-in-cash": sales_given_in_cash,
    "shift-provisional": shift_provisional,
    "shift-provisional-over": dear(shift_provisional_over),
    "sell-attention": sell_attention,
    "sell-look-at-the-printer": sell_look_at_the_printer,
    "attention": attention,
    "attention-twice": attention_of("double_admission"),
    "attention-again": attention_of("over_capacity"),
    "attention-aside": attention_of("quarantined"),
    "attention-claim": attention_claim,
    "attention-older": attention_older,
    "attention-awaited": attention_awaited,
    "attention-not-wait": attention_not_wait,
    "attention-not-wait-second": attention_not_wait_second,
    "attention-ends": attention_also("closed_twice", ENDS),
    "attention-itself": attention_also("told", ITSELF),
    "attention-told": attention_of("told"),
    "attention-paper": attention_of("failed"),
    "attention-not-drawn": attention_not_drawn,
    "attention-asking": attention_of("asking"),
    "attention-settle": attention_settle,
    "attention-second": attention_second,
    "attention-refused": attention_refused,
    "attention-messages": attention_messages,
    "attention-offline": attention_offline,
    "attention-empty": attention_empty,
    "attention-loading": attention_loading,
    "attention-closed": attention_closed,
    "attention-tell": dear(attention_tell),
    "attention-give-up": attention_give_up,
    **BOOKINGS,
    **DISCOUNTS,
    "sell-dear-discounts": dear(DISCOUNTS["sell-discounts"]),
    "discount-dear": dear(DISCOUNTS["discount-line"]),
    **GUESTS,
    **MESSAGES,
    **REFUNDS,
    "settings": settings,
    "settings-file": settings_file,
    "settings-backup": settings_backup,
    "settings-backup-failed": settings_backup_failed,
    "sell-journal-damaged": sell_journal_damaged,
    "sell-disk-little": sell_disk_little,
    "sell-internet-away": sell_internet_away,
    "sell-old-data": sell_old_data,
    "sell-stuck-here": sell_stuck_here,
    "sell-cache-lost": sell_cache_lost,
    "sell-sign-in-ends": sell_sign_in_ends,
    "sell-new-prefix": sell_new_prefix,
    "sell-clock-fast": sell_clock_fast,
    "shift-clock-far": shift_clock_far,
    "sell-disk-no-sales": sell_disk_no_sales,
    "sign-in": sign_in,
    "sign-in-wrong": sign_in_wrong,
}
SIZES = ((1366, 768), (1920, 1080), (1280, 800))


def main() -> None:
    parser = argparse.ArgumentParser(prog="gallery", description="Draws every screen in every state.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("parts", nargs="*", default=[""], help="of file names, such as sell or ar-dark")
    given = parser.parse_args()
    folder, parts = given.folder, given.parts
    folder.mkdir(parents=True, exist_ok=True)
    QApplication.instance() or QApplication(sys.argv)
    looks = [("en", "light"), ("ar", "light"), ("en", "dark"), ("en", "contrast"), ("ar", "dark")]
    for name, state in STATES.items():
        for language, theme in looks:
            for width, height in SIZES if theme == "light" else SIZES[:1]:
                file = f"{name}-{language}-{theme}-{width}x{height}.png"
                if any(part in file for part in parts):
                    _draw(
                        folder / file,
                        state,
                        replace(Preferences(), language=language, theme=theme),
                        (width, height),
                    )


def _draw(file: Path, state: Setter, preferences: Preferences, size: tuple[int, int]) -> None:
    scene = new_scene(preferences, size)
    state(scene)
    scene.settle()
    scene.window.grab().save(str(file))
    scene.close()


if __name__ == "__main__":
    main()
