from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from clients import jlis
from domain.errors import ContractBroken, Refused, Unavailable
from tests.simulators.office import an_office, becomes_true
from tests.simulators.world import a_world

if TYPE_CHECKING:
    from domain.numbers import MunicipalityCode
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_unavailable_so_many_times_and_then_well(world: World, office: Office) -> None:
    await world.arm(office.municipality, system="jlis", kind="UNAVAILABLE", times=2)

    for _ in range(2):
        with pytest.raises(Unavailable, match="HTTP_503"):
            await office.codes(1)
    assert len(await office.codes(1)) == 1


async def test_a_pause_the_peer_asks_for_is_told(world: World, office: Office) -> None:
    await world.arm(office.municipality, system="jlis", kind="UNAVAILABLE", retry_after="120")

    with pytest.raises(Unavailable) as caught:
        await office.codes(1)

    assert caught.value.after is not None
    assert caught.value.after.total_seconds() == 120


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "LOSE_REPLY"}, "BROKEN_OFF"),
        ({"kind": "LOSE_REPLY", "status": 504}, "HTTP_504"),
        ({"kind": "LOSE_REPLY", "status": 500}, "HTTP_500"),
        ({"kind": "MALFORMED", "form": "CUT"}, "MALFORMED"),
        ({"kind": "MALFORMED", "form": "HTML"}, "MALFORMED"),
        ({"kind": "MALFORMED", "form": "EMPTY"}, "MALFORMED"),
        ({"kind": "MALFORMED", "form": "HUGE"}, "MALFORMED"),
        ({"kind": "MALFORMED", "form": "OTHER_MESSAGE"}, "OTHER_MESSAGE"),
    ],
    ids=["切断", "504", "500", "途中まで", "HTML", "空", "巨大", "別の電文"],
)
async def test_a_lost_or_unreadable_reply_is_found_by_look_up(
    world: World, office: Office, fault: dict[str, Any], code: str
) -> None:
    """The effect stands, the answer is not known, and asking by id brings the first answer."""
    await world.arm(office.municipality, system="jlis", message="CS-01", **fault)
    telegram_id = uuid4()
    body = jlis.vacant_codes(office.municipality, telegram_id, 2)

    with pytest.raises(Unavailable, match=f"^{code}$") as caught:
        await office.jlis.send(office.municipality, telegram_id, body)

    assert caught.value.left
    answer = await office.jlis.look_up(office.municipality, telegram_id)
    assert answer is not None
    ledger = await world.ledger("jlis", office.municipality)
    assert sorted(jlis.read_vacant_codes(answer)) == [
        each["code"] for each in ledger["vacant_codes"]
    ]


async def test_a_lost_request_has_no_effect(world: World, office: Office) -> None:
    """Nobody there knows the message; sent again, it takes effect once."""
    await world.arm(office.municipality, system="jlis", kind="LOSE_REQUEST")
    telegram_id = uuid4()
    body = jlis.vacant_codes(office.municipality, telegram_id, 2)

    with pytest.raises(Unavailable):
        await office.jlis.send(office.municipality, telegram_id, body)

    assert await office.jlis.look_up(office.municipality, telegram_id) is None
    await office.jlis.send(office.municipality, telegram_id, body)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("CHECK_DIGIT", "WRONG_NUMBER"),
        ("OTHER_CODE", "OTHER_CODE"),
        ("MISSING_ITEM", "MISSING_ITEM"),
    ],
)
async def test_an_answer_with_wrong_contents_breaks_the_contract(
    world: World, office: Office, form: str, code: str
) -> None:
    [resident_code] = await office.codes(1)
    await world.arm(
        office.municipality, system="jlis", kind="MALFORMED", form=form, message="CS-02"
    )

    with pytest.raises(ContractBroken, match=f"^{code}$"):
        await office.number(resident_code)


async def test_one_wrong_code_spoils_the_whole_list(world: World, office: Office) -> None:
    """A batch with one bad check digit brings none."""
    await world.arm(office.municipality, system="jlis", kind="MALFORMED", form="CHECK_DIGIT")

    with pytest.raises(ContractBroken, match="WRONG_CODE_IN_BATCH"):
        await office.codes(100)


async def test_a_refusal_by_fault_stands_like_any_other(world: World, office: Office) -> None:
    """An armed refusal enters the ledger: this message is refused for ever, a new one is not."""
    await world.arm(office.municipality, system="jlis", kind="REFUSE", code="NO_REASON")
    telegram_id = uuid4()
    body = jlis.vacant_codes(office.municipality, telegram_id, 2)

    for _ in range(2):
        with pytest.raises(Refused, match="NO_REASON"):
            await office.jlis.send(office.municipality, telegram_id, body)
    with pytest.raises(Refused, match="NO_REASON"):
        await office.jlis.look_up(office.municipality, telegram_id)
    assert len(await office.codes(2)) == 2


async def test_a_slow_peer_outlasts_the_clients_patience(
    world: World, municipality: MunicipalityCode
) -> None:
    """A time-out leaves the outcome open; the late answer is found by look-up."""
    await world.arm(municipality, system="jlis", kind="SLOW", seconds=0.6)
    telegram_id = uuid4()
    body = jlis.vacant_codes(municipality, telegram_id, 1)

    async with an_office(world, municipality, patience=0.3) as office:
        with pytest.raises(Unavailable, match=r"^TIMEOUT$") as caught:
            await office.jlis.send(municipality, telegram_id, body)
        assert caught.value.left


async def test_closed_is_told_with_the_time_of_opening(world: World, office: Office) -> None:
    await world.arm(office.municipality, system="jlis", kind="CLOSED", seconds=90, on="any")

    with pytest.raises(Unavailable, match=r"^CLOSED$") as caught:
        await office.codes(1)

    assert caught.value.after is not None
    assert 80 < caught.value.after.total_seconds() <= 90


async def test_outside_its_hours_a_system_answers_nobody(world: World, office: Office) -> None:
    """Hours hold for one municipality here, and the pause is at most an hour at a time."""
    shut = {"opens": "00:00", "closes": "00:00"}
    hours = {"system": "jlis", "municipality": office.municipality}
    await world.control("PUT", "hours", {**hours, "hours": shut})

    with pytest.raises(Unavailable, match=r"^CLOSED$"):
        await office.codes(1)
    await world.control("PUT", "hours", hours)

    assert len(await office.codes(1)) == 1


async def test_the_clock_out_there_can_be_moved_to_the_morning(outside_url: str) -> None:
    """Opening hours follow the business clock, not the machine's."""
    async with a_world(outside_url) as world:
        hours = {"opens": "09:00", "closes": "17:00"}
        await world.control("PUT", "hours", {"system": "jlis", "hours": hours})
        statuses: list[int] = []
        for hour in range(0, 24 * 7, 3):
            await world.control("PUT", "clock", {"offset_seconds": hour * 3600})
            status, _ = await world.get("jlis", "000000", uuid4())
            statuses.append(status)

    assert set(statuses) == {404, 503}


async def test_a_fault_meets_only_what_it_was_armed_for(world: World, office: Office) -> None:
    """Scope: system, municipality, kind, sending or looking up; and the first few may pass."""
    municipality = office.municipality
    await world.arm("000000", system="jlis", kind="UNAVAILABLE", times=None)
    await world.arm(municipality, system="unified_addressee", kind="UNAVAILABLE", times=None)
    await world.arm(municipality, system="jlis", kind="UNAVAILABLE", message="CS-12", times=None)
    await world.arm(municipality, system="jlis", kind="UNAVAILABLE", message="CS-02", skip=2)
    [code] = await office.codes(1)
    await office.number(code)
    await office.number(code)

    with pytest.raises(Unavailable):
        await office.number(code)
    await office.number(code)


async def test_look_ups_have_faults_of_their_own(world: World, office: Office) -> None:
    telegram_id = uuid4()
    body = jlis.vacant_codes(office.municipality, telegram_id, 2)
    fault = {"system": "jlis", "kind": "UNAVAILABLE", "on": "look_up"}
    await world.arm(office.municipality, **fault, message="CS-02")
    await world.arm(office.municipality, **fault, message="CS-01")
    await office.jlis.send(office.municipality, telegram_id, body)

    with pytest.raises(Unavailable):
        await office.jlis.look_up(office.municipality, telegram_id)
    assert await office.jlis.look_up(office.municipality, telegram_id) is not None
    [still] = await world.armed(office.municipality)
    assert still["faults"][0]["message"] == "CS-02"


async def test_a_scenario_is_played_step_by_step(world: World, office: Office) -> None:
    """Down, well once, refusing, well again."""
    await world.scenario(
        office.municipality,
        {"system": "jlis", "kind": "UNAVAILABLE"},
        {"system": "jlis", "kind": "PASS"},
        {"system": "jlis", "kind": "REFUSE", "code": "THIRD"},
    )

    with pytest.raises(Unavailable):
        await office.codes(1)
    await office.codes(1)
    with pytest.raises(Refused, match="THIRD"):
        await office.codes(1)
    await office.codes(1)


async def test_disarming_one_municipality_leaves_the_others(world: World, office: Office) -> None:
    elsewhere = type(office.municipality).from_five("47997")
    await world.arm(office.municipality, system="jlis", kind="UNAVAILABLE", times=None)
    await world.arm(elsewhere, system="jlis", kind="UNAVAILABLE", times=None)

    await world.control("DELETE", f"faults?municipality={office.municipality}")

    assert len(await office.codes(1)) == 1
    async with an_office(world, elsewhere) as other:
        with pytest.raises(Unavailable):
            await other.codes(1)


async def test_a_slow_municipality_does_not_slow_the_others(world: World, office: Office) -> None:
    """Notices for one place wait without holding up the rest."""
    elsewhere = type(office.municipality).from_five("47998")
    await world.arm(elsewhere, system="intermediate_server", kind="SLOW", seconds=60)
    async with an_office(world, elsewhere) as slow:
        [code] = await slow.codes(1)
        waiting = await slow.register_addressee(await slow.number(code), 1)

        [code] = await office.codes(1)
        request = await office.register_addressee(await office.number(code), 1)
        await becomes_true(lambda: office.addressee.notified(office.municipality, request))

        assert not await slow.addressee.notified(elsewhere, waiting)
