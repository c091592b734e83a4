"""CS-05 to CS-08: what one municipality tells another about people who move.

転出証明書情報 are sent ahead to the planned 転入地, kept, and given to whoever reports a first
転入届 (CS-06) of somebody in them, while they are not voided and the person is not registered in a
third place.  Every letter travels under the id its sender gave it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from simulators import jlis_codes
from simulators import jlis_wire as wire
from simulators.deliveries import Notice
from simulators.ledger import check
from simulators.numbers import is_municipality, is_number

if TYPE_CHECKING:
    import asyncpg

    from simulators.deliveries import Deliveries
    from simulators.hours import Hours
    from simulators.ledger import Connection, Message
    from simulators.system import Incoming


class Letters:
    """The post between municipalities."""

    def __init__(self, deliveries: Deliveries, hours: Hours) -> None:
        self._deliveries = deliveries
        self._hours = hours

    async def take(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Keep a letter and send it on, or answer it."""
        message, contents = incoming
        match contents:
            case wire.Certificate():
                return await self._certify(connection, message, contents)
            case wire.CertificateVoid():
                return await self._void(connection, message, contents)
            case wire.FirstReport():
                return await _certificate_for(connection, message, contents)
            case wire.MoveInNotice():
                return await self._tell_origin(connection, message, contents)
            case wire.DepartureConfirmed():
                return await _note_departure(connection, message, contents)
            case _:
                raise TypeError

    async def _certify(
        self, connection: Connection, message: Message, certificate: wire.Certificate
    ) -> dict[str, object]:
        """CS-05: about people the sender holds, for another municipality."""
        _check_receiver(certificate.destination, message.municipality)
        codes = [person.code for person in certificate.persons]
        among = certificate.applicant in codes and len({*codes}) == len(codes)
        check(among, "APPLICANT_MISSING", "代表者が対象者に含まれていません。")
        for person in certificate.persons:
            await _check_person(connection, message.municipality, person)
        envelope = self._envelope(message, certificate.destination, certificate)
        await connection.execute(
            "INSERT INTO certificates (message_id, origin, destination, applicant, envelope)"
            " VALUES ($1, $2, $3, $4, $5)",
            message.id,
            message.municipality,
            certificate.destination,
            certificate.applicant,
            envelope,
        )
        await connection.executemany(
            "INSERT INTO certified (code, message_id) VALUES ($1, $2)",
            [(code, message.id) for code in codes],
        )
        await self._send_on(connection, message, envelope)
        return {"転入地市町村コード": certificate.destination}

    async def _void(
        self, connection: Connection, message: Message, void: wire.CertificateVoid
    ) -> dict[str, object]:
        """CS-05 取消: told to everybody who was sent the certificate or has fetched it."""
        row = await connection.fetchrow(
            "UPDATE certificates SET voided_by = $1"
            " WHERE message_id = $2 AND origin = $3 AND voided_by IS NULL"
            " RETURNING destination, reported_by",
            message.id,
            void.cancels,
            message.municipality,
        )
        check(row is not None, "NOTHING_TO_CANCEL", "取り消す対象の電文がありません。")
        told = cast("asyncpg.Record", row)
        for receiver in sorted({told["destination"], *told["reported_by"]}):
            await self._send_on(connection, message, self._envelope(message, receiver, void))
        return {"取消対象電文ID": str(void.cancels)}

    async def _tell_origin(
        self, connection: Connection, message: Message, notice: wire.MoveInNotice
    ) -> dict[str, object]:
        """CS-07: to the 転出地, and to the 未届地 if there is one."""
        receivers = {notice.origin, notice.unreported_in or notice.origin}
        for receiver in receivers:
            _check_receiver(receiver, message.municipality)
        for code in notice.codes:
            await jlis_codes.check_code(connection, code)
        known = notice.address.line.is_known() and notice.address.building.is_known()
        check(known, "BAD_CHARACTER", "住基ネット統一文字にない文字があります。")
        await connection.execute(
            "INSERT INTO move_in_notices (message_id, municipality, origin, contents)"
            " VALUES ($1, $2, $3, $4)",
            message.id,
            message.municipality,
            notice.origin,
            notice.as_sent(),
        )
        for receiver in sorted(receivers):
            await self._send_on(connection, message, self._envelope(message, receiver, notice))
        return {"転出地市町村コード": notice.origin}

    def _envelope(self, message: Message, receiver: str, contents: wire.Item) -> dict[str, object]:
        return {
            "電文ID": str(message.id),
            "電文種別": message.kind,
            "市町村コード": receiver,
            "発信元": message.municipality,
            "発信日時": self._hours.now().isoformat(timespec="milliseconds"),
            "本文": contents.as_sent(),
        }

    async def _send_on(
        self, connection: Connection, message: Message, envelope: dict[str, object]
    ) -> None:
        receiver = cast("str", envelope["市町村コード"])
        subject = str(message.id)
        notice = Notice(message.id, receiver, subject, message.kind, envelope, message.id)
        await self._deliveries.owe(connection, notice)


async def _certificate_for(
    connection: Connection, message: Message, report: wire.FirstReport
) -> dict[str, object]:
    """CS-06: the newest valid certificate of a person; from now on it counts as used."""
    await jlis_codes.check_code(connection, report.code)
    envelope = await connection.fetchval(_NEWEST, report.code, report.origin, message.municipality)
    check(envelope, "NO_CERTIFICATE", "有効な転出証明書情報がありません。")
    return {"転出証明書情報": envelope | {"市町村コード": message.municipality}}


async def _note_departure(
    connection: Connection, message: Message, departure: wire.DepartureConfirmed
) -> dict[str, object]:
    """CS-08: noted."""
    await jlis_codes.check_code(connection, departure.code)
    await connection.execute(
        "INSERT INTO departures (message_id, municipality, code, contents) VALUES ($1, $2, $3, $4)",
        message.id,
        message.municipality,
        departure.code,
        departure.as_sent(),
    )
    return {"住民票コード": departure.code}


_NEWEST = """
UPDATE certificates SET
    reported_by = CASE WHEN $3 = ANY(reported_by) THEN reported_by ELSE reported_by || $3 END
WHERE message_id = (
    SELECT message_id FROM certificates
    JOIN certified USING (message_id) JOIN people USING (code)
    WHERE code = $1 AND voided_by IS NULL AND origin = coalesce($2, origin)
      AND holder IN (origin, $3)
    ORDER BY ordinal DESC LIMIT 1
) AND voided_by IS NULL
RETURNING envelope
"""


def _check_receiver(receiver: str, sender: str) -> None:
    check(is_municipality(receiver), "UNKNOWN_MUNICIPALITY", "市町村コードが正しくありません。")
    check(receiver != sender, "SAME_MUNICIPALITY", "自市町村あての電文です。")


async def _check_person(connection: Connection, origin: str, person: wire.Mover) -> None:
    await jlis_codes.check_code(connection, person.code)
    number_fits = person.number is None or is_number(person.number)
    check(number_fits, "NUMBER_WRONG", "個人番号の検査数字が正しくありません。")
    known = all(text.is_known() for text in person.all_texts)
    check(known, "BAD_CHARACTER", "住基ネット統一文字にない文字があります。")
    found = await connection.fetchrow(
        "SELECT number, holder FROM people WHERE code = $1", person.code
    )
    row = cast("asyncpg.Record", found)
    check(row["number"] == person.number, "NUMBER_MISMATCH", "個人番号が一致しません。")
    check(row["holder"] == origin, "NOT_HOLDER", "この市町村の住民ではありません。")
