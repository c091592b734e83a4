"""Finding people: by any part of a name, however spelled; every search leaves a line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from domain.numbers import MyNumber, ResidentCode
from domain.residents import Entry
from register import search
from register.search import SearchCriteria, tokens_for
from tests.people import a_family, a_person, families

if TYPE_CHECKING:
    from uuid import UUID

    from tests.towns import Town


async def names(town: Town, **criteria: Any) -> list[str]:
    async with town.open() as tx:
        page = await search.residents(tx, town.acting, SearchCriteria(**criteria), vault=town.vault)
    return [resident.name for resident in page.residents]


@pytest.fixture
async def takahashi(town: Town) -> dict[str, str]:
    """A woman with a former name and an alias, among others."""
    row = a_person(
        7,
        household=7,
        氏名="髙橋　花子",
        氏名_フリガナ="タカハシ　ハナコ",
        旧氏="渡邉",
        旧氏_フリガナ="ワタナベ",
        通称="葛\U000e0100城　はな",
        通称_フリガナ="カツラギ　ハナ",
        生年月日="1990-02-03",
        住所_町字="飯田橋四丁目",
    )
    await town.take_over([row, a_person(8, household=8, 氏名="佐藤　太郎", 氏名_フリガナ="サトウ")])
    return row


@pytest.mark.parametrize(
    "criteria",
    [
        {"name": "髙橋　花子"},
        {"name": "高橋"},
        {"name": "花"},
        {"name": "渡辺"},
        {"name": "葛城"},
        {"name_kana": "たかはし"},
        {"name_kana": "ハナコ"},
        {"name_kana": "ワタナヘ"},
        {"born_on": date(1990, 2, 3)},
        {"address": "東京都千代田区飯田橋"},
        {"address": "千代田区飯田橋"},
        {"address": "飯田橋四丁目"},
        {"name": "高橋", "born_on": date(1990, 2, 3), "address": "飯田橋"},
    ],
    ids=str,
)
async def test_a_person_is_found_by(
    town: Town, takahashi: dict[str, str], criteria: dict[str, Any]
) -> None:
    """Any part of a 氏名, 旧氏 or 通称 however spelled, the birthday, the start of an address."""
    assert await names(town, **criteria) == [takahashi["氏名"]]


@pytest.mark.parametrize(
    "criteria",
    [
        {"name": "高花"},
        {"name": "%"},
        {"name": "　"},
        {"name": "高橋", "born_on": date(1990, 2, 4)},
        {"address": "四丁目"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("takahashi")
async def test_nobody_is_found_by(town: Town, criteria: dict[str, Any]) -> None:
    """What is no part of the name, a wildcard, nothing but blanks, or only one of two criteria."""
    assert await names(town, **criteria) == []


@pytest.mark.parametrize(
    ("criterion", "item"),
    [
        ("addressee_number", "宛名番号"),
        ("household_number", "世帯番号"),
        ("code", "住民票コード"),
        ("my_number", "個人番号"),
    ],
)
async def test_a_person_is_found_by_number(
    town: Town, takahashi: dict[str, str], criterion: str, item: str
) -> None:
    stranger = a_person(9, household=9)

    assert await names(town, **{criterion: takahashi[item]}) == [takahashi["氏名"]]
    assert await names(town, **{criterion: stranger[item]}) == []


def test_a_search_asks_for_something() -> None:
    """Nobody reads through the whole register by asking for nothing."""
    with pytest.raises(ValidationError, match="NO_CRITERIA"):
        SearchCriteria()
    with pytest.raises(ValidationError, match="NO_CRITERIA"):
        SearchCriteria(name="")


async def test_an_answer_shows_no_number_and_only_the_end_of_a_code(
    town: Town, takahashi: dict[str, str]
) -> None:
    """個人番号 never stands in a list; 住民票コード only as far as a clerk needs to compare."""
    async with town.open() as tx:
        page = await search.residents(
            tx,
            town.acting,
            SearchCriteria(my_number=MyNumber(takahashi["個人番号"])),
            vault=town.vault,
        )

    answer = page.model_dump_json()
    assert takahashi["個人番号"] not in answer
    assert takahashi["住民票コード"] not in answer
    (found,) = page.residents
    assert found.code_masked == "*******" + takahashi["住民票コード"][-4:]
    assert (found.born_on, found.sex) == ("平成2年2月3日", "男")


async def test_a_household_is_shown_with_everybody_in_it(town: Town) -> None:
    """Whoever of the household was asked for: the head comes first, then all others."""
    family = a_family(size=4)
    await town.take_over(family)

    async with town.open() as tx:
        page = await search.households(
            tx,
            town.acting,
            SearchCriteria(code=ResidentCode(family[2]["住民票コード"])),
            vault=town.vault,
        )

    (household,) = page.households
    assert household.head is not None
    assert household.head.name == family[0]["氏名"]
    assert [member.relationship for member in household.members] == ["世帯主", "妻", "子", "子"]
    assert household.household_number == family[0]["世帯番号"]


async def test_pages_follow_the_furigana_and_repeat_nobody(town: Town) -> None:
    """Three at a time, everybody comes once, in order of フリガナ."""
    await town.take_over(families(4, size=2))
    criteria = SearchCriteria(address="東京都")

    seen: list[tuple[str, UUID]] = []
    after: UUID | None = None
    async with town.open() as tx:
        for _page in range(3):
            page = await search.residents(
                tx, town.acting, criteria, vault=town.vault, after=after, limit=3
            )
            seen += [(one.name_kana, one.resident_id) for one in page.residents]
            after = page.next_cursor

    assert after is None
    assert len(seen) == len(set(seen)) == 8
    assert seen == sorted(seen)


async def test_households_are_paged_by_their_heads(town: Town) -> None:
    await town.take_over(families(5, size=2))
    criteria = SearchCriteria(address="東京都")

    heads: list[str] = []
    after: UUID | None = None
    async with town.open() as tx:
        for _page in range(3):
            page = await search.households(
                tx, town.acting, criteria, vault=town.vault, after=after, limit=2
            )
            heads += [one.head.name_kana for one in page.households if one.head]
            after = page.next_cursor

    assert after is None
    assert len(heads) == 5
    assert heads == sorted(heads)


async def test_nobody_of_another_town_is_found(
    town: Town, other_town: Town, takahashi: dict[str, str]
) -> None:
    """The database itself keeps the towns apart."""
    for criterion, item in (("name", "氏名"), ("code", "住民票コード"), ("my_number", "個人番号")):
        assert await names(other_town, **{criterion: takahashi[item]}) == []
        assert await names(town, **{criterion: takahashi[item]}) == [takahashi["氏名"]]


async def test_every_search_leaves_a_line_that_names_no_one(
    town: Town, takahashi: dict[str, str]
) -> None:
    """The audit log says who searched and by which criteria, never with what values."""
    await names(town, name=takahashi["氏名"], my_number=takahashi["個人番号"])

    async with town.open() as tx:
        row = await tx.fetchrow("SELECT actor, detail FROM audit WHERE act = 'search_residents'")

    assert row is not None
    assert tuple(row) == ("test", {"criteria": ["name", "my_number"]})


async def test_a_person_is_no_longer_found_by_a_name_that_was_corrected(
    town: Town, takahashi: dict[str, str]
) -> None:
    """Indexing again removes the tokens that no longer hold, and no others."""
    async with town.open() as tx:
        row = await tx.fetchrow(
            "SELECT p.resident_id, p.entry::text AS entry FROM resident_present p"
            " JOIN resident r USING (municipality, resident_id) WHERE addressee_number = $1",
            takahashi["宛名番号"],
        )
        assert row is not None
        corrected = Entry.model_validate_json(row["entry"]).model_copy(
            update={"name": "田中　花子", "name_kana": "タナカ　ハナコ"}
        )
        await search.index(tx, town.code, row["resident_id"], corrected)
        left = await tx.fetch(
            "SELECT token FROM search_token WHERE resident_id = $1", row["resident_id"]
        )

    assert {token["token"] for token in left} == tokens_for(corrected)
    assert await names(town, name="高橋") == []
    assert await names(town, name="渡辺") == [takahashi["氏名"]]


async def test_a_search_by_name_reads_tokens_not_people(town: Town) -> None:
    """Equality and range stay usable under the row-level policy; LIKE would read everybody."""
    await town.take_over(families(2))

    async with town.open() as tx:
        await tx.execute("SET LOCAL enable_seqscan = off")
        plan = await tx.fetch(
            "EXPLAIN SELECT resident_id FROM search_token"
            " WHERE municipality = $1 AND token >= $2 AND token < $3",
            town.code,
            "n:高",
            "n:高\U0010ffff",
        )

    (condition,) = (row[0] for row in plan if "Index Cond" in row[0])
    assert "token >= " in condition
    assert "token < " in condition
