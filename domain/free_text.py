"""What staff write in their own words into an operation: it may name a guest, so it lies in the private part.

The field stays, and is empty in what is hashed; whoever reads the operation has the words in their place again, for as
long as they are kept. Operations of earlier versions have them where they were.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from domain import operation as op
from domain.catalogue import Words
from domain.fold import fold
from domain.private import Pairs
from domain.receipt import Receipt
from domain.ticket import as_short_code

WITHHELD = Words("–", "–")  # in the place of a credit note's reason
_PAPER = "paper"  # that reason
_Credit = op.SaleVoided | op.RefundPaid
_SHORTEST, _LONGEST = 6, 32  # letters and digits of a number or a short code
_CALLED = (6, 8)  # letters and digits of a booking's number, with its prefix or without, and of a short code
_DOCUMENTS = tuple(  # of tills with one digit and with two, whatever digits follow
    re.compile(rf"(?=([A-Z]{{2,6}}[0-9]{{{n}}}[A-Z]{{0,2}}[0-9]{{6}}))") for n in (1, 2)
)
_SHORTENED = re.compile(
    r"(?=(?<![A-Z0-9])([A-Z]{2,6}[0-9]{1,2}[A-Z]{0,2})[-\u2013 ]([0-9]{1,5})(?![0-9]))"
)  # POS1-7
_NOTES = "notes"  # of discounts, each once, with the places at which it stands
_FIELDS: dict[type[op.Operation], str] = {
    op.BookingRejected: "reason",
    op.BookingCancelled: "reason",
    op.TicketRevoked: "reason",
    op.RefundAsked: "note",
    op.RefundApproved: "note",
    op.RefundRefused: "note",
    op.RefundWithdrawn: "note",
    op.SaleVoided: "reason",
    op.TenderCorrected: "reason",
    op.CardResolved: "reason",
    op.OverrideGiven: "reason",
    op.CaseOpened: "text",
    op.CaseSettled: "note",
}
KINDS = frozenset((*(kind.__name__ for kind in _FIELDS), op.BookingMade.__name__, op.RefundPaid.__name__))
# What is unsound in an operation whose words were written, and is not in one whose words were forgotten.
FORGOTTEN = ("no reason", "no text")


def parted(operation: op.Operation) -> tuple[op.Operation, Pairs]:
    """The operation without what was written in it, and that."""
    if isinstance(operation, op.BookingMade):
        return _without_notes(operation)
    bare, said = dict[str, Any](), list[tuple[str, str]]()
    name = _FIELDS.get(type(operation), "")
    if text := getattr(operation, name, ""):
        bare[name] = ""
        said.append((name, text))
    if isinstance(operation, _Credit) and (reason := _written_on(operation.receipt)):
        bare["receipt"] = without_words(operation.receipt)
        said.append((_PAPER, reason))
    return (_with(operation, bare), tuple(said)) if bare else (operation, ())


def whole(operation: op.Operation, said: Pairs) -> op.Operation:
    """The operation with what was written in it, as far as that is kept."""
    if isinstance(operation, op.BookingMade):
        return _with_notes(operation, said)
    name, written = _FIELDS.get(type(operation), ""), dict(said)
    mine: dict[str, Any] = {name: written[name]} if name in written else {}
    if isinstance(operation, _Credit) and _PAPER in written:
        text = written[_PAPER]
        mine["receipt"] = replace(operation.receipt, reason=Words(text, text))
    return _with(operation, mine) if mine else operation


def without_words(receipt: Receipt) -> Receipt:
    """A credit note without what staff wrote as its reason, the same in both languages; one of our own stays."""
    return replace(receipt, reason=WITHHELD) if _written_on(receipt) else receipt


def _written_on(receipt: Receipt) -> str:
    reason = receipt.reason
    return reason.en if reason is not None and reason.en == reason.ar and reason != WITHHELD else ""


def names(text: str) -> frozenset[str]:
    """What an operation or a request, as it is kept, may be about: all texts that it has, ids among them, and what
    somebody called it by."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return frozenset()
    if type(said) is not dict:
        return frozenset()
    number = said.get("number")
    called = references(number) if type(number) is str else frozenset[str]()
    return called.union(value for value in said.values() if type(value) is str)


def references(*texts: str) -> frozenset[str]:
    """What in the texts may be the number of a document or a booking, or the short code of a ticket, in one spelling:
    capitals and digits, whatever stands between. What is shorter than any of them is none."""
    found = (_plain(word) for text in texts for word in (text, *text.split()))
    return frozenset(each for each in found if _SHORTEST <= len(each) <= _LONGEST)


def mentioned(text: str) -> frozenset[str]:
    """As `references`, of what somebody wrote: also where a number is glued to other words, or written apart."""
    letters = _plain(text)
    glued = {letters[at : at + n] for n in _CALLED for at in range(len(letters) - n + 1)}
    short = (f"{till}{number:0>6}" for till, number in _SHORTENED.findall(fold(text).upper()))
    return references(text).union(glued, short, *(each.findall(letters) for each in _DOCUMENTS))


def _plain(word: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", (as_short_code(word) or fold(word)).upper())


def _with(operation: Any, changes: dict[str, Any]) -> op.Operation:
    changed: op.Operation = replace(operation, **changes)
    return changed


def _without_notes(made: op.BookingMade) -> tuple[op.BookingMade, Pairs]:
    places: dict[str, list[str]] = {}
    for at, off in enumerate(made.discounts):
        if off.note:
            places.setdefault(off.note, []).append(str(at))
    if not places:
        return made, ()
    said = tuple((f"{_NOTES}:{','.join(at)}", note) for note, at in places.items())
    return replace(made, discounts=tuple(replace(off, note="") for off in made.discounts)), said


def _with_notes(made: op.BookingMade, said: Pairs) -> op.BookingMade:
    notes = {
        at: note
        for key, note in said
        for at in key.removeprefix(f"{_NOTES}:").split(",")
        if key.startswith(f"{_NOTES}:")
    }
    if not notes:
        return made
    offs = (replace(off, note=notes.get(str(at), off.note)) for at, off in enumerate(made.discounts))
    return replace(made, discounts=tuple(offs))
