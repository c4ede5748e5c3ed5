"""Tickets as a PDF for e-mail or an office printer: one A6 page each, vector QR, Arabic and English.

reportlab shapes no Arabic by itself (its own RTL switch does nothing without a library that it does not
bring), so every line is wrapped, joined and reordered before it is drawn, in a font that has the joined
forms.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock

from reportlab.lib.pagesizes import A6
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from documents.bilingual import copied_words, phrase, stored_day
from documents.fonts import PDF_FAMILY, font_file
from documents.raster import symbol
from documents.shaping import base_direction, visual, wrap
from documents.ticket_slip import day_line, position
from domain.catalogue import Words
from domain.receipt import TicketPrint

_PAGE_WIDTH, _PAGE_HEIGHT = A6
_MARGIN = 9 * mm
_WIDTH = _PAGE_WIDTH - 2 * _MARGIN
_LARGEST_CODE, _SMALLEST_CODE = 56 * mm, 38 * mm
_BAND, _FOOT, _SHORT_CODE = 24 * mm, 50, 28
_INK, _QUIET, _PAPER, _COPY = (0.06, 0.16, 0.24), (0.36, 0.42, 0.47), (1, 1, 1), (0.7, 0.1, 0.1)
_ALONE = Lock()  # a font of reportlab is not made for two threads
REGULAR, BOLD = f"{PDF_FAMILY}-Regular", f"{PDF_FAMILY}-Bold"


def ticket_pdf(tickets: Iterable[TicketPrint]) -> bytes:
    """One page a ticket; the same tickets give the same bytes. ValueError without any ticket."""
    pages = list(tickets)
    if not pages:
        raise ValueError("no tickets to print")
    with _ALONE:
        return _drawn(pages)


def _drawn(pages: Sequence[TicketPrint]) -> bytes:
    _register()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A6, invariant=1, pageCompression=1)
    canvas.setTitle(f"{pages[0].venue.en} {pages[0].sale_number}")
    canvas.setAuthor(pages[0].venue.en)
    for ticket in pages:
        _page(_Pen(canvas), ticket)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@cache
def _register() -> None:
    pdfmetrics.registerFont(TTFont(REGULAR, str(font_file(PDF_FAMILY, "Regular"))))
    pdfmetrics.registerFont(TTFont(BOLD, str(font_file(PDF_FAMILY, "Bold"))))


class _Pen:
    """Writes lines downwards; `y` is where the next one's top is."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.y = canvas, _PAGE_HEIGHT

    def centred(self, text: str, font: str, size: float, colour: tuple[float, float, float] = _INK) -> None:
        """`text` in as many centred lines as it needs."""
        if not text:
            return
        self.canvas.setFillColorRGB(*colour)
        self.canvas.setFont(font, size)
        for line in wrap(text, _WIDTH, lambda part: _length(part, font, size)):
            self.y -= size * 1.5
            self.canvas.drawCentredString(
                _PAGE_WIDTH / 2, self.y + size * 0.42, visual(line, base_direction(line))
            )

    def sides(self, label: Words, value: str) -> None:
        """English label, value, Arabic label on one line."""
        self.y -= 14
        base = self.y + 4
        self.canvas.setFillColorRGB(*_QUIET)
        self.canvas.setFont(REGULAR, 8)
        self.canvas.drawString(_MARGIN, base, label.en)
        self.canvas.drawRightString(_PAGE_WIDTH - _MARGIN, base, visual(label.ar, "rtl"))
        self.canvas.setFillColorRGB(*_INK)
        self.canvas.setFont(BOLD, 9.5)
        self.canvas.drawCentredString(_PAGE_WIDTH / 2, base, visual(value, base_direction(value)))


def _length(text: str, font: str, size: float) -> float:
    width: float = pdfmetrics.stringWidth(visual(text, base_direction(text)), font, size)
    return width


def _page(pen: _Pen, ticket: TicketPrint) -> None:
    _head(pen, ticket.venue)
    pen.centred(ticket.product.ar, BOLD, 16)
    if ticket.product.en != ticket.product.ar:
        pen.centred(ticket.product.en, BOLD, 12)
    pen.centred(ticket.guest, BOLD, 13)
    if ticket.copy:
        words = phrase("copy", number=ticket.copy)
        pen.centred(f"{words.en} · {words.ar}", BOLD, 12, _COPY)
    if ticket.copied:
        who = copied_words(ticket.copied)
        for line in (who.en, who.ar):
            pen.centred(line, REGULAR, 8, _COPY)
    for line in (ticket.session,) if ticket.session else _day(ticket):
        pen.centred(line, BOLD, 13)
    side = max(_SMALLEST_CODE, min(_LARGEST_CODE, pen.y - _FOOT - _SHORT_CODE))
    pen.y -= side + 4
    _draw_code(pen.canvas, ticket.code, ((_PAGE_WIDTH - side) / 2, pen.y), side)
    pen.centred(ticket.short, BOLD, 15)
    pen.y = _FOOT
    pen.sides(phrase("ticket.day"), day_line(ticket))
    pen.sides(phrase("ticket.number"), position(ticket))
    pen.sides(phrase("ticket.sale"), ticket.sale_number)


def _day(ticket: TicketPrint) -> tuple[str, ...]:
    day = stored_day(ticket.day)
    return (day.ar, day.en) if day.ar != day.en else (day.en,)


def _head(pen: _Pen, venue: Words) -> None:
    """The venue's name on a dark band, Arabic first."""
    pen.canvas.setFillColorRGB(*_INK)
    pen.canvas.rect(0, _PAGE_HEIGHT - _BAND, _PAGE_WIDTH, _BAND, stroke=0, fill=1)
    pen.y = _PAGE_HEIGHT - 4 * mm
    pen.centred(venue.ar, BOLD, 15, _PAPER)
    if venue.en != venue.ar:
        pen.centred(venue.en, REGULAR, 10.5, _PAPER)
    pen.y = min(pen.y, _PAGE_HEIGHT - _BAND) - 2 * mm


def _draw_code(canvas: Canvas, code: str, corner: tuple[float, float], side: float) -> None:
    """The QR as rectangles, one for each run of dark modules; `side` includes its quiet zone."""
    rows = list(symbol(code).matrix_iter(border=4))
    module = side / len(rows)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        bottom = corner[1] + side - (number + 1) * module
        for start, length in _runs(row):
            path.rect(corner[0] + start * module, bottom, length * module, module)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(row: Iterable[int]) -> Iterable[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    start, length = 0, 0
    for index, dark in enumerate(row):
        if dark:
            start, length = (start, length + 1) if length else (index, 1)
        elif length:
            yield start, length
            length = 0
    if length:
        yield start, length
