"""Why a station may begin nothing new, by how it is: the reason stands where it would be begun."""

from __future__ import annotations

from app.shown_status import Room, StationStatus
from domain.errors import Code
from domain.timing import is_far_off


def why_no_sale(status: StationStatus) -> Code | None:
    """Why nothing new is sold; None when it may be."""
    if status.journal_damaged:
        return Code.JOURNAL_DAMAGED
    return Code.DISK_NEARLY_FULL if status.room is Room.NO_SALES else None


def why_no_shift(status: StationStatus) -> Code | None:
    """Why no shift is opened; None when one may be."""
    if status.journal_damaged:
        return Code.JOURNAL_DAMAGED
    return Code.CLOCK_FAR_OFF if is_far_off(status.clock_ahead * 1000) else None
