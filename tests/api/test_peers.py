"""The gates of the peers over HTTP: seen by all, held and released by those who may."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import Progress, WaitKind
from domain.telegrams import Peer
from register import clock, gates, ledger
from runtime.settings import TokenRole
from tests.api.desk import NUMBER

if TYPE_CHECKING:
    from tests.api.counter import Answer, Api
    from tests.api.desk import Desk

REASON = "J-LIS から停止の連絡があった。"
TITLE = "住基ネット（J-LIS）"


async def test_every_peer_is_shown_though_nothing_ever_happened(desk: Desk) -> None:
    """In the order of the house; a gate nobody ever held is open, or the peer is closed."""
    shown = (await desk.client.get("/v1/peers")).json

    assert [one["peer"] for one in shown] == list(Peer)
    assert {one["state"] for one in shown[1:]} == {"open"}
    assert shown[0]["state"] in {"open", "closed"}
    assert (shown[0]["state"] == "closed") == (shown[0]["opens_at"] is not None)
    assert {(one["waiting"], one["silences"], one["since"]) for one in shown} == {(0, 0, None)}


async def test_staff_hold_a_gate_and_release_it(desk: Desk) -> None:
    """Who, why and since when is told; releasing what is not held is refused."""
    held = (await _act(desk, "hold")).json
    refused = await _act(desk, "hold", reason="")
    released = (await _act(desk, "release")).json
    again = await _act(desk, "release")

    assert (held["state"], held["why_ja"], held["automatic"]) == ("held", REASON, False)
    assert held["by"]
    assert (refused.status, refused.code) == (422, "MISSING_REASON")
    assert released["state"] == "draining"
    assert (again.status, again.code) == (409, "GATE_NOT_HELD")
    async with desk.town.open() as tx:
        events = await tx.fetch("SELECT event, author, reason FROM gate_event ORDER BY log_id")
    assert [event["event"] for event in events] == ["held", "draining"]
    assert {(event["author"], event["reason"]) for event in events} == {(held["by"], REASON)}


async def test_operations_may_hold_a_gate(api: Api, desk: Desk) -> None:
    """They hear first that a system is away."""
    answer = await api.client(desk.town, TokenRole.OPERATIONS).post(
        "/v1/peers/mynaportal/hold", {"reason": REASON}
    )
    assert (answer.status, answer.json["state"]) == (200, "held")


async def test_a_hold_may_end_by_itself_but_not_before_it_begins(desk: Desk) -> None:
    """Until an instant ahead of the business clock; one without a zone is no instant."""
    async with desk.town.open() as tx:
        now = await clock.now(tx)
    later = (now + timedelta(hours=2)).isoformat()

    assert (await _act(desk, "hold", until=later)).json["until"] is not None
    past = await _act(desk, "hold", until=(now - timedelta(seconds=1)).isoformat())
    assert past.fields == {("until", "NOT_AHEAD")}
    assert (await _act(desk, "hold", until="2026-12-01T09:00:00")).status == 422


async def test_the_same_request_holds_once(desk: Desk) -> None:
    """As every decision: sent again under its key it changes nothing, however many do at once."""
    sent = [
        desk.client.post("/v1/peers/jlis/hold", {"reason": REASON}, key="0123456789")
        for _ in range(4)
    ]
    answers = await asyncio.gather(*sent)

    assert {answer.status for answer in answers} == {200}
    async with desk.town.open() as tx:
        assert await tx.fetchval("SELECT count(*) FROM gate_event") == 1


async def test_a_system_nobody_knows_has_no_gate(desk: Desk) -> None:
    assert (await desk.client.post("/v1/peers/somebody/hold", {"reason": REASON})).status in {
        404,
        422,
    }


async def test_a_case_at_a_held_gate_says_so_and_why(desk: Desk) -> None:
    """Not that it failed: whom nothing leaves for, the reason staff gave, and until when."""
    number = await desk.report()
    await _act(desk, "hold", until="2099-12-01T09:00:00+09:00")
    await _waits(desk, number)

    [waiting] = await _waiting_for(desk, number)

    assert waiting["ja"] == f"{TITLE}への送信を止めています（{REASON}、2099-12-01 09:00 まで）。"
    assert (waiting["kind"], waiting["peer"], waiting["step"]) == ("gate", "jlis", NUMBER)
    assert "法定期限" in waiting["then_ja"]
    assert (await _peer(desk))["waiting"] == 1


async def test_a_case_behind_a_silent_peer_says_when_it_is_tried_next(desk: Desk) -> None:
    """One incident of the peer, none of the case."""
    number = await desk.report()
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        for _ in range(5):
            await gates.unanswered(tx, ref, Peer.JLIS, "HTTP_503")
    await _waits(desk, number)

    [waiting] = await _waiting_for(desk, number)
    peer = await _peer(desk)

    assert "（応答がないため自動で停止、HTTP_503）" in waiting["ja"]
    assert waiting["next_try"] > waiting["since"]
    assert (peer["state"], peer["automatic"], peer["silences"]) == ("held", True, 5)
    assert peer["incident"]["code"] == "HTTP_503"
    assert not (await desk.client.get(f"/v1/cases/{number}")).json["incidents"]


async def test_while_it_is_let_through_a_case_says_so(desk: Desk) -> None:
    """And the peer until about when, at the office's budget."""
    number = await desk.report()
    await _act(desk, "hold")
    await _waits(desk, number)
    await _act(desk, "release")

    [waiting] = await _waiting_for(desk, number)

    assert "順に再開しています" in waiting["ja"]
    peer = await _peer(desk)
    assert (peer["waiting"], peer["budget"]) == (1, 5)
    assert (peer["through_by"] is None) == (peer["opens_at"] is not None)


async def test_operations_count_gates_and_who_waits_at_them(api: Api, desk: Desk) -> None:
    """One series for each state, so that a panel can show since when."""
    await _act(desk, "hold")
    await _waits(desk, await desk.report())

    shown = (await api.stranger().ask("GET", "/metrics")).text

    labels = f'municipality="{desk.town.code}",peer="jlis"'
    assert f'juki_peer_gate{{{labels},state="held"}} 1.0' in shown
    assert f'juki_peer_gate{{{labels},state="open"}} 0.0' in shown
    assert f"juki_peer_waiting_cases{{{labels}}} 1.0" in shown


async def _act(desk: Desk, verb: str, **said: Any) -> Answer:
    return await desk.client.post(f"/v1/peers/jlis/{verb}", {"reason": REASON} | said)


async def _waits(desk: Desk, number: str) -> None:
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        await tx.execute("UPDATE case_file SET started_at = now() WHERE case_id = $1", ref.case_id)
        await ledger.wait(tx, ref, NUMBER, Progress(wait=WaitKind.GATE, seconds=60), Peer.JLIS)


async def _waiting_for(desk: Desk, number: str) -> list[dict[str, Any]]:
    return (await desk.client.get(f"/v1/cases/{number}")).json["waiting_for"]


async def _peer(desk: Desk) -> dict[str, Any]:
    return (await desk.client.get("/v1/peers")).json[0]
