"""The sender of messages: a thread beside the server's answers that sends what is due, a few at a time.

Nothing is sent within a transaction, and a peer that is slow holds up no more than its own few.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.receipt import TicketPrint
from ledger import tables as t
from ledger.clock import Clock, to_ms
from ledger.read_setup import venue
from ledger.read_sold import is_over
from server import message_kinds
from server.database import Database
from server.guest_accounts import answer_asked, are_asked
from server.message_kinds import KINDS, Channel, Value
from server.outgoing import LEASE_MS, Claimed, claim, is_due, note
from server.senders import Later, Outcome, Parcel, Refuses, Sender, Unsure, Why
from server.setup import SetUp
from server.templates import Templates, TemplateWrong
from server.ticket_papers import tickets_of, tickets_paper

log = logging.getLogger(__name__)
T = TypeVar("T")
AT_ONCE = 4  # messages of a channel
EVERY_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0  # for what is on its way when the server stops


class Sending:
    """`senders` makes the channels on the loop that uses them; one that it does not make is not set up."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        senders: Callable[[], Mapping[Channel, Sender]],
        templates: Templates,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        pepper: str = "",
    ) -> None:
        self._database, self._clock, self._templates = database, clock, templates
        self._make_senders, self._pause, self._pepper = senders, pause, pepper
        self._senders: Mapping[Channel, Sender] = {}
        self._running: dict[Channel, set[asyncio.Task[None]]] = {channel: set() for channel in Channel}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = threading.Event()
        self._look = asyncio.Event()
        self._thread = threading.Thread(target=self._work, name="sending", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waits a little for what is on its way; what is cut off is sent once more later."""
        self._stop.set()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._look.set)
        self._thread.join()

    def _work(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.open()
        while not self._stop.is_set():
            self._look.clear()
            await self._safely()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), EVERY_SECONDS)
        await self.close(_PATIENCE_SECONDS)

    async def open(self) -> None:
        self._senders = self._make_senders()

    async def _safely(self) -> None:
        try:
            await self.round()
        except Exception as error:  # the next round may do better; never told with what was to be kept
            log.warning("the outbox could not be read: %s", getattr(error, "orig", type(error).__name__))

    async def round(self) -> int:
        """Begins to send what is due and has room, codes that were asked for among it; returns how many that were."""
        if await self._read(are_asked):
            await self._write(self._answer)
        now = to_ms(self._clock.now())
        if not await self._read(lambda c: is_due(c, now)):
            return 0
        room = {channel: AT_ONCE - len(running) for channel, running in self._running.items()}
        claimed = await self._write(lambda c: claim(c, now, room))
        for each in claimed:
            task = asyncio.create_task(self._send(each))
            self._running[each.channel].add(task)
            task.add_done_callback(partial(self._ended, each.channel))
        return len(claimed)

    def _answer(self, connection: Connection) -> None:
        answer_asked(SetUp(connection, self._clock, self._database.ids, pepper=self._pepper))

    def _ended(self, channel: Channel, task: asyncio.Task[None]) -> None:
        self._running[channel].discard(task)
        self._look.set()

    async def settled(self) -> None:
        """Returns when nothing is on its way."""
        while tasks := {task for running in self._running.values() for task in running}:
            await asyncio.wait(tasks)

    async def close(self, patience: float) -> None:
        """Seconds of patience with what is on its way, then lets go of the senders' lines."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.settled(), patience)
        for task in {task for running in self._running.values() for task in running}:
            task.cancel()
        for sender in self._senders.values():
            await sender.close()

    async def _send(self, claimed: Claimed) -> None:
        outcome = await self._outcome(claimed)
        now, until = to_ms(self._clock.now()), self._clock.monotonic() + LEASE_MS / 1000
        while not await self._noted(claimed, outcome, now) and self._clock.monotonic() < until:
            await self._pause(EVERY_SECONDS)

    async def _noted(self, claimed: Claimed, outcome: Outcome, now: int) -> bool:
        """Tried until the lease is over: what is known to be sent is not to be sent again."""
        try:
            state = await self._write(lambda c: note(c, claimed, outcome, now))
        except sa.exc.SQLAlchemyError as error:
            why = getattr(error, "orig", type(error).__name__)
            log.warning("what came of message %s could not be noted: %s", claimed.message_id, why)
            return False
        log.info("message %s (%s, %s): %s", claimed.message_id, claimed.kind, claimed.channel, state)
        return True

    async def _outcome(self, claimed: Claimed) -> Outcome:
        sender = self._senders.get(claimed.channel)
        if sender is None:
            return Later(Why.NOT_SET_UP)
        try:
            parcel = await asyncio.to_thread(self._parcel, claimed)
        except TemplateWrong as wrong:
            log.warning("message %s cannot be made: %s", claimed.message_id, wrong)
            return Later(Why.NOT_MADE)
        except Exception as error:
            log.warning("message %s cannot be made: %s", claimed.message_id, type(error).__name__)
            return Later(Why.NOT_MADE)
        return await _sent(sender, parcel) if isinstance(parcel, Parcel) else Refuses(parcel)

    def _parcel(self, claimed: Claimed) -> Parcel | Why:
        """Why there is none when nothing is left to be said: its facts were erased, or all its tickets have ended."""
        if not claimed.facts:
            return Why.TOO_LATE
        facts = message_kinds.read(claimed.kind, claimed.facts)
        now = self._clock.now()
        here, tickets, over = self._database.look(
            lambda c: (venue(c), _tickets(c, claimed, facts), _is_over(c, claimed.message_id, now))
        )
        if claimed.tickets_of and not tickets:
            return Why.OVERTAKEN
        papers = (tickets_paper(tickets),) if tickets and claimed.channel is Channel.MAIL else ()
        said = self._templates.render(claimed.kind, claimed.language, facts, here, over=over)
        to = claimed.message_id, claimed.address, claimed.language
        return Parcel(*to, said.subject, said.sms, said.text, said.html, papers, KINDS[claimed.kind].secret)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self._database.look, work)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self._database.transact, work)


def _is_over(connection: Connection, message_id: str, now: datetime) -> bool:
    """Whether a message is about a booking on which nobody can come any more."""
    about = sa.select(t.message.c.booking_id).where(t.message.c.message_id == message_id)
    return is_over(connection, connection.execute(about).scalar() or "", now)


def _tickets(connection: Connection, claimed: Claimed, facts: Mapping[str, Value]) -> tuple[TicketPrint, ...]:
    number = str(facts.get("number", ""))
    return tickets_of(connection, claimed.tickets_of, number) if claimed.tickets_of else ()


async def _sent(sender: Sender, parcel: Parcel) -> Outcome:
    """A fault of ours in the middle of sending leaves as much doubt as a line that broke."""
    try:
        return await sender.send(parcel)
    except Exception as error:
        log.warning("message %s: the sender failed: %s", parcel.message_id, type(error).__name__)
        return Unsure()
