from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from clients import jlis
from domain.errors import Refused
from domain.notices import Change
from domain.residents import Address
from simulators.numbers import TEST_PREFIX, is_code, is_number
from tests.simulators.office import a_notice, an_entry, an_office, becomes_true

if TYPE_CHECKING:
    from domain.notices import IdentityNotice
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_vacant_codes_are_fresh_valid_and_from_the_test_prefix(office: Office) -> None:
    """空きコード are drawn at random from codes nobody has had (規則14条1項)."""
    first, second = await office.codes(500), await office.codes(500)

    assert len({*first, *second}) == 1000
    assert all(is_code(code) and code.startswith(TEST_PREFIX) for code in (*first, *second))
    assert first != sorted(first)


async def test_codes_asked_for_at_once_never_meet(world: World, office: Office) -> None:
    """A code allotted once never appears in another list."""
    batches = await asyncio.gather(*(office.codes(50) for _ in range(10)))

    assert len({code for batch in batches for code in batch}) == 500
    ledger = await world.ledger("jlis", office.municipality)
    assert ledger["counts"]["vacant_codes"] == 500


async def test_a_number_is_made_once_per_code_however_often_it_is_asked_for(
    office: Office, world: World
) -> None:
    """One 住民票コード has one 個人番号 for ever, also for fifty requests at once."""
    [code] = await office.codes(1)

    numbers = set(await asyncio.gather(*(office.number(code) for _ in range(50))))

    assert len(numbers) == 1
    assert await office.number(code) in numbers
    ledger = await world.ledger("jlis", office.municipality)
    assert [person["number"] for person in ledger["people"]] == [*numbers]


async def test_numbers_differ_and_do_not_show_their_code(office: Office) -> None:
    """A 個人番号 is unique in the nation and does not lead back to its code (番号法施行令8条)."""
    codes = await office.codes(100)

    numbers = [await office.number(code) for code in codes]

    assert len(set(numbers)) == 100
    assert all(is_number(number) and number.startswith(TEST_PREFIX) for number in numbers)
    assert not any(code[2:8] in number for code, number in zip(codes, numbers, strict=True))


async def test_no_number_for_a_code_nobody_was_allotted(office: Office) -> None:
    [code] = await office.codes(1)
    wrong = type(code).with_check_digit(f"77{code[2:10]}")

    with pytest.raises(Refused, match="UNKNOWN_CODE"):
        await office.number(wrong)


async def test_updates_of_a_person_are_taken_in_strict_order(office: Office) -> None:
    """更新順番号 must follow the last by one, and a refused one is not used up."""
    notice = await office.newborn()

    for wrong in (1, 3):
        with pytest.raises(Refused, match="ORDER"):
            await office.tell(_corrected(notice, wrong))
    await office.tell(_corrected(notice, 2))


async def test_of_two_updates_with_one_number_sent_at_once_one_is_taken(office: Office) -> None:
    notice = await office.newborn()

    sent = (office.tell(_corrected(notice, 2)) for _ in range(8))
    outcomes = await asyncio.gather(*sent, return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [refusal.code for refusal in refused] == ["ORDER"] * 7


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"address": Address(postal_code="100000", line="東京都")}, None),
        ({"address": Address(postal_code="5300001", line="東京都千代田区")}, "ADDRESS_MISMATCH"),
    ],
    ids=["郵便番号が6桁", "郵便番号と住所の不一致"],
)
async def test_an_entry_that_cannot_be_right_is_refused(
    world: World, office: Office, changes: dict[str, object], code: str | None
) -> None:
    """A 郵便番号 has seven digits, and an address there begins as the postal table says."""
    await world.control("PUT", "postal-codes", {"5300001": "大阪府大阪市北区"})
    [resident_code] = await office.codes(1)
    number = await office.number(resident_code)
    telegram_id = uuid4()
    notice = a_notice(resident_code, number, entry=an_entry(**changes))
    body = jlis.identity_notice(office.municipality, telegram_id, notice)

    status, answer = await world.put("jlis", office.municipality, telegram_id, body)

    assert (status, answer["code"]) == ((422, code) if code else (400, "MALFORMED_MESSAGE"))


async def test_another_persons_number_is_refused(office: Office) -> None:
    one, other = await office.codes(2)
    await office.number(one)

    with pytest.raises(Refused, match="NUMBER_MISMATCH"):
        await office.tell(a_notice(one, await office.number(other)))


async def test_characters_j_lis_does_not_know_are_refused_if_sent_as_they_are(
    world: World, office: Office
) -> None:
    """What 住基ネット統一文字 lacks must come as 代替文字."""
    [code] = await office.codes(1)
    telegram_id = uuid4()
    notice = a_notice(code, await office.number(code), entry=an_entry(name="渡辺　太郎"))
    body = jlis.identity_notice(office.municipality, telegram_id, notice)
    raw = body.replace("渡辺".encode(), "渡辺\U000e0101".encode())

    status, answer = await world.put("jlis", office.municipality, telegram_id, raw)

    assert (status, answer["code"]) == (422, "BAD_CHARACTER")


async def test_a_counter_entry_marks_what_it_takes_back_and_strikes_the_person(
    world: World, office: Office
) -> None:
    """異動の取消し（減）: no live entry stays, and every former entry has its counter-entry."""
    [code] = await office.codes(1)
    notice = a_notice(code, await office.number(code))
    born = await office.tell(notice)
    counter = _countered(notice, 2, born)

    taken_back = await office.tell(counter)

    [person] = (await world.ledger("jlis", office.municipality))["people"]
    assert person["live"] is False
    assert [entry["countered_by"] for entry in person["entries"]] == [str(taken_back), None]
    with pytest.raises(Refused, match="NOT_LIVE"):
        await office.tell(_countered(notice, 3, born))


async def test_only_an_entry_of_the_same_person_can_be_taken_back(office: Office) -> None:
    one, other = await office.newborn(), await office.newborn()
    elsewhere = await office.tell(_corrected(other, 2))

    with pytest.raises(Refused, match="NOTHING_TO_CANCEL"):
        await office.tell(_countered(one, 2, elsewhere))
    await office.tell(_corrected(one, 2))


async def test_an_entry_is_taken_back_once(office: Office) -> None:
    notice = await office.newborn()
    corrected = await office.tell(_corrected(notice, 2))
    restored = _corrected(notice, 3).model_copy(update={"cancels": (corrected,)})
    await office.tell(restored)

    with pytest.raises(Refused, match="NOTHING_TO_CANCEL"):
        await office.tell(restored.model_copy(update={"update_number": 4}))


async def test_a_move_out_reported_by_a_former_holder_changes_nothing(
    world: World, office: Office
) -> None:
    """A 転出 from where the person no longer lives is noted in its own sequence, and no more."""
    notice = await office.newborn()
    elsewhere = type(office.municipality).from_five("47999")
    async with an_office(world, elsewhere) as new_home:
        await new_home.tell(notice.model_copy(update={"reason": "転入等"}))

    await office.tell(_struck(notice, 2))

    [person] = (await world.ledger("jlis", office.municipality))["people"]
    assert (person["holder"], person["live"]) == (elsewhere, True)
    assert [entry["applied"] for entry in person["entries"]] == [True, False]


async def test_mail_goes_only_to_people_who_live(world: World, office: Office) -> None:
    notice = await office.newborn()
    await office.mail(notice)
    await office.tell(_struck(notice, 2))

    with pytest.raises(Refused, match="NOT_LIVE"):
        await office.mail(notice)
    ledger = await world.ledger("jlis", office.municipality)
    assert ledger["counts"]["mailings"] == 1


async def test_a_symbol_arrives_after_a_delay_and_only_at_the_intermediate_server(
    office: Office,
) -> None:
    """符号 never comes back to the office: it asks 中間サーバー by 処理通番 (番号法21条の2)."""
    notice = await office.newborn()
    assert notice.number is not None

    await office.ask_for_symbol(notice.number, "R-1")

    assert not await office.intermediate.linked(office.municipality, "R-1")
    await becomes_true(lambda: office.intermediate.linked(office.municipality, "R-1"))


async def test_a_person_has_one_symbol_however_often_it_is_asked_for(
    world: World, office: Office
) -> None:
    """Asking again under a new 処理通番 brings the same 符号; an old 処理通番 is refused."""
    notice = await office.newborn()
    assert notice.number is not None
    for request_number in ("R-1", "R-2"):
        await office.ask_for_symbol(notice.number, request_number)
        await becomes_true(
            lambda n=request_number: office.intermediate.linked(office.municipality, n)
        )

    with pytest.raises(Refused, match="REQUEST_NUMBER_REUSED"):
        await office.ask_for_symbol(notice.number, "R-1")
    linkages = (await world.ledger("intermediate_server", office.municipality))["linkages"]
    assert len({linkage["symbol"] for linkage in linkages}) == 1
    assert (await world.ledger("jlis", office.municipality))["counts"]["symbols"] == 1


async def test_nobody_unknown_gets_a_symbol(office: Office) -> None:
    [code] = await office.codes(1)
    number = await office.number(code)
    unknown = type(number).with_check_digit("77000000001")

    with pytest.raises(Refused, match="NOT_LIVE"):
        await office.ask_for_symbol(number, "R-1")
    with pytest.raises(Refused, match="UNKNOWN_NUMBER"):
        await office.ask_for_symbol(unknown, "R-2")


def _corrected(notice: IdentityNotice, update_number: int) -> IdentityNotice:
    return notice.model_copy(
        update={"change": Change.AMEND, "reason": "軽微な修正", "update_number": update_number}
    )


def _struck(notice: IdentityNotice, update_number: int) -> IdentityNotice:
    return notice.model_copy(
        update={"change": Change.STRIKE, "reason": "転出", "update_number": update_number}
    )


def _countered(notice: IdentityNotice, update_number: int, *cancels: object) -> IdentityNotice:
    return _struck(notice, update_number).model_copy(update={"cancels": cancels})
