"""A day of the town hall: what becomes of people who live here, one of each 届出 and 職権.

Every scene hands in what a counter would hand in, and looks at what the others then hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.scenario import forms
from local.scenario.cast import DAY, HERE, RENAMED, REREAD, RESPELT
from local.scenario.habits import (
    carry_out,
    cases_of,
    certify,
    file_at_the_counter,
    home_of,
    last_told,
    new_case,
    require,
    resident,
    voided,
    waits_for,
)
from local.scenario.whereabouts import Where

if TYPE_CHECKING:
    from local.scenario.cast import Household
    from local.scenario.habits import Home
    from local.scenario.stage import Stage

_COMING = "特例転入"
_DAYS_AHEAD = 10
_BOTH = {"signature", "authentication"}
_AUTHENTICATION = {"authentication"}


async def a_household_moves_house(stage: Stage) -> str:
    """14: 転居 at the counter; the 署名用 certificate has the address in it, and ends."""
    household = DAY.moving_house
    home, code = await home_of(stage.caller, household), await certify(stage, household)
    await move_house(stage, household, home)
    await lives_at(stage, home, household.new_home(HERE))
    told = await last_told(stage, code)
    require(told == "転居", told)
    await _valid(stage, code, _AUTHENTICATION)
    return f"{len(home.people)} 人が新住所、住基ネットへ「転居」、失効は署名用だけ"


async def a_household_parts(stage: Stage) -> str:
    """15: 世帯分離; 世帯 and 続柄 are no 本人確認情報, so 住基ネット hears nothing."""
    household = DAY.parting
    home = await home_of(stage.caller, household)
    form = home.of(1) | {"kind": "世帯分離", "changed_on": await _today(stage)}
    await carry_out(stage.caller, "counter", "household-changes", form)
    apart = await resident(stage.caller, home.people[1])
    require(apart["household_id"] != home.household_id, "同じ世帯のまま")
    require(apart["relationship"] == "世帯主", apart["relationship"])
    ledgers = await stage.outside.ledgers()
    copy, held = ledgers.copy(home.addressee_numbers[1]), ledgers.at_jlis(household.codes[1])
    require(copy and copy["facts"]["relationship"] == "世帯主", "副本が古い")
    require(held and not held["entries"], "住基ネットに知らせた")
    return "二つの世帯、どちらも世帯主、副本は新しい世帯、住基ネットへ 0 通"


async def a_head_dies_before_leaving(stage: Stage) -> str:
    """16: 死亡 of a head of household who had filed a 転出: the 転出 gives way, its CS-05 too."""
    household = DAY.dying
    home, code = await home_of(stage.caller, household), await certify(stage, household)
    leaving, coming = await _files_to_leave(stage, household, home)
    require(not await voided(stage, code), "転出証明書情報が届いていない")
    await carry_out(
        stage.caller, "counter", "deaths", home.of(0) | {"died_on": await _today(stage)}
    )
    for town, number in ((stage.here, leaving), (stage.there, coming)):
        await town.caller.until(number, lambda case: case["state"] == "withdrawn", "取下げ済み")
    require(await voided(stage, code), "転出証明書情報が有効のまま")
    await _valid(stage, code, set())
    staying = await resident(stage.caller, home.people[1])
    require(staying["relationship"] == "世帯主", staying["relationship"])
    stage.on_their_way[Where.DEAD] += 1
    return "転出は取下げ、転出証明書情報は無効、証明書は両方失効、残る人が世帯主"


async def a_name_is_corrected(stage: Stage) -> str:
    """17: 職権修正 of a name, as 戸籍 told it: 住基ネット hears, the 署名用 certificate ends."""
    household = DAY.renamed
    home, code = await home_of(stage.caller, household), await certify(stage, household, 1)
    name, name_kana = RENAMED
    form = await correction(stage, home.of(1), name=name, name_kana=name_kana)
    await carry_out(stage.caller, "examiner", "corrections", form)
    now = await resident(stage.caller, home.people[1])
    require(now["name"] == name, "氏名が違う")
    told = await last_told(stage, code)
    require(told == "職権修正等", told)
    await _valid(stage, code, _AUTHENTICATION)
    return "氏名は届いたとおり、住基ネットへ「職権修正等」、失効は署名用だけ"


async def a_character_is_put_right(stage: Stage) -> str:
    """18: 軽微な修正 of a 外字: sent with 代替文字 and their number, and no certificate ends."""
    household = DAY.misspelt
    home, code = await home_of(stage.caller, household), await certify(stage, household)
    minor = {"kind": "軽微な修正", "minor": "文字の同定", "basis": "誤り又は記載漏れ"}
    form = await correction(stage, home.of(0), name=RESPELT) | minor
    await carry_out(stage.caller, "examiner", "corrections", form)
    now = await resident(stage.caller, home.people[0])
    require(now["name"] == RESPELT, "字形が違う")
    held = (await stage.outside.ledgers()).at_jlis(code)
    told = held["entries"][-1]["reason"] if held and held["entries"] else ""
    require(told == "軽微な修正", told)
    substituted = held["contents"]["漢字氏名"]["外字数"] if held else 0
    require(substituted == 1, f"外字数 {substituted}")
    await _valid(stage, code, _BOTH)
    return f"「軽微な修正」、代替文字 {substituted} 字、証明書は両方有効"


async def somebody_is_struck(stage: Stage) -> str:
    """19: 職権消除 after 実態調査: 除票 and 消除 everywhere, both certificates end."""
    household = DAY.vanished
    home, code = await home_of(stage.caller, household), await certify(stage, household, 1)
    form = home.of(1) | {
        "kind": "職権消除",
        "basis": "実態調査",
        "evidence": "実態調査-0044",
        "happened_on": await _today(stage),
    }
    await carry_out(stage.caller, "chief", "corrections", form)
    now = await resident(stage.caller, home.people[1])
    require(now["presence"] == "除票", now["presence"])
    told = await last_told(stage, code)
    require(told == "職権消除等", told)
    await _valid(stage, code, set())
    stage.on_their_way[Where.STRUCK] += 1
    return "除票、住基ネットへ「職権消除等」、証明書は両方失効"


async def a_finished_case_is_cancelled(stage: Stage) -> str:
    """20: 異動取消 of a finished 転居 takes back its own fields; what came after it stays."""
    household = DAY.mistaken
    home = await home_of(stage.caller, household)
    moved = await move_house(stage, household, home)
    form = await correction(stage, home.of(0), name_kana=REREAD)
    await carry_out(stage.caller, "examiner", "corrections", form)
    await carry_out(stage.caller, "chief", "cancellations", {"case_number": moved})
    await lives_at(stage, home, household.address)
    now = await resident(stage.caller, home.people[0])
    require(now["name_kana"] == REREAD, "後の修正まで戻った")
    rows = (await stage.caller.get("counter", f"residents/{home.people[0]}/history")).expect(200)
    reasons = [row["reason"] for row in rows["rows"]]
    return f"住所は元どおり、後で直したフリガナは残る、履歴は {' → '.join(reasons)}"


async def move_house(stage: Stage, household: Household, home: Home) -> str:
    """Carry out a 転居 of a whole household within the town; its case."""
    form = home.whole | {"moved_on": await _today(stage), "address": address_of(household)}
    case = await carry_out(stage.caller, "counter", "address-changes", form)
    return case["case_number"]


def address_of(household: Household) -> dict[str, str]:
    """Where a household lives after moving house."""
    return forms.new_home(household, HERE)


async def lives_at(stage: Stage, home: Home, address: str) -> None:
    """Require that everybody of a household lives there."""
    for one in home.people:
        now = await resident(stage.caller, one)
        require(now["address"]["line"] == address, "住所が違う")


async def _files_to_leave(stage: Stage, household: Household, home: Home) -> tuple[str, str]:
    """The head files a 転出 of days ahead by card; the cases here and there, once both wait."""
    known = await cases_of(stage.there, _COMING)
    day = await stage.in_days(_DAYS_AHEAD)
    leaving = await file_at_the_counter(stage, household, home.of(0), day, with_card=True)
    await stage.caller.until(leaving, waits_for("departure_day"), "予定日待ち")
    coming = await new_case(stage.there, _COMING, known)
    await stage.there.caller.until(coming, waits_for("visit"), "来庁待ち")
    return leaving, coming


async def correction(stage: Stage, whom: dict[str, Any], **right: str) -> dict[str, Any]:
    """職権修正 of these people, told by 戸籍: what is right from today."""
    return whom | {
        "kind": "職権修正",
        "basis": "戸籍の届出又は通知",
        "evidence": "通知-0311",
        "happened_on": await _today(stage),
        "corrections": right,
    }


async def _valid(stage: Stage, code: str, wanted: set[str]) -> None:
    """Require that exactly these certificates of somebody are valid."""
    valid = await stage.outside.valid_certificates(code)
    require(valid == wanted, f"有効な証明書 {'、'.join(sorted(valid)) or 'なし'}")


async def _today(stage: Stage) -> str:
    return (await stage.today()).isoformat()
