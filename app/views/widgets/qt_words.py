"""Qt's own words (the menu of a text field) in the language of the screen, from the translation that Qt ships."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

NAME = "Qt's own words"


def speak(app: QApplication, language: str) -> bool:
    """Switches Qt's own words; False where this Qt has none in `language`, which then are English."""
    for old in app.findChildren(QTranslator, NAME):
        app.removeTranslator(old)
        old.deleteLater()
    made = QTranslator(app)
    made.setObjectName(NAME)
    found = made.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    if found:
        app.installTranslator(made)
    return found
