from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from clients import jlis_moves
from domain.errors import Refused
from domain.moves import FirstReport
from domain.notices import Change
from simulators.numbers import is_number
from tests.simulators.moving import MOVING_DAY, confirm_departure, moved_out
from tests.simulators.office import becomes_true

if TYPE_CHECKING:
    from domain.notices import IdentityNotice
    from domain.numbers import MyNumber, ResidentCode
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_a_changed_number_takes_the_place_of_the_former_for_ever(
    world: World, office: Office
) -> None:
    """個人番号の変更 (番号法7条2項): CS-02 answers the new one, CS-04 takes no other.

    Red: with a change that leaves the former number with J-LIS.
    """
    person = await office.newborn()
    former = _number_of(person)

    new = await office.another_number(person.code, former)

    assert new != former
    assert is_number(new)
    assert await office.number(person.code) == new
    with pytest.raises(Refused, match="NUMBER_MISMATCH"):
        await office.tell(_amended(person, reason="個人番号の変更請求"))
    await office.tell(_amended(person, reason="個人番号の変更請求", number=new))
    with pytest.raises(Refused, match="UNKNOWN_NUMBER"):
        await office.mail(person)
    [kept] = (await world.ledger("jlis", office.municipality))["former_numbers"]
    assert (kept["number"], kept["replaced_by"]) == (former, new)


async def test_a_change_asked_for_twice_is_made_once(office: Office) -> None:
    """The same telegram is answered alike; another about a number given up is refused."""
    person = await office.newborn()
    telegram_id = uuid4()

    asked = [office.another_number(person.code, _number_of(person), telegram_id) for _ in range(10)]

    assert len(set(await asyncio.gather(*asked))) == 1
    with pytest.raises(Refused, match="NUMBER_MISMATCH"):
        await office.another_number(person.code, _number_of(person))


async def test_a_number_may_be_changed_again_and_again(office: Office) -> None:
    """No number comes back, however often it is changed.

    Red: with candidates that are the same at each change.
    """
    person = await office.newborn()
    numbers = [_number_of(person)]

    for _ in range(8):
        numbers.append(await office.another_number(person.code, numbers[-1]))

    assert len({*numbers}) == 9


async def test_only_where_somebody_lives_their_number_is_changed(
    office: Office, new_home: Office
) -> None:
    """番号法7条2項: 住民基本台帳に記録されている者."""
    person = await office.newborn()
    with pytest.raises(Refused, match="NOT_HOLDER"):
        await new_home.another_number(person.code, _number_of(person))
    await office.tell(moved_out(person))

    with pytest.raises(Refused, match="NOT_LIVE"):
        await office.another_number(person.code, _number_of(person))


async def test_a_changed_code_takes_the_whole_person_with_it(world: World, office: Office) -> None:
    """住民票コードの変更請求 (法30条の3): with number, history, 符号, 証明書; 更新順番号 goes on.

    Red: with the sequence begun anew under the new code, and with certificates left behind.
    """
    person = await office.newborn()
    await office.ask_for_symbol(_number_of(person), f"R-{person.code}")
    issued = await world.control(
        "PUT", "certificates", {"code": person.code, "purpose": "signature"}
    )
    [new] = await office.codes(1)

    await office.tell(_recoded(person, new))

    ledger = await world.ledger("jlis", office.municipality)
    [there] = ledger["people"]
    assert (there["code"], there["number"], there["live"]) == (new, person.number, True)
    assert [entry["update_number"] for entry in there["entries"]] == [1, 2]
    assert [symbol["code"] for symbol in ledger["symbols"]] == [new]
    assert (await office.certificate(issued["serial"])).code == new
    assert await office.number(new) == person.number
    await office.tell(_amended(person, code=new, update_number=3))
    [retired] = ledger["retired_codes"]
    assert (retired["code"], retired["replaced_by"]) == (person.code, new)


async def test_a_retired_code_is_refused_by_every_telegram(
    office: Office, new_home: Office
) -> None:
    """Red: with retired codes that are merely unknown people."""
    person = await office.newborn()
    [new] = await office.codes(1)
    await office.tell(_recoded(person, new))

    for sending in (
        office.tell(_amended(person, update_number=3)),
        office.number(person.code),
        office.another_number(person.code, _number_of(person)),
        office.certificates(person.code),
        office.mail(person),
        _report(new_home, person.code),
        confirm_departure(office, person.code, new_home),
        office.tell(_recoded(person, new, update_number=3)),
    ):
        with pytest.raises(Refused, match="CODE_RETIRED"):
            await sending
    counts = await office.codes(1)
    assert person.code not in counts


async def test_only_a_code_nobody_had_takes_anothers_place(
    office: Office, new_home: Office
) -> None:
    """It is one of the municipality's own 空きコード."""
    person, other = await office.newborn(), await office.newborn()
    [elsewhere] = await new_home.codes(1)
    [numbered] = await office.codes(1)
    await office.number(numbered)

    for taken in (other.code, elsewhere, numbered, person.code):
        with pytest.raises(Refused, match="CODE_TAKEN"):
            await office.tell(_recoded(person, taken))


async def test_a_former_code_is_named_where_the_code_changes_and_nowhere_else(
    office: Office,
) -> None:
    person = await office.newborn()
    [new] = await office.codes(1)

    with pytest.raises(Refused, match="FORMER_CODE_MISSING"):
        await office.tell(_amended(person, reason="住民票コードの変更請求"))
    with pytest.raises(Refused, match="FORMER_CODE_UNEXPECTED"):
        await office.tell(_recoded(person, new, reason="職権修正等"))


async def test_a_change_of_code_is_taken_back_by_a_counter_entry(
    world: World, office: Office
) -> None:
    """異動の取消し（修正）: the person is found under the former code again, the other is retired.

    Red: with former codes that no counter-entry gives back.
    """
    person = await office.newborn()
    [new] = await office.codes(1)
    changed = await office.tell(_recoded(person, new))
    back = _recoded(
        person.model_copy(update={"code": new}),
        person.code,
        reason="住民票コードの職権記載等",
        update_number=3,
    )
    with pytest.raises(Refused, match="CODE_TAKEN"):
        await office.tell(back)
    with pytest.raises(Refused, match="FORMER_CODE_MISSING"):
        await office.tell(_amended(person, code=new, update_number=3, cancels=(changed,)))

    counter = await office.tell(back.model_copy(update={"cancels": (changed,)}))

    ledger = await world.ledger("jlis", office.municipality)
    [there] = ledger["people"]
    assert (there["code"], there["number"]) == (person.code, person.number)
    assert [entry["countered_by"] for entry in there["entries"]] == [None, str(counter), None]
    assert [retired["code"] for retired in ledger["retired_codes"]] == [new]
    with pytest.raises(Refused, match="CODE_RETIRED"):
        await office.number(new)


async def test_of_two_changes_of_a_code_sent_at_once_one_is_taken(office: Office) -> None:
    person = await office.newborn()
    codes = await office.codes(4)

    sent = (office.tell(_recoded(person, code)) for code in codes)
    outcomes = await asyncio.gather(*sent, return_exceptions=True)

    assert [type(each) for each in outcomes].count(UUID) == 1
    refused = {each.code for each in outcomes if isinstance(each, Refused)}
    assert refused == {"CODE_RETIRED"}


async def test_a_symbol_stays_the_persons_under_another_code(world: World, office: Office) -> None:
    """符号 belong to the person: asked for again, the same one comes."""
    person = await office.newborn()
    [new] = await office.codes(1)
    requests = [f"R-{person.code}", f"R-{new}"]
    await office.ask_for_symbol(_number_of(person), requests[0])
    await office.tell(_recoded(person, new))

    await office.ask_for_symbol(_number_of(person), requests[1])

    for request in requests:
        await becomes_true(lambda r=request: office.intermediate.linked(office.municipality, r))
    linkages = (await world.ledger("intermediate_server", office.municipality))["linkages"]
    assert len({linkage["symbol"] for linkage in linkages}) == 1


@pytest.mark.parametrize("reason", ["転居取消", "転入", "職権修正", "国外転出"])
async def test_reasons_are_those_of_the_law(office: Office, reason: str) -> None:
    """規則11条 is a closed list; 転居取消 as a 事由 of its own must not exist (標準仕様書 1.2.2).

    Red: with any text taken for a 異動事由.
    """
    person = await office.newborn()

    with pytest.raises(Refused, match="UNKNOWN_REASON"):
        await office.tell(_amended(person, reason=reason))


async def test_details_of_a_reason_are_known_ones(office: Office) -> None:
    person = await office.newborn()

    with pytest.raises(Refused, match="UNKNOWN_REASON"):
        await office.tell(_amended(person, detail="市外"))


def _number_of(person: IdentityNotice) -> MyNumber:
    assert person.number is not None
    return person.number


def _amended(person: IdentityNotice, **changes: Any) -> IdentityNotice:
    usual: dict[str, Any] = {"change": Change.AMEND, "reason": "職権修正等", "update_number": 2}
    return person.model_copy(update=usual | changes)


def _recoded(person: IdentityNotice, new: ResidentCode, **changes: Any) -> IdentityNotice:
    """住民票コードの変更請求."""
    usual: dict[str, Any] = {"reason": "住民票コードの変更請求"}
    return _amended(person, **usual | changes, code=new, former_code=person.code)


async def _report(office: Office, code: ResidentCode) -> None:
    telegram_id = uuid4()
    report = FirstReport(code=code, origin=None, reported_on=MOVING_DAY)
    body = jlis_moves.first_report(office.municipality, telegram_id, report)
    await office.jlis.send(office.municipality, telegram_id, body)
