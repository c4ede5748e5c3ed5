"""Phone numbers and e-mail addresses in one spelling each, however they were typed or pasted."""

from __future__ import annotations

import re
from dataclasses import replace

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from domain.errors import Code, Refused
from domain.fold import fold
from domain.guest import Guest

HOME = "SA"
_PHONE = re.compile(r"(\+\d{3})\d*(\d{4})")
_HIDDEN = "•••"
_WRITTEN = re.compile(r"\+?[\d() ./\-]+")
_MARKS = dict.fromkeys(
    (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)  # of direction: pasted along
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D), "-")


def phone_of(typed: str, region: str = HOME) -> str:
    """E.164 (`+966551234567`) of a number as people write it: with or without the country, in any digits. A number
    without a country is of `region`. Refuses `phone_invalid`; empty stays empty."""
    bare = fold(typed.translate(_MARKS | _DASHES)).removeprefix("tel:")
    if not bare:
        return ""
    if not _WRITTEN.fullmatch(bare):
        raise Refused(Code.PHONE_INVALID)
    for each in (bare, f"+{bare}"):  # 966551234567 is meant with its country
        try:
            number = phonenumbers.parse(each, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise Refused(Code.PHONE_INVALID)


def is_mobile(phone: str) -> bool:
    """Whether a short message can reach the number (E.164)."""
    kind = phonenumbers.number_type(phonenumbers.parse(phone))
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def email_of(typed: str) -> str:
    """The address in its normal form, in small letters; nothing is asked of the network. Refuses `email_invalid`; empty
    stays empty."""
    bare = typed.translate(_MARKS).strip()
    if not bare:
        return ""
    try:
        return validate_email(bare, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Refused(Code.EMAIL_INVALID) from None


def shown_phone(phone: str) -> str:
    """As people of the number's country read it, with the country: `+966 55 123 4567`."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return phone


def masked(address: str) -> str:
    """`f•••@example.com`, `+966•••4567`; enough to recognise an address that one knows."""
    name, at, host = address.rpartition("@")
    if at:
        return f"{name[:1]}{_HIDDEN}@{host}"
    phone = _PHONE.fullmatch(address)
    return f"{phone[1]}{_HIDDEN}{phone[2]}" if phone else _HIDDEN


def hidden(guest: Guest) -> Guest:
    """The guest with their contacts masked, for who may not read them whole."""
    phone, email = (masked(value) if value else "" for value in (guest.phone, guest.email))
    return replace(guest, phone=phone, email=email, verified=frozenset(map(masked, guest.verified)))


def contact_on(channel: str, guest: Guest) -> str:
    """Where a guest is reached by `mail` or `sms`; empty where they are not."""
    if channel == "mail":
        return guest.email
    return guest.phone if guest.phone and is_mobile(guest.phone) else ""


def reach(guest: Guest) -> tuple[str, str]:
    """How a guest is told something, and where: by `mail` if there is an address, else by `sms` to a mobile phone;
    two empty texts where nothing reaches them."""
    ways = ((channel, contact_on(channel, guest)) for channel in ("mail", "sms"))
    return next((way for way in ways if way[1]), ("", ""))
