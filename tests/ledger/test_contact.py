"""Numbers and addresses in one spelling, however they were typed."""

import pytest

from domain.errors import Code, Refused
from ledger.contact import email_of, is_mobile, phone_of, shown_phone


@pytest.mark.parametrize(
    "typed",
    ["0551234567", "551234567", "966551234567", "+966551234567", "00966551234567", "٠٥٥١٢٣٤٥٦٧", "۰۵۵۱۲۳۴۵۶۷",
     " 055 123 4567 ", "055-123-4567", "+966 (55) 123-4567", "055\u2013123\u20134567",
     "055\u2011123\u20114567", "tel:+966551234567", "TEL:+966-55-123-4567", "\u200e+966551234567"],
)  # fmt: skip
def test_every_spelling_of_a_number_is_the_same_number(typed: str) -> None:
    assert phone_of(typed) == "+966551234567"
    assert is_mobile(phone_of(typed))


def test_numbers_of_other_countries_and_of_houses() -> None:
    assert phone_of("+44 7911 123456") == "+447911123456"
    assert not is_mobile(phone_of("0112345678"))
    assert shown_phone("+966551234567") == "+966 55 123 4567"
    assert phone_of("") == phone_of("  ") == ""


@pytest.mark.parametrize("typed", ["1", "05512345", "055123456789", "abc", "+", "++966551234567x", "٠٠٠"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        phone_of(typed)
    assert refused.value.code is Code.PHONE_INVALID


@pytest.mark.parametrize(
    ("typed", "address"),
    [(" Sara@Example.COM ", "sara@example.com"), ("a@شركة.السعودية", "a@شركة.السعودية"), ("", "")],
)
def test_an_address_is_kept_as_it_is_reached(typed: str, address: str) -> None:
    assert email_of(typed) == address


@pytest.mark.parametrize("typed", ["sara", "sara@", "@x.com", "a b@x.com", "a@b@c.com", "sara@example"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        email_of(typed)
    assert refused.value.code is Code.EMAIL_INVALID
