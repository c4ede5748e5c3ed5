"""The card driver against the real simulator process: every fault ends in a state that money can trust."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.hardware.card_terminal import Patience, TcpCardTerminal
from app.hardware.ports import CardKind, CardOutcome, CardProgress, CardReason, TerminalState
from domain.errors import Unavailable
from domain.money import Money
from tests.hardware.simulator import QUICK, CardProcess, until

_ids = itertools.count(1)


def new_id() -> str:
    return f"attempt-{next(_ids):06}"


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


def ignore(_: CardProgress) -> None:
    return


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardProcess]:
    running = CardProcess(tmp_path_factory.mktemp("terminal"))
    yield running
    running.kill()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[CardProcess]:
    """A guest who never taps, unless the test says otherwise."""
    running = CardProcess(tmp_path, card=60.0, in_progress=60.0)
    yield running
    running.kill()


def buy(simulator: CardProcess, minor: int = 23000, attempt: str = "") -> CardOutcome:
    return simulator.terminal().purchase(attempt or new_id(), sar(minor), "POS1-000123", ignore)


def test_approved_purchase_tells_all_a_receipt_needs_and_no_card_number(simulator: CardProcess) -> None:
    steps: list[CardProgress] = []
    simulator.script(scheme="visa", wallet="apple_pay", last4="9876")
    outcome = simulator.terminal().purchase("full", sar(23000), "POS1-000123", steps.append)
    assert outcome.kind is CardKind.APPROVED
    assert outcome.final
    assert (outcome.amount, outcome.scheme, outcome.wallet, outcome.last4) == (
        sar(23000),
        "visa",
        "apple_pay",
        "9876",
    )
    assert len(outcome.approval) == 6
    assert len(outcome.rrn) == 12
    assert outcome.at is not None
    assert outcome.text_ar == "مقبولة"
    assert steps == [CardProgress.SENT, CardProgress.WAITING_FOR_CARD, CardProgress.BANK]
    simulator.script(scheme="mada", last4="4821")


def test_long_card_numbers_cannot_be_scripted_in(simulator: CardProcess) -> None:
    simulator.script(last4="4111111111111111")
    assert buy(simulator).last4 == "1111"
    assert "4111111111111111" not in simulator.journal.read_text(encoding="utf-8")


FAULTS = [
    (23001, CardKind.DECLINED, CardKind.DECLINED),
    (23002, CardKind.UNKNOWN, CardKind.APPROVED),
    (23003, CardKind.UNKNOWN, CardKind.CANCELLED),
    (23004, CardKind.APPROVED, CardKind.APPROVED),
    (23006, CardKind.APPROVED, CardKind.APPROVED),
    (23007, CardKind.UNKNOWN, CardKind.APPROVED),
]


@pytest.mark.parametrize(("minor", "told", "queried"), FAULTS)
def test_scripted_amounts(simulator: CardProcess, minor: int, told: CardKind, queried: CardKind) -> None:
    attempt = new_id()
    assert buy(simulator, minor, attempt).kind is told
    outcome = simulator.terminal().query(attempt)
    assert outcome.kind is queried
    assert outcome.amount == (sar(minor) if queried is CardKind.APPROVED else None)


def test_partial_approval_is_booked_as_what_was_approved(simulator: CardProcess) -> None:
    outcome = buy(simulator, 23005)
    assert (outcome.kind, outcome.amount) == (CardKind.APPROVED, sar(11502))


def test_answer_of_another_attempt_is_ignored(simulator: CardProcess) -> None:
    attempt = new_id()
    outcome = buy(simulator, 23006, attempt)
    assert (outcome.kind, outcome.attempt_id) == (CardKind.APPROVED, attempt)
    assert outcome.approval != "999999"


def test_approval_of_more_than_asked_proves_nothing(simulator: CardProcess) -> None:
    simulator.script("more_than_asked")
    outcome = buy(simulator)
    assert (outcome.kind, outcome.reason) == (CardKind.UNKNOWN, CardReason.WRONG_ANSWER)


def test_request_that_the_terminal_never_took_is_not_found(simulator: CardProcess) -> None:
    simulator.script("lost")
    attempt = new_id()
    assert buy(simulator, 23000, attempt).kind is CardKind.UNKNOWN
    assert simulator.terminal().query(attempt).kind is CardKind.NOT_FOUND


def test_dropped_line_after_approval_is_unknown_then_approved(simulator: CardProcess) -> None:
    simulator.script("drop_approved")
    attempt = new_id()
    outcome = buy(simulator, 23000, attempt)
    assert (outcome.kind, outcome.reason) == (CardKind.UNKNOWN, CardReason.LINE_LOST)
    assert simulator.terminal().query(attempt).kind is CardKind.APPROVED


def test_same_attempt_asked_twice_is_charged_once(simulator: CardProcess) -> None:
    before, attempt = simulator.taken(), new_id()
    simulator.script("drop_approved")
    outcomes = [buy(simulator, 5000, attempt) for _ in range(3)]
    assert [outcome.kind for outcome in outcomes] == [CardKind.UNKNOWN, CardKind.APPROVED, CardKind.APPROVED]
    assert simulator.taken() - before == 5000


def test_query_while_in_progress_says_so(slow: CardProcess) -> None:
    attempt = new_id()
    assert buy(slow, 23004, attempt).kind is CardKind.UNKNOWN
    assert slow.terminal().query(attempt).kind is CardKind.IN_PROGRESS
    assert slow.terminal().ping() is TerminalState.BUSY
    slow.terminal().cancel(attempt)
    until(lambda: slow.terminal().query(attempt).kind is CardKind.CANCELLED)


def test_second_till_finds_the_terminal_busy_and_nothing_started(slow: CardProcess) -> None:
    first = _purchase_in_thread(slow)
    outcome = buy(slow)
    assert (outcome.kind, outcome.reason) == (CardKind.NOT_STARTED, CardReason.BUSY)
    slow.terminal().cancel(first.attempt)
    first.thread.join(5)
    assert first.outcomes[0].kind is CardKind.CANCELLED


def test_cancel_of_another_attempt_changes_nothing(slow: CardProcess) -> None:
    first = _purchase_in_thread(slow)
    slow.terminal().cancel("somebody-elses")
    assert slow.terminal().query(first.attempt).kind is CardKind.IN_PROGRESS
    slow.terminal().cancel(first.attempt)
    first.thread.join(5)
    assert slow.taken() == 0


class _Running:
    def __init__(self, slow: CardProcess) -> None:
        self.attempt, self.waiting = new_id(), threading.Event()
        self.outcomes: list[CardOutcome] = []
        self._terminal = slow.terminal(patience=Patience(2.0, 2.0, 20.0))
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.waiting.wait(5)

    def _run(self) -> None:
        outcome = self._terminal.purchase(self.attempt, sar(23000), "order", self._step)
        self.outcomes.append(outcome)

    def _step(self, progress: CardProgress) -> None:
        if progress is CardProgress.WAITING_FOR_CARD:
            self.waiting.set()


def _purchase_in_thread(slow: CardProcess) -> _Running:
    return _Running(slow)


def test_reversal_only_in_the_open_batch_and_only_once(simulator: CardProcess) -> None:
    first, second = new_id(), new_id()
    assert buy(simulator, 10000, first).kind is CardKind.APPROVED
    assert buy(simulator, 20000, second).kind is CardKind.APPROVED
    terminal, before = simulator.terminal(), simulator.taken()
    assert terminal.reverse(new_id(), first, sar(10000)).kind is CardKind.APPROVED
    assert simulator.taken() == before - 10000
    assert terminal.reverse(new_id(), first, sar(10000)).reason is CardReason.ALREADY_REVERSED
    assert terminal.reverse(new_id(), second, sar(1)).reason is CardReason.NO_ORIGINAL
    terminal.settle()
    late = terminal.reverse(new_id(), second, sar(20000))
    assert (late.kind, late.reason) == (CardKind.DECLINED, CardReason.BATCH_CLOSED)
    assert simulator.taken() == before - 10000


def test_refunds_in_any_batch_and_never_more_than_was_taken(simulator: CardProcess) -> None:
    first = new_id()
    assert buy(simulator, 30000, first).kind is CardKind.APPROVED
    terminal, before = simulator.terminal(), simulator.taken()
    terminal.settle()
    one = new_id()
    assert terminal.refund(one, first, sar(7245)).amount == sar(7245)
    assert terminal.refund(one, first, sar(7245)).kind is CardKind.APPROVED  # the same attempt, asked twice
    assert terminal.refund(new_id(), first, sar(22756)).reason is CardReason.ALREADY_REVERSED
    assert terminal.refund(new_id(), one, sar(1)).reason is CardReason.NO_ORIGINAL
    assert terminal.refund(new_id(), "unknown", sar(1)).reason is CardReason.NO_ORIGINAL
    assert terminal.refund(new_id(), first, sar(22755)).kind is CardKind.APPROVED
    assert simulator.taken() == before - 30000


def test_a_lost_refund_is_queried_never_sent_again(simulator: CardProcess) -> None:
    first, refund = new_id(), new_id()
    buy(simulator, 10000, first)
    simulator.script("no_answer_approved")
    assert simulator.terminal().refund(refund, first, sar(5000)).kind is CardKind.UNKNOWN
    assert simulator.terminal().query(refund).kind is CardKind.APPROVED


def test_lost_reversal_is_queried_never_sent_again(simulator: CardProcess) -> None:
    first, reversal = new_id(), new_id()
    buy(simulator, 10000, first)
    simulator.script("no_answer_approved")
    assert simulator.terminal().reverse(reversal, first, sar(10000)).kind is CardKind.UNKNOWN
    assert simulator.terminal().query(reversal).kind is CardKind.APPROVED


def test_totals_are_the_open_batch_by_scheme(simulator: CardProcess) -> None:
    terminal = simulator.terminal()
    terminal.settle()
    simulator.script(scheme="mada")
    buy(simulator, 10000)
    reversed_one = new_id()
    buy(simulator, 3000, reversed_one)
    simulator.script(scheme="visa")
    buy(simulator, 2000)
    terminal.reverse(new_id(), reversed_one, sar(3000))
    assert [(t.scheme, t.count, t.amount) for t in terminal.totals()] == [
        ("mada", 1, sar(10000)),
        ("visa", 1, sar(2000)),
    ]
    settled = terminal.settle()
    assert settled.totals[0].amount == sar(10000)
    assert terminal.totals() == ()
    assert int(terminal.info().batch) == int(settled.batch) + 1


def test_restart_keeps_every_attempt(tmp_path: Path) -> None:
    simulator, attempt = CardProcess(tmp_path), new_id()
    buy(simulator, 23002, attempt)
    simulator.restart()
    assert simulator.terminal().query(attempt).kind is CardKind.APPROVED
    assert buy(simulator, 23002, attempt).kind is CardKind.APPROVED
    assert simulator.taken() == 23002
    simulator.kill()


def test_power_cut_while_waiting_for_the_card_charges_nothing(slow: CardProcess) -> None:
    running = _purchase_in_thread(slow)
    slow.restart()
    running.thread.join(5)
    assert running.outcomes[0].kind is CardKind.UNKNOWN
    assert slow.terminal().query(running.attempt).kind is CardKind.CANCELLED
    assert slow.taken() == 0


def test_demo_terminal_ends_when_its_parent_does(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.hardware.card_simulator", "--journal", str(tmp_path / "journal")]
    root = Path(__file__).parents[2]
    with subprocess.Popen([*command, "--end-with-parent"], cwd=root, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def test_torn_last_line_of_the_journal_is_survived(tmp_path: Path) -> None:
    simulator = CardProcess(tmp_path)
    buy(simulator, 5000, "kept")
    simulator.kill()
    with simulator.journal.open("ab") as file:
        file.write(b'{"entry": {"attempt": "torn", "min')
    simulator.start()
    assert simulator.terminal().query("kept").kind is CardKind.APPROVED
    assert simulator.terminal().query("torn").kind is CardKind.NOT_FOUND
    simulator.kill()


def test_terminal_that_is_off(tmp_path: Path) -> None:
    simulator = CardProcess(tmp_path)
    simulator.kill()
    terminal, outcome = simulator.terminal(), buy(simulator)
    assert (outcome.kind, outcome.reason) == (CardKind.NOT_STARTED, CardReason.UNREACHABLE)
    assert terminal.ping() is TerminalState.OFFLINE
    assert terminal.query("any").kind is CardKind.UNKNOWN
    with pytest.raises(Unavailable, match="card_terminal"):
        terminal.totals()


def test_another_terminal_at_the_address_is_never_asked_for_money(simulator: CardProcess) -> None:
    before = simulator.taken()
    outcome = simulator.terminal("SIM99999").purchase(new_id(), sar(23000), "order", ignore)
    assert (outcome.kind, outcome.reason) == (CardKind.NOT_STARTED, CardReason.WRONG_TERMINAL)
    assert simulator.taken() == before


# Lines that break where a well-behaved terminal never would -------------------------------------------------

HELLO = b'{"to":"info","terminal_id":"SIM00001","state":"ready"}\n'


@pytest.fixture
def broken() -> Iterator[Callable[[Callable[[socket.socket], None]], TcpCardTerminal]]:
    """A driver for a listener on which one connection is treated as the test says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(treat: Callable[[socket.socket], None]) -> TcpCardTerminal:
        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                treat(connection)

        threading.Thread(target=run, daemon=True).start()
        return TcpCardTerminal(listener.getsockname(), patience=QUICK)

    yield serve
    listener.close()


Broken = Callable[[Callable[[socket.socket], None]], TcpCardTerminal]


def test_line_that_closes_before_money_was_named_started_nothing(broken: Broken) -> None:
    outcome = broken(lambda _: None).purchase("a", sar(100), "order", ignore)
    assert outcome.kind is CardKind.NOT_STARTED


def test_line_that_closes_after_the_request_is_unknown(broken: Broken) -> None:
    def treat(line: socket.socket) -> None:
        reader = line.makefile("rb")
        reader.readline()
        line.sendall(HELLO)
        reader.readline()

    outcome = broken(treat).purchase("a", sar(100), "order", ignore)
    assert (outcome.kind, outcome.reason) == (CardKind.UNKNOWN, CardReason.LINE_LOST)


@pytest.mark.parametrize(
    "answer",
    [
        b'{"to":"purchase","attempt":"a","kind":"approved","minor":100,"currency":"USD","terminal_id":"SIM00001"}',
        b'{"to":"purchase","attempt":"a","kind":"approved","minor":0,"currency":"SAR","terminal_id":"SIM00001"}',
        b'{"to":"purchase","attempt":"a","kind":"approved","minor":-100,"currency":"SAR","terminal_id":"SIM00001"}',
        b'{"to":"purchase","attempt":"a","kind":"approved","minor":100,"currency":"SAR","terminal_id":"SIM00002"}',
        b'{"to":"purchase","attempt":"a","kind":"aproved","minor":100,"currency":"SAR","terminal_id":"SIM00001"}',
        b'{"to":"purchase","attempt":"a","kind":"not_found","terminal_id":"SIM00001"}',
        b'{"to":"purchase","attempt":"a","kind":"approved","minor":1e2,"currency":"SAR","terminal_id":"SIM00001"}',
        b'["approved"]',
        b"\xff\xfe\x00",
        b"x" * 70_000,
    ],
)
def test_answers_that_prove_nothing(broken: Broken, answer: bytes) -> None:
    def treat(line: socket.socket) -> None:
        reader = line.makefile("rb")
        reader.readline()
        line.sendall(HELLO)
        reader.readline()
        line.sendall(answer + b"\n")
        reader.readline()

    assert broken(treat).purchase("a", sar(100), "order", ignore).kind is CardKind.UNKNOWN


def test_answer_in_single_bytes_is_read(broken: Broken) -> None:
    def treat(line: socket.socket) -> None:
        reader = line.makefile("rb")
        reader.readline()
        line.sendall(HELLO)
        reader.readline()
        told = b'{"to":"purchase","attempt":"a","kind":"declined","terminal_id":"SIM00001"}\n'
        for byte in told:
            line.sendall(bytes((byte,)))

    assert broken(treat).purchase("a", sar(100), "order", ignore).kind is CardKind.DECLINED


# Random histories -------------------------------------------------------------------------------------------

PLAYS = ["approve", "decline", "cancel", "no_answer_approved", "no_answer_not_charged", "drop_approved"]
PLAYS += ["in_progress", "partial", "stale", "garbage", "lost", "more_than_asked"]
_step = st.tuples(st.sampled_from(PLAYS), st.integers(1, 90_000), st.booleans())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_step, min_size=1, max_size=5))
def test_what_the_bank_took_is_what_the_driver_told_or_can_tell(
    simulator: CardProcess, steps: list[tuple[str, int, bool]]
) -> None:
    before, known = simulator.taken(), 0
    for play, minor, take_back in steps:
        attempt = new_id()
        simulator.script(play)
        outcome = _settled(simulator, buy(simulator, minor * 100 + 10, attempt))
        if outcome.kind is not CardKind.APPROVED or outcome.amount is None:
            continue
        known += outcome.amount.minor
        if take_back:
            reversal = simulator.terminal().reverse(new_id(), attempt, outcome.amount)
            known -= outcome.amount.minor if reversal.kind is CardKind.APPROVED else 0
    assert simulator.taken() - before == known


def _settled(simulator: CardProcess, outcome: CardOutcome) -> CardOutcome:
    """Queried until it is known; NOT_FOUND is as good as final once the line is closed."""
    answers = [outcome]

    def asked() -> bool:
        if not answers[-1].final and answers[-1].kind is not CardKind.NOT_FOUND:
            answers.append(simulator.terminal().query(outcome.attempt_id))
        return answers[-1].final or answers[-1].kind is CardKind.NOT_FOUND

    until(asked)
    return answers[-1]
