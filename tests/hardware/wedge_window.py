"""A window with a scanner, run as its own process on a real X server: prints what it heard, a JSON object a
line."""

from __future__ import annotations

import json
import sys

from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.hardware.wedge_scanner import WedgeScanner


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main() -> None:
    app = QApplication(sys.argv[:1])
    window, field, pay = QWidget(), QLineEdit(), QPushButton("Pay")
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(pay)
    field.textChanged.connect(lambda text: say(text=text))
    pay.clicked.connect(lambda: say(paid=True))
    if sys.argv[1] == "button":
        pay.setFocus()
    scanner = WedgeScanner(app)
    scanner.start(lambda code: say(code=code))
    window.show()
    window.activateWindow()
    say(window=int(window.winId()))
    app.exec()


if __name__ == "__main__":
    main()
