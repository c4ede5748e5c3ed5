"""The order in which one reads a page, by where things lie: rows from the top, beside each other as one writes. Tab
goes that way, in whatever order the widgets were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

Span = tuple[int, int]


def next_stop(place: QWidget, focused: QWidget | None, *, forward: bool) -> QWidget | None:
    """Where Tab goes on inside `place`: after its last stop to its first. From a page itself into it; from outside to
    the first. None where it stops nowhere."""
    read = [place, *_read(place)]
    at = read.index(focused) if focused in read else 0
    ahead = [*read[at + 1 :], *read[: at + 1]] if forward else [*reversed(read[:at]), *reversed(read[at:])]
    return next((each for each in ahead if _stops(each)), None)


def _stops(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isEnabled() and widget.focusProxy() is None


def _read(widget: QWidget) -> Iterator[QWidget]:
    """Everything seen inside, each before what it holds."""
    if isinstance(widget, QPushButton):
        return  # its words
    children = [each for each in widget.children() if isinstance(each, QWidget) and each.isVisible()]
    rtl = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
    for child in in_rows([each for each in children if not each.isWindow()], rtl=rtl):
        yield child
        yield from _read(child)


def in_rows(widgets: Sequence[QWidget], *, rtl: bool) -> list[QWidget]:
    """As one reads: cut into rows where nothing lies across, else into columns, and each of these again."""
    if len(widgets) < 2:
        return list(widgets)
    rows = _cut(widgets, _upright)
    if len(rows) > 1:
        return [each for part in rows for each in in_rows(part, rtl=rtl)]
    columns = _cut(widgets, _sideways)
    if len(columns) > 1:
        return [each for part in (columns[::-1] if rtl else columns) for each in in_rows(part, rtl=rtl)]
    return sorted(widgets, key=lambda each: (each.y(), -each.x() if rtl else each.x()))


def _upright(widget: QWidget) -> Span:
    return widget.y(), widget.y() + widget.height()


def _sideways(widget: QWidget) -> Span:
    return widget.x(), widget.x() + widget.width()


def _cut(widgets: Sequence[QWidget], span: Callable[[QWidget], Span]) -> list[list[QWidget]]:
    """Groups that do not overlap in `span`, from its start."""
    groups, end = list[list[QWidget]](), 0
    for each in sorted(widgets, key=span):
        start, stop = span(each)
        if not groups or start >= end:
            groups.append([])
        groups[-1].append(each)
        end = max(end, stop) if len(groups[-1]) > 1 else stop
    return groups
