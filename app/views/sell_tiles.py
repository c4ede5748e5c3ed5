"""The left of Sell: sessions with places left, category tabs, product tiles, search results."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.shown import ProductTile, SellPage, SessionTile
from app.views.desk import Desk
from app.views.sell_tabs import SellTabs
from app.views.session_strip import SessionStrip
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, label, panel, rule
from app.views.widgets.scroll import Scroll
from app.views.widgets.tile import ProductButton
from domain.catalogue import Product

GAP, LEAST_TILE, MOST_TILE, ROWS = 12, 116, 204, 4
TILE_WIDTH, WIDE_TILE = 174, 220


class SellTiles(QWidget):
    """Signals: `picked` a product tile, `session` its number, `category` its name, `go` another place."""

    picked = Signal(object)
    session = Signal(int)
    category = Signal(str)
    go = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._sessions = SessionStrip(desk)
        self._sessions.session.connect(self.session)
        self._tabs = SellTabs(desk)
        self._tabs.category.connect(self.category)
        self._closed = InlinePanel(desk, "warn")
        self._grid = TileGrid(desk)
        self._grid.picked.connect(self.picked)
        self._shown: SellPage | None = None
        layout = column(
            self._closed,
            self._sessions,
            column(self._tabs, rule(), gap=0),
            TileScroll(self._grid),
            gap=desk.px(GAP),
        )
        side = desk.px(24)
        layout.setContentsMargins(side, desk.px(16), side, desk.px(20))
        layout.setStretch(3, 1)
        self.setLayout(layout)

    def show_page(self, page: SellPage, category: str) -> None:
        """All but its sessions and tiles."""
        self._shown = page
        self._tabs.show_tabs([(name, self._words(name)) for name in page.categories], category)
        today = self._desk.texts.local(self._desk.now()).date() == page.day
        self._tabs.show_day(page.day, today=today)
        self._show_shift(page.shift_open)

    def begin_anew(self) -> None:
        """For the next guest."""
        self._sessions.forget()

    def show_sessions(self, sessions: tuple[SessionTile, ...], chosen: int) -> None:
        self._sessions.show_sessions(sessions, chosen)
        self._sessions.setVisible(bool(sessions))

    def point_at_session(self) -> None:
        """The chosen one has the keys."""
        self._sessions.take_focus()

    def show_tiles(self, tiles: tuple[ProductTile, ...], counts: Mapping[int, int], none: str) -> None:
        """Those of the page, or what a search found; `none`: the words for no tiles at all, by their key."""
        stale = self._shown is not None and any(session.stale for session in self._shown.sessions)
        self._grid.show_tiles(tiles, counts, stale=stale, none=none)

    def stop(self, why: str) -> None:
        self._grid.stop(why)

    def show_keys(self, shown: bool) -> None:
        self._grid.show_keys(shown)

    def tile(self, index: int) -> ProductTile | None:
        return self._grid.tile(index)

    def _words(self, category: str) -> str:
        key = f"category.{category}"
        return self._desk.texts(key) if self._desk.texts.has(key) else category

    def _show_shift(self, is_open: bool) -> None:
        if is_open:
            self._closed.quiet()
        else:
            texts = self._desk.texts
            self._closed.say(
                texts("sell.no_shift"), action=(texts("sell.open_shift"), lambda: self.go.emit("shift"))
            )


class TileGrid(QWidget):
    """Product tiles in equal cells, four rows to a page; it places them itself, so that a row never jumps."""

    picked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._cells: list[QWidget] = []
        self._tiles: tuple[ProductTile, ...] = ()
        self._stale_counts, self._stopped = False, ""
        self._room = 0
        self._put([panel("skeleton") for _ in range(4 * ROWS)])

    def show_tiles(
        self, tiles: tuple[ProductTile, ...], counts: Mapping[int, int], *, stale: bool, none: str
    ) -> None:
        """`none`: the words for no tiles at all, by their key."""
        if tiles != self._tiles or stale != self._stale_counts or not self._buttons():
            # A sale changes the places of a few products: making all tiles anew would hold the window too long.
            known = (
                {} if stale != self._stale_counts else {each.tile.product: each for each in self._buttons()}
            )
            self._tiles, self._stale_counts = tiles, stale
            self._put([self._told(known, tile) for tile in tiles] or [self._nothing(none)])
        self.show_counts(counts)

    def show_counts(self, counts: Mapping[int, int]) -> None:
        for button in self._buttons():
            button.show_count(counts.get(button.tile.product.number, 0))

    def show_keys(self, shown: bool) -> None:
        for at, button in enumerate(self._buttons()[:9], start=1):
            button.show_key(str(at) if shown else "")

    def stop(self, why: str) -> None:
        """Tiles are grey, and why; "" when they may be taken."""
        self._stopped = why
        for button in self._buttons():
            button.allow(True, why)

    def tile(self, index: int) -> ProductTile | None:
        return self._tiles[index] if 0 <= index < len(self._tiles) else None

    def set_room(self, height: int) -> None:
        """The height that can be seen at once."""
        self._room = height
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _buttons(self) -> list[ProductButton]:
        return [cell for cell in self._cells if isinstance(cell, ProductButton)]

    def _told(self, known: Mapping[Product, ProductButton], tile: ProductTile) -> ProductButton:
        """The button that there is for it, if it can say what is left by now."""
        found = known.get(tile.product)
        if found is not None and (found.tile == tile or found.tell(tile)):
            return found
        return self._button(tile)

    def _button(self, tile: ProductTile) -> ProductButton:
        made = ProductButton(self._desk, tile, 0, stale=self._stale_counts)
        made.clicked.connect(lambda: self.picked.emit(made.tile))
        made.allow(True, self._stopped)
        return made

    def _nothing(self, none: str) -> QWidget:
        return label(self._desk, self._desk.texts(none), "body", "text2", wrap=True)

    def _put(self, cells: list[QWidget]) -> None:
        """The focus stays at its place, and Tab goes on as one reads."""
        had = next((at for at, old in enumerate(self._cells) if old.hasFocus()), None)
        for old in self._cells:
            if old not in cells:
                old.hide()
                old.deleteLater()
        fresh = [cell for cell in cells if cell not in self._cells]
        self._cells = cells
        for cell in fresh:
            cell.setParent(self)
            cell.show()
        for one, after in pairwise(cells if fresh else []):
            after.raise_()  # what is read aloud goes by the order of children
            QWidget.setTabOrder(one, after)
        if had is not None and had < len(cells) and cells[had] in fresh:
            cells[had].setFocus()
        self._place()

    def _place(self) -> None:
        gap, columns = self._desk.px(GAP), self._columns()
        height = max(
            self._desk.px(LEAST_TILE), min((self._room - (ROWS - 1) * gap) // ROWS, self._desk.px(MOST_TILE))
        )
        wide = (self.width() - (columns - 1) * gap) / columns
        for at, cell in enumerate(self._cells):
            left, right = round(at % columns * (wide + gap)), round(at % columns * (wide + gap) + wide)
            if not isinstance(cell, ProductButton) and len(self._cells) == 1:
                right = self.width()
            start = self.width() - right if self._desk.look.rtl else left
            cell.setGeometry(start, at // columns * (height + gap), right - left, height)
        rows = -(-len(self._cells) // columns)
        self.setMinimumHeight(rows * (height + gap) - gap)

    def _columns(self) -> int:
        effective = self.width() * 100 // self._desk.look.scale + GAP
        return 6 if effective >= 6 * WIDE_TILE else max(2, min(4, effective // (TILE_WIDTH + GAP)))


class TileScroll(Scroll):
    """The grid's window: tells it how much of it is seen."""

    def __init__(self, grid: TileGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grid.set_room(self.viewport().height())
