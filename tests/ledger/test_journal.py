"""The journal file: order, chain, numbers, streams."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from domain.envelope import Envelope
from ledger import journal
from ledger.salvage import is_sound

AT = datetime(2026, 11, 26, 7, tzinfo=UTC)


def an_envelope(number: int) -> Envelope:
    return Envelope(
        f"op-{number:03d}", "SignedOut", 1, "pos1", 1, "reem", "", AT, 0, f'{{"sign_in_id":"{number}"}}'
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = journal.open_journal(tmp_path / "journal.db")
    yield opened
    opened.dispose()


def fill(engine: Engine, *sizes: int) -> None:
    """One transaction for each size, with that many operations."""
    number = 0
    for tx, size in enumerate(sizes, start=1):
        with engine.begin() as connection:
            for _ in range(size):
                number += 1
                journal.append(connection, an_envelope(number), tx)


def queued(engine: Engine, after: int, most: int) -> list[int]:
    with engine.begin() as connection:
        return [kept.n for kept in journal.queue(connection, after, most)]


def test_rows_numbers_and_chain_go_on(engine: Engine) -> None:
    fill(engine, 2, 1, 3)
    with engine.begin() as connection:
        kept = journal.kept_since(connection, 0)
        assert [(item.row, item.n, item.tx) for item in kept] == [
            (1, 1, 1),
            (2, 2, 1),
            (3, 3, 2),
            (4, 4, 3),
            (5, 5, 3),
            (6, 6, 3),
        ]
        assert journal.chain_is_whole(connection)
        connection.execute(sa.delete(journal.entry).where(journal.entry.c.row == 3))
        assert not journal.chain_is_whole(connection)


def test_a_batch_never_cuts_a_transaction_that_fits(engine: Engine) -> None:
    fill(engine, 2, 3, 2, 9)
    assert queued(engine, 0, 4) == [1, 2]
    assert queued(engine, 2, 4) == [3, 4, 5]
    assert queued(engine, 0, 7) == [1, 2, 3, 4, 5, 6, 7]
    assert queued(engine, 7, 4) == [8, 9, 10, 11]
    assert queued(engine, 16, 4) == []


def test_a_number_is_given_back_when_its_action_fails(engine: Engine) -> None:
    with engine.begin() as connection:
        assert journal.next_number(connection, "document:POS1") == 1
    with pytest.raises(RuntimeError), engine.begin() as connection:
        assert journal.next_number(connection, "document:POS1") == 2
        raise RuntimeError
    with engine.begin() as connection:
        assert journal.next_number(connection, "document:POS1") == 2
        assert journal.next_number(connection, "Z") == 1


def test_a_new_stream_numbers_what_is_kept_and_leaves_the_rest_out(engine: Engine) -> None:
    fill(engine, 1, 1, 1, 1)
    with engine.begin() as connection:
        before = journal.current_stream(connection)
        journal.new_stream(connection, "another", ["op-002", "op-004"])
        now = journal.current_stream(connection)
        assert (now.last_n, now.epoch, now.stream != before.stream) == (2, "another", True)
        assert journal.chain_is_whole(connection)
    assert queued(engine, 0, 50) == [1, 2]
    fill_more(engine)
    assert queued(engine, 0, 50) == [1, 2, 3]


def fill_more(engine: Engine) -> None:
    with engine.begin() as connection:
        journal.append(connection, an_envelope(99), journal.last_tx(connection) + 1)


def test_an_operation_is_kept_once(engine: Engine) -> None:
    fill(engine, 1)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        journal.append(connection, an_envelope(1), 9)


@pytest.mark.parametrize("version", [1, 2])
def test_a_journal_of_an_earlier_version_keeps_its_requests(tmp_path: Path, version: int) -> None:
    earlier = journal.open_journal(tmp_path / "journal.db")
    asked = {"request_id": "r", "at": 1, "kind": "PinChanged", "body": "{}", "after_n": 0, "state": "asked"}
    with earlier.begin() as connection:
        connection.execute(sa.insert(journal.request).values(**asked, answer=""))
        for column in ("about", "staff_id")[version - 1 :]:
            connection.exec_driver_sql(f"ALTER TABLE request DROP COLUMN {column}")
        old = dict(connection.exec_driver_sql("SELECT * FROM request").mappings().one())
        connection.exec_driver_sql(f"PRAGMA user_version={version}")
    earlier.dispose()
    assert is_sound(journal.request, old)  # also where a damaged journal is read
    now = journal.open_journal(tmp_path / "journal.db")
    with now.begin() as connection:
        row = connection.execute(sa.select(journal.request)).one()
    now.dispose()
    assert (row.request_id, row.about, row.staff_id) == ("r", "", "")
