"""What would work without the server: asked of whole stations whose server is away, and told line by line."""

from __future__ import annotations

import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.hardware.card_terminal import Patience
from app.hardware.ports import TerminalState
from app.line import Line
from app.readiness_lines import people_lines, unsent_line
from app.shown_readiness import ReadinessLine, ReadinessPage, State
from app.texts import Texts
from app.views.readiness_words import advice_of
from domain.catalogue import StaffMember, Words
from ledger import tables as t
from ledger.cases import BUCKET
from ledger.clock import HandClock
from tests.hardware.simulator import CardProcess
from tests.helpers.running import MORNING
from tests.helpers.shop import ADULT, TUBE, Shop, sar
from tests.helpers.waiting import wait_for
from tests.services.conftest import Open

_WORST = {State.MISSING: 0, State.LOOK: 1, State.FINE: 2}


def page_of(shop: Shop) -> ReadinessPage:
    return shop.station.readiness.page()


def said(shop: Shop) -> dict[str, ReadinessLine]:
    return {line.says: line for line in page_of(shop).lines}


def online(shop: Shop) -> Shop:
    """As if the server answered: what it last said is here."""
    shop.station.sync.line = Line(None)
    return shop


def forward(shop: Shop, **span: int) -> None:
    clock = shop.station.store.clock
    assert isinstance(clock, HandClock)
    clock.forward(**span)


def forward_wall(shop: Shop, **span: int) -> None:
    """Somebody sets the clock."""
    clock = shop.station.store.clock
    assert isinstance(clock, HandClock)
    clock.moment += timedelta(**span)


def away_since(shop: Shop, since: datetime) -> None:
    shop.station.sync.line = Line(since)


def test_a_till_without_a_shift_is_not_ready_and_says_what_to_do(open_station: Open) -> None:
    shop = online(open_station().sign_in("reem"))
    page = page_of(shop)
    assert page.head.says == "head_not"
    assert page.lines[0].says == "shift_none"
    shop.open_shift()
    page = page_of(shop)
    assert page.head.says == "head_places"
    assert dict(page.head.facts)["n"] == 100
    assert page.offline_since is None


def waited_for(shop: Shop, *names: str) -> None:
    """As the server's rows say after an older copy of it was put back."""
    row = {
        "kind": "recovering",
        "bucket": BUCKET,
        "op_id": "",
        "closed_at": 0,
        "closed_by": "",
        "seq": 9,
        "local": 0,
    }
    with shop.station.store.sync_cache() as connection:
        for name in names:
            about = {"case_id": name, "subject": f"station:{name}", "facts": "[]", "opened_at": 1}
            connection.execute(sa.insert(t.case_item).values(row | about))


def test_it_is_not_ready_while_a_restored_server_waits_for_stations(shop: Shop) -> None:
    online(shop)
    waited_for(shop, "pos2", "lk1")
    page = page_of(shop)
    assert (page.head.says, page.head.state) == ("head_waits", State.LOOK)
    assert dict(page.head.facts)["n"] == 2
    assert dict(said(shop)["server_waits"].facts)["n"] == 2
    assert {(tile.stale, tile.here) for tile in shop.station.selling.page(0, "").sessions} == {(True, 100)}
    with shop.station.store.sync_cache() as connection:
        connection.execute(sa.update(t.case_item).values(closed_at=2))
    assert page_of(shop).head.says == "head_places"
    assert "server_waits" not in said(shop)


def test_in_an_outage_it_is_said_too_that_the_server_waited(shop: Shop) -> None:
    waited_for(shop, "pos2")
    away_since(shop, MORNING)
    assert page_of(shop).head.says == "head_away_places"
    assert said(shop)["server_waits"].state is State.LOOK


def test_a_gate_gives_no_places_and_is_told_nothing_of_it(open_station: Open) -> None:
    gate = online(open_station("LK1"))
    waited_for(gate, "pos2")
    assert "server_waits" not in said(gate)


def test_the_worst_comes_first(shop: Shop) -> None:
    ranks = [_WORST[line.state] for line in page_of(shop).lines]
    assert ranks == sorted(ranks)


def test_what_is_held_lasts_at_the_pace_of_the_last_quarter_of_an_hour(shop: Shop) -> None:
    online(shop)
    shop.sell((ADULT,) * 4)  # of 100 the till keeps twelve, and four to sell
    line = said(shop)["session_lasts"]
    assert line.state is State.FINE
    facts = dict(line.facts)
    assert (facts["n"], facts["goal"], facts["span"]) == (12, 16, timedelta(minutes=45))
    assert dict(page_of(shop).head.facts)["span"] == timedelta(minutes=45)
    shop.sell((ADULT,) * 4)
    line = said(shop)["session_lasts"]
    assert (line.state, dict(line.facts)["span"]) == (State.LOOK, timedelta(minutes=15))
    forward(shop, minutes=16)
    assert "session_lasts" not in said(shop)


def test_while_the_server_waits_a_session_of_which_some_is_held_promises_no_more(shop: Shop) -> None:
    online(shop)
    shop.sell((ADULT,) * 8)
    assert advice_of(Texts("en"), said(shop)["session_lasts"]).startswith(
        "More come while the server answers"
    )
    waited_for(shop, "pos2")
    for language in ("en", "ar"):
        texts, line = Texts(language), said(shop)["session_lasts"]
        assert line.state is State.LOOK
        assert advice_of(texts, line) == texts("readiness.do_session_awaits_more")


def test_a_till_that_sold_what_it_held_is_not_ready_for_that_session(shop: Shop) -> None:
    online(shop)
    shop.sell((ADULT,) * 100)
    page = page_of(shop)
    assert page.lines[0].says == "session_none"
    assert page.head.says == "head_not"


def test_while_the_server_waits_that_comes_first_and_no_line_has_places_come(shop: Shop) -> None:
    online(shop)
    shop.sell((ADULT,) * 100)
    waited_for(shop, "pos2")
    page = page_of(shop)
    assert [line.says for line in page.lines][:2] == ["server_waits", "session_awaits"]
    assert page.head.says == "head_waits"
    away_since(shop, MORNING)
    assert page_of(shop).lines[0].says == "session_none"


def test_what_is_missing_besides_is_named_though_the_server_waits(open_station: Open) -> None:
    shop = online(open_station().sign_in("reem"))
    waited_for(shop, "pos2")
    page = page_of(shop)
    assert [line.says for line in page.lines][:2] == ["server_waits", "shift_none"]
    assert page.head.says == "head_not"


def test_a_cart_on_the_screen_is_counted_as_gone(shop: Shop) -> None:
    shop.cart((ADULT,) * 30)
    ready = [dict(line.facts)["n"] for line in page_of(shop).lines if line.says == "session_held"]
    assert min(int(str(n)) for n in ready) == 70


def test_in_an_outage_it_says_what_works_and_until_when(shop: Shop) -> None:
    shop.station.sync.line = Line(MORNING)
    page = page_of(shop)
    assert page.head.says == "head_away_places"
    assert page.offline_since == MORNING
    until = dict(page.head.facts)["until"]
    assert isinstance(until, datetime)
    assert timedelta(hours=71) < until - shop.station.store.clock.now() <= timedelta(hours=72)
    forward(shop, hours=50)
    assert said(shop)["people_soon"].state is State.LOOK
    forward(shop, hours=23)
    page = page_of(shop)
    assert page.head.says == "head_away_not"
    assert "people_over" in [line.says for line in page.lines if line.state is State.MISSING]


def test_data_and_tickets_say_how_old_they_are_and_whether_tomorrow_is_here(shop: Shop) -> None:
    before = dict(said(shop)["tickets_today"].facts)["n"]
    shop.sell((ADULT, ADULT, TUBE))
    lines = said(shop)
    assert int(str(dict(lines["tickets_today"].facts)["n"])) == int(str(before)) + 2
    assert lines["tickets_tomorrow"].state is State.FINE
    shop.station.sync.line = Line(MORNING + timedelta(minutes=30))
    assert said(shop)["data_old"].state is State.LOOK
    forward(shop, hours=24 * 20)  # beyond the days that were fetched
    assert said(shop)["tickets_none"].state is State.MISSING


def test_after_twelve_hours_data_and_tickets_are_to_be_looked_at(shop: Shop) -> None:
    away_since(shop, MORNING)
    forward(shop, hours=11)
    assert said(shop)["data_all"].state is State.FINE
    assert said(shop)["tickets_today"].state is State.FINE
    forward(shop, hours=2)
    lines = said(shop)
    assert lines["data_old"].state is State.LOOK
    assert lines["tickets_today"].state is State.LOOK
    assert lines["tickets_tomorrow"].state is State.LOOK


def test_a_clock_set_back_makes_no_data_younger(shop: Shop) -> None:
    away_since(shop, MORNING)
    forward(shop, hours=13)
    shop.station.store.clocks.look()
    forward_wall(shop, hours=-13)
    assert said(shop)["data_old"].state is State.LOOK


def test_a_day_without_sessions_is_said_and_one_whose_sessions_are_over(shop: Shop) -> None:
    assert not {"sessions_none", "sessions_over"} & said(shop).keys()
    forward(shop, hours=13)
    assert said(shop)["sessions_over"].state is State.FINE
    forward(shop, hours=24 * 40)
    assert said(shop)["sessions_none"].state is State.LOOK


def test_staff_and_supervisor_are_named(shop: Shop) -> None:
    lines = said(shop)
    names = dict(lines["people"].facts)["names"]
    assert isinstance(names, tuple)
    assert len(names) == len(shop.station.people.tiles())
    assert lines["supervisor"].state is State.FINE


def test_a_station_where_nobody_can_say_yes_is_to_be_looked_at() -> None:
    cashier = StaffMember("reem", Words("Reem", "ريم"), "cashier", "en")
    lines = people_lines([cashier], MORNING + timedelta(hours=72), MORNING, sells=True)
    assert [line.says for line in lines] == ["people", "supervisor_none"]
    assert [line.says for line in people_lines([], None, MORNING, sells=True)] == ["people_none"]


def test_a_gate_is_ready_without_a_shift(open_station: Open) -> None:
    gate = online(open_station("LK1"))
    page = page_of(gate)
    abouts = {line.about for line in page.lines}
    assert not abouts & {"sessions", "session", "card", "supervisor"}


def test_the_printer_is_known_before_anything_is_printed(shop: Shop) -> None:
    assert said(shop)["printer_unknown"].state is State.LOOK
    shop.station.printer.start()
    wait_for(lambda: "printer" in said(shop))


def test_a_terminal_is_asked_how_it_is_and_says_when(card_shop: Shop, cards: CardProcess) -> None:
    assert said(card_shop)["card_unheard"].state is State.LOOK  # and asks, for whoever looks next
    wait_for(lambda: "card" in said(card_shop))
    line = said(card_shop)["card"]
    assert (line.state, dict(line.facts)["at"]) == (State.FINE, MORNING)


def test_a_terminal_that_does_not_answer_is_told_until_it_does(card_shop: Shop, cards: CardProcess) -> None:
    wait_for(lambda: "card" in said(card_shop))
    cards.kill()
    forward(card_shop, seconds=11)
    wait_for(lambda: "card_silent" in said(card_shop))
    assert said(card_shop)["card_silent"].state is State.LOOK
    cards.start()
    forward(card_shop, seconds=11)
    wait_for(lambda: "card" in said(card_shop))


def test_a_terminal_that_serves_another_till_is_busy(open_station: Open, tmp_path: Path) -> None:
    """A guest there looks for the card: for as long as it takes."""
    cards = CardProcess(tmp_path, card=60.0)
    shop = open_station(terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem").open_shift()
    other = cards.terminal(patience=Patience(window=60.0))
    paying = threading.Thread(target=other.purchase, args=("a", sar("5"), "s", lambda step: None))
    paying.start()
    wait_for(lambda: other.ping() is TerminalState.BUSY)
    wait_for(lambda: "card_busy" in said(shop))
    other.cancel("a")
    paying.join()
    cards.kill()


def test_while_a_card_is_waited_for_here_the_terminal_is_not_asked_how_it_is(open_station: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as terminal:
        address = f"127.0.0.1:{terminal.getsockname()[1]}"
        shop = online(open_station(terminal=address).sign_in("reem").open_shift())
        paying = threading.Thread(target=shop.pay_card, args=(shop.begin((TUBE,)),))
        paying.start()
        line, _ = terminal.accept()
        for _ in range(3):
            forward(shop, seconds=11)
            assert said(shop)["card_busy"].state is State.FINE
        terminal.setblocking(False)
        with pytest.raises(BlockingIOError):
            terminal.accept()
        line.close()
        paying.join()


def test_what_is_not_sent_is_safe_in_an_outage_and_odd_while_the_server_answers() -> None:
    assert unsent_line(200, away=True).state is State.FINE
    assert unsent_line(200, away=False).state is State.LOOK
    assert unsent_line(49, away=True, known=False).says == "unsent_unknown"
    assert unsent_line(3, away=False).state is State.FINE


def test_a_damaged_journal_is_all_there_is_to_say(shop: Shop) -> None:
    shop.station.store.damaged = True
    page = page_of(shop)
    assert [line.says for line in page.lines] == ["journal_damaged"]
    assert page.head.state is State.MISSING
    shop.station.store.damaged = False


def test_in_an_outage_sell_tells_what_this_till_may_sell_by_itself(shop: Shop) -> None:
    shop.station.sync.line = Line(MORNING)
    shop.cart((ADULT,) * 3)
    page = shop.station.selling.page(0, "")
    assert {tile.here for tile in page.sessions} == {100}  # the cart's own are still here
    assert {tile.here for tile in page.tiles if tile.product.number == ADULT} == {100}
    online(shop)
    assert {tile.here for tile in shop.station.selling.page(0, "").sessions} == {None}
