"""A booking that is made at the counter: the server keeps the places of what was put together."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal

from app.shown import Approval
from app.shown_bookings import Made
from app.views.booking_asked import WHAT, WHEN, WHO, Asked, asked_now
from app.views.booking_draft import BookingDraft
from domain.errors import Code, Refused


class BookingForm(BookingDraft):
    """Signals: `made` what was kept and for whom, and those of a draft."""

    made = Signal(object, object)
    _asked = Asked("", "", (), "")

    def _join(self) -> None:
        super()._join()
        self._keep.clicked.connect(self._ask_to_keep)

    @property
    def day(self) -> date:
        """What is booked is for that day."""
        assert self._shown is not None  # or nothing could be kept
        return self.wish.days(self._shown)[0]

    @property
    def may_pay(self) -> bool:
        return self._shown is not None and self._shown.may_pay

    def _ask_to_keep(self) -> None:
        desk, guest = self._shown, self.wish.guest
        if desk is None or guest is None or self._keeping.busy:
            return
        self._asked = asked_now(self._asked, self.wish, desk, names=self.can_choose)
        for each in (self._trouble, self._sum.trouble, self._what.wrong):
            each.quiet()
        self._keep.allow(False)
        self._keeping.run_aside(self.ask, self._asked, done=self._made, failed=self._failed)

    def ask(self, asked: Asked) -> Made:
        """Called beside the screen."""
        what = (*asked[1:4], asked.booking_id, asked.names)
        return self._bookings.book(*what, day=asked.day, approval=asked.approval)

    def _ask_to_allow(self) -> None:
        """In the products' place: a second person may let it be made."""
        if form := self._yes.open(self._allowed, lambda: self._show_step(choosing=False)):
            self._show()
            form.begin()

    def _allowed(self, approval: Approval) -> None:
        asked = self._asked._replace(approval=approval)
        self._keeping.run_aside(self.ask, asked, done=self._made, failed=self._yes.fail)

    def _made(self, made: Made) -> None:
        self.made.emit(made, self.wish)

    def _failed(self, error: Exception) -> None:
        """Said beside what it is about; all that was typed stays."""
        code = error.code if isinstance(error, Refused) else None
        self.load()
        if code in WHO:
            self._sum.trouble.trouble(error)
            if code is Code.GUEST_BANNED:
                self._ask_to_allow()
        elif code in WHEN:
            self._refused = error
            self._show()
        elif code in WHAT:
            self._what.wrong.trouble(error)
        else:
            self._trouble.trouble(error)
