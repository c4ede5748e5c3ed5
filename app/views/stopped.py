"""Why a station may begin nothing new, by how it is: the reason stands where it would be begun."""

from __future__ import annotations

from app.shown_status import Room, StationStatus
from app.texts import Texts
from domain.errors import Code
from domain.timing import is_far_off


def why_no_record(status: StationStatus, texts: Texts) -> str:
    """Why nothing at all can be recorded; "" when it can be."""
    return texts.refusal(Code.JOURNAL_DAMAGED) if status.journal_damaged else ""


def why_no_sale(status: StationStatus, texts: Texts) -> str:
    """Why nothing new is sold; "" when it may be."""
    full = {Room.NO_SALES: Code.DISK_NEARLY_FULL, Room.FULL: Code.DISK_FULL}.get(status.room)
    return why_no_record(status, texts) or (texts.refusal(full) if full else "")


def why_no_shift(status: StationStatus, texts: Texts) -> str:
    """Why no shift is opened; "" when one may be."""
    far = is_far_off(status.clock_ahead * 1000)
    return why_no_record(status, texts) or (texts.refusal(Code.CLOCK_FAR_OFF) if far else "")
