"""What of a sale can go back, and what goes back of what somebody chooses: the same at the station that shows it and at
the server that decides.

A ticket is a piece of its charge. Pieces that were used, or moved, and those that were not are quoted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from domain.errors import Code, Refused
from domain.money import Money, spread, total
from domain.operation_refund import GivenUp
from domain.operation_till import BookedLine
from domain.policy import Asked, Back, Cause, Given, Moved, Policy, Quote
from domain.quoting import Piece, quote_pieces
from domain.refund import Paid, Part, Reason, plan
from domain.refund_price import price_of

_CAUSES = {Reason.WEATHER: Cause.WEATHER, Reason.VENUE_CLOSED: Cause.VENUE, Reason.REJECTED: Cause.VENUE}


@dataclass(frozen=True, slots=True)
class TicketHeld:
    """A ticket of a charge; `gone`: it ended already. `used`: its guest came in. `starts_at`: its session does, where
    that is another than its charge's; by `moves` it, and those in whose place it is, came there."""

    ticket_id: str
    session: int
    used: bool = False
    gone: bool = False
    starts_at: datetime | None = None
    moves: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargeHeld:
    """A charge as it stands: `pieces_back` were given up; a refund `open_ask` of it is not over. `rest` is what the
    others cost together, where money went back while they stayed."""

    line: BookedLine
    policy: Policy
    revision: int
    starts_at: datetime
    tickets: tuple[TicketHeld, ...] = ()
    pieces_back: int = 0
    rest: Money | None = None
    open_ask: str = ""

    @property
    def pieces(self) -> int:
        """How many can still go back."""
        if self.tickets:
            return sum(not each.gone for each in self.tickets)
        return max(0, self.line.quantity - self.pieces_back)

    def price(self, first: int, pieces: int) -> Money:
        """Of so many pieces of those that can go back, after the `first`."""
        return price_of(self.line, self.pieces, range(first, first + pieces), self.rest)


@dataclass(frozen=True, slots=True)
class SaleHeld:
    """A paid sale as it stands. `number` and `issued_day` are those of its invoice, where that is known; `beyond` are
    minor units that came in for its booking beyond what that cost, as where two tills were paid for it: they can go
    back whatever still stands."""

    sale_id: str
    booking_id: str
    day: date
    station_id: str
    seller_id: str
    number: str
    issued_day: str
    voided: bool
    charges: tuple[ChargeHeld, ...]
    payments: tuple[Paid, ...]
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Goods:
    """So many pieces of a charge that has no tickets. None of any charge: money goes back for it, and all of it
    stays."""

    charge_id: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What is given up, or what money goes back for while it stays."""

    tickets: tuple[str, ...] = ()
    goods: tuple[Goods, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether nothing ends by it."""
        return bool(self.goods) and not self.tickets and not any(each.pieces for each in self.goods)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a station asks for. `seen` is what the policies gave when it was shown, `amount` what is to go back."""

    sale_id: str
    choice: Choice
    reason: Reason
    note: str
    amount: Money
    seen: Money


@dataclass(frozen=True, slots=True)
class When:
    now: datetime
    zone: tzinfo
    reason: Reason


@dataclass(frozen=True, slots=True)
class Offer:
    """What goes back: `amount` of it, of which the policies give `allowed`; `parts` say from which payment. `fee` is
    what stays by the policies."""

    amount: Money
    allowed: Money
    price: Money
    fee: Money
    quotes: tuple[Quote, ...]
    lines: tuple[GivenUp, ...]
    parts: tuple[Part, ...]
    tickets: tuple[str, ...]
    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What quotes come to: the `price` of what is given up, of which the policies give `allowed`."""

    price: Money
    allowed: Money

    @property
    def fee(self) -> Money:
        """What stays by the policies."""
        return self.price - self.allowed


def sums_of(quotes: Iterable[Quote], currency: str) -> Sums:
    """As they are worked out, and as they were kept with what was asked for."""
    listed = tuple(quotes)
    return Sums(
        total((each.total for each in listed), currency), total((each.refund for each in listed), currency)
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Pieces of one charge, of which some are tickets."""

    charge: ChargeHeld
    pieces: int
    tickets: tuple[TicketHeld, ...] = ()

    @property
    def used(self) -> bool:
        return any(each.used for each in self.tickets)


def offer(sale: SaleHeld, choice: Choice, when: When, amount: Money | None = None) -> Offer:
    """What goes back of `choice`: `amount`, or what the policies give.

    For what stays the policies give nothing; of what came in beyond what it cost all can go back, also where it was
    given up meanwhile. Refuses `void_already`, `refund_gone` for what is not there (any more),
    `refund_open` for a charge of which a refund is not over, `refund_ticket_used` where nothing can go back since its
    guest came in, `refund_nothing` where the policies give nothing and no amount is said, `not_money`, and
    `refund_too_much` for more than is left of its price or than its payments still have.
    """
    if sale.voided:
        raise Refused(Code.VOID_ALREADY)
    chosen = list(_chosen(sale, choice))
    currency = sale.charges[0].line.gross.currency
    quotes = _quotes(chosen, when)
    sums = sums_of(quotes, currency)
    wanted = sums.allowed if amount is None else amount
    if wanted.minor <= 0:
        raise _nothing(chosen) if amount is None else Refused(Code.NOT_MONEY, text=wanted.decimal())
    price = _most(sale, chosen) if choice.stays else total(map(_price, chosen), currency)
    if wanted > price:
        raise Refused(Code.REFUND_TOO_MUCH, most=price.decimal())
    tickets = tuple(each for part in chosen for each in part.tickets)
    return Offer(
        wanted, sums.allowed, price, sums.fee, quotes, _lines(chosen, quotes, (wanted, sums.allowed)),
        plan(wanted, sale.payments), tuple(each.ticket_id for each in tickets),
        tuple(sorted({each.session for each in tickets if each.session})),
    )  # fmt: skip


def kept_whole(sale: SaleHeld, when: When) -> Money:
    """What all that stands of a sale costs, of which the policies give nothing back: it ends without a refund.

    Refuses `void_already`, `refund_gone` where nothing stands, `refund_ticket_used` once somebody came in,
    `refund_open` while a refund of it is not over, and `refund_due` where the policies give something.
    """
    if sale.voided:
        raise Refused(Code.VOID_ALREADY)
    if any(each.used for charge in sale.charges for each in charge.tickets):
        raise Refused(Code.REFUND_TICKET_USED)
    chosen = list(_chosen(sale, all_that_stands(sale)))
    currency = sale.charges[0].line.gross.currency
    if sums_of(_quotes(chosen, when), currency).allowed:
        raise Refused(Code.REFUND_DUE)
    return total(map(_price, chosen), currency)


def _most(sale: SaleHeld, chosen: Iterable[_Chosen]) -> Money:
    """What can go back while all stays: what it costs, or what came in beyond that as far as it was invoiced."""
    parts, currency = tuple(chosen), sale.charges[0].line.gross.currency
    invoiced = sum(part.charge.line.gross.minor for part in parts)
    left = total(map(_price, parts), currency)
    return max(left, Money(min(sale.beyond, invoiced), currency))


def _nothing(chosen: Iterable[_Chosen]) -> Refused:
    """Why the policies give nothing."""
    return Refused(Code.REFUND_TICKET_USED if any(part.used for part in chosen) else Code.REFUND_NOTHING)


def all_that_stands(sale: SaleHeld) -> Choice:
    """All of a sale that can still go back."""
    tickets = (each for charge in sale.charges for each in charge.tickets if not each.gone)
    plain = (charge for charge in sale.charges if not charge.tickets and charge.pieces)
    return Choice(
        tuple(each.ticket_id for each in tickets),
        tuple(Goods(charge.line.charge_id, charge.pieces) for charge in plain),
    )


def _chosen(sale: SaleHeld, choice: Choice) -> Iterator[_Chosen]:
    """Each charge once, in the sale's order."""
    goods = {each.charge_id: each.pieces for each in choice.goods}
    wanted, found = set(choice.tickets), set[str]()
    for charge in sale.charges:
        tickets = tuple(each for each in charge.tickets if each.ticket_id in wanted and not each.gone)
        is_named = charge.line.charge_id in goods and (choice.stays or not charge.tickets)
        pieces = goods.pop(charge.line.charge_id) if is_named else 0
        found |= {each.ticket_id for each in tickets}
        if tickets or pieces or (is_named and choice.stays):
            again = choice.stays and sale.beyond > 0
            yield _Chosen(_free(charge, pieces, again=again), len(tickets) + pieces, tickets)
    if goods or wanted - found or not (choice.tickets or choice.goods):
        raise Refused(Code.REFUND_GONE)


def _free(charge: ChargeHeld, pieces: int, *, again: bool) -> ChargeHeld:
    """The charge, if that much of it is there, or it was paid `again`, and no other refund of it is under way."""
    if not 0 <= pieces <= charge.pieces or not (charge.pieces or again):
        raise Refused(Code.REFUND_GONE)
    if charge.open_ask:
        raise Refused(Code.REFUND_OPEN)
    return charge


def _quotes(chosen: Iterable[_Chosen], when: When) -> tuple[Quote, ...]:
    return quote_pieces(piece for part in chosen for piece in _pieces(part, when))


def _pieces(part: _Chosen, when: When) -> Iterator[Piece]:
    """Those of the same terms with what they cost; without what is free."""
    charge, first = part.charge, 0
    for asked, pieces in _alike(part, when).items():
        gross = charge.price(first, pieces)
        first += pieces
        if gross:
            yield Piece(charge.policy, charge.revision, asked, Given(charge.line.charge_id, gross))


def _alike(part: _Chosen, when: When) -> Counter[Asked]:
    """So many pieces of each terms; those that nobody used come first."""
    start, plain = part.charge.starts_at, part.pieces - len(part.tickets)
    unused = Asked(when.now, start, when.zone, _CAUSES.get(when.reason, Cause.GUEST))
    found = Counter({unused: plain} if plain else {})
    for each in sorted(part.tickets, key=lambda ticket: ticket.used):
        moves = () if each.used else each.moves
        found[replace(unused, starts_at=each.starts_at or start, checked_in=each.used, moves=moves)] += 1
    return found


def _price(part: _Chosen) -> Money:
    """Of what is given up; of what stays, of all that is left of it."""
    pieces = part.pieces or part.charge.pieces
    return part.charge.price(0, pieces) if pieces else part.charge.line.gross.zero


def _lines(
    chosen: list[_Chosen], quotes: tuple[Quote, ...], sums: tuple[Money, Money]
) -> tuple[GivenUp, ...]:
    """The amount over the charges: as the policies give it, or, where another amount was asked for, by their prices."""
    wanted, allowed = sums
    if wanted == allowed:
        backs = [back for each in quotes for back in each.lines]
        shares = [_of(backs, part.charge.line.charge_id, wanted) for part in chosen]
    else:
        prices = [_price(part).minor for part in chosen]
        if sum(prices) < wanted.minor:  # it was paid twice: by the invoice, for pieces may have been given up
            prices = [part.charge.line.gross.minor for part in chosen]
        minors = spread(wanted.minor, [wanted.minor * each for each in prices], sum(prices))
        shares = [Money(minor, wanted.currency) for minor in minors]
    pairs = zip(chosen, shares, strict=True)
    return tuple(
        GivenUp(part.charge.line.charge_id, part.pieces, share)
        for part, share in pairs
        if part.pieces or share
    )


def _of(backs: list[Back], charge_id: str, like: Money) -> Money:
    return total((back.gross for back in backs if back.charge_id == charge_id), like.currency)
