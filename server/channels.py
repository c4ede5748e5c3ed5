"""The senders that the settings name, and the one for trying out."""

from __future__ import annotations

import sys
from typing import TextIO, assert_never

from ledger.clock import Clock
from server.message_kinds import Channel
from server.peers import ConsolePeer, HttpPeer, Peers, SmtpPeer, UnifonicPeer
from server.senders import Outcome, Parcel, Sender, Sent
from server.sms import HttpSms, Unifonic
from server.smtp import Smtp


class Console:
    """Prints what would be sent. A secret only if that was asked for: what is printed often ends in a log."""

    def __init__(self, channel: Channel, peer: ConsolePeer, out: TextIO | None = None) -> None:
        self._channel, self._peer = channel, peer
        self._out = out

    async def send(self, parcel: Parcel) -> Outcome:
        said = parcel.sms if self._channel is Channel.SMS else f"{parcel.subject}\n\n{parcel.text}"
        if parcel.secret and not self._peer.show_codes:
            said = "(a code: show_codes = true prints it)"
        papers = "".join(f"\n[{paper.name}, {len(paper.content)} bytes]" for paper in parcel.papers)
        head = f"--- {self._channel} to {parcel.address}, {parcel.message_id}"
        print(f"{head}\n{said.strip()}{papers}\n---", file=self._out or sys.stdout, flush=True)
        return Sent()

    async def close(self) -> None:
        """There is nothing to let go of."""


def senders(peers: Peers, clock: Clock) -> dict[Channel, Sender]:
    """One for each channel that is set up. To be called on the loop that sends."""
    made: dict[Channel, Sender] = {}
    for channel, peer in ((Channel.MAIL, peers.mail), (Channel.SMS, peers.sms)):
        match peer:
            case None:
                continue
            case SmtpPeer():
                made[channel] = Smtp(peer, clock)
            case UnifonicPeer():
                made[channel] = Unifonic(peer)
            case HttpPeer():
                made[channel] = HttpSms(peer, clock)
            case ConsolePeer():
                made[channel] = Console(channel, peer)
            case _:
                assert_never(peer)
    return made
