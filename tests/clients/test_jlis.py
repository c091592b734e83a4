from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from clients import jlis
from domain.dates import RegisterDate
from domain.errors import ContractBroken
from domain.notices import MailingAddress
from domain.numbers import MunicipalityCode
from tests.numbers import my_number, resident_code
from tests.simulators.office import a_notice, an_entry

if TYPE_CHECKING:
    from tests.simulators.office import Office
    from tests.simulators.world import World

CHIYODA = MunicipalityCode("131016")
TELEGRAM = UUID(int=7)
CODE, NUMBER = resident_code(1), my_number(1)


def test_the_same_contents_make_the_same_bytes() -> None:
    """The bytes are stored before they leave, and a resend sends these."""
    notice = a_notice(CODE, NUMBER, cancels=(UUID(int=1), UUID(int=2)))

    first, again = (jlis.identity_notice(CHIYODA, TELEGRAM, notice) for _ in range(2))

    assert first == again
    assert "山田　花子".encode() in first


def test_a_character_j_lis_lacks_travels_as_a_substitute_with_its_place() -> None:
    """外字数 and place tell J-LIS that the glyph is not the person's own."""
    entry = an_entry(name="葛\U000e0100城　太郎")

    content = _contents(
        jlis.identity_notice(CHIYODA, TELEGRAM, a_notice(CODE, NUMBER, entry=entry))
    )

    assert content["漢字氏名"] == {"文字": "〓城　太郎", "外字数": 1, "代替文字位置": [0]}
    assert content["住所"]["外字数"] == 0


def test_a_day_that_is_not_known_is_told_as_such() -> None:
    """住基ネット knows calendar days and a flag, no wording."""
    entry = an_entry(born_on=RegisterDate.worded("昭和20年頃", date(1945, 1, 1)))

    content = _contents(
        jlis.identity_notice(CHIYODA, TELEGRAM, a_notice(CODE, NUMBER, entry=entry))
    )

    assert content["生年月日"] == {"年月日": "1945-01-01", "不詳フラグ": True}
    assert content["異動年月日"] == {"年月日": "2026-11-20", "不詳フラグ": False}


def test_every_telegram_names_its_id_kind_and_municipality() -> None:
    mailing = MailingAddress(number=NUMBER, code=CODE, entry=an_entry())
    bodies = {
        "CS-01": jlis.vacant_codes(CHIYODA, TELEGRAM, 5),
        "CS-02": jlis.number_request(CHIYODA, TELEGRAM, CODE),
        "CS-04": jlis.identity_notice(CHIYODA, TELEGRAM, a_notice(CODE, NUMBER)),
        "CS-12": jlis.mailing_address(CHIYODA, TELEGRAM, mailing),
        "CS-13": jlis.linkage_request(CHIYODA, TELEGRAM, "R8-1", NUMBER),
    }

    for kind, body in bodies.items():
        telegram = json.loads(body)
        assert telegram["電文ID"] == str(TELEGRAM)
        assert (telegram["電文種別"], telegram["市町村コード"]) == (kind, CHIYODA)


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        ([resident_code(1), resident_code(2), "90000000009"], "WRONG_CODE_IN_BATCH"),
        ([resident_code(1), 5], "WRONG_CODE_IN_BATCH"),
        ([resident_code(1), resident_code(1)], "DOUBLED_CODE_IN_BATCH"),
        ("90", "MISSING_ITEM"),
        (None, "MISSING_ITEM"),
    ],
    ids=["検査数字", "数値", "重複", "リストでない", "無し"],
)
def test_a_list_of_codes_is_good_as_a_whole_or_not_at_all(codes: Any, error: str) -> None:
    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis.read_vacant_codes(_answer(空きコード=codes))


def test_a_good_list_of_codes_is_read_in_its_order() -> None:
    codes = [resident_code(2), resident_code(1)]

    assert jlis.read_vacant_codes(_answer(空きコード=codes)) == codes


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"住民票コード": resident_code(2), "個人番号": NUMBER}, "OTHER_CODE"),
        ({"住民票コード": CODE, "個人番号": "900000000000"}, "WRONG_NUMBER"),
        ({"住民票コード": CODE, "個人番号": int(NUMBER)}, "MISSING_ITEM"),
        ({"住民票コード": CODE}, "MISSING_ITEM"),
        ({}, "MISSING_ITEM"),
    ],
    ids=["別のコード", "検査数字", "数値", "番号なし", "空"],
)
def test_a_number_is_believed_only_if_it_is_right_and_about_this_code(
    answer: dict[str, Any], error: str
) -> None:
    """Nothing is stored of an answer that cannot be true (F11)."""
    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis.read_number(_answer(**answer), CODE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"住民票コード": resident_code(2), "個人番号": my_number(2)}, "OTHER_CODE"),
        ({"旧個人番号": my_number(3), "個人番号": my_number(2)}, "OTHER_NUMBER"),
        ({"旧個人番号": NUMBER, "個人番号": NUMBER}, "SAME_NUMBER"),
        ({"旧個人番号": NUMBER, "個人番号": f"{my_number(2)[:-1]}x"}, "WRONG_NUMBER"),
        ({"旧個人番号": NUMBER}, "MISSING_ITEM"),
        ({"個人番号": my_number(2)}, "MISSING_ITEM"),
    ],
    ids=["別のコード", "別の旧番号", "変わらない", "検査数字", "番号なし", "旧番号なし"],
)
def test_a_changed_number_is_believed_only_if_it_is_another_one(
    answer: dict[str, Any], error: str
) -> None:
    """Red: without comparing the number that was to be changed."""
    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis.read_changed_number(_answer(**{"住民票コード": CODE, **answer}), CODE, NUMBER)


def test_a_changed_code_travels_beside_the_former_one() -> None:
    """旧住民票コード (規則11条); blank for every other 異動."""
    changed = a_notice(CODE, NUMBER, former_code=resident_code(2))

    said = [
        _contents(jlis.identity_notice(CHIYODA, TELEGRAM, notice))
        for notice in (changed, a_notice(CODE, NUMBER))
    ]

    assert [each["旧住民票コード"] for each in said] == [resident_code(2), None]
    assert [each["住民票コード"] for each in said] == [CODE, CODE]


def test_an_answer_without_contents_breaks_the_contract() -> None:
    with pytest.raises(ContractBroken, match="MISSING_ITEM"):
        jlis.read_number(b'{"a":1}', CODE)


async def test_j_lis_takes_every_name_that_the_register_can_hold(
    world: World, office: Office
) -> None:
    """髙 goes as it is; 𠮷 with its selector, and what no standard has, as 代替文字."""
    name = "髙橋　葛\U000e0100城𠮷\U000e0101𪚥"

    notice = await office.newborn(name=name)

    [person] = (await world.ledger("jlis", office.municipality))["people"]
    there = person["contents"]["漢字氏名"]
    assert there["文字"].startswith("髙橋　〓城")
    assert there["外字数"] == len(there["代替文字位置"]) >= 2
    assert notice.entry.name == name


async def test_a_birth_goes_through_every_telegram(world: World, office: Office) -> None:
    """CS-01, CS-02, CS-04, CS-12, CS-13 and its arrival, as a healthy birth sends them."""
    notice = await office.newborn(name="")
    assert notice.number is not None
    await office.mail(notice)
    await office.ask_for_symbol(notice.number, f"R8-{uuid4()}")

    counts = (await world.ledger("jlis", office.municipality))["counts"]
    assert counts == {
        "messages": 5,
        "notices": 1,
        "people": 1,
        "vacant_codes": 0,
        "mailings": 1,
        "linkage_requests": 1,
        "retired_codes": 0,
        "former_numbers": 0,
        "digital_certificates": 0,
        "certificate_events": 0,
        "symbols": 1,
        "certificates": 0,
        "move_in_notices": 0,
        "departures": 0,
    }


def _contents(body: bytes) -> dict[str, Any]:
    return json.loads(body)["本文"]


def _answer(**contents: Any) -> bytes:
    return json.dumps({"電文ID": str(TELEGRAM), "本文": contents}, ensure_ascii=False).encode()
