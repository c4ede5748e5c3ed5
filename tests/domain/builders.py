"""Small records for domain tests."""

from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.catalogue import Product, ProductKind, Session, Words
from domain.money import Money

DAY = date(2026, 11, 26)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def sar(text: str) -> Money:
    whole, _, part = text.partition(".")
    return Money(int(whole) * 100 + int(part.ljust(2, "0") or 0), "SAR")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 26, hour, minute, tzinfo=UTC)


def a_session(*, number: int = 7, capacity: int = 40, start: int = 10, end: int = 12) -> Session:
    return Session(number, "park", at(start), at(end), capacity, DAY)


def a_ticket_product(*, number: int = 1, price: str = "115.00") -> Product:
    return Product(
        number, ProductKind.TICKET, Words("Adult", "بالغ"), sar(price), 1500, "ticket", "tickets", 1, "park"
    )


def a_thing(*, number: int = 10, price: str = "34.50") -> Product:
    return Product(number, ProductKind.RENTAL, Words("Tube", "عوامة"), sar(price), 1500, "kayak", "rentals")
