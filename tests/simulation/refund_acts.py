"""What is done about refunds at a till: asked for, decided by a second person, paid by card or in cash, withdrawn."""

from __future__ import annotations

import sqlalchemy as sa

from app.shown_refunds import RefundPage, RefundRow
from domain.errors import Code, Refused
from domain.money import Money
from domain.refund import Reason, State
from domain.refund_offer import Choice, Goods
from ledger import read_refunds
from ledger import tables as t
from tests.simulation.staff import Counter

_REASONS = (
    Reason.CUSTOMER_CANCEL,
    Reason.CUSTOMER_CANCEL,
    Reason.WEATHER,
    Reason.VENUE_CLOSED,
    Reason.MEDICAL,
)

_GIVEN_UP = 3  # one of so many that ask for another amount than the policies give


def ask(counter: Counter) -> None:
    """For a few things of some sale; now and then for another amount, mostly so that they stay."""
    refunds, chance = counter.station.refunds, counter.chance
    with counter.station.store.read() as connection:
        sales = sorted(connection.execute(sa.select(t.sale.c.sale_id)).scalars())
    if not sales:
        return
    page = refunds.page(chance.choice(sales[-6:]))
    ask_for(counter, page, some_of(counter, page))


def ask_for(counter: Counter, page: RefundPage, choice: Choice) -> None:
    refunds, chance = counter.station.refunds, counter.chance
    reason = chance.choice(_REASONS)
    try:
        preview = refunds.preview(page.sale_id, choice, reason)
    except Refused as refused:
        if refused.code not in (Code.NOT_MONEY, Code.REFUND_TICKET_USED):
            raise
        preview = refunds.preview(page.sale_id, choice, reason, Money(chance.randint(1, 900), "SAR"))
    if chance.random() < 0.2:
        less = Money(chance.randint(1, preview.price.minor), "SAR")
        choice = _staying(page, choice) if less.minor % _GIVEN_UP else choice
        preview = refunds.preview(page.sale_id, choice, reason, less)
    refunds.ask(preview, "as the guest says")


def _staying(page: RefundPage, choice: Choice) -> Choice:
    """Money for the same things, of which none ends."""
    chosen, goods = set(choice.tickets), {each.charge_id for each in choice.goods}
    return Choice(
        goods=tuple(
            Goods(each.charge_id, 0)
            for each in page.charges
            if each.charge_id in goods or chosen & {one.ticket_id for one in each.tickets}
        )
    )


def some_of(counter: Counter, page: RefundPage) -> Choice:
    chance = counter.chance
    tickets = [one.ticket_id for each in page.charges for one in each.tickets if not one.gone]
    goods = [each for each in page.charges if not each.tickets and each.pieces]
    some = chance.sample(tickets, min(len(tickets), chance.randint(0, 2)))
    parts = chance.sample(goods, min(len(goods), chance.randint(0 if some else 1, 1)))
    return Choice(tuple(some), tuple(Goods(each.charge_id, chance.randint(1, each.pieces)) for each in parts))


def approve(counter: Counter) -> None:
    if row := _one(counter, State.REQUESTED):
        counter.station.refunds.approve(row.refund_id, "", counter._huda())


def refuse(counter: Counter) -> None:
    if row := _one(counter, State.REQUESTED):
        counter.station.refunds.refuse(row.refund_id, "not today", counter._huda())


def withdraw(counter: Counter) -> None:
    if row := _one(counter, *State):
        counter.station.refunds.withdraw(row.refund_id)


def take(counter: Counter) -> None:
    """What the server began; now and then what it did not, or what somebody has taken up."""
    rows = counter.station.refunds.open()
    free = [row for row in rows if row.free]
    if free and counter.chance.random() < 0.9:
        counter.station.refunds.take(counter.chance.choice(free).refund_id)
    elif row := _one(counter, *State):
        counter.station.refunds.take(row.refund_id)


def release(counter: Counter) -> None:
    """What was taken up here; now and then it is paid when the answer has come and the page that tells has not."""
    taken = [row for row in counter.station.refunds.open() if row.here and not row.asker_id]
    if not taken:
        return
    refund_id, requests = counter.chance.choice(taken).refund_id, counter.station.requests
    counter.station.sync.once()
    pull, requests._push = requests._push, lambda: None
    try:
        counter.station.refunds.release(refund_id)
    finally:
        requests._push = pull
        if counter.chance.random() < 0.5:
            counter.station.refunds.pay(refund_id, lambda step: None)


def pay(counter: Counter) -> None:
    """Mostly what is to be paid here; now and then what is not."""
    waiting = counter.station.refunds.to_pay()
    row = (
        counter.chance.choice(waiting) if waiting and counter.chance.random() < 0.9 else _one(counter, *State)
    )
    if row:
        counter.station.refunds.pay(row.refund_id, lambda step: None)


def pay_any(counter: Counter) -> None:
    """Whatever is not over, wherever it is to be paid."""
    if row := _one(counter, *State):
        counter.station.refunds.pay(row.refund_id, lambda step: None)


def pay_again(counter: Counter) -> None:
    """Somebody tries what is over."""
    with counter.station.store.read() as connection:
        done = sorted(connection.execute(sa.select(t.refund_done.c.ask_id)).scalars())
    if done:
        counter.station.refunds.pay(counter.chance.choice(done), lambda step: None)


def pay_in_cash(counter: Counter) -> None:
    if waiting := counter.station.refunds.to_pay():
        counter.station.refunds.pay_in_cash(counter.chance.choice(waiting).refund_id, counter._huda())


def recover(counter: Counter) -> None:
    counter.station.refunds.recover()


def resolve(counter: Counter) -> None:
    """The supervisor reads the terminal's own slip, which tells the truth."""
    row, terminal = _one(counter, State.SENT, State.UNKNOWN), counter.station.cards._terminal
    if row is None or terminal is None:
        return
    with counter.station.store.read() as connection:
        found = read_refunds.refund(connection, row.refund_id)
    for each in found.tries if found else ():
        moved = getattr(terminal.driver, "arrived", {}).get(each.attempt.attempt_id)
        approved = moved is not None and moved.minor > 0
        code = "A1" if approved else ""
        counter.station.refunds.resolve(row.refund_id, approved, code, counter._huda("by the slip"))


def go_on(counter: Counter) -> None:
    """The next step of whatever is the furthest: paid, approved, asked for, sold."""
    states = {row.state for row in counter.station.refunds.open()}
    if counter.station.refunds.to_pay():
        pay(counter)
    elif State.REQUESTED in states:
        approve(counter)
    elif counter.chance.random() < 0.6:
        ask(counter)
    else:
        counter.sell()


def _one(counter: Counter, *states: State) -> RefundRow | None:
    rows = [row for row in counter.station.refunds.open() if row.state in states]
    return counter.chance.choice(rows) if rows else None


ACTS = (
    (go_on, 60), (Counter.sell, 8), (Counter.go_on, 6), (Counter.void, 1), (Counter.scan, 1), (ask, 8), (approve, 3),
    (refuse, 1), (withdraw, 3), (pay, 4), (pay_again, 2), (pay_in_cash, 3), (recover, 2), (resolve, 1),
)  # fmt: skip
