"""Records to text and back; hostile text is refused, never half read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import codec
from domain import operation as op
from domain.catalogue import StationInfo, Words
from domain.envelope import Envelope
from domain.errors import Code, Refused
from domain.money import Money
from domain.staff import ROLES, Permission, check_pin, may

GATE = Words("Gate 1", "البوابة 1")
SAMPLES: list[op.Operation] = [
    op.ShiftOpened("s", Money(50000, "SAR"), (op.Piece(10000, 5),)),
    op.CashMoved("m", "s", "drop", Money(20000, "SAR"), "safe", "huda"),
    op.CardAsked("a", "charge", "sale", Money(30000, "SAR"), "PIN-01"),
    op.GuestAdmitted("a", "t", 1, 7, datetime(2026, 11, 26, tzinfo=UTC).date(), GATE, False),
    op.RecordSaved("product", "1", 1, "", "{}"),
]


@pytest.mark.parametrize("operation", SAMPLES)
def test_an_operation_reads_back_the_same(operation: op.Operation) -> None:
    text = codec.dumps(operation)
    assert codec.loads(type(operation), text) == operation
    assert codec.dumps(codec.loads(type(operation), text)) == text


def test_a_gate_that_was_stored_with_one_name_has_it_in_both_languages() -> None:
    text = codec.dumps(SAMPLES[3])
    both = '{"ar":"البوابة 1","en":"Gate 1"}'
    assert both in text
    old = codec.loads(op.GuestAdmitted, text.replace(both, '"Gate 1"'))
    assert old.gate == Words("Gate 1", "Gate 1")
    station = '{"gate":"Gate 1","label":{"ar":"a","en":"b"},"name":"LK1","places":[],"station_id":"lk1"}'
    assert codec.loads(StationInfo, station).gate == Words("Gate 1", "Gate 1")
    assert codec.loads(StationInfo, station.replace('"Gate 1"', '""')).gate == Words("", "")


@pytest.mark.parametrize("name", ["1", "null", "[]", '{"en":"Gate 1"}', '{"en":1,"ar":"a"}', '"a\\u0000b"'])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        codec.loads(Words, name)


BROKEN = [
    "", "null", "[]", "{}", '{"shift_id":1}', "[" * 10_000,
    '{"shift_id":"s","opening":[1.5,"SAR"],"pieces":[]}',
    '{"shift_id":"s","opening":[true,"SAR"],"pieces":[]}',
    '{"shift_id":"s","opening":[1,"ZZZ"],"pieces":[]}',
    '{"shift_id":"s","opening":[1,"SAR"],"pieces":[],"more":1}',
    '{"shift_id":"s","opening":[1,"SAR"],"pieces":[{"note":1}]}',
    '{"shift_id":"s","opening":[9223372036854775808,"SAR"],"pieces":[]}',
    '{"shift_id":"s","opening":[1,"SAR"],"pieces":[{"note":1e400,"count":1}]}',
    '{"shift_id":"a\\u0000b","opening":[1,"SAR"],"pieces":[]}',
    '{"shift_id":"a\\ud800b","opening":[1,"SAR"],"pieces":[]}',
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_broken_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.loads(op.ShiftOpened, text)
    assert refused.value.code is Code.OPERATION_INVALID


def envelope(**changes: object) -> Envelope:
    values: dict[str, object] = {
        "op_id": "1", "kind": "ShiftOpened", "version": 1, "station_id": "pos1", "incarnation": 1, "staff_id": "reem",
        "shift_id": "s", "device_at": datetime(2026, 11, 26, 7, tzinfo=UTC), "offset_ms": 0,
        "public": codec.dumps(SAMPLES[0]),
    }  # fmt: skip
    return Envelope(**(values | changes))  # type: ignore[arg-type]


@given(
    st.sampled_from(["op_id", "kind", "station_id", "staff_id", "shift_id", "public", "private_digest"]),
    st.text(min_size=1),
)
def test_the_hash_covers_everything_that_was_said(field: str, text: str) -> None:
    before = envelope()
    changed = envelope(**{field: text})
    assert (before.digest() == changed.digest()) == (getattr(before, field) == text)


def test_private_words_can_be_erased_without_breaking_the_hash() -> None:
    assert (
        envelope(private="name", private_digest="d").digest()
        == envelope(private="", private_digest="d").digest()
    )


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-26T07:00:00", "soon"]
)
def test_a_time_of_another_age_is_refused(text: str) -> None:
    whole = codec.dumps(envelope()).replace("2026-11-26T07:00:00.000Z", text)
    with pytest.raises(Refused):
        codec.loads(Envelope, whole)


def test_an_unknown_kind_or_a_later_version_is_refused() -> None:
    for changes in ({"kind": "Mystery"}, {"version": 99}):
        with pytest.raises(Refused):
            envelope(**changes).operation()


def test_permissions_are_one_table() -> None:
    assert may("cashier", Permission.SELL)
    assert not may("cashier", Permission.APPROVE_VOID)
    assert not may("gate", Permission.SELL)
    assert not may("nobody", Permission.SELL)
    assert {right for right in Permission if not may("supervisor", right)} == {
        Permission.REFUND_OWN_SALE,
        Permission.ERASE_GUEST,
    }
    assert set(ROLES) >= {"cashier", "gate", "supervisor"}


@pytest.mark.parametrize("pin", ["", "123", "1234", "4321", "1111", "123456789", "12a4", "١٢٣٥", "12 4"])
def test_weak_pins_are_refused(pin: str) -> None:
    with pytest.raises(Refused):
        check_pin(pin)


def test_good_pins_pass() -> None:
    for pin in ("2580", "1470", "95130", "13572468"):
        check_pin(pin)
