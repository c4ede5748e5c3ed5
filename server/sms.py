"""SMS by Unifonic, and by a service of the venue's own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from typing import Any

import httpx

from ledger.clock import Clock
from server.peers import HttpPeer, UnifonicPeer
from server.senders import Later, Outcome, Parcel, Refuses, Sent, Unsure, Why

STEPS = httpx.Timeout(20.0, connect=10.0)
LIMIT_SECONDS = 60.0  # also for an answer that comes in drops
_PHONE = re.compile(r"\+[1-9]\d{6,14}")

# Unifonic, "HTTP status codes": many are its own.
_STATUS: dict[int, Outcome] = {
    409: Sent(),  # it has this one
    **dict.fromkeys((410, 422, 481, 482, 483), Refuses(Why.ADDRESS_REFUSED)),
    **dict.fromkeys((406, 412, 415, 417, 421, 449, 460), Refuses(Why.TEXT_REFUSED)),
    **dict.fromkeys((401, 402, 403, 404, 440, 459, 480), Later(Why.PEER_REFUSED)),
}
# Unifonic, "reasons of SMS non-delivery".
_ERRORS: dict[str, Outcome] = {
    "ER-01": Later(Why.NO_FUNDS),
    **dict.fromkeys(("ER-02", "ER-03", "ER-04", "ER-05"), Refuses(Why.ADDRESS_REFUSED)),
    **dict.fromkeys(("ER-06", "ER-07"), Refuses(Why.TEXT_REFUSED)),
    "ER-08": Later(Why.PEER_REFUSED),
    "ER-09": Sent(),  # a duplicate
}


class Unifonic:
    """`POST` of a form; the answer is JSON: `{"success": …, "message": …, "errorCode": "ER-00", "data": {…}}`."""

    def __init__(self, peer: UnifonicPeer) -> None:
        self._peer = peer
        self._client = httpx.AsyncClient(timeout=STEPS)

    async def send(self, parcel: Parcel) -> Outcome:
        if not _PHONE.fullmatch(parcel.address):
            return Refuses(Why.ADDRESS_REFUSED)
        form = {
            "AppSid": self._peer.app_sid,
            "SenderID": self._peer.sender_id,
            "Recipient": parcel.address.removeprefix("+"),
            "Body": parcel.sms,
            "CorrelationID": parcel.message_id,
            "responseType": "JSON",
            "async": "false",
        }
        if self._peer.status_callback:
            form["statusCallback"] = self._peer.status_callback
        request = self._client.build_request("POST", self._peer.url, data=form)
        answer = await _answered(self._client, request)
        return answer if not isinstance(answer, httpx.Response) else _unifonic(answer)

    async def close(self) -> None:
        await self._client.aclose()


class HttpSms:
    """`POST` of JSON, signed so that the service knows who sends and when: HMAC-SHA256 over time, dot and body."""

    def __init__(self, peer: HttpPeer, clock: Clock) -> None:
        self._peer = peer
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=STEPS)

    async def send(self, parcel: Parcel) -> Outcome:
        if not _PHONE.fullmatch(parcel.address):
            return Refuses(Why.ADDRESS_REFUSED)
        said = {
            "id": parcel.message_id,
            "to": parcel.address,
            "from": self._peer.sender_id,
            "text": parcel.sms,
        }
        body = json.dumps(said, ensure_ascii=False).encode()
        at = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "idempotency-key": parcel.message_id,
            "x-gatehouse-time": at,
            "x-gatehouse-signature": signature(self._peer.secret, at, body),
        }
        request = self._client.build_request("POST", self._peer.url, content=body, headers=headers)
        answer = await _answered(self._client, request)
        return answer if not isinstance(answer, httpx.Response) else _plain(answer.status_code)

    async def close(self) -> None:
        await self._client.aclose()


def signature(secret: str, at: str, body: bytes) -> str:
    """`sha256=…` in hex; `at` is the time of the header, in seconds since 1970."""
    return "sha256=" + hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


async def _answered(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response | Later | Unsure:
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await client.send(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return Later(Why.PEER_AWAY)
    except (httpx.HTTPError, TimeoutError):
        return Unsure()


def _unifonic(answer: httpx.Response) -> Outcome:
    said = _said(answer)
    known = _ERRORS.get(str(said.get("errorCode", ""))) or _STATUS.get(answer.status_code)
    if known is not None:
        return known
    if answer.status_code == 200 and said.get("success") in (True, "true"):
        return Sent()
    return Later(Why.PEER_BUSY)


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _plain(status: int) -> Outcome:
    """What the status of the venue's own service means; 409 says that it has this id already."""
    match status:
        case 409:
            return Sent()
        case 422:
            return Refuses(Why.ADDRESS_REFUSED)
        case 400 | 413:
            return Refuses(Why.TEXT_REFUSED)
        case 401 | 403 | 404:
            return Later(Why.PEER_REFUSED)
        case _:
            return Sent() if 200 <= status < 300 else Later(Why.PEER_BUSY)
