"""A server opens its database while another one writes: it waits for nobody, and makes what an older one lacks."""

from __future__ import annotations

import threading

import sqlalchemy as sa

from ledger import tables as t
from server.database import Database
from tests.helpers.core import Core


def indexes(core: Core) -> set[str]:
    found = sa.inspect(core.database.engine)
    return {str(each["name"]) for table in t.SYNCED for each in found.get_indexes(table.name)}


def test_a_second_server_opens_while_the_first_writes(core: Core) -> None:
    opened: list[Database] = []
    opening = threading.Thread(
        target=lambda: opened.append(Database(core.url, core.clock)), name="opening", daemon=True
    )
    with core.database.engine.connect() as writing:
        if (
            not core.database.embedded
        ):  # which lets one write at a time anyhow, and the other wait for its turn
            for table in t.SYNCED:
                writing.execute(sa.text(f"LOCK TABLE {table.name} IN ROW EXCLUSIVE MODE"))
        opening.start()
        opening.join(20)
        assert opened and not opening.is_alive()
    opened[0].close()


def test_what_an_earlier_version_lacks_is_made(core: Core) -> None:
    before = indexes(core)
    with core.database.engine.begin() as connection:
        for name in ("ix_payment_attempt_id", "ix_card_attempt_original_id", "ix_reservation_day"):
            connection.exec_driver_sql(f"DROP INDEX {name}")
    assert indexes(core) < before
    Database(core.url, core.clock).close()
    assert indexes(core) == before
