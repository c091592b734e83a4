"""What is said of a 一括処理: which incidents it is about, and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from api.bodies import Form
from api.forms import Remark, WrongValue
from api.manual import is_step
from domain.bulk import OURSELVES, Wanted
from domain.cases import Procedure
from domain.telegrams import Peer


def _peer(value: str) -> str:
    return _one_of(value, known=value == OURSELVES or value in set(Peer))


def _procedure(value: str) -> str:
    return _one_of(value, known=value in set(Procedure))


def _step(value: str) -> str:
    return _one_of(value, known=is_step(value))


def _one_of(value: str, *, known: bool) -> str:
    if value and not known:
        raise WrongValue("NOT_A_CHOICE")
    return value


class WantedForm(Form):
    """どの対応待ちを集めるか。空の項目では絞り込まない。少なくとも一つを書く。"""

    peer: Annotated[
        str, AfterValidator(_peer), Field(description="相手システム（register は住基システム自身）")
    ] = ""
    incident_code: str = Field(
        default="", max_length=100, pattern="^[A-Z0-9_]*$", description="対応待ちの符号"
    )
    step: Annotated[str, AfterValidator(_step), Field(description="止まっている処理")] = ""
    procedure: Annotated[str, AfterValidator(_procedure), Field(description="手続")] = ""
    older_than_hours: int | None = Field(
        default=None, ge=0, le=87_600, description="発生からこの時間を過ぎたものだけ"
    )

    def wanted(self) -> Wanted:
        """As the register asks for it."""
        return Wanted(**dict(self))


class BulkForm(Form):
    """一括処理の下書き。"""

    verb: Literal["retry"] = Field(
        default="retry", description="retry: 再実行。ほかの判断は一件ずつ行う"
    )
    wanted: WantedForm
    reason: Remark = Field(default="", description="理由（必ず書く。どの件の判断にも残る）")


class BulkWords(Form):
    """一時停止、再開、中止の理由。"""

    reason: Remark = Field(default="", description="理由（必ず書く）")
