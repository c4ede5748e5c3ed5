"""Asking the server for its yes: journalled before it is sent, never repeated blindly, settled after a doubt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.proofs import Proofs
from app.recording import Actor, Recording
from app.server_api import ServerApi, Unreached
from app.store import Store
from domain import codec
from domain.errors import Code, Refused, Unavailable
from domain.free_text import names
from ledger import journal
from ledger.clock import to_ms
from ledger.read_guests import are_forgotten
from ledger.wire import PROTOCOL, LetterAsk, RequestAsk, RequestReply

_TRIES, _PAUSE_SECONDS = 40, 0.05
ASKED_EPOCH = "granted_epoch"  # of the server whose yes this station has: see app.granted
_OPEN = ("asked", "unknown")
Granted = Callable[[Recording, Any], None]  # of the row of a request
_OPENED = sa.select(journal.request.c.request_id).where(journal.request.c.state.in_(_OPEN))


class Requests:
    """`push` wakes the sync, which must bring the stream to where a request stands before the server decides."""

    def __init__(self, store: Store, api: ServerApi, proofs: Proofs, push: Callable[[], None]) -> None:
        self._store = store
        self._api = api
        self._proofs = proofs
        self._push = push
        self._stop = threading.Event()
        self._unknown_proof = ""  # by which the server showed no letter
        self._asking: set[str] = set()  # whose answer somebody waits for: nobody else ends them
        # What a grant of a kind brings about here, in the transaction that keeps it.
        self.then: dict[str, Granted] = {}

    def stop(self) -> None:
        self._stop.set()

    def ask(self, kind: str, body: str, staff_id: str, about: str = "") -> RequestReply:
        """Returns the grant. Refuses with the server's code, `request_open` while one of the kind about
        the same thing is undecided, `request_offline` when nothing could be sent, and `request_unanswered` when no
        answer came: `settle_open` will tell."""
        self._end_doubts(kind, about)
        request_id = self._store.ids.new()
        self._asking.add(request_id)
        try:
            return self._asked(self._journalled(request_id, (kind, about), body, staff_id))
        finally:
            self._asking.discard(request_id)

    def _asked(self, ask: RequestAsk) -> RequestReply:
        try:
            reply = self._send(ask)
        except Unreached as error:
            self._note(ask.request_id, "unsent", "")
            raise Refused(Code.REQUEST_OFFLINE) from error
        except Unavailable as error:
            self._note(ask.request_id, "unknown", "")
            raise Refused(Code.REQUEST_UNANSWERED) from error
        except Refused:  # not of what was asked, but of the asking: a full disk there, say
            self._note(ask.request_id, "unknown", "")
            raise
        self._keep(ask.request_id, reply)
        self._push()
        if reply.state != "granted":
            raise _refusal(reply)
        return reply

    def copy_of(self, guest_id: str, staff_id: str) -> str:
        """All that the server keeps of a guest, in the name of who is signed in. Raises Unavailable; refuses with the
        server's codes."""
        return self._api.copy_of(guest_id, staff_id, self._proofs.take(staff_id))

    def letter(self, ask: LetterAsk, staff_id: str) -> str:
        """What a guest would read, were it decided so, in the name of who is signed in. Raises Unavailable; refuses
        with the server's codes. A PIN that the server does not know any more is not shown to it again for this: whoever
        only looks would use up the tries of the new one."""
        proof = self._proofs.take(staff_id)
        if proof and proof == self._unknown_proof:
            raise Refused(Code.STAFF_UNPROVEN)
        try:
            return self._api.letter(ask, staff_id, proof)
        except Refused as error:
            if error.code is Code.STAFF_UNPROVEN:
                self._unknown_proof = proof
            raise

    def settle_open(self, kind: str = "") -> None:
        """After a restart or an outage: the stored answer of each open request (of `kind`, if given) that nobody waits
        for, or its end."""
        self._settle(_OPENED.where(journal.request.c.kind == kind) if kind else _OPENED)

    def _end_doubts(self, kind: str, about: str) -> None:
        """One of the kind about the same thing that ended in doubt is settled before the next: while that cannot be,
        the next is refused as still open."""
        same = sa.and_(journal.request.c.kind == kind, journal.request.c.about == about)
        with suppress(Unavailable, Refused):
            self._settle(_OPENED.where(same, journal.request.c.state == "unknown"))

    def _settle(self, wanted: sa.Select[str]) -> None:
        with self._store.read_journal() as connection:
            waiting = list(connection.execute(wanted).scalars())
        for request_id in (each for each in waiting if each not in self._asking):
            self._keep(request_id, self._api.settle(request_id))

    def _journalled(self, request_id: str, what: tuple[str, str], body: str, staff_id: str) -> RequestAsk:
        kind, about = what
        with self._store.read() as connection:
            kept = "{}" if are_forgotten(connection, names(body)) else body
        with self._store.local("requests") as connection:
            same = sa.and_(
                journal.request.c.kind == kind,
                journal.request.c.about == about,
                journal.request.c.state.in_(_OPEN),
            )
            if connection.execute(sa.select(journal.request.c.request_id).where(same)).first() is not None:
                raise Refused(Code.REQUEST_OPEN)
            now = journal.current_stream(connection)
            if not journal.settings(connection, [ASKED_EPOCH]):
                journal.save_setting(connection, ASKED_EPOCH, now.epoch)
            values = {"request_id": request_id, "kind": kind, "about": about, "body": kept}
            values["staff_id"] = staff_id
            at = to_ms(self._store.clock.now())
            connection.execute(
                sa.insert(journal.request).values(
                    **values, at=at, after_n=now.last_n, state="asked", answer=""
                )
            )
        return RequestAsk(PROTOCOL, now.epoch, request_id, kind, staff_id, now.stream, now.last_n, body)

    def _send(self, ask: RequestAsk) -> RequestReply:
        """Raises Unreached only if it was never sent: a copy of it may still be on its way."""
        proof = self._proofs.take(ask.staff_id)
        reply = self._api.ask(ask, proof)
        for _ in range(_TRIES):
            if reply.state != "later":
                return reply
            self._push()
            if self._stop.wait(_PAUSE_SECONDS):
                break
            with _sent_before():
                reply = self._api.ask(ask, proof)
        raise Unavailable("server", "the stream did not reach the request")

    def _keep(self, request_id: str, reply: RequestReply) -> None:
        """The answer, and with a grant what it brings about here: whenever it comes, that is once."""
        mine = journal.request.c.request_id == request_id
        with self._store.read_journal() as connection:
            row = connection.execute(sa.select(journal.request).where(mine)).one()
        then = self.then.get(row.kind) if reply.state == "granted" and row.state in _OPEN else None
        if then is None:
            self._note(request_id, reply.state, codec.dumps(reply))
            return

        def work(recording: Recording) -> None:
            then(recording, row)
            _write(recording.journal, request_id, reply.state, codec.dumps(reply))

        self._store.transact(work, Actor(row.staff_id, ""))
        self._store.tell(frozenset(("requests",)))

    def _note(self, request_id: str, state: str, answer: str) -> None:
        with self._store.local("requests") as connection:
            _write(connection, request_id, state, answer)


def _write(connection: Connection, request_id: str, state: str, answer: str) -> None:
    mine = journal.request.c.request_id == request_id
    connection.execute(sa.update(journal.request).where(mine).values(state=state, answer=answer))


@contextmanager
def _sent_before() -> Iterator[None]:
    try:
        yield
    except Unreached as error:
        raise Unavailable(error.what, error.why) from error


# What is said to who writes requests, in the words of who stands at a counter.
_AT_A_COUNTER = {
    Code.RECORD_INVALID.value: Code.OPERATION_INVALID.value,
    Code.BODY_INVALID.value: Code.OPERATION_INVALID.value,
    Code.BODY_TOO_LARGE.value: Code.OPERATION_INVALID.value,
    Code.BODY_TYPE.value: Code.OPERATION_INVALID.value,
    Code.METHOD_NOT_ALLOWED.value: Code.REQUEST_UNKNOWN.value,
    Code.NOT_FOUND.value: Code.REQUEST_UNKNOWN.value,
    Code.KEY_REUSED.value: Code.OPERATION_INVALID.value,
    Code.TOKEN_INVALID.value: Code.STAFF_UNPROVEN.value,
    Code.TOO_MANY.value: Code.SERVER_BUSY.value,
}


def _refusal(reply: RequestReply) -> Refused:
    code = _AT_A_COUNTER.get(reply.code, reply.code)
    try:
        return Refused(Code(code), **{name: _fact(value) for name, value in reply.facts})
    except ValueError:
        return Refused(Code.REQUEST_UNKNOWN)


def _fact(text: str) -> str | int:
    """Facts travel as texts; sentences count with numbers."""
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else text
