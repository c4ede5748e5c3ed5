"""A sample message past the outbox, for whoever sets mail and SMS up."""

from __future__ import annotations

import uuid

from documents.words import LANGUAGES
from ledger.read_setup import venue
from server.channels import senders
from server.database import Database
from server.message_kinds import KINDS, Channel
from server.peers import load_peers
from server.senders import Parcel, Sender, Sent, Unsure, Why
from server.settings import Settings
from server.templates import Templates

_KIND = "booking_received"


async def try_channel(channel: Channel, address: str, settings: Settings, database: Database) -> Why | None:
    """Why the sample was not sent in both languages, None if it was. Raises ValueError for a wrong file,
    TemplateWrong for wrong words, and refuses `station_unknown` while the server has no venue."""
    here, templates = database.look(venue), Templates(settings.own_words())
    made = senders(load_peers(settings.messages_file()), database.clock)
    try:
        for language in LANGUAGES if channel in made else ():
            said = templates.render(_KIND, language, KINDS[_KIND].sample, here)
            to = str(uuid.uuid4()), address, language
            why = await _try(made[channel], Parcel(*to, said.subject, said.sms, said.text, said.html))
            if why is not None:
                return why
        return None if channel in made else Why.NOT_SET_UP
    finally:
        for sender in made.values():
            await sender.close()


async def _try(sender: Sender, parcel: Parcel) -> Why | None:
    match await sender.send(parcel):
        case Sent():
            return None
        case Unsure():
            return Why.UNSURE
        case failed:
            return failed.why
