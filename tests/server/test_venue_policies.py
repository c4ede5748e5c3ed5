"""Cancellation policies in a venue file: read as they are meant, and every mistake told."""

from __future__ import annotations

import tomllib

import pytest

from domain.money import Money
from domain.policy import Policy, Tier
from server.toml_entry import Entry
from server.venue_policies import read_policy

_NAME = 'id = "day"\nname.en = "Day"\nname.ar = "يوم"\n'


def read(text: str) -> tuple[Policy, list[tuple[str, str]]]:
    entry = Entry(tomllib.loads(_NAME + text))
    policy = read_policy(entry, "SAR")
    entry.nothing_else()
    return policy, entry.mistakes


def test_shares_and_fees_are_read_as_they_are_written() -> None:
    policy, mistakes = read('tiers = ["48h 100%", "2h 50% 10.00"]\nsame_day = 10\nmost_fee = "20.00"\n')
    assert mistakes == []
    assert policy.tiers == (Tier(48, 10000, Money(0, "SAR")), Tier(2, 5000, Money(1000, "SAR")))
    assert (policy.same_day, policy.weather, policy.most_fee) == (1000, 10000, Money(2000, "SAR"))
    assert (policy.non_refundable, policy.least_fee) == (False, None)


def test_a_policy_without_tiers_gives_nothing_back_by_itself() -> None:
    policy, mistakes = read("")
    assert mistakes == []
    assert (policy.tiers, policy.same_day, policy.no_show) == ((), None, 0)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('tiers = ["soon 50%"]\n', "tiers"),
        ('tiers = ["2h 50% ten"]\n', "tiers"),
        ('tiers = ["2h 150%"]\n', "tiers"),
        ('tiers = ["2h 50%", "48h 100%"]\n', "tiers"),
        ("same_day = 101\n", "same_day"),
        ('least_fee = "5.00"\nmost_fee = "1.00"\n', ""),
        ("refund = 5\n", "refund"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, key: str) -> None:
    _, mistakes = read(text)
    assert [where for where, _ in mistakes] == [key]


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_key_of_before_is_told_to_be_none_any_more(value: str) -> None:
    _, [(key, what)] = read(f"fees_back = {value}\n")
    assert (key, what) == (
        "fees_back",
        "fees_back is no key any more: nothing is sold as a fee for the booking itself; take this line out",
    )
