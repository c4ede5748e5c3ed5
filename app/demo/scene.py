"""The scene of the family visit: its stations and windows, and the questions that the steps ask of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from PySide6.QtCore import QCoreApplication

from app.demo.launcher import Venue
from app.demo.player import Condition, PlayFailed
from app.parts import Station
from app.texts import Texts
from app.views.checkin_view import CheckinView
from app.views.main_window import MainWindow
from app.views.sale_view import SaleState, SaleView
from domain.errors import Code, Refused
from domain.money import Money
from ledger import read_money, read_setup
from ledger import tables as t
from ledger.clock import FileClock


@dataclass(slots=True)
class Scene:
    """What the play acts on. `facts` collects what the summary tells."""

    clock: FileClock
    zone: ZoneInfo
    desk: Station
    desk_window: MainWindow
    gate: Station
    gate_window: MainWindow
    second: Station
    texts: Texts
    folder: Path
    venue: Venue
    facts: dict[str, str] = field(default_factory=dict)
    _pictures: int = 0

    def time(self, hour: int, minute: int) -> None:
        """It is this time of the venue's day in all processes."""
        today = self.clock.now().astimezone(self.zone)
        self.clock.set(today.replace(hour=hour, minute=minute, second=0, microsecond=0))

    def picture(self, window: MainWindow, name: str) -> None:
        self._pictures += 1
        QCoreApplication.sendPostedEvents()  # words that have just changed have their places first
        window.grab().save(str(self.folder / f"{self._pictures:02d}-{name}.png"))


def check(fact: object, words: str) -> None:
    """Raises PlayFailed unless `fact` holds."""
    if not fact:
        raise PlayFailed(words)


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


def pause(milliseconds: int) -> Condition:
    """Lets the window paint before the next act."""
    until = time.monotonic() + timedelta(milliseconds=milliseconds).total_seconds()
    return lambda: time.monotonic() >= until


def page_of(window: MainWindow, place: str) -> object:
    frame = window.frame
    return frame.page if frame is not None and frame.place == place else None


def refusal(act: Callable[[], object]) -> Code | None:
    try:
        act()
    except Refused as refused:
        return refused.code
    return None


def summary(scene: Scene, started: datetime) -> Iterator[str]:
    """The lines of summary.txt."""
    yield "The family visit at the sample venue"
    yield f"played at {started:%Y-%m-%d %H:%M} UTC through the windows of POS1 and LK1"
    yield ""
    for name, value in scene.facts.items():
        yield f"{name}: {value}"


def morning(scene: Scene) -> int:
    """The number of the session from 10:00."""
    day = scene.clock.now().astimezone(scene.zone).date()
    with scene.desk.store.read() as connection:
        for session in read_setup.sessions_of(connection, day):
            if session.starts_at.astimezone(scene.zone).hour == 10:
                return session.number
    raise PlayFailed("there is no session at 10:00")


def sold(station: Station, session: int) -> int:
    with station.store.read() as connection:
        return read_setup.places_sold(connection, [session])[session]


def counted(station: Station, table: sa.Table) -> int:
    with station.store.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def failed_scans(station: Station) -> list[tuple[str, str]]:
    with station.store.read() as connection:
        rows = connection.execute(sa.select(t.scan_refused.c.code, t.scan_refused.c.ticket_id))
        return [(row[0], row[1]) for row in rows]


def sell_session(scene: Scene) -> int:
    page = page_of(scene.desk_window, "sell")
    return page.session if isinstance(page, SaleView) else 0


def paying(scene: Scene) -> bool:
    """Whether the desk's window shows a payment."""
    page = page_of(scene.desk_window, "sell")
    kept = page.keep() if isinstance(page, SaleView) else None
    return isinstance(kept, SaleState) and bool(kept.sale_id)


def items(scene: Scene) -> int:
    page = page_of(scene.desk_window, "sell")
    return page.cart.items if isinstance(page, SaleView) and page.cart is not None else 0


def more_than(scene: Scene, before: int) -> Condition:
    return lambda: items(scene) == before + 1


def captured(scene: Scene) -> list[tuple[str, int]]:
    with scene.desk.store.read() as connection:
        rows = connection.execute(sa.select(t.card_outcome.c.scheme, t.card_outcome.c.amount))
        return [(row[0], row[1]) for row in rows]


def captured_back(scene: Scene) -> int:
    """What went back to cards."""
    with scene.desk.store.read() as connection:
        back = sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0)).where(
            t.refund.c.method == "card"
        )
        return int(connection.execute(back).scalar_one())


def left_to_pay(scene: Scene) -> int:
    unfinished = scene.desk.checkout.to_resolve()
    return scene.desk.checkout.page(unfinished[0].sale_id).left.minor if unfinished else 0


def our_documents(scene: Scene) -> list[read_money.DocumentRow]:
    with scene.desk.store.read() as connection:
        return read_money.documents(connection, "pos1")


def prints(scene: Scene, ending: str) -> int:
    folder = scene.desk.config.data / "prints"
    return sum(path.name.endswith(ending) for path in folder.iterdir()) if folder.is_dir() else 0


def family_codes(scene: Scene) -> list[str]:
    """The QR texts of the five family tickets."""
    with scene.desk.store.read() as connection:
        sale_id = read_money.documents(connection, "pos1")[-1].sale_id
        booking = sa.select(t.sale.c.booking_id).where(t.sale.c.sale_id == sale_id).scalar_subquery()
        found = (
            sa.select(t.ticket.c.code).where(t.ticket.c.booking_id == booking).order_by(t.ticket.c.ticket_id)
        )
        return list(connection.execute(found).scalars())


def answer_of(window: MainWindow) -> str:
    page = page_of(window, "checkin")
    return page.result.code if isinstance(page, CheckinView) and page.result is not None else ""
