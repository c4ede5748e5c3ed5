"""The forms of the page of what needs attention: settling, telling a supervisor, giving up a paper."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit

from app.shown import Approval
from app.shown_attention import Item
from app.views.attention_words import needs_note, title_of, way_words, what_follows
from app.views.desk import Desk
from app.views.ports import People
from app.views.widgets.buttons import CONFIRM, LARGE, KeyButton, Pressable
from app.views.widgets.choices import Choices, Option
from app.views.widgets.form import Form
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, row
from app.views.widgets.roomy import Roomy
from app.views.widgets.supervisor_strip import SupervisorStrip, Why
from domain.attention import Way


class SayForm(Form):
    """Fields to fill, reasons to choose one of, and one act. Signals: `given` the texts of the fields, then the reason
    (empty where none was chosen), `left`."""

    given = Signal(object)

    def __init__(
        self,
        desk: Desk,
        head: tuple[str, ...],
        names: tuple[str, ...],
        action: str,
        *,
        final: bool = False,
        reasons: Sequence[Option] = (),
    ) -> None:
        """`head` is the title, then in paragraphs what follows from the act. What cannot be undone (`final`) is
        pressed neither by Enter nor by Space."""
        super().__init__()
        self._final = final
        self._fields = [field(desk, name, on_enter=partial(self._next, at)) for at, name in enumerate(names)]
        self._reasons = Choices(desk, reasons, columns=1, several=False) if reasons else None
        self._trouble = InlinePanel(desk, reserved=3)
        self._give = KeyButton(
            desk,
            action,
            "check",
            key=CONFIRM,
            kind="danger" if final else "primary",
            size=LARGE - 8,
            money=final,
        )
        self._give.clicked.connect(self._said)
        back = KeyButton(desk, desk.texts("attention.back"), size=LARGE - 8, on_click=self.left.emit)
        words = column(
            label(desk, head[0], "h2", wrap=True),
            *_paragraphs(desk, head[1:]),
            *self._fields,
            self._reasons,
            1,
            gap=desk.px(12),
        )
        answers = row(back, 1, self._give, gap=desk.px(24))
        self.setLayout(column(Roomy(desk, words, self._trouble, holder(answers))))
        tile = self._reasons.findChild(Pressable) if self._reasons else None
        self.setFocusProxy(self._fields[0] if self._fields else tile or back)

    @property
    def is_begun(self) -> bool:
        return super().is_begun or bool(self._reasons and self._reasons.values)

    def fail(self, error: Exception) -> None:
        """Says why, and the focus goes where something is missing."""
        self._give.setEnabled(True)
        self._trouble.trouble(error)
        empty = [each for each in self._fields if not _text(each)]
        for each in (*empty, *self._fields)[:1]:
            each.setFocus()

    def _next(self, at: int) -> None:
        """Enter goes on to the next field; in the last one it gives."""
        if at + 1 < len(self._fields):
            self._fields[at + 1].setFocus()
        elif self._final:
            self._give.setFocus()
        else:
            self._give.click()

    def _said(self) -> None:
        self._give.setEnabled(False)
        reason = next(iter(self._reasons.values), "") if self._reasons else None
        texts = tuple(_text(each) for each in self._fields)
        self.given.emit(texts if reason is None else (*texts, reason))


class SecondForm(Form):
    """As `SayForm`, with a second person who says it. Signals: `given` the note and their approval, `left`."""

    given = Signal(object, object)

    def __init__(self, desk: Desk, people: People, item: Item, way: Way) -> None:
        super().__init__()
        texts = desk.texts
        self.strip = SupervisorStrip(
            desk,
            people,
            "settle_case",
            action=texts("attention.do_settle"),
            reason=Why.NEEDED if way.note else Why.NONE,
        )
        self.strip.given.connect(self._said)
        self.strip.left.connect(self.left)
        layout = column(
            label(desk, way_words(texts, item.kind, way.name), "h2", wrap=True),
            label(desk, title_of(texts, item), "body", "text2", wrap=True),
            *_paragraphs(desk, what_follows(texts, item)),
            label(desk, texts("attention.second"), "body", "text2", wrap=True),
            self.strip,
            1,
            gap=desk.px(8),
        )
        self.setLayout(self.strip.under(layout))
        self.setFocusProxy(self.strip)

    def fail(self, error: Exception) -> None:
        self.strip.fail(error)

    def _said(self, approval: Approval) -> None:
        self.given.emit((approval.reason,), approval)


def settle_form(desk: Desk, item: Item, way: Way) -> SayForm:
    texts = desk.texts
    head = (way_words(texts, item.kind, way.name), title_of(texts, item), *what_follows(texts, item))
    return SayForm(desk, head, (needs_note(texts, way),), texts("attention.do_settle"))


def tell_form(desk: Desk) -> SayForm:
    texts = desk.texts
    head = (texts("attention.tell_title"), texts("attention.tell_what"))
    names = (texts("attention.tell_text"), texts("attention.tell_number"))
    return SayForm(desk, head, names, texts("attention.do_tell"))


def give_up_form(desk: Desk, item: Item) -> SayForm:
    texts = desk.texts
    head = (title_of(texts, item), texts("attention.give_up_what"))
    return SayForm(desk, head, (texts("supervisor.reason"),), texts("attention.do_give_up"))


def _paragraphs(desk: Desk, words: Sequence[str]) -> list[QLabel]:
    return [label(desk, each, "body", "text2", wrap=True) for each in words]


def _text(line: QLineEdit) -> str:
    return line.text().strip()
