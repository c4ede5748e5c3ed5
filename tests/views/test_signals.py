"""The status is asked for a little after records changed, and once for many."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from app.signals import Signals, StatusSoon


def test_many_changes_from_another_thread_are_one_look_at_the_status_on_this_one(qtbot: QtBot) -> None:
    signals, looks = Signals(), list[int]()
    StatusSoon(signals)
    signals.connection.connect(lambda: looks.append(threading.get_ident()))

    def changes() -> None:
        for _ in range(20):
            signals.changed.emit(frozenset(("sales",)))

    with qtbot.waitSignal(signals.connection):
        worker = threading.Thread(target=changes)
        worker.start()
        worker.join()
        assert not looks
    with qtbot.waitSignal(signals.connection):  # a later one is told again
        signals.changed.emit(frozenset(("sales",)))
    assert looks == [threading.get_ident()] * 2


def test_what_is_parked_is_no_news_of_the_status(qtbot: QtBot) -> None:
    signals = Signals()
    soon = StatusSoon(signals)
    signals.changed.emit(frozenset(("parked",)))
    assert not soon._timer.isActive()
    signals.changed.emit(frozenset(("parked", "sales")))
    assert soon._timer.isActive()
