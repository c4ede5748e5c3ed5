"""What of a sale goes back: so many pieces of each thing, these of its tickets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.shown_refunds import ChargeRow, RefundPage
from app.views.desk import Desk
from app.views.refund_sessions import RowWords
from app.views.widgets.choices import Choices
from app.views.widgets.parts import column, label, row
from app.views.widgets.stepper import Stepper
from domain.refund_offer import Choice, Goods

MOST_TILES = 12  # of more tickets so many are chosen by their number, those that were not used first


class ChargeLine(QWidget):
    """One thing that was sold, and paid for `again` at another till. Signal `changed`: other pieces of it go back
    now."""

    changed = Signal()

    def __init__(self, desk: Desk, charge: ChargeRow, words: RowWords, *, again: bool) -> None:
        super().__init__()
        self._charge, self._words = charge, words
        self._kept = charge.sold if again else charge.pieces  # for which money can go back while they stay
        self._tickets = charge.left
        self._chosen: set[str] = set()
        self._stays = False
        name = charge.name.get(desk.texts.language)
        self.name = words.name(charge)
        self._stepper = Stepper(desk, self.name, 0)
        self._stepper.stepped.connect(self._step)
        told = column(
            label(desk, name, "bodystrong", wrap=True),
            label(desk, self._detail(desk), "small", "text2", wrap=True),
            gap=0,
        )
        head = row(told, self._stepper, gap=desk.px(8))
        head.setStretch(0, 1)
        self._tiles = self._ticket_tiles(desk)
        self.setLayout(column(head, self._tiles, gap=desk.px(6)))

    @property
    def pieces(self) -> int:
        return self._stepper.count

    @property
    def tickets(self) -> tuple[str, ...]:
        """Those that are given up."""
        if self._stays:
            return ()
        return tuple(each.ticket_id for each in self._tickets if each.ticket_id in self._chosen)

    @property
    def goods(self) -> Goods | None:
        """What of it has no tickets, or stays."""
        if not self.pieces or (self._charge.tickets and not self._stays):
            return None
        return Goods(self._charge.charge_id, 0 if self._stays else self.pieces)

    def keep(self, *, stays: bool) -> None:
        """Money goes back for all of it and it stays, or pieces of it are given up."""
        self._stays = stays
        if self._tiles is not None:
            self._tiles.setVisible(not stays)
        self._step(self.pieces)

    def choose_all(self) -> None:
        self._step(self._most)

    @property
    def _most(self) -> int:
        return self._kept if self._stays else self._charge.pieces

    def choose(self, ticket_id: str) -> bool:
        """That ticket too; False where it is none of these."""
        if all(each.ticket_id != ticket_id for each in self._tickets):
            return False
        self._take(self._chosen | {ticket_id})
        return True

    def _detail(self, desk: Desk) -> str:
        texts, charge = desk.texts, self._charge
        price, left = texts("refunds.each", amount=charge.price), texts("refunds.left", n=charge.pieces)
        return texts.line((*self._words.parts(charge), price, left))

    def _ticket_tiles(self, desk: Desk) -> Choices | None:
        if not 1 < len(self._tickets) <= MOST_TILES:
            return None
        used = desk.texts("refunds.came_in")
        said = [(one, self._words.ticket(self._charge, one)) for one in self._tickets]
        options = [
            (one.ticket_id, desk.texts.line((code, used)) if one.used else code, "ticket", "text2")
            for one, code in said
        ]
        apart = len(self._charge.sessions) > 1  # each says its own
        columns = 1 if apart else 2 if desk.look.close else 3
        tiles = Choices(desk, options, columns=columns, several=True)
        tiles.changed.connect(lambda: self._take(set(tiles.values)))
        return tiles

    def _step(self, count: int) -> None:
        """The next tickets: those that were not used first; the last chosen go first."""
        count = min(self._whole(count) if self._stays else count, self._most)
        if self._stays or not self._charge.tickets:
            self._stepper.set_count(count)
            self.changed.emit()
            return
        fresh = sorted(self._tickets, key=lambda each: each.used)
        ordered = [each.ticket_id for each in fresh if each.ticket_id in self._chosen]
        ordered += [each.ticket_id for each in fresh if each.ticket_id not in self._chosen]
        self._take(set(ordered[:count]))

    def _whole(self, count: int) -> int:
        """What stays is chosen whole: one more is all of it, one less none."""
        return self._most if count and count >= self.pieces else 0

    def _take(self, chosen: set[str]) -> None:
        if chosen == self._chosen and len(chosen) == self.pieces:
            return
        self._chosen = chosen
        self._stepper.set_count(len(chosen))
        if self._tiles is not None:
            self._tiles.choose(chosen)
        self.changed.emit()


class RefundLines(QWidget):
    """Signal `changed`: something else goes back now."""

    changed = Signal()

    def __init__(self, desk: Desk, page: RefundPage) -> None:
        super().__init__()
        words = RowWords(desk.texts, page)
        again = page.beyond is not None
        self._lines = [
            ChargeLine(desk, each, words, again=again)
            for each in page.charges
            if (each.pieces or again) and not each.open_refund
        ]
        for line in self._lines:
            line.changed.connect(self.changed)
        named = [(each, desk.texts("refunds.line_open")) for each in page.charges if each.open_refund]
        gone = [each for each in page.charges if not each.pieces and not again]
        named += [(each, desk.texts("refunds.line_gone")) for each in gone]
        rest = [_told(desk, (words.name(each), why)) for each, why in named]
        self.setLayout(column(*self._lines, *rest, gap=desk.px(12)))

    @property
    def choice(self) -> Choice:
        tickets = tuple(each for line in self._lines for each in line.tickets)
        return Choice(tickets, tuple(line.goods for line in self._lines if line.goods is not None))

    def keep(self, *, stays: bool) -> None:
        """Money goes back and what was bought stays, or it is given up."""
        for line in self._lines:
            line.keep(stays=stays)
        self.changed.emit()

    def choose_all(self) -> None:
        for line in self._lines:
            line.choose_all()

    def choose(self, ticket_id: str) -> bool:
        return any(line.choose(ticket_id) for line in self._lines)


def chosen_any(choice: Choice) -> bool:
    sides: Sequence[Sequence[object]] = (choice.tickets, choice.goods)
    return any(sides)


def _told(desk: Desk, said: tuple[str, str]) -> QWidget:
    """What cannot be chosen, and why."""
    return label(desk, desk.texts.line(said), "small", "text2", wrap=True)
