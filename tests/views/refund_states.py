"""The states of the page of refunds, as a person brings them about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from app.shown import CardStep
from app.shown_refunds import NobodyMay
from app.views.refund_ask import AskForm
from app.views.refund_list import RefundList
from domain.catalogue import Words
from domain.errors import Code
from domain.refund_nobody import Nobody
from tests.views.scene import Scene

Setter = Callable[[Scene], None]
SALE = "POS1-000412"


def refunds(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, refunds=scene.world.refunds.waiting)
    scene.refresh()
    scene.show("refunds")


def show_all(scene: Scene) -> None:
    found = scene.window.findChild(RefundList)
    assert found is not None
    found.tabs.tapped.emit("all")
    scene.settle()


def chosen(refund: str, *keys: str) -> Setter:
    """A refund of the list of all, and what is pressed then."""

    def show(scene: Scene) -> None:
        refunds(scene)
        show_all(scene)
        at = [row.refund_id for row in scene.world.refunds.open()].index(refund)
        found = scene.window.findChild(RefundList)
        assert found is not None
        found.rows.buttons[at].click()
        scene.settle()
        for key in keys:
            scene.press(key)

    return show


def deciding(refund: str, *keys: str) -> Setter:
    """As somebody who may say yes."""

    def show(scene: Scene) -> None:
        scene.world.refunds.why_not_me = None
        chosen(refund, *keys)(scene)

    return show


def found(text: str = SALE, *keys: str) -> Setter:
    def show(scene: Scene) -> None:
        refunds(scene)
        scene.type(text)
        scene.enter()
        scene.settle()
        for key in keys:
            scene.press(key)

    return show


def asking(scene: Scene) -> None:
    """Both children, since the guest calls it off."""
    found(SALE, "F9")(scene)
    for ticket in scene.world.refunds.sale.charges[1].tickets:
        scene.click_words(ticket.short)
    scene.click_words(scene.words("refunds.reason_customer_cancel"))


def paid_twice(scene: Scene) -> None:
    """What came in twice, after all was given up under the other receipt."""
    scene.world.refunds.paid_twice()
    found(SALE, "F9")(scene)
    scene.click_words(scene.words("refunds.everything"))
    scene.click_words(scene.words("refunds.reason_duplicate"))
    scene.focus_on("refunds.how_much")
    scene.type("425.50")
    scene.settle()


def ask_anew(scene: Scene) -> None:
    """The time of the offer is over, and less goes back."""
    asking(scene)
    scene.world.refunds.now += timedelta(minutes=16)
    scene.world.refunds.tenths = 5
    form = scene.window.findChild(AskForm)
    assert form is not None
    form.look()
    scene.settle()


def nobody_left(scene: Scene) -> None:
    """Who took up what a guest began is the only one who might have said yes."""
    world = scene.world.refunds
    world.begin()
    world.take("asked")
    nobody = NobodyMay(Nobody.TAKER, (Words("Huda K.", "هدى ك."),))
    world.known["asked"] = replace(world.known["asked"], approvers=(), approver_ids=(), nobody=nobody)
    world.why_not_me = Code.APPROVER_SAME
    chosen("asked", "F9")(scene)


def corrected(refund: str) -> Setter:
    """A till put right how its sale was paid, since it was asked for."""

    def show(scene: Scene) -> None:
        world = scene.world.refunds
        world.begin()
        world.why_not_me = None
        world.known[refund] = replace(world.known[refund], corrected=True)
        chosen(refund)(scene)

    return show


def ask_stays(scene: Scene, amount: str = "30") -> None:
    """Money for the children, who stay."""
    found(SALE, "F9")(scene)
    scene.click_words(scene.words("refunds.only_money"))
    scene.click_words(
        scene.words("stepper.more", what=scene.world.refunds.sale.charges[1].name.get(scene.language))
    )
    scene.click_words(scene.words("refunds.reason_service_fault"))
    if amount:
        scene.focus_on("refunds.how_much")
        scene.type(amount)
    scene.settle()


def stays(scene: Scene) -> None:
    scene.world.refunds.reduce("child")
    deciding("child")(scene)


def refunds_empty(scene: Scene) -> None:
    scene.world.refunds.known.clear()
    refunds(scene)


def refunds_many(scene: Scene) -> None:
    scene.world.refunds.crowd(30)
    refunds(scene)


def refused_news(scene: Scene) -> None:
    """Two were refused elsewhere, of which one was asked for here, and nothing else waits."""
    known = scene.world.refunds.known
    scene.world.refunds.refuse_elsewhere()
    for name in ("mixed", "failed", "unknown"):
        del known[name]
    scene.world.health.refunds = lambda: scene.world.refunds.waiting
    scene.refresh()


def refunds_refused(scene: Scene) -> None:
    refused_news(scene)
    scene.show("refunds")


def refunds_refused_open(scene: Scene) -> None:
    refunds_refused(scene)
    found = scene.window.findChild(RefundList)
    assert found is not None
    found.rows.buttons[0].click()
    scene.settle()


def refunds_loading(scene: Scene) -> None:
    refunds(scene)
    scene.wait_for_list(RefundList)


def refunds_beyond(scene: Scene) -> None:
    """More is asked for than the policies give."""
    scene.world.refunds.beyond("child")
    deciding("child")(scene)


def refunds_offline(scene: Scene) -> None:
    """Of a sale that this station does not have."""
    told = scene.world.refunds.known["child"]
    scene.world.refunds.known["child"] = replace(told, figures=replace(told.figures, vat=None))
    scene.world.refunds.online = False
    scene.world.health.go_offline()
    deciding("child")(scene)


def refunds_own(scene: Scene) -> None:
    """Whoever asked for it may approve refunds, but not this one."""
    scene.world.refunds.why_not_me = Code.APPROVER_SAME
    chosen("child")(scene)


def refunds_no_shift(scene: Scene) -> None:
    scene.world.refunds.shift_open = False
    chosen("mixed")(scene)


def refunds_finish(scene: Scene) -> None:
    """The card has it, the note is missing."""
    told = scene.world.refunds.known["unknown"]
    tenders = tuple(replace(each, is_back=True) for each in told.tenders)
    scene.world.refunds.known["unknown"] = replace(told, tenders=tenders)
    scene.world.refunds._becomes("unknown", told.row.state.SENT)
    chosen("unknown")(scene)


def begun(refund: str = "", *keys: str) -> Setter:
    """What the server began, in the list of what is to be done here or as one of it; what is pressed then."""

    def show(scene: Scene) -> None:
        scene.world.refunds.begin()
        chosen(refund, *keys)(scene) if refund else refunds(scene)

    return show


def refunds_yours(scene: Scene) -> None:
    """Whoever is signed in approved it, so somebody else takes it up."""
    world = scene.world.refunds
    world.begin()
    world.known["free"] = replace(world.known["free"], may_take=False, approved_by_me=True)
    chosen("free")(scene)


def refunds_taken_elsewhere(scene: Scene) -> None:
    world = scene.world.refunds
    world.begin()
    told = world.known["free2"]
    there = replace(told.row, here=False)
    world.known["free2"] = replace(told, row=there, may_release=False, may_withdraw=False)
    chosen("free2")(scene)


def ask_other(scene: Scene) -> None:
    """More than the policy gives, for another reason: a note is missing."""
    asking(scene)
    scene.click_words(scene.words("refunds.reason_other"))
    scene.focus_on("refunds.amount")
    scene.type("160")


def ask_apart(scene: Scene) -> None:
    """Rows that are called the same are for other sessions."""
    scene.world.refunds.apart()
    found(SALE, "F9")(scene)


def sale_apart(scene: Scene) -> None:
    scene.world.refunds.apart()
    found()(scene)


def ask_too_much(scene: Scene) -> None:
    asking(scene)
    scene.focus_on("refunds.amount")
    scene.type("999")


def refunds_paying(scene: Scene) -> None:
    chosen("mixed")(scene)
    scene.tasks.instant = False
    scene.press("F9")
    scene.signals.card_step.emit(CardStep("sent", scene.desk.now()))


def refunds_card_failed(scene: Scene) -> None:
    scene.world.refunds.outcome = "failed"
    chosen("mixed", "F9")(scene)


REFUNDS: dict[str, Setter] = {
    "refunds": refunds,
    "refunds-empty": refunds_empty,
    "refunds-many": refunds_many,
    "refunds-refused-news": refused_news,
    "refunds-refused": refunds_refused,
    "refunds-refused-open": refunds_refused_open,
    "refunds-loading": refunds_loading,
    "refunds-requested": chosen("child"),
    "refunds-own": refunds_own,
    "refunds-decide": deciding("child"),
    "refunds-beyond": refunds_beyond,
    "refunds-offline": refunds_offline,
    "refunds-approved": chosen("mixed"),
    "refunds-no-shift": refunds_no_shift,
    "refunds-failed": refunds_card_failed,
    "refunds-unknown": chosen("unknown"),
    "refunds-finish": refunds_finish,
    "refunds-elsewhere": chosen("till1"),
    "refunds-begun": begun(),
    "refunds-free-asked": begun("asked"),
    "refunds-free": begun("free"),
    "refunds-taken": begun("free2"),
    "refunds-yours": refunds_yours,
    "refunds-taken-elsewhere": refunds_taken_elsewhere,
    "refunds-sale": found(),
    "refunds-sale-unknown": found("POS1-009999"),
    "refunds-ask-empty": found(SALE, "F9"),
    "refunds-ask": asking,
    "refunds-ask-other": ask_other,
    "refunds-ask-too-much": ask_too_much,
    "refunds-ask-anew": ask_anew,
    "refunds-ask-apart": ask_apart,
    "refunds-ask-stays": ask_stays,
    "refunds-ask-twice": paid_twice,
    "refunds-ask-stays-empty": lambda scene: ask_stays(scene, ""),
    "refunds-stays": stays,
    "refunds-sale-apart": sale_apart,
    "refunds-approve": deciding("child", "F9"),
    "refunds-nobody": nobody_left,
    "refunds-corrected": corrected("child"),
    "refunds-corrected-server": corrected("asked"),
    "refunds-corrected-approved": corrected("mixed"),
    "refunds-second": chosen("child", "F9"),
    "refunds-refuse": deciding("child", "F10"),
    "refunds-withdraw": chosen("child", "F11"),
    "refunds-paying": refunds_paying,
    "refunds-paid": chosen("mixed", "F9"),
    "refunds-in-cash": chosen("failed", "F10"),
    "refunds-slip": chosen("unknown", "F10"),
    "refunds-slip-not": chosen("unknown", "F12"),
}
