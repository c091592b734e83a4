"""Taking people over: all of a file or nothing, and the same file twice changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.numbers import AddresseeNumber, HouseholdNumber
from domain.people_file import read_people
from register import households
from register.people import import_people
from register.vault import MY_NUMBER
from tests.numbers import resident_code
from tests.people import (
    a_family,
    a_person,
    addressee_number,
    as_csv,
    families,
    household_number,
)

if TYPE_CHECKING:
    from tests.towns import Town


async def counted(town: Town) -> dict[str, Any]:
    async with town.open() as tx:
        row = await tx.fetchrow(
            "SELECT (SELECT count(*) FROM resident) AS resident,"
            " (SELECT count(*) FROM resident_history) AS history,"
            " (SELECT count(*) FROM resident_present) AS present,"
            " (SELECT count(*) FROM household) AS household,"
            " (SELECT count(*) FROM vault) AS vault"
        )
    assert row is not None
    return dict(row)


async def test_households_and_people_are_entered(town: Town) -> None:
    done = await town.take_over(families(3, size=4))

    assert (done.residents, done.households, done.flaws) == (12, 3, ())
    assert await counted(town) == {
        "resident": 12,
        "history": 12,
        "present": 12,
        "household": 3,
        "vault": 12,
    }


async def test_a_name_stays_byte_for_byte(town: Town) -> None:
    """髙, 𠮷 and 葛 with its variation selector come out as they went in."""
    names = ["髙橋　花子", "𠮷野家　太郎", "葛\U000e0100城　一"]
    await town.take_over(
        a_person(place, household=place, 氏名=name) for place, name in enumerate(names, 1)
    )

    async with town.open() as tx:
        stored = await tx.fetch("SELECT entry ->> 'name' FROM resident_present")

    assert {row[0] for row in stored} == set(names)


async def test_a_number_goes_to_the_vault_and_nowhere_else(town: Town) -> None:
    """個人番号 is found by its hash; no row of the register shows it."""
    row = a_person()
    await town.take_over([row])

    async with town.open() as tx:
        holder = await town.vault.find(tx, town.code, MY_NUMBER, row["個人番号"])
        everything = await tx.fetchval(
            "SELECT string_agg(r::text, '') FROM (SELECT h::text AS r FROM resident_history h"
            " UNION ALL SELECT p::text FROM resident_present p"
            " UNION ALL SELECT t::text FROM search_token t"
            " UNION ALL SELECT a::text FROM audit a) AS rows"
        )

    assert holder is not None
    assert row["住民票コード"] in everything
    assert row["個人番号"] not in everything


async def test_the_same_file_again_changes_nothing(town: Town) -> None:
    people = list(families(2))
    await town.take_over(people)
    before = await counted(town)

    done = await town.take_over(people)

    assert (done.residents, done.standing, done.flaws) == (0, 6, ())
    assert await counted(town) == before


async def test_a_longer_file_adds_only_who_is_new(town: Town) -> None:
    await town.take_over(families(2))

    done = await town.take_over(families(3))

    assert (done.residents, done.households, done.standing) == (3, 1, 6)


@pytest.mark.parametrize(
    "other", [{"氏名": "別人　太郎"}, {"住民票コード": resident_code(999)}, {"続柄表記": "妹"}]
)
async def test_a_person_told_otherwise_is_refused_with_the_line(
    town: Town, other: dict[str, str]
) -> None:
    head, spouse, child = a_family()
    await town.take_over([head, spouse, child])

    done = await town.take_over([head, spouse | other, child])

    assert [(flaw.line, flaw.code) for flaw in done.flaws] == [(3, "DIFFERS_FROM_REGISTER")]


async def test_another_number_for_the_same_person_is_refused(town: Town) -> None:
    """The numbers are compared too, by their keyed hash."""
    row, stranger = a_person(1), a_person(2)
    await town.take_over([row])

    done = await town.take_over([row | {"個人番号": stranger["個人番号"]}])

    assert [(flaw.line, flaw.code) for flaw in done.flaws] == [(2, "DIFFERS_FROM_REGISTER")]


async def test_what_is_somebody_elses_is_told_of_every_line_and_nothing_is_entered(
    town: Town,
) -> None:
    """One wrong line among good ones: all or nothing."""
    there = a_person(1)
    await town.take_over([there])
    before = await counted(town)
    taken = {column: there[column] for column in ("住民票コード", "個人番号")}

    done = await town.take_over(
        [
            a_person(2, household=2, **taken),
            a_person(3, household=1),
            a_person(4, household=4, 住民となった年月日="2999-01-01"),
            a_person(5, household=5),
        ]
    )

    assert [(flaw.line, flaw.column, flaw.code) for flaw in done.flaws] == [
        (2, "住民票コード", "NUMBER_IN_REGISTER"),
        (2, "個人番号", "NUMBER_IN_REGISTER"),
        (3, "世帯番号", "HOUSEHOLD_IN_REGISTER"),
        (4, "住民となった年月日", "FUTURE_DATE"),
    ]
    assert await counted(town) == before


async def test_a_code_in_stock_is_nobodys(town: Town) -> None:
    """住民票コード are used once: one that may still be assigned cannot belong to somebody."""
    row = a_person(int(town.code))
    async with town.open() as tx:
        await tx.execute(
            "INSERT INTO pool_code (code, municipality, batch_id)"
            " VALUES ($1, $2, gen_random_uuid())",
            row["住民票コード"],
            town.code,
        )

    done = await town.take_over([row])

    assert [flaw.code for flaw in done.flaws] == ["CODE_IN_POOL"]


async def test_new_numbers_follow_the_highest_of_the_file(town: Town) -> None:
    """宛名番号 and 世帯番号 are never given twice."""
    await town.take_over(families(4))

    async with town.open() as tx:
        addressee = await households.next_addressee_number(tx)
        household = await households.next_household_number(tx)

    assert isinstance(addressee, AddresseeNumber)
    assert isinstance(household, HouseholdNumber)
    assert addressee > addressee_number(12)
    assert household > household_number(4)


async def test_sequence_values_without_a_check_digit_are_passed_over(town: Town) -> None:
    """Sequence 6 leaves remainder 1, which has no digit: after 5 comes 7."""
    async with town.open() as tx:
        given = [await households.next_addressee_number(tx) for _ in range(6)]

    assert [int(number[:-1]) for number in given] == [1, 2, 3, 4, 5, 7]


async def test_two_towns_may_hold_the_same_numbers(town: Town, other_town: Town) -> None:
    """宛名番号 and 世帯番号 are a town's own; neither sees the other's people."""
    await town.take_over(families(1))
    await other_town.take_over(families(2))

    assert (await counted(town))["resident"] == 3
    assert (await counted(other_town))["resident"] == 6


async def test_an_import_leaves_its_line_in_the_audit_log(town: Town) -> None:
    await town.take_over(families(2))

    async with town.open() as tx:
        row = await tx.fetchrow("SELECT actor, act, detail FROM audit")

    assert row is not None
    assert tuple(row) == ("test", "import", {"residents": 6, "households": 2})


async def test_progress_is_told_as_it_goes(town: Town) -> None:
    told: list[int] = []
    read = read_people(as_csv(families(2)))

    async with town.open() as tx:
        await import_people(tx, town.acting, read.people, town.vault, told.append)

    assert told == [6]
