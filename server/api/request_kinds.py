"""The kinds of requests of stations and the body of each, for the OpenAPI document; tests hold them against what
decides them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.refund_offer import Wanted
from server.api.wire_schemas import add, schemas

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_ID: Schema = {"type": "string", "minLength": 36, "maxLength": 36}
_LINE: Schema = {"type": "array", "items": _WHOLE, "minItems": 3, "maxItems": 3}
_LINES: Schema = {
    "type": "array", "items": _LINE, "minItems": 1, "description": "Product, session (0: none), quantity",
}  # fmt: skip
_PAIRS: Schema = {
    "type": "array",
    "items": {"type": "array", "items": _TEXT, "minItems": 3, "maxItems": 3},
    "minItems": 1,
    "description": "The ticket that ends, the one in its place, its code",
}
_NAMES: Schema = {
    "type": "array",
    "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2},
    "minItems": 1,
    "description": "The ticket and the name",
}
_CHANNEL: Schema = {"enum": ["sms", "mail"]}
KINDS: Mapping[str, tuple[str, Mapping[str, Schema]]] = {
    "SessionCapacity": (
        "Another number of places in a session",
        {"session": _WHOLE, "seen": _WHOLE, "capacity": _WHOLE},
    ),
    "PinChanged": ("One's own new PIN", {"proof": _TEXT, "verifier": _TEXT}),
    "LeaseAsked": ("Places to sell", {"session": _WHOLE, "places": _WHOLE, "ahead": {"type": "boolean"}}),
    "LeaseRevoked": ("Places are taken back", {"session": _WHOLE, "station_id": _TEXT, "reason": _TEXT}),
    "RecoveryWaived": ("A station is not waited for", {"station": _TEXT}),
    "CaseSettled": ("A case is settled", {"case": _TEXT, "way": _TEXT, "note": _TEXT, "seen": _TEXT}),
    "BookingHeld": (
        "Places are kept; `names`: who comes; `adds_to`: a paid one; `day`: of goods; `allowed`: for who is banned",
        {"booking": _ID, "guest": _TEXT, "lines": _LINES, "note": _TEXT},
    ),
    "BookingChanged": (
        "Other things, another day or session; `seen` is the mark of what the asker saw",
        {"booking": _TEXT, "change": _ID, "seen": _TEXT, "lines": _LINES, "note": _TEXT},
    ),
    "TicketsMoved": (
        "Tickets of a paid booking end, each for one in another session (0: its own) with its signed code",
        {"booking": _TEXT, "change": _ID, "seen": _TEXT, "session": _WHOLE, "tickets": _PAIRS},
    ),
    "TicketRevoked": (
        "Tickets of a booking end, and nothing is good in their places",
        {"booking": _TEXT, "tickets": {"type": "array", "items": _TEXT, "minItems": 1}, "reason": _TEXT},
    ),
    "TicketsNamed": (
        "Who comes on tickets of a booking; an empty name takes one away",
        {"booking": _TEXT, "names": _NAMES},
    ),
    "BookingExtended": ("A booking is kept longer, for it is being paid", {"booking": _TEXT}),
    "BookingApproved": ("A booking under review may be paid", {"booking": _TEXT}),
    "BookingRejected": (
        "A booking under review is refused; `times` may name up to three other sessions for the guest",
        {"booking": _TEXT, "reason": _TEXT},
    ),
    "BookingCancelled": (
        "A booking that is not paid, or of which nothing goes back, is called off; `stays`: so much of it is kept",
        {"booking": _TEXT, "reason": _TEXT},
    ),
    "CodeSent": ("A code to a contact of a guest", {"guest": _TEXT, "channel": _CHANNEL}),
    "GuestVerified": ("The code that a guest said back", {"guest": _TEXT, "code": _TEXT}),
    "GuestMerged": ("Two guests are one", {"guest": _TEXT, "into": _TEXT}),
    "GuestErased": ("A guest is forgotten", {"guest": _TEXT, "reason": _TEXT}),
    "MessageResent": ("A message that failed is sent again", {"message": _TEXT}),
    "RefundApproved": ("A refund is approved", {"refund": _TEXT, "minor": _WHOLE, "note": _TEXT}),
    "RefundRefused": ("A refund is refused", {"refund": _TEXT, "note": _TEXT}),
    "RefundTaken": ("What the server began is paid at the station that asks", {"refund": _TEXT}),
    "RefundReleased": (
        "The station does not pay it: another may take it up; `take` is the request by which it has it",
        {"refund": _TEXT, "take": _TEXT},
    ),
    "RefundWithdrawn": ("A refund is not wanted any more", {"refund": _TEXT, "note": _TEXT}),
}
_REFUND = "RefundAsked"  # its body is a record of the rule book


def request_schemas() -> dict[str, Schema]:
    """The body of each kind, and `RequestAsk`, in which it is the text `body`."""
    found: dict[str, Schema] = {}
    add(Wanted, found)
    found = {f"Refund{name}" if name == "Wanted" else name: each for name, each in found.items()}
    told = {name: _body(*said) for name, said in KINDS.items()}
    told[_REFUND] = found["RefundWanted"] | {"description": "A refund is asked for, as it was shown"}
    ask = schemas()["RequestAsk"]
    kinds = {name: {"$ref": f"#/components/schemas/Request{name}"} for name in sorted(told)}
    words = "JSON of the kind's own schema: " + ", ".join(f"`Request{name}`" for name in kinds)
    body = {"type": "string", "contentMediaType": "application/json", "description": words}
    properties = ask["properties"] | {"body": body | {"contentSchema": {"oneOf": list(kinds.values())}}}
    found |= {f"Request{name}": each for name, each in told.items()}
    return found | {"RequestAsk": ask | {"properties": properties}}


def _body(words: str, fields: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "description": words, "properties": dict(fields), "required": list(fields)}
