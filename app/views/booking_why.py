"""Why a booking is rejected or called off: from a list, in own words, and what the guest will read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.shown_bookings import BookingPage
from app.texts import Texts
from app.views.booking_letter import Letter
from app.views.desk import Desk
from app.views.ports import Bookings
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.choices import Choices
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import Item, column, holder, label, panel, row
from app.views.widgets.roomy import Roomy

REASONS = {
    "reject": ("full", "closed", "lifeguards", "details"),
    "suggest": ("full", "closed", "lifeguards"),
    "cancel": ("wish", "twice", "closed", "weather"),
}


class WhyForm(Form):
    """`what` is `reject`, `cancel` or `suggest`. Signals: `given` the reason, in the guest's language where it is from
    the list, `left`."""

    given = Signal(str)

    def __init__(self, desk: Desk, page: BookingPage, what: str, bookings: Bookings) -> None:
        super().__init__()
        self._bookings, self._desk, self._page, self._what = bookings, desk, page, what
        self._pressed = False  # before the message could be read
        self._theirs, self._sent = Texts(page.guest.language), False
        texts = desk.texts
        options = [(name, texts(f"bookings.reason_{name}"), "", "") for name in self._reasons()]
        self._list = Choices(desk, options, columns=1 if desk.look.close else 2, several=False)
        self._own = field(desk, texts("bookings.own_reason"), on_enter=self._said)
        self._letter = Letter(desk, page, what, bookings.letter)
        self._letter.settled.connect(self._settled)
        self._trouble = InlinePanel(desk, reserved=3)
        self._give = KeyButton(
            desk, texts(f"bookings.do_{what}"), "check", key=CONFIRM, kind="danger", size=LARGE - 8
        )
        self._give.clicked.connect(self._said)
        back = KeyButton(desk, texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        self._list.changed.connect(self._changed)
        self._own.textChanged.connect(self._changed)
        told = column(
            label(desk, texts(f"bookings.{what}_title", number=page.row.number), "h2", wrap=True),
            label(desk, texts("bookings.why"), "body", "text2", wrap=True),
            self._stays(),
            *self.extra(),
            self._list,
            self._own,
            panel("card", column(self._letter)),
            1,
            gap=desk.px(12),
        )
        answers = row(back, 1, self._give, gap=desk.px(24))
        self.setLayout(column(Roomy(desk, told, self._trouble, holder(answers))))
        self.setFocusProxy(self._own)
        self._letter.begin(self._wanted(), self._short())
        self._show_key()

    def _reasons(self) -> Sequence[str]:
        """For what the venue or the weather ended money goes back: what is paid is not called off for that."""
        listed = REASONS[self._what]
        return [each for each in listed if not (self._page.stays and each in ("closed", "weather"))]

    def _stays(self) -> Item:
        """That what was paid is lost to the guest, before it is."""
        stays, texts = self._page.stays, self._desk.texts
        if not stays:
            return None
        return label(
            self._desk, texts("bookings.paid_stays", amount=texts.money(stays)), "body", "warn", wrap=True
        )

    # for forms that ask for more

    @property
    def times(self) -> tuple[int, ...]:
        """Other sessions that the guest is told of."""
        return ()

    def extra(self) -> Sequence[Item]:
        """Over the reasons."""
        return ()

    def said_more(self, texts: Texts) -> Sequence[str]:
        """What the guest reads besides, in the language of `texts`."""
        return ()

    def lacks(self) -> str:
        """What must be chosen besides, before there is anything to give; empty for nothing."""
        return ""

    def why_not(self) -> str:
        """Why it cannot be given yet; empty where it can."""
        return self.lacks() or ("" if self.reason else self._desk.texts.refusal("reason_needed"))

    @property
    def is_begun(self) -> bool:
        return bool(self._own.text().strip() or self._list.values)

    @property
    def reason(self) -> str:
        """As the guest reads it; empty while nothing is said."""
        listed = [self._theirs(f"bookings.reason_{name}") for name in self._list.values]
        return " ".join(part for part in (*listed, self._own.text().strip()) if part)

    def fail(self, words: str) -> None:
        """Says why, and typing goes on."""
        self._sent = self._pressed = False
        self._show_key()
        self._trouble.say(words)
        self._own.setFocus()

    def _changed(self) -> None:
        if self._pressed:
            self._pressed = False
            self._trouble.quiet()
        self._letter.want(self._wanted(), self._short())
        self._show_key()

    def _wanted(self) -> tuple[str, tuple[int, ...]]:
        return self.reason, self.times

    def _short(self) -> str:
        """The message in short, in the guest's language, with what the screen knows of it."""
        texts, booking = self._theirs, self._page.row
        said = texts(f"bookings.letter_{self._what}", number=booking.number, day=texts.day(booking.day))
        why = (texts("bookings.letter_reason", reason=self.reason),) if self.reason else ()
        return "\n".join((said, *why, *self.said_more(texts)))

    def _show_key(self) -> None:
        self._give.allow(not self._sent, self.lacks())

    def _said(self) -> None:
        if why_not := self.why_not():
            self.fail(why_not)
            return
        if self._letter.is_waiting:
            self._pressed = True
            self._trouble.say(self._desk.texts("bookings.letter_wait"), "info")
            self._letter.hurry()
            return
        self._pressed, self._sent = False, True
        self._show_key()
        self._trouble.quiet()
        self.given.emit(self.reason)

    def _settled(self) -> None:
        """Nothing is sent that nobody could read: who pressed too early presses once more."""
        if self._pressed:
            self._trouble.say(self._desk.texts("bookings.letter_read"), "info")
