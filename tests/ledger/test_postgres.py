"""PostgreSQL as it is opened here."""

import sqlalchemy as sa
from psycopg import _queries

from ledger.database import open_postgres


def test_a_long_statement_is_read_once(postgres_database: str) -> None:
    """Longer, and with more parameters, than psycopg remembers by itself."""
    given = {f"a_parameter_with_a_name_{number}": number for number in range(200)}
    long = sa.text("SELECT " + " + ".join(f":{name} * CAST(1 AS bigint)" for name in given))
    engine = open_postgres(postgres_database)
    with engine.begin() as connection:
        assert connection.execute(long, given).scalar_one() == sum(given.values())
        before = _queries._query2pg.cache_info().hits
        connection.execute(long, given)
        assert _queries._query2pg.cache_info().hits == before + 1
    engine.dispose()
