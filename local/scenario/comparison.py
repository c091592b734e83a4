"""One person in four systems: what must be the same, and in which words to say that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.characters import to_juki_net
from domain.residents import Presence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from domain.residents import Entry
    from register.transactions import Row

Ledger = dict[str, Any]


class Ledgers(NamedTuple):
    """What the other systems hold of the town."""

    jlis: Ledger
    unified_addressee: Ledger
    intermediate_server: Ledger


class Person(NamedTuple):
    """A person as the register has them; ``name`` is how differences call them.

    Everybody knows all about a person whom a case brought in: its number is the name.
    """

    resident_id: UUID
    name: str
    addressee_number: str
    code: str | None
    number: str | None
    present: bool
    entry: Entry
    born_here: bool


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
                yield f"{person.name}: {what} {times} 回"


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


def about(person: Person, outside: Ledgers) -> Iterator[str]:
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


def strangers(people: list[Person], outside: Ledgers) -> Iterator[str]:
    """Whom others hold and the register does not know."""
    codes = {person.code for person in people}
    numbers = {person.addressee_number for person in people}
    for held in outside.jlis["people"]:
        if held["live"] and held["code"] not in codes:
            yield "住基ネット: somebody nobody here knows"
    for held in outside.unified_addressee["addressees"]:
        if held["addressee_number"] not in numbers:
            yield "統合宛名: somebody nobody here knows"


def misused(codes: list[Row], ledger: Ledger) -> Iterator[str]:
    """A code is free, or somebody's, or retired: exactly as the telegram log says."""
    unused = {held["code"] for held in ledger["vacant_codes"]}
    for row in codes:
        if row["state"] == "free" and (row["code"] not in unused or row["written"]):
            yield "住民票コード: free, but used"
        if row["state"] == "retired" and not row["written"]:
            yield "住民票コード: retired, but never used"
        if row["state"] == "reserved" and not row["present"]:
            yield "住民票コード: reserved for nobody"


def unwritten(written: set[str], outside: Ledgers) -> Iterator[str]:
    """Messages the others took from us and our log does not know."""
    for message in [*outside.jlis["messages"], *outside.unified_addressee["messages"]]:
        if message["id"] not in written:
            yield f"{message['kind']}: never written"


def _addressee(person: Person, ledger: Ledger) -> Ledger | None:
    return _at(ledger["addressees"], "addressee_number", person.addressee_number)


def _copy(addressee: Ledger | None, ledger: Ledger) -> Ledger | None:
    return _at(ledger["copies"], "unified_number", addressee and addressee["unified_number"])


def _at(rows: list[Ledger], item: str, value: object) -> Ledger | None:
    return next((row for row in rows if row[item] == value), None)


def _count(rows: list[Ledger], code: str | None) -> int:
    return sum(row["code"] == code for row in rows)


def _word(held: Ledger | None, word: Callable[[Ledger], str]) -> str:
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
