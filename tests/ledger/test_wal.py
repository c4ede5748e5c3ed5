"""A log that lost a transaction in its middle is told from one whose last transaction never ended."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as driver

from ledger.wal import has_hole

PAGE, HEADER, FRAME = 4096, 32, 24
STEP = PAGE + FRAME


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Of a database that was used for a while: its log began anew once, then came eight transactions."""
    file = tmp_path / "used.db"
    connection = driver.connect(str(file), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE said (n INTEGER PRIMARY KEY, words TEXT)")
    for number in range(40):
        connection.execute("INSERT INTO said VALUES (?, ?)", (number, "x" * 900))
    connection.execute("PRAGMA wal_checkpoint(RESTART)")
    for number in range(100, 108):
        connection.execute("INSERT INTO said VALUES (?, ?)", (number, "y" * 900))
    kept = tmp_path / "kept-wal"
    shutil.copyfile(f"{file}-wal", kept)
    connection.close()
    return kept


def ends(raw: bytes) -> list[int]:
    """Where the frames of this round that end a transaction begin."""
    salts = raw[16:24]
    starts = range(HEADER, len(raw) - STEP + 1, STEP)
    return [at for at in starts if raw[at + 8 : at + 16] == salts and raw[at + 4 : at + 8] != bytes(4)]


def flip(log: Path, at: int) -> None:
    raw = bytearray(log.read_bytes())
    raw[at] ^= 0x10
    log.write_bytes(bytes(raw))


def test_a_whole_log_with_frames_of_an_earlier_round_has_none(log: Path) -> None:
    raw = log.read_bytes()
    assert len(ends(raw)) == 8
    assert len(raw) > ends(raw)[-1] + STEP  # what lies behind is older
    assert not has_hole(log)


@pytest.mark.parametrize("back", range(1, 8))
@pytest.mark.parametrize("where", [0, 5, 9, 17, FRAME, FRAME + PAGE // 2, STEP - 1])
def test_whatever_byte_of_an_earlier_transaction_changed_it_is_noticed(
    log: Path, back: int, where: int
) -> None:
    flip(log, ends(log.read_bytes())[-1 - back] + where)
    assert has_hole(log)


@pytest.mark.parametrize("at", [0, 9, 17, 25, HEADER - 1])
def test_a_header_that_does_not_add_up_is_noticed(log: Path, at: int) -> None:
    flip(log, at)
    assert has_hole(log)


def test_a_transaction_that_never_ended_is_none(log: Path) -> None:
    """Torn anywhere: the power went before it was durable."""
    last = ends(log.read_bytes())[-1]
    for length in (last, last + 7, last + FRAME, last + PAGE // 2, last + STEP - 1):
        torn = log.with_name("torn-wal")
        torn.write_bytes(log.read_bytes()[:length] + bytes(last + STEP - length))
        assert not has_hole(torn)


def test_no_log_and_an_empty_one_have_none(tmp_path: Path) -> None:
    assert not has_hole(tmp_path / "none")
    (tmp_path / "empty").touch()
    assert not has_hole(tmp_path / "empty")
