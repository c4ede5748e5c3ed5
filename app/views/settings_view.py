"""How this station looks and reads, and one's own PIN. Every change shows at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.shown_status import BackupStatus, StationStatus
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import People, Preferences
from app.views.widgets.buttons import KeyButton, Pressable
from app.views.widgets.inputs import pin_field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, panel, row
from app.views.widgets.scroll import scroller
from app.views.widgets.theme import SCALES, THEMES

LANGUAGE_NAMES = {"en": "English", "ar": "العربية"}
WIDTH = 640


class SettingsView(Page):
    """Signal `changed`: the new `Preferences`."""

    changed = Signal(object)

    def __init__(self, desk: Desk, people: People, preferences: Preferences) -> None:
        super().__init__(desk)
        self._people, self._preferences = people, preferences
        texts = desk.texts
        languages = list(LANGUAGE_NAMES.items())
        themes = [(name, texts(f"settings.theme_{name}")) for name in THEMES]
        scales = [(str(scale), f"{scale}%") for scale in SCALES]
        look = column(
            self._choice("settings.language", languages, desk.texts.language, self._set_language),
            self._choice("settings.theme", themes, preferences.theme, self._set_theme),
            self._choice("settings.scale", scales, str(preferences.scale), self._set_scale),
            gap=desk.px(24),
        )
        side = desk.px(24)
        look.setContentsMargins(side, side, side, side)
        self._secrets = InlinePanel(desk, "warn")
        self._backup_words = label(desk, "", "body", "text2", wrap=True)
        self._backup_trouble = InlinePanel(desk, "warn")
        ready = KeyButton(
            desk, texts("readiness.open"), "cloud-check", on_click=lambda: self.go.emit("readiness")
        )
        cards = column(
            self._secrets,
            row(ready, 1),
            panel("card", look),
            panel("card", self._pin_form()),
            panel("card", self._backup_card()),
            1,
            gap=desk.px(16),
        )
        middle = holder(cards)
        middle.setMaximumWidth(desk.px(WIDTH))
        self.setLayout(column(scroller(holder(row(middle, margins=(side, side, side, side))))))

    def reload(self) -> None:
        return

    def show_status(self, status: StationStatus) -> None:
        if status.secrets_in_file:
            self._secrets.say(self.desk.texts("settings.secrets_in_file"))
        else:
            self._secrets.quiet()
        self._show_backup(status.backup)

    def _backup_card(self) -> QVBoxLayout:
        desk, side = self.desk, self.desk.px(24)
        title = label(desk, desk.texts("settings.backup"), "h3")
        box = column(title, self._backup_words, self._backup_trouble, gap=desk.px(12))
        box.setContentsMargins(side, side, side, side)
        return box

    def _show_backup(self, backup: BackupStatus | None) -> None:
        texts = self.desk.texts
        if backup is None:
            self._backup_words.setText(texts("settings.backup_none"))
            self._backup_trouble.quiet()
            return
        never = texts("settings.backup_undated") if backup.undated else texts("settings.backup_never")
        when = texts.moment(backup.at) if backup.at else never
        self._backup_words.setText(texts("settings.backup_last", when=when, folder=texts.code(backup.folder)))
        if backup.trouble:
            self._backup_trouble.say(texts("settings.backup_failed"))
        elif backup.same_disk:
            self._backup_trouble.say(texts("settings.backup_same_disk"))
        else:
            self._backup_trouble.quiet()

    def _choice(
        self, title: str, options: Sequence[tuple[str, str]], chosen: str, take: Callable[[str], None]
    ) -> QVBoxLayout:
        desk = self.desk
        buttons = row(gap=desk.px(8))
        for value, words in options:
            side = desk.px(20)
            text = label(desk, words, "bodystrong")
            button = Pressable(
                "tile", row(1, text, 1, margins=(side, 0, side, 0)), f"{desk.texts(title)}: {words}"
            )
            button.setProperty("chosen", value == chosen)
            button.setMinimumHeight(desk.px(52))
            button.clicked.connect(lambda _checked=False, value=value: take(value))
            buttons.addWidget(button)
        buttons.addStretch(1)
        return column(label(desk, desk.texts(title), "strong", "text2"), buttons, gap=desk.px(8))

    def _set_language(self, language: str) -> None:
        self.changed.emit(replace(self._preferences, language=language))

    def _set_theme(self, theme: str) -> None:
        self.changed.emit(replace(self._preferences, theme=theme))

    def _set_scale(self, scale: str) -> None:
        self.changed.emit(replace(self._preferences, scale=int(scale)))

    def _pin_form(self) -> QVBoxLayout:
        desk, texts = self.desk, self.desk.texts
        self._old = pin_field(desk, texts("settings.old_pin"))
        self._new = pin_field(desk, texts("settings.new_pin"))
        self._again = pin_field(desk, texts("settings.new_pin_again"), self._change_pin)
        self._trouble = InlinePanel(desk, reserved=2)
        save = KeyButton(desk, texts("settings.change_pin"), "key", on_click=self._change_pin)
        fields: list[QWidget] = [self._old, self._new, self._again]
        side = desk.px(24)
        title = label(desk, texts("settings.pin_title"), "h3")
        form = column(title, *fields, self._trouble, row(save, 1), gap=desk.px(12))
        form.setContentsMargins(side, side, side, side)
        return form

    def _change_pin(self) -> None:
        empty = next((each for each in (self._old, self._new, self._again) if not each.text()), None)
        if empty is not None:
            self._trouble.say(self.desk.texts("settings.pins_missing"), "warn")
            empty.setFocus()
            return
        if self._new.text() != self._again.text():
            self._trouble.say(self.desk.texts("settings.pins_differ"), "warn")
            return
        change = self._people.change_pin
        self.desk.tasks.run(
            change, self._old.text(), self._new.text(), done=self._changed_pin, failed=self._not_changed
        )

    def _changed_pin(self, _result: object) -> None:
        for each in (self._old, self._new, self._again):
            each.clear()
        self._trouble.say(self.desk.texts("settings.pin_changed"), "info")

    def _not_changed(self, error: Exception) -> None:
        self._old.clear()
        self._trouble.trouble(error)
