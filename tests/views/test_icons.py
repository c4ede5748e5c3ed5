"""Icons that show a direction, in both directions of writing."""

from __future__ import annotations

import pytest

from app.views.widgets.icons import Icons
from tests.views.scene import RESOURCES


def tip(name: str, *, rtl: bool) -> str:
    """Where an arrowhead points: its tip alone lies in the middle row."""
    image = Icons(RESOURCES / "icons").get(name, "#000000", 24, rtl=rtl).toImage()
    middle = image.height() // 2
    inked = [x for x in range(image.width()) if image.pixelColor(x, middle).alpha() > 128]
    return "left" if sum(inked) / len(inked) < image.width() / 2 else "right"


@pytest.mark.usefixtures("qapp")
def test_what_points_back_in_english_points_the_other_way_in_arabic() -> None:
    assert [tip(f"chevron-{side}", rtl=False) for side in ("left", "right")] == ["left", "right"]
    assert [tip(f"chevron-{side}", rtl=True) for side in ("left", "right")] == ["right", "left"]
