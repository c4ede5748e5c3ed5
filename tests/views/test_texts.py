"""Every word on screen exists in both languages, every refusal says what to do, and nothing is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hardware.ports import CardReason, Trouble
from app.readiness_lines import clock_line
from app.shown_bookings import Verdict
from app.shown_messages import State as MessageState
from app.texts import DEVICES, LANGUAGES, Texts
from app.views.banners import clock_off, span_of
from app.views.booking_narrow import FACETS
from app.views.booking_why import REASONS
from app.views.discount_ask import TARGETS
from app.views.discount_value import KINDS as KINDS_OFF
from app.views.key_list import EVERYWHERE, SELL
from app.views.message_list import Tab as MessageTab
from app.views.readiness_words import sentence_of
from app.views.refund_card import PAYABLE
from app.views.refund_list import Tab
from app.views.shell import PLACES
from app.views.widgets.theme import THEMES
from documents import words
from domain.aside import Aside
from domain.attention import WAYS
from domain.booking import Attendance, How, Life, Paid
from domain.booking_checks import TO_READ, Check
from domain.discount import Why
from domain.errors import Code, Refused, Unavailable
from domain.guest import FIELDS, FLAGS, Erasure, Said
from domain.guest import LANGUAGES as GUEST_LANGUAGES
from domain.membership import Standing
from domain.money import Money
from domain.operation import KINDS, SERVER_ONLY
from domain.paid_ahead import Differs
from domain.policy import Ground
from domain.price_told import Wrong as WrongPrice
from domain.refund import Reason, State
from domain.refund_nobody import Nobody
from domain.refund_paid import Wrong
from domain.shift import Move
from domain.staff import ROLES, Permission
from domain.tickets_told import Astray
from domain.void_told import Wrong as WrongVoid
from domain.yes import Unsaid
from tests.views.stand_ins import NOW

APP = Path(__file__).resolve().parents[2] / "app"
MOST_WORDS = 25
REVERSALS = {CardReason.BATCH_CLOSED, CardReason.NO_ORIGINAL, CardReason.ALREADY_REVERSED}
# Keys made from a value: the text before the value, and what the value may be.
SCANS = (
    "ok",
    "ok_reentry",
    "wrong_day",
    "other",
    *(str(code) for code in Code if code.name.startswith("SCAN_")),
)
ITEMS = (
    "payment_unknown",
    "payment_unfinished",
    "void_unfinished",
    "refund_approved",
    "refund_free",
    "refund_failed",
    "refund_unknown",
    "print_failed",
    "print_not_drawn",
    "print_unconfirmed",
    "request_asking",
    "messages_down",
)
WHAT = "what permission text sale session ticket product entry document amount unknown terminal staff station at sold"
WHO = "total approver reason last showed noticed made opened closed paid by_itself card approval sale_places credits"
FACTS = {"down"} | set(
    f"{WHAT} {WHO} by_station places granted capacity entries documents voids why support other paper printer "
    "kept_tickets paid_tickets kept_minor paid_minor kept_vat paid_vat short asked_minor sold_minor gave_minor "
    "card_minor books_minor beyond_minor charged issued till_minor listed_minor till_rate listed_rate beside_minor "
    "has_station booked_as differs goods day taken per_day taken_back".split()
)
READY = (
    "head_lasts head_places head_plain head_gate head_not head_away_lasts head_away_places "
    "head_away_plain head_away_gate head_away_not head_waits server_waits data_all data_old data_none "
    "tickets_today tickets_none tickets_tomorrow tickets_not_tomorrow people people_soon people_none "
    "people_unknown people_over supervisor supervisor_none sessions_none sessions_over shift_none session_held "
    "session_lasts session_none session_few session_awaits "
    "session_full printer printer_low printer_trouble printer_unknown card card_internet card_silent card_busy "
    "card_unheard card_none scanner scanner_unheard backup backup_none backup_never backup_undated backup_failed "
    "backup_same_disk disk disk_little disk_full disk_nothing disk_unknown clock clock_off clock_unsure items "
    "items_none unsent unsent_away unsent_unknown unsent_none journal_damaged "
)
TO_DO = (
    "server_waits data_old data_none tickets_today tickets_tomorrow tickets_none tickets_not_tomorrow "
    "sessions_none people_soon people_none people_unknown "
    "people_over supervisor_none shift_none session_lasts session_none session_few session_awaits printer_low "
    "session_awaits_more "
    "printer_trouble printer_unknown card_internet card_silent card_unheard scanner_unheard backup_none backup_never "
    "backup_undated backup_failed backup_same_disk disk_little disk_full disk_nothing disk_unknown clock_off "
    "clock_unsure items unsent journal_damaged "
)
REFUNDS = (
    *("RefundAsked", "RefundApproved", "RefundRefused", "RefundWithdrawn"),
    *("RefundTaken", "RefundReleased"),
)
OF_BOOKINGS = (
    *("BookingHeld", "BookingChanged", "TicketsMoved", "TicketsNamed", "TicketRevoked", "BookingExtended"),
    *("BookingApproved", "BookingRejected", "BookingCancelled"),
)
OF_GUESTS = ("CodeSent", "GuestVerified", "GuestMerged", "GuestErased")
GIVEN = ("PinChanged", "CaseSettled", "SessionCapacity", "LeaseRevoked", "MessageResent")
NOT_YOU = (
    Code.APPROVER_SAME,
    Code.APPROVER_NOT_ALLOWED,
    Code.REFUND_OWN_SALE,
    Code.REFUND_OVER_POLICY,
    Code.REFUND_FOR_VENUE,
    Code.REFUND_OVER_LIMIT,
    Code.REFUND_OVER_DAY,
)
REFUND_FIELDS = "credit reason note asked approved refused withdrawn taken station best may"
REFUND_FORMS = "approve refuse withdraw cash took took_not"
REFUND_KEYS = (
    "approve second refuse refuse_second withdraw pay pay_again pay_asking pay_finish cash took took_not "
    "was_approved was_refused was_withdrawn was_resolved take release was_approved_free was_taken was_released"
)
MADE: dict[str, set[str]] = {
    "granted.": {*GIVEN, *REFUNDS, *OF_GUESTS, *OF_BOOKINGS},
    "scan.": {f"{code}.{part}" for code in SCANS for part in ("word", "title")},
    "role.": set(ROLES),
    "readiness.": set(READY.split()),
    "readiness.do_": set(TO_DO.split()),
    "first.": {"loading", "loading_title", "waiting", "waiting_title"},
    "recovery.": {
        step + part
        for step in [
            "found",
            "working",
            "waiting",
            "refused",
            "done",
            "done_missing",
            "done_unsent",
            "done_lost",
        ]
        for part in ("", "_title", "_do")
    },
    "top.stuck_": {"disk_full", "journal_damaged", "fault"},
    "recovery.case": {"", "_unsent", "_lost"},
    "category.": {"favourites", "tickets", "rentals", "lockers", "food", "goods", "shop"},
    "print.reason_": {each.value for each in Trouble} | {"other"},
    "print.state_": {"queued", "sending", "failed", "unconfirmed"},
    "settings.theme_": set(THEMES),
    "card.step_": {"sent", "waiting", "bank", "print"},
    "card.why_": {each.value for each in CardReason if each.value and each not in REVERSALS}
    | {"cancelled", "not_started", "not_found", "other"},
    "card.state_": {"sent", "waiting", "bank", "query"},
    "place.": {place.name for place in PLACES if place.rail} | {f"{place.name}_title" for place in PLACES},
    "pay.": {"card", "cash"},
    "discount.": {*KINDS_OFF, "now", "off", "then"},
    "discount.for_": set(TARGETS),
    "discount.why_": {each.value for each in Why},
    "payment.paid_": {"card", "cash"},
    "part.of_": {"2", "3", "4"},
    "supervisor.": {"reason", "why"},
    "supervisor.needs_": {"who", "pin", "reason"},
    "keys.": {name for _, name in (*SELL, *EVERYWHERE)},
    "case.": {f"{kind}.{part}" for kind in (*WAYS, "told_itself", "other") for part in ("title", "what")},
    "item.": {f"{item}.{part}" for item in ITEMS for part in ("title", "what")},
    "way.": {f"{kind}.{way.name}" for kind, ways in WAYS.items() for way in ways} | {"other.done"},
    "fact.": FACTS,
    "permission.": {each.value for each in Permission},
    "operation.": set(KINDS) - SERVER_ONLY,
    "aside.": {each.value for each in Aside},
    "differs.": {each.value for each in (*Differs, *Wrong, *WrongVoid, *WrongPrice, *Astray, *Unsaid)}
    | {"no_booking"},
    "paper.": {"receipt", "tickets", "tickets_pdf", "report"},
    "request.": {
        "SessionCapacity",
        "PinChanged",
        "CaseSettled",
        "LeaseRevoked",
        "RecoveryWaived",
        *REFUNDS,
        *OF_GUESTS,
        *OF_BOOKINGS,
        "MessageResent",
    },
    "shift.": {move.value for move in Move},
    "bookings.life_": {each.value for each in Life},
    "bookings.paid_": {each.value for each in Paid},
    "bookings.came_": {each.value for each in Attendance} | {"of"},
    "bookings.filter_": set(FACETS),
    "bookings.told_": {"mail", "sms", "nobody"},
    "bookings.check_": {each.value for each in Check},
    "bookings.check_not_": {each.value for each in Check},
    "bookings.against_": {each.value for each in Check if each not in TO_READ},
    "bookings.field_": {
        "day",
        "came",
        "note",
        "made",
        "decided",
        "reason",
        "changed",
        "revoked",
        "adds_to",
        "added",
        "names",
        "going_back",
    },
    "bookings.before_": {each.value for each in How},
    "bookings.change_": {"same", "more", "less"},
    "bookings.reason_": {name for names in REASONS.values() for name in names},
    "bookings.do_": set(REASONS),
    "bookings.letter_": {*REASONS, "reason", "times"},
    "bookings.verdict_": {each.value for each in Verdict},
    "bookings.none_": {each.value for each in Verdict},
    "due.": {"answer", "pay"},
    "bookings.": {"suggest"}
    | {f"{what}_title" for what in REASONS}
    | {
        "approve",
        "reject",
        "cancel",
        "call_off",
        "give_back",
        "pay",
        "change",
        "move",
        "reissue",
        "revoke",
        "add",
    }
    | {f"{what}_{part}" for what in ("reissue", "revoke") for part in ("title", "what", "do", "done")},
    "rail.": {"bookings", "messages", "refunds"},
    "messages.state_": {each.value for each in MessageState},
    "messages.field_": {"to", "guest", "booking"},
    "messages.open_": {"guest", "booking"},
    "messages.none_": {each.value for each in MessageTab},
    "refunds.state_": {each.value for each in State},
    "refunds.reason_": {each.value.lower() for each in Reason},
    "refunds.ground_": {each.value for each in Ground},
    "refunds.tab_": {each.value for each in Tab} | {"n"},
    "refunds.none_": {each.value for each in Tab},
    "refunds.say_": {*(each.value for each in PAYABLE), "finish"},
    "refunds.not_you_": set(NOT_YOU),
    "refunds.nobody_": {each.value for each in Nobody} - {"right"},
    "refunds.field_": set(REFUND_FIELDS.split()),
    "refunds.line_": {"open", "gone"},
    "refunds.do_": set(REFUND_FORMS.split()) - {"cash"},
    "refunds.": {f"{form}_title" for form in REFUND_FORMS.split()}
    | {"line_open", "line_gone", "approve_kept", "refuse_what", "withdraw_what", *REFUND_KEYS.split()},
    "guests.": {"change", "verify", "book", "copy", "erase", "membership"},
    "guests.membership_": {"plan", "number", "since", "until"},
    "guests.standing_": {each.value for each in Standing},
    "guests.flag_": set(FLAGS),
    "guests.field_": set(FIELDS),
    "guests.erased_": {each.value for each in Erasure},
    "guests.did_": {each.value for each in Said},
    "guests.language_": set(GUEST_LANGUAGES),
    "guests.by_": {"sms", "mail"},
    "guests.again_": {"sms", "mail"},
}


def used_words() -> Iterator[str]:
    """Every piece of text in the sources: whole strings, and the fixed start of made ones."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr) and isinstance(start := node.values[0], ast.Constant):
                yield str(start.value) + "*"


def facts_of(phrase: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", phrase))


@pytest.mark.parametrize("name", ["screens", "refusals"])
def test_both_languages_have_the_same_phrases_with_the_same_facts(name: str) -> None:
    english, arabic = (words.texts(name, language) for language in LANGUAGES)
    assert english.keys() == arabic.keys()
    for key in english.keys():  # noqa: SIM118 # keys() is a method of ours, not of a dict
        wanted = facts_of(english.phrases[key]["other"])
        assert facts_of(arabic.phrases[key]["other"]) == wanted, key


@pytest.mark.parametrize("name", ["screens", "refusals"])
def test_arabic_plurals_have_all_six_forms(name: str) -> None:
    for key, forms in words.texts(name, "ar").phrases.items():
        if len(forms) > 1:
            assert forms.keys() >= {"one", "two", "few", "many", "other"}, key


COUNTED = re.compile(r"\{(\w+)\}\u2069? ([ء-ي]\w*)")


def counted_nouns() -> set[str]:
    """What follows a number in the phrases that have forms, but for words that never change."""
    found = set[str]()
    for name in ("screens", "refusals", "paper"):
        for forms in words.texts(name, "ar").phrases.values():
            few, many = (
                re.findall(r"\{n\}\u2069? ([ء-ي]\w*)", forms.get(form, "")) for form in ("few", "many")
            )
            found |= {noun for pair in zip(few, many, strict=False) if len(set(pair)) == 2 for noun in pair}
    return found


@pytest.mark.parametrize("name", ["screens", "refusals", "paper"])
def test_every_counted_noun_has_its_arabic_forms(name: str) -> None:
    nouns = counted_nouns()
    assert {"دقائق", "دقيقة", "ساعات", "أيام", "أماكن", "تذاكر", "أصناف", "سجلات"} <= nouns
    for key, forms in words.texts(name, "ar").phrases.items():
        for phrase in forms.values():
            for fact, noun in COUNTED.findall(phrase):
                assert noun not in nouns or (fact == "n" and len(forms) > 1), key


@pytest.mark.parametrize(
    ("seconds", "arabic", "english"),
    [
        (20, "أقل من دقيقة", "0 min"),
        (60, "دقيقة واحدة", "1 min"),
        (2 * 60, "دقيقتين", "2 min"),
        (5 * 60, "5 دقائق", "5 min"),
        (12 * 60, "12 دقيقة", "12 min"),
        (2 * 3600, "ساعتين", "2 h"),
        (3 * 3600 + 300, "3 ساعات و5 دقائق", "3 h 5 min"),
        (24 * 3600, "يوم واحد", "1 d"),
        (49 * 3600, "يومين وساعة واحدة", "2 d 1 h"),
    ],
)
def test_a_span_of_time_is_counted_as_each_language_does(seconds: int, arabic: str, english: str) -> None:
    bare = span_of(seconds, Texts("ar")).translate({0x2066: None, 0x2069: None})
    assert bare == arabic
    assert span_of(seconds, Texts("en")) == english


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(26 * 3600 - 1, "1 d 2 h"), (25 * 3600 + 1000, "1 d 1 h"), (86_399, "1 d"), (11 * 60 + 29, "11 min")],
)
def test_how_far_a_clock_is_off_is_rounded_not_cut_off(ahead: int, said: str) -> None:
    texts = Texts("en")
    assert clock_off(-ahead, texts) == said
    assert said in sentence_of(texts, clock_line(-ahead, uncertain=False), NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(Code))
def test_every_refusal_has_a_sentence_in_both_languages(code: Code, language: str) -> None:
    said = Texts(language).refusal(code)
    assert said
    assert "{" not in said
    assert said != Texts(language).refusal("nothing_such") or code not in Code
    assert len(said.split()) <= MOST_WORDS, said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["screens", "refusals", "paper"])
def test_no_paragraph_has_more_words_than_are_read_at_a_counter(name: str, language: str) -> None:
    for key, forms in words.texts(name, language).phrases.items():
        paragraphs = [part for phrase in forms.values() for part in phrase.split("\n\n")]
        assert max(len(part.split()) for part in paragraphs) <= MOST_WORDS, key


@pytest.mark.parametrize("name", ["screens", "refusals"])
def test_nothing_pleads_or_blames(name: str) -> None:
    for key, forms in words.texts(name, "en").phrases.items():
        for phrase in forms.values():
            if not key.startswith("bookings.letter_"):  # to the guest, as the message says it
                assert not re.search(r"\b(please|error|invalid|oops|sorry)\b", phrase, re.IGNORECASE), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_screens_use_exists(language: str) -> None:
    screens = words.texts("screens", language)
    roots = {key.split(".")[0] for key in screens.keys()}  # noqa: SIM118
    for used in used_words():
        root, dot, rest = used.partition(".")
        if (
            dot
            and root in roots
            and re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)*", rest)
            and not rest.endswith("_")
        ):
            assert screens.has(used), used


def test_no_phrase_is_unused() -> None:
    used = set(used_words())
    made = {start + value for start, values in MADE.items() if f"{start}*" in used for value in values}
    made |= {f"scan.{code}.{part}" for code in SCANS for part in ("short", "do")}
    for key in words.texts("screens", "en").keys():  # noqa: SIM118
        assert key in used | made, key
    codes = {str(code) for code in Code}
    for key in words.texts("refusals", "en").keys():  # noqa: SIM118
        known = key in codes or key.removeprefix("plain.") in codes | {"refused"}
        assert known or key.removeprefix("unavailable.") in {*DEVICES, "other", "bug"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_made_key_exists(language: str) -> None:
    screens = words.texts("screens", language)
    for start, values in MADE.items():
        for value in values:
            assert screens.has(start + value), start + value


def test_the_sign_for_about_stays_before_its_number_inside_arabic() -> None:
    for name in ("screens", "refusals"):
        for key, forms in words.texts(name, "ar").phrases.items():
            for phrase in forms.values():
                for before, after in re.findall(r"(.?)~(.)", phrase):
                    runs_along = "ء" <= after <= "ي"  # before a word it goes where the sentence goes
                    assert before == "\u2066" or runs_along, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["screens", "refusals", "paper"])
def test_a_percentage_is_written_in_one_way(name: str, language: str) -> None:
    for key, forms in words.texts(name, language).phrases.items():
        for phrase in forms.values():
            assert "٪" not in phrase and not re.search(r"[\s\u00a0]%", phrase), key


def test_facts_are_written_into_the_sentence() -> None:
    texts = Texts("en")
    assert "3 places are left" in texts.trouble(Refused(Code.CAPACITY_FULL, left=3, wanted=4, session=2))
    assert "1 try is left" in texts.trouble(Refused(Code.PIN_WRONG, tries=1))
    assert "until 12:39" in texts.trouble(Refused(Code.PIN_LOCKED, until="2026-11-26T12:39:07+03:00"))


@pytest.mark.parametrize(
    ("code", "facts", "said"),
    [
        (Code.CODE_SOON, {"seconds": 23}, "in 23 seconds"),
        (Code.CODE_SOON, {"seconds": 1}, "in 1 second."),
        (Code.CODE_MANY, {"minutes": 12}, "in 12 minutes"),
    ],
)
def test_how_long_one_waits_for_a_code_is_told(code: Code, facts: dict[str, int], said: str) -> None:
    assert said in Texts("en").trouble(Refused(code, **facts))


def test_a_fact_that_nobody_gave_falls_back_to_the_plain_sentence() -> None:
    assert "not enough places" in Texts("en").refusal(Code.CAPACITY_FULL)


def test_trouble_of_a_device_and_a_bug_have_words() -> None:
    texts = Texts("en")
    assert "printer" in texts.trouble(Unavailable("printer", "timeout"))
    assert "A device" in texts.trouble(Unavailable("toaster"))
    assert "restart Gatehouse" in texts.trouble(KeyError("x"))


def test_codes_and_amounts_keep_their_order_inside_arabic() -> None:
    texts = Texts("ar")
    assert "\u20662-0418\u2069" in texts("sales.void_title", number="2-0418")
    assert texts.money(Money(46500, "SAR")) == "465.00"
