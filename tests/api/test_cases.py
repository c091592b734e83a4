"""Looking at cases: lists, the undo plan, and following one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.cases import Direction, Progress, StepState, WaitKind
from domain.telegrams import Peer
from register import cases, code_pool, incidents, ledger
from register.case_views import find
from register.incidents import Attempt, Trouble
from tests.api.desk import ANNOUNCE, NUMBER
from tests.numbers import resident_code

if TYPE_CHECKING:
    from tests.api.counter import Api
    from tests.api.desk import Desk

ENTER = "住民票を記載し住民票コードを割り当てる"


async def test_a_list_goes_on_where_it_stopped(desk: Desk) -> None:
    """Pages follow each other without gap or overlap, newest first."""
    numbers = [await desk.report(days_ago=400 * n) for n in range(1, 8)]
    seen: list[str] = []
    cursor = ""
    while True:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await desk.client.get("/v1/cases", **params)).json
        seen += [case["case_number"] for case in page["cases"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == numbers[::-1]


async def test_cases_are_filtered(desk: Desk) -> None:
    """By state, procedure, reference, day of acceptance, and whether staff must decide."""
    plain = await desk.report()
    body = desk.birth(household=1) | {"reference": "戸籍-1"}
    named = (await desk.client.post("/v1/births", body)).json["case_number"]
    parked = await desk.report(days_ago=400)
    await desk.park(parked)
    top_up = (await desk.client.post("/v1/code-pool/top-ups")).json["case_number"]

    async def found(**wanted: str) -> set[str]:
        answer = await desk.client.get("/v1/cases", **wanted)
        return {case["case_number"] for case in answer.json["cases"]}

    births = {plain, named, parked}
    tomorrow = (desk.today + timedelta(days=1)).isoformat()
    assert await found() == births | {top_up}
    assert await found(procedure="出生付番") == births
    assert await found(reference="戸籍-1") == {named}
    assert await found(waiting_for_staff="true") == {parked}
    assert await found(state="completed") == set()
    assert await found(accepted_from=desk.today.isoformat()) == births | {top_up}
    assert await found(accepted_to=desk.today.isoformat()) == births | {top_up}
    assert await found(accepted_from=tomorrow) == set()


async def test_a_failing_step_says_since_when_and_when_next(desk: Desk) -> None:
    """`Unavailable` parks nothing: the case tells what it tries, how often, and when again."""
    number = await desk.report()
    trouble = Trouble("unavailable", "HTTP_503", Peer.JLIS)
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        for attempt in range(4):
            again = Attempt(f"attempt {attempt}", timedelta(seconds=30))
            await incidents.note_failure(tx, ref, NUMBER, trouble, again)
        await tx.execute(
            "INSERT INTO peer_note (municipality, peer, code, since)"
            " VALUES ($1, 'jlis', 'HTTP_503', clock_timestamp() - interval '1 hour')",
            desk.town.code,
        )
    case = (await desk.client.get(f"/v1/cases/{number}")).json
    [waiting] = [one for one in case["waiting_for"] if one["kind"] == "failure"]
    assert (waiting["code"], waiting["peer"], waiting["failed_attempts"]) == ("HTTP_503", "jlis", 4)
    assert waiting["next_try"] > waiting["since"]
    assert not case["incidents"]
    assert [note["peer"] for note in case["peer_notes"]] == ["jlis"]
    [note] = [one for one in (await desk.client.get("/v1/peers")).json if one["incident"]]
    assert note["title"] == "住基ネット（J-LIS）"


async def test_a_wait_names_the_case_in_front(desk: Desk) -> None:
    """Waiting for a lane is no failure, and says behind whom."""
    number = await desk.report()
    async with desk.town.open() as tx:
        progress = Progress(wait=WaitKind.LANE, seconds=60, behind="131016-R8-000001")
        await ledger.wait(tx, await desk.ref(number), ANNOUNCE, progress)
    case = (await desk.client.get(f"/v1/cases/{number}")).json
    [waiting] = [one for one in case["waiting_for"] if one["kind"] == "lane"]
    assert waiting["behind"] == "131016-R8-000001"


async def test_an_undo_plan_is_the_story_backwards(desk: Desk) -> None:
    """Newest first; what was done by hand is taken back by hand; what has no undo stays."""
    number = await desk.report()
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        await code_pool.allot(tx, desk.town.code, ref.case_id, [resident_code(int(desk.town.code))])
        await code_pool.reserve(tx, ref)
        await ledger.record(tx, ref, ENTER, StepState.DONE, 0)
        await ledger.record(tx, ref, NUMBER, StepState.DONE, 0)
        await ledger.record(tx, ref, ANNOUNCE, StepState.BY_HAND, 0)
    plan = (await desk.client.get(f"/v1/cases/{number}/undo-plan")).json
    assert [(one["step"], one["how"]) for one in plan["undos"]] == [
        (ANNOUNCE, "by_hand"),
        (NUMBER, "stays"),
        (ENTER, "machine"),
    ]
    assert plan["possible"]
    assert plan["codes"] == {"1": "free"}


async def test_a_case_is_followed_to_its_end(desk: Desk, api: Api) -> None:
    """Events come in order with ids to go on from, and the stream ends with the case."""
    number = await desk.report()
    headers = {"Authorization": f"Bearer {desk.client.token}"}
    async with asyncio.timeout(20):
        async with api.session.get(f"/v1/cases/{number}/events", headers=headers) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            async for line in stream.content:
                if line.startswith(b"event: standing"):
                    break
            async with desk.town.open() as tx:
                await ledger.record(tx, await desk.ref(number), ENTER, StepState.DONE, 0)
                file = await find(tx, number)
                assert file is not None
                await cases.close(tx, file.ref, Direction.FORWARD)
            rest = (await stream.content.read()).decode()
        assert rest.index('"event": "done"') < rest.index('"event": "completed"')
        # What happened before, as the acceptance, may stand in front of it.
        [done] = [told for told in rest.split("\n\n") if '"event": "done"' in told]
        again = headers | {"Last-Event-ID": done.splitlines()[0].removeprefix("id: ")}
        async with api.session.get(f"/v1/cases/{number}/events", headers=again) as stream:
            assert '"event": "done"' not in (text := (await stream.content.read()).decode())
            assert '"event": "completed"' in text


async def test_stock_and_top_up(desk: Desk) -> None:
    """One top-up per municipality: the second order is told the first's number."""
    first = await desk.client.post("/v1/code-pool/top-ups")
    assert first.status == 202
    second = await desk.client.post("/v1/code-pool/top-ups", {})
    assert (second.status, second.code) == (409, "TOP_UP_OPEN")
    assert second.json["case_numbers"] == [first.json["case_number"]]
    stock = (await desk.client.get("/v1/code-pool")).json
    assert stock == {
        "stock": 0,
        "low_water": 100,
        "target": 1000,
        "open_top_up": first.json["case_number"],
    }
