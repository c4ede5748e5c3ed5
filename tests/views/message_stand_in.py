"""Messages of a venue for screens: listed, and sent again by the rules that a screen can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.shown_messages import FAILED, NO_ALERTS, WAITING, Alerts, MessagePage, MessageRow, State
from domain.errors import Code, Refused

SARA, LONG = "Sara Al-Qahtani", "Salma Bint Abdulrahman Al-Ghamdi"


class FakeMessages:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.online, self.may_send = True, True
        self.alerted: Alerts = NO_ALERTS
        self.refuses: Refused | None = None
        self.asked: list[str] = []
        self.resent: list[str] = []
        rows = (
            self._row("unsure", "refund_done", State.GIVEN_UP, 70, LONG, why="unsure", tries=2),
            self._row("refused", "confirmed", State.GIVEN_UP, 95, SARA, why="address_refused", tries=1),
            self._row(
                "code", "code", State.GIVEN_UP, 40, "Omar Bin Saleh", channel="sms", why="too_late", tries=4
            ),
            self._row(
                "funds",
                "approved",
                State.FAILED,
                12,
                "عبدالله بن سعد",
                channel="sms",
                why="no_funds",
                tries=3,
            ),
            self._row("waits", "under_review", State.QUEUED, 0, SARA, channel="sms"),
            self._row("leaves", "cancelled", State.SENDING, 1, LONG, tries=1),
            self._row("sent", "confirmed", State.SENT, 180, SARA, tries=1),
            self._row("erased", "rejected", State.SENT, 60 * 30, "", tries=1),
        )
        self.known = {row.message_id: row for row in rows}

    def _row(
        self, message_id: str, kind: str, state: State, minutes: int, guest: str, *, channel: str = "mail",
        why: str = "", tries: int = 0,
    ) -> MessageRow:  # fmt: skip
        at = self.now - timedelta(minutes=minutes)
        number = "" if kind == "code" else f"GH-{sum(map(ord, message_id)) + 7000}KM"
        to = "" if not guest else "s•••@example.com" if channel == "mail" else "+966•••4567"
        again = self.now + timedelta(minutes=18) if state is State.FAILED else None
        sent = at + timedelta(seconds=4) if state is State.SENT else None
        return MessageRow(message_id, kind, channel, to, state, why, guest, number, at, tries, again, sent)

    def failed(self) -> tuple[MessageRow, ...]:
        return self._listed("failed", lambda row: row.state in FAILED)

    def waiting(self) -> tuple[MessageRow, ...]:
        return self._listed("waiting", lambda row: row.state in WAITING)

    def sent(self) -> tuple[MessageRow, ...]:
        return self._listed("sent", lambda row: row.state is State.SENT)

    def find(self, text: str) -> tuple[MessageRow, ...]:
        wanted = text.casefold()
        return self._listed(f"find {text}", lambda row: wanted in f"{row.number} {row.guest}".casefold())

    def of_guest(self, guest_id: str) -> tuple[MessageRow, ...]:
        return self._listed(f"of_guest {guest_id}", lambda row: row.guest.casefold().startswith(guest_id))

    def _listed(self, asked: str, which: object) -> tuple[MessageRow, ...]:
        self.asked.append(asked)
        if self.refuses is not None:
            raise self.refuses
        assert callable(which)
        return tuple(row for row in self.known.values() if which(row))

    def page(self, message_id: str) -> MessagePage:
        row = self.known[message_id]
        over = row.kind == "code" and row.state in (State.GIVEN_UP, State.SENT)
        guest_id = "sara" if row.guest == SARA else ""
        return MessagePage(row, guest_id, "sara" if row.number else "", over, self.may_send, self.online)

    def alerts(self) -> Alerts:
        return self.alerted

    def resend(self, message_id: str) -> None:
        if (refused := self.refuses) is not None:
            self.refuses = None
            raise refused
        if not self.online:
            raise Refused(Code.REQUEST_OFFLINE)
        if self.known[message_id].state not in (*FAILED, State.SENT):
            raise Refused(Code.MESSAGE_NOT_FAILED)
        self.resent.append(message_id)
        self.becomes(message_id, State.QUEUED)

    def becomes(self, message_id: str, state: State) -> None:
        row = replace(self.known[message_id], state=state, why="", tries=0, next_at=None)
        self.known[message_id] = replace(row, sent_at=self.now if state is State.SENT else None)

    def goes_down(self) -> None:
        """The venue's credit for SMS is used up, and two bookings wait for whoever may decide."""
        self.alerted = Alerts((("sms", "no_funds"),), self.now - timedelta(minutes=12), 2)

    def crowd(self, count: int) -> None:
        for n in range(count):
            self.known[f"more-{n}"] = replace(self.known["refused"], message_id=f"more-{n}")
