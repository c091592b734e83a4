"""Register, J-LIS, 統合宛名 and 中間サーバー side by side: where they disagree about anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.characters import to_juki_net
from domain.residents import Entry, Presence
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from domain.acting import Acting
    from register.transactions import Row, Transactions, Tx
    from register.vault import Vault

Ledger = dict[str, Any]


class Ledgers(NamedTuple):
    """What the other systems hold of the town."""

    jlis: Ledger
    unified_addressee: Ledger
    intermediate_server: Ledger


class Person(NamedTuple):
    """A person as the register has them; ``addressee_number`` is how differences name them.

    ``born_here`` says whether a case brought them in, so that every system knows all about them.
    """

    resident_id: UUID
    addressee_number: str
    code: str | None
    number: str | None
    present: bool
    entry: Entry
    born_here: bool


class Agreement(NamedTuple):
    """Who was compared, and every difference found; no differences when all tell one story."""

    people: list[Person]
    differences: list[str]


class Register(NamedTuple):
    """The register as reconciliation (突合) reads it: each number revealed is audited."""

    transactions: Transactions
    vault: Vault
    acting: Acting

    async def people(self) -> list[Person]:
        """Everybody, 除票 too."""
        async with self.transactions.open(self.acting) as tx:
            rows = await tx.fetch(_PEOPLE)
            return [_person(row, await self._number(tx, row["resident_id"])) for row in rows]

    async def codes(self) -> list[Row]:
        """Every 住民票コード ever allotted to the town, and what became of it."""
        async with self.transactions.open(self.acting) as tx:
            return await tx.fetch(_CODES)

    async def _number(self, tx: Tx, resident_id: UUID) -> str | None:
        return await self.vault.reveal(tx, self.acting, resident_id, MY_NUMBER, None, "突合")


async def agreement(register: Register, outside: Ledgers) -> Agreement:
    """Compare everybody with everybody."""
    people = await register.people()
    found = [
        *(difference for person in people for difference in _about(person, outside)),
        *_strangers(people, outside),
        *_misused(await register.codes(), outside.jlis),
    ]
    return Agreement(people, found)


def told_twice(people: list[Person], outside: Ledgers) -> Iterator[str]:
    """Whoever was told more often than once of anything, though nothing was ever corrected."""
    for person in people:
        at_jlis = _at(outside.jlis["people"], "code", person.code)
        told = {
            "本人確認情報": len(
                [e for e in at_jlis["entries"] if not e["cancels"]] if at_jlis else ()
            ),
            "送付先情報": _count(outside.jlis["mailings"], person.code),
            "符号取得要求": _count(outside.jlis["linkage_requests"], person.code),
        }
        for what, times in told.items():
            if person.born_here and times > 1:
                yield f"宛名番号 {person.addressee_number}: {what} {times} 回"


def side_by_side(person: Person, outside: Ledgers) -> tuple[str, str, str, str]:
    """A person in the four systems, in a word or two each."""
    at_jlis = _at(outside.jlis["people"], "code", person.code)
    addressee = _addressee(person, outside.unified_addressee)
    copy = _copy(addressee, outside.intermediate_server)
    return (
        Presence.RESIDENT if person.present else Presence.STRUCK,
        _word(at_jlis, lambda held: "現存" if held["live"] else "消除"),
        _word(addressee, lambda held: "閉鎖" if held["closed"] else "有効"),
        _word(copy, lambda held: "副本削除" if held["deleted"] else "副本あり"),
    )


def _about(person: Person, outside: Ledgers) -> Iterator[str]:
    """Differences about one person."""
    found = {
        "住基ネット": _at_jlis(person, outside.jlis),
        "統合宛名": _at_unified_addressee(person, outside.unified_addressee),
        "中間サーバー": _at_intermediate_server(person, outside),
    }
    for system, differences in found.items():
        for difference in differences:
            yield f"宛名番号 {person.addressee_number}: {system}: {difference}"


def _at_jlis(person: Person, ledger: Ledger) -> Iterator[str]:
    held = _at(ledger["people"], "code", person.code)
    if bool(held and held["live"]) != person.present:
        yield "現存 differs"
    if held is None:
        return
    if person.number is not None and held["number"] != person.number:
        yield "個人番号 differs"
    numbers = [entry["update_number"] for entry in held["entries"]]
    if numbers != [*range(1, len(numbers) + 1)]:
        yield "更新順番号 has gaps"
    uncountered = [e for e in held["entries"] if e["change"] != "消除" and not e["countered_by"]]
    if uncountered and not person.present:
        yield "an entry has no counter-entry"
    if person.present and person.born_here:
        yield from _contents_at_jlis(person, held, ledger)


def _contents_at_jlis(person: Person, held: Ledger, ledger: Ledger) -> Iterator[str]:
    if held["contents"] != _as_jlis_has(person.entry):
        yield "本人確認情報 differs"
    mailed = [m["contents"] for m in ledger["mailings"] if m["code"] == person.code]
    if held["contents"] not in mailed[-1:]:
        yield "送付先情報 differs"


def _at_unified_addressee(person: Person, ledger: Ledger) -> Iterator[str]:
    held = _addressee(person, ledger)
    if bool(held and not held["closed"]) != person.present:
        yield "宛名 open or closed differs"
    if held is None or not person.present:
        return
    if held["my_number"] != person.number:
        yield "個人番号 differs"
    named = {"name": person.entry.name, "address": person.entry.address.line}
    if person.born_here and named.items() - held["contents"].items():
        yield "宛名情報 differs"


def _at_intermediate_server(person: Person, outside: Ledgers) -> Iterator[str]:
    ledger = outside.intermediate_server
    addressee = _addressee(person, outside.unified_addressee)
    unified = addressee and addressee["unified_number"]
    number = _at(ledger["numbers"], "unified_number", unified)
    if bool(number and not number["closed"]) != person.present:
        yield "団内統合宛名番号 open or closed differs"
    if not person.born_here:
        return
    copy = _copy(addressee, ledger)
    if bool(copy and not copy["deleted"]) != person.present:
        yield "副本 there or not differs"
    elif copy and person.present and copy["facts"]["relationship"] != person.entry.relationship:
        yield "副本 differs"


def _strangers(people: list[Person], outside: Ledgers) -> Iterator[str]:
    """Whom others hold and the register does not know."""
    codes = {person.code for person in people}
    numbers = {person.addressee_number for person in people}
    for held in outside.jlis["people"]:
        if held["live"] and held["code"] not in codes:
            yield "住基ネット: somebody nobody here knows"
    for held in outside.unified_addressee["addressees"]:
        if held["addressee_number"] not in numbers:
            yield "統合宛名: somebody nobody here knows"


def _misused(codes: list[Row], ledger: Ledger) -> Iterator[str]:
    """A code is free, or somebody's, or retired: exactly as the telegram log says."""
    unused = {held["code"] for held in ledger["vacant_codes"]}
    for row in codes:
        if row["state"] == "free" and (row["code"] not in unused or row["written"]):
            yield "住民票コード: free, but used"
        if row["state"] == "retired" and not row["written"]:
            yield "住民票コード: retired, but never used"
        if row["state"] == "reserved" and not row["present"]:
            yield "住民票コード: reserved for nobody"


_CODES = """
SELECT p.code, p.state,
    EXISTS (SELECT FROM resident_present r
        WHERE r.code = p.code AND r.presence = '現存') AS present,
    EXISTS (SELECT FROM code_reservation r JOIN telegram t USING (municipality, case_id, subject)
        WHERE r.code = p.code) AS written
FROM pool_code p
"""

_PEOPLE = """
SELECT r.resident_id, r.addressee_number, p.presence, p.entry::text AS entry,
    CASE WHEN c.state = 'released' THEN NULL ELSE p.code END AS code,
    c.state IS NOT NULL AS born_here
FROM resident r JOIN resident_present p USING (municipality, resident_id)
    LEFT JOIN case_person q USING (municipality, resident_id)
    LEFT JOIN code_reservation c USING (municipality, case_id, subject)
ORDER BY r.addressee_number
"""


def _person(row: Row, number: str | None) -> Person:
    return Person(
        resident_id=row["resident_id"],
        addressee_number=row["addressee_number"],
        code=row["code"],
        number=number,
        present=row["presence"] == Presence.RESIDENT,
        entry=Entry.model_validate_json(row["entry"]),
        born_here=row["born_here"],
    )


def _addressee(person: Person, ledger: Ledger) -> Ledger | None:
    return _at(ledger["addressees"], "addressee_number", person.addressee_number)


def _copy(addressee: Ledger | None, ledger: Ledger) -> Ledger | None:
    return _at(ledger["copies"], "unified_number", addressee and addressee["unified_number"])


def _at(rows: list[Ledger], item: str, value: str | None) -> Ledger | None:
    return next((row for row in rows if row[item] == value), None)


def _count(rows: list[Ledger], code: str | None) -> int:
    return sum(row["code"] == code for row in rows)


def _word(held: Ledger | None, word: Any) -> str:
    return "なし" if held is None else word(held)


def _as_jlis_has(entry: Entry) -> Ledger:
    """本人確認情報 as it stands in 住基ネット: in its own characters, 〓 for what it lacks."""
    day, unclear = entry.born_on.wire
    return {
        "漢字氏名": _text(entry.name),
        "ふりがな氏名": entry.name_kana,
        "旧氏": _text(entry.former_name),
        "旧氏ふりがな": entry.former_name_kana,
        "通称": _text(entry.alias),
        "通称ふりがな": entry.alias_kana,
        "生年月日": {"年月日": day.isoformat(), "不詳フラグ": unclear},
        "性別": entry.sex,
        "郵便番号": entry.address.postal_code,
        "住所": _text(entry.address.line),
        "方書": _text(entry.address.building),
    }


def _text(written: str) -> Ledger:
    sent = to_juki_net(written)
    lacking = [*sent.substituted]
    return {"文字": sent.text, "外字数": len(lacking), "代替文字位置": lacking}
