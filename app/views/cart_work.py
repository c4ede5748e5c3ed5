"""The cart of the Sell page and the changes on their way to it: fast taps queue up, each from the last result."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.tasks import Runner
from domain.cart import Cart

UNDO = timedelta(seconds=8)
Change = Callable[[Cart], Cart]
Failed = Callable[[Exception], object]


@dataclass(frozen=True, slots=True)
class Step:
    """A change on its way; `done` and `failed` are told besides the signals, or `failed` in place of one."""

    change: Change
    done: Callable[[], object] | None = None
    failed: Failed | None = None


class CartWork(QObject):
    """Signals: `changed` the cart after each step, `refused` the exception of a step that was not taken, `idle` when
    nothing is on its way any more. `good` is the cart as it was then."""

    changed = Signal(object)
    refused = Signal(object)
    idle = Signal()

    def __init__(self, tasks: Runner, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._now = tasks, now
        self._before: list[tuple[Cart, datetime]] = []
        self._waiting: deque[Step] = deque()
        self._then: list[Callable[[], object]] = []
        self._busy, self._turn = False, 0
        self.cart: Cart | None = None
        self.good: Cart | None = None

    def put(self, cart: Cart | None) -> None:
        """Replaces the cart; changes on their way belonged to the old one and are dropped."""
        self._turn += 1
        self._busy, self.good = False, None
        self._waiting.clear()
        self._then.clear()
        self._before.clear()
        self.cart = cart
        self.idle.emit()
        if cart is not None:
            self.changed.emit(cart)

    def start(self, cart: Cart) -> None:
        """The first cart, unless there is one; changes that were quicker than it are made to it."""
        if self.cart is None:
            self.cart = cart
            self.changed.emit(cart)
            self._next()

    @property
    def busy(self) -> bool:
        """Whether a change is on its way."""
        return self._busy or bool(self._waiting)

    @property
    def waits(self) -> bool:
        """Whether something waits for the last change."""
        return bool(self._then)

    def do(
        self, change: Change, done: Callable[[], object] | None = None, failed: Failed | None = None
    ) -> None:
        """With `failed` a refusal is told there only."""
        self._waiting.append(Step(change, done, failed))
        self._next()

    def do_next(self, change: Change) -> None:
        """Before all that waits."""
        self._waiting.appendleft(Step(change))
        self._next()

    def remember(self, cart: Cart) -> None:
        """`undo` may bring `cart` back from now on."""
        self._before.append((cart, self._now()))

    def undo(self) -> bool:
        """Takes back the last change, and the one before it when asked again; False when there is none of the last
        eight seconds."""
        if self._busy or self._waiting or not self._before:
            return False
        cart, since = self._before.pop()
        if self._now() - since > UNDO:
            self._before.clear()
            return False
        self.cart = cart
        self.changed.emit(cart)
        return True

    def when_done(self, call: Callable[[], object]) -> None:
        """Calls once nothing is on its way any more: at once, most of the time. Not after a refusal."""
        if self._busy or self._waiting:
            self._then.append(call)
        else:
            call()

    def _next(self) -> None:
        if self._busy or not self._waiting or self.cart is None:
            return
        self._busy, turn, step = True, self._turn, self._waiting.popleft()
        self._tasks.run(
            step.change,
            self.cart,
            done=lambda cart: self._took(cart, turn, step),
            failed=lambda error: self._failed(error, turn, step),
        )

    def _took(self, cart: Cart, turn: int, step: Step) -> None:
        if not self._is_awaited(turn):
            return
        if self.cart != cart:
            if self.cart is not None:
                self.remember(self.cart)
            self.cart = cart
            self.changed.emit(cart)
        if step.done is not None:
            step.done()
        self._go_on()

    def _failed(self, error: Exception, turn: int, step: Step) -> None:
        """What waited for the change was meant for a cart that has it; what is tapped is not lost."""
        if self._is_awaited(turn):
            self._then.clear()
            tell = step.failed or self.refused.emit
            tell(error)
            self._go_on()

    def _is_awaited(self, turn: int) -> bool:
        awaited = isValid(self) and turn == self._turn
        self._busy = self._busy and not awaited
        return awaited

    def _go_on(self) -> None:
        self._next()
        if self.busy:
            return
        self.good = self.cart
        self.idle.emit()
        calls, self._then = self._then, []
        for call in calls:
            call()
