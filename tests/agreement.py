"""Register, J-LIS, 統合宛名 and 中間サーバー side by side: where they disagree about anybody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.residents import Entry, Presence
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from tests.house import Town

Ledger = dict[str, Any]
_SYSTEMS = ("jlis", "unified_addressee", "intermediate_server")


class Person(NamedTuple):
    """A person as the register has them; ``name`` is how differences call them.

    Everybody knows all about a person whom a case brought in: its number is the name.
    """

    name: str
    addressee_number: str
    code: str | None
    number: str | None
    present: bool
    entry: Entry
    born_here: bool


class Outside(NamedTuple):
    """What the other systems hold of the town."""

    jlis: Ledger
    unified_addressee: Ledger
    intermediate_server: Ledger


async def agrees(town: Town) -> None:
    """Require agreement; notices between the other systems are given a moment to arrive."""
    for _ in range(50):
        if not (found := await agreement(town)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("\n".join(found))


async def agreement(town: Town) -> list[str]:
    """Every difference; none when all systems tell the same story."""
    outside = Outside(*[await town.ledger(system) for system in _SYSTEMS])
    people = await _people(town)
    return [
        *(difference for person in people for difference in _about(person, outside)),
        *_strangers(people, outside),
        *await _codes(town, outside.jlis),
        *await _unwritten(town, outside),
    ]


def _about(person: Person, outside: Outside) -> Iterator[str]:
    """Differences about one person."""
    found = {
        "住基ネット": _at_jlis(person, outside.jlis),
        "統合宛名": _at_unified_addressee(person, outside.unified_addressee),
        "中間サーバー": _at_intermediate_server(person, outside),
    }
    for system, differences in found.items():
        for difference in differences:
            yield f"{person.name}: {system}: {difference}"


def _at_jlis(person: Person, ledger: Ledger) -> Iterator[str]:
    held = next((p for p in ledger["people"] if p["code"] == person.code), None)
    if bool(held and held["live"]) != person.present:
        yield "現存 differs"
    if held is None:
        return
    if person.number is not None and held["number"] != person.number:
        yield "個人番号 differs"
    if person.present and person.born_here and held["contents"] != _as_jlis_has(person.entry):
        yield "本人確認情報 differs"
    if [entry["update_number"] for entry in held["entries"]] != [
        *range(1, len(held["entries"]) + 1)
    ]:
        yield "更新順番号 has gaps"
    uncountered = [e for e in held["entries"] if e["change"] != "消除" and not e["countered_by"]]
    if uncountered and not person.present:
        yield "an entry has no counter-entry"
    if person.present and person.born_here:
        if _last_mailed(person, ledger) != held["contents"]:
            yield "送付先情報 differs"


def _last_mailed(person: Person, ledger: Ledger) -> Ledger | None:
    """Where the last 個人番号通知書 goes: the ledger lists messages by time, mailings by id."""
    mailings = {m["message_id"]: m for m in ledger["mailings"] if m["code"] == person.code}
    told = [mailings[m["id"]]["contents"] for m in ledger["messages"] if m["id"] in mailings]
    return told[-1] if told else None


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


def _at_intermediate_server(person: Person, outside: Outside) -> Iterator[str]:
    addressee = _addressee(person, outside.unified_addressee)
    unified = addressee and addressee["unified_number"]
    ledger = outside.intermediate_server
    number = next((n for n in ledger["numbers"] if n["unified_number"] == unified), None)
    if bool(number and not number["closed"]) != person.present:
        yield "団内統合宛名番号 open or closed differs"
    if not person.born_here:
        return
    copy = next((c for c in ledger["copies"] if c["unified_number"] == unified), None)
    if bool(copy and not copy["deleted"]) != person.present:
        yield "副本 there or not differs"
    elif copy and person.present and copy["facts"]["relationship"] != person.entry.relationship:
        yield "副本 differs"


def _strangers(people: list[Person], outside: Outside) -> Iterator[str]:
    """Whom others hold and the register does not know."""
    codes = {person.code for person in people}
    numbers = {person.addressee_number for person in people}
    for held in outside.jlis["people"]:
        if held["live"] and held["code"] not in codes:
            yield "住基ネット: somebody nobody here knows"
    for held in outside.unified_addressee["addressees"]:
        if held["addressee_number"] not in numbers:
            yield "統合宛名: somebody nobody here knows"


async def _codes(town: Town, ledger: Ledger) -> list[str]:
    """A code is free, or somebody's, or retired: exactly as the telegram log says."""
    async with town.transaction() as tx:
        rows = await tx.fetch(_CODES)
    unused = {row["code"] for row in ledger["vacant_codes"]}
    found: list[str] = []
    for row in rows:
        if row["state"] == "free" and (row["code"] not in unused or row["written"]):
            found.append("住民票コード: free, but used")
        if row["state"] == "retired" and not row["written"]:
            found.append("住民票コード: retired, but never used")
        if row["state"] == "reserved" and not row["present"]:
            found.append("住民票コード: reserved for nobody")
    return found


_CODES = """
SELECT p.code, p.state,
    EXISTS (SELECT FROM resident_present r WHERE r.code = p.code AND r.presence = '現存') AS present,
    EXISTS (SELECT FROM code_reservation r JOIN telegram t USING (municipality, case_id, subject)
        WHERE r.code = p.code) AS written
FROM pool_code p
"""


async def _unwritten(town: Town, outside: Outside) -> list[str]:
    """Messages the others took from us and our log does not know."""
    async with town.transaction() as tx:
        written = {str(row["telegram_id"]) for row in await tx.fetch("SELECT telegram_id FROM telegram")}
    taken = [*outside.jlis["messages"], *outside.unified_addressee["messages"]]
    return [f"{m['kind']}: never written" for m in taken if m["id"] not in written]


async def _people(town: Town) -> list[Person]:
    async with town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT r.resident_id, r.addressee_number, p.presence, p.entry,"
            " CASE WHEN c.state = 'released' THEN NULL ELSE p.code END AS code,"
            " f.case_number || '/' || c.subject AS born_in"
            " FROM resident r JOIN resident_present p USING (municipality, resident_id)"
            " LEFT JOIN case_person q USING (municipality, resident_id)"
            " LEFT JOIN code_reservation c USING (municipality, case_id, subject)"
            " LEFT JOIN case_file f ON f.case_id = c.case_id"
        )
        return [_person(row, await _number(town, tx, row["resident_id"])) for row in rows]


def _person(row: Any, number: str | None) -> Person:
    return Person(
        name=row["born_in"] or f"宛名番号 {row['addressee_number']}",
        addressee_number=row["addressee_number"],
        code=row["code"],
        number=number,
        present=row["presence"] == Presence.RESIDENT,
        entry=Entry.model_validate(row["entry"]),
        born_here=row["born_in"] is not None,
    )


async def _number(town: Town, tx: Any, resident_id: UUID) -> str | None:
    vault = town.house.vault
    return await vault.reveal(tx, town.acting(), resident_id, MY_NUMBER, None, "突合")


def _addressee(person: Person, ledger: Ledger) -> Ledger | None:
    known = ledger["addressees"]
    return next((a for a in known if a["addressee_number"] == person.addressee_number), None)


def _as_jlis_has(entry: Entry) -> Ledger:
    """本人確認情報 of somebody whose characters 住基ネット all knows."""

    def text(written: str) -> Ledger:
        return {"文字": written, "外字数": 0, "代替文字位置": []}

    day, unclear = entry.born_on.wire
    return {
        "漢字氏名": text(entry.name),
        "ふりがな氏名": entry.name_kana,
        "旧氏": text(entry.former_name),
        "旧氏ふりがな": entry.former_name_kana,
        "通称": text(entry.alias),
        "通称ふりがな": entry.alias_kana,
        "生年月日": {"年月日": day.isoformat(), "不詳フラグ": unclear},
        "性別": entry.sex,
        "郵便番号": entry.address.postal_code,
        "住所": text(entry.address.line),
        "方書": text(entry.address.building),
    }
