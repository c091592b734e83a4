from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from clients import jlis
from domain.errors import Refused
from domain.moves import Serials
from tests.numbers import resident_code

if TYPE_CHECKING:
    from domain.numbers import ResidentCode
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_a_serial_number_leads_to_its_owner_and_back(world: World, office: Office) -> None:
    """電子証明書のシリアル番号 ↔ 住民票コード, both kinds of certificate."""
    code = resident_code(70_000_101)
    serials = {"signature": "70000101001", "authentication": "70000101002"}
    person = {"code": code, "serials": serials}
    await world.control("POST", "people", {"municipality": office.municipality, "people": [person]})

    for serial in serials.values():
        assert await _owner(office, serial) == code
    assert await _serials(office, code) == Serials.model_validate(serials)


async def test_an_unknown_serial_number_is_refused_until_it_is_known(
    world: World, office: Office
) -> None:
    """A refusal stands for its telegram; a new one is answered anew."""
    [code] = await office.codes(1)
    certificate = {"serial": "70000102001", "purpose": "signature", "code": code}

    with pytest.raises(Refused, match="UNKNOWN_SERIAL"):
        await _owner(office, "70000102001")
    await world.control("PUT", "certificates", certificate)

    assert await _owner(office, "70000102001") == code


async def test_a_certificate_that_is_valid_no_longer_has_no_owner(
    world: World, office: Office
) -> None:
    [code] = await office.codes(1)
    certificate = {"serial": "70000103001", "purpose": "signature"}
    await world.control("PUT", "certificates", {**certificate, "code": code})
    await world.control("POST", "certificates/70000103001/revocations", {})

    assert await _owner(office, "70000103001") is None
    assert await _serials(office, code) == Serials(signature=None, authentication=None)


async def test_nobody_unknown_has_certificates(office: Office) -> None:
    with pytest.raises(Refused, match="UNKNOWN_CODE"):
        await _serials(office, resident_code(99_999_997))


async def test_one_thing_is_asked_at_a_time(world: World, office: Office) -> None:
    telegram_id = uuid4()
    body = jlis.serial_query(office.municipality, telegram_id, "1")

    status, _ = await world.put(
        "jlis",
        office.municipality,
        telegram_id,
        body.replace('"シリアル番号":"1"'.encode(), b""),
    )

    assert status == 400


async def _owner(office: Office, serial: str) -> ResidentCode | None:
    telegram_id = uuid4()
    body = jlis.serial_query(office.municipality, telegram_id, serial)
    answer = await office.jlis.send(office.municipality, telegram_id, body)
    return jlis.read_serial(answer, serial)


async def _serials(office: Office, code: ResidentCode) -> Serials:
    telegram_id = uuid4()
    body = jlis.serials_query(office.municipality, telegram_id, code)
    answer = await office.jlis.send(office.municipality, telegram_id, body)
    return jlis.read_serials(answer, code)
