"""Simulator of マイナポータル, as far as 引越し手続オンラインサービス needs it.

A citizen files once; the 転出届 (OS-01) goes to the origin and, in parallel, the 来庁予定 (OS-02)
to the destination.  Within one municipality it is a 転居予約, and OS-02 goes alone: it names the
receiver as origin too.  Each can be taken back by itself.  Municipalities answer with 処理状況
(OS-03), which the citizen reads.  What was typed is passed on as typed: only the certificate's
serial number says who it was.

Not imitated: 申請管理 with its files, the signature itself, the card and its PINs, payments,
clients of third parties, the limits on days and ages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from simulators.ledger import Message, check
from simulators.system import Incoming, System
from simulators.ways import ToInbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulators.ledger import Connection
    from simulators.ways import Way


class StatusContents(BaseModel):
    """OS-03 処理状況: what the citizen is to know, and for a visit what to bring and where."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    application_id: UUID = Field(alias="申請番号")
    state: Literal["受付", "審査中", "完了", "却下", "取消"] = Field(alias="処理状況")
    words: Annotated[str, Field(max_length=2000)] = Field(alias="連絡事項")
    documents: list[str] = Field(alias="持ち物")
    place: str = Field(alias="来庁場所")


class StatusMessage(BaseModel):
    """A municipality's message under its envelope."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: UUID = Field(alias="電文ID")
    kind: Literal["OS-03"] = Field(alias="電文種別")
    municipality: str = Field(alias="市町村コード", pattern=r"^\d{6}$")
    contents: StatusContents = Field(alias="本文")


class Mynaportal(System):
    """What citizens filed, and what they were answered."""

    name: ClassVar[str] = "mynaportal"
    collection: ClassVar[str] = "statuses"

    def ways(self) -> Mapping[str, Way]:
        """Everything goes to municipalities."""
        inbox = ToInbox(self.outside, self.name, self.outside.settings.mynaportal_inbox_secret)
        return {"OS-01": inbox, "OS-02": inbox}

    def read(self, body: bytes) -> Incoming:
        """Read a status; ``ValueError`` when it is not in the agreed form."""
        told = StatusMessage.model_validate_json(body)
        return Incoming(Message(told.id, told.municipality, told.kind, body), told.contents)

    async def act(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Show the citizen what a municipality says about its part of the application."""
        message = incoming.message
        told = cast("StatusContents", incoming.contents)
        concerned = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM parts WHERE application_id = $1 AND municipality = $2)",
            told.application_id,
            message.municipality,
        )
        check(concerned, "UNKNOWN_APPLICATION", "該当する申請がありません。")
        await connection.execute(
            "INSERT INTO statuses (message_id, application_id, municipality, told_at, contents)"
            " VALUES ($1, $2, $3, $4, $5)",
            message.id,
            told.application_id,
            message.municipality,
            self.outside.hours.now(),
            told.model_dump(mode="json", exclude={"application_id"}),
        )
        return {
            "電文ID": str(message.id),
            "電文種別": message.kind,
            "処理結果": "受理",
            "本文": {"申請番号": str(told.application_id)},
        }
