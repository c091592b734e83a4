"""Simulator of 住基ネット's national server, kept by J-LIS, as a municipality's CS reaches it.

It imitates what is public: the items of the 本人確認情報ファイル and 送付先情報ファイル
(特定個人情報保護評価書 別添2), 住民票コード allotted at random (規則14条), one 個人番号 per
住民票コード that does not lead back to it (番号法施行令8条, 総務省令85号), 更新順番号 in strict
order, 代替文字 for what 住基ネット統一文字 lacks, and 符号 that appear in 中間サーバー only
(番号法21条の2).

Not imitated: the real 電文 layouts and codes, the prefecture's server, media exchange,
転出証明書情報 and other traffic between municipalities, 広域交付, cards, 電子証明書, changes of
code or number.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar, cast

from simulators import jlis_wire as wire
from simulators.deliveries import Notice
from simulators.ledger import Message, Refusal
from simulators.numbers import fresh_code, is_code, is_number, numbers_for, symbol_for
from simulators.system import Incoming, System

if TYPE_CHECKING:
    import asyncpg

    from simulators.ledger import Connection


class Jlis(System):
    """全国サーバ: who holds which code, which number was made from it, and what was reported."""

    name: ClassVar[str] = "jlis"
    collection: ClassVar[str] = "telegrams"
    owing: ClassVar[frozenset[str]] = frozenset({"CS-13"})
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

    def read(self, body: bytes) -> Incoming:
        """Read a telegram; ``ValueError`` when it is not in the agreed form."""
        telegram = wire.Telegram.model_validate_json(body)
        contents = wire.CONTENTS[telegram.kind].model_validate(telegram.contents)
        message = Message(telegram.id, telegram.municipality, telegram.kind, body)
        return Incoming(message, contents)

    async def act(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Do what the telegram asks."""
        message, contents = incoming
        match contents:
            case wire.CodeRequest():
                said = await self._allot(connection, message, contents.count)
            case wire.NumberRequest():
                said = await self._number(connection, contents.code)
            case wire.IdentityNotice():
                said = await self._apply(connection, message, contents)
            case wire.MailingAddress():
                said = await self._mail(connection, message, contents)
            case wire.LinkageRequest():
                said = await self._link(connection, message, contents)
            case _:
                raise TypeError
        return {
            "電文ID": str(message.id),
            "電文種別": message.kind,
            "処理結果": "受理",
            "本文": said,
        }

    async def _allot(
        self, connection: Connection, message: Message, count: int
    ) -> dict[str, object]:
        """CS-01: codes nobody has ever had, drawn at random."""
        codes: list[str] = []
        while len(codes) < count:
            rows = await connection.fetch(
                "INSERT INTO people (code, allotted_to) SELECT unnest($1::text[]), $2"
                " ON CONFLICT (code) DO NOTHING RETURNING code",
                sorted({fresh_code() for _ in range(count - len(codes))}),
                message.municipality,
            )
            codes += [row["code"] for row in rows]
        secrets.SystemRandom().shuffle(codes)
        return {"空きコード": codes}

    async def _number(self, connection: Connection, code: str) -> dict[str, object]:
        """CS-02: the number of a code, made when first asked for, and the same for ever."""
        _check(is_code(code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
        number = await connection.fetchval(
            "UPDATE people SET number = coalesce(number, ("
            "   SELECT candidate FROM unnest($2::text[]) WITH ORDINALITY AS made (candidate, place)"
            "   WHERE NOT EXISTS (SELECT FROM people WHERE number = candidate)"
            "   ORDER BY place LIMIT 1)) WHERE code = $1 RETURNING number",
            code,
            numbers_for(code, self.key),
        )
        _check(number is not None, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
        return {"住民票コード": code, "個人番号": number}

    async def _apply(
        self, connection: Connection, message: Message, notice: wire.IdentityNotice
    ) -> dict[str, object]:
        """CS-04: one more entry of a person's history, in order."""
        self._check_contents(notice)
        person = await connection.fetchrow(
            "SELECT number, holder, live, orders FROM people WHERE code = $1 FOR UPDATE",
            notice.code,
        )
        _check(person is not None, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
        row = cast("asyncpg.Record", person)
        _check(row["number"] == notice.number, "NUMBER_MISMATCH", "個人番号が一致しません。")
        last = row["orders"].get(message.municipality, 0)
        _check(notice.update_number == last + 1, "ORDER", "更新順番号の順序が正しくありません。")
        applied = _is_applied(notice, message.municipality, row)
        await self._counter(connection, message, notice)
        await connection.execute(_APPLY, *_entry_row(message, notice, applied=applied))
        return {"更新順番号": notice.update_number}

    def _check_contents(self, notice: wire.IdentityNotice) -> None:
        _check(is_code(notice.code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
        number_fits = notice.number is None or is_number(notice.number)
        _check(number_fits, "NUMBER_WRONG", "個人番号の検査数字が正しくありません。")
        known = all(text.is_known() for text in notice.texts)
        _check(known, "BAD_CHARACTER", "住基ネット統一文字にない文字があります。")
        prefix = self.postal_codes.get(notice.postal_code, "")
        fits = notice.address.text.startswith(prefix)
        _check(fits, "ADDRESS_MISMATCH", "郵便番号と住所が一致しません。")

    async def _counter(
        self, connection: Connection, message: Message, notice: wire.IdentityNotice
    ) -> None:
        """Mark the entries a counter-entry takes back; each can be taken back once."""
        if not notice.cancels:
            return
        marked = await connection.fetch(
            "UPDATE entries SET countered_by = $1 WHERE message_id = ANY($2) AND code = $3"
            " AND municipality = $4 AND countered_by IS NULL RETURNING message_id",
            message.id,
            notice.cancels,
            notice.code,
            message.municipality,
        )
        whole = len(marked) == len(set(notice.cancels))
        _check(whole, "NOTHING_TO_CANCEL", "取り消す対象の電文がありません。")

    async def _mail(
        self, connection: Connection, message: Message, mailing: wire.MailingAddress
    ) -> dict[str, object]:
        """CS-12: note where the 個人番号通知書 of a live person goes."""
        row = await connection.fetchrow(
            "SELECT code, live FROM people WHERE number = $1", mailing.number
        )
        known = row is not None and row["code"] == mailing.code
        _check(known, "UNKNOWN_NUMBER", "該当する個人番号がありません。")
        live = row is not None and row["live"]
        _check(live, "NOT_LIVE", "住民として登録されていません。")
        await connection.execute(
            "INSERT INTO mailings (message_id, municipality, code, contents)"
            " VALUES ($1, $2, $3, $4)",
            message.id,
            message.municipality,
            mailing.code,
            mailing.person(),
        )
        return {"送付先管理番号": mailing.mailing_number}

    async def _link(
        self, connection: Connection, message: Message, request: wire.LinkageRequest
    ) -> dict[str, object]:
        """CS-13: have 情報提供NWS make the 符号, once per person, and send it to 中間サーバー."""
        row = await connection.fetchrow(
            "SELECT code, live FROM people WHERE number = $1", request.number
        )
        _check(row is not None, "UNKNOWN_NUMBER", "該当する個人番号がありません。")
        person = cast("asyncpg.Record", row)
        _check(person["live"], "NOT_LIVE", "住民として登録されていません。")
        linked = await connection.fetchrow(
            _LINK,
            message.municipality,
            request.request_number,
            person["code"],
            message.id,
            symbol_for(person["code"], message.municipality, self.key),
        )
        link = cast("asyncpg.Record", linked)
        _check(link["is_new"], "REQUEST_NUMBER_REUSED", "使用済みの処理通番です。")
        contents: dict[str, object] = {"symbol": link["symbol"]}
        notice = Notice(
            message.id, message.municipality, request.request_number, "SYMBOL", contents
        )
        await self.deliveries.owe(connection, notice)
        return {"処理通番": request.request_number}


_LINK = """
WITH asked AS (
    INSERT INTO linkage_requests (municipality, request_number, code, message_id)
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true
), kept AS (
    INSERT INTO symbols (municipality, code, symbol) VALUES ($1, $3, $5)
    ON CONFLICT (municipality, code) DO UPDATE SET symbol = symbols.symbol RETURNING symbol
)
SELECT EXISTS (SELECT FROM asked) AS is_new, symbol FROM kept
"""

_APPLY = """
WITH entry AS (
    INSERT INTO entries (message_id, municipality, code, update_number, change, reason,
                         effective_on, notified_on, cancels, applied, contents)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
)
UPDATE people SET
    orders = orders || jsonb_build_object($2::text, $4::integer),
    holder = CASE WHEN $10 THEN $2 ELSE holder END,
    live = CASE WHEN $10 THEN $5 <> '消除' ELSE live END,
    contents = CASE WHEN $10 THEN $11 ELSE contents END
WHERE code = $3
"""


def _is_applied(notice: wire.IdentityNotice, municipality: str, person: asyncpg.Record) -> bool:
    """Whether a notice changes the present state; 消除 by a former holder is noted only."""
    held = person["holder"] == municipality and person["live"]
    if notice.change == "記載":
        _check(not held, "ALREADY_LIVE", "既に住民として登録されています。")
        return True
    if notice.change == "消除" and person["holder"] not in {None, municipality}:
        return False
    _check(held, "NOT_LIVE", "住民として登録されていません。")
    return True


def _entry_row(
    message: Message, notice: wire.IdentityNotice, *, applied: bool
) -> tuple[object, ...]:
    return (
        message.id,
        message.municipality,
        notice.code,
        notice.update_number,
        notice.change,
        notice.reason,
        notice.effective_on.day,
        notice.notified_on,
        notice.cancels,
        applied,
        notice.person(),
    )


def _check(holds: object, code: str, reason: str) -> None:
    if not holds:
        raise Refusal(code, reason)
