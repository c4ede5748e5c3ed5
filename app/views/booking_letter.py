"""The message that a decision about a booking sends to its guest, as the server would write it; in short while the
server does not say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.shown_bookings import BookingPage
from app.views.asking import Asking
from app.views.desk import Desk
from app.views.widgets.parts import column, every, label, set_property
from app.views.widgets.theme import start_of
from domain.errors import Code, Refused

LOOK_MS = 300  # after the last letter that is typed
PATIENCE_MS = 2_000  # a decision waits no longer for what it is read with
_IN_VAIN = Code.NOT_ALLOWED, Code.STAFF_UNPROVEN  # asked again, it would be refused again

_TOLD = {"mail": "bookings.told_mail", "sms": "bookings.told_sms"}
_IN_SHORT = {"mail": "bookings.told_mail_short", "sms": "bookings.told_sms_short"}

Wanted = tuple[str, tuple[int, ...]]  # the reason, and which other sessions are named


class Letter(QWidget):
    """`ask` is `Bookings.letter`. Signal `settled`: nothing is waited for any more; what is shown can be sent."""

    settled = Signal()

    def __init__(self, desk: Desk, page: BookingPage, what: str, ask: Callable[..., str]) -> None:
        super().__init__()
        self._desk, self._what, self._ask = desk, what, ask
        self._booking, self._reach = page.row.booking_id, page.guest.reach
        self._stays = page.stays.minor if page.stays else 0
        self._asking = Asking(desk.tasks, self)
        self._may_ask = bool(page.guest.reach and page.online)
        self._wanted: Wanted = "", ()
        self._answered: Wanted | None = None
        self._said, self._short, self._lost = "", "", not self._may_ask
        self._pause, self._patience = (
            self._timer(LOOK_MS, self._ask_now),
            self._timer(PATIENCE_MS, self._over),
        )
        self._caption = label(desk, "", "captionstrong", "text2", wrap=True)
        self.words = label(desk, "", "body", wrap=True)
        self.words.setAlignment(start_of(rtl=page.guest.language == "ar") | Qt.AlignmentFlag.AlignVCenter)
        side = desk.px(12)
        shown = self.words if self._reach else None
        self.setLayout(column(self._caption, shown, gap=desk.px(4), margins=(side, side, side, side)))

    def begin(self, wanted: Wanted, short: str) -> None:
        self._wanted, self._short = wanted, short
        if self.is_waiting:
            self._patience.start()
        self._show()
        self._ask_now()

    def want(self, wanted: Wanted, short: str) -> None:
        """For what is said now; `short`: what is shown of it where the server does not answer. What was shown steps
        back at once; the server is asked once nothing more is written."""
        is_other, self._wanted, self._short = wanted != self._wanted, wanted, short
        if is_other:
            self._pause.start()
            if self.is_waiting:
                self._patience.start()
        self._show()

    @property
    def is_waiting(self) -> bool:
        """What is shown is not what would be sent, and that may still come: for so long as patience lasts. Where the
        server did not answer lately nothing waits for it."""
        return not self._lost and self._answered != self._wanted

    def hurry(self) -> None:
        """Somebody wants to send it."""
        if self._pause.isActive():
            self._pause.stop()
            self._ask_now()

    def _ask_now(self) -> None:
        """One at a time, and beside what is done here: a server that is slow holds up no decision."""
        if not self._may_ask or self._asking.busy:
            return
        asked = self._wanted
        came, failed = partial(self._came, asked), partial(self._failed, asked)
        self._asking.run_aside(
            self._ask, self._booking, self._what, *asked, self._stays, done=came, failed=failed
        )

    def _came(self, asked: Wanted, words: str) -> None:
        if not words:
            self._lost = True
        else:
            self._answered, self._said = asked, words
            self._lost = self._lost and asked != self._wanted
        self._go_on(asked)

    def _failed(self, asked: Wanted, error: Exception) -> None:
        self._lost = True
        self._may_ask = not (isinstance(error, Refused) and error.code in _IN_VAIN)
        self._go_on(asked)

    def _go_on(self, asked: Wanted) -> None:
        if asked != self._wanted and not self._pause.isActive():
            self._ask_now()
        self._show()

    def _over(self) -> None:
        self._lost = True
        self._show()

    def _show(self) -> None:
        is_read, waits = self._answered == self._wanted, self.is_waiting
        self.words.setText(self._said if self._said and (is_read or waits) else self._short)
        set_property(self.words, "tone", "text3" if waits else "text")
        self._caption.setText(self._how(is_read=is_read, waits=waits))
        if not waits:
            self._patience.stop()
            self.settled.emit()

    def _how(self, *, is_read: bool, waits: bool) -> str:
        texts = self._desk.texts
        if not self._reach:
            return texts("bookings.told_nobody")
        if waits:
            return texts("bookings.letter_waits")
        return texts((_TOLD if is_read else _IN_SHORT)[self._reach])

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        made = every(self, milliseconds, call)
        made.setSingleShot(True)
        return made
