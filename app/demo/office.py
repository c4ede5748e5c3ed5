"""What a desk does beside selling: a guest is registered with a code, and a ticket that nobody used goes back."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from app.demo.acts import tap
from app.demo.hands import Hands
from app.demo.player import Script
from app.demo.scene import (
    Scene,
    captured_back,
    check,
    counted,
    morning,
    our_documents,
    page_of,
    pause,
    refusal,
    sar,
    sold,
)
from domain.errors import Code
from domain.receipt import DocumentKind
from domain.refund import State
from ledger import read_refunds, read_setup
from ledger import tables as t

CHILD = 2
NAME, PHONE = "Sami Al-Harbi", "0551234567"
SEASON_PASS = "SP-00417"
BACK = 7245  # 80.50 less a tenth
MESSAGES = '[mail]\nby = "console"\n\n[sms]\nby = "console"\nshow_codes = true\n'
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


# step 3 ------------------------------------------------------------------------------------------------------------


def register_father(scene: Scene) -> Script:
    """The father is registered by his number and name, and proves with the code of an SMS that the number is his; he
    shows his season pass."""
    scene.time(10, 1)
    hands, texts = Hands(scene.desk_window), scene.texts
    hands.key("F7")
    yield lambda: page_of(scene.desk_window, "guests") is not None
    hands.type(PHONE)
    yield lambda: hands.reads(texts("guests.none", text=PHONE))
    hands.key("F12")
    yield lambda: hands.sees(texts("guests.do_new"))
    hands.type(NAME)
    hands.key("F12")
    yield lambda: hands.reads(texts("guests.verify_title", name=NAME))
    hands.key("F9")
    yield lambda: _code_sent(scene) != ""
    holds = texts("guests.code_until", until="|").partition("|")[0]
    yield lambda: hands.reads(holds)
    scene.picture(scene.desk_window, "code")
    for digit in _code_sent(scene):  # each goes to the box that has the focus by then
        hands.key(digit)
        yield pause(60)
    hands.key("F12")
    yield lambda: _is_verified(scene)
    yield from _give_season_pass(scene)
    scene.picture(scene.desk_window, "guest")
    scene.facts["guest"] = f"{NAME}, verified by the code of an SMS, with a season pass"
    hands.key("F1")
    yield lambda: page_of(scene.desk_window, "sell") is not None


def _give_season_pass(scene: Scene) -> Script:
    """The number stands on the card; it begins today and lasts a year."""
    hands, texts = Hands(scene.desk_window), scene.texts
    yield lambda: hands.sees(texts("guests.membership"))
    hands.key("e", ctrl=True)
    yield lambda: hands.writes_in(texts("guests.membership_number"))
    hands.type(SEASON_PASS)
    hands.key("F12")
    yield lambda: [guest.name for guest in scene.desk.guests.find(SEASON_PASS)] == [NAME]
    yield lambda: hands.reads(texts("guests.standing_valid"))


def _code_sent(scene: Scene) -> str:
    """The newest code that the server has printed in the place of an SMS."""
    log: Path = scene.venue.folder / "server.log"
    _, _, last = log.read_text(encoding="utf-8").rpartition("--- sms to ")
    found = _CODE.findall(last.partition("\n")[2])  # an id has digits too
    return f"{int(found[0]):06}" if found else ""  # in whatever digits it is written


def _is_verified(scene: Scene) -> bool:
    return [guest.verified for guest in scene.desk.guests.find(NAME)] == [True]


# step 18 -----------------------------------------------------------------------------------------------------------


def give_back(scene: Scene) -> Script:
    """A child's ticket that nobody used: 80.50 less 8.05, asked for at the desk, approved at another station, paid to
    the card at the desk; the ticket has ended and its place is free."""
    scene.time(13, 40)
    number = our_documents(scene)[-1].number
    places, taken = sold(scene.desk, morning(scene)), captured_back(scene)
    yield from _ask(scene, number)
    yield from _approve_elsewhere(scene)
    hands, texts = Hands(scene.desk_window), scene.texts
    yield lambda: hands.sees(texts("refunds.pay"))
    scene.picture(scene.desk_window, "refund-approved")
    hands.key("F9")
    yield lambda: hands.reads(texts("refunds.paid"))
    scene.picture(scene.desk_window, "refund-paid")
    note = our_documents(scene)[0]
    check(note.receipt.kind is DocumentKind.CREDIT, "there is no credit note")
    sums = note.receipt.gross, note.receipt.net, note.receipt.vat
    check(sums == (sar(BACK), sar(6300), sar(945)), f"the credit note says {sums[0].decimal()}")
    check(captured_back(scene) - taken == BACK, "the card has another amount back")
    yield lambda: [sold(each, morning(scene)) for each in (scene.desk, scene.gate)] == [places - 1] * 2
    check(scene.gate.gate.scan(_given_back(scene)).code == "canceled", "the ticket still works")
    scene.facts["refund"] = f"{note.number}, {note.receipt.gross.decimal()} to the card; the ticket has ended"
    hands.key("F12")
    yield pause(200)


def _ask(scene: Scene, number: str) -> Script:
    hands, texts, frame = Hands(scene.desk_window), scene.texts, scene.desk_window.frame
    assert frame is not None
    frame.show_refunds()
    yield lambda: page_of(scene.desk_window, "refunds") is not None
    frame.focus_search()
    hands.type(number)
    hands.key("Enter")
    yield lambda: hands.reads(number)
    hands.key("F9")
    with scene.desk.store.read() as connection:
        child = read_setup.product_name(connection, CHILD).get(texts.language)
    yield from tap(hands, texts("stepper.more", what=child))
    yield from tap(hands, texts("refunds.reason_customer_cancel"))
    yield lambda: hands.reads(texts.money(sar(BACK)))
    scene.picture(scene.desk_window, "refund")
    hands.key("F12")
    yield lambda: hands.sees(texts("refunds.second"))
    refund_id = _refund(scene).asked.ask_id
    own = refusal(lambda: scene.desk.refunds.approve(refund_id, ""))
    check(own in (Code.NOT_ALLOWED, Code.APPROVER_SAME), f"who asked approved it: {own}")


def _approve_elsewhere(scene: Scene) -> Script:
    """Huda, at the second till."""
    second = scene.second
    yield lambda: counted(second, t.refund_ask) == 1
    second.people.sign_out()
    second.people.sign_in("huda", second.config.sample_pins["huda"])
    second.refunds.approve(_refund(scene).asked.ask_id, "unused")
    second.people.sign_out()
    yield lambda: _refund(scene).state is State.APPROVED


def _refund(scene: Scene) -> read_refunds.RefundRow:
    with scene.desk.store.read() as connection:
        return read_refunds.refunds_of_sale(connection, our_documents(scene)[-1].sale_id)[0]


def _given_back(scene: Scene) -> str:
    """The QR text of the ticket that ended."""
    with scene.desk.store.read() as connection:
        mine = t.ticket.c.ticket_id == _refund(scene).asked.tickets[0]
        return str(connection.execute(sa.select(t.ticket.c.code).where(mine)).scalar_one())
