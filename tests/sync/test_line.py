"""Stations and a real server process: what one does the others see; what an outage holds up arrives once."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.enrolment import enrol
from app.parts import Config, Station, Told
from app.secrets import FileSecrets
from app.server_api import ServerApi
from app.starting import recovery
from app.store import Store
from app.stream import within
from domain.catalogue import Words
from domain.errors import Code, Refused, Unavailable
from domain.lease import FAMILY
from ledger import cache, feed, journal
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import HandClock, Ids
from ledger.wire import PROTOCOL, PushBatch
from server import admin
from server import tables as own
from tests.hardware.simulator import CardProcess
from tests.helpers.line import Open, on_server, settled
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING, RunningServer
from tests.helpers.shop import ADULT, CHILD, TUBE, WATER, Shop, refused, sar
from tests.helpers.waiting import wait_for


def test_a_sale_is_at_the_gate_within_a_second_and_used_everywhere(opened: Open) -> None:
    desk, gate = opened("POS1").sign_in("reem").open_shift(), opened("LK1").sign_in("faisal")
    wait_for(lambda: gate.station.health.online() and desk.station.health.online())
    desk.sell()
    sold = time.monotonic()
    wait_for(lambda: gate.count(t.ticket) == 5, seconds=5)
    assert time.monotonic() - sold < 1.0
    code = desk.codes()[0]
    assert gate.station.gate.scan(code).code == "ok"
    wait_for(lambda: desk.count(t.admission) == 1, seconds=5)
    again = desk.station.gate.scan(code)
    assert (again.code, again.entry_gate) == ("already_redeemed", Words("Gate 1", "البوابة 1"))
    wait_for(lambda: settled(desk) and settled(gate))


def test_what_came_from_the_server_does_not_send_a_station_there_again(opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    gate = opened("LK1", start=False)
    desk.sell()
    desk.station.sync.once()
    gate.station.sync._wake.clear()
    gate.station.sync.once()
    assert gate.count(t.ticket) == 5
    assert not gate.station.sync._wake.is_set()
    gate.sign_in("faisal")
    assert gate.station.sync._wake.is_set()  # there is something to send


def test_an_outage_holds_nothing_up_and_afterwards_everything_is_there_once(
    server: RunningServer, opened: Open
) -> None:
    desk, gate = opened("POS1").sign_in("reem").open_shift(), opened("LK1").sign_in("faisal")
    wait_for(lambda: desk.ready() >= FAMILY and settled(desk))
    if os.name == "posix":
        assert (
            server.folder / "port"
        ).stat().st_mode & 0o077 == 0  # nobody else reads what the server writes
    server.kill()
    wait_for(lambda: not desk.station.health.online(), seconds=5)
    for _ in range(3):
        desk.sell((ADULT, ADULT, CHILD))
    assert gate.station.gate.scan(desk.codes()[0]).code == "ok"
    status = desk.station.health.status()
    assert status.offline_since is not None
    assert status.waiting >= 6
    assert all(tile.stale for tile in desk.station.selling.page(0, "").sessions)
    server.start()
    wait_for(lambda: settled(desk) and settled(gate) and desk.station.health.online(), seconds=20)
    assert len(on_server(server, sa.select(t.document.c.number))) == 3
    assert len(on_server(server, sa.select(t.admission.c.admission_id))) == 1
    of_desk = sa.select(own.inbox.c.op_id).where(own.inbox.c.station_id == "pos1")
    # It fills its shelf again meanwhile, which is recorded too.
    wait_for(lambda: sorted(map(str, on_server(server, of_desk))) == sorted(op_ids(desk)))


def op_ids(shop: Shop) -> list[str]:
    with shop.station.store.read_journal() as connection:
        return list(connection.execute(sa.select(journal.entry.c.op_id)).scalars())


def test_sending_everything_again_changes_nothing(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.sell()
    desk.station.sync.once()
    before = on_server(server, sa.select(feed.head.c.seq))
    store = desk.station.store
    with store.sync_cache() as connection:
        cache.note_position(connection, "", 0, "")
    desk.station.sync.once()
    assert settled(desk)
    assert on_server(server, sa.select(feed.head.c.seq)) == before
    assert desk.count(t.document) == 1


def test_a_lost_answer_is_healed_by_the_next_pull(opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.sell()
    batch = desk.station.sync._next_batch()
    assert batch is not None
    desk.station.sync._api.push(batch)
    assert desk.station.store.waiting() > 0
    desk.station.sync._pull_all()
    assert settled(desk)


def test_two_tills_race_for_the_last_places_and_it_is_flagged(server: RunningServer, opened: Open) -> None:
    one = opened("POS1", start=False).sign_in("reem").open_shift()
    two = opened("POS2", start=False).sign_in("salem").open_shift()
    session = one.session
    one.sell((ADULT,) * 190)
    assert refused(two.sell, (ADULT,) * 190) is Code.PLACES_HELD
    two.sell((ADULT,) * 190, beyond=True)
    one.station.sync.once()
    two.station.sync.once()
    kinds = on_server(server, sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0))
    assert sorted(map(str, kinds)) == ["beyond_lease", "over_capacity"]
    one.station.sync.once()
    assert one.station.health.status().needs_attention == 2
    assert refused(one.station.selling.add, one.station.selling.empty(), ADULT, session) is Code.CAPACITY_FULL


def test_a_restored_server_gets_back_what_its_backup_lost(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.sell()
    desk.station.sync.once()
    backup = back_up(server)
    desk.sell()
    desk.station.sync.once()
    put_back(server, backup)
    assert admin.restored(server.settings, server.clock) == 0
    server.start()
    desk.station.sync.once()
    desk.station.sync.once()
    assert len(on_server(server, sa.select(t.document.c.number))) == 2
    assert settled(desk)
    assert [receipt.number for receipt in desk.receipts()] == ["POS1-000001", "POS1-000002"]


def back_up(server: RunningServer) -> Path:
    server.kill()
    backup = server.folder / "backup"
    backup.mkdir()
    for path in server.folder.glob("venue.db*"):
        shutil.copy(path, backup / path.name)
    server.start()
    return backup


def put_back(server: RunningServer, backup: Path) -> None:
    server.kill()
    for path in server.folder.glob("venue.db*"):
        path.unlink()
    for path in backup.iterdir():
        shutil.copy(path, server.folder / path.name)


def test_an_older_copy_that_nobody_spoke_of_is_found_out(server: RunningServer, opened: Open) -> None:
    """The till has something to send, the gate has only heard of things that the copy does not know."""
    desk, gate = opened("POS1", start=False).sign_in("reem").open_shift(), opened("LK1", start=False)
    desk.sell()
    desk.station.sync.once()
    backup = back_up(server)
    desk.sell()
    desk.station.sync.once()
    gate.station.sync.once()
    put_back(server, backup)
    server.start()
    desk.sell()
    epoch = on_server(server, sa.select(feed.head.c.epoch))
    gate.station.sync.once()
    assert on_server(server, sa.select(feed.head.c.epoch)) != epoch
    assert on_server(server, sa.select(own.recovery.c.name)) == ["POS1"]
    desk.station.sync.once()
    desk.station.sync.once()
    assert on_server(server, sa.select(own.recovery.c.name)) == []
    assert len(on_server(server, sa.select(t.document.c.number))) == 3
    assert settled(desk)


def turned_back(server: RunningServer, desk: Shop, send: Callable[[], object]) -> None:
    """The server has forgotten what a till sold and had sent, and nobody says so."""
    desk.station.sync.once()
    backup = back_up(server)
    desk.sell((ADULT,))
    send()
    put_back(server, backup)
    server.start()


def test_nothing_goes_out_in_a_new_stream_to_a_server_that_may_be_an_older_copy(
    server: RunningServer, opened: Open
) -> None:
    """It would have the sale before the places that it was sold from, and take it for one beyond them."""
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    turned_back(server, desk, desk.station.sync.once)
    desk.sell((ADULT,))
    desk.station.store.renumber()  # as after a fork, and under a new code
    desk.station.sync.once()
    desk.station.sync.once()
    assert len(on_server(server, sa.select(t.document.c.number))) == 2
    assert sorted(on_server(server, sa.select(t.case_item.c.kind))) == ["older_copy", "recovering"]
    assert settled(desk)


def test_a_till_whose_server_knows_less_than_it_said_finds_it_out(
    server: RunningServer, opened: Open
) -> None:
    """It had the push's answer and no pull after it: only its position tells."""
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    turned_back(server, desk, desk.station.sync._push_all)
    epoch = on_server(server, sa.select(feed.head.c.epoch))
    desk.sell()
    desk.station.sync.once()
    assert on_server(server, sa.select(feed.head.c.epoch)) != epoch
    desk.station.sync.once()
    assert len(on_server(server, sa.select(t.document.c.number))) == 2
    assert settled(desk)


def twins(opened: Open, tmp_path: Path, *, places: int = 0) -> tuple[Shop, Shop]:
    """A till with an open shift and `places` of each session, and a copy of its folder; neither syncs by itself."""
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.round()
    if places:
        desk.stock(places)
    desk.station.close()
    shutil.copytree(tmp_path / "POS1", tmp_path / "twin")
    return opened("POS1", start=False).sign_in("reem"), opened("twin", start=False).sign_in("reem")


def test_a_copied_station_goes_on_under_another_prefix(
    server: RunningServer, opened: Open, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("another copy")
    desk, twin = twins(opened, tmp_path)
    desk.sell()
    desk.station.sync.once()
    twin.sell()
    twin.station.sync.once()
    twin.station.sync.once()
    twin.sell()
    twin.station.sync.once()
    assert len(on_server(server, sa.select(t.sale.c.sale_id))) == 3
    numbers = [receipt.number for receipt in twin.receipts()]
    assert "POS1B-000001" in numbers
    assert settled(twin)


def test_of_a_copied_station_each_has_the_places_that_it_asks_for(
    server: RunningServer, opened: Open, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    """The original stays what it was, its copy goes on as the next incarnation."""
    expected_logs.expect("another copy")
    desk, twin = twins(opened, tmp_path)
    for shop in (desk, twin):
        shop.sell([WATER])
        shop.station.sync.once()
    twin.station.sync.once()
    twin.sell([ADULT])
    more = [ADULT] * (desk.ready() + 2)
    desk.sell(more)
    for shop in (desk, twin, desk):
        shop.station.sync.once()
    held = dict.fromkeys(map(str, on_server(server, sa.select(t.lease.c.incarnation))))
    assert (held, desk.count(t.ticket)) == ({"1": None, "2": None}, len(more) + 1)


def test_what_both_of_a_copied_station_sold_on_one_lease_is_a_case_until_a_person_looks(
    server: RunningServer, opened: Open, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    """Whatever they are given later: the places were sold twice."""
    expected_logs.expect("another copy")
    desk, twin = twins(opened, tmp_path, places=12)
    had = desk.ready()
    for shop in (desk, twin):
        shop.sell([ADULT] * had)
        shop.round()
    twin.round()
    overdrawn = sa.select(t.case_item.c.facts).where(
        t.case_item.c.kind == "lease_overdrawn", t.case_item.c.closed_at == 0
    )
    found = on_server(server, overdrawn)
    desk.stock(2 * had).round()
    assert on_server(server, overdrawn) == found
    assert [dict(read_facts(str(facts)))["places"] for facts in found] == [str(had)]


def test_a_new_day_is_fetched_beside_what_is_held(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.sell()
    desk.station.sync.once()
    server.clock.set(server.clock.now().replace(day=27))
    desk.station.sync.once()
    with desk.station.store.read() as connection:
        level = cache.level(connection)
    assert "day:2026-12-11" in level.buckets
    assert "day:2026-11-25" not in level.buckets
    assert level.fill == ""
    assert (desk.count(t.ticket), desk.count(t.document)) == (5, 1)


def test_a_shift_that_stays_open_over_days_is_counted_from_all_of_them(
    server: RunningServer, opened: Open
) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.sell((TUBE,))
    for day in (27, 28, 29):
        desk.station.sync.once()
        server.clock.set(server.clock.now().replace(day=day))
    desk.station.sync.once()
    assert desk.station.shifts.count({50000: 1, 2000: 1, 1000: 1, 200: 2, 50: 1}).expected == sar("534.50")


def test_a_new_pin_is_asked_of_the_server_and_holds_everywhere(opened: Open) -> None:
    desk, gate = opened("POS1").sign_in("reem"), opened("LK1")
    before = [verifier_of_reem(shop) for shop in (desk, gate)]
    desk.station.people.change_pin("2580", "7194")
    desk.station.people.sign_out()
    for shop, old in zip((desk, gate), before, strict=True):
        wait_for(lambda shop=shop, old=old: verifier_of_reem(shop) != old)  # type: ignore[misc] # each its own
        assert signs_in(shop, "7194")


def verifier_of_reem(shop: Shop) -> object:
    """Looked at and not tried: five wrong PINs lock the name."""
    with shop.station.store.read_journal() as connection:
        mine = journal.verifier.c.staff_id == "reem"
        return connection.execute(sa.select(journal.verifier.c.verifier).where(mine)).scalar()


def signs_in(shop: Shop, pin: str) -> bool:
    try:
        shop.station.people.sign_in("reem", pin)
    except Refused:
        return False
    return True


def request_states(shop: Shop) -> list[str]:
    with shop.station.store.read_journal() as connection:
        return list(connection.execute(sa.select(journal.request.c.state)).scalars())


def test_a_request_that_could_not_be_sent_is_over(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem")
    server.kill()
    assert refused(desk.station.people.change_pin, "2580", "7194") is Code.REQUEST_OFFLINE
    assert request_states(desk) == ["unsent"]
    server.start()
    desk.station.sync.once()
    desk.station.people.change_pin("2580", "7194")
    assert request_states(desk) == ["unsent", "granted"]


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be stopped and let go there")
def test_an_undecided_request_is_settled_when_the_server_is_back(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem")
    with server.frozen():
        assert refused(desk.station.people.change_pin, "2580", "7194") is Code.REQUEST_UNANSWERED
        assert refused(desk.station.people.change_pin, "2580", "7194") is Code.REQUEST_OPEN
    desk.station.requests.settle_open()
    desk.station.sync.once()
    desk.station.people.sign_out()
    [state] = request_states(desk)
    assert signs_in(desk, {"cancelled": "2580", "granted": "7194"}[state])


def test_the_wrong_certificate_code_or_server_is_told_apart(server: RunningServer, tmp_path: Path) -> None:
    store = Store(tmp_path / "new", HandClock(server.clock.now()), lambda topics: None)
    kept = FileSecrets(tmp_path / "new")
    code = server.code("POS1")
    secret = code.partition("-")[0]
    assert refused(enrol, store, kept, server.url, "nonsense") is Code.ENROLMENT_WRONG
    assert refused(enrol, store, kept, server.url, f"{secret}-{'0' * 64}") is Code.SERVER_UNTRUSTED
    assert (
        refused(enrol, store, kept, server.url, "WRONGWRONGWR-" + code.partition("-")[2])
        is Code.ENROLMENT_WRONG
    )
    with pytest.raises(Unavailable):
        enrol(store, kept, "https://127.0.0.1:1", code)
    assert store.identity is None
    assert enrol(store, kept, server.url, code).name == "POS1"
    store.close()


def test_a_station_of_another_protocol_is_refused_with_a_code(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False)
    api: ServerApi = desk.station.sync._api
    late = PushBatch(PROTOCOL + 1, "", "", ())
    assert refused(api.push, late) is Code.SERVER_VERSION
    assert refused(api.push, PushBatch(0, "", "", ())) is Code.CLIENT_VERSION


def test_where_a_stream_stands_is_told_to_its_own_station_only(opened: Open) -> None:
    desk, gate = opened("POS1").sign_in("reem").open_shift(), opened("LK1")
    wait_for(lambda: settled(desk))
    with desk.station.store.read_journal() as connection:
        stream = journal.current_stream(connection).stream
    (own_page, _), (others_page, _) = (
        shop.station.sync._api.pull("global", "", stream) for shop in (desk, gate)
    )
    assert own_page.stream == stream and own_page.n > 0
    assert (others_page.stream, others_page.n, others_page.op_id) == ("", 0, "")


def test_a_station_enrolled_anew_shuts_the_old_one_out(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    desk.sell()
    store = Store(server.folder / "other", server.clock, lambda topics: None)
    assert (
        enrol(store, FileSecrets(server.folder / "other"), server.url, server.code("POS1")).prefix == "POS1B"
    )
    store.close()
    assert refused(desk.station.sync.once) is Code.STATION_UNKNOWN
    assert desk.count(t.document) == 1


def test_ids_rise_even_when_the_clock_steps_back() -> None:
    clock = HandClock(MORNING)
    ids = Ids(clock)
    made = [ids.new()]
    clock.forward(minutes=-10)
    made += [ids.new() for _ in range(3)]
    assert made == sorted(set(made))


def test_the_server_runs_on_postgresql_too(tmp_path: Path, postgres_database: str) -> None:
    server = RunningServer(tmp_path / "server", database=postgres_database).start()
    code = server.code("POS1")
    desk = Shop(Station(Config(tmp_path / "POS1", server.url, code, keyring=False), server.clock, Told()))
    gate = Shop(
        Station(Config(tmp_path / "LK1", server.url, server.code("LK1"), keyring=False), server.clock, Told())
    )
    desk.station.start()
    gate.station.start()
    wait_for(desk.station.health.online)
    desk.sign_in("reem").open_shift().sell()
    gate.sign_in("faisal")
    wait_for(lambda: gate.count(t.ticket) == 5)
    assert gate.station.gate.scan(desk.codes()[0]).code == "ok"
    wait_for(lambda: desk.count(t.admission) == 1)
    wait_for(lambda: settled(desk) and settled(gate))
    desk.station.close()
    gate.station.close()
    server.kill()


def test_a_copy_of_a_ticket_has_its_code_though_the_folder_was_lost(
    server: RunningServer, opened: Open
) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    sale = desk.sell()
    codes = desk.codes()
    desk.station.sync.once()
    folder = desk.station.config.data
    desk.station.close()
    shutil.rmtree(folder)
    again = opened("POS1", start=False).sign_in("reem")
    again.station.sync.once()
    assert again.codes() == [""] * len(codes)
    again.station.records.reprint_tickets(sale.sale_id)
    with again.station.store.read_journal() as connection:
        statement = (
            sa.select(journal.print_job.c.payload).order_by(journal.print_job.c.job_id.desc()).limit(1)
        )
        printed = connection.execute(statement).scalar_one()
    assert all(code in printed for code in codes)


def test_a_batch_stays_within_what_a_body_may_weigh(opened: Open) -> None:
    desk = opened("POS1", start=False).sign_in("reem").open_shift()
    for _ in range(4):
        desk.sell((ADULT,) * 60)
    with desk.station.store.read_journal() as connection:
        kept = journal.kept_since(connection, 0)
    light = within(kept, 60_000)
    assert 0 < len(light) < len(kept)
    assert light[-1].tx != kept[len(light)].tx
    assert within(kept, 10**9) == kept
    assert len(within(kept[-2:], 10)) == 1


def test_a_sale_that_recovery_finished_is_the_sellers_and_no_case(
    server: RunningServer, opened: Open, cards: CardProcess
) -> None:
    address = f"127.0.0.1:{cards.address[1]}"
    desk = opened("POS1", terminal=address).sign_in("reem").open_shift()
    wait_for(desk.station.health.online)
    page = desk.begin((ADULT,))
    cards.script("no_answer_approved")

    def dead(step: object) -> None:
        if getattr(step, "step", "") == "query":
            cards.kill()

    assert desk.station.checkout.card(page.sale_id, page.left, dead).unknown == page.left
    desk.station.close()
    cards.start()
    again = opened("POS1", terminal=address)
    again.station.checkout.recover()
    wait_for(lambda: settled(again), seconds=20)
    assert on_server(server, sa.select(t.sale.c.sale_id)) == [page.sale_id]
    assert on_server(server, sa.select(t.document.c.staff_id)) == ["reem"]
    assert "not_permitted" not in on_server(server, sa.select(t.case_item.c.kind))
    assert on_server(server, sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)) == []


def test_a_damaged_journal_goes_on_as_the_next_incarnation_and_all_is_at_the_server_once(
    server: RunningServer, opened: Open, tmp_path: Path
) -> None:
    desk = opened("POS1").sign_in("reem").open_shift()
    desk.sell()
    wait_for(lambda: settled(desk))
    desk.station.close()
    desk = opened("POS1", start=False).sign_in("reem")
    desk.sell([WATER])
    desk.sell([WATER])
    kinds, had = desk.journalled(), op_ids(desk)
    desk.station.close()
    path = tmp_path / "POS1" / "journal.db"
    path.write_bytes(os.urandom(300) + path.read_bytes()[300:])
    assert refused(opened, "POS1") is Code.JOURNAL_DAMAGED
    told = recovery(Config(tmp_path / "POS1", server.url, keyring=False), server.clock).run()
    assert (told.read, told.missing) == (len(had), 0)
    desk = opened("POS1").sign_in("reem")
    assert desk.journalled()[: len(kinds)] == kinds
    desk.sell([WATER])
    wait_for(lambda: settled(desk))
    numbers = [receipt.number for receipt in desk.receipts()]
    assert numbers == ["POS1-000001", "POS1-000002", "POS1-000003", "POS1B-000001"]
    on_the_server = on_server(server, sa.select(t.document.c.number))
    assert sorted(str(number) for number in on_the_server) == numbers
    mine = sa.select(own.inbox.c.op_id).where(own.inbox.c.station_id == identity_of(desk))
    wait_for(lambda: sorted(map(str, on_server(server, mine))) == sorted(op_ids(desk)), seconds=20)


def identity_of(shop: Shop) -> str:
    assert shop.station.store.identity is not None
    return shop.station.store.identity.station_id


@pytest.mark.skipif(os.name == "nt", reason="there a program is ended otherwise")
def test_a_server_that_is_stopped_says_goodbye_without_an_error(server: RunningServer, opened: Open) -> None:
    shop = opened("POS1")
    server.stop()
    wait_for(lambda: not shop.station.health.online())
    said = server.log.read_text(encoding="utf-8")
    assert "ERROR" not in said and "Traceback" not in said, said[-2000:]
