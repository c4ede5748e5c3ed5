"""Memberships on the guest's card, a booking for members, and the card that is seen before something is sold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.views.ports import Preferences
from domain.errors import Code, Refused
from tests.views.booking_states import for_members
from tests.views.conftest import Dress
from tests.views.gallery import sell_member
from tests.views.guest_states import guest, membership, membership_end
from tests.views.scene import Scene
from tests.views.stand_ins import NOW
from tests.views.test_sell import cart_of


def test_the_card_tells_in_words_how_each_stands(scene: Scene) -> None:
    membership("salem")(scene)
    seen = scene.shown_texts()
    for standing in ("valid", "over", "not_begun", "ended"):
        assert scene.words(f"guests.standing_{standing}") in seen.split("\n")
    assert "SP-2026-00000" in seen
    ends = [each for each in scene.buttons() if each.accessibleName() == scene.words("guests.end")]
    assert len(ends) == 2, "what is over or ended is not ended again"


def test_a_venue_without_memberships_offers_none(scene: Scene) -> None:
    guest("salem", "Ctrl+E")(scene)
    assert not scene.has_button(scene.words("guests.membership"))
    assert scene.words("guests.do_membership") not in scene.shown_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_is_given_by_keys_for_a_year_from_today(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    membership("sara", "Ctrl+E")(scene)
    scene.press("F12")
    assert scene.desk.texts.refusal(Code.MEMBERSHIP_PLAN) in scene.shown_texts()
    scene.click_words(SEASON_NAME[language])
    scene.type("SP-7")
    for _ in range(3):
        scene.enter()
    [one] = scene.world.guests.memberships["sara"]
    assert (one.plan, one.number, one.since) == ("season", "SP-7", NOW.date())
    assert one.until == NOW.date().replace(year=NOW.year + 1) - timedelta(days=1)
    assert scene.words("guests.standing_valid") in scene.shown_texts()


SEASON_NAME = {"en": "Season pass", "ar": "بطاقة الموسم"}


def test_one_is_ended_after_it_was_asked(scene: Scene) -> None:
    membership_end(scene)
    assert "SP-2026-00000" in scene.shown_texts()
    scene.press("F12")
    assert scene.world.guests.memberships["salem"][0].ended
    scene.reset()
    membership_end(scene)
    scene.world.guests.refuses = Refused(Code.MEMBERSHIP_UNKNOWN)
    scene.press("F12")
    assert scene.desk.texts.refusal(Code.MEMBERSHIP_UNKNOWN) in scene.shown_texts()


def test_the_form_says_that_a_booking_waits_for_who_is_no_member(scene: Scene) -> None:
    waits = scene.words("bookings.not_member", plan="Season pass", day=scene.desk.texts.day(NOW.date()))
    for_members("sara")(scene)
    assert waits in scene.shown_texts() and scene.words("bookings.for_members") in scene.shown_texts()
    scene.reset()
    for_members("salem")(scene)
    assert waits not in scene.shown_texts()
    assert scene.words("bookings.will_wait", what="Cabana by the lazy river") in scene.shown_texts()


def test_something_for_members_is_paid_once_their_card_was_seen(scene: Scene) -> None:
    sell_member(scene)
    assert scene.words("sell.member_title", plan="Season pass") in scene.shown_texts()
    scene.press("F12")
    assert scene.desk.texts.refusal(Code.MEMBERSHIP_NUMBER, {"most": 40}) in scene.shown_texts()
    scene.type("over")
    scene.enter()
    assert "Salem Al-Harbi" in scene.shown_texts()
    scene.press("Esc")
    assert cart_of(scene).seen == () and not scene.world.checkout.cart.lines
    scene.press("F10")
    scene.type("SP-7")
    scene.enter()
    assert [each.plan for each in scene.world.checkout.cart.seen] == ["season"]
    assert scene.world.checkout.cart.items == cart_of(scene).items
