"""Paper when the process that draws it hangs: really stopped children, a real journal, a folder as the printer."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import print_queue
from app.apart import Apart, Here, Patience, Workshop
from app.hardware.file_printer import FilePrinter
from app.hardware.ports import PrintOutcome
from app.print_queue import PrintQueue
from app.shown_attention import Source
from ledger import journal
from tests.helpers.logs import ExpectedLogs
from tests.helpers.shop import TUBE, Shop
from tests.helpers.waiting import wait_for

NewQueue = Callable[[Workshop], PrintQueue]
stops = pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped there")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "paper"


@pytest.fixture
def new_queue(shop: Shop, folder: Path) -> Iterator[NewQueue]:
    """A queue over the shop's journal, started. Its printer is `folder`."""
    made: list[PrintQueue] = []

    def make(workshop: Workshop) -> PrintQueue:
        printer = FilePrinter(folder)
        queue = PrintQueue(shop.station.store, (printer, printer), workshop, lambda: None)
        made.append(queue)
        queue.start()
        return queue

    yield make
    for queue in made:
        queue.stop()


class Dropping(Here):
    """Draws here; `meanwhile` is what a person does before the paper is ready."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile

    def call(self, function: Callable[..., bytes], *given: object) -> bytes:
        self._meanwhile()
        return super().call(function, *given)


class Watched(Apart):
    """With very much patience; `begun` is set when a job comes."""

    def __init__(self) -> None:
        super().__init__(Patience(first=600.0, next=600.0))
        self.begun = threading.Event()

    def call(self, function: Callable[..., bytes], *given: object) -> bytes:
        self.begun.set()
        return super().call(function, *given)


def hanging(shop: Shop, new_queue: NewQueue) -> PrintQueue:
    """A queue that waits for a drawing of which the process is held still."""
    workshop = Watched()
    queue = new_queue(workshop)
    wait_for(children)
    stop_children()
    shop.sell((TUBE,))
    queue.wake()
    wait_for(workshop.begun.is_set)
    return queue


def children() -> list[int]:
    return [each.pid for each in active_children() if each.name == "drawing" and each.pid]


def stop_children() -> None:
    for pid in children():
        with suppress(ProcessLookupError):  # it was ended meanwhile
            os.kill(pid, signal.SIGSTOP)


def papers(folder: Path) -> int:
    return sum(not path.stem.endswith("-drawer") for path in folder.glob("*.bin"))


def spoil(shop: Shop) -> None:
    """The oldest job says what no paper can be made of."""
    oldest = sa.select(sa.func.min(journal.print_job.c.job_id)).scalar_subquery()
    with shop.station.store.local() as connection:
        mine = journal.print_job.c.job_id == oldest
        connection.execute(sa.update(journal.print_job).where(mine).values(kind="unheard of"))


@stops
def test_a_job_whose_drawing_hangs_is_drawn_by_another_process_and_printed_once(
    shop: Shop, folder: Path, new_queue: NewQueue, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("hangs", logger="app.apart")
    queue = new_queue(Apart(Patience(first=60.0, next=0.5)))
    shop.sell((TUBE,))
    queue.wake()
    wait_for(lambda: shop.jobs() == [("receipt", "done", "")])
    stopped = children()
    stop_children()
    shop.sell((TUBE,))
    queue.wake()
    wait_for(lambda: shop.jobs() == [("receipt", "done", "")] * 2, seconds=60)
    assert papers(folder) == 2
    assert not set(stopped) & set(children())


@stops
def test_a_job_that_two_processes_did_not_draw_needs_attention_and_prints_once_later(
    shop: Shop,
    folder: Path,
    new_queue: NewQueue,
    expected_logs: ExpectedLogs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(print_queue, "RETRY_SECONDS", 0.1)
    expected_logs.expect("hangs", logger="app.apart")
    expected_logs.expect("not drawn", logger="app.print_queue")
    shop.sell((TUBE,))
    apart = Apart(Patience(first=0.5, next=0.5))
    queue = new_queue(apart)

    def failed() -> bool:
        stop_children()
        return shop.jobs() == [("receipt", "failed", "not_drawn")]

    wait_for(failed, seconds=30)
    [item] = shop.station.attention.page().items
    assert (item.source, item.kind) == (Source.PRINT, "not_drawn")
    assert (queue.reason, papers(folder)) == ("not_drawn", 0)
    apart.patience = Patience(first=10.0, next=10.0)
    wait_for(lambda: shop.jobs() == [("receipt", "done", "")], seconds=60)
    assert (queue.reason, papers(folder)) == ("", 1)


@stops
def test_the_drawer_opens_while_a_drawing_hangs(shop: Shop, folder: Path, new_queue: NewQueue) -> None:
    queue = hanging(shop, new_queue)
    queue.open_drawer()
    wait_for(lambda: list(folder.glob("*-drawer.bin")))
    assert shop.jobs() == [("receipt", "queued", "")]
    for pid in children():
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: shop.jobs() == [("receipt", "done", "")])
    assert (papers(folder), len(list(folder.glob("*-drawer.bin")))) == (1, 1)


@stops
def test_a_station_that_closes_does_not_wait_for_a_drawing_that_hangs(
    shop: Shop, new_queue: NewQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_queue, "STOP_SECONDS", 0.2)
    queue = hanging(shop, new_queue)
    queue.stop()
    assert not children()
    assert shop.jobs() == [("receipt", "queued", "")]


def test_a_job_that_cannot_be_drawn_needs_attention_and_holds_no_other(
    shop: Shop, folder: Path, new_queue: NewQueue, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("not drawn", logger="app.print_queue")
    shop.sell((TUBE,))
    spoil(shop)
    shop.sell((TUBE,))
    queue = new_queue(Here())
    wait_for(lambda: shop.jobs() == [("unheard of", "failed", "not_drawn"), ("receipt", "done", "")])
    assert papers(folder) == 1
    wait_for(lambda: queue.reason == "not_drawn")


def test_a_job_that_a_person_drops_while_it_is_drawn_is_not_printed(
    shop: Shop, folder: Path, new_queue: NewQueue
) -> None:
    shop.sell((TUBE,))
    records = shop.station.records
    [job] = records.print_jobs()
    queue = new_queue(Dropping(lambda: records.give_up_print(job.job_id)))
    wait_for(lambda: shop.jobs() == [("receipt", "given_up", "")])
    wait_for(lambda: queue.seen is not None)
    assert papers(folder) == 0


def test_a_printer_that_refuses_is_left_alone_until_the_next_try(shop: Shop) -> None:
    (shop.station.config.data / "prints").write_bytes(b"no folder")
    shop.sell((TUBE,))
    shop.station.printer.start()
    wait_for(lambda: shop.jobs() == [("receipt", "failed", "folder")])
    for _ in range(20):
        with shop.station.store.local() as connection:
            attempts = connection.execute(sa.select(journal.print_job.c.attempts)).scalar_one()
    assert attempts == 1


class Late(FilePrinter):
    """Takes a job, and says so only when it may."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.begun, self.may_end = threading.Event(), threading.Event()

    def print(self, job: bytes) -> PrintOutcome:
        self.begun.set()
        self.may_end.wait(60)
        return super().print(job)


def test_a_printer_that_answers_after_the_end_is_no_fault(
    shop: Shop, folder: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setattr(print_queue, "STOP_SECONDS", 0.0)
    shop.station.printer.stop()
    printer = Late(folder)
    queue = PrintQueue(shop.station.store, (printer, printer), Here(), lambda: None)
    queue.start()
    shop.sell([TUBE])
    queue.wake()
    wait_for(printer.begun.is_set)
    queue.stop()
    shop.station.close()
    printer.may_end.set()
    wait_for(lambda: not any(thread.is_alive() for thread in queue._threads))
