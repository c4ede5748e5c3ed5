"""For which session each row of a sale is: alike rows differ by nothing else, and what ends must be the right one."""

from __future__ import annotations

from app.shown_bookings import BookedSession
from app.shown_refunds import ChargeRow, RefundPage, TicketRow
from app.texts import Texts
from app.views.session_words import session_parts
from domain.catalogue import to_tell


class RowWords:
    """The activity is said where the sale has several, the day where a session is of another than the sale's."""

    def __init__(self, texts: Texts, page: RefundPage) -> None:
        self._texts = texts
        sessions = [each for charge in page.charges for each in charge.sessions]
        names = {each.activity_id: each.activity for each in sessions}
        self._named = to_tell(names, names)
        self._days = any(texts.local(each.starts_at).date() != page.day for each in sessions)

    def name(self, charge: ChargeRow) -> str:
        """`Day pass – adult, Surf · 10:00 – 12:00`: for what is read aloud, or said in passing."""
        said = self._texts.line(self._sessions(charge))
        return ", ".join(part for part in (charge.name.get(self._texts.language), said) if part)

    def parts(self, charge: ChargeRow) -> tuple[str, ...]:
        """Its sessions, and the short code of what is one ticket."""
        code = self._texts.code(charge.left[0].short) if len(charge.left) == 1 else ""
        return (*self._sessions(charge), code)

    def ticket(self, charge: ChargeRow, ticket: TicketRow) -> str:
        """Its code, with its session where the row has several."""
        mine = [each for each in charge.sessions if each.number == ticket.session]
        said = [self._said(each) for each in mine] if len(charge.sessions) > 1 else []
        return self._texts.line((ticket.short, *said)) if said else ticket.short

    def _sessions(self, charge: ChargeRow) -> tuple[str, ...]:
        return tuple(self._said(each) for each in charge.sessions)

    def _said(self, session: BookedSession) -> str:
        texts, activity = self._texts, self._named.get(session.activity_id)
        day = texts.day(texts.local(session.starts_at).date()) if self._days else ""
        parts = day, *session_parts(texts, activity, (session.starts_at, session.ends_at))
        return " ".join(part for part in parts if part)
