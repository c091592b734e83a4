"""How each row of the matrix comes about: a procedure of one person, played through the API.

A play gets everything ready, then says which town is watched, then lets the procedure happen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure
from tests.acceptance import deeds
from tests.acceptance.received import Received
from tests.comparable import outside
from tests.numbers import my_number

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case
    from tests.moving import Family, Leaving, Movers

WHO = 2
"""The child of the family, who can leave without anybody else being changed."""
ABROAD: dict[str, Any] = {"destination": {"country": "フランス共和国"}, "with_card": False}


@dataclass
class Stage:
    """Two towns and a family of the first; ``here`` is the counter where that family lives."""

    movers: Movers
    here: Locals
    family: Family
    serials: dict[str, str] = field(default_factory=dict[str, str])
    watched: Received | None = None

    async def watch(self, *, there: bool = False) -> None:
        """Count from now on what is received on account of this town, or of the other."""
        town = self.movers.destination if there else self.here.town
        self.watched = await Received.from_now(self.movers.frontier, town)

    async def leaves(self, **said: Any) -> Leaving:
        """転出届 of today, waited for until the 転入通知 is."""
        day = await self.movers.frontier.today()
        case = await self.movers.leave(self.family, day, WHO, **said)
        await case.waits_for("move_in_notice", 1)
        return case

    async def moves(self) -> Case:
        """転居 of the child."""
        case = await self.here.move(self.family, WHO)
        await case.closes()
        return case


async def paper(stage: Stage) -> None:
    """転入 with a paper 転出証明書."""
    await stage.leaves(with_card=False)
    await stage.watch(there=True)
    await (await deeds.moves_in(stage.movers, stage.family, WHO)).closes()


async def paper_without_number(stage: Stage) -> None:
    """転入 with a certificate that names no 個人番号: J-LIS is asked for the one of the code."""
    await stage.leaves(with_card=False)
    await stage.watch(there=True)
    case = await deeds.moves_in(stage.movers, stage.family, WHO, without={"number"})
    await case.closes()


async def card(stage: Stage) -> None:
    """特例転入."""
    await stage.watch(there=True)
    await stage.leaves()
    await (await deeds.comes(stage.movers, stage.family, WHO)).closes()


async def card_and_newborn(stage: Stage) -> None:
    """特例転入 with a child born after the 転出: of both CS-04 and so on, of the child a number."""
    await stage.movers.destination.stock()
    await stage.watch(there=True)
    await stage.leaves()
    born_on = (await stage.movers.frontier.today()).isoformat()
    baby = {"name": "佐藤　遥", "sex": "女", "born_on": born_on}
    await (await deeds.comes(stage.movers, stage.family, WHO, newborns=[baby])).closes()


async def from_abroad(stage: Stage) -> None:
    """国外転入 of somebody who never had a code or a number."""
    await stage.movers.destination.stock()
    await stage.watch(there=True)
    form = {"source": "国外", "origin": None}
    without = {"code", "number"}
    case = await deeds.moves_in(stage.movers, stage.family, WHO, without=without, **form)
    await case.closes()


async def back_from_abroad(stage: Stage) -> None:
    """国外転入 of somebody who left for abroad: code and number are for life."""
    await gone_abroad(stage)
    await stage.watch(there=True)
    form = {"source": "国外", "origin": None}
    await (await deeds.moves_in(stage.movers, stage.family, WHO, **form)).closes()


async def online(stage: Stage) -> None:
    """転出 filed at マイナポータル with the card, up to the 転入通知."""
    await stage.watch()
    day = await stage.movers.frontier.today()
    await deeds.files_online(stage.movers, stage.family, day, WHO, stage.serials["signature"])
    leaving = await stage.movers.filed(stage.family)
    await leaving.waits_for("move_in_notice", 1)
    await (await deeds.comes(stage.movers, stage.family, WHO)).closes()
    await leaving.closes()


async def on_paper(stage: Stage) -> None:
    """転出 without a card."""
    await stage.watch()
    leaving = await stage.leaves(with_card=False)
    await (await deeds.moves_in(stage.movers, stage.family, WHO)).closes()
    await leaving.closes()


async def gone_abroad(stage: Stage) -> None:
    """国外転出."""
    await stage.watch()
    day = await stage.movers.frontier.today()
    case = await stage.movers.leave(stage.family, day, WHO, **ABROAD)
    await case.closes()


async def moved(stage: Stage) -> None:
    """転居 into a household of one's own."""
    await stage.watch()
    await stage.moves()


async def moved_together(stage: Stage) -> None:
    """転居 of a whole household."""
    await stage.watch()
    await (await stage.here.move(stage.family)).closes()


async def split(stage: Stage) -> None:
    """世帯分離."""
    await stage.watch()
    await (await deeds.changes_household(stage.here, stage.family, WHO, kind="世帯分離")).closes()


async def born(stage: Stage) -> None:
    """出生."""
    await stage.watch()
    await (await deeds.reports_birth(stage.here, stage.family)).closes()


async def died(stage: Stage) -> None:
    """死亡."""
    await stage.watch()
    await (await deeds.dies(stage.here, stage.family, WHO)).closes()


async def renamed(stage: Stage) -> None:
    """職権修正 of a name."""
    await stage.watch()
    await (await deeds.corrects(stage.here, stage.family, WHO, name="田中　花子")).closes()


async def glyph(stage: Stage) -> None:
    """軽微な修正 of a character."""
    await stage.watch()
    said = {"kind": "軽微な修正", "minor": "文字の同定", "basis": "誤り又は記載漏れ"}
    case = await deeds.corrects(stage.here, stage.family, WHO, name="葛\U000e0101城　花子", **said)
    await case.closes()


async def struck(stage: Stage) -> None:
    """職権消除 after 実態調査."""
    await stage.watch()
    said = {"kind": "職権消除", "basis": "実態調査"}
    await (await deeds.corrects(stage.here, stage.family, WHO, **said)).closes()


async def struck_and_found(stage: Stage) -> None:
    """職権消除 of somebody who turns up in another municipality afterwards."""
    await struck(stage)
    await (await deeds.moves_in(stage.movers, stage.family, WHO)).closes()
    notice = await stage.movers.frontier.case_of(stage.here.town, Procedure.MOVE_IN_NOTICE)
    await notice.closes()


async def another_number(stage: Stage) -> None:
    """個人番号変更 because it leaked."""
    await stage.watch()
    await (await deeds.changes_number(stage.here, stage.family, WHO)).closes()


async def right_number(stage: Stage) -> None:
    """個人番号の職権修正: what the register has is wrong, and nothing is generated."""
    right = my_number(int(stage.family.codes[WHO][:10]) % 100_000_000 + 100_000_000)
    await outside(
        stage.here.town,
        "jlis",
        "UPDATE people SET number = $1 WHERE code = $2",
        right,
        stage.family.codes[WHO],
    )
    await stage.watch()
    said = {"kind": "個人番号の職権修正", "grounds": "誤記-1", "number": right}
    await (await deeds.changes_number(stage.here, stage.family, WHO, **said)).closes()


async def another_code(stage: Stage) -> None:
    """住民票コード変更."""
    await stage.watch()
    await (await deeds.changes_code(stage.here, stage.family, WHO)).closes()


async def cancelled_move(stage: Stage) -> None:
    """取消 of a 転居."""
    case = await stage.moves()
    await stage.watch()
    await (await deeds.cancels(stage.here, case)).closes()


async def cancelled_move_in(stage: Stage) -> None:
    """取消 of a 特例転入 whose 転入通知 has arrived."""
    leaving = await stage.leaves()
    case = await deeds.comes(stage.movers, stage.family, WHO)
    await case.closes()
    await leaving.closes()
    await stage.watch(there=True)
    there = deeds.at(stage.movers, stage.movers.destination)
    await (await deeds.cancels(there, case)).closes()


async def withdrawn_early(stage: Stage) -> None:
    """転出取消 before the day of the 転出: 住基ネット knows only the CS-05."""
    case = await stage.movers.leave(stage.family, await stage.movers.in_days(5), WHO)
    await case.waits_for("departure_day", 1)
    await stage.watch()
    assert (await stage.movers.withdraw(case))[0] == 202
    await case.closes(CaseState.WITHDRAWN)


async def withdrawn_late(stage: Stage) -> None:
    """転出取消 after the day, before any 転入通知."""
    case = await stage.leaves()
    await stage.watch()
    assert (await stage.movers.withdraw(case))[0] == 202
    await case.closes(CaseState.WITHDRAWN)
