"""An amount of money is read whole in whatever room it has."""

from __future__ import annotations

from itertools import groupby

import pytest
from PySide6.QtGui import QImage

from app.views.ports import Preferences
from app.views.widgets.amount import LEAST, USUAL, Amount
from tests.views.conftest import Dress

DIGITS = " ".join("1" * 14)


def strokes(image: QImage) -> int:
    """How many digits are drawn, where each stands apart from the next."""
    back = image.pixel(0, 0)
    inked = (any(image.pixel(x, y) != back for y in range(image.height())) for x in range(image.width()))
    return sum(drawn for drawn, _ in groupby(inked))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scale", [100, 115, 130])
@pytest.mark.parametrize("far", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_all_digits_are_drawn_in_any_room(
    dressed: Dress, language: str, scale: int, far: bool, share: float
) -> None:
    made = Amount(dressed(Preferences(language, scale=scale)).desk, "total", text=DIGITS, far=far)
    least, whole = made.minimumSizeHint().width(), made.sizeHint().width()
    assert least < whole
    made.resize(round(least + share * (whole - least)), made.sizeHint().height())
    assert strokes(made.grab().toImage()) == len(DIGITS.split())


def test_a_usual_amount_keeps_its_size_and_the_smallest_type_is_the_floor(dressed: Dress) -> None:
    desk = dressed(Preferences()).desk
    usual, long = Amount(desk, "total", text=USUAL), Amount(desk, "total", text=USUAL * 9)
    small = Amount(desk, "caption", text=USUAL * 9)
    small.ensurePolished()
    assert usual.minimumSizeHint().width() >= usual.fontMetrics().horizontalAdvance(USUAL)
    assert small.font().pixelSize() == desk.px(LEAST)
    # `total` is bold and `caption` is not: about as wide
    assert long.minimumSizeHint().width() == pytest.approx(small.sizeHint().width(), rel=0.05)
