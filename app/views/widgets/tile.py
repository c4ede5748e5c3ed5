"""Tiles of the Sell page: products and sessions. A tile's name says all it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout

from app.shown import ProductTile, SessionTile
from app.views.desk import Desk
from app.views.session_words import session_words
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable, RowButton
from app.views.widgets.elided import elided
from app.views.widgets.marks import Bar, badge, small_badge
from app.views.widgets.parts import column, label, number, picture, row, set_property
from domain.catalogue import ProductKind

FEW = 4  # places that a till may still sell by itself: a family may want as many
KIND_ICONS = {
    ProductKind.TICKET: "ticket",
    ProductKind.RENTAL: "lifebuoy",
    ProductKind.LOCKER: "lock",
    ProductKind.FOOD: "burger",
    ProductKind.GOODS: "shopping-bag",
}


class ProductButton(Pressable):
    """A product: icon, name, price, places left, how many are in the cart."""

    def __init__(self, desk: Desk, tile: ProductTile, in_cart: int, *, stale: bool) -> None:
        self.tile = tile
        self._desk = desk
        product, language = tile.product, desk.texts.language
        name = product.name.get(language)
        title = label(desk, name, "strong", "disabled" if tile.full else "text", wrap=True)
        title.setMinimumHeight(desk.px(50 if desk.look.rtl else 44))
        self._badge = badge(desk, "")
        self._cap = label(desk, "", "keycap")
        self._cap.setFixedHeight(desk.px(24))
        self._cap.hide()
        icon = self._icon_name(desk, tile)
        tone, worth = "disabled" if tile.full else "text2", desk.texts.price(product.price)
        price = Amount(desk, "strong", tone, text=worth, far=False)
        self._stale = stale
        words, left = self._left(desk, tile, stale)
        self._places = left[-1] if left else None
        side = desk.px(8 if desk.look.close else 13)
        mark = picture(desk, icon, "disabled" if tile.full else "accenttext")
        layout = column(
            row(mark, self._cap, 1, price if tile.full else None, self._badge),
            1,
            title,
            1,
            row(None if tile.full else price, *([] if tile.elsewhere else [1]), *left, gap=desk.px(4)),
            gap=0,
            margins=(side, desk.px(9), side, desk.px(9)),
        )
        self._spoken = self._say(words)
        super().__init__("tile", layout, self._spoken)
        self.setProperty("full", tile.full)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._count = -1
        self.show_count(in_cart)

    def tell(self, tile: ProductTile) -> bool:
        """So many are left by now; False where it looks otherwise than before, and is to be made anew."""
        before, desk = self.tile, self._desk
        same = replace(before, left=tile.left, here=tile.here) == tile
        if not same or self._places is None or tile.full or tile.elsewhere:
            return False
        if self._is_low(before) != self._is_low(tile):
            return False
        self.tile = tile
        words = self._counted(desk, tile, self._stale)
        self._places.setText(words)
        self._spoken = self._say(words)
        self._name_it()
        return True

    def _say(self, words: str) -> str:
        texts, product = self._desk.texts, self.tile.product
        said = product.name.get(texts.language), texts.price(product.price), words
        return ", ".join(part for part in said if part)

    def show_count(self, count: int) -> None:
        if count == self._count:
            return
        self._count = count
        self._badge.setText(f"\u2066{count} ×\u2069")
        self._badge.setVisible(count > 0)
        set_property(self, "incart", count > 0)
        self._name_it()

    def _name_it(self) -> None:
        count = self._count
        counted = self._desk.texts("sell.in_cart", n=count) if count > 0 else ""
        self.setAccessibleName(f"{self._spoken}, {counted}" if counted else self._spoken)

    def show_key(self, key: str) -> None:
        """The digit that takes this tile together with Ctrl; "" takes the sign away."""
        self._cap.setText(key)
        self._cap.setVisible(bool(key))

    @staticmethod
    def _icon_name(desk: Desk, tile: ProductTile) -> str:
        named = tile.product.icon
        return named if named and desk.icons.has(named) else KIND_ICONS[tile.product.kind]

    @staticmethod
    def _elsewhere(desk: Desk, session: SessionTile) -> tuple[str, list[QLabel]]:
        """Of which session it is, which is not the chosen one; the name ends before the time does."""
        name, tone = session.activity.get(desk.texts.language), ("smallstrong", "accenttext")
        time = desk.texts.line((desk.texts.clock(session.starts_at),))
        words = session_words(desk.texts, session.activity, (session.starts_at, session.ends_at))
        return words, [elided(desk, name, *tone), label(desk, f"· {time}", *tone)]

    @classmethod
    def _left(cls, desk: Desk, tile: ProductTile, stale: bool) -> tuple[str, list[QLabel]]:
        if tile.elsewhere and tile.next_session:
            return cls._elsewhere(desk, tile.next_session)
        if tile.full:
            words = desk.texts("sell.about_full" if stale else "sell.full")
            if tile.next_session:
                time = desk.texts.clock(tile.next_session.starts_at)
                words = desk.texts("sell.about_full_next" if stale else "sell.full_next", time=time)
            return words, [picture(desk, "hourglass", "bad", 16), label(desk, words, "smallstrong", "bad")]
        if tile.left is None:
            return "", []
        words = cls._counted(desk, tile, stale)
        if cls._is_low(tile):
            return words, [
                picture(desk, "alert-triangle", "warn", 16),
                label(desk, words, "smallstrong", "warn"),
            ]
        return words, [label(desk, words, "small", "text2")]

    @staticmethod
    def _is_low(tile: ProductTile) -> bool:
        return tile.low if tile.here is None else tile.here <= FEW

    @staticmethod
    def _counted(desk: Desk, tile: ProductTile, stale: bool) -> str:
        if tile.here is not None:
            return desk.texts("sell.here", n=tile.here)
        return desk.texts("sell.about_short" if stale else "sell.left", n=tile.left or 0)


class SessionButton(Pressable):
    """A stretch of time: when, how many places are left, and a bar of how full it is. `named` says of what, too: a
    name that is too long ends before the time does."""

    def __init__(self, desk: Desk, session: SessionTile, *, chosen: bool, named: bool = False) -> None:
        self.session, self._desk = session, desk
        time = desk.texts.span(session.starts_at, session.ends_at)
        words, tone = self._words(desk, session), self._tone(session)
        self._places = label(desk, words, "small", tone)
        self._bar = Bar(desk, words, {"bad": "badfill", "warn": "warnfill"}.get(tone, "accent"))
        strong = "bodystrong", "accenttext" if chosen else "text"
        name = session.activity.get(desk.texts.language)
        what = elided(desk, name, *strong) if named else None
        when = label(desk, f"· {time}" if named else time, *strong)
        now = small_badge(desk, desk.texts("sell.now")) if session.now else None
        side = desk.px(11)
        layout = column(
            row(what, when, 1, now, gap=desk.px(4)),
            self._places,
            self._bar,
            gap=desk.px(2),
            margins=(side, desk.px(7), side, desk.px(7)),
        )
        super().__init__("tile", layout, "")
        self._show_places()
        self.setProperty("chosen", chosen)
        self.setMinimumHeight(desk.px(76 if desk.look.rtl else 67))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys to the sides are those of the sessions."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def tell(self, session: SessionTile) -> bool:
        """So many are left by now; False where it looks otherwise than before, and is to be made anew."""
        same = replace(self.session, left=session.left, here=session.here) == session
        if not same or self._tone(session) != self._tone(self.session):
            return False
        self.session = session
        self._show_places()
        return True

    def _show_places(self) -> None:
        session, texts = self.session, self._desk.texts
        words = self._words(self._desk, session)
        self._places.setText(words)
        self._bar.set_share(1 - session.left / session.capacity if session.capacity else 1.0)
        self._bar.setAccessibleName(words)
        time = texts.span(session.starts_at, session.ends_at)
        self.setAccessibleName(f"{session.activity.get(texts.language)}, {time}, {words}")

    @staticmethod
    def _tone(session: SessionTile) -> str:
        if session.left <= 0:
            return "bad"
        return "warn" if session.left * 10 <= session.capacity or session.here == 0 else "text2"

    @staticmethod
    def _words(desk: Desk, session: SessionTile) -> str:
        if session.left <= 0:
            return desk.texts("sell.about_full" if session.stale else "sell.full")
        if session.here is not None:
            return desk.texts("sell.here_of", n=session.here, left=session.left)
        key = "sell.about_left_of" if session.stale else "sell.left_of"
        return desk.texts(key, n=session.left, all=session.capacity)


class LineButton(RowButton):
    """A cart line that is not selected: count, name, session and price, amount; what it `was` where that is another. A
    discount has no count."""

    def __init__(
        self, desk: Desk, count: int, name: str, detail: Sequence[str], amount: str, *, was: str = ""
    ) -> None:
        side = desk.px(11)
        layout = row(
            _times(desk, count) if count else picture(desk, "discount", "accenttext", 20),
            line_words(desk, name, detail),
            line_amount(desk, amount, was),
            gap=desk.px(6),
            margins=(side, desk.px(6), side, desk.px(6)),
        )
        layout.setStretch(1, 1)
        counted = f"{count} × {name}" if count else name
        super().__init__("line", layout, ", ".join((counted, *detail, amount)))
        self.setMinimumHeight(desk.px(48))


def line_words(desk: Desk, name: str, detail: Sequence[str]) -> QVBoxLayout:
    """A cart line's name, and what is to be known of it under that."""
    small = (label(desk, words, "caption", "text3", wrap=True) for words in detail)
    return column(label(desk, name, "bodystrong", wrap=True), *small, gap=0)


def line_amount(desk: Desk, amount: str, was: str) -> QVBoxLayout:
    """What a cart line comes to, under the price that does not hold for it."""
    struck = label(desk, was, "caption", "text3") if was else None
    if struck is not None:
        struck.setProperty("struck", True)
        struck.setAlignment(desk.look.end | Qt.AlignmentFlag.AlignVCenter)
    return column(1, struck, Amount(desk, "strong", text=amount), 1, gap=0)


def _times(desk: Desk, count: int) -> QLabel:
    made = number(desk, f"\u2066{count} ×\u2069", "strong", "accenttext")
    made.setMinimumWidth(desk.px(34))
    made.setAlignment(desk.look.start | Qt.AlignmentFlag.AlignVCenter)
    return made
