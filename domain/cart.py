"""The cart: immutable lines with VAT-inclusive prices, changed only by the functions here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain import discount
from domain.catalogue import Product, ProductKind, Session
from domain.discount import Discount, Reduced
from domain.errors import Code, Refused
from domain.membership import SeenMembership
from domain.money import LARGEST_MINOR, Money, total
from domain.vat import VatLine, summary

MOST_OF_A_LINE = 200
MOST_OF_A_SALE = 500  # tickets, and lines: what one booking may hold


@dataclass(frozen=True, slots=True)
class CartLine:
    """`unit` is the list price a piece when the line was made; `session` is set exactly for products that take
    places."""

    line_id: str
    product: Product
    session: Session | None
    quantity: int
    unit: Money

    @property
    def gross(self) -> Money:
        return self.unit * self.quantity

    @property
    def places(self) -> int:
        return self.product.places * self.quantity


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines in the order they were added; all of one currency. `override_id` is a supervisor's yes to sell places
    that this station does not hold, `allowed` of which session how many in all. `booking_id`: it was booked ahead,
    with the ids of the tickets that were `kept`; its lines have the ids of the charges.
    `discount_by` let `discounts` be given beyond the limit of who sells. `seen` are the memberships that the guest
    showed."""

    currency: str
    lines: tuple[CartLine, ...] = ()
    override_id: str = ""
    booking_id: str = ""
    kept: tuple[str, ...] = ()
    discounts: tuple[Discount, ...] = ()
    discount_by: str = ""
    allowed: tuple[tuple[int, int], ...] = ()
    seen: tuple[SeenMembership, ...] = ()

    @property
    def items(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def tickets(self) -> int:
        return sum(line.quantity for line in self.lines if line.product.kind is ProductKind.TICKET)

    @property
    def scarce(self) -> int:
        """Tickets, and goods of which there are so many a day."""
        return self.tickets + sum(line.quantity for line in self.lines if line.product.per_day)

    def places_in(self, session_number: int) -> int:
        """How many places of that session the cart wants."""
        return sum(
            line.places for line in self.lines if line.session and line.session.number == session_number
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """What the cart comes to: `gross = net + vat`."""

    gross: Money
    net: Money
    vat: Money
    vat_lines: tuple[VatLine, ...]


def totals(cart: Cart) -> Totals:
    lines = summary(paid_lines(cart))
    gross = total((line.gross for line in lines), cart.currency)
    tax = total((line.vat for line in lines), cart.currency)
    return Totals(gross, gross - tax, tax, lines)


def paid_lines(cart: Cart) -> Sequence[tuple[Money, int]]:
    """What each line comes to after discounts, with its VAT rate in basis points."""
    if cart.discounts:
        return reduced(cart).lines
    return [(line.gross, line.product.vat_rate) for line in cart.lines]


def listed(cart: Cart) -> tuple[discount.Line, ...]:
    """The lines at their list prices, for `domain.discount`."""
    return tuple(
        discount.Line(line.line_id, line.unit, line.quantity, line.product.vat_rate) for line in cart.lines
    )


def reduced(cart: Cart) -> Reduced:
    """What the discounts took from which line, of a cart that has lines."""
    return discount.apply(listed(cart), cart.discounts)


def discounted(cart: Cart, given: Discount) -> Cart:
    """The cart with one more discount; refuses as `discount.apply` does, and `cart_empty`."""
    if not cart.lines:
        raise Refused(Code.CART_EMPTY)
    new = replace(cart, discounts=(*cart.discounts, given))
    reduced(new)
    return new


def undiscounted(cart: Cart, discount_id: str) -> Cart:
    """The cart without that discount; without any, nobody's yes is needed."""
    left = tuple(each for each in cart.discounts if each.discount_id != discount_id)
    return replace(cart, discounts=left, discount_by=cart.discount_by if left else "")


def add(cart: Cart, product: Product, session: Session | None, *, line_id: str) -> Cart:
    """One more of `product`; joins a line of the same product, session and price, else starts one under `line_id`.

    Refuses as `check_session` and `set_quantity` do.
    """
    check_session(product, session)
    wanted = session if product.places else None
    for line in cart.lines:
        if (line.product.number, line.session, line.unit) == (product.number, wanted, product.price):
            return set_quantity(cart, line.line_id, line.quantity + 1)
    line = CartLine(line_id, product, wanted, 1, product.price)
    return check_size(replace(cart, lines=(*cart.lines, line)))


def set_quantity(cart: Cart, line_id: str, quantity: int) -> Cart:
    """Sets a line's quantity; 0 removes it. Refuses `quantity_range` outside 0..200, and what would make the sale too
    large as `check_size` does; less is always possible."""
    if not 0 <= quantity <= MOST_OF_A_LINE:
        raise Refused(Code.QUANTITY_RANGE, most=MOST_OF_A_LINE)
    lines = (replace(line, quantity=quantity) if line.line_id == line_id else line for line in cart.lines)
    changed = _fitting(replace(cart, lines=tuple(line for line in lines if line.quantity)))
    return check_size(changed) if changed.items > cart.items else changed


def _fitting(cart: Cart) -> Cart:
    """Without the discounts of lines that went, and without amounts that are more than is left of the price."""
    ids = {line.line_id for line in cart.lines}
    found = replace(cart, discounts=(), discount_by="")
    for each in cart.discounts:
        if ids and each.line_id in ids | {""}:
            try:
                found = discounted(found, each)
            except Refused:
                continue
    return replace(found, discount_by=cart.discount_by if found.discounts else "")


def asked_anew(before: Cart, after: Cart) -> Cart:
    """`after`, without the second person's yes where more goes off than when it was given."""
    more = after.discount_by and reduced(after).off > reduced(before).off
    return replace(after, discount_by="") if more else after


def dropped(before: Cart, after: Cart) -> tuple[Discount, ...]:
    """The discounts that went because of other lines, though what they were for is there still."""
    ids = {line.line_id for line in after.lines}
    if before.lines == after.lines or not ids:
        return ()
    gone = (each for each in before.discounts if each not in after.discounts)
    return tuple(each for each in gone if each.line_id in ids | {""})


def unseen(cart: Cart) -> tuple[str, ...]:
    """The plans that its products are for and of which no card was seen; none for what was booked ahead, of which the
    server decided."""
    if cart.booking_id:
        return ()
    seen = {each.plan for each in cart.seen}
    wanted = dict.fromkeys(line.product.membership for line in cart.lines if line.product.membership)
    return tuple(plan for plan in wanted if plan not in seen)


def seen_for(cart: Cart) -> tuple[SeenMembership, ...]:
    """What was seen for products that are still in it."""
    wanted = {line.product.membership for line in cart.lines}
    return tuple(each for each in cart.seen if each.plan in wanted)


def check_size(cart: Cart) -> Cart:
    """The cart, if it can be booked and paid as one sale; refuses `sale_too_large` for more than 500 tickets or lines,
    or more money than one record can name."""
    gross = total((line.gross for line in cart.lines), cart.currency)
    if max(cart.tickets, len(cart.lines)) > MOST_OF_A_SALE or gross.minor > LARGEST_MINOR:
        raise Refused(Code.SALE_TOO_LARGE, most=MOST_OF_A_SALE)
    return cart


def check_sold(product: Product, wanted: int, had: int = 0) -> None:
    """Refuses `product_withdrawn`, with what, where so many are `wanted` of what is not sold any more, and that is more
    than there were before."""
    if product.withdrawn and wanted > had:
        raise Refused(Code.PRODUCT_WITHDRAWN, what_en=product.name.en, what_ar=product.name.ar)


def check_number(product: Product, wanted: int, taken: int) -> None:
    """Refuses `goods_full`, with what and how many are left, when more of a product is wanted than there is on a day of
    which `taken` are taken by others."""
    left = max(0, product.per_day - taken)
    if product.per_day and wanted > left:
        raise Refused(Code.GOODS_FULL, left=left, what_en=product.name.en, what_ar=product.name.ar)


def check_session(product: Product, session: Session | None) -> None:
    """Refuses `session_needed` for what takes places where none is given, or one of another activity."""
    if product.places and (session is None or session.activity_id != product.activity_id):
        raise Refused(Code.SESSION_NEEDED, product=product.name.en)


def check_places(cart: Cart, session: Session, sold: int) -> None:
    """Refuses `capacity_full` when the cart wants more places of `session` than are left after `sold`."""
    wanted, left = cart.places_in(session.number), session.capacity - sold
    if wanted > left:
        raise Refused(Code.CAPACITY_FULL, left=max(left, 0), wanted=wanted, session=session.number)
