"""Simulator of 住基ネット's national server, kept by J-LIS, as a municipality's CS reaches it.

It imitates what is public: the items of the 本人確認情報ファイル and 送付先情報ファイル
(特定個人情報保護評価書 別添2), 住民票コード allotted at random (規則14条), one 個人番号 per
住民票コード that does not lead back to it (番号法施行令8条, 総務省令85号), 更新順番号 in strict
order, the closed list of 異動事由 (規則11条), changes of 個人番号 (番号法7条2項) and of
住民票コード (住民基本台帳法30条の3), 代替文字 for what 住基ネット統一文字 lacks, 符号 that
appear in 中間サーバー only (番号法21条の2), 転出証明書情報 sent ahead to the 転入地 and 転入通知
sent to the 転出地 (住民基本台帳法9条1項, 24条の2; 令24条の3), and the life of 電子証明書, with what
ends them (30条の8).

Not imitated: the real 電文 layouts and codes, the prefecture's server, media exchange, the
municipalities' own CS between which moves really travel (it keeps their letters for them),
附票, 広域交付, cards, which 更新区分 goes with which 異動事由.

One concern each: ``jlis_people``, ``jlis_codes``, ``jlis_numbers``, ``jlis_linkage``,
``jlis_moves``, ``jlis_serials``, ``jlis_comparison``; certificates themselves are ``jpki``.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from simulators import (
    jlis_comparison,
    jlis_linkage,
    jlis_moves,
    jlis_numbers,
    jlis_people,
    jlis_serials,
)
from simulators import jlis_wire as wire
from simulators.ledger import Message
from simulators.system import Incoming, System
from simulators.ways import ToInbox, ToIntermediateServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulators.ledger import Connection
    from simulators.ways import Way


class Jlis(System):
    """全国サーバ: who holds which code, which number was made from it, and what was reported."""

    name: ClassVar[str] = "jlis"
    collection: ClassVar[str] = "telegrams"
    owing: ClassVar[frozenset[str]] = frozenset({"CS-05", "CS-07", "CS-13"})
    tables: ClassVar[tuple[str, ...]] = ("jpki",)
    key: bytes
    postal_codes: dict[str, str]

    async def open(self) -> None:
        """Read the one secret numbers are made with, and the postal table."""
        await super().open()
        self.key = await self.pool.fetchval(
            "INSERT INTO secret (key) VALUES ($1)"
            " ON CONFLICT (only_one) DO UPDATE SET only_one = true RETURNING key",
            secrets.token_bytes(32),
        )
        await self.read_postal_codes()

    async def read_postal_codes(self) -> None:
        """Take the table up again after it was changed."""
        rows = await self.pool.fetch("SELECT postal_code, prefix FROM postal_codes")
        self.postal_codes = {row["postal_code"]: row["prefix"] for row in rows}

    def ways(self) -> Mapping[str, Way]:
        """符号 go to 中間サーバー, letters between municipalities to the receiver's inbox."""
        inbox = ToInbox(self.outside, self.name, self.outside.settings.jlis_inbox_secret)
        symbols = ToIntermediateServer(self.outside)
        return {"SYMBOL": symbols, "CS-05": inbox, "CS-07": inbox}

    def read(self, body: bytes) -> Incoming:
        """Read a telegram; ``ValueError`` when it is not in the agreed form."""
        telegram = wire.Telegram.model_validate_json(body)
        contents = wire.contents_of(telegram)
        message = Message(telegram.id, telegram.municipality, telegram.kind, body)
        return Incoming(message, contents)

    async def act(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Do what the telegram asks."""
        message, contents = incoming
        now = self.outside.hours.now()
        match contents:
            case wire.CodeRequest():
                said = await jlis_people.allot(connection, message, contents.count)
            case wire.NumberRequest() | wire.NumberChange():
                said = await jlis_numbers.answer(connection, message, contents, self.key)
            case wire.IdentityNotice():
                codes = self.postal_codes
                said = await jlis_people.apply(connection, message, contents, codes, now)
            case wire.MailingAddress():
                said = await jlis_linkage.mail(connection, message, contents)
            case wire.LinkageRequest():
                linkage = jlis_linkage.Linkage(self.deliveries, self.key)
                said = await linkage.ask(connection, message, contents)
            case wire.SerialQuery() | wire.CertificateChanges():
                asked = jlis_serials.Asked(message.municipality, now)
                said = await jlis_serials.answer(connection, contents, asked)
            case wire.ComparisonRequest():
                said = await jlis_comparison.page(connection, message, contents, now)
            case _:
                letters = jlis_moves.Letters(self.deliveries, self.outside.hours)
                said = await letters.take(connection, incoming)
        return {
            "電文ID": str(message.id),
            "電文種別": message.kind,
            "処理結果": "受理",
            "本文": said,
        }
