"""Where Tab stops inside a form, and whether that is the order in which one reads."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QScrollArea, QWidget

from app.views.booking_calendar import BookingCalendar
from app.views.booking_form import BookingForm
from app.views.booking_why import WhyForm
from app.views.guest_fields import GuestFields
from app.views.shift_forms import CountForm, DifferenceForm, DropForm, MoneyForm, ReasonForm
from app.views.widgets.reading import next_stop
from app.views.widgets.row_list import RowList
from app.views.widgets.supervisor_strip import SupervisorStrip
from tests.views.scene import Scene

FORMS = (
    MoneyForm,
    DropForm,
    ReasonForm,
    CountForm,
    DifferenceForm,
    SupervisorStrip,
    RowList,
    GuestFields,
    WhyForm,
    BookingForm,
    BookingCalendar,
)


def jumps(scene: Scene) -> list[str]:
    """Every step of Tab, in the forms that are seen, that does not go on as one reads."""
    rtl = scene.language == "ar"
    return [
        f"Tab goes from {one.accessibleName()!r} to {other.accessibleName()!r}"
        for kind in FORMS
        for form in scene.window.findChildren(kind)
        if form.isVisible()
        for one, other in pairwise(stops_in(form))
        if not reads_before(form, one, other, rtl=rtl)
    ]


def stops_in(form: QWidget) -> list[QWidget]:
    """Where Tab stops inside a form, from the first one."""
    stops: list[QWidget] = []
    at = next_stop(form, None, forward=True)
    while at is not None and at not in stops:
        stops.append(at)
        at = next_stop(form, at, forward=True)
    return [each for each in stops if isinstance(each, QAbstractButton | QLineEdit)]


def reads_before(form: QWidget, one: QWidget, other: QWidget, *, rtl: bool) -> bool:
    """What scrolls counts where its list is seen."""
    lists = _list_of(form, one), _list_of(form, other)
    if lists[0] is not lists[1]:
        one, other = lists[0] or one, lists[1] or other
    first, second = one.mapTo(form, QPoint(0, 0)), other.mapTo(form, QPoint(0, 0))
    if first.y() + one.height() <= second.y():
        return True
    beside = first.y() < second.y() + other.height()
    return beside and (first.x() > second.x() if rtl else first.x() < second.x())


def _list_of(form: QWidget, widget: QWidget) -> QScrollArea | None:
    at = widget.parentWidget()
    while at is not form and not isinstance(at, QScrollArea):
        at = at.parentWidget()
    return at if isinstance(at, QScrollArea) and at is not form else None
