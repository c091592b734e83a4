"""Beside a case: who else looks, what they noted, and what happened while one was typing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.cases import StepState
from domain.telegrams import Peer
from register import incidents, ledger, presence
from register.incidents import Trouble
from tests.api.desk import ANNOUNCE, EVERY_VERB, NUMBER

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.conftest import Door
    from tests.console.visitor import Visitor


async def test_who_else_looks_is_told_and_forgotten(door: Door, desk: Desk) -> None:
    """A page that lives says so; a minute after it was last heard of, nobody is there.

    Red: count everybody who ever looked.
    """
    number = await desk.report()
    one, other = await door.visitor("examiner"), await door.visitor("chief")
    async with asyncio.timeout(20):
        await _lives(one, number)
    name = await _name(desk, one.subject)
    assert f"ほかに見ている人: <span>{name}</span>" in (await other.opens(f"cases/{number}")).text
    assert name not in (await one.opens(f"cases/{number}")).text.partition("ほかに見ている人")[2]

    async with desk.town.open() as tx:
        await tx.execute(
            "UPDATE case_viewer SET seen_at = clock_timestamp() - $1::interval", presence.LASTS
        )
    assert "ほかに見ている人: <span></span>" in (await other.opens(f"cases/{number}")).text


async def test_a_live_page_hears_who_comes(door: Door, desk: Desk) -> None:
    """By the same stream that says the case has changed."""
    number = await desk.report()
    one, other = await door.visitor("examiner"), await door.visitor("chief")
    async with asyncio.timeout(20):
        await _lives(one, number)
        told = await _lives(other, number)
    assert told == await _name(desk, one.subject)


async def test_a_note_is_written_and_read_on_the_page(door: Door, desk: Desk) -> None:
    """By staff; operations see none of it."""
    number = await desk.report()
    visitor = await door.visitor("counter")
    page = await visitor.opens(f"cases/{number}")
    form = next(one for one in page.forms() if one[0].endswith("/notes"))
    page = await visitor.sends(form, words="電話した。\r\n金曜に<来庁>。")
    assert "電話した。\n金曜に&lt;来庁&gt;。" in page.text
    assert "金曜に" not in (await (await door.visitor("operations")).opens(f"cases/{number}")).text

    page = await visitor.sends(
        next(one for one in page.forms() if one[0].endswith("/notes")), words="長" * 1001
    )
    assert page.status == 422
    assert "引継ぎメモ" in page.text
    assert "長" * 1001 in page.text


async def test_a_stale_page_says_what_happened_meanwhile(door: Door, desk: Desk) -> None:
    """Steps, decisions, incidents and notes since the page was made, and nothing from before it.

    Red: go by the clock; what was begun before the page and committed after would be missing.
    """
    number = await desk.report()
    incident = await desk.park(number)
    ref = await desk.ref(number)
    visitor = await door.visitor()
    async with desk.town.open() as slow:
        await ledger.record(slow, ref, NUMBER, StepState.DONE, 0)
        form = (await visitor.opens(f"cases/{number}")).form(verb="retry")
    await desk.decide(number, "retry", incident)
    await desk.client.post(f"/v1/cases/{number}/notes", {"words": "電話した。"})

    page = await visitor.sends(form, reason="わたしの理由")

    told = page.text.partition("この頁を開いた後に起きたこと")[2].partition("</ul>")[0]
    assert f"「{NUMBER}（1人目）」が済みました。" in told
    assert f"chief-01 が「{ANNOUNCE}（1人目）」について判断しました: もう一度行う" in told
    assert "chief-01 が引継ぎメモを書きました。" in told
    assert "新しい対応待ち" not in told
    assert "受け付けました" not in told
    beside = await visitor.opens(f"cases/{number}/meanwhile", since=form[1]["since"])
    assert told.strip() in beside.text


async def test_what_is_no_moment_tells_nothing(door: Door, desk: Desk) -> None:
    """Whatever stands in the address, it is no error of ours."""
    number = await desk.report()
    visitor = await door.visitor()
    for nonsense in ("", "1", "9:1:", "1:2:3", "x", "\u0000", "1:1:" + "1," * 1500):
        page = await visitor.opens(f"cases/{number}/meanwhile", since=nonsense)
        assert page.status == 200, nonsense


async def test_a_decision_that_failed_again_leads_to_its_new_incident(
    door: Door, desk: Desk
) -> None:
    """And says so when that one is settled too, or the withdrawal has made an end of it."""
    number = await desk.report()
    incident = await desk.park(number)
    await desk.decide(number, "retry", incident)
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        trouble = Trouble("refused", "BAD_CHARACTER", Peer.JLIS)
        again = await incidents.park(tx, ref, ANNOUNCE, trouble, EVERY_VERB)
    [decision] = (await desk.client.get(f"/v1/cases/{number}")).json["decisions"]
    assert (decision["led_to"], decision["code"]) == (str(again), "ADDRESS_MISMATCH")
    visitor = await door.visitor()
    page = await visitor.opens(f"cases/{number}")
    assert "再び失敗しました" in page.text
    assert f"#i-{again}" in page.links()

    async with desk.town.open() as tx:
        await tx.execute("SELECT step_worked($1, $2, $3, 1)", desk.town.code, ref.case_id, ANNOUNCE)
    page = await visitor.opens(f"cases/{number}")
    assert "新しい対応待ちは、その後に解消しました" in page.text


async def _lives(visitor: Visitor, number: str) -> str:
    """Have a page of the case live until it has told who else is there; the names."""
    url = f"{visitor.url}/console/cases/{number}/news"
    async with visitor.session.get(url) as stream:
        async for raw in stream.content:
            if raw.decode().strip() == "event: viewers":
                return (await stream.content.readline()).decode().removeprefix("data:").strip()
    raise AssertionError("the stream ended")


async def _name(desk: Desk, subject: str) -> str:
    async with desk.town.open() as tx:
        return await tx.fetchval("SELECT name FROM staff_member WHERE subject = $1", subject)
