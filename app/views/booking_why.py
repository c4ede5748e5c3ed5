"""Why a booking is rejected or called off: from a list, in own words, and what the guest will read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal

from app.shown_bookings import BookingPage
from app.texts import Texts
from app.views.asking import Asking
from app.views.desk import Desk
from app.views.ports import Bookings
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton
from app.views.widgets.choices import Choices
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import Item, column, every, holder, label, panel, row
from app.views.widgets.roomy import Roomy
from app.views.widgets.theme import start_of

LOOK_MS = 300  # after the last letter that is typed
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
        self._bookings, self._asking_words, self._words = bookings, Asking(desk.tasks, self), ""
        self._pause = every(self, LOOK_MS, self._ask_words)
        self._pause.setSingleShot(True)
        self._desk, self._page, self._what = desk, page, what
        self._theirs, self._sent = Texts(page.guest.language), False
        texts = desk.texts
        options = [(name, texts(f"bookings.reason_{name}"), "", "") for name in self._reasons()]
        self._list = Choices(desk, options, columns=1 if desk.look.close else 2, several=False)
        self._own = field(desk, texts("bookings.own_reason"), on_enter=self._said)
        self._letter = label(desk, "", "body", wrap=True)
        self._letter.setAlignment(start_of(rtl=self._theirs.rtl) | Qt.AlignmentFlag.AlignVCenter)
        self._trouble = InlinePanel(desk, reserved=3)
        self._give = KeyButton(
            desk, texts(f"bookings.do_{what}"), "check", key=CONFIRM, kind="danger", size=LARGE - 8
        )
        self._give.clicked.connect(self._said)
        back = KeyButton(desk, texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        self._list.changed.connect(self._changed)
        self._own.textChanged.connect(self._changed)
        side = desk.px(12)
        letter = column(
            label(desk, self._how(), "captionstrong", "text2", wrap=True),
            self._letter if page.guest.reach else None,
            gap=desk.px(4),
            margins=(side, side, side, side),
        )
        told = column(
            label(desk, texts(f"bookings.{what}_title", number=page.row.number), "h2", wrap=True),
            label(desk, texts("bookings.why"), "body", "text2", wrap=True),
            self._stays(),
            *self.extra(),
            self._list,
            self._own,
            panel("card", letter),
            1,
            gap=desk.px(12),
        )
        answers = row(back, 1, self._give, gap=desk.px(24))
        self.setLayout(column(Roomy(desk, told, self._trouble, holder(answers))))
        self.setFocusProxy(self._own)
        self._show_letter()
        self._ask_words()

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
        self._sent = False
        self._show_letter()
        self._trouble.say(words)
        self._own.setFocus()

    def _how(self) -> str:
        texts, reach = self._desk.texts, self._page.guest.reach
        return texts(f"bookings.told_{reach}") if reach else texts("bookings.told_nobody")

    def _changed(self) -> None:
        """The message is asked for anew once nothing more is written."""
        self._show_letter()
        self._pause.start()

    def _ask_words(self) -> None:
        page, stays = self._page, self._page.stays
        if not page.guest.reach or not page.online:
            return
        asked = page.row.booking_id, self._what, self.reason, self.times, stays.minor if stays else 0
        lost = partial(self._came_words, "")  # what came before has another reason
        self._asking_words.run(self._bookings.letter, *asked, done=self._came_words, failed=lambda _: lost())

    def _came_words(self, words: str) -> None:
        self._words = words
        self._show_letter()

    def _show_letter(self) -> None:
        """The message itself, as the server would send it, in the guest's language; in short until that has come."""
        texts, booking = self._theirs, self._page.row
        said = texts(f"bookings.letter_{self._what}", number=booking.number, day=texts.day(booking.day))
        why = (texts("bookings.letter_reason", reason=self.reason),) if self.reason else ()
        self._letter.setText(self._words or "\n".join((said, *why, *self.said_more(texts))))
        self._give.allow(not self._sent, self.lacks())

    def _said(self) -> None:
        if why_not := self.why_not():
            self.fail(why_not)
            return
        self._sent = True
        self._show_letter()
        self._trouble.quiet()
        self.given.emit(self.reason)
