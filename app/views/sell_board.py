"""The tiles with their service: which session and category are shown, what a search found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QTimer, Signal

from app.shown import ProductTile, SellPage, SessionTile
from app.tiles_with_cart import next_session, sessions_with_cart, with_cart
from app.views.desk import Desk
from app.views.ports import Selling
from app.views.sell_tiles import SellTiles
from app.views.widgets.buttons import EnterElsewhere
from app.views.widgets.parts import column
from domain.cart import Cart
from domain.catalogue import MembershipPlan, Product, Words, to_tell
from domain.lease import wanted_by

LOOK_MS = 5000
AGAIN = timedelta(minutes=5)  # whatever the clock did meanwhile, and at midnight


class SellBoard(EnterElsewhere):
    """Signals: `picked` a tile, `tapped` anything here, `renewed` when lines of a sale are to be said otherwise: other
    products are sold no more, sessions are of other activities; `go` another place. `chosen` and `category` are what
    the person chose, 0 and "" at first. `offered`: whether the sale offers something for Enter."""

    picked = Signal(object)
    tapped = Signal()
    renewed = Signal()
    go = Signal(str)

    def __init__(self, desk: Desk, selling: Selling) -> None:
        super().__init__()
        self._desk, self._selling = desk, selling
        self.chosen, self.category = 0, ""
        self.offered: Callable[[], bool] = lambda: False
        self.page: SellPage | None = None
        self._words = ""
        self._found: tuple[ProductTile, ...] | None = None  # by a search
        self._others: dict[int, int] = {}  # sessions of what a search found of other activities, by product
        self._cart: Cart | None = None
        self._turns_at = desk.now() + AGAIN
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self._look)
        self._clock.start()
        self._tiles = SellTiles(desk)
        self.setLayout(column(self._tiles))
        self._tiles.picked.connect(self.picked)
        self._tiles.go.connect(self.go)
        self._tiles.session.connect(self._choose_session)
        self._tiles.category.connect(self._choose_category)
        for each in (self.picked, self._tiles.session, self._tiles.category):
            each.connect(lambda: self.tapped.emit())

    def enter_is_taken(self) -> bool:
        return self.offered()

    @property
    def session(self) -> int:
        """The session that tiles are sold for; 0 before the page is there."""
        return self.page.chosen if self.page else self.chosen

    @property
    def withdrawn(self) -> frozenset[int]:
        """What is not sold any more."""
        return self.page.withdrawn if self.page else frozenset()

    def activities(self, cart: Cart) -> dict[str, Words]:
        """By their ids those of the sessions of the day and of a cart, if they are several."""
        names = {each.activity_id: each.name for each in self.page.activities} if self.page else {}
        today = (each.activity_id for each in self.page.sessions) if self.page else ()
        wanted = (line.session.activity_id for line in cart.lines if line.session)
        return to_tell(names, (*today, *wanted))

    @property
    def _said(self) -> tuple[object, ...]:
        """What lines of a sale are said by."""
        sessions = self.page.sessions if self.page else ()
        return self.withdrawn, {each.activity_id for each in sessions}, self.page and self.page.activities

    @property
    def shift_open(self) -> bool:
        """Taken as open until the page says otherwise: the service decides."""
        return self.page is None or self.page.shift_open

    def plan(self, plan_id: str) -> MembershipPlan | None:
        """What a product is for the members of; one that this till does not know is called by its id."""
        known = self.page.plans if self.page else ()
        found = next((each for each in known if each.plan_id == plan_id), None)
        return found or (MembershipPlan(plan_id, Words(plan_id, plan_id)) if plan_id else None)

    def load(self) -> None:
        self._desk.tasks.run(self._selling.page, self.chosen, self.category, done=self._show_page)

    def search(self, words: str) -> None:
        """Products in place of the tiles; nothing to look for brings the tiles back."""
        self._words = words.strip()
        if self._words:
            self._desk.tasks.run(self._selling.search, self._words, self.session, done=self._show_results)
        elif self.page is not None:
            self._found = None
            self._show_page(self.page)

    def stop(self, why: str) -> None:
        """Nothing new may be sold, and why; "" when it may be."""
        self._tiles.stop(why)

    def show_keys(self, shown: bool) -> None:
        self._tiles.show_keys(shown)

    def point_at_session(self) -> None:
        self._tiles.point_at_session()

    def tile(self, index: int) -> ProductTile | None:
        return self._tiles.tile(index)

    def count(self, cart: Cart) -> None:
        """Shows on the tiles what the cart holds."""
        if not cart.lines and self._cart is not None and self._cart.lines:
            self._tiles.begin_anew()
        self._cart = cart
        self._show_tiles()

    def session_after(self, product: Product, session: int) -> SessionTile | None:
        """The next one that has room for one more, besides what the sale has."""
        taken = wanted_by(self._cart) if self._cart else {}
        return next_session(product, self.page.sessions, session, taken) if self.page else None

    def _counts(self) -> Counter[int]:
        """By product; of what takes places, those of the session that its tile is sold for."""
        counts = Counter[int]()
        for line in self._cart.lines if self._cart else ():
            if line.session is None or line.session.number == self._others.get(
                line.product.number, self.session
            ):
                counts[line.product.number] += line.quantity
        return counts

    def _look(self) -> None:
        """A session begins or ends though nothing was recorded."""
        if self._desk.now() >= self._turns_at:
            self._turns_at = self._desk.now() + AGAIN
            self.load()

    def _choose_session(self, number: int) -> None:
        self.chosen = number
        self.load()

    def _choose_category(self, name: str) -> None:
        self.category = name
        self.load()

    def _show_page(self, page: SellPage) -> None:
        before, self.page = self._said, page
        if self._said != before:
            self.renewed.emit()
        self._turns_at = self._desk.now() + min(page.turns_in or AGAIN, AGAIN)
        category = self.category or (page.categories[0] if page.categories else "")
        self._tiles.show_page(page, category)
        self._show_tiles()
        if self._words:
            self.search(self._words)

    def _show_results(self, tiles: tuple[ProductTile, ...]) -> None:
        if self._words:
            self._found = tiles
            self._show_tiles()

    def _show_tiles(self) -> None:
        """What was found, else those of the page; the sale takes its places of them."""
        if self.page is None:
            return
        shown, none = self.page.tiles, "sell.none_here"
        if self._found is not None:
            shown, none = self._found, "sell.nothing_found"
        sessions = self.page.sessions
        self._tiles.show_sessions(sessions_with_cart(sessions, self._cart), self.page.chosen)
        tiles = tuple(with_cart(each, sessions, self.session, self._cart) for each in shown)
        soon = ((each.product.number, each.next_session) for each in tiles if each.elsewhere)
        self._others = {product: session.number for product, session in soon if session}
        self._tiles.show_tiles(tiles, self._counts(), none)
