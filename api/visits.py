"""来庁 over HTTP: people whom a 特例転入 or a 転居 waits for have come."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Discriminator, RootModel, Tag

from api import reception
from api.address_changes import PROBLEMS, AddressChangeForm
from api.arrival_forms import VisitForm
from api.bodies import body_of, one_of
from api.case_answers import Receipt
from api.cases import CaseNumberInPath
from api.counter import ForReporting, OnceOnly, begins
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from domain.cases import Procedure

router = APIRouter(prefix="/v1/cases/{case_number}/visit", tags=["来庁"])

EXAMPLE = {
    "code": "12345678903",
    "visitor": "本人",
    "card": "verified",
    "pin": "matched",
    "moved_in_on": "2026-12-01",
    "address": {"postal_code": "0400001", "line": "北海道函館市五稜郭町1番1号", "building": ""},
}
JOINING = {
    "code": "12345678903",
    "visitor": "同一世帯員",
    "card": "verified",
    "pin": "matched",
    "moved_in_on": "2026-12-01",
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "persons": [{"code": "12345678903", "relationship": "子"}],
    "newborns": [
        {"name": "髙橋　遥", "sex": "女", "born_on": "2026-11-28", "relationship": "子の子"}
    ],
}


_AT_HOME = {
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "residents": ["0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"],
    "moved_on": "2026-11-20",
    "address": {"postal_code": "1020073", "line": "東京都千代田区九段北一丁目2番3号"},
}


def _kind(body: object) -> str:
    """A 転居届 says when they moved, a visit when they moved in."""
    said = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return "転居" if "moved_on" in said else "特例転入"


class Visited(
    RootModel[
        Annotated[
            Annotated[VisitForm, Tag("特例転入")] | Annotated[AddressChangeForm, Tag("転居")],
            Discriminator(_kind),
        ]
    ]
):
    """来庁した人の届出。特例転入の案件なら来庁、転居の案件なら転居届。"""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


@router.post(
    "",
    dependencies=[begins(Procedure.SPECIAL_MOVE_IN, Procedure.ADDRESS_CHANGE)],
    status_code=202,
    summary="来庁を記録する",
    response_model=Receipt,
    responses=problems(
        *ONCE,
        *reception.VISIT_PROBLEMS,
        *PROBLEMS,
        ProblemType.UNKNOWN_CASE,
        ProblemType.NO_VISIT_AWAITED,
        ProblemType.WRONG_PERSON,
    ),
    openapi_extra=body_of(
        Visited,
        新しい世帯=("全員で新しい世帯", EXAMPLE),
        世帯に入る=("親の世帯に入る", JOINING),
        転居=("転居予約をした人の転居届", _AT_HOME),
    ),
)
async def visit(
    counter: ForReporting,
    case_number: CaseNumberInPath,
    said: Annotated[VisitForm | AddressChangeForm, Depends(one_of(Visited))],
    once: OnceOnly,
) -> JSONResponse:
    """来庁した人、カードと暗証番号の確認の結果、転入した日と住所を記録し、案件を進める。転居の案件には転居届を渡す。

    Somebody has come: who, with which card, where they live now.  The last valid day is the earlier
    of 転出予定日+30 and 転入日+14; from the next day on it is refused.  A case that waits for who
    announced a 転居 takes the 転居届 itself.
    """
    return await counter.once(once, lambda tx: reception.visit(tx, counter, case_number, said))
