"""Paper is drawn in a child process: same bytes, own interpreter lock, and a dead or hanging child is no trouble."""

import os
import signal
import subprocess
import sys
from multiprocessing import active_children

import pytest

from app.apart import Apart, NotDoneError, Patience
from tests.helpers.logs import ExpectedLogs


def who() -> bytes:
    return str(os.getpid()).encode()


def doubled(text: str, times: int) -> bytes:
    return text.encode() * times


def failing() -> bytes:
    raise ValueError("no paper")


def dying() -> bytes:
    if os.getpid() != int(os.environ["TEST_PARENT"]):
        os._exit(3)
    return b"here"


def stopping() -> bytes:
    os.kill(os.getpid(), signal.SIGSTOP)
    return who()


def who_of(_: object) -> bytes:
    return who()


stops = pytest.mark.skipif(sys.platform == "win32", reason="no process can be stopped there")


def test_the_work_is_done_by_one_other_process_which_ends_with_the_queue() -> None:
    apart = Apart()
    apart.start()
    child = int(apart.call(who))
    assert child != os.getpid()
    assert apart.call(doubled, "ab", 2) == b"abab"
    assert int(apart.call(who)) == child
    apart.stop()
    assert not [each for each in active_children() if each.name == "drawing"]


def test_an_error_is_the_callers_and_the_child_stays() -> None:
    apart = Apart()
    child = apart.call(who)
    with pytest.raises(ValueError, match="no paper"):
        apart.call(failing)
    assert apart.call(who) == child
    apart.stop()


def test_a_child_that_dies_costs_no_paper(
    monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    monkeypatch.setenv("TEST_PARENT", str(os.getpid()))
    expected_logs.expect("the drawing process ended")
    apart = Apart()
    child = apart.call(who)
    assert apart.call(dying) == b"here"
    assert apart.call(who) not in (child, str(os.getpid()).encode())
    apart.stop()


@stops
def test_when_two_children_hang_the_caller_is_told_and_the_next_call_has_another(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("the drawing process hangs")
    apart = Apart(Patience(first=60.0, next=0.5))
    child = apart.call(who)
    apart.patience = Patience(first=0.5, next=0.5)
    with pytest.raises(NotDoneError):
        apart.call(stopping)
    assert not [each for each in active_children() if each.name == "drawing"]
    apart.patience = Patience(first=60.0, next=60.0)
    assert apart.call(who) not in (child, str(os.getpid()).encode())
    apart.stop()


@stops
def test_a_child_that_does_not_even_take_its_work_is_replaced(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the drawing process hangs")
    apart = Apart(Patience(first=60.0, next=0.5))
    child = apart.call(who)
    os.kill(int(child), signal.SIGSTOP)
    more_than_a_pipe_holds = ["a" * 1_000_000]
    assert apart.call(who_of, more_than_a_pipe_holds) not in (child, str(os.getpid()).encode())
    apart.stop()


def test_what_is_large_has_more_time() -> None:
    apart = Apart(Patience(first=60.0, next=0.0))
    child = apart.call(who)
    assert apart.call(who_of, "a" * 80_000) == child
    assert apart.call(who_of, b"a" * 5_000_000) == child
    apart.stop()


def test_nothing_is_begun_after_the_stop() -> None:
    apart = Apart()
    apart.stop()
    with pytest.raises(NotDoneError):
        apart.call(who)


PARENT = """
import sys
from app.apart import Apart, NotDoneError, Patience
from tests.services.test_apart import who
if __name__ == "__main__":
    print(Apart().call(who).decode(), flush=True)
    sys.stdin.read()
"""


def test_the_child_of_a_killed_parent_ends() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) != parent.pid
    parent.kill()
    parent.communicate(timeout=20)  # the child has the same output, which ends only with both
