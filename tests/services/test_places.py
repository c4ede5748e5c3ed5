"""What a station says when places are not here: that the server is away only while it is."""

from __future__ import annotations

from itertools import count

import pytest

from app.line import Line
from domain.errors import Code
from ledger.clock import HandClock
from tests.helpers.running import MORNING
from tests.helpers.shop import ADULT, Shop, refused


@pytest.mark.parametrize(
    ("line", "said"), [(Line(None), Code.PLACES_LATE), (Line(HandClock(MORNING).now()), Code.PLACES_OFFLINE)]
)
def test_places_that_did_not_come_in_time_are_late_and_only_without_the_server_offline(
    shop: Shop, line: Line, said: Code
) -> None:
    selling, places = shop.station.selling, shop.station.places
    shop.station.sync.line = line
    places.elapsed = count(step=4).__next__  # what is waited for is over at once
    cart = selling.add(selling.empty(), ADULT, shop.session)
    many = selling.set_quantity(cart, cart.lines[0].line_id, 150)
    assert refused(selling.reserve, many) is said
