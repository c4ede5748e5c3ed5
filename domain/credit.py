"""What a credit note says: lines of the invoice that go back whole or in part, and their VAT.

VAT is taken by cumulative difference: what is contained in all that was ever credited, less what earlier notes said.
Taken note by note it drifts: 100.00 in three parts gave 13.05 of 13.04.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money, spread, total
from domain.operation_till import BookedLine
from domain.policy import Back
from domain.receipt import ReceiptLine
from domain.vat import BASIS, VatLine, inside


@dataclass(frozen=True, slots=True)
class Credited:
    """What earlier credit notes of a sale say at one VAT rate, together."""

    rate: int
    gross: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A part of a charge that goes back; all amounts positive, `vat` is inside `gross`."""

    charge: BookedLine
    gross: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice that is credited: its `number` and `day` (ISO), and its charges."""

    number: str
    day: str
    charges: tuple[BookedLine, ...]


@dataclass(frozen=True, slots=True)
class CreditNote:
    """The figures of a credit note, positive; `gross = net + vat`, and so for each rate."""

    original_number: str
    original_day: str
    reason: Words
    lines: tuple[CreditLine, ...]
    vat_lines: tuple[VatLine, ...]
    gross: Money
    net: Money
    vat: Money


def credit_note(
    original: Original, back: Iterable[Back], before: Sequence[CreditLine], *, reason: Words
) -> CreditNote:
    """The note over `back`; `before` are the lines of earlier notes of this invoice.

    Refuses `reason_needed`, `credit_no_original` without number or day, `not_money` for nothing or less, and
    `refund_too_much` for more of a charge than is left. Raises KeyError for a charge that is not of the invoice.
    """
    if not (reason.en.strip() and reason.ar.strip()):
        raise Refused(Code.REASON_NEEDED)
    if not (original.number.strip() and original.day.strip()):
        raise Refused(Code.CREDIT_NO_ORIGINAL)
    pairs = _pairs(original, back, before)
    earlier = credited(before)
    taxed = [(gross, charge.rate) for charge, gross in pairs]
    vat_lines = summary(taxed, earlier)
    shares = by_line(taxed, earlier)
    lines = tuple(CreditLine(charge, gross, vat) for (charge, gross), vat in zip(pairs, shares, strict=True))
    gross = total((line.gross for line in vat_lines), taxed[0][0].currency)
    vat = total((line.vat for line in vat_lines), gross.currency)
    return CreditNote(original.number, original.day, reason, lines, vat_lines, gross, gross - vat, vat)


def vat_back(gross: Money, rate: int, before: Credited | None) -> Money:
    """The VAT of `gross` at `rate` when `before` was credited already."""
    if before is None:
        return inside(gross, rate)
    return inside(before.gross + gross, rate) - before.vat


def credited(lines: Iterable[CreditLine]) -> dict[int, Credited]:
    """By rate, what the lines of earlier notes come to."""
    result: dict[int, Credited] = {}
    for line in lines:
        so_far = result.get(line.charge.rate, Credited(line.charge.rate, line.gross.zero, line.gross.zero))
        result[so_far.rate] = Credited(so_far.rate, so_far.gross + line.gross, so_far.vat + line.vat)
    return result


def summary(lines: Sequence[tuple[Money, int]], before: Mapping[int, Credited]) -> tuple[VatLine, ...]:
    """One VatLine a rate, highest rate first, of (gross, rate) that go back."""
    result = []
    for rate in sorted({rate for _, rate in lines}, reverse=True):
        amounts = [gross for gross, line_rate in lines if line_rate == rate]
        gross = total(amounts, amounts[0].currency)
        vat = vat_back(gross, rate, before.get(rate))
        result.append(VatLine(rate, gross, gross - vat, vat))
    return tuple(result)


def by_line(lines: Sequence[tuple[Money, int]], before: Mapping[int, Credited]) -> list[Money]:
    """The VAT of each (gross, rate) that goes back, adding up to that of its rate: largest remainder."""
    result = [gross.zero for gross, _ in lines]
    for whole in summary(lines, before):
        indexes = [i for i, (_, rate) in enumerate(lines) if rate == whole.rate]
        numerators = [lines[i][0].minor * whole.rate for i in indexes]
        for i, share in zip(indexes, spread(whole.vat.minor, numerators, BASIS + whole.rate), strict=True):
            result[i] = Money(share, whole.gross.currency)
    return result


def receipt_lines(note: CreditNote, said: Mapping[str, tuple[Words, str]]) -> tuple[ReceiptLine, ...]:
    """The lines as they are printed: a charge that goes back whole with its quantity, a part as one piece. `said` is
    its name and its second line by the id of a charge; without them it has its own name."""
    return tuple(
        _printed(line, *said.get(line.charge.charge_id, (line.charge.name, ""))) for line in note.lines
    )


def _pairs(
    original: Original, back: Iterable[Back], before: Sequence[CreditLine]
) -> list[tuple[BookedLine, Money]]:
    """Each charge once with what goes back of it, in the invoice's order."""
    charges = {charge.charge_id: charge for charge in original.charges}
    now: dict[str, Money] = {}
    for part in back:
        charge = charges[part.charge_id]
        now[part.charge_id] = now.get(part.charge_id, charge.gross.zero) + part.gross
        if part.gross.minor <= 0:
            raise Refused(Code.NOT_MONEY, text=part.gross.decimal())
    if not now:
        raise Refused(Code.NOT_MONEY, text="")
    for charge_id, gross in now.items():
        earlier = (line.gross for line in before if line.charge.charge_id == charge_id)
        left = charges[charge_id].gross - total(earlier, gross.currency)
        if gross > left:
            raise Refused(Code.REFUND_TOO_MUCH, most=left.decimal())
    return [(charge, now[charge.charge_id]) for charge in original.charges if charge.charge_id in now]


def _printed(line: CreditLine, name: Words, detail: str) -> ReceiptLine:
    charge, whole = line.charge, line.gross == line.charge.gross
    quantity = charge.quantity if whole and charge.gross.minor % charge.quantity == 0 else 1
    unit = Money(line.gross.minor // quantity, line.gross.currency)
    return ReceiptLine(name, detail, quantity, unit, line.gross)
