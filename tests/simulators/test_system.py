from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from clients import jlis
from domain.errors import Refused
from domain.notices import MailingAddress
from tests.simulators.office import a_notice
from tests.simulators.world import a_world, count_schemas

if TYPE_CHECKING:
    from domain.numbers import MunicipalityCode
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_the_same_message_gets_the_same_answer(
    world: World, municipality: MunicipalityCode
) -> None:
    """Sending again repeats the answer and not the effect."""
    telegram_id = uuid4()
    body = jlis.vacant_codes(municipality, telegram_id, 3)

    first = await world.put("jlis", municipality, telegram_id, body)
    again = await world.put("jlis", municipality, telegram_id, body)

    assert first == again
    assert (await world.ledger("jlis", municipality))["counts"]["vacant_codes"] == 3


async def test_the_same_message_sent_many_times_at_once_takes_effect_once(
    world: World, municipality: MunicipalityCode
) -> None:
    telegram_id = uuid4()
    body = jlis.vacant_codes(municipality, telegram_id, 3)

    sent = (world.put("jlis", municipality, telegram_id, body) for _ in range(20))
    answers = {json.dumps(answer) for answer in await asyncio.gather(*sent)}

    assert len(answers) == 1
    assert (await world.ledger("jlis", municipality))["counts"]["vacant_codes"] == 3


async def test_a_message_that_keeps_its_own_id_may_be_sent_again(
    world: World, office: Office
) -> None:
    """What is kept under the message's id meets itself, and the first answer stands."""
    notice = await office.newborn()
    assert notice.number is not None
    telegram_id = uuid4()
    mailing = MailingAddress(number=notice.number, code=notice.code, entry=notice.entry)
    body = jlis.mailing_address(office.municipality, telegram_id, mailing)

    sent = (world.put("jlis", office.municipality, telegram_id, body) for _ in range(5))
    answers = [*await asyncio.gather(*sent)]
    answers.append(await world.put("jlis", office.municipality, telegram_id, body))

    assert {status for status, _ in answers} == {200}
    assert (await world.ledger("jlis", office.municipality))["counts"]["mailings"] == 1


async def test_another_message_under_a_used_id_is_refused(
    world: World, municipality: MunicipalityCode
) -> None:
    telegram_id = uuid4()
    await world.put(
        "jlis", municipality, telegram_id, jlis.vacant_codes(municipality, telegram_id, 3)
    )

    other = jlis.vacant_codes(municipality, telegram_id, 4)
    status, answer = await world.put("jlis", municipality, telegram_id, other)

    assert (status, answer["code"]) == (409, "KEY_REUSED")


async def test_a_refusal_stands_for_ever_and_can_be_looked_up(world: World, office: Office) -> None:
    """Look-up tells accepted and refused answers alike, as they were first given."""
    municipality, telegram_id = office.municipality, uuid4()
    [code] = await office.codes(1)
    notice = a_notice(code, await office.number(code), update_number=2)
    body = jlis.identity_notice(municipality, telegram_id, notice)
    first = await world.put("jlis", municipality, telegram_id, body)
    await office.tell(a_notice(code, await office.number(code)))

    again = await world.put("jlis", municipality, telegram_id, body)

    assert first[0] == 422
    assert first[1]["code"] == "ORDER"
    assert first == again == await world.get("jlis", municipality, telegram_id)
    with pytest.raises(Refused, match="ORDER"):
        await office.jlis.look_up(municipality, telegram_id)


async def test_a_message_never_sent_is_unknown(
    world: World, municipality: MunicipalityCode
) -> None:
    status, answer = await world.get("jlis", municipality, uuid4())

    assert (status, answer["code"]) == (404, "UNKNOWN_MESSAGE")


async def test_a_municipality_cannot_look_up_anothers_message(
    world: World, municipality: MunicipalityCode
) -> None:
    telegram_id = uuid4()
    await world.put(
        "jlis", municipality, telegram_id, jlis.vacant_codes(municipality, telegram_id, 1)
    )

    status, _ = await world.get("jlis", "000000", telegram_id)

    assert status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"電文種別": "CS-99"},
        {"電文ID": str(uuid4())},
        {"市町村コード": "999999"},
        {"余分": 1},
        {"本文": {"要求件数": 0}},
        {"本文": None},
    ],
    ids=["種別", "電文ID", "市町村", "余分な項目", "件数", "本文なし"],
)
async def test_a_message_in_another_form_leaves_no_trace(
    world: World, municipality: MunicipalityCode, wrong: dict[str, object]
) -> None:
    """Drift between our wire and theirs must show: 400, and the id stays unused."""
    telegram_id = uuid4()
    message = json.loads(jlis.vacant_codes(municipality, telegram_id, 1))
    body = json.dumps(message | wrong).encode()

    status, _ = await world.put("jlis", municipality, telegram_id, body)

    assert status == 400
    assert (await world.get("jlis", municipality, telegram_id))[0] == 404


async def test_two_processes_may_make_the_tables_at_once(outside_url: str) -> None:
    """Tables are made at start, as often as one likes."""
    async with (
        a_world(outside_url) as one,
        a_world(outside_url) as other,
    ):
        assert one.url != other.url
    assert await count_schemas(outside_url) == 4


async def test_numbers_survive_a_restart(office: Office, outside_url: str) -> None:
    """The secret that numbers are made with is kept, and so is every answer."""
    [code] = await office.codes(1)
    number, telegram_id = await office.number(code), uuid4()
    body = jlis.number_request(office.municipality, telegram_id, code)

    async with a_world(outside_url) as restarted:
        status, answer = await restarted.put("jlis", office.municipality, telegram_id, body)

    assert (status, answer["本文"]["個人番号"]) == (200, number)
