"""Sales of the station: copies, voids by two people, and what waits for the printer."""

from __future__ import annotations

from tests.views.scene import Scene
from tests.views.test_payment import approve


def pick(scene: Scene, number: str) -> None:
    next(b for b in scene.buttons() if b.accessibleName().startswith(number)).click()


def test_the_last_sale_is_open_and_its_copy_is_one_key(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F9")
    scene.press("F10")
    assert scene.world.records.reprinted == ["doc-412", "sale-412"]
    assert "A copy of POS1-000412 is printing." in scene.shown_texts()


def test_a_sale_is_voided_by_a_second_person_with_a_reason(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F12")
    approve(scene, "sales.do_void", reason="wrong day")
    assert scene.world.records.voided == [("sale-412", "wrong day")]
    assert "POS1-000413" in scene.shown_texts()


def test_what_cannot_be_voided_says_why_and_has_no_button(scene: Scene) -> None:
    scene.show("sales")
    pick(scene, "POS1-000411")
    assert "Only the last sale of a shift can be voided." in scene.shown_texts()
    scene.press("F12")
    assert "Void POS1-000411" not in scene.shown_texts()


def test_print_jobs_name_their_trouble_and_can_be_tried_again(scene: Scene) -> None:
    scene.show("sales")
    seen = scene.shown_texts()
    assert "not printed · no paper" in seen
    assert "may lie in the printer: look first" in seen
    scene.click("print.retry")
    assert scene.world.records.retried == ["j1"]
