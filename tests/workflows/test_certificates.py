"""証明書シリアル取得: which certificates a person has, and what became of everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases import Procedure
from domain.telegrams import Message
from register.municipalities import Parameters
from register.serials import SERIAL
from tests.comparable import code_of, comparable, first, outside
from tests.numbers import resident_code

if TYPE_CHECKING:
    from uuid import UUID

    from tests.frontier import Frontier
    from tests.house import Case, Town

PAGED = Parameters(reconciliation_page=2)


class Linked(NamedTuple):
    """A serial number as the register has it."""

    state: str
    usage: str
    chained: bool


async def test_one_person_is_asked_about_and_linked(frontier: Frontier) -> None:
    """Both certificates stand for the person; one that is valid no longer does not.

    Red: leave the older ones valid when a person is asked about.
    """
    town = await comparable(frontier)
    person = (await first(town)).resident_id
    old = await _issue(frontier, town, person, "signature")
    await _asks(frontier, town, person)
    both = [await _issue(frontier, town, person, "authentication"), await _renew(frontier, old)]

    await _asks(frontier, town, person)

    held = await _held(town, person)
    assert {serial for serial in held if held[serial].state == "valid"} == _keys(town, both)
    assert held[_key(town, old)].state == "revoked"


async def test_changes_are_taken_in_by_the_page_and_once(frontier: Frontier) -> None:
    """Issued, renewed with the chain from old to new, revoked; a second time nothing is new.

    Red: begin at the first change each time, or forget what a renewed one came after.
    """
    town = await comparable(frontier, parameters=PAGED)
    person = (await first(town)).resident_id
    old = await _issue(frontier, town, person, "signature")
    new = await _renew(frontier, old)
    ended = await _issue(frontier, town, person, "authentication")
    await frontier.house.world.control("POST", f"certificates/{ended}/revocations", {})

    batch = await _takes_in(frontier, town)

    assert await _held(town, person) == {
        _key(town, old): Linked("revoked", "署名用", chained=False),
        _key(town, new): Linked("valid", "署名用", chained=True),
        _key(town, ended): Linked("revoked", "利用者証明用", chained=False),
    }
    told = await _counts(frontier, town, batch)
    assert (told["linked"], told["revoked"], told["unmatched"]) == (1, 3, 0)
    assert (await frontier.told(batch, "jlis"))[Message.SERIAL_QUERY] == 2
    again = await _counts(frontier, town, await _takes_in(frontier, town))
    assert (again["linked"], again["revoked"], again["unmatched"]) == (0, 0, 0)


async def test_whose_person_is_not_here_becomes_work_until_they_are(frontier: Frontier) -> None:
    """Listed for staff with what to do; gone once somebody with this code is entered.

    Red: pass over whoever is not found.
    """
    town = await comparable(frontier)
    code = resident_code(900_000 + int(town.code) % 90_000)
    await outside(
        town,
        "jlis",
        "INSERT INTO people (code, allotted_to, holder, live) VALUES ($1, $2, $2, true)",
        code,
        town.code,
    )
    wanted = {"code": code, "purpose": "signature"}
    await frontier.house.world.control("PUT", "certificates", wanted)
    await _takes_in(frontier, town)

    (item,) = (await frontier.get(town, "/v1/differences"))["differences"]
    assert (item["kind"], item["about"], item["repair"]) == ("SERIAL_UNMATCHED", code, None)
    assert item["advice"]

    async with town.transaction() as tx:
        await tx.execute(
            "UPDATE resident_present SET code = $1 WHERE resident_id = $2",
            code,
            (await first(town)).resident_id,
        )
    await _takes_in(frontier, town)
    assert (await frontier.get(town, "/v1/differences"))["differences"] == []


async def test_a_lost_page_is_taken_in_once(frontier: Frontier) -> None:
    """The answer of a page that was lost is adopted; the place does not move twice."""
    town = await comparable(frontier, parameters=PAGED)
    person = (await first(town)).resident_id
    serials = [await _issue(frontier, town, person, "signature") for _ in range(3)]
    await town.fault("jlis", "LOSE_REPLY", message=Message.SERIAL_QUERY)

    batch = await _takes_in(frontier, town)

    assert (await _held(town, person))[_key(town, serials[-1])].state == "valid"
    told = await _counts(frontier, town, batch)
    # Three issued, and two of them ended by the next: five changes, as they stand when asked.
    assert told["linked"] + told["revoked"] == 5


async def _issue(frontier: Frontier, town: Town, person: UUID, purpose: str) -> str:
    wanted = {"code": await code_of(town, person), "purpose": purpose}
    return (await frontier.house.world.control("PUT", "certificates", wanted))["serial"]


async def _renew(frontier: Frontier, serial: str) -> str:
    door = f"certificates/{serial}/renewals"
    return (await frontier.house.world.control("POST", door, {}))["serial"]


async def _asks(frontier: Frontier, town: Town, person: UUID) -> None:
    body = {"resident_id": str(person)}
    status, receipt = await frontier.post(town, "/v1/certificate-serials", body)
    assert status == 202, receipt
    await (await frontier.cases_of(town, Procedure.CERTIFICATE_SERIAL))[-1].closes()


async def _takes_in(frontier: Frontier, town: Town) -> Case:
    status, receipt = await frontier.post(town, "/v1/certificate-serials/batches", {})
    assert status == 202, receipt
    batch = (await frontier.cases_of(town, Procedure.SERIAL_BATCH))[-1]
    await batch.closes()
    return batch


async def _counts(frontier: Frontier, town: Town, batch: Case) -> dict[str, Any]:
    return await frontier.get(town, f"/v1/certificate-serials/batches/{batch.ref.case_number}")


async def _held(town: Town, person: UUID) -> dict[bytes, Linked]:
    async with town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT serial, state, usage, replaces IS NOT NULL AS chained FROM certificate_serial"
            " WHERE resident_id = $1",
            person,
        )
    return {row["serial"]: Linked(row["state"], row["usage"], row["chained"]) for row in rows}


def _key(town: Town, serial: str) -> bytes:
    return town.house.vault.key_of(town.code, SERIAL, serial)


def _keys(town: Town, serials: list[str]) -> set[bytes]:
    return {_key(town, serial) for serial in serials}
