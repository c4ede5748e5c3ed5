"""How a message is told of: its state with word and sign, when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.shown_messages import FAILED, NOT_SENT, Alerts, MessagePage, MessageRow, State
from app.texts import Texts

Mark = tuple[str, str]  # icon, tone
STATES: dict[State, Mark] = {
    State.QUEUED: ("hourglass", "mute"),
    State.SENDING: ("loader-2", "accent"),
    State.SENT: ("circle-check", "ok"),
    State.FAILED: ("refresh", "warn"),
    State.GIVEN_UP: ("circle-x", "bad"),
    State.OVERTAKEN: ("arrow-right", "mute"),
}
CHANNELS = {"mail": "mail", "sms": "device-mobile"}


def state_words(texts: Texts, message: MessageRow) -> str:
    return texts(f"messages.state_{message.state}")


def when_words(texts: Texts, message: MessageRow, now: datetime) -> str:
    """When it was sent; until then, when it was queued."""
    return texts.lately(message.sent_at or message.at, now)


def about_words(texts: Texts, message: MessageRow) -> str:
    """Whom and what it is about, and where it goes: `Sara Al-Qahtani · GH-7K2MPQ · s•••@example.com`."""
    return texts.line((message.guest, message.number, message.to))


def why_words(texts: Texts, message: MessageRow) -> str:
    """Why it was not sent; empty where it was, or nothing is known yet."""
    return texts.message(f"why.{message.why}") if message.why and message.state in NOT_SENT else ""


def history_of(texts: Texts, message: MessageRow) -> Iterator[tuple[str, str]]:
    """What became of it, the newest first: a sign, and words."""
    if message.sent_at is not None:
        yield STATES[State.SENT][0], texts("messages.did_sent", time=texts.moment(message.sent_at))
    if message.state is State.GIVEN_UP:
        yield STATES[State.GIVEN_UP][0], texts("messages.did_given_up")
    if message.state is State.OVERTAKEN:
        yield STATES[State.OVERTAKEN][0], texts("messages.did_overtaken")
    if message.state is State.FAILED and message.next_at is not None:
        yield "clock", texts("messages.did_next", time=texts.moment(message.next_at))
    if message.tries:
        yield "refresh", texts("messages.did_try", n=message.tries)
    yield "note", texts("messages.did_queue", time=texts.moment(message.at))


def why_not(texts: Texts, page: MessagePage) -> str:
    """Why it is not sent again; empty where it can be."""
    if page.over:
        return texts("messages.over")
    if page.row.state is State.OVERTAKEN:
        return texts("messages.overtaken")
    if page.row.state not in (*FAILED, State.SENT):
        return texts("messages.not_failed")
    if not page.may_send:
        return texts("messages.who")
    return "" if page.online else texts("guests.needs_server")


def alert_words(texts: Texts, alerts: Alerts) -> str:
    """What is said to whoever is signed in, a line each; empty where that is nothing. Why, the messages tell."""
    channels = [texts.message(f"channel.{channel}") for channel, _why in alerts.down]
    lines = [texts.message("alert.channel_down", channel=each) for each in channels]
    if alerts.to_decide:
        lines.append(texts("messages.to_decide", n=alerts.to_decide))
    return "\n".join(lines)
