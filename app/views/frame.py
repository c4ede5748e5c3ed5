"""Everything inside the window once somebody is signed in: rail, top bar, the window's line, the stack of places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.shown import SaleRow
from app.shown_status import StationStatus
from app.views.attention_view import AttentionView
from app.views.banners import Banners
from app.views.bookings_view import BookingsView
from app.views.checkin_view import CheckinView
from app.views.desk import Desk
from app.views.key_list import KeyList
from app.views.messages_view import MessagesView
from app.views.page import Page
from app.views.readiness_view import ReadinessView
from app.views.refunds_view import RefundsView
from app.views.sale_view import SaleView
from app.views.sales_view import SalesView
from app.views.settings_view import SettingsView
from app.views.shell import Place, Rail, TopBar
from app.views.shift_view import ShiftView
from app.views.ways import Ways
from app.views.widgets.buttons import Pressable
from app.views.widgets.form import Form, step_in
from app.views.widgets.notice import InlinePanel, NoticeBar
from app.views.widgets.pages import Pages
from app.views.widgets.parts import column, row
from app.views.widgets.tab_row import TURN
from domain.catalogue import StaffMember
from domain.money import Money
from domain.staff import Permission, may

TOLD = (
    SaleView | CheckinView | ShiftView | SalesView | SettingsView | BookingsView | MessagesView | RefundsView
)
"""Pages that are told how the station is."""


class Frame(QWidget):
    """Signals `sign_out` and `recover` (a damaged journal). `pages` are in the order of all places; `places` names
    those of the rail."""

    sign_out = Signal()
    recover = Signal()

    def __init__(
        self, desk: Desk, places: tuple[Place, ...], pages: Mapping[str, Page], *, narrow: bool
    ) -> None:
        super().__init__()
        self._desk, self._pages = desk, pages
        self.places = tuple(each.name for each in places if each.rail)
        self._before = ""
        self._status: StationStatus | None = None
        self._person: StaffMember | None = None
        self._rail, self._top = Rail(desk, places, narrow=narrow), TopBar(desk)
        self._bar, self._stack = NoticeBar(desk), Pages()
        self._stack.setObjectName("pages")
        for page in pages.values():
            self._stack.addWidget(page)
            page.go.connect(self.show_place)
            page.notice.connect(self.say)
            page.unsaid.connect(self._unsay)
            if isinstance(page, ReadinessView):
                page.left.connect(self._leave_readiness)
            if isinstance(page, SaleView):
                page.paying.connect(lambda paying: self._top.search.setVisible(not paying))
        self._ways = Ways(pages, self.show_place, self)
        self._unfinished = InlinePanel(desk, "warn")
        self._offered: tuple[str, Money | None] | None = None
        self._banners = Banners(desk)
        self._banners.recover.connect(self.recover)
        right = column(self._top, self._banners, self._unfinished, self._stack, gap=0)
        right.setStretch(3, 1)
        layout = row(self._rail, right, gap=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._bar.setParent(self)
        self._keys = KeyList(desk, self)
        self._rail.chosen.connect(self.show_place)
        self._top.sign_out.connect(self.sign_out)
        self._top.attention.connect(self.show_attention)
        self._top.readiness.connect(self.show_readiness)
        search = self._top.search
        search.wanted.connect(self._search)
        search.first.connect(lambda: self.take_tile(0))
        search.done.connect(lambda: self.page.take_focus())

    @property
    def page(self) -> Page:
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    @property
    def place(self) -> str:
        return next((name for name, page in self._pages.items() if page is self._stack.currentWidget()), "")

    def show_place(self, name: str) -> None:
        if name not in self._pages:
            return
        if name == "readiness" and self.place != name:
            self._before = self.place
        self._stack.setCurrentWidget(self._pages[name])
        self._rail.mark(name)
        self._top.show_place(name, self._status, search=name == "sell")
        self._lay_bar_soon()
        self.page.take_focus()

    def show_status(self, status: StationStatus) -> None:
        turned = self._status is not None and self._is_away(self._status) != self._is_away(status)
        self._status = status
        self._top.show_status(status)
        self._banners.show_status(status)
        self._count()
        self._top.show_place(self.place, status, search=self.place == "sell")
        self._lay_bar_soon()
        self._offer_finish(status.unfinished_void if "sales" in self._pages else None)
        for page in self._pages.values():
            if isinstance(page, TOLD):
                page.show_status(status)
        if turned:  # what was certain may be old now, and the other way round
            for page in self._pages.values():
                page.outdated()

    @staticmethod
    def _is_away(status: StationStatus) -> bool:
        return status.offline_since is not None

    def _offer_finish(self, sale: SaleRow | None) -> None:
        """A void that broke off stays in sight on every page until it is finished."""
        offered = (sale.sale_id, sale.cash_instead) if sale else None
        if offered == self._offered:
            return
        self._offered = offered
        if sale is None:
            self._unfinished.quiet()
            return
        texts = self._desk.texts
        words = texts("sales.unfinished", number=sale.number)
        finish = partial(self._ways.go, SalesView, SalesView.finish_void, sale)
        self._unfinished.say(words, action=(texts("sales.finish"), finish))

    def show_attention(self) -> None:
        """Ctrl+N, or a press on the count: what is open."""
        self._ways.go(AttentionView, AttentionView.show_open)

    def show_readiness(self) -> None:
        """Ctrl+R, or a press on the line's chip."""
        self.show_place("readiness")

    def _leave_readiness(self) -> None:
        self.show_place(self._before or self.places[0])

    def show_refunds(self) -> None:
        """Ctrl+B: what goes back."""
        self.show_place("refunds")

    def show_person(self, person: StaffMember | None) -> None:
        station = self._status.label.get(self._desk.texts.language) if self._status else ""
        self._top.show_person(person, station)
        self._person = person
        self._count()

    def _count(self) -> None:
        """What waits for whoever is signed in: bookings to decide, messages to send again, refunds to pay here or to
        decide, not their own, and those asked for here that were refused since."""
        if self._status is None or self._person is None:
            return
        person, status, refunds = self._person, self._status, self._status.refunds
        others = sum(asker != person.staff_id for asker in refunds.asked_by)
        waiting = {
            "bookings": (Permission.APPROVE_BOOKING, status.to_decide, 0),
            "messages": (Permission.RESEND_MESSAGE, status.failed_messages, 0),
            "refunds": (Permission.REFUND_APPROVE, others, refunds.to_pay + refunds.unseen),
        }
        for place, (right, theirs, anybodys) in waiting.items():
            self._rail.count(place, anybodys + (theirs if may(person.role, right) else 0))

    def say(self, words: str, kind: str = "warn") -> None:
        """Lies over the top bar, so that nothing on the page moves."""
        self._bar.say(words, kind)
        self._lay_bar()
        self._bar.raise_()

    def _unsay(self, words: str) -> None:
        if self._bar.words == words:
            self._bar.close_bar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keys.hide()
        self._lay_bar()

    def _lay_bar(self) -> None:
        """Between the title and the chips; over the chips where the words need that much."""
        edge, height = self._desk.px(4), self._top.height()
        for over_chips in (False, True):
            left, right = self._top.room(over_chips=over_chips)
            self._bar.setGeometry(self._top.x() + left, edge, max(right - left, 0), height - 2 * edge)
            if self._bar.heightForWidth(self._bar.width()) <= self._bar.height():
                return

    def _lay_bar_soon(self) -> None:
        """The title or the chips have changed: once they have their sizes."""
        QTimer.singleShot(0, self, self._lay_bar)

    def keep(self) -> dict[str, object]:
        return {name: page.keep() for name, page in self._pages.items()}

    def restore(self, kept: Mapping[str, object]) -> None:
        for name, page in self._pages.items():
            if kept.get(name) is not None:
                page.restore(kept[name])

    def press(self, key: str) -> bool:
        """A key of the page, else one of the rail; Esc is one step back."""
        if self._keys.isVisible():
            self._keys.hide()
            self.page.take_focus()
            if key == "Esc":
                return True
        if self.page.any_key():
            return True
        if key == "Esc" and self._bar.is_problem:
            self._bar.close_bar()
            return True
        if key == "Esc":
            leave = self._top.search.finish if self._top.search.hasFocus() else self.page.back
            leave()
            return True
        return self.page.press(key) or (self.may_leave() and self._rail.press(key))

    def may_leave(self) -> bool:
        """By a key: not while something is typed in an open form, which is said."""
        if self._is_begun:
            self.say(self._desk.texts("keys.form_open"), "info")
        return not self._is_begun

    @property
    def _is_begun(self) -> bool:
        form = self.page.open_form
        return form is not None and form.is_begun

    def may_act(self) -> bool:
        """By a key: nothing happens behind an open form."""
        return self.may_leave() and self.page.open_form is None

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab, from wherever the focus is inside: while something is open on the page it goes round in that. Qt asks
        also when what had the focus is hidden or turns grey: then it is the page's."""
        focused = self.window().focusWidget()
        forms = (each for each in self.page.findChildren(Form) if each.isVisible())
        opened = self._keys if self._keys.isVisible() else next(forms, None)
        if opened is None and self._is_lost(focused):
            self.page.take_focus()
        else:
            step_in(opened or self, focused, forward=forward)
        return True

    def _is_lost(self, focused: QWidget | None) -> bool:
        on_page = focused is not None and self.page.isAncestorOf(focused)
        return focused is not None and on_page and not (focused.isVisible() and focused.isEnabled())

    def scan(self, code: str, *, is_ticket: bool, may_admit: bool) -> None:
        """The page's own, else a ticket is the gate's: its answer is shown there. Nothing that was begun is lost."""
        if self._is_begun:
            self._unused("keys.scan_form_open")
        elif not self.page.take_scan(code):
            gate = self._pages.get("checkin")
            if not is_ticket:
                self._unused("top.scan_no_ticket")
            elif gate is None or not may_admit:
                self._unused("top.scan_not_here")
            else:
                self.show_place("checkin")
                gate.take_scan(code)

    def _unused(self, key: str) -> None:
        """A code was scanned that leads nowhere from here."""
        self._desk.sound("look")
        self.say(self._desk.texts(key), "info")

    def undo(self) -> None:
        """Ctrl+Z."""
        if not self.page.undo():
            self.say(self._desk.texts("keys.nothing_to_undo"), "info")

    def reprint_last(self) -> None:
        """Ctrl+P."""
        if isinstance(sales := self._pages.get("sales"), SalesView):
            sales.reprint_last()

    def list_keys(self) -> None:
        """Ctrl+/ opens the list over the page, and closes it."""
        if self._keys.isVisible():
            self._keys.hide()
            self.page.take_focus()
            return
        buttons = [*self._rail.findChildren(Pressable), *self.page.findChildren(Pressable)]
        keys = [
            (each.key, each.accessibleName().removesuffix(each.key).strip())
            for each in buttons
            if each.isVisible() and each.isEnabled() and each.key.startswith("F")
        ]
        keys.sort(key=lambda pair: int(pair[0][1:]))
        if any(each.isVisible() and each.key == TURN for each in buttons):
            keys.append((TURN, self._desk.texts("keys.activity")))
        over = QRect(self._stack.mapTo(self, QPoint(0, 0)), self._stack.size())
        self._keys.open_over(over, keys, sell=self.place == "sell")

    def show_badges(self, shown: bool) -> None:
        """While Ctrl is held."""
        if isinstance(sale := self._pages.get("sell"), SaleView):
            sale.show_keys(shown and self.page is sale)

    def focus_search(self) -> None:
        """Ctrl+K."""
        if self._top.search.isVisible():
            self._top.search.setFocus()
        else:
            self.page.focus_search()

    def held(self) -> None:
        """Ctrl+H."""
        if isinstance(sale := self._pages.get("sell"), SaleView) and self.page is sale:
            sale.show_held()

    def take_tile(self, index: int) -> None:
        if isinstance(sale := self._pages.get("sell"), SaleView) and self.page is sale:
            sale.take_tile(index)

    def _search(self, words: str) -> None:
        if isinstance(sale := self._pages.get("sell"), SaleView):
            sale.search(words)
