from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from clients import mynaportal
from domain.errors import Refused
from domain.moves import (
    DeclaredPerson,
    PortalMoveOut,
    PortalState,
    PortalStatus,
    PortalWithdrawal,
    VisitPlan,
)
from domain.telegrams import Message

if TYPE_CHECKING:
    from tests.simulators.inbox import Inbox
    from tests.simulators.office import Office
    from tests.simulators.world import World

HERE = "mynaportal/applications"


async def test_a_citizen_files_once_and_two_municipalities_are_told(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """転出届 to the origin, 来庁予定 to the destination: what was typed, as it was typed."""
    filed = await _file(world, office, new_home)

    [out] = await inbox.of(office.municipality, 1)
    [plan] = await inbox.of(new_home.municipality, 1)
    move_out, visit = out.read(), plan.read()
    assert (move_out.kind, visit.kind) == (Message.PORTAL_MOVE_OUT, Message.VISIT_PLAN)
    assert {str(move_out.message_id), str(visit.message_id)} == {*filed["messages"].values()}
    assert isinstance(move_out.contents, PortalMoveOut)
    assert isinstance(visit.contents, VisitPlan)
    assert move_out.contents.destination == new_home.municipality
    assert (visit.contents.visit_on, visit.contents.office) == (date(2026, 12, 2), "本庁")
    for contents in (move_out.contents, visit.contents):
        assert str(contents.application_id) == filed["id"]
        assert contents.serial == "123456789"
        assert contents.persons[0] == DeclaredPerson(
            name="山田　太郎", name_kana="やまだ　たろう", born_on=date(1990, 4, 1)
        )


async def test_either_message_may_come_first(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """The portal is in no hurry, and its two messages know nothing of each other."""
    delay = {"system": "mynaportal", "kind": "OS-01", "municipality": office.municipality}
    await world.control("PUT", "delays", {**delay, "seconds": 3600})

    await _file(world, office, new_home)

    await inbox.of(new_home.municipality, 1)
    assert inbox.so_far(office.municipality) == 0


async def test_an_application_may_be_sent_again_and_filed_again(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """Sent again it is the same message; filed again it is another application."""
    filed = await _file(world, office, new_home)
    await world.control("POST", f"{HERE}/{filed['id']}/again", {"kind": "OS-01"})
    first, again = await inbox.of(office.municipality, 2)
    await _file(world, office, new_home)

    other = (await inbox.of(office.municipality, 3))[-1]
    assert first == again
    assert first.push.message_id != other.push.message_id


async def test_each_part_is_taken_back_by_itself_and_once(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """The destination hears nothing of a 転出届 that is taken back, and keeps its 予約."""
    filed = await _file(world, office, new_home)
    await inbox.of(office.municipality, 1)

    withdrawal_id = await world.control("POST", _withdrawals(filed), {"kind": "OS-01"})

    arrival = (await inbox.of(office.municipality, 2))[-1].read()
    assert (str(arrival.message_id), arrival.kind) == (withdrawal_id, Message.PORTAL_MOVE_OUT)
    assert arrival.contents == PortalWithdrawal(
        application_id=UUID(filed["id"]), withdraws=UUID(filed["messages"]["OS-01"])
    )
    seen = await world.control("GET", f"{HERE}/{filed['id']}")
    assert (seen["move_out"]["withdrawn"], seen["visit"]["withdrawn"]) == (True, False)
    with pytest.raises(aiohttp.ClientResponseError, match="409"):
        await world.control("POST", _withdrawals(filed), {"kind": "OS-01"})


async def test_a_move_within_one_municipality_is_a_visit_alone(
    world: World, office: Office, inbox: Inbox
) -> None:
    """転居予約: OS-02 from here to here, and no 転出届; told and taken back like any other.

    Red: with an OS-01 for every application.
    """
    filed = await _file(world, office, office)
    assert [*filed["messages"]] == ["OS-02"]

    [plan] = await inbox.of(office.municipality, 1)
    visit = plan.read()
    assert isinstance(visit.contents, VisitPlan)
    assert visit.contents.origin == visit.municipality == office.municipality
    await _tell(office, filed, PortalState.RECEIVED, place="２階３番窓口")
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await world.control("POST", _withdrawals(filed), {"kind": "OS-01"})
    await world.control("POST", _withdrawals(filed), {"kind": "OS-02"})

    withdrawal = (await inbox.of(office.municipality, 2))[-1].read()
    assert withdrawal.kind is Message.VISIT_PLAN
    assert withdrawal.contents == PortalWithdrawal(
        application_id=UUID(filed["id"]), withdraws=visit.message_id
    )
    await _tell(office, filed, PortalState.WITHDRAWN)
    seen = await world.control("GET", f"{HERE}/{filed['id']}")
    assert seen["move_out"] is None
    assert seen["visit"]["withdrawn"]
    assert [each["state"] for each in seen["visit"]["history"]] == ["受付", "取消"]


async def test_the_citizen_sees_what_each_municipality_answered(
    world: World, office: Office, new_home: Office
) -> None:
    """処理状況 of the 転出届; documents and place of the visit; the last word counts."""
    filed = await _file(world, office, new_home)
    await _tell(office, filed, PortalState.RECEIVED)
    await _tell(office, filed, PortalState.DONE, words="転出届を受理しました。")
    await _tell(
        new_home,
        filed,
        PortalState.EXAMINING,
        documents=("マイナンバーカード",),
        place="２階３番窓口",
    )

    seen = await world.control("GET", f"{HERE}/{filed['id']}")

    assert [each["state"] for each in seen["move_out"]["history"]] == ["受付", "完了"]
    assert seen["move_out"]["status"]["words"] == "転出届を受理しました。"
    assert seen["visit"]["status"]["documents"] == ["マイナンバーカード"]
    assert seen["visit"]["status"]["place"] == "２階３番窓口"


async def test_a_status_sent_twice_is_told_once(
    world: World, office: Office, new_home: Office
) -> None:
    filed = await _file(world, office, new_home)
    telegram_id = uuid4()

    for _ in range(3):
        await _tell(office, filed, PortalState.DONE, telegram_id=telegram_id)

    seen = await world.control("GET", f"{HERE}/{filed['id']}")
    assert len(seen["move_out"]["history"]) == 1
    assert await office.portal.look_up(office.municipality, telegram_id) is not None


async def test_only_the_two_municipalities_answer_an_application(
    world: World, office: Office, new_home: Office, third: Office
) -> None:
    filed = await _file(world, office, new_home)

    with pytest.raises(Refused, match="UNKNOWN_APPLICATION"):
        await _tell(third, filed, PortalState.DONE)
    with pytest.raises(Refused, match="UNKNOWN_APPLICATION"):
        await _tell(office, {"id": str(uuid4())}, PortalState.DONE)


async def test_there_is_nothing_to_see_of_what_was_not_filed(world: World) -> None:
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await world.control("GET", f"{HERE}/{uuid4()}")


async def test_a_forgotten_municipality_has_no_applications(
    world: World, office: Office, new_home: Office
) -> None:
    filed = await _file(world, office, new_home)
    await _tell(office, filed, PortalState.DONE)

    await world.control("POST", f"reset?municipality={office.municipality}")

    counts = (await world.ledger("mynaportal", office.municipality))["counts"]
    assert not any(counts.values())


async def _file(world: World, origin: Office, destination: Office) -> dict[str, Any]:
    return await world.control(
        "POST",
        HERE,
        {
            "origin": origin.municipality,
            "destination": destination.municipality,
            "moving_on": "2026-12-01",
            "visit_on": "2026-12-02",
            "office": "本庁",
            "serial": "123456789",
            "persons": [
                {"name": "山田　太郎", "name_kana": "やまだ　たろう", "born_on": "1990-04-01"},
                {"name": "山田　花子", "born_on": "2026-11-20"},
            ],
        },
    )


def _withdrawals(filed: dict[str, Any]) -> str:
    return f"{HERE}/{filed['id']}/withdrawals"


async def _tell(
    office: Office,
    filed: dict[str, Any],
    state: PortalState,
    *,
    telegram_id: UUID | None = None,
    **words: Any,
) -> None:
    telegram_id = telegram_id or uuid4()
    said = PortalStatus(application_id=UUID(filed["id"]), state=state, **words)
    body = mynaportal.status(office.municipality, telegram_id, said)
    await office.portal.send(office.municipality, telegram_id, body)
