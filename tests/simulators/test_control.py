from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp
import pytest

from domain.errors import Refused
from domain.numbers import MunicipalityCode
from tests.numbers import my_number, resident_code
from tests.simulators.office import a_notice, addressee_number, becomes_true
from tests.simulators.world import a_world

if TYPE_CHECKING:
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_people_loaded_are_known_everywhere(world: World, office: Office) -> None:
    """Residents who have always lived there can be updated, linked and copied at once."""
    person = _person(70_000_001)
    for _ in range(2):
        await _load(world, office.municipality, person)

    notice = a_notice(
        resident_code(70_000_001), my_number(70_000_001), change="修正", update_number=4
    )
    await office.tell(notice)
    await office.copy(1)

    counts = {
        system: (await world.ledger(system, office.municipality))["counts"]
        for system in ("jlis", "unified_addressee", "intermediate_server")
    }
    assert (counts["jlis"]["people"], counts["jlis"]["symbols"]) == (1, 1)
    assert (counts["unified_addressee"]["addressees"], counts["unified_addressee"]["numbers"]) == (
        1,
        1,
    )
    assert counts["intermediate_server"]["linkages"] == 1


async def test_a_person_who_was_loaded_has_no_second_symbol(world: World, office: Office) -> None:
    await _load(world, office.municipality, _person(70_000_002))

    await office.ask_for_symbol(my_number(70_000_002), "R-1")

    await becomes_true(lambda: office.intermediate.linked(office.municipality, "R-1"))
    linkages = (await world.ledger("intermediate_server", office.municipality))["linkages"]
    assert len(linkages) == 2
    assert len({linkage["symbol"] for linkage in linkages}) == 1


async def test_a_code_stands_for_one_person_in_the_nation(world: World, office: Office) -> None:
    await _load(world, office.municipality, _person(70_000_003))

    with pytest.raises(aiohttp.ClientResponseError, match="409"):
        await _load(world, MunicipalityCode.from_five("47996"), _person(70_000_003))


async def test_the_notices_delay_can_be_set_for_one_municipality(
    world: World, office: Office
) -> None:
    """A 符号 that takes an hour has not come yet."""
    delay = {"system": "jlis", "kind": "SYMBOL", "municipality": office.municipality}
    await world.control("PUT", "delays", {**delay, "seconds": 3600})
    notice = await office.newborn()
    assert notice.number is not None

    await office.ask_for_symbol(notice.number, "R-1")

    [owed] = (await world.ledger("jlis", office.municipality))["notices"]
    assert (owed["delivered_at"], owed["attempts"]) == (None, 0)


async def test_one_municipality_is_forgotten_and_the_others_are_not(
    world: World, office: Office
) -> None:
    notice = await office.newborn()
    other = MunicipalityCode.from_five("47995")
    await _load(world, other, _person(70_000_004))

    await world.control("POST", f"reset?municipality={office.municipality}")

    assert (await world.ledger("jlis", office.municipality))["counts"]["people"] == 0
    assert (await world.ledger("jlis", other))["counts"]["people"] == 1
    with pytest.raises(Refused, match="UNKNOWN_CODE"):
        await office.number(notice.code)


async def test_no_ledger_of_a_system_there_is_not(world: World) -> None:
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await world.ledger("koseki", "131016")


async def test_control_doors_want_their_token(outside_url: str) -> None:
    """The protocol needs none: the doors are not part of it."""
    async with a_world(outside_url, control_token="合言葉") as world:
        with pytest.raises(aiohttp.ClientResponseError, match="403"):
            await world.control("GET", "faults")
        status, _ = await world.get("jlis", "131016", uuid4())
        assert status == 404


async def _load(world: World, municipality: MunicipalityCode, person: dict[str, object]) -> None:
    await world.control("POST", "people", {"municipality": municipality, "people": [person]})


def _person(ordinal: int) -> dict[str, object]:
    return {
        "code": resident_code(ordinal),
        "number": my_number(ordinal),
        "addressee_number": addressee_number(1),
        "update_number": 3,
        "contents": {"name": "山田　太郎"},
    }
