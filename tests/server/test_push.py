"""Taking operations in: once, in order, never refused for what they say."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.catalogue import Words
from domain.envelope import Envelope
from domain.errors import Code, Refused
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.read_cases import open_cases as open_rows
from ledger.wire import PUSH_MOST, Sent
from server import access
from server import tables as own
from tests.helpers.core import DAY, Core, a_booking, a_sale, an_admission, sar


def rows(core: Core, table: sa.Table) -> int:
    return core.database.look(lambda c: c.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def open_cases(core: Core) -> list[str]:
    found = sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0).order_by(t.case_item.c.kind)
    return core.database.look(lambda c: list(c.execute(found).scalars()))


def test_a_sale_arrives_once_however_often_it_is_sent(core: Core) -> None:
    pos = core.enrol("POS1")
    booked = a_booking(core, tickets=3)
    sent = [pos.sent(booked), pos.sent(a_sale(core, booked))]
    first, second = pos.push(*sent), pos.push(*sent)
    assert [answer.answer for answer in first.answers] == ["applied", "applied"]
    assert [answer.answer for answer in second.answers] == ["duplicate", "duplicate"]
    assert (second.n, second.op_id) == (2, sent[1].envelope.op_id)
    assert [rows(core, table) for table in (t.ticket, t.payment, t.document, own.inbox)][:3] == [3, 1, 1]
    assert rows(core, t.result) == 2


def test_a_gap_is_told_and_nothing_after_it_is_taken(core: Core) -> None:
    pos = core.enrol("POS1")
    late = pos.sent(a_booking(core), n=5)
    reply = pos.push(late)
    assert (reply.state, reply.n, reply.answers) == ("gap", 0, ())
    assert rows(core, t.booking) == 0


def test_another_operation_at_a_taken_number_is_a_fork(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(a_booking(core))
    twin = pos.push(pos.sent(a_booking(core, booking="other"), n=1))
    assert twin.state == "fork"
    assert rows(core, t.booking) == 1


def test_a_copied_station_is_one_case_each_time_it_forks(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(a_booking(core))
    twin = pos.sent(a_booking(core, booking="other"), n=1)
    pos.push(twin)
    pos.push(twin)
    assert open_cases(core) == ["station_copied"]
    core.database.transact(lambda c: access.next_incarnation(c, pos.station))
    pos.push(twin)
    assert open_cases(core) == ["station_copied", "station_copied"]


def test_a_copy_that_was_said_to_be_off_and_goes_on_opens_its_case_again(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(a_booking(core))
    before = pos.sent(a_booking(core, booking="before"))
    pos.push(pos.sent(a_booking(core, booking="other"), n=1))  # of the original
    core.database.transact(lambda c: access.next_incarnation(c, pos.station))
    core.clock.forward(minutes=5)
    settled = {"closed_at": to_ms(core.clock.now()), "closed_by": "huda"}
    core.database.transact(lambda c: c.execute(sa.update(t.case_item).values(**settled)))
    assert pos.push(before).state == "ok"  # was recorded before somebody looked
    assert open_cases(core) == []
    core.clock.forward(minutes=5)
    assert pos.say(a_booking(core, booking="after")).state == "ok"
    assert open_cases(core) == ["station_copied"]


def test_an_operation_known_from_another_stream_moves_the_new_one_on(core: Core) -> None:
    pos = core.enrol("POS1")
    sent = pos.sent(a_booking(core))
    pos.push(sent)
    again = pos.push(replace(sent, n=1), stream="another")
    assert (again.state, again.n, again.answers[0].answer) == ("ok", 1, "duplicate")


def test_another_epoch_is_refused_both_ways(core: Core) -> None:
    pos = core.enrol("POS1")
    reply = pos.push(pos.sent(a_booking(core)), epoch="elsewhere")
    assert (reply.state, reply.epoch) == ("epoch", pos.epoch)
    assert rows(core, t.booking) == 0


def test_what_cannot_be_read_is_set_aside_and_blocks_nothing(core: Core) -> None:
    pos = core.enrol("POS1")
    good = pos.sent(a_booking(core))
    mystery = pos.sent(op.ShiftOpened("s", sar(1), ()))
    mystery = replace(mystery, envelope=replace(mystery.envelope, public="{}"))
    mystery = replace(mystery, digest=mystery.envelope.digest().hex())
    forbidden = pos.sent(op.RecordSaved("product", "1", 1, "", "{}"))
    liar = replace(pos.sent(op.SignedOut("x")), digest="00" * 32)
    last = pos.sent(an_admission("booking-t0", admission="a1"))
    reply = pos.push(good, mystery, forbidden, liar, last)
    assert [answer.answer for answer in reply.answers] == [
        "applied",
        "quarantined",
        "quarantined",
        "quarantined",
        "applied",
    ]
    assert reply.n == 5
    assert open_cases(core).count("quarantined") == 3


def test_the_same_id_with_another_content_is_a_case(core: Core) -> None:
    pos = core.enrol("POS1")
    sent = pos.sent(a_booking(core))
    pos.push(sent)
    other = pos.sent(a_booking(core, booking="other"), op_id=sent.envelope.op_id)
    reply = pos.push(other)
    assert reply.answers[0].answer == "quarantined"
    assert (rows(core, t.booking), open_cases(core)) == (1, ["quarantined"])


@pytest.mark.parametrize("why", ["mismatch", "version 9", "hash"])
def test_what_was_set_aside_tells_its_document_and_amount(core: Core, why: str) -> None:
    """Whether or not this version can read it."""
    pos, sale = core.enrol("POS1"), a_sale(core, a_booking(core), number="POS1-000407")
    sent = pos.sent(sale, n=1)
    if why == "mismatch":
        kept = pos.sent(an_admission("t", admission="a"))
        pos.push(kept)
        sent = pos.sent(sale, op_id=kept.envelope.op_id)
    elif why == "version 9":
        newer = replace(sent.envelope, version=9, public=sent.envelope.public.replace("{", '{"news":1,', 1))
        sent = replace(sent, envelope=newer, digest=newer.digest().hex())
    else:
        sent = replace(sent, digest="0" * 64)
    assert pos.push(sent).answers[0].answer == "quarantined"
    case = next(case for case in core.database.look(open_rows) if case.kind == "quarantined")
    told = dict(read_facts(case.facts))
    assert (told["number"], told["minor"], told["why"][:9]) == ("POS1-000407", "11500", why)


def test_each_other_content_under_one_id_is_kept_and_is_a_case_of_its_own(core: Core) -> None:
    """Also after somebody settled the case of the first one."""
    pos = core.enrol("POS1")
    sent = pos.sent(a_booking(core))
    pos.push(sent)
    others = [a_booking(core, booking=f"other{number}") for number in range(2)]
    cases = []
    for other in others:
        answer = pos.push(pos.sent(other, op_id=sent.envelope.op_id)).answers[0]
        cases += answer.cases
        assert open_cases(core) == ["quarantined"]
        core.database.transact(
            lambda c: c.execute(sa.update(t.case_item).values(closed_at=1, closed_by="huda"))
        )
    assert len(set(cases)) == 2
    kept = core.database.look(lambda c: list(c.execute(sa.select(own.set_aside.c.envelope)).scalars()))
    assert {codec.loads(Envelope, text).operation() for text in kept} == set(others)


def test_the_same_content_set_aside_again_is_the_same_case(core: Core) -> None:
    pos = core.enrol("POS1")
    sent = pos.sent(a_booking(core))
    pos.push(sent)
    other = pos.sent(a_booking(core, booking="other"), op_id=sent.envelope.op_id)
    assert pos.push(other).answers == pos.push(other).answers
    assert (rows(core, own.set_aside), open_cases(core)) == (1, ["quarantined"])


@pytest.mark.parametrize("case", ["in one batch", "open", "settled"])
@pytest.mark.parametrize("spoilt", ["its hash", "on its way", "its station"])
def test_the_good_copy_of_what_was_set_aside_as_not_what_it_claims_is_taken(
    core: Core, spoilt: str, case: str
) -> None:
    pos = core.enrol("POS1")
    good = pos.sent(a_booking(core))
    bad = a_bad_copy(core, good, spoilt)
    before = rows(core, own.inbox)
    if case == "in one batch":
        reply = pos.push(bad, replace(good, n=2))
    else:
        assert pos.push(bad).answers[0].answer == "quarantined"
        if case == "settled":
            closed = sa.update(t.case_item).values(closed_at=1, closed_by="huda")
            core.database.transact(lambda c: c.execute(closed))
        reply = pos.push(good)
    assert (reply.state, reply.answers[-1].answer) == ("ok", "applied")
    assert (rows(core, t.booking), open_cases(core)) == (1, [])
    results = core.database.look(lambda c: list(c.execute(sa.select(t.result.c.answer)).scalars()))
    assert (results, rows(core, own.inbox), rows(core, own.set_aside)) == (["applied"], before + 1, 1)
    assert pos.push(good).answers[0].answer == "duplicate"


def a_bad_copy(core: Core, good: Sent, spoilt: str) -> Sent:
    if spoilt == "its hash":
        return replace(good, digest="00" * 32)
    if spoilt == "on its way":
        other = codec.dumps(a_booking(core, booking="spoilt"))
        return replace(good, envelope=replace(good.envelope, public=other))
    envelope = replace(good.envelope, station_id="pos2")
    return replace(good, envelope=envelope, digest=envelope.digest().hex())


def test_selling_beyond_capacity_is_flagged_and_a_void_closes_the_case(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.yes()
    full = a_booking(core, tickets=core.capacity, booking="full")
    over = a_booking(core, booking="over")
    assert pos.say(full, a_sale(core, full)).answers[0].answer == "applied"
    assert pos.say(over, a_sale(core, over, number="POS1-000002")).answers[0].answer == "flagged"
    assert open_cases(core) == ["over_capacity"]
    sale = a_sale(core, over, number="POS1-000002")
    void = op.SaleVoided(
        "v",
        sale.sale_id,
        "over",
        sale.day,
        "shift",
        "vd",
        "POS1-000003",
        replace(sale.receipt, number="POS1-000003"),
        (op.RefundPart("r", "over-p", "cash", sar(11500)),),
        ("over-c",),
        ("over-t0",),
        (core.session,),
        "wrong",
        "huda",
    )
    pos.say(void)
    assert open_cases(core) == []


@pytest.mark.parametrize(("minutes", "left"), [(14, []), (16, ["double_admission"])])
def test_a_double_admission_is_one_case_and_taking_it_back_soon_closes_the_case(
    core: Core, minutes: int, left: list[str]
) -> None:
    pos, gate = core.enrol("POS1"), core.enrol("LK1")
    booked = a_booking(core)
    pos.say(booked, a_sale(core, booked))
    gate.staff = "faisal"
    assert gate.say(an_admission("booking-t0", admission="a1")).answers[0].answer == "applied"
    assert pos.say(an_admission("booking-t0", admission="a2")).answers[0].answer == "flagged"
    assert open_cases(core) == ["double_admission"]
    core.clock.forward(minutes=minutes)
    gate.say(op.AdmissionUndone("a1", "booking-t0", booked.day))
    assert open_cases(core) == left


def test_a_case_that_opens_again_is_of_that_moment(core: Core) -> None:
    pos = core.enrol("POS1")
    booked = a_booking(core)
    pos.say(booked, a_sale(core, booked), *(an_admission("booking-t0", admission=name) for name in "ab"))
    pos.say(op.AdmissionUndone("a", "booking-t0", booked.day))
    core.clock.forward(hours=1)
    pos.say(an_admission("booking-t0", admission="c"))
    [case] = core.database.look(open_rows)
    assert case.opened_at == core.clock.now()
    core.clock.forward(minutes=1)
    pos.say(op.AdmissionUndone("c", "booking-t0", booked.day))
    assert open_cases(core) == []


def test_a_gate_may_be_faster_than_the_sale(core: Core) -> None:
    pos, gate = core.enrol("POS1"), core.enrol("LK1")
    booked = a_booking(core)
    assert gate.say(an_admission("booking-t0", admission="a1")).answers[0].answer == "applied"
    pos.say(booked, a_sale(core, booked))
    assert open_cases(core) == []


def test_a_fact_by_someone_without_the_right_is_kept_and_flagged(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.staff = "faisal"
    assert pos.say(a_booking(core)).answers[0].answer == "flagged"
    assert (rows(core, t.booking), open_cases(core)) == (1, ["not_permitted"])


def test_a_report_that_was_read_is_kept_and_its_cash_needs_the_readers_right(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.yes()
    blind = op.ReportRead("r1", "shift", "X", False)
    answers = pos.say(blind, op.ReportRead("r2", "shift", "X", True, "huda")).answers
    assert [answer.answer for answer in answers] == ["applied", "applied"]
    answers = pos.say(op.ReportRead("r3", "shift", "X", True)).answers
    assert [answer.answer for answer in answers] == ["flagged"]
    assert (rows(core, t.report_read), open_cases(core)) == (3, ["not_permitted"])


@pytest.mark.parametrize(
    ("staff", "operation"),
    [
        ("reem", op.CashMoved("m", "shift", "drop", sar(5000), "bag 1")),
        ("reem", op.CashMoved("m", "shift", "drop", sar(5000), "bag 1", "reem")),
        ("reem", op.CashMoved("m", "shift", "cash_out", sar(50000), "supplier", "faisal")),
        ("ghost", op.CashMoved("m", "shift", "cash_in", sar(5000), "change")),
        ("ghost", op.GuestAdmitted("a", "t", 1, 7, DAY, Words("Gate 1", "البوابة 1"), True)),
        (
            "reem",
            op.CardResolved("a", "captured", "slip", sar(5000), "", "", "", "1", "", "", "reem", "paper"),
        ),
    ],
)
def test_what_needs_a_second_person_is_flagged_without_one(
    core: Core, staff: str, operation: op.Operation
) -> None:
    pos = core.enrol("POS1")
    pos.staff = staff
    assert pos.say(operation).answers[0].answer == "flagged"
    assert "not_permitted" in open_cases(core)


def test_a_repeated_document_number_is_a_case_never_an_error(core: Core) -> None:
    pos = core.enrol("POS1")
    for name in ("one", "two"):
        booked = a_booking(core, booking=name)
        pos.say(booked, a_sale(core, booked))
    assert (rows(core, t.document), open_cases(core)) == (2, ["number_repeated"])


def test_sixteen_gates_at_once_store_all_and_flag_fifteen(core: Core) -> None:
    pos = core.enrol("POS1")
    booked = a_booking(core)
    pos.say(booked, a_sale(core, booked))
    start, answers = threading.Barrier(16), []

    def admit(number: int) -> None:
        twin = replace(pos, stream=f"gate{number}")
        sent = twin.sent(an_admission("booking-t0", admission=f"a{number}"))
        start.wait()
        answers.append(twin.push(sent).answers[0].answer)

    threads = [threading.Thread(target=admit, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count("applied"), answers.count("flagged")) == (1, 15)
    assert (rows(core, t.admission), open_cases(core)) == (16, ["double_admission"])


def test_the_answer_to_a_retry_is_the_first_one(core: Core) -> None:
    pos = core.enrol("POS1")
    booked = a_booking(core)
    pos.say(booked, a_sale(core, booked))
    pos.say(an_admission("booking-t0", admission="a1"))
    doubled = pos.sent(an_admission("booking-t0", admission="a2"))
    first, again = pos.push(doubled), pos.push(doubled)
    assert first.answers[0].cases == again.answers[0].cases != ()


def test_what_the_database_cannot_keep_is_set_aside_and_the_stream_goes_on(core: Core) -> None:
    pos = core.enrol("POS1")
    endless = pos.sent(op.ScanRefused("s", "invalid", "w" * 5000, "", "d", Words("Gate 1", "البوابة 1"), DAY))
    good = pos.sent(a_booking(core))
    batch = (endless, good)
    if core.database.embedded:
        assert [answer.answer for answer in pos.push(*batch).answers] == ["applied", "applied"]
        return
    with pytest.raises(sa.exc.DataError):
        pos.push(*batch)
    reply = pos.push(*batch, singly=True)
    assert [answer.answer for answer in reply.answers] == ["quarantined", "applied"]
    assert (reply.n, rows(core, t.booking), open_cases(core)) == (2, 1, ["quarantined"])
    again = pos.push(*batch)
    assert [answer.answer for answer in again.answers] == ["duplicate", "duplicate"]


@pytest.mark.parametrize(
    "nonsense",
    [
        op.CashMoved("m", "shift", "cash_in", sar(-5000), "change"),
        op.CashMoved("m", "shift", "given away", sar(5000), "change"),
        op.CashMoved("m" * 100_000, "shift", "cash_in", sar(5000), "change"),
    ],
)
def test_what_no_drawer_can_do_is_set_aside_for_a_person(core: Core, nonsense: op.CashMoved) -> None:
    pos = core.enrol("POS1")
    fine = op.CashMoved("n", "shift", "cash_in", sar(5000), "change")
    answers = pos.say(nonsense, fine).answers
    assert [answer.answer for answer in answers] == ["quarantined", "applied"]
    assert (rows(core, t.cash_move), open_cases(core)) == (1, ["quarantined"])


@pytest.mark.parametrize("changes", [{"version": 1 << 31}, {"incarnation": -1}, {"op_id": "short"}])
def test_numbers_that_have_no_place_are_refused_whole(core: Core, changes: dict[str, object]) -> None:
    pos = core.enrol("POS1")
    sent = pos.sent(a_booking(core))
    wrong = replace(sent, envelope=replace(sent.envelope, **changes))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        pos.push(wrong)
    assert refused.value.code is Code.OPERATION_INVALID
    assert pos.push(sent).state == "ok"


def test_more_operations_than_a_batch_may_hold_are_refused_whole(core: Core) -> None:
    pos = core.enrol("POS1")
    sent = [pos.sent(an_admission(f"t{number}", admission=f"a{number}")) for number in range(PUSH_MOST + 1)]
    with pytest.raises(Refused) as refused:
        pos.push(*sent)
    assert refused.value.code is Code.OPERATION_INVALID
    assert rows(core, t.admission) == 0
    assert pos.push(*sent[:PUSH_MOST]).n == PUSH_MOST


def test_a_station_that_claims_to_be_another_is_set_aside(core: Core) -> None:
    pos = core.enrol("POS1")
    sent = pos.sent(a_booking(core))
    envelope = replace(sent.envelope, station_id="x" * 300)
    lying = replace(sent, envelope=envelope, digest=envelope.digest().hex())
    assert pos.push(lying).answers[0].answer == "quarantined"
    assert rows(core, t.booking) == 0
