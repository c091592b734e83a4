"""相手: how every peer stands, and holding and releasing its gate from the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.telegrams import Peer
from register import gates

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.conftest import Door

REASON = "J-LIS から停止の連絡があった。"


async def test_a_gate_is_held_and_released_from_the_page(door: Door) -> None:
    """Shown there and on the desk, with who and why; released it is let through."""
    visitor = await door.visitor("operations")
    page = await visitor.opens("peers")

    held = await visitor.sends(_form(page.forms(), "hold"), reason=REASON)
    desk = await visitor.opens("")
    released = await visitor.sends(_form(held.forms(), "release"), reason="復旧した。")

    assert REASON in held.text
    assert "停止中" in desk.text
    assert "/console/peers#jlis" in desk.links()
    assert "再開中" in released.text


async def test_a_hold_until_an_hour_of_the_office(door: Door) -> None:
    """What is typed is Japan's time; what has passed is refused, and what was typed stays."""
    visitor = await door.visitor()
    page = await visitor.opens("peers")

    past = await visitor.sends(_form(page.forms(), "hold"), reason=REASON, until="2020-01-01T09:00")
    nonsense = await visitor.sends(_form(page.forms(), "hold"), reason=REASON, until="明日")
    ahead = await visitor.sends(
        _form(past.forms(), "hold"), reason=REASON, until="2099-01-01T09:00"
    )

    assert past.status == nonsense.status == 422
    assert "いつまで" in past.text
    assert f">{REASON}</textarea>" in past.text
    assert "2099-01-01 09:00 に自動で再開します" in ahead.text


async def test_who_may_not_hold_a_gate_sees_it_and_no_form(door: Door) -> None:
    """The counter sees why its cases wait; the form itself is refused as well."""
    counter, chief = await door.visitor("counter"), await door.visitor()
    page = await counter.opens("peers")
    theirs = _form((await chief.opens("peers")).forms(), "hold")

    refused = await counter.sends(theirs, reason=REASON)

    assert not [action for action, _ in page.forms() if "/peers/" in action]
    assert "責任者と運用の役割" in page.text
    assert refused.status == 403


async def test_a_silent_peer_is_one_row_of_the_desk(door: Door, desk: Desk) -> None:
    """However many cases it keeps waiting; none of them is an incident of its own."""
    for days_ago in (2, 3):
        ref = await desk.ref(await desk.report(days_ago=days_ago))
        async with desk.town.open() as tx:
            for _ in range(4):
                await gates.unanswered(tx, ref, Peer.JLIS, "HTTP_503")
    visitor = await door.visitor()

    page = await visitor.opens("")
    peers = await visitor.opens("peers")

    assert page.text.count("から応答していません") == 1
    assert "職員の判断を待つ案件はありません。" in page.text
    assert "一件を試し" in peers.text
    assert "自動で止めました" in peers.text
    assert "最近1時間に 8 回" in peers.text


async def test_a_form_of_another_session_holds_nothing(door: Door) -> None:
    """The token behind each form.  Red: leave out `OwnForm`."""
    one, other = await door.visitor(), await door.visitor()
    action, hidden = _form((await one.opens("peers")).forms(), "hold")

    refused = await other.sends((action, hidden), reason=REASON)

    assert refused.status == 403
    assert "停止中" not in (await other.opens("")).text


def _form(forms: list[tuple[str, dict[str, str]]], verb: str) -> tuple[str, dict[str, str]]:
    return next(one for one in forms if one[0] == f"/console/peers/jlis/{verb}")
