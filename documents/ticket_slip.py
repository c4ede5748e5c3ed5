"""A ticket on receipt paper: a code that a gate reads at arm's length, and words for when it does not."""

from __future__ import annotations

from collections.abc import Iterable

from documents.bilingual import copy_mark, field, heading, pair, phrase, stored_day
from documents.format import isolate
from documents.slip import Gap, QrCode, Row, Rule, Size, Slip, Stroke, Text
from domain.receipt import TicketPrint

CODE_MILLIMETRES = 34


def ticket_slip(ticket: TicketPrint) -> Slip:
    """The paper of one ticket, to be cut apart from the next."""
    rows: list[Row] = [
        *heading(ticket.venue, Size.LARGE, Size.NORMAL),
        Rule(Stroke.THICK),
        *heading(ticket.product, Size.TITLE, Size.LARGE),
        *([Text(ticket.guest, Size.LARGE, bold=True)] if ticket.guest else []),
        *copy_mark(ticket.copy, ticket.copied),
        Gap(6),
        *_when(ticket),
        Gap(12),
        QrCode(ticket.code, CODE_MILLIMETRES),
        Gap(4),
        Text(ticket.short, Size.TITLE, bold=True),
        Text(position(ticket), Size.NORMAL),
        Rule(Stroke.DASHED),
        field(phrase("ticket.sale"), ticket.sale_number),
        *pair(phrase("ticket.admits"), Size.SMALL),
        *pair(phrase("ticket.present"), Size.SMALL),
        Gap(24),
    ]
    return Slip(f"{ticket.sale_number}-{ticket.position}", tuple(rows))


def _when(ticket: TicketPrint) -> Iterable[Row]:
    """The session big and its day below; the day big where the ticket has no session."""
    day = stored_day(ticket.day)
    if not ticket.session:
        return heading(day, Size.LARGE, Size.LARGE)
    return (Text(ticket.session, Size.TITLE, bold=True), *pair(day, bold=True))


def day_line(ticket: TicketPrint) -> str:
    """The ticket's day in both languages on one line."""
    day = stored_day(ticket.day)
    return day.en if day.ar == day.en else f"{day.en} · {isolate(day.ar, 'en')}"


def position(ticket: TicketPrint) -> str:
    """`1 of 2 · 1 من 2`."""
    words = phrase("page", position=ticket.position, of=ticket.of)
    return f"{words.en}  ·  {isolate(words.ar, 'en')}"
