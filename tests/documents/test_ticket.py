"""A ticket reads at the gate, from paper and from PDF, and says in both languages what it is for."""

from __future__ import annotations

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
import zxingcpp

from documents.raster import draw, render
from documents.slip import QrCode, Text
from documents.ticket_pdf import ticket_pdf
from documents.ticket_slip import ticket_slip
from domain.catalogue import Words
from tests.documents import pdf
from tests.documents.samples import COPIED, TICKET_CODE, WHO_AND_WHEN, ticket
from tests.documents.test_receipt import words_of


@pytest.mark.parametrize("width", [576, 384])
def test_code_on_the_slip_reads(width: int) -> None:
    assert [
        code.text for code in zxingcpp.read_barcodes(render(ticket_slip(ticket()), width).convert("L"))
    ] == [TICKET_CODE]


def test_code_is_version_six_and_over_thirty_millimetres() -> None:
    (row,) = [row for row in ticket_slip(ticket()).rows if isinstance(row, QrCode)]
    box = draw(row, 576).convert("L").point([255 - level for level in range(256)]).getbbox()
    assert box is not None
    assert (box[2] - box[0]) % 41 == 0
    assert (box[2] - box[0]) / 8 >= 30


def test_slip_says_what_when_and_how_many_in_both_languages() -> None:
    printed = words_of(ticket_slip(ticket()))
    assert {"تذكرة يوم للكبار", "Adult day pass", "10:00–14:00", "7K2M-PQ"} <= set(printed)
    assert {"Mon 23 Nov 2026", "الاثنين 23 نوفمبر 2026"} <= set(printed)
    assert any("1 of 2" in text and "1 من 2" in text for text in printed)


@pytest.mark.parametrize(
    "guest", ["سارة القحطاني", "Mohammed-Abdulrahman Bin Abdulaziz Al-Ghamdi the very last of"]
)
def test_a_ticket_says_who_comes_on_paper_and_in_the_pdf(guest: str) -> None:
    named, plain = ticket_slip(ticket(guest=guest)), ticket_slip(ticket())
    assert guest in words_of(named) and guest not in words_of(plain)
    assert [code.text for code in zxingcpp.read_barcodes(render(named, 384).convert("L"))] == [TICKET_CODE]
    (page,) = pdf.pages(ticket_pdf([ticket(guest=guest)]))
    lines = [unicodedata.normalize("NFKC", line) for line in page.lines]
    said = " ".join(lines + [line[::-1] for line in lines])
    assert all(part in said for part in guest.split())


def test_copied_ticket_says_so() -> None:
    assert any("COPY 2" in text for text in words_of(ticket_slip(ticket(copy=2))))


def test_a_copied_ticket_says_who_printed_it_and_when() -> None:
    copied = ticket(copy=1, copied=COPIED)
    assert set(words_of(ticket_slip(copied))) >= WHO_AND_WHEN
    (page,) = pdf.pages(ticket_pdf([copied]))
    assert "24 Nov 2026 17:52 · Reem Mansour" in page.lines
    logical = [unicodedata.normalize("NFKC", line[::-1]) for line in page.lines]
    assert [line for line in logical if line.startswith("24 نوفمبر") or line.endswith("ريم منصور")]


def test_ticket_without_a_session_shows_its_day_big() -> None:
    big = {row.text for row in ticket_slip(ticket(session="")).rows if isinstance(row, Text) and row.bold}
    assert {"Mon 23 Nov 2026", "الاثنين 23 نوفمبر 2026"} <= big
    (page,) = pdf.pages(ticket_pdf([ticket(session="")]))
    assert "Mon 23 Nov 2026" in page.lines


def test_a_day_that_was_stored_as_words_is_printed_as_it_is() -> None:
    assert "Mon 23 Nov" in words_of(ticket_slip(ticket(day="Mon 23 Nov")))


def test_pdf_has_a_page_for_each_ticket_and_every_code_reads() -> None:
    tickets = [ticket(), ticket(position=2, code=TICKET_CODE[::-1])]
    found = pdf.pages(ticket_pdf(tickets))
    assert [zxingcpp.read_barcodes(page.code())[0].text for page in found] == [TICKET_CODE, TICKET_CODE[::-1]]


def test_pdf_text_can_be_read_back_in_both_languages() -> None:
    (page,) = pdf.pages(ticket_pdf([ticket()]))
    assert {"Waves Water Park", "Adult day pass", "10:00–14:00", "7K2M-PQ", "POS1-000123"} <= set(page.lines)
    logical = [unicodedata.normalize("NFKC", line[::-1]) for line in page.lines]
    assert {"منتزه الأمواج المائي", "تذكرة يوم للكبار"} <= set(logical)
    assert [line for line in page.lines if line.startswith("Mon 23 Nov 2026 · ")]
    assert [line for line in page.lines if line.startswith("1 of 2") and line.endswith("1")]


def test_pdf_letters_are_joined() -> None:
    (page,) = pdf.pages(ticket_pdf([ticket()]))
    arabic = [letter for line in page.lines for letter in line if unicodedata.bidirectional(letter) == "AL"]
    assert arabic
    assert all("\ufe70" <= letter <= "\ufefc" for letter in arabic)


def test_pdf_wraps_long_names_before_the_page_ends() -> None:
    long = Words(
        "Family wave-pool morning session with towels " * 3, "جلسة صباحية عائلية في مسبح الأمواج " * 3
    )
    (page,) = pdf.pages(ticket_pdf([ticket(product=long, copy=1)]))
    assert zxingcpp.read_barcodes(page.code())[0].text == TICKET_CODE
    assert all(y >= 0 for _, y, _, _ in page.rectangles)
    assert len([line for line in page.lines if "session" in line]) >= 2


def test_same_tickets_give_the_same_bytes() -> None:
    assert ticket_pdf([ticket()]) == ticket_pdf([ticket()])


def test_no_tickets_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="no tickets"):
        ticket_pdf([])


def test_pdfs_drawn_at_one_moment_are_as_those_drawn_alone() -> None:
    """A font is asked for its letters by one after the other: a guest's ticket would have another's, or none."""
    names = ["سارة القحطاني", "Mohammed Al-Ghamdi", "ضياء الخطيب", "Zoe Zolc", "غيث الظفيري", "Q. Whyte"]
    batches = [[ticket(guest=name)] for name in names * 20]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            together = list(pool.map(ticket_pdf, batches))
    finally:
        sys.setswitchinterval(before)
    assert together == [ticket_pdf(batch) for batch in batches]
