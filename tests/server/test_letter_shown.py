"""What whoever decides reads before is what the guest gets then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.errors import Code, Refused
from ledger import read_setup
from ledger.wire import LetterAsk
from server import tables as own
from server.letter_shown import letter_shown
from server.message_kinds import Channel
from server.outgoing import Claimed
from server.senders import Parcel
from server.sending import Sending
from server.templates import Templates
from tests.server.test_bookings import CABANA, Office, office, with_approval
from tests.server.test_guests import SARA, erase
from tests.server.test_nothing_back import end, gives_nothing
from tests.server.test_refund_tasks import Counters, desk

__all__ = ["desk", "office"]


def shown(office: Office, what: str, templates: Templates | None = None, **more: object) -> str:
    ask = LetterAsk(office.last, what, **more)  # type: ignore[arg-type] # its fields
    return office.core.database.look(lambda c: letter_shown(c, "huda", ask, templates or Templates())).words


def sent(office: Office, templates: Templates | None = None) -> str:
    """The words of the newest message, as it would leave now."""
    row = office.rows(sa.select(own.outbox).order_by(own.outbox.c.message_id.desc()).limit(1))[0]._mapping
    sending = Sending(office.core.database, office.core.clock, dict, templates or Templates())
    names = "message_id", "kind", "channel", "language", "address", "facts", "tickets_of", "lease"
    said = {name: row[name] for name in names} | {"channel": Channel(row["channel"])}
    parcel = sending._parcel(Claimed(**said))
    assert isinstance(parcel, Parcel)
    return parcel.sms if said["channel"] is Channel.SMS else parcel.text.strip()


@pytest.fixture
def undecided(office: Office) -> Office:
    with_approval(office)
    office.book((CABANA, 0, 1), (1, office.core.session, 2))
    return office


def other(office: Office) -> int:
    def later(connection: sa.Connection) -> int:
        now = office.core.clock.now()
        there = read_setup.sessions_of(connection, read_setup.day_at(connection, now))
        return next(each.number for each in there if each.starts_at > now)

    number = office.core.database.look(later)
    assert number != office.core.session
    return number


@pytest.mark.parametrize("own_words", [False, True])
def test_a_rejection_is_read_before_as_it_is_sent(undecided: Office, tmp_path: Path, own_words: bool) -> None:
    if own_words:
        text = [
            'subject = "No"',
            'sms = "{{ number }}: no, {{ reason }}"',
            'text = "Sorry {{ guest }}: {{ reason }}"',
            'html = ""',
        ]
        for language in ("en", "ar"):
            (tmp_path / f"rejected.{language}.toml").write_text("\n".join(text), encoding="utf-8")
    words = Templates(tmp_path)
    before = shown(undecided, "reject", words, reason="the cabana is closed")
    assert "the cabana is closed" in before and undecided.told() == ["under_review"], "nothing is sent by it"
    said = {"booking": undecided.last, "reason": "the cabana is closed"}
    assert undecided.ask_of("BookingRejected", "huda", **said).state == "granted"
    assert before == sent(undecided, words)


def test_other_times_are_read_before(undecided: Office) -> None:
    times = (other(undecided),)
    before = shown(undecided, "suggest", reason="full", times=times)
    said = {"booking": undecided.last, "reason": "full", "times": list(times)}
    assert undecided.ask_of("BookingRejected", "huda", **said).state == "granted"
    assert (before, undecided.told()[-1]) == (sent(undecided), "suggested")


def test_that_money_stays_is_read_before(desk: Counters) -> None:
    gives_nothing(desk.core)
    before = shown(desk, "cancel", reason="ill", stays=23000)
    assert "230.00" in before
    assert end(desk).state == "granted"
    assert before == sent(desk)


def test_nobody_reads_what_nobody_is_sent(undecided: Office) -> None:
    assert erase(undecided, SARA).state == "granted"
    assert shown(undecided, "reject", reason="full") == ""


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (LetterAsk("no-such", "reject"), Code.BOOKING_UNKNOWN),
        (LetterAsk("", "greet"), Code.RECORD_INVALID),
        (LetterAsk("", "suggest", times=tuple(range(11))), Code.RECORD_INVALID),
    ],
)
def test_what_cannot_be_shown_is_refused(undecided: Office, ask: LetterAsk, code: Code) -> None:
    wanted = ask if ask.booking else replace(ask, booking=undecided.last)
    with pytest.raises(Refused) as refused:
        undecided.core.database.look(lambda c: letter_shown(c, "huda", wanted, Templates()))
    assert refused.value.code is code
