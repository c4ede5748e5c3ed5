"""What every screen stands on: tasks, signals, words, the look, icons, sound and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtGui import QPixmap

from app.signals import Signals
from app.tasks import Runner
from app.texts import Texts
from app.views.widgets.icons import Icons
from app.views.widgets.theme import Look


@dataclass(slots=True)
class Desk:
    """Shared by all screens of a window. `look` is replaced when somebody changes it; screens are then made anew."""

    tasks: Runner
    signals: Signals
    texts: Texts
    icons: Icons
    sound: Callable[[str], None]
    now: Callable[[], datetime]
    look: Look

    def px(self, size: float) -> int:
        return self.look.px(size)

    def icon(self, name: str, token: str, size: int = 24) -> QPixmap:
        return self.icons.get(name, self.look.colour(token), self.px(size), rtl=self.look.rtl)
