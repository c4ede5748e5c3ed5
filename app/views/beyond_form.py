"""In the tiles' place: a supervisor lets a cart be sold though this till does not hold its places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Signal

from app.shown import Approval
from app.tasks import Runner
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.form import Form
from app.views.widgets.parts import clear, column, holder, label
from app.views.widgets.supervisor_strip import SupervisorStrip
from domain.cart import Cart
from domain.errors import Code, Refused

_ALLOWABLE = (Code.PLACES_LATE, Code.PLACES_OFFLINE, Code.RECOVERING)
_ABOUT_PLACES = (Code.CAPACITY_FULL, Code.PLACES_HELD, Code.SESSION_OVER, *_ALLOWABLE)


def is_about_places(error: Exception) -> bool:
    """Whether a cart has lines that it cannot keep."""
    return isinstance(error, Refused) and error.code in _ABOUT_PLACES


def may_be_allowed(error: Exception) -> bool:
    """Whether a supervisor may let the cart through all the same."""
    return isinstance(error, Refused) and error.code in _ALLOWABLE


def with_lines_of(cart: Cart, wanted: Cart) -> Cart:
    """`cart` with as many of each line as `wanted` has: what was tapped meanwhile stays."""
    most = {line.line_id: line.quantity for line in wanted.lines}
    kept = {line.line_id for line in cart.lines}
    lines = [replace(line, quantity=max(line.quantity, most.get(line.line_id, 0))) for line in cart.lines]
    return replace(cart, lines=(*lines, *(line for line in wanted.lines if line.line_id not in kept)))


class Allows(Protocol):
    def allow(self, cart: Cart, approval: Approval) -> Cart: ...


class BeyondForm(Form):
    """Signals: `allowed` the cart with the supervisor's yes, `left` when it was closed without one."""

    allowed = Signal(object)

    def __init__(self, desk: Desk, people: People, selling: Allows) -> None:
        super().__init__()
        self._desk, self._people = desk, people
        self._tasks: Runner = desk.tasks
        self._selling = selling
        self._cart: Cart | None = None
        self._strip: SupervisorStrip | None = None
        self._form = column(gap=0, margins=(desk.px(24), desk.px(12), desk.px(24), desk.px(12)))
        self.setLayout(self._form)

    def begin(self, cart: Cart, why: str) -> None:
        """Asks about `cart`, `why` being what stands against it; all is typed anew each time."""
        self._cart = cart
        clear(self._form)
        desk, texts = self._desk, self._desk.texts
        self._strip = SupervisorStrip(desk, self._people, "sell_beyond_lease", action=texts("sell.do_beyond"))
        self._strip.given.connect(self._give)
        self._strip.left.connect(self.left)
        told = column(
            label(desk, texts("sell.beyond_title"), "h2", wrap=True),
            label(desk, why, "bodymedium", wrap=True),
            label(desk, texts("sell.beyond_what"), "body", "text2", wrap=True),
            self._strip,
            1,
            gap=desk.px(12),
        )
        self._form.addWidget(holder(self._strip.under(told)))
        self._strip.setFocus()

    def _give(self, approval: Approval) -> None:
        if (cart := self._cart) is not None:
            allow: Callable[[Cart, Approval], Cart] = self._selling.allow
            self._tasks.run(allow, cart, approval, done=self._allowed, failed=self._failed)

    def _allowed(self, cart: Cart) -> None:
        self._forget()
        self.allowed.emit(cart)

    def _failed(self, error: Exception) -> None:
        if self._strip is not None:
            self._strip.fail(error)

    def _forget(self) -> None:
        """A PIN that was typed is not kept."""
        clear(self._form)
        self._strip = None
