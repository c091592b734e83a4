"""The page of a case: what the office allows is offered, and what it refuses is told in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import escape

from api.runbook import stated
from domain.cases import Verb
from domain.telegrams import Peer
from register import incidents
from register.incidents import Trouble
from tests.api.desk import ANNOUNCE, EVERY_VERB
from tests.docs.codes import of_incidents

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.conftest import Door

CODES = of_incidents()


async def test_a_case_shows_its_steps_and_why_it_waits(door: Door, desk: Desk) -> None:
    """Business steps in order, the advice, and the decisions with what they do."""
    number = await desk.report()
    await desk.park(number)
    page = await (await door.visitor()).opens(f"cases/{number}")
    assert page.status == 200
    assert "郵便番号と住所が一致しません。" in page.text
    assert page.text.index("住民票を記載") < page.text.index("他業務へ異動を知らせる")
    assert {form[1].get("verb") for form in page.forms()} >= {"retry", "done_by_hand"}
    assert [link for link in page.links() if "/amendments/" in link]


async def test_a_decision_is_taken_and_shown(door: Door, desk: Desk) -> None:
    """Its author is whoever is signed in."""
    number = await desk.report()
    incident = await desk.park(number)
    visitor = await door.visitor()
    page = await visitor.opens(f"cases/{number}")

    page = await visitor.sends(page.form(verb="retry"), reason="届書で確認した。")

    assert page.status == 200
    assert f"{visitor.subject}: もう一度行う" in page.text
    shown = (await desk.client.get(f"/v1/cases/{number}")).json
    [decision] = shown["decisions"]
    assert (decision["author"], decision["incident_id"]) == (visitor.subject, str(incident))


async def test_the_same_form_sent_twice_decides_once(door: Door, desk: Desk) -> None:
    """A double click is one decision."""
    number = await desk.report()
    await desk.park(number)
    visitor = await door.visitor()
    form = (await visitor.opens(f"cases/{number}")).form(verb="retry")
    for _ in range(2):
        page = await visitor.sends(form, reason="届書で確認した。")
        assert page.status == 200
    shown = (await desk.client.get(f"/v1/cases/{number}")).json
    assert len(shown["decisions"]) == 1


async def test_a_stale_page_is_told_what_happened_and_keeps_what_was_typed(
    door: Door, desk: Desk
) -> None:
    """Somebody else was quicker: nothing is decided twice, and no word is lost."""
    number = await desk.report()
    incident = await desk.park(number)
    visitor = await door.visitor()
    form = (await visitor.opens(f"cases/{number}")).form(verb="done_by_hand")
    await desk.decide(number, "retry", incident)

    page = await visitor.sends(form, reason="わたしの理由", evidence="住基-令8-0042")

    assert page.status == 409
    assert 'role="alert"' in page.text
    assert "ALREADY_DECIDED" in page.text


async def test_a_reason_may_have_several_lines(door: Door, desk: Desk) -> None:
    """A browser ends them as no text of ours does.  Red: take them as they come."""
    number = await desk.report()
    incident = await desk.park(number)
    visitor = await door.visitor()
    form = (await visitor.opens(f"cases/{number}")).form(verb="retry")
    assert (await visitor.sends(form, reason="一行目\r\n二行目")).status == 200
    async with desk.town.open() as tx:
        reason = await tx.fetchval("SELECT reason FROM decision WHERE incident_id = $1", incident)
    assert reason == "一行目\n二行目"


async def test_a_role_sees_who_may_decide_what_it_may_not(door: Door, desk: Desk) -> None:
    """Operations look on; the counter leaves a withdrawal to others."""
    number = await desk.report()
    await desk.park(number)
    page = await (await door.visitor("operations")).opens(f"cases/{number}")
    assert not [form for form in page.forms() if "verb" in form[1]]
    page = await (await door.visitor("counter")).opens(f"cases/{number}")
    assert "取下げの内容を確かめる" not in page.text
    page = await (await door.visitor("examiner")).opens(f"cases/{number}/withdrawal")
    assert {"verb": "withdraw"}.items() <= page.form(verb="withdraw")[1].items()


async def test_a_withdrawal_is_decided_with_its_plan_in_view(door: Door, desk: Desk) -> None:
    """What would be taken back is shown first; then it is one decision like any other."""
    number = await desk.report()
    await desk.park(number, verbs=tuple(Verb))
    visitor = await door.visitor()
    page = await visitor.opens(f"cases/{number}/withdrawal")
    page = await visitor.sends(page.form(verb="withdraw"), reason="取下げ書による。")
    assert f"{visitor.subject}: 取り下げる" in page.text


async def test_the_list_of_cases_leads_to_a_number_typed_in(door: Door, desk: Desk) -> None:
    """A number nobody has is said to be nobody's."""
    number = await desk.report()
    visitor = await door.visitor()
    assert f"/console/cases/{number}" in (await visitor.opens("cases")).text
    assert (await visitor.opens("cases", number=number)).url.endswith(f"/cases/{number}")
    page = await visitor.opens("cases", number="999999-R8-000001")
    assert "この自治体にありません" in page.text


async def test_a_withdrawal_that_is_refused_keeps_its_words(door: Door, desk: Desk) -> None:
    """Refused in front of its plan, with the reason still there.  Red: show the case instead."""
    number = await desk.report()
    await desk.park(number, verbs=tuple(Verb))
    visitor = await door.visitor()
    form = (await visitor.opens(f"cases/{number}/withdrawal")).form(verb="withdraw")

    page = await visitor.sends(form, reason="長" * 5000)

    assert page.status == 422
    assert f'name="reason" rows="2" required>{"長" * 5000}' in page.text


async def test_a_form_sent_with_other_words_is_not_taken_for_the_first(
    door: Door, desk: Desk
) -> None:
    """One form is one decision; what the register refuses is told as what it is.

    Red: call every refusal of the register an unknown municipality.
    """
    number = await desk.report()
    await desk.park(number)
    visitor = await door.visitor()
    form = (await visitor.opens(f"cases/{number}")).form(verb="retry")
    await visitor.sends(form, reason="一つ目の理由")

    page = await visitor.sends(form, reason="二つ目の理由")

    assert page.status == 422
    assert "IDEMPOTENCY_KEY_REUSED" in page.text


async def test_every_code_is_shown_with_its_advice(door: Door, desk: Desk) -> None:
    """Whatever parks a case, its page says what staff do about it.

    All of them stand on one page here, each for a person of its own.  Red: leave the advice out.
    """
    number = await desk.report()
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        for subject, (code, kind) in enumerate(CODES.items(), start=1):
            whom = ref.model_copy(update={"subject": subject})
            await incidents.park(tx, whom, ANNOUNCE, Trouble(kind, code, Peer.JLIS), EVERY_VERB)

    page = await (await door.visitor()).opens(f"cases/{number}")

    told = dict(re.findall(r": <code>(\w+)</code></h2>\n<p>(.+?)</p>", page.text))
    assert told == {code: escape(words.ja) for code in CODES if (words := stated(code))}
