"""Forms about a refund that was asked for: yes, no, withdrawn, a second person's yes, in cash, by the slip."""

from __future__ import annotations

from app.shown_refunds import RefundTold
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.ports import People
from app.views.refund_figures import RefundFigures
from app.views.refund_words import nobody_words, number_words
from app.views.second_yes import SecondYes, Yes
from app.views.widgets.inputs import field
from app.views.widgets.supervisor_strip import Among, Why
from domain.money import Money


def say_form(desk: Desk, told: RefundTold, what: str) -> SayForm:
    """Whoever is signed in says yes (`approve`), no (`refuse`), which has its reason, or withdraws it (`withdraw`)."""
    texts = desk.texts
    follows = "approve_kept" if what == "approve" else f"{what}_what"
    why = texts("supervisor.reason" if what == "refuse" else "supervisor.why")
    return SayForm(
        desk, (_title(desk, told, what), texts(f"refunds.{follows}")), (why,), texts(f"refunds.do_{what}")
    )


def second_form(desk: Desk, people: People, told: RefundTold, what: str) -> SecondYes:
    """`what` is `approve` or `refuse`; a no has its reason, a yes may have one. Who comes to decide reads the figures
    with it."""
    texts, no = desk.texts, what == "refuse"
    why = Why.NEEDED if no else Why.OFFERED
    words = texts("refunds.refuse_what" if no else "refunds.approve_what")
    ids, nobody = told.approver_ids, nobody_words(texts, told.nobody)
    if no:
        ids, nobody = told.refuser_ids, texts("refunds.nobody_else")
    among = Among(lambda: ids, nobody)
    yes = Yes(_title(desk, told, what), words, texts(f"refunds.do_{what}"), "refund_approve", why, among)
    return SecondYes(desk, people, yes, about=RefundFigures(desk, told.figures))


def cash_form(desk: Desk, people: People, told: RefundTold) -> SecondYes:
    texts, rest = desk.texts, cash_of(told)
    title = texts("refunds.cash_title", currency=texts.currency(rest.currency), amount=rest)
    yes = Yes(title, texts("refunds.cash_what"), texts("refunds.do_cash"), "refund_card_to_cash", Why.NONE)
    return SecondYes(desk, people, yes)


def cash_of(told: RefundTold) -> Money:
    """What leaves the drawer when no card takes any more of it."""
    back = sum((each.amount.minor for each in told.tenders if each.is_back), 0)
    return told.row.amount - Money(back, told.row.amount.currency)


class SlipForm(SecondYes):
    """How a card's refund ended by the terminal's slip: an approval has its `code`, anything else a reason."""

    def __init__(self, desk: Desk, people: People, told: RefundTold, *, took: bool) -> None:
        texts, which = desk.texts, "took" if took else "took_not"
        self._desk, self.took = desk, took
        self._code = field(desk, texts("unknown.code")) if took else None
        yes = Yes(
            _title(desk, told, which),
            texts("refunds.slip_what"),
            texts(f"refunds.do_{which}"),
            "resolve_card",
        )
        super().__init__(desk, people, yes, before=self._code)

    @property
    def code(self) -> str:
        return self._code.text().strip() if self._code is not None else ""

    @property
    def lacks_code(self) -> bool:
        """Says so where one types it."""
        if not self.took or self.code:
            return False
        self.strip.ask(self._desk.texts("unknown.needs_code"))
        return True


def _title(desk: Desk, told: RefundTold, what: str) -> str:
    number = number_words(desk.texts, told.row.number)
    return desk.texts(f"refunds.{what}_title", number=number, amount=told.row.amount)
