"""An application at マイナポータル: what a citizen fills in, what leaves, and what they see."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["OS-01", "OS-02"]
Municipality = Annotated[str, Field(pattern=r"^\d{6}$")]


class Typed(BaseModel):
    """Somebody who moves, as the citizen typed them."""

    name: str
    name_kana: str = ""
    born_on: date


class Move(BaseModel):
    """One application; the first person is the applicant, ``serial`` their certificate's number.

    Within one municipality it is a 転居予約: a 来庁予定 alone, as a 転居届 cannot be filed online.
    """

    origin: Municipality
    destination: Municipality
    moving_on: date
    visit_on: date
    office: str = ""
    address: str = ""
    telephone: str = ""
    serial: Annotated[str, Field(pattern=r"^\d{1,49}$")]
    persons: Annotated[list[Typed], Field(min_length=1)]

    @property
    def kinds(self) -> dict[Kind, str]:
        """The messages it is told by, and to whom."""
        visit: dict[Kind, str] = {"OS-02": self.destination}
        return visit if self.origin == self.destination else {"OS-01": self.origin, **visit}


class Filed(BaseModel):
    """The application's number, and the message that told each municipality."""

    id: UUID
    messages: dict[Kind, UUID]


class Told(BaseModel):
    """One 処理状況 as the citizen sees it."""

    state: str
    words: str
    documents: list[str]
    place: str
    told_at: datetime


class Part(BaseModel):
    """How far one municipality is; ``status`` is what it said last."""

    municipality: str
    message_id: UUID
    withdrawn: bool
    status: Told | None
    history: list[Told]


class Seen(BaseModel):
    """What the citizen sees of an application: its 転出届, if it has any, and its 来庁予定."""

    id: UUID
    filed_at: datetime
    move_out: Part | None
    visit: Part


class Letter(NamedTuple):
    """A message to one municipality about an application."""

    message_id: UUID
    application_id: UUID
    kind: Kind
    receiver: str

    def envelope(self, now: datetime, contents: Mapping[str, object]) -> dict[str, object]:
        """What leaves, with who sent it to whom and when."""
        return {
            "電文ID": str(self.message_id),
            "電文種別": self.kind,
            "市町村コード": self.receiver,
            "発信元": "mynaportal",
            "発信日時": now.isoformat(timespec="milliseconds"),
            "本文": contents,
        }


def contents_of(kind: Kind, move: Move, application_id: UUID, now: datetime) -> dict[str, Any]:
    """What a message of this kind says."""
    return (_move_out if kind == "OS-01" else _visit_plan)(move, application_id, now)


def withdrawal(application_id: UUID, message_id: UUID) -> dict[str, Any]:
    """OS-01 or OS-02 取消."""
    return {"取消": True, "申請番号": str(application_id), "取消対象電文ID": str(message_id)}


def _move_out(move: Move, application_id: UUID, now: datetime) -> dict[str, Any]:
    """OS-01 転出届."""
    return _common(move, application_id, now) | {"転入地市町村コード": move.destination}


def _visit_plan(move: Move, application_id: UUID, now: datetime) -> dict[str, Any]:
    """OS-02 来庁予定."""
    return _common(move, application_id, now) | {
        "転出地市町村コード": move.origin,
        "来庁予定日": move.visit_on.isoformat(),
        "来庁窓口": move.office,
    }


def _common(move: Move, application_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "取消": False,
        "申請番号": str(application_id),
        "申請日時": now.isoformat(timespec="milliseconds"),
        "引越し日": move.moving_on.isoformat(),
        "新住所": move.address,
        "電話番号": move.telephone,
        "シリアル番号": move.serial,
        "引越しする人": [
            {"氏名": p.name, "ふりがな": p.name_kana, "生年月日": p.born_on.isoformat()}
            for p in move.persons
        ],
    }
