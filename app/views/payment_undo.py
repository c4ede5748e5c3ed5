"""Asked before the last cash of a payment goes back: the guest must get what the till forgets."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.shown import PaymentPage, TenderRow, TenderStatus
from app.views.desk import Desk
from app.views.widgets.buttons import KeyButton
from app.views.widgets.form import Form
from app.views.widgets.parts import column, label
from app.views.widgets.supervisor_strip import Pair


class UndoCashCard(Form):
    """Signals: `confirmed` the cash goes back, `left` when it stays."""

    confirmed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, texts = desk, desk.texts
        self._what = label(desk, "", "strong", "text2", wrap=True)
        yes = KeyButton(desk, texts("payment.do_undo"), "arrow-back-up", kind="primary", money=True)
        yes.clicked.connect(self.confirmed)
        self._back = KeyButton(desk, texts("supervisor.back"), key="Esc", on_click=self.left.emit)
        side = desk.px(12 if desk.look.close else 20)
        title = label(desk, texts("payment.undo_title"), "h2", wrap=True)
        told = column(title, self._what, 1, Pair(desk, yes, self._back), gap=desk.px(12))
        told.setContentsMargins(side, side, side, side)
        self.setLayout(told)

    def start(self, page: PaymentPage) -> None:
        """Asks about the last cash of `page`, if there is any."""
        if cash := [each for each in page.tenders if is_cash_in(each)]:
            texts, last = self._desk.texts, cash[-1]
            self._what.setText(texts("payment.undo_what", amount=last.amount, time=texts.clock(last.at)))

    def begin(self) -> None:
        """The focus goes to the answer that moves nothing."""
        self._back.setFocus()


def is_cash_in(tender: TenderRow) -> bool:
    return tender.method == "cash" and tender.status is TenderStatus.DONE
