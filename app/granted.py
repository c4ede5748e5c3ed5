"""The server's yes, kept: what a server that was put back to an older copy has forgotten is put on the list.

A lease needs none of this: taking it is a fact of its own, which is sent again.
"""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.case_facts import facts_of
from app.recording import Actor, Recording
from app.requests import ASKED_EPOCH
from app.server_api import ServerApi
from app.store import Store
from app.texts import Texts, in_both
from domain import operation as op
from domain.catalogue import Words
from ledger import journal, read_setup
from ledger.case_carried import read_facts
from ledger.clock import from_ms

_LONGEST = 40  # letters of a note
_MOST = 500  # the latest; a station asks for a few a day
OTHERWISE_KEPT = ("LeaseAsked", "RecoveryWaived")
_GRANTED = (
    sa.select(journal.request)
    .where(journal.request.c.state == "granted", journal.request.c.kind.not_in(OTHERWISE_KEPT))
    .order_by(journal.request.c.at.desc())
    .limit(_MOST)
)


class Granted:
    """What this station was granted, held against each new epoch of the server."""

    def __init__(self, store: Store, api: ServerApi) -> None:
        self._store, self._api = store, api
        self._one = threading.Lock()

    def check(self) -> None:
        """Once for each epoch. Raises Unavailable and Refused: then at the next chance."""
        with self._one:
            with self._store.read_journal() as connection:
                epoch = journal.current_stream(connection).epoch
                seen = journal.settings(connection, [ASKED_EPOCH]).get(ASKED_EPOCH, "")
                granted = connection.execute(_GRANTED).all() if seen not in ("", epoch) else []
            if epoch and seen != epoch:
                lost = [row for row in granted if self._api.settle(row.request_id).state != "granted"]
                self._store.transact(lambda recording: self._tell(recording, epoch, lost), Actor())

    def _tell(self, recording: Recording, epoch: str, lost: list[Any]) -> None:
        journal.save_setting(recording.journal, ASKED_EPOCH, epoch)
        for row in lost:
            mine = journal.request.c.request_id == row.request_id
            recording.journal.execute(sa.update(journal.request).where(mine).values(state="lost"))
            text = in_both(partial(_said, recording, row))
            recording.add(op.CaseOpened(self._store.ids.new(), text))


def _said(recording: Recording, row: Any, texts: Texts) -> str:
    key = f"granted.{row.kind}" if texts.has(f"granted.{row.kind}") else "granted.other"
    who = row.staff_id if row.kind == "CaseSettled" else row.about.removeprefix("staff:")
    name = read_setup.staff_name(recording.cache, who).get(texts.language)
    body = json.loads(row.body)
    what = texts(key, who=name, what=_item(recording, body, texts), note=_short(body.get("note") or "–"))
    return texts("granted.lost", what=what, at=texts.moment(from_ms(row.at)))


def _short(note: str) -> str:
    """In both languages it has to fit into one record."""
    return note if len(note) <= _LONGEST else note[: _LONGEST - 1] + "…"


def _item(recording: Recording, body: dict[str, Any], texts: Texts) -> str:
    """Which item of the list was settled: its title, and the document or the station that it was about."""
    title = f"case.{body.get('kind')}.title"
    found = facts_of(recording.cache, read_facts(body["facts"])) if "facts" in body else ()
    named = (fact.value for fact in found if fact.name in ("document", "station"))
    said = [value.get(texts.language) if isinstance(value, Words) else str(value) for value in named]
    return " · ".join([texts(title if texts.has(title) else "case.other.title"), *said[:1]])
