"""A message is read, before it is one, by whoever may decide so about the booking and proves who they are."""

from __future__ import annotations

import httpx
import pytest

from domain.staff import ROLES, Permission, may
from ledger import verifier
from ledger.wire import PROOF
from tests.server.api.test_guests import problem
from tests.server.api.web import PIN, SARA, Web

WHO = SARA["name"]
WHOLE = {"accept": "application/problem+json"}  # else a station is told the code alone
NEEDED = {  # as for the decision itself
    "reject": Permission.APPROVE_BOOKING,
    "suggest": Permission.APPROVE_BOOKING,
    "cancel": Permission.BOOK,
}


@pytest.fixture
def booking(web: Web) -> str:
    return str(web.book(web.guest(name=WHO)).json()["id"])


def letter(
    web: Web, said: dict[str, object], staff: str, *, token: str = "", pin: str = PIN, proves: str = ""
) -> httpx.Response:
    """Asked in the name of `staff`, with the proof of that person or of who `proves`; none without a PIN."""
    proof = {PROOF: verifier.proof(pin, proves or staff, web.core.secrets.pepper)} if pin else {}
    return web.call("POST", f"/v1/letters?staff={staff}", token or web.station, said, **WHOLE, **proof)


@pytest.mark.parametrize("what", NEEDED)
def test_the_message_is_for_the_roles_that_may_decide_so_and_nobody_else(
    web: Web, booking: str, what: str
) -> None:
    said = {"booking": booking, "what": what, "reason": "full"}
    wrong = []
    for role in ROLES:
        answer = letter(web, said, role)
        if may(role, NEEDED[what]):
            told = answer.status_code == 200 and WHO in answer.json()["words"]
        else:
            told = problem(answer) == (403, "not_allowed") and WHO not in answer.text
        wrong += [] if told else [(role, answer.text)]
    assert not wrong
    assert {may(role, NEEDED[what]) for role in ROLES} == {True, False}


def test_the_token_of_a_gate_reads_no_message_without_somebodys_pin(web: Web, booking: str) -> None:
    gate, said = web.enrol("LK1"), {"booking": booking, "what": "cancel"}
    unproven = (401, "staff_unproven")
    assert problem(letter(web, said, "supervisor", token=gate, pin="")) == unproven
    assert problem(letter(web, said, "supervisor", token=gate, pin="0000")) == unproven
    assert problem(letter(web, said, "supervisor", token=gate, proves="gate")) == unproven
    assert problem(letter(web, said, "gate", token=gate)) == (403, "not_allowed")
    assert problem(web.call("POST", "/v1/letters", gate, said, **WHOLE)) == (400, "body_invalid")
    assert problem(letter(web, said, "", token=gate)) == (400, "body_invalid")


def test_who_may_not_read_it_learns_not_even_whether_there_is_such_a_booking(web: Web) -> None:
    for booking in ("none", "also-none"):
        assert problem(letter(web, {"booking": booking, "what": "cancel"}, "gate")) == (403, "not_allowed")
    assert problem(letter(web, {"booking": "none", "what": "cancel"}, "cashier")) == (404, "booking_unknown")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_refusal_is_told_in_the_readers_language(web: Web, booking: str, language: str) -> None:
    headers = WHOLE | {"accept-language": language}
    said = {"booking": booking, "what": "cancel"}
    answer = web.call("POST", "/v1/letters?staff=supervisor", web.station, said, **headers)
    assert problem(answer) == (401, "staff_unproven")
    assert answer.json()["detail"].isascii() is (language == "en")
