"""A typing scanner is heard everywhere and typed nowhere; people notice nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.hardware.repeats import Repeats
from app.hardware.wedge_scanner import ACCEPTS_SCANS, US_KEYS, WedgeScanner

TICKET = "GEZDGNBVGY3TQOJQ"
SCAN_CODES = {text: code for code, pair in US_KEYS.items() for text in pair}
ARABIC = dict(zip("qwertyasdfgh", "ضصثقفغشسيبلا", strict=True))


class Counter:
    """A window with a field and a pay button, a scanner, and the time that keys carry."""

    def __init__(self, qtbot: QtBot, app: QApplication) -> None:
        self.window = QWidget()
        layout = QVBoxLayout(self.window)
        self.field, self.pay = QLineEdit(), QPushButton("Pay")
        layout.addWidget(self.field)
        layout.addWidget(self.pay)
        qtbot.addWidget(self.window)
        self.paid: list[int] = []
        self.pay.clicked.connect(lambda: self.paid.append(1))
        self.codes: list[str] = []
        self.now = 10_000
        self.clock = 0.0
        self.scanner = WedgeScanner(app, repeats=Repeats(clock=lambda: self.clock))
        self.scanner.start(self.codes.append)
        self.window.show()
        self.window.activateWindow()
        self.field.setFocus()
        qtbot.waitExposed(self.window)

    def key(self, target: QWidget, text: str, *, gap: int, code: int = 0, repeat: bool = False) -> None:
        """One press and release, `gap` ms after the last."""
        self.now += gap
        key = {"\n": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, " ": Qt.Key.Key_Space}.get(text)
        shift = text.isupper() or code < 0
        modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        number = int(key) if key else ord(text[0].upper())
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, number, modifiers, abs(code), 0, 0, text, repeat)
            event.setTimestamp(self.now)
            QCoreApplication.sendEvent(target, event)

    def bare(self, target: QWidget, key: Qt.Key) -> None:
        """A press and release of a key that types nothing, at once after the last."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
            event.setTimestamp(self.now)
            QCoreApplication.sendEvent(target, event)

    def scan(self, target: QWidget, text: str, *, gap: int = 3, end: str = "\n") -> None:
        for letter in text + end:
            self.key(target, letter, gap=gap)


class Watch(QObject):
    """Tells when a key reaches the field that it is put on, which is `field` then."""

    def __init__(self, key: Qt.Key, tell: Callable[[], None]) -> None:
        super().__init__()
        self._key, self._tell = key, tell
        self.field: QObject | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == self._key:
            self.field = watched
            self._tell()
        return False


@pytest.fixture
def counter(qtbot: QtBot, qapp: QApplication) -> Iterator[Counter]:
    made = Counter(qtbot, qapp)
    yield made
    made.scanner.stop()


@pytest.mark.parametrize("gap", [1, 10, 20, 35])
def test_scan_is_heard_once_and_leaves_the_field_empty(counter: Counter, gap: int) -> None:
    counter.scan(counter.field, TICKET, gap=gap)
    assert counter.codes == [TICKET]
    assert counter.field.text() == ""


def test_tab_ends_a_scan_too_and_moves_no_focus(counter: Counter) -> None:
    counter.scan(counter.field, TICKET, end="\t")
    assert counter.codes == [TICKET]
    assert counter.field.hasFocus() or not counter.window.isActiveWindow()


def test_scan_with_a_space_presses_no_button(counter: Counter) -> None:
    counter.pay.setFocus()
    counter.scan(counter.pay, "BAND 0042 7781")
    assert counter.codes == ["BAND 0042 7781"]
    assert counter.paid == []


def test_scan_into_a_pin_field_types_nothing(counter: Counter) -> None:
    counter.field.setEchoMode(QLineEdit.EchoMode.Password)
    counter.scan(counter.field, "12345678")
    assert (counter.codes, counter.field.text()) == (["12345678"], "")


def test_typing_reaches_the_field_in_order(counter: Counter, qtbot: QtBot) -> None:
    for letter in "mohammed 7":
        counter.key(counter.field, letter, gap=70)
    qtbot.waitUntil(lambda: counter.field.text() == "mohammed 7", timeout=2000)
    assert counter.codes == []


def test_enter_after_typing_reaches_the_field_after_the_letters(counter: Counter) -> None:
    seen: list[str] = []
    counter.field.returnPressed.connect(lambda: seen.append(counter.field.text()))
    for letter in "khalid\n":
        counter.key(counter.field, letter, gap=60)
    assert seen == ["khalid"]


@pytest.mark.parametrize("key", [Qt.Key.Key_F12, Qt.Key.Key_Backspace, Qt.Key.Key_Left, Qt.Key.Key_Escape])
def test_a_key_that_acts_finds_all_that_was_typed_before_it(counter: Counter, key: Qt.Key) -> None:
    """However soon it comes, as after a stall of the screen."""
    seen: list[str] = []
    counter.field.installEventFilter(watch := Watch(key, lambda: seen.append(counter.field.text())))
    for letter in "0041":
        counter.key(counter.field, letter, gap=5)
    counter.bare(counter.field, key)
    assert seen == ["0041"] and watch.field is counter.field
    assert counter.codes == []


@pytest.mark.parametrize("keys", ["F12", "Ctrl+E"])
def test_a_shortcut_finds_all_that_was_typed_before_it(counter: Counter, keys: str) -> None:
    seen: list[str] = []
    shortcut = QShortcut(QKeySequence(keys), counter.window)
    shortcut.activated.connect(lambda: seen.append(counter.field.text()))
    for letter in "0041":
        counter.key(counter.field, letter, gap=5)
    QTest.keySequence(counter.field, QKeySequence(keys))
    assert (seen, counter.codes) == (["0041"], [])


def test_a_click_finds_all_that_was_typed_before_it(counter: Counter) -> None:
    seen: list[str] = []
    counter.pay.pressed.connect(lambda: seen.append(counter.field.text()))
    for letter in "0041":
        counter.key(counter.field, letter, gap=5)
    QTest.mouseClick(counter.pay, Qt.MouseButton.LeftButton)
    assert (seen, counter.paid) == (["0041"], [1])


def test_shift_held_by_a_scanner_breaks_no_scan(counter: Counter) -> None:
    for letter in "gh:7K2MPQ":
        if letter.isupper() or letter == ":":
            counter.bare(counter.field, Qt.Key.Key_Shift)
        counter.key(counter.field, letter, gap=3)
    counter.key(counter.field, "\n", gap=3)
    assert (counter.codes, counter.field.text()) == (["gh:7K2MPQ"], "")


def test_slow_enter_after_a_burst_is_a_person(counter: Counter) -> None:
    for letter in TICKET:
        counter.key(counter.field, letter, gap=3)
    counter.key(counter.field, "\n", gap=400)
    assert counter.codes == []
    assert counter.field.text() == TICKET


def test_five_fast_characters_are_no_scan(counter: Counter) -> None:
    counter.scan(counter.field, "05075", gap=5)
    assert (counter.codes, counter.field.text()) == ([], "05075")


def test_burst_without_an_end_is_given_to_the_field(counter: Counter, qtbot: QtBot) -> None:
    for letter in TICKET:
        counter.key(counter.field, letter, gap=3)
    qtbot.waitUntil(lambda: counter.field.text() == TICKET, timeout=2000)
    assert counter.codes == []


def test_doubled_characters_flagged_as_repeat_stay_in_the_code(counter: Counter) -> None:
    for letter, repeat in (("A", False), ("0", False), ("0", True), ("0", True), ("1", False), ("2", False)):
        counter.key(counter.field, letter, gap=1, repeat=repeat)
    counter.key(counter.field, "\n", gap=1)
    assert counter.codes == ["A00012"]


def test_held_key_repeats_into_the_field(counter: Counter) -> None:
    counter.key(counter.field, "7", gap=500)
    for _ in range(8):
        counter.key(counter.field, "7", gap=30, repeat=True)
    assert (counter.codes, counter.field.text()) == ([], "7" * 9)


def test_shortcut_keys_pass(counter: Counter) -> None:
    counter.field.setText("copy me")
    counter.field.selectAll()
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier, "\x18")
    QCoreApplication.sendEvent(counter.field, event)
    assert counter.field.text() == ""


def test_arabic_layout_gives_the_code_that_was_sent(counter: Counter) -> None:
    """The scanner types key places; the system's layout made Arabic letters of some."""
    for letter in "qwerty42":
        counter.key(counter.field, ARABIC.get(letter, letter), gap=3, code=SCAN_CODES[letter])
    counter.key(counter.field, "\n", gap=3)
    assert (counter.codes, counter.field.text()) == (["qwerty42"], "")


def test_arabic_layout_keeps_capitals(counter: Counter) -> None:
    for letter in "qwerty":
        counter.key(counter.field, ARABIC[letter], gap=3, code=-SCAN_CODES[letter])
    counter.key(counter.field, "\n", gap=3)
    assert counter.codes == ["QWERTY"]


def test_arabic_typing_by_a_person_stays_arabic(counter: Counter, qtbot: QtBot) -> None:
    for letter in "سيب":
        counter.key(counter.field, letter, gap=90, code=SCAN_CODES["s"])
    qtbot.waitUntil(lambda: counter.field.text() == "سيب", timeout=2000)


def test_same_code_within_two_seconds_is_one_scan(counter: Counter) -> None:
    counter.scan(counter.field, TICKET)
    counter.clock = 1.9
    counter.scan(counter.field, TICKET)
    counter.scan(counter.field, "ANOTHER1")
    counter.clock = 4.0
    counter.scan(counter.field, TICKET)
    assert counter.codes == [TICKET, "ANOTHER1", TICKET]


def test_field_may_ask_for_scans(counter: Counter) -> None:
    counter.field.setProperty(ACCEPTS_SCANS, True)
    counter.scan(counter.field, TICKET)
    assert (counter.codes, counter.field.text()) == ([], TICKET)


def test_window_that_closes_meanwhile_gets_nothing(counter: Counter, qtbot: QtBot) -> None:
    other = QLineEdit()
    counter.key(other, "a", gap=100)
    other.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(other), timeout=2000)
    counter.key(counter.field, "b", gap=100)
    qtbot.waitUntil(lambda: counter.field.text() == "b", timeout=2000)


def test_stopped_scanner_holds_nothing_back(counter: Counter) -> None:
    counter.key(counter.field, "a", gap=100)
    counter.scanner.stop()
    counter.key(counter.field, "b", gap=1)
    assert counter.field.text() == "ab"


def test_real_test_keys_without_times_work_by_the_clock(counter: Counter) -> None:
    QTest.keyClicks(counter.field, TICKET)
    QTest.keyClick(counter.field, Qt.Key.Key_Return)
    assert (counter.codes, counter.field.text()) == ([TICKET], "")
