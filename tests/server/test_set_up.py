"""A venue's own data, enrolment, and what is refused about them."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.catalogue import Holds, Words
from domain.errors import Code, Refused
from ledger.clock import HandClock, to_ms
from ledger.read_setup import products, sessions_of, staff, venue
from server import access, admin, importing, venue_file
from server.database import Database
from server.settings import Settings
from tests.helpers.core import MORNING, SAMPLE, Core, a_booking

TEXT = SAMPLE.read_text(encoding="utf-8")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


MISTAKES = [
    ('price = "115.00"', 'price = "12x"', "price"),
    ('price = "115.00"', "price = 115.00", "price"),
    ('kind = "rental"', 'kind = "car"', "kind"),
    ("capacity = 300", "capacity = 0", "capacity"),
    ("minutes = 120", "minutes = 5", "minutes"),
    ('pin = "2580"', 'pin = "1234"', "pin"),
    ('role = "gate"', 'role = "king"', "role"),
    ('vat_number = "399999999900003"', 'vat_number = "12"', "vat_number"),
    ('time_zone = "Asia/Riyadh"', 'time_zone = "Mars/Base"', "time_zone"),
    ('currency = "SAR"', 'currency = "XYZ"', "currency"),
    ('currency = "SAR"', 'currency = "SAR"\nweek_starts = "someday"', "week_starts"),
    ('currency = "SAR"', 'currency = "SAR"\nverified_only = "no"', "verified_only"),
    ('currency = "SAR"', 'currency = "SAR"\nhold_minutes = 4', "hold_minutes"),
    ('gate.en = "Gate 1"', 'gate.en = ""', "gate"),
    ("number = 2\n", "number = 1\n", "number"),
    ('name = "LK1"', 'name = "lk-1"', "name"),
    ('printer = "files"', 'printer = "usb"', "printer"),
    ('terminal = "PIN-01"', 'terminal = "PIN-01@host"', "terminal"),
    ('icon = "ticket"', 'icon = "ticket"\ncolour = "red"', "colour"),
    ('id = "salem"', 'id = "reem"', "id"),
    ('denominations = ["500"', 'denominations = ["five"', "denominations"),
]


@pytest.mark.parametrize(("right", "wrong", "word"), MISTAKES)
def test_a_mistake_is_named_by_its_line(right: str, wrong: str, word: str) -> None:
    text = TEXT.replace(right, wrong, 1)
    with pytest.raises(venue_file.VenueFileWrong) as found:
        venue_file.read(text, MORNING)
    expected = TEXT[: TEXT.index(right)].count("\n") + 1 + wrong.strip().count("\n")
    assert [mistake.line for mistake in found.value.mistakes if word in mistake.what] == [expected]


def test_a_venue_may_let_guests_book_who_proved_nothing() -> None:
    less = TEXT.replace('currency = "SAR"', 'currency = "SAR"\nverified_only = false', 1)
    assert [venue_file.read(text, MORNING).venue.verified_only for text in (TEXT, less)] == [True, False]


def test_a_venue_says_how_long_places_are_kept() -> None:
    longer = "hold_minutes = 20\nhold_online_minutes = 240\nhold_approved_minutes = 2880\n"
    own = TEXT.replace('currency = "SAR"', f'currency = "SAR"\n{longer}', 1)
    assert venue_file.read(TEXT, MORNING).venue.holds == Holds(15, 60, 1440)
    assert venue_file.read(own, MORNING).venue.holds == Holds(20, 240, 2880)


def test_every_mistake_is_named_at_once() -> None:
    text = TEXT
    for right, wrong, _ in (MISTAKES[0], MISTAKES[3], MISTAKES[6]):
        text = text.replace(right, wrong, 1)
    with pytest.raises(venue_file.VenueFileWrong) as found:
        venue_file.read(text, MORNING)
    assert len(found.value.mistakes) == 3


def test_every_mistake_of_one_table_is_named_and_nothing_that_follows_from_one() -> None:
    text = TEXT
    for right, wrong in (
        ('currency = "SAR"', 'currency = "XYZ"'),
        ('time_zone = "Asia/Riyadh"', 'time_zone = "Mars/Base"'),
        ('denominations = ["500"', 'colour = "red"\ndenominations = ["five"'),
        ('id = "park"\nnumber = 1\n', 'id = "park"\nnumber = 0\n'),
        ('role = "gate"\n', 'role = "king"\nhat = 1\n'),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    with pytest.raises(venue_file.VenueFileWrong) as found:
        venue_file.read(text, MORNING)
    words = [mistake.what.split()[0].rstrip(":") for mistake in found.value.mistakes]
    assert words == ["currency", "time_zone", "colour", "denominations", "number", "role", "hat"]


def test_broken_toml_names_its_line() -> None:
    text = TEXT.replace('currency = "SAR"', "currency = SAR", 1)
    with pytest.raises(venue_file.VenueFileWrong) as found:
        venue_file.read(text, MORNING)
    assert found.value.mistakes[0].line == line_of(text, "currency = SAR")


@pytest.mark.parametrize("table", ["venue", "seller", "product", "staff", "station", "session", "activity"])
def test_a_missing_part_is_told(table: str) -> None:
    text = TEXT.replace(f"[{table}]", f"[{table}s]").replace(
        f"[[{table}]]", f"[[{table}s]]"
    )  # fmt: skip
    with pytest.raises(venue_file.VenueFileWrong) as found:
        venue_file.read(text, MORNING)
    assert any(f"[{table}]" in mistake.what for mistake in found.value.mistakes)


def test_sessions_of_the_sample_are_around_now() -> None:
    for hour in (0, 7, 13, 23):
        now = datetime(2026, 11, 26, hour, 59, tzinfo=UTC)
        sessions = venue_file.read(TEXT, now).sessions
        assert sessions[0].starts_at <= now < sessions[0].ends_at
        assert len({session.number for session in sessions}) == 5


def test_dated_sessions_repeat_each_day_and_may_cross_midnight() -> None:
    block = "around_now = 5       # the running session and the four after it\nminutes = 120"
    text = TEXT.replace(block, 'from = 2026-11-26\nto = 2026-11-28\nstarts = "22:00"\nends = "02:00"')
    sessions = venue_file.read(text, MORNING).sessions
    assert [session.day for session in sessions] == [
        date(2026, 11, 26),
        date(2026, 11, 27),
        date(2026, 11, 28),
    ]
    assert all((session.ends_at - session.starts_at).seconds == 4 * 3600 for session in sessions)


def import_text(folder: Path, text: str) -> tuple[int, str, str]:
    path = folder / "venue.toml"
    path.write_text(text, encoding="utf-8")
    settings = Settings(folder, f"sqlite:///{folder / 'venue.db'}")
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = admin.import_file(path, settings, HandClock(MORNING))
    return code, out.getvalue(), err.getvalue()


def test_importing_twice_changes_nothing_and_a_wrong_file_changes_nothing(tmp_path: Path) -> None:
    assert import_text(tmp_path, TEXT)[0] == 0
    code, out, _ = import_text(tmp_path, TEXT)
    assert (code, "0 records changed" in out) == (0, True)
    code, _, err = import_text(tmp_path, TEXT.replace('price = "115.00"', 'price = "x"'))
    assert (code, "venue.toml:" in err, "Nothing was changed" in err) == (1, True, True)
    assert import_text(tmp_path, "\0")[0] == 1
    assert import_text(tmp_path, TEXT.replace('price = "115.00"', 'price = "120.00"'))[1].count("1 records")


WATER = re.compile(r"\[\[product\]\]\nnumber = 33\n(?:.+\n)+\n")


def test_what_is_taken_out_is_said_and_its_number_is_never_another_products(tmp_path: Path) -> None:
    import_text(tmp_path, TEXT)
    without = WATER.sub("", TEXT)
    code, out, _ = import_text(tmp_path, without)
    assert (code, out.splitlines()[1:]) == (0, ["Not sold any more: 33 Water."])
    assert import_text(tmp_path, without)[1].count("\n") == 1, "it is said once"
    for right, wrong, why in (
        ('kind = "food"', 'kind = "goods"', "with kind = food"),
        ("vat_percent = 15", 'vat_percent = 15\nplaces = 1\nactivity = "park"', "with no activity"),
        ('name.en = "Water"\nname.ar = "ماء"', 'name.en = "Tea"\nname.ar = "شاي"', "which was taken out"),
    ):
        [block] = WATER.findall(TEXT)
        other = TEXT.replace(block, block.replace(right, wrong))
        code, _, err = import_text(tmp_path, other)
        assert (
            code,
            f"venue.toml:{line_of(other, 'number = 33')}: number = 33 is 'Water', {why}:" in err,
        ) == (
            1,
            True,
        )
        assert "Nothing was changed." in err
    again = TEXT.replace('name.en = "Water"', 'name.en = "Still water"')
    assert import_text(tmp_path, again)[1].splitlines()[1:] == ["Sold again: 33 Water."]


def test_what_is_sold_under_a_number_stays_of_its_kind_activity_and_places(tmp_path: Path) -> None:
    import_text(tmp_path, TEXT)
    other = TEXT.replace('kind = "rental"', 'kind = "goods"', 1)
    code, _, err = import_text(tmp_path, other)
    assert (code, f":{line_of(other, 'number = 10')}: number = 10 is 'Lazy river tube'" in err) == (1, True)
    renamed = TEXT.replace('"Lazy river tube"', '"Tube"').replace('"عوامة النهر"', '"عوامة"')
    assert "1 records" in import_text(tmp_path, renamed)[1], "another name is the venue's to give"


def test_a_station_that_is_not_named_is_told_of_until_it_is_shut_out(core: Core) -> None:
    content = venue_file.read(TEXT, MORNING)
    content.stations = content.stations[:1]

    def unnamed() -> tuple[str, ...]:
        kept = core.secrets, core.clock, core.database.ids
        return core.database.transact(lambda c: importing.save(c, content, *kept)).unnamed

    assert unnamed() == (), "it was never enrolled"
    station = core.enrol("POS2")
    assert unnamed() == ("POS2",)
    assert station.say(a_booking(core)).state == "ok", "what it recorded is taken"
    core.database.transact(lambda c: access.fence(c, "POS2"))
    assert unnamed() == ()


def test_a_gate_has_a_name_in_both_languages_or_none() -> None:
    gates = {station.name: station.gate for station in venue_file.read(TEXT, MORNING).stations}
    assert gates["LK1"] == Words("Gate 1", "البوابة 1")
    without = re.sub(r"gate\.(en|ar) = .*\n", "", TEXT)
    assert {station.gate for station in venue_file.read(without, MORNING).stations} == {Words("", "")}
    with pytest.raises(venue_file.VenueFileWrong, match="gate"):
        venue_file.read(without.replace('name = "LK1"', 'name = "LK1"\ngate = "Gate 1"'), MORNING)


def test_the_sample_venue_is_such_a_file(core: Core) -> None:
    database = core.database
    assert database.look(venue).name.en == "Blue Lagoon Water Park"
    assert len(database.look(products)) == 17
    assert len(database.look(lambda c: sessions_of(c, date(2026, 11, 26)))) == 5


def code_for(core: Core, name: str) -> str:
    return core.database.transact(lambda c: access.make_code(c, name, "f" * 64, core.clock))


def use(core: Core, code: str) -> str:
    now = to_ms(core.clock.now())
    return core.database.transact(lambda c: access.enrol(c, code, core.secrets, now)[0].prefix)


def refusal(core: Core, code: str) -> Code:
    with pytest.raises(Refused) as refused:
        use(core, code)
    return refused.value.code


def test_an_enrolment_code_works_once_for_a_day(core: Core) -> None:
    code = code_for(core, "POS1")
    assert use(core, code) == "POS1"
    assert refusal(core, code) is Code.ENROLMENT_USED
    assert refusal(core, "ABCDEFGHJKMN-" + "f" * 64) is Code.ENROLMENT_WRONG
    late = code_for(core, "POS1")
    core.clock.forward(hours=25)
    assert refusal(core, late) is Code.ENROLMENT_WRONG


def test_a_newer_code_makes_the_older_ones_of_its_station_void(core: Core) -> None:
    """A request with an older one may still be on its way: it would shut out who used the newer one."""
    older, other = code_for(core, "POS1"), code_for(core, "POS2")
    newer = code_for(core, "POS1")
    assert use(core, newer) == "POS1"
    assert refusal(core, older) is Code.ENROLMENT_WRONG
    assert use(core, other) == "POS2"


def test_a_station_enrolled_again_gets_another_prefix_and_the_old_token_is_dead(core: Core) -> None:
    first = core.database.transact(
        lambda c: access.enrol(c, code_for_in(core, c), core.secrets, to_ms(core.clock.now()))[0]
    )
    assert [use(core, code_for(core, "POS1")) for _ in range(2)] == ["POS1B", "POS1C"]
    with pytest.raises(Refused) as refused:
        core.database.look(lambda c: access.recognise(c, first.token))
    assert refused.value.code is Code.STATION_UNKNOWN


def code_for_in(core: Core, connection: object) -> str:
    return access.make_code(connection, "POS1", "f" * 64, core.clock)  # type: ignore[arg-type]


def test_no_code_for_a_station_that_is_not_there(core: Core) -> None:
    with pytest.raises(Refused) as refused:
        code_for(core, "POS9")
    assert refused.value.code is Code.STATION_UNKNOWN


def people(folder: Path) -> dict[str, tuple[str, bool]]:
    """Each person's verifier and whether they still work here."""
    database = Database(f"sqlite:///{folder / 'venue.db'}", HandClock(MORNING))
    found = {row.member.staff_id: (row.verifier, row.active) for row in database.look(staff)}
    database.close()
    return found


def test_an_import_leaves_peoples_own_pins_and_ends_who_is_not_named(tmp_path: Path) -> None:
    import_text(tmp_path, TEXT)
    before = people(tmp_path)
    import_text(tmp_path, TEXT.replace('pin = "2580"', 'pin = "7194"').replace('id = "salem"', 'id = "sami"'))
    after = people(tmp_path)
    assert after["reem"] == before["reem"]
    assert (after["salem"][1], after["sami"][1]) == (False, True)


def test_the_administrators_commands(tmp_path: Path) -> None:
    import_text(tmp_path, TEXT)
    settings, clock = Settings(tmp_path, f"sqlite:///{tmp_path / 'venue.db'}"), HandClock(MORNING)
    before = people(tmp_path)["reem"]
    with redirect_stdout(io.StringIO()) as out:
        assert admin.new_pin("reem", "1234", settings, clock) == 1
        assert admin.new_pin("nobody", "7194", settings, clock) == 1
        assert admin.new_pin("reem", "7194", settings, clock) == 0
        assert admin.fence("POS1", settings, clock) == 1
        assert admin.restored(settings, clock) == 0
        assert admin.waive("POS1", "huda", settings, clock) == 1
        assert admin.list_cases(settings, clock) == 0
    assert "0 open." in out.getvalue()
    assert people(tmp_path)["reem"] != before


def test_a_fenced_station_is_shut_out(core: Core) -> None:
    code, now = code_for(core, "POS1"), to_ms(core.clock.now())
    token = core.database.transact(lambda c: access.enrol(c, code, core.secrets, now)[0].token)
    assert core.database.look(lambda c: access.recognise(c, token)).name == "POS1"
    assert core.database.transact(lambda c: access.fence(c, "POS1"))
    with pytest.raises(Refused) as refused:
        core.database.look(lambda c: access.recognise(c, token))
    assert refused.value.code is Code.STATION_FENCED
