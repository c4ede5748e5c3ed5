"""A program that ends while something works in the background: what was begun is finished, nothing begins after it."""

from __future__ import annotations

import threading

import pytest

from app.store import Actor, Recording
from domain import operation as op
from domain.errors import Unavailable
from ledger import journal
from tests.helpers.shop import Shop
from tests.helpers.waiting import wait_for
from tests.services.conftest import Open


def test_what_a_thread_is_recording_is_whole_before_the_files_are_closed(
    shop: Shop, open_station: Open
) -> None:
    store, inside, go_on = shop.station.store, threading.Event(), threading.Event()

    def work(recording: Recording) -> None:
        inside.set()
        assert go_on.wait(10)
        recording.add(op.CaseOpened(store.ids.new(), "told while the program ended"))

    recording = threading.Thread(target=lambda: store.transact(work, Actor()))
    recording.start()
    assert inside.wait(10)
    closing = threading.Thread(target=shop.station.close)
    closing.start()
    wait_for(lambda: store.lock._shut)
    assert closing.is_alive()
    go_on.set()
    recording.join(10)
    closing.join(10)
    with open_station().station.store.read_journal() as connection:
        assert "CaseOpened" in {kept.envelope.kind for kept in journal.kept_since(connection, 0)}


def test_a_thread_that_comes_after_the_end_meets_a_closed_store(shop: Shop) -> None:
    store = shop.station.store
    shop.station.close()
    with pytest.raises(Unavailable):
        store.transact(lambda recording: None, Actor())
    with pytest.raises(Unavailable), store.sync_cache():
        pass
    with pytest.raises(Unavailable), store.read():
        pass
    with pytest.raises(Unavailable), store.read_journal():
        pass
