"""Codes and numbers with a hyphen: drawn in one piece, and still plain for whoever searches or listens."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel

from app.views.ports import Preferences
from app.views.widgets.parts import label
from tests.views.conftest import Dress
from tests.views.looks.test_bars import lines_of
from tests.views.scene import Scene

NUMBER = "7K2M-PQ"


def narrow(scene: Scene, text: str) -> QLabel:
    """A wrapped label that has a little too little room for one line."""
    made = label(scene.desk, "", "small", wrap=True)
    made.setText(text)
    scene.window.centralWidget().layout().addWidget(made)
    made.ensurePolished()
    made.setFixedWidth(made.fontMetrics().horizontalAdvance(text) - 4)
    scene.settle()
    return made


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_number_is_not_torn_at_its_hyphen(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    said = lines_of(narrow(scene, f"12:05 · {scene.desk.texts.code(NUMBER)}"))
    assert len(said) == 2
    assert not any(each.endswith("-") for each in said)


def test_what_is_copied_found_or_read_aloud_is_the_plain_number(scene: Scene) -> None:
    made = narrow(scene, NUMBER)
    assert QLabel.text(made) != NUMBER
    assert made.text() == NUMBER
    assert QAccessible.queryAccessibleInterface(made).text(QAccessible.Text.Name) == NUMBER


def test_words_with_a_hyphen_may_be_torn(scene: Scene) -> None:
    made = narrow(scene, "a voided check-in ticket")
    assert QLabel.text(made) == made.text()


def test_a_name_that_was_given_stays(scene: Scene) -> None:
    made = label(scene.desk, NUMBER, wrap=True)
    made.setAccessibleName("Number")
    made.setText("7K2M-PR")
    assert made.accessibleName() == "Number"
