"""Guests are found by whole words and by their beginnings, in both databases, by an index that keeps itself."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from domain import codec
from domain.guest import index
from ledger import guest_words
from ledger import tables as t
from tests.server.test_guests import MAIL, PHONE, SARA, Desk, desk, erase

__all__ = ["desk"]
PAIRS = [("فهد", "Fahad"), ("إبراهيم", "Ibrahim"), ("الشمري", "Shammari"), ("الزهراني", "Az-Zahrani")]


@pytest.mark.parametrize(("arabic", "latin"), PAIRS)
def test_a_guest_is_found_by_each_beginning_in_either_script(desk: Desk, arabic: str, latin: str) -> None:
    desk.register("arabic", (("name", f"نورة {arabic}"),))
    desk.register("latin", (("name", f"{latin} Q"),))
    desk.register("other", (("name", "Huda"),))
    typed = [name[:end] for name in (arabic, latin) for end in range(2, len(name) + 1)]
    found = {each: desk.find(each) for each in typed if each != "ال"}
    assert {each for each, guests in found.items() if set(guests) != {"arabic", "latin"}} <= {"Az", "Az-"}
    assert desk.find("no" + " " + latin) == desk.find("نو " + arabic) == ["arabic"]


def test_who_is_spelt_so_and_who_sounds_so_is_found_however_many_begin_so(desk: Desk) -> None:
    names = [*["فهيد"] * 260, "فهد", "Fahim", "Fahadah"]

    def many(connection: sa.Connection) -> None:
        rows = [
            {"entry_id": f"e{n:03}", "guest_id": f"g{n:03}", "kind": "registered", "at": n, "bucket": "guests",
             "said": codec.dumps((("name", name),)), "words": index((("name", name),))}
            for n, name in enumerate(names)
        ]  # fmt: skip
        connection.execute(sa.insert(t.guest_entry), rows)

    desk.core.database.transact(many)
    assert desk.find("Fah")[:2] == ["g262", "g261"]
    assert desk.find("Fahad")[:2] == ["g262", "g260"]
    assert len(desk.find("Fa")) == 50


def test_what_is_looked_for_is_no_query(desk: Desk) -> None:
    desk.register(said=(("name", "Sara"), ("email", """o'n"e\\il*@example.com""")))
    assert desk.find("""o'n"e\\il*@ex""") == [SARA]
    assert [desk.find(typed) for typed in ('" OR "', "NOT sara", "sara AND huda", "a' | 'b", "x\\@")] == [
        []
    ] * 5


def test_of_who_is_erased_no_word_is_left_in_the_index(desk: Desk) -> None:
    """PostgreSQL's keeps words that nobody has any more until it is made anew: it has no contacts."""
    desk.register()
    desk.change(SARA, ("name", "Sara Al-Otaibi"))
    contacts, before = {f"#{PHONE[1:]}", f"@{MAIL}"}, terms(desk)
    assert {"|qahtani", "~khtn", "|otaibi"} <= before
    assert contacts & before == (contacts if desk.core.database.embedded else set())
    assert erase(desk, SARA).state == "granted"
    assert terms(desk) == set()


def terms(desk: Desk) -> set[str]:
    """What the index has, or would have if it were made now."""
    database = desk.core.database
    with database.engine.begin() as connection:
        if not database.embedded:
            found = f"SELECT unnest(tsvector_to_array({guest_words.NAMES})) FROM guest_entry"
            return set(connection.execute(sa.text(found)).scalars())
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.terms USING fts5vocab (main, guest_named, row)")
        found = connection.exec_driver_sql("SELECT term FROM temp.terms").scalars().all()
        connection.exec_driver_sql("DROP TABLE temp.terms")
        return set(found)


def test_whatever_an_entry_says_it_can_be_kept_and_others_are_found(desk: Desk) -> None:
    odd = (
        "",
        "  ",
        " |a  |b ",
        "x",
        " |" + "ب" * 3_000 + " ",
        " |o'n\"e\\ ",
        " @" + "é" * 3_000,
        " |ab" * 90_000,
    )

    def keep(connection: sa.Connection) -> None:
        rows = [{"entry_id": f"e{n}", "guest_id": f"g{n}", "kind": "registered", "bucket": "guests", "words": words}
                for n, words in enumerate(odd)]  # fmt: skip
        connection.execute(sa.insert(t.guest_entry), rows)

    desk.core.database.transact(keep)
    desk.register()
    assert desk.find("qah") == [SARA]


def test_a_database_of_an_earlier_version_gets_the_index(desk: Desk) -> None:
    def without(connection: sa.Connection) -> None:
        for trigger in ("in", "out", "anew") if desk.core.database.embedded else ():
            connection.exec_driver_sql(f"DROP TRIGGER guest_named_{trigger}")
        thing = "TABLE guest_named" if desk.core.database.embedded else "INDEX ix_guest_entry_named"
        connection.exec_driver_sql(f"DROP {thing}")

    desk.core.database.transact(without)
    desk.register()
    desk.core.database.transact(guest_words.prepare)
    assert desk.find("qah") == desk.find(MAIL) == [SARA]
    desk.register("huda", (("name", "Huda"),))
    desk.core.database.transact(guest_words.prepare)
    assert desk.find("هد") == ["huda"]
