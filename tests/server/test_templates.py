"""What guests read: every kind in both languages and on both channels, formatted as on the papers."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from documents.words import LANGUAGES, RESOURCES
from domain.catalogue import Venue, Words
from domain.money import Money
from server import message_kinds, venue_file
from server.message_kinds import KINDS, FactType
from server.sms_parts import MOST_PARTS, parts
from server.templates import Templates, TemplateWrong
from tests.helpers.core import MORNING, SAMPLE

FILES = RESOURCES / "messages"
EVERY = [(kind, language) for kind in KINDS for language in LANGUAGES]
LONG = "عبد الرحمن بن محمد آل سعيد القحطاني ومن معه من الضيوف الكرام"


@pytest.fixture(scope="session")
def venue() -> Venue:
    return venue_file.read(SAMPLE.read_text(encoding="utf-8"), MORNING).venue


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_kind_is_said_in_both_languages_on_both_channels(
    kind: str, language: str, venue: Venue
) -> None:
    said = Templates().render(kind, language, KINDS[kind].sample, venue)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in said.html
    assert said.subject and "\n" not in said.subject
    for text in (said.subject, said.sms, said.text, said.html):
        assert "{" not in re.sub(r"style=\"[^\"]*\"", "", text)
        assert bool(re.search("[ء-ي]", text)) is (language == "ar") or "guest" in KINDS[kind].facts
    assert 0 < parts(said.sms) <= MOST_PARTS
    for name, fact in KINDS[kind].sample.items():
        if KINDS[kind].facts[name] is FactType.CODE:
            assert str(fact) in said.text and str(fact) in said.html and str(fact) in said.sms
    when = {"en": "25 Nov 2026 18:00", "ar": "25 نوفمبر 2026 18:00"}[language]
    if "until" in KINDS[kind].facts:
        assert all(when in text for text in (said.text, said.html, said.sms))
    if "starts" in KINDS[kind].facts:
        assert all("10:00–12:00" in text for text in (said.text, said.html)) and " 10:00" in said.sms


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_longest_names_leave_an_sms_in_two_parts(kind: str, language: str, venue: Venue) -> None:
    long = {FactType.NAME: LONG, FactType.NOTE: LONG, FactType.WORDS: Words(LONG, LONG)}
    long |= {FactType.MONEY: Money(123456789, "SAR"), FactType.COUNT: 500, FactType.DAY: date(2026, 9, 30)}
    facts = {name: long.get(of, KINDS[kind].sample[name]) for name, of in KINDS[kind].facts.items()}
    assert parts(Templates().render(kind, language, facts, venue).sms) <= MOST_PARTS


@pytest.mark.parametrize("kind", ["rejected", "suggested", "cancelled", "refund_refused"])
def test_an_sms_says_the_reason_as_far_as_there_is_room(kind: str, venue: Venue) -> None:
    def said(language: str, reason: str) -> str:
        return Templates().render(kind, language, dict(KINDS[kind].sample) | {"reason": reason}, venue).sms

    assert "the pool is closed for a school that day" in said(
        "en", "the pool is closed for a school that day"
    )
    assert "المسبح مغلق" in said("ar", "المسبح مغلق")
    assert ": the pool" in said("en", "the pool is closed, " * 30) and ".." in said(
        "en", "the pool is closed, " * 30
    )
    for language in LANGUAGES:
        assert ": ." not in said(language, "") and parts(said(language, LONG * 5)) <= MOST_PARTS


def test_an_arabic_sms_says_how_much_is_to_be_paid(venue: Venue) -> None:
    for kind in ("booking_received", "approved", "changed"):
        assert "460.00 ر.س" in Templates().render(kind, "ar", KINDS[kind].sample, venue).sms


def test_a_name_is_cut_in_an_sms_only_where_it_would_take_a_third_part(venue: Venue) -> None:
    short = dict(KINDS["approval_waiting"].sample)
    assert venue.name.ar in Templates().render("approval_waiting", "ar", short, venue).sms
    said = Templates().render("approval_waiting", "ar", short | {"guest": LONG}, venue)
    assert LONG[:20] in said.sms and LONG not in said.sms and LONG in said.text


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_both_languages_say_the_same_facts(kind: str, language: str) -> None:
    def names(of: str) -> dict[str, set[str]]:
        found = tomllib.loads((FILES / f"{kind}.{of}.toml").read_text(encoding="utf-8"))
        shape = re.compile(r'{{ (\w+)(?: }}|\("(\w+)")')
        return {part: {"|".join(each) for each in shape.findall(text)} for part, text in found.items()}

    other = "en" if language == "ar" else "ar"
    mine, others = names(language), names(other)
    for part in ("subject", "text", "html"):
        assert mine[part] == others[part], part
    assert len(mine["html"]) > 1


def test_there_is_a_file_for_every_kind_and_no_other() -> None:
    names = {f"{kind}.{language}.toml" for kind, language in EVERY} | {"layout.toml"}
    assert {path.name for path in FILES.iterdir()} == names


def test_amounts_days_and_counts_are_written_as_on_the_papers(venue: Venue) -> None:
    sample = KINDS["approved"].sample
    english, arabic = (Templates().render("approved", one, sample, venue).text for one in LANGUAGES)
    assert "SAR 460.00" in english and "Thu 26 Nov 2026" in english and "25 Nov 2026 18:00" in english
    assert "\u2066460.00\u2069 ر.س" in arabic and "الخميس 26 نوفمبر 2026" in arabic
    two = dict(KINDS["confirmed"].sample) | {"tickets": 2}
    assert "تذكرتان" in Templates().render("confirmed", "ar", two, venue).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["confirmed", "moved", "reissued"])
def test_nobody_is_invited_to_what_is_over(kind: str, language: str, venue: Venue) -> None:
    before, after = (
        Templates().render(kind, language, KINDS[kind].sample, venue, over=over) for over in (False, True)
    )
    welcome = {"en": ("look forward", "at the entrance", "Bring"), "ar": ("يسعدنا", "عند المدخل", "أحضر")}
    record = {"en": "for your records", "ar": "للحفظ"}[language]
    for one, other in ((before.text, after.text), (before.html, after.html), (before.sms, after.sms)):
        assert record in other and record not in one
        assert not any(words in other for words in welcome[language])
    assert any(words in before.text for words in welcome[language])
    number = str(KINDS[kind].sample["number"])
    assert all(number in text for text in (after.subject, after.text, after.html, after.sms))
    long = dict(KINDS[kind].sample) | {"guest": LONG, "day": date(2026, 9, 30)}
    assert parts(Templates().render(kind, language, long, venue, over=True).sms) <= MOST_PARTS


def test_what_guests_wrote_is_never_read_as_html_or_as_a_template(venue: Venue) -> None:
    facts = dict(KINDS["rejected"].sample) | {"guest": "<b>{{ 7*7 }}</b>", "reason": "a & b"}
    said = Templates().render("rejected", "en", facts, venue)
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in said.html and "a &amp; b" in said.html
    assert "<b>{{ 7*7 }}</b>" in said.text


def test_a_line_break_in_a_name_makes_no_second_header(venue: Venue) -> None:
    facts = dict(KINDS["refund_done"].sample) | {"number": "X\r\nBcc: all@example.com"}
    assert "\n" not in Templates().render("refund_done", "en", facts, venue).subject


def test_a_venues_own_file_goes_before_ours_and_runs_in_a_sandbox(tmp_path: Path, venue: Venue) -> None:
    file = tmp_path / "refund_done.en.toml"
    file.write_text('subject = "Ours {{ amount }}"\nsms = "s"\ntext = "t"\nhtml = "h"\n', encoding="utf-8")
    own = Templates(tmp_path)
    sample = KINDS["refund_done"].sample
    assert own.render("refund_done", "en", sample, venue).subject == "Ours SAR 230.00"
    assert own.render("refund_done", "ar", sample, venue).subject.endswith("230.00 ر.س")
    for wrong in ("{{ nobody }}", "{{ amount.__class__.__mro__ }}", "{% if %}", "{{ 1 // 0 }}"):
        file.write_text(f'subject = "{wrong}"\nsms = "s"\ntext = "t"\nhtml = "h"\n', encoding="utf-8")
        with pytest.raises(TemplateWrong) as told:
            own.render("refund_done", "en", sample, venue)
        assert "refund_done.en.toml" in str(told.value) and "230" not in str(told.value)


@pytest.mark.parametrize("kind", KINDS)
def test_facts_are_kept_and_read_again(kind: str) -> None:
    sample = KINDS[kind].sample
    assert message_kinds.read(kind, message_kinds.written(kind, sample)) == sample


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("nothing_such", {}),
        ("code", {"more": "x"}),
        ("code", {"minutes": "5"}),
    ],
)
def test_facts_that_do_not_fit_are_the_mistake_of_who_posts(kind: str, changes: dict[str, str]) -> None:
    facts = dict(KINDS[kind].sample if kind in KINDS else {}) | changes
    with pytest.raises(ValueError, match=r"is no|needs the facts"):
        message_kinds.written(kind, facts)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("م" * 70, 1),
        ("م" * 71, 2),
        ("م" * 134, 2),
        ("م" * 135, 3),
        ("🏄" * 35, 1),
        ("🏄" * 36, 2),
    ],
)
def test_parts_of_an_sms(text: str, count: int) -> None:
    assert parts(text) == count


def test_what_is_not_said_leaves_no_gap(venue: Venue) -> None:
    facts = KINDS["refund_refused"].sample | {"reason": ""}
    for language in ("en", "ar"):
        assert "\n\n\n" not in Templates().render("refund_refused", language, facts, venue).text
