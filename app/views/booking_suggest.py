"""A booking that cannot be as it was asked for: rejected with up to three other times that have room, for the guest to
choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.shown import SessionTile
from app.shown_bookings import BookingPage
from app.texts import Texts
from app.views.asking import Asking
from app.views.booking_why import WhyForm
from app.views.booking_words import of_several
from app.views.desk import Desk
from app.views.ports import Bookings
from app.views.widgets.choices import Choices
from app.views.widgets.parts import Item, clear, column, holder, label
from domain.booking import MOST_SUGGESTED

SHOWN = 12  # the nearest; more is not read


class SuggestForm(WhyForm):
    """Signals: as those of `WhyForm`; `times` are the sessions that were chosen."""

    def __init__(self, desk: Desk, page: BookingPage, bookings: Bookings) -> None:
        self._times_place = column()
        self._several = of_several(page.rooms)
        self._tiles: dict[str, SessionTile] = {}
        self._times: Choices | None = None
        super().__init__(desk, page, "suggest", bookings)
        self._asking = Asking(desk.tasks, self)
        self._list.choose(("full",))
        self._say_times(label(desk, desk.texts("bookings.suggest_loading"), "body", "text2", wrap=True))

    def begin(self) -> None:
        self._ask_times()
        self.setFocus()

    def fail(self, words: str) -> None:
        """Says why; the times are asked for again, and what is still there stays chosen."""
        super().fail(words)
        self._ask_times()

    def _ask_times(self) -> None:
        which = self._page.row.booking_id
        self._asking.run(self._bookings.other_times, which, done=self._came, failed=self._trouble.trouble)

    @property
    def is_begun(self) -> bool:
        return bool(self.times) or super().is_begun

    @property
    def times(self) -> tuple[int, ...]:
        return tuple(each.number for each in self._chosen())

    def extra(self) -> Sequence[Item]:
        title = label(self._desk, self._desk.texts("bookings.suggest_which"), "captionstrong", "text2")
        return title, holder(self._times_place)

    def said_more(self, texts: Texts) -> Sequence[str]:
        """In a short message too."""
        between = "؛ " if texts.language == "ar" else "; "
        said = between.join(self._begins(texts, each) for each in self._chosen())
        return (texts("bookings.letter_times", times=said),) if said else ()

    def lacks(self) -> str:
        count = len(self.times)
        if 0 < count <= MOST_SUGGESTED:
            return ""
        return self._desk.texts("bookings.suggest_most" if count else "bookings.suggest_none_chosen")

    def _chosen(self) -> list[SessionTile]:
        values = self._times.values if self._times else ()
        return sorted((self._tiles[value] for value in values), key=lambda each: each.starts_at)

    def _came(self, found: tuple[SessionTile, ...]) -> None:
        desk, texts, before = self._desk, self._desk.texts, self._times
        self._tiles = {str(each.number): each for each in found[:SHOWN]}
        self._times = None
        if not found:
            self._changed()
            self._say_times(label(desk, texts("bookings.suggest_nothing"), "body", "warn", wrap=True))
            return
        options = [(key, self._option(each), "", "") for key, each in self._tiles.items()]
        self._times = Choices(desk, options, columns=2 if desk.look.close else 3, several=True)
        self._times.choose(before.values if before else ())
        self._times.changed.connect(self._changed)
        self._changed()
        self._say_times(self._times)
        if before is None:
            next(iter(self._times.findChildren(QWidget))).setFocus()

    def _option(self, tile: SessionTile) -> str:
        """`Thu 26 Nov 14:00 · 86 places left`."""
        texts = self._desk.texts
        return texts.line((self._begins(texts, tile), texts("bookings.suggest_left", n=tile.left)))

    def _say_times(self, what: QWidget) -> None:
        clear(self._times_place)
        self._times_place.addWidget(what)

    def _begins(self, texts: Texts, tile: SessionTile) -> str:
        """`Thu 26 Nov 14:00`, as the message says it; of what it is where several things are booked."""
        begins = f"{texts.day(texts.local(tile.starts_at).date())} {texts.clock(tile.starts_at)}"
        return texts.line((tile.activity.get(texts.language), begins)) if self._several else begins
