"""The window's keys: F-keys and Esc press what shows them, Ctrl with a letter or digit is a second way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.views.frame import Frame

LETTERS = ("Ctrl+D", "Ctrl+E", "Ctrl+F", "Ctrl+G", "Ctrl+O", "Ctrl+S", "Ctrl+X")
PRESSED = (*(f"F{number}" for number in range(1, 13)), *LETTERS, "Esc")
Call = Callable[[Frame], object]


def bind_keys(window: QWidget, frame: Callable[[], Frame | None]) -> None:
    """Shortcuts of `window`; they do nothing while there is no frame, which is while nobody is signed in."""
    calls: dict[str, Call] = {key: partial(Frame.press, key=key) for key in PRESSED}
    acting: dict[str, Call] = {f"Ctrl+{n}": partial(Frame.take_tile, index=n - 1) for n in range(1, 10)}
    acting |= {"Ctrl+K": Frame.focus_search, "Ctrl+H": Frame.held, "Ctrl+Z": Frame.undo}
    leaving: dict[str, Call] = {
        "Ctrl+N": Frame.show_attention,
        "Ctrl+R": Frame.show_readiness,
        "Ctrl+B": Frame.show_refunds,
        "Ctrl+Shift+P": partial(Frame.show_place, name="sales"),
    }
    calls |= {key: _if_may(Frame.may_act, call) for key, call in acting.items()}
    calls |= {key: _if_may(Frame.may_leave, call) for key, call in leaving.items()}
    calls |= {
        "Ctrl+P": Frame.reprint_last,
        "Ctrl+/": Frame.list_keys,
        "Ctrl+L": lambda found: found.sign_out.emit(),
    }
    for key, call in calls.items():
        _bind(window, key, frame, call)


def _if_may(may: Callable[[Frame], bool], call: Call) -> Call:
    return lambda frame: call(frame) if may(frame) else None


def _bind(window: QWidget, key: str, frame: Callable[[], Frame | None], call: Call) -> None:
    def pressed() -> None:
        if (found := frame()) is not None:
            call(found)

    shortcut = QShortcut(QKeySequence(key), window)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(pressed)
