"""Card numbers out of any text: 13 to 19 digits that pass the card check, written together or in groups, in
Western or Arabic digits. The last four stay. Logs, drivers and
whatever people type pass through here.
"""

from __future__ import annotations

import re

_DIGITS = "0-9٠-٩۰-۹"
_GROUPED = re.compile(f"[{_DIGITS}]+(?:[ \u00a0\u2009.\u2010-\u2013-]{{1,2}}[{_DIGITS}]+)*")
_GROUP = re.compile(f"[{_DIGITS}]+")
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SHORTEST, _LONGEST = 13, 19
_STAR = "*"


def redact(text: str) -> str:
    """`text` with all but the last four digits of each card number as stars. Numbers that cannot be cards
    (RRNs of 12 digits, times in milliseconds, ids) stay as they are."""
    return _GROUPED.sub(lambda match: _without_cards(match[0]), text)


def _without_cards(run: str) -> str:
    """A run of groups: from each group on, the longest stretch of whole groups that is a card number goes."""
    groups = list(_GROUP.finditer(run))
    first = 0
    while first < len(groups):
        last = _card_end(groups, first)
        if last < 0:
            first += 1
            continue
        start, end = groups[first].start(), groups[last].end()
        run = run[:start] + _masked(run[start:end]) + run[end:]
        first = last + 1
    return run


def _card_end(groups: list[re.Match[str]], first: int) -> int:
    """The last group of the longest card number that starts at `first`, -1 when none does."""
    digits, found = "", -1
    for index in range(first, len(groups)):
        digits += groups[index][0].translate(_WESTERN)
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and _is_card(digits):
            found = index
    return found


def _is_card(digits: str) -> bool:
    """Issuers begin with 2 to 6; the check is Luhn's."""
    if digits[0] not in "23456":
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _masked(number: str) -> str:
    places = [place for place, letter in enumerate(number) if letter.translate(_WESTERN).isdecimal()]
    hidden = frozenset(places[:-4])
    return "".join(_STAR if place in hidden else letter for place, letter in enumerate(number))
